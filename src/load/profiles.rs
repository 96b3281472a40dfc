//! Reads the TLS profiles: what a published guideline asks of a server, as conditions on facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::criterion::{self, RawComparators};
use super::words::{RawText, date, identifier, one_of, text, words};
use super::yaml::{Entries, Field, Reading};
use crate::model::criterion::{Criterion, Power};
use crate::model::fact::{FactType, Registry};
use crate::model::origin::Span;
use crate::model::profile::{Profile, Requirement};
use crate::model::verdict::Confidence;
use crate::model::workspace::Role;
use crate::msg;

/// The fact of a profile is named so, and its key.
const FACTS: &str = "tls.profile.";

/// Published sets of TLS settings, by key. Whether a server follows one is the fact
/// `tls.profile.` and the key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken TLS profiles")]
pub struct RawProfiles {
    profiles: Field<Entries<RawProfile>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    title: Field<RawText>,
    #[schemars(with = "String")]
    document: Field<String>,
    #[schemars(with = "String")]
    publisher: Field<String>,
    #[schemars(with = "String")]
    edition: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    published: Field<String>,
    /// The profile that has taken its place.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    successor: Field<String>,
    #[schemars(with = "Vec<RawRequirement>")]
    requires: Field<Vec<Field<RawRequirement>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawRequirement {
    #[schemars(with = "String")]
    fact: Field<String>,
    must: Field<RawComparators>,
    /// How sure we are that the document says so.
    confidence: Field<Confidence>,
    /// It asks nothing where the thing is not there at all.
    #[serde(default)]
    #[schemars(with = "bool")]
    unless_absent: Field<bool>,
    /// Only what holds is known; what does not hold may be allowed as well.
    #[serde(default)]
    #[schemars(with = "bool")]
    else_unknown: Field<bool>,
}

pub fn read(reading: &Reading, registry: &Registry, into: &mut BTreeMap<String, Arc<Profile>>) -> Option<()> {
    let raw: RawProfiles = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (entries, span) = raw.profiles.required("profiles", top, reading)?;
    let mut successors = Vec::new();
    for (key, value) in entries.0 {
        let Some((key, key_span)) = identifier(key, "profiles", span, reading) else { continue };
        let Some((raw, _)) = value.required("requires", key_span, reading) else { continue };
        let Some(profile) = profile(key.clone(), raw, key_span, registry, &mut successors, reading) else {
            continue;
        };
        into.insert(key, Arc::new(profile));
    }
    for (successor, span) in successors {
        let known = into.keys().map(String::as_str);
        one_of(&successor, span, known, || msg!("profile.unknown", profile = &successor), reading);
    }
    Some(())
}

fn profile(
    key: String,
    raw: RawProfile,
    span: Span,
    registry: &Registry,
    successors: &mut Vec<(String, Span)>,
    reading: &Reading,
) -> Option<Profile> {
    let title = text(raw.title, "title", span, reading);
    let document = words(raw.document, "document", span, reading);
    let publisher = words(raw.publisher, "publisher", span, reading);
    let edition = words(raw.edition, "edition", span, reading);
    let published = date(raw.published, reading);
    let successor = raw.successor.given();
    successors.extend(successor.clone());
    let requires = raw.requires.required("requires", span, reading);
    let fact = registry.fact(&format!("{FACTS}{key}")).filter(|fact| fact.of == FactType::Boolean);
    if fact.is_none() {
        let what = msg!("profile.no_fact", fact = format!("{FACTS}{key}"));
        reading.error(span, what, msg!("profile.no_fact.mend"));
    }
    let (requires, list_span) = requires?;
    let requires: Vec<_> = requires.into_iter().filter_map(Field::given).collect();
    // A profile that asks for nothing would hold for every server.
    if requires.is_empty() {
        reading.error(list_span, msg!("profile.empty"), msg!("profile.empty.mend"));
        return None;
    }
    let requires: Option<Vec<Requirement>> =
        requires.into_iter().map(|(raw, span)| requirement(raw, span, registry, reading)).collect();
    Some(Profile {
        key,
        title: title?,
        document: document?,
        publisher: publisher?,
        edition: edition?,
        published,
        successor: successor.map(|(key, _)| key),
        fact: Arc::clone(fact?),
        requires: requires?,
    })
}

fn requirement(
    raw: RawRequirement,
    span: Span,
    registry: &Registry,
    reading: &Reading,
) -> Option<Requirement> {
    let fact = criterion::fact(raw.fact, span, registry, reading);
    let confidence = raw.confidence.required("confidence", span, reading);
    let (must, must_span) = raw.must.required("must", span, reading)?;
    let fact = fact?;
    // A profile that hangs on a profile could hang on itself.
    if fact.key.starts_with(FACTS) {
        reading.error(span, msg!("profile.circular"), msg!("profile.circular.mend"));
        return None;
    }
    let comparator = criterion::comparator(must, must_span, &fact, reading)?;
    Some(Requirement {
        criterion: Arc::new(Criterion { fact, at: Role::System, comparator, power: Power::Both }),
        confidence: confidence?.0,
        unless_absent: raw.unless_absent.value().unwrap_or(false),
        else_unknown: raw.else_unknown.value().unwrap_or(false),
    })
}
