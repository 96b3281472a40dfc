//! `tenken check`: validates data files and workspaces without deciding anything.

use std::path::{Path, PathBuf};

use super::{Exit, Session};
use crate::audit;
use crate::load;
use crate::load::catalog::{self, Catalog, FileKind, Wanted};
use crate::load::crosswalk::Known;
use crate::load::file::{TextFile, shown};
use crate::load::yaml::Reading;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::Origin;
use crate::msg;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let diagnostics = Diagnostics::default();
    let here = PathBuf::from(".");
    let mut paths: Vec<&PathBuf> = args.paths.iter().collect();
    if paths.is_empty() && here.join(load::PROFILE).exists() {
        paths.push(&here);
    }
    // Folders of data are checked by loading them, together: rules may speak of own checklists.
    let (data, others): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| path.is_dir() && !path.join(load::PROFILE).exists());
    let mut folders = session.folders.clone();
    for path in data {
        match holds_checklists(path) {
            true => add(&mut folders.checklists, path),
            false => add(&mut folders.rules, path),
        }
    }
    let catalog = catalog::load(&folders, &Wanted::All, &diagnostics);
    if let Some(catalog) = &catalog {
        others.iter().for_each(|path| one(path, catalog, &diagnostics));
    }
    if session.show(&diagnostics) || catalog.is_none() {
        return Ok(Exit::Input);
    }
    let message = match paths.as_slice() {
        [] => msg!("check.data_fine"),
        some => msg!("check.fine", paths = some.iter().map(|path| shown(path)).collect::<Vec<_>>()),
    };
    session.remark(&session.say(&message));
    Ok(Exit::Conforms)
}

/// A folder may be named twice, as what to check and as where to look.
fn add(folders: &mut Vec<PathBuf>, path: &Path) {
    let same = |one: &PathBuf| one.canonicalize().ok() == path.canonicalize().ok();
    if !folders.iter().any(same) {
        folders.push(path.to_owned());
    }
}

fn one(path: &Path, catalog: &Catalog, diagnostics: &Diagnostics) {
    if path.is_dir() {
        load::workspace_to_measure(path, catalog, jiff::Timestamp::now(), diagnostics);
        audit::applicant_part(path, diagnostics);
        return;
    }
    if load::Form::of(path) == Some(load::Form::Workbook) {
        load::workbook::read(path, catalog, None, diagnostics);
        return;
    }
    let file = match TextFile::read(path) {
        Ok(file) => file,
        Err(wrong) => return diagnostics.push(*wrong),
    };
    let reading = Reading::new(&file, diagnostics);
    match FileKind::of(&file.text) {
        Some(FileKind::Workspace) => drop(load::workspace::read(&reading, catalog)),
        Some(FileKind::Answers) => {
            load::answers::read(&reading, catalog, None);
        }
        Some(FileKind::Reviews) => {
            load::reviews::read(&reading, catalog, None);
        }
        Some(FileKind::Waivers) => {
            load::waivers::read(&reading, catalog, None);
        }
        Some(FileKind::Checklist) => {
            load::checklist::read(&reading, &catalog.features, String::new());
        }
        Some(FileKind::Reference) => {
            load::reference::read(&reading, &catalog.checklists, &catalog.ids);
        }
        Some(FileKind::Rules) => drop(load::rules::read(&reading, &catalog.registry, &catalog.checklists)),
        Some(FileKind::Crosswalk) => {
            let known = Known { checklists: &catalog.checklists, ids: &catalog.ids };
            load::crosswalk::read(&reading, known, &mut Default::default());
        }
        Some(FileKind::Profiles) => {
            load::profiles::read(&reading, &catalog.registry, &mut Default::default());
        }
        Some(FileKind::Scoring) => drop(load::scoring::read(&reading)),
        Some(FileKind::Features) => drop(load::features::read(&reading, &mut catalog.features.clone())),
        Some(FileKind::Figures) => drop(load::figures::read(&reading, &mut catalog.figures.clone())),
        Some(FileKind::Facts) => drop(load::registry::read(&reading, &mut catalog.registry.clone())),
        Some(FileKind::Measured) => drop(load::facts::read(&file, &catalog.registry, None, diagnostics)),
        None => unknown(&file, &reading, diagnostics),
    }
}

/// Whether a folder holds checklists and nothing else.
fn holds_checklists(path: &Path) -> bool {
    let kinds = kinds(path);
    let belongs = |kind: &Option<FileKind>| matches!(kind, Some(FileKind::Checklist | FileKind::Reference));
    !kinds.is_empty() && kinds.iter().all(belongs)
}

fn kinds(path: &Path) -> Vec<Option<FileKind>> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let yaml = entries.filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    yaml.filter_map(|path| TextFile::read(&path).ok()).map(|file| FileKind::of(&file.text)).collect()
}

fn unknown(file: &TextFile, reading: &Reading, diagnostics: &Diagnostics) {
    let before = diagnostics.errors();
    // Not YAML at all? Then reading it says where.
    let _: Option<load::workspace::RawWorkspace> = match load::yaml::top_level_keys(&file.text) {
        None => reading.document(),
        Some(_) => None,
    };
    if diagnostics.errors() == before {
        let wrong = Diagnostic::error(msg!("check.unknown_kind"), msg!("check.unknown_kind.mend"));
        diagnostics.push(wrong.at(Origin::file(file.name.clone())));
    }
}
