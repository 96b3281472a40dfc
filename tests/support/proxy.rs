//! A proxy on loopback that leads every name to this computer.

#![allow(dead_code)]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub struct Proxy {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Passes on whatever it is asked for.
    pub fn open() -> Proxy {
        Proxy::run(|_| b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec())
    }

    /// Passes on what it is asked for, to the port that is named for its head.
    pub fn leading(to: impl Fn(&str) -> Option<u16> + Send + Sync + 'static) -> Proxy {
        Proxy::with(|_| b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), to)
    }

    /// Answers a request by its head; what begins with 200 is passed on.
    pub fn run(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Proxy {
        Proxy::with(answer, |_| None)
    }

    fn with(
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
        to: impl Fn(&str) -> Option<u16> + Send + Sync + 'static,
    ) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer, to) = (Arc::clone(&asked), Arc::new(answer), Arc::new(to));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer, to) = (Arc::clone(&log), Arc::clone(&answer), Arc::clone(&to));
                std::thread::spawn(move || drop(one(stream, &*answer, &*to, &log)));
            }
        });
        Proxy { port, asked }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The heads of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn one(
    mut client: TcpStream,
    answer: &dyn Fn(&str) -> Vec<u8>,
    to: &dyn Fn(&str) -> Option<u16>,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    log.lock().unwrap().push(head.clone());
    let answered = answer(&head);
    client.write_all(&answered)?;
    let named = || head.split(' ').nth(1).and_then(|place| place.rsplit_once(':')?.1.parse::<u16>().ok());
    let port = to(&head).or_else(named);
    let (true, Some(port)) = (answered.starts_with(b"HTTP/1.1 200"), port) else {
        // As proxies do that are ready for another request.
        let _ = client.read(&mut byte);
        return Ok(());
    };
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    let (mut from, mut to) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut client, &mut server);
    server.shutdown(Shutdown::Write)
}
