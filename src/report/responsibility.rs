//! Who answers for what: item by item who has to act, who has said that it is so, and what stands
//! behind it. It is what the guideline calls the boundary of responsibility, drawn from the actors of
//! the checklists and from what other documents mark beside them.

use super::reading::Reading;
use crate::msg;
use crate::wire::assessment::{Actor, Item, Verdict};

/// The columns.
pub const PARTIES: [Actor; 4] = [Actor::Clinic, Actor::Doctor, Actor::Vendor, Actor::Patient];

/// What an item asks of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Has to see to it.
    Leads,
    /// Has to take part.
    Joins,
    /// Another document names them for it.
    Elsewhere,
    None,
}

impl Part {
    pub fn mark(self) -> &'static str {
        match self {
            Part::Leads => "◎",
            Part::Joins => "○",
            Part::Elsewhere => "△",
            Part::None => "",
        }
    }
}

pub fn part<A: PartialEq>(actor: A, leads: &A, joins: &[A], elsewhere: impl IntoIterator<Item = A>) -> Part {
    if actor == *leads {
        Part::Leads
    } else if joins.contains(&actor) {
        Part::Joins
    } else if elsewhere.into_iter().any(|one| one == actor) {
        Part::Elsewhere
    } else {
        Part::None
    }
}

/// One item with its parties.
#[derive(Debug)]
pub struct Row<'a> {
    pub item: &'a Item,
    pub parts: [Part; 4],
    pub said_by: String,
    pub behind: String,
}

/// The items that apply.
pub fn rows<'a>(reading: &Reading<'a>) -> Vec<Row<'a>> {
    let apply = reading.assessment.items.iter().filter(|item| item.verdict != Verdict::NotApplicable);
    apply.map(|item| row(item, reading)).collect()
}

fn row<'a>(item: &'a Item, reading: &Reading<'a>) -> Row<'a> {
    let elsewhere = || item.also.iter().flat_map(|also| also.actors.iter().copied());
    Row {
        item,
        parts: PARTIES.map(|actor| part(actor, &item.actor, &item.with, elsewhere())),
        said_by: said_by(item, reading),
        behind: behind(item, reading),
    }
}

fn said_by(item: &Item, reading: &Reading) -> String {
    let answer = item.declared.as_ref().filter(|declared| declared.status.is_some());
    let by = answer.and_then(|answer| answer.by.as_deref());
    let inherited = item.inherited.as_ref().filter(|inherited| inherited.decides);
    let vendor = inherited.and_then(|one| Some((one, reading.assessment.vendor.as_ref()?)));
    let first = match (vendor, by, answer) {
        (Some((one, vendor)), ..) => {
            msg!("responsibility.vendor", name = &vendor.name, item = &one.item)
        }
        (None, Some(by), _) => msg!("responsibility.by", name = by),
        (None, None, Some(_)) => msg!("responsibility.answered"),
        (None, None, None) if item.criteria.iter().any(|one| one.observation.is_some()) => {
            msg!("responsibility.measured")
        }
        _ => msg!("responsibility.nobody"),
    };
    let review = item.review.as_ref().map(|review| msg!("responsibility.reviewed", name = &review.by));
    let all = [Some(first), review].into_iter().flatten();
    all.map(|one| reading.say(&one)).collect::<Vec<_>>().join("\n")
}

fn behind(item: &Item, reading: &Reading) -> String {
    let mut lines = vec![reading.word(item.assurance.label()).to_owned()];
    lines.extend(item.evidence.iter().map(|one| reading.document(one)));
    let decides = item.inherited.as_ref().is_some_and(|inherited| inherited.decides);
    if let Some(vendor) = reading.assessment.vendor.as_ref().filter(|_| decides) {
        let signature = reading.signature(vendor.signature, vendor.signer.as_ref());
        let line =
            msg!("responsibility.result", file = &vendor.file, date = &vendor.date, signature = signature);
        lines.push(reading.say(&line));
    }
    lines.join("\n")
}
