//! Finds the questionnaire in a sheet: the row of headings, and which column is which. Names count,
//! not positions.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use super::grid::{Cell, Grid};
use crate::model::column::{ASKED, Column, MARK, START};
use crate::model::fold;
use crate::model::text::Lang;
use crate::texts::word;

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
    pub added: BTreeMap<u32, String>,
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
    let mut table = Table { headings, columns: HashMap::new(), added: BTreeMap::new(), doubled: Vec::new() };
    let cells = sheet.rows.get(&headings).into_iter().flatten();
    for (at, text) in cells.filter_map(|(at, cell)| Some((*at, cell.text()?))) {
        match heading(&text) {
            Some(column) if table.columns.contains_key(&column) => {
                table.doubled.push((at, column));
                table.added.insert(at, text);
            }
            Some(column) => drop(table.columns.insert(column, at)),
            None => drop(table.added.insert(at, text)),
        }
    }
    // Something written beside the table, below no heading at all, is kept as well.
    let known: HashSet<u32> = table.columns.values().copied().collect();
    for at in sheet.rows.range(headings + 1..).flat_map(|(_, cells)| cells.keys().copied()) {
        if !known.contains(&at) {
            table.added.entry(at).or_default();
        }
    }
    table
}

/// The column that a heading names.
fn heading(text: &str) -> Option<Column> {
    match text {
        MARK => return Some(Column::Item),
        ASKED => return Some(Column::Asked),
        _ => {}
    }
    static NAMES: OnceLock<HashMap<String, Column>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let both = |column: &Column| {
            [Lang::Ja, Lang::En].map(|lang| (fold::word(word(column.label(), lang)), *column))
        };
        Column::ALL.iter().flat_map(both).collect()
    });
    names.get(&fold::word(text)).copied()
}
