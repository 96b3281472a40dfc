//! Reads an assessment that was kept. It may come from anybody: its form, its dates, its references
//! and its totals are held against each other, so that a report of it says nothing that the file
//! itself contradicts.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::file::TextFile;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::origin::{Origin, Span};
use crate::msg;
use crate::wire::assessment::{
    Assessment, Assurance, Conclusion, Item, Level, Ratio, SCHEMA, Scores, Tally, Verdict, Weights,
};

/// Larger files are no assessment.
pub const LARGEST: u64 = 64 << 20;

/// The assessment in a file. Nothing where something is wrong with it; that is in `diagnostics`.
pub fn read(path: &Path, diagnostics: &Diagnostics) -> Option<Assessment> {
    let file = TextFile::read_up_to(LARGEST, path).map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    parse(&file, diagnostics)
}

/// When a kept result was made, and which of that second it is, as its name says. The second of two has
/// a number that would sort before the first.
pub fn moment(name: &str) -> Option<(String, u32)> {
    let (moment, number) = name.strip_suffix(".json")?.split_at_checked(18)?;
    let is_moment = moment.starts_with(|c: char| c.is_ascii_digit()) && moment.ends_with('Z');
    let number = if number.is_empty() { 1 } else { number.strip_prefix('-')?.parse().ok()? };
    is_moment.then(|| (moment.to_owned(), number))
}

pub fn parse(file: &TextFile, diagnostics: &Diagnostics) -> Option<Assessment> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let whole = || Origin::file(Arc::clone(&file.name));
    match serde_json::from_str::<Head>(&file.text) {
        Ok(head) if head.schema != SCHEMA => {
            let what = msg!("result.schema", found = head.schema, wanted = SCHEMA);
            diagnostics.push(Diagnostic::error(what, msg!("result.schema.mend")).at(whole()));
            return None;
        }
        _ => {}
    }
    let assessment: Assessment =
        serde_json::from_str(&file.text).map_err(|error| diagnostics.push(not_read(file, &error))).ok()?;
    let before = diagnostics.errors();
    for wrong in problems(&assessment) {
        diagnostics.push(Diagnostic::error(wrong, msg!("result.mend")).at(whole()));
    }
    (diagnostics.errors() == before).then_some(assessment)
}

fn not_read(file: &TextFile, error: &serde_json::Error) -> Diagnostic {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let span = Span { line: number(error.line()), column: number(error.column()), length: 0 };
    let origin = if error.line() > 0 { file.origin(span) } else { Origin::file(Arc::clone(&file.name)) };
    Diagnostic::error(msg!("result.json", error = error.to_string()), msg!("result.mend")).at(origin)
}

/// What the file says that cannot be so.
fn problems(assessment: &Assessment) -> Vec<Message> {
    // Whatever is larger than this would keep a report busy for longer than anybody waits.
    if let Some(what) = too_many(assessment) {
        return vec![msg!("result.too_many", what = what)];
    }
    let mut wrong = Vec::new();
    if assessment.at.parse::<Timestamp>().is_err() {
        wrong.push(msg!("result.date", date = &assessment.at));
    }
    dates(assessment, &mut wrong);
    references(assessment, &mut wrong);
    totals(assessment, &mut wrong);
    wrong
}

fn too_many(assessment: &Assessment) -> Option<&'static str> {
    let items = &assessment.items;
    let of_items = |count: fn(&Item) -> usize| items.iter().map(count).sum::<usize>();
    let counts = [
        ("checklists", assessment.checklists.len(), 200),
        ("themes", assessment.checklists.iter().map(|one| one.themes.len()).sum(), 2_000),
        ("items", items.len(), 20_000),
        ("facts", assessment.facts.len(), 10_000),
        ("targets", assessment.targets.len(), 10_000),
        ("legend", assessment.legend.facts.len() + assessment.legend.features.len(), 2_000),
        ("criteria", of_items(|item| item.criteria.len()), 20_000),
        ("links", of_items(|item| item.links.len()), 20_000),
        ("evidence", of_items(|item| item.evidence.len()), 50_000),
    ];
    counts.into_iter().find(|(_, count, most)| count > most).map(|(what, ..)| what)
}

fn dates(assessment: &Assessment, wrong: &mut Vec<Message>) {
    let of_item = |item: &Item| {
        let declared = item.declared.as_ref().and_then(|declared| declared.on.clone());
        let waiver = item.waiver.as_ref().map(|waiver| waiver.until.clone());
        let mut all = vec![item.due.clone(), declared, waiver];
        all.push(item.review.as_ref().map(|review| review.on.clone()));
        all.extend(item.evidence.iter().map(|one| one.valid_until.clone()));
        all
    };
    let of_items = assessment.items.iter().flat_map(of_item).flatten();
    let vendor = assessment.vendor.as_ref().map(|vendor| vendor.date.clone());
    for date in of_items.chain([assessment.date.clone()]).chain(vendor) {
        if date.len() != 10 || date.parse::<Date>().is_err() {
            wrong.push(msg!("result.date", date = date));
        }
    }
    for fact in assessment.facts.iter().filter(|fact| fact.time.parse::<Timestamp>().is_err()) {
        wrong.push(msg!("result.date", date = &fact.time));
    }
}

fn references(assessment: &Assessment, wrong: &mut Vec<Message>) {
    let ids: HashSet<&str> = assessment.checklists.iter().map(|checklist| checklist.id.as_str()).collect();
    if ids.len() != assessment.checklists.len() {
        wrong.push(msg!("result.twice", name = "checklists"));
    }
    let mut seen = HashSet::new();
    for item in &assessment.items {
        match ItemName::parse(&item.item) {
            Some(name) if ids.contains(name.checklist()) => {}
            _ => wrong.push(msg!("result.item", item = &item.item)),
        }
        if !seen.insert(item.item.as_str()) {
            wrong.push(msg!("result.twice", name = &item.item));
        }
        let observed = item.criteria.iter().filter_map(|criterion| criterion.observation);
        for index in observed.filter(|index| *index >= assessment.facts.len() as u64) {
            wrong.push(msg!("result.observation", item = &item.item, index = index));
        }
    }
}

/// The totals recounted. Whoever changes a verdict by hand changes them too, or is found out.
fn totals(assessment: &Assessment, wrong: &mut Vec<Message>) {
    let weights = &assessment.legend.weights;
    let mut hold = |scores: &Scores, items: &[&Item], name: &str| {
        if !agrees(scores, items, weights) {
            wrong.push(msg!("result.totals", name = name));
        }
    };
    let all: Vec<&Item> = assessment.items.iter().collect();
    hold(&assessment.scores, &all, "scores");
    for checklist in &assessment.checklists {
        let own = |item: &&&Item| item.item.split_once('/').is_some_and(|(id, _)| id == checklist.id);
        hold(&checklist.scores, &all.iter().filter(own).copied().collect::<Vec<_>>(), &checklist.id);
    }
    let tally = &assessment.scores.mandatory;
    let short = [tally.partial, tally.fail, tally.open, tally.conflict].iter().any(|count| *count > 0);
    if assessment.conclusion == Conclusion::Conforms && (short || tally.pass == 0) {
        wrong.push(msg!("result.conclusion"));
    }
}

fn agrees(scores: &Scores, items: &[&Item], weights: &Weights) -> bool {
    let passes = items.iter().filter(|item| item.verdict == Verdict::Pass);
    let assured = passes.clone().filter(|item| item.assurance >= Assurance::Documented).count();
    let applicable = items.iter().filter(|item| item.verdict != Verdict::NotApplicable);
    let decided = applicable.clone().filter(|item| item.verdict != Verdict::Open).count();
    let count = |part: usize, of: usize| (part as f64, of);
    is_tally(&scores.mandatory, items, Level::Mandatory, weights)
        && is_tally(&scores.recommended, items, Level::Recommended, weights)
        && is_ratio(scores.assurance, count(assured, passes.count()))
        && is_ratio(scores.coverage, count(decided, applicable.count()))
}

fn is_tally(tally: &Tally, items: &[&Item], level: Level, weights: &Weights) -> bool {
    let own = || items.iter().filter(|item| item.level == level);
    let counted = |verdict: Verdict| own().filter(|item| item.verdict == verdict).count();
    let same = |verdict: &Verdict| counted(*verdict) == tally.of(*verdict) as usize;
    let weigh = |verdict: Verdict, weight: f64| counted(verdict) as f64 * weight;
    let points = weigh(Verdict::Pass, weights.pass)
        + weigh(Verdict::Partial, weights.partial)
        + weigh(Verdict::Fail, weights.fail)
        + weigh(Verdict::Open, weights.open);
    let applicable = own().filter(|item| item.verdict != Verdict::NotApplicable).count();
    Verdict::ALL.iter().all(same)
        && own().filter(|item| item.is_contradicted()).count() == tally.conflict as usize
        && is_ratio(tally.conformity, (points, applicable))
}

fn is_ratio(ratio: Ratio, (points, of): (f64, usize)) -> bool {
    let exact = (of > 0).then(|| points / of as f64);
    let close = match (ratio.ratio, exact) {
        (Some(stated), Some(exact)) => (stated - exact).abs() < 0.0001,
        (None, None) => true,
        _ => false,
    };
    close && ratio.of as usize == of && (ratio.points - points).abs() < 0.001
}
