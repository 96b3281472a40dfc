//! How many cells an OpenDocument sheet comes to once its repetitions are written out. A hundred
//! bytes can ask for a hundred million of them, so this is counted before anybody makes them.

use std::io::{BufReader, Cursor};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::super::answer_rules::Remark;
use super::container::{corrupt, too_large};

/// Text written out, in bytes.
const MOST_TEXT: u64 = 256 << 20;

/// Cells written out, blank ones between filled ones included, in a whole workbook.
const MOST: u64 = 4_000_000;

#[derive(Default)]
struct Count {
    total: u64,
    /// Of the table being read: rows up to the last filled one, and the widest of them.
    rows: u64,
    width: u64,
    blank_rows: u64,
    /// Of the row being read.
    repeat: u64,
    columns: u64,
    blank_columns: u64,
    /// Of the cell being read: how often it stands there.
    cells: u64,
    /// Text, every repetition counted.
    row_text: u64,
    text: u64,
}

pub(super) fn measure(bytes: &[u8]) -> Result<(), Remark> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(corrupt)?;
    let content = archive.by_name("content.xml").map_err(corrupt)?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().check_end_names = false;
    let mut count = Count::default();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(corrupt)? {
            Event::Start(element) => count.begin(&element, false),
            Event::Empty(element) => {
                count.begin(&element, true);
                count.end(element.name().as_ref());
            }
            Event::End(element) => count.end(element.name().as_ref()),
            Event::Text(text) => count.said(text.len()),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if count.text.saturating_add(count.row_text) > MOST_TEXT {
            return Err(too_large());
        }
        if count.total.saturating_add(count.rows.saturating_mul(count.width)) > MOST {
            return Err(too_large());
        }
        buffer.clear();
    }
}

impl Count {
    fn begin(&mut self, element: &BytesStart, is_empty: bool) {
        match element.name().as_ref() {
            "table:table" => *self = Count { total: self.total, text: self.text, ..Count::default() },
            "table:table-row" => {
                self.repeat = repeated(element, "table:number-rows-repeated");
                (self.columns, self.blank_columns, self.cells) = (0, 0, 1);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeat = repeated(element, "table:number-columns-repeated");
                self.cells = repeat;
                self.said(element.len());
                let has = |key: &str| element.try_get_attribute(key).ok().flatten().is_some();
                let is_filled = !is_empty || has("office:value-type") || has("table:formula");
                if is_filled {
                    self.columns = self.columns.saturating_add(self.blank_columns).saturating_add(repeat);
                    self.blank_columns = 0;
                    self.total = self.total.saturating_add(repeat);
                } else {
                    self.blank_columns = self.blank_columns.saturating_add(repeat);
                }
            }
            _ => {}
        }
    }

    fn said(&mut self, bytes: usize) {
        self.row_text = self.row_text.saturating_add(self.cells.saturating_mul(bytes as u64));
    }

    fn end(&mut self, name: &str) {
        if name == "table:table-row" {
            // A blank row is written out once at most.
            let repeat = if self.columns > 0 { self.repeat } else { 1 };
            self.text = self.text.saturating_add(self.row_text.saturating_mul(repeat));
            self.row_text = 0;
        }
        match name {
            "table:table-row" if self.columns > 0 => {
                self.rows = self.rows.saturating_add(self.blank_rows).saturating_add(self.repeat);
                self.width = self.width.max(self.columns);
                self.blank_rows = 0;
            }
            "table:table-row" => self.blank_rows = self.blank_rows.saturating_add(self.repeat),
            "table:table" => {
                self.total = self.total.saturating_add(self.rows.saturating_mul(self.width));
                (self.rows, self.width, self.blank_rows) = (0, 0, 0);
            }
            _ => {}
        }
    }
}

/// What cannot be read as a number is as large as can be.
fn repeated(element: &BytesStart, key: &str) -> u64 {
    match element.try_get_attribute(key) {
        Ok(None) => 1,
        Ok(Some(value)) => value.value.trim().parse().unwrap_or(u64::MAX),
        Err(_) => u64::MAX,
    }
}
