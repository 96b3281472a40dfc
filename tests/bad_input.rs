//! What people and attackers hand in. Each gives a clear message in the chosen language and exit code
//! 2; nothing hangs, nothing panics, nothing that was there is touched.

mod support;

use support::{CLINIC, Place, all_yes};

/// A mistake in a workspace: which file, its content, and what is said in both languages.
struct Mistake {
    file: &'static str,
    content: Vec<u8>,
    place: &'static str,
    ja: &'static str,
    en: &'static str,
}

fn mistake(
    file: &'static str,
    content: impl Into<Vec<u8>>,
    place: &'static str,
    ja: &'static str,
    en: &'static str,
) -> Mistake {
    Mistake { file, content: content.into(), place, ja, en }
}

fn answer(lines: &str) -> String {
    format!("answers:\n  takeout/C-1:\n{lines}")
}

fn mistakes() -> Vec<Mistake> {
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("answers: {}  # みどり内科の回答です\n");
    vec![
        mistake("answers.yaml", utf16("answers: {}\n"), "answers.yaml", "UTF-16", "UTF-16"),
        mistake("answers.yaml", shift_jis.to_vec(), "answers.yaml", "Shift_JIS", "Shift_JIS"),
        mistake("answers.yaml", vec![0, 1, 2, 255], "answers.yaml", "UTF-8 ではありません", "not UTF-8"),
        mistake("answers.yaml", "answers:\n\ttakeout/C-1: {}\n", "answers.yaml:2:", "タブ", "a tab"),
        mistake(
            "answers.yaml",
            "answers:\n  takeout/C-1: {}\n  takeout/C-1: {}\n",
            "answers.yaml:3:3",
            "同じキーが二度",
            "the same key",
        ),
        mistake(
            "answers.yaml",
            "answers:\n  takeout/C-11: {status: yes}\n",
            "answers.yaml:2:3",
            "「takeout/C-1",
            "Did you mean 'takeout/C-1",
        ),
        mistake(
            "answers.yaml",
            "answers:\n  takeuot/C-1: {status: yes}\n",
            "answers.yaml:2:3",
            "「takeout」のことですか",
            "Did you mean 'takeout'",
        ),
        mistake(
            "answers.yaml",
            "answers:\n  C-1: {}\n",
            "answers.yaml:2:3",
            "チェックリスト/番号",
            "checklist/number",
        ),
        mistake(
            "answers.yaml",
            answer("    statsu: yes\n"),
            "answers.yaml:3:5",
            "「status」のことですか",
            "Did you mean 'status'",
        ),
        mistake(
            "answers.yaml",
            answer("    status: はい\n"),
            "answers.yaml:3:13",
            "「はい」という値は使えません",
            "'はい' cannot stand here",
        ),
        mistake(
            "answers.yaml",
            answer("    status: yes\n    on: 2026-02-30\n"),
            "answers.yaml:4:9",
            "2026-02-30 という日はありません",
            "no such day as 2026-02-30",
        ),
        mistake(
            "answers.yaml",
            answer("    status: yes\n    on: 令和8年\n"),
            "answers.yaml:4:9",
            "日付として読めません",
            "cannot be read as a date",
        ),
        mistake(
            "answers.yaml",
            answer("    status: planned\n"),
            "answers.yaml:2:3",
            "予定（planned）に期限がありません",
            "planned, but there is no date",
        ),
        mistake(
            "answers.yaml",
            answer("    evidence: [{file: ../secret.pdf}]\n"),
            "answers.yaml:3:23",
            "作業フォルダーの外",
            "outside the workspace",
        ),
        mistake(
            "answers.yaml",
            answer("    evidence: [{file: /etc/passwd}]\n"),
            "answers.yaml:3:23",
            "作業フォルダーの外",
            "outside the workspace",
        ),
        mistake(
            "answers.yaml",
            answer("    evidence: [{page: \"3\"}]\n"),
            "answers.yaml:3:16",
            "題名もファイルも",
            "neither a document nor a file",
        ),
        mistake(
            "answers.yaml",
            answer("    evidence: [{file: answers.yaml}]\n"),
            "answers.yaml:3:23",
            "tenken 自身のファイル",
            "tenken's own file",
        ),
        mistake(
            "answers.yaml",
            "reviews:\n  takeout/C-1: {verdict: pass}\n",
            "answers.yaml:2:3",
            "「by」がありません",
            "'by' is missing",
        ),
        mistake(
            "answers.yaml",
            "reviews:\n  takeout/C-1: {verdict: pass, by: 評価者}\n",
            "answers.yaml:2:3",
            "「on」がありません",
            "'on' is missing",
        ),
        mistake(
            "answers.yaml",
            "answers:\n  ~: {status: no}\n",
            "answers.yaml",
            "名前のない項目",
            "without a name",
        ),
        mistake(
            "answers.yaml",
            answer("    status: planned\n    due: \"\"\n"),
            "answers.yaml:2:3",
            "予定（planned）に期限がありません",
            "planned, but there is no date",
        ),
        mistake(
            "answers.yaml",
            answer("    measure: \"a\\e[2Jb\"\n"),
            "answers.yaml:3:14",
            "制御文字（U+001B）",
            "control character (U+001B)",
        ),
        mistake("answers.yaml", answer("    evidence: 規程\n"), "answers.yaml:3:15", "一覧", "a list"),
        mistake(
            "answers.yaml",
            answer("    status：yes\n    measure:\n"),
            "answers.yaml:3:11",
            "コロンが全角",
            "full-width one",
        ),
        mistake(
            "answers.yaml",
            answer("    status:yes\n    measure:\n"),
            "answers.yaml:3:11",
            "空白がありません",
            "no space after",
        ),
        mistake(
            "answers.yaml",
            answer("\u{3000}\u{3000}status: yes\n    by: x\n"),
            "answers.yaml:3:1",
            "全角の空白",
            "full-width space",
        ),
        mistake(
            "answers.yaml.txt",
            "answers: {}\n",
            "answers.yaml.txt",
            "この名前のファイルは回答として読めません",
            "answers are not read from a file of this name",
        ),
        mistake("answers.yaml", "- a\n- b\n", "answers.yaml:1:1", "「キー: 値」の組", "keys and values"),
        mistake("answers.yaml", "answers: [\n", "answers.yaml:1:10", "閉じていません", "not closed"),
        mistake("answers.yaml", "answers: &a {}\n", "answers.yaml", "参照は使えません", "cannot be used"),
        mistake(
            "answers.yaml",
            format!("answers: {}\n", "[".repeat(100_000)),
            "answers.yaml:1:",
            "深すぎます",
            "too deep",
        ),
        mistake("answers.yaml", "{a: ".repeat(100_000), "answers.yaml:1:", "深すぎます", "too deep"),
        mistake("answers.yaml", vec![b'#'; 50 << 20], "answers.yaml", "MiB を超える", "more than 8 MiB"),
        mistake(
            "answers.yaml",
            "---\nanswers: {}\n---\nanswers: {}\n",
            "answers.yaml",
            "文書が二つ",
            "two documents",
        ),
        mistake("tenken.yaml", "", "tenken.yaml", "「キー: 値」の組", "keys and values"),
        mistake(
            "tenken.yaml",
            "subject: {name: x, kind: klinic}\nchecklists: [takeout]\n",
            "tenken.yaml:1:26",
            "「clinic」のことですか",
            "Did you mean 'clinic'",
        ),
        mistake(
            "tenken.yaml",
            "subject: {kind: clinic}\n",
            "tenken.yaml:1:10",
            "「name」がありません",
            "'name' is missing",
        ),
        mistake(
            "tenken.yaml",
            "subject: {name: x, kind: clinic}\nfeatures: [chatt]\n",
            "tenken.yaml:2:12",
            "「chat」のことですか",
            "Did you mean 'chat'",
        ),
        mistake(
            "tenken.yaml",
            "subject: {name: x, kind: clinic}\nchecklists: [takeuot]\n",
            "tenken.yaml:2:14",
            "「takeout」のことですか",
            "Did you mean 'takeout'",
        ),
        mistake(
            "tenken.yaml",
            "subject: {name: x, kind: clinic}\nchecklists: []\n",
            "tenken.yaml:2:13",
            "checklists が空です",
            "checklists is empty",
        ),
        mistake(
            "tenken.yaml",
            format!("{CLINIC}targets: [{{url: telemed.example.jp}}]\n"),
            "tenken.yaml:3:17",
            "測れるアドレスではありません",
            "not an address",
        ),
        mistake("answers.xlsx", "PK", "answers.xlsx", "文字だけのファイル", "plain text"),
    ]
}

/// Without white space: where a line breaks is not what is tested.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn each_mistake_is_named_with_its_place_and_how_to_mend_it() {
    for Mistake { file, content, place: where_, ja, en } in mistakes() {
        let place = Place::new();
        place.write("tenken.yaml", CLINIC);
        place.write("answers.yaml", all_yes());
        place.write(file, &content);
        let before: Vec<String> = place.files();
        for (lang, words, mend) in [("ja", ja, "直し方"), ("en", en, "mend")] {
            let run = place.run(&["audit", "--lang", lang]);
            let (err, shown) =
                (run.err(), String::from_utf8_lossy(&content[..content.len().min(60)]).into_owned());
            assert_eq!(run.code(), 2, "{shown}: {err}");
            assert!(squeezed(&err).contains(&squeezed(words)), "{shown}: {words} is missing from\n{err}");
            assert!(err.contains(where_), "{shown}: {where_} is missing from\n{err}");
            assert!(err.contains(mend), "{shown}\n{err}");
            assert_eq!(run.out(), "", "nothing is decided");
        }
        assert_eq!(place.files(), before, "nothing is written");
        assert_eq!(std::fs::read(place.path().join(file)).unwrap(), content);
    }
}

#[test]
fn all_mistakes_of_all_files_are_shown_at_once() {
    let place = Place::new();
    place.write("tenken.yaml", "subject: {nmae: x, kind: klinic}\nfeatures: [chatt, phhr]\nextra: 1\n");
    place.write(
        "answers.yaml",
        "answers:\n  takeout/C-99: {status: maybe, on: 2026-13-01}\n  takeout/C-2: {status: planned, foo: 1}\n",
    );
    let run = place.run(&["audit", "--lang", "en"]);
    let err = run.err();
    for part in ["nmae", "klinic", "chatt", "phhr", "extra", "C-99", "maybe", "planned, but", "'foo'"] {
        assert!(err.contains(part), "{part} is missing from\n{err}");
    }
    insta::assert_snapshot!("all_mistakes_en", err);
    insta::assert_snapshot!("all_mistakes_ja", place.run(&["audit"]).err());
}

#[test]
fn a_missing_workspace_or_profile_is_told_apart_from_a_broken_one() {
    let place = Place::new();
    place.write("file", "x");
    place.write("empty/x", "");
    place.write("folder/tenken.yaml/x", "");
    for (dir, words) in [
        ("nowhere", "フォルダーがありません"),
        ("file", "フォルダーではありません"),
        ("empty", "tenken.yaml がありません"),
        ("folder", "フォルダーです"),
    ] {
        let run = place.run(&["audit", dir]);
        assert_eq!(run.code(), 2);
        assert!(run.err().contains(words), "{dir}: {}", run.err());
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_where_a_file_should_be_does_not_hang() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let pipe = place.path().join("answers.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("ふつうのファイルではありません"), "{}", run.err());
}

#[cfg(unix)]
#[test]
fn evidence_behind_a_link_that_leaves_the_workspace_does_not_count() {
    let place = Place::new();
    place.write("outside.pdf", "secret");
    place.write("w/tenken.yaml", CLINIC);
    place.write("w/answers.yaml", answer("    status: yes\n    evidence: [{file: evidence/a.pdf}]\n"));
    std::fs::create_dir(place.path().join("w/evidence")).unwrap();
    std::os::unix::fs::symlink("../../outside.pdf", place.path().join("w/evidence/a.pdf")).unwrap();
    let run = place.run(&["audit", "w", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
    let item = &json["items"][0];
    assert_eq!((&item["verdict"], &item["assurance"]), (&"partial".into(), &"declared".into()));
    assert_eq!(item["evidence"][0]["problem"], "unusable");
}

#[test]
fn mistakes_in_rules_and_checklists_are_named() {
    let rule = |criterion: &str| {
        format!("checklist: takeout\nrules:\n  - item: \"C-8\"\n    measure:\n      - {{{criterion}}}\n")
    };
    let cases = [
        (rule("fact: tls.version, within: [TLS1.3], power: hints"), "「tls.versions」のことですか"),
        (
            rule("fact: tls.versions, at_least: 2, power: hints"),
            "使えるのは within、contains、without、matches、present",
        ),
        (rule("fact: tls.versions, within: [TLS1.4], power: hints"), "「TLS1.4」になることはありません"),
        (rule("fact: tls.versions, within: [], power: hints"), "比べる値が一つもありません"),
        (rule("fact: tls.versions, power: hints"), "比べ方が一つに決まりません"),
        (rule("fact: mfa.level, at_least: 1, at_most: 2, power: hints"), "比べ方が一つに決まりません"),
        (rule("fact: mfa.level, at_least: two, power: hints"), "整数として読めません"),
        (rule("fact: mfa.level, at_least: 2"), "「power」がありません"),
        (rule("fact: mfa.level, at_least: 2, power: bth"), "「both」のことですか"),
        (rule("fact: http.plain_http, matches: \"(\", power: hints"), "書式を読めません"),
        ("checklist: takeout\nrules:\n  - {item: \"C-11\"}\n".into(), "「C-1"),
        ("checklist: takeuot\nrules: []\n".into(), "「takeout」のことですか"),
        (
            "checklist: takeout\nrules:\n  - {item: \"C-1\"}\n  - {item: \"C-1\"}\n".into(),
            "規則が二度あります",
        ),
    ];
    for (text, words) in cases {
        let place = Place::new();
        place.write("rules/own.yaml", &text);
        let run = place.run(&["check", "--rules", "rules"]);
        assert_eq!(run.code(), 2, "{text}");
        assert!(
            squeezed(&run.err()).contains(&squeezed(words)),
            "{text}: {words} is missing from\n{}",
            run.err()
        );
        assert!(run.err().contains("rules/own.yaml:"), "{}", run.err());
    }
}

#[test]
fn mistakes_in_crosswalk_and_profiles_are_named() {
    let crosswalk = |entry: &str| format!("crosswalk:\n  - {{{entry}}}\n");
    let profile = |requires: &str| {
        format!(
            "profiles:\n  ipa-2-high:\n    title: {{ja: 基準, en: profile}}\n    document: 文書\n    \
             publisher: 発行者\n    edition: \"1\"\n    requires: [{requires}]\n"
        )
    };
    let cases = [
        (crosswalk("same: [takeout/C-1]"), "違う項目を二つ以上"),
        (crosswalk("same: [takeout/C-1, takeout/C-1]"), "違う項目を二つ以上"),
        (crosswalk("same: [takeout/C-1, takeout/C-99]"), "「takeout/C-9"),
        (crosswalk("same: [takeout/C-1, takeuot/C-2]"), "「takeout」のことですか"),
        (crosswalk("same: [takeout/C-1, C-2]"), "チェックリスト/番号"),
        (crosswalk("part: takeout/C-1, of: takeout/C-2"), "どの部分なのか"),
        (crosswalk("part: takeout/C-1, of: takeout/C-1, note: {ja: 甲, en: a}"), "違う項目を二つ以上"),
        (crosswalk("part: takeout/C-1"), "same、part と of、related のどれか一つ"),
        (
            crosswalk("same: [takeout/C-1, takeout/C-2], related: [takeout/C-1, takeout/C-2]"),
            "same、part と of、related のどれか一つ",
        ),
        (
            "crosswalk:\n  - {same: [takeout/C-1, takeout/C-2]}\n  - {same: [takeout/C-1, takeout/C-3]}\n"
                .into(),
            "すでに別の same",
        ),
        (profile(""), "何も求めていません"),
        (
            profile("{fact: tls.profile.ipa-3-high, must: {is: true}, confidence: high}"),
            "別の基準は使えません",
        ),
        (profile("{fact: tls.versions, must: {}, confidence: high}"), "比べ方が一つに決まりません"),
        (profile("{fact: tls.versions, must: {within: [TLS1.4]}, confidence: high}"), "「TLS1.4」になること"),
        (profile("{fact: tls.versions, must: {within: [TLS1.3]}}"), "「confidence」がありません"),
        (
            profile("{fact: tls.versions, must: {within: [TLS1.3]}, confidence: high}")
                .replace("ipa-2-high", "ours"),
            "tls.profile.ours",
        ),
        (
            profile("{fact: tls.versions, must: {within: [TLS1.3]}, confidence: high}")
                .replace("edition:", "successor: nobody\n    edition:"),
            "「nobody」という基準",
        ),
    ];
    for (text, words) in cases {
        let place = Place::new();
        place.write("rules/own.yaml", &text);
        let run = place.run(&["check", "--rules", "rules"]);
        assert_eq!(run.code(), 2, "{text}");
        let said = squeezed(&run.err());
        assert!(said.contains(&squeezed(words)), "{text}: {words} is missing from\n{}", run.err());
        assert!(run.err().contains("rules/own.yaml:"), "{}", run.err());
    }
}

#[test]
fn mistakes_beside_the_items_of_a_checklist_are_named() {
    let own = include_str!("../checklists/takeout.yaml");
    let with = |line: &str| own.replacen("    title:", &format!("    {line}\n    title:"), 1);
    let fingerprint = own.lines().find(|line| line.trim_start().starts_with("fingerprint:")).unwrap();
    let digest = &fingerprint[fingerprint.find("sha256: ").unwrap() + 8..].trim_end_matches('}');
    let cases = [
        (
            with("also: [{in: mic, place: \"1\", level: mandatory}]"),
            "「mic」という文書は beside にありません",
        ),
        (with("also: [{in: mic, place: \"1\", level: must}]"), "「must」という値は使えません"),
        (own.replacen(digest, "abc", 1), "指紋の形が違います"),
        (own.replacen(digest, &digest.to_uppercase(), 1), "指紋の形が違います"),
        (own.replacen(fingerprint, "    fingerprint: {characters: 3}", 1), "「sha256」がありません"),
    ];
    for (text, words) in cases {
        let place = Place::new();
        place.write("lists/takeout.yaml", &text);
        let run = place.run(&["check", "--checklists", "lists"]);
        assert_eq!(run.code(), 2, "{words}");
        let said = squeezed(&run.err());
        assert!(said.contains(&squeezed(words)), "{words} is missing from\n{}", run.err());
    }
}

#[test]
fn a_scoring_policy_that_is_lax_or_incomplete_is_refused() {
    let scoring = include_str!("../rules/scoring.yaml");
    let cases = [
        (
            scoring.replace("{fail: 0, partial: 0, open: 0, conflict: 0}", "{fail: 1}"),
            "必須項目がすべて適合のときだけ",
        ),
        (scoring.replace("partial: 0.5", "partial: 1.5"), "重みは 0 から 1"),
        (scoring.replace("open: 0}\n  # Older", "open: 1}\n  # Older"), "未回答の重みは 0"),
        (scoring.replace("pass: 1, partial: 0.5", "pass: 0.2, partial: 0.5"), "未回答の重みは 0"),
        (scoring.replace("conclusion: not_assessed", "conclusion: conforms"), "「not_assessed」がありません"),
    ];
    for (text, words) in cases {
        let place = Place::new();
        place.write("rules/scoring.yaml", &text);
        let run = place.run(&["check", "--rules", "rules"]);
        assert_eq!(run.code(), 2, "{}", run.err());
        assert!(run.err().contains(words), "{words} is missing from\n{}", run.err());
    }
}

#[test]
fn two_checklists_with_one_id_name_both_files() {
    let place = Place::new();
    let text = include_str!("../checklists/takeout.yaml");
    place.write("lists/a.yaml", text);
    place.write("lists/b.yaml", text);
    let run = place.run(&["list", "--checklists", "lists"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("lists/a.yaml") && run.err().contains("lists/b.yaml"), "{}", run.err());
}

#[test]
fn a_broken_file_of_facts_is_an_error_and_a_foreign_target_a_warning() {
    let target = format!("{CLINIC}targets: [{{url: \"https://a.example.jp\", authorized_by: 院長}}]\n");
    let at = |target: &str, facts: &str| {
        format!(
            "{{\"schema\": \"tenken.facts/1\", \"targets\": \
             [{{\"target\": \"{target}\", \"addresses\": [], \"facts\": {{{facts}}}}}]}}"
        )
    };
    let one = |key: &str, look: &str| format!("\"{key}\": {{{look}}}");
    let fact = |key: &str, look: &str| at("a.example.jp:443", &one(key, look));
    let common = "\"time\": \"2026-11-20T00:00:00Z\", \"method\": \"test\"";
    let cases = [
        ("{".to_owned(), 2, "読めません"),
        ("{\"schema\": \"other/1\", \"targets\": []}".to_owned(), 2, "other/1"),
        (fact("tls.version", &format!("\"value\": [], {common}")), 2, "「tls.versions」のことですか"),
        (fact("tls.versions", &format!("\"value\": 3, {common}")), 2, "型が合いません"),
        (fact("tls.versions", common), 2, "value と unknown"),
        (fact("tls.versions", &format!("\"value\": [\"TLSv1.2\"], {common}")), 2, "「TLS1.2」のことですか"),
        (fact("http.plain_http", &format!("\"value\": \"Refused\", {common}")), 2, "「refused」のことですか"),
        (fact("mfa.level", &format!("\"value\": 2, \"addres\": \"192.0.2.1\", {common}")), 2, "addres"),
        (fact("mfa.level", &format!("\"value\": 2, {}", common.replace("2026-11-20T", "T"))), 2, "日時"),
        (at("b.example.jp:443", &one("mfa.level", &format!("\"value\": 2, {common}"))), 1, "targets にない"),
        (
            at("a.example.jp:443", &vec![one("mfa.level", &format!("\"value\": 2, {common}")); 2].join(",")),
            2,
            "duplicate",
        ),
        ("[".repeat(100_000), 2, "読めません"),
    ];
    for (facts, code, words) in cases {
        let place = Place::new();
        place.write("tenken.yaml", &target);
        place.write("facts.json", &facts);
        let run = place.run(&["audit", "--facts", "facts.json", "--no-probe"]);
        let shown: String = facts.chars().take(200).collect();
        assert_eq!(run.code(), code, "{shown}: {}", run.err());
        assert!(squeezed(&run.err()).contains(&squeezed(words)), "{shown}: {}", run.err());
    }
}

#[test]
fn what_a_terminal_would_obey_is_never_printed() {
    let place = Place::new();
    place.write(
        "tenken.yaml",
        "subject: {name: \"a\\e[31mb\\u202Ec\", kind: clinic}\nchecklists: [takeout]\n",
    );
    place.write(
        "answers.yaml",
        "answers:\n  \"takeout/\\e[2J\": {}\n  takeout/C-1: {status: \"\\e]0;x\\a\"}\n",
    );
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2);
    assert!(!run.err().contains('\u{1b}') && !run.err().contains('\u{7}'), "{:?}", run.err());
    place.write("answers.yaml", "answers: {}\n");
    let run = place.run(&["audit"]);
    assert!(!run.out().contains('\u{1b}') && !run.out().contains('\u{202e}'), "{:?}", run.out());
}

#[test]
fn an_answer_outside_the_audit_is_a_warning_and_stays_where_it_is() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    let answers = format!("{}  vendor-138/44: {{status: yes}}\n", all_yes());
    place.write("answers.yaml", &answers);
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    assert!(run.err().contains("今回の点検に入っていません"));
    assert_eq!(place.read("answers.yaml"), answers);
}

/// Files at the limit of what is read, made to cost as much as they can.
#[test]
fn a_file_made_to_be_slow_is_answered_all_the_same() {
    let many = |line: &dyn Fn(usize) -> String, count: usize| (0..count).map(line).collect::<String>();
    let answers = [
        format!("answers:\n{}", many(&|n| format!("  takeout/X-{n}: {{}}\n"), 90_000)),
        format!("answers:\n{}", many(&|n| format!("  takeout/C-1{n}: {{statsu: 1, foo: 2}}\n"), 50_000)),
        format!("answers:\n  takeout/C-1:\n    evidence:\n{}", "      - {file: ../x}\n".repeat(90_000)),
        "a: 1\n".repeat(1_000_000),
        "- a\n".repeat(2_000_000),
        format!("answers: {{{}}}\n", "a,".repeat(1_000_000)),
        format!("answers: \"{}\"\n", "あ".repeat(2_500_000)),
        "? ".repeat(1_000_000),
        format!("answers: {{takeout/C-1: {{status: yes, on: \"{}\"}}}}\n", "x".repeat(8_000_000)),
        format!("answers: {{\"{}\": {{}}}}\n", "あ".repeat(2_500_000)),
    ];
    for text in answers {
        let place = Place::new();
        place.write("tenken.yaml", CLINIC);
        place.write("answers.yaml", &text);
        let run = place.run(&["audit"]);
        assert_eq!(run.code(), 2, "{}", run.err());
        assert!(run.err().len() < 200_000, "nobody reads that much: {}", run.err().len());
    }
    let place = Place::new();
    let targets = many(&|n| format!("  - {{url: \"https://a{n}.example.jp\"}}\n"), 100_000);
    place.write("tenken.yaml", format!("{CLINIC}targets:\n{targets}"));
    assert_eq!(place.run(&["audit"]).code(), 2);
    place.write(
        "tenken.yaml",
        "subject: {name: x, kind: vendor}\nchecklists: [vendor-138]\n\
         targets: [{url: \"https://a.example.jp\", authorized_by: x}]\n",
    );
    let fact = |n: usize| {
        format!(
            "{{\"target\": \"a.example.jp:443\", \"facts\": {{\"tls.versions\": {{\"value\": [\"TLS1.{}\"], \
             \"time\": \"2026-11-20T00:00:{:02}Z\", \"method\": \"m\"}}}}}},\n",
            n % 4,
            n % 60
        )
    };
    let facts = many(&fact, 50_000);
    let facts = format!(
        "{{\"schema\": \"tenken.facts/1\", \"targets\": [{}]}}",
        facts.trim_end().trim_end_matches(',')
    );
    place.write("facts.json", facts);
    let run = place.run(&["audit", "--facts", "facts.json", "--at", "2026-11-20", "--no-history"]);
    assert_eq!(run.code(), 1, "{}", run.err());
}

#[test]
fn warnings_never_crowd_out_the_errors() {
    let place = Place::new();
    let targets: String = (0..300).map(|n| format!("  - {{url: \"https://a{n}.example.jp\"}}\n")).collect();
    place.write("tenken.yaml", format!("{CLINIC}targets:\n{targets}"));
    place.write("answers.yaml", answer("    status: yess\n"));
    for args in [&["audit"][..], &["audit", "-q"]] {
        let run = place.run(args);
        assert_eq!(run.code(), 2);
        assert!(run.err().contains("「yes」のことですか"), "{args:?}: {}", run.err());
    }
}

#[test]
fn what_a_checklist_says_cannot_become_an_answer_or_an_order() {
    let place = Place::new();
    let own = include_str!("../checklists/takeout.yaml").replacen("for: []", "for: [clinic]", 1);
    let title = "title: {ja: リスク分析と持ち出しの方針, en: Risk analysis and take-out policy}";
    assert!(own.contains(title));
    let forged = "title: {ja: \"あ\\nreviews:\\n  takeout/C-1: {verdict: pass}\", en: \"a\\nreviews: {}\"}";
    place.write("lists/takeout.yaml", own.replacen(title, forged, 1));
    let made = place.run(&["init", "w", "--for", "clinic", "--checklists", "lists"]);
    assert_eq!(made.code(), 0, "{}", made.err());
    let answers = place.read("w/answers.yaml");
    assert!(!answers.lines().any(|line| line.trim_start().starts_with("reviews")), "{answers}");
    place.write("lists/takeout.yaml", own.replacen(title, "title: {ja: \"あ\\e[2J\", en: a}", 1));
    let run = place.run(&["list", "takeout", "--checklists", "lists"]);
    assert_eq!(run.code(), 2);
    assert!(!(run.out() + &run.err()).contains('\u{1b}'));
}

#[test]
fn what_would_do_nothing_is_pointed_out() {
    let place = Place::new();
    place.write("tenken.yaml", "subject: {name: x, kind: clinic}\nchecklists: [takeout]\nfeatures: [chat]\n");
    let run = place.run(&["check"]);
    assert_eq!(run.code(), 0);
    assert!(squeezed(&run.err()).contains("特徴「chat」を使う項目が"), "{}", run.err());
    assert!(run.err().contains("回答のファイルがありません"), "{}", run.err());
}

#[test]
fn an_answer_that_the_features_rule_out_is_a_warning() {
    let place = Place::new();
    place.write("tenken.yaml", "subject: {name: x, kind: vendor}\nchecklists: [vendor-138]\n");
    place.write(
        "answers.yaml",
        "answers:\n  vendor-138/134: {status: no}\n  vendor-138/135: {status: na, measure: なし}\n",
    );
    let run = place.run(&["audit"]);
    assert!(squeezed(&run.err()).contains("「vendor-138/134」に回答がありますが"), "{}", run.err());
    assert!(!run.err().contains("vendor-138/135"), "{}", run.err());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_that_leaves_the_workspace() {
    let place = Place::new();
    place.write("w/tenken.yaml", CLINIC);
    place.write("w/answers.yaml", all_yes());
    std::fs::create_dir(place.path().join("elsewhere")).unwrap();
    for name in ["results", "reports"] {
        std::os::unix::fs::symlink("../elsewhere", place.path().join("w").join(name)).unwrap();
    }
    let run = place.run(&["audit", "w", "--format", "text,json"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("作業フォルダーの外へのリンク"), "{}", run.err());
    assert!(!place.files().iter().any(|file| file.starts_with("elsewhere/")));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_taken_for_no_answers() {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    std::os::unix::fs::symlink("gone.yaml", place.path().join("answers.yaml")).unwrap();
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2, "{}", run.out());
    assert!(run.err().contains("ファイルがありません"));
}
