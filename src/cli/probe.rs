//! `tenken probe`: measures systems that somebody allows to be measured, and shows the facts.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::interrupt::Watch;
use super::measuring::Measuring;
use super::trial::Trying;
use super::{Complaint, Exit, Session, clock, write};
use crate::audit;
use crate::load::catalog::{Catalog, Wanted};
use crate::load::file::TextFile;
use crate::load::sign_in;
use crate::load::workspace::endpoint;
use crate::model::diagnostic::Diagnostic;
use crate::model::origin::Origin;
use crate::model::sign_in::SignInFile;
use crate::model::workspace::Target;
use crate::msg;
use crate::probe::authority::Authorized;
use crate::probe::{Measured, Options};
use crate::report::{facts, measured};
use crate::wire::directory::Directory;
use crate::wire::transcript::{LARGEST, SCHEMA, Transcript, TranscriptFile};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "URL", required_unless_present = "replay")]
    urls: Vec<String>,
    #[arg(long, value_name = "NAME", required_unless_present = "replay")]
    authorized_by: Option<String>,
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    measuring: Measuring,
    #[command(flatten)]
    trying: Trying,
    #[arg(long, value_name = "URL", conflicts_with = "replay")]
    issuer: Option<String>,
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    id_token: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    har: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    saml: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    transcript: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["urls", "authorized_by", "resolve", "resolver", "registry", "registries", "whois", "mmdb"])]
    replay: Option<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let Some(catalog) = session.catalog_with(&Wanted::no_checklist()) else { return Ok(Exit::Input) };
    let mut options = args.measuring.options(clock(None)?.now)?;
    args.trying.refuse_without_measuring(args.replay.is_none())?;
    args.trying.add_to(&mut options)?;
    let watch = args.replay.is_none().then(|| Watch::new(session));
    options.stop = watch.as_ref().map(|watch| watch.stop.clone()).unwrap_or_default();
    let all = match &args.replay {
        Some(file) => again(&transcripts(file)?, &options, &catalog),
        None => {
            let targets = targets(args)?;
            audit::trial_is_allowed(&targets, &options).map_err(|wrong| complaint(*wrong))?;
            let progress = Progress::new(session);
            let done = |one: &Measured| progress.done(targets.len(), one);
            audit::measure(&targets, &options, &catalog, &done)?
        }
    };
    let was_stopped = watch.as_ref().is_some_and(Watch::over);
    if let Some(path) = &args.transcript {
        keep(path, &all)?;
    }
    show(&all, args.json, &catalog, session)?;
    // Who was asked and said nothing was not measured.
    let is_complete = !was_stopped && !all.is_empty() && all.iter().all(Measured::saw_something);
    Ok(if is_complete { Exit::Conforms } else { Exit::Incomplete })
}

fn again(file: &TranscriptFile, options: &Options, catalog: &Catalog) -> Vec<Measured> {
    let addresses = file.transcripts.iter().filter_map(|one| audit::replay(one, options, catalog));
    let names = file.directories.iter().filter_map(|one| audit::replay_directory(one, options, catalog));
    addresses.chain(names).filter(|one| !one.observations.is_empty()).collect()
}

fn targets(args: &Args) -> anyhow::Result<Vec<Authorized>> {
    let mut targets: Vec<Authorized> = Vec::new();
    for url in &args.urls {
        let with_scheme = if url.contains("://") { url.clone() } else { format!("https://{url}") };
        let wrong = || complaint(Diagnostic::error(msg!("target.url", url = url), msg!("target.url.mend")));
        let endpoint = endpoint(&with_scheme).ok_or_else(wrong)?;
        let mut target = Target {
            authorized_by: args.authorized_by.clone(),
            oidc_issuer: args.issuer.clone(),
            ..Target::system(with_scheme, endpoint)
        };
        hand_in(args, &mut target)?;
        let nobody =
            || complaint(Diagnostic::error(msg!("probe.not_authorized"), msg!("probe.not_authorized.mend")));
        let allowed = Authorized::new(&target).ok_or_else(nobody)?;
        if !targets.contains(&allowed) {
            targets.push(allowed);
        }
    }
    Ok(targets)
}

/// The files that show how people sign in. They are about one system.
fn hand_in(args: &Args, target: &mut Target) -> anyhow::Result<()> {
    let files =
        [(SignInFile::IdToken, &args.id_token), (SignInFile::Har, &args.har), (SignInFile::Saml, &args.saml)];
    let hosts = sign_in::hosts(target);
    for (kind, path) in files {
        let Some(path) = path else { continue };
        if args.urls.len() > 1 {
            let wrong = Diagnostic::error(msg!("sign_in.one_target"), msg!("sign_in.one_target.mend"));
            return Err(complaint(wrong));
        }
        sign_in::read(kind, path, &hosts, &mut target.sign_in).map_err(|wrong| complaint(*wrong))?;
    }
    if let Some(issuer) =
        args.issuer.as_ref().filter(|issuer| !issuer.starts_with("https://") || endpoint(issuer).is_none())
    {
        let wrong = Diagnostic::error(msg!("target.url", url = issuer), msg!("target.url.mend"));
        return Err(complaint(wrong));
    }
    Ok(())
}

fn transcripts(path: &Path) -> anyhow::Result<TranscriptFile> {
    let file = TextFile::read_up_to(LARGEST, path).map_err(|wrong| complaint(*wrong))?;
    TranscriptFile::read(&file.text).map_err(|error| {
        let wrong = Diagnostic::error(
            msg!("transcript.unreadable", error = error),
            msg!("transcript.unreadable.mend"),
        );
        complaint(wrong.at(Origin::file(file.name.clone())))
    })
}

fn keep(path: &Path, all: &[Measured]) -> anyhow::Result<()> {
    write::keeping_old(path, transcript(all)?.as_bytes())?;
    Ok(())
}

/// The transcripts of all that was measured, as one file.
pub fn transcript(all: &[Measured]) -> anyhow::Result<String> {
    let file = Kept {
        schema: SCHEMA,
        transcripts: all.iter().flat_map(|one| &one.transcripts).collect(),
        directories: all.iter().flat_map(|one| &one.directories).collect(),
    };
    Ok(serde_json::to_string(&file)? + "\n")
}

/// A [`TranscriptFile`] of what is at hand, without a copy of it.
#[derive(serde::Serialize)]
struct Kept<'a> {
    schema: &'a str,
    transcripts: Vec<&'a Transcript>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    directories: Vec<&'a Directory>,
}

fn show(all: &[Measured], as_json: bool, catalog: &Catalog, session: &Session) -> anyhow::Result<()> {
    let targets: Vec<facts::Target> = all
        .iter()
        .map(|one| facts::Target {
            endpoint: &one.endpoint,
            observations: &one.observations,
            remarks: &one.remarks,
        })
        .collect();
    if as_json {
        return session.print_data(facts::render(&targets)?.as_bytes());
    }
    let shortfalls: Vec<_> = all.iter().map(|one| audit::shortfalls(one, catalog)).collect();
    session.print(&measured::page(&targets, &shortfalls, session.lang))
}

fn complaint(wrong: Diagnostic) -> anyhow::Error {
    Complaint(wrong).into()
}

/// How far it has come, on a terminal only, in one line that is written over.
pub struct Progress<'a> {
    done: Cell<usize>,
    session: &'a Session,
}

impl<'a> Progress<'a> {
    pub fn new(session: &'a Session) -> Progress<'a> {
        Progress { done: Cell::new(0), session }
    }

    pub fn done(&self, total: usize, last: &Measured) {
        self.done.set(self.done.get() + 1);
        if self.session.quiet || !std::io::stderr().is_terminal() {
            return;
        }
        let done = self.done.get();
        let text =
            self.session.say(&msg!("probe.progress", done = done, total = total, target = &last.endpoint));
        let text = if done == total { String::new() } else { text };
        let _ = write!(anstream::stderr(), "\r\x1b[2K{text}");
        let _ = anstream::stderr().flush();
    }
}
