//! How the figures are made, with the weights that the formulas use, the words, and the data that
//! decided.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::report::glossary;
use crate::wire::assessment::Verdict;

/// The row of the first weight; the summary's formulas refer to it.
pub const WEIGHTS: u32 = 4;

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    let weights = &reading.assessment.legend.weights;
    sheet.title(super::METHOD, reading.word("xlsx.method_lead"))?;
    sheet.column(0, 26.0)?;
    sheet.column(1, 90.0)?;
    sheet.text(WEIGHTS - 1, 0, reading.word("html.verdict"), &styles.head)?;
    sheet.text(WEIGHTS - 1, 1, reading.word("xlsx.weight"), &styles.head)?;
    let rows = [
        (Verdict::Pass, weights.pass),
        (Verdict::Partial, weights.partial),
        (Verdict::Fail, weights.fail),
        (Verdict::Open, weights.open),
    ];
    let left = styles.number.clone().set_num_format("0.0#").set_align(rust_xlsxwriter::FormatAlign::Left);
    for (row, (verdict, weight)) in (WEIGHTS..).zip(rows) {
        sheet.text(row, 0, reading.word(verdict.label()), styles.verdict(verdict))?;
        sheet.number(row, 1, weight, &left)?;
    }
    let mut row = WEIGHTS + 5;
    for id in ["xlsx.method_scores", "html.method_assurance", "html.method_conclusion"] {
        sheet.text(row, 1, reading.word(id), &styles.cell)?;
        row += 1;
    }
    row += 1;
    sheet.text(row, 0, reading.word("html.glossary"), &styles.head)?;
    sheet.text(row, 1, "", &styles.head)?;
    for term in glossary::terms(reading.lang) {
        row += 1;
        sheet.text(row, 0, term.term, &styles.cell)?;
        sheet.text(row, 1, term.means, &styles.cell)?;
    }
    row += 2;
    sheet.text(row, 0, reading.word("html.data"), &styles.head)?;
    sheet.text(row, 1, reading.word("xlsx.sha256"), &styles.head)?;
    for rule in &reading.assessment.rules {
        row += 1;
        sheet.text(row, 0, &rule.file, &styles.name)?;
        sheet.text(row, 1, &rule.sha256, &styles.code)?;
    }
    sheet.finish()
}
