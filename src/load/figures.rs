//! Reads what the figures of the guidelines are called.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::registry::labels;
use super::words::RawText;
use super::yaml::{Entries, Field, Reading};
use crate::model::origin::Span;
use crate::model::text::Text;

/// What the keys that items use under `facts` are called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken figures")]
pub struct RawFigures {
    figures: Field<Entries<RawText>>,
}

pub fn read(reading: &Reading, into: &mut BTreeMap<String, Text>) -> Option<()> {
    let raw: RawFigures = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (entries, _) = raw.figures.required("figures", top, reading)?;
    into.extend(labels(entries, reading));
    Some(())
}
