//! The binary from outside: what each command does, in both languages, with its exit codes.

mod support;

use support::{CLINIC, Place, all_yes};

fn clinic(answers: &str) -> Place {
    let place = Place::new();
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", answers);
    place
}

#[test]
fn help_and_version_come_on_standard_output_and_succeed() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert_eq!((help.code(), help.err().as_str()), (0, ""));
    assert!(help.out().contains("終了コード"));
    let version = place.run(&["--version"]);
    assert_eq!(version.out(), format!("tenken {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn no_command_at_all_shows_the_help_and_is_bad_usage() {
    let run = Place::new().run(&[]);
    assert_eq!((run.code(), run.out().as_str()), (2, ""));
    assert!(run.err().contains("tenken init"));
}

#[test]
fn the_language_is_asked_for_or_taken_from_the_environment() {
    let place = Place::new();
    assert!(place.run(&["list", "--lang", "en"]).out().contains("must"));
    assert!(place.run(&["--lang=en", "list"]).out().contains("must"));
    assert!(place.run(&["list"]).out().contains("必須"));
    let with = |variable: &str, value: &str| {
        let mut command = support::tenken();
        let output = command.env_remove("TENKEN_LANG").env(variable, value).arg("list").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(with("LANG", "en_GB.UTF-8").contains("must"));
    assert!(with("LANG", "ja_JP.UTF-8").contains("必須"));
    assert!(with("LANG", "C").contains("必須"));
    assert!(with("TENKEN_LANG", "en").contains("must"));
}

#[test]
fn mistakes_on_the_command_line_are_answered_in_both_languages() {
    let place = Place::new();
    let cases: [(&[&str], &str, &str); 7] = [
        (&["adit"], "「audit」のことですか", "Did you mean 'audit'"),
        (&["audit", "--formt", "json"], "「--formt」という指定はありません", "no option '--formt'"),
        (&["audit", "--format", "jsn"], "「json」のことですか", "Did you mean 'json'"),
        (&["init", "x"], "--for <KIND> が足りません", "--for <KIND> is missing"),
        (&["audit", "--at", "2026-02-30"], "2026-11-20 のように", "as in 2026-11-20"),
        (&["audit", "--at=2026-11-20", "--at=2026-11-21"], "--at <DATE> が 2 回", "--at <DATE> stands twice"),
        (&["list", "--lang", "fr"], "「fr」は使えません", "'fr' cannot be given"),
    ];
    for (args, ja, en) in cases {
        let japanese = place.run(args);
        assert_eq!(japanese.code(), 2, "{args:?}");
        if !args.contains(&"--lang") {
            assert!(japanese.err().contains(ja), "{args:?}: {}", japanese.err());
            let english: Vec<&str> = args.iter().copied().chain(["--lang", "en"]).collect();
            let english = place.run(&english);
            assert!(english.err().contains(en), "{args:?}: {}", english.err());
        }
    }
}

#[test]
fn a_workspace_that_conforms_exits_0_and_one_that_does_not_exits_1() {
    let good = clinic(&all_yes()).run(&["audit"]);
    assert_eq!(good.code(), 0, "{}{}", good.out(), good.err());
    assert!(good.out().contains("始められます"));
    let bad = clinic(&all_yes().replacen("yes", "no", 1)).run(&["audit"]);
    assert_eq!(bad.code(), 1);
    assert!(bad.out().contains("まだ始められません"));
    let open = clinic("answers:\n").run(&["audit"]);
    assert_eq!(open.code(), 1);
    assert!(open.out().contains("残りの確認"));
}

#[test]
fn an_audit_that_was_to_measure_and_could_not_exits_3_and_says_so() {
    let place = clinic(&all_yes());
    place.write(
        "tenken.yaml",
        format!("{CLINIC}targets:\n  - {{url: \"https://localhost:1\", authorized_by: 院長}}\n"),
    );
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 3);
    assert!(run.out().contains("測っていない相手: localhost:1"), "{}", run.out());
    assert_eq!(place.run(&["audit", "--no-probe"]).code(), 0);
    let stale = r#"{"schema": "tenken.facts/1", "targets": [{"target": "localhost:1", "facts": {
        "mfa.level": {"value": 2, "time": "2020-01-01T00:00:00Z", "method": "test"}}}]}"#;
    place.write("facts.json", stale);
    let run = place.run(&["audit", "--facts", "facts.json"]);
    assert_eq!(run.code(), 3, "what was measured long ago does not count as measured");
}

#[test]
fn an_audit_in_which_nothing_applies_exits_3() {
    let place = clinic("answers:\n");
    place.write(
        "lists/empty.yaml",
        "checklist: empty\nedition: \"1\"\ntitle: {ja: 空, en: empty}\nsource: {document: d, publisher: p, place: x}\n\
         themes:\n  a: {ja: あ, en: a}\nitems:\n  - id: \"1\"\n    level: mandatory\n    actor: clinic\n    theme: a\n\
         \x20   place: \"1\"\n    when: [chat]\n    title: {ja: あ, en: a}\n    ask: {ja: あか。, en: \"a?\"}\n\
         \x20   why: {ja: あ。, en: a.}\n    fix: {ja: あ。, en: a.}\n    evidence: {ja: [あ], en: [a]}\n",
    );
    place.write("tenken.yaml", "subject: {name: x, kind: clinic}\nchecklists: [empty]\n");
    let run = place.run(&["audit", "--checklists", "lists"]);
    assert_eq!(run.code(), 3, "{}{}", run.out(), run.err());
    assert!(run.out().contains("点検できていません"));
}

#[test]
fn every_audit_is_kept_and_none_replaces_another() {
    let place = clinic(&all_yes());
    for _ in 0..3 {
        assert_eq!(place.run(&["audit", "--at", "2026-11-20"]).code(), 0);
    }
    let kept: Vec<String> = place.files().into_iter().filter(|file| file.starts_with("results/")).collect();
    assert_eq!(
        kept,
        [
            "results/2026-11-20T000000Z-2.json",
            "results/2026-11-20T000000Z-3.json",
            "results/2026-11-20T000000Z.json"
        ]
    );
    assert_eq!(place.read(&kept[0]), place.read(&kept[1]), "same input, same bytes");
    place.run(&["audit", "--no-history"]);
    assert_eq!(place.files().len(), 2 + 3);
}

#[test]
fn a_history_that_cannot_be_written_does_not_cost_the_report() {
    let place = clinic(&all_yes());
    place.write("results", "a file where the folder should be");
    let run = place.run(&["audit"]);
    assert_eq!(run.code(), 2);
    assert!(run.out().contains("始められます"));
    assert!(run.err().contains("--no-history"), "{}", run.err());
    assert_eq!(place.run(&["audit", "--no-history"]).code(), 0);
}

#[test]
fn what_the_evaluator_decided_otherwise_and_what_is_missing_stand_below_the_conclusion() {
    let reviews = "reviews:\n  takeout/C-1: {verdict: pass, by: 評価者, on: 2026-11-20}\n";
    let answers = all_yes().replacen("yes", "no", 1) + reviews;
    let out = clinic(&answers).run(&["audit"]).out();
    assert!(out.contains("評価者が判定を改めた項目が 1 あります"), "{out}");
    let missing = all_yes().replacen("page: \"3\"", "page: \"3\", file: evidence/gone.pdf", 1);
    let out = clinic(&missing).run(&["audit"]).out();
    assert!(out.contains("見つからない書類が 1 あります: evidence/gone.pdf"), "{out}");
}

#[test]
fn an_option_that_would_do_nothing_is_refused() {
    let place = clinic(&all_yes());
    for args in [
        &["audit", "--out", "x"][..],
        &["audit", "--at", "9999-12-31"],
        &["audit", "--at", "2026-11-20T10:00"],
    ] {
        assert_eq!(place.run(args).code(), 2, "{args:?}");
    }
    assert!(!place.files().iter().any(|file| file.starts_with("results/")));
}

#[test]
fn the_files_that_decided_are_named_with_the_hashes_of_their_bytes() {
    use sha2::{Digest, Sha256};
    let place = clinic(&all_yes());
    let marked = format!("\u{feff}{}", include_str!("../rules/scoring.yaml"));
    place.write("own/scoring.yaml", &marked);
    let run = place.run(&["audit", "--format", "json", "--rules", "own"]);
    let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let scoring: Vec<_> =
        rules.iter().filter(|file| file["file"].as_str().unwrap().ends_with("scoring.yaml")).collect();
    assert_eq!(scoring.len(), 1, "the scoring that was replaced decided nothing: {rules:?}");
    let digest: String = Sha256::digest(&marked).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(scoring[0]["sha256"], digest);
    place.write("own/second.yaml", include_str!("../rules/scoring.yaml"));
    assert_eq!(place.run(&["audit", "--rules", "own"]).code(), 2, "two scorings");
}

#[test]
fn json_is_the_same_on_standard_output_and_in_the_history() {
    let place = clinic(&all_yes());
    place.write("tenken.yaml", "subject: {name: \"x\u{85}y\", kind: clinic}\nchecklists: [takeout]\n");
    let run = place.run(&["audit", "--format", "json", "--at", "2026-11-20"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    assert_eq!(run.raw_out(), place.read("results/2026-11-20T000000Z.json").as_bytes());
    assert!(run.out().contains("\\u0085"));
}

#[test]
fn json_alone_goes_to_standard_output_and_beside_text_into_the_reports() {
    let place = clinic(&all_yes());
    let alone = place.run(&["audit", "--format", "json", "--at", "2026-11-20"]);
    let json: serde_json::Value = serde_json::from_str(&alone.out()).unwrap();
    assert_eq!(json["schema"], "tenken.assessment/1");
    assert_eq!(json["conclusion"], "conforms");
    let both = place.run(&["audit", "--format", "text,json", "--at", "2026-11-20", "--out", "out"]);
    assert!(both.out().contains("始められます"));
    let written: serde_json::Value = serde_json::from_str(&place.read("out/2026-11-20.json")).unwrap();
    assert_eq!(written, json);
}

#[test]
fn facts_measured_earlier_decide_and_contradict() {
    let place = Place::new();
    place.write(
        "tenken.yaml",
        "subject: {name: 見本, kind: vendor}\nchecklists: [vendor-138]\n\
         targets: [{url: \"https://telemed.example.jp\", authorized_by: 責任者}]\n",
    );
    place.write(
        "answers.yaml",
        "answers:\n  vendor-138/44: {status: yes, evidence: [{document: TLS 設定書, page: \"1\"}]}\n",
    );
    let facts = r#"{"schema": "tenken.facts/1", "targets": [{"target": "telemed.example.jp:443", "facts": {
        "tls.versions": {"value": ["TLS1.0", "TLS1.2"], "time": "2026-11-20T00:00:00Z", "method": "test"}}}]}"#;
    place.write("facts.json", facts);
    let run = place.run(&["audit", "--facts", "facts.json", "--at", "2026-11-20"]);
    assert_eq!(run.code(), 1);
    let out = run.out();
    let conflict = out.find("食い違い 1").expect("the contradiction is shown");
    assert!(conflict < out.find("次にすること").unwrap(), "contradictions come before everything to do");
    assert!(out.contains("TLS1.0、TLS1.2"), "{out}");
    assert!(out.contains("telemed.example.jp:443"));
}

#[test]
fn colours_are_for_terminals_and_only_where_wanted() {
    let place = clinic(&all_yes().replacen("yes", "no", 1));
    assert!(!place.run(&["audit"]).out().contains('\u{1b}'));
    assert!(place.run(&["audit", "--color", "always"]).out().contains('\u{1b}'));
    let mut command = support::tenken();
    let output = command.current_dir(place.path()).env("NO_COLOR", "1").args(["audit"]).output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn the_summary_is_readable_at_80_columns() {
    let place = clinic("answers:\n");
    for lang in ["ja", "en"] {
        for args in [
            &["audit", "-v"][..],
            &["list"],
            &["list", "takeout"],
            &["explain", "takeout/C-8"],
            &["list", "--features"],
        ] {
            let args: Vec<&str> = args.iter().copied().chain(["--lang", lang]).collect();
            let run = place.run(&args);
            for line in run.out().lines() {
                let width = tenken::report::typeset::cells(line);
                assert!(width <= 80, "{args:?}: {width} cells: {line}");
            }
        }
    }
}

#[test]
fn init_writes_a_workspace_that_can_be_audited_at_once() {
    for kind in ["clinic", "hospital", "vendor"] {
        for lang in ["ja", "en"] {
            let place = Place::new();
            let made = place.run(&["init", "w", "--for", kind, "--lang", lang]);
            assert_eq!(made.code(), 0, "{}", made.err());
            let check = place.run(&["check", "w"]);
            assert_eq!(check.code(), 0, "{kind} {lang}: {}", check.err());
            assert_eq!(place.run(&["audit", "w"]).code(), 1, "nothing is answered yet");
        }
    }
}

#[test]
fn init_asks_only_what_applies_and_takes_features() {
    let place = Place::new();
    place.run(&["init", "without", "--for", "vendor"]);
    place.run(&["init", "with", "--for", "vendor", "--features", "chat", "--name", "見本: \"株式会社\" # 1"]);
    assert!(!place.read("without/answers.yaml").contains("vendor-138/134:"));
    assert!(place.read("with/answers.yaml").contains("vendor-138/134:"));
    let run = place.run(&["audit", "with", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
    assert_eq!(json["subject"]["name"], "見本: \"株式会社\" # 1");
    let asked = place.read("without/tenken.yaml");
    assert!(asked.contains("#- recording"), "what the vendor's checklist hangs on is asked");
    assert!(!asked.contains("#- smoking_cessation"), "and nothing else is");
    let unknown = place.run(&["init", "other", "--for", "vendor", "--features", "chatt"]);
    assert_eq!(unknown.code(), 2);
    assert!(unknown.err().contains("「chat」のことですか"));
}

#[test]
fn init_asks_feature_by_feature_and_takes_no_silence_for_an_answer() {
    let place = Place::new();
    let features = place.run(&["list", "--features", "--json"]).out();
    let features: serde_json::Value = serde_json::from_str(&features).unwrap();
    let first = features[0]["feature"].as_str().unwrap();
    // Nothing typed, something unclear, unsure, a slip taken back: none of it is an answer.
    let rest = "n\n".repeat(60);
    let run = place.run_with_input(
        &["init", "a", "--for", "clinic", "--ask"],
        &format!("\nたぶん\n?\nn\nb\nはい\n{rest}"),
    );
    assert_eq!(run.code(), 0, "{}", run.err());
    let profile = place.read("a/tenken.yaml");
    assert!(profile.contains(&format!("\n  - {first}\n")), "{profile}");
    assert_eq!(profile.matches("\n  - ").count(), 1, "{profile}");
    assert!(run.err().contains("項目が加わります"), "{}", run.err());
    for ended in ["y\n", "y\nq\n", ""] {
        let run = place.run_with_input(&["init", "b", "--for", "clinic", "--ask"], ended);
        assert_eq!(run.code(), 2, "{ended}");
        assert!(run.err().contains("何も作っていません"), "{}", run.err());
        assert!(!place.path().join("b").exists());
    }
    assert_eq!(place.run(&["init", "a", "--for", "clinic", "--ask"]).code(), 2, "before any question");
}

#[test]
fn init_never_loses_what_somebody_wrote() {
    let place = Place::new();
    place.write("w/answers.yaml", "answers: {}  # 三日かけて書いた\n");
    let refused = place.run(&["init", "w", "--for", "clinic"]);
    assert_eq!(refused.code(), 2);
    assert!(refused.err().contains("上書きしません"));
    assert_eq!(place.files(), ["w/answers.yaml"], "nothing was written beside it either");
    assert_eq!(place.run(&["init", "w", "--for", "clinic", "--force"]).code(), 0);
    assert_eq!(place.read("w/answers.yaml.bak"), "answers: {}  # 三日かけて書いた\n");
    assert_eq!(place.run(&["init", "w", "--for", "clinic", "--force"]).code(), 0);
    assert_eq!(place.read("w/answers.yaml.bak"), "answers: {}  # 三日かけて書いた\n");
    assert!(place.read("w/answers.yaml.bak-2").contains("mhlw-clinic/"));
}

#[test]
fn list_and_explain_know_everything_that_is_shipped() {
    let place = Place::new();
    let lists: serde_json::Value = serde_json::from_str(&place.run(&["list", "--json"]).out()).unwrap();
    for list in lists.as_array().unwrap() {
        let id = list["checklist"].as_str().unwrap();
        let items: serde_json::Value =
            serde_json::from_str(&place.run(&["list", id, "--json"]).out()).unwrap();
        let count = list["mandatory"].as_u64().unwrap() + list["recommended"].as_u64().unwrap();
        assert_eq!(items.as_array().unwrap().len() as u64, count, "{id}");
    }
    assert!(place.run(&["list"]).out().contains("first-visit-medicines"));
    let page = place.run(&["explain", "vendor-138/44"]).out();
    for part in ["問い", "なぜ", "直し方", "決め方", "証拠になる書類", "出典", "IPA"] {
        assert!(page.contains(part), "{part} is missing from\n{page}");
    }
    let unknown = place.run(&["explain", "vendor-138/444"]);
    assert_eq!(unknown.code(), 2);
    assert!(unknown.err().contains("「vendor-138/44」のことですか"), "{}", unknown.err());
    assert_eq!(place.run(&["explain", "44"]).code(), 2);
    let facts: serde_json::Value =
        serde_json::from_str(&place.run(&["list", "--facts", "--json"]).out()).unwrap();
    assert!(facts.as_array().unwrap().iter().any(|fact| fact["fact"] == "tls.versions"));
}

#[test]
fn editions_and_profiles_say_what_has_changed_since_and_how_sure_that_is() {
    let place = Place::new();
    let editions = place.run(&["list", "--editions"]).out();
    let parts = ["vendor-138/73", "2026-06-29", "確かさ: 中くらい", "指紋 138 / 138", "後継 ipa-3-high"];
    for part in parts {
        assert!(editions.contains(part), "{part} is missing from\n{editions}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["list", "--editions", "--json"]).out()).unwrap();
    let vendor = json.as_array().unwrap().iter().find(|list| list["checklist"] == "vendor-138").unwrap();
    assert!(vendor["items"].as_array().unwrap().iter().any(|item| item[0] == "vendor-138/73"));
    let profiles = place.run(&["list", "--profiles", "--lang", "en"]).out();
    assert!(profiles.contains("asked only where there is any"), "{profiles}");
}

#[test]
fn explain_shows_what_stands_beside_an_item() {
    let place = Place::new();
    let says = |name: &str, parts: &[&str]| {
        let page = place.run(&["explain", name]).out();
        let squeezed: String = page.split_whitespace().collect();
        for part in parts {
            assert!(squeezed.contains(part), "{part} is missing from\n{page}");
        }
    };
    says("mhlw-clinic/3-2-i", &["レベルの違い:ここでは推奨ですが、総務省"]);
    says("mhlw-clinic/2-5-2-1-xii", &["vendor-138/44通信", "広い項目です"]);
    says("mhlw-clinic/1-5-i-a", &["tenkenexplainfirst-visit-medicines"]);
    says("first-visit-medicines", &["糖尿病の治療薬", "出典"]);
}

#[test]
fn one_answer_serves_the_checklists_that_ask_the_same() {
    let place = Place::new();
    place.write(
        "tenken.yaml",
        "subject: {name: みどり内科, kind: clinic}\nchecklists: [mhlw-clinic, adoption]\n",
    );
    place.write("answers.yaml", "answers:\n  mhlw-clinic/3-1-i: {status: yes}\n");
    let run = place.run(&["audit", "--format", "json", "--no-history"]);
    let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
    let items = json["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["item"] == "adoption/C-6").unwrap();
    assert_eq!(
        (item["verdict"].as_str(), item["carried_from"].as_str()),
        (Some("pass"), Some("mhlw-clinic/3-1-i"))
    );
}

#[test]
fn own_checklists_and_rules_add_to_the_built_in_ones_and_replace_them_by_id() {
    let place = Place::new();
    let own = include_str!("../checklists/takeout.yaml");
    place.write("lists/takeout.yaml", own.replace("ja: 情報と機器の持ち出し", "ja: うちの持ち出し"));
    place.write("lists/ours.yaml", own.replacen("checklist: takeout", "checklist: ours", 1));
    let out = place.run(&["list", "--checklists", "lists"]).out();
    assert!(out.contains("うちの持ち出し") && out.contains("ours") && out.contains("vendor-138"), "{out}");
    place.write("rules/ours.yaml", "checklist: ours\nrules:\n  - {item: \"C-4\", documented: true}\n");
    let page = place.run(&["explain", "ours/C-4", "--checklists", "lists", "--rules", "rules"]).out();
    assert!(page.contains("適合には書類が必要です"), "{page}");
    place.write("rules/takeout.yaml", "checklist: takeout\nrules: []\n");
    let run = place.run(&["explain", "takeout/C-1", "--rules", "rules", "--checklists", "lists"]);
    assert!(!run.out().contains("適合には書類が必要です"), "the built-in rules are replaced\n{}", run.out());
    assert!(run.err().contains("「takeout」は、内蔵の規則ではなく"), "and it is said: {}", run.err());
}

#[test]
fn check_reads_every_kind_of_file_and_folders_of_data_together() {
    let place = Place::new();
    let own = include_str!("../checklists/takeout.yaml").replacen("checklist: takeout", "checklist: ours", 1);
    place.write("own/checklists/ours.yaml", &own);
    place.write("own/rules/ours.yaml", "checklist: ours\nrules:\n  - {item: \"C-4\", documented: true}\n");
    place.write("own/rules/facts.yaml", include_str!("../rules/facts.yaml"));
    place.write("w/tenken.yaml", CLINIC);
    place.write("facts.json", include_str!("../examples/vendor/facts.json"));
    for args in [
        &["check", "own/checklists", "own/rules"][..],
        &["check", "own/checklists", "--rules", "own/rules"],
        &["check", "--checklists", "own/checklists", "--rules", "own/rules"],
        &["check", "own/rules", "--checklists", "own/checklists", "--rules", "own/rules"],
        &["check", "own/checklists/ours.yaml"],
        &["check", "own/rules/facts.yaml"],
        &["check", "w", "w/tenken.yaml", "facts.json"],
        &["check"],
    ] {
        let run = place.run(args);
        assert_eq!(run.code(), 0, "{args:?}: {}", run.err());
    }
    place.write("other.yaml", "a: 1\n");
    assert_eq!(place.run(&["check", "other.yaml"]).code(), 2);
    place.write("broken/own.yaml", own.replace("theme: policy", "theme: polcy"));
    assert_eq!(place.run(&["check", "broken", "own/checklists"]).code(), 2, "every folder is read");
    place.write("own/rules/ours.yaml", "checklist: ours\nrules:\n  - {item: \"C-44\"}\n");
    assert_eq!(place.run(&["check", "own/checklists", "own/rules"]).code(), 2);
}

#[test]
fn a_checklist_that_is_only_mentioned_is_known_all_the_same() {
    // Built-in checklists that a workspace does not speak of are not read; nothing may show it.
    let place = clinic(&all_yes());
    place.write("tenken.yaml", "subject: {name: x, kind: clinic}\nchecklists: [\"take\\u006Fut\"]\n");
    assert_eq!(place.run(&["audit"]).code(), 0);
    place.write("tenken.yaml", "subject: {name: x, kind: clinic}\nchecklists: [takeout, vendor138]\n");
    assert!(place.run(&["audit"]).err().contains("「vendor-138」のことですか"));
    place.write("tenken.yaml", CLINIC);
    place.write("answers.yaml", "answers:\n  resilience/none: {}\n");
    assert!(place.run(&["audit"]).err().contains("「resilience/none」という項目はありません"));
    place.write("answers.yaml", all_yes());
    place.write("own/adoption.yaml", "checklist: adoption\nrules:\n  - {item: A-1, documented: true}\n");
    let run = place.run(&["audit", "--rules", "own"]);
    assert_eq!(run.code(), 0, "{}", run.err());
}

#[test]
fn a_workspace_that_leaves_the_choice_to_its_kind_gets_every_checklist_that_suits_it() {
    // Whatever its comments and answers happen to mention.
    let place = Place::new();
    for line in ["# checklists: [mhlw-clinic]", "checklists:", "checklists: ~  # mhlw-clinic"] {
        place.write("tenken.yaml", format!("subject: {{name: x, kind: clinic}}\n{line}\n"));
        place.write("answers.yaml", "answers:\n  mhlw-clinic/1-1-i: {status: yes}\n");
        let run = place.run(&["audit", "--format", "json", "--no-history"]);
        let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
        let ids: Vec<&str> =
            json["checklists"].as_array().unwrap().iter().filter_map(|list| list["id"].as_str()).collect();
        assert_eq!(ids, ["mhlw-clinic", "patient-briefing"], "{line}");
    }
}

#[test]
fn schemas_are_json_schemas() {
    let place = Place::new();
    let kinds = [
        "checklist",
        "rules",
        "workspace",
        "answers",
        "assessment",
        "facts",
        "features",
        "registry",
        "scoring",
        "crosswalk",
        "profiles",
        "reference",
        "figures",
    ];
    for kind in kinds {
        let schema: serde_json::Value = serde_json::from_str(&place.run(&["schema", kind]).out()).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{kind}");
        assert!(schema["title"].as_str().unwrap().starts_with("tenken"), "{kind}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = place.run(&["completions", shell]);
        assert_eq!(run.code(), 0);
        assert!(run.out().contains("explain"), "{shell}");
    }
}

#[test]
fn the_demo_shows_both_witnesses_and_names_its_folder() {
    let place = Place::new();
    for (lang, folder) in [("ja", "tenken-demo"), ("en", "tenken-demo-2")] {
        let run = place.run(&["demo", "--lang", lang]);
        assert_eq!(run.code(), 0, "{}", run.err());
        assert!(run.out().contains(folder));
        assert!(run.out().contains("vendor-138/44"), "the contradiction leads\n{}", run.out());
        let json: serde_json::Value =
            serde_json::from_str(&place.read(&format!("{folder}/reports/assessment.json"))).unwrap();
        assert_eq!(json["conclusion"], "does_not_conform");
        assert!(!place.read(&format!("{folder}/reports/summary.txt")).contains('\u{1b}'));
    }
    assert_eq!(place.run(&["demo", "tenken-demo"]).code(), 2, "a folder that exists is left alone");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;
    let mut child = support::tenken()
        .args(["list", "vendor-138", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
