//! What directories said about the name of a target, as a transcript keeps it: the messages of DNS as they
//! came, so that every signature in them can be checked again, and of registries what facts are read from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transcript::{Hex, is_false};

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
    /// The probes whose facts it shows.
    pub probes: Vec<String>,
    /// The domain that somebody registered for it, where the list of registries knows it from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
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
