//! What is wrong with something the user gave: where, what, and how to mend it. A run collects all
//! of them before it stops.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::sync::Arc;

use super::message::Message;
use super::origin::Origin;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run goes on, but somebody should look.
    Warning,
    /// The run cannot go on.
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub what: Message,
    /// What to do about it.
    pub mend: Message,
    pub origin: Option<Origin>,
    /// A second place that belongs to it: the other of two answers, say.
    pub other: Option<Origin>,
}

impl Diagnostic {
    pub fn error(what: Message, mend: Message) -> Diagnostic {
        Diagnostic { severity: Severity::Error, what, mend, origin: None, other: None }
    }

    pub fn warning(what: Message, mend: Message) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(what, mend) }
    }

    pub fn at(self, origin: Origin) -> Diagnostic {
        Diagnostic { origin: Some(origin), ..self }
    }

    pub fn and(self, other: Origin) -> Diagnostic {
        Diagnostic { other: Some(other), ..self }
    }
}

/// Everything a run has found so far. Shared while files are read, so noting one needs no exclusive
/// hold.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: RefCell<Vec<Diagnostic>>,
    errors: Cell<usize>,
    warnings: Cell<usize>,
}

impl Diagnostics {
    /// A hostile file can be wrong a million times; nobody reads more than these, of either kind.
    const KEPT: usize = 200;

    pub fn push(&self, diagnostic: Diagnostic) {
        let counter = match diagnostic.severity {
            Severity::Error => &self.errors,
            Severity::Warning => &self.warnings,
        };
        counter.set(counter.get() + 1);
        if counter.get() <= Self::KEPT {
            self.list.borrow_mut().push(diagnostic);
        }
    }

    /// Whether further errors are only counted.
    pub fn is_full(&self) -> bool {
        self.errors.get() >= Self::KEPT
    }

    pub fn errors(&self) -> usize {
        self.errors.get()
    }

    /// How many of a kind were found beyond those that are kept.
    pub fn dropped(&self, severity: Severity) -> usize {
        let found = match severity {
            Severity::Error => &self.errors,
            Severity::Warning => &self.warnings,
        };
        found.get().saturating_sub(Self::KEPT)
    }

    /// Errors before warnings, file by file as they were read, from top to bottom.
    pub fn list(&self) -> Vec<Diagnostic> {
        let mut list = self.list.borrow().clone();
        let file =
            |diagnostic: &Diagnostic| diagnostic.origin.as_ref().map(|origin| Arc::clone(&origin.file));
        let mut files: Vec<Option<Arc<str>>> = Vec::new();
        for one in list.iter().map(file) {
            if !files.contains(&one) {
                files.push(one);
            }
        }
        let order = |diagnostic: &Diagnostic| files.iter().position(|one| *one == file(diagnostic));
        let place = |diagnostic: &Diagnostic| {
            let origin = diagnostic.origin.as_ref();
            let line = origin.and_then(|origin| origin.span).map(|span| (span.line, span.column));
            (line, origin.and_then(|origin| origin.cell.clone()))
        };
        list.sort_by_cached_key(|one| (Reverse(one.severity), order(one), place(one)));
        list
    }

    pub fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }
}
