//! The shipped data: every checklist, item, feature, fact and rule, held to what users rely on. The
//! tests read the data, not a copy of it.

use std::collections::{BTreeMap, BTreeSet};

use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::embedded;
use tenken::model::checklist::{Checklist, Item};
use tenken::model::crosswalk::Relation;
use tenken::model::diagnostic::Diagnostics;
use tenken::model::name::ItemName;
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
    all.extend(item.also.iter().filter_map(|also| Some(("also", also.says.as_ref()?))));
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

/// The numerals of the clinic checklist, section by section, each with the boxes that follow it. A
/// numeral that shares its box with the one before has none of its own.
#[test]
fn the_clinic_checklist_has_every_numeral_of_each_section_in_order() {
    let roman = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
        "xvii",
    ];
    let without_own_box = [("2-2", "ii")];
    let catalog = catalog();
    let mut sections: BTreeMap<String, Vec<(String, Option<String>)>> = BTreeMap::new();
    for item in &catalog.checklists["mhlw-clinic"].items {
        let id = item.name.id();
        let is_letter = |word: &str| word.len() == 1 && ("a"..="f").contains(&word);
        let (rest, letter) = match id.rsplit_once('-') {
            Some((rest, last)) if is_letter(last) => (rest, Some(last.to_owned())),
            _ => (id, None),
        };
        let (section, numeral) = rest.rsplit_once('-').unwrap();
        sections.entry(section.to_owned()).or_default().push((numeral.to_owned(), letter));
    }
    let wanted = [
        "1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "2-1", "2-2", "2-3", "2-4", "2-4-1", "2-4-2", "2-5-1",
        "2-5-1-1", "2-5-1-2", "2-5-2", "2-5-2-1", "2-5-2-2", "3-1", "3-2", "3-3",
    ];
    assert_eq!(sections.keys().map(String::as_str).collect::<Vec<_>>(), wanted);
    for (section, boxes) in sections {
        let mut numerals: Vec<&str> = Vec::new();
        let mut letters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (numeral, letter) in &boxes {
            if !numerals.contains(&numeral.as_str()) {
                numerals.push(numeral);
            }
            letters.entry(numeral).or_default().extend(letter.as_deref());
        }
        // One box has a heading in place of a numeral.
        numerals.retain(|numeral| *numeral != "emergency");
        let last = roman.iter().position(|numeral| Some(numeral) == numerals.last()).unwrap();
        let expected: Vec<&str> = roman[..=last]
            .iter()
            .copied()
            .filter(|numeral| !without_own_box.contains(&(section.as_str(), *numeral)))
            .collect();
        assert_eq!(numerals, expected, "section {section}");
        for (numeral, letters) in letters {
            let wanted: Vec<&str> = ["a", "b", "c", "d", "e", "f"][..letters.len()].to_vec();
            assert_eq!(letters, wanted, "{section}-{numeral}");
            assert_ne!(letters.len(), 1, "{section}-{numeral}: a letter where there is one box");
        }
    }
}

#[test]
fn patient_briefing_has_its_seven_points_and_the_boxes_below_6_and_7() {
    let catalog = catalog();
    let ids: Vec<&str> =
        catalog.checklists["patient-briefing"].items.iter().map(|item| item.name.id()).collect();
    let points = (1..=7).map(|point| {
        let below = match point {
            6 => 8,
            7 => 7,
            _ => 0,
        };
        let below = (1..=below).map(move |number| format!("{point}-{number}"));
        std::iter::once(point.to_string()).chain(below)
    });
    assert_eq!(ids, points.flatten().collect::<Vec<_>>());
}

/// The sub-points that the sources number or set off with bullets.
#[test]
fn every_numbered_sub_point_of_the_sources_is_there() {
    let catalog = catalog();
    let counts = [
        ("vendor-138", "30", 3),
        ("vendor-138", "31", 3),
        ("vendor-138", "41", 11),
        ("vendor-138", "45", 5),
        ("vendor-138", "51", 5),
        ("vendor-138", "61", 5),
        ("vendor-138", "83", 4),
        ("vendor-138", "87", 3),
        ("vendor-138", "89", 10),
        ("vendor-138", "91", 2),
        ("vendor-138", "93", 3),
        ("vendor-138", "114", 2),
        ("vendor-138", "128", 9),
        ("mhlw-clinic", "1-1-iv", 3),
        ("mhlw-clinic", "1-3-i", 9),
        ("mhlw-clinic", "1-4-ii", 3),
    ];
    for (checklist, id, count) in counts {
        let points = &catalog.checklists[checklist].item(id).unwrap().points;
        assert_eq!(points.len(), count, "{checklist}/{id}");
    }
}

/// `docs/checklists.md` says how many items there are, level by level.
#[test]
fn the_documents_count_what_is_shipped() {
    let catalog = catalog();
    let text = include_str!("../docs/checklists.md");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let id = cells.first()?.strip_prefix('`')?.strip_suffix('`')?;
        let numbers: Vec<usize> = cells.iter().skip(2).filter_map(|cell| cell.parse().ok()).collect();
        (numbers.len() == 5).then_some((id, numbers))
    });
    let rows: BTreeMap<&str, Vec<usize>> = rows.collect();
    assert_eq!(rows.len(), catalog.checklists.len());
    for checklist in catalog.checklists.values() {
        let always = checklist.items.iter().filter(|item| item.when.keys().next().is_none()).count();
        let counted = vec![
            checklist.items.len(),
            checklist.count(Level::Mandatory),
            checklist.count(Level::Recommended),
            always,
            checklist.items.len() - always,
        ];
        assert_eq!(rows[checklist.id.as_str()], counted, "{}", checklist.id);
    }
}

/// What people read is worded, and nothing is worded that nobody reads.
#[test]
fn every_value_and_every_figure_is_called_something() {
    let catalog = catalog();
    let is_a_name = |value: &str| value.starts_with("TLS") || value.starts_with("SSL") || value.contains('-');
    let mut wrong = Vec::new();
    for fact in catalog.registry.0.values().filter(|fact| fact.key != "http.referrer_policy") {
        let unnamed =
            fact.values.iter().filter(|value| !is_a_name(value) && !fact.words.contains_key(*value));
        wrong.extend(unnamed.map(|value| format!("{}: {value}", fact.key)));
    }
    let used: BTreeSet<&String> =
        items(&catalog).flat_map(|(_, item)| &item.facts).map(|(key, _)| key).collect();
    wrong.extend(
        used.iter().filter(|key| !catalog.figures.contains_key(**key)).map(|key| format!("figure {key}")),
    );
    let stale = catalog.figures.keys().filter(|key| !used.contains(key));
    wrong.extend(stale.map(|key| format!("figure {key} is used nowhere")));
    none_wrong(wrong);
}

#[test]
fn every_item_can_be_recognised_in_its_source() {
    let catalog = catalog();
    let wrong = items(&catalog).filter(|(_, item)| item.fingerprint.is_none());
    none_wrong(wrong.map(|(_, item)| format!("{}: no fingerprint", item.name)).collect());
}

#[test]
fn where_another_document_demands_what_an_item_recommends_the_item_says_so() {
    let catalog = catalog();
    let departing = items(&catalog).filter(|(_, item)| {
        let departs = |also: &tenken::model::checklist::Also| also.level.departs_from(item.level);
        item.also.iter().any(departs)
    });
    let names: Vec<String> = departing.map(|(_, item)| item.name.to_string()).collect();
    assert_eq!(names, ["mhlw-clinic/2-5-1-1-xv", "mhlw-clinic/3-2-i"]);
}

#[test]
fn the_crosswalk_serves_every_clinic_item_that_is_the_vendors() {
    let catalog = catalog();
    let clinic = &catalog.checklists["mhlw-clinic"];
    let vendors = clinic.items.iter().filter(|item| {
        let id = item.name.id();
        id.starts_with("2-5-2-1-") || id.starts_with("2-5-2-2-")
    });
    let without = vendors.filter(|item| {
        let links = catalog.policy.crosswalk.links(&item.name);
        !links.iter().any(|link| link.to.checklist() == "vendor-138")
    });
    none_wrong(without.map(|item| format!("{}: no link to vendor-138", item.name)).collect());
}

/// One measurement serves items that ask the same: neither is decided by it in another way.
#[test]
fn items_that_ask_the_same_are_measured_the_same() {
    let catalog = catalog();
    let measure = |item: &ItemName| {
        let rule = catalog.policy.rules.get(item);
        let criteria = rule.map(|rule| rule.measure.iter().map(|one| format!("{one:?}")).collect());
        let mut criteria: Vec<String> = criteria.unwrap_or_default();
        criteria.sort();
        criteria
    };
    for (from, link) in catalog.policy.crosswalk.iter() {
        if link.relation == Relation::Same {
            assert_eq!(measure(from), measure(&link.to), "{from} and {}", link.to);
        }
    }
}

#[test]
fn a_profile_names_its_successor_and_every_profile_has_its_fact() {
    let catalog = catalog();
    let profiles = &catalog.policy.profiles;
    assert_eq!(profiles["ipa-2-high"].successor.as_deref(), Some("ipa-3-high"));
    let facts = catalog.registry.0.keys().filter_map(|key| key.strip_prefix("tls.profile."));
    assert_eq!(facts.collect::<Vec<_>>(), profiles.keys().collect::<Vec<_>>());
}

#[test]
fn reference_tables_are_in_both_languages_and_shown_with_an_item() {
    let catalog = catalog();
    let table = &catalog.references["first-visit-medicines"];
    assert!(!table.items.is_empty());
    assert_eq!(table.groups.len(), 10);
    for medicine in table.groups.iter().flat_map(|group| &group.medicines) {
        assert_ne!(medicine.name.ja, medicine.name.en);
    }
}

#[test]
fn the_examples_are_valid_workspaces() {
    let catalog = catalog();
    for name in ["vendor", "solo-clinic", "island-hospital", "dentist"] {
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
