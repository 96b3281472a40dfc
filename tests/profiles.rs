//! The shipped TLS profiles against servers as they are seen: which hold, which do not, and what is
//! never taken for granted.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use tenken::evaluate::profile::{self, Change};
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::model::assessment::State;
use tenken::model::diagnostic::Diagnostics;
use tenken::model::fact::{Failure, Observation, Outcome, Value};
use tenken::model::message::Message;

const TARGET: &str = "telemed.example.jp:443";

/// Read once: that is most of what these tests wait for.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let diagnostics = Diagnostics::default();
    let catalog = catalog::load(&Folders::default(), &Wanted::All, &diagnostics);
    assert!(diagnostics.is_empty(), "{:#?}", diagnostics.list());
    catalog.unwrap()
});

/// A server, by what was seen of it.
#[derive(Clone)]
struct Server(BTreeMap<&'static str, Outcome>);

impl Server {
    /// Follows 3.x to the letter.
    fn modern() -> Server {
        Server(BTreeMap::new())
            .list("tls.versions", &["TLS1.2", "TLS1.3"])
            .list("tls.suites.tls1_2", &["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"])
            .list("tls.suites.tls1_3", &["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"])
            .list("tls.groups", &["x25519", "secp256r1", "X25519MLKEM768"])
            .with("tls.dh_bits", Outcome::Absent)
            .with("tls.dh_modulus", Outcome::Absent)
            .text("certificate.key", "EC-P-256")
            .text("certificate.signature", "ECDSA-SHA256")
    }

    /// Follows 2.0 to the letter.
    fn of_2018() -> Server {
        Server::modern()
            .list("tls.versions", &["TLS1.2"])
            .with("tls.suites.tls1_3", Outcome::Absent)
            .list("tls.groups", &["secp256r1"])
            .text("certificate.key", "RSA-2048")
            .text("certificate.signature", "RSA-SHA256")
    }

    fn with(mut self, key: &'static str, outcome: Outcome) -> Server {
        self.0.insert(key, outcome);
        self
    }

    fn list(self, key: &'static str, words: &[&str]) -> Server {
        self.with(key, Outcome::Known(Value::List(words.iter().map(|word| word.to_string()).collect())))
    }

    fn text(self, key: &'static str, word: &str) -> Server {
        self.with(key, Outcome::Known(Value::Text(word.into())))
    }

    fn without(mut self, key: &str) -> Server {
        self.0.remove(key);
        self
    }

    fn observations(&self) -> Vec<Observation> {
        let one = |(key, outcome): (&&str, &Outcome)| Observation {
            fact: Arc::clone(CATALOG.registry.fact(key).unwrap_or_else(|| panic!("no fact {key}"))),
            outcome: outcome.clone(),
            target: TARGET.into(),
            address: None,
            at: "2026-11-20T03:00:00Z".parse().unwrap(),
            method: "test".into(),
            transcript: None,
        };
        self.0.iter().map(one).collect()
    }
}

/// Whether it follows a profile; nothing where that cannot be told.
fn follows(server: &Server, profile: &str) -> Option<bool> {
    let derived = profile::derive(&CATALOG.policy.profiles, &server.observations());
    let key = format!("tls.profile.{profile}");
    match &derived.iter().find(|one| one.fact.key == key)?.outcome {
        Outcome::Known(Value::Boolean(holds)) => Some(*holds),
        _ => None,
    }
}

#[test]
fn a_modern_server_follows_3_and_breaks_the_letter_of_2() {
    let server = Server::modern();
    for profile in ["ipa-3-high", "ipa-3-recommended", "ipa-3-exception"] {
        assert_eq!(follows(&server, profile), Some(true), "{profile}");
    }
    assert_eq!(follows(&server, "ipa-2-high"), Some(false));
}

#[test]
fn a_server_of_2018_follows_2_and_not_3_high() {
    let server = Server::of_2018();
    assert_eq!(follows(&server, "ipa-2-high"), Some(true));
    assert_eq!(follows(&server, "ipa-3-high"), Some(false));
    assert_eq!(follows(&server, "ipa-3-recommended"), Some(true));
}

#[test]
fn each_requirement_of_3_high_can_break_it() {
    let modern = Server::modern;
    let broken = [
        modern().list("tls.versions", &["TLS1.2"]),
        modern().list("tls.versions", &["TLS1.1", "TLS1.2", "TLS1.3"]),
        modern().list("tls.suites.tls1_2", &["TLS_RSA_WITH_AES_128_GCM_SHA256"]),
        modern().list("tls.suites.tls1_2", &["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"]),
        modern().list("tls.suites.tls1_3", &["TLS_SM4_GCM_SM3"]),
        modern().list("tls.groups", &["x25519", "secp192r1"]),
        modern().with("tls.dh_bits", Outcome::Known(Value::Integer(1024))),
        modern().list("tls.dh_modulus", &["composite", "safe_prime"]),
        modern().text("certificate.key", "RSA-1024"),
        modern().text("certificate.key", "RSA-2047"),
        modern().text("certificate.key", "EC-P-224"),
        modern().text("certificate.signature", "RSA-SHA1"),
    ];
    for server in broken {
        assert_eq!(follows(&server, "ipa-3-high"), Some(false), "{:?}", server.0);
    }
    let good = [
        modern().with("tls.dh_bits", Outcome::Known(Value::Integer(2048))),
        modern().list("tls.dh_modulus", &["prime", "safe_prime"]),
        modern().text("certificate.key", "RSA-2048"),
        modern().text("certificate.key", "RSA-16384"),
        modern().text("certificate.key", "EC-P-521"),
        modern().list("tls.versions", &["TLS1.3"]).with("tls.suites.tls1_2", Outcome::Absent),
    ];
    for server in good {
        assert_eq!(follows(&server, "ipa-3-high"), Some(true), "{:?}", server.0);
    }
}

#[test]
fn what_was_not_seen_leaves_a_profile_unknown() {
    let failed = || Outcome::Failed(Failure::Because(Message::label("undecided.no_reason")));
    for profile in CATALOG.policy.profiles.values() {
        let server = if profile.key.starts_with("ipa-2") { Server::of_2018() } else { Server::modern() };
        assert_eq!(follows(&server, &profile.key), Some(true), "{}", profile.key);
        for requirement in &profile.requires {
            let key = server.0.keys().copied().find(|key| *key == requirement.criterion.fact.key).unwrap();
            assert_eq!(follows(&server.clone().without(key), &profile.key), None, "{} {key}", profile.key);
            assert_eq!(follows(&server.clone().with(key, failed()), &profile.key), None, "{key}");
        }
    }
}

#[test]
fn a_suite_beyond_the_known_lists_leaves_the_recommended_profile_unknown() {
    let more = |suite| Server::modern().list("tls.suites.tls1_2", &[suite]);
    assert_eq!(follows(&more("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"), "ipa-3-recommended"), None);
    assert_eq!(follows(&more("TLS_RSA_WITH_AES_128_CBC_SHA"), "ipa-3-recommended"), Some(false));
    assert_eq!(follows(&more("TLS_DH_anon_WITH_AES_128_CBC_SHA"), "ipa-3-recommended"), Some(false));
    let tls_1_3 = Server::modern().list("tls.suites.tls1_3", &["TLS_AES_256_GCM_SHA384", "TLS_SM4_GCM_SM3"]);
    for profile in ["ipa-3-recommended", "ipa-3-exception"] {
        assert_eq!(follows(&tls_1_3, profile), None, "{profile}");
    }
    let old = Server::modern().list("tls.versions", &["TLS1.0", "TLS1.2", "TLS1.3"]);
    assert_eq!(follows(&old, "ipa-3-exception"), None);
    let oldest = Server::modern().list("tls.versions", &["SSLv3", "TLS1.2", "TLS1.3"]);
    assert_eq!(follows(&oldest, "ipa-3-exception"), Some(false));
}

#[test]
fn a_server_that_nobody_looked_at_has_no_profile_and_a_measured_one_stays() {
    let none = profile::derive(&CATALOG.policy.profiles, &[]);
    assert!(none.is_empty());
    let server = Server::modern().with("tls.profile.ipa-3-high", Outcome::Known(Value::Boolean(false)));
    let derived = profile::derive(&CATALOG.policy.profiles, &server.observations());
    assert!(!derived.iter().any(|one| one.fact.key == "tls.profile.ipa-3-high"));
    assert!(derived.iter().any(|one| one.fact.key == "tls.profile.ipa-2-high"));
}

#[test]
fn a_shortfall_says_what_to_drop_and_what_to_add_smallest_first() {
    let server = Server::modern()
        .list("tls.versions", &["TLS1.0", "TLS1.1", "TLS1.2"])
        .list("tls.suites.tls1_2", &["TLS_RSA_WITH_AES_128_CBC_SHA"]);
    let seen = server.observations();
    let places = profile::by_place(&seen);
    let (_, seen_there) = places.into_iter().next().unwrap();
    let standing = profile::standing(&CATALOG.policy.profiles["ipa-3-high"], &seen_there);
    assert_eq!(standing.state(), State::Broken);
    let changes: Vec<Change> = standing.shortfalls(&seen).into_iter().map(|(_, change)| change).collect();
    let words = |list: &[&str]| list.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    assert_eq!(
        changes,
        [
            Change { drop: vec![], add: words(&["TLS1.3"]) },
            Change { drop: words(&["TLS_RSA_WITH_AES_128_CBC_SHA"]), add: vec![] },
            Change { drop: words(&["TLS1.0", "TLS1.1"]), add: vec![] },
        ]
    );
}
