//! What holds for every workspace, tried on random ones.

#[path = "support/build.rs"]
mod build;

use build::*;
use jiff::ToSpan;
use proptest::prelude::*;
use tenken::model::answer::{Answer, Status};
use tenken::model::assessment::State;
use tenken::model::criterion::Power;
use tenken::model::verdict::{Assurance, Level, Verdict};
use tenken::report::json::{render, to_wire};

/// How good a verdict is for whoever is audited. Not to apply is neither good nor bad: where it comes
/// of a claim, the claim decides as any answer does.
fn rank(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Fail => Some(0),
        Verdict::Open => Some(1),
        Verdict::Partial => Some(2),
        Verdict::Pass => Some(3),
        Verdict::NotApplicable => None,
    }
}

fn is_no_better(after: Verdict, before: Verdict) -> bool {
    rank(after).zip(rank(before)).is_none_or(|(after, before)| after <= before)
}

fn answers() -> impl Strategy<Value = Option<Answer>> {
    let status = prop::option::of(prop::sample::select(Status::ALL));
    let parts = (status, any::<bool>(), prop::option::of(-3i64..3), any::<bool>(), any::<bool>());
    prop::option::of(parts.prop_map(|(status, reasoned, due, by_title, by_file)| {
        Answer {
            status,
            measure: reasoned.then(|| "理由".to_owned()),
            due: due.map(|days| TODAY.checked_add(days.days()).unwrap()),
            evidence: by_title
                .then(|| document("規程", "1"))
                .into_iter()
                .chain(by_file.then(|| file("evidence/a.pdf")))
                .collect(),
            ..Answer::default()
        }
    }))
}

const KEYS: [&str; 3] = ["a", "b", "c"];

fn observations() -> impl Strategy<Value = Vec<(usize, Option<bool>)>> {
    prop::collection::vec((0..KEYS.len(), any::<Option<bool>>()), 0..5)
}

prop_compose! {
    fn cases()(
        items in prop::collection::vec((
            any::<bool>(),
            answers(),
            prop::collection::vec((0..KEYS.len(), prop::sample::select(Power::ALL)), 0..4),
            any::<bool>(),
            prop::option::weighted(0.2, prop::sample::select(Verdict::ALL)),
        ), 1..6),
        facts in observations(),
        file_there in any::<bool>(),
    ) -> Case {
        let levels = items.iter().enumerate().map(|(index, (mandatory, ..))| {
            item(&index.to_string(), if *mandatory { Level::Mandatory } else { Level::Recommended })
        });
        let mut case = Case::of(levels.collect());
        for (index, (_, answer, criteria, documented, review)) in items.into_iter().enumerate() {
            let id = index.to_string();
            if let Some(answer) = answer {
                case = case.answer(&id, answer);
            }
            let criteria = criteria.into_iter().map(|(key, power)| wants(KEYS[key], power)).collect();
            case = case.rule(&id, criteria, documented);
            if let Some(verdict) = review {
                case = case.review(&id, verdict);
            }
        }
        for (key, value) in facts {
            case = case.fact(match value {
                Some(value) => saw(KEYS[key], value),
                None => failed(KEYS[key]),
            });
        }
        if file_there { case.file("evidence/a.pdf", hashed()) } else { case }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_an_unknown_fact_never_improves_anything(case in cases(), key in 0..KEYS.len()) {
        let before = case.assess();
        let after = case.fact(failed(KEYS[key])).assess();
        for (before, after) in before.findings.iter().zip(&after.findings) {
            prop_assert!(is_no_better(after.verdict, before.verdict), "{before:?} {after:?}");
            prop_assert!(after.assurance <= before.assurance);
        }
    }

    #[test]
    fn adding_a_broken_observation_never_improves_a_verdict(case in cases(), key in 0..KEYS.len()) {
        let before = case.assess();
        let after = case.fact(saw(KEYS[key], false)).assess();
        for (before, after) in before.findings.iter().zip(&after.findings) {
            prop_assert!(is_no_better(after.verdict, before.verdict) || before.review.is_some());
        }
    }

    #[test]
    fn a_review_never_changes_what_was_measured(case in cases(), verdict in prop::sample::select(Verdict::ALL)) {
        let before = case.assess();
        let after = case.review("0", verdict).assess();
        let (before, after) = (&before.findings[0], &after.findings[0]);
        let states = |finding: &tenken::model::assessment::Finding| -> Vec<State> {
            finding.criteria.iter().map(|judged| judged.state.clone()).collect()
        };
        prop_assert_eq!(states(before), states(after));
        prop_assert_eq!(before.conflict, after.conflict);
        prop_assert_eq!(after.verdict, verdict);
    }

    #[test]
    fn scores_add_up(case in cases()) {
        let assessment = case.assess();
        for (level, tally) in [
            (Level::Mandatory, assessment.scores.mandatory),
            (Level::Recommended, assessment.scores.recommended),
        ] {
            let own = assessment.findings.iter().filter(|finding| finding.item.level == level).count();
            prop_assert_eq!((tally.applicable() + tally.not_applicable) as usize, own);
            prop_assert_eq!(tally.conformity.hundredths, tally.pass * 100 + tally.partial * 50);
            prop_assert!(tally.conformity.hundredths <= tally.conformity.of * 100);
        }
        let scores = assessment.scores;
        prop_assert!(scores.assurance.hundredths <= scores.assurance.of * 100);
        prop_assert!(scores.coverage.hundredths <= scores.coverage.of * 100);
        prop_assert_eq!(&assessment.by_checklist[0].1, &scores);
    }

    #[test]
    fn nothing_passes_without_an_answer_a_measurement_or_a_review(case in cases()) {
        for finding in case.assess().findings {
            let answered = finding.answer.as_deref().is_some_and(|answer| answer.status == Some(Status::Yes));
            let proved = finding.criteria.iter().any(|judged| {
                judged.criterion.power == Power::Both && judged.state == State::Held
            });
            let passed = finding.verdict == Verdict::Pass;
            prop_assert!(!passed || answered || proved || finding.review.is_some(), "{finding:?}");
        }
    }

    #[test]
    fn measured_means_that_something_was_seen(case in cases()) {
        for finding in case.assess().findings {
            let seen = finding.criteria.iter().any(|judged| {
                judged.criterion.power != Power::Hints && !matches!(judged.state, State::Undecided(_))
            });
            prop_assert!(finding.assurance != Assurance::Measured || seen, "{finding:?}");
        }
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(case in cases()) {
        let json = |case: &Case| render(&to_wire(&case.assess())).unwrap();
        prop_assert_eq!(json(&case), json(&case));
    }
}
