//! The catalogue while it is being put together, file by file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::kind::FileKind;
use super::stem;
use crate::load::crosswalk::{self, Known};
use crate::load::file::TextFile;
use crate::load::yaml::Reading;
use crate::load::{checklist, features, figures, profiles, registry, rules, scoring};
use crate::model::checklist::Checklist;
use crate::model::crosswalk::Crosswalk;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::Registry;
use crate::model::feature::Feature;
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::model::policy::{PolicySource, Rule};
use crate::model::profile::Profile;
use crate::model::scoring::Scoring;
use crate::model::text::Text;
use crate::msg;

#[derive(Default)]
pub(super) struct Parts {
    pub(super) features: BTreeMap<String, Feature>,
    pub(super) registry: Registry,
    pub(super) figures: BTreeMap<String, Text>,
    pub(super) checklists: BTreeMap<String, Arc<Checklist>>,
    pub(super) scoring: Option<Scoring>,
    pub(super) scoring_file: Option<Arc<str>>,
    pub(super) rules: HashMap<ItemName, Arc<Rule>>,
    pub(super) crosswalk: Crosswalk,
    pub(super) profiles: BTreeMap<String, Arc<Profile>>,
    pub(super) sources: Vec<PolicySource>,
}

impl Parts {
    /// Features, facts and scoring: what checklists and rules are held against.
    pub(super) fn definitions(&mut self, file: &TextFile, diagnostics: &Diagnostics) {
        let reading = Reading::new(file, diagnostics);
        let read = match FileKind::of(&file.text) {
            Some(FileKind::Features) => features::read(&reading, &mut self.features),
            Some(FileKind::Facts) => registry::read(&reading, &mut self.registry),
            Some(FileKind::Figures) => figures::read(&reading, &mut self.figures),
            Some(FileKind::Scoring) => self.scoring(&reading, file, diagnostics),
            Some(FileKind::Rules | FileKind::Crosswalk | FileKind::Profiles) => return,
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

    /// Profiles, which are held against the facts of every file.
    pub(super) fn profiles(&mut self, file: &TextFile, diagnostics: &Diagnostics) {
        if FileKind::of(&file.text) == Some(FileKind::Profiles) {
            let reading = Reading::new(file, diagnostics);
            if profiles::read(&reading, &self.registry, &mut self.profiles).is_some() {
                self.sources.push(PolicySource::new(&file.name, file.digest(), None));
            }
        }
    }

    /// The crosswalk, which is held against every checklist. The built-in one serves checklists that
    /// the user replaced as far as it fits.
    pub(super) fn crosswalk(
        &mut self,
        file: &TextFile,
        ids: &BTreeSet<String>,
        replaced: &BTreeMap<String, Arc<str>>,
        diagnostics: &Diagnostics,
    ) {
        if FileKind::of(&file.text) != Some(FileKind::Crosswalk) {
            return;
        }
        let aside = Diagnostics::default();
        let into = if replaced.is_empty() { diagnostics } else { &aside };
        let known = Known { checklists: &self.checklists, ids };
        if crosswalk::read(&Reading::new(file, into), known, &mut self.crosswalk).is_some() {
            self.sources.push(PolicySource::new(&file.name, file.digest(), None));
        }
        if aside.errors() > 0 {
            let what = msg!("crosswalk.does_not_fit", count = aside.errors());
            let warning = Diagnostic::warning(what, msg!("crosswalk.does_not_fit.mend"));
            diagnostics.push(warning.at(Origin::file(Arc::clone(&file.name))));
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

    pub(super) fn checklist(
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

    pub(super) fn rules(
        &mut self,
        file: &TextFile,
        diagnostics: &Diagnostics,
        own: Option<&mut Vec<String>>,
    ) {
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
    pub(super) fn built_in_rules(
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
