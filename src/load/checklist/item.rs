//! Reads one item of a checklist.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use schemars::JsonSchema;

use super::applies::{self, RawApplies};
use crate::load::words::{
    RawText, RawTexts, Word, date, identifier, one_of, optional_text, text, texts, words,
};
use crate::load::yaml::{Entries, Field, Reading};
use crate::model::checklist::{Also, Beside, Demand, Fingerprint, Item, Later, Theme};
use crate::model::feature::Feature;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::text::Text;
use crate::model::verdict::{Actor, Confidence, Level};
use crate::msg;

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawItem {
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
    /// SHA-256 of the official wording, to recognise it without carrying it.
    #[serde(default)]
    fingerprint: Field<RawFingerprint>,
    /// What other documents, named under `beside`, say of the same.
    #[serde(default)]
    #[schemars(with = "Vec<RawAlso>")]
    also: Field<Vec<Field<RawAlso>>>,
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

/// What another document says of the same thing.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAlso {
    /// The key of the document under `beside`.
    #[serde(rename = "in")]
    #[schemars(with = "String")]
    document: Field<String>,
    #[schemars(with = "String")]
    place: Field<String>,
    level: Field<Demand>,
    /// Whom it marks.
    #[serde(default)]
    #[schemars(with = "Vec<Actor>")]
    actors: Field<Vec<Field<Actor>>>,
    /// How its wording differs.
    #[serde(default)]
    says: Field<RawText>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawFingerprint {
    /// How long the wording is, white space left out.
    #[schemars(with = "u32")]
    characters: Field<u32>,
    #[schemars(with = "String")]
    sha256: Field<String>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RawCertification {
    Desirable,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLater {
    #[schemars(with = "String")]
    document: Field<String>,
    /// Since when.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    since: Field<String>,
    says: Field<RawText>,
    confidence: Field<Confidence>,
}

/// What the items of one checklist are held against.
pub(super) struct Reader<'a> {
    checklist: &'a str,
    themes: &'a [Theme],
    beside: &'a BTreeMap<String, Arc<Beside>>,
    features: &'a BTreeMap<String, Feature>,
    reading: &'a Reading<'a>,
    seen: HashMap<String, Span>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        checklist: &'a str,
        themes: &'a [Theme],
        beside: &'a BTreeMap<String, Arc<Beside>>,
        features: &'a BTreeMap<String, Feature>,
        reading: &'a Reading<'a>,
    ) -> Reader<'a> {
        Reader { checklist, themes, beside, features, reading, seen: HashMap::new() }
    }

    pub(super) fn item(&mut self, raw: RawItem, span: Span) -> Option<Item> {
        let reading = self.reading;
        let id = self.id(raw.id, span);
        let level = raw.level.required("level", span, reading).map(|(level, _)| level);
        let actor = raw.actor.required("actor", span, reading).map(|(actor, _)| actor);
        let theme = self.theme(raw.theme, span);
        let place = words(raw.place, "place", span, reading);
        let title = text(raw.title, "title", span, reading);
        let ask = text(raw.ask, "ask", span, reading);
        let why = text(raw.why, "why", span, reading);
        let fix = text(raw.fix, "fix", span, reading);
        let evidence = texts(raw.evidence, "evidence", span, reading);
        Some(Item {
            fingerprint: fingerprint(raw.fingerprint, reading),
            also: self.also(raw.also),
            when: applies::read(raw.when, self.features, reading),
            with: actors(raw.with),
            points: points(raw.points, reading),
            remark: optional_text(raw.remark, reading),
            facts: figures(raw.facts),
            later: later(raw.later, reading),
            certification_desirable: raw.certification.value().is_some(),
            name: ItemName::new(self.checklist, &id?),
            level: level?,
            actor: actor?,
            theme: theme?,
            place: place?,
            title: title?,
            ask: ask?,
            why: why?,
            fix: fix?,
            evidence: evidence?,
        })
    }

    fn id(&mut self, raw: Field<String>, span: Span) -> Option<String> {
        let (id, span) = identifier(raw, "id", span, self.reading)?;
        if let Some(first) = self.seen.insert(id.clone(), span) {
            let what = msg!("checklist.twice", id = &id);
            self.reading.error_with_other(span, what, msg!("checklist.twice.mend"), first);
        }
        Some(id)
    }

    fn theme(&self, raw: Field<String>, span: Span) -> Option<String> {
        let (theme, span) = raw.required("theme", span, self.reading)?;
        let known = self.themes.iter().map(|theme| theme.key.as_str());
        one_of(&theme, span, known, || msg!("checklist.unknown_theme", theme = &theme), self.reading);
        Some(theme)
    }

    fn also(&self, raw: Field<Vec<Field<RawAlso>>>) -> Vec<Also> {
        let one = |(raw, span): (RawAlso, Span)| {
            let key = raw.document.required("in", span, self.reading);
            let place = words(raw.place, "place", span, self.reading);
            let level = raw.level.required("level", span, self.reading);
            let says = optional_text(raw.says, self.reading);
            let (key, key_span) = key?;
            let known = self.beside.keys().map(String::as_str);
            one_of(&key, key_span, known, || msg!("checklist.unknown_beside", key = &key), self.reading);
            let document = Arc::clone(self.beside.get(&key)?);
            Some(Also { document, place: place?, level: level?.0, actors: actors(raw.actors), says })
        };
        raw.value().unwrap_or_default().into_iter().filter_map(Field::given).filter_map(one).collect()
    }
}

fn actors(raw: Field<Vec<Field<Actor>>>) -> Vec<Actor> {
    raw.value().unwrap_or_default().into_iter().filter_map(Field::value).collect()
}

fn fingerprint(raw: Field<RawFingerprint>, reading: &Reading) -> Option<Fingerprint> {
    let (raw, span) = raw.given()?;
    let characters = raw.characters.required("characters", span, reading);
    let sha256 = raw.sha256.required("sha256", span, reading);
    let ((characters, _), (sha256, span)) = (characters?, sha256?);
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest || characters == 0 {
        reading.error(span, msg!("checklist.fingerprint"), msg!("checklist.fingerprint.mend"));
        return None;
    }
    Some(Fingerprint { characters, sha256 })
}

fn points(raw: Field<Vec<Field<RawText>>>, reading: &Reading) -> Vec<Text> {
    let Some((list, span)) = raw.given() else { return Vec::new() };
    list.into_iter().filter_map(|point| text(point, "points", span, reading)).collect()
}

fn figures(raw: Field<Entries<Word>>) -> Vec<(String, String)> {
    let entries = raw.value().unwrap_or_default().0;
    entries.into_iter().filter_map(|(key, value)| Some((key.value()?, value.value()?.0))).collect()
}

pub(super) fn later(raw: Field<Vec<Field<RawLater>>>, reading: &Reading) -> Vec<Later> {
    let one = |(raw, span): (RawLater, Span)| {
        let document = words(raw.document, "document", span, reading);
        let says = text(raw.says, "says", span, reading);
        let confidence = raw.confidence.required("confidence", span, reading);
        let since = date(raw.since, reading);
        Some(Later { document: document?, since, says: says?, confidence: confidence?.0 })
    };
    raw.value().unwrap_or_default().into_iter().filter_map(Field::given).filter_map(one).collect()
}
