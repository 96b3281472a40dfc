//! `tenken.assessment/1`: an assessment in JSON. It stands by itself: whoever has the file needs
//! neither the checklists nor tenken to read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{Fact, Value, Words};
use super::review::Package;
use crate::model::keyword;
use crate::model::text::Lang;

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
    /// The vendor's own assessment, from which items were inherited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// The package that was reviewed, where this is an evaluator's assessment of somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Package>,
    pub facts: Vec<Fact>,
    pub items: Vec<Item>,
    pub legend: Legend,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

keyword! {
    Conclusion in "conclusion" {
        Conforms = "conforms",
        Conditional = "conditional",
        DoesNotConform = "does_not_conform",
        NotAssessed = "not_assessed",
    }
}
keyword! {
    Verdict in "verdict" {
        Pass = "pass",
        Partial = "partial",
        Fail = "fail",
        NotApplicable = "not_applicable",
        Open = "open",
    }
}
keyword! {
    /// How well a verdict is known, weakest first.
    Assurance in "assurance" {
        None = "none",
        Declared = "declared",
        Documented = "documented",
        Measured = "measured",
    }
}
keyword! { Level in "level" { Mandatory = "mandatory", Recommended = "recommended" } }
keyword! {
    /// `same`: an answer to one is an answer to the other. `part_of`: the other asks more.
    /// `has_part`: the other asks a part of it.
    Relation in "relation" { Same = "same", PartOf = "part_of", HasPart = "has_part", Related = "related" }
}
keyword! {
    /// How strongly another document asks for something.
    Demand in "demand" { Mandatory = "mandatory", Recommended = "recommended", Exception = "exception" }
}
keyword! {
    /// The online care system, or a website beside it.
    TargetRole in "role" { System = "system", Website = "website" }
}
keyword! {
    Actor in "actor" { Clinic = "clinic", Doctor = "doctor", Vendor = "vendor", Patient = "patient" }
}
keyword! { SubjectKind in "kind" { Clinic = "clinic", Hospital = "hospital", Vendor = "vendor" } }
keyword! {
    Status in "status" { Yes = "yes", Partial = "partial", No = "no", Planned = "planned", Na = "na" }
}
keyword! {
    /// `refuted`: answered yes, measured no. `better`: answered no, measured yes.
    Conflict in "conflict" { Refuted = "refuted", Better = "better" }
}
keyword! {
    Power in "weight" { Both = "both", Refutes = "refutes", Confirms = "confirms", Hints = "hints" }
}
keyword! {
    Comparator in "comparator" {
        Is = "is",
        Within = "within",
        Contains = "contains",
        Without = "without",
        AtLeast = "at_least",
        AtMost = "at_most",
        Matches = "matches",
        Present = "present",
    }
}
keyword! { State in "state" { Held = "held", Broken = "broken", Undecided = "undecided" } }
keyword! {
    /// `expired`: its `valid_until` had passed on the day of the assessment.
    FileProblem in "problem" { Missing = "missing", Unusable = "unusable", Expired = "expired" }
}
keyword! {
    /// `unverified`: signed, but by whom was not checked or does not hold.
    Signature in "signature" { Unsigned = "unsigned", Unverified = "unverified", Verified = "verified" }
}
keyword! {
    /// `expired`: too old to build on. `future`: dated after this assessment.
    Currency in "currency" { Current = "current", Expired = "expired", Future = "future" }
}
keyword! {
    /// How sure we are of it.
    Confidence in "confidence" { High = "high", Medium = "medium", Low = "low" }
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
    /// What people call the edition.
    pub edition_title: Words,
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
    /// What the vendor's assessment says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherited: Option<Inherited>,
    /// A risk that somebody accepts for a while. It changes no verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
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
    /// The wording of the source, where the user has imported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Official>,
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Official {
    pub text: String,
    /// The edition that the checklist speaks of.
    pub this_edition: bool,
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
    /// What it was compared with: one value, or a list of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Value>,
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
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
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
    /// The documents that the evaluator has seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Evidence>,
}

/// A vendor's assessment of its own system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Vendor {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    pub file: String,
    pub sha256: String,
    /// The day it speaks of.
    pub date: String,
    /// How old it was on the day of this assessment.
    pub age_days: i64,
    pub currency: Currency,
    pub signature: Signature,
    /// Who signed it, where that was checked and holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    pub conclusion: Conclusion,
    pub conclusion_title: Words,
}

/// The vendor's verdict on an item that is the vendor's to fulfil.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inherited {
    /// The item in the vendor's assessment.
    pub item: String,
    /// How this item stands to it.
    pub relation: Relation,
    pub verdict: Verdict,
    pub assurance: Assurance,
    /// Whether this item is decided by it.
    pub decides: bool,
}

/// An accepted risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// Who accepts it.
    pub by: String,
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: String,
    pub expired: bool,
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ratio {
    pub points: f64,
    pub of: u32,
    pub ratio: Option<f64>,
}

/// What the keys are called and what the verdicts weigh, so that whoever has the file alone can name
/// everything and recompute every figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Legend {
    /// The features that are present.
    pub features: Vec<Named>,
    /// Every fact that was measured or asked for.
    pub facts: Vec<FactLabel>,
    pub weights: Weights,
    /// Older facts settle nothing.
    pub facts_max_age_days: u32,
    /// The TLS profiles that a rule asks for, with the lists that they allow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<Profile>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// The fact that says whether a server follows it.
    pub fact: String,
    pub title: Words,
    pub document: String,
    pub publisher: String,
    pub edition: String,
    pub allows: Vec<Allowed>,
}

/// What may be offered at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Allowed {
    pub fact: String,
    pub values: Vec<String>,
    /// Whether more may be allowed than is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_is_unknown: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    pub key: String,
    pub title: Words,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactLabel {
    pub key: String,
    pub title: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Words>,
    /// What its values are called, where they are not names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Named>,
}

/// What a verdict counts towards conformity, in items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Weights {
    pub pass: f64,
    pub partial: f64,
    pub fail: f64,
    pub open: f64,
}

impl Reason {
    pub fn to(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl Item {
    /// Whether nobody has answered it here, and only the vendor's assessment speaks.
    pub fn inherited_alone(&self) -> bool {
        let answered = self.declared.as_ref().is_some_and(|declared| declared.status.is_some());
        self.inherited.is_some() && !answered
    }

    /// A contradiction that no evaluator has looked at yet.
    pub fn is_contradicted(&self) -> bool {
        let decided = self.review.as_ref().is_some_and(|review| review.verdict != Verdict::Open);
        self.conflict.is_some() && !decided
    }
}

impl Tally {
    pub fn applicable(&self) -> u32 {
        [self.partial, self.fail, self.open].iter().fold(self.pass, |sum, count| sum.saturating_add(*count))
    }

    pub fn of(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Partial => self.partial,
            Verdict::Fail => self.fail,
            Verdict::Open => self.open,
            Verdict::NotApplicable => self.not_applicable,
        }
    }
}
