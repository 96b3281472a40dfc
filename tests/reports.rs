//! Reports rendered from a result file: the same as the audit's, the same bytes every time, in both
//! languages; nothing that anybody typed becomes anything but text; a result that contradicts itself
//! is refused.

mod support;

use serde_json::Value;
use support::{Place, Run};

const STREAMS: [&str; 4] = ["json", "csv", "md", "junit"];

fn example() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["demo", "demo"]).code(), 0);
    std::fs::copy(place.path().join("demo/reports/assessment.json"), place.path().join("result.json"))
        .unwrap();
    place
}

fn report(place: &Place, format: &str, lang: &str) -> Run {
    place.run(&["report", "result.json", "--format", format, "--lang", lang])
}

/// The example's result after something in it was changed.
fn changed(place: &Place, change: impl FnOnce(&mut Value)) {
    let mut json: Value = serde_json::from_str(&place.read("result.json")).unwrap();
    change(&mut json);
    place.write("result.json", serde_json::to_string(&json).unwrap());
}

fn html(place: &Place, lang: &str) -> String {
    let out = format!("out-{lang}");
    let run = place.run(&["report", "result.json", "--format", "html", "--out", &out, "--lang", lang]);
    assert_eq!(run.code(), 0, "{}", run.err());
    place.read(&format!("{out}/2026-11-20.html"))
}

#[test]
fn a_result_is_rendered_as_the_audit_rendered_it() {
    let place = example();
    assert_eq!(
        place
            .run(&["report", "result.json", "--out", "again", "--format", "html,xlsx,csv,md,junit,json"])
            .code(),
        0
    );
    for end in ["html", "xlsx", "csv", "md", "junit.xml", "json"] {
        let first = std::fs::read(place.path().join(format!("demo/reports/assessment.{end}"))).unwrap();
        let again = std::fs::read(place.path().join(format!("again/2026-11-20.{end}"))).unwrap();
        assert!(first == again, "{end} differs");
    }
    let text = report(&place, "text", "ja").out();
    assert_eq!(text, place.read("demo/reports/summary.txt"));
}

#[test]
fn one_format_alone_goes_to_standard_output_and_nothing_is_written() {
    let place = example();
    let before = place.files();
    for format in STREAMS {
        let run = report(&place, format, "ja");
        assert_eq!(run.code(), 0, "{format}: {}", run.err());
        assert!(!run.raw_out().is_empty(), "{format}");
    }
    assert_eq!(place.files(), before);
}

#[test]
fn every_report_speaks_both_languages() {
    let place = example();
    for format in ["text", "csv", "md", "junit"] {
        let (ja, en) = (report(&place, format, "ja").out(), report(&place, format, "en").out());
        assert!(ja.contains("不適合") && !en.contains("不適合"), "{format}");
        assert!(en.contains("fail") && en.contains("Encrypted connections and certificates"), "{format}");
    }
    let (ja, en) = (html(&place, "ja"), html(&place, "en"));
    assert!(ja.contains("<html lang=\"ja\">") && ja.contains("まだ始められません"));
    assert!(en.contains("<html lang=\"en\">") && en.contains("Not ready to start"));
    assert!(!en.contains("不適合"));
}

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "=cmd|' /C calc'!A0",
    "]]></failure><testcase name=\"x\"/>",
    "\u{202e}turned\u{202c} \u{2066}around\u{2069}",
    "zero\u{200b}width\u{feff}",
    "\u{0}nul\u{1b}[31m\u{7}",
    "| # [link](javascript:alert(1)) ![](http://example.com/x.png) `code` {{ 7*7 }} {% raw %}",
    "\" onmouseover=\"alert(1)\" '}</style></title>",
];

/// The example with hostile text wherever people can write.
fn hostile() -> Place {
    let place = example();
    changed(&place, |json| {
        let all = HOSTILE.join(" ");
        for key in ["name", "product", "applicant", "evaluator"] {
            json["subject"][key] = all.clone().into();
        }
        json["facts"][0]["method"] = all.clone().into();
        json["targets"][0]["authorized_by"] = all.clone().into();
        for (index, item) in json["items"].as_array_mut().unwrap().iter_mut().enumerate() {
            let text = HOSTILE[index % HOSTILE.len()];
            if item["declared"].is_object() {
                item["declared"]["measure"] = text.into();
                item["declared"]["by"] = text.into();
            }
            item["improvement"] = text.into();
            for evidence in item["evidence"].as_array_mut().unwrap() {
                evidence["document"] = text.into();
                evidence["page"] = text.into();
            }
            for word in ["title", "why", "fix"] {
                item[word] = serde_json::json!({"ja": text, "en": text});
            }
        }
        let long = "長".repeat(100_000) + "👩‍⚕️";
        json["items"][0]["declared"]["measure"] = long.into();
    });
    place
}

#[test]
fn what_anybody_typed_stays_text_on_the_page() {
    let place = hostile();
    let page = html(&place, "ja");
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<style").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(!page.contains("<img") && !page.contains("onmouseover=\""));
    assert!(page.contains("{{ 7*7 }}"), "templates are not run on what people typed");
    for hidden in ['\0', '\u{1b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
    assert!(page.contains(&"長".repeat(100_000)) && page.contains("👩‍⚕️"));
}

#[test]
fn what_anybody_typed_stays_in_its_cell() {
    let place = hostile();
    let csv = report(&place, "csv", "ja").out();
    let rows = rows(csv.strip_prefix('\u{feff}').unwrap());
    assert_eq!(rows.len(), 139);
    for row in &rows {
        assert_eq!(row.len(), 23, "{row:?}");
        assert!(row.iter().all(|cell| !cell.trim_start().starts_with(['=', '+', '-', '@'])), "{row:?}");
        assert!(row.iter().all(|cell| !cell.contains(['\0', '\u{202e}', '\u{200b}'])), "{row:?}");
    }
}

/// CSV as RFC 4180 has it.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.push(rest.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty());
    rows
}

#[test]
fn what_anybody_typed_stays_text_in_markdown_and_xml() {
    let place = hostile();
    let markdown = report(&place, "md", "ja").out();
    assert!(
        !markdown.contains("<script")
            && !markdown.replace("\\]", "").contains("](")
            && !markdown.contains("://")
    );
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(matches!(bars, 4 | 7), "{bars}: {line}");
    }
    let xml = report(&place, "junit", "ja").out();
    assert!(!xml.contains("]]>") && !xml.contains("<script"));
    assert_eq!(xml.matches("<testcase ").count(), 138);
    assert!(xml.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_workbook_is_made_whatever_anybody_typed() {
    let place = hostile();
    let run = place.run(&["report", "result.json", "--format", "xlsx", "--out", "out"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let bytes = std::fs::read(place.path().join("out/2026-11-20.xlsx")).unwrap();
    assert!(bytes.starts_with(b"PK"), "no workbook");
}

#[test]
fn the_terminal_is_given_no_orders_by_a_result() {
    let place = hostile();
    let text = report(&place, "text", "ja").out();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\0']));
    let chain = place.run(&["explain", "vendor-138/44", "--result", "result.json"]).out();
    assert!(!chain.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\0']));
}

#[test]
fn the_page_contacts_nobody_and_is_locked_by_its_policy() {
    let page = html(&example(), "ja");
    let policy = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap();
    let policy = policy.split('"').next().unwrap().replace("&#x27;", "'");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"));
    for outside in ["src=", "href=\"http", "url(http", "@import", "style=\"", "onclick"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

#[test]
fn every_item_is_on_the_page_under_its_name() {
    let place = example();
    let page = html(&place, "ja").replace("&#x2f;", "/");
    let json: Value = serde_json::from_str(&place.read("result.json")).unwrap();
    for item in json["items"].as_array().unwrap() {
        let name = item["item"].as_str().unwrap();
        assert_eq!(page.matches(&format!("id=\"{name}\"")).count(), 1, "{name}");
    }
}

#[test]
fn a_pipeline_fails_on_what_keeps_from_conforming_and_on_nothing_else() {
    let place = example();
    let xml = report(&place, "junit", "en").out();
    // 4 mandatory fails and 6 partials, of which the contradiction is one; 3 open; what does not
    // apply and recommended shortfalls are skipped.
    assert!(xml.contains("tests=\"138\" failures=\"10\" errors=\"3\""), "{}", &xml[..300]);
    assert!(xml.contains("type=\"conflict\""));
}

/// Every string below a key, anywhere in a document.
fn below<'v>(value: &'v Value, key: &str, into: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            into.extend(map.get(key).and_then(Value::as_str));
            map.values().for_each(|value| below(value, key, into));
        }
        Value::Array(list) => list.iter().for_each(|value| below(value, key, into)),
        _ => {}
    }
}

#[test]
fn every_reference_of_the_oscal_files_leads_somewhere_and_values_are_single_lines() {
    let place = hostile();
    assert_eq!(place.run(&["report", "result.json", "--format", "oscal", "--out", "out"]).code(), 0);
    for kind in ["catalog", "results", "poam"] {
        let document: Value =
            serde_json::from_str(&place.read(&format!("out/2026-11-20.oscal-{kind}.json"))).unwrap();
        let all = |key: &str| {
            let mut found = Vec::new();
            below(&document, key, &mut found);
            found
        };
        let ids = all("uuid");
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{kind}: an identifier stands twice");
        for key in ["observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid"] {
            assert!(all(key).iter().all(|one| unique.contains(one)), "{kind}: {key}");
        }
        let anchors = all("href").into_iter().filter_map(|href| href.strip_prefix('#'));
        assert!(anchors.into_iter().all(|one| unique.contains(one)), "{kind}: an anchor leads nowhere");
        for key in ["value", "title", "name"] {
            for text in all(key) {
                assert!(
                    !text.contains('\n') && !text.trim().is_empty() && text.trim() == text,
                    "{kind}: {text:?}"
                );
            }
        }
    }
}

#[test]
fn an_oscal_finding_is_made_of_passes_and_fails_only() {
    let place = example();
    let document: Value =
        serde_json::from_str(&place.read("demo/reports/assessment.oscal-results.json")).unwrap();
    let findings = document["assessment-results"]["results"][0]["findings"].as_array().unwrap();
    let count = |state: &str| findings.iter().filter(|one| one["target"]["status"]["state"] == state).count();
    // 103 passes and 5 fails of both levels; partial, open and not applicable items are observations.
    assert_eq!((count("satisfied"), count("not-satisfied"), findings.len()), (103, 5, 108));
}

/// What a changed result is refused for.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let place = example();
    changed(&place, change);
    let run = report(&place, "md", "en");
    assert_eq!(run.code(), 2, "{}", run.out());
    assert!(run.out().is_empty());
    run.err()
}

/// What is said, and what it takes to hear it.
type Change = (&'static str, Box<dyn FnOnce(&mut Value)>);

#[test]
fn a_result_that_contradicts_itself_is_refused_with_the_reason() {
    let cases: [Change; 9] = [
        (
            "too many criteria",
            Box::new(|json| {
                let one = json["items"][43]["criteria"][0].clone();
                json["items"][43]["criteria"] = vec![one; 20_001].into();
            }),
        ),
        ("'tenken.assessment/9'", Box::new(|json| json["schema"] = "tenken.assessment/9".into())),
        ("the totals of 'scores'", Box::new(|json| json["items"][43]["verdict"] = "pass".into())),
        ("the totals of 'scores'", Box::new(|json| json["items"][0]["assurance"] = "measured".into())),
        ("the totals of 'scores'", Box::new(|json| json["items"][43]["conflict"] = Value::Null)),
        ("says that it conforms", Box::new(|json| json["conclusion"] = "conforms".into())),
        ("'2026-13-01' is no date", Box::new(|json| json["items"][0]["due"] = "2026-13-01".into())),
        ("number 999", Box::new(|json| json["items"][43]["criteria"][0]["observation"] = 999.into())),
        ("'other/1'", Box::new(|json| json["items"][0]["item"] = "other/1".into())),
    ];
    for (wanted, change) in cases {
        let said = refused(change);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(wanted) && said.contains("result.json"), "{wanted}: {said}");
    }
}

#[test]
fn a_file_that_is_no_result_is_refused_with_its_place() {
    let place = example();
    let whole = place.read("result.json");
    place.write("result.json", &whole[..whole.floor_char_boundary(whole.len() / 2)]);
    let run = report(&place, "html", "ja");
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("result.json:"), "{}", run.err());
    place.write("result.json", "[".repeat(100_000));
    assert_eq!(report(&place, "html", "ja").code(), 2);
    assert_eq!(place.run(&["report", "nothing.json"]).code(), 2);
}

#[test]
fn a_diff_names_what_got_better_and_worse_and_exits_with_one_on_worse() {
    let place = Place::new();
    place.write("tenken.yaml", support::CLINIC);
    let audit = |answers: &str, name: &str| {
        place.write("answers.yaml", answers);
        let run = place.run(&["audit", "--format", "json", "--no-history", "--at", "2026-11-20"]);
        place.write(name, run.raw_out());
    };
    audit("answers:\n  takeout/C-1: {status: yes}\n  takeout/C-2: {status: no}\n", "old.json");
    audit("answers:\n  takeout/C-1: {status: no}\n  takeout/C-2: {status: yes}\n", "new.json");
    let run = place.run(&["diff", "old.json", "new.json", "--lang", "en"]);
    assert_eq!(run.code(), 1);
    insta::assert_snapshot!("diff_en", run.out());
    let same = place.run(&["diff", "old.json", "old.json"]);
    assert_eq!(same.code(), 0);
    assert!(same.out().contains("変わったものはありません"));
    let json: Value =
        serde_json::from_str(&place.run(&["diff", "old.json", "new.json", "--json"]).out()).unwrap();
    assert_eq!(json["worse"][0]["item"], "takeout/C-1");
    assert_eq!(json["better"][0]["item"], "takeout/C-2");
    let schema: Value = serde_json::from_str(&place.run(&["schema", "diff"]).out()).unwrap();
    assert!(jsonschema::is_valid(&schema, &json));
}

#[test]
fn a_document_and_a_measurement_that_changed_are_named() {
    let place = example();
    let old = place.read("result.json");
    place.write("old.json", old);
    changed(&place, |json| {
        for item in json["items"].as_array_mut().unwrap() {
            for evidence in item["evidence"].as_array_mut().unwrap() {
                if evidence["file"] == "evidence/tls-settings.md" {
                    evidence["sha256"] = "0".repeat(64).into();
                }
            }
        }
        json["facts"][0]["value"] = serde_json::json!(["TLS1.3"]);
    });
    let run = place.run(&["diff", "old.json", "result.json", "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.out());
    assert!(run.out().contains("evidence/tls-settings.md  its bytes changed"), "{}", run.out());
    let said = run.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("TLS1.0, TLS1.2, TLS1.3 → TLS1.3"), "{said}");
}

#[test]
fn what_only_one_of_two_results_has_is_new_or_gone() {
    let place = Place::new();
    let audit = |checklists: &str, name: &str| {
        let profile = format!("subject: {{name: x, kind: clinic}}\nchecklists: [{checklists}]\n");
        place.write("tenken.yaml", profile);
        let run = place.run(&["audit", "--format", "json", "--no-history", "--at", "2026-11-20"]);
        place.write(name, run.raw_out());
    };
    audit("takeout", "small.json");
    audit("takeout, patient-self", "large.json");
    let diff = |old: &str, new: &str| -> Value {
        serde_json::from_str(&place.run(&["diff", old, new, "--json"]).out()).unwrap()
    };
    let (grown, shrunk) = (diff("small.json", "large.json"), diff("large.json", "small.json"));
    let count = |diff: &Value, key: &str| diff[key].as_array().unwrap().len();
    assert!(count(&grown, "new") > 3 && count(&grown, "gone") == 0);
    assert_eq!((count(&shrunk, "new"), count(&shrunk, "gone")), (0, count(&grown, "new")));
    assert_eq!(grown["checklists"][0]["checklist"], "patient-self");
    assert_eq!(grown["checklists"][0]["from"], Value::Null);
    assert_eq!(count(&grown, "worse") + count(&grown, "better"), 0);
}

#[test]
fn the_first_screen_of_the_page() {
    let page = html(&example(), "en");
    let first = page.split("<header>").nth(1).unwrap().split("<section id=\"next\"").next().unwrap();
    insta::assert_snapshot!("first_screen_en", first);
}

#[test]
fn an_item_under_another_number_is_followed_across_editions() {
    let place = example();
    let renumber = |json: &mut Value, from: &str, to: &str| {
        let text =
            json.to_string().replace(&format!("\"vendor-138/{from}\""), &format!("\"vendor-138/{to}\""));
        *json = serde_json::from_str(&text).unwrap();
    };
    place.write("old.json", place.read("result.json"));
    changed(&place, |json| renumber(json, "7", "207"));
    let run = place.run(&["diff", "old.json", "result.json", "--json"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let diff: Value = serde_json::from_slice(run.raw_out()).unwrap();
    assert_eq!(diff["renamed"][0]["from"], "vendor-138/7");
    assert_eq!(diff["renamed"][0]["to"], "vendor-138/207");
    assert_eq!((&diff["new"], &diff["gone"]), (&serde_json::json!([]), &serde_json::json!([])));
    let text = place.run(&["diff", "old.json", "result.json"]).out();
    assert!(text.contains("番号が変わった項目") && text.contains("vendor-138/7 → vendor-138/207"), "{text}");
    // What another item asked is not followed.
    changed(&place, |json| {
        let items = json["items"].as_array_mut().unwrap();
        let item = items.iter_mut().find(|item| item["item"] == "vendor-138/207").unwrap();
        item["ask"]["ja"] = "ほかの問いですか。".into();
    });
    let diff: Value =
        serde_json::from_slice(place.run(&["diff", "old.json", "result.json", "--json"]).raw_out()).unwrap();
    assert_eq!((diff["new"].as_array().unwrap().len(), diff["gone"].as_array().unwrap().len()), (1, 1));
}

#[test]
fn the_history_of_a_workspace_is_on_its_page() {
    let place = Place::new();
    place.write("tenken.yaml", support::CLINIC);
    place.write("answers.yaml", "answers:\n  takeout/C-1: {status: yes}\n");
    place.run(&["audit", "--at", "2026-10-20"]);
    place.write("answers.yaml", support::all_yes());
    let run = place.run(&["audit", "--at", "2026-11-20", "--format", "html"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let page = place.read("reports/2026-11-20.html");
    assert!(page.contains("2026-10-20") && page.contains("良くなったもの 13"), "no history on the page");
}

#[test]
fn the_chain_of_a_verdict_leads_from_the_answer_to_the_score() {
    let place = example();
    let chain = |lang: &str| {
        let run = place.run(&["explain", "vendor-138/44", "--result", "result.json", "--lang", lang]);
        assert_eq!(run.code(), 0, "{}", run.err());
        run.out()
    };
    insta::assert_snapshot!("chain_ja", chain("ja"));
    insta::assert_snapshot!("chain_en", chain("en"));
    let unknown = place.run(&["explain", "vendor-138/444", "--result", "result.json"]);
    assert_eq!(unknown.code(), 2);
    assert!(unknown.err().contains("vendor-138/44"));
}

#[test]
fn a_small_result_in_the_formats_that_others_read() {
    let place = Place::new();
    place.write("tenken.yaml", support::CLINIC);
    place.write(
        "answers.yaml",
        "answers:\n  takeout/C-1: {status: yes, measure: \"=1+1\"}\n  takeout/C-2: {status: no}\n",
    );
    let run = |format: &str| {
        place.run(&["audit", "--format", format, "--no-history", "--at", "2026-11-20", "--lang", "en"]).out()
    };
    insta::assert_snapshot!("small_csv", run("csv"));
    insta::assert_snapshot!("small_md", run("md"));
    insta::assert_snapshot!("small_junit", run("junit"));
    run("oscal");
    run("xlsx");
    let mut plan: Value = serde_json::from_str(&place.read("reports/2026-11-20.oscal-poam.json")).unwrap();
    only_the_first(&mut plan);
    insta::with_settings!({filters => [("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[uuid]"), ("[0-9a-f]{64}", "[digest]")]}, {
        insta::assert_snapshot!("small_poam", serde_json::to_string_pretty(&plan).unwrap());
        insta::assert_snapshot!("small_xlsx", cells(&place.path().join("reports/2026-11-20.xlsx")));
    });
}

/// Leaves the first of each list: enough to see how all of them look.
fn only_the_first(json: &mut Value) {
    match json {
        Value::Array(list) => {
            list.truncate(1);
            list.iter_mut().for_each(only_the_first);
        }
        Value::Object(map) => map.values_mut().for_each(only_the_first),
        _ => {}
    }
}

/// Every cell that shows something, sheet by sheet, with its formula where it has one.
fn cells(path: &std::path::Path) -> String {
    use calamine::{Data, Reader};
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let mut out = String::new();
    for name in book.sheet_names() {
        out += &format!("## {name}\n");
        let values = book.worksheet_range(&name).unwrap();
        let formulas = book.worksheet_formula(&name).unwrap();
        for (row, column, value) in values.used_cells().filter(|(.., value)| **value != Data::Empty) {
            let text = value.to_string().replace('\n', " / ");
            let place = (row as u32, column as u32);
            let formula = formulas.get_value(place).filter(|one| !one.is_empty());
            let formula = formula.map(|one| format!("  ={one}")).unwrap_or_default();
            out += &format!("{}{} {text}{formula}\n", char::from(b'A' + column as u8), row + 1);
        }
    }
    out
}

#[test]
fn the_page_shows_what_is_offered_beside_what_published_settings_allow() {
    let place = example();
    let profile = |json: &Value| json["legend"]["profiles"][0]["allows"][0].clone();
    let allowed = profile(&serde_json::from_str(&place.read("result.json")).unwrap());
    assert_eq!(allowed["fact"], "tls.versions");
    let chips = |place: &Place, out: &str| {
        let page = html(place, out);
        let start = page.find(r#"class="offer""#).unwrap_or_else(|| panic!("no offer on the page"));
        page[start..].split("<h3>").next().unwrap().to_owned()
    };
    let shown = chips(&place, "en");
    assert!(shown.contains("IPA&#x27;s TLS settings 3.x (high security)"), "{shown}");
    assert!(shown.contains("offered, and not wanted"), "{shown}");
    // What goes beyond what we know of a profile is no finding.
    changed(&place, |json| {
        for profile in json["legend"]["profiles"].as_array_mut().unwrap() {
            for allowed in profile["allows"].as_array_mut().unwrap() {
                allowed["more_is_unknown"] = true.into();
                allowed["values"] = serde_json::json!([]);
            }
        }
    });
    assert!(chips(&place, "ja").contains("許されるかは文書で確かめる"));
}

#[test]
fn medicines_are_listed_for_patients_where_first_visits_are_held_online() {
    let place = Place::new();
    let draft = |features: &str, lang: &str| {
        place.write(
            "tenken.yaml",
            format!("subject: {{name: 見本内科, kind: clinic}}\nchecklists: [patient-briefing]\nfeatures: {features}\n"),
        );
        place.write("answers.yaml", "answers:\n  patient-briefing/3: {status: yes}\n");
        let _ = std::fs::remove_dir_all(place.path().join("reports"));
        place.run(&["audit", "--format", "patient", "--no-history", "--at", "2026-11-20", "--lang", lang]);
        place.read("reports/2026-11-20.patient.md")
    };
    assert!(!draft("[]", "ja").contains("糖尿病"));
    insta::assert_snapshot!("patient_ja", draft("[first_visit]", "ja"));
    insta::assert_snapshot!("patient_en", draft("[first_visit]", "en"));
}

#[test]
fn documents_for_patients_mark_what_is_not_in_place_and_leave_out_what_does_not_apply() {
    let place = Place::new();
    place.write("tenken.yaml", "subject: {name: 見本内科, kind: clinic}\nchecklists: [patient-briefing]\n");
    place.write(
        "answers.yaml",
        "answers:\n  patient-briefing/1: {status: yes}\n  patient-briefing/7-3: {status: no}\n",
    );
    let run = place.run(&["audit", "--format", "patient", "--no-history", "--at", "2026-11-20"]);
    assert_eq!(run.code(), 1, "{}", run.err());
    let text = place.read("reports/2026-11-20.patient.md");
    let line = |part: &str| text.lines().find(|line| line.contains(part)).map(str::to_owned);
    assert!(!line("体に触れて診ることができず").unwrap().contains("要確認"), "{text}");
    assert!(
        line("録音、録画、撮影").unwrap().contains("要確認** patient-briefing/7-3 は「不適合」"),
        "{text}"
    );
    assert_eq!(line("通話は医師の側からかけます"), None, "it does not apply without a general service");
    assert!(text.contains("すべて適合になるまで掲示しないでください"));
    let page = place.read("reports/2026-11-20.patient.html");
    assert!(
        page.contains("見本内科")
            && page.contains("default-src &#x27;none&#x27;")
            && !page.contains("<script")
    );
}

#[test]
fn documents_for_patients_need_the_briefing() {
    let place = example();
    let run = report(&place, "patient", "ja");
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("patient-briefing"), "{}", run.err());
}
