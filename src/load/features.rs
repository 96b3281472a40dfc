//! Reads the features: what a workspace can have or do.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{RawText, identifier, text};
use super::yaml::{Entries, Field, Reading};
use crate::model::feature::Feature;
use crate::model::origin::Span;
use crate::model::workspace::Kind;

/// What a workspace can have or do, by key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken features")]
pub struct RawFeatures {
    features: Field<Entries<RawFeature>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawFeature {
    title: Field<RawText>,
    /// One plain question a receptionist can answer.
    ask: Field<RawText>,
    /// Whom it concerns.
    #[serde(rename = "for", default)]
    #[schemars(with = "Vec<Kind>")]
    suits: Field<Vec<Field<Kind>>>,
}

pub fn read(reading: &Reading, into: &mut BTreeMap<String, Feature>) -> Option<()> {
    let raw: RawFeatures = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (entries, span) = raw.features.required("features", top, reading)?;
    for (key, value) in entries.0 {
        let Some((key, key_span)) = identifier(key, "features", span, reading) else { continue };
        let Some((raw, _)) = value.required("title", key_span, reading) else { continue };
        let title = text(raw.title, "title", key_span, reading);
        let ask = text(raw.ask, "ask", key_span, reading);
        let suits = raw.suits.value().unwrap_or_default().into_iter().filter_map(Field::value).collect();
        if let (Some(title), Some(ask)) = (title, ask) {
            let place = into.get(&key).map_or(into.len(), |replaced| replaced.place);
            into.insert(key.clone(), Feature { key, title, ask, suits, place });
        }
    }
    Some(())
}
