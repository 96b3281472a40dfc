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
    let mut built_in = embedded::rules();
    let own_rules = all(&folders.rules, diagnostics);
    let own_checklists = all(&folders.checklists, diagnostics);
    let mut parts = Parts::default();
    let is_wanted = |file: &TextFile| wanted.has(stem(file), &own_rules);
    let (lists, left_out): (Vec<TextFile>, Vec<TextFile>) =
        embedded::checklists().into_iter().partition(is_wanted);
    built_in.retain(|file| !left_out.iter().any(|list| stem(list) == stem(file)));
    for file in &built_in {
        parts.definitions(file, diagnostics);
    }
    let built_in_scoring = parts.scoring_file.take();
    for file in &own_rules {
        parts.definitions(file, diagnostics);
    }
    // The scoring that was replaced decided nothing.
    let replaced = built_in_scoring.filter(|_| parts.scoring_file.is_some());
    parts.sources.retain(|source| Some(source.file.as_str()) != replaced.as_deref());
    for file in built_in.iter().chain(&own_rules) {
        parts.profiles(file, diagnostics);
    }
    for file in &lists {
        parts.checklist(file, None, diagnostics);
    }
    let mut own = BTreeMap::new();
    let is_table = |file: &&TextFile| FileKind::of(&file.text) == Some(FileKind::Reference);
    for file in own_checklists.iter().filter(|file| !is_table(file)) {
        parts.checklist(file, Some(&mut own), diagnostics);
    }
    let mut own_ids = Vec::new();
    for file in &own_rules {
        parts.rules(file, diagnostics, Some(&mut own_ids));
    }
    for file in &built_in {
        parts.built_in_rules(file, &own, &own_ids, diagnostics);
    }
    let left_out = left_out.iter().map(|file| stem(file).to_owned());
    let ids: BTreeSet<String> = parts.checklists.keys().cloned().chain(left_out).collect();
    for file in &built_in {
        parts.crosswalk(file, &ids, &own, diagnostics);
    }
    for file in &own_rules {
        parts.crosswalk(file, &ids, &BTreeMap::new(), diagnostics);
    }
    let mut references = BTreeMap::new();
    let all = matches!(wanted, Wanted::All);
    let tables = all.then(embedded::references).unwrap_or_default();
    for file in tables.iter().chain(own_checklists.iter().filter(is_table)) {
        let read = reference::read(&Reading::new(file, diagnostics), &parts.checklists, &ids);
        references.extend(read.map(|read| (read.id.clone(), read)));
    }
    let Parts {
        features, registry, figures, checklists, scoring, rules, crosswalk, profiles, sources, ..
    } = parts;
    let titles = features.values().map(|feature| (feature.key.clone(), feature.title.clone())).collect();
    let policy = Policy { rules, scoring: scoring?, features: titles, crosswalk, profiles, sources };
    Some(Catalog { features, registry, figures, checklists, references, ids, policy })
}

/// A built-in file's name without folder and ending: the id of its checklist.
fn stem(file: &TextFile) -> &str {
    let name = file.name.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".yaml").unwrap_or(name)
}

fn all(folders: &[PathBuf], diagnostics: &Diagnostics) -> Vec<TextFile> {
    folders.iter().flat_map(|path| folder(path, diagnostics)).collect()
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
