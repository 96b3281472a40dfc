//! `tenken review`: an evaluator's workspace, made from a package that was verified.

use std::path::{Path, PathBuf};

use super::{Complaint, Exit, Session, clock, verify, write};
use crate::load::file::shown;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::origin::Origin;
use crate::msg;
use crate::pack::{Signature, Who};
use crate::submission::{self, Verified};
use crate::typeset::plain;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PACKAGE")]
    package: PathBuf,
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    refuse_to_replace(&args.dir)?;
    let signers = args.signers.as_deref().map(verify::signers).transpose()?;
    verify::refuse_missing(&args.package)?;
    let verified = match submission::verify(&args.package, signers.as_ref(), clock(None)?.now)? {
        Ok(verified) => verified,
        Err(what) => return Ok(refused(args, vec![what], session)),
    };
    let mut problems = verified.received.problems.clone();
    if signers.is_some() {
        problems.extend(verify::not_vouched(&verified.received.signature));
    }
    if !problems.is_empty() {
        return Ok(refused(args, problems, session));
    }
    let Some(count) = submission::review(&verified, &args.dir)? else {
        return Ok(refused(args, vec![msg!("review.changed_meanwhile")], session));
    };
    let say = |what: &Message| session.print(&(plain(&session.say(what)) + "\n"));
    let manifest = verified.received.package.manifest();
    say(&msg!("verify.head", subject = &manifest.subject, at = &manifest.at))?;
    say(&msg!("verify.digest", digest = verified.received.package.digest()))?;
    say(&verify::signature(&verified.received.signature))?;
    say(&msg!("review.made", dir = shown(&args.dir), count = count))?;
    warn(args, &verified, session);
    Ok(Exit::Conforms)
}

/// What an evaluator should know before building on it.
fn warn(args: &Args, verified: &Verified, session: &Session) {
    let diagnostics = Diagnostics::default();
    let warn = |what: Message, mend: Message| {
        diagnostics.push(Diagnostic::warning(what, mend).at(Origin::file(shown(&args.package))));
    };
    match &verified.received.signature {
        Signature::Missing => warn(msg!("review.unsigned"), msg!("review.unsigned.mend")),
        Signature::Valid { who: Who::NotAsked, .. } => {
            warn(msg!("review.not_asked"), msg!("review.not_asked.mend"));
        }
        Signature::Unchecked { .. } => warn(msg!("review.unchecked"), msg!("review.unchecked.mend")),
        _ => {}
    }
    if !verified.other_policy.is_empty() {
        let what = msg!("review.other_policy", files = verified.other_policy.clone());
        warn(what, msg!("review.other_policy.mend"));
    }
    session.show(&diagnostics);
}

fn refused(args: &Args, problems: Vec<Message>, session: &Session) -> Exit {
    let diagnostics = Diagnostics::default();
    for what in problems {
        let wrong = Diagnostic::error(what, msg!("review.refused.mend"));
        diagnostics.push(wrong.at(Origin::file(shown(&args.package))));
    }
    session.show(&diagnostics);
    Exit::DoesNotConform
}

/// Nothing is laid out over what is there.
fn refuse_to_replace(dir: &Path) -> anyhow::Result<()> {
    if dir.symlink_metadata().is_err() {
        return Ok(());
    }
    let is_empty = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty { Ok(()) } else { Err(write::exists(dir)) }
}

/// In a review workspace nobody writes answers.
pub fn refuse_answers(dir: &Path) -> anyhow::Result<()> {
    if !crate::load::record::is_review(dir) {
        return Ok(());
    }
    let wrong = Diagnostic::error(msg!("review.no_answers"), msg!("review.no_answers.mend"));
    Err(Complaint(wrong.at(Origin::file(shown(dir)))).into())
}
