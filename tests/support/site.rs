//! A web server on loopback, behind TLS and without on one port: whatever comes first decides. A test
//! scripts its answers.

#![allow(dead_code)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub is_secure: bool,
    pub path: String,
    /// The head of the request, in lower case.
    pub head: String,
    pub method: String,
    pub body: String,
}

pub struct Site {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    pub fn run(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Site {
        Site::with(config(rustls::ALL_VERSIONS, curves()), answer)
    }

    /// Of TLS 1.3 alone, with nothing but these groups.
    pub fn of_groups(
        groups: Vec<&'static dyn SupportedKxGroup>,
        answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static,
    ) -> Site {
        Site::with(config(&[&rustls::version::TLS13], groups), answer)
    }

    /// Of TLS 1.3 alone, and of these protocols.
    pub fn modern(protocols: &[&str], answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Site {
        let mut config = config(&[&rustls::version::TLS13], curves());
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Site::with(config, answer)
    }

    /// With a certificate that nobody vouches for.
    pub fn on_the_way(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Site {
        Site::with(config_of("on_the_way.pem", rustls::ALL_VERSIONS, curves()), answer)
    }

    fn with(config: ServerConfig, answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer, config) = (Arc::clone(&asked), Arc::new(answer), Arc::new(config));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer, config) = (Arc::clone(&log), Arc::clone(&answer), Arc::clone(&config));
                std::thread::spawn(move || drop(one(stream, &*answer, config, &log)));
            }
        });
        Site { port, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn curves() -> Vec<&'static dyn SupportedKxGroup> {
    rustls::crypto::ring::default_provider().kx_groups
}

fn config(
    versions: &[&'static SupportedProtocolVersion],
    kx_groups: Vec<&'static dyn SupportedKxGroup>,
) -> ServerConfig {
    config_of("localhost.pem", versions, kx_groups)
}

fn config_of(
    chain: &str,
    versions: &[&'static SupportedProtocolVersion],
    kx_groups: Vec<&'static dyn SupportedKxGroup>,
) -> ServerConfig {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates");
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(folder.join(chain)).unwrap().collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("localhost.key")).unwrap();
    let provider = Arc::new(CryptoProvider { kx_groups, ..rustls::crypto::ring::default_provider() });
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    builder.with_no_client_auth().with_single_cert(chain, key).unwrap()
}

fn one(
    mut stream: TcpStream,
    answer: &dyn Fn(&Asked) -> Vec<u8>,
    config: Arc<ServerConfig>,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut first = [0];
    stream.peek(&mut first)?;
    // A hello of SSL 2.0, to which web servers of today close.
    if first[0] & 0x80 != 0 {
        return Ok(());
    }
    if first != [22] {
        return talk(&mut stream, false, answer, log);
    }
    let mut server = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut tls = rustls::Stream::new(&mut server, &mut stream);
    talk(&mut tls, true, answer, log)?;
    tls.conn.send_close_notify();
    tls.flush()
}

fn talk(
    stream: &mut (impl Read + Write),
    is_secure: bool,
    answer: &dyn Fn(&Asked) -> Vec<u8>,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        request.extend(&buffer[..count]);
    }
    let end = request.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or_default() + 4;
    let mut body = request.split_off(end);
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    while body.len() < length.unwrap_or(0) {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        body.extend(&buffer[..count]);
    }
    let mut words = head_words(&request);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let body = String::from_utf8_lossy(&body).into_owned();
    let asked = Asked { is_secure, path, head, method, body };
    log.lock().unwrap().push(asked.clone());
    stream.write_all(&answer(&asked))
}

fn head_words(request: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(request).into_owned();
    text.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// An answer with headers and a body, after which the connection ends.
pub fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}
