//! The sheets on who answers for what: the boundary of responsibility, and the risks that somebody
//! accepts for a while.

use rust_xlsxwriter::XlsxError;

use super::sheet::Sheet;
use crate::report::responsibility::{PARTIES, rows};

const HEAD: u32 = 3;

pub fn write(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.title("xlsx.responsibility", reading.word("responsibility.lead"))?;
    let labels = PARTIES.map(|actor| actor.label());
    let [first, second, third, fourth] = labels;
    let ids = [
        "csv.item",
        "html.level",
        "csv.title",
        first,
        second,
        third,
        fourth,
        "html.verdict",
        "responsibility.said_by",
        "responsibility.behind",
    ];
    sheet.head(HEAD, &ids, &[15.0, 6.0, 38.0, 9.0, 9.0, 11.0, 9.0, 10.0, 36.0, 44.0])?;
    for (row, one) in (HEAD + 1..).zip(rows(&reading)) {
        sheet.link(row, 0, &one.item.item)?;
        sheet.text(row, 1, reading.word(one.item.level.label()), &styles.cell)?;
        sheet.text(row, 2, reading.text(&one.item.title), &styles.cell)?;
        for (column, part) in (3..).zip(one.parts) {
            sheet.text(row, column, part.mark(), &styles.cell)?;
        }
        sheet.text(row, 7, reading.word(one.item.verdict.label()), styles.verdict(one.item.verdict))?;
        sheet.text(row, 8, &one.said_by, &styles.cell)?;
        sheet.text(row, 9, &one.behind, &styles.cell)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}

pub fn waivers(mut sheet: Sheet) -> Result<(), XlsxError> {
    let (reading, styles) = (sheet.reading, sheet.styles);
    sheet.title("xlsx.waivers", reading.word("waivers.lead"))?;
    let ids = [
        "csv.item",
        "html.level",
        "csv.title",
        "html.verdict",
        "waivers.by",
        "waivers.reason",
        "waivers.until",
        "waivers.state",
    ];
    sheet.head(HEAD, &ids, &[15.0, 6.0, 38.0, 10.0, 18.0, 44.0, 12.0, 12.0])?;
    for (row, (item, waiver)) in (HEAD + 1..).zip(reading.waivers()) {
        let (state, style) = match waiver.expired {
            true => ("waivers.expired", &styles.alarm),
            false => ("waivers.accepted", &styles.cell),
        };
        sheet.link(row, 0, &item.item)?;
        sheet.text(row, 1, reading.word(item.level.label()), &styles.cell)?;
        sheet.text(row, 2, reading.text(&item.title), &styles.cell)?;
        sheet.text(row, 3, reading.word(item.verdict.label()), styles.verdict(item.verdict))?;
        sheet.text(row, 4, &waiver.by, &styles.cell)?;
        sheet.text(row, 5, &waiver.reason, &styles.cell)?;
        sheet.text(row, 6, &waiver.until, style)?;
        sheet.text(row, 7, reading.word(state), style)?;
    }
    sheet.sheet.set_landscape();
    sheet.finish()
}
