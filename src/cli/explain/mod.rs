//! `tenken explain`: one item as a page of a handbook, or a reference table.

mod page;
mod table;

use std::path::{Path, PathBuf};

use super::{Complaint, Exit, Session, list};
use crate::load::file::shown;
use crate::load::result;
use crate::load::suggest::suggest;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::msg;
use crate::report::clean::clean;
use crate::report::{Input, chain};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "CHECKLIST/ID")]
    item: String,
    #[arg(long, value_name = "RESULT")]
    result: Option<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    if let Some(path) = &args.result {
        return of_result(&args.item, path, session);
    }
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    if let Some(reference) = catalog.references.get(&args.item) {
        session.print(&table::page(reference, session))?;
        return Ok(Exit::Conforms);
    }
    let Some(name) = ItemName::parse(&args.item) else {
        let what = msg!("item.shape", item = &args.item);
        return Err(Complaint(Diagnostic::error(what, msg!("item.shape.mend"))).into());
    };
    let checklist = list::find(name.checklist(), &catalog)?;
    let Some(item) = checklist.item(name.id()) else {
        let known = checklist.items.iter().map(|item| item.name.as_str());
        let what = msg!("item.unknown", item = &args.item);
        return Err(Complaint(Diagnostic::error(what, suggest(&args.item, known))).into());
    };
    session.print(&page::page(checklist, item, &catalog, session))?;
    Ok(Exit::Conforms)
}

/// How one verdict of a result came about.
fn of_result(name: &str, path: &Path, session: &Session) -> anyhow::Result<Exit> {
    let diagnostics = Diagnostics::default();
    let assessment = result::read(path, &diagnostics);
    session.show(&diagnostics);
    let Some(assessment) = assessment else { return Ok(Exit::Input) };
    let assessment = clean(&assessment)?;
    let Some(item) = assessment.items.iter().find(|item| item.item == name) else {
        let known = assessment.items.iter().map(|item| item.item.as_str());
        let what = msg!("item.not_in_result", item = name);
        let wrong = Diagnostic::error(what, suggest(name, known));
        return Err(Complaint(wrong.at(Origin::file(shown(path)))).into());
    };
    let input = Input {
        assessment: &assessment,
        earlier: &[],
        references: &[],
        lang: session.lang,
        everything: true,
    };
    session.print(&chain::render(&input, item))?;
    Ok(Exit::Conforms)
}
