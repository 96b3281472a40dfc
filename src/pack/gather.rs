//! What of a workspace goes into a package. Only files of known places: what people wrote, evidence,
//! official wording, results, reports. Copies and temporary files stay behind.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{LARGEST_FILE, MOST_FILES, WORKSPACE, name};
use crate::model::message::Message;
use crate::model::workspace::is_left_behind;
use crate::msg;

/// A file to be packed: its path in the package, and where its bytes come from.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: String,
    pub from: From,
}

#[derive(Debug, Clone)]
pub enum From {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Source {
    pub fn bytes(path: String, bytes: Vec<u8>) -> Source {
        Source { path, from: From::Bytes(bytes) }
    }
}

/// The folders of a workspace that are packed whole.
pub const FOLDERS: &[&str] = &["evidence", "evaluator", "official", "results", "reports"];

/// Deeper folders are refused.
const DEEPEST: usize = 16;

/// The files of a workspace, by path; or, for each that cannot be packed, its path and why. Paths within
/// it that are `secret` are passed over.
pub fn gather(
    root: &Path,
    written: &[PathBuf],
    secret: &[String],
) -> Result<Vec<Source>, Vec<(PathBuf, Message)>> {
    let mut gathering = Gathering {
        root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
        secret: secret.iter().filter_map(|name| root.join(name).canonicalize().ok()).collect(),
        found: Vec::new(),
        wrong: Vec::new(),
    };
    for path in written {
        let within = path.strip_prefix(root).unwrap_or(path);
        gathering.one(path, within.to_string_lossy().replace('\\', "/"));
    }
    for folder in FOLDERS {
        let path = root.join(folder);
        if path.symlink_metadata().is_ok() {
            gathering.folder(&path, (*folder).to_owned(), 0);
        }
    }
    if gathering.found.len() > MOST_FILES {
        gathering.wrong.push((root.to_owned(), msg!("package.too_many", most = MOST_FILES)));
    }
    gathering.found.sort_by(|a, b| a.path.cmp(&b.path));
    if gathering.wrong.is_empty() { Ok(gathering.found) } else { Err(gathering.wrong) }
}

struct Gathering {
    root: PathBuf,
    /// Where they really lie: no link and no other way of writing its name takes one along.
    secret: HashSet<PathBuf>,
    found: Vec<Source>,
    wrong: Vec<(PathBuf, Message)>,
}

impl Gathering {
    fn folder(&mut self, path: &Path, name: String, depth: usize) {
        let entries = match std::fs::read_dir(path) {
            Ok(entries) if depth < DEEPEST => entries,
            Ok(_) => return self.wrong.push((path.to_owned(), msg!("pack.too_deep"))),
            Err(error) => {
                return self
                    .wrong
                    .push((path.to_owned(), msg!("pack.unreadable", error = error.to_string())));
            }
        };
        for entry in entries.flatten() {
            if self.found.len() > MOST_FILES {
                return;
            }
            let own = entry.file_name().to_string_lossy().into_owned();
            if is_left_behind(&own) {
                continue;
            }
            let name = format!("{name}/{own}");
            match entry.path().is_dir() && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => self.folder(&entry.path(), name, depth + 1),
                false => self.one(&entry.path(), name),
            }
        }
    }

    fn one(&mut self, path: &Path, name: String) {
        if path.canonicalize().is_ok_and(|real| self.secret.contains(&real)) {
            return;
        }
        let wrong = match (path.canonicalize(), path.metadata()) {
            (Err(error), _) | (_, Err(error)) => msg!("pack.unreadable", error = error.to_string()),
            (Ok(real), _) if !real.starts_with(&self.root) => msg!("evidence.link_leaves"),
            (_, Ok(meta)) if !meta.is_file() => msg!("evidence.not_a_file"),
            (_, Ok(meta)) if meta.len() > LARGEST_FILE => {
                msg!("evidence.too_large", most = LARGEST_FILE >> 30)
            }
            _ if !name::is_possible(&name) => msg!("package.name", path = &name),
            _ => {
                let path = path.to_owned();
                return self
                    .found
                    .push(Source { path: format!("{WORKSPACE}{name}"), from: From::File(path) });
            }
        };
        self.wrong.push((path.to_owned(), wrong));
    }
}
