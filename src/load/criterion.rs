//! Reads a condition on a fact: exactly one comparator, held against the fact's type, so that
//! evaluation cannot meet one that makes no sense.

use schemars::JsonSchema;

use super::words::{Word, one_of};
use super::yaml::{Field, Reading};
use crate::model::criterion::{Comparator, ComparatorName, Pattern};
use crate::model::fact::{Fact, FactType, Registry, Value};
use crate::model::message::Message;
use crate::model::origin::Span;
use crate::msg;
use std::sync::Arc;

/// Exactly one of these.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComparators {
    #[serde(default)]
    pub is: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub within: Field<Vec<Field<String>>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub contains: Field<Vec<Field<String>>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub without: Field<Vec<Field<String>>>,
    #[serde(default)]
    pub at_least: Field<Word>,
    #[serde(default)]
    pub at_most: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub matches: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    pub present: Field<bool>,
}

/// The fact that is named.
pub(super) fn fact(
    raw: Field<String>,
    parent: Span,
    registry: &Registry,
    reading: &Reading,
) -> Option<Arc<Fact>> {
    let (key, span) = raw.required("fact", parent, reading)?;
    let found = registry.fact(&key);
    if found.is_none() {
        let known = registry.0.keys().map(String::as_str);
        reading.error(span, msg!("fact.unknown", fact = &key), reading.suggest(&key, known));
    }
    found.cloned()
}

/// The one comparator that is given.
pub(super) fn comparator(
    raw: RawComparators,
    span: Span,
    fact: &Fact,
    reading: &Reading,
) -> Option<Comparator> {
    use ComparatorName as C;
    let mut given: Vec<(C, Operand, Span)> = Vec::new();
    let mut list = |name, field: Field<Vec<Field<String>>>| {
        if let Some((words, span)) = field.given() {
            let words = words.into_iter().filter_map(Field::given).collect();
            given.push((name, Operand::Many(words), span));
        }
    };
    list(C::Within, raw.within);
    list(C::Contains, raw.contains);
    list(C::Without, raw.without);
    let mut one = |name, word: Option<(String, Span)>| {
        if let Some((word, span)) = word {
            given.push((name, Operand::One(word), span));
        }
    };
    one(C::Is, raw.is.map(|word| word.0).given());
    one(C::AtLeast, raw.at_least.map(|word| word.0).given());
    one(C::AtMost, raw.at_most.map(|word| word.0).given());
    one(C::Matches, raw.matches.given());
    one(C::Present, raw.present.given().map(|(word, span)| (word.to_string(), span)));
    if given.len() != 1 {
        let names: Vec<&str> = ComparatorName::ALL.iter().map(|name| name.word()).collect();
        reading.error(
            span,
            msg!("criterion.one_comparator"),
            msg!("criterion.one_comparator.mend", words = names),
        );
        return None;
    }
    let (name, operand, span) = given.pop()?;
    if !name.fits(fact.of) {
        let what = msg!(
            "criterion.does_not_fit",
            comparator = name.word(),
            fact = &fact.key,
            of = Message::label(fact.of.label())
        );
        let fitting = ComparatorName::fitting(fact.of);
        reading.error(span, what, msg!("criterion.does_not_fit.mend", words = fitting));
        return None;
    }
    of_operand(name, operand, span, fact, reading)
}

/// What stands behind a comparator, before the fact's type is known.
enum Operand {
    One(String),
    Many(Vec<(String, Span)>),
}

fn of_operand(
    name: ComparatorName,
    operand: Operand,
    span: Span,
    fact: &Fact,
    reading: &Reading,
) -> Option<Comparator> {
    use ComparatorName as C;
    match (name, operand) {
        (C::Within | C::Contains | C::Without, Operand::Many(words)) => {
            if words.is_empty() {
                reading.error(span, msg!("criterion.empty"), msg!("criterion.empty.mend"));
                return None;
            }
            let known: Vec<bool> =
                words.iter().map(|(word, span)| is_possible(word, *span, fact, reading)).collect();
            let words = words.into_iter().map(|(word, _)| word).collect();
            known.into_iter().all(|known| known).then(|| match name {
                C::Within => Comparator::Within(words),
                C::Contains => Comparator::Contains(words),
                _ => Comparator::Without(words),
            })
        }
        (C::Matches, Operand::One(pattern)) => match Pattern::new(&pattern) {
            Ok(pattern) => Some(Comparator::Matches(pattern)),
            Err(error) => {
                let what = msg!("criterion.pattern", error = error.to_string());
                reading.error(span, what, msg!("criterion.pattern.mend"));
                None
            }
        },
        (C::Present, Operand::One(word)) => Some(Comparator::Present(word == "true")),
        (_, Operand::One(word)) => {
            let value = value(&word, fact.of);
            if value.is_none() {
                let what = msg!("criterion.value", value = &word, of = Message::label(fact.of.label()));
                reading.error(span, what, msg!("criterion.value.mend"));
            }
            if fact.of == FactType::Text && !is_possible(&word, span, fact, reading) {
                return None;
            }
            value.map(|value| match name {
                C::AtLeast => Comparator::AtLeast(value),
                C::AtMost => Comparator::AtMost(value),
                _ => Comparator::Is(value),
            })
        }
        (_, Operand::Many(_)) => None,
    }
}

fn is_possible(word: &str, span: Span, fact: &Fact, reading: &Reading) -> bool {
    let known = fact.values.iter().map(String::as_str);
    fact.values.is_empty() || one_of(word, span, known, || msg!("fact.no_such_value", value = word), reading)
}

/// A value as a fact of that type spells it.
pub fn value(word: &str, of: FactType) -> Option<Value> {
    match of {
        FactType::Boolean => word.parse().ok().map(Value::Boolean),
        FactType::Integer => word.parse().ok().map(Value::Integer),
        FactType::Date => word.parse().ok().map(Value::Date),
        FactType::Text => Some(Value::Text(word.to_owned())),
        FactType::List => None,
    }
}
