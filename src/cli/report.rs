//! `tenken report`: renders a result that was kept, in either language, without auditing again.

use std::path::PathBuf;

use super::deliver::Wanted;
use super::{Exit, Session};
use crate::load::result;
use crate::model::diagnostic::Diagnostics;
use crate::report::Reports;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "RESULT")]
    result: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
    #[arg(long, value_name = "RESULT")]
    since: Vec<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    args.wanted.check()?;
    let diagnostics = Diagnostics::default();
    let assessment = result::read(&args.result, &diagnostics);
    let earlier = args.since.iter().filter_map(|path| result::read(path, &diagnostics)).collect();
    if session.show(&diagnostics) {
        return Ok(Exit::Input);
    }
    let Some(assessment) = assessment else { return Ok(Exit::Input) };
    let reports = Reports::new(&assessment, earlier, session.lang, session.verbose)?
        .with_references(args.wanted.references(session));
    args.wanted.deliver(&reports, session, || Ok(PathBuf::from(".")))?;
    Ok(Exit::Conforms)
}
