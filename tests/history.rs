//! What was assessed before: the trend of a workspace, its last two results, renumbered items.

mod support;

use serde_json::Value;
use support::{CLINIC, Place, all_yes};

/// A workspace that was audited on two days, and got better.
fn twice() -> Place {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", all_yes().replacen("status: yes", "status: no", 1));
    assert_eq!(place.run(&["audit", "--at", "2026-10-01"]).code(), 1);
    place.write("answers.yaml", all_yes());
    assert_eq!(place.run(&["audit", "--at", "2026-11-20"]).code(), 0);
    place
}

#[test]
fn the_trend_lists_every_kept_result_and_what_changed() {
    let place = twice();
    insta::assert_snapshot!("trend_ja", place.run(&["history"]).out());
    insta::assert_snapshot!("trend_en", place.run(&["history", ".", "--lang", "en"]).out());
    // A result that cannot be read is named, and the others are shown.
    place.write("results/2026-10-15T000000Z.json", "{");
    let run = place.run(&["history"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("2026-10-15T000000Z.json") && run.out().contains("2026-11-20"));
}

#[test]
fn without_results_there_is_no_history() {
    let place = Place::new();
    for command in ["history", "diff"] {
        let run = place.run(&[command]);
        assert_eq!(run.code(), 2, "{command}");
        assert!(run.err().contains("results"), "{}", run.err());
    }
}

#[test]
fn a_comparison_without_files_is_of_the_last_two() {
    let place = twice();
    let folder = place.path().to_string_lossy().into_owned();
    for args in [vec!["diff"], vec!["diff", folder.as_str()]] {
        let run = place.run(&args);
        assert_eq!(run.code(), 0, "{}", run.err());
        assert!(run.out().contains("2026-10-01") && run.out().contains("takeout/C-1"), "{}", run.out());
    }
    place.write("answers.yaml", "answers: {}\n");
    place.run(&["audit", "--at", "2026-11-21"]);
    assert_eq!(place.run(&["diff"]).code(), 1);
    assert_eq!(place.run(&["diff", "tenken.yaml"]).code(), 2);
}

#[test]
fn the_workbook_and_the_page_draw_it() {
    let place = twice();
    let audit = ["audit", "--at", "2026-11-21", "--format", "html,xlsx", "--out", "out"];
    assert_eq!(place.run(&audit).code(), 0);
    assert!(place.read("out/2026-11-21.html").contains("class=\"history\""));
    let bytes = std::fs::read(place.path().join("out/2026-11-21.xlsx")).unwrap();
    let book = String::from_utf8_lossy(&bytes).into_owned();
    assert!(book.contains("xl/charts/chart5.xml"), "four charts of the summary and one of the history");
}

/// The last two results, the newer one changed.
fn diffed(change: impl FnOnce(&mut Value, &mut Value)) -> (i32, Value) {
    let place = twice();
    let files: Vec<String> = place.files().into_iter().filter(|file| file.starts_with("results/")).collect();
    let mut both = files.iter().map(|file| serde_json::from_str::<Value>(&place.read(file)).unwrap());
    let (mut old, mut new) = (both.next().unwrap(), both.next().unwrap());
    change(&mut old, &mut new);
    place.write("old.json", old.to_string());
    place.write("new.json", new.to_string());
    let run = place.run(&["diff", "old.json", "new.json", "--json"]);
    (run.code(), serde_json::from_slice(run.raw_out()).unwrap())
}

#[test]
fn a_renumbered_item_has_moved_and_is_neither_new_nor_gone() {
    let (code, diff) = diffed(|old, new| {
        for side in [&mut *old, &mut *new] {
            side["items"][0]["fingerprint"] = "ab".into();
        }
        new["items"][0]["item"] = "takeout/N-1".into();
    });
    assert_eq!(code, 0);
    assert_eq!(diff["moved"][0]["from"], "takeout/C-1");
    assert_eq!(diff["moved"][0]["to"], "takeout/N-1");
    assert_eq!(diff["better"][0]["item"], "takeout/N-1");
    assert_eq!(
        (&diff["new"], &diff["gone"]),
        (&Value::from(Vec::<Value>::new()), &Value::from(Vec::<Value>::new()))
    );
}

#[test]
fn a_link_to_the_same_tells_it_too_and_a_doubtful_one_does_not() {
    // Without its official wording, an item is known by its links only.
    let rename = |new: &mut Value| {
        new["items"][0]["item"] = "takeout/N-1".into();
        new["items"][0]["fingerprint"] = Value::Null;
    };
    let (_, diff) = diffed(|_, new| {
        rename(new);
        new["items"][0]["links"] = serde_json::json!([{"item": "takeout/C-1", "relation": "same"}]);
    });
    assert_eq!(diff["moved"][0]["from"], "takeout/C-1");
    let (_, diff) = diffed(|_, new| {
        rename(new);
        new["items"][0]["links"] = serde_json::json!([{"item": "takeout/C-1", "relation": "related"}]);
    });
    assert!(diff["moved"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(
        (&diff["new"][0]["item"], &diff["gone"][0]["item"]),
        (&"takeout/N-1".into(), &"takeout/C-1".into())
    );
    // Two with the same wording: nobody can tell which is which.
    let (_, diff) = diffed(|old, new| {
        rename(new);
        new["items"][1]["item"] = "takeout/N-2".into();
        for side in [&mut *old, &mut *new] {
            for index in [0, 1] {
                side["items"][index]["fingerprint"] = "ab".into();
            }
        }
    });
    assert!(diff["moved"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn responsibilities_are_listed_by_item() {
    let place = Place::new();
    let out = place.run(&["list", "mhlw-clinic", "--responsibility"]).out();
    let line = out.lines().find(|line| line.contains("mhlw-clinic/2-5-2-1-iii ")).unwrap().to_owned();
    assert_eq!(line.matches('◎').count(), 1, "{line}");
    let both = out.lines().find(|line| line.contains("mhlw-clinic/2-5-1-1-vii ")).unwrap().to_owned();
    assert!(both.contains('◎') && both.contains('○'), "{both}");
}
