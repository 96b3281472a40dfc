//! The evaluation sheet: first the columns of the official form, which are what prints, then the
//! criteria and everything else behind each verdict.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::wire::assessment::Item;

/// The first row of items.
pub const FIRST: u32 = 3;

/// Columns that the summary counts.
pub const LEVEL: u16 = 1;
pub const VERDICT: u16 = 5;
pub const ASSURANCE: u16 = 7;
pub const CONFLICT: u16 = 8;
pub const ACTOR: u16 = 9;
pub const THEME: u16 = 10;
pub const CHECKLIST: u16 = 11;

const COLUMNS: [(&str, f64); 21] = [
    ("csv.item", 15.0),
    ("html.level", 6.0),
    ("html.item", 46.0),
    ("csv.measure", 40.0),
    ("xlsx.confirmed", 30.0),
    ("xlsx.outcome", 9.0),
    ("html.improvement", 28.0),
    ("summary.assurance", 10.0),
    ("html.conflict", 9.0),
    ("html.actor", 12.0),
    ("html.theme", 22.0),
    ("csv.checklist", 16.0),
    ("html.answer", 8.0),
    ("xlsx.criteria", 48.0),
    ("csv.reasons", 40.0),
    ("html.due_label", 11.0),
    ("html.review", 26.0),
    ("explain.fix", 48.0),
    ("explain.why", 40.0),
    ("csv.place", 22.0),
    ("html.also", 48.0),
];

/// Beside them where the user has imported it.
const OFFICIAL: (&str, f64) = ("column.official", 48.0);

/// The last column of the official form.
const PRINTED: u16 = 7;

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let lead = sheet.word("xlsx.evaluation_lead");
    sheet.title(super::EVALUATION, lead)?;
    let items = &sheet.reading.assessment.items;
    let official = items.iter().any(|item| item.official.is_some()).then_some(OFFICIAL);
    let (ids, widths): (Vec<&str>, Vec<f64>) = COLUMNS.into_iter().chain(official).unzip();
    sheet.head(FIRST - 1, &ids, &widths)?;
    for (row, item) in (FIRST..).zip(items) {
        write_item(&mut sheet, row, item)?;
    }
    let last = last(items.len());
    let width = ids.len() as u16 - 1;
    sheet.sheet.set_landscape();
    sheet.sheet.autofilter(FIRST - 1, 0, last, width)?;
    sheet.sheet.set_freeze_panes(FIRST, 1)?;
    sheet.sheet.set_print_area(0, 0, last, PRINTED)?;
    sheet.finish()
}

/// The last row of items; the first where there are none, so that ranges are ranges.
pub fn last(count: usize) -> u32 {
    FIRST + u32::try_from(count.saturating_sub(1)).unwrap_or_default()
}

fn write_item(sheet: &mut Sheet, row: u32, item: &Item) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let declared = item.declared.as_ref();
    let joined = |lines: Vec<String>| lines.join("\n");
    let status = declared.and_then(|one| one.status).map_or("", |status| reading.word(status.label()));
    let conflict = if item.is_contradicted() { reading.word("html.conflict") } else { "" };
    let review = item.review.as_ref().map(|review| {
        let parts = [reading.word(review.verdict.label()), &review.by, &review.on];
        [parts.join(" "), review.note.clone().unwrap_or_default()].join("\n").trim_end().to_owned()
    });
    let checklist = crate::report::reading::checklist_id(&item.item);
    let cells = [
        (0, item.item.clone(), &styles.name),
        (LEVEL, reading.word(item.level.label()).to_owned(), &styles.cell),
        (3, declared.and_then(|one| one.measure.clone()).unwrap_or_default(), &styles.cell),
        (4, joined(item.evidence.iter().map(|one| reading.document(one)).collect()), &styles.cell),
        (VERDICT, reading.word(item.verdict.label()).to_owned(), styles.verdict(item.verdict)),
        (6, item.improvement.clone().unwrap_or_default(), &styles.cell),
        (ASSURANCE, reading.word(item.assurance.label()).to_owned(), &styles.cell),
        (CONFLICT, conflict.to_owned(), &styles.alarm),
        (ACTOR, reading.word(item.actor.label()).to_owned(), &styles.cell),
        (THEME, reading.theme(item).to_owned(), &styles.cell),
        (CHECKLIST, checklist.to_owned(), &styles.cell),
        (12, status.to_owned(), &styles.cell),
        (
            13,
            joined(item.criteria.iter().map(|one| reading.text(&one.sentence).to_owned()).collect()),
            &styles.cell,
        ),
        (14, joined(item.reasons.iter().map(|one| one.to(reading.lang).to_owned()).collect()), &styles.cell),
        (15, item.due.clone().unwrap_or_default(), if item.overdue { &styles.alarm } else { &styles.cell }),
        (16, review.unwrap_or_default(), &styles.cell),
        (17, reading.text(&item.fix).to_owned(), &styles.cell),
        (18, reading.text(&item.why).to_owned(), &styles.cell),
        (19, item.place.clone(), &styles.cell),
        (20, joined(reading.also(item)), &styles.cell),
    ];
    if let Some(official) = reading.official(item) {
        sheet.text(row, COLUMNS.len() as u16, &official, &styles.cell)?;
    }
    sheet.titled(row, 2, reading.text(&item.title), reading.text(&item.ask))?;
    cells.into_iter().try_for_each(|(column, text, style)| sheet.text(row, column, &text, style))
}
