//! Lays out what a decision reads of a package, in a folder of its own: what people wrote, and the
//! checklists and rules that decided. Not the evidence, of which the digests suffice. Whoever packs lays
//! it out as whoever verifies does, so that a package which could not be decided again is never made.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::load::catalog::{Folders, Texts};
use crate::load::file::TextFile;
use crate::load::{self, workspace};
use crate::pack;

/// A larger file of a workspace, evidence aside, is not read.
pub(super) const LARGEST: u64 = 64 << 20;

#[derive(Debug)]
pub(super) struct LaidOut {
    folder: tempfile::TempDir,
    pub folders: Folders,
}

impl LaidOut {
    pub fn workspace(&self) -> PathBuf {
        self.folder.path().join(pack::WORKSPACE)
    }
}

/// `bytes` gives the content of a path of the package.
pub(super) fn lay_out<'p>(
    paths: impl Iterator<Item = &'p str>,
    bytes: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> io::Result<LaidOut> {
    let folder = tempfile::Builder::new().prefix("tenken-").tempdir()?;
    let profile = bytes(&format!("{}{}", pack::WORKSPACE, load::PROFILE));
    let profile = profile.and_then(|bytes| TextFile::of_bytes(load::PROFILE, bytes));
    let named = profile.map(|file| workspace::beside(&file)).unwrap_or_default();
    let named = [named.vendor_assessment, named.vendor_signers];
    let mut texts = Texts::default();
    for path in paths {
        if let Some(name) = path.strip_prefix(pack::BUILT_IN) {
            let list = if name.starts_with("checklists/") { &mut texts.checklists } else { &mut texts.rules };
            list.extend(TextFile::of_bytes(name, bytes(path).unwrap_or_default()));
            continue;
        }
        let is_read = path.strip_prefix(pack::WORKSPACE).is_some_and(|name| {
            !name.contains('/')
                || name.starts_with("official/")
                || named.iter().any(|one| one.as_deref() == Some(name))
        });
        if is_read || path.starts_with(pack::OWN_CHECKLISTS) || path.starts_with(pack::OWN_RULES) {
            let place = folder.path().join(path);
            place.parent().map(std::fs::create_dir_all).transpose()?;
            std::fs::write(place, bytes(path).unwrap_or_default())?;
        }
    }
    let own = |name: &str| Vec::from_iter(Some(folder.path().join(name)).filter(|path| path.is_dir()));
    let (checklists, rules) = (own(pack::OWN_CHECKLISTS), own(pack::OWN_RULES));
    Ok(LaidOut { folders: Folders { checklists, rules, instead: Some(Arc::new(texts)) }, folder })
}
