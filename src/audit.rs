//! The pipeline, from a folder to a decided assessment. The only place that names every stage.

use std::path::{Path, PathBuf};

use crate::evaluate::evaluate;
use crate::evidence;
use crate::load::catalog::{self, Catalog, Folders, Wanted};
use crate::load::file::TextFile;
use crate::load::{self, facts};
use crate::model::assessment::{Assessment, Clock};
use crate::model::diagnostic::Diagnostics;
use crate::model::fact::{Observation, Registry};
use crate::model::workspace::Workspace;
use crate::probe::authority::Authorized;
use crate::probe::{self, Measured, Options};

/// What to audit, and with what.
#[derive(Debug, Clone)]
pub struct Request {
    pub workspace: PathBuf,
    pub folders: Folders,
    /// Facts that were measured earlier.
    pub facts: Vec<PathBuf>,
    pub clock: Clock,
    /// How to measure the targets; nothing is contacted without.
    pub probe: Option<Options>,
}

/// An assessment, and what was measured for it.
#[derive(Debug)]
pub struct Audited {
    pub assessment: Assessment,
    pub measured: Vec<Measured>,
}

/// Loads, measures, gathers what was measured earlier, hashes the evidence, and decides. Nothing
/// where the input has errors; they are in `diagnostics`.
pub fn audit(
    request: &Request,
    diagnostics: &Diagnostics,
    done: &dyn Fn(usize, &Measured),
) -> anyhow::Result<Option<Audited>> {
    let Some(catalog) = catalog::load(&request.folders, &Wanted::by(&request.workspace), diagnostics) else {
        return Ok(None);
    };
    let Some(workspace) = load::workspace(&request.workspace, &catalog, diagnostics) else { return Ok(None) };
    let mut observations = recorded(&request.facts, &workspace, &catalog, diagnostics);
    if diagnostics.errors() > 0 {
        return Ok(None);
    }
    let mut measured = Vec::new();
    if let Some(options) = &request.probe {
        let targets: Vec<Authorized> = workspace.targets.iter().filter_map(Authorized::new).collect();
        measured = measure(&targets, options, &catalog.registry, &|one| done(targets.len(), one))?;
        observations.extend(measured.iter().flat_map(|one| one.observations.clone()));
    }
    let files = evidence::states(&workspace, &request.workspace);
    let assessment = evaluate(&workspace, &catalog.policy, observations, &files, request.clock);
    Ok(Some(Audited { assessment, measured }))
}

/// Measures targets that somebody allows to be measured.
pub fn measure(
    targets: &[Authorized],
    options: &Options,
    registry: &Registry,
    done: &dyn Fn(&Measured),
) -> std::io::Result<Vec<Measured>> {
    probe::measure(targets, options, registry, done)
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
