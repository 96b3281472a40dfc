//! Reads a rules file: how the items of one checklist are decided. Every criterion is held against
//! the registry of facts.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;

use super::criterion::{self, RawComparators};
use super::words::{Word, identifier, one_of};
use super::yaml::{Field, Reading};
use crate::model::checklist::Checklist;
use crate::model::criterion::{Criterion, Power};
use crate::model::fact::Registry;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::policy::Rule;
use crate::model::workspace::Role;
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
    /// Left out: at the online care system.
    #[serde(default)]
    #[schemars(with = "Role")]
    at: Field<Role>,
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
    let fact = criterion::fact(raw.fact, span, registry, reading)?;
    let at = raw.at.value().unwrap_or(Role::System);
    let RawCriterion { is, within, contains, without, at_least, at_most, matches, present, .. } = raw;
    let raw = RawComparators { is, within, contains, without, at_least, at_most, matches, present };
    let comparator = criterion::comparator(raw, span, &fact, reading)?;
    Some(Criterion { fact, at, comparator, power: power?.0 })
}
