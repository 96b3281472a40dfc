//! From a package to an evaluator's workspace: the applicant's part as it was packed, and a record of
//! what every file of it was. The folder appears whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::receive::Verified;
use crate::load;
use crate::pack::{self, Signature, Who};
use crate::wire::assessment::{Signature as Signed, Tool};
use crate::wire::package::{self, Manifest};
use crate::wire::review::{Package, Review, SCHEMA};

/// Checklists and rules of the applicant's own are laid out here, to be read; nothing is decided by them
/// unless the evaluator names them.
pub(super) const POLICY: &str = "policy/";

/// Lays out a package that was verified into a folder that does not exist yet. The number of files; nothing
/// where one of them is not what the manifest says any more.
pub fn lay_out(verified: &Verified, dir: &Path) -> io::Result<Option<usize>> {
    let package = &verified.received.package;
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let folder = tempfile::Builder::new().prefix(".tenken-").tempdir_in(parent)?;
    let mut files = Vec::new();
    for (name, file) in laid_out(package.manifest()) {
        let path = folder.path().join(&name);
        path.parent().map(std::fs::create_dir_all).transpose()?;
        let mut to = File::create_new(&path)?;
        if !package.copy(&file.path, &mut to)? {
            return Ok(None);
        }
        to.sync_all()?;
        files.push(package::File { path: name, size: file.size, sha256: file.sha256.clone() });
    }
    let count = files.len();
    let record = serde_json::to_string_pretty(&record(verified, files)).map_err(io::Error::other)? + "\n";
    let mut to = File::create_new(folder.path().join(load::RECORD))?;
    to.write_all(record.as_bytes())?;
    to.sync_all()?;
    // An empty folder gives way; one that holds something is an error here.
    if dir.is_dir() {
        std::fs::remove_dir(dir)?;
    }
    let made = folder.keep();
    if let Err(error) = std::fs::rename(&made, dir) {
        let _ = std::fs::remove_dir_all(&made);
        return Err(error);
    }
    open_to_read(dir);
    Ok(Some(count))
}

/// A temporary folder is its owner's alone; a workspace is as any other folder.
fn open_to_read(dir: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755));
    }
    #[cfg(not(unix))]
    let _ = dir;
}

/// The files of a package that a review has, by the path that they get.
fn laid_out(manifest: &Manifest) -> impl Iterator<Item = (String, &package::File)> {
    let place = |file: &package::File| {
        let path = &file.path;
        // A record of an earlier review, and the words of it, are not the applicant's.
        if let Some(name) = path.strip_prefix(pack::WORKSPACE) {
            // On many disks `Reviews.yaml` is `reviews.yaml`.
            let folded = pack::folded(name);
            let is_of_review = [load::RECORD, load::REVIEWS].contains(&folded.as_str())
                || folded.split('/').next() == Some(load::EVALUATOR);
            return (!is_of_review).then(|| name.to_owned());
        }
        let own = [(pack::OWN_CHECKLISTS, "checklists/"), (pack::OWN_RULES, "rules/")];
        own.into_iter().find_map(|(from, to)| Some(format!("{POLICY}{to}{}", path.strip_prefix(from)?)))
    };
    manifest.files.iter().filter_map(move |file| Some((place(file)?, file)))
}

fn record(verified: &Verified, files: Vec<package::File>) -> Review {
    let manifest = verified.received.package.manifest();
    let (signature, signer, key) = match &verified.received.signature {
        Signature::Valid { fingerprint, who: Who::Known(name) } => {
            (Signed::Verified, Some(name.clone()), Some(fingerprint.clone()))
        }
        Signature::Valid { fingerprint, .. } | Signature::Unchecked { fingerprint } => {
            (Signed::Unverified, None, Some(fingerprint.clone()))
        }
        Signature::Missing | Signature::Invalid => (Signed::Unsigned, None, None),
    };
    let assessment = manifest.assessment.strip_prefix(pack::WORKSPACE).unwrap_or(&manifest.assessment);
    Review {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        package: Package {
            manifest: verified.received.package.digest(),
            subject: manifest.subject.clone(),
            at: manifest.at.clone(),
            signature,
            signer,
            key,
        },
        assessment: assessment.to_owned(),
        files,
    }
}
