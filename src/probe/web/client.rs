//! Fetches pages as a polite visitor would: from the address that was given, one request after the
//! other, with a limit for everything that comes back. Certificates are looked at elsewhere, so here a
//! bad one stops nobody; redirects are followed by whoever asked, and never to a host that is not theirs.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::time::Instant;
use url::Url;

use crate::probe::certificate::Roots;
use crate::probe::network::Way;
use crate::probe::permits::{Permits, Turn};
use crate::probe::proxy::{Proxies, Proxy};
use crate::wire::transcript::Silence;
pub use crate::wire::visit::Nothing;

/// One page has to be there within this time.
const LONGEST_PAGE: Duration = Duration::from_secs(8);
const LARGEST_BODY: usize = 1 << 20;
const MOST_HEADERS: usize = 100;
const LONGEST_HEADER: usize = 4096;

/// Who is asking.
const NAME: &str = concat!("tenken/", env!("CARGO_PKG_VERSION"));

/// What goes along with every request, beside the name of the host.
pub const SENT: [(&str, &str); 2] = [("accept", "*/*"), ("user-agent", NAME)];

/// What came back; with its body, or with what is kept of it.
#[derive(Debug, Clone)]
pub struct Answer<B = Vec<u8>> {
    pub url: Url,
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: B,
    /// Whether all of the body is there.
    pub is_whole: bool,
    /// When its head was there, and how long that took.
    pub answered: Timestamp,
    pub took: Duration,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl<B> Answer<B> {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn is_fine(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A server that turns visitors away for now, or is in trouble, has not said what is there.
    pub fn is_no_word(&self) -> bool {
        matches!(self.status, 408 | 429 | 500..=599)
    }

    /// Where it sends its visitor.
    pub fn redirect(&self) -> Option<Url> {
        let leads = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        self.url.join(self.header("location").filter(|_| leads)?).ok()
    }
}

/// How a host is reached.
#[derive(Debug)]
pub enum Route<'a> {
    Way(Way),
    /// Its name is looked up, by a proxy where it has one.
    Name(&'a Proxies),
}

#[derive(Debug)]
pub struct Client {
    inner: reqwest::Client,
    deadline: Instant,
    permits: Option<Permits>,
    is_direct: bool,
}

impl Route<'_> {
    fn proxy(&self, host: &str) -> Option<&Arc<Proxy>> {
        match self {
            Route::Way(way) => way.through.as_ref().map(|tunnel| &tunnel.proxy),
            Route::Name(proxies) => proxies.of(host),
        }
    }
}

impl Client {
    /// For one host, whoever it says it is. Nothing where TLS cannot be set up.
    pub fn new(host: &str, by: &Route, deadline: Instant) -> Option<Client> {
        Client::made(host, by, deadline, None)
    }

    /// The same for a host that has to be who it says it is. By roots of one's own, a proxy may be trusted
    /// that opens every connection, so there the public ones decide.
    pub fn trusting(roots: &Roots, host: &str, by: &Route, deadline: Instant) -> Option<Client> {
        let is_direct = by.proxy(host).is_none();
        let public = (!is_direct && !roots.are_public).then(Roots::mozilla);
        Client::made(host, by, deadline, Some(public.as_ref().unwrap_or(roots)))
    }

    fn made(host: &str, by: &Route, deadline: Instant, roots: Option<&Roots>) -> Option<Client> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config(roots)?)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .referer(false)
            .pool_max_idle_per_host(2)
            .user_agent(NAME);
        if let Route::Way(Way { to, through: None }) = by {
            builder = builder.resolve(host, *to);
        }
        let proxy = by.proxy(host);
        if let Some(proxy) = proxy {
            builder = builder.proxy(through(proxy)?);
        }
        let is_direct = proxy.is_none();
        Some(Client { inner: builder.build().ok()?, deadline, permits: None, is_direct })
    }

    /// With no more requests at once than the address may bear, whoever else asks it.
    pub fn sharing(self, permits: &Permits) -> Client {
        Client { permits: Some(permits.clone()), ..self }
    }

    pub async fn get(&self, url: &Url) -> Result<Answer, Nothing> {
        self.get_up_to(url, LARGEST_BODY).await
    }

    /// With as much of the body as is wanted.
    pub async fn get_up_to(&self, url: &Url, most: usize) -> Result<Answer, Nothing> {
        self.in_time(url, self.inner.get(url.clone()), most).await
    }

    pub async fn post(&self, url: &Url, kind: &str, body: &[u8], most: usize) -> Result<Answer, Nothing> {
        let request = self.inner.post(url.clone()).header("content-type", kind).body(body.to_vec());
        self.in_time(url, request, most).await
    }

    /// With headers of the asker's own; the fields of a form are posted.
    pub async fn ask(
        &self,
        url: &Url,
        headers: Vec<(&str, String)>,
        form: Option<String>,
    ) -> Result<Answer, Nothing> {
        let request = match form {
            Some(body) => {
                let kind = "application/x-www-form-urlencoded";
                self.inner.post(url.clone()).header("content-type", kind).body(body)
            }
            None => self.inner.get(url.clone()),
        };
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        self.in_time(url, request, LARGEST_BODY).await
    }

    async fn in_time(
        &self,
        url: &Url,
        request: reqwest::RequestBuilder,
        most: usize,
    ) -> Result<Answer, Nothing> {
        let late = || Nothing::Silence(Silence::Deadline);
        let _permit = match &self.permits {
            Some(permits) => {
                let waiting = tokio::time::timeout_at(self.deadline, permits.take(Turn::Later));
                Some(waiting.await.map_err(|_| late())?)
            }
            None => None,
        };
        let asked = Instant::now();
        let limit = self.deadline.min(asked + LONGEST_PAGE);
        let out_of_time = if limit == self.deadline { Silence::Deadline } else { Silence::TimedOut };
        match tokio::time::timeout_at(limit, fetch(url, request, asked, most)).await {
            Ok(Err(Nothing::Silence(Silence::Refused | Silence::Unreachable | Silence::NoConnection)))
                if !self.is_direct =>
            {
                Err(Nothing::Silence(Silence::NotThrough))
            }
            Ok(answer) => answer,
            Err(_) => Err(Nothing::Silence(out_of_time)),
        }
    }
}

async fn fetch(
    url: &Url,
    request: reqwest::RequestBuilder,
    asked: Instant,
    most: usize,
) -> Result<Answer, Nothing> {
    let mut response = request.send().await.map_err(|error| nothing(&error))?;
    let (took, answered) = (asked.elapsed(), Timestamp::now());
    let headers = response.headers().iter().take(MOST_HEADERS).map(|(name, value)| {
        let bytes = value.as_bytes();
        let text = String::from_utf8_lossy(bytes.get(..LONGEST_HEADER).unwrap_or(bytes));
        let text = text.chars().filter(|c| !c.is_control()).collect();
        (name.as_str().to_owned(), text)
    });
    let (headers, status) = (headers.collect(), response.status().as_u16());
    let (mut body, mut is_whole) = (Vec::new(), true);
    // After its head an answer is HTTP, whatever becomes of the rest.
    let broken = |error: reqwest::Error| match nothing(&error) {
        Nothing::NotHttp => Nothing::Broken,
        nothing => nothing,
    };
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        let room = most - body.len();
        body.extend(chunk.iter().take(room));
        if chunk.len() > room {
            is_whole = false;
            break;
        }
    }
    Ok(Answer { url: url.clone(), status, headers, body, is_whole, answered, took })
}

fn nothing(error: &reqwest::Error) -> Nothing {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(one) = cause {
        if let Some(error) = one.downcast_ref::<std::io::Error>() {
            let error = innermost(error);
            let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            if matches!(of_tls, Some(rustls::Error::InvalidCertificate(_))) {
                return Nothing::Untrusted;
            }
            let why = match error.kind() {
                ErrorKind::ConnectionRefused => Silence::Refused,
                ErrorKind::TimedOut => Silence::NoConnection,
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Silence::Unreachable,
                ErrorKind::UnexpectedEof => Silence::Closed,
                ErrorKind::InvalidData => return Nothing::NotHttp,
                _ => Silence::Reset,
            };
            return Nothing::Silence(why);
        }
        cause = one.source();
    }
    match () {
        () if says(error, &["tunnel"]) => Nothing::Silence(Silence::NotThrough),
        () if error.is_connect() => Nothing::Silence(Silence::Unreachable),
        // A connection that ended before an answer began; anything else was said, and was no HTTP.
        () if says(error, &["connection closed before message completed", "end of file"]) => {
            Nothing::Silence(Silence::Closed)
        }
        () if says(error, &["too large"]) => Nothing::Broken,
        () => Nothing::NotHttp,
    }
}

/// Each layer wraps the error of the one below in one of its own.
fn innermost(mut error: &std::io::Error) -> &std::io::Error {
    while let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<std::io::Error>()) {
        error = inner;
    }
    error
}

/// hyper keeps its kinds of errors to itself, and says them.
fn says(error: &reqwest::Error, words: &[&str]) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        let text = one.to_string();
        if words.iter().any(|word| text.contains(word)) {
            return true;
        }
        cause = one.source();
    }
    false
}

fn through(proxy: &Proxy) -> Option<reqwest::Proxy> {
    let made = reqwest::Proxy::all(proxy.url()).ok()?;
    Some(match &proxy.authorization {
        Some(authorization) => {
            let mut header = reqwest::header::HeaderValue::from_str(authorization).ok()?;
            header.set_sensitive(true);
            made.custom_http_auth(header)
        }
        None => made,
    })
}

fn config(roots: Option<&Roots>) -> Option<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let anyone = Arc::new(Anyone(Arc::clone(&provider)));
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    let mut config = match roots {
        Some(roots) => builder.with_root_certificates(roots.store()).with_no_client_auth(),
        None => builder.dangerous().with_custom_certificate_verifier(anyone).with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(config)
}

/// Lets every certificate pass: whether one is to be trusted is a fact of its own.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer,
        _: &[CertificateDer],
        _: &ServerName,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
