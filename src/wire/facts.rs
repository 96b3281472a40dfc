//! Facts in JSON: part of an assessment, and a file of their own.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::message::Arg;
use crate::model::text::{Lang, Text};

pub const SCHEMA: &str = "tenken.facts/1";

/// Facts that were measured, to be read by an audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken facts file")]
pub struct FactsFile {
    /// Always `tenken.facts/1`.
    pub schema: String,
    pub targets: Vec<TargetFacts>,
}

/// What was seen at one target. A name with several addresses has one of these for each that was
/// looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFacts {
    /// Host and port.
    pub target: String,
    /// The network addresses that these facts speak for.
    #[serde(default)]
    pub addresses: Vec<String>,
    pub facts: Facts,
    /// What happened on the way that a reader should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Words>,
}

/// Facts by key, in the order of the file. A key that stands twice is an error: the one that is
/// dropped could be the one that refutes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts(pub Vec<(String, Look)>);

/// What came of looking: a value, or why it is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Null, or an empty list, where somebody looked properly and there is none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub value: Option<Option<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Reason>,
    /// How it was obtained.
    pub method: String,
    /// When, RFC 3339.
    pub time: String,
    /// SHA-256 of the transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// Why something is unknown, in both languages or in one for both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reason {
    Words(Words),
    Plain(String),
}

/// Tells `null` from nothing at all.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Value>>, D::Error> {
    Option::<Value>::deserialize(deserializer).map(Some)
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, look)| (key, look)))
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Facts, D::Error> {
        deserializer.deserialize_map(ByKey)
    }
}

struct ByKey;

impl<'de> Visitor<'de> for ByKey {
    type Value = Facts;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("facts by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Facts, A::Error> {
        let mut known = HashSet::new();
        let mut facts = Vec::new();
        while let Some((key, look)) = map.next_entry::<String, Look>()? {
            if !known.insert(key.clone()) {
                return Err(serde::de::Error::custom(format_args!("duplicate key `{key}`")));
            }
            facts.push((key, look));
        }
        Ok(Facts(facts))
    }
}

impl JsonSchema for Facts {
    fn schema_name() -> Cow<'static, str> {
        "Facts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let look = generator.subschema_for::<Look>();
        schemars::json_schema!({ "type": "object", "additionalProperties": look })
    }
}

/// One look at one target, as an assessment keeps it: a value, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
    /// Host and port.
    pub target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When, RFC 3339.
    pub time: String,
    /// How it was obtained.
    pub method: String,
    /// SHA-256 of the transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// A value as the registry types it: dates are strings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    pub kind: MissingKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Words>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingKind {
    /// The probe looked properly, and the thing is not there.
    Absent,
    /// The probe could not see.
    Failed,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Words {
    pub ja: String,
    pub en: String,
}

impl Words {
    pub fn to(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl From<&Words> for Arg {
    fn from(words: &Words) -> Arg {
        Arg::Worded(Text::new(&words.ja, &words.en))
    }
}
