//! Reads the scoring policy.

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{RawText, text};
use super::yaml::{Field, Reading};
use crate::model::origin::Span;
use crate::model::scoring::{Conclusion, ConclusionRule, Limits, Scoring, Weights};
use crate::msg;

/// How verdicts become scores and a conclusion.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken scoring")]
pub struct RawScoring {
    scoring: Field<RawPolicy>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    /// What a verdict counts towards conformity, from 0 to 1.
    weights: Field<RawWeights>,
    /// Facts older than this settle nothing.
    #[schemars(with = "u32")]
    facts_max_age_days: Field<u32>,
    /// A vendor's assessment that is older gives no more than a declaration; so does any, where this is
    /// left out.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    vendor_assessment_max_age_days: Field<u32>,
    /// Tried in this order.
    #[schemars(with = "Vec<RawConclusion>")]
    conclusions: Field<Vec<Field<RawConclusion>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawWeights {
    #[schemars(with = "f64")]
    pass: Field<f64>,
    #[schemars(with = "f64")]
    partial: Field<f64>,
    #[schemars(with = "f64")]
    fail: Field<f64>,
    #[schemars(with = "f64")]
    open: Field<f64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawConclusion {
    conclusion: Field<Conclusion>,
    title: Field<RawText>,
    /// How many mandatory items of a kind there may be at most.
    #[serde(default)]
    mandatory: Field<RawLimits>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    fail: Field<u32>,
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    partial: Field<u32>,
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    open: Field<u32>,
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    conflict: Field<u32>,
}

pub fn read(reading: &Reading) -> Option<Scoring> {
    let raw: RawScoring = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (raw, span) = raw.scoring.required("scoring", top, reading)?;
    let weights = raw.weights.required("weights", span, reading);
    let weights = weights.and_then(|(raw, span)| weights_of(raw, span, reading));
    let age = raw.facts_max_age_days.required("facts_max_age_days", span, reading);
    let vendor_assessment_max_age_days = raw.vendor_assessment_max_age_days.value();
    let (list, list_span) = raw.conclusions.required("conclusions", span, reading)?;
    let conclusions: Vec<_> = list.into_iter().filter_map(Field::given).collect();
    let conclusions: Vec<_> =
        conclusions.into_iter().filter_map(|(raw, span)| conclusion(raw, span, reading)).collect();
    for wanted in Conclusion::ALL {
        if !conclusions.iter().any(|rule| rule.conclusion == *wanted) {
            let what = msg!("scoring.conclusion_missing", conclusion = wanted.word());
            reading.error(list_span, what, msg!("scoring.conclusion_missing.mend"));
        }
    }
    // The strictest word must be hard to earn, and the last must always be there to fall back on.
    for rule in &conclusions {
        let strict = rule.conclusion == Conclusion::Conforms;
        let Limits { fail, partial, open, conflict } = rule.mandatory;
        if strict && [fail, partial, open, conflict] != [Some(0); 4] {
            reading.error(list_span, msg!("scoring.conforms_is_lax"), msg!("scoring.conforms_is_lax.mend"));
        }
        let last = rule.conclusion == Conclusion::DoesNotConform;
        if last && rule.mandatory != Limits::default() {
            reading.error(list_span, msg!("scoring.last_has_limits"), msg!("scoring.last_has_limits.mend"));
        }
    }
    Some(Scoring {
        weights: weights?,
        facts_max_age_days: age?.0,
        vendor_assessment_max_age_days,
        conclusions,
    })
}

fn weights_of(raw: RawWeights, span: Span, reading: &Reading) -> Option<Weights> {
    let hundredths = |field: Field<f64>, key: &'static str| {
        let (weight, span) = field.required(key, span, reading)?;
        if !(0.0..=1.0).contains(&weight) {
            reading.error(span, msg!("scoring.weight"), msg!("scoring.weight.mend"));
            return None;
        }
        // Between 0 and 100 by the check above.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Some((weight * 100.0).round() as u32)
    };
    let (pass, partial) = (hundredths(raw.pass, "pass"), hundredths(raw.partial, "partial"));
    let (fail, open) = (hundredths(raw.fail, "fail"), hundredths(raw.open, "open"));
    let weights = Weights { pass: pass?, partial: partial?, fail: fail?, open: open? };
    // Whatever is not known to hold counts for nothing, and half done never for more than done.
    if weights.fail > 0 || weights.open > 0 || weights.partial > weights.pass {
        reading.error(span, msg!("scoring.lax_weights"), msg!("scoring.lax_weights.mend"));
        return None;
    }
    Some(weights)
}

fn conclusion(raw: RawConclusion, span: Span, reading: &Reading) -> Option<ConclusionRule> {
    let conclusion = raw.conclusion.required("conclusion", span, reading);
    let title = text(raw.title, "title", span, reading);
    let raw = raw.mandatory.value().unwrap_or_default();
    let mandatory = Limits {
        fail: raw.fail.value(),
        partial: raw.partial.value(),
        open: raw.open.value(),
        conflict: raw.conflict.value(),
    };
    Some(ConclusionRule { conclusion: conclusion?.0, title: title?, mandatory })
}
