//! Reads what a server sends after a hello, up to where it waits for us: records, messages split
//! over records or packed into one, alerts. Everything is bounded, and nothing is believed that does
//! not add up.

use super::bytes::Cursor;
use super::primes::Prime;
use super::ssl2;

/// A flight of a real server takes a few thousand bytes.
const MOST_BYTES: usize = 256 * 1024;
const LONGEST_RECORD: usize = 1 << 14;
const MOST_CERTIFICATES: usize = 32;
const MOST_ALERTS: usize = 8;
const MOST_RECORDS: usize = 512;

/// The random that makes a server hello a request to ask again.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// How far to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The server's hello is enough.
    Hello,
    /// Everything that comes unencrypted.
    Done,
}

/// What is wrong with what a server sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The first bytes are no TLS record: another protocol is spoken here.
    NotTls,
    RecordTooLong,
    TooMuch,
    TooManyCertificates,
    /// A message that does not add up.
    Malformed,
    /// A message that cannot stand where it stands.
    OutOfOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    pub is_fatal: bool,
    pub code: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    pub version: u16,
    pub suite: u16,
    pub compression: u8,
    /// The server asks for another hello, and has chosen suite and group.
    pub is_retry: bool,
    /// The group of the key share, in TLS 1.3.
    pub group: Option<u16>,
    pub alpn: Option<String>,
    /// The kinds of all extensions.
    pub extensions: Vec<u16>,
}

impl ServerHello {
    pub fn has(&self, extension: u16) -> bool {
        self.extensions.contains(&extension)
    }
}

/// The flight, as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Flight {
    pub hello: Option<ServerHello>,
    pub ssl2: Option<ssl2::Answer>,
    /// The chain as it was sent, in DER.
    pub certificates: Option<Vec<Vec<u8>>>,
    /// The OCSP response that came with the certificate.
    pub staple: Option<Vec<u8>>,
    /// The body of the key exchange message; what it means depends on the suite.
    pub key_exchange: Option<Vec<u8>>,
    pub wants_certificate: bool,
    pub is_done: bool,
    pub alerts: Vec<Alert>,
}

/// Takes bytes as they come and makes a flight of them.
#[derive(Debug)]
pub struct Reader {
    until: Until,
    flight: Flight,
    /// Bytes of a record that is not complete.
    raw: Vec<u8>,
    /// Bytes of a handshake message that is not complete.
    message: Vec<u8>,
    taken: usize,
    records: usize,
}

impl Reader {
    pub fn new(until: Until) -> Reader {
        Reader {
            until,
            flight: Flight::default(),
            raw: Vec::new(),
            message: Vec::new(),
            taken: 0,
            records: 0,
        }
    }

    pub fn into_flight(self) -> Flight {
        self.flight
    }

    /// Takes the next bytes; says whether the flight is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<bool, Wrong> {
        self.taken += bytes.len();
        self.raw.extend(bytes);
        if self.records == 0 && ssl2::may_begin(&self.raw) {
            self.flight.ssl2 = ssl2::read(&self.raw).map_err(|_| Wrong::NotTls)?;
            return Ok(self.flight.ssl2.is_some());
        }
        while !self.is_complete() {
            let Some(kind) = self.next_record()? else {
                // Whoever sends without end is stopped here, even where each record is in order.
                return if self.taken > MOST_BYTES { Err(Wrong::TooMuch) } else { Ok(false) };
            };
            match kind {
                21 => self.alert()?,
                22 => self.messages()?,
                // Change cipher spec, before the real thing goes on encrypted.
                20 | 23 if self.flight.hello.is_some() => self.flight.is_done = true,
                _ => return Err(Wrong::OutOfOrder),
            }
        }
        Ok(true)
    }

    fn is_complete(&self) -> bool {
        let flight = &self.flight;
        let has_enough = match (&flight.hello, self.until) {
            (Some(_), Until::Hello) => true,
            // In TLS 1.3 everything after the hello is encrypted.
            (Some(hello), Until::Done) => hello.version == 0x0304,
            (None, _) => false,
        };
        flight.is_done || has_enough || flight.alerts.iter().any(|alert| alert.is_fatal)
    }

    /// Moves the next record's content behind what is left of messages; `None` where it is not all
    /// there. An alert is put apart.
    fn next_record(&mut self) -> Result<Option<u8>, Wrong> {
        let mut cursor = Cursor::new(&self.raw);
        let Some(kind) = cursor.u8() else { return Ok(None) };
        if !(20..=24).contains(&kind) {
            return Err(if self.records == 0 { Wrong::NotTls } else { Wrong::Malformed });
        }
        let Some(version) = cursor.u16() else { return Ok(None) };
        if version >> 8 != 3 {
            return Err(if self.records == 0 { Wrong::NotTls } else { Wrong::Malformed });
        }
        let Some(length) = cursor.u16().map(usize::from) else { return Ok(None) };
        if length > LONGEST_RECORD {
            return Err(Wrong::RecordTooLong);
        }
        let Some(content) = cursor.take(length) else { return Ok(None) };
        self.records += 1;
        if self.records > MOST_RECORDS {
            return Err(Wrong::TooMuch);
        }
        match kind {
            22 => self.message.extend(content),
            21 => {
                let [level, code] = content else { return Err(Wrong::Malformed) };
                self.flight.alerts.push(Alert { is_fatal: *level != 1, code: *code });
            }
            _ => {}
        }
        self.raw.drain(..length + 5);
        Ok(Some(kind))
    }

    fn alert(&mut self) -> Result<(), Wrong> {
        if self.flight.alerts.len() > MOST_ALERTS { Err(Wrong::TooMuch) } else { Ok(()) }
    }

    fn messages(&mut self) -> Result<(), Wrong> {
        while !self.is_complete() {
            let mut cursor = Cursor::new(&self.message);
            let Some(kind) = cursor.u8() else { break };
            let Some(length) = cursor.u24() else { break };
            if length > MOST_BYTES {
                return Err(Wrong::TooMuch);
            }
            let Some(body) = cursor.take(length) else { break };
            self.flight.message(kind, body)?;
            self.message.drain(..length + 4);
        }
        Ok(())
    }
}

impl Flight {
    fn message(&mut self, kind: u8, body: &[u8]) -> Result<(), Wrong> {
        let is_first = self.hello.is_none();
        match kind {
            // A hello request may come at any time and means nothing here.
            0 => {}
            2 if is_first => self.hello = Some(server_hello(body).ok_or(Wrong::Malformed)?),
            2 => return Err(Wrong::OutOfOrder),
            _ if is_first => return Err(Wrong::OutOfOrder),
            11 if self.certificates.is_none() => self.certificates = Some(certificates(body)?),
            12 if self.key_exchange.is_none() => self.key_exchange = Some(body.to_vec()),
            13 => self.wants_certificate = true,
            14 => self.is_done = true,
            22 if self.staple.is_none() => self.staple = Some(staple(body).ok_or(Wrong::Malformed)?),
            // Tickets and supplemental data; anything else has no place before we answer.
            4 | 23 => {}
            _ => return Err(Wrong::OutOfOrder),
        }
        Ok(())
    }
}

fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let mut cursor = Cursor::new(body);
    let legacy = cursor.u16()?;
    let is_retry = cursor.take(32)? == RETRY;
    cursor.vector8().filter(|session| session.rest().len() <= 32)?;
    let (suite, compression) = (cursor.u16()?, cursor.u8()?);
    let mut hello = ServerHello {
        version: legacy,
        suite,
        compression,
        is_retry,
        group: None,
        alpn: None,
        extensions: Vec::new(),
    };
    // Older servers leave the extensions out altogether.
    let mut extensions = if cursor.is_empty() { Cursor::new(&[]) } else { cursor.vector16()? };
    while !extensions.is_empty() {
        let kind = extensions.u16()?;
        let content = extensions.vector16()?;
        if hello.has(kind) {
            return None;
        }
        hello.extensions.push(kind);
        extension(kind, content, &mut hello)?;
    }
    cursor.is_empty().then_some(hello)
}

fn extension(kind: u16, mut content: Cursor, hello: &mut ServerHello) -> Option<()> {
    match kind {
        16 => {
            let mut names = content.vector16()?;
            hello.alpn = Some(String::from_utf8_lossy(names.vector8()?.rest()).into_owned());
        }
        43 => hello.version = content.u16()?,
        51 => hello.group = Some(content.u16()?),
        _ => {}
    }
    Some(())
}

fn certificates(body: &[u8]) -> Result<Vec<Vec<u8>>, Wrong> {
    let mut cursor = Cursor::new(body);
    let mut list = cursor.vector24().ok_or(Wrong::Malformed)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        if found.len() == MOST_CERTIFICATES {
            return Err(Wrong::TooManyCertificates);
        }
        found.push(list.vector24().ok_or(Wrong::Malformed)?.rest().to_vec());
    }
    if cursor.is_empty() { Ok(found) } else { Err(Wrong::Malformed) }
}

fn staple(body: &[u8]) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(body);
    let kind = cursor.u8()?;
    let response = cursor.vector24()?;
    (kind == 1 && cursor.is_empty()).then(|| response.rest().to_vec())
}

/// What a key exchange message shows: a named curve, or a prime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyExchange {
    Curve(u16),
    Prime(Prime),
}

/// Reads the key exchange of a suite with curves, or with a finite field.
pub fn key_exchange(body: &[u8], with_curves: bool) -> Option<KeyExchange> {
    let mut cursor = Cursor::new(body);
    if with_curves {
        // Only named curves have a name to state.
        let kind = cursor.u8()?;
        return (kind == 3).then(|| cursor.u16()).flatten().map(KeyExchange::Curve);
    }
    let prime = cursor.vector16()?.rest();
    Prime::new(prime).map(KeyExchange::Prime)
}

#[cfg(test)]
#[path = "flight_tests.rs"]
mod tests;
