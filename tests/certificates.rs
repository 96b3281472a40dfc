//! Chains with one thing wrong each, and what is said of them. The chains in `tests/certificates/`
//! were made for these tests; they speak of 20 November 2026.

use std::path::Path;

use tenken::model::fact::Value;
use tenken::probe::certificate::{Answered, Roots, Shown, facts, staple_state};
use tenken::probe::state::State;
use tenken::wire::transcript::Hex;

const HOST: &str = "telemed.example.jp";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)).unwrap()
}

fn roots() -> Roots {
    Roots::from_pem(&read("root.pem")).unwrap()
}

fn now() -> i64 {
    "2026-11-20T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second()
}

fn shown(name: &str) -> Shown {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let pem = read(name);
    let chain = CertificateDer::pem_slice_iter(&pem).map(|der| der.unwrap().as_ref().to_vec()).collect();
    Shown { chain, ..Shown::default() }
}

fn state(shown: &[Shown], host: &str, key: &str) -> State {
    let all = facts(shown, None, host, &roots(), now());
    all.into_iter().find(|(known, _)| *known == key).unwrap().1
}

fn problems(shown: Shown) -> Vec<String> {
    match state(&[shown], HOST, "certificate.problems") {
        State::Known(Value::List(list)) => list,
        State::Absent => Vec::new(),
        other => panic!("{other:?}"),
    }
}

fn flag(shown: Shown, key: &str) -> bool {
    state(&[shown], HOST, key) == State::Known(Value::Boolean(true))
}

#[test]
fn each_problem_has_its_own_name_and_trust_follows() {
    // The chain, its problems, and whether a client would trust it all the same.
    let cases: &[(&str, &[&str], bool)] = &[
        ("good.pem", &[], true),
        ("root_sent.pem", &["root_sent"], true),
        ("wrong_order.pem", &["root_sent", "wrong_order"], true),
        ("extra.pem", &["extra_certificate"], true),
        ("soon.pem", &["expires_soon"], true),
        ("incomplete.pem", &["incomplete_chain"], false),
        ("expired.pem", &["expired"], false),
        ("not_yet.pem", &["not_yet_valid"], false),
        ("other_name.pem", &["name_mismatch"], false),
        ("self_signed.pem", &["self_signed"], false),
        ("unknown_root.pem", &["root_sent", "unknown_issuer"], false),
        ("unknown_issuer.pem", &["unknown_issuer"], false),
        ("not_a_ca.pem", &["not_a_ca"], false),
        ("intermediate_expired.pem", &["intermediate_expired"], false),
        ("weak_key.pem", &["weak_key"], false),
        ("wrong_usage.pem", &["wrong_usage"], false),
        ("must_staple.pem", &["must_staple_broken"], false),
    ];
    for (name, wanted, trusted) in cases {
        assert_eq!(problems(shown(name)), *wanted, "{name}");
        assert_eq!(flag(shown(name), "certificate.trusted"), *trusted, "{name}");
    }
    let weak = problems(shown("weak_signature.pem"));
    assert!(weak.iter().any(|one| one == "weak_signature"), "{weak:?}");
    let forged = problems(shown("bad_signature.pem"));
    assert!(!forged.is_empty() && !flag(shown("bad_signature.pem"), "certificate.trusted"), "{forged:?}");
}

#[test]
fn a_key_that_is_not_proven_is_not_trusted() {
    let unproven = Shown { unproven: true, ..shown("good.pem") };
    assert_eq!(problems(unproven.clone()), ["key_not_proven"]);
    assert!(!flag(unproven, "certificate.trusted"));
}

#[test]
fn a_chain_is_complete_and_ordered_or_it_is_not() {
    for (name, complete, ordered) in [
        ("good.pem", true, true),
        ("root_sent.pem", true, true),
        ("incomplete.pem", false, true),
        ("wrong_order.pem", true, false),
        ("extra.pem", true, false),
    ] {
        assert_eq!(flag(shown(name), "certificate.chain_complete"), complete, "{name}");
        assert_eq!(flag(shown(name), "certificate.chain_ordered"), ordered, "{name}");
    }
}

#[test]
fn names_wildcards_addresses_and_international_names() {
    let good = [shown("good.pem")];
    let matches = |host: &str| state(&good, host, "certificate.name_matches");
    let yes = State::Known(Value::Boolean(true));
    for host in ["telemed.example.jp", "a.care.example.jp", "xn--lvyx93b.example.jp", "192.0.2.10"] {
        assert_eq!(matches(host), yes, "{host}");
    }
    for host in [
        "example.jp",
        "care.example.jp",
        "a.b.care.example.jp",
        "192.0.2.11",
        "telemed.example.jp.example.com",
    ] {
        assert_eq!(matches(host), State::Known(Value::Boolean(false)), "{host}");
    }
}

#[test]
fn the_worst_of_several_chains_decides() {
    let both = [shown("good.pem"), shown("soon.pem"), shown("expired.pem")];
    let of = |key: &str| state(&both, HOST, key);
    assert_eq!(of("certificate.trusted"), State::Known(Value::Boolean(false)));
    assert_eq!(of("certificate.not_after"), State::Known(Value::Date(jiff::civil::date(2026, 3, 1))));
    assert_eq!(of("certificate.days_left"), State::Known(Value::Integer(-264)));
    let strong_and_weak = [shown("good.pem"), shown("weak_key.pem")];
    assert_eq!(
        state(&strong_and_weak, HOST, "certificate.key"),
        State::Known(Value::Text("RSA-1024".into()))
    );
}

#[test]
fn keys_and_signatures_are_named() {
    let of = |key: &str| state(&[shown("good.pem")], HOST, key);
    assert_eq!(of("certificate.key"), State::Known(Value::Text("EC-P-256".into())));
    assert_eq!(of("certificate.signature"), State::Known(Value::Text("ECDSA-SHA256".into())));
    assert_eq!(of("certificate.validity_days"), State::Known(Value::Integer(80)));
    let sha1 = state(&[shown("weak_signature.pem")], HOST, "certificate.signature");
    assert_eq!(sha1, State::Known(Value::Text("RSA-SHA1".into())));
}

#[test]
fn a_staple_counts_only_for_its_certificate_signed_and_fresh() {
    let with = |staple: &str| Shown { staple: Some(read(staple)), ..shown("good.pem") };
    let stapled = |one: Shown| staple_state(&[one], HOST, &roots(), now());
    let yes = State::Known(Value::Boolean(true));
    let no = State::Known(Value::Boolean(false));
    assert_eq!(stapled(with("good.ocsp")), yes);
    assert_eq!(stapled(with("revoked.ocsp")), yes);
    for bad in ["another.ocsp", "stale.ocsp", "forged.ocsp", "root.pem"] {
        assert_eq!(stapled(with(bad)), no, "{bad}");
    }
    assert_eq!(stapled(shown("good.pem")), no);
    let revocation = |one: Shown| state(&[one], HOST, "certificate.revocation");
    assert_eq!(revocation(with("good.ocsp")), State::Known(Value::Text("not_revoked".into())));
    assert_eq!(revocation(with("revoked.ocsp")), State::Known(Value::Text("revoked".into())));
    assert!(matches!(revocation(with("stale.ocsp")), State::Unknown(_)));
    assert_eq!(problems(with("revoked.ocsp")), ["revoked"]);
    assert!(!flag(with("revoked.ocsp"), "certificate.trusted"));
    assert_eq!(problems(with("another.ocsp")), ["staple_for_another"]);
}

#[test]
fn a_list_counts_only_of_the_issuer_for_servers_and_fresh() {
    let with = |answered: Answered| Shown { answered, ..shown("listed.pem") };
    let revocation = |answered: Answered| state(&[with(answered)], HOST, "certificate.revocation");
    let list = |name: &str| Answered::List(Hex(read(name)));
    assert_eq!(revocation(list("unlisted.crl")), State::Known(Value::Text("not_revoked".into())));
    assert_eq!(revocation(list("listed.crl")), State::Known(Value::Text("revoked".into())));
    for bad in ["old.crl", "only_ca.crl", "forged.crl", "root.pem"] {
        assert!(matches!(revocation(list(bad)), State::Unknown(_)), "{bad}");
    }
    let other = Shown { answered: list("unlisted.crl"), ..shown("good.pem") };
    assert!(
        matches!(state(&[other], HOST, "certificate.revocation"), State::Unknown(_)),
        "of another issuer"
    );
    assert!(problems(with(list("listed.crl"))).contains(&"revoked".to_owned()));
    for unclear in
        [Answered::NotAsked, Answered::NoIssuer, Answered::NoAddress, Answered::Nothing, Answered::Untrusted]
    {
        assert!(matches!(revocation(unclear.clone()), State::Unknown(_)), "{unclear:?}");
    }
}

#[test]
fn what_an_authority_answers_counts_as_a_staple_does() {
    let with = |response: &str| Shown { answered: Answered::Ocsp(Hex(read(response))), ..shown("good.pem") };
    let revocation = |one: Shown| state(&[one], HOST, "certificate.revocation");
    assert_eq!(revocation(with("good.ocsp")), State::Known(Value::Text("not_revoked".into())));
    assert_eq!(revocation(with("revoked.ocsp")), State::Known(Value::Text("revoked".into())));
    for bad in ["another.ocsp", "stale.ocsp", "forged.ocsp"] {
        assert!(matches!(revocation(with(bad)), State::Unknown(_)), "{bad}");
    }
    assert!(!flag(with("revoked.ocsp"), "certificate.trusted"));
    // A good staple is no less good for an answer that cannot be used.
    let both = Shown { staple: Some(read("good.ocsp")), ..with("stale.ocsp") };
    assert_eq!(revocation(both), State::Known(Value::Text("not_revoked".into())));
}

#[test]
fn what_is_no_certificate_is_unknown_in_every_fact() {
    let garbage = Shown { chain: vec![vec![0x30, 0x82, 0xff]], ..Shown::default() };
    for (key, state) in facts(&[garbage], None, HOST, &roots(), now()) {
        assert!(matches!(state, State::Unknown(_)), "{key}");
    }
}

#[test]
fn without_an_own_authority_the_public_ones_count() {
    assert!(flag(shown("good.pem"), "certificate.trusted"));
    assert!(!flag(shown("good.pem"), "certificate.publicly_trusted"));
    // Were they the public ones, whatever spoils trust would spoil this one too.
    let public = |name: &str| {
        let mut roots = roots();
        roots.are_public = true;
        let all = facts(&[shown(name)], None, HOST, &roots, now());
        all.into_iter().find(|(key, _)| *key == "certificate.publicly_trusted").unwrap().1
    };
    assert_eq!(public("good.pem"), State::Known(Value::Boolean(true)));
    for name in ["expired.pem", "incomplete.pem", "other_name.pem", "weak_key.pem"] {
        assert_eq!(public(name), State::Known(Value::Boolean(false)), "{name}");
    }
    let all = facts(&[shown("good.pem")], None, HOST, &Roots::mozilla(), now());
    let trusted = all.iter().find(|(key, _)| *key == "certificate.trusted").unwrap();
    assert_eq!(trusted.1, State::Known(Value::Boolean(false)));
    assert!(Roots::from_pem(b"no certificate").is_err());
}
