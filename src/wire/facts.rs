//! Facts in JSON: part of an assessment, and a file of their own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    pub facts: Vec<Fact>,
}

/// One look at one target: a value, or why there is none.
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
