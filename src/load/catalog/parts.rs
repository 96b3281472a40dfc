//! The catalogue while it is being put together, file by file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::kind::{DataFile, FileKind};
use super::{Catalog, stem};
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
use crate::model::policy::{Policy, PolicySource, Rule};
use crate::model::profile::Profile;
use crate::model::reference::Reference;
use crate::model::scoring::Scoring;
use crate::model::text::Text;
use crate::msg;

#[derive(Default)]
pub(super) struct Parts {
    features: BTreeMap<String, Feature>,
    registry: Registry,
    figures: BTreeMap<String, Text>,
    pub(super) checklists: BTreeMap<String, Arc<Checklist>>,
    scoring: Option<Scoring>,
    scoring_file: Option<Arc<str>>,
    rules: HashMap<ItemName, Arc<Rule>>,
    crosswalk: Crosswalk,
    profiles: BTreeMap<String, Arc<Profile>>,
    sources: Vec<PolicySource>,
}

impl Parts {
    /// Everything that checklists and rules are held against: what is built in, then what is added.
    pub(super) fn all_definitions(
        &mut self,
        built_in: &[DataFile],
        own: &[DataFile],
        diagnostics: &Diagnostics,
    ) {
        for data in built_in {
            self.definitions(data, diagnostics);
        }
        let built_in_scoring = self.scoring_file.take();
        for data in own {
            self.definitions(data, diagnostics);
        }
        // The scoring that was replaced decided nothing.
        let replaced = built_in_scoring.filter(|_| self.scoring_file.is_some());
        self.sources.retain(|source| Some(source.file.as_str()) != replaced.as_deref());
        for data in built_in.iter().chain(own) {
            self.profiles(data, diagnostics);
        }
    }

    /// The whole, once everything has been read.
    pub(super) fn catalog(
        self,
        references: BTreeMap<String, Reference>,
        ids: BTreeSet<String>,
    ) -> Option<Catalog> {
        let Parts {
            features,
            registry,
            figures,
            checklists,
            scoring,
            rules,
            crosswalk,
            profiles,
            sources,
            scoring_file: _,
        } = self;
        let title = |feature: &Feature| (feature.key.clone(), feature.title.clone());
        let titles = features.values().map(title).collect();
        let policy = Policy { rules, scoring: scoring?, features: titles, crosswalk, profiles, sources };
        Some(Catalog { features, registry, figures, checklists, references, ids, policy })
    }

    /// Features, facts and scoring: what checklists and rules are held against.
    fn definitions(&mut self, data: &DataFile, diagnostics: &Diagnostics) {
        let file = &data.file;
        let reading = Reading::new(file, diagnostics);
        let read = match data.kind {
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
    fn profiles(&mut self, data: &DataFile, diagnostics: &Diagnostics) {
        let file = &data.file;
        if data.kind == Some(FileKind::Profiles) {
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
        data: &DataFile,
        ids: &BTreeSet<String>,
        replaced: &BTreeMap<String, Arc<str>>,
        diagnostics: &Diagnostics,
    ) {
        let file = &data.file;
        if data.kind != Some(FileKind::Crosswalk) {
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
        data: &DataFile,
        diagnostics: &Diagnostics,
        own: Option<&mut Vec<String>>,
    ) {
        let file = &data.file;
        if data.kind != Some(FileKind::Rules) {
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
        data: &DataFile,
        replaced: &BTreeMap<String, Arc<str>>,
        own_rules: &[String],
        diagnostics: &Diagnostics,
    ) {
        let id = stem(&data.file);
        if own_rules.iter().any(|own| own == id) {
            let what = msg!("rules.replaced", checklist = id);
            diagnostics.push(Diagnostic::warning(what, msg!("rules.replaced.mend")));
            return;
        }
        let Some(by) = replaced.get(id) else { return self.rules(data, diagnostics, None) };
        let aside = Diagnostics::default();
        self.rules(data, &aside, None);
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
