//! `tenken verify`: whether a package is what it says.

use std::path::{Path, PathBuf};

use clap::ArgGroup;

use super::measuring::Measuring;
use super::probe::Progress;
use super::{Complaint, Exit, Session, clock};
use crate::load::file::{TextFile, shown};
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;
use crate::pack::{Signature, Signers, Who};
use crate::probe::Measured;
use crate::report::again::{self, Again};
use crate::submission::{self, Shown, Verified};
use crate::typeset::plain;

#[derive(Debug, clap::Args)]
#[command(group(
    ArgGroup::new("how").multiple(true).requires("probe").args(["ca", "resolve", "timeout", "connections", "probes",
        "ports", "revocation", "resolver", "trust_anchor", "registry", "registries", "whois", "mmdb"])
))]
pub struct Args {
    #[arg(value_name = "PACKAGE")]
    package: PathBuf,
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
    #[arg(long, requires = "authorized_by")]
    probe: bool,
    #[arg(long, value_name = "NAME", requires = "probe")]
    authorized_by: Option<String>,
    #[command(flatten)]
    measuring: Measuring,
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
    let Verified { received, other_policy, shown } = &verified;
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
    for what in shown.iter().flat_map(transcripts) {
        say(&what)?;
    }
    if manifest.tool.version != env!("CARGO_PKG_VERSION") {
        say(&msg!("verify.other_version", version = &manifest.tool.version))?;
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
    match &args.authorized_by {
        _ if !problems.is_empty() => Ok(Exit::DoesNotConform),
        Some(by) => measure_again(&verified, by, &args.measuring, session),
        None => Ok(Exit::Conforms),
    }
}

/// What is different now. A package that does not hold is not measured: its targets are nobody's word.
fn measure_again(verified: &Verified, by: &str, how: &Measuring, session: &Session) -> anyhow::Result<Exit> {
    let nobody =
        || Complaint(Diagnostic::error(msg!("probe.not_authorized"), msg!("probe.not_authorized.mend")));
    let by = Some(by.trim()).filter(|by| !by.is_empty()).ok_or_else(nobody)?;
    let now = clock(None)?.now;
    let progress = Progress::new(session);
    let done = |total: usize, one: &Measured| progress.done(total, one);
    let again = submission::measure_again(verified, by, &how.options(now)?, now, &done)?;
    let say = |what: &Message| session.print(&(plain(&session.say(what)) + "\n"));
    let (Some(again), Some(stated)) = (again, &verified.received.assessment) else {
        say(&msg!("package.not_decided"))?;
        return Ok(Exit::Incomplete);
    };
    session.print("\n")?;
    if again.targets == 0 {
        say(&msg!("again.no_targets"))?;
        return Ok(Exit::Incomplete);
    }
    say(&msg!("again.head", targets = again.targets, by = by))?;
    let sides = Again { stated, now: &again.now };
    session.print(&again::page(&sides, session.lang))?;
    if again.not_measured > 0 {
        say(&msg!("again.left_out", count = again.not_measured))?;
    }
    if !again.silent.is_empty() {
        say(&msg!("again.silent", targets = again.silent.clone()))?;
    }
    let changed = sides.changed().len();
    match changed {
        0 => say(&msg!("again.same_verdicts"))?,
        count => say(&msg!("again.other_verdicts", count = count))?,
    }
    Ok(match (changed, again.silent.is_empty()) {
        (0, true) => Exit::Conforms,
        (0, false) => Exit::Incomplete,
        _ => Exit::DoesNotConform,
    })
}

/// How many facts stand on their transcripts, and how many on somebody's word.
fn transcripts(shown: &Shown) -> Vec<Message> {
    let lines = [
        (shown.again, msg!("verify.facts_shown", count = shown.again)),
        (shown.by_another, msg!("verify.facts_by_another", count = shown.by_another)),
        (shown.without, msg!("verify.facts_without", count = shown.without)),
    ];
    lines.into_iter().filter(|(count, _)| *count > 0).map(|(_, what)| what).collect()
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
        Signature::Unchecked { fingerprint } => msg!("verify.unchecked", key = fingerprint),
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
        Signature::Unchecked { .. } => Some(msg!("verify.needs_check")),
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
