//! `tenken diff`: what became better or worse between two results, or the last two of a workspace.

use std::path::PathBuf;

use super::{Complaint, Exit, Session, history};
use crate::load::file::shown;
use crate::load::result;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::Origin;
use crate::msg;
use crate::report::clean::clean;
use crate::report::compare::compare;
use crate::report::difference;
use crate::report::reading::Reading;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "OLD|DIR")]
    old: Option<PathBuf>,
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let [old, new] = sides(args)?;
    let diagnostics = Diagnostics::default();
    let (old, new) = (result::read(&old, &diagnostics), result::read(&new, &diagnostics));
    session.show(&diagnostics);
    let (Some(old), Some(new)) = (old, new) else { return Ok(Exit::Input) };
    let diff = if args.json {
        let diff = compare(&old, &new);
        session.print_data((serde_json::to_string_pretty(&diff)? + "\n").as_bytes())?;
        diff
    } else {
        let (old, new) = (clean(&old)?, clean(&new)?);
        let diff = compare(&old, &new);
        let reading = Reading { assessment: &new, lang: session.lang };
        session.print(&difference::render(&diff, &reading))?;
        diff
    };
    Ok(if diff.is_worse { Exit::DoesNotConform } else { Exit::Conforms })
}

/// Two files as they are named; else the last two results of a folder, of this one without a name.
fn sides(args: &Args) -> anyhow::Result<[PathBuf; 2]> {
    match (&args.old, &args.new) {
        (Some(old), Some(new)) => Ok([old.clone(), new.clone()]),
        (Some(file), None) if !file.is_dir() => {
            let wrong = Diagnostic::error(msg!("diff.one_file"), msg!("diff.one_file.mend"));
            Err(Complaint(wrong.at(Origin::file(shown(file)))).into())
        }
        (folder, _) => history::last_two(folder.as_deref().unwrap_or_else(|| ".".as_ref())),
    }
}
