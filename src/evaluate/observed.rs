//! Which observations count. A later look at the same place replaces an earlier one, but only where
//! it saw something: a look that failed takes nothing back.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan};

use super::Context;
use crate::model::fact::{Observation, Outcome};
use crate::model::message::Message;
use crate::msg;

/// The observations that no later one has replaced, by fact and target.
pub(super) fn by_fact_and_target<'a>(context: &Context<'a>) -> HashMap<(&'a str, &'a str), Vec<usize>> {
    let mut latest: HashMap<Place, Timestamp> = HashMap::new();
    for observation in context.observations.iter().filter(|one| saw_something(one, context)) {
        let at = latest.entry(place(observation)).or_insert(observation.at);
        *at = observation.at.max(*at);
    }
    let mut seen: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (index, observation) in context.observations.iter().enumerate() {
        let replaced = latest.get(&place(observation)).is_some_and(|at| *at > observation.at);
        if !replaced {
            seen.entry((&observation.fact.key, &observation.target)).or_default().push(index);
        }
    }
    seen
}

/// Fact, target and address.
type Place<'a> = (&'a str, &'a str, Option<&'a str>);

fn place(observation: &Observation) -> Place<'_> {
    (&observation.fact.key, &observation.target, observation.address.as_deref())
}

/// The targets at which something usable was seen: at them, not in what others say about them.
pub(super) fn endpoints<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> {
    let observations = context.observations.iter();
    let at_target = observations.filter(|one| one.fact.is_of_the_target());
    at_target.filter(|one| saw_something(one, context)).map(|one| one.target.as_str())
}

/// Whether a look counts at all: it saw the thing or its absence, and not too long ago.
fn saw_something(observation: &Observation, context: &Context) -> bool {
    !matches!(observation.outcome, Outcome::Failed(_)) && untimely(observation, context).is_none()
}

/// Why an observation of that time cannot count now.
pub(super) fn untimely(observation: &Observation, context: &Context) -> Option<Message> {
    let days = context.policy.scoring.facts_max_age_days;
    let age = context.clock.now.duration_since(observation.at);
    if age.as_hours() > i64::from(days) * 24 {
        return Some(msg!("undecided.stale", days = days));
    }
    let tomorrow = context.clock.now.checked_add(24.hours()).unwrap_or(context.clock.now);
    (observation.at > tomorrow).then(|| msg!("undecided.from_the_future"))
}
