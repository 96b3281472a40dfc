//! What a criterion expected, what was seen, and a sentence that says both.

use crate::model::assessment::{Judged, State};
use crate::model::criterion::{Comparator, Criterion, Power};
use crate::model::fact::{Fact, FactType, Failure, Observation, Outcome, Value};
use crate::model::message::{Arg, Message};
use crate::msg;

pub fn expected(criterion: &Criterion) -> Message {
    let fact = &criterion.fact;
    match &criterion.comparator {
        Comparator::Is(value) => msg!("expect.is", value = self::value(value, fact)),
        Comparator::Within(words) if fact.of == FactType::List => {
            msg!("expect.nothing_but", values = self::words(words, fact))
        }
        Comparator::Within(words) => msg!("expect.within", values = self::words(words, fact)),
        Comparator::Contains(words) => msg!("expect.contains", values = self::words(words, fact)),
        Comparator::Without(words) => msg!("expect.without", values = self::words(words, fact)),
        Comparator::AtLeast(value) => msg!("expect.at_least", value = self::value(value, fact)),
        Comparator::AtMost(value) => msg!("expect.at_most", value = self::value(value, fact)),
        Comparator::Matches(pattern) => msg!("expect.matches", pattern = pattern.as_str()),
        Comparator::Present(true) => msg!("expect.present"),
        Comparator::Present(false) => msg!("expect.not_present"),
    }
}

/// What was seen; for an undecided criterion, why nothing follows.
pub fn actual(judged: &Judged, facts: &[Observation]) -> Message {
    let seen = judged.by.and_then(|index| facts.get(index));
    match (&judged.state, seen) {
        (State::Undecided(reason), Some(Observation { outcome: Outcome::Known(value), fact, .. })) => {
            msg!("actual.but", value = self::value(value, fact), reason = reason.clone())
        }
        (State::Undecided(reason), _) => msg!("actual.unknown", reason = reason.clone()),
        (_, Some(observation)) => outcome(observation),
        (_, None) => msg!("actual.unknown", reason = msg!("undecided.no_reason")),
    }
}

pub fn outcome(observation: &Observation) -> Message {
    match &observation.outcome {
        Outcome::Known(value) => msg!("actual.seen", value = self::value(value, &observation.fact)),
        Outcome::Absent => msg!("actual.absent"),
        Outcome::Failed(Failure::Because(reason)) => msg!("actual.unknown", reason = reason.clone()),
        Outcome::Failed(Failure::Reported(reason)) => msg!("actual.unknown", reason = reason),
    }
}

pub fn sentence(judged: &Judged, facts: &[Observation]) -> Message {
    let fact = &judged.criterion.fact.label;
    let (expected, actual) = (expected(&judged.criterion), actual(judged, facts));
    let power = judged.criterion.power;
    match judged.state {
        // What never decides must not look as if it had.
        State::Held | State::Broken if power == Power::Hints => {
            msg!("criterion.hint", fact = fact, expected = expected, actual = actual)
        }
        State::Broken if power == Power::Confirms => {
            msg!("criterion.backs_nothing", fact = fact, expected = expected, actual = actual)
        }
        State::Held => msg!("criterion.held", fact = fact, expected = expected, actual = actual),
        State::Broken => msg!("criterion.broken", fact = fact, expected = expected, actual = actual),
        State::Undecided(_) => msg!("criterion.undecided", fact = fact, expected = expected, actual = actual),
    }
}

/// What a value is called, or its name.
fn word(word: &str, fact: &Fact) -> Arg {
    fact.words.get(word).map_or_else(|| Arg::from(word), Arg::from)
}

fn words(list: &[String], fact: &Fact) -> Arg {
    Arg::List(list.iter().map(|one| word(one, fact)).collect())
}

fn value(value: &Value, fact: &Fact) -> Arg {
    match (value, &fact.unit) {
        (Value::Boolean(true), _) => Arg::from(msg!("value.yes")),
        (Value::Boolean(false), _) => Arg::from(msg!("value.no")),
        (Value::Integer(number), Some(unit)) => {
            Arg::from(msg!("value.with_unit", number = *number, unit = unit))
        }
        (Value::Integer(number), None) => Arg::from(*number),
        (Value::Text(text), _) => word(text, fact),
        (Value::List(list), _) if list.is_empty() => Arg::from(msg!("value.nothing")),
        (Value::List(list), _) => words(list, fact),
        (Value::Date(date), _) => Arg::from(*date),
    }
}
