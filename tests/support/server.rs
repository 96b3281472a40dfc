//! Servers on loopback for the probe's tests: scripted ones, whose every byte a test decides.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Answers every connection by a script, until it is dropped.
pub struct Server {
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

/// The hello of a client, as far as a script needs it.
#[derive(Debug, Clone, Default)]
pub struct Hello {
    pub version: u16,
    pub suites: Vec<u16>,
    pub groups: Vec<u16>,
    pub is_modern: bool,
    pub length: usize,
    pub name: Option<String>,
    /// Of this server's connections, counted from nought.
    pub number: usize,
}

impl Server {
    pub fn run(script: impl Fn(Hello, &mut TcpStream) + Send + Sync + 'static) -> Server {
        Server::at("127.0.0.1:0", script)
    }

    pub fn at(address: &str, script: impl Fn(Hello, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, number) = (Arc::clone(&script), counter.fetch_add(1, Ordering::SeqCst));
                std::thread::spawn(move || one(stream, number, &*script));
            }
        });
        Server { port, connections }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn one(mut stream: TcpStream, number: usize, script: &(dyn Fn(Hello, &mut TcpStream) + Send + Sync)) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let hello = Hello { number, ..read(&mut stream).unwrap_or_default() };
    script(hello, &mut stream);
}

fn read(stream: &mut TcpStream) -> Option<Hello> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    if head[0] != 22 {
        // SSL 2.0: the rest of its record.
        let mut rest = vec![0; usize::from(u16::from_be_bytes([head[0] & 0x7f, head[1]])) - 3];
        stream.read_exact(&mut rest).ok()?;
        return Some(Hello { version: 2, ..Hello::default() });
    }
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut body).ok()?;
    let number = |at: usize| usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
    let mut at = 4 + 2 + 32;
    at += 1 + usize::from(body[at]);
    let list = |at: usize| (0..number(at) / 2).map(|one| number(at + 2 + 2 * one) as u16).collect();
    let mut hello =
        Hello { version: number(4) as u16, suites: list(at), length: body.len() + 5, ..Hello::default() };
    at += 2 + number(at);
    at += 1 + usize::from(body[at]);
    let end = body.len();
    at += 2;
    while at + 4 <= end {
        let (kind, length) = (number(at), number(at + 2));
        match kind {
            0 => hello.name = String::from_utf8(body[at + 9..at + 4 + length].to_vec()).ok(),
            10 => hello.groups = list(at + 4),
            43 => hello.is_modern = true,
            _ => {}
        }
        at += 4 + length;
    }
    Some(hello)
}

pub fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 3, 3];
    out.extend((content.len() as u16).to_be_bytes());
    out.extend(content);
    out
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(&(body.len() as u32).to_be_bytes()[1..]);
    out.extend(body);
    out
}

pub fn alert(code: u8) -> Vec<u8> {
    record(21, &[2, code])
}

pub fn server_hello(version: u16, suite: u16) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend([9; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    body.extend([0, 5, 0xff, 1, 0, 1, 0]);
    message(2, &body)
}

/// A request to ask again, with suite and group.
pub fn retry(suite: u16, group: u16) -> Vec<u8> {
    const RETRY: [u8; 32] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
        0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    let mut body = vec![3, 3];
    body.extend(RETRY);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    body.extend([0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2]);
    body.extend(group.to_be_bytes());
    record(22, &message(2, &body))
}

pub fn certificate(chain: &[&[u8]]) -> Vec<u8> {
    let counted = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[1..], bytes].concat();
    let list: Vec<u8> = chain.iter().flat_map(|der| counted(der)).collect();
    message(11, &counted(&list))
}

/// A whole flight: hello, certificate, a curve where the suite has one, the end.
pub fn flight(version: u16, suite: u16, curve: Option<u16>, chain: &[&[u8]]) -> Vec<u8> {
    let exchange = curve.map(|curve| {
        let [high, low] = curve.to_be_bytes();
        vec![3, high, low, 1, 4]
    });
    flight_with(version, suite, exchange.as_deref(), chain)
}

/// A whole flight with this key exchange.
pub fn flight_with(version: u16, suite: u16, exchange: Option<&[u8]>, chain: &[&[u8]]) -> Vec<u8> {
    let mut messages = server_hello(version, suite);
    messages.extend(certificate(chain));
    messages.extend(exchange.into_iter().flat_map(|body| message(12, body)));
    messages.extend(message(14, &[]));
    // A record holds no more than this.
    messages.chunks(1 << 14).flat_map(|part| record(22, part)).collect()
}

pub fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

/// A server of one version that picks, from what it is offered, by its own list or the client's.
pub fn speaks(
    version: u16,
    suites: &'static [u16],
    curves: &'static [u16],
    by_own_list: bool,
    chain: Vec<Vec<u8>>,
) -> impl Fn(Hello, &mut TcpStream) + Send + Sync + 'static {
    move |hello, stream| {
        let is_meant = hello.version >= version && !hello.is_modern;
        let picked = match by_own_list {
            true => suites.iter().find(|suite| hello.suites.contains(suite)),
            false => hello.suites.iter().find(|suite| suites.contains(suite)),
        };
        let with_curve = picked.is_some_and(|suite| matches!(suite, 0xc009..=0xc014 | 0xc023..=0xc030));
        let curve = curves.iter().find(|curve| hello.groups.contains(curve)).copied();
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        match picked {
            Some(_) if !is_meant || (with_curve && curve.is_none()) => send(stream, &alert(70)),
            Some(suite) => send(stream, &flight(version, *suite, curve.filter(|_| with_curve), &chain)),
            None => send(stream, &alert(40)),
        }
    }
}
