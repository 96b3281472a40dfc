//! What was assessed before: the trend of a workspace, its last two results, renumbered items.

mod support;

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

#[test]
fn responsibilities_are_listed_by_item() {
    let place = Place::new();
    let out = place.run(&["list", "mhlw-clinic", "--responsibility"]).out();
    let line = out.lines().find(|line| line.contains("mhlw-clinic/2-5-2-1-iii ")).unwrap().to_owned();
    assert_eq!(line.matches('◎').count(), 1, "{line}");
    let both = out.lines().find(|line| line.contains("mhlw-clinic/2-5-1-1-vii ")).unwrap().to_owned();
    assert!(both.contains('◎') && both.contains('○'), "{both}");
}
