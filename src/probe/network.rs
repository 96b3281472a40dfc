//! The way to a host: resolving and pinning its addresses, and one exchange of bytes after another,
//! each with its limit in time. What the bytes mean is for others.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use super::authority::Authorized;
use crate::wire::transcript::Silence;

/// Addresses of one name that are measured, at most.
const MOST_ADDRESSES: usize = 8;
const LONGEST_LOOKUP: Duration = Duration::from_secs(5);

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

    /// The pin of an endpoint to any address and port.
    pub fn all(endpoint: &str, to: SocketAddr) -> Vec<Pin> {
        let place = super::authority::Place::new(endpoint);
        place.map(|place| Pin { host: place.host, port: place.port, to }).into_iter().collect()
    }
}

/// Every address of a target: the pinned ones, or what the resolver says.
pub async fn addresses(target: &Authorized, pins: &[Pin]) -> std::io::Result<Vec<SocketAddr>> {
    let target = target.place();
    let pinned: Vec<SocketAddr> = pins
        .iter()
        .filter(|pin| pin.host == target.host && pin.port == target.port)
        .map(|pin| pin.to)
        .collect();
    if !pinned.is_empty() {
        return Ok(pinned);
    }
    let looked_up = tokio::net::lookup_host((target.host.as_str(), target.port));
    let mut found: Vec<SocketAddr> = match tokio::time::timeout(LONGEST_LOOKUP, looked_up).await {
        Ok(found) => found?.collect(),
        Err(_) => return Err(ErrorKind::TimedOut.into()),
    };
    found.sort();
    found.dedup();
    found.truncate(MOST_ADDRESSES);
    Ok(found)
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
