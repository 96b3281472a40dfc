//! A server on loopback that stands in for the example's system, so that `demo` measures and does not
//! only read a record. rustls answers for TLS 1.2 and 1.3; to TLS 1.0 a few fixed bytes answer, as a
//! server would that nobody has tidied up.

use std::io::{self, Cursor, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

/// Answers until it is dropped.
#[derive(Debug)]
pub struct Stand {
    pub address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

/// Nobody talks to the example for longer.
const PATIENCE: Duration = Duration::from_secs(5);

impl Stand {
    /// Starts with a certificate and its key, in PEM.
    pub fn start(certificate: &[u8], key: &[u8]) -> anyhow::Result<Stand> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(certificate).collect::<Result<_, _>>()?;
        let answers = Arc::new(Answers { tls10: tls10(&chain), config: config(chain, key)? });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let answers = Arc::clone(&answers);
                // A client that goes away in the middle is no concern of the stand's.
                std::thread::spawn(move || drop(answers.one(stream)));
            }
        });
        Ok(Stand { address, is_over })
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // One last visitor lets the listener see that it is over.
        drop(TcpStream::connect(self.address));
    }
}

struct Answers {
    config: Arc<ServerConfig>,
    tls10: Vec<u8>,
}

fn config(chain: Vec<CertificateDer<'static>>, key: &[u8]) -> anyhow::Result<Arc<ServerConfig>> {
    let key = PrivateKeyDer::from_pem_slice(key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&versions)?;
    Ok(Arc::new(builder.with_no_client_auth().with_single_cert(chain, key)?))
}

impl Answers {
    fn one(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut hello = [0; 4096];
        let count = stream.read(&mut hello)?;
        let hello = hello.get(..count).unwrap_or_default();
        if is_tls10(hello) {
            return stream.write_all(&self.tls10);
        }
        let mut server = ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        let mut heard = Heard { first: Cursor::new(hello), stream };
        let mut tls = rustls::Stream::new(&mut server, &mut heard);
        let mut request = [0; 1024];
        let _ = tls.read(&mut request)?;
        tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        tls.conn.send_close_notify();
        tls.flush()
    }
}

/// A hello whose newest version is 1.0, offering the one suite that is answered.
fn is_tls10(hello: &[u8]) -> bool {
    let version = hello.get(9..11) == Some(&[3, 1]);
    version && hello.first() == Some(&22) && hello.windows(2).any(|pair| pair == SUITE)
}

/// TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA.
const SUITE: [u8; 2] = [0xc0, 0x09];

/// Hello, certificate, key exchange on P-256, done.
fn tls10(chain: &[CertificateDer]) -> Vec<u8> {
    let counted = |bytes: &[u8]| -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes();
        length.into_iter().skip(1).chain(bytes.iter().copied()).collect()
    };
    let message = |kind: u8, body: &[u8]| [&[kind][..], &counted(body)].concat();
    let hello = [&[3, 1][..], &[0x74; 32], &[0], &SUITE, &[0], &[0, 5, 0xff, 1, 0, 1, 0]].concat();
    let list: Vec<u8> = chain.iter().flat_map(|der| counted(der)).collect();
    let messages = [
        message(2, &hello),
        message(11, &counted(&list)),
        message(12, &[3, 0, 0x17, 1, 4]),
        message(14, &[]),
    ]
    .concat();
    let length = u16::try_from(messages.len()).unwrap_or_default().to_be_bytes();
    [&[22, 3, 1][..], &length, &messages].concat()
}

/// What was read already, and then the rest.
struct Heard<'a> {
    first: Cursor<&'a [u8]>,
    stream: TcpStream,
}

impl Read for Heard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.first.read(buffer)? {
            0 => self.stream.read(buffer),
            count => Ok(count),
        }
    }
}

impl Write for Heard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
