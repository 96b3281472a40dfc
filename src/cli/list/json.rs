//! The lists in JSON.

use serde::Serialize;

use crate::load::catalog::Catalog;
use crate::model::checklist::{Checklist, Later};
use crate::model::fact::FactType;
use crate::model::profile::Requirement;
use crate::model::text::Text;
use crate::model::verdict::{Confidence, Level};
use crate::model::workspace::Kind;
use crate::report::sentence;
use crate::texts;
use crate::wire::facts::Words;

#[derive(Serialize)]
pub(super) struct ChecklistLine<'a> {
    checklist: &'a str,
    edition: &'a str,
    title: Words,
    mandatory: usize,
    recommended: usize,
    document: &'a str,
    publisher: &'a str,
    published: Option<String>,
    place: &'a str,
    digest: &'a str,
}

pub(super) fn checklists(catalog: &Catalog) -> Vec<ChecklistLine<'_>> {
    let lines = catalog.checklists.values().map(|checklist| ChecklistLine {
        checklist: &checklist.id,
        edition: &checklist.edition,
        title: words(&checklist.title),
        mandatory: checklist.count(Level::Mandatory),
        recommended: checklist.count(Level::Recommended),
        document: &checklist.source.document,
        publisher: &checklist.source.publisher,
        published: checklist.source.published.map(|date| date.to_string()),
        place: &checklist.source.place,
        digest: &checklist.digest,
    });
    lines.collect()
}

#[derive(Serialize)]
pub(super) struct ItemLine<'a> {
    item: &'a str,
    level: Level,
    actor: &'a str,
    theme: &'a str,
    place: &'a str,
    all: &'a [String],
    any: &'a [String],
    title: Words,
    ask: Words,
    points: Vec<Words>,
    remark: Option<Words>,
    why: Words,
    fix: Words,
    evidence: Vec<Words>,
    /// Characters and SHA-256 of the official wording.
    fingerprint: Option<(u32, &'a str)>,
}

pub(super) fn items(checklist: &Checklist) -> Vec<ItemLine<'_>> {
    let items = checklist.items.iter().map(|item| ItemLine {
        item: item.name.as_str(),
        level: item.level,
        actor: item.actor.word(),
        theme: &item.theme,
        place: &item.place,
        all: &item.when.all,
        any: &item.when.any,
        title: words(&item.title),
        ask: words(&item.ask),
        points: item.points.iter().map(words).collect(),
        remark: item.remark.as_ref().map(words),
        why: words(&item.why),
        fix: words(&item.fix),
        evidence: item.evidence.iter().map(words).collect(),
        fingerprint: item.fingerprint.as_ref().map(|one| (one.characters, one.sha256.as_str())),
    });
    items.collect()
}

#[derive(Serialize)]
pub(super) struct FeatureLine<'a> {
    feature: &'a str,
    #[serde(rename = "for")]
    suits: Vec<Kind>,
    title: Words,
    ask: Words,
}

pub(super) fn features(catalog: &Catalog) -> Vec<FeatureLine<'_>> {
    let lines = catalog.features_in_order().into_iter().map(|feature| FeatureLine {
        feature: &feature.key,
        suits: feature.suits.iter().copied().collect(),
        title: words(&feature.title),
        ask: words(&feature.ask),
    });
    lines.collect()
}

#[derive(Serialize)]
pub(super) struct FactLine<'a> {
    fact: &'a str,
    #[serde(rename = "type")]
    of: FactType,
    unit: Option<Words>,
    label: Words,
    probe: &'a str,
    values: &'a [String],
}

pub(super) fn facts(catalog: &Catalog) -> Vec<FactLine<'_>> {
    let facts = catalog.registry.0.values().map(|fact| FactLine {
        fact: &fact.key,
        of: fact.of,
        unit: fact.unit.as_ref().map(words),
        label: words(&fact.label),
        probe: &fact.probe,
        values: &fact.values,
    });
    facts.collect()
}

#[derive(Serialize)]
pub(super) struct EditionLine<'a> {
    checklist: &'a str,
    edition: &'a str,
    document: &'a str,
    published: Option<String>,
    /// What has changed since.
    later: Vec<LaterLine<'a>>,
    /// Items of which a later guideline says something else.
    items: Vec<(&'a str, Vec<LaterLine<'a>>)>,
    fingerprints: usize,
}

#[derive(Serialize)]
pub(super) struct LaterLine<'a> {
    document: &'a str,
    since: Option<String>,
    says: Words,
    confidence: Confidence,
}

pub(super) fn editions(catalog: &Catalog) -> Vec<EditionLine<'_>> {
    let lines = catalog.checklists.values().map(|checklist| EditionLine {
        checklist: &checklist.id,
        edition: &checklist.edition,
        document: &checklist.source.document,
        published: checklist.source.published.map(|date| date.to_string()),
        later: later(&checklist.source.later),
        items: checklist
            .items
            .iter()
            .filter(|item| !item.later.is_empty())
            .map(|item| (item.name.as_str(), later(&item.later)))
            .collect(),
        fingerprints: checklist.items.iter().filter(|item| item.fingerprint.is_some()).count(),
    });
    lines.collect()
}

fn later(list: &[Later]) -> Vec<LaterLine<'_>> {
    let lines = list.iter().map(|later| LaterLine {
        document: &later.document,
        since: later.since.map(|date| date.to_string()),
        says: words(&later.says),
        confidence: later.confidence,
    });
    lines.collect()
}

#[derive(Serialize)]
pub(super) struct ProfileLine<'a> {
    profile: &'a str,
    fact: &'a str,
    title: Words,
    document: &'a str,
    publisher: &'a str,
    edition: &'a str,
    published: Option<String>,
    successor: Option<&'a str>,
    requires: Vec<RequirementLine<'a>>,
}

#[derive(Serialize)]
pub(super) struct RequirementLine<'a> {
    fact: &'a str,
    expected: Words,
    confidence: Confidence,
    unless_absent: bool,
    else_unknown: bool,
}

pub(super) fn profiles(catalog: &Catalog) -> Vec<ProfileLine<'_>> {
    let lines = catalog.policy.profiles.values().map(|profile| ProfileLine {
        profile: &profile.key,
        fact: &profile.fact.key,
        title: words(&profile.title),
        document: &profile.document,
        publisher: &profile.publisher,
        edition: &profile.edition,
        published: profile.published.map(|date| date.to_string()),
        successor: profile.successor.as_deref(),
        requires: profile.requires.iter().map(requirement).collect(),
    });
    lines.collect()
}

fn requirement(requirement: &Requirement) -> RequirementLine<'_> {
    RequirementLine {
        fact: &requirement.criterion.fact.key,
        expected: words(&texts::both(&sentence::expected(&requirement.criterion))),
        confidence: requirement.confidence,
        unless_absent: requirement.unless_absent,
        else_unknown: requirement.else_unknown,
    }
}

fn words(text: &Text) -> Words {
    Words { ja: text.ja.clone(), en: text.en.clone() }
}
