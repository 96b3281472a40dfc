//! What a clinic takes over from its vendor's assessment. Each test fails without the rule that it
//! names.

#[path = "support/build.rs"]
mod build;
mod support;

use std::sync::Arc;

use build::*;
use jiff::civil::{Date, date};
use serde_json::Value;
use support::Place;
use tenken::model::answer::{Answer, Status};
use tenken::model::assessment::{Conflict, Finding};
use tenken::model::checklist::Item;
use tenken::model::criterion::Power;
use tenken::model::inherited::{Signature, VendorAssessment, VendorVerdict};
use tenken::model::scoring::Conclusion;
use tenken::model::text::Text;
use tenken::model::verdict::{Actor, Assurance, Level, Verdict};

/// `test/1` is the vendor's to fulfil; `test/2` stands for an item of the vendor's own checklist.
fn two() -> Case {
    let of_vendor = Item { actor: Actor::Vendor, ..item("1", Level::Mandatory) };
    Case::of(vec![of_vendor, item("2", Level::Recommended)])
}

fn verdict(verdict: Verdict) -> VendorVerdict {
    VendorVerdict { verdict, assurance: Assurance::Measured, contradicted: false, due: None }
}

fn vendor(
    on: Date,
    signature: Signature,
    verdicts: &[(&str, VendorVerdict)],
) -> Option<Arc<VendorAssessment>> {
    Some(Arc::new(VendorAssessment {
        file: "vendor/result.json".into(),
        sha256: "0".repeat(64),
        vendor: "あおぞら遠隔".into(),
        product: None,
        date: on,
        conclusion: Conclusion::Conforms,
        conclusion_title: Text::new("始められます", "Ready to start"),
        signature,
        signer: None,
        verdicts: verdicts.iter().map(|(id, verdict)| (name(id), *verdict)).collect(),
    }))
}

fn says(verdict_there: Verdict) -> Option<Arc<VendorAssessment>> {
    vendor(date(2026, 10, 1), Signature::Unsigned, &[("2", verdict(verdict_there))])
}

fn with(case: Case, vendor: Option<Arc<VendorAssessment>>) -> Case {
    Case { vendor, ..case }
}

fn first(case: &Case) -> Finding {
    case.finding()
}

fn has(finding: &Finding, reason: &str) -> bool {
    finding.reasons.iter().any(|one| one.id == format!("reason.{reason}"))
}

#[test]
fn an_item_of_the_vendor_takes_the_verdict_of_the_vendor_on_the_same() {
    for there in [Verdict::Pass, Verdict::Partial, Verdict::Fail] {
        let found = first(&with(two().same(&["1", "2"]), says(there)));
        assert_eq!((found.verdict, found.assurance), (there, Assurance::Declared), "{there}");
        let inherited = found.inherited.as_ref().unwrap();
        assert!(inherited.decides && has(&found, "inherited") && has(&found, "inherited_said"));
        assert!(!has(&found, "unanswered"));
        assert_eq!(inherited.from, name("2"));
    }
    for there in [Verdict::Open, Verdict::NotApplicable] {
        let found = first(&with(two().same(&["1", "2"]), says(there)));
        assert_eq!(found.verdict, Verdict::Open, "{there}");
        assert!(has(&found, "inherited_nothing") && !found.inherited.unwrap().decides);
    }
}

#[test]
fn what_is_not_the_vendors_or_not_covered_stays_open() {
    let own = Case::of(vec![item("1", Level::Mandatory), item("2", Level::Mandatory)]);
    let found = first(&with(own.same(&["1", "2"]), says(Verdict::Pass)));
    assert_eq!((found.verdict, found.inherited), (Verdict::Open, None));
    let unlinked = first(&with(two(), says(Verdict::Pass)));
    assert_eq!((unlinked.verdict, unlinked.inherited), (Verdict::Open, None));
}

#[test]
fn a_whole_that_passes_is_a_pass_and_a_part_that_fails_a_fail_and_nothing_else_follows() {
    let wider = |there| first(&with(two().part("1", "2"), says(there)));
    assert_eq!(wider(Verdict::Pass).verdict, Verdict::Pass);
    for there in [Verdict::Fail, Verdict::Partial] {
        let found = wider(there);
        assert_eq!(found.verdict, Verdict::Open, "{there}");
        assert!(has(&found, "inherited_wider"));
    }
    let part = |there| first(&with(two().part("2", "1"), says(there)));
    assert_eq!(part(Verdict::Fail).verdict, Verdict::Fail);
    for there in [Verdict::Pass, Verdict::Partial] {
        let found = part(there);
        assert_eq!(found.verdict, Verdict::Open, "{there}");
        assert!(has(&found, "inherited_part"));
    }
}

#[test]
fn only_a_recent_assessment_signed_by_somebody_known_is_worth_more_than_a_declaration() {
    let known = |on, signature| {
        let found =
            first(&with(two().same(&["1", "2"]), vendor(on, signature, &[("2", verdict(Verdict::Pass))])));
        assert_eq!(found.verdict, Verdict::Pass);
        found
    };
    let recent = date(2025, 11, 20);
    assert_eq!(known(recent, Signature::Verified).assurance, Assurance::Measured);
    for (on, signature, reason) in [
        (recent, Signature::Unsigned, "inherited_unsigned"),
        (recent, Signature::Unverified, "inherited_unverified"),
        (date(2025, 11, 19), Signature::Verified, "inherited_expired"),
        (date(2026, 11, 21), Signature::Verified, "inherited_future"),
    ] {
        let found = known(on, signature);
        assert_eq!(found.assurance, Assurance::Declared, "{reason}");
        assert!(has(&found, reason), "{reason}");
    }
}

#[test]
fn an_item_that_needs_a_document_needs_it_from_the_vendor_too() {
    let case = || two().same(&["1", "2"]).rule("1", vec![], true);
    let unsigned = first(&with(case(), says(Verdict::Pass)));
    assert_eq!(unsigned.verdict, Verdict::Partial);
    let trusted = vendor(date(2026, 10, 1), Signature::Verified, &[("2", verdict(Verdict::Pass))]);
    assert_eq!(first(&with(case(), trusted)).verdict, Verdict::Pass);
}

#[test]
fn nothing_the_clinic_said_against_it_is_hidden() {
    for own in [Status::No, Status::Partial] {
        let case = two().same(&["1", "2"]).answer("1", status(own));
        let found = first(&with(case.clone(), says(Verdict::Pass)));
        assert_eq!(found.verdict, first(&case).verdict, "{own:?}");
        assert!(has(&found, "inherited_beside") && !found.inherited.unwrap().decides);
    }
    // A note without an answer leaves the item open, as it does without a vendor.
    let begun = Answer { measure: Some("確認中".into()), ..Answer::default() };
    let found = first(&with(two().same(&["1", "2"]).answer("1", begun), says(Verdict::Pass)));
    assert_eq!(found.verdict, Verdict::Open);
    // A no to a part of it.
    let case = two().part("2", "1").answer("2", status(Status::No));
    let direct = vendor(date(2026, 10, 1), Signature::Unsigned, &[("1", verdict(Verdict::Pass))]);
    let found = first(&with(case, direct));
    assert_eq!(found.verdict, Verdict::Open);
    assert!(has(&found, "inherited_own_no"));
}

#[test]
fn what_the_vendor_says_worse_of_itself_counts_against_a_yes() {
    let case = two().same(&["1", "2"]).answer("1", status(Status::Yes));
    for there in [Verdict::Fail, Verdict::Partial] {
        let found = first(&with(case.clone(), says(there)));
        assert_eq!(found.verdict, there);
        assert!(has(&found, "inherited_is_worse"));
    }
    let agreed = first(&with(case, says(Verdict::Pass)));
    assert_eq!((agreed.verdict, agreed.assurance), (Verdict::Pass, Assurance::Declared));
}

#[test]
fn a_measurement_against_it_wins_and_contradicts_the_vendor() {
    let case = two().same(&["1", "2"]).measured(vec![wants("tls", Power::Refutes)]).fact(saw("tls", false));
    let found = first(&with(case, says(Verdict::Pass)));
    assert_eq!((found.verdict, found.conflict), (Verdict::Fail, Some(Conflict::Refuted)));
    assert!(has(&found, "conflict_inherited"));
    // A vendor's own fail is one, whatever is measured here.
    let case = two().same(&["1", "2"]).measured(vec![wants("tls", Power::Both)]).fact(saw("tls", true));
    assert_eq!(first(&with(case, says(Verdict::Fail))).verdict, Verdict::Fail);
}

#[test]
fn a_plan_of_the_vendor_that_is_overdue_by_now_is_a_fail_and_a_contradicted_pass_is_none() {
    let planned = VendorVerdict { due: Some(date(2026, 11, 19)), ..verdict(Verdict::Partial) };
    let case = || two().same(&["1", "2"]);
    let found = first(&with(case(), vendor(date(2026, 10, 1), Signature::Unsigned, &[("2", planned)])));
    assert_eq!(found.verdict, Verdict::Fail);
    let planned = VendorVerdict { due: Some(TODAY), ..planned };
    let found = first(&with(case(), vendor(date(2026, 10, 1), Signature::Unsigned, &[("2", planned)])));
    assert_eq!(found.verdict, Verdict::Partial);
    let contradicted = VendorVerdict { contradicted: true, ..verdict(Verdict::Pass) };
    let found = first(&with(case(), vendor(date(2026, 10, 1), Signature::Unsigned, &[("2", contradicted)])));
    assert_eq!(found.verdict, Verdict::Open);
}

#[test]
fn where_several_speak_the_worst_counts() {
    let of_vendor = Item { actor: Actor::Vendor, ..item("1", Level::Mandatory) };
    let case = Case::of(vec![of_vendor]).same(&["1", "2"]).part("3", "1");
    let both = [("2", verdict(Verdict::Pass)), ("3", verdict(Verdict::Fail))];
    let found = first(&with(case, vendor(date(2026, 10, 1), Signature::Unsigned, &both)));
    assert_eq!(found.verdict, Verdict::Fail);
}

// ---- The whole way, from a vendor's file to a clinic's report ----

const PROFILE: &str = "subject: {name: みどり内科, kind: clinic}\nchecklists: [mhlw-clinic]\nfeatures: [dedicated_system]\nvendor_assessment: vendor/result.json\n";

/// A vendor's result as it would be handed over: domains pass, transport passes.
fn handed_over(place: &Place) -> Value {
    place.write(
        "v/tenken.yaml",
        "subject: {name: あおぞら遠隔, kind: vendor, product: みえるか診療}\nchecklists: [vendor-138]\n",
    );
    let yes = "status: yes, evidence: [{document: 設定書, page: \"1\"}]";
    place.write("v/answers.yaml", format!("answers:\n  vendor-138/116: {{{yes}}}\n  vendor-138/44: {{{yes}}}\n  vendor-138/53: {{status: no}}\n"));
    let run = place.run(&["audit", "v", "--no-probe", "--format", "json", "--at", "2026-10-01"]);
    serde_json::from_slice(run.raw_out()).unwrap()
}

fn clinic() -> (Place, Value) {
    let place = Place::new();
    let result = handed_over(&place);
    place.write("tenken.yaml", PROFILE);
    place.write("answers.yaml", "answers: {}\n");
    place.write("vendor/result.json", result.to_string());
    (place, result)
}

/// Without the breaks of lines that a terminal needs.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn audited(place: &Place) -> Value {
    let run = place.run(&["audit", "--no-probe", "--no-history", "--format", "json", "--at", "2026-11-20"]);
    assert_eq!(run.code(), 1, "{}", run.err());
    serde_json::from_slice(run.raw_out()).unwrap()
}

fn of<'a>(result: &'a Value, item: &str) -> &'a Value {
    result["items"].as_array().unwrap().iter().find(|one| one["item"] == item).unwrap()
}

#[test]
fn a_clinic_inherits_from_a_file_and_every_reason_says_from_where() {
    let (place, _) = clinic();
    let result = audited(&place);
    assert_eq!(result["vendor"]["name"], "あおぞら遠隔");
    assert_eq!(result["vendor"]["age_days"], 50);
    assert_eq!(result["vendor"]["signature"], "unsigned");
    let domains = of(&result, "mhlw-clinic/2-5-2-1-xv");
    assert_eq!((&domains["verdict"], &domains["assurance"]), (&"pass".into(), &"declared".into()));
    assert_eq!(domains["inherited"]["item"], "vendor-138/116");
    assert_eq!(of(&result, "mhlw-clinic/2-5-2-1-xii")["verdict"], "pass");
    assert_eq!(of(&result, "mhlw-clinic/2-5-2-1-viii")["verdict"], "open");
    assert_eq!(of(&result, "mhlw-clinic/2-5-2-1-ix")["verdict"], "open");
    let told = |item: &str, lang: &str| {
        let reasons = of(&result, item)["reasons"].as_array().unwrap().clone();
        reasons.iter().map(|one| one[lang].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let items = ["xv", "xii", "viii"].map(|end| format!("mhlw-clinic/2-5-2-1-{end}"));
    let all = |lang| items.iter().map(|item| format!("{item}\n{}\n", told(item, lang))).collect::<String>();
    insta::assert_snapshot!("reasons_ja", all("ja"));
    insta::assert_snapshot!("reasons_en", all("en"));
}

#[test]
fn a_result_with_a_vendor_is_read_back_and_shown_in_every_format() {
    let (place, _) = clinic();
    place.write("result.json", audited(&place).to_string());
    for format in ["text", "csv", "md"] {
        let run = place.run(&["report", "result.json", "--format", format]);
        assert_eq!(run.code(), 0, "{}", run.err());
        assert!(squeezed(&run.out()).contains("あおぞら遠隔"), "{format}: {}", run.out());
    }
    let run = place.run(&["report", "result.json", "--format", "html,xlsx,oscal", "--out", "out"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let html = place.read("out/2026-11-20.html");
    assert!(html.contains("id=\"responsibility\"") && html.contains("あおぞら遠隔"));
    let chain = place.run(&["explain", "mhlw-clinic/2-5-2-1-xv", "--result", "result.json"]);
    assert!(squeezed(&chain.out()).contains("あおぞら遠隔"), "{}", chain.out());
}

/// The clinic's audit after the vendor's file or the profile was changed.
fn refused(change: impl FnOnce(&mut Value), profile: &str) -> (i32, String) {
    let (place, mut result) = clinic();
    change(&mut result);
    place.write("vendor/result.json", result.to_string());
    place.write("tenken.yaml", profile);
    let run = place.run(&["audit", "--no-probe", "--no-history", "--at", "2026-11-20"]);
    (run.code(), squeezed(&run.err()))
}

#[test]
fn a_file_that_is_no_vendors_or_does_not_add_up_is_refused_where_it_is_named() {
    let (code, err) = refused(|result| result["subject"]["kind"] = "clinic".into(), PROFILE);
    assert_eq!(code, 2);
    assert!(err.contains("tenken.yaml:4:20") && err.contains("システム会社ではなく"), "{err}");
    let (code, err) = refused(|result| result["scores"]["mandatory"]["pass"] = 138.into(), PROFILE);
    assert_eq!(code, 2);
    assert!(err.contains("vendor/result.json"), "{err}");
    for path in ["../other.json", "/etc/passwd"] {
        let (code, err) = refused(|_| {}, &PROFILE.replace("vendor/result.json", path));
        assert_eq!(code, 2);
        assert!(err.contains("作業フォルダーの外"), "{err}");
    }
    let (code, err) = refused(|_| {}, &PROFILE.replace("vendor/result.json", "vendor/none.json"));
    assert_eq!(code, 2);
    assert!(err.contains("vendor/none.json"), "{err}");
    let (code, err) = refused(|_| {}, &PROFILE.replace("kind: clinic", "kind: vendor"));
    assert_eq!(code, 2);
    assert!(err.contains("引き継ぐためのもの"), "{err}");
    let (code, err) = refused(|_| {}, &PROFILE.replace("mhlw-clinic", "takeout"));
    assert_eq!(code, 2);
    assert!(err.contains("引き継げる項目がありません"), "{err}");
}

#[test]
fn another_edition_is_not_inherited_and_another_product_is_told() {
    let (code, err) = refused(|result| result["checklists"][0]["edition"] = "1999".into(), PROFILE);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("版1999") && err.contains("引き継げる項目がありません"), "{err}");
    let product = PROFILE.replace("kind: clinic", "kind: clinic, product: ほかの診療");
    let (code, err) = refused(|_| {}, &product);
    assert_eq!(code, 1);
    assert!(err.contains("「ほかの診療」") && err.contains("みえるか診療"), "{err}");
}

/// The vendor's workspace as a package that the clinic names, signed with this key.
fn with_package(key: Option<&str>) -> Place {
    with_document(key, b"%PDF-1.4 settings")
}

fn with_document(key: Option<&str>, document: &[u8]) -> Place {
    let place = Place::new();
    handed_over(&place);
    let answers = place.read("v/answers.yaml").replace("page: \"1\"", "page: \"1\", file: evidence/d.pdf");
    place.write("v/answers.yaml", answers);
    place.write("v/evidence/d.pdf", document);
    let run = place.run(&["audit", "v", "--no-probe", "-q", "--at", "2026-10-01"]);
    assert!(run.code() < 2, "{}", run.err());
    let mut args = vec!["pack", "v", "--out", "vendor/p.zip"];
    let key = key.map(|name| format!("{}/tests/packages/{name}", env!("CARGO_MANIFEST_DIR")));
    args.extend(key.iter().flat_map(|key| ["--sign", key.as_str()]));
    std::fs::create_dir(place.path().join("vendor")).unwrap();
    let run = place.run(&args);
    assert_eq!(run.code(), 0, "{}", run.err());
    place.write("tenken.yaml", PROFILE.replace("result.json", "p.zip"));
    place.write("answers.yaml", "answers: {}\n");
    place
}

fn trust(place: &Place, line: &str) {
    let public =
        std::fs::read_to_string(format!("{}/tests/packages/id_ed25519.pub", env!("CARGO_MANIFEST_DIR")))
            .unwrap();
    place.write("vendor/signers", format!("{line} {public}"));
    place.write("tenken.yaml", PROFILE.replace("result.json", "p.zip") + "vendor_signers: vendor/signers\n");
}

#[test]
fn a_package_of_the_vendor_says_by_whom_it_is_signed_or_that_nobody_has_looked() {
    let state = |place: &Place| {
        let result = audited(place);
        let item = of(&result, "mhlw-clinic/2-5-2-1-xv").clone();
        assert_eq!(item["verdict"], "pass");
        (result["vendor"]["signature"].clone(), result["vendor"]["signer"].clone(), item)
    };
    let (signature, signer, item) = state(&with_package(None));
    assert_eq!((signature, signer, &item["assurance"]), ("unsigned".into(), Value::Null, &"declared".into()));
    let place = with_package(Some("id_ed25519"));
    let (signature, signer, item) = state(&place);
    assert_eq!(
        (signature, signer, &item["assurance"]),
        ("unverified".into(), Value::Null, &"declared".into())
    );
    trust(&place, "vendor@example.jp");
    let (signature, signer, item) = state(&place);
    assert_eq!((signature, signer), ("verified".into(), "vendor@example.jp".into()));
    let said = item["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| one["en"].as_str().unwrap().contains("vendor@example.jp, verified"));
    assert!(said, "{}", item["reasons"]);
    // A signer for another time or purpose is nobody's witness.
    for line in ["vendor@example.jp valid-before=\"20260101\"", "vendor@example.jp namespaces=\"file\""] {
        trust(&place, line);
        assert_eq!(state(&place).0, "unverified", "{line}");
    }
}

#[test]
fn a_signed_package_counts_as_its_documents_do_until_it_is_too_old() {
    let place = with_package(Some("id_ed25519"));
    trust(&place, "vendor@example.jp");
    assert_eq!(of(&audited(&place), "mhlw-clinic/2-5-2-1-xv")["assurance"], "documented");
    let run = place.run(&["audit", "--no-probe", "--no-history", "--format", "json", "--at", "2028-11-20"]);
    let result: Value = serde_json::from_slice(run.raw_out()).unwrap();
    assert_eq!(
        (&result["vendor"]["currency"], &result["vendor"]["signature"]),
        (&"expired".into(), &"verified".into())
    );
    assert_eq!(of(&result, "mhlw-clinic/2-5-2-1-xv")["assurance"], "declared");
}

#[test]
fn a_vendors_package_that_does_not_hold_is_refused_where_it_is_named() {
    let place = with_package(Some("id_ed25519"));
    let mut bytes = std::fs::read(place.path().join("vendor/p.zip")).unwrap();
    let at = bytes.windows(8).rposition(|window| window == b"subject:").unwrap();
    bytes[at] = b'S';
    place.write("vendor/p.zip", bytes);
    let run = place.run(&["audit", "--no-probe", "--no-history", "--lang", "en"]);
    assert!(
        run.code() == 2 && run.err().contains("tenken.yaml:4") && run.err().contains("does not hold"),
        "{}",
        run.err()
    );
    place.write("vendor/signers", "one two\n");
    place.write("tenken.yaml", PROFILE.replace("result.json", "p.zip") + "vendor_signers: vendor/signers\n");
    let run = place.run(&["check", "--lang", "en"]);
    assert!(run.code() == 2 && run.err().contains("vendor/signers:1"), "{}", run.err());
}

#[test]
fn what_a_package_inherits_from_another_is_decided_again_with_the_same_signer() {
    is_decided_again(&with_package(Some("id_ed25519")));
}

/// Larger than any text that is read into memory.
#[test]
fn the_package_of_the_vendor_is_packed_with_all_its_documents() {
    let mut document = b"%PDF-1.4 ".to_vec();
    document.resize(65 << 20, b' ');
    is_decided_again(&with_document(Some("id_ed25519"), &document));
}

fn is_decided_again(place: &Place) {
    trust(place, "vendor@example.jp");
    assert_eq!(place.run(&["audit", "--no-probe", "-q"]).code(), 1);
    let outside = tempfile::tempdir().unwrap();
    let packed = outside.path().join("p.zip");
    let packed = packed.to_str().unwrap();
    let run = place.run(&["pack", ".", "--out", packed, "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let run = place.run(&["verify", packed, "--lang", "en"]);
    assert_eq!(run.code(), 0, "{}", run.out());
}
