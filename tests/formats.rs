//! The assessment as others read it: valid by its schema, readable back, with figures that anybody
//! can recompute; and the summary, as people see it.

mod support;

use serde_json::Value;
use support::{CLINIC, Place, all_yes};

fn example() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["demo", "demo"]).code(), 0);
    place
}

fn assessment(place: &Place) -> Value {
    serde_json::from_str(&place.read("demo/reports/assessment.json")).unwrap()
}

#[test]
fn an_assessment_is_valid_by_its_schema() {
    let place = example();
    let schema: Value = serde_json::from_str(&place.run(&["schema", "assessment"]).out()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = assessment(&place);
    let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut broken = json;
    broken["items"][0]["verdict"] = "maybe".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn the_workspace_files_of_the_example_are_valid_by_their_schemas() {
    let place = example();
    let schema: Value = serde_json::from_str(&place.run(&["schema", "facts"]).out()).unwrap();
    let facts: Value = serde_json::from_str(&place.read("demo/facts.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &facts));
}

#[test]
fn an_assessment_that_is_read_back_is_the_same() {
    let json = assessment(&example());
    let read: tenken::wire::assessment::Assessment = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), json);
}

#[test]
fn its_scores_can_be_recomputed_from_its_items() {
    let json = assessment(&example());
    let items = json["items"].as_array().unwrap();
    for level in ["mandatory", "recommended"] {
        let count = |verdict: &str| {
            let own = items.iter().filter(|item| item["level"] == level && item["verdict"] == verdict);
            own.count() as f64
        };
        let applicable = count("pass") + count("partial") + count("fail") + count("open");
        let points = count("pass") + 0.5 * count("partial");
        let score = &json["scores"][level]["conformity"];
        assert_eq!(score["points"].as_f64(), Some(points), "{level}");
        assert_eq!(score["of"].as_f64(), Some(applicable), "{level}");
        let ratio = score["ratio"].as_f64().unwrap();
        assert!((ratio - points / applicable).abs() < 0.00005, "{level}: {ratio}");
    }
}

#[test]
fn it_shows_each_kind_of_finding_that_the_example_was_made_for() {
    let json = assessment(&example());
    let items = json["items"].as_array().unwrap();
    let any = |test: &dyn Fn(&Value) -> bool| items.iter().any(test);
    assert!(any(&|item| item["conflict"] == "refuted" && item["verdict"] == "fail"));
    assert!(any(&|item| item["overdue"] == true && item["verdict"] == "fail"));
    assert!(any(&|item| item["verdict"] == "open"));
    assert!(any(&|item| item["assurance"] == "documented"));
    let has_missing = |item: &Value| {
        item["evidence"].as_array().unwrap().iter().any(|evidence| evidence["problem"] == "missing")
    };
    assert!(any(&has_missing));
    assert!(any(&|item| item["verdict"] == "not_applicable" && item["declared"]["status"] == "na"));
    assert!(any(&|item| item["reasons"][0]["code"] == "feature_absent"));
    let facts = json["facts"].as_array().unwrap();
    for kind in ["absent", "failed"] {
        assert!(facts.iter().any(|fact| fact["missing"]["kind"] == kind), "{kind}");
    }
}

#[test]
fn evidence_is_known_by_the_hash_of_its_bytes() {
    use sha2::{Digest, Sha256};
    let place = example();
    let json = assessment(&place);
    let mut seen = 0;
    for evidence in
        json["items"].as_array().unwrap().iter().flat_map(|item| item["evidence"].as_array().unwrap())
    {
        let (Some(file), Some(sha256)) = (evidence["file"].as_str(), evidence["sha256"].as_str()) else {
            continue;
        };
        let bytes = std::fs::read(place.path().join("demo").join(file)).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (digest.as_str(), evidence["size"].as_u64()),
            (sha256, Some(bytes.len() as u64)),
            "{file}"
        );
        seen += 1;
    }
    assert!(seen >= 5, "only {seen}");
}

#[test]
fn the_summary_of_the_example() {
    let place = Place::new();
    insta::assert_snapshot!("demo_ja", place.run(&["demo", "a"]).out());
    insta::assert_snapshot!("demo_en", place.run(&["demo", "b", "--lang", "en"]).out());
}

#[test]
fn the_summary_of_a_clinic_that_may_start() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", all_yes());
    insta::assert_snapshot!("conforms_ja", place.run(&["audit", "--at", "2026-11-20"]).out());
    insta::assert_snapshot!("conforms_en", place.run(&["audit", "--at", "2026-11-20", "--lang", "en"]).out());
}

#[test]
fn every_item_with_its_reasons() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write(
        "answers.yaml",
        "answers:\n\
         \x20 takeout/C-1: {status: yes}\n\
         \x20 takeout/C-2: {status: planned, due: 2026-11-01}\n\
         \x20 takeout/C-3: {status: planned, due: 2027-03-31}\n\
         \x20 takeout/C-4: {status: na}\n\
         \x20 takeout/C-5: {status: na, measure: 持ち出しません}\n\
         \x20 takeout/C-6: {status: no}\n\
         \x20 takeout/C-7: {status: partial, evidence: [{file: evidence/nothing.pdf}]}\n\
         reviews:\n\
         \x20 takeout/C-6: {verdict: pass, by: 評価者, on: 2026-11-20, note: 設定を確認}\n",
    );
    insta::assert_snapshot!("everything_ja", place.run(&["audit", "-v", "--at", "2026-11-20"]).out());
}

#[test]
fn a_page_of_the_handbook() {
    let place = Place::new();
    insta::assert_snapshot!("explain_ja", place.run(&["explain", "vendor-138/44"]).out());
    insta::assert_snapshot!("explain_en", place.run(&["explain", "vendor-138/44", "--lang", "en"]).out());
}
