//! TLS profiles against what a server was seen to offer. A profile holds only where everything it
//! asks was seen to hold; what was not seen leaves it unknown, with the reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::criterion;
use crate::model::assessment::{Judged, State};
use crate::model::criterion::Comparator;
use crate::model::fact::{Failure, Observation, Outcome, Value};
use crate::model::profile::{Profile, Requirement};
use crate::msg;

/// How one server stands to one profile.
#[derive(Debug)]
pub struct Standing<'a> {
    pub profile: &'a Profile,
    /// One for each requirement, in their order.
    pub judged: Vec<Judged>,
}

/// Whether each server that was looked at follows each profile, as observations of their own. What
/// somebody has measured already is left as it is.
pub fn derive(profiles: &BTreeMap<String, Arc<Profile>>, observations: &[Observation]) -> Vec<Observation> {
    let mut derived = Vec::new();
    for (place, seen) in by_place(observations) {
        for profile in profiles.values() {
            if !seen.iter().any(|(_, one)| one.fact.key == profile.fact.key) {
                derived.extend(observation(&standing(profile, &seen), place, &seen));
            }
        }
    }
    derived
}

/// Host and port, and the address behind them.
type Place<'a> = (&'a str, Option<&'a str>);

/// What was seen at one place, with where each stands in the list it came from.
pub type Seen<'a> = Vec<(usize, &'a Observation)>;

/// The observations of each server.
pub fn by_place(observations: &[Observation]) -> BTreeMap<Place<'_>, Seen<'_>> {
    let mut places: BTreeMap<Place, Seen> = BTreeMap::new();
    for (index, one) in observations.iter().enumerate() {
        places.entry((&one.target, one.address.as_deref())).or_default().push((index, one));
    }
    places
}

pub fn standing<'a>(profile: &'a Profile, seen: &Seen) -> Standing<'a> {
    let judged = profile.requires.iter().map(|requirement| judge(requirement, seen)).collect();
    Standing { profile, judged }
}

impl Standing<'_> {
    /// Held, broken, or undecided for the first reason there is.
    pub fn state(&self) -> State {
        if self.judged.iter().any(|one| one.state == State::Broken) {
            return State::Broken;
        }
        let undecided = self.judged.iter().find(|one| one.state != State::Held);
        undecided.map_or(State::Held, |one| one.state.clone())
    }

    /// The requirements that do not hold, the smallest change first.
    pub fn shortfalls<'s>(&'s self, observations: &'s [Observation]) -> Vec<(&'s Judged, Change)> {
        let broken = self.judged.iter().filter(|one| one.state == State::Broken);
        let mut list: Vec<_> = broken.map(|judged| (judged, change(judged, observations))).collect();
        list.sort_by_key(|(_, change)| change.drop.len() + change.add.len());
        list
    }
}

/// What would have to change for a requirement on a list to hold. Both empty: the value itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub drop: Vec<String>,
    pub add: Vec<String>,
}

fn change(judged: &Judged, observations: &[Observation]) -> Change {
    let seen = judged.by.and_then(|index| observations.get(index)).map(|one| &one.outcome);
    let offered: &[String] = match seen {
        Some(Outcome::Known(Value::List(list))) => list,
        _ => &[],
    };
    let those = |wrong: &dyn Fn(&String) -> bool| offered.iter().filter(|one| wrong(one)).cloned().collect();
    match &judged.criterion.comparator {
        Comparator::Within(allowed) => Change { drop: those(&|one| !allowed.contains(one)), add: Vec::new() },
        Comparator::Without(barred) => Change { drop: those(&|one| barred.contains(one)), add: Vec::new() },
        Comparator::Matches(pattern) => {
            Change { drop: those(&|one| !pattern.is_match(one)), add: Vec::new() }
        }
        Comparator::Contains(wanted) => {
            let add = wanted.iter().filter(|one| !offered.contains(one)).cloned().collect();
            Change { drop: Vec::new(), add }
        }
        _ => Change::default(),
    }
}

fn judge(requirement: &Requirement, seen: &Seen) -> Judged {
    let criterion = Arc::clone(&requirement.criterion);
    let fact = &criterion.fact;
    let looks = latest(seen, &fact.key);
    let states = looks.iter().map(|(index, look)| (state(requirement, look), *index));
    // Of several looks at the same moment, the worst counts.
    let worst = states.min_by_key(|(state, _)| match state {
        State::Broken => 0,
        State::Undecided(_) => 1,
        State::Held => 2,
    });
    let (state, by) = match worst {
        Some((state, index)) => (state, Some(index)),
        None => (State::Undecided(msg!("profile.not_seen", fact = &fact.label)), None),
    };
    Judged { criterion, state, by }
}

/// The looks at one fact that no later one has replaced. One that failed replaces nothing.
fn latest<'a>(seen: &Seen<'a>, key: &str) -> Seen<'a> {
    let looks: Seen = seen.iter().filter(|(_, one)| one.fact.key == key).copied().collect();
    let failed = |one: &Observation| matches!(one.outcome, Outcome::Failed(_));
    let newest = looks.iter().filter(|(_, one)| !failed(one)).map(|(_, one)| one.at).max();
    looks.into_iter().filter(|(_, one)| newest.is_none_or(|at| one.at == at && !failed(one))).collect()
}

fn state(requirement: &Requirement, look: &Observation) -> State {
    let fact = &requirement.criterion.fact.label;
    if look.outcome == Outcome::Absent && requirement.unless_absent {
        return State::Held;
    }
    match criterion::of_outcome(&requirement.criterion.comparator, &look.outcome) {
        State::Broken if requirement.else_unknown => {
            State::Undecided(msg!("profile.else_unknown", fact = fact))
        }
        State::Undecided(reason) => State::Undecided(msg!("reason.undecided", fact = fact, reason = reason)),
        state => state,
    }
}

/// Nothing where nothing was seen that the profile asks for: then it was not looked for either.
fn observation(standing: &Standing, place: Place, seen: &Seen) -> Option<Observation> {
    let used: Vec<&Observation> = standing
        .judged
        .iter()
        .filter_map(|judged| seen.iter().find(|(index, _)| Some(*index) == judged.by))
        .map(|(_, one)| *one)
        .collect();
    // As old as the oldest thing it rests on.
    let at = used.iter().map(|one| one.at).min()?;
    let outcome = match standing.state() {
        State::Held => Outcome::Known(Value::Boolean(true)),
        State::Broken => Outcome::Known(Value::Boolean(false)),
        State::Undecided(reason) => Outcome::Failed(Failure::Because(reason)),
    };
    let (target, address) = place;
    Some(Observation {
        fact: Arc::clone(&standing.profile.fact),
        outcome,
        target: target.to_owned(),
        address: address.map(str::to_owned),
        at,
        method: DERIVED.to_owned(),
        transcript: shared(&used),
    })
}

/// The transcript that shows everything it rests on.
fn shared(used: &[&Observation]) -> Option<String> {
    let first = used.first()?.transcript.as_ref()?;
    used.iter().all(|one| one.transcript.as_ref() == Some(first)).then(|| first.clone())
}

/// How a derived fact was obtained: from other facts.
const DERIVED: &str = "profile";
