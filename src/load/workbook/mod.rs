//! Reads answers from a workbook, whatever has been done to it since it was written: rows are found
//! by the name of their item and columns by what they are called, wherever they stand now.
//!
//! `container` looks at the file before anything unpacks it, `grid` makes cells of it (`excel97` of an
//! old .xls), `table` finds the questionnaire among them, `row` reads one item.

mod container;
mod excel97;
mod grid;
mod opendocument;
mod row;
mod table;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use grid::{Grid, Workbook};

use super::answer_rules::Names;
use super::answers::Answers;
use super::catalog::Catalog;
use super::file;
use super::workspace::Profile;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::{CellPlace, Origin};
use crate::model::questionnaire::Extras;
use crate::msg;

pub use grid::Cell;

/// Workbooks may hold pictures; larger ones are refused all the same.
const LARGEST: u64 = 64 << 20;

/// What a workbook says: the answers, and what people have added to it.
#[derive(Debug, Default)]
pub struct Read {
    pub answers: Answers,
    pub extras: Extras,
}

/// Reads a file. Nothing where it is no workbook that can be read; what is wrong is noted.
pub fn read(
    path: &Path,
    catalog: &Catalog,
    profile: Option<&Profile>,
    diagnostics: &Diagnostics,
) -> Option<Read> {
    let bytes = file::bytes(path, LARGEST).map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    from_bytes(file::shown(path).into(), &bytes, catalog, profile, diagnostics)
}

/// Reads the bytes of a file under the name that the user knows it by.
pub fn from_bytes(
    name: Arc<str>,
    bytes: &[u8],
    catalog: &Catalog,
    profile: Option<&Profile>,
    diagnostics: &Diagnostics,
) -> Option<Read> {
    let book = match container::open(bytes) {
        Ok(book) => book,
        Err(remark) => {
            diagnostics.push(remark.at(Origin::file(name)));
            return None;
        }
    };
    let names = Names { catalog, profile, diagnostics };
    let mut reading = Reading { name, names, diagnostics, read: Read::default(), added: HashMap::new() };
    reading.book(&book);
    Some(reading.read)
}

/// The name of a sheet, and the texts of its rows from left to right.
pub type Texts = (Arc<str>, Vec<Vec<String>>);

/// The cells of a workbook that is no questionnaire: a list of numbers and texts, say.
pub fn cells(path: &Path) -> Result<Vec<Texts>, Box<Diagnostic>> {
    let bytes = file::bytes(path, LARGEST)?;
    let book =
        container::open(&bytes).map_err(|remark| Box::new(remark.at(Origin::file(file::shown(path)))))?;
    Ok(book.sheets.iter().map(|sheet| (Arc::clone(&sheet.name), sheet.texts())).collect())
}

/// A text, where it stands, and the text to its left.
pub type Placed = (Origin, String, Option<String>);

/// Every text of a workbook with its cell, and what stands to its left, which often says what it is.
pub fn placed(path: &Path) -> Result<Vec<Placed>, Box<Diagnostic>> {
    let bytes = file::bytes(path, LARGEST)?;
    let name: Arc<str> = file::shown(path).into();
    let book =
        container::open(&bytes).map_err(|remark| Box::new(remark.at(Origin::file(Arc::clone(&name)))))?;
    let mut all = Vec::new();
    for sheet in &book.sheets {
        for (row, cells) in &sheet.rows {
            let mut left = None;
            for (column, cell) in cells {
                let Some(text) = cell.text() else { continue };
                let place = CellPlace { sheet: Arc::clone(&sheet.name), row: *row, column: *column };
                all.push((Origin::cell(Arc::clone(&name), place), text.clone(), left));
                left = Some(text);
            }
        }
    }
    Ok(all)
}

/// A workbook being read, and where its problems go.
struct Reading<'a> {
    name: Arc<str>,
    names: Names<'a>,
    diagnostics: &'a Diagnostics,
    read: Read,
    /// Where the columns that people added stand among the extras, by heading.
    added: HashMap<String, usize>,
}

impl Reading<'_> {
    fn book(&mut self, book: &Workbook) {
        self.warn_of_other_editions(book);
        let mut found = false;
        for sheet in &book.sheets {
            match table::find(sheet) {
                table::Found::Questionnaire(table) => {
                    found = true;
                    self.questionnaire(sheet, &table);
                }
                table::Found::Ours => {}
                table::Found::WithoutNames(row) => {
                    found = true;
                    let what = msg!("workbook.no_names", sheet = &*sheet.name);
                    let wrong = Diagnostic::error(what, msg!("workbook.no_names.mend"));
                    self.diagnostics.push(wrong.at(self.origin(sheet, row, 0)));
                }
                table::Found::Foreign => self.read.extras.sheets.extend(sheet.as_extra()),
            }
        }
        if !found {
            let wrong = Diagnostic::error(msg!("workbook.no_sheet"), msg!("workbook.no_sheet.mend"));
            self.diagnostics.push(wrong.at(Origin::file(Arc::clone(&self.name))));
        }
    }

    /// The questions may have been others when the workbook was written.
    fn warn_of_other_editions(&self, book: &Workbook) {
        for (key, edition) in &book.properties {
            let Some(id) = key.strip_prefix(crate::model::column::EDITION) else { continue };
            let Some(checklist) = self.names.catalog.checklists.get(id) else { continue };
            if checklist.edition != *edition {
                let what =
                    msg!("workbook.other_edition", checklist = id, then = edition, now = &checklist.edition);
                let warning = Diagnostic::warning(what, msg!("workbook.other_edition.mend"));
                self.diagnostics.push(warning.at(Origin::file(Arc::clone(&self.name))));
            }
        }
    }

    fn origin(&self, sheet: &Grid, row: u32, column: u32) -> Origin {
        let place = CellPlace { sheet: Arc::clone(&sheet.name), row, column };
        Origin::cell(Arc::clone(&self.name), place)
    }
}
