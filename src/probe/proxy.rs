//! The proxy of this computer, where it has one, and which hosts are reached without it. A proxy is told the
//! name of a host and passes bytes on. Whether it does so unread is seen by the certificate that comes back.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

/// One that speaks HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub host: String,
    pub port: u16,
    /// The header that lets us in, where it asks for one. A secret.
    pub authorization: Option<String>,
}

/// Without what lets us in.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.shown()).finish()
    }
}

impl Proxy {
    /// `http://proxy.example.jp:3128`, with or without the scheme, with or without a name and a password.
    pub fn parse(text: &str) -> Option<Proxy> {
        let text = text.trim();
        let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&url).ok().filter(|url| url.scheme() == "http")?;
        // What stands behind the port may be the rest of a password that is not written as it has to be.
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return None;
        }
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let authorization = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let account = format!("{}:{}", plain(url.username()), plain(url.password().unwrap_or_default()));
            format!("Basic {}", STANDARD.encode(account))
        });
        Some(Proxy { host, port: url.port_or_known_default()?, authorization })
    }

    pub fn shown(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.shown())
    }
}

/// Who is reached through a proxy.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    proxy: Option<Arc<Proxy>>,
    except: Vec<Except>,
}

/// Whoever is reached without it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Except {
    All,
    /// Names of one word.
    Local,
    /// A host, and what lies below it.
    Host(String),
    Network(IpAddr, u8),
}

impl Proxies {
    /// With the hosts that `NO_PROXY` lists: names with what lies below them, addresses, networks, `*`.
    pub fn new(proxy: Proxy, except: &str) -> Proxies {
        let words = except.split([',', ';', '|', ' ', '\t']).filter(|word| !word.is_empty());
        Proxies { proxy: Some(Arc::new(proxy)), except: words.map(Except::read).collect() }
    }

    /// The one through which a host is reached. This computer itself never is.
    pub fn of(&self, host: &str) -> Option<&Arc<Proxy>> {
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok();
        let is_here = host == "localhost"
            || host.ends_with(".localhost")
            || address.is_some_and(|address| address.to_canonical().is_loopback());
        let is_excepted = self.except.iter().any(|one| one.holds(&host, address));
        self.proxy.as_ref().filter(|_| !is_here && !is_excepted)
    }
}

impl Except {
    fn read(word: &str) -> Except {
        match word {
            "*" => return Except::All,
            "<local>" => return Except::Local,
            _ => {}
        }
        let (start, length) = word.split_once('/').unwrap_or((word, ""));
        let address = start.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let most = if address.is_some_and(|address| address.is_ipv6()) { 128 } else { 32 };
        let length = if length.is_empty() { Some(most) } else { length.parse().ok() };
        match (address, length) {
            (Some(address), Some(length)) => Except::Network(address, length),
            _ => {
                let is_port = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
                let name =
                    word.rsplit_once(':').filter(|(_, end)| is_port(end)).map_or(word, |(name, _)| name);
                Except::Host(name.trim_start_matches('*').trim_matches('.').to_ascii_lowercase())
            }
        }
    }

    fn holds(&self, host: &str, address: Option<IpAddr>) -> bool {
        match self {
            Except::All => true,
            Except::Local => address.is_none() && !host.contains('.'),
            Except::Host(name) => {
                host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Except::Network(start, length) => {
                address.is_some_and(|address| begins_alike(*start, address, *length))
            }
        }
    }
}

fn begins_alike(one: IpAddr, other: IpAddr, length: u8) -> bool {
    let (alike, longest) = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => ((one.to_bits() ^ other.to_bits()).leading_zeros(), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => ((one.to_bits() ^ other.to_bits()).leading_zeros(), 128),
        _ => return false,
    };
    alike >= u32::from(length).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_as_programs_write_it_and_never_shows_its_password() {
        let read = |text: &str| Proxy::parse(text).map(|one| one.shown());
        assert_eq!(read("http://proxy.example.jp:3128/").as_deref(), Some("proxy.example.jp:3128"));
        assert_eq!(read("proxy.example.jp:8080").as_deref(), Some("proxy.example.jp:8080"));
        assert_eq!(read("http://proxy.example.jp").as_deref(), Some("proxy.example.jp:80"));
        assert_eq!(read("http://[2001:db8::1]:3128").as_deref(), Some("[2001:db8::1]:3128"));
        let account = Proxy::parse("http://user:p%40ss@proxy.example.jp:3128").unwrap();
        assert_eq!(account.authorization.as_deref(), Some("Basic dXNlcjpwQHNz"));
        let shown = format!("{account:?} {}", account.url());
        assert!(!shown.contains("ss@") && !shown.contains("dXNl"), "{shown}");
        for bad in [
            "http://taro:4711#rest@p.example.jp:1",
            "http://taro:4711/rest@p:1",
            "http://p:1?x",
            "",
            "socks5://proxy.example.jp:1080",
            "https://proxy.example.jp",
            "http://",
            "a b",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn whoever_is_excepted_is_reached_without() {
        let except = "intra.example.jp, .clinic.example.jp 10.0.0.0/8,192.0.2.7,2001:db8::/32;*.dev.example.jp\tdoor.example.jp:8443|<local>";
        let proxies = Proxies::new(Proxy::parse("p:1").unwrap(), except);
        let through = |host: &str| proxies.of(host).is_some();
        for host in
            ["telemed.example.jp", "xintra.example.jp", "11.0.0.1", "192.0.2.8", "2001:db9::1", "dev.example"]
        {
            assert!(through(host), "{host}");
        }
        for host in [
            "INTRA.example.jp.",
            "a.intra.example.jp",
            "clinic.example.jp",
            "x.clinic.example.jp",
            "10.255.0.1",
            "192.0.2.7",
            "2001:db8:1::1",
            "a.dev.example.jp",
            "door.example.jp",
            "[2001:db8::7]",
            "server",
            "::ffff:127.0.0.1",
            "localhost",
            "a.localhost",
            "127.0.0.9",
            "::1",
        ] {
            assert!(!through(host), "{host}");
        }
        assert!(Proxies::new(Proxy::parse("p:1").unwrap(), "*").of("telemed.example.jp").is_none());
        assert!(Proxies::default().of("telemed.example.jp").is_none());
    }
}
