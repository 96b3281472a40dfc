//! Reads facts that were measured earlier. Each is held against the registry; what does not fit is
//! an error, for a fact that is dropped in silence could have been the one that refutes.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::file::TextFile;
use super::suggest::suggest;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::{Fact, FactType, Failure, Observation, Outcome, Registry, Value};
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::model::text::Text;
use crate::model::workspace::Target;
use crate::msg;
use crate::wire::facts::{self as wire, FactsFile, Look, Reason};

/// The facts of a file. Where targets are given, those of other targets are passed over with a
/// warning.
pub fn read(
    file: &TextFile,
    registry: &Registry,
    targets: Option<&[Target]>,
    diagnostics: &Diagnostics,
) -> Vec<Observation> {
    let parsed: FactsFile = match serde_json::from_str(&file.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let column = u32::try_from(error.column()).unwrap_or_default();
            let span =
                Span { line: u32::try_from(error.line()).unwrap_or(1), column: column.max(1), length: 0 };
            let what = msg!("facts.json", error = error.to_string());
            let origin =
                if error.line() > 0 { file.origin(span) } else { Origin::file(Arc::clone(&file.name)) };
            diagnostics.push(Diagnostic::error(what, msg!("facts.json.mend")).at(origin));
            return Vec::new();
        }
    };
    if parsed.schema != wire::SCHEMA {
        let what = msg!("facts.schema", found = parsed.schema, wanted = wire::SCHEMA);
        diagnostics.push(Diagnostic::error(what, msg!("facts.schema.mend")).at(whole(file)));
        return Vec::new();
    }
    let endpoints: Option<HashSet<&str>> =
        targets.map(|targets| targets.iter().map(|target| target.endpoint.as_str()).collect());
    let is_ours = |observation: &Observation| {
        endpoints.as_ref().is_none_or(|endpoints| endpoints.contains(observation.target.as_str()))
    };
    let mut observations = Vec::new();
    for one in parsed.targets {
        let target = endpoint(&one.target);
        for (key, look) in one.facts.0 {
            match observation(&key, look, &target, registry) {
                Ok(observation) if is_ours(&observation) => {
                    observations.extend(at_each(observation, &one.addresses));
                }
                Ok(_) => {
                    let what = msg!("facts.other_target", fact = key, target = &target);
                    let mend = msg!("facts.other_target.mend");
                    diagnostics.push(Diagnostic::warning(what, mend).at(whole(file)));
                }
                Err((why, mend)) => {
                    let what = msg!("facts.entry", target = &target, fact = key, why = why);
                    diagnostics.push(Diagnostic::error(what, mend).at(whole(file)));
                }
            }
        }
    }
    observations
}

/// The facts that an assessment has kept, as they were when it was made. Nothing where one of them
/// does not fit the registry.
pub fn kept(facts: &[wire::Fact], registry: &Registry) -> Option<Vec<Observation>> {
    let one = |fact: &wire::Fact| {
        let unknown = fact.missing.as_ref().filter(|missing| missing.kind == wire::MissingKind::Failed);
        let unknown =
            unknown.map(|missing| missing.reason.clone().map_or(Reason::Plain(String::new()), Reason::Words));
        let value = if unknown.is_some() { None } else { Some(fact.value.clone()) };
        let (method, time) = (fact.method.clone(), fact.time.clone());
        let look = Look { value, unknown, method, time, transcript: fact.transcript.clone() };
        let seen = observation(&fact.key, look, &fact.target, registry).ok()?;
        Some(Observation { address: fact.address.clone(), ..seen })
    };
    facts.iter().map(one).collect()
}

/// The same at every address that it speaks for.
fn at_each(observation: Observation, addresses: &[String]) -> Vec<Observation> {
    if addresses.is_empty() {
        return vec![observation];
    }
    let at = |address: &String| Observation { address: Some(address.clone()), ..observation.clone() };
    addresses.iter().take(MOST_ADDRESSES).map(at).collect()
}

fn whole(file: &TextFile) -> Origin {
    Origin::file(Arc::clone(&file.name))
}

fn observation(
    key: &str,
    look: Look,
    target: &str,
    registry: &Registry,
) -> Result<Observation, (Message, Message)> {
    let Some(fact) = registry.fact(key) else {
        let known = registry.0.keys().map(String::as_str);
        return Err((msg!("fact.unknown", fact = key), suggest(key, known)));
    };
    let outcome = match (look.value, look.unknown) {
        (Some(given), None) => known(given, fact)?,
        (None, Some(reason)) => Outcome::Failed(Failure::Reported(match reason {
            Reason::Words(words) => Text::new(words.ja, words.en),
            Reason::Plain(words) => Text::new(words.clone(), words),
        })),
        _ => return Err((msg!("facts.value_or_unknown"), msg!("facts.value_or_unknown.mend"))),
    };
    let at: Timestamp = look.time.parse().map_err(|_| (msg!("facts.time"), msg!("facts.time.mend")))?;
    Ok(Observation {
        fact: Arc::clone(fact),
        outcome,
        target: target.to_owned(),
        address: None,
        at,
        method: look.method,
        transcript: look.transcript,
    })
}

/// Null and the empty list say that somebody looked, and there is none.
fn known(given: Option<wire::Value>, fact: &Fact) -> Result<Outcome, (Message, Message)> {
    let Some(given) = given else { return Ok(Outcome::Absent) };
    match value(given, fact.of).ok_or((msg!("facts.type"), msg!("facts.type.mend")))? {
        Value::List(list) if list.is_empty() => Ok(Outcome::Absent),
        value => {
            is_possible(&value, fact)?;
            Ok(Outcome::Known(value))
        }
    }
}

/// Host and port as a workspace's targets have them: in lower case, and with a port.
fn endpoint(target: &str) -> String {
    let target = target.trim().to_lowercase();
    let has_port = target.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { target } else { format!("{target}:443") }
}

fn value(given: wire::Value, of: FactType) -> Option<Value> {
    match (given, of) {
        (wire::Value::Boolean(value), FactType::Boolean) => Some(Value::Boolean(value)),
        (wire::Value::Integer(value), FactType::Integer) => Some(Value::Integer(value)),
        (wire::Value::Text(value), FactType::Text) => Some(Value::Text(value)),
        (wire::Value::Text(value), FactType::Date) => value.parse().ok().map(Value::Date),
        (wire::Value::List(value), FactType::List) => Some(Value::List(value)),
        _ => None,
    }
}

/// Longer values than any probe makes.
const LONGEST_TEXT: usize = 1000;
const LONGEST_LIST: usize = 1000;
const MOST_ADDRESSES: usize = 64;

/// A value that the fact can have. One that is misspelt would break criteria, or hold them.
fn is_possible(value: &Value, fact: &Fact) -> Result<(), (Message, Message)> {
    let words = match value {
        Value::Text(word) => std::slice::from_ref(word),
        Value::List(words) => words.as_slice(),
        Value::Boolean(_) | Value::Integer(_) | Value::Date(_) => return Ok(()),
    };
    if words.len() > LONGEST_LIST || words.iter().any(|word| word.chars().count() > LONGEST_TEXT) {
        return Err((msg!("facts.too_long"), msg!("facts.too_long.mend")));
    }
    let known = || fact.values.iter().map(String::as_str);
    match words.iter().find(|word| !fact.values.is_empty() && !fact.values.contains(word)) {
        Some(word) => Err((msg!("fact.no_such_value", value = word), suggest(word, known()))),
        None => Ok(()),
    }
}
