//! One answer for several items: where an item is left open, an answer that was given to an item that
//! asks the same, or more, serves it too. Nothing that somebody wrote at the item itself is passed
//! over.

use super::Context;
use crate::model::answer::Status;
use crate::model::assessment::Finding;
use crate::model::crosswalk::{Carried, Relation};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::msg;

/// The answer that serves an item nobody wrote anything at.
pub(super) fn to<'a>(name: &ItemName, context: &Context<'a>) -> Option<Carried<'a>> {
    context.policy.crosswalk.carried(name, &context.workspace.answers)
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
