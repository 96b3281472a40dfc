//! Two targets of one run that lead to each other. A visitor goes on from one to the other, and nowhere else.

#[path = "support/site.rs"]
mod site;
mod support;

use serde_json::{Value, json};
use site::{Site, page};
use support::Place;

/// The portal that a clinic's own site sends its patients to.
fn portal() -> Site {
    Site::run(|asked| match asked.path.as_str() {
        "/" | "/start" => page(
            200,
            &[
                ("Strict-Transport-Security", "max-age=31536000"),
                ("Content-Security-Policy", "default-src 'self'"),
                ("Set-Cookie", "portal=1"),
            ],
            "<title>入口</title><input type=password>",
        ),
        "/terms" => page(302, &[("Location", "/terms/now")], ""),
        "/terms/now" => page(200, &[], "<title>利用規約</title>"),
        _ => page(404, &[], ""),
    })
}

fn sends_to(address: String) -> Site {
    Site::run(move |asked| match asked.path.as_str() {
        "/" if asked.is_secure => page(302, &[("Location", &address)], ""),
        _ => page(404, &[], ""),
    })
}

fn url(site: &Site) -> String {
    format!("https://localhost:{}", site.port)
}

/// The facts of the first of the targets, all of them allowed.
fn probe(sites: &[&Site]) -> Value {
    let urls: Vec<String> = sites.iter().map(|site| url(site)).collect();
    let pins: Vec<String> = sites.iter().map(|site| format!("localhost:{}:127.0.0.1", site.port)).collect();
    let mut args = vec!["probe", "--authorized-by", "責任者", "--json", "--probes", "http,mfa"];
    args.extend(urls.iter().map(String::as_str));
    args.extend(pins.iter().flat_map(|pin| ["--resolve", pin]));
    let run = Place::new().run(&args);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    json["targets"][0]["facts"].clone()
}

fn was_sent_on(site: &Site) -> bool {
    site.asked().iter().any(|asked| asked.path == "/start")
}

#[test]
fn a_redirect_to_another_target_is_followed_and_what_it_says_of_itself_stays_its_own() {
    let portal = portal();
    let clinic = sends_to(format!("{}/start", url(&portal)));
    let facts = probe(&[&clinic, &portal]);
    assert_eq!(facts["http.csp"]["value"], "strict", "{}", facts["http.csp"]);
    assert_eq!(facts["http.redirect.chain"]["value"], json!([format!("{}/start", url(&portal))]));
    // The clinic's site itself asks for no encryption and sets no cookie.
    assert_eq!(facts["http.hsts.max_age"]["value"], json!(null), "{}", facts["http.hsts.max_age"]);
    assert!(facts["http.hsts.max_age"].get("unknown").is_none());
    assert_eq!(facts["http.cookies.problems"]["value"], json!([]), "{}", facts["http.cookies.problems"]);
    assert!(was_sent_on(&portal));
}

#[test]
fn a_redirect_to_a_host_that_is_no_target_is_not_followed() {
    let portal = portal();
    let clinic = sends_to(format!("{}/start", url(&portal)));
    let facts = probe(&[&clinic]);
    let why = facts["http.csp"]["unknown"]["en"].as_str().unwrap().to_owned();
    assert!(why.contains("nobody has allowed"), "{why}");
    assert!(portal.asked().is_empty());
}

#[test]
fn two_targets_that_send_to_each_other_come_to_an_end() {
    let ports = std::sync::Arc::new(std::sync::OnceLock::new());
    let to_other = |own: usize| {
        let ports = std::sync::Arc::clone(&ports);
        Site::run(move |asked| {
            let ports: &[u16; 2] = ports.wait();
            let number = asked.path.len();
            let next = format!("https://localhost:{}/{}", ports[1 - own], "x".repeat(number));
            page(302, &[("Location", &next)], "")
        })
    };
    let (one, other) = (to_other(0), to_other(1));
    ports.set([one.port, other.port]).unwrap();
    let facts = probe(&[&one, &other]);
    let why = facts["http.csp"]["unknown"]["en"].as_str().unwrap().to_owned();
    assert!(why.contains("never end"), "{why}");
    assert!(one.asked().len() + other.asked().len() < 160);
}

#[test]
fn a_published_page_on_another_target_is_looked_at_where_that_one_is_allowed() {
    let portal = portal();
    let clinic = sends_to("/".to_owned());
    let terms = |allowed: &str| {
        let place = Place::new();
        place.write(
            "tenken.yaml",
            format!(
                "subject: {{name: x, kind: clinic}}\nchecklists: [adoption]\ntargets:\n  - url: {}\n    \
                 authorized_by: 責任者\n    published: {{terms: '{}/terms'}}\n  - {{url: '{}'{allowed}}}\n",
                url(&clinic),
                url(&portal),
                url(&portal),
            ),
        );
        let run = place.run(&["audit", "--format", "json", "--no-history", "--probes", "http"]);
        let json: Value = serde_json::from_slice(run.raw_out()).unwrap_or_else(|_| panic!("{}", run.err()));
        let all = json["facts"].as_array().unwrap().clone();
        all.into_iter().find(|fact| fact["key"] == "http.published.terms").unwrap()
    };
    let unseen = terms("");
    assert!(unseen.to_string().contains("Add its host to targets"), "{unseen}");
    assert!(portal.asked().is_empty());
    assert_eq!(terms(", authorized_by: 責任者")["value"], "reachable");
}
