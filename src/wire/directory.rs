//! What directories said about the name of a target, as a transcript keeps it: the messages of DNS as they
//! came, so that every signature in them can be checked again, and of registries what facts are read from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transcript::{Hex, is_false};
use super::visit::Nothing;

/// What was asked about one name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Host and port.
    pub target: String,
    /// When, RFC 3339.
    pub time: String,
    /// The version of tenken that measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Signatures were checked from other keys than the root's own, which are not kept here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own_anchors: bool,
    /// The probes whose facts it shows.
    #[serde(default)]
    pub probes: Vec<String>,
    /// The domain that somebody registered for it, where the list of registries knows it from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// The address that the country is of, where that is what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

impl Directory {
    /// Whether it shows the facts of a probe.
    pub fn shows(&self, probe: &str) -> bool {
        self.probes.iter().any(|one| one == probe)
    }
}

/// One question to a resolver and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    pub name: String,
    /// The kind of records: `A`.
    pub kind: String,
    /// Signatures were asked for as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub signatures: bool,
    /// The message that answered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Hex>,
    /// Why there is none, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<LookupEnd>,
}

/// Why a question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupEnd {
    TimedOut,
    /// The answer is longer than it may be.
    TooLong,
    /// No server could be asked.
    NoServer,
    Malformed,
    /// The server refused or failed, with this code.
    Code(u16),
}

/// What was said about a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The domain that was asked about.
    pub domain: String,
    pub by: Keeper,
    /// Where the registry counts its days, in seconds before those of UTC.
    pub ahead: i32,
    pub said: Said,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keeper {
    Rdap,
    Whois,
    /// A WHOIS answer that the user has fetched.
    WhoisFile,
}

/// An answer of a registry: what facts are read from, without who registered it and whom to write to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Bytes of the whole answer.
    pub length: u64,
    /// Of the whole answer.
    pub sha256: String,
    /// Of WHOIS the lines, of RDAP the fields that facts are read from.
    pub text: String,
    /// Why there is no answer, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<RegistryEnd>,
}

/// Why a registry has said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistryEnd {
    Nothing(Nothing),
    Status(u16),
    /// It sends on to somebody who is not on the list.
    Elsewhere(String),
    Endless,
    NoAddress,
    TooLong,
    /// There is no way to ask.
    NotAsked,
}

/// What was said about the country of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Country {
    /// By a file of the user's.
    File(String),
    NotInFile,
    DamagedFile,
    Registry(Said),
}
