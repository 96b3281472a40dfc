//! The dialogue of `tenken answer`: what is typed is saved at once, and whoever stops loses nothing.

mod support;

use std::io::Write;
use std::process::Stdio;

use support::{CLINIC, Place};

/// Runs the dialogue with these lines typed.
fn typed(place: &Place, args: &[&str], lines: &[&str]) -> (i32, String) {
    let mut child = support::tenken()
        .current_dir(place.path())
        .arg("answer")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // A dialogue that has ended reads no further.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), said)
}

fn clinic() -> Place {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place
}

/// The answers as they are read, in a line each.
fn answers(place: &Place) -> String {
    let run = place.run(&["audit", "--format", "json", "--no-history"]);
    let json: serde_json::Value = serde_json::from_slice(run.raw_out()).unwrap();
    let line = |item: &serde_json::Value| {
        let declared = &item["declared"];
        let status = declared["status"].as_str()?;
        let measure = declared["measure"].as_str().unwrap_or("-");
        Some(format!("{} {status} {measure} {}", item["item"].as_str()?, item["due"].as_str().unwrap_or("-")))
    };
    json["items"].as_array().unwrap().iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_kind_of_answer_asks_for_what_it_needs() {
    let place = clinic();
    let lines = [
        "事務", // who answers
        "1",
        "表にした",
        "規程",
        "3",
        "../outside.pdf",
        "evidence/rules.pdf",
        "", // yes, with a document, whose file leads out of the workspace first
        "○",
        "",
        "", // yes, in a mark
        "2",
        "途中まで",
        "来月仕上げる",
        "", // partial
        "いいえ",
        "",
        "", // no
        "4",
        "",
        "いつか",
        "令和9年3月31日",
        "", // planned, with a date that is none first
        "対象外",
        "",
        "端末がない", // not applicable, with a reason that is missing first
        "q",
    ];
    let (code, said) = typed(&place, &[], &lines);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("作業フォルダーの外です"), "{said}");
    assert!(said.contains("日付として読めません") && said.contains("理由が必要です"), "{said}");
    assert!(said.contains("6 項目に回答しました。残りは 7 項目です"), "{said}");
    assert_eq!(
        answers(&place),
        "takeout/C-1 yes 表にした -\ntakeout/C-2 yes - -\ntakeout/C-3 partial 途中まで -\ntakeout/C-4 no - -\n\
         takeout/C-5 planned - 2027-03-31\ntakeout/C-6 na 端末がない -"
    );
    let yaml = place.read("answers.yaml");
    assert!(
        yaml.contains("{document: 規程, page: \"3\", file: evidence/rules.pdf}") && yaml.contains("by: 事務"),
        "{yaml}"
    );
}

#[test]
fn whoever_is_cut_off_in_the_middle_of_an_answer_keeps_the_ones_before() {
    let place = clinic();
    let (code, _) = typed(&place, &[], &["", "1", "書いた", "", "4", "途中で"]);
    assert_eq!(code, 0);
    assert_eq!(answers(&place), "takeout/C-1 yes 書いた -");
    // And goes on where it stopped.
    let (_, said) = typed(&place, &[], &["", "3", "", ""]);
    assert!(said.contains("未回答の項目が 12 あります"), "{said}");
    assert_eq!(answers(&place), "takeout/C-1 yes 書いた -\ntakeout/C-2 no - -");
}

#[test]
fn one_can_ask_why_go_back_skip_and_mistype() {
    let place = clinic();
    let (_, said) = typed(&place, &[], &["", "w", "もちろん", "s", "b", "1", "", "", "q"]);
    assert!(said.contains("直し方") && said.contains("「もちろん」は回答として読めません"), "{said}");
    assert_eq!(answers(&place), "takeout/C-1 yes - -", "going back came to the first again");
}

#[test]
fn mandatory_items_come_first_and_only_what_is_wanted_is_asked() {
    let place = Place::new();
    place.write("tenken.yaml", "subject: {name: x, kind: clinic}\nchecklists: [mhlw-clinic]\n");
    let head = |args: &[&str]| {
        let (code, said) = typed(&place, args, &["", "q"]);
        assert_eq!(code, 0, "{said}");
        said.lines().find(|line| line.starts_with("1 / ")).unwrap_or_default().to_owned()
    };
    assert!(head(&[]).contains("必須"));
    assert!(head(&["--actor", "doctor"]).contains("行う人: 医師"));
    assert_ne!(head(&["--actor", "vendor"]), head(&[]), "fewer are asked");
    assert!(head(&["--theme", "identity"]).contains("本人確認"));
    let (code, said) = typed(&place, &["--theme", "identitty"], &[]);
    assert_eq!(code, 2);
    assert!(said.contains("「identity」のことですか"), "{said}");
}

#[test]
fn answers_go_where_they_stood_and_what_was_there_is_kept() {
    let place = clinic();
    let own = "answers:\n  takeout/C-1: {status: yes} # 自分の覚え書き\n";
    place.write("answers.yaml", own);
    typed(&place, &[], &["", "3", "", "", "3", "", "", "q"]);
    assert_eq!(place.read("answers.yaml.bak"), own, "what was there before the first answer");
    assert_eq!(place.files(), ["answers.yaml", "answers.yaml.bak", "tenken.yaml"]);
    assert_eq!(place.run(&["form"]).code(), 0);
    typed(&place, &[], &["", "2", "Excel にも", "", "", "q"]);
    assert!(!place.path().join("answers.yaml").exists());
    assert_eq!(
        answers(&place),
        "takeout/C-1 yes - -\ntakeout/C-2 no - -\ntakeout/C-3 no - -\ntakeout/C-4 partial Excel にも -"
    );
}
