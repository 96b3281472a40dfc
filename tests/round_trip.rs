//! Whatever people answer, a questionnaire gives it back: as a workbook, as YAML, and from one to
//! the other.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, date};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use tenken::form::{workbook, yaml};
use tenken::load::answers::{self, Answers};
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::file::TextFile;
use tenken::load::workbook::from_bytes;
use tenken::load::yaml::Reading;
use tenken::model::answer::{Answer, Evidence, Review, Status};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::name::ItemName;
use tenken::model::questionnaire::{CellValue, Entry, ExtraColumn, ExtraSheet, Questionnaire};
use tenken::model::text::Lang;
use tenken::model::verdict::Verdict;
use tenken::model::workspace::Kind;
use tenken::texts;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).unwrap())
}

type Said = BTreeMap<String, (Answer, Option<Review>)>;

fn questionnaire(said: &Said) -> Questionnaire {
    let takeout = &catalog().checklists["takeout"];
    let name = "みどり内科".to_owned();
    let mut made =
        Questionnaire::new(name, Kind::Clinic, &[takeout], &Default::default(), date(2026, 11, 20));
    for entry in made.sections.iter_mut().flat_map(|section| &mut section.entries) {
        if let Some((answer, review)) = said.get(entry.item.name.id()) {
            *entry = Entry {
                answer: Some(Arc::new(answer.clone())),
                review: review.clone().map(Arc::new),
                ..entry.clone()
            };
        }
    }
    made
}

/// What was read, without the empty answers of a form that nobody filled in.
fn shown(answers: &Answers) -> BTreeMap<String, String> {
    let said = answers.answers.iter().filter(|(_, answer)| !answer.is_empty());
    let said = said.map(|(name, answer)| (format!("{name}"), format!("{answer:?}")));
    said.chain(answers.reviews.iter().map(|(name, review)| (format!("review {name}"), format!("{review:?}"))))
        .collect()
}

fn wanted(said: &Said) -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    for (id, (answer, review)) in said {
        if !answer.is_empty() {
            wanted.insert(format!("takeout/{id}"), format!("{answer:?}"));
        }
        if let Some(review) = review {
            wanted.insert(format!("review takeout/{id}"), format!("{review:?}"));
        }
    }
    wanted
}

fn from_yaml(text: &str) -> (Answers, String) {
    let diagnostics = Diagnostics::default();
    let file = TextFile::new("answers.yaml", text);
    let read = answers::read(&Reading::new(&file, &diagnostics), catalog(), None);
    (read.unwrap_or_default(), problems(&diagnostics))
}

fn from_workbook(bytes: &[u8]) -> (tenken::load::workbook::Read, String) {
    let diagnostics = Diagnostics::default();
    let read = from_bytes("answers.xlsx".into(), bytes, catalog(), None, &diagnostics);
    (read.unwrap_or_default(), problems(&diagnostics))
}

fn problems(diagnostics: &Diagnostics) -> String {
    let line = |one: &tenken::model::diagnostic::Diagnostic| {
        let place = one.origin.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{place}: {}\n", texts::render(&one.what, Lang::En))
    };
    diagnostics.list().iter().map(line).collect()
}

fn words() -> impl Strategy<Value = String> {
    let hostile = prop_oneof![
        Just("=1+1".to_owned()),
        Just("@SUM(A1)".to_owned()),
        Just("-1".to_owned()),
        Just("+81 3 0000 0000".to_owned()),
        Just("null".to_owned()),
        Just("yes".to_owned()),
        Just("2026-11-20".to_owned()),
        Just("1.50".to_owned()),
        Just("_x0041_ _x000D_".to_owned()),
        Just("a\u{b}b\u{85}c\u{2028}d\u{200b}e".to_owned()),
        Just("一行目\n\n  三行目\n# 四行目: x".to_owned()),
        Just("&<>\"' ]]> {a}".to_owned()),
        Just("𠮷野家 👩‍⚕️ か\u{3099}".to_owned()),
    ];
    prop_oneof![hostile, "(?s).{1,30}", "[ -~ぁ-ん漢字\n]{1,40}"]
        .prop_map(|text| text.chars().filter(|c| !is_refused(*c)).collect::<String>().trim().to_owned())
        .prop_filter("says something", |text| !text.is_empty())
}

/// What no file may hold, and the line break that no spreadsheet has.
fn is_refused(c: char) -> bool {
    let harmless = matches!(c, '\n' | '\t' | '\u{b}' | '\u{c}' | '\u{85}');
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && !harmless) || turns
}

/// What fits on one line of a cell.
fn line() -> impl Strategy<Value = String> {
    words()
        .prop_map(|text| {
            let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            line.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
        })
        .prop_filter("says something", |text| !text.is_empty())
}

fn day() -> impl Strategy<Value = Date> {
    (1950_i16..2090, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn document() -> impl Strategy<Value = Evidence> {
    let file = option::of(Just("evidence/規程.pdf".to_owned()));
    let named = (line(), option::of(line()), file, option::of(day()));
    prop_oneof![
        named.prop_map(|(document, page, file, valid_until)| Evidence {
            document: Some(document),
            page,
            file,
            valid_until
        }),
        option::of(day()).prop_map(|valid_until| Evidence {
            document: None,
            page: None,
            file: Some("evidence/a b.pdf".to_owned()),
            valid_until
        }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let status = option::of(proptest::sample::select(Status::ALL));
    let texts = (option::of(words()), vec(document(), 0..4), option::of(words()), option::of(words()));
    (status, texts, option::of(day()), option::of(day())).prop_map(|(status, texts, due, on)| {
        let (measure, evidence, improvement, by) = texts;
        // A plan has its date and a claim its reason, or reading them complains as it should.
        let due = due.or((status == Some(Status::Planned)).then_some(date(2027, 3, 31)));
        let measure = measure.or((status == Some(Status::Na)).then(|| "理由".to_owned()));
        Answer { status, measure, evidence, improvement, due, by, on }
    })
}

fn review() -> impl Strategy<Value = Review> {
    (proptest::sample::select(Verdict::ALL), line(), day(), option::of(words()))
        .prop_map(|(verdict, by, on, note)| Review { verdict, by, on, note, seen: Vec::new() })
}

fn said() -> impl Strategy<Value = Said> {
    btree_map("(C-[1-9]|C-10|D-[123])", (answer(), option::of(review())), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_gives_back_what_was_written_into_it(said in said()) {
        let questionnaire = questionnaire(&said);
        for lang in [Lang::Ja, Lang::En] {
            let bytes = workbook::render(&questionnaire, lang).unwrap();
            let (read, problems) = from_workbook(&bytes);
            prop_assert_eq!(&problems, "");
            prop_assert_eq!(shown(&read.answers), wanted(&said));
            prop_assert!(read.extras.is_empty());
        }
    }

    #[test]
    fn yaml_gives_back_what_was_written_into_it(said in said()) {
        let text = yaml::render(&questionnaire(&said), Lang::Ja);
        let (read, problems) = from_yaml(&text);
        prop_assert_eq!(&problems, "", "{}", text);
        prop_assert_eq!(shown(&read), wanted(&said), "{}", text);
    }
}

#[test]
fn what_people_added_to_a_workbook_is_kept() {
    let mut made = questionnaire(&Said::new());
    let name = ItemName::new("takeout", "C-2");
    made.extras.columns.push(ExtraColumn {
        header: "担当部署".to_owned(),
        values: BTreeMap::from([(name, CellValue::Text("=事務".to_owned()))]),
    });
    made.extras.sheets.push(ExtraSheet {
        name: "連絡先".to_owned(),
        cells: vec![
            (0, 0, CellValue::Text("@所属".to_owned())),
            (4, 2, CellValue::Number(1.5)),
            (5, 2, CellValue::Date(date(2026, 4, 1))),
            (6, 2, CellValue::Truth(true)),
        ],
    });
    let bytes = workbook::render(&made, Lang::Ja).unwrap();
    let (read, problems) = from_workbook(&bytes);
    assert_eq!(problems, "");
    assert_eq!(read.extras, made.extras);
}

#[test]
fn the_same_questionnaire_gives_the_same_bytes() {
    let made = questionnaire(&Said::new());
    assert_eq!(workbook::render(&made, Lang::Ja).unwrap(), workbook::render(&made, Lang::Ja).unwrap());
}

#[test]
fn a_text_that_no_cell_can_hold_is_refused_and_the_longest_is_not() {
    let long = |length: usize| {
        let answer = Answer { measure: Some("あ".repeat(length)), ..Answer::default() };
        questionnaire(&Said::from([("C-1".to_owned(), (answer, None))]))
    };
    let (read, problems) = from_workbook(&workbook::render(&long(32_767), Lang::Ja).unwrap());
    assert_eq!(problems, "");
    let name = ItemName::new("takeout", "C-1");
    assert_eq!(read.answers.answers[&name].measure.as_ref().unwrap().chars().count(), 32_767);
    assert!(matches!(
        workbook::render(&long(32_768), Lang::Ja),
        Err(workbook::Refused::TooLong { item, .. }) if item == name
    ));
}
