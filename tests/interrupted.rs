//! Whoever pulls the plug in the middle of writing has the old file or the new one, never half, and can
//! go on where they were.

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use support::{CLINIC, Place, all_yes};

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

/// What lies in a folder, without what was still being written.
type Files = BTreeMap<String, Vec<u8>>;

fn files(place: &Place) -> Files {
    let is_temporary = |name: &String| name.split('/').any(|part| part.starts_with(".tenken-"));
    let names = place.files().into_iter().filter(|name| !is_temporary(name));
    names.map(|name| (name.clone(), std::fs::read(place.path().join(&name)).unwrap())).collect()
}

/// A command that writes, and where it begins.
struct Writing {
    args: &'static [&'static str],
    /// What is typed; the files after each line more are states on the way.
    typed: &'static [&'static str],
    fresh: fn() -> Place,
}

impl Writing {
    fn run(&self, place: &Place, lines: usize) -> i32 {
        let typed: String = self.typed.iter().take(lines).map(|line| format!("{line}\n")).collect();
        place.run_with_input(self.args, &typed).code()
    }

    /// Killed after a while; or a moment after the first thing is written, where there is a wait for that.
    fn killed(&self, place: &Place, wait: Duration, at_first: bool) {
        let mut command = support::tenken();
        command.current_dir(place.path()).args(self.args);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let typed: String = self.typed.iter().map(|line| format!("{line}\n")).collect();
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let before = place.files();
        while at_first && place.files() == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(wait);
        let _ = child.kill();
        child.wait().unwrap();
    }

    /// Kills it so often at random points. Gives how often something had been written by then, and not all.
    fn kill(&self, rounds: u32, random: &mut Random) -> u32 {
        let mut states = vec![files(&(self.fresh)())];
        let first = states[0].clone();
        let fresh = || {
            let place = Place::new();
            first.iter().for_each(|(name, bytes)| drop(place.write(name, bytes)));
            place
        };
        let mut length = Duration::ZERO;
        for lines in 0..=self.typed.len() {
            let place = fresh();
            let start = Instant::now();
            assert!(self.run(&place, lines) < 2, "{:?}", self.args);
            length = start.elapsed();
            states.push(files(&place));
        }
        let mut between = 0;
        for round in 0..rounds {
            let place = fresh();
            // Most of the time goes into reading: most of the blows fall while it writes.
            let at_first = round % 4 != 0;
            let longest = if at_first { Duration::from_millis(25) } else { length };
            let wait = longest.mul_f64(random.next());
            self.killed(&place, wait, at_first);
            let now = files(&place);
            let at = format!("{:?} killed after {wait:?} of {length:?}: {:?}", self.args, place.files());
            is_whole(&states, &now, &at);
            between += u32::from(now != states[0] && Some(&now) != states.last());
            if now == states[0] {
                continue;
            }
            // Whoever goes on comes to where they would have been.
            let is_done = |now: &Files| {
                states
                    .last()
                    .unwrap()
                    .iter()
                    .all(|(name, bytes)| name.contains(".bak") || now.get(name) == Some(bytes))
            };
            let code = self.run(&place, self.typed.len());
            let now = files(&place);
            let again = || now.keys().filter(|name| name.starts_with("w/results/")).count() > 1;
            assert!(code < 2 || is_done(&now), "{at}: again: {code}");
            assert!(!self.typed.is_empty() || is_done(&now) || again(), "{at}: again: {:?}", place.files());
        }
        between
    }
}

/// Each file is what it was at some moment of a run that nobody interrupted, and none is lost.
fn is_whole(states: &[Files], now: &Files, at: &str) {
    let contents = || states.iter().flat_map(|state| state.values());
    for (name, bytes) in now {
        let own = || states.iter().filter_map(|state| state.get(name));
        let is_kept = name.contains(".bak") && contents().any(|one| one == bytes);
        assert!(own().any(|one| one == bytes) || is_kept, "{name} is neither old nor new: {at}");
    }
    for (name, bytes) in &states[0] {
        let is_there = now.contains_key(name) || now.values().any(|one| one == bytes);
        assert!(is_there, "{name} is lost: {at}");
    }
}

/// Spread evenly, and the same in every run; when a blow falls is left to the machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A clinic with answers and a document that takes a moment to copy.
fn clinic() -> Place {
    let place = Place::new();
    place.write("w/tenken.yaml", CLINIC);
    place.write(
        "w/answers.yaml",
        all_yes().replacen("page: \"3\"", "page: \"3\", file: evidence/rules.pdf", 1),
    );
    place.write("w/evidence/rules.pdf", document("rules"));
    place.write("new.pdf", document("new"));
    place
}

fn document(word: &str) -> Vec<u8> {
    [b"%PDF-1.7 ", word.as_bytes(), &vec![b'x'; 1 << 20]].concat()
}

fn with_a_workbook() -> Place {
    let place = clinic();
    assert_eq!(place.run(&["form", "w"]).code(), 0);
    place
}

fn audited() -> Place {
    let place = clinic();
    assert!(place.run(&["audit", "w", "--no-probe", "-q", "--at", "2026-11-20"]).code() < 2);
    place
}

fn open() -> Place {
    let place = Place::new();
    place.write("w/tenken.yaml", CLINIC);
    place.write("w/answers.yaml", "answers:\n  takeout/C-1: {status: yes}\n");
    place
}

/// A package that somebody handed in.
fn packed() -> Place {
    let place = audited();
    assert_eq!(place.run(&["pack", "w", "--out", "p.zip"]).code(), 0);
    place
}

fn received() -> Place {
    let place = packed();
    assert_eq!(place.run(&["review", "p.zip", "r"]).code(), 0);
    place
}

/// With a checklist whose official wording is in a document.
fn worded() -> Place {
    let place = open();
    let wording = "見本の文言です。端末を持ち出すときは、責任者の許しを得ることとします。";
    let plain = tenken::model::fold::folded(wording);
    let sha256: String = Sha256::digest(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    place.write(
        "lists/house.yaml",
        format!(
            "checklist: house\nedition: \"1\"\ntitle: {{ja: 見本, en: sample}}\nfor: [clinic]\n\
             source: {{document: d, publisher: p, place: x}}\nthemes:\n  a: {{ja: 分野, en: theme}}\nitems:\n\
             \x20 - id: \"1\"\n    level: mandatory\n    actor: clinic\n    theme: a\n    place: \"第 1 項\"\n\
             \x20   fingerprint: {{characters: {}, sha256: {sha256}}}\n\
             \x20   title: {{ja: 題, en: title}}\n    ask: {{ja: 問いですか。, en: \"asked?\"}}\n\
             \x20   why: {{ja: なぜ。, en: why.}}\n    fix: {{ja: 直す。, en: fix.}}\n    evidence: {{ja: [書類], en: [paper]}}\n",
            plain.chars().count(),
        ),
    );
    place.write("text.txt", format!("1 {wording}\n"));
    place.write("w/official/house.yaml", "official: house\nwording:\n  \"1\": 前の文言\ndiffering:\n");
    place
}

/// A hundred blows in all: the workspace is whole after each, and the same command goes on.
#[test]
fn whatever_is_killed_at_any_moment_leaves_a_whole_workspace() {
    const ROUNDS: u32 = 9;
    let writing = |args, fresh| Writing { args, typed: &[], fresh };
    let all = [
        writing(&["form", "w"], clinic as fn() -> Place),
        writing(&["form", "w", "--format", "yaml"], with_a_workbook),
        Writing {
            args: &["answer", "w"], typed: &["事務", "3", "まだ", "", "3", "あとで", ""], fresh: open
        },
        writing(
            &["audit", "w", "--no-probe", "-q", "--at", "2026-11-20", "--format", "html,json,csv,xlsx,oscal"],
            clinic,
        ),
        writing(&["pack", "w", "--out", "p.zip"], audited),
        writing(&["review", "p.zip", "r"], packed),
        Writing {
            args: &["answer", "r", "--as", "evaluator", "--by", "evaluator"],
            typed: &["1", "page 3", "", "3", "page 4", "", "q"],
            fresh: received,
        },
        writing(
            &[
                "evidence",
                "add",
                "new.pdf",
                "w",
                "--for",
                "takeout/C-1,takeout/C-2",
                "--document",
                "a",
                "--page",
                "3",
            ],
            clinic,
        ),
        writing(&["evidence", "add", "new.pdf", "w", "--for", "takeout/C-1,takeout/C-2"], with_a_workbook),
        writing(&["init", "n", "--for", "clinic", "--features", "chat"], open),
        writing(&["init", "w", "--for", "clinic", "--features", "chat", "--force"], open),
        writing(&["official", "import", "house", "text.txt", "w", "--checklists", "lists"], worded),
    ];
    let mut random = Random(20_261_120);
    for one in &all {
        let between = one.kill(ROUNDS, &mut random);
        println!("{:?}: {between} of {ROUNDS} between the first file and the last", one.args);
    }
}

/// The first file of two was written, and the second not.
#[test]
fn init_goes_on_where_it_was_stopped_and_takes_nothing_that_somebody_wrote() {
    let place = Place::new();
    let args = ["init", "w", "--for", "clinic", "--features", "chat"];
    assert_eq!(place.run(&args).code(), 0);
    let whole = files(&place);
    std::fs::remove_file(place.path().join("w/tenken.yaml")).unwrap();
    assert_eq!(place.run(&args).code(), 0);
    assert_eq!(files(&place), whole);
    std::fs::remove_file(place.path().join("w/tenken.yaml")).unwrap();
    place.write("w/answers.yaml", "answers:\n  takeout/C-1: {status: yes}\n");
    assert_eq!(place.run(&args).code(), 2);
    assert_eq!(place.files(), ["w/answers.yaml"]);
}
