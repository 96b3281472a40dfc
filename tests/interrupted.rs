//! Whoever pulls the plug in the middle of writing has the old file or the new one, never half, and can
//! go on where they were.

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use support::{CLINIC, Place};

/// How long it takes when nobody interrupts.
fn whole(place: &Place, args: &[&str]) -> Duration {
    let start = Instant::now();
    assert_eq!(place.run(args).code(), 0);
    start.elapsed()
}

fn killed_after(place: &Place, args: &[&str], wait: Duration) {
    let mut command = support::tenken();
    command.current_dir(place.path()).args(args).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(wait);
    // It may have ended already.
    let _ = child.kill();
    child.wait().unwrap();
}

/// The answers that an audit reads.
fn answered(place: &Place) -> usize {
    let run = place.run(&["audit", "--format", "json", "--no-history"]);
    assert!(run.code() < 2, "{} {:?}", run.err(), place.files());
    let json: serde_json::Value = serde_json::from_slice(run.raw_out()).unwrap();
    let items = json["items"].as_array().unwrap();
    items.iter().filter(|item| !item["declared"]["status"].is_null()).count()
}

#[test]
fn a_questionnaire_is_written_whole_or_not_at_all() {
    const ROUNDS: u32 = 4;
    let answers = "answers:\n  takeout/C-1: {status: yes}\n  takeout/C-2: {status: no}\n";
    let fresh = || {
        let place = Place::new();
        place.write("tenken.yaml", CLINIC);
        place.write("answers.yaml", answers);
        place
    };
    for format in ["xlsx", "yaml"] {
        let args = ["form", "--format", format];
        let length = whole(&fresh(), &args);
        for round in 0..ROUNDS {
            let place = fresh();
            // Most of the time goes into reading; what is written is written towards the end.
            killed_after(&place, &args, length * (round + 6) / 8);
            assert_eq!(answered(&place), 2, "{format}, round {round}: {:?}", place.files());
            assert_eq!(place.run(&args).code(), 0);
            assert_eq!(answered(&place), 2, "{format}, round {round}, again: {:?}", place.files());
        }
    }
}

#[test]
fn what_a_form_that_was_interrupted_left_behind_can_be_read_and_tidied_up() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", "answers:\n  takeout/C-1: {status: yes}\n  takeout/C-2: {status: no}\n");
    assert_eq!(place.run(&["form"]).code(), 0);
    // As if it had been stopped before the old file was set aside.
    place.write("answers.yaml", place.read("answers.yaml.bak"));
    assert_eq!(answered(&place), 2);
    assert_eq!(place.run(&["form"]).code(), 0);
    assert!(!place.path().join("answers.yaml").exists());
    // But answers that differ are nobody's to choose between.
    place.write("answers.yaml", "answers:\n  takeout/C-1: {status: no}\n");
    let run = place.run(&["audit", "--no-history"]);
    assert!(run.code() == 2 && run.err().contains("違う回答"), "{}", run.err());
}
