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

/// A file and a place in it. The line itself is kept, so that a diagnostic can show it after the
/// file is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub file: Arc<str>,
    /// Nothing where the file as a whole is meant.
    pub span: Option<Span>,
    pub excerpt: Option<String>,
}

impl Origin {
    pub fn file(name: impl Into<Arc<str>>) -> Origin {
        Origin { file: name.into(), span: None, excerpt: None }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match self.span {
            Some(span) => write!(f, ":{}:{}", span.line, span.column),
            None => Ok(()),
        }
    }
}
