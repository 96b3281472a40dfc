//! Hashes evidence files, streaming. A file is read only where it lies within the workspace, also
//! after links have been followed.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::workspace::{FileState, Files, Workspace};
use crate::msg;

/// Larger files are not read.
pub const LARGEST: u64 = 4 << 30;

/// All files together are read so far and no further.
const LARGEST_SUM: u64 = 32 << 30;

const CHUNK: usize = 256 << 10;

/// The state of every file that an answer or a review of the workspace refers to.
pub fn states(workspace: &Workspace, root: &Path) -> Files {
    let evidence = workspace.evidence();
    let named: BTreeSet<&String> = evidence.filter_map(|one| one.file.as_ref()).collect();
    if named.is_empty() {
        return Files::new();
    }
    let mut hasher = Hasher::new(root);
    named.into_iter().map(|file| (file.clone(), hasher.state(file))).collect()
}

pub(super) struct Hasher {
    root: PathBuf,
    /// Each file is read once, however many names lead to it.
    seen: HashMap<PathBuf, FileState>,
    /// How many bytes may still be read.
    budget: u64,
}

impl Hasher {
    pub(super) fn new(root: &Path) -> Hasher {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Hasher { root, seen: HashMap::new(), budget: LARGEST_SUM }
    }

    pub(super) fn state(&mut self, file: &str) -> FileState {
        let path = match self.root.join(file).canonicalize() {
            Ok(path) => path,
            Err(error) => return refused(&error),
        };
        if !path.starts_with(&self.root) {
            return FileState::Unusable(msg!("evidence.link_leaves"));
        }
        if let Some(state) = self.seen.get(&path) {
            return state.clone();
        }
        let state = self.hash(&path).unwrap_or_else(|error| refused(&error));
        self.seen.insert(path, state.clone());
        state
    }

    fn hash(&mut self, path: &Path) -> io::Result<FileState> {
        let meta = std::fs::metadata(path)?;
        if !meta.is_file() {
            return Ok(FileState::Unusable(msg!("evidence.not_a_file")));
        }
        if meta.len() > LARGEST {
            return Ok(FileState::Unusable(msg!("evidence.too_large", most = LARGEST >> 30)));
        }
        if meta.len() > self.budget {
            return Ok(FileState::Unusable(msg!("evidence.too_much", most = LARGEST_SUM >> 30)));
        }
        if meta.len() == 0 {
            return Ok(FileState::Unusable(msg!("evidence.is_empty")));
        }
        let (sha256, size) = digest(&mut File::open(path)?.take(LARGEST), &mut io::sink())?;
        self.budget = self.budget.saturating_sub(size);
        Ok(FileState::Hashed { sha256, size })
    }
}

/// Copies a stream, and gives its SHA-256 in lower-case hexadecimal and its size. Held in memory is one
/// piece of it.
pub fn digest(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(String, u64)> {
    let (mut hasher, mut size, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let read = match from.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        to.write_all(bytes)?;
        size += read as u64;
    }
    Ok((hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), size))
}

fn refused(error: &io::Error) -> FileState {
    match error.kind() {
        io::ErrorKind::NotFound => FileState::Missing,
        _ => FileState::Unusable(msg!("evidence.unreadable", error = error.to_string())),
    }
}
