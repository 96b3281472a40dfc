//! One criterion against what was observed. The worst observation decides; what was not seen, not
//! seen at every target, or seen too long ago leaves the criterion undecided.

use std::sync::Arc;

use super::{Context, observed};
use crate::model::assessment::{Judged, State};
use crate::model::criterion::{Comparator, Criterion};
use crate::model::fact::{Failure, Observation, Outcome, Value};
use crate::model::workspace::{Role, Target};
use crate::msg;

pub(super) fn judge(criterion: &Arc<Criterion>, context: &Context) -> Judged {
    let (state, by) = state(criterion, context);
    Judged { criterion: Arc::clone(criterion), state, by }
}

fn state(criterion: &Criterion, context: &Context) -> (State, Option<usize>) {
    let targets = targets(criterion.at, &context.workspace.targets);
    if targets.is_empty() {
        return (State::Undecided(msg!("undecided.no_target")), None);
    }
    let mut held = None;
    let mut undecided = None;
    for target in targets {
        let looks = context.seen.get(&(criterion.fact.key.as_str(), target.endpoint.as_str()));
        let looks = looks.map(Vec::as_slice).unwrap_or_default();
        for &index in looks {
            let Some(observation) = context.observations.get(index) else { continue };
            match of_observation(criterion, observation, context) {
                State::Broken => return (State::Broken, Some(index)),
                State::Held => held = held.or(Some(index)),
                State::Undecided(reason) => undecided = undecided.or(Some((reason, Some(index)))),
            }
        }
        if looks.is_empty() {
            let reason = msg!("undecided.not_measured", target = &target.endpoint);
            undecided = undecided.or(Some((reason, None)));
        }
    }
    match (undecided, held) {
        (Some((reason, index)), _) => (State::Undecided(reason), index),
        (None, Some(index)) => (State::Held, Some(index)),
        (None, None) => (State::Undecided(msg!("undecided.no_target")), None),
    }
}

/// The targets that a criterion speaks of. What is published may stand at the system itself, where
/// there is no website beside it.
fn targets(at: Role, all: &[Target]) -> Vec<&Target> {
    let wanted: Vec<&Target> = all.iter().filter(|target| target.role == at).collect();
    match at {
        Role::Website if wanted.is_empty() => all.iter().collect(),
        _ => wanted,
    }
}

fn of_observation(criterion: &Criterion, observation: &Observation, context: &Context) -> State {
    if let Some(reason) = observed::untimely(observation, context) {
        return State::Undecided(reason);
    }
    of_outcome(&criterion.comparator, &observation.outcome)
}

pub(super) fn of_outcome(comparator: &Comparator, outcome: &Outcome) -> State {
    match outcome {
        Outcome::Known(value) => of_value(comparator, value),
        Outcome::Absent => of_absence(comparator),
        Outcome::Failed(Failure::Because(reason)) => State::Undecided(reason.clone()),
        Outcome::Failed(Failure::Reported(reason)) => {
            State::Undecided(msg!("undecided.reported", reason = reason))
        }
    }
}

fn of_value(comparator: &Comparator, value: &Value) -> State {
    let holds = match (comparator, value) {
        // An empty list is no proof that nothing, or only what is allowed, is on it: nothing was
        // seen. A probe that looked and found none says that the thing is absent.
        (_, Value::List(list)) if list.is_empty() => {
            return State::Undecided(msg!("undecided.empty"));
        }
        (Comparator::Present(wanted), _) => *wanted,
        (Comparator::Is(wanted), value) => wanted == value,
        (Comparator::Within(allowed), Value::Text(text)) => allowed.contains(text),
        (Comparator::Within(allowed), Value::List(list)) => list.iter().all(|one| allowed.contains(one)),
        (Comparator::Contains(wanted), Value::List(list)) => wanted.iter().all(|one| list.contains(one)),
        (Comparator::Without(barred), Value::List(list)) => !barred.iter().any(|one| list.contains(one)),
        (Comparator::AtLeast(Value::Integer(least)), Value::Integer(value)) => value >= least,
        (Comparator::AtLeast(Value::Date(least)), Value::Date(value)) => value >= least,
        (Comparator::AtMost(Value::Integer(most)), Value::Integer(value)) => value <= most,
        (Comparator::AtMost(Value::Date(most)), Value::Date(value)) => value <= most,
        (Comparator::Matches(pattern), Value::Text(text)) => pattern.is_match(text),
        (Comparator::Matches(pattern), Value::List(list)) => list.iter().all(|one| pattern.is_match(one)),
        // Rules and facts are checked against the registry when they are loaded, so this is
        // a value of the wrong type that came in by another way: it proves nothing.
        _ => return State::Undecided(msg!("undecided.wrong_type")),
    };
    if holds { State::Held } else { State::Broken }
}

/// The probe looked properly and the thing is not there. What asks for the thing is broken; what
/// asks for less of it holds only where its absence is the answer.
fn of_absence(comparator: &Comparator) -> State {
    match comparator {
        Comparator::Present(false) | Comparator::Without(_) => State::Held,
        Comparator::Present(true)
        | Comparator::Is(_)
        | Comparator::Contains(_)
        | Comparator::AtLeast(_)
        | Comparator::Matches(_) => State::Broken,
        Comparator::Within(_) | Comparator::AtMost(_) => State::Undecided(msg!("undecided.absent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn each_comparator_holds_and_breaks_where_it_should() {
        use Comparator as C;
        use Value as V;
        let list = |list: &[&str]| V::List(words(list));
        let held = [
            (C::Is(V::Boolean(true)), V::Boolean(true)),
            (C::Within(words(&["refused", "redirects"])), V::Text("refused".into())),
            (C::Within(words(&["TLS1.2", "TLS1.3"])), list(&["TLS1.3"])),
            (C::Contains(words(&["TLS1.3"])), list(&["TLS1.2", "TLS1.3"])),
            (C::Without(words(&["TLS1.0"])), list(&["TLS1.2"])),
            (C::AtLeast(V::Integer(2)), V::Integer(2)),
            (C::AtMost(V::Integer(2)), V::Integer(2)),
            (C::Matches(Pattern::new("^v=spf1 ").unwrap()), V::Text("v=spf1 -all".into())),
            (C::Matches(Pattern::new("DHE_").unwrap()), list(&["DHE_A", "ECDHE_B"])),
            (C::Present(true), V::Integer(0)),
        ];
        for (comparator, value) in held {
            assert_eq!(of_value(&comparator, &value), State::Held, "{comparator:?} {value:?}");
        }
        let broken = [
            (C::Is(V::Boolean(true)), V::Boolean(false)),
            (C::Within(words(&["refused"])), V::Text("serves".into())),
            (C::Within(words(&["TLS1.3"])), list(&["TLS1.2", "TLS1.3"])),
            (C::Contains(words(&["TLS1.3"])), list(&["TLS1.2"])),
            (C::Without(words(&["TLS1.0"])), list(&["TLS1.0", "TLS1.2"])),
            (C::AtLeast(V::Integer(2)), V::Integer(1)),
            (C::AtMost(V::Integer(2)), V::Integer(3)),
            (C::Matches(Pattern::new("^v=spf1 ").unwrap()), V::Text("none".into())),
            (C::Matches(Pattern::new("DHE_").unwrap()), list(&["DHE_A", "RSA_B"])),
            (C::Present(false), V::Integer(0)),
        ];
        for (comparator, value) in broken {
            assert_eq!(of_value(&comparator, &value), State::Broken, "{comparator:?} {value:?}");
        }
    }

    #[test]
    fn a_list_in_which_nothing_was_seen_proves_nothing() {
        use Comparator as C;
        let list = || words(&["TLS1.3"]);
        for comparator in
            [C::Within(list()), C::Contains(list()), C::Without(list()), C::Present(false), C::Present(true)]
        {
            let state = of_value(&comparator, &Value::List(vec![]));
            assert!(matches!(state, State::Undecided(_)), "{comparator:?}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_proves_nothing() {
        let state = of_value(&Comparator::AtLeast(Value::Integer(1)), &Value::Boolean(true));
        assert!(matches!(state, State::Undecided(_)));
    }

    #[test]
    fn absence_breaks_what_asks_for_the_thing() {
        use Comparator as C;
        assert_eq!(of_absence(&C::Present(false)), State::Held);
        assert_eq!(of_absence(&C::Without(words(&["x"]))), State::Held);
        assert_eq!(of_absence(&C::Present(true)), State::Broken);
        assert_eq!(of_absence(&C::AtLeast(Value::Integer(1))), State::Broken);
        assert!(matches!(of_absence(&C::Within(words(&["x"]))), State::Undecided(_)));
        assert!(matches!(of_absence(&C::AtMost(Value::Integer(1))), State::Undecided(_)));
    }

    use crate::model::criterion::Pattern;
}
