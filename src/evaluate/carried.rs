//! One answer for several items: where an item is left open, an answer that was given to an item that
//! asks the same, or more, serves it too. Nothing that somebody wrote at the item itself is passed
//! over.

use std::sync::Arc;

use super::Context;
use crate::model::answer::{Answer, Status};
use crate::model::assessment::Finding;
use crate::model::crosswalk::{Link, Relation};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::msg;

/// An answer from elsewhere.
pub(super) struct Carried<'a> {
    pub answer: &'a Arc<Answer>,
    pub from: &'a ItemName,
}

/// The answer that serves an item nobody wrote anything at: one to the same question, or a yes to a
/// question that contains this one. Where answers to the same question differ, none of them does.
pub(super) fn to<'a>(name: &ItemName, context: &Context<'a>) -> Option<Carried<'a>> {
    let answers = &context.workspace.answers;
    if answers.get(name).is_some_and(|own| says_anything(own)) {
        return None;
    }
    let given_at = |link: &'a Link| {
        let answer = answers.get(&link.to).filter(|answer| answer.status.is_some())?;
        Some(Carried { answer, from: &link.to })
    };
    let links = context.policy.crosswalk.links(name);
    let same: Vec<Carried> =
        links.iter().filter(|link| link.relation == Relation::Same).filter_map(given_at).collect();
    if same.iter().any(|one| same.iter().any(|other| one.answer.status != other.answer.status)) {
        return None;
    }
    let wider = links.iter().filter(|link| link.relation == Relation::PartOf).filter_map(given_at);
    let mut wider = wider.filter(|one| one.answer.status == Some(Status::Yes));
    same.into_iter().next().or_else(|| wider.next())
}

fn says_anything(answer: &Answer) -> bool {
    let said = [&answer.measure, &answer.improvement];
    answer.status.is_some() || !answer.evidence.is_empty() || said.iter().any(|text| text.is_some())
}

/// Answers elsewhere that do not go with the one given here.
pub(super) fn differences(finding: &Finding, context: &Context) -> Vec<Message> {
    let status_at = |name: &ItemName| context.workspace.answers.get(name).and_then(|answer| answer.status);
    let own = finding.answer.as_deref().and_then(|answer| answer.status);
    let mut reasons = Vec::new();
    for link in &finding.links {
        let Some(other) = status_at(&link.to) else { continue };
        let (item, status) = (link.to.as_str(), Message::label(other.label()));
        match link.relation {
            Relation::Same if own.is_some_and(|own| own != other) => {
                reasons.push(msg!("reason.same_answered_otherwise", item = item, status = status));
            }
            Relation::Same if own.is_none() => {
                reasons.push(msg!("reason.same_answers_differ", item = item, status = status));
            }
            Relation::HasPart if own == Some(Status::Yes) && other != Status::Yes && other != Status::Na => {
                reasons.push(msg!("reason.part_answered_otherwise", item = item, status = status));
            }
            _ => {}
        }
    }
    reasons
}
