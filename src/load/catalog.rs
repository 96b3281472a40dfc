//! Everything the guidelines say, from the binary and from folders of the user's own: features,
//! facts, scoring, checklists, rules. A folder adds to what is built in, or replaces it by id.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{TextFile, shown};
use super::yaml::{Reading, top_level_keys};
use super::{checklist, embedded, features, registry, rules, scoring};
use crate::model::checklist::Checklist;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::Registry;
use crate::model::feature::Feature;
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::model::policy::{Policy, PolicySource, Rule};
use crate::model::scoring::Scoring;
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
    pub checklists: BTreeMap<String, Arc<Checklist>>,
    /// The ids of all checklists, those included that were not wanted.
    pub ids: BTreeSet<String>,
    pub policy: Policy,
}

/// Which built-in checklists are needed. Reading them is most of what an audit waits for, so those
/// that a workspace neither chooses nor speaks of are left out.
#[derive(Debug, Clone)]
pub enum Wanted {
    All,
    Some {
        chosen: Vec<String>,
        /// A checklist whose id stands in here is needed to say what is wrong with an answer.
        answers: String,
    },
}

impl Wanted {
    /// What a workspace needs: all of them where it leaves the choice to its kind, where its answers
    /// could spell a name in a roundabout way, and where it cannot be read, so that what is wrong
    /// with it is found as always.
    pub fn by(workspace: &Path) -> Wanted {
        let read = |name: &str| TextFile::read(&workspace.join(name)).ok();
        // What a workbook speaks of is not known before it is read.
        let is_workbook = |path: &PathBuf| super::Form::of(path) == Some(super::Form::Workbook);
        if super::answer_files(workspace).iter().any(is_workbook) {
            return Wanted::All;
        }
        let answers = read(super::ANSWERS).map(|file| file.text).unwrap_or_default();
        match read(super::PROFILE).and_then(|profile| super::workspace::chosen(&profile)) {
            Some(chosen) if !answers.contains('\\') => Wanted::Some { chosen, answers },
            _ => Wanted::All,
        }
    }

    fn has(&self, id: &str, own_rules: &[TextFile]) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Some { chosen, answers } => {
                let is_chosen = chosen.iter().any(|one| one == id);
                is_chosen || answers.contains(id) || own_rules.iter().any(|file| file.text.contains(id))
            }
        }
    }
}

/// What a data file holds, told by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Checklist,
    Rules,
    Features,
    Facts,
    /// Facts that were measured, in JSON.
    Measured,
    Scoring,
    Workspace,
    Answers,
}

impl FileKind {
    pub fn of(text: &str) -> Option<FileKind> {
        let keys = top_level_keys(text)?;
        let has = |key: &str| keys.iter().any(|one| one == key);
        Some(match () {
            () if has("subject") => FileKind::Workspace,
            () if has("answers") || has("reviews") => FileKind::Answers,
            () if has("rules") => FileKind::Rules,
            () if has("items") => FileKind::Checklist,
            () if has("scoring") => FileKind::Scoring,
            () if has("facts") && has("schema") => FileKind::Measured,
            () if has("facts") => FileKind::Facts,
            () if has("features") => FileKind::Features,
            () => return None,
        })
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
    for file in &lists {
        parts.checklist(file, None, diagnostics);
    }
    let mut own = BTreeMap::new();
    for file in &own_checklists {
        parts.checklist(file, Some(&mut own), diagnostics);
    }
    let mut own_ids = Vec::new();
    for file in &own_rules {
        parts.rules(file, diagnostics, Some(&mut own_ids));
    }
    for file in &built_in {
        parts.built_in_rules(file, &own, &own_ids, diagnostics);
    }
    let Parts { features, registry, checklists, scoring, rules, sources, .. } = parts;
    let titles = features.values().map(|feature| (feature.key.clone(), feature.title.clone())).collect();
    let policy = Policy { rules, scoring: scoring?, features: titles, sources };
    let ids = checklists.keys().cloned().chain(left_out.iter().map(|file| stem(file).to_owned())).collect();
    Some(Catalog { features, registry, checklists, ids, policy })
}

/// A built-in file's name without folder and ending: the id of its checklist.
fn stem(file: &TextFile) -> &str {
    let name = file.name.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".yaml").unwrap_or(name)
}

#[derive(Default)]
struct Parts {
    features: BTreeMap<String, Feature>,
    registry: Registry,
    checklists: BTreeMap<String, Arc<Checklist>>,
    scoring: Option<Scoring>,
    scoring_file: Option<Arc<str>>,
    rules: HashMap<ItemName, Arc<Rule>>,
    sources: Vec<PolicySource>,
}

impl Parts {
    /// Features, facts and scoring: what checklists and rules are held against.
    fn definitions(&mut self, file: &TextFile, diagnostics: &Diagnostics) {
        let reading = Reading::new(file, diagnostics);
        let read = match FileKind::of(&file.text) {
            Some(FileKind::Features) => features::read(&reading, &mut self.features),
            Some(FileKind::Facts) => registry::read(&reading, &mut self.registry),
            Some(FileKind::Scoring) => self.scoring(&reading, file, diagnostics),
            Some(FileKind::Rules) => return,
            Some(_) => return misplaced(file, diagnostics),
            None => {
                // Not YAML, or of no kind we know: reading it as rules says which and where.
                let _: Option<rules::RawRules> = reading.document();
                return;
            }
        };
        if read.is_some() {
            self.sources.push(PolicySource::new(&file.name, file.digest(), None));
        }
    }

    fn scoring(&mut self, reading: &Reading, file: &TextFile, diagnostics: &Diagnostics) -> Option<()> {
        self.scoring = Some(scoring::read(reading)?);
        if let Some(first) = self.scoring_file.replace(Arc::clone(&file.name)) {
            let twice = Diagnostic::error(msg!("scoring.twice"), msg!("scoring.twice.mend"));
            diagnostics.push(twice.at(Origin::file(Arc::clone(&file.name))).and(Origin::file(first)));
        }
        Some(())
    }

    fn checklist(
        &mut self,
        file: &TextFile,
        own: Option<&mut BTreeMap<String, Arc<str>>>,
        diagnostics: &Diagnostics,
    ) {
        let reading = Reading::new(file, diagnostics);
        let Some(read) = checklist::read(&reading, &self.features, file.digest()) else { return };
        if let Some(own) = own
            && let Some(first) = own.insert(read.id.clone(), Arc::clone(&file.name))
        {
            let what = msg!("checklist.id_twice", checklist = &read.id);
            let twice = Diagnostic::error(what, msg!("checklist.id_twice.mend"));
            diagnostics.push(twice.at(Origin::file(Arc::clone(&file.name))).and(Origin::file(first)));
        }
        self.checklists.insert(read.id.clone(), Arc::new(read));
    }

    fn rules(&mut self, file: &TextFile, diagnostics: &Diagnostics, own: Option<&mut Vec<String>>) {
        if FileKind::of(&file.text) != Some(FileKind::Rules) {
            return;
        }
        let reading = Reading::new(file, diagnostics);
        let Some(read) = rules::read(&reading, &self.registry, &self.checklists) else { return };
        if let Some(own) = own {
            if own.contains(&read.checklist) {
                let what = msg!("rules.id_twice", checklist = &read.checklist);
                let twice = Diagnostic::error(what, msg!("rules.id_twice.mend"));
                diagnostics.push(twice.at(Origin::file(Arc::clone(&file.name))));
            }
            own.push(read.checklist.clone());
        }
        self.sources.push(PolicySource::new(&file.name, file.digest(), Some(read.checklist)));
        self.rules.extend(read.rules);
    }

    /// Built-in rules serve a checklist unless the user brings rules for it. For a checklist that
    /// the user replaced they serve as far as they fit, and a warning says so.
    fn built_in_rules(
        &mut self,
        file: &TextFile,
        replaced: &BTreeMap<String, Arc<str>>,
        own_rules: &[String],
        diagnostics: &Diagnostics,
    ) {
        let id = stem(file);
        if own_rules.iter().any(|own| own == id) {
            let what = msg!("rules.replaced", checklist = id);
            diagnostics.push(Diagnostic::warning(what, msg!("rules.replaced.mend")));
            return;
        }
        let Some(by) = replaced.get(id) else { return self.rules(file, diagnostics, None) };
        let aside = Diagnostics::default();
        self.rules(file, &aside, None);
        if aside.errors() > 0 {
            let what = msg!("rules.do_not_fit", checklist = id, count = aside.errors());
            let warning = Diagnostic::warning(what, msg!("rules.do_not_fit.mend"));
            diagnostics.push(warning.at(Origin::file(Arc::clone(by))));
        }
    }
}

fn misplaced(file: &TextFile, diagnostics: &Diagnostics) {
    let wrong = Diagnostic::error(msg!("rules.misplaced"), msg!("rules.misplaced.mend"));
    diagnostics.push(wrong.at(Origin::file(Arc::clone(&file.name))));
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
