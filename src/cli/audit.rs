//! `tenken audit`: from a workspace to an assessment and its reports.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::deliver::Wanted;
use super::interrupt::Watch;
use super::measuring::Measuring;
use super::probe::{Progress, transcript};
use super::trial::Trying;
use super::{Exit, Session, clock, history, write};
use crate::audit::{Audited, Request, audit};
use crate::load::file::shown;
use crate::model::assessment::Assessment;
use crate::model::diagnostic::Diagnostics;
use crate::model::scoring::Conclusion;
use crate::msg;
use crate::probe::{Measured, Options};
use crate::report::{Reports, json};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[arg(long)]
    no_probe: bool,
    #[command(flatten)]
    measuring: Measuring,
    #[command(flatten)]
    trying: Trying,
    #[arg(long, value_name = "FILE")]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
    #[arg(long, value_name = "DATE", value_parser = super::arguments::date)]
    at: Option<Date>,
    #[arg(long)]
    no_history: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    args.wanted.check()?;
    let clock = clock(args.at)?;
    let mut options = args.measuring.options(clock.now)?;
    args.trying.add_to(&mut options)?;
    // What is measured now says nothing about another day.
    let measures = !args.no_probe && args.at.is_none();
    args.trying.refuse_without_measuring(measures)?;
    let watch = measures.then(|| Watch::new(session));
    let request = Request {
        workspace: args.dir.clone(),
        folders: session.folders.clone(),
        facts: args.facts.clone(),
        clock,
        probe: watch.as_ref().map(|watch| Options { stop: watch.stop.clone(), ..options }),
    };
    let diagnostics = Diagnostics::default();
    let progress = Progress::new(session);
    let audited = audit(&request, &diagnostics, &|total, done| progress.done(total, done))?;
    let was_stopped = watch.as_ref().is_some_and(Watch::over);
    session.show(&diagnostics);
    let Some(Audited { assessment, measured }) = audited else { return Ok(Exit::Input) };
    for remark in measured.iter().flat_map(|one| &one.remarks) {
        session.remark(&session.say(remark));
    }
    let wire = json::to_wire(&assessment);
    let earlier = if args.wanted.shows_history() { history::of(&args.dir) } else { Vec::new() };
    let reports = Reports::new(&wire, earlier, session.lang, session.verbose)?
        .with_references(args.wanted.references(session));
    args.wanted.deliver(&reports, session, || write::folder_within(&args.dir, "reports"))?;
    if !args.no_history {
        match keep(&args.dir, &assessment, &json::render(&wire)?, &measured) {
            Ok(path) => session.remark(&session.say(&msg!("audit.kept", path = shown(&path)))),
            // The result has been delivered; that it is not in the history is an error all the same.
            Err(error) => return Ok(session.not_kept(&error)),
        }
    }
    Ok(if was_stopped { Exit::Incomplete } else { exit(&assessment, args.no_probe) })
}

/// One assessment per run, kept: the history. What went over the wire is kept beside it.
fn keep(
    workspace: &Path,
    assessment: &Assessment,
    json: &str,
    measured: &[Measured],
) -> anyhow::Result<PathBuf> {
    let stamp = assessment.clock.now.strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let folder = write::folder_within(workspace, "results")?;
    if measured.iter().any(|one| !one.transcripts.is_empty() || !one.directories.is_empty()) {
        let transcripts = write::folder_within(workspace, "results/transcripts")?;
        write::under_free_name(&transcripts, &stamp, "json", transcript(measured)?.as_bytes())?;
    }
    write::under_free_name(&folder, &stamp, "json", json.as_bytes())
}

/// A target that was to be measured and was not leaves the audit incomplete, whatever the answers
/// say.
pub fn exit(assessment: &Assessment, no_probe: bool) -> Exit {
    match assessment.conclusion {
        Conclusion::NotAssessed => Exit::Incomplete,
        _ if !assessment.unmeasured.is_empty() && !no_probe => Exit::Incomplete,
        Conclusion::Conforms => Exit::Conforms,
        Conclusion::Conditional | Conclusion::DoesNotConform => Exit::DoesNotConform,
    }
}
