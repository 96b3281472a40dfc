//! What changed since the last assessment, as the page shows it.

use serde::Serialize;

use crate::report::compare::is_same;
use crate::report::difference::sides;
use crate::report::reading::Reading;
use crate::wire::diff::{Change, Diff, Head, Single};
use crate::wire::facts::Words;

#[derive(Debug, Serialize)]
pub struct Changes {
    date: String,
    same: bool,
    conclusion: Option<(String, String)>,
    editions: Vec<(String, String, String)>,
    worse: Vec<ChangeRow>,
    better: Vec<ChangeRow>,
    other: Vec<ChangeRow>,
    new: Vec<SingleRow>,
    gone: Vec<SingleRow>,
    renamed: Vec<(String, String, String)>,
    evidence: Vec<(String, &'static str)>,
    facts: Vec<(String, String, String, String)>,
}

#[derive(Debug, Serialize)]
struct ChangeRow {
    item: String,
    title: String,
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct SingleRow {
    item: String,
    title: String,
    verdict: &'static str,
}

pub fn view(diff: &Diff, reading: &Reading) -> Changes {
    let rows = |list: &[Change]| list.iter().map(|one| change(one, reading)).collect();
    let singles = |list: &[Single]| {
        let row = |one: &Single| SingleRow {
            item: one.item.clone(),
            title: reading.text(&one.title).to_owned(),
            verdict: reading.word(one.verdict.label()),
        };
        list.iter().map(row).collect()
    };
    let none = || reading.word("value.nothing").to_owned();
    let words =
        |words: &Option<Words>| words.as_ref().map_or_else(none, |words| reading.text(words).to_owned());
    let (older, newer) = (&diff.older, &diff.newer);
    Changes {
        date: older.date.clone(),
        same: is_same(diff),
        conclusion: (older.conclusion != newer.conclusion).then(|| {
            let title = |head: &Head| reading.text(&head.conclusion_title).to_owned();
            (title(older), title(newer))
        }),
        editions: diff
            .checklists
            .iter()
            .map(|one| {
                let edition = |edition: &Option<String>| edition.clone().unwrap_or_else(none);
                (one.checklist.clone(), edition(&one.from), edition(&one.to))
            })
            .collect(),
        worse: rows(&diff.worse),
        better: rows(&diff.better),
        other: rows(&diff.other),
        new: singles(&diff.new),
        gone: singles(&diff.gone),
        renamed: diff
            .renamed
            .iter()
            .map(|one| (reading.text(&one.title).to_owned(), one.from.clone(), one.to.clone()))
            .collect(),
        evidence: diff
            .evidence
            .iter()
            .map(|one| {
                let what = match (&one.from, &one.to) {
                    (None, _) => "diff.added",
                    (_, None) => "diff.removed",
                    _ => "diff.replaced",
                };
                (one.file.clone(), reading.word(what))
            })
            .collect(),
        facts: diff
            .facts
            .iter()
            .map(|one| {
                (reading.text(&one.title).to_owned(), one.target.clone(), words(&one.from), words(&one.to))
            })
            .collect(),
    }
}

fn change(one: &Change, reading: &Reading) -> ChangeRow {
    let (from, to) = sides(one, reading);
    ChangeRow { item: one.item.clone(), title: reading.text(&one.title).to_owned(), from, to }
}
