//! `tenken form`: the questionnaire of a workspace, with all that has been answered so far.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::{Complaint, Exit, Session, clock, review, write};
use crate::form::workbook::{self, Refused};
use crate::form::{self, yaml};
use crate::load::file::shown;
use crate::load::{self, questionnaire};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::questionnaire::Questionnaire;
use crate::model::workspace::Official;
use crate::msg;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[arg(long, value_name = "FORMAT", default_value = "xlsx")]
    format: Format,
    #[arg(long, value_name = "LAYOUT", default_value = "own")]
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    Own,
    Official,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Xlsx,
    Yaml,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    review::refuse_answers(&args.dir)?;
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let diagnostics = Diagnostics::default();
    let loaded = load::loaded(&args.dir, &catalog, &diagnostics);
    // What could not be read would be missing from the new file.
    let (false, Some(loaded)) = (session.show(&diagnostics), loaded) else { return Ok(Exit::Input) };
    let files = loaded.files.clone();
    let wording = wording(&args.dir, session)?;
    let questionnaire = questionnaire::of(loaded, &catalog, wording, clock(None)?.today);
    if questionnaire.sections.is_empty() {
        return Err(Complaint(Diagnostic::error(msg!("form.nothing"), msg!("form.nothing.mend"))).into());
    }
    if args.layout == Layout::Official {
        return hand_in(args, &questionnaire, session);
    }
    let (name, bytes) = match args.format {
        Format::Xlsx => (load::WORKBOOK, render(&questionnaire, session)?),
        Format::Yaml => (load::ANSWERS, yaml::render(&questionnaire, session.lang).into_bytes()),
    };
    let path = args.dir.join(name);
    gather(&path, &bytes, &files, session)?;
    let count = questionnaire.sections.iter().map(|section| section.entries.len()).sum::<usize>();
    let retired = questionnaire.retired.iter().map(|section| section.entries.len()).sum::<usize>();
    session.print(&(session.say(&msg!("form.written", path = shown(&path), count = count)) + "\n"))?;
    if retired > 0 {
        session.remark(&session.say(&msg!("form.has_retired", count = retired)));
    }
    if args.format == Format::Yaml && !questionnaire.extras.is_empty() {
        session.remark(&session.say(&msg!("form.extras_left")));
    }
    session.remark(&session.say(&msg!("form.next", dir = shown(&args.dir))));
    Ok(Exit::Conforms)
}

/// The layout in which answers are handed in: a report, and no questionnaire to be read again.
fn hand_in(args: &Args, questionnaire: &Questionnaire, session: &Session) -> anyhow::Result<Exit> {
    let bytes = form::official::render(questionnaire, session.lang).map_err(complaint)?;
    let folder = write::folder_within(&args.dir, "reports")?;
    let stem = format!("official-{}", questionnaire.today);
    let path = write::under_free_name(&folder, &stem, "xlsx", &bytes)?;
    session.print(&(session.say(&msg!("audit.written", path = shown(&path))) + "\n"))?;
    Ok(Exit::Conforms)
}

/// The official wording that the workspace keeps. What is worded otherwise than the checklist knows
/// it says so.
pub fn wording(dir: &Path, session: &Session) -> anyhow::Result<BTreeMap<ItemName, String>> {
    let diagnostics = Diagnostics::default();
    let all = load::official::read(dir, &diagnostics);
    if session.show(&diagnostics) {
        return Err(Complaint(Diagnostic::error(
            msg!("official.unreadable"),
            msg!("official.unreadable.mend"),
        ))
        .into());
    }
    let marked = |(name, official): (ItemName, Arc<Official>)| match official.is_this_edition {
        true => (name, official.text.clone()),
        false => (name, session.say(&msg!("official.differs")) + &official.text),
    };
    Ok(all.into_iter().map(marked).collect())
}

/// Writes the one file that holds the answers from now on, and moves the others out of the way.
pub fn gather(path: &Path, bytes: &[u8], files: &[PathBuf], session: &Session) -> anyhow::Result<()> {
    let mut kept = Vec::from_iter(write::keeping_old(path, bytes)?);
    for other in files.iter().filter(|other| other.as_path() != path) {
        kept.push(write::set_aside(other)?);
    }
    for path in kept {
        session.remark(&session.say(&msg!("form.kept", path = shown(&path))));
    }
    Ok(())
}

pub fn render(questionnaire: &Questionnaire, session: &Session) -> anyhow::Result<Vec<u8>> {
    workbook::render(questionnaire, session.lang).map_err(complaint)
}

fn complaint(refused: Refused) -> anyhow::Error {
    match refused {
        Refused::TooLong { item, column } => {
            let what = msg!(
                "form.too_long",
                item = item.as_str(),
                heading = Message::label(column.label()),
                most = workbook::LONGEST,
            );
            Complaint(Diagnostic::error(what, msg!("form.too_long.mend"))).into()
        }
        Refused::Failed(error) => error.into(),
    }
}
