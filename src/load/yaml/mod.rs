//! YAML into raw types, without stopping at the first mistake. A file becomes a tree of nodes with
//! their places (`node`), and serde reads the tree (`decode`); what a [`Field`] cannot take is
//! noted where it stands, and reading goes on.

mod decode;
mod field;
mod insert;
mod node;

use std::sync::Arc;

use serde::de::DeserializeOwned;

pub(in crate::load) use decode::is_forbidden;
pub use field::{Entries, Field};
pub use insert::evidence as insert_evidence;

use super::answer_rules::Remark;
use super::file::TextFile;
use super::suggest::suggest;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;

/// A file being read, and where its problems go.
#[derive(Debug)]
pub struct Reading<'a> {
    pub file: &'a TextFile,
    diagnostics: &'a Diagnostics,
}

impl<'a> Reading<'a> {
    pub fn new(file: &'a TextFile, diagnostics: &'a Diagnostics) -> Reading<'a> {
        Reading { file, diagnostics }
    }

    /// The file's only document as a raw type; nothing where not even its outermost shape fits.
    pub fn document<T: DeserializeOwned>(&self) -> Option<T> {
        let root = match node::parse(&self.file.text) {
            Ok(root) => root,
            Err(error) => {
                self.push(error.diagnostic(self.file));
                return None;
            }
        };
        match T::deserialize(decode::Decoder::new(&root, self)) {
            Ok(raw) => Some(raw),
            Err(error) => {
                self.push(error.diagnostic(self.file));
                None
            }
        }
    }

    pub fn error(&self, span: Span, what: Message, mend: Message) {
        self.push(Diagnostic::error(what, mend).at(self.origin(span)));
    }

    pub fn warning(&self, span: Span, what: Message, mend: Message) {
        let full = self.diagnostics.dropped(Severity::Warning) > 0;
        let origin = if full { Origin::file(Arc::clone(&self.file.name)) } else { self.file.origin(span) };
        self.push(Diagnostic::warning(what, mend).at(origin));
    }

    pub fn remark(&self, span: Span, remark: Remark) {
        match remark.severity {
            Severity::Error => self.error(span, remark.what, remark.mend),
            Severity::Warning => self.warning(span, remark.what, remark.mend),
        }
    }

    /// A place without its line: one that is only shown should somebody ask.
    pub fn place(&self, span: Span) -> Origin {
        Origin { span: Some(span), ..Origin::file(Arc::clone(&self.file.name)) }
    }

    pub fn diagnostics(&self) -> &'a Diagnostics {
        self.diagnostics
    }

    pub fn error_with_other(&self, span: Span, what: Message, mend: Message, other: Span) {
        self.push(Diagnostic::error(what, mend).at(self.origin(span)).and(self.origin(other)));
    }

    /// "Did you mean". Not worked out for those that nobody will see.
    pub fn suggest<'w>(&self, word: &str, known: impl Iterator<Item = &'w str>) -> Message {
        if self.diagnostics.is_full() { msg!("suggest.none") } else { suggest(word, known) }
    }

    /// Looking a line up costs its number; the places of those that nobody will see are not.
    fn origin(&self, span: Span) -> Origin {
        match self.diagnostics.is_full() {
            true => Origin::file(Arc::clone(&self.file.name)),
            false => self.file.origin(span),
        }
    }

    pub fn push(&self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// The top-level keys of a file, to tell what kind of file it is; nothing where it is not a mapping
/// or not YAML at all.
pub fn top_level_keys(text: &str) -> Option<Vec<String>> {
    node::parse(text).ok()?.keys()
}
