//! Packages: one file that holds a workspace, what it was decided by, and a manifest that a signature
//! can cover. This makes, opens and checks the container; what the files in it say, others decide.
//!
//! A package is an ordinary zip archive in exactly one form: entries stored one after the other, in
//! the order of the manifest, with fixed times and nothing between them. Whoever reads it makes the
//! form again from names, sizes and contents and compares, so that there is no byte that could be
//! changed without being noticed, nothing that unpacks to more than it is, and nowhere to hide.

mod chain;
mod container;
mod gather;
mod name;
mod open;
mod secrets;
mod signature;
mod write;

pub use chain::{link, links};
pub use gather::{FOLDERS, From, Source, gather};
pub use name::{folded, is_possible};
pub(crate) use open::states;
pub use open::{Package, Refused};
pub use secrets::{MOST_WARNINGS, warnings};
pub use signature::{KeyRefused, NAMESPACE, Signature, Signers, Who, is_encrypted, sign};
pub use write::{Plan, plan, write};

pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.json.sig";

/// The folders of a package: the workspace, and what it was decided by.
pub const WORKSPACE: &str = "workspace/";
pub const BUILT_IN: &str = "policy/built-in/";
pub const OWN_CHECKLISTS: &str = "policy/own/checklists/";
pub const OWN_RULES: &str = "policy/own/rules/";

/// More files than these are no submission.
const MOST_FILES: usize = 20_000;

/// A larger file is neither packed nor read.
const LARGEST_FILE: u64 = 4 << 30;

/// What a package holds altogether.
const LARGEST_SUM: u64 = 64 << 30;

/// A larger manifest is not read.
const LARGEST_MANIFEST: u64 = 16 << 20;

const LARGEST_SIGNATURE: u64 = 64 << 10;

/// How much is read at once.
const CHUNK: usize = 256 << 10;
