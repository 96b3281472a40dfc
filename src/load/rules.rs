//! Reads a rules file: how the items of one checklist are decided. Every criterion is held against
//! the registry of facts here, so that evaluation cannot meet one that makes no sense.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;

use super::words::{Word, identifier, one_of};
use super::yaml::{Field, Reading};
use crate::model::checklist::Checklist;
use crate::model::criterion::{Comparator, ComparatorName, Criterion, Pattern, Power};
use crate::model::fact::{Fact, FactType, Registry, Value};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::policy::Rule;
use crate::msg;

/// How the items of one checklist are decided. An item without a rule is decided by its answer.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken rules")]
pub struct RawRules {
    /// The checklist whose items these are.
    #[schemars(with = "String")]
    checklist: Field<String>,
    #[schemars(with = "Vec<RawRule>")]
    rules: Field<Vec<Field<RawRule>>>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawRule {
    /// The id of the item within the checklist.
    #[schemars(with = "String")]
    item: Field<String>,
    /// What a measurement says about it.
    #[serde(default)]
    #[schemars(with = "Vec<RawCriterion>")]
    measure: Field<Vec<Field<RawCriterion>>>,
    /// Whether a pass needs a document.
    #[serde(default)]
    #[schemars(with = "bool")]
    documented: Field<bool>,
}

/// A condition on one fact: exactly one comparator.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawCriterion {
    #[schemars(with = "String")]
    fact: Field<String>,
    power: Field<Power>,
    #[serde(default)]
    is: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    within: Field<Vec<Field<String>>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    contains: Field<Vec<Field<String>>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    without: Field<Vec<Field<String>>>,
    #[serde(default)]
    at_least: Field<Word>,
    #[serde(default)]
    at_most: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    matches: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    present: Field<bool>,
}

/// The rules of one file, and the checklist they belong to.
#[derive(Debug)]
pub struct RulesFile {
    pub checklist: String,
    pub rules: Vec<(ItemName, Arc<Rule>)>,
}

pub fn read(
    reading: &Reading,
    registry: &Registry,
    checklists: &BTreeMap<String, Arc<Checklist>>,
) -> Option<RulesFile> {
    let raw: RawRules = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let checklist = identifier(raw.checklist, "checklist", top, reading);
    let rules = raw.rules.required("rules", top, reading);
    let ((id, span), (rules, _)) = (checklist?, rules?);
    let known = checklists.keys().map(String::as_str);
    one_of(&id, span, known, || msg!("checklist.unknown", checklist = &id), reading);
    let checklist = checklists.get(&id)?;
    let mut seen = HashSet::new();
    let mut read: Vec<(ItemName, Arc<Rule>)> = Vec::new();
    for (raw, span) in rules.into_iter().filter_map(Field::given) {
        let Some((item, item_span)) = raw.item.required("item", span, reading) else { continue };
        let Some(known) = checklist.item(&item) else {
            let name = ItemName::new(&id, &item);
            let ids = checklist.items.iter().map(|item| item.name.id());
            reading.error(item_span, msg!("item.unknown", item = name.as_str()), reading.suggest(&item, ids));
            continue;
        };
        if !seen.insert(known.name.clone()) {
            let what = msg!("rules.twice", item = known.name.as_str());
            reading.error(item_span, what, msg!("rules.twice.mend"));
        }
        let criteria = raw.measure.value().unwrap_or_default();
        let criteria = criteria.into_iter().filter_map(Field::given);
        let measure = criteria.filter_map(|(raw, span)| criterion(raw, span, registry, reading));
        let documented = raw.documented.value().unwrap_or(false);
        let rule = Rule { measure: measure.map(Arc::new).collect(), documented };
        read.push((known.name.clone(), Arc::new(rule)));
    }
    Some(RulesFile { checklist: id, rules: read })
}

fn criterion(raw: RawCriterion, span: Span, registry: &Registry, reading: &Reading) -> Option<Criterion> {
    let power = raw.power.required("power", span, reading);
    let (key, key_span) = raw.fact.required("fact", span, reading)?;
    let Some(fact) = registry.fact(&key) else {
        let known = registry.0.keys().map(String::as_str);
        reading.error(key_span, msg!("fact.unknown", fact = &key), reading.suggest(&key, known));
        return None;
    };
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
            fact = &key,
            of = Message::label(fact.of.label())
        );
        let fitting = ComparatorName::fitting(fact.of);
        reading.error(span, what, msg!("criterion.does_not_fit.mend", words = fitting));
        return None;
    }
    let comparator = comparator(name, operand, span, fact, reading)?;
    Some(Criterion { fact: Arc::clone(fact), comparator, power: power?.0 })
}

/// What stands behind a comparator, before the fact's type is known.
enum Operand {
    One(String),
    Many(Vec<(String, Span)>),
}

fn comparator(
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
