//! Counts, ratios and the conclusion. All figures can be recomputed by hand from the verdicts.

use crate::model::assessment::{Finding, Ratio, Scores, Tally};
use crate::model::scoring::{Conclusion, Limits, Scoring, Weights};
use crate::model::text::Text;
use crate::model::verdict::{Assurance, Level, Verdict};

pub(super) fn scores<'a>(findings: impl IntoIterator<Item = &'a Finding>, scoring: &Scoring) -> Scores {
    let mut scores = Scores::default();
    let (mut passes, mut assured) = (0, 0);
    for finding in findings {
        count(tally(&mut scores, finding.item.level), finding);
        if finding.verdict == Verdict::Pass {
            passes += 1;
            assured += u32::from(finding.assurance >= Assurance::Documented);
        }
    }
    scores.mandatory.conformity = conformity(&scores.mandatory, &scoring.weights);
    scores.recommended.conformity = conformity(&scores.recommended, &scoring.weights);
    let applicable = scores.mandatory.applicable() + scores.recommended.applicable();
    let open = scores.mandatory.open + scores.recommended.open;
    scores.assurance = Ratio::count(assured, passes);
    scores.coverage = Ratio::count(applicable - open, applicable);
    scores
}

fn tally(scores: &mut Scores, level: Level) -> &mut Tally {
    match level {
        Level::Mandatory => &mut scores.mandatory,
        Level::Recommended => &mut scores.recommended,
    }
}

fn count(tally: &mut Tally, finding: &Finding) {
    let counter = match finding.verdict {
        Verdict::Pass => &mut tally.pass,
        Verdict::Partial => &mut tally.partial,
        Verdict::Fail => &mut tally.fail,
        Verdict::Open => &mut tally.open,
        Verdict::NotApplicable => &mut tally.not_applicable,
    };
    *counter += 1;
    tally.conflict += u32::from(finding.is_contradicted());
}

fn conformity(tally: &Tally, weights: &Weights) -> Ratio {
    let weighed = |count: u32, verdict: Verdict| count * weights.of(verdict);
    let hundredths = weighed(tally.pass, Verdict::Pass)
        + weighed(tally.partial, Verdict::Partial)
        + weighed(tally.fail, Verdict::Fail)
        + weighed(tally.open, Verdict::Open);
    Ratio { hundredths, of: tally.applicable() }
}

pub(super) fn conclude(scores: &Scores, scoring: &Scoring) -> (Conclusion, Text) {
    let of = |wanted: Conclusion| scoring.conclusions.iter().find(|rule| rule.conclusion == wanted);
    let rule = if scores.mandatory.applicable() == 0 {
        of(Conclusion::NotAssessed)
    } else {
        let mut rules = scoring.conclusions.iter().filter(|rule| rule.conclusion != Conclusion::NotAssessed);
        rules.find(|rule| keeps(&scores.mandatory, &rule.mandatory))
    };
    match rule {
        Some(rule) => (rule.conclusion, rule.title.clone()),
        // The loader demands a rule without limits; without one, the worst is the safe word.
        None => (Conclusion::DoesNotConform, Text::default()),
    }
}

fn keeps(tally: &Tally, limits: &Limits) -> bool {
    let within = |count: u32, limit: Option<u32>| limit.is_none_or(|most| count <= most);
    within(tally.fail, limits.fail)
        && within(tally.partial, limits.partial)
        && within(tally.open, limits.open)
        && within(tally.conflict, limits.conflict)
}
