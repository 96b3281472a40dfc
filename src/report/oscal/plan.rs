//! The plan of action and milestones: one entry and one risk for everything that is left to do.

use serde_json::{Value, json};

use super::{Writer, line, property, put};
use crate::report::oscal::results;
use crate::wire::assessment::Item;

pub fn document(writer: &Writer) -> Option<Value> {
    let left = writer.reading.left();
    if left.is_empty() {
        return None;
    }
    let entries: Vec<Value> = left.iter().map(|item| entry(item, writer)).collect();
    let mut plan = json!({
        "uuid": writer.id("document", "poam"),
        "metadata": writer.metadata("oscal.poam"),
        "system-id": { "id": line(&writer.reading.subject()) },
        "local-definitions": { "assessment-assets": writer.assets() },
        "poam-items": entries,
    });
    // Only what the entries refer to, so that no reference leads nowhere.
    let wanted: Vec<Value> = left.iter().flat_map(|item| results::related(item, writer)).collect();
    let wanted: Vec<&str> = wanted.iter().filter_map(|one| one.get("observation-uuid")?.as_str()).collect();
    let is_wanted =
        |one: &Value| one.get("uuid").and_then(Value::as_str).is_some_and(|id| wanted.contains(&id));
    let mut observations: Vec<Value> = results::observations(writer).into_iter().filter(is_wanted).collect();
    observations.iter_mut().for_each(without_foreign_references);
    put(&mut plan, "observations", observations);
    put(&mut plan, "risks", left.iter().map(|item| risk(item, writer)).collect());
    Some(json!({ "plan-of-action-and-milestones": plan }))
}

/// Targets and documents stand in the results, not here.
fn without_foreign_references(observation: &mut Value) {
    if let Value::Object(map) = observation {
        map.remove("subjects");
        for evidence in map.get_mut("relevant-evidence").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Object(evidence) = evidence {
                evidence.remove("href");
            }
        }
    }
}

fn entry(item: &Item, writer: &Writer) -> Value {
    let reading = &writer.reading;
    let mut entry = json!({
        "uuid": writer.id("entry", &item.item),
        "title": line(&format!("{} {}", item.item, reading.text(&item.title))),
        "description": writer.because(item),
        "props": writer.verdict(item),
        "related-risks": [{ "risk-uuid": writer.id("risk", &item.item) }],
    });
    put(&mut entry, "related-observations", results::related(item, writer));
    entry
}

fn risk(item: &Item, writer: &Writer) -> Value {
    let reading = &writer.reading;
    let planned = item.improvement.as_deref();
    let how: Vec<&str> = planned.into_iter().chain([reading.text(&item.fix)]).collect();
    // An accepted risk that has ended is open again.
    let accepted = item.waiver.as_ref().is_some_and(|waiver| !waiver.expired);
    let mut risk = json!({
        "uuid": writer.id("risk", &item.item),
        "title": line(reading.text(&item.title)),
        "description": writer.because(item),
        "statement": reading.text(&item.why),
        "status": if accepted { "deviation-approved" } else { "open" },
        "props": [property("item", &item.item)],
        "remediations": [{
            "uuid": writer.id("remediation", &item.item),
            "lifecycle": if planned.is_some() { "planned" } else { "recommendation" },
            "title": line(reading.word("explain.fix")),
            "description": how.join("\n"),
        }],
    });
    if let (Value::Object(map), Some(due)) = (&mut risk, &item.due) {
        // A due date is a day; its end is the moment that OSCAL wants.
        map.insert("deadline".to_owned(), json!(format!("{due}T23:59:59Z")));
    }
    risk
}
