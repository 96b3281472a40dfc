//! A workspace as a questionnaire: what is asked of it, with what has been answered so far, in the
//! order of the checklists.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::Loaded;
use super::catalog::Catalog;
use crate::model::answer::Answer;
use crate::model::checklist::{Checklist, Item};
use crate::model::name::ItemName;
use crate::model::questionnaire::{Entry, Lent, Questionnaire, Section};

/// Nothing that has been answered is left out: what is not asked any more comes last.
pub fn of(
    loaded: Loaded,
    catalog: &Catalog,
    official: BTreeMap<ItemName, String>,
    today: Date,
) -> Questionnaire {
    let Loaded { profile, answers, extras, .. } = loaded;
    let entry = |item: &Arc<Item>| Entry {
        item: Arc::clone(item),
        answer: answers.answers.get(&item.name).or_else(|| answers.aside.answers.get(&item.name)).cloned(),
        carried: lent(&item.name, &answers.answers, catalog),
        review: answers.reviews.get(&item.name).or_else(|| answers.aside.reviews.get(&item.name)).cloned(),
    };
    let applies = |item: &Item| item.when.missing(&profile.features).is_empty();
    let is_chosen = |checklist: &Checklist| profile.checklists.iter().any(|one| one.id == checklist.id);
    let said = |entry: &Entry| {
        let answered = entry.answer.as_ref().is_some_and(|answer| !answer.is_empty());
        let noted = extras.columns.iter().any(|column| column.values.contains_key(&entry.item.name));
        answered || entry.review.is_some() || noted
    };
    let asked = |checklist: &Arc<Checklist>| Section {
        checklist: Arc::clone(checklist),
        entries: checklist.items.iter().filter(|item| applies(item)).map(entry).collect(),
    };
    let retired = |checklist: &Arc<Checklist>| {
        let items = checklist.items.iter().filter(|item| !is_chosen(checklist) || !applies(item));
        Section { checklist: Arc::clone(checklist), entries: items.map(entry).filter(said).collect() }
    };
    let has_entries = |section: &Section| !section.entries.is_empty();
    Questionnaire {
        sections: profile.checklists.iter().map(asked).filter(has_entries).collect(),
        retired: catalog.checklists.values().map(retired).filter(has_entries).collect(),
        subject: profile.subject.clone(),
        today,
        extras,
        official,
    }
}

fn lent(name: &ItemName, answers: &BTreeMap<ItemName, Arc<Answer>>, catalog: &Catalog) -> Option<Lent> {
    let carried = catalog.policy.crosswalk.carried(name, answers)?;
    Some(Lent { from: carried.from.clone(), status: carried.answer.status? })
}
