//! From a package to what can be relied on: hashes and chain, signature, schema, and the verdicts
//! decided again. What fails is named.

use std::path::Path;

use jiff::Timestamp;

use super::again;
use super::layout::{Copy, lay_out};
use super::transcripts::Shown;
use crate::load::catalog::Texts;
use crate::load::file::TextFile;
use crate::load::result;
use crate::model::diagnostic::Diagnostics;
use crate::model::message::Message;
use crate::msg;
use crate::pack::{self, Package, Refused, Signature, Signers};
use crate::wire::assessment::Assessment;

/// A package that was read through: what it says, and what does not hold.
#[derive(Debug)]
pub struct Received {
    pub package: Package,
    /// Nothing where it cannot be read; then a problem says why.
    pub assessment: Option<Assessment>,
    pub signature: Signature,
    /// Hashes, chain, schema, an invalid signature. Nothing where all of them hold.
    pub problems: Vec<Message>,
}

/// Opens a package and checks all but the verdicts.
pub fn receive(path: &Path, signers: Option<&Signers>, now: Timestamp) -> Result<Received, Refused> {
    let package = Package::open(path)?;
    let mut problems = package.problems().to_vec();
    let signature = package.signature(signers, now);
    if signature == Signature::Invalid {
        problems.push(msg!("package.signature"));
    }
    let assessment = assessment(&package, &mut problems);
    Ok(Received { package, assessment, signature, problems })
}

fn assessment(package: &Package, problems: &mut Vec<Message>) -> Option<Assessment> {
    let (manifest, diagnostics) = (package.manifest(), Diagnostics::default());
    let path = &manifest.assessment;
    let text =
        package.bytes(path, result::LARGEST).and_then(|bytes| TextFile::of_bytes(path.as_str(), bytes));
    let read = text.and_then(|text| result::parse(&text, &diagnostics));
    problems.extend(diagnostics.list().into_iter().map(|one| one.what));
    match &read {
        None => problems.push(msg!("package.no_assessment", path = path)),
        Some(one)
            if one.subject.name != manifest.subject || one.at != manifest.at || one.tool != manifest.tool =>
        {
            problems.push(msg!("package.head_differs"));
        }
        Some(_) => {}
    }
    read
}

/// A package whose verdicts were decided again.
#[derive(Debug)]
pub struct Verified {
    pub received: Received,
    /// Checklists and rules that are not those of this program: it was decided by others.
    pub other_policy: Vec<String>,
    /// How the facts stand to their transcripts. Nothing where that was not looked at.
    pub shown: Option<Shown>,
}

/// Checks everything.
pub fn verify(
    path: &Path,
    signers: Option<&Signers>,
    now: Timestamp,
) -> anyhow::Result<Result<Verified, Message>> {
    let mut received = match receive(path, signers, now) {
        Ok(received) => received,
        Err(Refused::Malformed(what)) => return Ok(Err(what)),
        Err(Refused::Unreadable(error)) => return Err(error.into()),
    };
    let other_policy = other_policy(&received.package);
    let mut shown = None;
    // What was altered proves nothing, however it is decided.
    if let (Some(stated), true) = (&received.assessment, received.package.problems().is_empty()) {
        let manifest = received.package.manifest();
        let paths = manifest.files.iter().map(|file| file.path.as_str());
        let copy: Copy<'_> = &|path, to| received.package.copy(path, to);
        let again = again::again(&lay_out(paths, copy)?, manifest, copy, stated);
        shown = again.shown;
        received.problems.extend(again.wrong);
    }
    Ok(Ok(Verified { received, other_policy, shown }))
}

fn other_policy(package: &Package) -> Vec<String> {
    let built_in = Texts::built_in();
    let ours: Vec<(String, String)> = built_in
        .checklists
        .iter()
        .chain(&built_in.rules)
        .map(|file| (format!("{}{}", pack::BUILT_IN, file.name), file.digest()))
        .collect();
    let is_ours =
        |path: &str, sha256: &str| ours.iter().any(|(name, digest)| name == path && digest == sha256);
    let policy = package.below("policy/").map(|(_, file)| file);
    policy.filter(|file| !is_ours(&file.path, &file.sha256)).map(|file| file.path.clone()).collect()
}
