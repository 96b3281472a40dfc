//! Who answers for what, and the risks that somebody accepts, as the page shows them.

use serde::Serialize;

use crate::report::reading::{Reading, mark};
use crate::report::{evaluator, responsibility};

#[derive(Debug, Serialize)]
pub struct BoundaryRow<'a> {
    name: &'a str,
    title: &'a str,
    level: &'static str,
    parts: [&'static str; 4],
    verdict: &'static str,
    label: &'static str,
    mark: &'static str,
    said_by: Vec<String>,
    behind: Vec<String>,
}

pub fn rows<'a>(reading: &Reading<'a>) -> Vec<BoundaryRow<'a>> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    let row = |one: responsibility::Row<'a>| BoundaryRow {
        name: &one.item.item,
        title: reading.text(&one.item.title),
        level: reading.word(one.item.level.label()),
        parts: one.parts.map(responsibility::Part::mark),
        verdict: one.item.verdict.word(),
        label: reading.word(one.item.verdict.label()),
        mark: mark(one.item.verdict),
        said_by: lines(&one.said_by),
        behind: lines(&one.behind),
    };
    responsibility::rows(reading).into_iter().map(row).collect()
}

#[derive(Debug, Serialize)]
pub struct WaiverRow<'a> {
    name: &'a str,
    title: &'a str,
    verdict: &'static str,
    label: &'static str,
    mark: &'static str,
    by: &'a str,
    reason: &'a str,
    until: &'a str,
    expired: bool,
}

pub fn waivers<'a>(reading: &Reading<'a>) -> Vec<WaiverRow<'a>> {
    let row = |(item, waiver): (&'a crate::wire::assessment::Item, &'a crate::wire::assessment::Waiver)| {
        WaiverRow {
            name: &item.item,
            title: reading.text(&item.title),
            verdict: item.verdict.word(),
            label: reading.word(item.verdict.label()),
            mark: mark(item.verdict),
            by: &waiver.by,
            reason: &waiver.reason,
            until: &waiver.until,
            expired: waiver.expired,
        }
    };
    reading.waivers().into_iter().map(row).collect()
}

/// Where the evaluator differs.
#[derive(Debug, Serialize)]
pub struct DifferenceRow<'a> {
    name: &'a str,
    title: &'a str,
    said: &'static str,
    measure: Option<&'a str>,
    tool: &'static str,
    tool_label: &'static str,
    tool_mark: &'static str,
    verdict: &'static str,
    label: &'static str,
    mark: &'static str,
    from: &'static str,
    by: &'a str,
    on: &'a str,
    note: Option<&'a str>,
}

pub fn differences<'a>(reading: &Reading<'a>) -> Vec<DifferenceRow<'a>> {
    let row = |one: evaluator::Row<'a>| DifferenceRow {
        name: &one.item.item,
        title: reading.text(&one.item.title),
        said: one.said(reading),
        measure: one.item.declared.as_ref().and_then(|declared| declared.measure.as_deref()),
        tool: one.review.replaced.word(),
        tool_label: reading.word(one.review.replaced.label()),
        tool_mark: mark(one.review.replaced),
        verdict: one.review.verdict.word(),
        label: reading.word(one.review.verdict.label()),
        mark: mark(one.review.verdict),
        from: reading.word(one.from()),
        by: &one.review.by,
        on: &one.review.on,
        note: one.review.note.as_deref(),
    };
    evaluator::rows(reading).into_iter().map(row).collect()
}
