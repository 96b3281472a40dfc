//! A WHOIS server on loopback whose answers a test scripts, and a file of countries (MMDB), made by hand.

#![allow(dead_code)]

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub struct Whois {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Whois {
    /// Answers with these bytes, and closes.
    pub fn says(answer: impl Into<Vec<u8>>) -> Whois {
        let answer = answer.into();
        Whois::run(move |mut stream| {
            let _ = std::io::Write::write_all(&mut stream, &answer);
        })
    }

    /// Does with the connection what a test likes, once a line has been read.
    pub fn run(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> Whois {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut line = String::new();
                    if BufReader::new(&stream).read_line(&mut line).is_ok() {
                        log.lock().unwrap().push(line);
                        answer(stream);
                    }
                });
            }
        });
        Whois { port, asked }
    }

    /// The lines that were sent.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A database that knows one IPv4 address, with what is given of its country.
pub fn countries(address: Ipv4Addr, data: &[u8]) -> Vec<u8> {
    let nodes: u32 = 32;
    let (mut file, bits) = (Vec::new(), address.to_bits());
    for depth in 0..nodes {
        let next = if depth + 1 == nodes { nodes + 16 } else { depth + 1 };
        let is_one = bits >> (31 - depth) & 1 == 1;
        let (zero, one) = if is_one { (nodes, next) } else { (next, nodes) };
        file.extend(&zero.to_be_bytes()[1..]);
        file.extend(&one.to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let strings = |words: &[&str]| words.iter().flat_map(|word| string(word)).collect::<Vec<u8>>();
    file.push(0xe0 | 9);
    file.extend([string("node_count"), vec![0xc1, 32]].concat());
    file.extend([string("record_size"), vec![0xa1, 24]].concat());
    file.extend([string("ip_version"), vec![0xa1, 4]].concat());
    file.extend(strings(&["database_type", "Test-Country"]));
    file.extend([string("languages"), vec![0, 4]].concat());
    file.extend([string("binary_format_major_version"), vec![0xa1, 2]].concat());
    file.extend([string("binary_format_minor_version"), vec![0xa0]].concat());
    file.extend([string("build_epoch"), vec![4, 2, 0x69, 0, 0, 0]].concat());
    file.extend([string("description"), vec![0xe0]].concat());
    file
}

/// `{country: {iso_code: WORD}}`
pub fn iso_code(word: &str) -> Vec<u8> {
    [vec![0xe1], string("country"), vec![0xe1], string("iso_code"), string(word)].concat()
}

/// `{KEY: WORD}`
pub fn entry(key: &str, word: &str) -> Vec<u8> {
    [vec![0xe1], string(key), string(word)].concat()
}

pub fn string(word: &str) -> Vec<u8> {
    let length = u8::try_from(word.len()).unwrap();
    let head = if length < 29 { vec![0x40 | length] } else { vec![0x40 | 29, length - 29] };
    [head, word.as_bytes().to_vec()].concat()
}

pub fn loopback() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}
