//! `tenken.review/1`: the record of a review workspace. It says which package the applicant's part comes
//! from and what every file of it was, so that each later run can tell whether it still is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assessment::{Signature, Tool};
use super::package::File;

pub const SCHEMA: &str = "tenken.review/1";

/// A package under review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken review record")]
pub struct Review {
    /// Always `tenken.review/1`.
    pub schema: String,
    /// The tool that laid it out.
    pub tool: Tool,
    pub package: Package,
    /// The packed assessment, by its path within the workspace.
    pub assessment: String,
    /// Every file of the applicant's part, by its path within the workspace.
    pub files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// SHA-256 of its manifest, as `tenken verify` shows it.
    pub manifest: String,
    pub subject: String,
    /// The moment that its assessment speaks of, RFC 3339.
    pub at: String,
    pub signature: Signature,
    /// Who signed it, where that was checked and holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// The key that signed it, as `ssh-keygen -l` shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}
