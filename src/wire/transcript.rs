//! What went over the wire while a target was measured, as evidence: its digest stands beside every
//! fact, and whoever has the file can come to the same facts again.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::at_most;
use super::directory::Directory;
use super::visit::{Ports, Visit};

pub const SCHEMA: &str = "tenken.transcript/2";

/// A larger file is not read. Some hundred targets take as much.
pub const LARGEST: u64 = 128 << 20;

/// As older versions wrote it, of TLS alone. It is read as well.
pub const OLDER: &str = "tenken.transcript/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken transcripts")]
pub struct TranscriptFile {
    /// `tenken.transcript/2`; `tenken.transcript/1` where it is of TLS alone.
    pub schema: String,
    #[serde(deserialize_with = "at_most::<20_000, _, _>")]
    pub transcripts: Vec<Transcript>,
    /// What was asked of others about the names of the targets.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "at_most::<20_000, _, _>")]
    pub directories: Vec<Directory>,
}

impl TranscriptFile {
    /// Why it cannot be read, in the words of whoever reads JSON.
    pub fn read(text: &str) -> Result<TranscriptFile, String> {
        let file: TranscriptFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if [SCHEMA, OLDER].contains(&file.schema.as_str()) { Ok(file) } else { Err(file.schema) }
    }
}

/// Everything that was said to one address, and what it answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Host and port.
    pub target: String,
    /// Empty where a proxy looked the host up.
    pub address: String,
    /// When, RFC 3339.
    pub time: String,
    /// It went through a proxy.
    #[serde(default, skip_serializing_if = "is_false")]
    pub proxied: bool,
    /// Why the target was not asked any further, where that is so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub throttled: bool,
    #[serde(deserialize_with = "at_most::<4000, _, _>")]
    pub exchanges: Vec<Exchange>,
    #[serde(deserialize_with = "at_most::<40, _, _>")]
    pub handshakes: Vec<Handshake>,
    /// Numbers of Diffie-Hellman that were not worked out for want of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unworked: Vec<Hex>,
    /// The version of tenken that measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Certificates were judged by other roots than the public ones, which are not kept here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own_roots: bool,
    /// The probes whose facts it shows; `tls` and `certificate` where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
    /// What the authorities answered that issued the certificates, for each chain that was shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation: Vec<Revocation>,
    /// The visit of the web server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// Ports that were tried, where somebody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ports: Option<Ports>,
}

impl Transcript {
    /// The address that was asked, where it is known.
    pub fn place(&self) -> Option<String> {
        (!self.address.is_empty()).then(|| self.address.clone())
    }

    /// Whether it shows the facts of a probe.
    pub fn shows(&self, probe: &str) -> bool {
        match self.probes.is_empty() {
            true => ["tls", "certificate"].contains(&probe),
            false => self.probes.iter().any(|one| one == probe),
        }
    }
}

/// What the authority answered that was asked about a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    #[default]
    NotAsked,
    /// The chain leads to nobody who is trusted.
    Untrusted,
    /// The chain does not hold the certificate of the issuer, which is needed to ask.
    NoIssuer,
    /// The certificate names nobody to ask.
    NoAddress,
    /// Nothing of use came back.
    Nothing,
    Ocsp(Hex),
    List(Hex),
}

/// One hello and its answer, in the order in which the answers came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub sent: Hex,
    pub received: Hex,
    /// Whether the whole flight was wanted, and not only the server's hello.
    #[serde(default, skip_serializing_if = "is_false")]
    pub whole: bool,
    /// Why the answer is not complete, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Silence>,
    /// The server answered others at that time: it does not want this hello.
    #[serde(default, skip_serializing_if = "is_false")]
    pub meant: bool,
}

/// Why nothing, or nothing more, was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Nobody listens on the port.
    Refused,
    Unreachable,
    /// No connection in time.
    NoConnection,
    /// The server closed in an orderly way.
    Closed,
    /// The connection was torn down.
    Reset,
    /// No complete answer in time.
    TimedOut,
    /// The time for the whole target is used up.
    Deadline,
    /// A proxy stands between, and does not lead there.
    NotThrough,
}

/// A handshake that was carried to its end, or tried: its bytes are encrypted, so what it showed is
/// kept instead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Which of the handshakes it was.
    pub question: String,
    /// Both sides finished it.
    pub completed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Hex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staple: Option<Hex>,
    /// The server did not prove that it has the key of its certificate.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unproven: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub wants_certificate: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub ticket: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub early_data: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub resumed: bool,
    /// The status of the answer to a request for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// That answer asks for a client certificate.
    #[serde(default, skip_serializing_if = "is_false")]
    pub http_wants_certificate: bool,
    /// The alert that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Silence>,
}

pub(super) fn is_false(value: &bool) -> bool {
    !value
}

/// Bytes, written as hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Hex(pub Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hex, D::Error> {
        let text = String::deserialize(deserializer)?;
        bytes(&text).map(Hex).ok_or_else(|| serde::de::Error::custom("hexadecimal digits"))
    }
}

impl JsonSchema for Hex {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hex".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9a-f]{2})*$" })
    }
}

/// Bytes as hexadecimal digits in lower case.
pub fn digits(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let nibbles: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let pairs = nibbles.chunks_exact(2);
    let is_even = pairs.remainder().is_empty();
    let joined = pairs.map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble)).collect();
    is_even.then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an older version wrote has the same digest today, or its facts would name no transcript.
    #[test]
    fn an_older_transcript_is_written_as_it_was() {
        let text = r#"{"target":"a.example.jp:443","address":"192.0.2.1","time":"2026-11-20T00:00:00Z","exchanges":[{"sent":"16","received":"","end":"refused"}],"handshakes":[{"question":"first","completed":false,"end":"refused"}]}"#;
        let read: Transcript = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert!(read.shows("tls") && !read.shows("http"));
    }

    #[test]
    fn bytes_survive_being_written_and_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&digits(&all)), Some(all));
        assert_eq!(bytes("0"), None);
        assert_eq!(bytes("0g"), None);
    }
}
