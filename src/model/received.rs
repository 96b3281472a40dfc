//! A package that somebody reviews: where the applicant's part of a workspace comes from, and what every
//! file of it was when it was laid out.

use super::inherited::Signature;

/// What the record of a review workspace says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// SHA-256 of the package's manifest, which stands for the whole package.
    pub manifest: String,
    pub subject: String,
    /// The moment that the packed assessment speaks of.
    pub at: String,
    pub signature: Signature,
    /// Who signed it, where that was checked and holds.
    pub signer: Option<String>,
    /// The key that signed it, as `ssh-keygen -l` shows it.
    pub key: Option<String>,
    /// The packed assessment, by its path within the workspace.
    pub assessment: String,
    /// The applicant's part.
    pub files: Vec<Part>,
}

/// A file of the applicant's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Within the workspace, with forward slashes.
    pub path: String,
    pub size: u64,
    pub sha256: String,
}

/// What became of a file of the applicant's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Altered {
    Changed,
    Added,
    Removed,
    /// It cannot be read, so that nobody can say.
    Unreadable,
}
