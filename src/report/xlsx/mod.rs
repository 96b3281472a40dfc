//! The evidence workbook. Totals are formulas over the evaluation sheet, with our own figures as their
//! cached values, so that anybody can follow and recompute them. No cell is made of what somebody
//! typed but as a text; there are no macros and no links to the outside.

mod cover;
mod evaluation;
mod evaluator;
mod history;
mod lists;
mod method;
mod responsibility;
mod sheet;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use sheet::{Sheet, Styles};

use super::Input;
use super::compare::compare;

/// The names of the sheets, by the ids of their texts.
const COVER: &str = "xlsx.cover";
const SUMMARY: &str = "xlsx.summary";
const EVALUATION: &str = "xlsx.evaluation";
const METHOD: &str = "xlsx.method";

pub fn render(input: &Input) -> Result<Vec<u8>, XlsxError> {
    let reading = input.reading();
    let styles = Styles::new(input.lang);
    let mut book = Workbook::new();
    book.set_properties(&properties(input)?);
    cover::write(Sheet::new(&mut book, COVER, reading, &styles)?)?;
    summary::write(Sheet::new(&mut book, SUMMARY, reading, &styles)?)?;
    evaluation::write(Sheet::new(&mut book, EVALUATION, reading, &styles)?)?;
    lists::conflicts(Sheet::new(&mut book, "xlsx.conflicts", reading, &styles)?)?;
    if reading.assessment.items.iter().any(|item| item.review.is_some()) {
        evaluator::write(Sheet::new(&mut book, "xlsx.differs", reading, &styles)?)?;
    }
    lists::plan(Sheet::new(&mut book, "xlsx.plan", reading, &styles)?)?;
    lists::facts(Sheet::new(&mut book, "xlsx.facts", reading, &styles)?)?;
    lists::evidence(Sheet::new(&mut book, "xlsx.evidence", reading, &styles)?)?;
    responsibility::write(Sheet::new(&mut book, "xlsx.responsibility", reading, &styles)?)?;
    if !reading.waivers().is_empty() {
        responsibility::waivers(Sheet::new(&mut book, "xlsx.waivers", reading, &styles)?)?;
    }
    if let Some(last) = input.earlier.last() {
        history::write(Sheet::new(&mut book, "xlsx.history", reading, &styles)?, input)?;
        lists::changes(
            Sheet::new(&mut book, "xlsx.changes", reading, &styles)?,
            &compare(last, input.assessment),
        )?;
    }
    method::write(Sheet::new(&mut book, METHOD, reading, &styles)?)?;
    book.save_to_buffer()
}

/// The day of the assessment stands for the day on which the file was made: the same assessment gives
/// the same bytes.
fn properties(input: &Input) -> Result<DocProperties, XlsxError> {
    let mut parts = input.assessment.date.split('-').map(|part| part.parse::<u16>().unwrap_or(1));
    let mut next = || parts.next().unwrap_or(1);
    let (year, month, day) = (next(), next(), next());
    let month = u8::try_from(month).unwrap_or(1);
    let day = u8::try_from(day).unwrap_or(1);
    let made = ExcelDateTime::from_ymd(year.max(1900), month, day)?;
    let title = input.reading().subject();
    Ok(DocProperties::new().set_title(sheet::shortened(&title, 200)).set_creation_datetime(&made))
}
