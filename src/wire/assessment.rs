//! `tenken.assessment/1`: an assessment in JSON. It stands by itself: whoever has the file needs
//! neither the checklists nor tenken to read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{Fact, Words};

pub const SCHEMA: &str = "tenken.assessment/1";

/// The result of one audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tenken assessment")]
pub struct Assessment {
    /// Always `tenken.assessment/1`.
    pub schema: String,
    pub tool: Tool,
    /// The moment it speaks of, RFC 3339.
    pub at: String,
    /// The calendar date at that moment, where it was made. Due dates are held against it.
    pub date: String,
    pub conclusion: Conclusion,
    pub conclusion_title: Words,
    pub subject: Subject,
    pub features: Vec<String>,
    pub scores: Scores,
    pub checklists: Vec<Checklist>,
    /// The files that decided: name and SHA-256.
    pub rules: Vec<RuleFile>,
    pub targets: Vec<Target>,
    pub facts: Vec<Fact>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }
    };
}

words! { Conclusion { Conforms, Conditional, DoesNotConform, NotAssessed } }
words! { Verdict { Pass, Partial, Fail, NotApplicable, Open } }
words! {
    /// How well a verdict is known, weakest first.
    Assurance { None, Declared, Documented, Measured }
}
words! { Level { Mandatory, Recommended } }
words! {
    /// `same`: an answer to one is an answer to the other. `part_of`: the other asks more.
    /// `has_part`: the other asks a part of it.
    Relation { Same, PartOf, HasPart, Related }
}
words! {
    /// How strongly another document asks for something.
    Demand { Mandatory, Recommended, Exception }
}
words! { Actor { Clinic, Doctor, Vendor, Patient } }
words! {
    /// The online care system, or a website beside it.
    TargetRole { System, Website }
}
words! { SubjectKind { Clinic, Hospital, Vendor } }
words! { Status { Yes, Partial, No, Planned, Na } }
words! {
    /// `refuted`: answered yes, measured no. `better`: answered no, measured yes.
    Conflict { Refuted, Better }
}
words! { Power { Both, Refutes, Confirms, Hints } }
words! { Comparator { Is, Within, Contains, Without, AtLeast, AtMost, Matches, Present } }
words! { State { Held, Broken, Undecided } }
words! { FileProblem { Missing, Unusable } }
words! {
    /// How sure we are of it.
    Confidence { High, Medium, Low }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    pub name: String,
    pub kind: SubjectKind,
    pub product: Option<String>,
    pub applicant: Option<String>,
    pub evaluator: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Checklist {
    pub id: String,
    pub edition: String,
    pub title: Words,
    pub source: Source,
    pub themes: Vec<Theme>,
    /// SHA-256 of the data used.
    pub digest: String,
    pub scores: Scores,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    pub document: String,
    pub publisher: String,
    pub published: Option<String>,
    pub place: String,
    /// What has changed since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Theme {
    pub key: String,
    pub title: Words,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleFile {
    pub file: String,
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    pub url: String,
    /// Host and port, as facts name it.
    pub endpoint: String,
    pub role: TargetRole,
    pub authorized_by: Option<String>,
    /// Whether anything usable was seen there.
    pub measured: bool,
}

/// One item, decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// `checklist/id`.
    pub item: String,
    pub level: Level,
    pub theme: String,
    pub actor: Actor,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Actor>,
    pub verdict: Verdict,
    pub assurance: Assurance,
    pub conflict: Option<Conflict>,
    /// What the applicant said.
    pub declared: Option<Declared>,
    /// The item at which that was said, if not at this one: both ask the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<String>,
    pub criteria: Vec<Criterion>,
    /// Why it came out so, in the order of deciding.
    pub reasons: Vec<Reason>,
    pub evidence: Vec<Evidence>,
    pub improvement: Option<String>,
    pub due: Option<String>,
    /// A plan whose date has passed.
    pub overdue: bool,
    pub review: Option<Review>,
    pub title: Words,
    pub ask: Words,
    /// The source's sub-points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Words>,
    /// Exceptions and conditions of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Words>,
    pub why: Words,
    pub fix: Words,
    /// Documents that normally prove it.
    pub proofs: Vec<Words>,
    /// Where in the source.
    pub place: String,
    /// Items of other checklists that ask the same, a part, or something near.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What other documents say of the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// Later guidelines that say something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
}

/// How an item stands to another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    pub item: String,
    pub relation: Relation,
    /// Which part, or how they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Words>,
}

/// What another document says of the same thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Also {
    pub document: String,
    pub publisher: String,
    pub place: String,
    pub level: Demand,
    /// One of the two demands what the other only recommends.
    pub departs: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<Actor>,
    /// How its wording differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<Words>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Later {
    pub document: String,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    pub says: Words,
    pub confidence: Confidence,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Declared {
    pub status: Option<Status>,
    pub measure: Option<String>,
    pub by: Option<String>,
    pub on: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    pub fact: String,
    pub power: Power,
    pub comparator: Comparator,
    pub expected: Words,
    /// What was seen, or why nothing was.
    pub actual: Words,
    pub state: State,
    pub sentence: Words,
    /// Index into `facts` of the observation that decided it.
    pub observation: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Stable; the wording may change.
    pub code: String,
    pub ja: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    pub document: Option<String>,
    pub page: Option<String>,
    pub file: Option<String>,
    pub sha256: Option<String>,
    pub size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<FileProblem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    pub verdict: Verdict,
    /// The verdict that the review replaced.
    pub replaced: Verdict,
    pub by: String,
    pub on: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    pub mandatory: Tally,
    pub recommended: Tally,
    /// Passes that a document or a measurement backs, of all passes.
    pub assurance: Ratio,
    /// Decided items, of all that apply.
    pub coverage: Ratio,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    pub pass: u32,
    pub partial: u32,
    pub fail: u32,
    pub open: u32,
    pub not_applicable: u32,
    /// Contradictions that no evaluator has looked at.
    pub conflict: u32,
    pub conformity: Ratio,
}

/// `points / of`; nothing where there is nothing to divide by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ratio {
    pub points: f64,
    pub of: u32,
    pub ratio: Option<f64>,
}
