//! The DNS probe against a server on loopback: every fact with a good and a bad value, absent where there
//! is nothing, unknown where it could not look. No answer of a hostile server is taken for a fact.

#[path = "support/directory.rs"]
mod directory;
#[path = "support/replay.rs"]
mod replay;
mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use directory::{Directory, World, name, nothing};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::{A, CNAME};
use hickory_resolver::proto::rr::{RData, Record};
use hickory_resolver::proto::serialize::binary::BinEncodable;
use serde_json::{Value, json};
use support::Place;

const HOST: &str = "telemed.example.jp";

fn probe_with(host: &str, more: &[&str]) -> (Value, i32) {
    let place = Place::new();
    probe_in(&place, host, more)
}

fn probe_in(place: &Place, host: &str, more: &[&str]) -> (Value, i32) {
    let url = format!("https://{host}");
    let pin = format!("{host}:443:127.0.0.1");
    let mut args =
        vec!["probe", &url, "--authorized-by", "責任者", "--json", "--resolve", &pin, "--probes", "dns"];
    args.extend(["--transcript", replay::FILE]);
    args.extend(more);
    let run = place.run(&args);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let anchor = more.iter().position(|one| *one == "--trust-anchor");
    let anchor = anchor.map(|at| &more[at..at + 2]).unwrap_or_default();
    replay::holds(place, &json, anchor);
    (json["targets"][0]["facts"].clone(), run.code())
}

fn probe(directory: &Directory) -> Value {
    probe_with(HOST, &["--resolver", &directory.address()]).0
}

/// With signatures looked at from the root of a world.
fn proof(world: World) -> Value {
    let place = Place::new();
    place.write("root.key", world.anchor());
    let directory = Directory::of(world);
    let (facts, _) =
        probe_in(&place, HOST, &["--resolver", &directory.address(), "--trust-anchor", "root.key"]);
    facts["dns.dnssec"].clone()
}

fn unknown<'a>(facts: &'a Value, key: &str) -> &'a str {
    facts[key]["unknown"]["en"].as_str().unwrap_or_else(|| panic!("{key}: {}", facts[key]))
}

fn is_absent(facts: &Value, key: &str) -> bool {
    let state = &facts[key];
    assert!(state.is_object(), "{key} was not looked at");
    state["value"] == json!([]) || state["value"].is_null() && state.get("unknown").is_none()
}

fn tidy() -> World {
    World::default()
        .ns("example.jp", "ns2.example.net")
        .ns("example.jp", "NS1.example.net")
        .a(HOST, [192, 0, 2, 10])
        .a(HOST, [198, 51, 100, 10])
        .aaaa(HOST, "2001:db8::10")
        .caa("example.jp", "issue", "ca.example.com")
        .mx("example.jp", 20, "mx2.example.jp")
        .mx("example.jp", 10, "mx1.example.jp")
        .text("example.jp", "v=spf1 include:_spf.example.net -all")
        .text("_spf.example.net", "v=spf1 ip4:192.0.2.0/24 ~all")
        .text("_dmarc.example.jp", "v=DMARC1; p=reject; rua=mailto:a@example.jp")
        .text("_mta-sts.example.jp", "v=STSv1; id=20261120")
        .text("_smtp._tls.example.jp", "v=TLSRPTv1; rua=mailto:a@example.jp")
}

#[test]
fn a_tidy_domain_gives_good_values() {
    let directory = Directory::of(tidy());
    let facts = probe(&directory);
    for (key, wanted) in [
        ("dns.addresses", json!(["192.0.2.10", "198.51.100.10", "2001:db8::10"])),
        ("dns.networks", json!(2)),
        ("dns.name_servers", json!(["ns1.example.net", "ns2.example.net"])),
        ("dns.caa", json!(["ca.example.com"])),
        ("dns.mx", json!(["mx1.example.jp", "mx2.example.jp"])),
        ("dns.spf", json!("fail")),
        ("dns.dmarc", json!("reject")),
        ("dns.mta_sts", json!("announced")),
        ("dns.tls_rpt", json!(true)),
    ] {
        assert_eq!(facts[key]["value"], wanted, "{key}: {}", facts[key]);
    }
    assert!(is_absent(&facts, "dns.dangling"));
    assert!(facts.get("tls.versions").is_none(), "nobody asked for it");
}

#[test]
fn a_transcript_holds_the_answers_and_missing_ones_are_unknown() {
    let directory = Directory::of(tidy());
    let place = Place::new();
    probe_in(&place, HOST, &["--resolver", &directory.address()]);
    let mut kept: Value = serde_json::from_str(&place.read(replay::FILE)).unwrap();
    let schema: Value = serde_json::from_str(&place.run(&["schema", "transcript"]).out()).unwrap();
    assert!(jsonschema::is_valid(&schema, &kept));
    let lookups = kept["directories"][0]["lookups"].as_array_mut().unwrap();
    assert!(lookups.len() > 10, "{lookups:?}");
    lookups.retain(|one| one["kind"] != "MX");
    let answer = lookups.iter().find(|one| one["kind"] == "A").unwrap()["answer"].clone();
    lookups.iter_mut().find(|one| one["kind"] == "CAA").unwrap()["answer"] = answer;
    place.write("short.json", kept.to_string());
    let again: Value =
        serde_json::from_str(&place.run(&["probe", "--replay", "short.json", "--json"]).out()).unwrap();
    let facts = &again["targets"][0]["facts"];
    assert!(unknown(facts, "dns.mx").contains("time"), "{}", facts["dns.mx"]);
    assert!(facts["dns.caa"]["unknown"].is_object(), "an answer to another question is none");
    assert_eq!(facts["dns.spf"]["value"], json!("fail"));
}

#[test]
fn a_bare_domain_has_nothing_and_that_is_known() {
    let world = World::default().ns("example.jp", "ns.example.net").a(HOST, [192, 0, 2, 10]).with(
        "example.jp",
        RData::MX(hickory_resolver::proto::rr::rdata::MX::new(0, hickory_resolver::proto::rr::Name::root())),
    );
    let facts = probe(&Directory::of(world));
    for key in ["dns.caa", "dns.mx", "dns.dangling"] {
        assert!(is_absent(&facts, key), "{key}: {}", facts[key]);
    }
    for key in ["dns.spf", "dns.dmarc", "dns.mta_sts"] {
        assert_eq!(facts[key]["value"], json!("none"), "{key}");
    }
    assert_eq!(facts["dns.tls_rpt"]["value"], json!(false));
    assert_eq!(facts["dns.networks"]["value"], json!(1));
}

#[test]
fn a_domain_that_is_not_there_has_no_addresses() {
    let facts = probe(&Directory::of(World::default().ns("jp", "ns.example.net")));
    for key in ["dns.addresses", "dns.networks", "dns.name_servers", "dns.caa", "dns.dangling"] {
        assert!(is_absent(&facts, key), "{key}: {}", facts[key]);
    }
    assert!(unknown(&facts, "dns.dnssec").contains("No domain"));
}

#[test]
fn an_alias_that_leads_nowhere_is_named_and_one_that_leads_somewhere_is_not() {
    let world = || World::default().ns("example.jp", "ns.example.net").alias(HOST, "gone.example.com");
    let facts = probe(&Directory::of(world().a("other.example.com", [192, 0, 2, 1])));
    assert_eq!(facts["dns.dangling"]["value"], json!(["gone.example.com"]));
    assert!(is_absent(&facts, "dns.addresses"));
    let facts = probe(&Directory::of(world().a("gone.example.com", [192, 0, 2, 1])));
    assert!(is_absent(&facts, "dns.dangling"), "{}", facts["dns.dangling"]);
    assert_eq!(facts["dns.addresses"]["value"], json!(["192.0.2.1"]));
    // There is such a name, only without an address.
    let facts = probe(&Directory::of(world().text("gone.example.com", "x")));
    assert!(is_absent(&facts, "dns.dangling"), "{}", facts["dns.dangling"]);
}

#[test]
fn a_long_answer_comes_over_tcp() {
    let long: String = (0..250).map(|number| format!("ip4:192.0.2.{number} ")).collect();
    let world = tidy_without_spf().text("example.jp", &format!("v=spf1 {long}-all"));
    let facts = probe(&Directory::of(world));
    assert_eq!(facts["dns.spf"]["value"], json!("fail"), "{}", facts["dns.spf"]);
}

fn tidy_without_spf() -> World {
    World::default().ns("example.jp", "ns.example.net").a(HOST, [192, 0, 2, 10])
}

/// A world with keys from the root down, and the records of the target in a zone of its own.
fn signed_world() -> World {
    World::default()
        .signed(".")
        .signed("jp")
        .signed("example.jp")
        .ns("jp", "ns.example.net")
        .ns("example.jp", "ns.example.net")
        .a(HOST, [192, 0, 2, 10])
}

#[test]
fn signatures_are_checked_from_the_root_down() {
    assert_eq!(proof(signed_world())["value"], json!("validated"));
    let aliased = signed_world().alias("www.example.jp", HOST);
    assert_eq!(proof(aliased)["value"], json!("validated"));
}

#[test]
fn a_transcript_is_checked_again_as_of_its_moment() {
    let place = Place::new();
    let world = signed_world();
    place.write("root.key", world.anchor());
    let directory = Directory::of(world);
    let anchor = ["--trust-anchor", "root.key"];
    let address = directory.address();
    let args = [&["--resolver", &address][..], &anchor].concat();
    let (facts, _) = probe_in(&place, HOST, &args);
    assert!(facts.as_object().unwrap().values().all(|look| look["transcript"].is_string()), "{facts}");
    let again = |change: &dyn Fn(&mut Value), more: &[&str]| {
        let mut kept: Value = serde_json::from_str(&place.read(replay::FILE)).unwrap();
        change(&mut kept["directories"][0]);
        place.write("other.json", kept.to_string());
        let run = place.run(&[&["probe", "--replay", "other.json", "--json"], more].concat());
        let again: Value = serde_json::from_str(&run.out()).unwrap();
        again["targets"][0]["facts"]["dns.dnssec"]["value"].clone()
    };
    assert_eq!(again(&|_| (), &anchor), json!("validated"));
    assert_eq!(again(&|kept| kept["time"] = json!("2060-01-01T00:00:00Z"), &anchor), Value::Null);
    assert_ne!(again(&|_| (), &[]), json!("validated"), "by the root's own key");
}

#[test]
fn a_signature_that_does_not_fit_is_bogus() {
    let mut world = signed_world();
    world.spoiled = Some(name(HOST));
    assert_eq!(proof(world)["value"], json!("bogus"));
}

#[test]
fn addresses_of_both_kinds_are_checked() {
    let both = || signed_world().aaaa(HOST, "2001:db8::10");
    assert_eq!(proof(both())["value"], json!("validated"));
    let mut world = both();
    world.spoiled = Some(name(HOST));
    world.spoiled_kind = Some(hickory_resolver::proto::rr::RecordType::AAAA);
    assert_eq!(proof(world)["value"], json!("bogus"));
}

/// The alias is signed, and what it leads to is kept from whoever asks for a proof.
#[test]
fn an_alias_alone_proves_no_address() {
    let mut world = World::default()
        .signed(".")
        .signed("jp")
        .signed("example.jp")
        .ns("jp", "ns.example.net")
        .ns("example.jp", "ns.example.net")
        .alias(HOST, "x.example.jp")
        .a("x.example.jp", [203, 0, 113, 1]);
    world.hidden = Some(name("x.example.jp"));
    assert!(proof(world).get("unknown").is_some());
}

#[test]
fn a_server_that_only_names_others_knows_of_nothing_that_is_missing() {
    let referring = Directory::run(|query, _| {
        let mut reply = nothing(query, ResponseCode::NoError);
        let server = hickory_resolver::proto::rr::rdata::NS(name("a.dns.example.net"));
        reply.add_authority(Record::from_rdata(name("jp"), 60, RData::NS(server)));
        Some(reply.to_bytes().unwrap())
    });
    let facts = probe(&referring);
    assert!(unknown(&facts, "dns.addresses").contains("only names others"), "{facts}");
    assert!(unknown(&facts, "dns.caa").contains("only names others"), "{facts}");
}

#[test]
fn a_signature_that_has_run_out_is_no_signature() {
    let mut world = signed_world();
    world.expired = true;
    // The root's own too: then nothing can be said of what is below it.
    assert!(proof(world).get("unknown").is_some());
}

#[test]
fn what_stands_above_the_registered_domain_does_not_count_for_it() {
    let above = || {
        tidy_without_spf().text("_dmarc.jp", "v=DMARC1; p=reject").text("_dmarc.co.jp", "v=DMARC1; p=reject")
    };
    assert_eq!(probe(&Directory::of(above()))["dns.dmarc"]["value"], json!("none"));
    // Below a prefecture a name does not show what was registered; the zone it lies in does.
    let host = "www.example.chiyoda.tokyo.jp";
    let world = World::default()
        .ns("example.chiyoda.tokyo.jp", "ns.example.net")
        .a(host, [192, 0, 2, 10])
        .text("example.chiyoda.tokyo.jp", "v=spf1 -all");
    let directory = Directory::of(world);
    let (facts, _) = probe_with(host, &["--resolver", &directory.address()]);
    assert_eq!(facts["dns.spf"]["value"], json!("fail"));
}

#[test]
fn many_targets_do_not_flood_a_resolver() {
    // What comes while nobody has been answered, and nobody has given up.
    let first: Arc<Mutex<(Option<Instant>, BTreeSet<String>)>> = Arc::default();
    let log = Arc::clone(&first);
    let silent = Directory::run(move |query, _| {
        let (began, asked) = &mut *log.lock().unwrap();
        if began.get_or_insert_with(Instant::now).elapsed() < Duration::from_millis(500) {
            asked.insert(query.queries[0].to_string());
        }
        None
    });
    let place = Place::new();
    let hosts: Vec<String> = (0..20).map(|number| format!("https://{number}.example.jp")).collect();
    let pins: Vec<String> = (0..20).map(|number| format!("{number}.example.jp:443:127.0.0.1")).collect();
    let address = silent.address();
    let mut args = vec![
        "probe",
        "--authorized-by",
        "責任者",
        "--probes",
        "dns",
        "--timeout",
        "1",
        "--resolver",
        &address,
    ];
    args.extend(hosts.iter().map(String::as_str));
    args.extend(pins.iter().flat_map(|pin| ["--resolve", pin.as_str()]));
    assert_eq!(place.run(&args).code(), 3);
    let asked = first.lock().unwrap().1.clone();
    assert!((1..=32).contains(&asked.len()), "{asked:?}");
}

#[test]
fn a_zone_that_the_one_above_vouches_for_and_that_does_not_sign_is_bogus() {
    let other = World::default().signed("example.jp");
    let ds = other.all_of("example.jp", "DS");
    let world = World::default()
        .signed(".")
        .signed("jp")
        .unsigned("example.jp")
        .with("example.jp", ds)
        .ns("jp", "ns.example.net")
        .ns("example.jp", "ns.example.net")
        .a(HOST, [192, 0, 2, 10]);
    assert_eq!(proof(world)["value"], json!("bogus"));
}

#[test]
fn a_zone_that_is_shown_to_be_without_a_key_is_unsigned() {
    let world = World::default()
        .signed(".")
        .signed("jp")
        .unsigned("example.jp")
        .ns("jp", "ns.example.net")
        .ns("example.jp", "ns.example.net")
        .a(HOST, [192, 0, 2, 10]);
    assert_eq!(proof(world)["value"], json!("unsigned"));
}

#[test]
fn where_signatures_are_not_passed_on_nothing_is_said() {
    let mut world = signed_world();
    world.strips = true;
    let state = proof(world);
    assert!(state.get("unknown").is_some(), "{state}");
    // The keys of the root are there, and they are not the ones that are trusted.
    let place = Place::new();
    place.write("root.key", World::default().signed(".").anchor());
    let directory = Directory::of(signed_world());
    let (facts, _) =
        probe_in(&place, HOST, &["--resolver", &directory.address(), "--trust-anchor", "root.key"]);
    assert!(facts["dns.dnssec"].get("unknown").is_some(), "{}", facts["dns.dnssec"]);
}

#[test]
fn every_fact_is_unknown_where_the_resolver_fails_refuses_or_says_nothing() {
    for code in [ResponseCode::ServFail, ResponseCode::Refused, ResponseCode::NotImp] {
        let directory = Directory::run(move |query, _| Some(nothing(query, code).to_bytes().unwrap()));
        let (facts, exit) = probe_with(HOST, &["--resolver", &directory.address()]);
        all_unknown(&facts);
        assert_eq!(exit, 3, "{code}");
    }
    let silent = Directory::run(|_, _| None);
    let (facts, exit) = probe_with(HOST, &["--resolver", &silent.address(), "--timeout", "1"]);
    all_unknown(&facts);
    assert_eq!(exit, 3);
}

fn all_unknown(facts: &Value) {
    let facts = facts.as_object().unwrap();
    assert_eq!(facts.len(), 11, "{facts:?}");
    for (key, state) in facts {
        assert!(state.get("unknown").is_some(), "{key}: {state}");
    }
}

#[test]
fn hostile_answers_are_no_facts() {
    let forged = || Record::from_rdata(name("evil.example.com"), 60, RData::A(A::new(203, 0, 113, 1)));
    let other = Directory::run(move |query, _| {
        let mut reply = nothing(query, ResponseCode::NoError);
        reply.add_answer(forged());
        Some(reply.to_bytes().unwrap())
    });
    let facts = probe(&other);
    assert!(unknown(&facts, "dns.addresses").contains("about another name"));
    assert!(!facts.to_string().contains("203.0.113.1"));

    let circle = Directory::run(|query, _| {
        let mut reply = nothing(query, ResponseCode::NoError);
        let (here, there) = (query.queries[0].name().clone(), name("b.example.jp"));
        reply.add_answer(Record::from_rdata(here.clone(), 60, RData::CNAME(CNAME(there.clone()))));
        reply.add_answer(Record::from_rdata(there, 60, RData::CNAME(CNAME(here))));
        Some(reply.to_bytes().unwrap())
    });
    assert!(unknown(&probe(&circle), "dns.addresses").contains("circles"));

    let wrong_number = Directory::run(|query, _| {
        let mut reply = nothing(query, ResponseCode::NoError);
        reply.metadata.id = query.id.wrapping_add(1);
        Some(reply.to_bytes().unwrap())
    });
    let (facts, _) = probe_with(HOST, &["--resolver", &wrong_number.address(), "--timeout", "1"]);
    all_unknown(&facts);

    // A name that is compressed into itself, and bytes that are no message.
    let looping = Directory::run(|query, _| {
        let mut reply = nothing(query, ResponseCode::NoError).to_bytes().unwrap();
        reply[7] = 1;
        let here = u16::try_from(reply.len()).unwrap() | 0xc000;
        reply.extend(here.to_be_bytes());
        reply.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
        Some(reply)
    });
    let garbage = Directory::run(|_, _| Some(vec![0xff; 700]));
    let cut = Directory::run(|query, is_tcp| {
        let mut reply = nothing(query, ResponseCode::NoError);
        reply.metadata.truncation = true;
        Some(if is_tcp { vec![0; 3] } else { reply.to_bytes().unwrap() })
    });
    for hostile in [looping, garbage, cut] {
        let (facts, _) = probe_with(HOST, &["--resolver", &hostile.address(), "--timeout", "2"]);
        all_unknown(&facts);
    }
}

#[test]
fn names_of_this_computer_and_addresses_are_not_asked_about() {
    let directory = Directory::of(tidy());
    for host in ["localhost", "127.0.0.1", "server"] {
        let (facts, _) = probe_with(host, &["--resolver", &directory.address()]);
        assert!(unknown(&facts, "dns.addresses").contains("public DNS"), "{host}");
    }
    assert_eq!(directory.asked(), Vec::<String>::new());
}

#[test]
fn a_name_whose_address_was_given_by_hand_is_not_looked_up() {
    let (facts, _) = probe_with(HOST, &[]);
    assert!(unknown(&facts, "dns.addresses").contains("--resolve"));
}

#[test]
fn a_name_that_resolves_is_no_system_that_answers() {
    let place = Place::new();
    let directory = Directory::of(tidy());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (url, pin) = (format!("https://{HOST}:{port}"), format!("{HOST}:{port}:127.0.0.1"));
    let run = place.run(&[
        "probe",
        &url,
        "--authorized-by",
        "責任者",
        "--json",
        "--resolve",
        &pin,
        "--resolver",
        &directory.address(),
        "--probes",
        "tls,dns",
    ]);
    assert_eq!(run.code(), 3, "{}", run.out());
    assert!(run.out().contains("192.0.2.10"));
}

#[test]
fn a_resolver_that_is_none_is_refused_with_a_way_out() {
    let place = Place::new();
    let run = place.run(&["probe", HOST, "--authorized-by", "責任者", "--resolver", "dns.example.jp"]);
    assert_eq!(run.code(), 2);
    place.write("empty.key", "; nothing\n");
    let run = place.run(&["probe", HOST, "--authorized-by", "責任者", "--trust-anchor", "empty.key"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("empty.key") && run.err().contains("DNSKEY"), "{}", run.err());
}
