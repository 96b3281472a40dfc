//! Hashes evidence files, streaming. A file is read only where it lies within the workspace, also
//! after links have been followed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::workspace::{FileState, Files, Workspace};
use crate::msg;

/// Larger files are not read.
const LARGEST: u64 = 4 << 30;

const CHUNK: usize = 256 << 10;

/// The state of every file that an answer of the workspace refers to.
pub fn states(workspace: &Workspace, root: &Path) -> Files {
    let evidence = workspace.answers.values().flat_map(|answer| &answer.evidence);
    let named: BTreeSet<&String> = evidence.filter_map(|one| one.file.as_ref()).collect();
    if named.is_empty() {
        return Files::new();
    }
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    named.into_iter().map(|file| (file.clone(), state(file, &root))).collect()
}

fn state(file: &str, root: &Path) -> FileState {
    match hash(&root.join(file), root) {
        Ok(state) => state,
        Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
        Err(error) => FileState::Unusable(msg!("evidence.unreadable", error = error.to_string())),
    }
}

fn hash(path: &Path, root: &Path) -> io::Result<FileState> {
    let path: PathBuf = path.canonicalize()?;
    if !path.starts_with(root) {
        return Ok(FileState::Unusable(msg!("evidence.link_leaves")));
    }
    let meta = std::fs::metadata(&path)?;
    if !meta.is_file() {
        return Ok(FileState::Unusable(msg!("evidence.not_a_file")));
    }
    if meta.len() > LARGEST {
        return Ok(FileState::Unusable(msg!("evidence.too_large", most = LARGEST >> 30)));
    }
    if meta.len() == 0 {
        return Ok(FileState::Unusable(msg!("evidence.is_empty")));
    }
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut file = File::open(&path)?.take(LARGEST);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        size += read as u64;
    }
    let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(FileState::Hashed { sha256, size })
}
