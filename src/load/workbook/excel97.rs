//! Workbooks of Excel 97 to 2003 (.xls): a compound file with one stream of records in it.
//!
//! calamine reads them too, but makes room for whatever a record claims, copies a shared text for
//! each cell that shows it, and can be led in circles. So the records are walked here, and what they
//! come to is counted as it is for the other kinds. Only values are read: of a formula, the result
//! that was last worked out.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use calamine::{Data, Dimensions, ExcelDateTime, ExcelDateTimeType};
use cfb::CompoundFile;

use super::super::answer_rules::Remark;
use super::container::{corrupt, too_large};
use super::grid::{Budget, Grid, MOST_SHEETS, Place, Workbook, from_data, password};
use crate::msg;

/// The stream with everything in it. A file is not longer, so this only ends what lies about itself.
const LARGEST: u64 = 64 << 20;

const FORMULA: u16 = 0x0006;
const END: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
const ENCRYPTED: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00BD;
const XF: u16 = 0x00E0;
const MERGED: u16 = 0x00E5;
const SHARED: u16 = 0x00FC;
const LABEL_SHARED: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const TRUTH_OR_ERROR: u16 = 0x0205;
const RESULT: u16 = 0x0207;
const RK: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
const BEGIN: u16 = 0x0809;

/// The edition of the records that Excel 97 and everything after it writes.
const BIFF8: u16 = 0x0600;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Remark> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(corrupt)?;
    if file.exists("/EncryptedPackage") {
        return Err(password());
    }
    let Ok(stream) = file.open_stream("/Workbook") else {
        // Word, an installer, or Excel 95 and older, whose stream is called Book.
        return Err(Remark::error(msg!("workbook.xls"), msg!("workbook.save_as_xlsx.mend")));
    };
    let mut content = Vec::new();
    stream.take(LARGEST).read_to_end(&mut content).map_err(corrupt)?;
    let globals = Globals::read(&content)?;
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    for (start, name) in &globals.sheets {
        let rest = content.get(*start..).ok_or_else(|| corrupt(name))?;
        let mut grid = Grid { name: name.as_str().into(), ..Grid::default() };
        let merged = globals.sheet(rest, &mut grid, &mut budget)?;
        grid.fill(&merged, &mut budget)?;
        sheets.push(grid);
    }
    Ok(Workbook { sheets, properties: std::collections::BTreeMap::default() })
}

/// What all sheets share.
#[derive(Default)]
struct Globals {
    sheets: Vec<(usize, String)>,
    texts: Vec<String>,
    /// Of each style, whether it shows a number as a date.
    shows_date: Vec<bool>,
    counts_from_1904: bool,
}

impl Globals {
    fn read(content: &[u8]) -> Result<Self, Remark> {
        let mut globals = Self::default();
        let (mut formats, mut styles) = (HashMap::new(), Vec::new());
        let mut records = Records { rest: content };
        let first = records.next()?;
        let mut fields = Fields::of(first.data);
        if first.kind != BEGIN || fields.u16()? != BIFF8 {
            return Err(Remark::error(msg!("workbook.xls"), msg!("workbook.save_as_xlsx.mend")));
        }
        loop {
            let record = records.next()?;
            let mut fields = Fields::of(record.data);
            match record.kind {
                END => break,
                ENCRYPTED => return Err(password()),
                DATE_MODE => globals.counts_from_1904 = fields.u16()? == 1,
                FORMAT => {
                    let number = fields.u16()?;
                    formats.insert(number, is_date_format(&fields.text(2)?));
                }
                XF => {
                    fields.u16()?;
                    styles.push(fields.u16()?);
                }
                SHEET => {
                    let start = fields.u32()? as usize;
                    let [_state, kind] = fields.array()?;
                    if kind == 0 {
                        globals.sheets.push((start, fields.text(1)?));
                    }
                    if globals.sheets.len() > MOST_SHEETS {
                        return Err(too_large());
                    }
                }
                SHARED => globals.texts = shared(Fields { data: record.data, more: records.continued() })?,
                _ => {}
            }
        }
        let shows_date =
            |style: &u16| formats.get(style).copied().unwrap_or_else(|| is_built_in_date(*style));
        globals.shows_date = styles.iter().map(shows_date).collect();
        Ok(globals)
    }

    /// Reads the cells of one sheet, and gives which of them are merged.
    fn sheet(&self, content: &[u8], grid: &mut Grid, budget: &mut Budget) -> Result<Vec<Dimensions>, Remark> {
        let mut records = Records { rest: content };
        let mut merged = Vec::new();
        let (mut depth, mut waiting) = (0_u32, None);
        loop {
            let record = records.next()?;
            let mut fields = Fields::of(record.data);
            match record.kind {
                BEGIN => depth += 1,
                END if depth <= 1 => return Ok(merged),
                END => depth -= 1,
                // A chart in the sheet has records of the same kinds.
                _ if depth != 1 => {}
                MERGED => {
                    for _ in 0..fields.u16()? {
                        let [top, bottom, left, right] = [(); 4].map(|()| fields.u16().map(u32::from));
                        merged.push(Dimensions::new((top?, left?), (bottom?, right?)));
                    }
                }
                RESULT => {
                    if let Some(place) = waiting.take() {
                        let text = Fields { data: record.data, more: records.continued() }.text(2)?;
                        put(grid, budget, place, Data::String(text))?;
                    }
                }
                MUL_RK => {
                    let (row, mut column) = fields.place()?;
                    while fields.data.len() >= 6 {
                        let (style, number) = (fields.u16()?, fields.u32()?);
                        put(grid, budget, (row, column), self.number(style, from_rk(number)))?;
                        column += 1;
                    }
                }
                NUMBER | RK | LABEL | LABEL_SHARED | TRUTH_OR_ERROR | FORMULA => {
                    let place = fields.place()?;
                    let style = fields.u16()?;
                    let value = match record.kind {
                        NUMBER => self.number(style, f64::from_le_bytes(fields.array()?)),
                        RK => self.number(style, from_rk(fields.u32()?)),
                        LABEL => {
                            Data::String(Fields { data: fields.data, more: records.continued() }.text(2)?)
                        }
                        LABEL_SHARED => {
                            let at = fields.u32()? as usize;
                            Data::String(self.texts.get(at).ok_or_else(|| corrupt("SST"))?.clone())
                        }
                        TRUTH_OR_ERROR => {
                            let [value, is_error] = fields.array()?;
                            truth_or_error(value, is_error != 0)
                        }
                        _ => match fields.array::<8>()? {
                            // The text stands in a record of its own.
                            [0, _, _, _, _, _, 0xFF, 0xFF] => {
                                waiting = Some(place);
                                Data::Empty
                            }
                            [1, _, value, _, _, _, 0xFF, 0xFF] => truth_or_error(value, false),
                            [2, _, value, _, _, _, 0xFF, 0xFF] => truth_or_error(value, true),
                            [_, _, _, _, _, _, 0xFF, 0xFF] => Data::Empty,
                            number => self.number(style, f64::from_le_bytes(number)),
                        },
                    };
                    put(grid, budget, place, value)?;
                }
                _ => {}
            }
        }
    }

    fn number(&self, style: u16, value: f64) -> Data {
        match self.shows_date.get(usize::from(style)) {
            Some(true) => {
                Data::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, self.counts_from_1904))
            }
            _ => Data::Float(value),
        }
    }
}

fn put(grid: &mut Grid, budget: &mut Budget, place: Place, value: Data) -> Result<(), Remark> {
    let Some(cell) = from_data(value) else { return Ok(()) };
    budget.spend(&cell)?;
    grid.insert(place, cell);
    Ok(())
}

fn truth_or_error(value: u8, is_error: bool) -> Data {
    if is_error {
        let name = match value {
            0x00 => "#NULL!",
            0x07 => "#DIV/0!",
            0x0F => "#VALUE!",
            0x17 => "#REF!",
            0x1D => "#NAME?",
            0x24 => "#NUM!",
            _ => "#N/A",
        };
        return name.parse().map_or_else(|_| Data::Error(calamine::CellErrorType::NA), Data::Error);
    }
    Data::Bool(value != 0)
}

/// A number in 30 bits: a whole one, or the upper part of a float; either may be in hundredths.
fn from_rk(rk: u32) -> f64 {
    let number = match rk & 2 {
        0 => f64::from_bits(u64::from(rk & !3) << 32),
        _ => f64::from(rk.cast_signed() >> 2),
    };
    if rk & 1 == 0 { number } else { number / 100.0 }
}

/// Formats that need no name in the file, those of Japanese editions included.
fn is_built_in_date(format: u16) -> bool {
    matches!(format, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=58)
}

/// A format shows a date where it has a day, a year or an era outside of what is quoted.
fn is_date_format(format: &str) -> bool {
    let (mut quoted, mut bracketed) = (false, false);
    let mut letters = format.chars();
    let format = format.to_ascii_lowercase();
    if format.contains("general") {
        return false;
    }
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | '_' | '*' => drop(letters.next()),
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            'y' | 'Y' | 'd' | 'D' | 'g' | 'G' if !quoted && !bracketed => return true,
            _ => {}
        }
    }
    false
}

/// The texts that cells refer to by number.
fn shared(mut fields: Fields) -> Result<Vec<String>, Remark> {
    fields.skip(8)?;
    let mut texts = Vec::new();
    while fields.has_more() {
        texts.push(fields.text(2)?);
    }
    Ok(texts)
}

#[derive(Clone, Copy)]
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// A file that is cut off ends without its last record.
    fn next(&mut self) -> Result<Record<'a>, Remark> {
        let mut fields = Fields::of(self.rest);
        let (kind, length) = (fields.u16()?, fields.u16()?);
        let (data, rest) = fields.data.split_at_checked(usize::from(length)).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(Record { kind, data })
    }

    /// A record is short; what does not fit follows in others.
    fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut more = Vec::new();
        loop {
            let here = self.rest;
            match self.next() {
                Ok(Record { kind: CONTINUE, data }) => more.push(data),
                _ => {
                    self.rest = here;
                    more.reverse();
                    return more;
                }
            }
        }
    }
}

/// What is left of a record, and of those that continue it: the next one last.
struct Fields<'a> {
    data: &'a [u8],
    more: Vec<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn of(data: &'a [u8]) -> Self {
        Self { data, more: Vec::new() }
    }

    fn has_more(&self) -> bool {
        !self.data.is_empty() || self.more.iter().any(|data| !data.is_empty())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Remark> {
        if self.data.is_empty()
            && let Some(next) = self.more.pop()
        {
            self.data = next;
        }
        let (first, rest) = self.data.split_first_chunk().ok_or_else(cut_off)?;
        self.data = rest;
        Ok(*first)
    }

    fn u16(&mut self) -> Result<u16, Remark> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Remark> {
        self.array().map(u32::from_le_bytes)
    }

    fn place(&mut self) -> Result<Place, Remark> {
        Ok((self.u16()?.into(), self.u16()?.into()))
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), Remark> {
        while bytes > self.data.len() {
            bytes -= self.data.len();
            self.data = self.more.pop().ok_or_else(cut_off)?;
        }
        self.data = self.data.get(bytes..).ok_or_else(cut_off)?;
        Ok(())
    }

    /// A text: its length in so many bytes, flags, the letters, and what dresses them up. Where the
    /// letters go on in another record, that one begins with flags of its own.
    fn text(&mut self, length: usize) -> Result<String, Remark> {
        let mut left = match length {
            1 => usize::from(self.array::<1>()?[0]),
            _ => usize::from(self.u16()?),
        };
        if left == 0 && !self.has_more() {
            return Ok(String::new());
        }
        let [flags] = self.array()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) * 4 };
        let phonetic = if flags & 4 == 0 { 0 } else { self.u32()? as usize };
        let mut is_wide = flags & 1 != 0;
        let mut units = Vec::new();
        while left > 0 {
            if self.data.is_empty() {
                self.data = self.more.pop().ok_or_else(cut_off)?;
                is_wide = self.array::<1>()?[0] & 1 != 0;
            }
            let width = if is_wide { 2 } else { 1 };
            let count = left.min(self.data.len() / width);
            let (letters, rest) = self.data.split_at_checked(count * width).ok_or_else(cut_off)?;
            if count == 0 {
                return Err(cut_off());
            }
            match is_wide {
                true => units.extend(letters.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit))),
                false => units.extend(letters.iter().copied().map(u16::from)),
            }
            self.data = rest;
            left -= count;
        }
        self.skip(runs + phonetic)?;
        Ok(String::from_utf16_lossy(&units))
    }
}

fn cut_off() -> Remark {
    corrupt("record")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_thirty_bits() {
        assert!((from_rk(46346 << 2 | 2) - 46346.0).abs() < f64::EPSILON);
        assert!((from_rk(((-5_i32) << 2).cast_unsigned() | 3) + 0.05).abs() < 1e-12);
        assert!((from_rk((1.5_f64.to_bits() >> 32) as u32) - 1.5).abs() < f64::EPSILON);
    }

    #[test]
    fn formats_that_show_dates() {
        for format in ["yyyy/m/d", "m\"月\"d\"日\"", "[$-411]ggge\"年\"m\"月\"d\"日\"", "yyyy\\-mm\\-dd;@"]
        {
            assert!(is_date_format(format), "{format}");
        }
        for format in ["General", "0.00", "\"day\" 0", "[Red]0", "h:mm", "#,##0_d", "@"] {
            assert!(!is_date_format(format), "{format}");
        }
    }

    #[test]
    fn a_text_goes_on_in_the_next_record_with_flags_of_its_own() {
        let first = [5, 0, 0, b'a', b'b'];
        let second = [1, 0x42, 0x30, 0x44, 0x30, 0x46, 0x30, 3, 0, 0, b'x', b'y', b'z'];
        let mut fields = Fields { data: &first, more: vec![&second] };
        assert_eq!(fields.text(2).ok().as_deref(), Some("abあいう"));
        assert_eq!(fields.text(2).ok().as_deref(), Some("xyz"));
        assert!(!fields.has_more());
        assert!(fields.text(2).is_err());
    }
}
