//! The shipped data: every checklist, item, feature, fact and rule, held to what users rely on. The
//! tests read the data, not a copy of it.

use std::collections::{BTreeMap, BTreeSet};

use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::embedded;
use tenken::model::checklist::{Checklist, Item};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::text::{Lang, Text};
use tenken::model::verdict::Level;

fn catalog() -> Catalog {
    let diagnostics = Diagnostics::default();
    let catalog = catalog::load(&Folders::default(), &Wanted::All, &diagnostics);
    assert!(diagnostics.is_empty(), "{:#?}", diagnostics.list());
    catalog.unwrap()
}

fn items(catalog: &Catalog) -> impl Iterator<Item = (&Checklist, &Item)> {
    catalog.checklists.values().flat_map(|list| list.items.iter().map(move |item| (&**list, &**item)))
}

/// Every text of an item, by the key it stands under.
fn texts(item: &Item) -> Vec<(&'static str, &Text)> {
    let mut all = vec![("title", &item.title), ("ask", &item.ask), ("why", &item.why), ("fix", &item.fix)];
    all.extend(item.points.iter().map(|text| ("points", text)));
    all.extend(item.evidence.iter().map(|text| ("evidence", text)));
    all.extend(item.remark.iter().map(|text| ("remark", text)));
    all.extend(item.later.iter().map(|later| ("later", &later.says)));
    all
}

fn none_wrong(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_of_it_loads_without_a_remark() {
    assert!(!catalog().checklists.is_empty());
}

#[test]
fn a_checklist_lies_in_the_file_of_its_name() {
    let names: BTreeSet<String> = embedded::checklists()
        .iter()
        .map(|file| file.name.trim_start_matches("checklists/").trim_end_matches(".yaml").to_owned())
        .collect();
    assert_eq!(names, catalog().checklists.keys().cloned().collect());
}

#[test]
fn questions_and_titles_are_unique() {
    let catalog = catalog();
    let mut wrong = Vec::new();
    for lang in [Lang::Ja, Lang::En] {
        let mut asked = BTreeMap::new();
        let mut titled = BTreeMap::new();
        for (checklist, item) in items(&catalog) {
            if let Some(other) = asked.insert(item.ask.to(lang), &item.name) {
                wrong.push(format!("{} asks what {other} asks", item.name));
            }
            if let Some(other) = titled.insert((&checklist.id, item.title.to(lang)), &item.name) {
                wrong.push(format!("{} is titled as {other}", item.name));
            }
        }
    }
    none_wrong(wrong);
}

#[test]
fn every_question_can_be_answered_yes_or_no() {
    let catalog = catalog();
    let asks = |text: &Text| text.ja.ends_with("か。") && text.en.ends_with('?');
    let wrong = items(&catalog).filter(|(_, item)| !asks(&item.ask));
    none_wrong(wrong.map(|(_, item)| format!("{}: {:?}", item.name, item.ask)).collect());
    let features = catalog.features.values().filter(|feature| !asks(&feature.ask));
    none_wrong(features.map(|feature| feature.key.clone()).collect());
}

#[test]
fn every_item_says_where_in_the_source_what_proves_it_and_how_to_mend_it() {
    let catalog = catalog();
    let mut wrong = Vec::new();
    for (_, item) in items(&catalog) {
        if item.evidence.is_empty() {
            wrong.push(format!("{}: no evidence", item.name));
        }
        if item.place.is_empty() {
            wrong.push(format!("{}: no place", item.name));
        }
        for (key, text) in texts(item) {
            if ["why", "fix"].contains(&key) && !(text.ja.ends_with('。') && text.en.ends_with('.')) {
                wrong.push(format!("{} {key}: not a sentence", item.name));
            }
        }
    }
    none_wrong(wrong);
}

#[test]
fn japanese_is_japanese_and_english_is_english() {
    let is_japanese =
        |text: &str| text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
    let catalog = catalog();
    let mut wrong = Vec::new();
    for (_, item) in items(&catalog) {
        for (key, text) in texts(item) {
            if !is_japanese(&text.ja) && key != "evidence" {
                wrong.push(format!("{} {key}: no Japanese in {:?}", item.name, text.ja));
            }
            if is_japanese(&text.en) {
                wrong.push(format!("{} {key}: Japanese in {:?}", item.name, text.en));
            }
        }
    }
    none_wrong(wrong);
}

/// What `docs/checklists.md` asks of the Japanese: no officialese, no half-width kana, no full-width
/// Latin letters or digits.
#[test]
fn the_japanese_is_plain() {
    let catalog = catalog();
    let officialese = ["講じ", "こと。", "に鑑み", "に際し", "ものとする", "図ること", "遵守"];
    let mut wrong = Vec::new();
    for (_, item) in items(&catalog) {
        for (key, text) in texts(item) {
            for word in officialese.iter().filter(|word| text.ja.contains(**word)) {
                wrong.push(format!("{} {key}: {word}", item.name));
            }
            let odd =
                |c: char| matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' | '\u{ff61}'..='\u{ff9f}');
            if let Some(c) = text.ja.chars().find(|c| odd(*c)) {
                wrong.push(format!("{} {key}: {c}", item.name));
            }
        }
    }
    none_wrong(wrong);
}

#[test]
fn every_theme_and_every_feature_is_used() {
    let catalog = catalog();
    let mut wrong = Vec::new();
    for checklist in catalog.checklists.values() {
        for theme in &checklist.themes {
            if !checklist.items.iter().any(|item| item.theme == theme.key) {
                wrong.push(format!("{}: theme {}", checklist.id, theme.key));
            }
        }
    }
    let used: BTreeSet<&str> = items(&catalog).flat_map(|(_, item)| item.when.keys()).collect();
    let unused = catalog.features.keys().filter(|key| !used.contains(key.as_str()));
    wrong.extend(unused.map(|key| format!("feature {key}")));
    none_wrong(wrong);
}

#[test]
fn every_feature_concerns_the_kinds_whose_items_hang_on_it() {
    let catalog = catalog();
    let mut wrong = Vec::new();
    for (checklist, item) in items(&catalog) {
        for key in item.when.keys() {
            let feature = &catalog.features[key];
            // A checklist for nobody by default can be chosen by anybody.
            let by_choice = checklist.suits.is_empty();
            if !by_choice && !checklist.suits.iter().any(|kind| feature.suits.contains(kind)) {
                wrong.push(format!("{} hangs on {key}, which is for {:?}", item.name, feature.suits));
            }
        }
    }
    none_wrong(wrong);
}

#[test]
fn a_rule_that_can_settle_an_item_says_why_in_a_comment() {
    for file in embedded::rules().iter().filter(|file| file.text.contains("\nrules:")) {
        let blocks = file.text.split("\n  - item:").skip(1);
        let before: Vec<&str> = file.text.split("\n  - item:").collect();
        for (index, block) in blocks.enumerate() {
            let settles = block.contains("power: both") || block.contains("power: refutes");
            let said = before[index].lines().rev().take_while(|line| !line.trim().is_empty());
            let commented = said.into_iter().any(|line| line.trim_start().starts_with('#'))
                || block.lines().any(|line| line.trim_start().starts_with('#'));
            let item = block.lines().next().unwrap_or_default();
            assert!(!settles || commented, "{}: item{item}", file.name);
        }
    }
}

#[test]
fn takeout_has_the_ten_mandatory_and_three_recommended_points_of_its_section() {
    let catalog = catalog();
    let takeout = &catalog.checklists["takeout"];
    assert_eq!((takeout.count(Level::Mandatory), takeout.count(Level::Recommended)), (10, 3));
    for item in &takeout.items {
        let mandatory = item.name.id().starts_with("C-");
        assert_eq!(item.level == Level::Mandatory, mandatory, "{}", item.name);
    }
}

#[test]
fn vendor_138_has_every_number_of_its_source_once_and_in_order() {
    let catalog = catalog();
    let ids: Vec<String> =
        catalog.checklists["vendor-138"].items.iter().map(|item| item.name.id().to_owned()).collect();
    let wanted: Vec<String> = (1..=138).map(|number| number.to_string()).collect();
    assert_eq!(ids, wanted);
}

#[test]
fn the_examples_are_valid_workspaces() {
    let catalog = catalog();
    for name in ["vendor"] {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in embedded::example(name) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let diagnostics = Diagnostics::default();
        tenken::load::workspace(folder.path(), &catalog, &diagnostics);
        assert!(diagnostics.is_empty(), "{name}: {:#?}", diagnostics.list());
    }
}
