//! Hashes evidence files, streaming. A file is read only where it lies within the workspace, also
//! after links have been followed.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::workspace::{FileState, Files, Workspace};
use crate::msg;

/// Larger files are not read.
const LARGEST: u64 = 4 << 30;

/// All files together are read so far and no further.
const LARGEST_SUM: u64 = 32 << 30;

pub(super) const CHUNK: usize = 256 << 10;

/// The state of every file that an answer or a review of the workspace refers to.
pub fn states(workspace: &Workspace, root: &Path) -> Files {
    let evidence = workspace.evidence();
    let named: BTreeSet<&String> = evidence.filter_map(|one| one.file.as_ref()).collect();
    if named.is_empty() {
        return Files::new();
    }
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let mut hasher = Hasher { root, seen: HashMap::new(), budget: LARGEST_SUM };
    named.into_iter().map(|file| (file.clone(), hasher.state(file))).collect()
}

struct Hasher {
    root: PathBuf,
    /// Each file is read once, however many names lead to it.
    seen: HashMap<PathBuf, FileState>,
    /// How many bytes may still be read.
    budget: u64,
}

impl Hasher {
    fn state(&mut self, file: &str) -> FileState {
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
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut file = File::open(path)?.take(LARGEST);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk)?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
            size += read as u64;
        }
        self.budget = self.budget.saturating_sub(size);
        let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FileState::Hashed { sha256, size })
    }
}

fn refused(error: &io::Error) -> FileState {
    match error.kind() {
        io::ErrorKind::NotFound => FileState::Missing,
        _ => FileState::Unusable(msg!("evidence.unreadable", error = error.to_string())),
    }
}
