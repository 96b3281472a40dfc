//! The web probe against servers on loopback: every fact with a good and a bad value, and unknown where
//! it could not look; nobody is contacted who was not named; hostile servers cost neither time nor truth.

#[path = "support/replay.rs"]
mod replay;
#[path = "support/site.rs"]
mod site;
mod support;

use serde_json::{Value, json};
use site::{Asked, Site, page};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use support::Place;

const WEB: &str = "http,mfa,exposure";

fn probe(site: &Site, more: &[&str]) -> Value {
    probe_in(&Place::new(), site, more).0
}

/// The facts and the transcript, which comes to the same ones.
fn probe_in(place: &Place, site: &Site, more: &[&str]) -> (Value, String) {
    let (url, pin) =
        (format!("https://localhost:{}", site.port), format!("localhost:{}:127.0.0.1", site.port));
    let mut args =
        vec!["probe", &url, "--authorized-by", "責任者", "--json", "--resolve", &pin, "--probes", WEB];
    args.extend(["--transcript", replay::FILE]);
    args.extend(more);
    let run = place.run(&args);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let asked = site.asked().len();
    assert!(replay::holds(place, &json, &[]) > 20);
    assert_eq!(site.asked().len(), asked, "nothing is contacted");
    (json["targets"][0]["facts"].clone(), place.read(replay::FILE))
}

fn value<'a>(facts: &'a Value, key: &str) -> &'a Value {
    facts[key].get("value").unwrap_or_else(|| panic!("{key}: {}", facts[key]))
}

fn unknown(facts: &Value, key: &str) -> String {
    facts[key]["unknown"]["en"].as_str().unwrap_or_else(|| panic!("{key}: {}", facts[key])).to_owned()
}

fn is_absent(facts: &Value, key: &str) -> bool {
    let state = &facts[key];
    assert!(state.is_object(), "{key} was not looked at");
    state["value"] == json!([]) || state["value"].is_null() && state.get("unknown").is_none()
}

fn missing() -> Vec<u8> {
    page(404, &[("Content-Type", "text/html")], "<title>Not found</title>")
}

/// A server as it should be.
fn tidy(asked: &Asked) -> Vec<u8> {
    if !asked.is_secure {
        return page(301, &[("Location", "https://localhost/")], "");
    }
    match asked.path.as_str() {
        "/" => page(
            200,
            &[
                ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
                ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "same-origin"),
                ("Permissions-Policy", "camera=(self)"),
                ("Set-Cookie", "s=secret-value; Secure; HttpOnly; SameSite=Strict"),
                ("Cache-Control", "private, no-store"),
                ("Server", "nginx"),
            ],
            "<title>見本</title><form><input type=password><input autocomplete='username webauthn'></form>\
             <script src=/a.js></script>",
        ),
        "/.well-known/security.txt" => page(
            200,
            &[("Content-Type", "text/plain")],
            "Contact: mailto:a@example.jp\nExpires: 2099-01-01T00:00:00Z\n",
        ),
        _ => missing(),
    }
}

#[test]
fn a_tidy_server_gives_good_values_and_no_alarm() {
    let site = Site::run(tidy);
    let facts = probe(&site, &[]);
    for (key, wanted) in [
        ("http.plain_http", json!("redirects")),
        ("http.redirect.insecure", json!(false)),
        ("http.hsts.max_age", json!(31_536_000)),
        ("http.hsts.include_subdomains", json!(true)),
        ("http.hsts.preload", json!(true)),
        ("http.csp", json!("strict")),
        ("http.frame_protection", json!("denied")),
        ("http.nosniff", json!(true)),
        ("http.referrer_policy", json!("same-origin")),
        ("http.permissions_policy", json!("camera=(self)")),
        ("http.security_txt", json!("valid")),
        ("exposure.ssl_vpn", json!(false)),
        ("mfa.level", json!(2)),
        ("mfa.observations", json!(["passkey_field"])),
    ] {
        assert_eq!(*value(&facts, key), wanted, "{key}");
    }
    for key in [
        "http.cookies.problems",
        "http.versions",
        "http.third_parties",
        "http.mixed_content",
        "http.cacheable",
        "exposure.leftovers",
        "exposure.consoles",
        "exposure.listings",
        "exposure.source_maps",
    ] {
        assert!(is_absent(&facts, key), "{key}: {}", facts[key]);
    }
    assert!(unknown(&facts, "exposure.ports").contains("--ports"));
    assert!(facts.get("tls.versions").is_none(), "nobody asked for it");
    assert!(!facts.to_string().contains("secret-value"));
    let asked = site.asked();
    assert!(asked.iter().all(|one| one.head.contains("user-agent: tenken/") && one.head.starts_with("get ")));
}

/// A server as it should not be.
fn untidy(asked: &Asked) -> Vec<u8> {
    match asked.path.as_str() {
        "/" => page(
            200,
            &[
                ("Strict-Transport-Security", "max-age=x"),
                ("Set-Cookie", "s=1"),
                ("Server", "Apache/2.4.1"),
                ("Date", "Mon, 01 Jan 2024 00:00:00 GMT"),
            ],
            "<title>見本</title><script src='http://cdn.example.com/x.js?u=1'></script><form><input type=password></form>",
        ),
        "/.git/HEAD" => page(200, &[], "ref: refs/heads/main\n"),
        "/phpmyadmin/" => page(200, &[], "<title>phpMyAdmin</title>"),
        "/remote/login" => page(200, &[], "<script>var fgt_lang = 1</script>"),
        "/.well-known/passkey-endpoints" => page(200, &[], "{\"enroll\": \"https://localhost/e\"}"),
        _ => missing(),
    }
}

#[test]
fn an_untidy_server_is_told_each_thing() {
    let facts = probe(&Site::run(untidy), &[]);
    for (key, wanted) in [
        ("http.plain_http", json!("serves")),
        ("http.csp", json!("none")),
        ("http.frame_protection", json!("none")),
        ("http.nosniff", json!(false)),
        ("http.referrer_policy", json!("none")),
        ("http.cookies.problems", json!(["no_same_site", "not_http_only", "not_secure"])),
        ("http.versions", json!(["Apache/2.4.1"])),
        ("http.third_parties", json!(["cdn.example.com"])),
        ("http.mixed_content", json!(["http://cdn.example.com/x.js"])),
        ("http.security_txt", json!("none")),
        ("exposure.leftovers", json!(["/.git/HEAD"])),
        ("exposure.consoles", json!(["/phpmyadmin/"])),
        ("exposure.ssl_vpn", json!(true)),
        ("mfa.observations", json!(["passkey_endpoints"])),
    ] {
        assert_eq!(*value(&facts, key), wanted, "{key}");
    }
    assert_eq!(value(&facts, "http.cacheable").as_array().unwrap().len(), 1);
    assert!(value(&facts, "http.clock_difference").as_i64().unwrap() > 1_000_000);
    assert!(is_absent(&facts, "http.hsts.max_age") && is_absent(&facts, "http.permissions_policy"));
}

#[test]
fn a_server_that_answers_everything_alike_leaves_nothing_open() {
    let all =
        "ref: refs/ app_key= db_ [core] repositoryformatversion fgt_lang insert into create table goroutine";
    let facts =
        probe(&Site::run(move |_| page(200, &[], &format!("{all}<title>phpMyAdmin adminer</title>"))), &[]);
    for key in ["exposure.leftovers", "exposure.consoles"] {
        assert!(is_absent(&facts, key), "{key}: {}", facts[key]);
    }
    assert_eq!(*value(&facts, "exposure.ssl_vpn"), false);
    assert_eq!(*value(&facts, "http.security_txt"), "none");
}

#[test]
fn only_the_page_itself_is_served_without_encryption() {
    let of = |plain: fn() -> Vec<u8>| {
        let site = Site::run(move |asked| if asked.is_secure { tidy(asked) } else { plain() });
        probe(&site, &[])["http.plain_http"].clone()
    };
    assert_eq!(of(|| page(200, &html_headers(), "<title>見本</title>"))["value"], "serves", "the same title");
    assert_eq!(of(|| page(200, &html_headers(), "<input type=password>"))["value"], "serves", "a sign-in");
    assert_eq!(of(|| page(200, &html_headers(), "ok"))["value"], "answers");
    assert_eq!(of(|| page(404, &html_headers(), "<title>見本</title>"))["value"], "answers");
    assert!(of(|| page(503, &html_headers(), "later")).get("unknown").is_some(), "in trouble is no answer");
    let many = || {
        let headers: String =
            (0..5000).map(|number| format!("X-{number}: {}\r\n", "a".repeat(200))).collect();
        format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes()
    };
    assert!(of(many).get("unknown").is_some(), "HTTP that is too much for us is HTTP all the same");
    assert_eq!(of(|| page(301, &[("Location", "http://elsewhere.example.jp/")], ""))["value"], "answers");
    assert_eq!(of(|| b"\x15\x03\x01\x00\x02\x02\x28".to_vec())["value"], "answers", "no HTTP at all");
    let doubtful = of(|| page(200, &html_headers(), "<form><input name=a></form>"));
    assert!(doubtful["unknown"]["en"].as_str().unwrap().contains("cannot be told"), "{doubtful}");
    let silent = of(Vec::new);
    assert!(silent.get("unknown").is_some(), "{silent}");
}

fn html_headers() -> [(&'static str, &'static str); 1] {
    [("Content-Type", "text/html")]
}

#[test]
fn nobody_is_visited_who_was_not_named() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let port = other.local_addr().unwrap().port();
    let site = Site::run(move |asked| match asked.path.as_str() {
        "/" => page(302, &[("Location", &format!("https://localhost:{port}/next?token=secret"))], ""),
        _ => page(302, &[("Location", &format!("http://127.0.0.1:{port}/"))], ""),
    });
    let facts = probe(&site, &[]);
    assert!(other.accept().is_err(), "somebody came");
    assert!(unknown(&facts, "http.csp").contains("nobody has allowed"), "{}", facts["http.csp"]);
    let chain = value(&facts, "http.redirect.chain").to_string();
    assert!(chain.contains("/next") && !chain.contains("secret"), "{chain}");
    assert!(unknown(&facts, "mfa.level").contains("nobody has allowed"));
}

#[test]
fn redirects_that_stay_here_are_followed_and_circles_are_not() {
    let site = Site::run(|asked| match asked.path.as_str() {
        "/" => page(302, &[("Location", "/login")], ""),
        "/login" => page(200, &[], "<title>x</title><input autocomplete=one-time-code>"),
        _ => missing(),
    });
    let facts = probe(&site, &[]);
    assert_eq!(*value(&facts, "mfa.observations"), json!(["one_time_code_field"]));
    let circle = Site::run(|_| page(302, &[("Location", "/again")], ""));
    let facts = probe(&circle, &[]);
    assert!(unknown(&facts, "http.csp").contains("never end"), "{}", facts["http.csp"]);
    assert!(circle.asked().len() < 80, "{}", circle.asked().len());
}

#[test]
fn published_pages_are_looked_at_where_the_workspace_names_them() {
    let site = Site::run(|asked| match asked.path.as_str() {
        "/terms" => page(200, &[], "<title>利用規約</title>"),
        "/privacy" => page(200, &[], "<input type=password>"),
        "/risks" => page(500, &[], ""),
        _ => missing(),
    });
    let place = Place::new();
    let port = site.port;
    place.write(
        "tenken.yaml",
        format!(
            "subject: {{name: x, kind: clinic}}\nchecklists: [adoption]\ntargets:\n  - url: https://127.0.0.1:{port}/\n    \
             authorized_by: 責任者\n    published: {{terms: /terms, privacy_policy: /privacy, risks: /risks, guideline: /none, \
             doctors: 'https://elsewhere.example.jp/'}}\n"
        ),
    );
    let run = place.run(&["audit", "--format", "json", "--no-history", "--probes", "http"]);
    let json: Value = serde_json::from_slice(run.raw_out()).unwrap_or_else(|_| panic!("{}", run.err()));
    let fact = |key: &str| {
        let all = json["facts"].as_array().unwrap();
        all.iter().find(|fact| fact["key"] == format!("http.published.{key}")).cloned().unwrap()
    };
    assert_eq!(fact("terms")["value"], "reachable");
    assert_eq!(fact("privacy_policy")["value"], "behind_login");
    assert_eq!(fact("guideline")["value"], "missing");
    assert!(fact("risks").to_string().contains("500"), "{}", fact("risks"));
    assert!(fact("doctors").to_string().contains("elsewhere.example.jp"), "{}", fact("doctors"));
    place.write(
        "tenken.yaml",
        "subject: {name: x, kind: clinic}\ntargets:\n  - url: https://a.example.jp\n    published: {term: /x}\n",
    );
    let run = place.run(&["audit", "--no-probe"]);
    assert!(run.code() == 2 && run.err().contains("terms"), "{}", run.err());
}

#[test]
fn ports_are_tried_only_where_somebody_asks() {
    let site = Site::run(tidy);
    let facts = probe(&site, &["--ports"]);
    let state = &facts["exposure.ports"];
    assert!(state.get("unknown").is_none(), "{state}");
}

#[test]
fn a_server_that_turns_us_away_has_not_said_what_is_there() {
    for status in [429, 503] {
        let site = Site::run(move |asked| match asked.path.as_str() {
            "/.git/HEAD" | "/.well-known/passkey-endpoints" => page(status, &[], "later"),
            _ => tidy(asked),
        });
        let facts = probe(&site, &[]);
        for key in ["exposure.leftovers", "exposure.consoles", "exposure.ssl_vpn"] {
            assert!(unknown(&facts, key).contains(&status.to_string()), "{key}: {}", facts[key]);
        }
        assert_eq!(*value(&facts, "http.csp"), "strict");
    }
    let forbidden = probe(&Site::run(|_| page(403, &[], "<title>no</title>")), &[]);
    assert!(unknown(&forbidden, "exposure.leftovers").contains("403"));
    let guarded = probe(&Site::run(|_| page(401, &[("WWW-Authenticate", "Basic realm=x")], "")), &[]);
    assert!(is_absent(&guarded, "exposure.leftovers"), "whoever has no password sees nothing");
    assert_eq!(*value(&guarded, "mfa.observations"), json!(["basic_authentication"]));
    let troubled = probe(&Site::run(|_| page(502, &[], "<title>x</title>")), &[]);
    for key in ["http.csp", "http.hsts.max_age", "http.cookies.problems", "mfa.level", "mfa.observations"] {
        assert!(unknown(&troubled, key).contains("502"), "{key}: {}", troubled[key]);
    }
}

#[test]
fn of_a_way_that_breaks_off_nothing_good_is_said() {
    let site = Site::run(|asked| match (asked.is_secure, asked.path.as_str()) {
        (true, "/") => page(302, &[("Location", "/next")], ""),
        (true, "/next") => Vec::new(),
        _ => missing(),
    });
    let facts = probe(&site, &[]);
    for key in ["http.redirect.insecure", "http.cookies.problems", "http.csp"] {
        assert!(facts[key].get("unknown").is_some(), "{key}: {}", facts[key]);
    }
    let long = Site::run(|asked| match asked.path.as_str() {
        "/" => page(
            200,
            &[],
            &format!(
                "<title>x</title>{}<script src='http://cdn.example.com/x.js'></script>",
                " ".repeat(2 << 20)
            ),
        ),
        _ => missing(),
    });
    let facts = probe(&long, &[]);
    for key in ["http.third_parties", "http.mixed_content"] {
        assert!(facts[key].get("unknown").is_some(), "{key}: {}", facts[key]);
    }
}

fn script(name: &str) -> Vec<u8> {
    page(200, &[("Content-Type", "text/javascript")], &format!("a()\n//# sourceMappingURL={name}\n"))
}

const MAP: &str = r#"{"version":3,"sources":["src/login.ts"],"mappings":"AAAA"}"#;

#[test]
fn source_maps_are_found_where_a_script_names_them() {
    let front = "<title>x</title><script src='/static/a.js'></script><script src='/static/b.js'></script>\
                 <script src='https://elsewhere.example.jp/c.js'></script>";
    let site = Site::run(move |asked| match asked.path.as_str() {
        "/" => page(200, &[], front),
        "/static/a.js" => script("a.js.map?token=secret"),
        "/static/b.js" => page(200, &[("SourceMap", "/maps/b.map")], "b()"),
        "/static/a.js.map?token=secret" | "/maps/b.map" | "/static/hidden.map" => page(200, &[], MAP),
        _ => missing(),
    });
    let facts = probe(&site, &[]);
    let maps = value(&facts, "exposure.source_maps").to_string();
    assert!(maps.contains("/static/a.js.map\"") && maps.contains("/maps/b.map"), "{maps}");
    assert!(!maps.contains("secret"), "{maps}");
    assert!(
        site.asked().iter().all(|one| one.path != "/static/hidden.map" && one.path != "/static/b.js.map")
    );
    let of = |named: &'static str, map: fn() -> Vec<u8>| {
        let site = Site::run(move |asked| match asked.path.as_str() {
            "/" => page(200, &[], "<title>x</title><script src='/a.js'></script>"),
            "/a.js" => script(named),
            "/a.js.map" => map(),
            _ => missing(),
        });
        probe(&site, &[])["exposure.source_maps"].clone()
    };
    let absent = |state: Value| {
        state.get("unknown").is_none() && (state["value"].is_null() || state["value"] == json!([]))
    };
    assert!(absent(of("a.js.map", missing)));
    assert!(absent(of("a.js.map", || page(200, &[], "<title>x</title>"))), "any page is no map");
    assert!(absent(of("data:application/json;base64,e30=", missing)));
    assert!(absent(of("https://elsewhere.example.jp/a.js.map", missing)), "others are not asked");
    let long = || {
        page(200, &[], &format!("{{\"version\":3,\"mappings\":\"{}\",\"sources\":[]}}", "A".repeat(1 << 20)))
    };
    assert!(of("a.js.map", long)["unknown"].is_object(), "its marks stand behind what is read");
    assert!(of("a.js.map", || page(302, &[("Location", "/maps/a")], ""))["unknown"].is_object());
    assert!(of("a.js.map", || page(503, &[], ""))["unknown"]["en"].as_str().unwrap().contains("503"));
}

#[test]
fn a_listed_folder_is_found_and_a_site_that_lists_everything_is_not() {
    let listing = "<title>Index of /uploads</title><a href='../'>../</a>";
    let site = Site::run(move |asked| match asked.path.as_str() {
        "/" => page(200, &[], "<title>x</title><img src='/assets/img/a.png'>"),
        "/uploads/" => page(200, &[], listing),
        "/assets/img/" => page(200, &[], "<title>Directory listing for /assets/img/</title>"),
        _ => missing(),
    });
    let facts = probe(&site, &[]);
    assert_eq!(*value(&facts, "exposure.listings"), json!(["/uploads/", "/assets/img/"]));
    let alike = Site::run(move |_| page(200, &[], &format!("{listing}{MAP}<script src='/a.js'></script>")));
    let facts = probe(&alike, &[]);
    assert!(unknown(&facts, "exposure.listings").contains("told apart"));
    assert!(is_absent(&facts, "exposure.source_maps"));
    let app = Site::run(|_| {
        page(200, &[], "<title>x</title><script src='/a.js'></script>\n//# sourceMappingURL=/a.map")
    });
    let facts = probe(&app, &[]);
    assert!(is_absent(&facts, "exposure.listings") && is_absent(&facts, "exposure.source_maps"));
    let later = Site::run(|asked| match asked.path.as_str() {
        "/backup/" => page(429, &[], ""),
        _ => tidy(asked),
    });
    assert!(unknown(&probe(&later, &[]), "exposure.listings").contains("429"));
}

type Script = Box<dyn Fn(&Asked) -> Vec<u8> + Send + Sync>;

#[test]
fn a_hostile_server_costs_neither_time_nor_truth() {
    let endless = |asked: &Asked| {
        let mut text = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x</title>".to_vec();
        text.resize(if asked.path == "/" { 3 << 20 } else { text.len() }, b'a');
        text
    };
    let many = |_: &Asked| {
        let headers: String =
            (0..5000).map(|number| format!("X-{number}: {}\r\n", "a".repeat(200))).collect();
        format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes()
    };
    let broken =
        |_: &Asked| b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx".to_vec();
    let control = |_: &Asked| {
        b"HTTP/1.1 200 OK\r\nServer: a\x01b/1\xff\r\nSet-Cookie: \xff\xfe;;;=;\r\nContent-Length: 2\r\n\r\n\xff\x00".to_vec()
    };
    let scripts: [(&str, Script); 4] = [
        ("an endless body", Box::new(endless)),
        ("endless headers", Box::new(many)),
        ("a broken length", Box::new(broken)),
        ("control characters", Box::new(control)),
    ];
    for (name, script) in scripts {
        let start = Instant::now();
        let facts = probe(&Site::run(script), &["--timeout", "6"]);
        assert!(start.elapsed() < Duration::from_secs(20), "{name}");
        for key in ["exposure.leftovers", "exposure.consoles"] {
            assert!(facts[key].get("unknown").is_some() || is_absent(&facts, key), "{name}: {}", facts[key]);
        }
        assert!(!facts.to_string().contains('\u{1}'), "{name}");
    }
}

#[test]
fn a_server_that_never_answers_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let place = Place::new();
    let (url, pin) = (format!("https://localhost:{port}"), format!("localhost:{port}:127.0.0.1"));
    let start = Instant::now();
    let run = place.run(&[
        "probe",
        &url,
        "--authorized-by",
        "責任者",
        "--json",
        "--resolve",
        &pin,
        "--probes",
        WEB,
        "--timeout",
        "2",
    ]);
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(run.code(), 3, "{}", run.out());
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    for (key, fact) in json["targets"][0]["facts"].as_object().unwrap() {
        assert!(fact.get("unknown").is_some(), "{key}: {fact}");
    }
    drop(listener);
}

#[test]
fn pages_and_hellos_together_keep_to_the_limit_of_the_address() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static BUSY: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let site = Site::run(|asked| {
        MOST.fetch_max(BUSY.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        BUSY.fetch_sub(1, Ordering::SeqCst);
        tidy(asked)
    });
    let facts = probe(&site, &["--connections", "2"]);
    assert_eq!(*value(&facts, "http.csp"), "strict");
    assert!(MOST.load(Ordering::SeqCst) <= 2, "{}", MOST.load(Ordering::SeqCst));
}

#[test]
fn nothing_secret_is_kept_of_a_visit() {
    let site = Site::run(|asked| match asked.path.as_str() {
        "/" => page(
            302,
            &[
                (
                    "Location",
                    "/login;jsessionid=secret-session?code=secret-code&state=secret-state#secret-part",
                ),
                ("Set-Cookie", "s=secret-cookie; Secure; Path=/; x=secret-attribute"),
                ("X-Request-Id", "secret-number"),
            ],
            "secret-body",
        ),
        path if path.starts_with("/login") => page(
            200,
            &[
                ("Content-Security-Policy", "script-src 'nonce-secret-nonce'; report-uri /csp?k=secret-key"),
                ("WWW-Authenticate", "Digest realm=x, nonce=secret-challenge"),
            ],
            "<title>x</title><form><input type=hidden name=csrf value=secret-csrf><input type=password></form>\
             <meta name=csrf-token content=secret-meta><script src='/a.js?v=secret-query'></script>\
             <script>var t = 'secret-script'</script><p>secret-text",
        ),
        "/a.js?v=secret-query" => script("a.js.map?t=secret-map"),
        "/a.js.map?t=secret-map" => page(200, &[], MAP),
        "/.env" => page(200, &[], "APP_KEY=secret-app\nDB_PASSWORD=secret-password\n"),
        "/.well-known/security.txt" => {
            page(200, &[], "Contact: mailto:secret-person@example.jp\nExpires: 2099-01-01T00:00:00Z\n")
        }
        _ => missing(),
    });
    let place = Place::new();
    let (facts, kept) = probe_in(&place, &site, &[]);
    // What a fact says is no secret, and was seen all the same.
    assert_eq!(*value(&facts, "exposure.leftovers"), json!(["/.env"]));
    assert_eq!(
        *value(&facts, "exposure.source_maps"),
        json!([format!("https://localhost:{}/a.js.map", site.port)])
    );
    assert_eq!(*value(&facts, "http.security_txt"), "valid");
    assert_eq!(*value(&facts, "http.csp"), "strict");
    assert_eq!(*value(&facts, "http.cookies.problems"), json!(["no_same_site", "not_http_only"]));
    assert!(
        site.asked().iter().any(|asked| asked.path.ends_with("state=secret-state")),
        "the whole address was asked for"
    );
    assert!(!kept.contains("secret"), "{}", &kept[kept.find("secret").unwrap() - 200..][..300]);
    for whole in ["\"location\"", "\"x-request-id\"", "hidden=1", "\"sha256\""] {
        assert!(kept.contains(whole), "{whole}: {kept}");
    }
    let schema: Value = serde_json::from_str(&place.run(&["schema", "transcript"]).out()).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&kept).unwrap()));
}

#[test]
fn by_another_list_nothing_is_said_of_what_was_looked_for() {
    let site = Site::run(untidy);
    let place = Place::new();
    let (_, kept) = probe_in(&place, &site, &[]);
    let mut kept: Value = serde_json::from_str(&kept).unwrap();
    kept["transcripts"][0]["visit"]["list"] = json!("0".repeat(64));
    place.write("other.json", kept.to_string());
    let run = place.run(&["probe", "--replay", "other.json", "--json"]);
    let again: Value = serde_json::from_str(&run.out()).unwrap();
    let facts = &again["targets"][0]["facts"];
    assert!(unknown(facts, "exposure.leftovers").contains("another list"), "{facts}");
    assert_eq!(*value(facts, "http.plain_http"), "serves");
}

#[test]
fn what_is_missing_from_a_transcript_is_unknown() {
    let site = Site::run(tidy);
    let place = Place::new();
    let (_, kept) = probe_in(&place, &site, &[]);
    let mut kept: Value = serde_json::from_str(&kept).unwrap();
    kept["transcripts"][0]["visit"]["requests"] = json!([]);
    place.write("short.json", kept.to_string());
    let run = place.run(&["probe", "--replay", "short.json", "--json"]);
    assert_eq!(run.code(), 3);
    let again: Value = serde_json::from_str(&run.out()).unwrap();
    for (key, look) in again["targets"][0]["facts"].as_object().unwrap() {
        assert!(look.get("unknown").is_some(), "{key}: {look}");
    }
}
