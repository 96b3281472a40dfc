//! OSCAL in JSON: the catalogue of what was asked, the assessment results, and the plan of action and
//! milestones. An OSCAL finding is satisfied or not satisfied and nothing between, so partial, open
//! and not applicable items stay observations, with their verdict as a property of our own namespace.

mod catalog;
mod plan;
mod results;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Input;
use super::reading::Reading;
use crate::wire::assessment::{Assessment, Evidence, Item};

/// The release of OSCAL that the files keep to.
const OSCAL: &str = "1.2.1";

/// The namespace of our own properties.
const NAMESPACE: &str = "urn:x-tenken:1";

/// The three files, by the ends of their names. Without anything left to do there is no plan, for
/// OSCAL allows none without an entry.
pub fn render(input: &Input) -> anyhow::Result<Vec<(&'static str, String)>> {
    let writer = Writer::new(input)?;
    let documents = [
        ("oscal-catalog.json", Some(catalog::document(&writer))),
        ("oscal-results.json", Some(results::document(&writer))),
        ("oscal-poam.json", plan::document(&writer)),
    ];
    let some = documents.into_iter().filter_map(|(end, document)| Some((end, document?)));
    some.map(|(end, document)| Ok((end, serde_json::to_string_pretty(&document)? + "\n"))).collect()
}

/// What the three documents have in common.
struct Writer<'a> {
    reading: Reading<'a>,
    /// Stands for everything that the assessment says: identifiers are made from it and a name, so
    /// that the same assessment gives the same identifiers, and another one others.
    seed: String,
}

impl<'a> Writer<'a> {
    fn new(input: &Input<'a>) -> serde_json::Result<Writer<'a>> {
        let bytes = serde_json::to_vec(input.assessment)?;
        let seed = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Writer { reading: input.reading(), seed })
    }

    fn assessment(&self) -> &'a Assessment {
        self.reading.assessment
    }

    /// The identifier of a thing of this assessment.
    fn id(&self, kind: &str, name: &str) -> String {
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
        Uuid::new_v5(&space, format!("{}\n{kind}\n{name}", self.seed).as_bytes()).to_string()
    }

    fn metadata(&self, title: &str) -> Value {
        let assessment = self.assessment();
        let title = format!("{}: {}", self.reading.subject(), self.reading.word(title));
        json!({
            "title": line(&title),
            "last-modified": assessment.at,
            "version": assessment.date,
            "oscal-version": OSCAL,
            "parties": self.parties(),
        })
    }

    fn parties(&self) -> Vec<Value> {
        let subject = &self.assessment().subject;
        let mut parties = vec![json!({
            "uuid": self.id("party", "subject"), "type": "organization", "name": line(&subject.name),
        })];
        for (kind, name) in [("applicant", &subject.applicant), ("evaluator", &subject.evaluator)] {
            parties.extend(
                name.as_ref().map(
                    |name| json!({ "uuid": self.id("party", kind), "type": "person", "name": line(name) }),
                ),
            );
        }
        parties
    }

    /// Who said it: a party of the metadata.
    fn said_by(&self, kind: &str) -> Value {
        let subject = &self.assessment().subject;
        let named = match kind {
            "evaluator" => subject.evaluator.is_some(),
            _ => subject.applicant.is_some(),
        };
        let party = self.id("party", if named { kind } else { "subject" });
        json!([{ "actors": [{ "type": "party", "actor-uuid": party }] }])
    }

    /// The program itself, as the assessment's own asset.
    fn assets(&self) -> Value {
        let tool = &self.assessment().tool;
        let component = self.id("component", "tool");
        json!({
            "components": [{
                "uuid": component,
                "type": "software",
                "title": line(&tool.name),
                "description": format!("{} {}", tool.name, tool.version),
                "status": { "state": "operational" },
            }],
            "assessment-platforms": [{
                "uuid": self.id("platform", "tool"),
                "uses-components": [{ "component-uuid": component }],
            }],
        })
    }

    fn decided_by_tool(&self) -> Value {
        json!([{ "actors": [{ "type": "tool", "actor-uuid": self.id("component", "tool") }] }])
    }

    /// The properties that say how an item came out.
    fn verdict(&self, item: &Item) -> Vec<Value> {
        let mut properties = vec![
            property("item", &item.item),
            property("verdict", item.verdict.word()),
            property("assurance", item.assurance.word()),
            property("level", item.level.word()),
            property("actor", item.actor.word()),
        ];
        properties.extend(item.conflict.map(|conflict| property("conflict", conflict.word())));
        properties.extend(item.due.as_ref().map(|due| property("due", due)));
        properties.extend(item.overdue.then(|| property("overdue", "true")));
        properties.extend(item.review.as_ref().map(|review| property("replaced", review.replaced.word())));
        properties
    }

    /// Why an item came out so.
    fn because(&self, item: &Item) -> String {
        let reasons: Vec<&str> = item.reasons.iter().map(|one| one.to(self.reading.lang)).collect();
        if reasons.is_empty() {
            self.reading.word(item.verdict.label()).to_owned()
        } else {
            reasons.join("\n")
        }
    }

    /// The name under which a document stands in the back matter.
    fn document(&self, evidence: &Evidence) -> String {
        let title = evidence.document.as_deref().unwrap_or_default();
        self.id("document", &format!("{}\n{title}", evidence.file.as_deref().unwrap_or_default()))
    }
}

/// A property of our own namespace.
fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NAMESPACE, "value": line(value) })
}

/// A control's identifier: the item's name as OSCAL allows it, which begins with no digit.
fn control(item: &str) -> String {
    let name = item.replace('/', ".");
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// The part of a control that findings speak of.
fn statement(item: &str) -> String {
    format!("{}_smt", control(item))
}

/// A text as OSCAL wants titles and values: one line, never empty.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// A list that is left out where it is empty, as OSCAL demands.
fn put(map: &mut Value, key: &str, list: Vec<Value>) {
    if let (Value::Object(map), false) = (map, list.is_empty()) {
        let map: &mut Map<String, Value> = map;
        map.insert(key.to_owned(), Value::Array(list));
    }
}

/// A path of the workspace as a reference.
fn reference(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_as_oscal_wants_them() {
        assert_eq!(control("vendor-138/44"), "vendor-138.44");
        assert_eq!(control("1-house/2"), "_1-house.2");
        assert_eq!(line(" a\n b\u{3000}"), "a b");
        assert_eq!(line("\n"), "-");
        assert_eq!(reference("evidence/規程 1.pdf"), "evidence/%E8%A6%8F%E7%A8%8B%201.pdf");
    }
}
