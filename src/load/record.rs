//! Reads `review.json`, the record of a review workspace. Whoever has one audits somebody else's answers,
//! which must still be what the package held.

use std::path::Path;

use super::answer_rules::within_workspace;
use super::file::TextFile;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::inherited::Signature;
use crate::model::origin::Origin;
use crate::model::received::{Part, Received};
use crate::msg;
use crate::wire::assessment as wire;
use crate::wire::review::{Review, SCHEMA};

/// Whether a folder is a review workspace. A record that cannot be read makes it one too.
pub fn is_review(folder: &Path) -> bool {
    folder.join(super::RECORD).symlink_metadata().is_ok()
}

/// The record of a folder. Nothing where it has none, or one that cannot be read; that is an error.
pub fn of(folder: &Path, diagnostics: &Diagnostics) -> Option<Received> {
    if !is_review(folder) {
        return None;
    }
    let path = folder.join(super::RECORD);
    read(&TextFile::read(&path).map_err(|wrong| diagnostics.push(*wrong)).ok()?, diagnostics)
}

pub fn read(file: &TextFile, diagnostics: &Diagnostics) -> Option<Received> {
    let refuse = |error: String| {
        let wrong = Diagnostic::error(msg!("review.record", error = error), msg!("review.record.mend"));
        diagnostics.push(wrong.at(Origin::file(file.name.clone())));
    };
    let read: Review = serde_json::from_str(&file.text).map_err(|error| refuse(error.to_string())).ok()?;
    if read.schema != SCHEMA {
        refuse(read.schema);
        return None;
    }
    // A path that leads out of the folder was not written by us.
    let paths = read.files.iter().map(|file| &file.path).chain([&read.assessment]);
    for path in paths {
        if within_workspace(path).as_ref() != Some(path) {
            refuse(path.clone());
            return None;
        }
    }
    let part =
        |file: crate::wire::package::File| Part { path: file.path, size: file.size, sha256: file.sha256 };
    Some(Received {
        manifest: read.package.manifest,
        subject: read.package.subject,
        at: read.package.at,
        signature: match read.package.signature {
            wire::Signature::Unsigned => Signature::Unsigned,
            wire::Signature::Unverified => Signature::Unverified,
            wire::Signature::Verified => Signature::Verified,
        },
        signer: read.package.signer,
        key: read.package.key,
        assessment: read.assessment,
        files: read.files.into_iter().map(part).collect(),
    })
}
