//! Reads the registry of facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{RawText, identifier, optional_text, text};
use super::yaml::{Entries, Field, Reading};
use crate::model::fact::{Fact, FactType, Registry};
use crate::model::origin::Span;
use crate::model::text::Text;

/// Every fact a probe can state, by key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken facts")]
pub struct RawRegistry {
    facts: Field<Entries<RawFact>>,
    /// What values are called for people, where they are not names.
    #[serde(default)]
    words: Field<Entries<RawText>>,
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
    let words = labels(raw.words.value().unwrap_or_default(), reading);
    for (key, value) in entries.0 {
        let Some((key, key_span)) = identifier(key, "facts", span, reading) else { continue };
        let Some((raw, _)) = value.required("type", key_span, reading) else { continue };
        if let Some(fact) = fact(key.clone(), raw, &words, key_span, reading) {
            into.0.insert(key, Arc::new(fact));
        }
    }
    Some(())
}

/// Keys and what they are called.
pub(super) fn labels(raw: Entries<RawText>, reading: &Reading) -> BTreeMap<String, Text> {
    let label = |(key, value): (Field<String>, Field<RawText>)| {
        let (key, span) = identifier(key, "words", Span::default(), reading)?;
        Some((key, text(value, "words", span, reading)?))
    };
    raw.0.into_iter().filter_map(label).collect()
}

fn fact(
    key: String,
    raw: RawFact,
    words: &BTreeMap<String, Text>,
    span: Span,
    reading: &Reading,
) -> Option<Fact> {
    let of = raw.of.required("type", span, reading);
    let label = text(raw.label, "label", span, reading);
    let probe = identifier(raw.probe, "probe", span, reading);
    let unit = optional_text(raw.unit, reading);
    let values = raw.values.value().unwrap_or_default().into_iter().filter_map(Field::value);
    let values: Vec<String> = values.collect();
    let word = |value: &String| Some((value.clone(), words.get(value)?.clone()));
    let words = values.iter().filter_map(word).collect();
    Some(Fact { key, of: of?.0, unit, label: label?, probe: probe?.0, values, words })
}
