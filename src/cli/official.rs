//! `tenken official`: wording that the user has and that does not ship with the product.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Complaint, Exit, Session, list, review, write};
use crate::form::yaml;
use crate::load;
use crate::load::file::shown;
use crate::load::official::{self, Match};
use crate::model::checklist::Checklist;
use crate::model::diagnostic::Diagnostic;
use crate::model::origin::Origin;
use crate::msg;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
}

#[derive(Debug, clap::Args)]
pub struct Import {
    #[arg(value_name = "CHECKLIST")]
    checklist: String,
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let Command::Import(args) = &args.command;
    review::refuse_answers(&args.dir)?;
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let checklist = list::find(&args.checklist, &catalog)?;
    if !args.dir.join(load::PROFILE).exists() {
        let wrong = Diagnostic::error(msg!("workspace.no_profile"), msg!("workspace.no_profile.mend"));
        return Err(Complaint(wrong.at(Origin::file(shown(&args.dir.join(load::PROFILE))))).into());
    }
    if checklist.items.iter().all(|item| item.fingerprint.is_none()) {
        let what = msg!("official.no_fingerprints", checklist = &checklist.id);
        return Err(Complaint(Diagnostic::error(what, msg!("official.no_fingerprints.mend"))).into());
    }
    let document = official::document(&args.file).map_err(|wrong| Complaint(*wrong))?;
    let found = official::search(&document, checklist);
    // A few numbers that happen to be there make no other edition, and must not take the place of wording
    // that was found before.
    let has_wording = found.values().any(|one| matches!(one, Match::Same(_)));
    if !has_wording && found.len() * 2 < checklist.items.len() {
        let what = msg!("official.nothing_found", checklist = &checklist.id);
        let wrong = Diagnostic::error(what, msg!("official.nothing_found.mend"));
        return Err(Complaint(wrong.at(Origin::file(shown(&args.file)))).into());
    }
    keep(args, checklist, &found, session)?;
    Ok(Exit::Conforms)
}

/// Writes what was found, and says how much of it is what the checklist speaks of.
fn keep(
    args: &Import,
    checklist: &Checklist,
    found: &official::Found,
    session: &Session,
) -> anyhow::Result<()> {
    let ids = || checklist.items.iter().map(|item| item.name.id());
    let same = || {
        ids().filter_map(|id| match found.get(id) {
            Some(Match::Same(text)) => Some((id, text.as_str())),
            _ => None,
        })
    };
    let differing = || {
        ids().filter_map(|id| match found.get(id) {
            Some(Match::Differs(text)) => Some((id, text.as_str())),
            _ => None,
        })
    };
    let from = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = yaml::official(&checklist.id, &from, same(), differing());
    let folder = write::folder_within(&args.dir, official::FOLDER)?;
    let path = folder.join(format!("{}.yaml", checklist.id));
    write::keeping_old(&path, text.as_bytes())?;
    let (total, count) = (checklist.items.len(), same().count());
    let done = msg!(
        "official.imported",
        checklist = &checklist.id,
        total = total,
        same = count,
        path = shown(&path)
    );
    session.print(&(session.say(&done) + "\n"))?;
    let differing: Vec<&str> = differing().map(|(id, _)| id).collect();
    if !differing.is_empty() {
        session.remark(&session.say(&msg!("official.differing", items = differing)));
    }
    let missing: Vec<&str> = ids().filter(|id| !found.contains_key(*id)).collect();
    if !missing.is_empty() {
        session.remark(&session.say(&msg!("official.missing", items = missing)));
    }
    Ok(())
}
