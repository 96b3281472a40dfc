//! `tenken verify`: whether a package is what it says.

use std::path::{Path, PathBuf};

use super::{Complaint, Exit, Session, clock};
use crate::load::file::{TextFile, shown};
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;
use crate::pack::{Signature, Signers, Who};
use crate::submission::{self, Verified};
use crate::typeset::plain;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PACKAGE")]
    package: PathBuf,
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let signers = args.signers.as_deref().map(signers).transpose()?;
    refuse_missing(&args.package)?;
    let say = |what: &Message| session.print(&(plain(&session.say(what)) + "\n"));
    let verified = match submission::verify(&args.package, signers.as_ref(), clock(None)?.now)? {
        Ok(verified) => verified,
        Err(what) => {
            say(&msg!("verify.wrong", what = what))?;
            say(&msg!("verify.fails", count = 1_usize))?;
            return Ok(Exit::DoesNotConform);
        }
    };
    let Verified { received, other_policy } = &verified;
    let manifest = received.package.manifest();
    say(&msg!("verify.head", subject = &manifest.subject, at = &manifest.at))?;
    say(&msg!("verify.digest", digest = received.package.digest()))?;
    if received.package.problems().is_empty() {
        say(&msg!("verify.hashes", count = manifest.files.len(), results = manifest.chain.len()))?;
    }
    say(&signature(&received.signature))?;
    if let (Some(assessment), []) = (&received.assessment, received.problems.as_slice()) {
        say(&msg!("verify.again", count = assessment.items.len()))?;
    }
    if !other_policy.is_empty() {
        say(&msg!("verify.other_policy", files = other_policy.clone()))?;
    }
    let mut problems = received.problems.clone();
    if signers.is_some() {
        problems.extend(not_vouched(&received.signature));
    }
    for what in &problems {
        say(&msg!("verify.wrong", what = what.clone()))?;
    }
    match problems.len() {
        0 => say(&msg!("verify.holds"))?,
        count => say(&msg!("verify.fails", count = count))?,
    }
    Ok(if problems.is_empty() { Exit::Conforms } else { Exit::DoesNotConform })
}

pub fn refuse_missing(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let wrong = Diagnostic::error(msg!("file.missing"), msg!("file.missing.mend"));
    Err(Complaint(wrong.at(Origin::file(shown(path)))).into())
}

pub fn signature(signature: &Signature) -> Message {
    match signature {
        Signature::Missing => msg!("verify.unsigned"),
        Signature::Invalid => msg!("package.signature"),
        Signature::Valid { fingerprint, who: Who::Known(name) } => {
            msg!("verify.signed_by", name = name, key = fingerprint)
        }
        Signature::Valid { fingerprint, who: Who::NotAsked } => msg!("verify.signed", key = fingerprint),
        Signature::Valid { fingerprint, who: Who::Unknown } => {
            msg!("verify.signer_unknown", key = fingerprint)
        }
    }
}

/// Whoever names the signers wants one of them.
pub fn not_vouched(signature: &Signature) -> Option<Message> {
    match signature {
        Signature::Missing => Some(msg!("verify.needs_signature")),
        Signature::Valid { who: Who::Unknown, .. } => Some(msg!("verify.needs_signer")),
        _ => None,
    }
}

pub fn signers(path: &Path) -> anyhow::Result<Signers> {
    let file = TextFile::read(path).map_err(|wrong| Complaint(*wrong))?;
    Ok(Signers::read(&file.text).map_err(|line| {
        let wrong = Diagnostic::error(msg!("verify.signers"), msg!("verify.signers.mend"));
        Complaint(wrong.at(file.origin(Span { line, column: 1, length: 0 })))
    })?)
}
