//! What the page shows, in one language and in order, so that the template only has to lay it out.

use serde::Serialize;

use super::boundary::{self, BoundaryRow, WaiverRow};
use super::changes::{self, Changes};
use super::chart::{self, Lifetime, Offer, Point, Stretch};
use super::item::{self, ItemView, LaterView};
use crate::model::message::Message;
use crate::msg;
use crate::report::compare::compare;
use crate::report::reading::{ACTORS, Reading, evidence_index, part, per_mille, percent};
use crate::report::responsibility::PARTIES;
use crate::report::{Input, glossary, headline};
use crate::wire::assessment::{Checklist, Conclusion, Conflict, Item, Level, Power, State, Tally};

#[derive(Debug, Serialize)]
pub struct Page<'a> {
    pub lang: &'static str,
    pub subject: String,
    pub date: &'a str,
    at: &'a str,
    tool: String,
    kind: &'static str,
    applicant: Option<&'a str>,
    evaluator: Option<&'a str>,
    features: Vec<&'a str>,
    conclusion: &'static str,
    conclusion_mark: &'static str,
    conclusion_title: &'a str,
    sentence: String,
    remarks: Vec<String>,
    figures: Vec<Figure>,
    conflicts: Vec<ConflictView<'a>>,
    differences: Vec<boundary::DifferenceRow<'a>>,
    next: Vec<Next<'a>>,
    lists: Vec<List<'a>>,
    offers: Vec<Offer<'a>>,
    lifetimes: Vec<Lifetime<'a>>,
    history: Vec<Point<'a>>,
    changes: Option<Changes>,
    facts: Vec<FactRow<'a>>,
    evidence: Vec<EvidenceRow<'a>>,
    boundary: Vec<BoundaryRow<'a>>,
    parties: [&'static str; 4],
    waivers: Vec<WaiverRow<'a>>,
    rules: Vec<(&'a str, &'a str)>,
    weights: [String; 4],
    max_age: u32,
    glossary: Vec<glossary::Term<'static>>,
    actors: Vec<(&'static str, &'static str)>,
    total: usize,
}

/// A number with its denominator.
#[derive(Debug, Serialize)]
struct Figure {
    label: &'static str,
    count: String,
    percent: String,
    width: u32,
}

#[derive(Debug, Serialize)]
struct ConflictView<'a> {
    name: &'a str,
    title: &'a str,
    said: &'static str,
    measure: Option<&'a str>,
    seen: Vec<Seen<'a>>,
    step: &'a str,
}

#[derive(Debug, Serialize)]
struct Seen<'a> {
    fact: &'a str,
    actual: &'a str,
    expected: &'a str,
    target: &'a str,
}

#[derive(Debug, Serialize)]
struct Next<'a> {
    actor: &'static str,
    count: usize,
    steps: Vec<Step<'a>>,
}

#[derive(Debug, Serialize)]
struct Step<'a> {
    name: &'a str,
    title: &'a str,
    level: &'static str,
    mandatory: bool,
    verdict: &'static str,
    label: &'static str,
    mark: &'static str,
    due: Option<&'a str>,
    overdue: bool,
    step: &'a str,
}

#[derive(Debug, Serialize)]
struct List<'a> {
    id: &'a str,
    title: &'a str,
    edition: &'a str,
    document: &'a str,
    publisher: &'a str,
    published: Option<&'a str>,
    place: &'a str,
    later: Vec<LaterView<'a>>,
    digest: &'a str,
    figures: Vec<Figure>,
    themes: Vec<ThemeView<'a>>,
}

#[derive(Debug, Serialize)]
struct ThemeView<'a> {
    key: &'a str,
    title: &'a str,
    count: usize,
    verdicts: Vec<Stretch>,
    assurance: Vec<Stretch>,
    items: Vec<ItemView<'a>>,
}

#[derive(Debug, Serialize)]
struct FactRow<'a> {
    fact: &'a str,
    value: String,
    known: bool,
    target: &'a str,
    address: Option<&'a str>,
    time: &'a str,
    method: &'a str,
    transcript: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct EvidenceRow<'a> {
    text: String,
    sha256: Option<&'a str>,
    size: Option<u64>,
    problem: bool,
    items: Vec<&'a str>,
}

pub fn page<'a>(input: &Input<'a>) -> Page<'a> {
    let reading = input.reading();
    let assessment = input.assessment;
    let scores = &assessment.scores;
    Page {
        lang: input.lang.tag(),
        subject: reading.subject(),
        date: &assessment.date,
        at: &assessment.at,
        tool: format!("{} {}", assessment.tool.name, assessment.tool.version),
        kind: reading.word(assessment.subject.kind.label()),
        applicant: assessment.subject.applicant.as_deref(),
        evaluator: assessment.subject.evaluator.as_deref(),
        features: assessment.legend.features.iter().map(|one| reading.text(&one.title)).collect(),
        conclusion: assessment.conclusion.word(),
        conclusion_mark: conclusion_mark(assessment.conclusion),
        conclusion_title: reading.text(&assessment.conclusion_title),
        sentence: headline::sentence(&reading),
        remarks: remarks(&reading),
        figures: vec![
            tally("level.mandatory", &scores.mandatory, &reading),
            tally("level.recommended", &scores.recommended, &reading),
            figure(
                "summary.assurance",
                &msg!("summary.assured", part = part(scores.assurance), of = scores.assurance.of),
                scores.assurance,
                &reading,
            ),
        ],
        conflicts: reading.contradictions().map(|item| conflict(item, &reading)).collect(),
        differences: boundary::differences(&reading),
        next: next(&reading),
        lists: assessment.checklists.iter().map(|one| list(one, &reading)).collect(),
        offers: chart::offers(&reading),
        lifetimes: chart::lifetimes(&reading),
        history: chart::history(input.earlier, &reading),
        changes: input.earlier.last().map(|last| changes::view(&compare(last, assessment), &reading)),
        facts: facts(&reading),
        evidence: evidence(&reading),
        boundary: boundary::rows(&reading),
        parties: PARTIES.map(|actor| reading.word(actor.label())),
        waivers: boundary::waivers(&reading),
        rules: assessment.rules.iter().map(|rule| (rule.file.as_str(), rule.sha256.as_str())).collect(),
        weights: {
            let weights = &assessment.legend.weights;
            [weights.pass, weights.partial, weights.fail, weights.open].map(|weight| weight.to_string())
        },
        max_age: assessment.legend.facts_max_age_days,
        glossary: glossary::terms(input.lang),
        actors: ACTORS.map(|actor| (actor.word(), reading.word(actor.label()))).to_vec(),
        total: assessment.items.len(),
    }
}

fn conclusion_mark(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conforms => "✓",
        Conclusion::Conditional => "△",
        Conclusion::DoesNotConform => "✗",
        Conclusion::NotAssessed => "?",
    }
}

fn remarks(reading: &Reading) -> Vec<String> {
    let mut remarks = headline::remarks(reading);
    remarks.extend(headline::unmeasured(reading));
    remarks
}

fn tally(label: &str, tally: &Tally, reading: &Reading) -> Figure {
    let of = tally.applicable();
    let count = match tally.partial {
        0 => msg!("summary.conforming", pass = tally.pass, of = of),
        partial => msg!("summary.half", pass = tally.pass, partial = partial, of = of),
    };
    figure(label, &count, tally.conformity, reading)
}

fn figure(label: &str, count: &Message, ratio: crate::wire::assessment::Ratio, reading: &Reading) -> Figure {
    Figure {
        label: reading.word(label),
        count: reading.say(count),
        percent: percent(ratio).unwrap_or_else(|| "–".to_owned()),
        width: per_mille(ratio).unwrap_or_default(),
    }
}

fn conflict<'a>(item: &'a Item, reading: &Reading<'a>) -> ConflictView<'a> {
    let decisive = match item.conflict {
        Some(Conflict::Better) => State::Held,
        _ => State::Broken,
    };
    let declared = item.declared.as_ref();
    let counts = |power| matches!(power, Power::Both | Power::Refutes);
    let seen = item.criteria.iter().filter(|one| one.state == decisive && counts(one.power));
    ConflictView {
        name: &item.item,
        title: reading.text(&item.title),
        said: match declared.and_then(|one| one.status) {
            Some(status) => reading.word(status.label()),
            None if item.inherited_alone() => reading.word("summary.said_by_vendor"),
            None => "",
        },
        measure: declared.and_then(|declared| declared.measure.as_deref()),
        seen: seen
            .map(|one| Seen {
                fact: reading.fact_title(&one.fact),
                actual: reading.text(&one.actual),
                expected: reading.text(&one.expected),
                target: reading.observed(one).map(|fact| fact.target.as_str()).unwrap_or_default(),
            })
            .collect(),
        step: reading.text(&item.fix),
    }
}

fn next<'a>(reading: &Reading<'a>) -> Vec<Next<'a>> {
    let left = reading.left();
    let of = |actor| {
        let mine: Vec<&&Item> = left.iter().filter(|item| item.actor == actor).collect();
        let count = mine.iter().filter(|item| item.level == Level::Mandatory).count();
        let steps: Vec<Step> = mine.into_iter().map(|item| step(item, reading)).collect();
        (!steps.is_empty()).then(|| Next { actor: reading.word(actor.label()), count, steps })
    };
    ACTORS.into_iter().filter_map(of).collect()
}

fn step<'a>(item: &'a Item, reading: &Reading<'a>) -> Step<'a> {
    Step {
        name: &item.item,
        title: reading.text(&item.title),
        level: reading.word(item.level.label()),
        mandatory: item.level == Level::Mandatory,
        verdict: item.verdict.word(),
        label: reading.word(item.verdict.label()),
        mark: crate::report::reading::mark(item.verdict),
        due: item.due.as_deref(),
        overdue: item.overdue,
        step: reading.first_step(item),
    }
}

fn list<'a>(checklist: &'a Checklist, reading: &Reading<'a>) -> List<'a> {
    let items: Vec<&Item> = reading.items_of(&checklist.id).collect();
    let theme = |theme: &'a crate::wire::assessment::Theme| {
        let own: Vec<&Item> = items.iter().filter(|item| item.theme == theme.key).copied().collect();
        (!own.is_empty()).then(|| ThemeView {
            key: &theme.key,
            title: reading.text(&theme.title),
            count: own.len(),
            verdicts: chart::verdicts(&own, reading),
            assurance: chart::assurance(&own, reading),
            items: own.iter().map(|item| item::view(item, reading)).collect(),
        })
    };
    let source = &checklist.source;
    List {
        id: &checklist.id,
        title: reading.text(&checklist.title),
        edition: reading.text(&checklist.edition_title),
        document: &source.document,
        publisher: &source.publisher,
        published: source.published.as_deref(),
        place: &source.place,
        later: source.later.iter().map(|later| item::later_view(later, reading)).collect(),
        digest: &checklist.digest,
        figures: vec![
            tally("level.mandatory", &checklist.scores.mandatory, reading),
            tally("level.recommended", &checklist.scores.recommended, reading),
        ],
        themes: checklist.themes.iter().filter_map(theme).collect(),
    }
}

fn facts<'a>(reading: &Reading<'a>) -> Vec<FactRow<'a>> {
    let row = |fact: &'a crate::wire::facts::Fact| FactRow {
        fact: reading.fact_title(&fact.key),
        value: reading.fact_value(fact),
        known: fact.value.is_some(),
        target: &fact.target,
        address: fact.address.as_deref(),
        time: &fact.time,
        method: &fact.method,
        transcript: fact.transcript.as_deref(),
    };
    reading.assessment.facts.iter().map(row).collect()
}

fn evidence<'a>(reading: &Reading<'a>) -> Vec<EvidenceRow<'a>> {
    let row = |(one, items): (&'a crate::wire::assessment::Evidence, Vec<&'a str>)| EvidenceRow {
        text: reading.document(one),
        sha256: one.sha256.as_deref(),
        size: one.size,
        problem: one.problem.is_some(),
        items,
    };
    evidence_index(&reading.assessment.items).into_iter().map(row).collect()
}
