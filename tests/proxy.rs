//! Measurements through a proxy: what it passes on counts where the server proves that it is the one, and what
//! the proxy itself answers, keeps back or does not know never does.

#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "support/site.rs"]
mod site;
mod support;

use std::sync::Arc;

use proxy::Proxy;
use serde_json::Value;
use server::Server;
use site::{Asked, Site, page};
use support::Place;
use tenken::audit;
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::fact::{self, Observation, Outcome};
use tenken::model::workspace::Target;
use tenken::probe::authority::Authorized;
use tenken::probe::certificate::Roots;
use tenken::probe::proxy::{Proxies, Proxy as Ours};
use tenken::probe::web::trial::{Account, Trial};
use tenken::probe::{Measured, Options};
use tenken::texts;

const HOST: &str = "telemed.example.jp";

fn site() -> Site {
    Site::run(|asked: &Asked| match (asked.is_secure, asked.path.as_str()) {
        (true, "/") => page(200, &[("X-Content-Type-Options", "nosniff")], "<title>入口</title>"),
        _ => page(404, &[], ""),
    })
}

fn catalog() -> Catalog {
    catalog::load(&Folders::default(), &Wanted::no_checklist(), &Diagnostics::default()).unwrap()
}

/// With the root of these tests in the place of the public ones.
fn measured(site: &Site, proxy: &Proxy) -> (Measured, Options, Catalog) {
    measured_with(site, proxy, |_| ())
}

fn measured_with(site: &Site, proxy: &Proxy, change: impl Fn(&mut Options)) -> (Measured, Options, Catalog) {
    let pem = include_bytes!("certificates/localhost_root.pem");
    let mut options = Options::new(jiff::Timestamp::now());
    options.roots = Roots::from_pem(pem).unwrap();
    options.roots.are_public = true;
    options.ports = true;
    let named = proxy.url().replace("//", "//user:p%40ss@");
    options.proxies = Proxies::new(Ours::parse(&named).unwrap(), "other.example.jp");
    // No name is looked up: the proxy does that.
    options.probes.retain(|probe| !["dns", "domain"].contains(&probe.word()));
    change(&mut options);
    let endpoint = format!("{HOST}:{}", site.port);
    let target = Target {
        authorized_by: Some("責任者".to_owned()),
        ..Target::system(format!("https://{endpoint}"), endpoint)
    };
    let (catalog, targets) = (catalog(), [Authorized::new(&target).unwrap()]);
    let mut all = audit::measure(&targets, &options, &catalog, &|_| ()).unwrap();
    (all.remove(0), options, catalog)
}

fn find<'a>(measured: &'a Measured, key: &str) -> &'a Observation {
    let mut found = measured.observations.iter().filter(|one| one.fact.key == key);
    let one = found.next().unwrap_or_else(|| panic!("{key} was not looked at"));
    assert!(found.next().is_none(), "{key} stands twice");
    one
}

fn value(measured: &Measured, key: &str) -> fact::Value {
    match &find(measured, key).outcome {
        Outcome::Known(value) => value.clone(),
        other => panic!("{key}: {other:?}"),
    }
}

fn unknown(measured: &Measured, key: &str) -> String {
    match &find(measured, key).outcome {
        Outcome::Failed(fact::Failure::Because(why)) => texts::both(why).en,
        other => panic!("{key}: {other:?}"),
    }
}

#[test]
fn what_a_proven_server_shows_through_a_proxy_counts() {
    let (site, proxy) = (site(), Proxy::open());
    let (measured, options, catalog) = measured(&site, &proxy);
    assert_eq!(value(&measured, "http.nosniff"), fact::Value::Boolean(true));
    assert_eq!(value(&measured, "certificate.publicly_trusted"), fact::Value::Boolean(true));
    assert!(matches!(value(&measured, "tls.suites.tls1_3"), fact::Value::List(list) if list.len() == 3));
    assert!(measured.remarks.iter().any(|one| one.id == "probe.through_proxy"));
    assert!(measured.observations.iter().all(|one| one.address.is_none()));
    // What only a straight way shows.
    assert!(unknown(&measured, "tls.versions").contains("asked through a proxy"));
    assert!(unknown(&measured, "http.plain_http").contains("through the proxy"));
    for key in ["exposure.ports", "location.countries"] {
        assert!(unknown(&measured, key).contains("looked the name up"), "{key}");
    }
    let asked = proxy.asked();
    let line = format!("CONNECT {HOST}:{} HTTP/1.1\r\n", site.port);
    assert!(asked.len() > 20 && asked.iter().all(|head| head.starts_with(&line)), "{asked:?}");
    assert!(asked.iter().all(|head| head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwqhnz")));
    assert!(site.asked().iter().all(|asked| asked.is_secure && !asked.head.contains("proxy")));
    // And again from what was kept, where the password does not stand.
    let [transcript] = measured.transcripts.as_slice() else { panic!("one transcript") };
    let kept = serde_json::to_string(transcript).unwrap();
    assert!(!kept.contains("p@ss") && !kept.contains("dXNl"));
    let again = audit::replay(transcript, &options, &catalog).unwrap();
    for one in measured.observations.iter().filter(|one| one.transcript.is_some()) {
        let other = find(&again, &one.fact.key);
        assert_eq!((&one.outcome, &one.transcript), (&other.outcome, &other.transcript), "{}", one.fact.key);
    }
}

/// The password goes where nobody but the server can read it.
#[test]
fn an_account_is_tried_through_a_proxy_only_at_a_proven_server() {
    const FORM: &str = "<form method=post action=/in><input name=user><input type=password name=pw></form>";
    let site = Site::run(|asked: &Asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", _) => page(200, &[], "<form><input autocomplete=one-time-code></form>"),
        (_, "/login") => page(200, &[], FORM),
        (_, "/chart") => page(401, &[], ""),
        _ => page(200, &[], "<title>x</title>"),
    });
    let proxy = Proxy::open();
    let at = |path: &str| format!("https://{HOST}:{}{path}", site.port).parse().unwrap();
    let with = |are_public: bool| {
        measured_with(&site, &proxy, |options| {
            let (user, password) = ("examiner-7".to_owned(), "correct horse".to_owned());
            let trial = Trial::new(at("/login"), at("/chart"), Account::Staff, user, password);
            options.trial = Some(Arc::new(trial));
            options.roots.are_public = are_public;
        })
        .0
    };
    let posts = || site.asked().iter().filter(|asked| asked.method == "POST").count();
    assert!(unknown(&with(false), "mfa.single_factor_sign_in").contains("was not sent"));
    assert_eq!(posts(), 0);
    assert_eq!(value(&with(true), "mfa.level"), fact::Value::Integer(5));
    assert_eq!(posts(), 1);
}

/// Such as of a proxy that opens every connection, with a certificate of its own making.
#[test]
fn nothing_counts_where_the_certificate_is_not_by_a_public_authority() {
    let (site, proxy, place) = (site(), Proxy::open(), Place::new());
    let url = format!("https://{HOST}:{}", site.port);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/localhost_root.pem");
    for more in [&[][..], &["--ca", root], &["--probes", "http"]] {
        let args = ["probe", &url, "--authorized-by", "責任者", "--json", "--proxy", &proxy.url()];
        let args =
            [&args[..], &["--transcript", "kept.json", "--probes", "http,mfa,exposure,tls,certificate"]]
                .concat();
        let args =
            if more.contains(&"--probes") { [&args[..9], more].concat() } else { [&args[..], more].concat() };
        let run = place.run(&args);
        assert_eq!(run.code(), 3, "{}", run.err());
        let json: Value = serde_json::from_str(&run.out()).unwrap();
        let facts = json["targets"][0]["facts"].as_object().unwrap();
        assert!(facts.values().all(|look| look.get("unknown").is_some()), "{facts:?}");
        let why = facts["http.nosniff"]["unknown"]["en"].as_str().unwrap();
        assert!(why.contains("right server"), "{why}");
        if let Some(tls) = facts.get("tls.suites.tls1_3") {
            assert!(tls["unknown"]["en"].as_str().unwrap().contains("not: no valid certificate"), "{tls}");
        }
        let again = place.run(&["probe", "--replay", "kept.json", "--json"]);
        let again: Value = serde_json::from_str(&again.out()).unwrap();
        assert_eq!(again["targets"][0]["facts"]["http.nosniff"], facts["http.nosniff"]);
    }
    // Nobody unproven is asked for a page, but for the first that ends a handshake.
    assert!(!proxy.asked().is_empty() && site.asked().iter().all(|asked| asked.path == "/"));
}

fn probe(args: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let place = Place::new();
    let mut command = support::tenken();
    command.current_dir(place.path()).args([
        "probe",
        "--authorized-by",
        "責任者",
        "--lang",
        "en",
        "--timeout",
        "5",
    ]);
    let output =
        command.args(["--probes", "tls,http"]).args(args).envs(environment.iter().copied()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    (output.status.code().unwrap(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_proxy_of_this_computer_is_used_but_for_whoever_is_excepted() {
    let (site, proxy) = (site(), Proxy::open());
    let (url, here) = (format!("https://{HOST}:{}", site.port), format!("https://localhost:{}", site.port));
    let pin = format!("{HOST}:{}:127.0.0.1", site.port);
    let set = proxy.url();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let before = proxy.asked().len();
        let (code, said) = probe(&[&url], &[(name, &set)]);
        assert!(code == 3 && said.contains("was measured through the proxy 127.0.0.1:"), "{said}");
        assert!(proxy.asked().len() > before, "{name}");
    }
    let before = proxy.asked().len();
    for (args, more) in [
        (&[url.as_str(), "--resolve", &pin][..], &[][..]),
        (&[&here], &[]),
        (&[&url, "--proxy", "none"], &[]),
        (&[&url], &[("NO_PROXY", "other.example.jp,.example.jp")]),
    ] {
        let environment = [&[("HTTPS_PROXY", set.as_str())], more].concat();
        let (_, said) = probe(args, &environment);
        assert!(!said.contains("through the proxy"), "{args:?} {said}");
    }
    assert_eq!(proxy.asked().len(), before);
}

#[test]
fn a_proxy_that_leads_nowhere_ends_in_a_reason() {
    let site = site();
    let url = format!("https://{HOST}:{}", site.port);
    let refusing = Proxy::run(|_| b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno".to_vec());
    let (code, said) = probe(&[&url, "--proxy", &refusing.url()], &[]);
    assert!(code == 3 && said.contains("no way to it through the proxy"), "{said}");
    let answering = Proxy::run(|_| b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".to_vec());
    assert!(probe(&[&url, "--proxy", &answering.url()], &[]).1.contains("no way to it through the proxy"));
    let endless = Proxy::run(|_| [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat());
    assert!(probe(&[&url, "--proxy", &endless.url()], &[]).1.contains("no way to it through the proxy"));
    let other = Proxy::run(|_| b"SSH-2.0-x\r\n\r\n".to_vec());
    assert!(probe(&[&url, "--proxy", &other.url()], &[]).1.contains("no way to it through the proxy"));
    let silent = Server::run(|_, _| std::thread::sleep(std::time::Duration::from_secs(20)));
    assert_eq!(probe(&[&url, "--proxy", &format!("127.0.0.1:{}", silent.port)], &[]).0, 3);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(probe(&[&url, "--proxy", &gone.to_string()], &[]).0, 3);
    let (code, said) = probe(&[&url, "--proxy", "http://no-such-proxy.invalid:3128"], &[]);
    assert!(code == 3 && said.contains("no-such-proxy.invalid:3128 cannot be found"), "{said}");
    assert!(site.asked().is_empty());
}

#[test]
fn a_proxy_of_another_kind_is_refused_and_its_password_is_not_shown() {
    for environment in
        [&[("ALL_PROXY", "socks5://user:hidden-word@127.0.0.1:1")], &[("HTTPS_PROXY", "user:hidden-word@")]]
    {
        let (code, said) = probe(&["https://telemed.example.jp"], environment);
        assert!(code == 2 && said.contains("_PROXY is no address") && !said.contains("hidden"), "{said}");
    }
    let (code, said) = probe(&["https://telemed.example.jp", "--proxy", "https://a:hidden@b:1"], &[]);
    assert!(code == 2 && said.contains("--proxy none") && !said.contains("hidden"), "{said}");
}

#[test]
fn a_package_of_what_came_through_a_proxy_holds() {
    let (site, proxy, place) = (site(), Proxy::open(), Place::new());
    let target = format!("targets: [{{url: \"https://{HOST}:{}\", authorized_by: 責任者}}]\n", site.port);
    let subject = "subject: {name: あおぞら遠隔, kind: vendor}\nchecklists: [vendor-138]\n";
    place.write("v/tenken.yaml", format!("{subject}{target}"));
    place.write("v/answers.yaml", "answers: {}\n");
    let probes = ["--probes", "tls,certificate,http,mfa,exposure,location"];
    let run = place.run(&[&["audit", "v", "-q", "--proxy", &proxy.url()], &probes[..]].concat());
    assert_eq!(run.code(), 3, "{}", run.err());
    assert_eq!(place.run(&["pack", "v", "--out", "p.zip"]).code(), 0);
    let run = place.run(&["verify", "p.zip", "--lang", "en"]);
    let count = run.out().lines().find_map(|line| {
        let (count, _) = line.split_once(" facts come out of the packed transcripts")?;
        count.trim_start_matches("✓ ").parse::<usize>().ok()
    });
    assert!(run.code() == 0 && count.is_some_and(|count| count > 60), "{}", run.out());
}

/// A page that a proxy shows of its own once the day's share is used up, say.
#[test]
fn a_page_that_comes_on_the_way_is_not_the_servers() {
    let real = site();
    let block =
        Site::on_the_way(|_| page(200, &[("X-Powered-By", "Blocker/9.9")], "<title>いけません</title>"));
    let (count, to) = (std::sync::atomic::AtomicUsize::new(0), block.port);
    // Pages are asked for by another program part than hellos, which names itself.
    let proxy = Proxy::leading(move |head| {
        let is_page = head.to_lowercase().contains("user-agent");
        (is_page && count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0).then_some(to)
    });
    let (measured, ..) = measured(&real, &proxy);
    assert!(
        proxy.asked().iter().any(|head| head.to_lowercase().contains("user-agent")),
        "{:?}",
        proxy.asked()
    );
    assert!(measured.observations.iter().all(|one| !format!("{:?}", one.outcome).contains("Blocker")));
    assert_eq!(value(&measured, "certificate.publicly_trusted"), fact::Value::Boolean(true));
    assert!(block.asked().is_empty());
}

#[test]
fn a_target_does_not_lend_another_what_a_proxy_said_in_its_place() {
    let other =
        Site::on_the_way(|_| page(200, &[("X-Powered-By", "Blocker/9.9")], "<title>いけません</title>"));
    let there = format!("https://{HOST}:{}", other.port);
    let to = there.clone();
    let first = Site::run(move |_| page(302, &[("Location", &format!("{to}/"))], ""));
    let (here, proxy) = (format!("https://localhost:{}", first.port), Proxy::open());
    let place = Place::new();
    let args = [
        "probe",
        &here,
        &there,
        "--authorized-by",
        "責任者",
        "--json",
        "--probes",
        "http",
        "--proxy",
        &proxy.url(),
    ];
    let json: Value = serde_json::from_str(&place.run(&args).out()).unwrap();
    let facts = |at: usize| json["targets"][at]["facts"].clone();
    assert_eq!(facts(0)["http.redirect.insecure"]["value"], Value::Null, "{}", facts(0));
    assert!(facts(0)["http.versions"].get("unknown").is_some(), "{}", facts(0));
    assert!(!json.to_string().contains("Blocker") && other.asked().iter().all(|asked| asked.path == "/"));
}

#[test]
fn what_a_proxy_hides_has_not_become_unknown() {
    const PROBES: &str = "tls,certificate,http,mfa,exposure";
    let (site, proxy, place) = (site(), Proxy::open(), Place::new());
    let target = format!("targets: [{{url: \"https://{HOST}:{}\", authorized_by: 責任者}}]\n", site.port);
    place.write(
        "v/tenken.yaml",
        format!("subject: {{name: x, kind: vendor}}\nchecklists: [vendor-138]\n{target}"),
    );
    place.write("v/answers.yaml", "answers: {}\n");
    let pin = format!("{HOST}:{}:127.0.0.1", site.port);
    assert_eq!(place.run(&["audit", "v", "-q", "--resolve", &pin, "--probes", PROBES]).code(), 1);
    assert_eq!(place.run(&["pack", "v", "--out", "p.zip"]).code(), 0);
    let again =
        ["verify", "p.zip", "--probe", "--authorized-by", "監査人", "--lang", "en", "--proxy", &proxy.url()];
    let run = place.run(&[&again[..], &["--probes", PROBES]].concat());
    // Nothing was seen, which is said; nothing has changed.
    assert!(run.code() == 3 && run.out().contains("No verdict changes"), "{}", run.out());
    assert!(!run.out().contains("Facts that differ"), "{}", run.out());
}
