//! Reads a checklist file.

mod applies;
mod item;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;

use self::item::{RawItem, RawLater};
use super::words::{RawText, date, identifier, optional_text, optional_words, text, words};
use super::yaml::{Entries, Field, Reading};
use crate::model::checklist::{Beside, Checklist, Source, Theme};
use crate::model::feature::Feature;
use crate::model::origin::Span;
use crate::model::text::Text;
use crate::model::workspace::Kind;
use crate::msg;

/// What a published document asks, item by item.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken checklist")]
pub struct RawChecklist {
    /// The id of the checklist; its items are named `id/item`.
    #[schemars(with = "String")]
    checklist: Field<String>,
    /// Which edition of the document this is.
    #[schemars(with = "String")]
    edition: Field<String>,
    /// What people call the edition, where it is not a figure.
    #[serde(default)]
    edition_title: Field<RawText>,
    title: Field<RawText>,
    /// Who gets this checklist without asking for it.
    #[serde(rename = "for", default)]
    #[schemars(with = "Vec<Kind>")]
    suits: Field<Vec<Field<Kind>>>,
    source: Field<RawSource>,
    /// Other documents that ask the same, by key; items name them under `also`.
    #[serde(default)]
    beside: Field<Entries<RawBeside>>,
    /// Keys and titles of the themes, in the order in which reports show them.
    themes: Field<Entries<RawText>>,
    #[schemars(with = "Vec<RawItem>")]
    items: Field<Vec<Field<RawItem>>>,
}

/// The published document behind the checklist.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    #[schemars(with = "String")]
    document: Field<String>,
    #[schemars(with = "String")]
    publisher: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    published: Field<String>,
    #[schemars(with = "String")]
    place: Field<String>,
    /// What has changed since.
    #[serde(default)]
    #[schemars(with = "Vec<RawLater>")]
    later: Field<Vec<Field<RawLater>>>,
}

/// Another document that asks the same, or part of it.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawBeside {
    #[schemars(with = "String")]
    document: Field<String>,
    #[schemars(with = "String")]
    publisher: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    published: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    place: Field<String>,
}

/// No published document asks for more.
const MOST_ITEMS: usize = 5000;
const MOST_THEMES: usize = 200;

/// The checked checklist, or nothing where something is wrong with it.
pub fn read(reading: &Reading, features: &BTreeMap<String, Feature>, digest: String) -> Option<Checklist> {
    let raw: RawChecklist = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let id = identifier(raw.checklist, "checklist", top, reading).map(|(id, _)| id);
    let edition = words(raw.edition, "edition", top, reading);
    let edition_title = optional_text(raw.edition_title, reading);
    let title = text(raw.title, "title", top, reading);
    let suits: BTreeSet<Kind> =
        raw.suits.value().unwrap_or_default().into_iter().filter_map(Field::value).collect();
    let source =
        raw.source.required("source", top, reading).and_then(|(raw, span)| source(raw, span, reading));
    let themes = raw.themes.required("themes", top, reading).map(|(raw, span)| themes(raw, span, reading));
    let beside = beside(raw.beside.value().unwrap_or_default(), reading);
    let items = raw.items.required("items", top, reading);
    let (id, themes, (items, span)) = (id?, themes?, items?);
    if items.is_empty() {
        reading.error(span, msg!("checklist.no_items"), msg!("checklist.no_items.mend"));
    }
    if items.len() > MOST_ITEMS || themes.len() > MOST_THEMES {
        let what = msg!("checklist.too_much", items = MOST_ITEMS, themes = MOST_THEMES);
        reading.error(span, what, msg!("checklist.too_much.mend"));
        return None;
    }
    let mut reader = item::Reader::new(&id, &themes, &beside, features, reading);
    let items = items.into_iter().filter_map(Field::given);
    let items: Vec<_> = items.filter_map(|(raw, span)| reader.item(raw, span)).map(Arc::new).collect();
    Some(Checklist {
        index: Checklist::index_of(&items),
        id,
        edition_title: edition_title.or_else(|| edition.clone().map(Text::same))?,
        edition: edition?,
        title: title?,
        suits,
        source: source?,
        themes,
        items,
        digest,
    })
}

pub(super) fn source(raw: RawSource, span: Span, reading: &Reading) -> Option<Source> {
    let document = words(raw.document, "document", span, reading);
    let publisher = words(raw.publisher, "publisher", span, reading);
    let place = words(raw.place, "place", span, reading);
    let published = date(raw.published, reading);
    let later = item::later(raw.later, reading);
    Some(Source { document: document?, publisher: publisher?, published, place: place?, later })
}

fn themes(raw: Entries<RawText>, span: Span, reading: &Reading) -> Vec<Theme> {
    let theme = |(key, title): (Field<String>, Field<RawText>)| {
        let (key, key_span) = identifier(key, "themes", span, reading)?;
        Some(Theme { title: text(title, "title", key_span, reading)?, key })
    };
    raw.0.into_iter().filter_map(theme).collect()
}

fn beside(raw: Entries<RawBeside>, reading: &Reading) -> BTreeMap<String, Arc<Beside>> {
    let one = |(key, raw): (Field<String>, Field<RawBeside>)| {
        let (key, span) = identifier(key, "beside", Span::default(), reading)?;
        let (raw, _) = raw.required("beside", span, reading)?;
        let document = words(raw.document, "document", span, reading);
        let publisher = words(raw.publisher, "publisher", span, reading);
        let published = date(raw.published, reading);
        let place = optional_words(raw.place);
        Some((key, Arc::new(Beside { document: document?, publisher: publisher?, published, place })))
    };
    raw.0.into_iter().filter_map(one).collect()
}
