//! How items are decided, step by step as the design has it. Each test fails without the rule that
//! it names.

#[path = "support/build.rs"]
mod build;

use build::*;
use jiff::ToSpan;
use tenken::model::answer::{Answer, Status};
use tenken::model::assessment::{Conflict, State};
use tenken::model::criterion::Power::{Both, Confirms, Hints, Refutes};
use tenken::model::feature::Applies;
use tenken::model::scoring::Conclusion;
use tenken::model::verdict::{Assurance, Level, Verdict};
use tenken::model::workspace::{FileState, Role};

fn reasons(finding: &tenken::model::assessment::Finding) -> Vec<&'static str> {
    finding.reasons.iter().map(|reason| reason.id.trim_start_matches("reason.")).collect()
}

#[test]
fn an_answer_decides_where_nothing_is_measured() {
    let due = Some(TODAY.checked_add(1.day()).unwrap());
    let cases = [
        (None, Verdict::Open, Assurance::None),
        (Some(status(Status::Yes)), Verdict::Pass, Assurance::Declared),
        (Some(status(Status::Partial)), Verdict::Partial, Assurance::Declared),
        (Some(status(Status::No)), Verdict::Fail, Assurance::Declared),
        (Some(Answer { due, ..status(Status::Planned) }), Verdict::Partial, Assurance::Declared),
        (Some(status(Status::Planned)), Verdict::Open, Assurance::None),
        (Some(status(Status::Na)), Verdict::Open, Assurance::None),
        (
            Some(Answer { measure: Some("外来だけ".into()), ..status(Status::Na) }),
            Verdict::NotApplicable,
            Assurance::Declared,
        ),
        (Some(Answer::default()), Verdict::Open, Assurance::None),
    ];
    for (answer, verdict, assurance) in cases {
        let case = match answer.clone() {
            Some(answer) => Case::one().answer("1", answer),
            None => Case::one(),
        };
        let finding = case.finding();
        assert_eq!((finding.verdict, finding.assurance), (verdict, assurance), "{answer:?}");
    }
}

#[test]
fn a_plan_is_overdue_only_after_its_day_and_then_a_fail() {
    let planned = |days: i64| {
        let due = TODAY.checked_add(days.days()).unwrap();
        Case::one().answer("1", Answer { due: Some(due), ..status(Status::Planned) }).finding()
    };
    assert_eq!((planned(0).verdict, planned(0).overdue), (Verdict::Partial, false));
    assert_eq!((planned(-1).verdict, planned(-1).overdue), (Verdict::Fail, true));
}

#[test]
fn an_item_whose_feature_is_absent_does_not_apply_whatever_is_measured() {
    let mut case = Case::one().yes().measured(vec![wants("a", Both)]).fact(saw("a", false));
    case.items[0].when = Applies { all: vec!["chat".into()], any: vec![] };
    let finding = case.finding();
    assert_eq!((finding.verdict, finding.assurance), (Verdict::NotApplicable, Assurance::None));
    assert_eq!(reasons(&finding), ["feature_absent"]);
    case.features.insert("chat".into());
    assert_eq!(case.finding().verdict, Verdict::Fail);
}

#[test]
fn what_is_measured_to_be_wrong_is_a_fail_and_contradicts_a_yes() {
    for power in [Both, Refutes] {
        let case = Case::one().measured(vec![wants("a", power)]).fact(saw("a", false));
        let silent = case.clone().finding();
        assert_eq!(
            (silent.verdict, silent.assurance, silent.conflict),
            (Verdict::Fail, Assurance::Measured, None)
        );
        assert_eq!(case.clone().yes().finding().conflict, Some(Conflict::Refuted));
        assert_eq!(case.no().finding().conflict, None);
    }
}

#[test]
fn what_is_measured_to_be_right_passes_without_an_answer_and_contradicts_a_no() {
    let case = Case::one().measured(vec![wants("a", Both)]).fact(saw("a", true));
    let silent = case.clone().finding();
    assert_eq!(
        (silent.verdict, silent.assurance, silent.conflict),
        (Verdict::Pass, Assurance::Measured, None)
    );
    let denied = case.no().finding();
    assert_eq!((denied.verdict, denied.conflict), (Verdict::Pass, Some(Conflict::Better)));
}

#[test]
fn a_refuting_criterion_that_holds_proves_nothing_by_itself() {
    let case = Case::one().measured(vec![wants("a", Refutes)]).fact(saw("a", true));
    assert_eq!(case.clone().finding().verdict, Verdict::Open);
    let said = case.yes().finding();
    assert_eq!((said.verdict, said.assurance), (Verdict::Pass, Assurance::Declared));
}

#[test]
fn a_confirming_criterion_backs_a_yes_and_breaks_nothing() {
    let case = Case::one().measured(vec![wants("a", Confirms)]);
    let held = case.clone().fact(saw("a", true));
    assert_eq!(held.clone().yes().finding().assurance, Assurance::Measured);
    assert_eq!(held.clone().finding().verdict, Verdict::Open);
    assert_eq!(held.no().finding().verdict, Verdict::Fail);
    let broken = case.fact(saw("a", false)).yes().finding();
    assert_eq!(
        (broken.verdict, broken.assurance, broken.conflict),
        (Verdict::Pass, Assurance::Declared, None)
    );
}

#[test]
fn a_hint_is_shown_and_never_decides() {
    for value in [true, false] {
        let case = Case::one().measured(vec![wants("a", Hints)]).fact(saw("a", value));
        assert_eq!(case.clone().finding().verdict, Verdict::Open);
        let said = case.yes().finding();
        assert_eq!((said.verdict, said.assurance, said.conflict), (Verdict::Pass, Assurance::Declared, None));
        assert_eq!(said.criteria.len(), 1);
    }
}

#[test]
fn a_fact_that_could_not_be_had_leaves_the_answer_to_decide_below_measured() {
    let rule = vec![wants("a", Both), wants("b", Both)];
    for missing in [None, Some(failed("b"))] {
        let mut case = Case::one().measured(rule.clone()).fact(saw("a", true));
        case.facts.extend(missing);
        assert_eq!(case.clone().finding().verdict, Verdict::Open);
        let said = case.yes().finding();
        assert_eq!((said.verdict, said.assurance), (Verdict::Pass, Assurance::Declared));
        assert!(reasons(&said).contains(&"undecided"), "{:?}", reasons(&said));
    }
}

#[test]
fn a_refuting_fact_that_went_unseen_keeps_a_pass_from_being_measured() {
    let case = Case::one().measured(vec![wants("a", Both), wants("b", Refutes)]).fact(saw("a", true));
    assert_eq!(case.clone().finding().verdict, Verdict::Open);
    assert_eq!(case.yes().finding().assurance, Assurance::Declared);
}

#[test]
fn a_confirmation_beside_something_unseen_stays_below_measured() {
    let case = Case::one().measured(vec![wants("a", Confirms), wants("b", Refutes)]).fact(saw("a", true));
    assert_eq!(case.yes().finding().assurance, Assurance::Declared);
}

#[test]
fn the_worst_of_several_observations_decides() {
    let case = Case::one().measured(vec![wants("a", Both)]).fact(saw("a", true)).fact(saw("a", false));
    assert_eq!(case.finding().verdict, Verdict::Fail);
}

#[test]
fn every_target_has_to_be_seen() {
    let mut case = Case::one().measured(vec![wants("a", Both)]).fact(saw("a", true));
    case.targets.push("second.example.jp:443");
    let finding = case.finding();
    assert_eq!(finding.verdict, Verdict::Open);
    assert!(
        matches!(&finding.criteria[0].state, State::Undecided(why) if why.id == "undecided.not_measured")
    );
}

#[test]
fn what_was_seen_at_another_target_counts_for_nothing() {
    let mut foreign = saw("a", true);
    foreign.target = "elsewhere.example.jp:443".into();
    assert_eq!(Case::one().measured(vec![wants("a", Both)]).fact(foreign).finding().verdict, Verdict::Open);
}

#[test]
fn without_a_target_nothing_is_measured() {
    let mut case = Case::one().measured(vec![wants("a", Both)]).fact(saw("a", true));
    case.targets.clear();
    assert_eq!(case.finding().verdict, Verdict::Open);
}

#[test]
fn a_website_beside_the_system_breaks_nothing_that_is_asked_of_the_system() {
    let case = Case::one().yes().measured(vec![wants("a", Refutes)]);
    let other = tenken::model::fact::Observation { target: "www.example.jp:443".into(), ..saw("a", false) };
    let with_site = |role| {
        let mut workspace = case.clone().fact(saw("a", true)).fact(other.clone()).workspace();
        workspace.targets.push(tenken::model::workspace::Target {
            endpoint: "www.example.jp:443".into(),
            role,
            ..workspace.targets[0].clone()
        });
        workspace
    };
    let verdict = |role| {
        let facts = vec![saw("a", true), other.clone()];
        let assessment =
            tenken::evaluate::evaluate(&with_site(role), &case.policy(), facts, &case.files, clock());
        assessment.findings[0].verdict
    };
    assert_eq!(verdict(Role::Website), Verdict::Pass);
    assert_eq!(verdict(Role::System), Verdict::Fail);
}

#[test]
fn what_is_published_is_looked_for_at_the_website_or_else_at_the_system() {
    let published = tenken::model::criterion::Criterion { at: Role::Website, ..wants("a", Confirms) };
    let alone = Case::one().yes().measured(vec![published.clone()]).fact(saw("a", true)).finding();
    assert_eq!(alone.assurance, Assurance::Measured);
    let case = Case::one().yes().measured(vec![published]);
    let mut workspace = case.workspace();
    workspace.targets.push(tenken::model::workspace::Target {
        endpoint: "www.example.jp:443".into(),
        role: Role::Website,
        ..workspace.targets[0].clone()
    });
    // Seen at the system only: the website is where it should be.
    let assessment =
        tenken::evaluate::evaluate(&workspace, &case.policy(), vec![saw("a", true)], &case.files, clock());
    assert_eq!(assessment.findings[0].assurance, Assurance::Declared);
}

#[test]
fn an_old_measurement_is_shown_and_settles_nothing_and_neither_does_one_from_the_future() {
    for (hours, verdict) in
        [(-29 * 24, Verdict::Pass), (-31 * 24, Verdict::Open), (12, Verdict::Pass), (72, Verdict::Open)]
    {
        let mut observation = saw("a", true);
        observation.at = now().checked_add(hours.hours()).unwrap();
        let case = Case::one().measured(vec![wants("a", Both)]).fact(observation);
        assert_eq!(case.finding().verdict, verdict, "{hours} hours");
    }
}

#[test]
fn a_later_look_replaces_an_earlier_one_but_a_failed_look_takes_nothing_back() {
    let rule = vec![wants("a", Both)];
    let earlier = |mut observation: tenken::model::fact::Observation, hours: i64| {
        observation.at = now().checked_add((-hours).hours()).unwrap();
        observation
    };
    let case = |first, second| Case::one().measured(rule.clone()).fact(first).fact(second).finding().verdict;
    assert_eq!(case(earlier(saw("a", false), 48), saw("a", true)), Verdict::Pass);
    assert_eq!(case(saw("a", false), earlier(saw("a", true), 48)), Verdict::Fail);
    assert_eq!(case(earlier(saw("a", true), 40 * 24), saw("a", true)), Verdict::Pass, "the old one is stale");
    assert_eq!(case(earlier(saw("a", false), 48), failed("a")), Verdict::Fail);
    assert_eq!(case(earlier(saw("a", true), 48), failed("a")), Verdict::Open);
    let mut elsewhere = earlier(saw("a", false), 48);
    elsewhere.address = Some("192.0.2.7".into());
    assert_eq!(case(elsewhere, saw("a", true)), Verdict::Fail, "another address is another place");
}

#[test]
fn a_target_counts_as_measured_only_where_something_usable_was_seen() {
    let stale = {
        let mut observation = saw("a", true);
        observation.at = now().checked_add((-40 * 24).hours()).unwrap();
        observation
    };
    let unmeasured = |observation| Case::one().fact(observation).assess().unmeasured;
    assert_eq!(unmeasured(stale), [TARGET]);
    assert_eq!(unmeasured(failed("a")), [TARGET]);
    assert_eq!(Case::one().assess().unmeasured, [TARGET]);
    assert!(unmeasured(saw("a", false)).is_empty());
}

#[test]
fn a_pass_that_needs_a_document_is_partial_without_one() {
    let bare = Case::one().rule("1", vec![], true);
    assert_eq!(bare.clone().yes().finding().verdict, Verdict::Partial);
    assert!(reasons(&bare.clone().yes().finding()).contains(&"document_missing"));
    let named = |evidence| bare.clone().answer("1", with_evidence(Status::Yes, evidence));
    assert_eq!(named(document("規程", "3")).finding().verdict, Verdict::Pass);
    assert_eq!(
        named(file("evidence/a.pdf")).file("evidence/a.pdf", hashed()).finding().verdict,
        Verdict::Pass
    );
    assert_eq!(named(file("evidence/a.pdf")).finding().verdict, Verdict::Partial);
    let mut title_only = document("規程", "3");
    title_only.page = None;
    assert_eq!(named(title_only).finding().verdict, Verdict::Partial);
}

#[test]
fn a_measured_pass_needs_its_document_too() {
    let case = Case::one().rule("1", vec![wants("a", Both)], true).fact(saw("a", true));
    assert_eq!(case.finding().verdict, Verdict::Partial);
}

#[test]
fn a_file_counts_by_its_hash_and_a_title_only_once_a_reviewer_accepted_it() {
    let with_file = Case::one().answer("1", with_evidence(Status::Yes, file("evidence/a.pdf")));
    assert_eq!(with_file.clone().file("evidence/a.pdf", hashed()).finding().assurance, Assurance::Documented);
    let missing = with_file.clone().finding();
    assert_eq!(missing.assurance, Assurance::Declared);
    assert_eq!(reasons(&missing), ["file_missing", "answered_yes"]);
    let why = tenken::msg!("evidence.is_empty");
    let unusable = with_file.file("evidence/a.pdf", FileState::Unusable(why)).finding();
    assert_eq!(unusable.assurance, Assurance::Declared);
    let titled = Case::one().answer("1", with_evidence(Status::Yes, document("規程", "3")));
    assert_eq!(titled.finding().assurance, Assurance::Declared);
    assert_eq!(titled.clone().review("1", Verdict::Pass).finding().assurance, Assurance::Documented);
    assert_eq!(titled.review("1", Verdict::Fail).finding().assurance, Assurance::Declared);
}

#[test]
fn a_review_replaces_the_verdict_and_keeps_the_one_before() {
    let case =
        Case::one().yes().measured(vec![wants("a", Both)]).fact(saw("a", false)).review("1", Verdict::Pass);
    let finding = case.finding();
    let (_, replaced) = finding.review.as_ref().unwrap();
    assert_eq!((finding.verdict, *replaced), (Verdict::Pass, Verdict::Fail));
    assert_eq!(finding.conflict, Some(Conflict::Refuted), "what was measured stays");
    assert_eq!(finding.assurance, Assurance::Declared, "the measurement said otherwise");
    assert!(!finding.is_contradicted(), "somebody has looked at it");
    assert_eq!(case.assess().conclusion, Conclusion::Conforms);
}

#[test]
fn a_review_that_leaves_it_open_settles_no_contradiction() {
    let case = Case::one().yes().measured(vec![wants("a", Both)]).fact(saw("a", false));
    let open = case.review("1", Verdict::Open);
    assert!(open.finding().is_contradicted());
    assert_eq!(open.assess().conclusion, Conclusion::DoesNotConform);
}

#[test]
fn a_title_beside_a_file_that_is_missing_is_no_document() {
    let mut evidence = document("規程", "3");
    evidence.file = Some("evidence/gone.pdf".into());
    let case = Case::one().rule("1", vec![], true).answer("1", with_evidence(Status::Yes, evidence));
    assert_eq!(case.finding().verdict, Verdict::Partial);
    assert_eq!(case.clone().review("1", Verdict::Pass).finding().assurance, Assurance::Declared);
    assert_eq!(case.file("evidence/gone.pdf", hashed()).finding().verdict, Verdict::Pass);
}

#[test]
fn a_plan_that_an_evaluator_accepted_is_not_overdue_any_more() {
    let due = Some(TODAY.checked_add((-1).days()).unwrap());
    let case = Case::one().answer("1", Answer { due, ..status(Status::Planned) });
    assert!(case.clone().review("1", Verdict::Fail).finding().overdue);
    assert!(!case.review("1", Verdict::Pass).finding().overdue);
}

#[test]
fn scores_follow_from_the_counts() {
    let mut case = Case::of((1..=6).map(|id| item(&id.to_string(), Level::Mandatory)).collect());
    case.items.push(item("7", Level::Recommended));
    for (id, given) in [("1", Status::Yes), ("2", Status::Yes), ("3", Status::Partial), ("4", Status::No)] {
        case = case.answer(id, status(given));
    }
    case = case.answer("6", Answer { measure: Some("ない".into()), ..status(Status::Na) });
    case =
        case.answer("1", with_evidence(Status::Yes, file("evidence/a.pdf"))).file("evidence/a.pdf", hashed());
    let scores = case.assess().scores;
    let tally = scores.mandatory;
    assert_eq!((tally.pass, tally.partial, tally.fail, tally.open, tally.not_applicable), (2, 1, 1, 1, 1));
    assert_eq!((tally.conformity.hundredths, tally.conformity.of), (250, 5));
    assert_eq!((scores.recommended.conformity.hundredths, scores.recommended.conformity.of), (0, 1));
    assert_eq!((scores.assurance.hundredths, scores.assurance.of), (100, 2));
    assert_eq!((scores.coverage.hundredths, scores.coverage.of), (400, 6));
}

#[test]
fn the_conclusion_is_the_best_that_the_mandatory_items_allow() {
    let conclude = |given: Status| Case::one().answer("1", status(given)).assess().conclusion;
    assert_eq!(conclude(Status::Yes), Conclusion::Conforms);
    assert_eq!(conclude(Status::Partial), Conclusion::Conditional);
    assert_eq!(conclude(Status::No), Conclusion::DoesNotConform);
    assert_eq!(Case::one().assess().conclusion, Conclusion::Conditional);
    let contradicted = Case::one().no().measured(vec![wants("a", Both)]).fact(saw("a", true));
    assert_eq!(contradicted.assess().conclusion, Conclusion::DoesNotConform);
}

#[test]
fn a_recommended_item_never_keeps_from_conforming() {
    let mut case = Case::one().yes();
    case.items.push(item("2", Level::Recommended));
    let case = case.answer("2", status(Status::No));
    assert_eq!(case.assess().conclusion, Conclusion::Conforms);
}

#[test]
fn where_no_mandatory_item_applies_nothing_has_been_assessed() {
    let mut case = Case::one().yes();
    case.items[0].when = Applies { all: vec!["chat".into()], any: vec![] };
    assert_eq!(case.assess().conclusion, Conclusion::NotAssessed);
    let mut recommended = Case::one().yes();
    recommended.items[0].level = Level::Recommended;
    assert_eq!(recommended.assess().conclusion, Conclusion::NotAssessed);
}
