//! The assessment results. Answers are interviews, documents are examined, measurements are tests;
//! what nobody has settled is an observation by no method.

use serde_json::{Value, json};

use super::{Writer, control, line, property, put, reference, statement};
use crate::report::reading::{checklist_id, evidence_index};
use crate::wire::assessment::{Evidence, Item, Target, Verdict};
use crate::wire::facts::Fact;

pub fn document(writer: &Writer) -> Value {
    let assessment = writer.assessment();
    let items = &assessment.items;
    let mut result = json!({
        "uuid": writer.id("result", ""),
        "title": line(writer.reading.text(&assessment.conclusion_title)),
        "description": crate::report::headline::sentence(&writer.reading),
        "start": assessment.at,
        "end": assessment.at,
        "props": [property("conclusion", assessment.conclusion.word())],
        "local-definitions": definitions(writer),
        "reviewed-controls": reviewed(writer),
    });
    put(&mut result, "observations", observations(writer));
    put(&mut result, "findings", items.iter().filter_map(|item| finding(item, writer)).collect());
    json!({ "assessment-results": {
        "uuid": writer.id("document", "results"),
        "metadata": writer.metadata("oscal.results"),
        "import-ap": { "href": format!("#{}", writer.id("resource", "plan")) },
        "results": [result],
        "back-matter": { "resources": resources(writer) },
    }})
}

fn definitions(writer: &Writer) -> Value {
    let target = |target: &Target| {
        let mut entry = json!({
            "uuid": writer.id("target", &target.endpoint),
            "description": line(&target.url),
            "props": [property("endpoint", &target.endpoint)],
        });
        if let Some(name) = &target.authorized_by {
            put(
                &mut entry,
                "props",
                vec![property("endpoint", &target.endpoint), property("authorized-by", name)],
            );
        }
        entry
    };
    let mut definitions = json!({ "assessment-assets": writer.assets() });
    put(&mut definitions, "inventory-items", writer.assessment().targets.iter().map(target).collect());
    definitions
}

fn reviewed(writer: &Writer) -> Value {
    let controls: Vec<Value> =
        writer.assessment().items.iter().map(|item| json!({ "control-id": control(&item.item) })).collect();
    let mut selection = json!({});
    put(&mut selection, "include-controls", controls);
    json!({ "control-selections": [selection] })
}

/// One per measured fact, then per item its answer, its documents and, where no finding can say it,
/// its verdict.
pub fn observations(writer: &Writer) -> Vec<Value> {
    let facts = &writer.assessment().facts;
    let tests = facts.iter().enumerate().map(|(index, fact)| test(index, fact, writer));
    let items = &writer.assessment().items;
    let of_item = |item| [interview(item, writer), examination(item, writer), verdict(item, writer)];
    tests.chain(items.iter().flat_map(of_item).flatten()).collect()
}

fn test(index: usize, fact: &Fact, writer: &Writer) -> Value {
    let title = writer.reading.fact_title(&fact.key);
    let mut properties = vec![property("fact", &fact.key), property("method", &fact.method)];
    properties.extend(fact.transcript.as_ref().map(|hash| property("transcript-sha256", hash)));
    let mut observation = json!({
        "uuid": writer.id("fact", &index.to_string()),
        "title": line(title),
        "description": format!("{title}: {} ({})", writer.reading.fact_value(fact), fact.target),
        "props": properties,
        "methods": ["TEST"],
        "types": ["finding"],
        "origins": writer.decided_by_tool(),
        "collected": fact.time,
    });
    if writer.assessment().targets.iter().any(|target| target.endpoint == fact.target) {
        let subject = json!({ "subject-uuid": writer.id("target", &fact.target), "type": "inventory-item" });
        put(&mut observation, "subjects", vec![subject]);
    }
    observation
}

fn interview(item: &Item, writer: &Writer) -> Option<Value> {
    let declared = item.declared.as_ref()?;
    let status = declared.status?;
    let words = [Some(writer.reading.word(status.label())), declared.measure.as_deref()];
    let description: Vec<&str> = words.into_iter().flatten().collect();
    let mut properties = vec![property("item", &item.item), property("answer", status.word())];
    properties.extend(declared.by.as_ref().map(|by| property("by", by)));
    properties.extend(declared.on.as_ref().map(|on| property("on", on)));
    Some(json!({
        "uuid": writer.id("interview", &item.item),
        "title": line(writer.reading.text(&item.title)),
        "description": description.join("\n"),
        "props": properties,
        "methods": ["INTERVIEW"],
        "types": ["control-objective"],
        "origins": writer.said_by("applicant"),
        "collected": writer.assessment().at,
    }))
}

fn examination(item: &Item, writer: &Writer) -> Option<Value> {
    let evidence = |one: &Evidence| {
        json!({
            "href": format!("#{}", writer.document(one)),
            "description": writer.reading.document(one),
        })
    };
    let evidence: Vec<Value> = item.evidence.iter().map(evidence).collect();
    (!evidence.is_empty()).then(|| {
        json!({
            "uuid": writer.id("examination", &item.item),
            "title": line(writer.reading.text(&item.title)),
            "description": writer.reading.word("html.evidence"),
            "props": [property("item", &item.item)],
            "methods": ["EXAMINE"],
            "types": ["control-objective"],
            "origins": writer.decided_by_tool(),
            "relevant-evidence": evidence,
            "collected": writer.assessment().at,
        })
    })
}

fn verdict(item: &Item, writer: &Writer) -> Option<Value> {
    let says_no_finding = matches!(item.verdict, Verdict::Partial | Verdict::Open | Verdict::NotApplicable);
    says_no_finding.then(|| {
        json!({
            "uuid": writer.id("verdict", &item.item),
            "title": line(writer.reading.text(&item.title)),
            "description": writer.because(item),
            "props": writer.verdict(item),
            "methods": ["UNKNOWN"],
            "types": ["control-objective"],
            "origins": writer.decided_by_tool(),
            "collected": writer.assessment().at,
        })
    })
}

fn finding(item: &Item, writer: &Writer) -> Option<Value> {
    let state = match item.verdict {
        Verdict::Pass => "satisfied",
        Verdict::Fail => "not-satisfied",
        Verdict::Partial | Verdict::Open | Verdict::NotApplicable => return None,
    };
    let mut finding = json!({
        "uuid": writer.id("finding", &item.item),
        "title": line(writer.reading.text(&item.title)),
        "description": writer.because(item),
        "props": writer.verdict(item),
        "origins": if item.review.is_some() { writer.said_by("evaluator") } else { writer.decided_by_tool() },
        "target": {
            "type": "statement-id",
            "target-id": statement(&item.item),
            "status": { "state": state },
        },
    });
    put(&mut finding, "related-observations", related(item, writer));
    Some(finding)
}

/// The observations that speak of an item.
pub fn related(item: &Item, writer: &Writer) -> Vec<Value> {
    let mut facts: Vec<u64> = item.criteria.iter().filter_map(|one| one.observation).collect();
    facts.sort_unstable();
    facts.dedup();
    let mut all: Vec<String> = facts.iter().map(|index| writer.id("fact", &index.to_string())).collect();
    let said = item.declared.as_ref().is_some_and(|declared| declared.status.is_some());
    all.extend(said.then(|| writer.id("interview", &item.item)));
    all.extend((!item.evidence.is_empty()).then(|| writer.id("examination", &item.item)));
    all.extend(verdict(item, writer).is_some().then(|| writer.id("verdict", &item.item)));
    all.into_iter().map(|id| json!({ "observation-uuid": id })).collect()
}

/// That there is no plan, the checklists, and every document once.
fn resources(writer: &Writer) -> Vec<Value> {
    let reading = &writer.reading;
    let plan = json!({
        "uuid": writer.id("resource", "plan"),
        "title": reading.word("oscal.no_plan"),
        "description": reading.word("oscal.no_plan_why"),
    });
    let checklists = writer.assessment().checklists.iter().map(|checklist| {
        json!({
            "uuid": writer.id("checklist", &checklist.id),
            "title": line(reading.text(&checklist.title)),
            "rlinks": [{
                "href": reference(&format!("checklists/{}.yaml", checklist.id)),
                "hashes": [{ "algorithm": "SHA-256", "value": checklist.digest }],
            }],
            "props": [property("items", &count(writer, &checklist.id))],
        })
    });
    let documents = evidence_index(&writer.assessment().items);
    // A document that is named by file under several titles stands under each of them.
    let mut seen = std::collections::BTreeSet::new();
    let all = writer.assessment().items.iter().flat_map(|item| &item.evidence);
    let documents: Vec<Value> = documents
        .iter()
        .map(|(one, _)| *one)
        .chain(all)
        .filter(|one| seen.insert(writer.document(one)))
        .map(|one| document_resource(one, writer))
        .collect();
    [plan].into_iter().chain(checklists).chain(documents).collect()
}

fn count(writer: &Writer, checklist: &str) -> String {
    let own = writer.assessment().items.iter().filter(|item| checklist_id(&item.item) == checklist);
    own.count().to_string()
}

fn document_resource(one: &Evidence, writer: &Writer) -> Value {
    let title = one.document.as_deref().or(one.file.as_deref()).unwrap_or_default();
    let mut resource = json!({ "uuid": writer.document(one), "title": line(title) });
    if let Some(file) = &one.file {
        let mut link = json!({ "href": reference(file) });
        let hash = one.sha256.iter().map(|hash| json!({ "algorithm": "SHA-256", "value": hash }));
        put(&mut link, "hashes", hash.collect());
        put(&mut resource, "rlinks", vec![link]);
    }
    resource
}
