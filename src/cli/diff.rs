//! `tenken diff`: what became better or worse between two results.

use std::path::PathBuf;

use super::{Exit, Session};
use crate::load::result;
use crate::model::diagnostic::Diagnostics;
use crate::report::clean::clean;
use crate::report::compare::compare;
use crate::report::difference;
use crate::report::reading::Reading;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "OLD")]
    old: PathBuf,
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let diagnostics = Diagnostics::default();
    let old = result::read(&args.old, &diagnostics);
    let new = result::read(&args.new, &diagnostics);
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
