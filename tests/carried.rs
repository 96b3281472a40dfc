//! One answer for several items, along the crosswalk. Each test fails without the rule that it names.

#[path = "support/build.rs"]
mod build;

use build::*;
use tenken::model::answer::{Answer, Evidence, Status};
use tenken::model::assessment::Finding;
use tenken::model::verdict::{Assurance, Level, Verdict};

fn two() -> Case {
    Case::of(vec![item("1", Level::Mandatory), item("2", Level::Mandatory)])
}

fn finding(case: &Case, id: &str) -> Finding {
    case.assess().findings.into_iter().find(|one| one.item.name == name(id)).unwrap()
}

fn reasons(finding: &Finding) -> Vec<&'static str> {
    finding.reasons.iter().map(|reason| reason.id.trim_start_matches("reason.")).collect()
}

#[test]
fn an_answer_serves_every_item_that_asks_the_same() {
    for given in [Status::Yes, Status::Partial, Status::No] {
        let case = two().same(&["1", "2"]).answer("1", status(given));
        let (first, second) = (finding(&case, "1"), finding(&case, "2"));
        assert_eq!(first.verdict, second.verdict, "{given:?}");
        assert_eq!(first.carried_from, None);
        assert_eq!(second.carried_from, Some(name("1")));
        assert_eq!(reasons(&second)[0], "carried");
    }
    let unlinked = finding(&two().answer("1", status(Status::Yes)), "2");
    assert_eq!((unlinked.verdict, unlinked.carried_from), (Verdict::Open, None));
}

#[test]
fn its_document_comes_along() {
    let answer = with_evidence(Status::Yes, file("evidence/a.pdf"));
    let case = two().same(&["1", "2"]).answer("1", answer).file("evidence/a.pdf", hashed());
    let second = finding(&case.rule("2", vec![], true), "2");
    assert_eq!((second.verdict, second.assurance), (Verdict::Pass, Assurance::Documented));
}

#[test]
fn what_was_written_at_the_item_itself_is_never_passed_over() {
    let case = two().same(&["1", "2"]).answer("1", status(Status::Yes));
    let no = finding(&case.clone().answer("2", status(Status::No)), "2");
    assert_eq!((no.verdict, no.carried_from.as_ref()), (Verdict::Fail, None));
    assert!(reasons(&no).contains(&"same_answered_otherwise"));
    let begun = [
        Answer { measure: Some("途中".into()), ..Answer::default() },
        Answer { improvement: Some("途中".into()), ..Answer::default() },
        Answer { evidence: vec![Evidence { page: None, ..document("規程", "1") }], ..Answer::default() },
    ];
    for answer in begun {
        let begun = finding(&case.clone().answer("2", answer.clone()), "2");
        assert_eq!(begun.verdict, Verdict::Open, "{answer:?}");
    }
    // An item that was only listed has nothing written at it.
    let listed = finding(&case.answer("2", Answer::default()), "2");
    assert_eq!(listed.verdict, Verdict::Pass);
}

#[test]
fn answers_that_differ_serve_nobody() {
    let three = ["1", "2", "3"].map(|id| item(id, Level::Mandatory)).to_vec();
    let case = Case::of(three).same(&["1", "2", "3"]);
    let case = case.answer("1", status(Status::Yes)).answer("2", status(Status::No));
    let third = finding(&case, "3");
    assert_eq!((third.verdict, third.carried_from.as_ref()), (Verdict::Open, None));
    assert_eq!(reasons(&third).iter().filter(|one| **one == "same_answers_differ").count(), 2);
}

#[test]
fn a_yes_to_the_whole_is_a_yes_to_the_part_and_nothing_else_is_carried() {
    let case = two().part("1", "2");
    let part = finding(&case.clone().answer("2", status(Status::Yes)), "1");
    assert_eq!((part.verdict, part.carried_from.as_ref()), (Verdict::Pass, Some(&name("2"))));
    assert_eq!(reasons(&part)[0], "carried_from_wider");
    for other in [Status::No, Status::Partial, Status::Planned, Status::Na] {
        let part = finding(&case.clone().answer("2", status(other)), "1");
        assert_eq!(part.verdict, Verdict::Open, "{other:?}");
    }
    for given in [Status::Yes, Status::No] {
        let whole = finding(&case.clone().answer("1", status(given)), "2");
        assert_eq!(whole.verdict, Verdict::Open, "{given:?}");
    }
}

#[test]
fn a_part_that_is_not_met_is_told_beside_a_yes_to_the_whole() {
    let case = two().part("1", "2").answer("1", status(Status::No)).answer("2", status(Status::Yes));
    let whole = finding(&case, "2");
    assert!(reasons(&whole).contains(&"part_answered_otherwise"));
    let met = two().part("1", "2").answer("1", status(Status::Yes)).answer("2", status(Status::Yes));
    assert!(!reasons(&finding(&met, "2")).contains(&"part_answered_otherwise"));
}

#[test]
fn the_assessment_says_where_an_answer_comes_from() {
    let case = two().same(&["1", "2"]).answer("1", status(Status::Yes));
    let wire = tenken::report::json::to_wire(&case.assess());
    assert_eq!(wire.items[0].carried_from, None);
    assert_eq!(wire.items[1].carried_from.as_deref(), Some("test/1"));
    assert_eq!(wire.items[1].links[0].item, "test/1");
}
