//! Everything the guidelines say, from the binary and from folders of the user's own: features,
//! facts, scoring, checklists, rules, crosswalk, profiles. A folder adds to what is built in, or
//! replaces it by id.

mod kind;
mod parts;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use kind::FileKind;
pub use wanted::Wanted;

use self::kind::DataFile;
use self::parts::Parts;
use super::file::{TextFile, shown};
use super::yaml::Reading;
use super::{embedded, reference};
use crate::model::checklist::Checklist;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::Registry;
use crate::model::feature::Feature;
use crate::model::origin::Origin;
use crate::model::policy::Policy;
use crate::model::reference::Reference;
use crate::model::text::Text;
use crate::msg;

/// Where to look beside the built-in data.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    pub checklists: Vec<PathBuf>,
    pub rules: Vec<PathBuf>,
    /// What stands in for the built-in data: what a package was decided by.
    pub instead: Option<Arc<Texts>>,
}

/// The files that a catalogue is made of.
#[derive(Debug, Default)]
pub struct Texts {
    pub checklists: Vec<TextFile>,
    pub rules: Vec<TextFile>,
}

impl Texts {
    /// What travels inside the binary.
    pub fn built_in() -> Texts {
        Texts { checklists: embedded::checklists(), rules: embedded::rules() }
    }

    /// What lies in the folders of the user's own.
    pub fn own(folders: &Folders, diagnostics: &Diagnostics) -> Texts {
        let all = |folders: &[PathBuf]| folders.iter().flat_map(|path| folder(path, diagnostics)).collect();
        Texts { checklists: all(&folders.checklists), rules: all(&folders.rules) }
    }
}

#[derive(Debug)]
pub struct Catalog {
    pub features: BTreeMap<String, Feature>,
    pub registry: Registry,
    /// What the figures of the guidelines are called.
    pub figures: BTreeMap<String, Text>,
    pub checklists: BTreeMap<String, Arc<Checklist>>,
    /// Published tables; read only where everything is.
    pub references: BTreeMap<String, Reference>,
    /// The ids of all checklists, those included that were not wanted.
    pub ids: BTreeSet<String>,
    pub policy: Policy,
}

impl Catalog {
    /// The features in the order in which they are asked for.
    pub fn features_in_order(&self) -> Vec<&Feature> {
        let mut features: Vec<&Feature> = self.features.values().collect();
        features.sort_by_key(|feature| feature.place);
        features
    }
}

/// Loads the catalogue. Nothing only where the built-in scoring cannot be read or a problem was
/// noted that leaves no catalogue to speak of.
pub fn load(folders: &Folders, wanted: &Wanted, diagnostics: &Diagnostics) -> Option<Catalog> {
    let own_rules = all(&folders.rules, diagnostics);
    let (tables, own_checklists): (Vec<DataFile>, Vec<DataFile>) =
        all(&folders.checklists, diagnostics).into_iter().partition(DataFile::is_table);
    let is_wanted = |file: &TextFile| wanted.has(stem(file), &own_rules);
    let (base_checklists, base_rules) = match &folders.instead {
        Some(texts) => (texts.checklists.clone(), texts.rules.clone()),
        None => (embedded::checklists(), embedded::rules()),
    };
    let (checklists, left_out): (Vec<TextFile>, Vec<TextFile>) =
        base_checklists.into_iter().partition(is_wanted);
    let mut rules: Vec<DataFile> = base_rules.into_iter().map(DataFile::built_in).collect();
    rules.retain(|rule| !left_out.iter().any(|list| stem(list) == stem(&rule.file)));

    let mut parts = Parts::default();
    parts.all_definitions(&rules, &own_rules, diagnostics);
    for file in &checklists {
        parts.checklist(file, None, diagnostics);
    }
    let mut own = BTreeMap::new();
    for data in &own_checklists {
        parts.checklist(&data.file, Some(&mut own), diagnostics);
    }
    let mut own_ids = Vec::new();
    for data in &own_rules {
        parts.rules(data, diagnostics, Some(&mut own_ids));
    }
    for data in &rules {
        parts.built_in_rules(data, &own, &own_ids, diagnostics);
    }
    let left_out = left_out.iter().map(|file| stem(file).to_owned());
    let ids: BTreeSet<String> = parts.checklists.keys().cloned().chain(left_out).collect();
    for data in &rules {
        parts.crosswalk(data, &ids, &own, diagnostics);
    }
    for data in &own_rules {
        parts.crosswalk(data, &ids, &BTreeMap::new(), diagnostics);
    }
    // Decides nothing, so an audit does without.
    let built_in = if matches!(wanted, Wanted::All) { embedded::references() } else { Vec::new() };
    let tables = built_in.into_iter().chain(tables.into_iter().map(|table| table.file));
    let read = |file: TextFile| reference::read(&Reading::new(&file, diagnostics), &parts.checklists, &ids);
    let references = tables.filter_map(read).map(|table| (table.id.clone(), table)).collect();
    parts.catalog(references, ids)
}

/// A built-in file's name without folder and ending: the id of its checklist.
fn stem(file: &TextFile) -> &str {
    let name = file.name.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".yaml").unwrap_or(name)
}

fn all(folders: &[PathBuf], diagnostics: &Diagnostics) -> Vec<DataFile> {
    folders.iter().flat_map(|path| folder(path, diagnostics)).map(DataFile::own).collect()
}

/// The YAML files of a folder, by name.
fn folder(path: &Path, diagnostics: &Diagnostics) -> Vec<TextFile> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            let what = msg!("folder.unreadable", error = error.to_string());
            let wrong = Diagnostic::error(what, msg!("folder.unreadable.mend"));
            diagnostics.push(wrong.at(Origin::file(shown(path))));
            return Vec::new();
        }
    };
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_yaml).collect();
    paths.sort();
    if paths.is_empty() {
        let wrong = Diagnostic::error(msg!("folder.no_yaml"), msg!("folder.no_yaml.mend"));
        diagnostics.push(wrong.at(Origin::file(shown(path))));
    }
    let read = |path: &PathBuf| TextFile::read(path).map_err(|wrong| diagnostics.push(*wrong)).ok();
    paths.iter().filter_map(read).collect()
}
