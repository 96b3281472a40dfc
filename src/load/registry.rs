//! Reads the registry of facts.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{RawText, identifier, optional_text, text};
use super::yaml::{Entries, Field, Reading};
use crate::model::fact::{Fact, FactType, Registry};
use crate::model::origin::Span;

/// Every fact a probe can state, by key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken facts")]
pub struct RawRegistry {
    facts: Field<Entries<RawFact>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawFact {
    /// The type of its value.
    #[serde(rename = "type")]
    of: Field<FactType>,
    label: Field<RawText>,
    #[serde(default)]
    unit: Field<RawText>,
    /// The probe that makes it.
    #[schemars(with = "String")]
    probe: Field<String>,
    /// Every value it can have, where they can be listed.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    values: Field<Vec<Field<String>>>,
}

pub fn read(reading: &Reading, into: &mut Registry) -> Option<()> {
    let raw: RawRegistry = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (entries, span) = raw.facts.required("facts", top, reading)?;
    for (key, value) in entries.0 {
        let Some((key, key_span)) = identifier(key, "facts", span, reading) else { continue };
        let Some((raw, _)) = value.required("type", key_span, reading) else { continue };
        if let Some(fact) = fact(key.clone(), raw, key_span, reading) {
            into.0.insert(key, Arc::new(fact));
        }
    }
    Some(())
}

fn fact(key: String, raw: RawFact, span: Span, reading: &Reading) -> Option<Fact> {
    let of = raw.of.required("type", span, reading);
    let label = text(raw.label, "label", span, reading);
    let probe = identifier(raw.probe, "probe", span, reading);
    let unit = optional_text(raw.unit, reading);
    let values = raw.values.value().unwrap_or_default().into_iter().filter_map(Field::value).collect();
    Some(Fact { key, of: of?.0, unit, label: label?, probe: probe?.0, values })
}
