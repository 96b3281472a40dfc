//! Facts: what a probe can see, and what one saw.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::keyword;
use super::message::Message;
use super::text::Text;

keyword! {
    /// The type of a fact's value.
    FactType in "type" {
        Boolean = "boolean",
        Integer = "integer",
        Text = "text",
        List = "list",
        Date = "date",
    }
}

/// What is known about a fact before anybody looks: the entry in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    pub of: FactType,
    pub unit: Option<Text>,
    pub label: Text,
    /// The probe that makes it.
    pub probe: String,
    /// Every value it can have, where they can be listed.
    pub values: Vec<String>,
    /// What these values are called, where they are not names.
    pub words: BTreeMap<String, Text>,
}

/// The probes that ask others about a target, and not the target itself.
pub const DIRECTORIES: &[&str] = &["dns", "domain", "location"];

impl Fact {
    /// Whether whoever sees it has seen the target itself. A name that resolves is no system that answers.
    pub fn is_of_the_target(&self) -> bool {
        !DIRECTORIES.contains(&self.probe.as_str())
    }
}

/// Every fact there is, by key.
#[derive(Debug, Clone, Default)]
pub struct Registry(pub BTreeMap<String, Arc<Fact>>);

impl Registry {
    pub fn fact(&self, key: &str) -> Option<&Arc<Fact>> {
        self.0.get(key)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<String>),
    Date(Date),
}

impl Value {
    pub fn of(&self) -> FactType {
        match self {
            Value::Boolean(_) => FactType::Boolean,
            Value::Integer(_) => FactType::Integer,
            Value::Text(_) => FactType::Text,
            Value::List(_) => FactType::List,
            Value::Date(_) => FactType::Date,
        }
    }
}

/// What came of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Known(Value),
    /// The probe looked properly, and the thing is not there.
    Absent,
    /// The probe could not see; nothing follows from it.
    Failed(Failure),
}

/// Why a fact could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Worded by us.
    Because(Message),
    /// As somebody else's file words it, in both languages.
    Reported(Text),
}

/// One look at one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub fact: Arc<Fact>,
    pub outcome: Outcome,
    /// Host and port, as in the workspace's targets.
    pub target: String,
    pub address: Option<String>,
    pub at: Timestamp,
    /// How it was obtained.
    pub method: String,
    /// SHA-256 of the transcript.
    pub transcript: Option<String>,
}
