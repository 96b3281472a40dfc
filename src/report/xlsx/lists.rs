//! The sheets that are lists: contradictions, the plan, what was measured, the documents, what changed.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::msg;
use crate::report::difference::sides;
use crate::report::reading::{ACTORS, evidence_index};
use crate::wire::assessment::{FileProblem, Item};
use crate::wire::diff::Diff;

/// Tables begin below title and lead.
const HEAD: u32 = 3;

pub fn conflicts(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let items: Vec<&Item> = reading.contradictions().collect();
    let lead = if items.is_empty() { "xlsx.no_conflicts" } else { "html.conflicts_lead" };
    sheet.title("xlsx.conflicts", reading.word(lead))?;
    let ids = ["csv.item", "csv.title", "html.answer", "csv.measure", "html.measured", "explain.fix"];
    sheet.head(HEAD, &ids, &[15.0, 28.0, 9.0, 40.0, 48.0, 44.0])?;
    for (row, item) in (HEAD + 1..).zip(items) {
        let declared = item.declared.as_ref();
        let status = declared.and_then(|one| one.status).map_or("", |status| reading.word(status.label()));
        let measure = declared.and_then(|one| one.measure.as_deref()).unwrap_or_default();
        let seen: Vec<&str> = item.criteria.iter().map(|one| reading.text(&one.sentence)).collect();
        sheet.link(row, 0, &item.item)?;
        sheet.text(row, 1, reading.text(&item.title), &styles.cell)?;
        sheet.text(row, 2, status, &styles.alarm)?;
        sheet.text(row, 3, measure, &styles.cell)?;
        sheet.text(row, 4, &seen.join("\n"), &styles.cell)?;
        sheet.text(row, 5, reading.text(&item.fix), &styles.cell)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}

/// Who does what next: by person, the most urgent first.
pub fn plan(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let left = reading.left();
    let lead = if left.is_empty() { "xlsx.nothing_left" } else { "xlsx.plan_lead" };
    sheet.title("xlsx.plan", reading.word(lead))?;
    let ids = [
        "html.actor",
        "html.level",
        "csv.item",
        "csv.title",
        "html.verdict",
        "xlsx.first_step",
        "html.improvement",
        "html.due_label",
        "csv.overdue",
        "xlsx.owner",
        "xlsx.done_on",
    ];
    sheet.head(HEAD, &ids, &[13.0, 6.0, 15.0, 26.0, 10.0, 42.0, 28.0, 11.0, 9.0, 14.0, 12.0])?;
    let of = |actor| left.iter().filter(move |item| item.actor == actor);
    for (row, item) in (HEAD + 1..).zip(ACTORS.into_iter().flat_map(of)) {
        let due = if item.overdue { &styles.alarm } else { &styles.cell };
        let overdue = if item.overdue { reading.word("csv.overdue") } else { "" };
        sheet.text(row, 0, reading.word(item.actor.label()), &styles.cell)?;
        sheet.text(row, 1, reading.word(item.level.label()), &styles.cell)?;
        sheet.link(row, 2, &item.item)?;
        sheet.text(row, 3, reading.text(&item.title), &styles.cell)?;
        sheet.text(row, 4, reading.word(item.verdict.label()), styles.verdict(item.verdict))?;
        sheet.text(row, 5, reading.first_step(item), &styles.cell)?;
        sheet.text(row, 6, item.improvement.as_deref().unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 7, item.due.as_deref().unwrap_or_default(), due)?;
        sheet.text(row, 8, overdue, &styles.alarm)?;
        // Left for the people who do it.
        sheet.text(row, 9, "", &styles.cell)?;
        sheet.text(row, 10, "", &styles.cell)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}

pub fn facts(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let lead = msg!("html.method_facts", days = reading.assessment.legend.facts_max_age_days);
    sheet.title("xlsx.facts", &reading.say(&lead))?;
    let ids = [
        "html.fact",
        "html.actual",
        "html.target",
        "xlsx.address",
        "html.time",
        "html.method",
        "xlsx.transcript",
        "html.used_by",
    ];
    sheet.head(HEAD, &ids, &[38.0, 34.0, 26.0, 16.0, 22.0, 34.0, 36.0, 24.0])?;
    for (row, (index, fact)) in (HEAD + 1..).zip((0u64..).zip(&reading.assessment.facts)) {
        let uses = |item: &&Item| item.criteria.iter().any(|one| one.observation == Some(index));
        let users: Vec<&str> =
            reading.assessment.items.iter().filter(uses).map(|item| item.item.as_str()).collect();
        sheet.text(row, 0, reading.fact_title(&fact.key), &styles.cell)?;
        sheet.text(row, 1, &reading.fact_value(fact), &styles.cell)?;
        sheet.text(row, 2, &fact.target, &styles.cell)?;
        sheet.text(row, 3, fact.address.as_deref().unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 4, &fact.time, &styles.cell)?;
        sheet.text(row, 5, &fact.method, &styles.cell)?;
        sheet.text(row, 6, fact.transcript.as_deref().unwrap_or_default(), &styles.code)?;
        sheet.text(row, 7, &users.join("\n"), &styles.name)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}

pub fn evidence(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.title("xlsx.evidence", reading.word("xlsx.evidence_lead"))?;
    let ids = ["html.document", "html.file", "xlsx.state", "xlsx.size", "xlsx.sha256", "html.used_by"];
    sheet.head(HEAD, &ids, &[36.0, 36.0, 14.0, 10.0, 44.0, 34.0])?;
    let index = evidence_index(&reading.assessment.items);
    for (row, (one, items)) in (HEAD + 1..).zip(index) {
        let state = match (one.problem, &one.sha256) {
            (Some(problem), _) => problem.label(),
            (None, Some(_)) => "xlsx.hashed",
            (None, None) => "xlsx.title_only",
        };
        let style = if one.problem.is_some() { &styles.alarm } else { &styles.cell };
        sheet.text(row, 0, one.document.as_deref().unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 1, one.file.as_deref().unwrap_or_default(), &styles.cell)?;
        let until = one.valid_until.as_ref().map(|until| match one.problem {
            Some(FileProblem::Expired) => reading.say(&msg!("report.expired", until = until)),
            _ => reading.say(&msg!("report.valid_until", until = until)),
        });
        let state = reading.word(state).to_owned() + &until.unwrap_or_default();
        sheet.text(row, 2, &state, style)?;
        match one.size {
            Some(size) => sheet.number(row, 3, size as f64, &styles.number)?,
            None => sheet.text(row, 3, "", &styles.cell)?,
        }
        sheet.text(row, 4, one.sha256.as_deref().unwrap_or_default(), &styles.code)?;
        sheet.text(row, 5, &items.join(" "), &styles.name)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}

pub fn changes(mut sheet: Sheet, diff: &Diff) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let lead = msg!("diff.dates", older = &diff.older.date, newer = &diff.newer.date);
    sheet.title("xlsx.changes", &reading.say(&lead))?;
    let ids = ["xlsx.change", "html.item", "csv.title", "html.before", "html.now"];
    sheet.head(HEAD, &ids, &[24.0, 28.0, 44.0, 30.0, 30.0])?;
    let mut rows: Vec<[String; 5]> = Vec::new();
    let word = |id: &str| reading.word(id).to_owned();
    let (older, newer) = (&diff.older, &diff.newer);
    rows.push([
        word("html.conclusion"),
        String::new(),
        String::new(),
        reading.text(&older.conclusion_title).to_owned(),
        reading.text(&newer.conclusion_title).to_owned(),
    ]);
    for one in &diff.checklists {
        let side = |edition: &Option<String>| edition.clone().unwrap_or_default();
        rows.push([
            word("csv.checklist"),
            one.checklist.clone(),
            String::new(),
            side(&one.from),
            side(&one.to),
        ]);
    }
    for (id, list) in
        [("diff.worse", &diff.worse), ("diff.better", &diff.better), ("diff.other", &diff.other)]
    {
        for one in list {
            let (from, to) = sides(one, &reading);
            rows.push([word(id), one.item.clone(), reading.text(&one.title).to_owned(), from, to]);
        }
    }
    for (id, list, is_new) in [("diff.new", &diff.new, true), ("diff.gone", &diff.gone, false)] {
        for one in list {
            let verdict = word(one.verdict.label());
            let (from, to) = if is_new { (String::new(), verdict) } else { (verdict, String::new()) };
            rows.push([word(id), one.item.clone(), reading.text(&one.title).to_owned(), from, to]);
        }
    }
    for one in &diff.renamed {
        let title = reading.text(&one.title).to_owned();
        rows.push([word("diff.renamed"), one.to.clone(), title, one.from.clone(), one.to.clone()]);
    }
    for one in &diff.evidence {
        let side = |hash: &Option<String>| hash.clone().unwrap_or_default();
        rows.push([
            word("diff.evidence"),
            one.file.clone(),
            one.items.join(" "),
            side(&one.from),
            side(&one.to),
        ]);
    }
    for one in &diff.facts {
        let side = |words: &Option<crate::wire::facts::Words>| {
            words.as_ref().map_or("", |words| reading.text(words)).to_owned()
        };
        let title = reading.text(&one.title).to_owned();
        rows.push([word("diff.facts"), one.target.clone(), title, side(&one.from), side(&one.to)]);
    }
    for (row, cells) in (HEAD + 1..).zip(rows) {
        (0..).zip(cells).try_for_each(|(column, cell)| sheet.text(row, column, &cell, &styles.cell))?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}
