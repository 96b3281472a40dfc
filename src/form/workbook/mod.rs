//! The questionnaire as a workbook: a start sheet, a sheet for each checklist, one for answers that
//! are not asked for any more, and the sheets that people added. No macros, and formulas carry
//! their results, so that it reads the same in every program.

mod extra;
mod layout;
mod sheet;
mod start;
mod style;

use std::collections::BTreeSet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::model::column::{Column, EDITION};
use crate::model::name::ItemName;
use crate::model::questionnaire::Questionnaire;
use crate::model::text::Lang;
use crate::texts::word;
pub use layout::LONGEST;
use layout::Layout;
pub(super) use layout::{height, lines, refuse_what_is_too_long};
use style::Style;
pub(super) use style::base;

/// Why a workbook could not be written.
#[derive(Debug)]
pub enum Refused {
    /// A text that is longer than a cell can hold.
    TooLong {
        item: ItemName,
        column: Column,
    },
    Failed(XlsxError),
}

impl From<XlsxError> for Refused {
    fn from(error: XlsxError) -> Refused {
        Refused::Failed(error)
    }
}

/// The workbook as bytes of an xlsx file. The same questionnaire gives the same bytes.
pub fn render(questionnaire: &Questionnaire, lang: Lang) -> Result<Vec<u8>, Refused> {
    refuse_what_is_too_long(questionnaire)?;
    let style = Style::new(lang);
    let layout = Layout::of(questionnaire, lang);
    let mut names = SheetNames::default();
    let mut book = Workbook::new();
    book.set_properties(&properties(questionnaire)?);
    let start_name = names.claim(word("form.start", lang));
    let mut sheets = Vec::new();
    for section in &questionnaire.sections {
        let name = names.claim(section.checklist.title.to(lang));
        sheets.push(sheet::asked(&name, section, questionnaire, &layout, &style)?);
    }
    let retired = match questionnaire.retired.is_empty() {
        true => None,
        false => {
            let name = names.claim(word("form.retired", lang));
            Some(sheet::retired(&name, questionnaire, &layout, &style)?)
        }
    };
    let start = start::sheet(&start_name, questionnaire, &sheets, &layout, &style)?;
    book.push_worksheet(start);
    for sheet in sheets {
        book.push_worksheet(sheet.worksheet);
    }
    if let Some(sheet) = retired {
        book.push_worksheet(sheet.worksheet);
    }
    for extra in &questionnaire.extras.sheets {
        book.push_worksheet(extra::sheet(&names.claim(&extra.name), extra, &style)?);
    }
    Ok(book.save_to_buffer()?)
}

/// What the document says of itself: which checklists, which editions, which data.
pub(super) fn properties(questionnaire: &Questionnaire) -> Result<DocProperties, XlsxError> {
    let day = questionnaire.today;
    let (year, month, day) =
        (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
    let mut properties = DocProperties::new()
        .set_title(&questionnaire.subject.name)
        .set_author("tenken")
        .set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?);
    for section in &questionnaire.sections {
        let checklist = &section.checklist;
        properties = properties
            .set_custom_property(format!("{EDITION}{}", checklist.id), checklist.edition.as_str())
            .set_custom_property(format!("tenken-digest-{}", checklist.id), checklist.digest.as_str());
    }
    Ok(properties)
}

/// Names of sheets: short enough, without what a name may not have, and none twice.
#[derive(Default)]
pub(super) struct SheetNames(BTreeSet<String>);

impl SheetNames {
    const LONGEST: usize = 31;

    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let allowed = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { ' ' } else { c };
        let plain: String = wanted.chars().map(allowed).collect();
        let plain = match plain.trim() {
            "" => "1",
            name => name,
        };
        for number in 1_u32.. {
            let end = if number == 1 { String::new() } else { format!(" ({number})") };
            let mut name = String::new();
            let mut left = Self::LONGEST - end.len();
            for c in plain.chars() {
                if c.len_utf16() > left {
                    break;
                }
                left -= c.len_utf16();
                name.push(c);
            }
            let name = format!("{}{end}", name.trim_end());
            // Excel keeps this one for itself.
            if name.to_lowercase() != "history" && self.0.insert(name.to_lowercase()) {
                return name;
            }
        }
        plain.to_owned()
    }
}

/// A format for cells that hold a date, or the one for all others.
fn dated<'s>(is_date: bool, date: &'s Format, other: &'s Format) -> &'s Format {
    if is_date { date } else { other }
}

#[cfg(test)]
mod tests {
    use super::SheetNames;

    #[test]
    fn a_sheet_has_a_name_that_excel_takes_and_no_other_has() {
        let mut names = SheetNames::default();
        assert_eq!(names.claim("表"), "表");
        assert_eq!(names.claim("表"), "表 (2)");
        assert_eq!(names.claim("a/b: [c]?"), "a b   c");
        assert_eq!(names.claim("History"), "History (2)");
        assert_eq!(names.claim(""), "1");
        let long = names.claim(&"𠮷".repeat(40));
        assert_eq!(long.encode_utf16().count(), 30);
        let again = names.claim(&"𠮷".repeat(40));
        assert!(again.ends_with(" (2)") && again.encode_utf16().count() <= 31);
    }
}
