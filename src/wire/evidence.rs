//! What `tenken evidence list --json` prints.

use schemars::JsonSchema;
use serde::Serialize;

pub const SCHEMA: &str = "tenken.evidence/1";

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "tenken list of evidence")]
pub struct List {
    pub schema: String,
    /// The day on which documents have run out or not.
    pub date: String,
    /// The kept result that the files were compared with.
    pub compared_with: Option<String>,
    pub files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct File {
    pub file: String,
    pub size: Option<u64>,
    pub sha256: Option<String>,
    /// `missing`, `unusable`, `changed`, `expired`, `not_accepted`, `unused`; several may hold at once, and
    /// none where all is well.
    pub states: Vec<String>,
    pub uses: Vec<Use>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Use {
    pub item: String,
    pub document: Option<String>,
    pub page: Option<String>,
    pub valid_until: Option<String>,
}
