//! The evaluator's side: a workspace made from a package, an applicant's part that nobody may change, the
//! evaluator's words beside it, and what the reports say of both.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{CLINIC, Place, Run, all_yes};

fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages").join(name)
}

/// A package of a clinic with a document and one item answered with no.
fn package(place: &Place, extra: &str, args: &[&str]) {
    place.write("clinic/tenken.yaml", CLINIC);
    let answers = all_yes().replacen("page: \"3\"", "page: \"3\", file: evidence/rules.pdf", 1).replacen(
        "takeout/C-2:\n    status: yes",
        "takeout/C-2:\n    status: no",
        1,
    );
    place.write("clinic/answers.yaml", answers + extra);
    place.write("clinic/evidence/rules.pdf", "%PDF-1.4 the rules");
    let run = place.run(&["audit", "clinic", "--no-probe", "-q"]);
    assert!(run.code() < 2, "{}", run.err());
    let run = place.run(&[&["pack", "clinic", "--out", "p.zip"], args].concat());
    assert_eq!(run.code(), 0, "{}", run.err());
}

fn reviewing() -> Place {
    let place = Place::new();
    package(&place, "", &[]);
    let run = place.run(&["review", "p.zip", "r", "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    place
}

fn audited(place: &Place) -> Value {
    let run = place.run(&["audit", "r", "--no-probe", "--format", "json", "--no-history"]);
    assert!(run.code() < 2, "{}", run.err());
    serde_json::from_slice(run.raw_out()).unwrap()
}

fn of<'a>(result: &'a Value, item: &str) -> &'a Value {
    result["items"].as_array().unwrap().iter().find(|one| one["item"] == item).unwrap()
}

fn typed(place: &Place, args: &[&str], lines: &[&str]) -> Run {
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.run_with_input(&[&["answer", "r", "--as", "evaluator"], args].concat(), &input)
}

#[test]
fn a_workspace_of_a_package_holds_the_applicants_part_and_comes_to_the_same() {
    let place = reviewing();
    for name in ["tenken.yaml", "answers.yaml", "evidence/rules.pdf"] {
        assert_eq!(place.read(&format!("r/{name}")), place.read(&format!("clinic/{name}")), "{name}");
    }
    let record: Value = serde_json::from_str(&place.read("r/review.json")).unwrap();
    assert_eq!(record["schema"], "tenken.review/1");
    assert_eq!(record["package"]["signature"], "unsigned");
    let verified = place.run(&["verify", "p.zip", "--lang", "en"]).out();
    assert!(verified.contains(record["package"]["manifest"].as_str().unwrap()), "{verified}");
    let mut packed =
        serde_json::from_str::<Value>(&place.read(&format!("r/{}", record["assessment"].as_str().unwrap())))
            .unwrap();
    let result = audited(&place);
    assert_eq!(result["reviewed"], record["package"]);
    for item in packed["items"].as_array_mut().unwrap() {
        assert_eq!(of(&result, item["item"].as_str().unwrap()), item);
    }
    assert_eq!(place.run(&["check", "r"]).code(), 0);
}

#[test]
fn a_package_that_does_not_hold_makes_no_workspace_and_an_unsigned_one_is_warned_of() {
    let place = Place::new();
    package(&place, "", &[]);
    let mut bytes = std::fs::read(place.path().join("p.zip")).unwrap();
    let at = bytes.windows(14).position(|window| window == b"%PDF-1.4 the r").unwrap();
    bytes[at] = b'!';
    place.write("altered.zip", bytes);
    let run = place.run(&["review", "altered.zip", "r", "--lang", "en"]);
    assert_eq!(run.code(), 1, "{}", run.out());
    assert!(run.err().contains("evidence/rules.pdf"), "{}", run.err());
    assert!(!place.path().join("r").exists());
    let run = place.run(&["review", "p.zip", "r", "--lang", "en"]);
    assert!(run.code() == 0 && run.err().contains("it is not signed"), "{}", run.err());
    // Nothing is laid out over what is there.
    assert_eq!(place.run(&["review", "p.zip", "r"]).code(), 2);
    assert_eq!(place.run(&["review", "nothing.zip", "s"]).code(), 2);
    let left: Vec<String> = place.files().into_iter().filter(|name| name.contains(".tenken-")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn whoever_names_the_signers_gets_a_workspace_only_of_what_one_of_them_signed() {
    let place = Place::new();
    let secret = key("id_ed25519");
    package(&place, "", &["--sign", secret.to_str().unwrap()]);
    let public = std::fs::read_to_string(key("id_ed25519.pub")).unwrap();
    place.write("signers", format!("vendor@example.jp {public}"));
    place.write("nobody", "# nobody\n");
    let run = place.run(&["review", "p.zip", "r", "--signers", "nobody", "--lang", "en"]);
    assert!(run.code() == 1 && run.err().contains("not in the list"), "{}", run.err());
    let run = place.run(&["review", "p.zip", "r", "--signers", "signers", "--lang", "en"]);
    assert!(run.code() == 0 && !run.err().contains("warning"), "{}", run.err());
    let package = &audited(&place)["reviewed"];
    assert_eq!(
        (&package["signature"], &package["signer"]),
        (&"verified".into(), &"vendor@example.jp".into())
    );
    // Signed, but nobody asked by whom.
    let run = place.run(&["review", "p.zip", "s", "--lang", "en"]);
    assert!(run.code() == 0 && run.err().contains("was not checked"), "{}", run.err());
    let record: Value = serde_json::from_str(&place.read("s/review.json")).unwrap();
    assert_eq!(
        (&record["package"]["signature"], &record["package"]["signer"]),
        (&"unverified".into(), &Value::Null)
    );
}

#[test]
fn an_applicants_file_that_is_altered_added_or_removed_stops_every_command_and_is_named() {
    type Change = fn(&Place);
    let changes: [(&str, Change); 5] = [
        ("answers.yaml' is not what", |place| {
            let text = place.read("r/answers.yaml").replacen("status: no", "status: yes", 1);
            drop(place.write("r/answers.yaml", text));
        }),
        ("rules.pdf' is not what", |place| drop(place.write("r/evidence/rules.pdf", "%PDF-1.4 the Rules"))),
        ("rules.pdf' is gone", |place| {
            std::fs::remove_file(place.path().join("r/evidence/rules.pdf")).unwrap()
        }),
        ("waivers.yaml' was not in", |place| drop(place.write("r/waivers.yaml", "waivers:\n"))),
        ("evidence/x/new.pdf' was not in", |place| drop(place.write("r/evidence/x/new.pdf", "%PDF"))),
    ];
    for (said, change) in changes {
        let place = reviewing();
        change(&place);
        let lang = ["--lang", "en"];
        for args in [
            &["audit", "r", "--no-probe"][..],
            &["check", "r"],
            &["answer", "r", "--as", "evaluator"],
            &["pack", "r", "--out", "q.zip"],
        ] {
            let run = place.run(&[args, &lang].concat());
            assert_eq!(run.code(), 2, "{args:?} {}", run.out());
            assert!(run.err().contains(said), "{args:?} {said}: {}", run.err());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_an_applicants_file_is_not_that_file() {
    let place = reviewing();
    let path = place.path().join("r/evidence/rules.pdf");
    std::fs::rename(&path, place.path().join("elsewhere.pdf")).unwrap();
    std::os::unix::fs::symlink(place.path().join("elsewhere.pdf"), &path).unwrap();
    assert_eq!(place.run(&["audit", "r", "--no-probe"]).code(), 2);
}

#[test]
fn what_the_evaluator_writes_is_no_alteration_and_answers_are_not_written() {
    let place = reviewing();
    place.write("r/evaluator/letter.pdf", "%PDF-1.4 a letter");
    place.write("r/.DS_Store", "x");
    assert!(place.run(&["audit", "r", "--no-probe", "--format", "html,xlsx", "-q"]).code() < 2);
    assert_eq!(place.run(&["check", "r"]).code(), 0);
    let before = place.read("r/answers.yaml");
    for args in [
        &["answer", "r"][..],
        &["form", "r"],
        &["form", "r", "--format", "yaml"],
        &["evidence", "add", "r/tenken.yaml", "r", "--for", "takeout/C-1", "--document", "x"],
    ] {
        let run = place.run(&[args, &["--lang", "en"]].concat());
        assert!(run.code() == 2 && run.err().contains("--as evaluator"), "{args:?} {}", run.err());
    }
    assert_eq!(place.read("r/answers.yaml"), before);
    assert!(!place.path().join("r/answers.xlsx").exists());
    // The other way round nobody reviews in the applicant's own workspace.
    let run = place.run(&["answer", "clinic", "--as", "evaluator", "--lang", "en"]);
    assert!(run.code() == 2 && run.err().contains("tenken review"), "{}", run.err());
}

#[test]
fn the_evaluator_is_shown_both_sides_and_every_word_is_saved() {
    let place = reviewing();
    let run = typed(
        &place,
        &[],
        &[
            "",
            "佐藤",
            "1",
            "規程を見た",
            "7",
            "1",
            "",
            "3",
            "",
            "",
            "3",
            "",
            "要求に届かない",
            "別紙",
            "2",
            "../x",
            "",
            "",
            "q",
        ],
    );
    assert_eq!(run.code(), 0, "{}", run.err());
    let said = run.out();
    // The question, the answer, the document, the verdict and its reason.
    for part in [
        "takeout/C-1",
        "申請者の回答",
        "はい",
        "運用管理規程",
        "evidence/rules.pdf",
        "tenken の判定",
        "適合（裏付け: 書類あり）",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // Without a name nothing is reviewed, and who departs from the verdict says why.
    assert!(said.contains("名前が必要です"), "{said}");
    assert_eq!(said.matches("理由が必要です").count(), 1, "{said}");
    let result = audited(&place);
    let review = &of(&result, "takeout/C-1")["review"];
    assert_eq!(
        (&review["verdict"], &review["by"], &review["note"]),
        (&"pass".into(), &"佐藤".into(), &"規程を見た".into())
    );
    assert_eq!(review["seen"][0]["file"], "evidence/rules.pdf");
    assert_eq!(review["seen"][0]["sha256"].as_str().unwrap().len(), 64);
    let other = of(&result, "takeout/C-2");
    assert_eq!((&other["verdict"], &other["review"]["replaced"]), (&"fail".into(), &"fail".into()));
    assert_eq!(other["review"]["note"], Value::Null);
    let third = &of(&result, "takeout/C-3")["review"];
    assert_eq!(
        (&third["verdict"], &third["replaced"], &third["note"]),
        (&"fail".into(), &"pass".into(), &"要求に届かない".into())
    );
    assert_eq!((&third["seen"][0]["document"], &third["seen"][0]["page"]), (&"別紙".into(), &"2".into()));
    assert!(said.contains("「7」の書類は"), "{said}");
    let again = typed(&place, &["--by", "鈴木"], &["q"]);
    assert!(again.out().contains("takeout/C-4") && !again.out().contains("takeout/C-1  "), "{}", again.out());
}

/// Two sessions at once: neither writes over the other's words.
#[test]
fn what_another_evaluator_writes_in_the_meantime_is_kept() {
    use std::io::Write;
    let place = reviewing();
    let mut child = support::tenken()
        .current_dir(place.path())
        .args(["answer", "r", "--as", "evaluator", "--by", "佐藤"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let reviewed = || std::fs::read_to_string(place.path().join("r/reviews.yaml")).unwrap_or_default();
    writeln!(input, "1\n規程を見た\n").unwrap();
    for _ in 0..600 {
        if reviewed().contains("佐藤") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let run = typed(&place, &["--by", "鈴木"], &["1", "規程を見た", "", "q"]);
    assert!(run.code() == 0 && reviewed().contains("鈴木"), "{}", run.err());
    writeln!(input, "s\n1\n規程を見た\n\nq").unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
    let all = reviewed();
    assert!(all.matches("佐藤").count() == 2 && all.contains("鈴木"), "{all}");
}

#[test]
fn a_document_that_was_seen_and_is_not_there_is_named() {
    let place = reviewing();
    let seen = "{document: a, page: \"1\", file: evaluator/gone.pdf}, {document: 旧版, page: \"1\", valid_until: 2020-01-01}";
    place.write(
        "r/reviews.yaml",
        format!("reviews:\n  takeout/C-1: {{verdict: pass, by: 佐藤, on: 2026-11-21, seen: [{seen}]}}\n"),
    );
    let result = audited(&place);
    let item = of(&result, "takeout/C-1");
    let codes: Vec<_> =
        item["reasons"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"file_missing") && codes.contains(&"document_expired"), "{codes:?}");
}

#[test]
fn one_can_skip_go_back_mistype_and_be_cut_off() {
    let place = reviewing();
    let lines = ["s", "b", "9", "w", "1", "", "", "b", "3", "古い版", "", "2"];
    let run = typed(&place, &["--by", "佐藤"], &lines);
    assert_eq!(run.code(), 0, "{}", run.err());
    assert!(run.out().contains("「9」は判断として読めません"), "{}", run.out());
    let result = audited(&place);
    // Gone back to and decided anew; cut off in the middle of the next.
    let first = &of(&result, "takeout/C-1")["review"];
    assert_eq!((&first["verdict"], &first["note"]), (&"fail".into(), &"古い版".into()));
    assert_eq!(of(&result, "takeout/C-2")["review"], Value::Null);
}

#[test]
fn words_from_before_are_kept_and_a_damaged_file_is_not_written_over() {
    let place = reviewing();
    let before = "# mine\nreviews:\n  takeout/C-5: {verdict: partial, by: 佐藤, on: 2026-11-21, note: \"a: b\", seen: [{document: 規程, page: 4}]}\n";
    place.write("r/reviews.yaml", before);
    typed(&place, &["--by", "佐藤"], &["1", "", "", "q"]);
    let result = audited(&place);
    let kept = &of(&result, "takeout/C-5")["review"];
    assert_eq!(
        (&kept["verdict"], &kept["note"], &kept["seen"][0]["page"]),
        (&"partial".into(), &"a: b".into(), &"4".into())
    );
    assert_eq!(of(&result, "takeout/C-1")["review"]["verdict"], "pass");
    assert_eq!(place.read("r/reviews.yaml.bak"), before);
    assert_eq!(place.run(&["check", "r"]).code(), 0);
    let damaged = "reviews:\n  takeout/C-5: {verdict: perhaps, by: 佐藤, on: 2026-11-21}\n";
    place.write("r/reviews.yaml", damaged);
    let run = typed(&place, &["--by", "佐藤"], &["1", "", ""]);
    assert!(run.code() == 2 && run.err().contains("reviews.yaml:2"), "{}", run.err());
    assert_eq!(place.read("r/reviews.yaml"), damaged);
}

#[test]
fn one_item_reviewed_in_two_files_is_an_error_that_names_both() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let review = |verdict: &str| {
        format!("reviews:\n  takeout/C-1: {{verdict: {verdict}, by: 佐藤, on: 2026-11-21}}\n")
    };
    place.write("answers.yaml", all_yes() + &review("pass"));
    place.write("reviews.yaml", review("fail"));
    let run = place.run(&["check", "--lang", "en"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("answers.yaml:") && run.err().contains("reviews.yaml:2"), "{}", run.err());
    place.write("reviews.yaml", review("pass"));
    assert_eq!(place.run(&["check"]).code(), 0);
    // A questionnaire made anew takes nothing from the evaluator's file.
    place.write("answers.yaml", all_yes());
    place.write("reviews.yaml", review("fail"));
    assert_eq!(place.run(&["form", ".", "--format", "yaml"]).code(), 0);
    assert!(!place.read("answers.yaml").contains("reviews:"));
    let run = place.run(&["audit", "--no-history", "--format", "json"]);
    let result: Value = serde_json::from_slice(run.raw_out()).unwrap();
    assert_eq!(of(&result, "takeout/C-1")["review"]["verdict"], "fail");
}

#[test]
fn an_applicant_reviews_nobody_least_of_all_themselves() {
    let place = Place::new();
    place.write(
        "clinic/reviews.yaml",
        "reviews:\n  takeout/C-3: {verdict: pass, by: 申請者, on: 2026-11-21}\n",
    );
    package(&place, "reviews:\n  takeout/C-2: {verdict: pass, by: 申請者, on: 2026-11-21}\n", &[]);
    let run = place.run(&["review", "p.zip", "r"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let run = place.run(&["audit", "r", "--no-probe", "--format", "json", "--no-history", "--lang", "en"]);
    assert!(run.err().contains("hold a review of takeout/C-2"), "{}", run.err());
    let result: Value = serde_json::from_slice(run.raw_out()).unwrap();
    assert_eq!(
        (&of(&result, "takeout/C-2")["verdict"], &of(&result, "takeout/C-2")["review"]),
        (&"fail".into(), &Value::Null)
    );
    assert_eq!(of(&result, "takeout/C-3")["review"], Value::Null);
}

#[test]
fn a_review_is_packed_and_verified_like_anything_else() {
    let place = reviewing();
    place.write("r/evaluator/letter.pdf", "%PDF-1.4 a letter");
    typed(&place, &["--by", "佐藤"], &["1", "", "1", "手紙", "", "evaluator/letter.pdf", "", "q"]);
    assert!(place.run(&["audit", "r", "--no-probe", "-q"]).code() < 2);
    let run = place.run(&["pack", "r", "--out", "q.zip", "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let run = place.run(&["verify", "q.zip", "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.out());
    // The words of one evaluator are not those of the next.
    assert_eq!(place.run(&["review", "q.zip", "second"]).code(), 0);
    assert!(!place.path().join("second/reviews.yaml").exists());
    assert!(!place.path().join("second/evaluator").exists());
}

#[test]
fn a_record_that_leads_out_of_the_folder_is_refused() {
    let place = reviewing();
    let record = place.read("r/review.json");
    for bad in [
        record.replacen("\"tenken.yaml\"", "\"../tenken.yaml\"", 1),
        record.replacen("review/1", "review/9", 1),
        "{".into(),
    ] {
        place.write("r/review.json", bad);
        assert_eq!(place.run(&["audit", "r", "--no-probe"]).code(), 2);
        assert_eq!(place.run(&["answer", "r"]).code(), 2);
    }
}

#[test]
fn every_report_shows_both_sides_and_where_they_differ() {
    let place = reviewing();
    typed(
        &place,
        &["--by", "佐藤"],
        &["1", "", "1", "", "1", "後日の資料を見た", "別紙", "2", "", "", "3", "規程が古い", "", "q"],
    );
    let run =
        place.run(&["audit", "r", "--no-probe", "--format", "text,html,xlsx", "--lang", "en", "--out", "o"]);
    let text = run.out().split_whitespace().collect::<Vec<_>>().join(" ");
    // Agreed with: not in the list. Differs from both, by way of an answer of no; then of an answer of yes.
    assert!(text.contains("Where the evaluator differs: 2"), "{text}");
    assert!(text.contains("applicant: no; tenken: fail → evaluator: pass (佐藤,"), "{text}");
    assert!(text.contains("applicant: yes; tenken: pass → evaluator: fail (佐藤,"), "{text}");
    assert!(text.contains("規程が古い") && text.contains("decided: 3 of 13"), "{text}");
    let files = place.files();
    let named =
        |end: &str| files.iter().find(|name| name.starts_with("o/") && name.ends_with(end)).unwrap().clone();
    let html = place.read(&named(".html"));
    for part in ["id=\"differences\"", "後日の資料を見た", "differs from both", "Documents seen"] {
        assert!(html.contains(part), "{part}");
    }
    let bytes = std::fs::read(place.path().join(named(".xlsx"))).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Evaluator").unwrap();
    let rows: Vec<String> =
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert!(
        rows.iter()
            .any(|row| row.contains("takeout/C-2") && row.contains("no|") && row.contains("fail|pass")),
        "{rows:#?}"
    );
    assert!(rows.iter().any(|row| row.contains("takeout/C-3") && row.contains("規程が古い")), "{rows:#?}");
    assert!(!rows.iter().any(|row| row.contains("takeout/C-1")), "{rows:#?}");
}
