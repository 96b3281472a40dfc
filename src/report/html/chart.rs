//! Figures for the drawings of a page, in units of their view boxes. The shapes themselves are in
//! the templates.

use jiff::civil::Date;
use serde::Serialize;

use crate::report::reading::{Reading, VERDICTS, per_mille};
use crate::wire::assessment::{Assessment, Assurance, Comparator, Item, Verdict};
use crate::wire::facts::Value;

/// Bars are this wide.
const WIDTH: f64 = 1000.0;

/// One stretch of a bar.
#[derive(Debug, Serialize)]
pub struct Stretch {
    pub class: &'static str,
    pub label: &'static str,
    pub count: u32,
    pub x: f64,
    pub width: f64,
}

/// Stretches side by side, as wide as their counts.
pub fn bar(counts: &[(&'static str, &'static str, u32)]) -> Vec<Stretch> {
    let total: u32 = counts.iter().map(|(.., count)| count).sum();
    let mut x = 0.0;
    let mut stretches = Vec::new();
    for (class, label, count) in counts.iter().filter(|(.., count)| *count > 0) {
        let width = round(f64::from(*count) * WIDTH / f64::from(total));
        stretches.push(Stretch { class, label, count: *count, x: round(x), width });
        x += width;
    }
    stretches
}

pub fn verdicts(items: &[&Item], reading: &Reading) -> Vec<Stretch> {
    let count = |verdict: Verdict| {
        let number = items.iter().filter(|item| item.verdict == verdict).count() as u32;
        (verdict.word(), reading.word(verdict.label()), number)
    };
    bar(&VERDICTS.map(count))
}

/// How well the passes are known, best first; what is no pass stays blank, so that the two bars of a
/// theme can be laid beside each other.
pub fn assurance(items: &[&Item], reading: &Reading) -> Vec<Stretch> {
    let passes = |assurance: Assurance| {
        let known = |item: &&&Item| item.verdict == Verdict::Pass && item.assurance == assurance;
        (assurance.word(), reading.word(assurance.label()), items.iter().filter(known).count() as u32)
    };
    let others = items.iter().filter(|item| item.verdict != Verdict::Pass).count() as u32;
    let all = [Assurance::Measured, Assurance::Documented, Assurance::Declared, Assurance::None].map(passes);
    bar(&[all.as_slice(), &[("blank", "", others)]].concat())
}

/// What a server offers beside what is wanted of it, value by value.
#[derive(Debug, Serialize)]
pub struct Offer<'a> {
    pub fact: &'a str,
    pub target: &'a str,
    /// The published settings that want it; a rule of its own where there are none.
    pub profile: Option<&'a str>,
    pub values: Vec<Offered<'a>>,
}

#[derive(Debug, Serialize)]
pub struct Offered<'a> {
    pub value: &'a str,
    /// `fine` offered and allowed, `wrong` offered and not allowed, `unsure` offered and not known to be
    /// allowed, `absent` allowed and not offered.
    pub state: &'static str,
}

/// What may be offered, and who says so.
#[derive(Clone, Copy)]
struct Limit<'a> {
    fact: &'a str,
    profile: Option<&'a str>,
    allowed: &'a [String],
    beyond: &'static str,
}

pub fn offers<'a>(reading: &Reading<'a>) -> Vec<Offer<'a>> {
    let mut offers: Vec<Offer> = Vec::new();
    for limit in limits(reading) {
        for fact in reading.assessment.facts.iter().filter(|fact| fact.key == limit.fact) {
            let Some(Value::List(seen)) = &fact.value else { continue };
            let title = reading.fact_title(&fact.key);
            let (target, profile) = (fact.target.as_str(), limit.profile);
            let offer = Offer { fact: title, target, profile, values: offered(seen, limit, reading) };
            let is_new = |one: &Offer| (one.fact, one.target, one.profile) != (title, target, profile);
            if offers.iter().all(is_new) {
                offers.push(offer);
            }
        }
    }
    offers
}

/// Those of rules, then those of the published settings that rules ask for.
fn limits<'a>(reading: &Reading<'a>) -> Vec<Limit<'a>> {
    let criteria = reading.assessment.items.iter().flat_map(|item| &item.criteria);
    let rules = criteria.filter_map(|one| match (one.comparator, &one.wanted) {
        (Comparator::Within, Some(Value::List(allowed))) => {
            Some(Limit { fact: &one.fact, profile: None, allowed, beyond: "wrong" })
        }
        _ => None,
    });
    let profiles = reading.assessment.legend.profiles.iter().flat_map(|profile| {
        profile.allows.iter().map(|one| Limit {
            fact: &one.fact,
            profile: Some(reading.text(&profile.title)),
            allowed: &one.values,
            beyond: if one.more_is_unknown { "unsure" } else { "wrong" },
        })
    });
    rules.chain(profiles).collect()
}

fn offered<'a>(seen: &'a [String], limit: Limit<'a>, reading: &Reading<'a>) -> Vec<Offered<'a>> {
    // A long list of what could be offered as well would hide what is.
    let missing = if limit.profile.is_some() { &[] } else { limit.allowed };
    let mut all: Vec<&str> = seen.iter().chain(missing).map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let has = |list: &[String], value: &str| list.iter().any(|one| one == value);
    let state = |value: &str| match (has(seen, value), has(limit.allowed, value)) {
        (true, true) => "fine",
        (true, false) => limit.beyond,
        _ => "absent",
    };
    let one = |value| Offered { value: reading.value_word(value, limit.fact), state: state(value) };
    all.into_iter().map(one).collect()
}

/// Something that ends on a day.
#[derive(Debug, Serialize)]
pub struct Lifetime<'a> {
    pub fact: &'a str,
    pub target: &'a str,
    pub until: &'a str,
    pub days: i32,
    pub width: f64,
    pub class: &'static str,
}

/// A bar is full at this many days, which is what certificates and domains last at most.
const LONGEST: f64 = 400.0;

/// What can be renewed in good time, and what is urgent.
const SOON: i32 = 30;

pub fn lifetimes<'a>(reading: &Reading<'a>) -> Vec<Lifetime<'a>> {
    let Ok(today) = reading.assessment.date.parse::<Date>() else { return Vec::new() };
    let of = |fact: &'a crate::wire::facts::Fact| {
        let Some(Value::Text(until)) = &fact.value else { return None };
        let date: Date = until.parse().ok().filter(|_| until.len() == 10)?;
        let days = today.until(date).ok()?.get_days();
        let width = round((f64::from(days) / LONGEST).clamp(0.0, 1.0) * WIDTH);
        let class = if days < 0 {
            "fail"
        } else if days < SOON {
            "partial"
        } else {
            "pass"
        };
        Some(Lifetime {
            fact: reading.fact_title(&fact.key),
            target: &fact.target,
            until,
            days,
            width,
            class,
        })
    };
    let mut all: Vec<Lifetime> = reading.assessment.facts.iter().filter_map(of).collect();
    all.sort_by_key(|one| one.days);
    all
}

/// One assessment in the history.
#[derive(Debug, Serialize)]
pub struct Point<'a> {
    pub date: &'a str,
    pub conclusion: &'a str,
    pub percent: String,
    pub x: f64,
    pub y: f64,
}

/// Mandatory conformity over time, ending with this assessment. Nothing where there is no history.
pub fn history<'a>(earlier: &'a [Assessment], reading: &Reading<'a>) -> Vec<Point<'a>> {
    if earlier.is_empty() {
        return Vec::new();
    }
    let all: Vec<&Assessment> = earlier.iter().chain([reading.assessment]).collect();
    let step = WIDTH / (all.len().saturating_sub(1).max(1)) as f64;
    let point = |(index, one): (usize, &&'a Assessment)| {
        let share = f64::from(per_mille(one.scores.mandatory.conformity).unwrap_or_default());
        let percent = crate::report::reading::percent(one.scores.mandatory.conformity).unwrap_or_default();
        Point {
            date: &one.date,
            conclusion: reading.text(&one.conclusion_title),
            percent,
            x: round(step * index as f64),
            y: round(200.0 - share / 5.0),
        }
    };
    all.iter().enumerate().map(point).collect()
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
