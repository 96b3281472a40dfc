//! `tenken.diff/1`: what changed between two assessments, in JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::assessment::{Assurance, Conclusion, Level, Verdict};
use super::facts::Words;

pub const SCHEMA: &str = "tenken.diff/1";

/// Two assessments compared. Items are matched by their names, and by what they ask
/// where an edition gave them others.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "tenken diff")]
pub struct Diff {
    /// Always `tenken.diff/1`.
    pub schema: String,
    pub older: Head,
    pub newer: Head,
    /// Whether anything got worse: the conclusion, or an item.
    pub is_worse: bool,
    /// Checklists of which the edition or the data differ, and those that only one has.
    pub checklists: Vec<ChecklistChange>,
    pub worse: Vec<Change>,
    pub better: Vec<Change>,
    /// Changes that are neither: an item that does not apply any more, or applies now.
    pub other: Vec<Change>,
    pub new: Vec<Single>,
    pub gone: Vec<Single>,
    /// Items that ask the same under another name. What became of them stands above, under the new one.
    pub renamed: Vec<Renamed>,
    pub evidence: Vec<EvidenceChange>,
    pub facts: Vec<FactChange>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Head {
    pub at: String,
    pub date: String,
    pub subject: String,
    pub conclusion: Conclusion,
    pub conclusion_title: Words,
    /// Conformity of the mandatory items; null where none applies.
    pub mandatory: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChecklistChange {
    pub checklist: String,
    /// The edition; null where this side does not have the checklist.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// An item in both.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    pub item: String,
    pub level: Level,
    pub title: Words,
    pub from: Verdict,
    pub to: Verdict,
    pub from_assurance: Assurance,
    pub to_assurance: Assurance,
    /// Whether answer and measurement contradict each other now, and did not before.
    pub contradicted: bool,
}

/// An item in one of them only.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Single {
    pub item: String,
    pub level: Level,
    pub title: Words,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Renamed {
    pub from: String,
    pub to: String,
    pub title: Words,
}

/// A file that answers refer to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EvidenceChange {
    pub file: String,
    /// SHA-256; null where the file is not named or not there.
    pub from: Option<String>,
    pub to: Option<String>,
    /// The items that refer to it, on either side.
    pub items: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FactChange {
    pub fact: String,
    pub title: Words,
    pub target: String,
    /// What was seen; null where nobody looked.
    pub from: Option<Words>,
    pub to: Option<Words>,
}
