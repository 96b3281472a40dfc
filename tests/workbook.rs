//! Workbooks as they come back from people and from hostile hands: what was answered is found
//! wherever it stands, and what is wrong is named with its cell.

mod support;

use std::io::Write;
use std::sync::OnceLock;

use proptest::prelude::*;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use support::{CLINIC, Place, all_yes};
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::workbook::{Read, from_bytes};
use tenken::model::answer::Status;
use tenken::model::diagnostic::Diagnostics;
use tenken::model::name::ItemName;
use tenken::model::questionnaire::{CellValue, asked};
use tenken::model::text::Lang;
use tenken::texts;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).unwrap())
}

/// Reads, and gives the problems as lines of place and sentence.
fn read(bytes: &[u8]) -> (Read, Vec<String>) {
    let diagnostics = Diagnostics::default();
    let read = from_bytes("answers.xlsx".into(), bytes, catalog(), None, &diagnostics);
    let line = |one: &tenken::model::diagnostic::Diagnostic| {
        assert!(!texts::render(&one.mend, Lang::En).is_empty());
        let place = one.origin.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{place}: {}", texts::render(&one.what, Lang::Ja))
    };
    let problems: Vec<String> = diagnostics.list().iter().map(line).collect();
    assert!(read.is_some() || !problems.is_empty(), "refused without a word");
    (read.unwrap_or_default(), problems)
}

fn item(id: &str) -> ItemName {
    ItemName::new("takeout", id)
}

/// A workbook with one sheet.
fn book(name: &str, fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(name).unwrap();
    fill(sheet);
    book.save_to_buffer().unwrap()
}

/// A sheet of texts, row by row.
fn table(rows: &[&[&str]]) -> Vec<u8> {
    book("表", |sheet| {
        for (row, cells) in rows.iter().enumerate() {
            for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row as u32, column as u16, *text).unwrap();
            }
        }
    })
}

fn status(read: &Read, id: &str) -> Option<Status> {
    read.answers.answers.get(&item(id)).and_then(|answer| answer.status)
}

#[test]
fn rows_are_found_by_name_and_columns_by_heading_wherever_they_stand() {
    let (read, problems) = read(&table(&[
        &["", "点検のメモ"],
        &[],
        &["担当", "対応策 ", "記入日", " 回　答", "項目", "tenken-item", "ﾍﾟｰｼﾞ", "証拠の書類"],
        &["事務", " 表にした \n二行目 ", "R8.11.20", "　○　", "", "takeout/C-3", "", ""],
        &["", "", "令和8年11月19日", "ﾊｲ", "", "takeout/C-1", "3\n", "規程\n台帳"],
        &["", "理由", "２０２６／１１／１８", "Ｎ／Ａ", "", "takeout/D-2", "", ""],
    ]));
    assert_eq!(problems, [""; 0]);
    assert_eq!(status(&read, "C-3"), Some(Status::Yes));
    assert_eq!(status(&read, "C-1"), Some(Status::Yes));
    assert_eq!(status(&read, "D-2"), Some(Status::Na));
    let third = &read.answers.answers[&item("C-3")];
    assert_eq!(third.measure.as_deref(), Some("表にした \n二行目"));
    let days: Vec<String> =
        ["C-3", "C-1", "D-2"].map(|id| read.answers.answers[&item(id)].on.unwrap().to_string()).to_vec();
    assert_eq!(days, ["2026-11-20", "2026-11-19", "2026-11-18"]);
    let evidence = &read.answers.answers[&item("C-1")].evidence;
    let shown: Vec<_> = evidence.iter().map(|one| (one.document.as_deref(), one.page.as_deref())).collect();
    assert_eq!(shown, [(Some("規程"), Some("3")), (Some("台帳"), None)]);
    assert_eq!(read.extras.columns.len(), 1, "the column that people added");
    assert_eq!(read.extras.columns[0].header, "担当");
    assert_eq!(read.extras.columns[0].values[&item("C-3")], CellValue::Text("事務".to_owned()));
}

#[test]
fn headings_are_known_in_both_languages() {
    let (read, problems) = read(&table(&[
        &["tenken-item", "ANSWER", "Measure", "Verdict", "Evaluator", "Evaluated on"],
        &["takeout/C-1", "partly", "begun", "Pass", "auditor", "2026-11-21"],
    ]));
    assert_eq!(problems, [""; 0]);
    assert_eq!(status(&read, "C-1"), Some(Status::Partial));
    assert_eq!(read.answers.reviews[&item("C-1")].by, "auditor");
}

#[test]
fn cells_of_every_kind_are_read() {
    let bytes = book("表", |sheet| {
        for (at, heading) in
            (0..).zip(["tenken-item", "回答", "対応策", "期限", "記入日", "証拠の書類", "ページ"])
        {
            sheet.write_string(0, at, heading).unwrap();
        }
        let day = ExcelDateTime::from_ymd(2027, 3, 31).unwrap();
        let dated = Format::new().set_num_format("ggge\"年\"m\"月\"d\"日\"");
        sheet.write_string(1, 0, "takeout/C-1").unwrap();
        sheet.write_formula(1, 1, Formula::new("=\"予\"&\"定\"").set_result("予定")).unwrap();
        sheet.write_number(1, 2, 24.0).unwrap();
        sheet.write_datetime_with_format(1, 3, &day, &dated).unwrap();
        sheet.write_number(1, 4, 46_346.0).unwrap();
        sheet.write_string(1, 5, "規程").unwrap();
        sheet.write_number(1, 6, 3.0).unwrap();
        // One answer for three rows, and the second of them hidden.
        sheet.merge_range(2, 1, 4, 1, "はい", &Format::new()).unwrap();
        for (row, id) in (2..).zip(["C-2", "C-3", "C-4"]) {
            sheet.write_string(row, 0, format!("takeout/{id}")).unwrap();
        }
        sheet.set_row_hidden(3).unwrap();
    });
    let (read, problems) = read(&bytes);
    assert_eq!(problems, [""; 0]);
    let first = &read.answers.answers[&item("C-1")];
    assert_eq!(first.status, Some(Status::Planned));
    assert_eq!(first.measure.as_deref(), Some("24"));
    assert_eq!(first.due.unwrap().to_string(), "2027-03-31");
    assert_eq!(first.on.unwrap().to_string(), "2026-11-20");
    assert_eq!(first.evidence[0].page.as_deref(), Some("3"));
    for id in ["C-2", "C-3", "C-4"] {
        assert_eq!(status(&read, id), Some(Status::Yes), "{id}");
    }
}

#[test]
fn each_problem_is_named_with_its_cell() {
    const HEAD: &[&str] = &[
        "tenken-item",
        "回答",
        "対応策",
        "期限",
        "証拠の書類",
        "ページ",
        "ファイル",
        "判定",
        "評価者",
        "評価日",
    ];
    let row = |cells: &[&'static str]| cells.to_vec();
    let table_of: [(Vec<&str>, &str); 18] = [
        (row(&["takeout/C-1", "たぶん"]), "表!B2: 「たぶん」は回答として読めません"),
        (row(&["takeout/C-1", "はい", "", "来年"]), "表!D2: 「来年」は日付として読めません"),
        (row(&["takeout/C-1", "はい", "", "11/20"]), "表!D2: 「11/20」は日付として読めません"),
        (row(&["takeout/C-1", "予定"]), "表!A2: 予定（planned）に期限がありません"),
        (row(&["takeout/C-1", "対象外"]), "表!C2: 対象外（na）の理由がありません"),
        (row(&["takeout/C-99", "はい"]), "表!A2: 「takeout/C-99」という項目はありません"),
        (row(&["tekeout/C-1", "はい"]), "表!A2: 「tekeout」というチェックリストはありません"),
        (row(&["C-1", "はい"]), "表!A2: 「C-1」は項目の名前ではありません"),
        (row(&["", "はい"]), "表!B2: 回答がありますが、項目名"),
        (row(&["takeout/C-1", "", "", "", "", "3"]), "表!E2: 書類の題名もファイルもありません"),
        (row(&["takeout/C-1", "", "", "", "", "", "../x"]), "表!G2: 「../x」は作業フォルダーの外です"),
        (
            row(&["takeout/C-1", "", "", "", "", "", "answers.xlsx"]),
            "表!G2: 「answers.xlsx」は tenken 自身のファイル",
        ),
        (
            row(&["takeout/C-1", "", "", "", "", "", "", "合格", "評価者", "2026-11-20"]),
            "表!H2: 「合格」は判定として読めません",
        ),
        (
            row(&["takeout/C-1", "", "", "", "", "", "", "適合", "", "2026-11-20"]),
            "表!I2: 評価者の記入に「評価者」がありません",
        ),
        (
            row(&["takeout/C-1", "", "", "", "", "", "", "適合", "評価者"]),
            "表!J2: 評価者の記入に「評価日」がありません",
        ),
        (
            row(&["takeout/C-1", "", "", "", "", "", "", "", "評価者", "2026-11-20"]),
            "表!H2: 評価者の記入に「判定」がありません",
        ),
        (row(&["takeout/C-1", "は\u{202a}い"]), "表!B2: 見えない制御文字"),
        (row(&["takeout/C-1", "はい", "", "", "", "", r"C:\規程.pdf"]), "表!G2:"),
    ];
    let mut wrong = Vec::new();
    for (cells, wanted) in table_of {
        let (_, problems) = read(&table(&[HEAD, &cells]));
        let wanted = wanted.replace("表!A2: 予定", "表!D2: 予定");
        let is_it = problems.len() == 1 && problems[0].starts_with(&format!("answers.xlsx {wanted}"));
        wrong.extend((!is_it).then(|| format!("{wanted}: {problems:?}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_broken_formula_a_missing_result_and_a_page_that_became_a_day_are_pointed_out() {
    let bytes = book("表", |sheet| {
        for (at, heading) in (0..).zip(["tenken-item", "回答", "対応策", "ページ", "証拠の書類"])
        {
            sheet.write_string(0, at, heading).unwrap();
        }
        sheet.write_string(1, 0, "takeout/C-1").unwrap();
        sheet.write_formula(1, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        let day = Format::new().set_num_format("m\"月\"d\"日\"");
        sheet.write_datetime_with_format(1, 3, ExcelDateTime::from_ymd(2026, 3, 4).unwrap(), &day).unwrap();
        sheet.write_string(1, 4, "規程").unwrap();
    });
    let (_, problems) = read(&bytes);
    let wanted = ["表!C2: 数式がエラー（#DIV/0!）", "表!D2: ページが日付（2026-03-04）"];
    assert_eq!(problems.len(), wanted.len(), "{problems:?}");
    for (problem, wanted) in problems.iter().zip(wanted) {
        assert!(problem.starts_with(&format!("answers.xlsx {wanted}")), "{wanted}: {problem}");
    }
    let unsaved = "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>takeout/C-2</t></is></c><c r=\"B3\"><f>A9</f></c></row>";
    let (_, problems) = read(&xlsx(&sheet(unsaved), b"<sst/>"));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("answers.xlsx 表!B3: 数式の結果が保存されていません"), "{problems:?}");
}

#[test]
fn two_rows_with_one_name_are_an_error_that_names_both() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let rows: &[&[&str]] = &[
        &["tenken-item", "回答", "対応策"],
        &["takeout/C-1", "はい"],
        &["takeout/C-2", "はい"],
        &["takeout/C-1", "いいえ"],
        &["takeout/C-2", ""],
    ];
    place.write("answers.xlsx", table(rows));
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2);
    assert!(
        run.err().contains("answers.xlsx 表!B4") && run.err().contains("answers.xlsx 表!B2"),
        "{}",
        run.err()
    );
    assert!(!run.err().contains("C-2"), "an empty second row says nothing: {}", run.err());
}

#[test]
fn an_item_answered_in_two_files_is_an_error_that_names_both_places() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", "answers:\n  takeout/C-1:\n    status:\n  takeout/C-2: {status: yes}\n");
    let rows: &[&[&str]] =
        &[&["tenken-item", "回答", "対応策"], &["takeout/C-1", "はい"], &["takeout/C-2", "いいえ"]];
    place.write("answers.xlsx", table(rows));
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2);
    assert!(
        run.err().contains("answers.xlsx 表!B3") && run.err().contains("answers.yaml:4:3"),
        "{}",
        run.err()
    );
    assert!(!run.err().contains("C-1"), "an empty entry is no answer: {}", run.err());
}

#[test]
fn a_question_that_was_altered_or_has_changed_is_pointed_out() {
    let item = catalog().checklists["takeout"].item("C-1").unwrap();
    let (question, digest) = (item.question(Lang::Ja), asked(&item.question(Lang::Ja)));
    let english = asked(&item.question(Lang::En));
    let problems = |question: &str, digest: &str, status: &str| {
        let head: &[&str] = &["tenken-item", "tenken-asked", "問い", "回答", "対応策"];
        read(&table(&[head, &["takeout/C-1", digest, question, status]])).1
    };
    assert_eq!(problems(&question, &digest, "はい"), [""; 0]);
    assert_eq!(problems(&item.question(Lang::En), &english, "はい"), [""; 0]);
    assert!(problems("別の問いですか。", &digest, "はい")[0].contains("書き換えられています"));
    let older = "前の版の問いですか。";
    assert!(problems(older, &asked(older), "はい")[0].contains("変わりました"));
    assert_eq!(problems(older, &asked(older), ""), [""; 0], "nothing was answered, nothing to check");
}

#[test]
fn a_questionnaire_of_another_edition_is_told_apart_from_one_of_another_checklist() {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_custom_property("tenken-edition-takeout", "1999"));
    let sheet = book.add_worksheet();
    for (at, heading) in (0..).zip(["tenken-item", "回答", "対応策"]) {
        sheet.write_string(0, at, heading).unwrap();
    }
    sheet.write_string(1, 0, "takeout/C-1").unwrap().write_string(1, 1, "はい").unwrap();
    let (older, problems) = read(&book.save_to_buffer().unwrap());
    assert!(problems[0].contains("版「1999」"), "{problems:?}");
    assert_eq!(status(&older, "C-1"), Some(Status::Yes), "it is read all the same");
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.xlsx", table(&[&["tenken-item", "回答", "対応策"], &["vendor-138/1", "はい"]]));
    let run = place.run(&["check"]);
    assert_eq!(run.code(), 0, "a warning: {}", run.err());
    assert!(run.err().contains("vendor-138/1") && run.err().contains("表!A2"), "{}", run.err());
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a workbook that the sheet and the strings hang on.
fn xlsx(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let top = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let inner = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", inner.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ])
}

const HEADINGS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>tenken-item</t></is></c>\
    <c r=\"B1\" t=\"inlineStr\"><is><t>回答</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><t>対応策</t></is></c></row>\
    <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>takeout/C-1</t></is></c>\
    <c r=\"B2\" t=\"inlineStr\"><is><t>はい</t></is></c></row>";

fn sheet(more: &str) -> Vec<u8> {
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{HEADINGS}{more}</sheetData></worksheet>"
    )
    .into_bytes()
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"表\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

fn text_cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

/// Saved by LibreOffice as a workbook of Excel 97.
const EXCEL97: &[u8] = include_bytes!("samples/excel97.xls");

fn compound_file(stream: &str, content: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(content).unwrap();
    file.into_inner().into_inner()
}

#[test]
fn an_old_xls_says_what_it_says_as_an_xlsx() {
    let (read, problems) = read(EXCEL97);
    assert_eq!(problems, [""; 0]);
    let shown = |id: &str| {
        let answer = &read.answers.answers[&item(id)];
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        (answer.status, answer.measure.clone().unwrap_or_default(), day(answer.on), day(answer.due))
    };
    let long = format!("手順書{}", "を守る。".repeat(3000));
    assert_eq!(shown("C-1"), (Some(Status::Yes), long, "2026-11-20".to_owned(), String::new()));
    let second =
        (Some(Status::Partial), "二行\nの文".to_owned(), "2026-11-20".to_owned(), "2027-03-01".to_owned());
    assert_eq!(shown("C-2"), second);
    let third = (Some(Status::No), "\"=1+1\" は文字".to_owned(), "2026-11-20".to_owned(), String::new());
    assert_eq!(shown("C-3"), third);
    assert_eq!(shown("C-4").0, Some(Status::Yes));
    let department = &read.extras.columns.iter().find(|one| one.header == "部署").unwrap().values;
    assert_eq!(department[&item("C-1")], CellValue::Number(12.0));
    assert_eq!(department[&item("C-2")], CellValue::Text("#DIV/0!".to_owned()));
    assert!(read.extras.sheets.iter().any(
        |sheet| sheet.name == "連絡先" && sheet.cells == [(2, 1, CellValue::Text("内線 119".to_owned()))]
    ));
}

/// One short text in the file, shown by more cells than there is room for.
#[test]
fn an_old_xls_that_asks_for_too_much_is_refused() {
    let record = |kind: u16, data: &[u8]| {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    };
    let begin = record(0x0809, &[0, 6, 5, 0]);
    let text = [&[0; 8][..], &8000_u16.to_le_bytes(), &[0], &[b'x'; 8000]].concat();
    let mut globals = [begin.clone(), record(0x00FC, &text)].concat();
    let start = u32::try_from(globals.len() + 4 + 9 + 4).unwrap();
    globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat()));
    globals.extend(record(0x000A, &[]));
    let cell = |row: u16| {
        let place = [row.to_le_bytes(), [0; 2], [0; 2], [0; 2], [0; 2]].concat();
        record(0x00FD, &place)
    };
    let sheet = [begin, (0..20_000).flat_map(cell).collect(), record(0x000A, &[])].concat();
    let (_, problems) = read(&compound_file("/Workbook", &[globals, sheet].concat()));
    assert!(problems[0].contains("大きすぎる"), "{problems:?}");
}

#[test]
fn what_is_no_workbook_is_named_for_what_it_is() {
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("項目,回答\nC-1,はい、そうです\n");
    let whole = table(&[&["tenken-item", "回答", "対応策"], &["takeout/C-1", "はい"]]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("password", compound_file("/EncryptedPackage", b"x"), "パスワードで保護されている"),
        ("half of an old xls", EXCEL97[..EXCEL97.len() / 2].to_vec(), "壊れているので読めません"),
        ("another compound file", compound_file("/WordDocument", b""), "Excel 95 かそれより古い形式"),
        ("Excel 95", compound_file("/Workbook", &[9, 8, 4, 0, 0, 5, 5, 0]), "Excel 95 かそれより古い形式"),
        ("old xls with a password", compound_file("/Workbook", &[9, 8, 2, 0, 0, 6, 0x2F, 0, 2, 0, 1, 0]), "パスワードで保護されている"),
        ("HTML", b"<html><table><tr><td>takeout/C-1</td></tr></table></html>".to_vec(), "ウェブページ（HTML）"),
        ("CSV in Shift_JIS", shift_jis.to_vec(), "文字だけのファイル（Shift_JIS）"),
        ("CSV", "項目,回答\n".as_bytes().to_vec(), "文字だけのファイル（UTF-8）"),
        ("nothing", Vec::new(), "中身が空です"),
        ("a picture", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 3], "表計算のファイルではありません"),
        ("half of a file", whole[..whole.len() / 2].to_vec(), "壊れているので読めません"),
        ("a flipped byte", { let mut flipped = whole.clone(); flipped[60] ^= 0xFF; flipped }, "壊れているので読めません"),
        ("xlsb", zipped(&[("xl/workbook.bin", b"x")]), "バイナリ形式"),
        ("another archive", zipped(&[("word/document.xml", b"x")]), "表計算のファイルではありません"),
        ("no sheets", zipped(&[("[Content_Types].xml", b"<Types/>")]), "壊れているので読めません"),
        ("another workbook", table(&[&["品名", "個数"], &["机", "3"]]), "質問票が入っていません"),
        ("names cut off", table(&[&["番号", "回答", "対応策"], &["C-1", "はい"]]), "項目名の列（tenken-item）がない"),
        ("an answer column cut off", table(&[&["tenken-item", "対応策"], &["takeout/C-1", "はい"]]), "列「回答」がありません"),
        ("lying about its strings", xlsx(&sheet(""), b"<sst uniqueCount=\"99999999999999\"></sst>"), "壊れているので読めません"),
        ("lying in UTF-16", xlsx(&sheet(""), &"<sst uniqueCount=\"99999999999999\"></sst>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()), "壊れているので読めません"),
        ("not XML", xlsx(b"<worksheet><sheetData><row", b"<sst/>"), "壊れているので読めません"),
        ("far-off cells of an ods", ods(&format!("<table:table-row>{}</table:table-row><table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16000\"/>{}</table:table-row>", text_cell("a"), text_cell("b"))), "大きすぎる"),
        ("wide rows of an ods", ods(&"<table:table-row><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell></table:table-row>".repeat(300)), "大きすぎる"),
    ];
    for (what, bytes, wanted) in cases {
        let (_, problems) = read(&bytes);
        assert_eq!(problems.len(), 1, "{what}: {problems:?}");
        assert!(problems[0].contains(wanted), "{what}: {problems:?}");
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b' '; (64 << 20) + 1];
    let bomb = xlsx(&sheet(""), &zeros);
    assert!(bomb.len() < 1 << 20);
    let (_, problems) = read(&bomb);
    assert!(problems[0].contains("大きすぎる"), "{problems:?}");
}

#[test]
fn what_a_small_file_repeats_without_end_is_not_written_out() {
    let long = "あ".repeat(30_000);
    let shared = format!("<sst><si><t>{long}</t></si></sst>");
    let cells: String =
        (3..4000).map(|row| format!("<row r=\"{row}\"><c r=\"D{row}\" t=\"s\"><v>0</v></c></row>")).collect();
    let (_, problems) = read(&xlsx(&sheet(&cells), shared.as_bytes()));
    assert!(problems[0].contains("大きすぎる"), "one string shared by thousands: {problems:?}");
    let row = format!(
        "<table:table-row table:number-rows-repeated=\"1000\"><table:table-cell table:number-columns-repeated=\"100\" office:value-type=\"string\"><text:p>{long}</text:p></table:table-cell></table:table-row>"
    );
    let (_, problems) = read(&ods(&row));
    assert!(problems[0].contains("大きすぎる"), "one cell repeated: {problems:?}");
    let rows: String =
        (3..3000).map(|row| format!("<row r=\"{row}\"><c r=\"D{row}\"><v>1</v></c></row>")).collect();
    let merged: String = (3..1000).map(|row| format!("<mergeCell ref=\"B{row}:B3000\"/>")).collect();
    let whole = String::from_utf8(sheet(&rows))
        .unwrap()
        .replace("</sheetData>", &format!("</sheetData><mergeCells>{merged}</mergeCells>"));
    let filled = whole.replace("<c r=\"D", "<c r=\"B");
    let (_, problems) = read(&xlsx(filled.as_bytes(), b"<sst/>"));
    assert!(problems[0].contains("大きすぎる"), "merged over and over: {problems:?}");
}

#[test]
fn a_million_formatted_rows_cost_nothing_but_a_moment() {
    let rows: String =
        (3..=1_048_576).map(|row| format!("<row r=\"{row}\" s=\"1\" customFormat=\"1\"/>")).collect();
    let (read, problems) = read(&xlsx(&sheet(&rows), b"<sst/>"));
    assert_eq!(problems, [""; 0]);
    assert_eq!(status(&read, "C-1"), Some(Status::Yes));
}

#[test]
fn an_opendocument_sheet_is_read_with_its_repetitions() {
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|text| text_cell(text)).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let blank = "<table:table-row table:number-rows-repeated=\"5\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>";
    let end = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>";
    let rows = format!(
        "{blank}{}{blank}{}{end}",
        row(&["tenken-item", "回答", "対応策"]),
        row(&["takeout/C-1", "いいえ", "これから"])
    );
    let (read_once, problems) = read(&ods(&rows));
    assert_eq!(problems, [""; 0]);
    assert_eq!(status(&read_once, "C-1"), Some(Status::No));
    let wrong = format!("{blank}{}{}", row(&["tenken-item", "回答", "対応策"]), row(&["takeout/C-1", "?"]));
    assert!(read(&ods(&wrong)).1[0].contains("表!B7"), "places count the repeated rows");
}

#[test]
fn form_writes_a_workbook_that_audits_to_the_same_result() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", all_yes().replacen("status: yes", "status: no", 1));
    let json = ["audit", "--format", "json", "--no-history", "--at", "2026-11-20"];
    let before = place.run(&json).out();
    let made = place.run(&["form"]);
    assert_eq!(made.code(), 0, "{}", made.err());
    assert_eq!(place.files(), ["answers.xlsx", "answers.yaml.bak", "tenken.yaml"]);
    assert_eq!(place.run(&json).out(), before);
    let back = place.run(&["form", "--format", "yaml", "--lang", "en"]);
    assert_eq!(back.code(), 0, "{}", back.err());
    assert_eq!(place.files(), ["answers.xlsx.bak", "answers.yaml", "answers.yaml.bak", "tenken.yaml"]);
    assert_eq!(place.run(&json).out(), before);
}

#[test]
fn answers_to_items_that_do_not_apply_any_more_are_kept_and_come_back() {
    let place = Place::new();
    let with = "subject: {name: x, kind: vendor}\nchecklists: [vendor-138, takeout]\nfeatures: [recording]\n";
    let recording = catalog().checklists["vendor-138"]
        .items
        .iter()
        .find(|item| item.when.keys().any(|key| key == "recording"))
        .unwrap();
    place.write("tenken.yaml", with);
    place.write(
        "answers.yaml",
        format!("answers:\n  {}: {{status: yes, measure: 録画の回答}}\n  takeout/C-1: {{status: no, measure: 持ち出しの回答}}\n", recording.name),
    );
    for format in ["xlsx", "yaml"] {
        place.write("tenken.yaml", "subject: {name: x, kind: vendor}\nchecklists: [vendor-138]\n");
        for _ in 0..2 {
            let made = place.run(&["form", "--format", format]);
            assert_eq!(made.code(), 0, "{}", made.err());
            assert!(made.err().contains("2 項目の回答も残して"), "{format}: {}", made.err());
        }
        place.write("tenken.yaml", with);
        assert_eq!(place.run(&["form", "--format", format]).code(), 0);
        let json = place.run(&["audit", "--format", "json", "--no-history"]).out();
        assert!(json.contains("\"declared\""), "{json}");
    }
    let yaml = place.read("answers.yaml");
    assert!(yaml.contains("録画の回答") && yaml.contains("持ち出しの回答"), "{yaml}");
}

#[test]
fn form_writes_nothing_while_something_cannot_be_read() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let bytes = table(&[&["tenken-item", "回答", "対応策"], &["takeout/C-1", "たぶん", "大事な言葉"]]);
    place.write("answers.xlsx", &bytes);
    let run = place.run(&["form"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("表!B2"), "{}", run.err());
    assert_eq!(place.files(), ["answers.xlsx", "tenken.yaml"]);
    assert_eq!(std::fs::read(place.path().join("answers.xlsx")).unwrap(), bytes);
}

#[test]
fn what_people_wrote_beside_the_questions_survives_being_written_anew() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows: &[&[&str]] = &[
        &["tenken-item", "回答", "担当部署", "対応策"],
        &["takeout/C-1", "はい", "=事務", "", "見出しのない一言"],
        &["", "", "", "あとで相談する"],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
    book.add_worksheet().set_name("連絡先").unwrap().write_string(2, 1, "@内線").unwrap();
    place.write("answers.xlsx", book.save_to_buffer().unwrap());
    for _ in 0..2 {
        assert_eq!(place.run(&["form"]).code(), 0);
        let bytes = std::fs::read(place.path().join("answers.xlsx")).unwrap();
        let (read, problems) = read(&bytes);
        assert_eq!(problems, [""; 0]);
        let column = |header: &str| {
            let found = read.extras.columns.iter().find(|column| column.header == header);
            found.and_then(|column| column.values.get(&item("C-1"))).cloned()
        };
        assert_eq!(column("担当部署"), Some(CellValue::Text("=事務".to_owned())));
        assert_eq!(column(""), Some(CellValue::Text("見出しのない一言".to_owned())));
        let kept = format!("{:?}", read.extras.sheets);
        assert!(
            kept.contains("@内線") && kept.contains("連絡先") && kept.contains("あとで相談する"),
            "{kept}"
        );
    }
}

#[test]
fn a_workbook_can_be_checked_by_itself() {
    let place = Place::new();
    place.write("answers.xlsx", table(&[&["tenken-item", "回答", "対応策"], &["takeout/C-1", "はい"]]));
    assert_eq!(place.run(&["check", "answers.xlsx"]).code(), 0);
    place.write("answers.xlsx", table(&[&["tenken-item", "回答", "対応策"], &["takeout/C-1", "たぶん"]]));
    let run = place.run(&["check", "answers.xlsx"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("answers.xlsx 表!B2"), "{}", run.err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Nor does damage anywhere in an old one.
    #[test]
    fn damage_never_makes_the_reader_of_old_files_fall_over(at in 0_usize..EXCEL97.len(), put in proptest::collection::vec(0_u8.., 1..6)) {
        let mut damaged = EXCEL97.to_vec();
        let at = at.min(damaged.len() - put.len());
        damaged[at..at + put.len()].copy_from_slice(&put);
        read(&damaged);
    }

    /// Damage anywhere in the parts of a workbook ends in a reading or in a word on what is wrong.
    #[test]
    fn damage_never_makes_the_reader_fall_over(cut in 0_usize..2000, length in 0_usize..40, put in "[ -~]{0,12}", what in 0_u8..3) {
        let damaged = |text: &[u8]| {
            let at = cut % text.len();
            let end = (at + length).min(text.len());
            [&text[..at], put.as_bytes(), &text[end..]].concat()
        };
        let more = "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"str\"><f>A1</f><v>○</v></c><c r=\"C3\" s=\"1\"><v>46346</v></c></row>";
        let strings = b"<sst count=\"1\" uniqueCount=\"1\"><si><t>takeout/C-2</t></si></sst>";
        let bytes = match what {
            0 => xlsx(&damaged(&sheet(more)), strings),
            1 => xlsx(&sheet(more), &damaged(strings)),
            _ => {
                let rows = format!("<table:table-row>{}{}</table:table-row>", text_cell("tenken-item"), text_cell("回答"));
                let rows = String::from_utf8_lossy(&damaged(rows.as_bytes())).into_owned();
                ods(&rows)
            }
        };
        read(&bytes);
    }
}
