//! Ctrl-C while something is measured: what was seen by then is written, the rest is unknown with that reason;
//! and a target that never answers is left when its time is up.
#![cfg(unix)]

#[path = "support/site.rs"]
mod site;
mod support;

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use site::{Site, page};
use support::Place;

/// Takes connections and says nothing.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn interrupted(place: &Place, args: &[&str]) -> (std::process::Output, Duration) {
    let mut command = support::tenken();
    command.current_dir(place.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(4));
    let sent = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    (output, sent.elapsed())
}

#[test]
fn what_was_measured_is_written_and_the_rest_is_unknown() {
    let site = Site::run(|_| page(200, &[], "<title>x</title>"));
    let (_silent, port) = silent();
    let (url, pin) =
        (format!("https://localhost:{}", site.port), format!("localhost:{}:127.0.0.1", site.port));
    let silent = format!("https://127.0.0.1:{port}");
    let args = [
        "probe",
        &url,
        &silent,
        "--authorized-by",
        "責任者",
        "--json",
        "--resolve",
        &pin,
        "--timeout",
        "60",
        "--lang",
        "en",
    ];
    let (output, took) = interrupted(&Place::new(), &args);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let targets = json["targets"].as_array().unwrap();
    // What is asked about the name stands in an entry of its own, without addresses.
    let of = |port: u16| {
        let is_of = |one: &&Value| {
            one["target"].as_str().unwrap().ends_with(&port.to_string())
                && one["facts"]["tls.versions"].is_object()
        };
        targets.iter().find(is_of).unwrap()
    };
    let seen = &of(site.port)["facts"];
    // Its own facts can be read again: nothing stands twice.
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.matches("\"location.countries\"").count(), 2, "{text}");
    assert_eq!(seen["http.nosniff"]["value"], false);
    for (key, fact) in of(port)["facts"].as_object().unwrap() {
        assert!(fact.get("unknown").is_some(), "{key}: {fact}");
    }
    let why = of(port)["facts"]["tls.versions"]["unknown"]["en"].as_str().unwrap();
    assert!(why.contains("stopped"), "{why}");
    assert!(of(port)["remarks"].to_string().contains("stopped"));
}

#[test]
fn an_audit_that_was_stopped_keeps_its_result_and_is_not_complete() {
    let (_silent, port) = silent();
    let place = Place::new();
    place.write(
        "tenken.yaml",
        format!(
            "subject: {{name: x, kind: clinic}}\nchecklists: [adoption]\ntargets:\n  - url: https://127.0.0.1:{port}/\n    \
             authorized_by: 責任者\n"
        ),
    );
    let (output, took) = interrupted(&place, &["audit", "--format", "json", "--lang", "en"]);
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(output.status.code(), Some(3));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let facts = json["facts"].as_array().unwrap();
    assert!(!facts.is_empty() && facts.iter().all(|fact| fact["missing"]["kind"] == "failed"));
    let results = std::fs::read_dir(place.path().join("results")).unwrap();
    assert!(results.flatten().any(|one| one.path().extension().is_some_and(|end| end == "json")));
}

#[test]
fn a_target_that_never_answers_is_left_when_its_time_is_up() {
    let (_silent, port) = silent();
    let url = format!("https://127.0.0.1:{port}");
    let start = Instant::now();
    let run = Place::new().run(&["probe", &url, "--authorized-by", "責任者", "--json", "--timeout", "3"]);
    let took = start.elapsed();
    assert_eq!(run.code(), 3, "{}", run.err());
    // The rest is the program's own start, which is slow without optimisation.
    assert!(took < Duration::from_millis(3_900), "{took:?}");
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    for (key, fact) in json["targets"][0]["facts"].as_object().unwrap() {
        assert!(fact.get("unknown").is_some(), "{key}: {fact}");
    }
}
