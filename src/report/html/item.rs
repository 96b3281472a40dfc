//! One item as the page shows it.

use serde::Serialize;

use crate::report::reading::{Reading, mark};
use crate::wire::assessment::{Conflict, Criterion, Evidence, Item, Later, Link, Power, State, Waiver};

#[derive(Debug, Serialize)]
pub struct ItemView<'a> {
    pub name: &'a str,
    pub level: &'static str,
    pub level_label: &'static str,
    pub verdict: &'static str,
    pub verdict_label: &'static str,
    pub mark: &'static str,
    pub assurance: &'static str,
    pub assurance_label: &'static str,
    pub actor: &'static str,
    pub actor_label: &'static str,
    pub with: Vec<&'static str>,
    pub theme: &'a str,
    pub conflict: Option<&'static str>,
    pub title: &'a str,
    pub ask: &'a str,
    pub points: Vec<&'a str>,
    pub remark: Option<&'a str>,
    pub why: &'a str,
    pub fix: &'a str,
    pub proofs: Vec<&'a str>,
    pub place: &'a str,
    pub later: Vec<LaterView<'a>>,
    pub official: Option<String>,
    pub also: Vec<String>,
    pub departs: bool,
    pub carried_from: Option<&'a str>,
    pub links: Vec<LinkView<'a>>,
    pub status: Option<&'static str>,
    pub measure: Option<&'a str>,
    pub by: Option<&'a str>,
    pub on: Option<&'a str>,
    pub improvement: Option<&'a str>,
    pub due: Option<&'a str>,
    pub overdue: bool,
    pub criteria: Vec<CriterionView<'a>>,
    /// How many of them nothing was seen for.
    pub unseen: usize,
    pub reasons: Vec<&'a str>,
    pub evidence: Vec<EvidenceView<'a>>,
    pub review: Option<ReviewView<'a>>,
    /// The vendor's verdict, where it decides.
    pub inherited: Option<&'static str>,
    pub vendor: Option<&'a str>,
    pub waiver: Option<&'a Waiver>,
}

#[derive(Debug, Serialize)]
pub struct CriterionView<'a> {
    pub fact: &'a str,
    pub expected: &'a str,
    pub actual: &'a str,
    pub state: &'static str,
    pub state_label: &'static str,
    pub mark: &'static str,
    pub power: &'static str,
    pub target: Option<&'a str>,
    pub time: Option<&'a str>,
    pub method: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct EvidenceView<'a> {
    pub text: String,
    pub sha256: Option<&'a str>,
    pub problem: bool,
}

#[derive(Debug, Serialize)]
pub struct ReviewView<'a> {
    pub verdict: &'static str,
    pub replaced: &'static str,
    pub changed: bool,
    pub by: &'a str,
    pub on: &'a str,
    pub note: Option<&'a str>,
    /// The documents that the evaluator has seen.
    pub seen: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct LaterView<'a> {
    pub document: &'a str,
    pub since: Option<&'a str>,
    pub says: &'a str,
    pub confidence: &'static str,
}

#[derive(Debug, Serialize)]
pub struct LinkView<'a> {
    pub item: &'a str,
    /// Whether the other item is on the page too.
    pub is_here: bool,
    pub relation: &'static str,
    pub note: &'a str,
}

pub fn view<'a>(item: &'a Item, reading: &Reading<'a>) -> ItemView<'a> {
    let lang = reading.lang;
    let declared = item.declared.as_ref();
    ItemView {
        name: &item.item,
        level: item.level.word(),
        level_label: reading.word(item.level.label()),
        verdict: item.verdict.word(),
        verdict_label: reading.word(item.verdict.label()),
        mark: mark(item.verdict),
        assurance: item.assurance.word(),
        assurance_label: reading.word(item.assurance.label()),
        actor: item.actor.word(),
        actor_label: reading.word(item.actor.label()),
        with: item.with.iter().map(|actor| reading.word(actor.label())).collect(),
        theme: &item.theme,
        conflict: item.is_contradicted().then(|| reading.word(conflict(item.conflict))),
        title: item.title.to(lang),
        ask: item.ask.to(lang),
        points: item.points.iter().map(|point| point.to(lang)).collect(),
        remark: item.remark.as_ref().map(|remark| remark.to(lang)),
        why: item.why.to(lang),
        fix: item.fix.to(lang),
        proofs: item.proofs.iter().map(|proof| proof.to(lang)).collect(),
        place: &item.place,
        later: item.later.iter().map(|later| later_view(later, reading)).collect(),
        official: reading.official(item),
        also: reading.also(item),
        departs: item.also.iter().any(|also| also.departs),
        carried_from: item.carried_from.as_deref(),
        links: item.links.iter().map(|link| link_view(link, reading)).collect(),
        status: declared.and_then(|one| one.status).map(|status| reading.word(status.label())),
        measure: declared.and_then(|one| one.measure.as_deref()),
        by: declared.and_then(|one| one.by.as_deref()),
        on: declared.and_then(|one| one.on.as_deref()),
        improvement: item.improvement.as_deref(),
        due: item.due.as_deref(),
        overdue: item.overdue,
        unseen: item.criteria.iter().filter(|one| one.state == State::Undecided).count(),
        criteria: item.criteria.iter().map(|one| criterion(one, reading)).collect(),
        inherited: item
            .inherited
            .as_ref()
            .filter(|one| one.decides)
            .map(|one| reading.word(one.verdict.label())),
        vendor: reading.assessment.vendor.as_ref().map(|vendor| vendor.name.as_str()),
        waiver: item.waiver.as_ref(),
        reasons: item.reasons.iter().map(|reason| reason.to(lang)).collect(),
        evidence: item.evidence.iter().map(|one| evidence(one, reading)).collect(),
        review: item.review.as_ref().map(|review| ReviewView {
            verdict: reading.word(review.verdict.label()),
            replaced: reading.word(review.replaced.label()),
            changed: review.verdict != review.replaced,
            by: &review.by,
            on: &review.on,
            note: review.note.as_deref(),
            seen: review.seen.iter().map(|one| reading.document(one)).collect(),
        }),
    }
}

fn conflict(conflict: Option<Conflict>) -> &'static str {
    conflict.map_or("conflict.refuted", Conflict::label)
}

fn criterion<'a>(one: &'a Criterion, reading: &Reading<'a>) -> CriterionView<'a> {
    let seen = reading.observed(one);
    // What never decides must not look as if it had.
    let (state, mark) = match (one.state, one.power) {
        (State::Undecided, _) => ("undecided", "?"),
        (_, Power::Hints) | (State::Broken, Power::Confirms) => ("shown", "・"),
        (State::Held, _) => ("held", "○"),
        (State::Broken, _) => ("broken", "×"),
    };
    CriterionView {
        fact: reading.fact_title(&one.fact),
        expected: one.expected.to(reading.lang),
        actual: one.actual.to(reading.lang),
        state,
        state_label: reading.word(one.state.label()),
        mark,
        power: reading.word(one.power.label()),
        target: seen.map(|fact| fact.target.as_str()),
        time: seen.map(|fact| fact.time.as_str()),
        method: seen.map(|fact| fact.method.as_str()),
    }
}

fn evidence<'a>(one: &'a Evidence, reading: &Reading) -> EvidenceView<'a> {
    EvidenceView {
        text: reading.document(one),
        sha256: one.sha256.as_deref(),
        problem: one.problem.is_some(),
    }
}

pub fn later_view<'a>(later: &'a Later, reading: &Reading) -> LaterView<'a> {
    LaterView {
        document: &later.document,
        since: later.since.as_deref(),
        says: later.says.to(reading.lang),
        confidence: reading.word(later.confidence.label()),
    }
}

fn link_view<'a>(link: &'a Link, reading: &Reading<'a>) -> LinkView<'a> {
    LinkView {
        item: &link.item,
        is_here: reading.assessment.items.iter().any(|item| item.item == link.item),
        relation: reading.word(link.relation.label()),
        note: link.note.as_ref().map_or("", |note| note.to(reading.lang)),
    }
}
