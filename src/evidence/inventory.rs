//! Every file of evidence once: what it is, who refers to it, and what is wrong with it. Files below
//! `evidence/` that nobody refers to are among them, and files elsewhere that somebody does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::{accepted, hash};
use crate::model::answer::{Answer, Evidence};
use crate::model::keyword;
use crate::model::name::ItemName;
use crate::model::workspace::{FileState, is_left_behind};

/// The folder that people put documents into.
pub const FOLDER: &str = "evidence";

/// More files are not listed, and deeper folders not entered.
const MOST: usize = 20_000;
const DEEPEST: usize = 16;

keyword! {
    /// What is to be said of a file. Several may hold at once.
    Remark in "evidence.state" {
        Missing = "missing",
        /// It is there, but cannot serve.
        Unusable = "unusable",
        /// It is not what it was when the last kept result was made.
        Changed = "changed",
        /// A document that it is named as has run out.
        Expired = "expired",
        NotAccepted = "not_accepted",
        /// Nobody refers to it.
        Unused = "unused",
    }
}

impl Remark {
    /// Whether somebody has to do something about it.
    pub fn is_wrong(self) -> bool {
        matches!(self, Remark::Missing | Remark::Unusable | Remark::Changed | Remark::Expired)
    }
}

#[derive(Debug)]
pub struct Entry<'a> {
    pub file: String,
    pub state: FileState,
    pub remarks: Vec<Remark>,
    /// The answers that refer to it.
    pub uses: Vec<(&'a ItemName, &'a Evidence)>,
    /// What else refers to it: the profile.
    pub is_named: bool,
}

/// What to make an inventory of.
#[derive(Debug)]
pub struct Request<'a> {
    pub root: &'a Path,
    pub answers: Vec<(&'a ItemName, &'a Answer)>,
    /// Files that the profile names.
    pub named: BTreeSet<String>,
    /// Digests of the last kept result, by file.
    pub before: BTreeMap<String, String>,
    pub today: Date,
}

/// The files by path.
pub fn inventory<'a>(request: &Request<'a>) -> Vec<Entry<'a>> {
    let mut uses: BTreeMap<String, Vec<(&'a ItemName, &'a Evidence)>> = BTreeMap::new();
    for (name, answer) in &request.answers {
        for one in &answer.evidence {
            if let Some(file) = &one.file {
                uses.entry(file.clone()).or_default().push((name, one));
            }
        }
    }
    let mut found = Vec::new();
    walk(&request.root.join(FOLDER), FOLDER, 0, &mut found);
    for file in found {
        uses.entry(file).or_default();
    }
    let mut hasher = hash::Hasher::new(request.root);
    uses.into_iter()
        .map(|(file, uses)| {
            let state = hasher.state(&file);
            let is_named = request.named.contains(&file);
            let mut entry = Entry { file, state, remarks: Vec::new(), uses, is_named };
            entry.remarks = remarks(&entry, request);
            entry
        })
        .collect()
}

fn remarks(entry: &Entry, request: &Request) -> Vec<Remark> {
    let before = request.before.get(&entry.file);
    let is_changed = matches!(&entry.state, FileState::Hashed { sha256, .. } if before.is_some_and(|before| before != sha256));
    let is_there = matches!(entry.state, FileState::Hashed { .. });
    let runs_out = |(_, one): &(&ItemName, &Evidence)| one.has_expired(request.today);
    // What cannot be looked at has been said to be unusable.
    let is_refused =
        || accepted::problem(&request.root.join(&entry.file)).is_ok_and(|problem| problem.is_some());
    let all = [
        (Remark::Missing, entry.state == FileState::Missing),
        (Remark::Unusable, matches!(entry.state, FileState::Unusable(_))),
        (Remark::Changed, is_changed),
        (Remark::Expired, entry.uses.iter().any(runs_out)),
        (Remark::NotAccepted, is_there && is_refused()),
        (Remark::Unused, entry.uses.is_empty() && !entry.is_named),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(remark, _)| remark).collect()
}

/// Names below a folder. Links are listed and not followed; what they lead to is looked at when it is
/// hashed. Temporary files of ours and of others are passed over, as they are when packing.
fn walk(folder: &Path, name: &str, depth: usize, found: &mut Vec<String>) {
    if depth > DEEPEST || std::fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_symlink()) {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let own = entry.file_name().to_string_lossy().into_owned();
        if is_left_behind(&own) {
            continue;
        }
        let name = format!("{name}/{own}");
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => walk(&entry.path(), &name, depth + 1, found),
            false if found.len() < MOST => found.push(name),
            false => return,
        }
    }
}
