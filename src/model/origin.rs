//! Where something stands in a file the user can open.

use std::fmt;
use std::sync::Arc;

/// A stretch of text within one file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    /// Length in characters on its first line; 0 where only the start is known.
    pub length: u32,
}

/// A cell of a workbook. Rows and columns count from 0 here and are shown as people know them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellPlace {
    pub sheet: Arc<str>,
    pub row: u32,
    pub column: u32,
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
            rest = (rest - 1) / 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        write!(f, "{}!{letters}{}", self.sheet, u64::from(self.row) + 1)
    }
}

/// A file and a place in it. The line itself is kept, so that a diagnostic can show it after the
/// file is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub file: Arc<str>,
    /// Nothing where the file as a whole is meant.
    pub span: Option<Span>,
    pub excerpt: Option<String>,
    /// The place in a workbook, which has cells instead of lines.
    pub cell: Option<CellPlace>,
}

impl Origin {
    pub fn file(name: impl Into<Arc<str>>) -> Origin {
        Origin { file: name.into(), span: None, excerpt: None, cell: None }
    }

    pub fn cell(name: Arc<str>, cell: CellPlace) -> Origin {
        Origin { file: name, span: None, excerpt: None, cell: Some(cell) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(cell) = &self.cell {
            return write!(f, " {cell}");
        }
        match self.span {
            Some(span) => write!(f, ":{}:{}", span.line, span.column),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CellPlace;

    #[test]
    fn a_cell_is_named_as_in_a_spreadsheet() {
        let name = |row, column| CellPlace { sheet: "表".into(), row, column }.to_string();
        assert_eq!(name(0, 0), "表!A1");
        assert_eq!(name(11, 25), "表!Z12");
        assert_eq!(name(0, 26), "表!AA1");
        assert_eq!(name(1_048_575, 16_383), "表!XFD1048576");
        assert_eq!(name(u32::MAX, 701), "表!ZZ4294967296");
    }
}
