//! Holds two assessments against each other. Looks at what they say and decides nothing anew: an item
//! is better or worse by its verdict, then by a contradiction, then by how well a pass is known.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Reading, checklist_id};
use crate::model::text::Lang;
use crate::wire::assessment::{Assessment, Assurance, Conclusion, Item, Verdict};
use crate::wire::diff::{
    Change, ChecklistChange, Diff, EvidenceChange, FactChange, Head, Renamed, SCHEMA, Single,
};
use crate::wire::facts::Words;

pub fn compare(older: &Assessment, newer: &Assessment) -> Diff {
    let mut diff = Diff {
        schema: SCHEMA.to_owned(),
        older: head(older),
        newer: head(newer),
        is_worse: standing(newer.conclusion) < standing(older.conclusion),
        checklists: checklists(older, newer),
        worse: Vec::new(),
        better: Vec::new(),
        other: Vec::new(),
        new: Vec::new(),
        gone: Vec::new(),
        renamed: Vec::new(),
        evidence: evidence(older, newer),
        facts: facts(older, newer),
    };
    items(&mut diff, older, newer);
    diff.is_worse |= !diff.worse.is_empty();
    diff
}

/// Whether nothing differs that anybody would be told.
pub fn is_same(diff: &Diff) -> bool {
    let items = [&diff.worse, &diff.better, &diff.other].iter().all(|list| list.is_empty());
    let singles = diff.new.is_empty() && diff.gone.is_empty() && diff.renamed.is_empty();
    let rest = diff.evidence.is_empty() && diff.facts.is_empty() && diff.checklists.is_empty();
    items && singles && rest && diff.older.conclusion == diff.newer.conclusion
}

fn head(assessment: &Assessment) -> Head {
    Head {
        at: assessment.at.clone(),
        date: assessment.date.clone(),
        subject: assessment.subject.name.clone(),
        conclusion: assessment.conclusion,
        conclusion_title: assessment.conclusion_title.clone(),
        mandatory: assessment.scores.mandatory.conformity.ratio,
    }
}

/// Nothing assessed is no better than not conforming.
fn standing(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::NotAssessed | Conclusion::DoesNotConform => 0,
        Conclusion::Conditional => 1,
        Conclusion::Conforms => 2,
    }
}

fn checklists(older: &Assessment, newer: &Assessment) -> Vec<ChecklistChange> {
    let ids: BTreeSet<&str> =
        older.checklists.iter().chain(&newer.checklists).map(|one| one.id.as_str()).collect();
    let find = |side: &Assessment, id: &str| {
        let found = side.checklists.iter().find(|one| one.id == id);
        found.map(|one| (one.edition.clone(), one.digest.clone()))
    };
    let both = ids.into_iter().map(|id| (id, find(older, id), find(newer, id)));
    both.filter(|(_, from, to)| from != to)
        .map(|(id, from, to)| ChecklistChange {
            checklist: id.to_owned(),
            from: from.map(|(edition, _)| edition),
            to: to.map(|(edition, _)| edition),
        })
        .collect()
}

fn items(diff: &mut Diff, older: &Assessment, newer: &Assessment) {
    let before: BTreeMap<&str, &Item> = older.items.iter().map(|item| (item.item.as_str(), item)).collect();
    let after: BTreeSet<&str> = newer.items.iter().map(|item| item.item.as_str()).collect();
    let gone: Vec<&Item> = older.items.iter().filter(|item| !after.contains(item.item.as_str())).collect();
    let mut followed: BTreeSet<&str> = BTreeSet::new();
    for item in &newer.items {
        let old = before.get(item.item.as_str()).copied();
        let old = old.or_else(|| {
            let old = under_another_name(item, newer, &gone)?;
            followed.insert(&old.item);
            diff.renamed.push(Renamed {
                from: old.item.clone(),
                to: item.item.clone(),
                title: item.title.clone(),
            });
            Some(old)
        });
        match old {
            None => diff.new.push(single(item)),
            Some(old) => sort_in(diff, old, item),
        }
    }
    let is_left = |item: &&&Item| !followed.contains(item.item.as_str());
    diff.gone = gone.iter().filter(is_left).map(|item| single(item)).collect();
}

/// The one item of the same checklist that is gone and asked the very same, where only one asks it now.
fn under_another_name<'a>(item: &Item, newer: &Assessment, gone: &[&'a Item]) -> Option<&'a Item> {
    let list = |item: &Item| checklist_id(&item.item).to_owned();
    let is_it = |other: &Item| other.ask == item.ask && list(other) == list(item);
    let mut before = gone.iter().filter(|other| is_it(other));
    let only = before.next().filter(|_| before.next().is_none())?;
    (newer.items.iter().filter(|other| is_it(other)).count() == 1).then_some(*only)
}

fn sort_in(diff: &mut Diff, old: &Item, new: &Item) {
    let change = || Change {
        item: new.item.clone(),
        level: new.level,
        title: new.title.clone(),
        from: old.verdict,
        to: new.verdict,
        from_assurance: old.assurance,
        to_assurance: new.assurance,
        contradicted: new.is_contradicted() && !old.is_contradicted(),
    };
    match (rank(old), rank(new)) {
        (Some(before), Some(after)) if before < after => diff.better.push(change()),
        (Some(before), Some(after)) if before > after => diff.worse.push(change()),
        (Some(_), Some(_)) | (None, None) => {}
        _ => diff.other.push(change()),
    }
}

/// Nothing for an item that does not apply: that is neither good nor bad.
fn rank(item: &Item) -> Option<(u8, bool, Assurance)> {
    let verdict = match item.verdict {
        Verdict::NotApplicable => return None,
        Verdict::Fail => 0,
        Verdict::Open => 1,
        Verdict::Partial => 2,
        Verdict::Pass => 3,
    };
    // How well a shortfall is known makes it neither better nor worse.
    let assurance = if item.verdict == Verdict::Pass { item.assurance } else { Assurance::None };
    Some((verdict, !item.is_contradicted(), assurance))
}

fn single(item: &Item) -> Single {
    Single { item: item.item.clone(), level: item.level, title: item.title.clone(), verdict: item.verdict }
}

fn evidence(older: &Assessment, newer: &Assessment) -> Vec<EvidenceChange> {
    let mut files: BTreeMap<&str, EvidenceChange> = BTreeMap::new();
    for (side, is_new) in [(older, false), (newer, true)] {
        for (item, one) in side.items.iter().flat_map(|item| item.evidence.iter().map(move |one| (item, one)))
        {
            let Some(file) = one.file.as_deref() else { continue };
            let entry = files.entry(file).or_insert_with(|| EvidenceChange {
                file: file.to_owned(),
                from: None,
                to: None,
                items: Vec::new(),
            });
            let slot = if is_new { &mut entry.to } else { &mut entry.from };
            slot.clone_from(&one.sha256);
            if !entry.items.contains(&item.item) {
                entry.items.push(item.item.clone());
            }
        }
    }
    files.into_values().filter(|change| change.from != change.to).collect()
}

fn facts(older: &Assessment, newer: &Assessment) -> Vec<FactChange> {
    let mut seen: BTreeMap<(&str, &str), FactChange> = BTreeMap::new();
    for (side, is_new) in [(older, false), (newer, true)] {
        let readings = [Lang::Ja, Lang::En].map(|lang| Reading { assessment: side, lang });
        let in_both = |say: &dyn Fn(&Reading) -> String| {
            let [ja, en] = readings.each_ref().map(say);
            Words { ja, en }
        };
        for fact in &side.facts {
            let entry = seen.entry((&fact.key, &fact.target)).or_insert_with(|| FactChange {
                fact: fact.key.clone(),
                title: in_both(&|reading| reading.fact_title(&fact.key).to_owned()),
                target: fact.target.clone(),
                from: None,
                to: None,
            });
            let slot = if is_new { &mut entry.to } else { &mut entry.from };
            *slot = Some(in_both(&|reading| reading.fact_value(fact)));
        }
    }
    seen.into_values().filter(|change| change.from != change.to).collect()
}
