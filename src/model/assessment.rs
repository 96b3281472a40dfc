//! The result of an evaluation. Every report is a projection of it and decides nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::answer::{Answer, Evidence, Review};
use super::checklist::{Checklist, Item};
use super::criterion::Criterion;
use super::crosswalk::Link;
use super::fact::Observation;
use super::inherited::{Inherited, Standing, VendorAssessment};
use super::keyword;
use super::message::Message;
use super::name::ItemName;
use super::policy::PolicySource;
use super::profile::Profile;
use super::received::Received;
use super::scoring::{Conclusion, Weights};
use super::text::Text;
use super::verdict::{Assurance, Level, Verdict};
use super::waiver::Waiver;
use super::workspace::{FileState, Official, Subject, Target};

/// The moment an assessment speaks of. Passed in, never read from the system inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub now: Timestamp,
    /// The date on the wall of whoever asks.
    pub today: Date,
}

#[derive(Debug, Clone)]
pub struct Assessment {
    pub clock: Clock,
    pub subject: Subject,
    pub features: BTreeSet<String>,
    pub checklists: Vec<Arc<Checklist>>,
    pub targets: Vec<Target>,
    /// The vendor's assessment, and how it stands today.
    pub vendor: Option<(Arc<VendorAssessment>, Standing)>,
    /// The package that was reviewed, where this is an evaluator's assessment.
    pub received: Option<Arc<Received>>,
    /// Targets of which nothing usable was seen, by host and port.
    pub unmeasured: Vec<String>,
    /// The files it was decided by.
    pub rules: Vec<PolicySource>,
    pub facts: Vec<Observation>,
    pub findings: Vec<Finding>,
    pub scores: Scores,
    pub by_checklist: Vec<(String, Scores)>,
    pub conclusion: Conclusion,
    /// How the scoring policy words the conclusion.
    pub conclusion_title: Text,
    pub legend: Legend,
}

/// What a reader needs beside the findings to name things and to recompute the figures.
#[derive(Debug, Clone)]
pub struct Legend {
    /// What the present features are called.
    pub features: Vec<(String, Text)>,
    pub weights: Weights,
    pub facts_max_age_days: u32,
    /// The TLS profiles that a rule asks for.
    pub profiles: Vec<Arc<Profile>>,
}

/// One item, decided.
#[derive(Debug, Clone)]
pub struct Finding {
    pub item: Arc<Item>,
    pub official: Option<Arc<Official>>,
    pub verdict: Verdict,
    pub assurance: Assurance,
    pub conflict: Option<Conflict>,
    /// The answer it was decided by: its own, or one carried from an item that asks the same.
    pub answer: Option<Arc<Answer>>,
    /// Where the answer was given, if not here.
    pub carried_from: Option<ItemName>,
    /// Items of other checklists that ask the same, a part, or something near.
    pub links: Vec<Link>,
    pub criteria: Vec<Judged>,
    /// Why it came out so, in the order of deciding.
    pub reasons: Vec<Message>,
    pub evidence: Vec<(Evidence, Option<FileState>)>,
    /// The review, and the verdict that it replaced.
    pub review: Option<(Arc<Review>, Verdict)>,
    /// The documents that the evaluator has seen.
    pub seen: Vec<(Evidence, Option<FileState>)>,
    /// A plan whose date has passed.
    pub overdue: bool,
    /// What the vendor's assessment says of it.
    pub inherited: Option<Inherited>,
    /// The risk that somebody has accepted, and whether that has ended.
    pub waiver: Option<(Arc<Waiver>, bool)>,
}

impl Finding {
    pub fn is_mandatory(&self) -> bool {
        self.item.level == Level::Mandatory
    }

    /// A contradiction that no evaluator has looked at yet.
    pub fn is_contradicted(&self) -> bool {
        let decided = |(review, _): &(Arc<Review>, Verdict)| review.verdict != Verdict::Open;
        self.conflict.is_some() && !self.review.as_ref().is_some_and(decided)
    }
}

keyword! {
    /// How answer and measurement contradict each other.
    Conflict in "conflict" {
        /// The answer is yes, the measurement says no. The most valuable finding there is.
        Refuted = "refuted",
        /// The answer is no, the measurement says yes: something to clear up.
        Better = "better",
    }
}

/// A criterion held against the observations.
#[derive(Debug, Clone)]
pub struct Judged {
    pub criterion: Arc<Criterion>,
    pub state: State,
    /// The observation that decided it, as an index into the assessment's facts.
    pub by: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Held,
    Broken,
    /// Nothing follows, for this reason.
    Undecided(Message),
}

/// Counts, and the ratios made of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scores {
    pub mandatory: Tally,
    pub recommended: Tally,
    /// Passes known by a document or a measurement, of all passes.
    pub assurance: Ratio,
    /// Decided items, of all that apply.
    pub coverage: Ratio,
}

/// The verdicts of one level, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub pass: u32,
    pub partial: u32,
    pub fail: u32,
    pub open: u32,
    pub not_applicable: u32,
    /// Contradictions that nobody has reviewed.
    pub conflict: u32,
    /// Weighted passes of all that apply.
    pub conformity: Ratio,
}

impl Tally {
    pub fn applicable(&self) -> u32 {
        self.pass + self.partial + self.fail + self.open
    }
}

/// A share in hundredths, kept as its two numbers so that anybody can recompute it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratio {
    /// In hundredths of an item.
    pub hundredths: u32,
    pub of: u32,
}

impl Ratio {
    pub fn count(part: u32, of: u32) -> Ratio {
        Ratio { hundredths: part * 100, of }
    }

    /// The part, in items.
    pub fn points(&self) -> f64 {
        f64::from(self.hundredths) / 100.0
    }

    /// Per mille, rounded to the nearest, but never up to the full thousand. Nothing of nothing is
    /// no number.
    pub fn per_mille(&self) -> Option<u32> {
        let (part, of) = (u64::from(self.hundredths) * 10, u64::from(self.of));
        let rounded = (part + of / 2).checked_div(of)?;
        let capped = if part < of * 1000 { rounded.min(999) } else { rounded };
        u32::try_from(capped).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn a_ratio_reads_as_full_only_when_it_is() {
        let per_mille = |hundredths, of| Ratio { hundredths, of }.per_mille();
        assert_eq!(per_mille(7000, 82), Some(854));
        assert_eq!(per_mille(3100, 76), Some(408));
        assert_eq!(per_mille(999_950, 10_000), Some(999));
        assert_eq!(per_mille(8200, 82), Some(1000));
        assert_eq!(per_mille(0, 0), None);
    }
}
