//! `tenken verify --probe`: what is different now from what a package says, against servers on loopback.

#[allow(dead_code)]
#[path = "support/server.rs"]
mod server;
mod support;

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use server::{Hello, Server, speaks};
use support::{Place, Run};

const TLS10: u16 = 0x0301;
const TLS12: u16 = 0x0303;

/// A server that can be changed, and a package of what was measured at it while it spoke TLS 1.0.
fn packed() -> (Place, Server, Arc<AtomicU16>) {
    packed_with(&[])
}

fn packed_with(args: &[&str]) -> (Place, Server, Arc<AtomicU16>) {
    let version = Arc::new(AtomicU16::new(TLS10));
    let old = speaks(TLS10, &[0x0035], &[], true, vec![vec![1]]);
    let new = speaks(TLS12, &[0xc02f], &[23], true, vec![vec![1]]);
    let now = Arc::clone(&version);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| match now.load(Ordering::SeqCst) {
        TLS10 => old(hello, stream),
        TLS12 => new(hello, stream),
        // Says nothing at all.
        _ => {}
    });
    let place = Place::new();
    let url = format!("https://127.0.0.1:{}", server.port);
    place.write(
        "v/tenken.yaml",
        format!("subject: {{name: あおぞら遠隔, kind: vendor}}\nchecklists: [vendor-138]\ntargets: [{{url: \"{url}\", authorized_by: 責任者}}]\n"),
    );
    place.write(
        "v/answers.yaml",
        "answers:\n  vendor-138/44: {status: yes, evidence: [{document: d, page: \"1\"}]}\n",
    );
    assert_eq!(place.run(&[&["audit", "v", "-q"], args].concat()).code(), 1);
    let run = place.run(&["pack", "v", "--out", "p.zip"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    (place, server, version)
}

fn again(place: &Place) -> Run {
    place.run(&["verify", "p.zip", "--probe", "--authorized-by", "佐藤", "--lang", "en"])
}

#[test]
fn what_is_the_same_now_changes_no_verdict() {
    let (place, server, _) = packed();
    let before = server.connections();
    let run = again(&place);
    assert_eq!(run.code(), 0, "{} {}", run.out(), run.err());
    assert!(
        run.out().contains("No verdict changes") && run.out().contains("allowed by 佐藤"),
        "{}",
        run.out()
    );
    assert!(!run.out().contains("TLS versions"), "{}", run.out());
    assert!(server.connections() > before);
}

#[test]
fn a_fact_that_differs_is_listed_with_what_it_was() {
    let (place, _server, version) = packed();
    version.store(TLS12, Ordering::SeqCst);
    let run = again(&place);
    let out: String = run.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("TLS 1.0 → TLS 1.2") || out.contains("TLS1.0 → TLS1.2"), "{out}");
}

#[test]
fn what_is_unknown_now_is_named_and_a_verdict_that_changes_comes_first_and_fails() {
    let (place, _server, version) = packed();
    version.store(0, Ordering::SeqCst);
    let run = again(&place);
    assert_eq!(run.code(), 1, "{} {}", run.out(), run.err());
    let out: String = run.out().split_whitespace().collect::<Vec<_>>().join(" ");
    let verdict = out.find("vendor-138/44").expect(&out);
    assert!(out.contains("fail → "), "{out}");
    assert!(out.contains("→ unknown."), "{out}");
    assert!(out.find("Facts that differ").is_none_or(|facts| verdict < facts), "{out}");
    assert!(out.contains("nothing could be seen now: 127.0.0.1:"), "{out}");
}

#[test]
fn what_is_not_looked_at_now_has_not_become_unknown() {
    let (place, _server, _) = packed_with(&["--ports"]);
    let run = again(&place);
    assert_eq!(run.code(), 0, "{}", run.out());
    assert!(!run.out().contains("No ports were tried"), "{}", run.out());
    assert!(run.out().contains("1 facts are not measured this time"), "{}", run.out());
}

#[test]
fn nothing_is_contacted_without_a_name_or_for_a_package_that_does_not_hold() {
    let (place, server, _) = packed();
    let before = server.connections();
    for args in [&["--probe"][..], &["--probe", "--authorized-by", " "], &["--authorized-by", "佐藤"]] {
        assert_eq!(place.run(&[&["verify", "p.zip"], args].concat()).code(), 2, "{args:?}");
    }
    let mut bytes = std::fs::read(place.path().join("p.zip")).unwrap();
    let at = bytes.windows(10).position(|window| window == b"vendor-138").unwrap();
    bytes[at] = b'V';
    place.write("p.zip", bytes);
    assert_eq!(again(&place).code(), 1);
    assert_eq!(place.run(&["verify", "p.zip"]).code(), 1);
    assert_eq!(server.connections(), before);
}

#[test]
fn a_package_without_targets_is_no_measurement() {
    let place = Place::new();
    place.write("v/tenken.yaml", support::CLINIC);
    place.write("v/answers.yaml", support::all_yes());
    place.run(&["audit", "v", "-q"]);
    assert_eq!(place.run(&["pack", "v", "--out", "p.zip"]).code(), 0);
    let run = again(&place);
    assert!(run.code() == 3 && run.out().contains("names no target"), "{}", run.out());
}
