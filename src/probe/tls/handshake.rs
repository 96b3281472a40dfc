//! Handshakes that are carried to their end, for what only the end shows: the certificates of
//! TLS 1.3, whether a client certificate is required, tickets and resumption. Every certificate is
//! let through here; whether it is to be trusted is decided elsewhere.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, ResolvesClientCert, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, HandshakeKind, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use tokio::time::Instant;

use super::hybrid;
use crate::probe::network::{Connection, Way};
use crate::wire::transcript::{Handshake, Hex, Silence};

/// What a handshake is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its name in the transcript.
    pub label: &'static str,
    pub proof: Proof,
    pub greet: Greet,
    pub protocol: Protocol,
}

/// Which keys the server may prove itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Any,
    Rsa,
    Ecdsa,
}

/// Which name the server is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greet {
    ByName,
    /// By a name that nobody has.
    ByAnother,
    ByNone,
}

/// The one protocol that is offered: a server that is offered two shows only which it likes better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The first page is asked for.
    Http1,
    /// Nothing is asked for: the handshake alone shows whether the server goes along.
    Http2,
}

impl Protocol {
    pub fn word(self) -> &'static str {
        match self {
            Protocol::Http1 => "http/1.1",
            Protocol::Http2 => "h2",
        }
    }
}

pub const FIRST: Question =
    Question { label: "first", proof: Proof::Any, greet: Greet::ByName, protocol: Protocol::Http1 };
pub const AGAIN: Question = Question { label: "again", ..FIRST };
pub const WITH_RSA: Question = Question { label: "rsa", proof: Proof::Rsa, ..FIRST };
pub const WITH_ECDSA: Question = Question { label: "ecdsa", proof: Proof::Ecdsa, ..FIRST };
pub const HTTP2: Question = Question { label: "h2", protocol: Protocol::Http2, ..FIRST };
pub const OTHER_NAME: Question = Question { label: "other_name", greet: Greet::ByAnother, ..FIRST };
pub const NO_NAME: Question = Question { label: "no_name", greet: Greet::ByNone, ..FIRST };

/// The alert of a server that speaks none of the protocols that were offered.
const NO_APPLICATION_PROTOCOL: u8 = 120;

/// A name that cannot be registered.
pub const NOBODY: &str = "no-such-host.invalid";

/// What all handshakes with one target share: its name, and the tickets that it gave.
#[derive(Debug)]
pub struct Client {
    host: String,
    provider: Arc<CryptoProvider>,
    sessions: Arc<Sessions>,
    /// A session is resumed only with the witness that saw it begin.
    witness: Arc<Witness>,
}

impl Client {
    pub fn new(host: &str) -> Client {
        let mut provider = rustls::crypto::ring::default_provider();
        // Last, so that no share of them is sent unasked.
        provider.kx_groups.extend(hybrid::ALL);
        let provider = Arc::new(provider);
        let witness = Arc::new(Witness::new(&provider, Proof::Any));
        Client { host: host.to_owned(), provider, sessions: Arc::new(Sessions::default()), witness }
    }

    pub async fn shake_hands(&self, question: &Question, way: &Way, until: Instant) -> Handshake {
        let witness = match question.label {
            "first" | "again" => Arc::clone(&self.witness),
            _ => Arc::new(Witness::new(&self.provider, question.proof)),
        };
        let mut done = Handshake::default();
        match self.connection(question, &witness) {
            Some(mut client) => {
                let talk = Talk { client: &mut client, done: &mut done, host: &self.host };
                if let Err(why) = talk.whole(question.protocol, way, until).await {
                    done.end = Some(why);
                }
                done.alpn = client.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
            }
            None => done.end = Some(Silence::Unreachable),
        }
        let seen = witness.seen();
        done.certificates = seen.certificates.into_iter().map(Hex).collect();
        done.staple = seen.staple.map(Hex);
        done.unproven = seen.unproven;
        done.wants_certificate = seen.wants_certificate;
        if question.label == FIRST.label {
            (done.ticket, done.early_data) = self.sessions.seen();
        }
        done
    }

    fn connection(&self, question: &Question, witness: &Arc<Witness>) -> Option<ClientConnection> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder =
            builder.with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12]).ok()?;
        let verifier: Arc<dyn ServerCertVerifier> = Arc::clone(witness) as _;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = builder.with_client_cert_resolver(Arc::clone(witness) as _);
        config.alpn_protocols = vec![question.protocol.word().as_bytes().to_vec()];
        config.enable_sni = question.greet != Greet::ByNone;
        config.resumption = match question.label {
            "first" | "again" => Resumption::store(Arc::clone(&self.sessions) as _),
            _ => Resumption::disabled(),
        };
        let host = if question.greet == Greet::ByAnother { NOBODY } else { &self.host };
        let name = ServerName::try_from(host.to_owned()).ok()?;
        ClientConnection::new(Arc::new(config), name).ok()
    }
}

/// One handshake, and where HTTP/1.1 was offered a request for the first page after it.
struct Talk<'a> {
    client: &'a mut ClientConnection,
    done: &'a mut Handshake,
    host: &'a str,
}

/// The beginning of an answer is enough to see a refusal.
const ENOUGH_HTTP: usize = 2048;
/// No handshake takes as many bytes.
const MOST_BYTES: usize = 256 * 1024;

impl Talk<'_> {
    async fn whole(mut self, protocol: Protocol, way: &Way, until: Instant) -> Result<(), Silence> {
        let connection = Connection::by(way, until).await?;
        let mut taken = 0;
        while self.client.is_handshaking() {
            self.turn(&connection, &mut taken).await?;
        }
        self.done.completed = true;
        self.note();
        if protocol == Protocol::Http2 {
            self.client.send_close_notify();
            return self.flush(&connection).await;
        }
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nUser-Agent: tenken/{}\r\nConnection: close\r\n\r\n",
            self.host,
            env!("CARGO_PKG_VERSION")
        );
        // A refusal of our missing certificate, and tickets, come only now.
        let _ = io::Write::write_all(&mut self.client.writer(), request.as_bytes());
        let page = self.page(&connection, &mut taken).await;
        self.done.http_status = status(&page);
        self.done.http_wants_certificate = wants_certificate(&page);
        Ok(())
    }

    /// The beginning of the page, as far as the server sends it before it closes.
    async fn page(&mut self, connection: &Connection, taken: &mut usize) -> Vec<u8> {
        let mut page = Vec::new();
        while page.len() < ENOUGH_HTTP {
            let went = self.turn(connection, taken).await;
            let mut part = [0; ENOUGH_HTTP];
            let mut has_closed = went.is_err();
            while let Ok(count) = io::Read::read(&mut self.client.reader(), &mut part) {
                page.extend(part.get(..count).unwrap_or_default());
                if count == 0 {
                    has_closed = true;
                    break;
                }
            }
            if has_closed {
                break;
            }
        }
        page
    }

    /// Sends what there is to send and takes what has come.
    async fn turn(&mut self, connection: &Connection, taken: &mut usize) -> Result<(), Silence> {
        self.flush(connection).await?;
        let mut buffer = [0; 8192];
        let bytes = connection.receive(&mut buffer).await?;
        *taken += bytes.len();
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.client.read_tls(&mut rest).is_err() || *taken > MOST_BYTES {
                return Err(Silence::Reset);
            }
            if let Err(error) = self.client.process_new_packets() {
                if let rustls::Error::AlertReceived(alert) = error {
                    self.done.alert = Some(u8::from(alert));
                }
                let _ = self.flush(connection).await;
                return Err(Silence::Closed);
            }
        }
        self.flush(connection).await
    }

    async fn flush(&mut self, connection: &Connection) -> Result<(), Silence> {
        while self.client.wants_write() {
            let mut out = Vec::new();
            if self.client.write_tls(&mut out).is_err() {
                return Err(Silence::Reset);
            }
            connection.send(&out).await?;
        }
        Ok(())
    }

    fn note(&mut self) {
        self.done.version = self.client.protocol_version().map(u16::from);
        self.done.suite = self.client.negotiated_cipher_suite().map(|suite| u16::from(suite.suite()));
        self.done.resumed = self.client.handshake_kind() == Some(HandshakeKind::Resumed);
    }
}

/// The status of an answer in HTTP.
fn status(page: &[u8]) -> Option<u16> {
    let line = page.strip_prefix(b"HTTP/1.")?;
    std::str::from_utf8(line.get(2..5)?).ok()?.parse().ok()
}

/// Whether a page refuses for want of a client certificate, as web servers do that let the handshake
/// succeed first.
fn wants_certificate(page: &[u8]) -> bool {
    let is_refusal = matches!(status(page), Some(400 | 401 | 403 | 495 | 496));
    let text = String::from_utf8_lossy(page).to_lowercase();
    is_refusal
        && ["ssl certificate was sent", "client certificate", "403.7", "ssl certificate error"]
            .iter()
            .any(|sign| text.contains(sign))
}

/// Sees what the server shows, and lets everything through.
#[derive(Debug)]
struct Witness {
    algorithms: WebPkiSupportedAlgorithms,
    proof: Proof,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default, Clone)]
struct Seen {
    certificates: Vec<Vec<u8>>,
    staple: Option<Vec<u8>>,
    unproven: bool,
    wants_certificate: bool,
}

impl Witness {
    fn new(provider: &CryptoProvider, proof: Proof) -> Witness {
        let algorithms = provider.signature_verification_algorithms;
        Witness { algorithms, proof, seen: Mutex::default() }
    }

    fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, with: impl FnOnce(&mut Seen)) {
        with(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn prove(&self, proven: Result<HandshakeSignatureValid, rustls::Error>) -> HandshakeSignatureValid {
        proven.unwrap_or_else(|_| {
            self.note(|seen| seen.unproven = true);
            HandshakeSignatureValid::assertion()
        })
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        staple: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.note(|seen| {
            let chain = std::iter::once(end_entity).chain(intermediates);
            seen.certificates = chain.map(|der| der.as_ref().to_vec()).collect();
            seen.staple = (!staple.is_empty()).then(|| staple.to_vec());
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(self.prove(rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(self.prove(rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let all = self.algorithms.supported_schemes();
        let is_rsa = |scheme: &SignatureScheme| format!("{scheme:?}").starts_with("RSA");
        match self.proof {
            Proof::Any => all,
            Proof::Rsa => all.into_iter().filter(is_rsa).collect(),
            Proof::Ecdsa => all.into_iter().filter(|scheme| !is_rsa(scheme)).collect(),
        }
    }
}

impl ResolvesClientCert for Witness {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
        self.note(|seen| seen.wants_certificate = true);
        None
    }

    /// Asked for only when the server wants one.
    fn has_certs(&self) -> bool {
        true
    }
}

/// The tickets of one target, counted on the way into the store.
#[derive(Debug)]
struct Sessions {
    store: ClientSessionMemoryCache,
    /// Whether there was a ticket or a session to resume, and one that allows early data.
    seen: Mutex<(bool, bool)>,
}

impl Default for Sessions {
    fn default() -> Sessions {
        Sessions { store: ClientSessionMemoryCache::new(8), seen: Mutex::default() }
    }
}

impl Sessions {
    fn seen(&self) -> (bool, bool) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.store.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.store.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0 = true;
        self.store.set_tls12_session(name, value);
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.store.tls12_session(name)
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.store.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = (true, seen.1 || value.max_early_data_size() > 0);
        drop(seen);
        self.store.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.store.take_tls13_ticket(name)
    }
}

/// Whether the server went along at least as far as to choose a protocol: it does so before it shows
/// its certificate.
pub fn has_chosen(handshake: &Handshake) -> bool {
    handshake.completed || !handshake.certificates.is_empty() || refuses_protocol(handshake)
}

/// Whether the server went away because it does not speak what was offered.
pub fn refuses_protocol(handshake: &Handshake) -> bool {
    handshake.alert == Some(NO_APPLICATION_PROTOCOL)
}

/// Versions that a finished handshake can name.
pub fn is_tls13(handshake: &Handshake) -> bool {
    handshake.version == Some(u16::from(ProtocolVersion::TLSv1_3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_refuses_for_want_of_a_certificate_is_recognised() {
        let nginx = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<center>No required SSL certificate was sent</center>";
        assert!(wants_certificate(nginx));
        assert!(!wants_certificate(b"HTTP/1.1 200 OK\r\n\r\nno client certificate was sent"));
        assert!(!wants_certificate(b"HTTP/1.1 403 Forbidden\r\n\r\n"));
        assert_eq!(status(b"HTTP/1.1 400 Bad"), Some(400));
        assert_eq!(status(b"SSH-2.0"), None);
    }
}
