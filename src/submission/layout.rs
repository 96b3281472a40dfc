//! Lays out what a decision reads of a package, in a folder of its own: what people wrote, and the
//! checklists and rules that decided. Not the evidence, of which the digests suffice. Whoever packs lays
//! it out as whoever verifies does, so that a package which could not be decided again is never made.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::load::catalog::{Folders, Texts};
use crate::load::file::TextFile;
use crate::load::{self, workspace};
use crate::pack;

/// A larger text of a workspace is not read.
const LARGEST: usize = 64 << 20;

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

/// A text that grows no further than is read.
#[derive(Default)]
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies a path of the package out; false where it is not what the manifest says.
pub(super) type Copy<'a> = &'a dyn Fn(&str, &mut dyn Write) -> io::Result<bool>;

pub(super) fn lay_out<'p>(paths: impl Iterator<Item = &'p str>, copy: Copy<'_>) -> io::Result<LaidOut> {
    let folder = tempfile::Builder::new().prefix("tenken-").tempdir()?;
    let text = |path: &str| {
        let mut text = Bounded::default();
        copy(path, &mut text).ok().filter(|holds| *holds).map(|_| text.0)
    };
    let profile = text(&format!("{}{}", pack::WORKSPACE, load::PROFILE));
    let profile = profile.and_then(|bytes| TextFile::of_bytes(load::PROFILE, bytes));
    let named = profile.map(|file| workspace::beside(&file)).unwrap_or_default();
    let mut texts = Texts::default();
    for path in paths {
        if let Some(name) = path.strip_prefix(pack::BUILT_IN) {
            let list = if name.starts_with("checklists/") { &mut texts.checklists } else { &mut texts.rules };
            list.extend(TextFile::of_bytes(name, text(path).unwrap_or_default()));
            continue;
        }
        let in_workspace = path.strip_prefix(pack::WORKSPACE);
        let is_vendors = in_workspace.is_some() && in_workspace == named.vendor_assessment.as_deref();
        let is_text = in_workspace.is_some_and(|name| {
            !name.contains('/')
                || name.starts_with("official/")
                || named.vendor_signers.as_deref() == Some(name)
        });
        let is_own = path.starts_with(pack::OWN_CHECKLISTS) || path.starts_with(pack::OWN_RULES);
        let place = folder.path().join(path);
        if is_vendors || is_text || is_own {
            place.parent().map(std::fs::create_dir_all).transpose()?;
        }
        if is_vendors {
            // With its evidence it can be of any size. One that is cut short does not hold.
            copy(path, &mut File::create(place)?)?;
        } else if is_text || is_own {
            std::fs::write(place, text(path).unwrap_or_default())?;
        }
    }
    let own = |name: &str| Vec::from_iter(Some(folder.path().join(name)).filter(|path| path.is_dir()));
    let (checklists, rules) = (own(pack::OWN_CHECKLISTS), own(pack::OWN_RULES));
    Ok(LaidOut { folders: Folders { checklists, rules, instead: Some(Arc::new(texts)) }, folder })
}
