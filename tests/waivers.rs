//! Accepted risks and plans: neither ever becomes a pass.

#[path = "support/build.rs"]
mod build;
mod support;

use std::sync::Arc;

use build::*;
use jiff::civil::{Date, date};
use serde_json::Value;
use support::{CLINIC, Place, all_yes};
use tenken::model::answer::{Answer, Status};
use tenken::model::assessment::Finding;
use tenken::model::verdict::Verdict;
use tenken::model::waiver::Waiver;

fn waived(case: Case, until: Date) -> Case {
    let waiver = Waiver { by: "院長".into(), reason: "入れ替えまで".into(), until };
    Case { waivers: [(name("1"), Arc::new(waiver))].into(), ..case }
}

fn has(finding: &Finding, reason: &str) -> bool {
    finding.reasons.iter().any(|one| one.id == format!("reason.{reason}"))
}

#[test]
fn an_accepted_risk_changes_no_verdict_no_score_and_no_conclusion() {
    for own in [Some(Status::No), Some(Status::Partial), None] {
        let plain = Case::one().answer("1", Answer { status: own, ..Answer::default() });
        let accepted = waived(plain.clone(), TODAY);
        let (before, after) = (plain.assess(), accepted.assess());
        assert_eq!(before.findings[0].verdict, after.findings[0].verdict, "{own:?}");
        assert_eq!((before.scores, before.conclusion), (after.scores.clone(), after.conclusion));
        assert!(has(&after.findings[0], "waived"));
    }
}

#[test]
fn an_acceptance_ends_after_its_last_day() {
    let last_day = waived(Case::one().no(), TODAY).finding();
    assert_eq!(last_day.waiver.as_ref().map(|(_, expired)| *expired), Some(false));
    let after = waived(Case::one().no(), date(2026, 11, 19)).finding();
    assert_eq!(after.waiver.as_ref().map(|(_, expired)| *expired), Some(true));
    assert!(has(&after, "waiver_expired") && !has(&after, "waived"));
}

#[test]
fn where_nothing_is_to_be_accepted_it_is_told() {
    let found = waived(Case::one().yes(), TODAY).finding();
    assert_eq!(found.verdict, Verdict::Pass);
    assert!(has(&found, "waiver_idle"));
}

#[test]
fn a_plan_is_half_done_until_its_day_and_a_fail_after_it() {
    let planned = |due| Answer { status: Some(Status::Planned), due: Some(due), ..Answer::default() };
    let found = Case::one().answer("1", planned(TODAY)).finding();
    assert_eq!((found.verdict, found.overdue), (Verdict::Partial, false));
    let found = waived(Case::one().answer("1", planned(date(2026, 11, 19))), TODAY).finding();
    assert_eq!((found.verdict, found.overdue), (Verdict::Fail, true));
}

const WAIVERS: &str =
    "waivers:\n  takeout/C-1: {by: 院長, reason: 新しい端末に替えるまで, until: 2027-01-31}\n";

fn place(waivers: &str) -> Place {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", all_yes().replacen("status: yes", "status: no", 1));
    place.write("waivers.yaml", waivers);
    place
}

fn json(place: &Place, at: &str) -> Value {
    let run = place.run(&["audit", "--no-history", "--format", "json", "--at", at]);
    assert_eq!(run.code(), 1, "{}", run.err());
    serde_json::from_slice(run.raw_out()).unwrap()
}

#[test]
fn an_accepted_risk_is_listed_in_every_report_until_it_ends() {
    let place = place(WAIVERS);
    let result = json(&place, "2027-01-31");
    let item = result["items"].as_array().unwrap().iter().find(|one| one["item"] == "takeout/C-1").unwrap();
    assert_eq!((&item["verdict"], &item["waiver"]["expired"]), (&"fail".into(), &false.into()));
    place.write("r.json", result.to_string());
    for format in ["text", "csv", "md"] {
        let out = place.run(&["report", "r.json", "--format", format]).out();
        assert!(out.contains("院長") && out.contains("2027-01-31"), "{format}: {out}");
    }
    assert_eq!(place.run(&["report", "r.json", "--format", "html,oscal", "--out", "out"]).code(), 0);
    assert!(place.read("out/2027-01-31.html").contains("id=\"waivers\""));
    let plan: Value = serde_json::from_str(&place.read("out/2027-01-31.oscal-poam.json")).unwrap();
    let risks = plan["plan-of-action-and-milestones"]["risks"].as_array().unwrap().clone();
    assert!(risks.iter().any(|risk| risk["status"] == "deviation-approved"), "{risks:?}");
    let result = json(&place, "2027-02-01");
    place.write("r.json", result.to_string());
    let text = place.run(&["report", "r.json", "--format", "text"]).out();
    assert!(text.split_whitespace().collect::<String>().contains("期限2027-01-31を過ぎ"), "{text}");
}

#[test]
fn every_mistake_in_it_is_named_with_its_line() {
    let wrong = "waivers:\n  takeout/C-1: {by: \"\", until: 2027-02-30}\n  takeout/C-99: {by: 院長, reason: x, until: 2027-01-31}\n  takeout/C-2:\n";
    let place = place(wrong);
    let run = place.run(&["audit", "--no-history", "--at", "2026-11-20"]);
    assert_eq!(run.code(), 2);
    for told in
        ["waivers.yaml:2:", "waivers.yaml:3:", "waivers.yaml:4:", "reason", "2027-02-30", "takeout/C-99"]
    {
        assert!(run.err().contains(told), "{told}: {}", run.err());
    }
    assert_eq!(place.run(&["check"]).code(), 2);
    place.write("waivers.yaml", WAIVERS);
    assert_eq!(place.run(&["check", "waivers.yaml"]).code(), 0);
    assert_eq!(place.run(&["check"]).code(), 0);
}

#[test]
fn a_new_questionnaire_leaves_them_alone() {
    let place = place(WAIVERS);
    assert_eq!(place.run(&["form"]).code(), 0);
    assert_eq!(place.read("waivers.yaml"), WAIVERS);
}
