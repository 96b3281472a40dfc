//! Facts as a file of their own, for other programs and for a later audit.

use super::json;
use crate::model::fact::{FactType, Observation, Outcome};
use crate::model::message::Message;
use crate::texts::both;
use crate::wire::facts::{Facts, FactsFile, Look, Reason, SCHEMA, TargetFacts, Words};

/// What was seen at one target, and what happened on the way.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub endpoint: &'a str,
    pub observations: &'a [Observation],
    pub remarks: &'a [Message],
}

/// The JSON text, with a line break at its end.
pub fn render(targets: &[Target]) -> serde_json::Result<String> {
    let targets = targets.iter().flat_map(entries).collect();
    let file = FactsFile { schema: SCHEMA.to_owned(), targets };
    serde_json::to_string_pretty(&file).map(json::without_orders)
}

/// One entry for each address, in the order in which they were looked at.
fn entries(target: &Target) -> Vec<TargetFacts> {
    let mut addresses: Vec<Option<&str>> = Vec::new();
    for one in target.observations {
        if !addresses.contains(&one.address.as_deref()) {
            addresses.push(one.address.as_deref());
        }
    }
    let entry = |address: Option<&str>| {
        let own = target.observations.iter().filter(|one| one.address.as_deref() == address);
        TargetFacts {
            target: target.endpoint.to_owned(),
            addresses: address.map(str::to_owned).into_iter().collect(),
            facts: Facts(own.map(|one| (one.fact.key.clone(), look(one))).collect()),
            remarks: target.remarks.iter().map(in_words).collect(),
        }
    };
    addresses.into_iter().map(entry).collect()
}

fn look(observation: &Observation) -> Look {
    let (value, unknown) = match &observation.outcome {
        Outcome::Known(value) => (Some(Some(json::value(value))), None),
        Outcome::Absent if observation.fact.of == FactType::List => {
            (Some(Some(crate::wire::facts::Value::List(Vec::new()))), None)
        }
        Outcome::Absent => (Some(None), None),
        Outcome::Failed(failure) => (None, Some(Reason::Words(json::why(failure)))),
    };
    Look {
        value,
        unknown,
        method: observation.method.clone(),
        time: observation.at.to_string(),
        transcript: observation.transcript.clone(),
    }
}

fn in_words(message: &Message) -> Words {
    let text = both(message);
    Words { ja: text.ja, en: text.en }
}
