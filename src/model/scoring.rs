//! How verdicts become scores and a conclusion: the checked form of `rules/scoring.yaml`.

use super::keyword;
use super::text::Text;
use super::verdict::Verdict;

keyword! {
    /// What the whole assessment comes to.
    Conclusion in "conclusion" {
        Conforms = "conforms",
        Conditional = "conditional",
        DoesNotConform = "does_not_conform",
        /// No mandatory item applies, so nothing can be said.
        NotAssessed = "not_assessed",
    }
}

#[derive(Debug, Clone)]
pub struct Scoring {
    pub weights: Weights,
    /// Facts older than this settle nothing.
    pub facts_max_age_days: u32,
    /// A vendor's assessment that is older gives no more than a declaration; so does any, where this is
    /// left out.
    pub vendor_assessment_max_age_days: Option<u32>,
    /// Tried in this order; the first whose limits hold is the conclusion.
    pub conclusions: Vec<ConclusionRule>,
}

/// What a verdict counts towards conformity, in hundredths of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    pub pass: u32,
    pub partial: u32,
    pub fail: u32,
    pub open: u32,
}

impl Weights {
    pub fn of(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Partial => self.partial,
            Verdict::Fail => self.fail,
            Verdict::Open => self.open,
            Verdict::NotApplicable => 0,
        }
    }
}

#[derive(Debug, Clone)]
pub struct ConclusionRule {
    pub conclusion: Conclusion,
    pub title: Text,
    /// How many mandatory items of a kind there may be at most; no limit where left out.
    pub mandatory: Limits,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    pub fail: Option<u32>,
    pub partial: Option<u32>,
    pub open: Option<u32>,
    /// Contradictions between answer and measurement that nobody has reviewed.
    pub conflict: Option<u32>,
}
