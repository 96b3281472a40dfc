//! The official wording of items, which the user has and the product does not carry. `search` finds
//! it in a document by the fingerprints of the checklist; this reads what has been kept of it in the
//! folder `official` of a workspace.

mod search;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

pub use search::{Document, Found, Match, document, search};

use super::file::TextFile;
use super::words::{identifier, optional_words};
use super::yaml::{Entries, Field, Reading};
use crate::model::diagnostic::Diagnostics;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::workspace::Official;

/// Where a workspace keeps official wording.
pub const FOLDER: &str = "official";

/// The official wording of one checklist, as `tenken official import` keeps it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken official wording")]
pub struct RawOfficial {
    /// The id of the checklist.
    #[schemars(with = "String")]
    official: Field<String>,
    /// By the id of the item.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    wording: Field<Entries<String>>,
    /// Found by number, but not worded as the edition that the checklist speaks of.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    differing: Field<Entries<String>>,
}

/// Official wording by item.
pub type Wording = BTreeMap<ItemName, Arc<Official>>;

/// All the official wording that a workspace keeps. What is wrong with a file is noted.
pub fn read(workspace: &Path, diagnostics: &Diagnostics) -> Wording {
    let entries = std::fs::read_dir(workspace.join(FOLDER)).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    paths.sort();
    let mut all = Wording::new();
    for path in paths {
        match TextFile::read(&path) {
            Ok(file) => all.extend(one(&Reading::new(&file, diagnostics)).unwrap_or_default()),
            Err(wrong) => diagnostics.push(*wrong),
        }
    }
    all
}

fn one(reading: &Reading) -> Option<Wording> {
    let raw: RawOfficial = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (checklist, _) = identifier(raw.official, "official", top, reading)?;
    let mut all = Wording::new();
    for (list, is_same) in [(raw.differing, false), (raw.wording, true)] {
        for (key, text) in list.value().unwrap_or_default().0 {
            let Some((id, _)) = identifier(key, "wording", top, reading) else { continue };
            if let Some(text) = optional_words(text) {
                let official = Official { text, is_this_edition: is_same };
                all.insert(ItemName::new(&checklist, &id), Arc::new(official));
            }
        }
    }
    Some(all)
}
