//! `tenken.package/1`: the manifest of a package. It names every other file in it with its digest, so
//! that one signature over it covers them all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assessment::Tool;

pub const SCHEMA: &str = "tenken.package/1";

/// What a package holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken package manifest")]
pub struct Manifest {
    /// Always `tenken.package/1`.
    pub schema: String,
    pub tool: Tool,
    /// The moment that the assessment speaks of, RFC 3339.
    pub at: String,
    /// Who is assessed.
    pub subject: String,
    /// The path of the assessment, which is the last of the chain.
    pub assessment: String,
    /// The checklists and rules that decided.
    pub policy: Vec<PolicyFile>,
    /// Every assessment that the workspace has kept, the oldest first.
    pub chain: Vec<Link>,
    /// Every file of the package but the manifest and its signature, by path.
    pub files: Vec<File>,
}

/// A checklist or a file of rules, under the name that it had when it decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    pub path: String,
    /// Whether it travelled with the program; else it came from a folder of the user's own.
    pub built_in: bool,
    pub sha256: String,
}

/// An assessment in the chain. Its link is the SHA-256 of the link before it (64 zeros before the
/// first), a line break, its path, a line break, its own digest, a line break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub path: String,
    pub sha256: String,
    pub link: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub path: String,
    pub size: u64,
    pub sha256: String,
}
