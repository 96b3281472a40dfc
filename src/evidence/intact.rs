//! Whether the applicant's part of a review workspace still is what the package held: every file of it is
//! hashed again, and every file beside it that is not the evaluator's is named.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::hash;
use crate::model::received::{Altered, Part};
use crate::model::workspace::is_left_behind;

/// Deeper folders are not looked into; what lies there is named as added.
const DEEPEST: usize = 16;

/// No more added files than these are named.
const MOST_ADDED: usize = 100;

/// Names of files at the top, and of whole folders, that may come to the applicant's part.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    pub files: &'a [&'a str],
    pub folders: &'a [&'a str],
}

impl Own<'_> {
    /// Whether a path may come to the applicant's part.
    pub fn has(&self, path: &str) -> bool {
        match path.split_once('/') {
            Some((folder, _)) => self.folders.contains(&folder),
            None => self.has_file(path),
        }
    }

    /// A file at the top, or what is kept of it when it is written anew.
    fn has_file(&self, name: &str) -> bool {
        let kept = |file: &&str| {
            name == *file || name.strip_prefix(*file).is_some_and(|rest| rest.starts_with(".bak"))
        };
        self.files.iter().any(kept)
    }
}

/// What is not as it was, by path.
pub fn altered(root: &Path, parts: &[Part], own: Own) -> Vec<(String, Altered)> {
    let mut wrong: Vec<(String, Altered)> =
        parts.iter().filter_map(|part| Some((part.path.clone(), held(root, part)?))).collect();
    let mut looking =
        Looking { known: parts.iter().map(|part| part.path.as_str()).collect(), own, found: Vec::new() };
    looking.folder(root, "", 0);
    wrong.extend(looking.found.into_iter().map(|path| (path, Altered::Added)));
    wrong
}

fn held(root: &Path, part: &Part) -> Option<Altered> {
    match digest(&root.join(&part.path), part.size) {
        Ok(Some(sha256)) if sha256 == part.sha256 => None,
        Ok(_) => Some(Altered::Changed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Altered::Removed),
        Err(_) => Some(Altered::Unreadable),
    }
}

/// Nothing where it is another kind of file, or of another size: then it need not be read. A link is not
/// what was laid out, whatever it leads to.
fn digest(path: &Path, size: u64) -> io::Result<Option<String>> {
    let meta = path.symlink_metadata()?;
    if !meta.is_file() || meta.len() != size {
        return Ok(None);
    }
    let mut from = File::open(path)?.take(size.saturating_add(1));
    hash::digest(&mut from, &mut io::sink()).map(|(sha256, _)| Some(sha256))
}

struct Looking<'a> {
    known: BTreeSet<&'a str>,
    own: Own<'a>,
    found: Vec<String>,
}

impl Looking<'_> {
    fn folder(&mut self, path: &Path, within: &str, depth: usize) {
        let Ok(entries) = std::fs::read_dir(path) else { return };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(|entry| entry.file_name());
        for entry in entries {
            if self.found.len() >= MOST_ADDED {
                return;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let is_own = match is_folder {
                true => self.own.folders.contains(&name.as_str()),
                false => self.own.has_file(&name),
            };
            if is_left_behind(&name) || within.is_empty() && is_own {
                continue;
            }
            let place = if within.is_empty() { name } else { format!("{within}/{name}") };
            if is_folder && depth < DEEPEST {
                self.folder(&entry.path(), &place, depth + 1);
            } else if !self.known.contains(place.as_str()) {
                self.found.push(place);
            }
        }
    }
}
