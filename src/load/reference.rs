//! Reads reference data: a published table, shown with the items that speak of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::checklist::{RawSource, source};
use super::crosswalk::Known;
use super::words::{RawText, identifier, optional_text, text, words};
use super::yaml::{Field, Reading};
use crate::model::checklist::Checklist;
use crate::model::origin::Span;
use crate::model::reference::{Group, Medicine, Reference};

/// A published table of medicines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken reference data")]
pub struct RawReference {
    #[schemars(with = "String")]
    reference: Field<String>,
    #[schemars(with = "String")]
    edition: Field<String>,
    title: Field<RawText>,
    source: Field<RawSource>,
    /// What the table says as a whole.
    says: Field<RawText>,
    /// The items it is shown with.
    #[serde(rename = "for")]
    #[schemars(with = "Vec<String>")]
    items: Field<Vec<Field<String>>>,
    #[schemars(with = "Vec<RawGroup>")]
    groups: Field<Vec<Field<RawGroup>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    field: Field<RawText>,
    /// The source calls the group an example.
    #[serde(default)]
    #[schemars(with = "bool")]
    open: Field<bool>,
    #[schemars(with = "Vec<RawMedicine>")]
    medicines: Field<Vec<Field<RawMedicine>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawMedicine {
    name: Field<RawText>,
    #[serde(default)]
    note: Field<RawText>,
}

pub fn read(
    reading: &Reading,
    checklists: &BTreeMap<String, Arc<Checklist>>,
    ids: &BTreeSet<String>,
) -> Option<Reference> {
    let raw: RawReference = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let id = identifier(raw.reference, "reference", top, reading);
    let edition = words(raw.edition, "edition", top, reading);
    let title = text(raw.title, "title", top, reading);
    let source =
        raw.source.required("source", top, reading).and_then(|(raw, span)| source(raw, span, reading));
    let says = text(raw.says, "says", top, reading);
    let known = Known { checklists, ids };
    let items = raw.items.required("for", top, reading);
    let items = items.map(|(items, _)| items.into_iter().filter_map(Field::given));
    let items =
        items.map(|items| items.filter_map(|(word, span)| known.name(&word, span, reading)).collect());
    let groups = raw.groups.required("groups", top, reading);
    let groups = groups.map(|(groups, _)| groups.into_iter().filter_map(Field::given));
    let groups = groups.map(|groups| groups.filter_map(|(raw, span)| group(raw, span, reading)).collect());
    Some(Reference {
        id: id?.0,
        edition: edition?,
        title: title?,
        source: source?,
        says: says?,
        items: items?,
        groups: groups?,
    })
}

fn group(raw: RawGroup, span: Span, reading: &Reading) -> Option<Group> {
    let field = text(raw.field, "field", span, reading);
    let (medicines, _) = raw.medicines.required("medicines", span, reading)?;
    let medicine = |(raw, span): (RawMedicine, Span)| {
        let note = optional_text(raw.note, reading);
        Some(Medicine { name: text(raw.name, "name", span, reading)?, note })
    };
    let medicines = medicines.into_iter().filter_map(Field::given).filter_map(medicine).collect();
    Some(Group { field: field?, open: raw.open.value().unwrap_or(false), medicines })
}
