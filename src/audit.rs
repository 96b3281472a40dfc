//! The pipeline, from a folder to a decided assessment. The only place that names every stage.

use std::path::{Path, PathBuf};

use crate::evaluate::evaluate;
use crate::evidence;
use crate::load::catalog::{self, Catalog, Folders, Wanted};
use crate::load::file::TextFile;
use crate::load::{self, facts};
use crate::model::assessment::{Assessment, Clock};
use crate::model::diagnostic::Diagnostics;
use crate::model::fact::Observation;
use crate::model::workspace::Workspace;

/// What to audit, and with what.
#[derive(Debug, Clone)]
pub struct Request {
    pub workspace: PathBuf,
    pub folders: Folders,
    /// Facts that were measured earlier.
    pub facts: Vec<PathBuf>,
    pub clock: Clock,
}

/// Loads, gathers what was measured, hashes the evidence, and decides. Nothing where the input has
/// errors; they are in `diagnostics`.
pub fn audit(request: &Request, diagnostics: &Diagnostics) -> Option<Assessment> {
    let catalog = catalog::load(&request.folders, &Wanted::by(&request.workspace), diagnostics)?;
    let workspace = load::workspace(&request.workspace, &catalog, diagnostics)?;
    let observations = recorded(&request.facts, &workspace, &catalog, diagnostics);
    if diagnostics.errors() > 0 {
        return None;
    }
    let files = evidence::states(&workspace, &request.workspace);
    Some(evaluate(&workspace, &catalog.policy, observations, &files, request.clock))
}

fn recorded(
    files: &[PathBuf],
    workspace: &Workspace,
    catalog: &Catalog,
    diagnostics: &Diagnostics,
) -> Vec<Observation> {
    let read = |path: &Path| match TextFile::read(path) {
        Ok(file) => facts::read(&file, &catalog.registry, Some(&workspace.targets), diagnostics),
        Err(wrong) => {
            diagnostics.push(*wrong);
            Vec::new()
        }
    };
    files.iter().flat_map(|path| read(path)).collect()
}
