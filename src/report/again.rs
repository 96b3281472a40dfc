//! What a second measurement sees otherwise than the first: the items whose verdict changes with the facts
//! behind it, then every other fact. What was unknown then or is unknown now is named as such.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Reading, mark};
use super::typeset::{Page, plain};
use crate::model::message::Message;
use crate::model::text::Lang;
use crate::msg;
use crate::wire::assessment::{Assessment, Item};
use crate::wire::facts::Fact;

/// Fact and target.
type Place<'a> = (&'a str, &'a str);

/// An assessment, and the same decided on what was measured now.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    pub stated: &'a Assessment,
    pub now: &'a Assessment,
}

impl<'a> Again<'a> {
    /// The items that come out otherwise, as they were and as they are.
    pub fn changed(&self) -> Vec<(&'a Item, &'a Item)> {
        let before: BTreeMap<&str, &Item> =
            self.stated.items.iter().map(|item| (item.item.as_str(), item)).collect();
        let pairs = self.now.items.iter().filter_map(|item| Some((*before.get(item.item.as_str())?, item)));
        let differs = |(old, new): &(&Item, &Item)| {
            old.verdict != new.verdict || old.is_contradicted() != new.is_contradicted()
        };
        pairs.filter(differs).collect()
    }

    /// The facts that differ, in the order of their keys.
    fn facts(&self) -> BTreeMap<Place<'a>, (Vec<&'a Fact>, Vec<&'a Fact>)> {
        let mut all: BTreeMap<Place, (Vec<&Fact>, Vec<&Fact>)> = BTreeMap::new();
        for fact in &self.stated.facts {
            all.entry((&fact.key, &fact.target)).or_default().0.push(fact);
        }
        for fact in &self.now.facts {
            all.entry((&fact.key, &fact.target)).or_default().1.push(fact);
        }
        let said = |list: &[&Fact]| -> BTreeSet<String> { list.iter().map(|fact| value(fact)).collect() };
        all.retain(|_, (then, now)| said(then) != said(now));
        all
    }
}

/// What a fact says, whenever and wherever it was seen.
fn value(fact: &Fact) -> String {
    let kind = fact.missing.as_ref().map(|missing| missing.kind);
    match kind {
        // Why nothing could be seen may be worded otherwise each time.
        Some(kind) => format!("{kind:?}"),
        None => serde_json::to_string(&fact.value).unwrap_or_default(),
    }
}

/// The page, and whether a verdict changes.
pub fn page(again: &Again, lang: Lang) -> String {
    let (then, now) = (Reading { assessment: again.stated, lang }, Reading { assessment: again.now, lang });
    let mut page = Page::default();
    let mut facts = again.facts();
    let changed = again.changed();
    if !changed.is_empty() {
        page.paragraph(0, &now.say(&msg!("again.verdicts", count = changed.len())));
    }
    for (old, new) in changed {
        let change =
            msg!("again.change", from = now.word(old.verdict.label()), to = now.word(new.verdict.label()));
        let title = plain(&format!("{}  {}", new.item, now.text(&new.title)));
        page.hanging(&format!("  {} ", mark(new.verdict)), &format!("{title}: {}", now.say(&change)));
        if new.is_contradicted() && !old.is_contradicted() {
            page.paragraph(6, now.word("evaluator.contradicted"));
        }
        let keys: BTreeSet<&str> = new.criteria.iter().map(|one| one.fact.as_str()).collect();
        let own: Vec<Place> = facts.keys().copied().filter(|(key, _)| keys.contains(key)).collect();
        for place in own {
            if let Some(sides) = facts.get(&place) {
                page.paragraph(6, &plain(&line(place, sides, [&then, &now])));
            }
        }
    }
    // What stands with an item above is not said again.
    let named: BTreeSet<&str> = again
        .changed()
        .iter()
        .flat_map(|(_, new)| new.criteria.iter().map(|one| one.fact.as_str()))
        .collect();
    facts.retain(|(key, _), _| !named.contains(key));
    if !facts.is_empty() {
        page.paragraph(0, &now.say(&msg!("again.facts", count = facts.len())));
    }
    for (place, sides) in &facts {
        page.paragraph(2, &plain(&line(*place, sides, [&then, &now])));
    }
    page.into_text()
}

fn line(place: Place, sides: &(Vec<&Fact>, Vec<&Fact>), [then, now]: [&Reading; 2]) -> String {
    let (key, target) = place;
    now.say(&msg!(
        "again.fact",
        fact = now.fact_title(key),
        target = target,
        from = side(&sides.0, then),
        to = side(&sides.1, now)
    ))
}

fn side(facts: &[&Fact], reading: &Reading) -> Message {
    let values: BTreeSet<String> = facts.iter().map(|fact| reading.fact_value(fact)).collect();
    match values.is_empty() {
        true => msg!("again.not_measured"),
        false => msg!("again.value", values = values.into_iter().collect::<Vec<String>>()),
    }
}
