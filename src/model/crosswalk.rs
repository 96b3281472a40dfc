//! Which items of different checklists ask the same, so that one answer serves all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::{Answer, Status};
use super::keyword;
use super::name::ItemName;
use super::text::Text;

keyword! {
    /// How an item stands to another.
    Relation in "relation" {
        /// Both ask the same: an answer to one is an answer to the other.
        Same = "same",
        /// The other asks more than this one.
        PartOf = "part_of",
        /// The other asks a part of this one.
        HasPart = "has_part",
        /// Worth reading together.
        Related = "related",
    }
}

/// A link from one item to another, as seen from the first.
#[derive(Debug, Clone)]
pub struct Link {
    pub to: ItemName,
    pub relation: Relation,
    /// Which part, or how they differ.
    pub note: Option<Text>,
}

/// All links, by the item they start at. Each is here twice, once from either side.
#[derive(Debug, Clone, Default)]
pub struct Crosswalk(BTreeMap<ItemName, Vec<Link>>);

/// An answer from elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    pub answer: &'a Arc<Answer>,
    pub from: &'a ItemName,
}

impl Crosswalk {
    /// The answer that serves an item nobody wrote anything at: one to the same question, or a yes to
    /// a question that contains this one. Where answers to the same question differ, none of them does.
    pub fn carried<'a>(
        &'a self,
        name: &ItemName,
        answers: &'a BTreeMap<ItemName, Arc<Answer>>,
    ) -> Option<Carried<'a>> {
        if answers.get(name).is_some_and(|own| says_anything(own)) {
            return None;
        }
        let given_at = |link: &'a Link| {
            let answer = answers.get(&link.to).filter(|answer| answer.status.is_some())?;
            Some(Carried { answer, from: &link.to })
        };
        let links = self.links(name);
        let same: Vec<Carried> =
            links.iter().filter(|link| link.relation == Relation::Same).filter_map(given_at).collect();
        if same.iter().any(|one| same.iter().any(|other| one.answer.status != other.answer.status)) {
            return None;
        }
        let wider = links.iter().filter(|link| link.relation == Relation::PartOf).filter_map(given_at);
        let mut wider = wider.filter(|one| one.answer.status == Some(Status::Yes));
        same.into_iter().next().or_else(|| wider.next())
    }

    pub fn links(&self, item: &ItemName) -> &[Link] {
        self.0.get(item).map(Vec::as_slice).unwrap_or_default()
    }

    /// The items that ask the same as this one.
    pub fn same(&self, item: &ItemName) -> impl Iterator<Item = &ItemName> {
        self.links(item).iter().filter(|link| link.relation == Relation::Same).map(|link| &link.to)
    }

    /// All of these ask the same.
    pub fn join_same(&mut self, items: &[ItemName], note: Option<&Text>) {
        for from in items {
            for to in items.iter().filter(|to| *to != from) {
                self.link(from, to, Relation::Same, note);
            }
        }
    }

    /// `part` asks a part of what `whole` asks.
    pub fn join_part(&mut self, part: &ItemName, whole: &ItemName, note: Option<&Text>) {
        self.link(part, whole, Relation::PartOf, note);
        self.link(whole, part, Relation::HasPart, note);
    }

    pub fn join_related(&mut self, items: &[ItemName], note: Option<&Text>) {
        for from in items {
            for to in items.iter().filter(|to| *to != from) {
                self.link(from, to, Relation::Related, note);
            }
        }
    }

    /// All links, from either side.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemName, &Link)> {
        self.0.iter().flat_map(|(from, links)| links.iter().map(move |link| (from, link)))
    }

    fn link(&mut self, from: &ItemName, to: &ItemName, relation: Relation, note: Option<&Text>) {
        let link = Link { to: to.clone(), relation, note: note.cloned() };
        self.0.entry(from.clone()).or_default().push(link);
    }
}

fn says_anything(answer: &Answer) -> bool {
    let said = [&answer.measure, &answer.improvement];
    answer.status.is_some() || !answer.evidence.is_empty() || said.iter().any(|text| text.is_some())
}
