//! The way to a host: resolving and pinning its addresses, and one exchange of bytes after another,
//! each with its limit in time. What the bytes mean is for others.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use super::authority::{Authorized, Place};
use super::proxy::{Proxies, Proxy};
use crate::wire::transcript::Silence;

/// Addresses of one name that are measured, at most.
const MOST_ADDRESSES: usize = 8;
const LONGEST_LOOKUP: Duration = Duration::from_secs(5);
/// Before another address of a proxy is tried.
const LONGEST_GREETING: Duration = Duration::from_secs(2);
/// What a proxy answers before it passes bytes on.
const LONGEST_HEAD: usize = 16 << 10;

/// How a host is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Where connections go: to the host itself, or to a proxy.
    pub to: SocketAddr,
    pub through: Option<Tunnel>,
}

/// A proxy looks the name of the host up itself. At which address that is nobody here knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    pub proxy: Arc<Proxy>,
    /// Host and port, as a proxy is asked for them.
    endpoint: String,
}

impl Way {
    pub fn straight(to: SocketAddr) -> Way {
        Way { to, through: None }
    }

    /// The address of the host, where it is known.
    pub fn address(&self) -> Option<IpAddr> {
        self.through.is_none().then(|| self.to.ip())
    }

    /// Whose connections are counted together: those to one address, or to one target behind a proxy.
    pub fn end(&self) -> (SocketAddr, &str) {
        (self.to, self.through.as_ref().map(|tunnel| tunnel.endpoint.as_str()).unwrap_or_default())
    }

    /// To another port of the same host; proxies lead to the encrypted door alone.
    pub fn at_port(&self, port: u16) -> Option<Way> {
        self.address().map(|address| Way::straight(SocketAddr::new(address, port)))
    }
}

/// A name whose address was given by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub host: String,
    pub port: u16,
    pub to: SocketAddr,
}

impl Pin {
    /// `NAME:PORT:ADDRESS`, with brackets around an IPv6 address.
    pub fn parse(text: &str) -> Option<Pin> {
        let (host, rest) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once("]:")?,
            None => text.split_once(':')?,
        };
        let (port, address) = rest.split_once(':')?;
        let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        let port = port.parse().ok()?;
        let host = host.to_lowercase();
        (!host.is_empty()).then_some(Pin { host, port, to: SocketAddr::new(address, port) })
    }

    pub fn is_of(&self, place: &Place) -> bool {
        self.host == place.host && self.port == place.port
    }

    /// The pin of an endpoint to any address and port.
    pub fn all(endpoint: &str, to: SocketAddr) -> Vec<Pin> {
        let place = Place::new(endpoint);
        place.map(|place| Pin { host: place.host, port: place.port, to }).into_iter().collect()
    }
}

/// Every way to a target: the pinned ones, the one through a proxy, or what the resolver says.
pub async fn ways(target: &Authorized, pins: &[Pin], proxies: &Proxies) -> std::io::Result<Vec<Way>> {
    let target = target.place();
    let pinned: Vec<Way> =
        pins.iter().filter(|pin| pin.is_of(target)).map(|pin| Way::straight(pin.to)).collect();
    if !pinned.is_empty() {
        return Ok(pinned);
    }
    if let Some(proxy) = proxies.of(&target.host) {
        let to = answering(&look_up(&proxy.host, proxy.port).await?).await;
        let tunnel = Tunnel { proxy: Arc::clone(proxy), endpoint: target.endpoint.clone() };
        return Ok(to.map(|to| Way { to, through: Some(tunnel) }).into_iter().collect());
    }
    let mut found = look_up(&target.host, target.port).await?;
    found.sort();
    found.dedup();
    found.truncate(MOST_ADDRESSES);
    Ok(found.into_iter().map(Way::straight).collect())
}

/// The first at which somebody answers, else the first.
async fn answering(addresses: &[SocketAddr]) -> Option<SocketAddr> {
    for address in addresses.iter().take(MOST_ADDRESSES) {
        if Connection::open(*address, Instant::now() + LONGEST_GREETING).await.is_ok() {
            return Some(*address);
        }
    }
    addresses.first().copied()
}

async fn look_up(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    match tokio::time::timeout(LONGEST_LOOKUP, tokio::net::lookup_host((host, port))).await {
        Ok(found) => Ok(found?.collect()),
        Err(_) => Err(ErrorKind::TimedOut.into()),
    }
}

/// One connection. Closed when it is dropped.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    until: Instant,
}

impl Connection {
    pub async fn open(address: SocketAddr, until: Instant) -> Result<Connection, Silence> {
        let stream = match tokio::time::timeout_at(until, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                return Err(match error.kind() {
                    ErrorKind::ConnectionRefused => Silence::Refused,
                    ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Silence::Reset,
                    ErrorKind::TimedOut => Silence::NoConnection,
                    _ => Silence::Unreachable,
                });
            }
            Err(_) => return Err(Silence::NoConnection),
        };
        // Hellos go out at once; where this cannot be set, they go out a little later.
        let _ = stream.set_nodelay(true);
        Ok(Connection { stream, until })
    }

    /// The same on the way that there is.
    pub async fn by(way: &Way, until: Instant) -> Result<Connection, Silence> {
        let opened = Connection::open(way.to, until).await;
        let Some(tunnel) = &way.through else { return opened };
        // What becomes of the proxy says nothing of the host.
        let connection = opened.map_err(|_| Silence::NotThrough)?;
        connection.pass(tunnel).await?;
        Ok(connection)
    }

    /// Asks a proxy to pass on what comes next.
    async fn pass(&self, Tunnel { proxy, endpoint }: &Tunnel) -> Result<(), Silence> {
        const END: &[u8] = b"\r\n\r\n";
        let authorization = proxy.authorization.as_ref().map(|one| format!("Proxy-Authorization: {one}\r\n"));
        let authorization = authorization.unwrap_or_default();
        let request = format!("CONNECT {endpoint} HTTP/1.1\r\nHost: {endpoint}\r\n{authorization}\r\n");
        self.send(request.as_bytes()).await?;
        let (mut head, mut buffer) = (Vec::new(), [0; 2048]);
        let end = loop {
            if let Some(at) = head.windows(END.len()).position(|part| part == END) {
                break at + END.len();
            }
            if head.len() > LONGEST_HEAD {
                return Err(Silence::NotThrough);
            }
            let part = self.receive(&mut buffer).await.map_err(|why| match why {
                Silence::TimedOut => why,
                _ => Silence::NotThrough,
            })?;
            head.extend_from_slice(part);
        };
        // Nobody behind it speaks before we do, so that its head is all that comes.
        let is_open = head.starts_with(b"HTTP/1.") && head.get(8..12) == Some(b" 200") && end == head.len();
        if is_open { Ok(()) } else { Err(Silence::NotThrough) }
    }

    pub async fn send(&self, mut bytes: &[u8]) -> Result<(), Silence> {
        while !bytes.is_empty() {
            self.in_time(self.stream.writable()).await?;
            match self.stream.try_write(bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Err(Silence::Reset),
            }
        }
        Ok(())
    }

    /// What has come, into the buffer. `Closed` at the end of the stream.
    pub async fn receive<'a>(&self, buffer: &'a mut [u8]) -> Result<&'a [u8], Silence> {
        loop {
            self.in_time(self.stream.readable()).await?;
            match self.stream.try_read(buffer) {
                Ok(0) => return Err(Silence::Closed),
                Ok(count) => return Ok(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Err(Silence::Reset),
            }
        }
    }

    /// The limit is for the whole connection: a byte a second does not move it.
    async fn in_time(&self, ready: impl Future<Output = std::io::Result<()>>) -> Result<(), Silence> {
        match tokio::time::timeout_at(self.until, ready).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Silence::Reset),
            Err(_) => Err(Silence::TimedOut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_name_port_and_address() {
        let pin = Pin::parse("Telemed.example.jp:443:127.0.0.1").unwrap();
        assert_eq!((pin.host.as_str(), pin.to.to_string().as_str()), ("telemed.example.jp", "127.0.0.1:443"));
        assert_eq!(Pin::parse("a.example.jp:8443:[::1]").unwrap().to.to_string(), "[::1]:8443");
        assert_eq!(Pin::parse("[::1]:8443:127.0.0.1").unwrap().host, "::1");
        for bad in
            ["", "a", "a:443", "a:x:127.0.0.1", "a:443:b.example.jp", ":443:127.0.0.1", "a:70000:127.0.0.1"]
        {
            assert_eq!(Pin::parse(bad), None, "{bad}");
        }
    }
}
