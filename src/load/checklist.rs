//! Reads a checklist file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::words::{RawText, RawTexts, Word, date, identifier, one_of, optional_text, text, texts, words};
use super::yaml::{Entries, Field, Reading};
use crate::model::checklist::{Checklist, Item, Later, Source, Theme};
use crate::model::feature::{Applies, Feature};
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::text::Text;
use crate::model::verdict::{Actor, Confidence, Level};
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
    title: Field<RawText>,
    /// Who gets this checklist without asking for it.
    #[serde(rename = "for", default)]
    #[schemars(with = "Vec<Kind>")]
    suits: Field<Vec<Field<Kind>>>,
    source: Field<RawSource>,
    /// Keys and titles of the themes, in the order in which reports show them.
    themes: Field<Entries<RawText>>,
    #[schemars(with = "Vec<RawItem>")]
    items: Field<Vec<Field<RawItem>>>,
}

/// The published document behind the checklist.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSource {
    #[schemars(with = "String")]
    document: Field<String>,
    #[schemars(with = "String")]
    publisher: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    published: Field<String>,
    #[schemars(with = "String")]
    place: Field<String>,
    /// What has replaced or changed it since.
    #[serde(default)]
    successor: Field<RawText>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawItem {
    /// The number printed in the source.
    #[schemars(with = "String")]
    id: Field<String>,
    level: Field<Level>,
    /// Who has to act.
    actor: Field<Actor>,
    /// Who else has to take part.
    #[serde(default)]
    #[schemars(with = "Vec<Actor>")]
    with: Field<Vec<Field<Actor>>>,
    #[schemars(with = "String")]
    theme: Field<String>,
    /// Where in the source, as an auditor would look it up.
    #[schemars(with = "String")]
    place: Field<String>,
    /// Features that must all be present, or a mapping with `all` and `any`.
    #[serde(default)]
    when: Field<RawApplies>,
    /// Short, in our own words.
    title: Field<RawText>,
    /// A question to which yes is the good answer.
    ask: Field<RawText>,
    /// The source's sub-points.
    #[serde(default)]
    #[schemars(with = "Vec<RawText>")]
    points: Field<Vec<Field<RawText>>>,
    /// Exceptions and conditions of the source.
    #[serde(default)]
    remark: Field<RawText>,
    /// What goes wrong without it.
    why: Field<RawText>,
    /// What to do, smallest step first.
    fix: Field<RawText>,
    /// Documents that normally prove it.
    evidence: Field<RawTexts>,
    /// Figures of the guideline.
    #[serde(default)]
    facts: Field<Entries<Word>>,
    /// Later guidelines that say something else.
    #[serde(default)]
    #[schemars(with = "Vec<RawLater>")]
    later: Field<Vec<Field<RawLater>>>,
    /// Whether the source calls certification by a third party desirable.
    #[serde(default)]
    certification: Field<RawCertification>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RawCertification {
    Desirable,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawLater {
    #[schemars(with = "String")]
    document: Field<String>,
    says: Field<RawText>,
    confidence: Field<Confidence>,
}

/// `[a, b]`, or `{all: [a], any: [b, c]}`.
#[derive(Debug, Default)]
struct RawApplies {
    all: Vec<Field<String>>,
    any: Vec<Field<String>>,
}

#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAllAny {
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    all: Vec<Field<String>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    any: Vec<Field<String>>,
}

impl JsonSchema for RawApplies {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawApplies".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list = generator.subschema_for::<Vec<String>>();
        let mapping = generator.subschema_for::<RawAllAny>();
        schemars::json_schema!({ "anyOf": [list, mapping] })
    }
}

impl<'de> Deserialize<'de> for RawApplies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = RawApplies;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of features, or a mapping with 'all' and 'any'")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<RawApplies, A::Error> {
                let mut all = Vec::new();
                while let Some(field) = access.next_element()? {
                    all.push(field);
                }
                Ok(RawApplies { all, any: Vec::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<RawApplies, A::Error> {
                let mapping = de::value::MapAccessDeserializer::new(access);
                let RawAllAny { all, any } = RawAllAny::deserialize(mapping)?;
                Ok(RawApplies { all, any })
            }
        }
        deserializer.deserialize_any(Shape)
    }
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
    let title = text(raw.title, "title", top, reading);
    let suits: BTreeSet<Kind> =
        raw.suits.value().unwrap_or_default().into_iter().filter_map(Field::value).collect();
    let source =
        raw.source.required("source", top, reading).and_then(|(raw, span)| source(raw, span, reading));
    let themes = raw.themes.required("themes", top, reading).map(|(raw, span)| themes(raw, span, reading));
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
    let mut seen = HashMap::new();
    let items: Vec<_> = items
        .into_iter()
        .filter_map(Field::given)
        .filter_map(|(raw, span)| item(raw, span, &id, &themes, features, &mut seen, reading))
        .map(Arc::new)
        .collect();
    Some(Checklist {
        index: Checklist::index_of(&items),
        id,
        edition: edition?,
        title: title?,
        suits,
        source: source?,
        themes,
        items,
        digest,
    })
}

fn source(raw: RawSource, span: Span, reading: &Reading) -> Option<Source> {
    let document = words(raw.document, "document", span, reading);
    let publisher = words(raw.publisher, "publisher", span, reading);
    let place = words(raw.place, "place", span, reading);
    let published = date(raw.published, reading);
    let successor = optional_text(raw.successor, reading);
    Some(Source { document: document?, publisher: publisher?, published, place: place?, successor })
}

fn themes(raw: Entries<RawText>, span: Span, reading: &Reading) -> Vec<Theme> {
    let theme = |(key, title): (Field<String>, Field<RawText>)| {
        let (key, key_span) = identifier(key, "themes", span, reading)?;
        Some(Theme { title: text(title, "title", key_span, reading)?, key })
    };
    raw.0.into_iter().filter_map(theme).collect()
}

fn item(
    raw: RawItem,
    span: Span,
    checklist: &str,
    themes: &[Theme],
    features: &BTreeMap<String, Feature>,
    seen: &mut HashMap<String, Span>,
    reading: &Reading,
) -> Option<Item> {
    let id = identifier(raw.id, "id", span, reading);
    if let Some((id, id_span)) = &id
        && let Some(first) = seen.insert(id.clone(), *id_span)
    {
        let what = msg!("checklist.twice", id = id);
        reading.error_with_other(*id_span, what, msg!("checklist.twice.mend"), first);
    }
    let level = raw.level.required("level", span, reading).map(|(level, _)| level);
    let actor = raw.actor.required("actor", span, reading).map(|(actor, _)| actor);
    let theme = raw.theme.required("theme", span, reading);
    if let Some((theme, span)) = &theme {
        let known = themes.iter().map(|theme| theme.key.as_str());
        one_of(theme, *span, known, || msg!("checklist.unknown_theme", theme = theme), reading);
    }
    let place = words(raw.place, "place", span, reading);
    let title = text(raw.title, "title", span, reading);
    let ask = text(raw.ask, "ask", span, reading);
    let why = text(raw.why, "why", span, reading);
    let fix = text(raw.fix, "fix", span, reading);
    let evidence = texts(raw.evidence, "evidence", span, reading);
    Some(Item {
        when: applies(raw.when, features, reading),
        with: raw.with.value().unwrap_or_default().into_iter().filter_map(Field::value).collect(),
        points: points(raw.points, reading),
        remark: optional_text(raw.remark, reading),
        facts: figures(raw.facts),
        later: later(raw.later, reading),
        certification_desirable: raw.certification.value().is_some(),
        name: ItemName::new(checklist, &id?.0),
        level: level?,
        actor: actor?,
        theme: theme?.0,
        place: place?,
        title: title?,
        ask: ask?,
        why: why?,
        fix: fix?,
        evidence: evidence?,
    })
}

fn applies(raw: Field<RawApplies>, features: &BTreeMap<String, Feature>, reading: &Reading) -> Applies {
    let raw = raw.value().unwrap_or_default();
    let keys = |list: Vec<Field<String>>| -> Vec<String> {
        let known = |(key, span): &(String, Span)| {
            let known = features.keys().map(String::as_str);
            one_of(key, *span, known, || msg!("feature.unknown", feature = key), reading)
        };
        list.into_iter().filter_map(Field::given).filter(known).map(|(key, _)| key).collect()
    };
    Applies { all: keys(raw.all), any: keys(raw.any) }
}

fn points(raw: Field<Vec<Field<RawText>>>, reading: &Reading) -> Vec<Text> {
    let Some((list, span)) = raw.given() else { return Vec::new() };
    list.into_iter().filter_map(|point| text(point, "points", span, reading)).collect()
}

fn figures(raw: Field<Entries<Word>>) -> Vec<(String, String)> {
    let entries = raw.value().unwrap_or_default().0;
    entries.into_iter().filter_map(|(key, value)| Some((key.value()?, value.value()?.0))).collect()
}

fn later(raw: Field<Vec<Field<RawLater>>>, reading: &Reading) -> Vec<Later> {
    let one = |(raw, span): (RawLater, Span)| {
        let document = words(raw.document, "document", span, reading);
        let says = text(raw.says, "says", span, reading);
        let confidence = raw.confidence.required("confidence", span, reading);
        Some(Later { document: document?, says: says?, confidence: confidence?.0 })
    };
    raw.value().unwrap_or_default().into_iter().filter_map(Field::given).filter_map(one).collect()
}
