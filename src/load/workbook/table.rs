//! Finds the questionnaire in a sheet: the row of headings, and which column is which. Names count,
//! not positions.

use std::collections::HashMap;

use super::grid::{Cell, Grid};
use crate::model::column::{ASKED, Column, MARK, START};
use crate::model::fold;
use crate::typed::is_label;

/// How far down the headings may have been pushed.
const LAST_ROW_OF_HEADINGS: u32 = 60;

pub(super) enum Found {
    Questionnaire(Table),
    /// Ours, but with nothing to read in it.
    Ours,
    /// It has a column for answers, but none that says what was answered. The row of headings.
    WithoutNames(u32),
    Foreign,
}

#[derive(Debug)]
pub(super) struct Table {
    pub headings: u32,
    pub columns: HashMap<Column, u32>,
    /// Columns that people have added, with their headings.
    pub added: Vec<(u32, String)>,
    /// Columns whose heading stands there twice.
    pub doubled: Vec<(u32, Column)>,
}

pub(super) fn find(sheet: &Grid) -> Found {
    for (row, cells) in sheet.rows.range(..=LAST_ROW_OF_HEADINGS) {
        let says = |mark: &str| cells.values().any(|cell| cell.text().is_some_and(|text| text == mark));
        if says(MARK) {
            return Found::Questionnaire(table(sheet, *row));
        }
        if says(START) {
            return Found::Ours;
        }
    }
    for (row, cells) in sheet.rows.range(..=LAST_ROW_OF_HEADINGS) {
        let columns: Vec<Column> =
            cells.values().filter_map(Cell::text).filter_map(|text| heading(&text)).collect();
        if columns.contains(&Column::Status) && columns.contains(&Column::Measure) {
            return Found::WithoutNames(*row);
        }
    }
    Found::Foreign
}

fn table(sheet: &Grid, headings: u32) -> Table {
    let mut table = Table { headings, columns: HashMap::new(), added: Vec::new(), doubled: Vec::new() };
    let cells = sheet.rows.get(&headings).into_iter().flatten();
    for (at, text) in cells.filter_map(|(at, cell)| Some((*at, cell.text()?))) {
        match heading(&text) {
            Some(column) if table.columns.contains_key(&column) => {
                table.doubled.push((at, column));
                table.added.push((at, text));
            }
            Some(column) => drop(table.columns.insert(column, at)),
            None => table.added.push((at, text)),
        }
    }
    // Something written beside the table, below no heading at all, is kept as well.
    let known: Vec<u32> =
        table.columns.values().copied().chain(table.added.iter().map(|(at, _)| *at)).collect();
    let below = sheet.rows.range(headings + 1..).flat_map(|(_, cells)| cells.keys().copied());
    let mut nameless: Vec<u32> = below.filter(|at| !known.contains(at)).collect();
    nameless.sort_unstable();
    nameless.dedup();
    table.added.extend(nameless.into_iter().map(|at| (at, String::new())));
    table
}

/// The column that a heading names.
fn heading(text: &str) -> Option<Column> {
    match text {
        MARK => return Some(Column::Item),
        ASKED => return Some(Column::Asked),
        _ => {}
    }
    let word = fold::word(text);
    Column::ALL.iter().find(|column| is_label(&word, column.label())).copied()
}
