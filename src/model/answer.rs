//! What people say: the applicant's answers and the evaluator's reviews, kept apart.

use jiff::civil::Date;

use super::keyword;
use super::verdict::Verdict;

keyword! {
    /// An answer to one item.
    Status in "status" {
        Yes = "yes",
        Partial = "partial",
        No = "no",
        /// Not yet, but by a date.
        Planned = "planned",
        /// Claimed not to apply; needs a reason.
        Na = "na",
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Nothing where the item was left open.
    pub status: Option<Status>,
    /// 対応策: what is done, or for `na` why it does not apply.
    pub measure: Option<String>,
    pub evidence: Vec<Evidence>,
    /// 改善策: what will be improved.
    pub improvement: Option<String>,
    pub due: Option<Date>,
    pub by: Option<String>,
    pub on: Option<Date>,
}

impl Answer {
    /// Whether nobody has written anything yet.
    pub fn is_empty(&self) -> bool {
        let Answer { status, measure, evidence, improvement, due, by, on } = self;
        status.is_none()
            && [measure, improvement, by].into_iter().all(Option::is_none)
            && evidence.is_empty()
            && due.or(*on).is_none()
    }
}

/// A document that somebody points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    pub document: Option<String>,
    pub page: Option<String>,
    /// Path within the workspace, with forward slashes.
    pub file: Option<String>,
    /// The last day on which it counts; nothing where it does not run out.
    pub valid_until: Option<Date>,
}

impl Evidence {
    pub fn has_expired(&self, today: Date) -> bool {
        self.valid_until.is_some_and(|until| until < today)
    }
}

/// The evaluator's word on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub verdict: Verdict,
    pub by: String,
    pub on: Date,
    pub note: Option<String>,
    /// The documents that the evaluator has seen.
    pub seen: Vec<Evidence>,
}
