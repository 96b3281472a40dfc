//! What was assessed before, as the workspace keeps it. Only shown, never decided by: a result that
//! cannot be read any more is left out.

use std::path::Path;

use crate::load::result;
use crate::model::diagnostic::Diagnostics;
use crate::wire::assessment::Assessment;

/// As many as a chart can show.
const MOST: usize = 24;

/// The last results of a workspace, the oldest first.
pub fn of(workspace: &Path) -> Vec<Assessment> {
    let entries = std::fs::read_dir(workspace.join("results")).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    // The moment is in the name, so that their order is that of time.
    paths.sort();
    let last = paths.iter().rev().take(MOST).rev();
    last.filter_map(|path| result::read(path, &Diagnostics::default())).collect()
}
