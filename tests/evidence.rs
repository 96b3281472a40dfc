//! Documents from outside: added without losing a word that somebody wrote, listed with what is wrong,
//! and worth nothing after their last day.

mod support;

use serde_json::Value;
use support::{CLINIC, Place, all_yes};

const PDF: &str = "%PDF-1.7 the rules";

fn clinic(answers: &str) -> Place {
    let place = Place::new();
    place.write("clinic/tenken.yaml", CLINIC);
    place.write("clinic/answers.yaml", answers);
    place.write("rules.pdf", PDF);
    place
}

fn added(place: &Place, more: &[&str]) -> String {
    let run = place.run(&[&["evidence", "add", "rules.pdf", "clinic"], more].concat());
    assert_eq!(run.code(), 0, "{}", run.err());
    run.out() + &run.err()
}

fn item(place: &Place, args: &[&str], id: &str) -> Value {
    let run =
        place.run(&[&["audit", "clinic", "--no-probe", "--no-history", "--format", "json"], args].concat());
    assert!(run.code() < 2, "{}", run.err());
    let json: Value = serde_json::from_slice(run.raw_out()).unwrap();
    let items = json["items"].as_array().unwrap();
    items.iter().find(|item| item["item"] == format!("takeout/{id}")).unwrap().clone()
}

fn list(place: &Place, args: &[&str]) -> (i32, Value) {
    let run = place.run(&[&["evidence", "list", "clinic", "--json"], args].concat());
    (run.code(), serde_json::from_slice(run.raw_out()).unwrap_or_else(|_| panic!("{}", run.err())))
}

fn states(list: &Value) -> Vec<(String, Vec<String>)> {
    let files = list["files"].as_array().unwrap().iter();
    files
        .map(|file| {
            let states = file["states"].as_array().unwrap().iter();
            let states = states.map(|state| state.as_str().unwrap().to_owned()).collect();
            (file["file"].as_str().unwrap().to_owned(), states)
        })
        .collect()
}

/// However people write the file: a line comes to it, nothing else changes, and the document counts.
#[test]
fn a_document_is_written_into_answers_yaml_and_nothing_else_changes() {
    let line = "{document: 運用管理規程, page: \"3-4\", file: evidence/rules.pdf}";
    let block = format!("    evidence:\n      - {line}\n");
    for (before, after) in [
        // Nothing there yet.
        ("reviews:\n".to_owned(), format!("reviews:\nanswers:\n  takeout/C-2:\n{block}")),
        ("answers:\n".into(), format!("answers:\n  takeout/C-2:\n{block}")),
        ("answers: {}\n".into(), format!("answers: {{takeout/C-2: {{evidence: [{line}]}}}}\n")),
        ("answers: null\n".into(), format!("answers: {{takeout/C-2: {{evidence: [{line}]}}}}\n")),
        // Other items, comments, the end without a line break.
        (
            "answers:\n  takeout/C-1: {status: yes} # all of it\n  # the rest\nreviews:\n".into(),
            format!("answers:\n  takeout/C-1: {{status: yes}} # all of it\n  takeout/C-2:\n{block}  # the rest\nreviews:\n"),
        ),
        (
            "answers:\n    takeout/C-1:\n        status: yes".into(),
            format!("answers:\n    takeout/C-1:\n        status: yes\n    takeout/C-2:\n      evidence:\n        - {line}\n"),
        ),
        // The item is there, open.
        (
            "answers:\n  takeout/C-2: # to do\n  takeout/C-3: {status: no}\n".into(),
            format!("answers:\n  takeout/C-2: # to do\n{block}  takeout/C-3: {{status: no}}\n"),
        ),
        (
            "answers:\n  takeout/C-2:\n    status:\n    measure:\n    evidence: []\n".into(),
            format!("answers:\n  takeout/C-2:\n    status:\n    measure:\n    evidence: [{line}]\n"),
        ),
        // Answered, in every layout.
        (
            "answers:\n  takeout/C-2:\n    status: yes\n    measure: |-\n      one\n\n      two\n    by: 山田\n".into(),
            format!("answers:\n  takeout/C-2:\n    status: yes\n    measure: |-\n      one\n\n      two\n{block}    by: 山田\n"),
        ),
        (
            "answers:\n  takeout/C-2: {status: yes}\n".into(),
            format!("answers:\n  takeout/C-2: {{evidence: [{line}], status: yes}}\n"),
        ),
        (
            "answers:\n  takeout/C-2: {status: yes, evidence: [{document: 'it''s ] one', page: \"]\"}]}\n".into(),
            format!("answers:\n  takeout/C-2: {{status: yes, evidence: [{{document: 'it''s ] one', page: \"]\"}}, {line}]}}\n"),
        ),
        (
            "answers:\n  takeout/C-2:\n    evidence: [ # two\n      {document: a, page: \"1\"},\n    ]\n    status: yes\n".into(),
            format!("answers:\n  takeout/C-2:\n    evidence: [ # two\n      {{document: a, page: \"1\"}}, {line}\n    ]\n    status: yes\n"),
        ),
        (
            "answers:\n  takeout/C-2:\n    evidence:\n    - document: a # first\n      page: 1\n    # the end\n    status: yes\n".into(),
            format!("answers:\n  takeout/C-2:\n    evidence:\n    - document: a # first\n      page: 1\n    - {line}\n    # the end\n    status: yes\n"),
        ),
        (
            "answers:\r\n  takeout/C-2:\r\n    status: yes\r\n".into(),
            format!("answers:\r\n  takeout/C-2:\r\n    status: yes\r\n{}", block.replace('\n', "\r\n")),
        ),
    ] {
        let place = clinic(&before);
        let args = ["--for", "takeout/C-2", "--document", "運用管理規程", "--page", "3-4"];
        added(&place, &args);
        assert_eq!(place.read("clinic/answers.yaml"), after, "{before:?}");
        assert_eq!(item(&place, &[], "C-2")["evidence"][0]["problem"], Value::Null);
        // Once more changes nothing.
        let said = added(&place, &args);
        assert!(said.contains("もう書かれています"), "{said}");
        assert_eq!(place.read("clinic/answers.yaml"), after, "{before:?}");
        assert_eq!(place.files(), ["clinic/answers.yaml", "clinic/evidence/rules.pdf", "clinic/tenken.yaml", "rules.pdf"]);
    }
}

#[test]
fn a_workspace_without_answers_gets_a_file_of_them() {
    let place = clinic("");
    std::fs::remove_file(place.path().join("clinic/answers.yaml")).unwrap();
    added(&place, &["--for", "takeout/C-2"]);
    let wanted = "answers:\n  takeout/C-2:\n    evidence:\n      - {file: evidence/rules.pdf}\n";
    assert_eq!(place.read("clinic/answers.yaml"), wanted);
}

#[test]
fn the_files_of_init_keep_their_comments() {
    let place = Place::new();
    place.write("rules.pdf", PDF);
    assert_eq!(place.run(&["init", "clinic", "--for", "clinic", "--features", "chat"]).code(), 0);
    let before = place.read("clinic/answers.yaml");
    let mut keys = before
        .lines()
        .filter(|line| line.starts_with("  mhlw-clinic/"))
        .map(|line| line.trim().trim_end_matches(':'));
    let items = format!("{},{}", keys.next().unwrap(), keys.next_back().unwrap());
    added(&place, &["--for", &items, "--document", "規程", "--page", "3"]);
    let after = place.read("clinic/answers.yaml");
    let line = "    evidence: [{document: 規程, page: \"3\", file: evidence/rules.pdf}]\n";
    assert_eq!(after.matches(line).count(), 2);
    assert_eq!(after.replace(line, "    evidence: []\n"), before);
}

#[test]
fn an_answer_that_is_open_stays_open() {
    let place = clinic("answers:\n  takeout/C-1: {status: yes}\n");
    let said = added(&place, &["--for", "takeout/C-1", "--for", "takeout/C-2"]);
    assert!(said.contains("まだ回答がありません: takeout/C-2"), "{said}");
    assert_eq!(item(&place, &[], "C-2")["verdict"], "open");
    assert_eq!(item(&place, &[], "C-1")["assurance"], "documented");
}

#[test]
fn a_document_is_written_into_the_workbook_with_all_that_it_held() {
    let place = clinic(&all_yes());
    assert_eq!(place.run(&["form", "clinic"]).code(), 0);
    std::fs::remove_file(place.path().join("clinic/answers.yaml.bak")).unwrap();
    added(
        &place,
        &["--for", "takeout/C-2", "--document", "台帳", "--page", "3-4", "--valid-until", "2027-03-31"],
    );
    assert!(!place.path().join("clinic/answers.yaml").exists());
    assert!(place.path().join("clinic/answers.xlsx.bak").exists());
    let item = |id| item(&place, &["--at", "2026-11-20"], id);
    let evidence = item("C-2")["evidence"].clone();
    assert_eq!(evidence[0]["document"], "運用管理規程");
    assert_eq!(evidence[1]["page"], "3-4");
    assert_eq!(evidence[1]["valid_until"], "2027-03-31");
    assert_eq!(evidence[1]["file"], "evidence/rules.pdf");
    assert_eq!(item("C-3")["declared"]["status"], "yes");
    let said = added(
        &place,
        &["--for", "takeout/C-2", "--document", "台帳", "--page", "3-4", "--valid-until", "2027-03-31"],
    );
    assert!(said.contains("もう書かれています"), "{said}");
    assert!(!place.path().join("clinic/answers.xlsx.bak-2").exists());
}

#[test]
fn no_file_is_overwritten_and_none_is_there_twice() {
    let place = clinic("answers:\n");
    added(&place, &["--for", "takeout/C-1"]);
    // The same again, and from where it lies.
    added(&place, &["--for", "takeout/C-2"]);
    let run = place.run(&["evidence", "add", "clinic/evidence/rules.pdf", "clinic", "--for", "takeout/C-3"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    // Another of the same name, and one that a careless disk takes for the same.
    place.write("rules.pdf", "%PDF-1.7 other rules");
    let said = added(&place, &["--for", "takeout/C-4"]);
    assert!(said.contains("evidence/rules-2.pdf という名前に"), "{said}");
    place.write("RULES.pdf", "%PDF-1.7 third rules");
    let run = place.run(&["evidence", "add", "RULES.pdf", "clinic", "--for", "takeout/C-5"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    assert_eq!(place.read("clinic/evidence/rules.pdf"), PDF);
    assert_eq!(place.read("clinic/evidence/rules-2.pdf"), "%PDF-1.7 other rules");
    assert_eq!(place.read("clinic/evidence/RULES-3.pdf"), "%PDF-1.7 third rules");
    let (code, list) = list(&place, &[]);
    assert_eq!(code, 0);
    let uses = |index: usize| list["files"][index]["uses"].as_array().unwrap().len();
    assert_eq!((uses(0), uses(1), uses(2)), (1, 1, 3), "{list}");
}

#[test]
fn what_cannot_serve_is_not_copied() {
    let place = clinic("answers:\n");
    place.write("tool.exe", "MZ");
    place.write("fake.pdf", "MZ");
    place.write("empty.pdf", "");
    place.write(".hidden.pdf", PDF);
    std::fs::create_dir(place.path().join("folder.pdf")).unwrap();
    for (file, item, word) in [
        ("tool.exe", "takeout/C-1", "受け付けていません"),
        ("fake.pdf", "takeout/C-1", "名前の種類（.pdf）と合いません"),
        ("empty.pdf", "takeout/C-1", "中身が空です"),
        (".hidden.pdf", "takeout/C-1", "この名前"),
        ("folder.pdf", "takeout/C-1", "ファイルではありません"),
        ("gone.pdf", "takeout/C-1", "gone.pdf"),
        ("rules.pdf", "takeout/C-99", "takeout/C-99"),
        ("rules.pdf", "mhlw-clinic/1-1-i", "mhlw-clinic"),
    ] {
        let run = place.run(&["evidence", "add", file, "clinic", "--for", item]);
        assert_eq!(run.code(), 2, "{file}");
        assert!(run.err().contains(word), "{file}: {}", run.err());
    }
    assert!(!place.path().join("clinic/evidence").exists());
    assert_eq!(place.read("clinic/answers.yaml"), "answers:\n");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_out_of_the_workspace() {
    let place = clinic("answers:\n");
    std::fs::create_dir(place.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", place.path().join("clinic/evidence")).unwrap();
    let run = place.run(&["evidence", "add", "rules.pdf", "clinic", "--for", "takeout/C-1"]);
    assert_eq!(run.code(), 2, "{}", run.out());
    assert_eq!(std::fs::read_dir(place.path().join("elsewhere")).unwrap().count(), 0);
}

#[test]
fn another_last_day_is_a_question_for_a_person() {
    let place = clinic("answers:\n");
    added(&place, &["--for", "takeout/C-1", "--valid-until", "2027-03-31"]);
    let before = place.read("clinic/answers.yaml");
    let run = place.run(&[
        "evidence",
        "add",
        "rules.pdf",
        "clinic",
        "--for",
        "takeout/C-1",
        "--valid-until",
        "2028-03-31",
    ]);
    assert!(run.code() == 2 && run.err().contains("別の有効期限"), "{}", run.err());
    assert_eq!(place.read("clinic/answers.yaml"), before);
}

#[test]
fn the_list_tells_apart_what_is_wrong_with_a_file() {
    let place = clinic("answers:\n");
    let (code, none) = list(&place, &[]);
    assert_eq!((code, none["files"].as_array().unwrap().len()), (0, 0));
    for name in ["a", "b", "c", "d"] {
        place.write(&format!("clinic/evidence/{name}.pdf"), format!("{PDF} {name}"));
    }
    let one = |id: &str, name: &str, more: &str| {
        format!(
            "  takeout/C-{id}: {{status: yes, evidence: [{{document: 規程, page: \"3\", file: evidence/{name}.pdf{more}}}]}}\n"
        )
    };
    let answers = one("1", "a", "")
        + &one("2", "b", "")
        + &one("3", "c", ", valid_until: 2026-12-31")
        + &one("4", "d", "");
    place.write("clinic/answers.yaml", format!("answers:\n{answers}"));
    let audit = || place.run(&["audit", "clinic", "--no-probe", "-q", "--at", "2026-11-20"]).code();
    assert!(audit() < 2);
    let (code, well) = list(&place, &["--at", "2026-12-31"]);
    assert_eq!(code, 0, "{well}");
    assert!(well["compared_with"].as_str().unwrap().starts_with("clinic/results/"));
    assert_eq!(well["files"][0]["uses"][0]["page"], "3");
    assert_eq!(well["files"][0]["size"], PDF.len() + 2);
    std::fs::remove_file(place.path().join("clinic/evidence/a.pdf")).unwrap();
    place.write("clinic/evidence/b.pdf", format!("{PDF} B"));
    place.write("clinic/evidence/sub/tool.exe", "MZ");
    place.write("clinic/evidence/notes.txt", "nobody's");
    std::fs::write(place.path().join("clinic/evidence/d.pdf"), "").unwrap();
    let (code, now) = list(&place, &["--at", "2027-01-01"]);
    assert_eq!(code, 1);
    let wanted: &[(&str, &[&str])] = &[
        ("evidence/a.pdf", &["missing"]),
        ("evidence/b.pdf", &["changed"]),
        ("evidence/c.pdf", &["expired"]),
        ("evidence/d.pdf", &["unusable"]),
        ("evidence/notes.txt", &["unused"]),
        ("evidence/sub/tool.exe", &["not_accepted", "unused"]),
    ];
    let wanted = wanted.iter().map(|(file, states)| {
        ((*file).to_owned(), states.iter().map(|state| (*state).to_owned()).collect::<Vec<_>>())
    });
    assert_eq!(states(&now), wanted.collect::<Vec<_>>());
    let run = place.run(&["evidence", "list", "clinic", "--at", "2027-01-01"]);
    let out = run.out();
    for word in [
        "見つかりません",
        "前回の結果から変わりました",
        "有効期限切れ: 2026-12-31",
        "どの項目からも",
        "受け付けていない",
    ] {
        assert!(out.contains(word), "{word}: {out}");
    }
    // What is only in the way is no reason to fail; and a later result is the one to compare with.
    place.write("clinic/evidence/a.pdf", format!("{PDF} a"));
    place.write("clinic/evidence/d.pdf", format!("{PDF} d"));
    assert!(audit() < 2);
    let (code, last) = list(&place, &["--at", "2026-12-31"]);
    assert_eq!(code, 0, "{last}");
    assert!(last["compared_with"].as_str().unwrap().ends_with("Z-2.json"), "{last}");
}

#[test]
fn what_the_profile_names_is_not_unused() {
    let place = clinic("answers:\n");
    place.write("clinic/evidence/token.txt", "e30.e30.x");
    let target = "targets:\n  - {url: 'https://telemed.example.jp', authorized_by: 院長, sign_in: {id_token: evidence/token.txt}}\n";
    place.write("clinic/tenken.yaml", format!("{CLINIC}{target}"));
    let (code, list) = list(&place, &[]);
    assert_eq!((code, states(&list)), (0, vec![("evidence/token.txt".to_owned(), Vec::new())]));
}

#[test]
fn the_list_is_as_its_schema_says() {
    let place = clinic("answers:\n");
    added(&place, &["--for", "takeout/C-1", "--valid-until", "2027-03-31"]);
    let schema: Value = serde_json::from_slice(place.run(&["schema", "evidence"]).raw_out()).unwrap();
    let (_, list) = list(&place, &[]);
    assert!(jsonschema::is_valid(&schema, &list));
    assert!(!jsonschema::is_valid(&schema, &serde_json::json!({"schema": "x"})));
}

#[test]
fn a_document_that_has_run_out_makes_nothing_documented() {
    let line =
        "evidence: [{document: 認証書, page: \"1\", file: evidence/rules.pdf, valid_until: 2026-11-20}]";
    let place = clinic(&format!("answers:\n  takeout/C-1: {{status: yes, {line}}}\n"));
    place.write("clinic/evidence/rules.pdf", PDF);
    let last = item(&place, &["--at", "2026-11-20"], "C-1");
    assert_eq!((&last["verdict"], &last["assurance"]), (&"pass".into(), &"documented".into()));
    assert_eq!(last["evidence"][0]["problem"], Value::Null);
    let after = item(&place, &["--at", "2026-11-21"], "C-1");
    assert_eq!(after["assurance"], "declared");
    assert_eq!(after["evidence"][0]["problem"], "expired");
    assert!(after["evidence"][0]["sha256"].is_string());
    let said = |item: &Value| {
        item["reasons"].as_array().unwrap().iter().any(|one| one["code"] == "document_expired")
    };
    assert!(said(&after) && !said(&last));
    // Every report that shows documents says so.
    for (format, word) in
        [("html", "有効期限切れ: 2026-11-20"), ("csv", "有効期限切れ: 2026-11-20"), ("md", "2026-11-20")]
    {
        let run = place.run(&[
            "audit",
            "clinic",
            "--no-probe",
            "--no-history",
            "--at",
            "2026-11-21",
            "--format",
            format,
        ]);
        let written = place.files().into_iter().find(|name| name.ends_with(&format!(".{format}")));
        let out = written.map_or_else(|| run.out(), |name| place.read(&name));
        assert!(run.code() < 2 && out.contains(word), "{format}: {out}");
    }
}

/// An item that needs a document for a pass; a title and page run out like a file.
#[test]
fn an_item_that_needs_a_document_is_partial_after_its_last_day() {
    let rules = "checklist: takeout\nrules:\n  - {item: C-1, documented: true}\n";
    for evidence in ["document: 認証書, page: \"1\"", "file: evidence/rules.pdf"] {
        let place = clinic(&format!(
            "answers:\n  takeout/C-1: {{status: yes, evidence: [{{{evidence}, valid_until: 2026-11-20}}]}}\n"
        ));
        place.write("clinic/evidence/rules.pdf", PDF);
        place.write("rules/takeout.yaml", rules);
        let verdict = |at: &str| item(&place, &["--rules", "rules", "--at", at], "C-1")["verdict"].clone();
        assert_eq!(
            (verdict("2026-11-20"), verdict("2026-11-21")),
            ("pass".into(), "partial".into()),
            "{evidence}"
        );
    }
}

#[test]
fn a_last_day_that_cannot_be_read_is_named_with_its_place() {
    let place =
        clinic("answers:\n  takeout/C-1:\n    evidence:\n      - {document: 規程, valid_until: 来年}\n");
    let run = place.run(&["check", "clinic"]);
    assert!(run.code() == 2 && run.err().contains("answers.yaml:4"), "{}", run.err());
}
