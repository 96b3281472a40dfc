//! Values as they are: what people added to a workbook, written again where they had it.

use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::style::Style;
use crate::model::questionnaire::{CellValue, ExtraSheet};

/// A sheet that is not ours, with its values and without its looks.
pub(super) fn sheet(name: &str, extra: &ExtraSheet, style: &Style) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    for (row, column, value) in &extra.cells {
        let Ok(column) = u16::try_from(*column) else { continue };
        write(&mut sheet, *row, column, value, &style.free, &style.free_date)?;
    }
    Ok(sheet)
}

/// Writes a value. A text stays a text, whatever it begins with.
pub(super) fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &CellValue,
    format: &Format,
    date_format: &Format,
) -> Result<(), XlsxError> {
    match value {
        CellValue::Text(text) if text.is_empty() => drop(sheet.write_blank(row, column, format)?),
        CellValue::Text(text) => drop(sheet.write_string_with_format(row, column, text, format)?),
        CellValue::Number(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, format)?;
        }
        CellValue::Number(number) => {
            sheet.write_string_with_format(row, column, number.to_string(), format)?;
        }
        CellValue::Truth(truth) => drop(sheet.write_boolean_with_format(row, column, *truth, format)?),
        CellValue::Date(date) => {
            let parts = (date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs());
            match ExcelDateTime::from_ymd(parts.0, parts.1, parts.2) {
                Ok(day) => drop(sheet.write_datetime_with_format(row, column, &day, date_format)?),
                // A day before the calendar of spreadsheets begins.
                Err(_) => drop(sheet.write_string_with_format(row, column, date.to_string(), format)?),
            }
        }
    }
    Ok(())
}
