//! Packed facts against packed transcripts: what was altered, made younger or left out is named, with every
//! hash made new.

#[path = "support/directory.rs"]
mod directory;
#[path = "support/package.rs"]
mod package;
#[path = "support/site.rs"]
mod site;
mod support;

use std::collections::BTreeMap;

use directory::{Directory, World};
use package::{repacked, unpacked};
use serde_json::{Value, json};
use site::{Site, page};
use support::Place;

type Files = BTreeMap<String, Vec<u8>>;

/// A package of a vendor whose system was measured, with every port and registry left alone.
fn packed() -> (Place, Files) {
    packed_with(&[])
}

fn packed_with(args: &[&str]) -> (Place, Files) {
    let site = Site::run(|asked| match (asked.is_secure, asked.path.as_str()) {
        (true, "/") => page(200, &[("Server", "Apache/2.4.1")], "<title>見本</title><input type=password>"),
        _ => page(404, &[], ""),
    });
    packed_of(Place::new(), &[&format!("https://127.0.0.1:{}", site.port)], args)
}

/// The same of these targets.
fn packed_of(place: Place, targets: &[&str], args: &[&str]) -> (Place, Files) {
    let targets: Vec<String> =
        targets.iter().map(|url| format!("{{url: \"{url}\", authorized_by: 責任者}}")).collect();
    place.write(
        "v/tenken.yaml",
        format!(
            "subject: {{name: あおぞら遠隔, kind: vendor}}\nchecklists: [vendor-138]\ntargets: [{}]\n",
            targets.join(", ")
        ),
    );
    place.write("v/answers.yaml", "answers: {}\n");
    assert_eq!(place.run(&[&["audit", "v", "-q"], args].concat()).code(), 1);
    let run = place.run(&["pack", "v", "--out", "p.zip"]);
    assert_eq!(run.code(), 0, "{}", run.err());
    let files = unpacked(&std::fs::read(place.path().join("p.zip")).unwrap());
    (place, files)
}

fn verified(place: &Place, files: Files) -> (i32, String) {
    place.write("other.zip", repacked(files));
    let run = place.run(&["verify", "other.zip", "--lang", "en"]);
    (run.code(), run.out())
}

/// The packed assessment or a packed file of transcripts, altered.
fn with(files: &Files, folder: &str, change: impl Fn(&mut Value)) -> Files {
    let mut files = files.clone();
    let name = |name: &&String| name.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
    let name = files.keys().find(name).unwrap().clone();
    let mut content: Value = serde_json::from_slice(&files[&name]).unwrap();
    change(&mut content);
    files.insert(name, serde_json::to_vec_pretty(&content).unwrap());
    files
}

fn assessment(files: &Files, change: impl Fn(&mut Vec<Value>)) -> Files {
    with(files, "workspace/results/", |assessment| change(assessment["facts"].as_array_mut().unwrap()))
}

fn fact<'a>(facts: &'a mut [Value], key: &str) -> &'a mut Value {
    facts.iter_mut().find(|fact| fact["key"] == key).unwrap()
}

/// Whoever receives the package has not the roots of the applicant.
#[test]
fn certificates_that_were_judged_by_other_roots_are_no_forgery() {
    let roots = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/localhost_root.pem");
    let (place, files) = packed_with(&["--ca", roots]);
    let (code, out) = verified(&place, files.clone());
    assert_eq!(code, 0, "{out}");
    let altered = assessment(&files, |facts| fact(facts, "tls.versions")["value"] = json!(["TLS1.0"]));
    assert_eq!(verified(&place, altered).0, 1);
    // What rests on the certificate alone, or on the public roots, is held to.
    for (key, value) in [
        ("certificate.not_after", json!("2099-01-01T00:00:00Z")),
        ("certificate.key", json!("RSA-4096")),
        ("certificate.publicly_trusted", json!(true)),
        ("certificate.name_matches", json!(false)),
    ] {
        let altered = assessment(&files, |facts| fact(facts, key)["value"] = value.clone());
        let (code, out) = verified(&place, altered);
        assert!(code == 1 && out.contains(key), "{key}: {out}");
    }
}

/// Nor has he the applicant's own key of the root.
#[test]
fn signatures_that_were_checked_by_another_key_are_no_forgery() {
    const HOST: &str = "telemed.example.jp";
    let site = Site::run(|_| page(200, &[], "<title>x</title>"));
    let world = ["jp", "example.jp"]
        .iter()
        .fold(World::default().signed("."), |world, zone| world.signed(zone).ns(zone, "ns.example.net"));
    let world = world.a(HOST, [192, 0, 2, 10]);
    let place = Place::new();
    let anchor = place.write("root.key", world.anchor());
    let resolver = Directory::of(world);
    let pin = format!("{HOST}:{}:127.0.0.1", site.port);
    let more =
        ["--resolver", &resolver.address(), "--trust-anchor", anchor.to_str().unwrap(), "--resolve", &pin];
    let (place, files) = packed_of(place, &[&format!("https://{HOST}:{}", site.port)], &more);
    assessment(&files, |facts| assert_eq!(fact(facts, "dns.dnssec")["value"], "validated"));
    let (code, out) = verified(&place, files.clone());
    assert_eq!(code, 0, "{out}");
    let altered = assessment(&files, |facts| fact(facts, "dns.addresses")["value"] = json!(["192.0.2.11"]));
    assert_eq!(verified(&place, altered).0, 1);
}

/// A visit that leads to another target is no further away when it is read again.
#[test]
fn redirects_between_targets_come_out_of_the_transcripts_again() {
    let other = Site::run(|asked| match asked.path.as_str() {
        "/" => page(302, &[("Location", "/entrance")], ""),
        _ => page(200, &[], "<title>入口</title>"),
    });
    let there = format!("https://127.0.0.1:{}", other.port);
    let to = there.clone();
    let one = Site::run(move |_| page(302, &[("Location", &to)], ""));
    let here = format!("https://127.0.0.1:{}", one.port);
    let (place, files) = packed_of(Place::new(), &[&here, &there], &[]);
    let (code, out) = verified(&place, files);
    assert_eq!(code, 0, "{out}");
    // Round and round, from one to the other.
    let ports = std::sync::Arc::new(std::sync::Mutex::new(Vec::<u16>::new()));
    let round = |at: usize| {
        let ports = std::sync::Arc::clone(&ports);
        Site::run(move |_| {
            let to = format!("https://127.0.0.1:{}/", ports.lock().unwrap()[1 - at]);
            page(302, &[("Location", &to)], "")
        })
    };
    let circle = [round(0), round(1)];
    ports.lock().unwrap().extend(circle.iter().map(|site| site.port));
    let targets = circle.map(|site| format!("https://127.0.0.1:{}", site.port));
    let (place, files) = packed_of(Place::new(), &[&targets[0], &targets[1]], &[]);
    let (code, out) = verified(&place, files);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_file_of_transcripts_that_cannot_be_read_is_named() {
    let (place, files) = packed();
    let name = files.keys().find(|name| name.starts_with("workspace/results/transcripts/")).unwrap();
    let many: Vec<Value> = vec![json!({}); 20_001];
    for content in [
        b"{}".to_vec(),
        vec![0xff; 10],
        files[name][..files[name].len() / 2].to_vec(),
        json!({"schema": "tenken.transcript/1", "transcripts": many}).to_string().into_bytes(),
    ] {
        let mut altered = files.clone();
        altered.insert(name.clone(), content);
        let (code, out) = verified(&place, altered);
        let path = name.trim_start_matches("workspace/");
        assert!(code == 1 && out.lines().any(|line| line.contains(path)), "{out}");
    }
}

#[test]
fn what_was_measured_comes_out_of_the_transcripts_again() {
    let (place, files) = packed();
    let (code, out) = verified(&place, files);
    assert_eq!(code, 0, "{out}");
    let line = out.lines().find(|line| line.contains("come out of the packed transcripts")).expect(&out);
    let count: usize = line.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    assert!(count > 60, "{line}");
}

#[test]
fn a_fact_that_its_transcript_does_not_show_is_named() {
    let (place, files) = packed();
    for (key, field, value) in [
        ("http.versions", "value", json!(["Apache/2.4.2"])),
        ("http.frame_protection", "value", json!("listed_sites")),
        ("tls.alpn", "value", json!(["h2"])),
        ("http.nosniff", "time", json!("2026-11-28T00:00:00Z")),
        ("http.nosniff", "address", json!("127.0.0.2")),
    ] {
        let forged = assessment(&files, |facts| fact(facts, key)[field] = value.clone());
        let (code, out) = verified(&place, forged);
        let names_it = |line: &str| line.contains(key) && line.contains("not what its transcript shows");
        assert!(code == 1 && out.lines().any(names_it), "{key}: {out}");
    }
}

#[test]
fn a_fact_that_was_left_out_is_named() {
    let (place, files) = packed();
    let forged = assessment(&files, |facts| facts.retain(|fact| fact["key"] != "http.versions"));
    let (code, out) = verified(&place, forged);
    let names_it = |line: &str| line.contains("http.versions") && line.contains("leaves it out");
    assert!(code == 1 && out.lines().any(names_it), "{out}");
}

#[test]
fn a_fact_without_its_transcript_is_counted_and_proves_nothing() {
    let (place, files) = packed();
    let altered = with(&files, "workspace/results/transcripts/", |file| {
        file["transcripts"][0]["visit"]["requests"][0]["answer"] = Value::Null;
    });
    let (code, out) = verified(&place, altered);
    assert!(code == 0 && out.contains("facts cannot be read from a packed transcript"), "{out}");
    assert!(!out.contains("come out of the packed transcripts"), "{out}");
    let older = with(&files, "workspace/results/transcripts/", |file| file["transcripts"] = json!([]));
    assert_eq!(verified(&place, older).0, 0);
}

#[test]
fn transcripts_of_another_version_are_not_held_against_this_one() {
    let (place, files) = packed();
    let digest = std::cell::RefCell::new(String::new());
    let other = with(&files, "workspace/results/transcripts/", |file| {
        file["transcripts"][0]["tool"] = json!("0.0.1");
        let read: tenken::wire::transcript::TranscriptFile = serde_json::from_value(file.clone()).unwrap();
        *digest.borrow_mut() = tenken::probe::digest(&read.transcripts[0]);
    });
    let other = assessment(&other, |facts| {
        for fact in facts.iter_mut().filter(|fact| fact["transcript"].is_string()) {
            fact["transcript"] = json!(*digest.borrow());
        }
        let fact = fact(facts, "tls.alpn");
        fact["value"] = json!(["h2"]);
        fact.as_object_mut().unwrap().remove("missing");
    });
    let (code, out) = verified(&place, other);
    assert!(code == 0 && out.contains("made by another version of tenken"), "{out}");
}

/// A transcript that was made once and is kept. Fuzzing begins with it too.
#[test]
fn a_transcript_that_is_kept_comes_to_its_facts() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/transcript.json");
    let run = Place::new().run(&["probe", "--replay", file, "--json"]);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let targets = json["targets"].as_array().unwrap();
    let value = |key: &str| {
        let look = targets.iter().find_map(|target| target["facts"].get(key)).unwrap();
        look.get("value").unwrap_or_else(|| panic!("{key}: {look}"))
    };
    for (key, wanted) in [
        ("http.hsts.max_age", json!(31_536_000)),
        ("http.cookies.problems", json!(["no_same_site"])),
        ("http.redirect.chain", json!(["https://telemed.example.jp/login"])),
        ("mfa.observations", json!(["passkey_field"])),
        ("dns.addresses", json!(["192.0.2.10"])),
        ("dns.name_servers", json!(["ns.example.jp"])),
        ("domain.expires", json!("2099-01-31")),
        ("domain.transfer_lock", json!(true)),
    ] {
        assert_eq!(*value(key), wanted, "{key}");
    }
}
