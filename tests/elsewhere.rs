//! Facts that other tools measured: what sslyze and testssl.sh say of a server that was run on loopback
//! (`tests/elsewhere/`), with the same files turned into broken, partial and hostile ones.

mod support;

use serde_json::{Value, json};
use support::Place;

const SSLYZE: &str = include_str!("elsewhere/sslyze.json");
const PRETTY: &str = include_str!("elsewhere/testssl-pretty.json");
const FLAT: &str = include_str!("elsewhere/testssl-flat.json");

const AT: &str = "2026-11-29";

fn place(file: &str) -> Place {
    let place = Place::new();
    place.write(
        "tenken.yaml",
        "subject: {name: x, kind: clinic}\nchecklists: [adoption]\ntargets:\n  - url: https://telemed.example.jp:18443/\n",
    );
    place.write("scan.json", file);
    place
}

/// The facts of an audit with a file.
fn facts(file: &str) -> Vec<Value> {
    let run =
        place(file).run(&["audit", "--facts", "scan.json", "--at", AT, "--format", "json", "--no-history"]);
    let json: Value = serde_json::from_slice(run.raw_out()).unwrap_or_else(|_| panic!("{}", run.err()));
    json["facts"].as_array().unwrap().clone()
}

fn fact<'a>(facts: &'a [Value], key: &str) -> &'a Value {
    let mut all = facts.iter().filter(|fact| fact["key"] == key);
    let one = all.next().unwrap_or_else(|| panic!("{key} is not there"));
    assert!(all.next().is_none(), "{key} stands twice");
    one
}

fn unknown<'a>(facts: &'a [Value], key: &str) -> &'a str {
    let missing = &fact(facts, key)["missing"];
    assert_eq!(missing["kind"], "failed", "{key}: {}", fact(facts, key));
    missing["reason"]["en"].as_str().unwrap()
}

fn is_absent(facts: &[Value], key: &str) -> bool {
    fact(facts, key)["missing"]["kind"] == "absent"
}

fn sslyze() -> Value {
    serde_json::from_str(SSLYZE).unwrap()
}

fn command<'a>(file: &'a mut Value, name: &str) -> &'a mut Value {
    &mut file["server_scan_results"][0]["scan_result"][name]
}

#[test]
fn what_sslyze_says_is_taken_over_with_its_origin_and_age() {
    let facts = facts(SSLYZE);
    for (key, wanted) in [
        ("tls.versions", json!(["TLS1.2", "TLS1.3"])),
        (
            "tls.suites.tls1_2",
            json!([
                "TLS_RSA_WITH_AES_128_CBC_SHA",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
            ]),
        ),
        ("tls.compression", json!(false)),
        ("tls.secure_renegotiation", json!(true)),
        ("tls.extended_master_secret", json!(true)),
        ("tls.client_certificate", json!("none")),
        ("certificate.trusted", json!(false)),
        ("certificate.name_matches", json!(true)),
        ("certificate.not_after", json!("2027-02-26")),
        ("certificate.days_left", json!(89)),
        ("certificate.validity_days", json!(90)),
        ("certificate.key", json!("RSA-2048")),
        ("certificate.signature", json!("RSA-SHA256")),
        ("certificate.must_staple", json!(false)),
    ] {
        assert_eq!(fact(&facts, key)["value"], wanted, "{key}");
    }
    for key in ["tls.suites.ssl2", "tls.suites.tls1_0", "tls.dh_bits"] {
        assert!(is_absent(&facts, key), "{key}: {}", fact(&facts, key));
    }
    let versions = fact(&facts, "tls.versions");
    assert_eq!(versions["method"], "sslyze 6.3.1");
    assert_eq!(
        (&versions["address"], &versions["target"]),
        (&json!("127.0.0.1"), &json!("telemed.example.jp:18443"))
    );
    assert!(versions["time"].as_str().unwrap().starts_with("2026-11-28T10:41:22"), "{versions}");
    assert_eq!(versions["transcript"].as_str().unwrap().len(), 64);
    assert!(unknown(&facts, "tls.groups").contains("X448"), "it does not ask for all groups");
    assert!(unknown(&facts, "tls.early_data").contains("did not look"));
    // A suite that the profile forbids is seen; that nothing else is amiss is not.
    assert_eq!(fact(&facts, "tls.profile.ipa-3-high")["value"], false);
}

#[test]
fn what_sslyze_did_not_see_is_unknown_and_no_profile_holds() {
    let of = |change: &dyn Fn(&mut Value)| {
        let mut file = sslyze();
        change(&mut file);
        facts(&file.to_string())
    };
    let failed = of(&|file| {
        *command(file, "tls_1_0_cipher_suites") =
            json!({"status": "ERROR", "error_reason": "CONNECTIVITY_ISSUE", "result": null});
    });
    for key in ["tls.versions", "tls.suites.tls1_0", "tls.dh_bits"] {
        assert!(unknown(&failed, key).contains("CONNECTIVITY_ISSUE"), "{key}");
    }
    assert_eq!(fact(&failed, "tls.suites.tls1_3")["value"].as_array().unwrap().len(), 3);
    let skipped = of(&|file| {
        for name in ["ssl_2_0_cipher_suites", "tls_1_2_cipher_suites", "certificate_info"] {
            *command(file, name) = json!({"status": "NOT_SCHEDULED", "error_reason": null, "result": null});
        }
    });
    for key in ["tls.versions", "tls.suites.tls1_2", "certificate.trusted", "certificate.not_after"] {
        assert!(unknown(&skipped, key).contains("did not look"), "{key}");
    }
    let missing = of(&|file| {
        file["server_scan_results"][0]["scan_result"]
            .as_object_mut()
            .unwrap()
            .remove("tls_1_1_cipher_suites");
    });
    assert!(unknown(&missing, "tls.versions").contains("did not look"));
    let part = of(&|file| {
        command(file, "tls_1_2_cipher_suites")["result"]["rejected_cipher_suites"] = json!([]);
    });
    assert!(unknown(&part, "tls.suites.tls1_2").contains("not complete"));
    let contrary = of(&|file| {
        command(file, "tls_1_2_cipher_suites")["result"]["is_tls_version_supported"] = json!(false)
    });
    assert!(unknown(&contrary, "tls.versions").contains("not complete"));
    let unreached = of(&|file| {
        file["server_scan_results"][0]["connectivity_status"] = json!("ERROR");
        file["server_scan_results"][0]["scan_result"] = Value::Null;
    });
    assert!(unknown(&unreached, "tls.versions").contains("could not connect"));
    let another = of(&|file| {
        file["server_scan_results"][0]["network_configuration"]["tls_server_name_indication"] =
            json!("b.example.jp");
    });
    assert!(unknown(&another, "tls.versions").contains("another name"));
    let optional = of(&|file| {
        file["server_scan_results"][0]["connectivity_result"]["client_auth_requirement"] = json!("OPTIONAL");
    });
    assert!(unknown(&optional, "tls.client_certificate").contains("OPTIONAL"));
    for all in [&failed, &skipped, &missing, &part, &contrary, &unreached, &another] {
        let held = all.iter().filter(|one| one["key"].as_str().unwrap().starts_with("tls.profile."));
        assert!(held.clone().count() > 0 && held.into_iter().all(|one| one["value"] != true));
    }
    let good = of(&|file| {
        let chain = &mut command(file, "certificate_info")["result"]["certificate_deployments"][0];
        for one in chain["path_validation_results"].as_array_mut().unwrap() {
            one["was_validation_successful"] = json!(true);
        }
    });
    assert_eq!(fact(&good, "certificate.trusted")["value"], true);
    let wrong_name = of(&|file| {
        let chain = &mut command(file, "certificate_info")["result"]["certificate_deployments"][0];
        for one in chain["path_validation_results"].as_array_mut().unwrap() {
            one["was_validation_successful"] = json!(true);
        }
        chain["received_certificate_chain"][0]["subject_alternative_name"]["dns_names"] =
            json!(["b.example.jp"]);
    });
    assert_eq!(fact(&wrong_name, "certificate.trusted")["value"], false);
    assert_eq!(fact(&wrong_name, "certificate.name_matches")["value"], false);
}

#[test]
fn what_testssl_says_is_taken_over_from_both_of_its_forms() {
    let pretty = facts(PRETTY);
    for (key, wanted) in [
        ("tls.versions", json!(["TLS1.2", "TLS1.3"])),
        (
            "tls.suites.tls1_2",
            json!([
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_RSA_WITH_AES_128_CBC_SHA"
            ]),
        ),
        ("tls.ocsp_stapled", json!(false)),
        ("tls.session_resumption", json!(true)),
        ("certificate.trusted", json!(false)),
        ("certificate.name_matches", json!(true)),
        ("certificate.not_after", json!("2027-02-26")),
        ("certificate.key", json!("RSA-2048")),
        ("certificate.signature", json!("RSA-SHA256")),
        ("certificate.chain_ordered", json!(true)),
    ] {
        assert_eq!(fact(&pretty, key)["value"], wanted, "{key}");
    }
    let versions = fact(&pretty, "tls.versions");
    assert_eq!(versions["method"], "testssl.sh 3.0.8");
    assert!(versions["time"].as_str().unwrap().starts_with("2026-11-28T11:"), "{versions}");
    let flat = facts(FLAT);
    assert_eq!(fact(&flat, "tls.versions")["value"], json!(["TLS1.2", "TLS1.3"]));
    assert_eq!(fact(&flat, "tls.versions")["method"], "testssl.sh");
    assert!(
        fact(&flat, "tls.versions")["time"].as_str().unwrap().starts_with("2026-11-28T00:"),
        "by the days left"
    );
    assert_eq!(fact(&flat, "tls.compression")["value"], false);
    assert!(is_absent(&flat, "http.hsts.max_age"));
    assert!(unknown(&flat, "tls.suites.tls1_2").contains("-E"), "a list without versions is none");
    assert!(unknown(&flat, "tls.fallback_scsv").contains("no protocol below"));
    assert!(is_absent(&flat, "tls.suites.ssl3"));
}

#[test]
fn what_testssl_did_not_finish_or_say_plainly_is_unknown() {
    let of = |from: &str, to: &str| {
        assert!(PRETTY.contains(from), "{from}");
        facts(&PRETTY.replace(from, to))
    };
    let broken_off = of("\"scanTime\": 27", "\"scanTime\": \"Scan interrupted\"");
    assert!(unknown(&broken_off, "tls.suites.tls1_3").contains("not complete"));
    let unsure = of("\"offered with final\"", "\"not tested, OpenSSL too old\"");
    assert!(unknown(&unsure, "tls.versions").contains("cannot be understood"));
    assert!(unknown(&unsure, "tls.suites.tls1_3").contains("cannot be understood"));
    let unasked = of("\"id\": \"TLS1_1\"", "\"id\": \"TLS1_x\"");
    assert!(unknown(&unasked, "tls.versions").contains("did not look"));
    let nameless = of("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA");
    assert!(unknown(&nameless, "tls.suites.tls1_2").contains("AES128-SHA"));
    let partly = of("failed (chain incomplete).", "Some certificate trust checks failed");
    assert!(unknown(&partly, "certificate.trusted").contains("Some certificate"));
    let passed = of("failed (chain incomplete).", "passed.");
    assert_eq!(fact(&passed, "certificate.trusted")["value"], true);
}

#[test]
fn old_scans_settle_nothing_and_those_of_others_are_not_used() {
    let run = place(SSLYZE).run(&[
        "audit",
        "--facts",
        "scan.json",
        "--at",
        "2028-01-01",
        "--format",
        "json",
        "--no-history",
    ]);
    let result: Value = serde_json::from_slice(run.raw_out()).unwrap();
    for item in result["items"].as_array().unwrap() {
        assert_ne!(item["assurance"], "measured", "{item}");
    }
    let other = SSLYZE.replace("telemed.example.jp", "other.example.jp");
    let place = place(&other);
    let run = place.run(&["audit", "--facts", "scan.json", "--at", AT, "--format", "json", "--no-history"]);
    let result: Value = serde_json::from_slice(run.raw_out()).unwrap();
    assert_eq!(result["facts"], json!([]));
    assert!(run.err().contains("other.example.jp:18443"), "{}", run.err());
}

#[test]
fn broken_and_hostile_files_are_refused_with_a_place() {
    let deep = format!("{{\"sslyze_version\": {}", "[".repeat(100_000));
    let no_date = FLAT.replace("cert_expirationStatus", "cert_x");
    let twice = SSLYZE.replacen("\"tls_1_2_cipher_suites\"", "\"tls_1_0_cipher_suites\"", 1);
    for (name, file, says) in [
        ("cut off", SSLYZE.get(..SSLYZE.len() / 2).unwrap(), "scan.json:"),
        ("deep", deep.as_str(), "scan.json:"),
        ("a key that stands twice", twice.as_str(), "duplicate"),
        ("an older version", &SSLYZE.replace("6.3.1", "5.2.0"), "5.2.0"),
        ("another version", &PRETTY.replace("3.0.8", "2.9.5"), "2.9.5"),
        (
            "no start",
            &PRETTY.replace("\"startTime\": \"1795864531\"", "\"startTime\": \"soon\""),
            "--jsonfile-pretty",
        ),
        ("no date", no_date.as_str(), "--jsonfile-pretty"),
        ("an empty list", "[]", "--jsonfile-pretty"),
        ("numbers", "[1, 2]", "scan.json:"),
        ("a time that is none", &SSLYZE.replace("2026-11-28T10:41:22.820959Z", "x"), "scan.json"),
    ] {
        let run =
            place(file).run(&["audit", "--facts", "scan.json", "--at", AT, "--no-history", "--lang", "en"]);
        assert_eq!(run.code(), 2, "{name}: {}", run.err());
        assert!(run.err().contains(says), "{name}: {}", run.err());
    }
    let odd = SSLYZE.replace("TLS_RSA_WITH_AES_128_CBC_SHA\"", "TLS_RSA \\u001b[31m\"");
    let facts = facts(&odd);
    assert!(unknown(&facts, "tls.suites.tls1_2").contains("cannot be understood"));
    assert!(!Value::from(facts).to_string().contains("\\u001b"));
}

/// Their lists are shorter than what a server can offer: they break a profile and never fulfil one.
#[test]
fn a_shorter_list_shows_of_no_profile_that_it_is_followed() {
    let mut file = sslyze();
    let suites = command(&mut file, "tls_1_2_cipher_suites")["result"]["accepted_cipher_suites"]
        .as_array_mut()
        .unwrap();
    let before = suites.len();
    suites.retain(|one| one["cipher_suite"]["name"] != "TLS_RSA_WITH_AES_128_CBC_SHA");
    let gone = before - suites.len();
    let rejected = command(&mut file, "tls_1_2_cipher_suites")["result"]["rejected_cipher_suites"]
        .as_array_mut()
        .unwrap();
    for _ in 0..gone {
        let one = rejected[0].clone();
        rejected.push(one);
    }
    let facts = facts(&file.to_string());
    let exception = fact(&facts, "tls.profile.ipa-3-exception");
    assert!(
        exception["missing"]["reason"]["en"]
            .as_str()
            .is_some_and(|why| why.contains("does not ask for every suite")),
        "{exception}"
    );
}

#[test]
fn a_revoked_certificate_is_not_trusted() {
    let mut file = sslyze();
    let deployments = &mut command(&mut file, "certificate_info")["result"]["certificate_deployments"];
    assert!(deployments[0]["path_validation_results"][0]["was_validation_successful"].is_boolean());
    for one in deployments.as_array_mut().unwrap() {
        one["ocsp_response"] = json!({"certificate_status": "REVOKED"});
    }
    assert_eq!(fact(&facts(&file.to_string()), "certificate.trusted")["value"], false);
}

#[test]
fn a_scan_that_began_without_encryption_is_refused() {
    let mut file: Value = serde_json::from_str(PRETTY).unwrap();
    file["Invocation"] = json!("testssl --ssl-native -t smtp telemed.example.jp:18443");
    let run = place(&file.to_string()).run(&["audit", "--facts", "scan.json", "--at", AT, "--lang", "en"]);
    assert!(run.code() == 2 && run.err().contains("STARTTLS"), "{} {}", run.code(), run.err());
}
