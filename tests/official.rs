//! Official wording that the user has: found in whatever document, held against the fingerprints, kept
//! in the workspace and shown beside ours; and the layouts that are handed in.

mod support;

use sha2::{Digest, Sha256};
use support::{CLINIC, Place, all_yes};
use tenken::load::workbook::cells;
use tenken::model::fold::folded;

const WORDING: [&str; 3] = [
    "見本の一番目の文言です。端末を持ち出すときは、責任者の許しを得ることとします。",
    "見本の二番目の文言（TLS 1.3）です。",
    "見本の三番目の文言は、とても長いので、ここで折り返して、次の行に続くことがあります。",
];

/// A checklist whose items are worded as above in a document that does not exist.
fn checklist() -> String {
    let items = WORDING.iter().enumerate().map(|(index, wording)| {
        let plain = folded(wording);
        let sha256: String = Sha256::digest(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "  - id: \"{0}\"\n    level: mandatory\n    actor: clinic\n    theme: a\n    place: \"第 {0} 項\"\n\
             \x20   fingerprint: {{characters: {1}, sha256: {sha256}}}\n\
             \x20   title: {{ja: 題{0}, en: title}}\n    ask: {{ja: 問い{0}ですか。, en: \"asked?\"}}\n\
             \x20   why: {{ja: なぜ。, en: why.}}\n    fix: {{ja: 直す。, en: fix.}}\n    evidence: {{ja: [書類], en: [paper]}}\n",
            index + 1,
            plain.chars().count(),
        )
    });
    format!(
        "checklist: house\nedition: \"1\"\ntitle: {{ja: 見本, en: sample}}\nfor: [vendor]\n\
         source: {{document: d, publisher: p, place: x}}\nthemes:\n  a: {{ja: 分野, en: theme}}\nitems:\n{}",
        items.collect::<String>()
    )
}

fn place() -> Place {
    let place = Place::new();
    place.write("lists/house.yaml", checklist());
    place.write("w/tenken.yaml", "subject: {name: 見本, kind: vendor, product: 製品}\nchecklists: [house]\n");
    place
}

fn import(place: &Place, file: &str, content: impl AsRef<[u8]>) -> support::Run {
    place.write(file, content);
    place.run(&["official", "import", "house", file, "w", "--checklists", "lists"])
}

#[test]
fn wording_is_found_in_text_whatever_a_page_did_to_it() {
    let place = place();
    let text = format!(
        "見本の表題\n1 {}\n □{}\n3 {}\n　{}\n4 ほかの項目\n",
        WORDING[0],
        WORDING[1].replace("TLS 1.3", "ＴＬＳ　１．３"),
        &WORDING[2][..60],
        &WORDING[2][60..],
    );
    let run = import(&place, "text.txt", text);
    assert_eq!(run.code(), 0, "{}", run.err());
    assert!(run.out().contains("3 項目のうち、3 項目は公式の文言どおり"), "{}", run.out());
    let kept = place.read("w/official/house.yaml");
    assert!(kept.contains("端末を持ち出すときは") && kept.contains("次の行に続く"), "{kept}");
    assert!(!kept.contains("見本の表題") && !kept.contains("□"), "{kept}");
}

#[test]
fn wording_is_found_in_tables_and_what_differs_or_is_missing_is_named() {
    let table =
        format!("番号,文言\n1,\"{}\"\n2,\"見本の二番目の文言ですが、改訂されました。\"\n", WORDING[0]);
    let (shift_jis, _, lossy) = encoding_rs::SHIFT_JIS.encode(&table);
    assert!(!lossy);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["番号", "文言"], ["1", WORDING[0]], ["2", "見本の二番目の文言ですが、改訂されました。"]]
            .iter()
            .enumerate()
    {
        for (column, text) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
    let text = format!("1 {}\n2 見本の二番目の文言ですが、改訂されました。\n3\n", WORDING[0]);
    let documents: [(&str, Vec<u8>); 4] = [
        ("utf8.csv", table.clone().into_bytes()),
        ("sjis.csv", shift_jis.to_vec()),
        ("table.xlsx", book.save_to_buffer().unwrap()),
        ("text.txt", text.into_bytes()),
    ];
    for (name, content) in documents {
        let place = place();
        let run = import(&place, name, content);
        assert_eq!(run.code(), 0, "{name}: {}", run.err());
        assert!(run.out().contains("3 項目のうち、1 項目"), "{name}: {}", run.out());
        assert!(run.err().contains("文言が違う項目: 2"), "{name}: {}", run.err());
        assert!(run.err().contains("見つからなかった項目: 3"), "{name}: {}", run.err());
    }
}

#[test]
fn imported_wording_stands_beside_ours_in_the_questionnaires() {
    let place = place();
    let text = format!("1 {}\n2 見本の二番目の文言ですが、改訂されました。\n3\n", WORDING[0]);
    assert_eq!(import(&place, "text.txt", text).code(), 0);
    for format in ["xlsx", "yaml"] {
        let run = place.run(&["form", "w", "--format", format, "--checklists", "lists"]);
        assert_eq!(run.code(), 0, "{}", run.err());
    }
    let yaml = place.read("w/answers.yaml");
    let squeezed: String = yaml.chars().filter(|c| !c.is_whitespace() && *c != '#').collect();
    assert!(squeezed.contains("公式の文言:見本の一番目の文言です"), "{yaml}");
    assert!(squeezed.contains("公式の文言:【版が違います】見本の二番目"), "{yaml}");
    let sheets = cells(&place.path().join("w/answers.xlsx.bak")).unwrap();
    let all = format!("{sheets:?}");
    assert!(all.contains("公式の文言") && all.contains("端末を持ち出すときは"), "{all}");
}

#[test]
fn imported_wording_stands_beside_ours_in_the_reports() {
    let place = place();
    let text = format!("1 {}\n2 見本の二番目の文言ですが、改訂されました。\n3\n", WORDING[0]);
    assert_eq!(import(&place, "text.txt", text).code(), 0);
    let audit = ["audit", "w", "--checklists", "lists", "--at", "2026-11-20", "--format", "json,html,xlsx"];
    place.run(&audit);
    let page = place.read("w/reports/2026-11-20.html");
    assert!(page.contains("端末を持ち出すときは") && page.contains("【版が違います】見本の二番目"));
    let sheets = format!("{:?}", cells(&place.path().join("w/reports/2026-11-20.xlsx")).unwrap());
    assert!(sheets.contains("端末を持ち出すときは") && sheets.contains("【版が違います】見本の二番目"));
    let run = place.run(&["explain", "house/1", "--result", "w/reports/2026-11-20.json"]);
    let squeezed: String = run.out().chars().filter(|c| !c.is_whitespace()).collect();
    assert!(squeezed.contains("端末を持ち出すときは"), "{}", run.out());
}

#[test]
fn wording_is_found_in_the_middle_of_a_line_and_across_a_page_break() {
    let place = place();
    let (before, after) = (&WORDING[2][..60], &WORDING[2][60..]);
    let text = format!("前の文です。{}次の文です。\n{before}\n- 12 -\n{after}\n2 半角のｶﾞ。\n", WORDING[0]);
    let run = import(&place, "text.txt", text);
    assert_eq!(run.code(), 0, "{}", run.err());
    let kept = place.read("w/official/house.yaml");
    let squeezed: String = kept.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(squeezed.contains(&folded(WORDING[0])) && squeezed.contains(&folded(WORDING[2])), "{kept}");
    assert!(!kept.contains("前の文です") && !kept.contains("次の文です") && !kept.contains("12"), "{kept}");
}

#[test]
fn numbers_that_happen_to_be_there_do_not_replace_what_was_found() {
    let place = place();
    assert_eq!(import(&place, "text.txt", format!("1 {}\n", WORDING[0])).code(), 0);
    let before = place.read("w/official/house.yaml");
    let run = import(&place, "other.txt", "1 まったく別の文書の一番目の文です。\n2\n");
    assert_eq!(run.code(), 2, "{}", run.out());
    assert_eq!(place.read("w/official/house.yaml"), before);
}

#[test]
fn an_import_that_finds_nothing_keeps_nothing() {
    let place = place();
    let run = import(&place, "text.txt", "まったく別の文書です。\n");
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("文言が見つかりません"), "{}", run.err());
    assert!(!place.path().join("w/official").exists());
    let run = place.run(&["official", "import", "hause", "text.txt", "w", "--checklists", "lists"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("「house」のことですか"), "{}", run.err());
    let run = place.run(&["official", "import", "house", "none.txt", "w", "--checklists", "lists"]);
    assert_eq!(run.code(), 2);
    let run = place.run(&["official", "import", "house", "text.txt", "nowhere", "--checklists", "lists"]);
    assert_eq!(run.code(), 2);
    assert!(!place.path().join("nowhere").exists());
}

#[test]
fn a_second_import_keeps_the_first() {
    let place = place();
    for _ in 0..2 {
        assert_eq!(import(&place, "text.txt", format!("1 {}\n", WORDING[0])).code(), 0);
    }
    assert!(place.files().contains(&"w/official/house.yaml.bak".to_owned()), "{:?}", place.files());
}

#[test]
fn the_evaluation_sheet_has_the_columns_in_which_it_is_handed_in() {
    let place = place();
    place.write(
        "w/answers.yaml",
        "answers:\n  house/1: {status: yes, measure: 表にした, evidence: [{document: 規程, page: \"3\"}], improvement: 次は図}\n\
         \x20 house/2: {status: na, measure: 使っていない}\nreviews:\n  house/1: {verdict: pass, by: 評価者, on: 2026-11-21}\n",
    );
    let run = place.run(&["form", "w", "--layout", "official", "--checklists", "lists"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let made = place.files().into_iter().find(|file| file.starts_with("w/reports/official-")).unwrap();
    let (_, rows) = &cells(&place.path().join(made)).unwrap()[0];
    let heads = rows.iter().position(|row| row.first().is_some_and(|cell| cell == "番号")).unwrap();
    let evidence = "確認したエビデンス\n（文書名、ページ番号等）";
    assert_eq!(rows[heads], ["番号", "項目", "対応策", evidence, "判定結果", "改善策"]);
    assert_eq!(rows[heads + 1], ["1", "問い1ですか。", "表にした", "規程（3 ページ）", "適合", "次は図"]);
    assert_eq!(rows[heads + 2], ["2", "問い2ですか。", "対象外: 使っていない"]);
    assert_eq!(rows[heads + 3], ["3", "問い3ですか。"], "what is open says nothing");
    assert!(rows.iter().any(|row| row[..] == ["評価対象のシステム", "製品"]), "{rows:?}");
    assert!(place.read("w/answers.yaml").contains("表にした"), "the answers stay where they are");
}

#[test]
fn the_sheet_of_boxes_ticks_what_is_done_and_nothing_else() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let answers = all_yes().replacen("status: yes", "status: partial\n    by: 事務\n    on: 2026-11-20", 1);
    place.write("answers.yaml", answers.replacen("status: yes", "status:", 1));
    assert_eq!(place.run(&["form", "--layout", "official"]).code(), 0);
    let made = place.files().into_iter().find(|file| file.starts_with("reports/official-")).unwrap();
    let (_, rows) = &cells(&place.path().join(made)).unwrap()[0];
    let boxes: Vec<&str> =
        rows.iter().flatten().map(String::as_str).filter(|cell| matches!(*cell, "☑" | "☐")).collect();
    assert_eq!(boxes.iter().filter(|cell| **cell == "☐").count(), 2, "{rows:?}");
    assert_eq!(boxes.len(), 13);
    assert!(rows.iter().any(|row| row[..] == ["確認日", "2026-11-20"]), "{rows:?}");
    assert!(rows.iter().any(|row| row[..] == ["確認者", "事務"]), "{rows:?}");
}
