//! What registries and files of countries say about a target, end to end: with servers on loopback, asked only
//! where somebody wants it, and never believed where they speak of something else.

#[path = "support/registry.rs"]
mod registry;
#[path = "support/replay.rs"]
mod replay;
#[path = "support/site.rs"]
mod site;
mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use encoding_rs::ISO_2022_JP;
use registry::{Whois, countries, entry, iso_code, string};
use serde_json::{Value, json};
use site::{Site, page};
use support::Place;
use tenken::probe::location::Countries;
use tenken::wire::directory::Country;

/// Invented, in the form of the registry of .jp, in English.
const ENGLISH: &str = "\
[ An explanation stands here.                                              ]
Domain Information:
[Domain Name]                   EXAMPLE.JP

[Registrant]                    Example Inc.

[Name Server]                   ns1.example.jp
[Signing Key]

[Created on]                    2001/01/31
[Expires on]                    2099/01/31
[Status]                        Active
[Lock Status]                   DomainTransferLocked
[Lock Status]                   AgentChangeLocked
[Last Updated]                  2026/02/01 01:05:04 (JST)
";

/// Invented, in the form of an organisation's name, in Japanese.
const JAPANESE: &str = "\
Domain Information: [ドメイン情報]
a. [ドメイン名]                 EXAMPLE.OR.JP
f. [組織名]                     見本医療法人
p. [ネームサーバ]               ns1.example.or.jp
s. [署名鍵]                     12345 8 2 (
                                00112233445566778899AABBCCDDEEFF )
[状態]                          Connected (2099/03/31)
[ロック状態]
[登録年月日]                    1998/03/04
";

const RDAP: &str = r#"{"objectClassName":"domain","ldhName":"example.com","status":["client transfer prohibited"],
    "events":[{"eventAction":"expiration","eventDate":"2099-08-13T04:00:00Z"}]}"#;

struct Look {
    facts: Value,
    code: i32,
    /// How long the measuring took.
    took: Duration,
}

impl Look {
    fn value(&self, key: &str) -> &Value {
        assert!(self.facts[key].get("unknown").is_none(), "{key}: {}", self.facts[key]);
        &self.facts[key]["value"]
    }

    fn unknown(&self, key: &str) -> &str {
        self.facts[key]["unknown"]["en"].as_str().unwrap_or_else(|| panic!("{key}: {}", self.facts[key]))
    }

    fn method(&self, key: &str) -> &str {
        self.facts[key]["method"].as_str().unwrap()
    }
}

/// Looks at the registration of a host, or the country of its address. Nothing is sent to that address.
fn look(place: &Place, host: &str, address: &str, probes: &str, more: &[&str]) -> Look {
    let (url, pin) = (format!("https://{host}"), format!("{host}:443:{address}"));
    let mut args =
        vec!["probe", &url, "--authorized-by", "責任者", "--json", "--resolve", &pin, "--probes", probes];
    args.extend(["--transcript", replay::FILE]);
    args.extend(more);
    let began = Instant::now();
    let run = place.run(&args);
    let took = began.elapsed();
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    replay::holds(place, &json, &[]);
    Look { facts: json["targets"][0]["facts"].clone(), code: run.code(), took }
}

fn domain(place: &Place, host: &str, more: &[&str]) -> Look {
    look(place, host, "127.0.0.1", "domain", more)
}

/// Asks a WHOIS server that keeps the names below a suffix.
fn whois(server: &Whois, host: &str, more: &[&str]) -> Look {
    let place = Place::new();
    place.write("registries.yaml", keeps("[jp, or.jp]", server));
    domain(&place, host, &[&["--registry", "--registries", "registries.yaml"], more].concat())
}

fn keeps(under: &str, server: &Whois) -> String {
    format!("registries: [{{under: {under}, whois: '127.0.0.1:{}', query: '{{domain}}/e'}}]\n", server.port)
}

fn rdap(base: &str, more: &[&str]) -> Look {
    let place = Place::new();
    place.write("registries.yaml", format!("registries: [{{under: [com], rdap: '{base}'}}]\n"));
    domain(
        &place,
        "telemed.example.com",
        &[&["--registry", "--registries", "registries.yaml"], more].concat(),
    )
}

#[test]
fn whois_of_jp_is_asked_once_for_the_domain_and_read_in_both_languages() {
    let server = Whois::says(ENGLISH);
    let seen = whois(&server, "telemed.example.jp", &[]);
    assert_eq!(server.asked(), ["example.jp/e\r\n"]);
    assert_eq!(seen.value("domain.expires"), &json!("2099-01-31"));
    assert!(seen.value("domain.days_left").as_i64().unwrap() > 20_000);
    assert_eq!(seen.value("domain.transfer_lock"), &json!(true));
    assert_eq!(seen.value("domain.status"), &json!(["Active", "DomainTransferLocked", "AgentChangeLocked"]));
    assert_eq!((seen.method("domain.expires"), seen.code), ("whois", 0));

    let (bytes, _, _) = ISO_2022_JP.encode(JAPANESE);
    let seen = whois(&Whois::says(bytes.into_owned()), "www.example.or.jp", &[]);
    assert_eq!(seen.value("domain.expires"), &json!("2099-03-31"));
    assert_eq!(seen.value("domain.transfer_lock"), &json!(false));
    assert_eq!(seen.value("domain.status"), &json!(["Connected"]));
}

#[test]
fn of_what_registries_say_nobody_is_kept() {
    let place = Place::new();
    let person = ENGLISH.replace("[Signing Key]", "[Email]  taro@example.jp\n[Registrant]  [Status] Taro");
    let server = Whois::says(person);
    place.write("registries.yaml", keeps("[jp]", &server));
    let with = |host: &str| domain(&place, host, &["--registry", "--registries", "registries.yaml"]);
    let seen = with("telemed.example.jp");
    assert_eq!(seen.value("domain.expires"), "2099-01-31");
    assert!(seen.facts["domain.expires"]["transcript"].is_string(), "{}", seen.facts);
    let kept = place.read(replay::FILE);
    assert!(kept.contains("[Expires on]") && kept.contains("\"sha256\""), "{kept}");
    for private in ["Example Inc", "taro", "Taro", "ns1.example.jp"] {
        assert!(!kept.contains(private), "{private}: {kept}");
    }
    let rdap_site = Site::run(|_| {
        let vcard = r#","entities":[{"vcardArray":["vcard",[["email",{},"text","taro@example.com"]]]}]}"#;
        page(200, &[], &(RDAP.trim_end_matches('}').to_owned() + vcard))
    });
    let base = format!("http://127.0.0.1:{}/", rdap_site.port);
    place.write("registries.yaml", format!("registries: [{{under: [com], rdap: '{base}'}}]\n"));
    let seen = with("telemed.example.com");
    assert_eq!(seen.value("domain.expires"), "2099-08-13");
    let kept = place.read(replay::FILE);
    assert!(kept.contains("transfer prohibited") && !kept.contains("taro"), "{kept}");
    let schema: Value = serde_json::from_str(&place.run(&["schema", "transcript"]).out()).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&kept).unwrap()));
}

#[test]
fn nobody_is_asked_where_nobody_wants_it() {
    let server = Whois::says(ENGLISH);
    let place = Place::new();
    place.write("registries.yaml", keeps("[jp]", &server));
    let seen = domain(&place, "telemed.example.jp", &["--registries", "registries.yaml"]);
    assert!(seen.unknown("domain.expires").contains("--registry"));
    // The same in an audit.
    place.write(
        "tenken.yaml",
        "subject: {name: x, kind: vendor}\nchecklists: [vendor-138]\ntargets: [{url: 'https://127.0.0.1:9', authorized_by: 責任者}]\n",
    );
    place.write("answers.yaml", "answers: {}\n");
    place.run(&["audit", "--registries", "registries.yaml", "--probes", "domain,location"]);
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn targets_of_one_domain_ask_once() {
    let server = Whois::says(ENGLISH);
    let place = Place::new();
    place.write("registries.yaml", keeps("[jp]", &server));
    let run = place.run(&[
        "probe",
        "https://a.example.jp",
        "https://b.example.jp",
        "--authorized-by",
        "責任者",
        "--json",
        "--probes",
        "domain",
        "--registry",
        "--registries",
        "registries.yaml",
        "--resolve",
        "a.example.jp:443:127.0.0.1",
        "--resolve",
        "b.example.jp:443:127.0.0.1",
    ]);
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    for target in [0, 1] {
        let facts = &json["targets"][target]["facts"];
        assert_eq!(facts["domain.expires"]["value"], json!("2099-01-31"), "{facts}");
    }
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn names_that_do_not_show_what_is_registered_are_not_asked_about() {
    let server = Whois::says(ENGLISH);
    let place = Place::new();
    let list = keeps("[tokyo.jp]", &server).replace("{under", "{unclear: true, under");
    place.write("registries.yaml", list);
    let args = ["--registry", "--registries", "registries.yaml"];
    let seen = domain(&place, "www.example.tokyo.jp", &args);
    assert!(seen.unknown("domain.expires").contains("cannot be told"));
    let nobody = domain(&place, "www.example.invalid", &args);
    assert!(nobody.unknown("domain.expires").contains("no registry"));
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn a_registry_that_speaks_of_something_else_or_of_nothing_says_nothing() {
    let two = format!("{ENGLISH}[Domain Name] OTHER.JP\n");
    for (answer, why) in [
        (ENGLISH.replace("EXAMPLE.JP", "OTHER.JP"), "cannot be read"),
        (two, "cannot be read"),
        ("No match!!\n".to_owned(), "no registration"),
        ("\u{1b}[2J\u{0}\u{1}".to_owned(), "cannot be read"),
        ("[Expires on] 2099/01/31\n".repeat(2000), "cannot be read"),
    ] {
        let seen = whois(&Whois::says(answer.clone()), "telemed.example.jp", &[]);
        assert!(seen.unknown("domain.expires").contains(why), "{}: {answer}", seen.unknown("domain.expires"));
        assert_eq!(seen.code, 3);
    }
    // Two dates: whoever can write into the text could have added one.
    let dates = format!("{ENGLISH}[Expires on] 2199/01/31\n");
    let seen = whois(&Whois::says(dates), "telemed.example.jp", &[]);
    assert!(seen.unknown("domain.expires").contains("several"));
    assert_eq!(seen.value("domain.transfer_lock"), &json!(true));
}

#[test]
fn a_registry_without_an_end_or_without_a_word_ends_in_a_reason() {
    let endless = Whois::run(|mut stream| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    assert!(whois(&endless, "telemed.example.jp", &[]).unknown("domain.expires").contains("too long"));
    let closes = Whois::run(drop);
    assert!(!whois(&closes, "telemed.example.jp", &[]).unknown("domain.expires").is_empty());
    let silent = Whois::run(|stream| {
        std::thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
    let drips = Whois::run(|mut stream| {
        while stream.write_all(b".").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    for server in [silent, drips] {
        let seen = whois(&server, "telemed.example.jp", &["--timeout", "2"]);
        assert!(!seen.unknown("domain.expires").is_empty());
        assert!(seen.took < Duration::from_secs(4), "{:?}", seen.took);
    }
}

#[test]
fn a_whois_answer_of_ones_own_speaks_for_its_domain_alone() {
    let place = Place::new();
    place.write("whois.txt", ENGLISH);
    let args = ["--whois", "whois.txt"];
    let seen = domain(&place, "telemed.example.jp", &args);
    assert_eq!(seen.value("domain.expires"), &json!("2099-01-31"));
    assert_eq!(seen.method("domain.expires"), "whois-file");
    // A domain that only ends alike, and one that the text about the suffix above does not speak of.
    assert!(domain(&place, "telemed.anexample.jp", &args).unknown("domain.expires").contains("--registry"));
    place.write("whois.txt", ENGLISH.replace("EXAMPLE.JP", "JP"));
    assert!(domain(&place, "telemed.example.jp", &args).unknown("domain.expires").contains("--registry"));
    place.write("whois.txt", "nothing of the kind");
    let run =
        place.run(&["probe", "telemed.example.jp", "--authorized-by", "責任者", "--whois", "whois.txt"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("whois.txt"), "{}", run.err());
}

#[test]
fn rdap_is_asked_for_the_domain() {
    let site = Site::run(|_| page(200, &[("Content-Type", "application/rdap+json")], RDAP));
    let seen = rdap(&format!("http://127.0.0.1:{}/v1", site.port), &[]);
    assert_eq!(site.asked()[0].path, "/v1/domain/example.com");
    assert_eq!(seen.value("domain.expires"), &json!("2099-08-13"));
    assert_eq!(seen.value("domain.transfer_lock"), &json!(true));
    assert_eq!(seen.value("domain.status"), &json!(["client transfer prohibited"]));
    assert_eq!((seen.method("domain.expires"), seen.code), ("rdap", 0));
}

#[test]
fn rdap_over_https_is_believed_only_from_whom_it_should_come() {
    let site = Site::run(|_| page(200, &[], RDAP));
    let base = format!("https://localhost:{}/", site.port);
    assert!(rdap(&base, &[]).unknown("domain.expires").contains("certificate"));
    assert!(site.asked().is_empty(), "nothing was sent to it");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/localhost_root.pem");
    assert_eq!(rdap(&base, &["--ca", root]).value("domain.expires"), &json!("2099-08-13"));
}

#[test]
fn rdap_that_is_hostile_or_wrong_says_nothing() {
    let other = Site::run(|_| page(200, &[], RDAP));
    let elsewhere = format!("http://127.0.0.1:{}/domain/example.com", other.port);
    let large = format!("{}{}", RDAP, " ".repeat(300 << 10));
    let deep = format!("{{\"objectClassName\":{}", "[".repeat(200_000));
    let answers = [
        (page(404, &[], "{}"), "no registration"),
        (page(500, &[], RDAP), "500"),
        (page(429, &[], RDAP), "429"),
        (page(302, &[("Location", &elsewhere)], ""), "127.0.0.1"),
        (page(200, &[], &RDAP.replace("example.com", "example.org")), "cannot be read"),
        (page(200, &[], &RDAP.replace("\"domain\"", "\"entity\"")), "cannot be read"),
        (page(200, &[], &large), "too long"),
        (page(200, &[], &deep), "cannot be read"),
        (page(200, &[], "<html>"), "cannot be read"),
        (b"220 mail.example.jp ESMTP\r\n".to_vec(), "HTTP"),
        (Vec::new(), ""),
    ];
    for (answer, why) in answers {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(80)]).into_owned();
        let site = Site::run(move |_| answer.clone());
        let seen = rdap(&format!("http://127.0.0.1:{}/", site.port), &[]);
        assert!(seen.unknown("domain.expires").contains(why), "{}: {shown}", seen.unknown("domain.expires"));
        assert_eq!(seen.code, 3, "{shown}");
    }
    assert!(other.asked().is_empty(), "nobody named it");
}

/// A registry of addresses, with others that it may send on to.
fn by_registry(addresses: &[&Site], address: &str) -> Look {
    let place = Place::new();
    let list: Vec<String> =
        addresses.iter().map(|site| format!("'http://127.0.0.1:{}/'", site.port)).collect();
    place.write("registries.yaml", format!("addresses: [{}]\n", list.join(", ")));
    let args = ["--registry", "--registries", "registries.yaml"];
    look(&place, "telemed.example.jp", address, "location", &args)
}

fn network(country: &str) -> String {
    format!(
        r#"{{"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.255","country":"{country}"}}"#
    )
}

#[test]
fn the_country_of_an_address_comes_from_its_registry() {
    let site = Site::run(|_| page(200, &[], &network("jp")));
    let seen = by_registry(&[&site], "192.0.2.10");
    assert_eq!(site.asked()[0].path, "/ip/192.0.2.10");
    assert_eq!(
        (seen.value("location.countries"), seen.method("location.countries")),
        (&json!(["JP"]), "rdap")
    );
    // An answer about another network, and an address that is nobody's: not even asked about.
    let asked = site.asked().len();
    assert!(by_registry(&[&site], "198.51.100.1").unknown("location.countries").contains("cannot be read"));
    assert!(
        by_registry(&[&site], "10.0.0.1").unknown("location.countries").contains("within an organisation")
    );
    assert_eq!(site.asked().len(), asked + 1);
}

#[test]
fn a_registry_may_send_on_to_those_on_the_list_alone() {
    let second = Site::run(|_| page(200, &[], &network("US")));
    let to = format!("http://127.0.0.1:{}/ip/192.0.2.10", second.port);
    let first = Site::run(move |_| page(302, &[("Location", &to)], ""));
    let seen = by_registry(&[&first, &second], "192.0.2.10");
    assert_eq!(seen.value("location.countries"), &json!(["US"]));
    let to = "https://rdap.example.com/ip/192.0.2.10";
    let first = Site::run(move |_| page(302, &[("Location", to)], ""));
    let seen = by_registry(&[&first, &second], "192.0.2.10");
    assert!(seen.unknown("location.countries").contains("rdap.example.com"));
    let round = Site::run(|asked| page(302, &[("Location", &asked.path)], ""));
    assert!(!by_registry(&[&round], "192.0.2.10").unknown("location.countries").is_empty());
    assert_eq!(round.asked().len(), 4);
}

#[test]
fn the_country_of_an_address_comes_from_a_file() {
    let place = Place::new();
    let here = "127.0.0.1".parse().unwrap();
    let args = ["--mmdb", "countries.mmdb"];
    for data in [iso_code("jp"), entry("country", "JP"), entry("country_code", "JP")] {
        place.write("countries.mmdb", countries(here, &data));
        let seen = look(&place, "telemed.example.jp", "127.0.0.1", "location", &args);
        assert_eq!(seen.value("location.countries"), &json!(["JP"]));
        assert_eq!(seen.method("location.countries"), "mmdb");
    }
    // Not in the file; no country; a network's country of registration, which is not where the computer stands.
    let seen = look(&place, "telemed.example.jp", "127.0.0.2", "location", &args);
    assert!(seen.unknown("location.countries").contains("no country"));
    let registered =
        [vec![0xe1], string("registered_country"), vec![0xe1], string("iso_code"), string("JP")].concat();
    for data in [entry("city", "x"), iso_code("Japan"), registered] {
        place.write("countries.mmdb", countries(here, &data));
        let seen = look(&place, "telemed.example.jp", "127.0.0.1", "location", &args);
        assert!(!seen.unknown("location.countries").is_empty());
        assert_eq!(seen.code, 3);
    }
    place.write("countries.mmdb", "PK\u{3}\u{4} a file of another kind");
    let run = place.run(&["probe", "127.0.0.1", "--authorized-by", "責任者", "--mmdb", "countries.mmdb"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("countries.mmdb") && run.err().contains("MMDB"), "{}", run.err());
}

#[test]
fn a_damaged_file_of_countries_names_no_country_that_it_does_not_have() {
    let whole = countries("127.0.0.1".parse().unwrap(), &iso_code("JP"));
    for cut in 0..whole.len() {
        if let Some(cut) = Countries::read(whole[..cut].to_vec()) {
            let _ = cut.of(registry::loopback());
        }
    }
    for at in 0..whole.len() {
        for bit in [1, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            let found = Countries::read(changed).map(|countries| countries.of(registry::loopback()));
            if let Some(Country::File(country)) = found {
                assert_eq!(country.len(), 2, "{at}");
            }
        }
    }
}

#[test]
fn what_others_say_goes_through_a_file_of_facts_into_an_audit() {
    let server = Whois::says(ENGLISH);
    let place = Place::new();
    place.write("registries.yaml", keeps("[jp]", &server));
    place.write("countries.mmdb", countries("127.0.0.1".parse().unwrap(), &iso_code("US")));
    let args = ["--registry", "--registries", "registries.yaml", "--mmdb", "countries.mmdb", "--json"];
    let probe = [
        "probe",
        "https://telemed.example.jp",
        "--authorized-by",
        "責任者",
        "--resolve",
        "telemed.example.jp:443:127.0.0.1",
        "--probes",
        "domain,location",
    ];
    let run = place.run(&[&probe[..], &args[..]].concat());
    place.write("facts.json", run.out());
    place.write(
        "tenken.yaml",
        "subject: {name: x, kind: vendor}\nfeatures: [legal_records]\nchecklists: [vendor-138]\ntargets: [{url: 'https://telemed.example.jp', authorized_by: 責任者}]\n",
    );
    place.write("answers.yaml", "answers: {}\n");
    let run = place.run(&["audit", "--no-probe", "--facts", "facts.json", "--format", "json"]);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let facts = json["facts"].as_array().unwrap();
    let value = |key: &str| facts.iter().find(|one| one["key"] == key).map(|one| one["value"].clone());
    assert_eq!(value("domain.expires"), Some(json!("2099-01-31")));
    assert_eq!(value("location.countries"), Some(json!(["US"])));
    // Hints are shown, and decide nothing.
    let criteria = json["items"].as_array().unwrap().iter().flat_map(|item| {
        let open = item["verdict"] == "open";
        item["criteria"].as_array().into_iter().flatten().map(move |one| (open, one.clone()))
    });
    let of_country: Vec<(bool, Value)> =
        criteria.filter(|(_, one)| one["fact"] == "location.countries").collect();
    assert!(!of_country.is_empty());
    assert!(of_country.iter().all(|(open, _)| *open), "{of_country:?}");
}
