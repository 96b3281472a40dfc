//! The sheet of what the evaluator decided otherwise than the applicant or the tool.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::report::evaluator;

/// The table begins below title and lead.
const HEAD: u32 = 3;

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let rows = evaluator::rows(&reading);
    let lead = if rows.is_empty() { "differs.none" } else { "differs.lead" };
    sheet.title("xlsx.differs", reading.word(lead))?;
    let ids = [
        "csv.item",
        "csv.title",
        "differs.applicant",
        "csv.measure",
        "differs.tool",
        "differs.evaluator",
        "differs.from",
        "differs.note",
        "differs.seen",
        "column.reviewer",
        "column.reviewed",
    ];
    sheet.head(HEAD, &ids, &[15.0, 28.0, 9.0, 30.0, 10.0, 10.0, 16.0, 40.0, 30.0, 12.0, 12.0])?;
    for (row, one) in (HEAD + 1..).zip(rows) {
        let measure = one.item.declared.as_ref().and_then(|declared| declared.measure.as_deref());
        let seen: Vec<String> = one.review.seen.iter().map(|document| reading.document(document)).collect();
        sheet.link(row, 0, &one.item.item)?;
        sheet.text(row, 1, reading.text(&one.item.title), &styles.cell)?;
        sheet.text(row, 2, one.said(&reading), &styles.cell)?;
        sheet.text(row, 3, measure.unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 4, reading.word(one.review.replaced.label()), styles.verdict(one.review.replaced))?;
        sheet.text(row, 5, reading.word(one.review.verdict.label()), styles.verdict(one.review.verdict))?;
        sheet.text(row, 6, reading.word(one.from()), &styles.cell)?;
        sheet.text(row, 7, one.review.note.as_deref().unwrap_or_default(), &styles.cell)?;
        sheet.text(row, 8, &seen.join("\n"), &styles.cell)?;
        sheet.text(row, 9, &one.review.by, &styles.cell)?;
        sheet.text(row, 10, &one.review.on, &styles.cell)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}
