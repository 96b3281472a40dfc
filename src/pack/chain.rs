//! The chain over the assessments that a workspace has kept. Each link covers the one before it, so
//! that none can be taken out, put in or exchanged without all later links becoming others: whoever
//! kept last year's package sees whether this year's goes on from it.

use sha2::{Digest, Sha256};

use crate::wire::package::Link;
use crate::wire::transcript::digits;

/// The link of an assessment that comes after `before`.
pub fn link(before: Option<&str>, path: &str, sha256: &str) -> String {
    const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    let before = before.unwrap_or(FIRST);
    digits(&Sha256::digest(format!("{before}\n{path}\n{sha256}\n")))
}

/// The chain over files, the oldest first, given as path and digest.
pub fn links(files: impl IntoIterator<Item = (String, String)>) -> Vec<Link> {
    let mut chain: Vec<Link> = Vec::new();
    for (path, sha256) in files {
        let link = link(chain.last().map(|last| last.link.as_str()), &path, &sha256);
        chain.push(Link { path, sha256, link });
    }
    chain
}
