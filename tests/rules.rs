//! The shipped rules that can settle or back an item, each against the value that decides it. A row
//! fails without the criterion that it names.

use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use tenken::evaluate::evaluate;
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::model::answer::{Answer, Evidence, Status};
use tenken::model::assessment::{Clock, Conflict, Finding, State};
use tenken::model::criterion::Power;
use tenken::model::diagnostic::Diagnostics;
use tenken::model::fact::{FactType, Observation, Outcome, Value};
use tenken::model::name::ItemName;
use tenken::model::verdict::{Assurance, Verdict};
use tenken::model::workspace::{Files, Kind, Role, Subject, Target, Workspace};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let diagnostics = Diagnostics::default();
    catalog::load(&Folders::default(), &Wanted::All, &diagnostics).unwrap()
});

const TARGET: &str = "telemed.example.jp:443";

/// What a good server shows of the facts that the rows speak of.
fn good() -> Vec<(&'static str, Outcome)> {
    let list =
        |words: &[&str]| Outcome::Known(Value::List(words.iter().map(|word| word.to_string()).collect()));
    let text = |word: &str| Outcome::Known(Value::Text(word.into()));
    let flag = |flag: bool| Outcome::Known(Value::Boolean(flag));
    vec![
        ("tls.versions", list(&["TLS1.2", "TLS1.3"])),
        ("tls.suites.tls1_2", list(&["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"])),
        ("tls.dh_modulus", Outcome::Absent),
        ("tls.profile.ipa-3-high", flag(true)),
        ("certificate.trusted", flag(true)),
        ("certificate.publicly_trusted", flag(true)),
        ("certificate.problems", Outcome::Absent),
        ("certificate.self_signed", flag(false)),
        ("certificate.name_matches", flag(true)),
        ("http.plain_http", text("redirects")),
        ("exposure.leftovers", Outcome::Absent),
        ("mfa.level", Outcome::Known(Value::Integer(5))),
        ("mfa.single_factor_sign_in", Outcome::Absent),
    ]
}

/// The finding on an item answered yes, with a document named, where one fact is not as it should be.
fn finding(item: &str, changed: Option<(&str, Outcome)>) -> Finding {
    let name = ItemName::parse(item).unwrap();
    let checklist = Arc::clone(&CATALOG.checklists[name.checklist()]);
    let observation = |(key, outcome): (&str, Outcome)| Observation {
        fact: Arc::clone(CATALOG.registry.fact(key).unwrap_or_else(|| panic!("no fact {key}"))),
        outcome,
        target: TARGET.into(),
        address: None,
        at: "2026-11-20T03:00:00Z".parse().unwrap(),
        method: "test".into(),
        transcript: None,
    };
    let mut facts = good();
    if let Some((key, outcome)) = changed {
        facts.retain(|(known, _)| *known != key);
        let key = CATALOG.registry.0.keys().find(|known| *known == key).unwrap();
        facts.push((key.as_str(), outcome));
    }
    let evidence =
        Evidence { document: Some("規程".into()), page: Some("1".into()), file: None, valid_until: None };
    let answer = Answer { status: Some(Status::Yes), evidence: vec![evidence], ..Answer::default() };
    let workspace = Workspace {
        subject: Subject {
            name: "試験".into(),
            kind: Kind::Vendor,
            product: None,
            applicant: None,
            evaluator: None,
        },
        features: CATALOG.features.keys().cloned().collect(),
        checklists: vec![checklist],
        targets: vec![Target {
            url: format!("https://{TARGET}"),
            endpoint: TARGET.into(),
            role: Role::System,
            authorized_by: Some("責任者".into()),
            oidc_issuer: None,
            published: Default::default(),
            sign_in: Default::default(),
        }],
        answers: [(name.clone(), Arc::new(answer))].into(),
        reviews: Default::default(),
        waivers: Default::default(),
        vendor: None,
        official: Default::default(),
        received: None,
    };
    let clock = Clock { now: "2026-11-20T04:00:00Z".parse().unwrap(), today: date(2026, 11, 20) };
    let facts = facts.into_iter().map(observation).collect();
    let assessment = evaluate(&workspace, &CATALOG.policy, facts, &Files::new(), clock);
    assessment.findings.into_iter().find(|finding| finding.item.name == name).unwrap()
}

/// A value of the fact's type, as files spell it; lists by commas.
fn outcome(key: &str, word: &str) -> Outcome {
    match CATALOG.registry.fact(key).unwrap().of {
        FactType::List => Outcome::Known(Value::List(word.split(',').map(str::to_owned).collect())),
        of => Outcome::Known(tenken::load::criterion::value(word, of).unwrap()),
    }
}

/// Item, fact, and the value that refutes a yes.
const REFUTES: &[(&str, &str, &str)] = &[
    ("mhlw-clinic/2-5-2-1-xii", "tls.versions", "TLS1.1,TLS1.2"),
    ("mhlw-clinic/2-5-2-1-xii", "http.plain_http", "serves"),
    ("mhlw-clinic/2-5-2-1-xii", "certificate.self_signed", "true"),
    ("mhlw-clinic/2-5-2-1-xii", "certificate.name_matches", "false"),
    ("vendor-138/44", "tls.versions", "TLS1.0,TLS1.2"),
    ("vendor-138/44", "certificate.problems", "incomplete_chain,unknown_issuer"),
    ("vendor-138/44", "http.plain_http", "serves"),
    ("vendor-138/44", "certificate.name_matches", "false"),
    ("vendor-138/44", "tls.suites.tls1_2", "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    ("vendor-138/44", "tls.dh_modulus", "composite,safe_prime"),
    ("vendor-138/110", "exposure.leftovers", "/.git/"),
    ("mhlw-clinic/2-5-1-1-vii", "mfa.single_factor_sign_in", "staff"),
    ("vendor-138/71", "mfa.single_factor_sign_in", "doctor"),
];

/// Item, fact, the value that backs a yes, and one that proves nothing.
const CONFIRMS: &[(&str, &str, &str, &str)] = &[
    ("mhlw-clinic/2-5-2-1-xii", "certificate.publicly_trusted", "true", "false"),
    ("mhlw-clinic/2-5-1-1-vii", "mfa.level", "5", "4"),
    ("vendor-138/44", "tls.profile.ipa-3-high", "true", "false"),
];

#[test]
fn each_measurement_that_can_refute_a_yes_does() {
    for (item, fact, value) in REFUTES {
        let good = finding(item, None);
        assert_eq!((good.verdict, good.conflict), (Verdict::Pass, None), "{item}");
        let broken = finding(item, Some((fact, outcome(fact, value))));
        let found = (broken.verdict, broken.assurance, broken.conflict);
        assert_eq!(
            found,
            (Verdict::Fail, Assurance::Measured, Some(Conflict::Refuted)),
            "{item} {fact} {value}"
        );
    }
}

#[test]
fn each_measurement_that_can_back_a_yes_does_and_its_lack_is_no_fail() {
    for (item, fact, backs, proves_nothing) in CONFIRMS {
        let backed = finding(item, Some((fact, outcome(fact, backs))));
        assert_eq!((backed.verdict, backed.assurance), (Verdict::Pass, Assurance::Measured), "{item} {fact}");
        let not = finding(item, Some((fact, outcome(fact, proves_nothing))));
        assert_eq!((not.verdict, not.assurance), (Verdict::Pass, Assurance::Declared), "{item} {fact}");
    }
}

/// Every criterion that can decide something has a row above, so that none is without its test.
#[test]
fn every_criterion_with_power_is_tried() {
    let mut wrong = Vec::new();
    for (item, rule) in &CATALOG.policy.rules {
        for criterion in &rule.measure {
            let (item, fact) = (item.as_str(), criterion.fact.key.as_str());
            let tried = match criterion.power {
                Power::Both | Power::Refutes => REFUTES.iter().any(|row| (row.0, row.1) == (item, fact)),
                Power::Confirms => CONFIRMS.iter().any(|row| (row.0, row.1) == (item, fact)),
                Power::Hints => true,
            };
            if !tried {
                wrong.push(format!("{item} {fact}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Values that look bad and leave the item's own words met.
const PROVES_NOTHING: &[(&str, &str, &str)] = &[
    ("vendor-138/44", "certificate.problems", "incomplete_chain,wrong_order,expires_soon"),
    ("vendor-138/44", "certificate.trusted", "false"),
    ("vendor-138/44", "tls.dh_modulus", "prime"),
    ("vendor-138/44", "http.plain_http", "answers"),
    ("mhlw-clinic/2-5-2-1-xii", "http.plain_http", "answers"),
    ("mhlw-clinic/2-5-2-1-xii", "certificate.trusted", "false"),
    ("vendor-138/110", "exposure.source_maps", "https://telemed.example.jp/app.js.map"),
    ("vendor-138/110", "exposure.listings", "/uploads/"),
    ("vendor-138/71", "mfa.single_factor_sign_in", "staff"),
];

#[test]
fn what_leaves_the_words_of_an_item_met_is_no_fail() {
    for (item, fact, value) in PROVES_NOTHING {
        let found = finding(item, Some((fact, outcome(fact, value))));
        assert_eq!((found.verdict, found.conflict), (Verdict::Pass, None), "{item} {fact} {value}");
    }
}

#[test]
fn a_server_without_tls_1_2_is_not_held_to_its_suites() {
    let finding = finding("vendor-138/44", Some(("tls.suites.tls1_2", Outcome::Absent)));
    assert_eq!((finding.verdict, finding.assurance), (Verdict::Pass, Assurance::Measured));
}

/// What decides nothing and belongs beside the item all the same: item, fact, a value that looks bad.
const SHOWN: &[(&str, &str, &str)] = &[
    ("vendor-138/110", "exposure.source_maps", "https://telemed.example.jp/app.js.map"),
    ("vendor-138/110", "exposure.listings", "/uploads/"),
];

#[test]
fn what_only_hints_is_shown_beside_the_item() {
    for (item, fact, value) in SHOWN {
        let finding = finding(item, Some((fact, outcome(fact, value))));
        let judged = finding.criteria.iter().find(|one| one.criterion.fact.key == *fact);
        assert_eq!(judged.map(|one| &one.state), Some(&State::Broken), "{item} {fact}");
    }
}
