//! One row per item, for spreadsheets: UTF-8 with a byte order mark, as Excel wants it. What begins
//! like a formula is kept from being one.

use super::Input;
use super::reading::checklist_id;
use crate::wire::assessment::Item;

const COLUMNS: [&str; 23] = [
    "csv.item",
    "csv.checklist",
    "html.theme",
    "html.level",
    "html.actor",
    "csv.title",
    "html.verdict",
    "summary.assurance",
    "html.conflict",
    "html.answer",
    "csv.measure",
    "html.measured",
    "csv.reasons",
    "html.document",
    "csv.sha256",
    "html.improvement",
    "html.due_label",
    "csv.overdue",
    "html.review",
    "explain.fix",
    "csv.place",
    "csv.inherited",
    "waivers.title",
];

pub fn render(input: &Input) -> String {
    let reading = input.reading();
    let mut out = String::from("\u{feff}");
    row(&mut out, COLUMNS.map(|id| reading.word(id).to_owned()));
    for item in &input.assessment.items {
        row(&mut out, cells(item, input));
    }
    out
}

fn cells(item: &Item, input: &Input) -> [String; 23] {
    let reading = input.reading();
    let declared = item.declared.as_ref();
    let lines = |lines: Vec<String>| lines.join("\n");
    let measured = item.criteria.iter().map(|one| reading.text(&one.sentence).to_owned()).collect();
    let reasons = item.reasons.iter().map(|one| one.to(input.lang).to_owned()).collect();
    let documents = item.evidence.iter().map(|one| reading.document(one)).collect();
    let hashes = item.evidence.iter().filter_map(|one| one.sha256.clone()).collect();
    let yes_or_nothing = |yes: bool| if yes { reading.word("value.yes").to_owned() } else { String::new() };
    let review = item.review.as_ref().map(|review| {
        let verdict = reading.word(review.verdict.label());
        let parts = [verdict, &review.by, &review.on, review.note.as_deref().unwrap_or_default()];
        parts.join(" ").trim_end().to_owned()
    });
    let inherited = item.inherited.as_ref().filter(|one| one.decides).map(|one| {
        let vendor = input.assessment.vendor.as_ref();
        let (name, date) = vendor.map(|vendor| (&*vendor.name, &*vendor.date)).unwrap_or_default();
        [name, date, &one.item, reading.word(one.verdict.label())].join(" ")
    });
    let waiver = item.waiver.as_ref().map(|waiver| {
        let state = if waiver.expired { "waivers.expired" } else { "waivers.accepted" };
        [reading.word(state), &waiver.until, &waiver.by, &waiver.reason].join(" ")
    });
    [
        item.item.clone(),
        checklist_id(&item.item).to_owned(),
        reading.theme(item).to_owned(),
        reading.word(item.level.label()).to_owned(),
        reading.word(item.actor.label()).to_owned(),
        reading.text(&item.title).to_owned(),
        reading.word(item.verdict.label()).to_owned(),
        reading.word(item.assurance.label()).to_owned(),
        yes_or_nothing(item.is_contradicted()),
        declared.and_then(|one| one.status).map_or("", |status| reading.word(status.label())).to_owned(),
        declared.and_then(|one| one.measure.clone()).unwrap_or_default(),
        lines(measured),
        lines(reasons),
        lines(documents),
        lines(hashes),
        item.improvement.clone().unwrap_or_default(),
        item.due.clone().unwrap_or_default(),
        yes_or_nothing(item.overdue),
        review.unwrap_or_default(),
        reading.text(&item.fix).to_owned(),
        item.place.clone(),
        inherited.unwrap_or_default(),
        waiver.unwrap_or_default(),
    ]
}

fn row<const N: usize>(out: &mut String, cells: [String; N]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(cell));
    }
    out.push_str("\r\n");
}

/// Every cell is quoted. One that a spreadsheet would take for a formula gets an apostrophe before
/// it, also where white space or the full-width form would hide the sign.
fn quoted(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    let is_formula =
        first.is_some_and(|c| "=+-@＝＋－＠|%".contains(c)) || cell.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_becomes_a_formula_or_leaves_its_cell() {
        for cell in ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "\t=1"] {
            assert!(quoted(cell).starts_with("\"'"), "{cell}");
        }
        assert_eq!(quoted("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(quoted("TLS 1.2 だけ"), "\"TLS 1.2 だけ\"");
    }
}
