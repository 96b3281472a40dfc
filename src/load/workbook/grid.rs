//! Cells, whoever wrote them: the values of every sheet, with merged cells filled in.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Ods, Reader, Sheet, SheetType, Xlsx, XlsxError};
use jiff::civil::Date;

use super::super::answer_rules::Remark;
use super::container::{corrupt, too_large};
use crate::model::questionnaire::{CellValue, ExtraSheet};
use crate::msg;
use crate::typed;

/// Cells with something in them, in a whole workbook.
const MOST_CELLS: usize = 400_000;

pub(super) const MOST_SHEETS: usize = 200;

/// All the texts of a workbook together. Cells share their strings in the file, but not in here.
const MOST_TEXT: usize = 64 << 20;

/// What has been taken in so far.
#[derive(Default)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    pub fn spend(&mut self, cell: &Cell) -> Result<(), Remark> {
        self.cells += 1;
        if let Cell::Value(CellValue::Text(text)) = cell {
            self.text += text.len();
        }
        if self.cells > MOST_CELLS || self.text > MOST_TEXT { Err(too_large()) } else { Ok(()) }
    }
}

/// Row and column of a cell, from 0.
pub(super) type Place = (u32, u32);

#[derive(Debug)]
pub(super) struct Workbook {
    pub sheets: Vec<Grid>,
    /// The document's own properties, by name.
    pub properties: BTreeMap<String, String>,
}

/// The cells of one sheet that say something.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub name: Arc<str>,
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Value(CellValue),
    /// An error such as `#REF!`.
    Error(String),
    /// A formula that nobody has worked out yet.
    Formula,
}

impl Grid {
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.rows.get(&row)?.get(&column)
    }

    pub fn insert(&mut self, (row, column): Place, cell: Cell) {
        self.rows.entry(row).or_default().insert(column, cell);
    }

    /// Cells merged downwards say the same in every row that they cover.
    pub fn fill(&mut self, merged: &[Dimensions], budget: &mut Budget) -> Result<(), Remark> {
        for area in merged {
            let (top, column) = area.start;
            let Some(cell) = self.cell(top, column).cloned() else { continue };
            let covered: Vec<u32> =
                self.rows.range(top + 1..=area.end.0.max(top + 1)).map(|(row, _)| *row).collect();
            for row in covered.into_iter().filter(|row| *row <= area.end.0) {
                budget.spend(&cell)?;
                self.rows.entry(row).or_default().entry(column).or_insert_with(|| cell.clone());
            }
        }
        Ok(())
    }

    /// The sheet as something to keep, where there is anything in it.
    pub fn as_extra(&self) -> Option<ExtraSheet> {
        let cells: Vec<(u32, u32, CellValue)> = self
            .rows
            .iter()
            .flat_map(|(row, cells)| cells.iter().map(move |(column, cell)| (*row, *column, cell.kept())))
            .collect();
        (!cells.is_empty()).then(|| ExtraSheet { name: self.name.to_string(), cells })
    }

    /// The texts of every row, from left to right.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let row = |cells: &BTreeMap<u32, Cell>| cells.values().filter_map(Cell::text).collect();
        self.rows.values().map(row).collect()
    }
}

impl Cell {
    /// What it says as a text; nothing where it is blank or broken.
    pub fn text(&self) -> Option<String> {
        let Cell::Value(value) = self else { return None };
        let text = match value {
            CellValue::Text(text) => text.trim().to_owned(),
            CellValue::Number(number) => typed::number(*number),
            CellValue::Date(date) => date.to_string(),
            CellValue::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        };
        (!text.is_empty()).then_some(text)
    }

    pub fn is_blank(&self) -> bool {
        matches!(self, Cell::Value(CellValue::Text(text)) if text.trim().is_empty())
    }

    /// What is kept of it when the workbook is written anew.
    pub fn kept(&self) -> CellValue {
        match self {
            Cell::Value(value) => value.clone(),
            Cell::Error(code) => CellValue::Text(code.clone()),
            Cell::Formula => CellValue::Text(String::new()),
        }
    }
}

pub(super) fn xlsx(bytes: &[u8]) -> Result<Workbook, Remark> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let properties = book.workbook_properties().map(|all| all.custom_properties).unwrap_or_default();
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata())? {
        let mut grid = Grid { name: name.as_str().into(), ..Grid::default() };
        let mut reader = book.worksheet_cells_reader(&name).map_err(refused)?;
        while let Some(record) = reader.next_cell_with_formula_metadata().map_err(refused)? {
            let cell = match record.value {
                DataRef::Empty if record.formula.is_some() => Some(Cell::Formula),
                value => from_data(value.into()),
            };
            if let Some(cell) = cell {
                budget.spend(&cell)?;
                grid.insert(record.pos, cell);
            }
        }
        drop(reader);
        grid.fill(&book.merge_cells_by_sheet_name(&name).unwrap_or_default(), &mut budget)?;
        sheets.push(grid);
    }
    Ok(Workbook { sheets, properties: properties.into_iter().collect() })
}

pub(super) fn ods(bytes: &[u8]) -> Result<Workbook, Remark> {
    super::opendocument::measure(bytes)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::OdsError::Password => password(),
        error => corrupt(error),
    })?;
    let properties = book.workbook_properties().map(|all| all.custom_properties).unwrap_or_default();
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    for name in names(book.sheets_metadata())? {
        let range = book.worksheet_range(&name).map_err(corrupt)?;
        let formulas = book.worksheet_formula(&name).map_err(corrupt)?;
        let mut grid = Grid { name: name.as_str().into(), ..Grid::default() };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = (u32::try_from(row).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX));
            let place = (top.saturating_add(place.0), left.saturating_add(place.1));
            if let Some(cell) = from_data(value.clone()) {
                budget.spend(&cell)?;
                grid.insert(place, cell);
            }
        }
        let (top, left) = formulas.start().unwrap_or_default();
        for (row, column, _) in formulas.used_cells() {
            let place = (u32::try_from(row).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX));
            let place = (top.saturating_add(place.0), left.saturating_add(place.1));
            grid.rows.entry(place.0).or_default().entry(place.1).or_insert(Cell::Formula);
        }
        sheets.push(grid);
    }
    Ok(Workbook { sheets, properties: properties.into_iter().collect() })
}

fn names(sheets: &[Sheet]) -> Result<Vec<String>, Remark> {
    if sheets.len() > MOST_SHEETS {
        return Err(too_large());
    }
    let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    Ok(sheets.map(|sheet| sheet.name.clone()).collect())
}

pub(super) fn from_data(value: Data) -> Option<Cell> {
    Some(Cell::Value(match value {
        Data::Empty => return None,
        Data::String(text) if text.is_empty() => return None,
        Data::String(text) => CellValue::Text(text.replace("\r\n", "\n")),
        #[allow(clippy::cast_precision_loss)]
        Data::Int(number) => CellValue::Number(number as f64),
        Data::Float(number) => CellValue::Number(number),
        Data::Bool(truth) => CellValue::Truth(truth),
        Data::DateTime(time) => match from_serial(&time) {
            Some(date) => CellValue::Date(date),
            None => CellValue::Number(time.as_f64()),
        },
        Data::DateTimeIso(text) => match text.get(..10).and_then(|day| day.parse::<Date>().ok()) {
            Some(date) => CellValue::Date(date),
            None => CellValue::Text(text),
        },
        Data::DurationIso(text) => CellValue::Text(text),
        Data::Error(code) => return Some(Cell::Error(code.to_string())),
    }))
}

fn from_serial(time: &ExcelDateTime) -> Option<Date> {
    if !time.is_datetime() {
        return None;
    }
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

fn refused(error: XlsxError) -> Remark {
    match error {
        XlsxError::Password => password(),
        error => corrupt(error),
    }
}

pub(super) fn password() -> Remark {
    Remark::error(msg!("workbook.password"), msg!("workbook.password.mend"))
}
