//! `tenken history`: what was assessed before, as the workspace keeps it. Only shown, never decided
//! by: a result that cannot be read any more is left out of reports, and named here.

use std::path::{Path, PathBuf};

use super::{Complaint, Exit, Session};
use crate::load::file::shown;
use crate::load::result;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::Origin;
use crate::msg;
use crate::report::Reports;
use crate::wire::assessment::Assessment;

/// As many as a chart can show.
const MOST: usize = 24;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let diagnostics = Diagnostics::default();
    let mut all = read(&kept(&args.dir), &diagnostics);
    session.show(&diagnostics);
    let Some(last) = all.pop() else { return Err(none_kept(&args.dir, 1).into()) };
    session.print(&Reports::new(&last, all, session.lang, false)?.trend())?;
    Ok(if diagnostics.errors() > 0 { Exit::Input } else { Exit::Conforms })
}

/// The last results of a workspace, the oldest first.
pub fn of(workspace: &Path) -> Vec<Assessment> {
    read(&kept(workspace), &Diagnostics::default())
}

/// The files of the last two results, for a comparison.
pub fn last_two(workspace: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let mut all = kept(workspace);
    let (newer, older) = (all.pop(), all.pop());
    older.zip(newer).map(|(older, newer)| [older, newer]).ok_or_else(|| none_kept(workspace, 2).into())
}

/// The file of the last result.
pub fn last(workspace: &Path) -> Option<PathBuf> {
    kept(workspace).pop()
}

fn read(paths: &[PathBuf], diagnostics: &Diagnostics) -> Vec<Assessment> {
    let last = paths.iter().rev().take(MOST).rev();
    last.filter_map(|path| result::read(path, diagnostics)).collect()
}

/// The moment is in the name, so that their order is that of time.
fn kept(workspace: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(workspace.join("results")).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    paths.sort_by_cached_key(|path| {
        let name = name(path).unwrap_or_default();
        result::moment(&name).unwrap_or((name, 0))
    });
    paths
}

fn none_kept(workspace: &Path, wanted: usize) -> Complaint {
    let what = msg!("history.too_few", wanted = wanted);
    let wrong = Diagnostic::error(what, msg!("history.too_few.mend"));
    Complaint(wrong.at(Origin::file(shown(&workspace.join("results")))))
}
