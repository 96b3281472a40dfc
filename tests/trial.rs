//! A sign-in with a test account, against servers that ask for a second factor, that do not, and that cannot
//! be told apart from either. The password is sent once, where it may be, and stands nowhere afterwards.

#[path = "support/site.rs"]
mod site;
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use site::{Asked, Site, page};
use support::Place;

const USER: &str = "examiner-7";
const PASSWORD: &str = "correct horse battery";

const FORM: &str = "<title>入口</title><form method=post action=/session><input type=hidden name=csrf value=token-1>\
    <input name=user><input type=password name=pw><button>x</button></form>";
const CODE: &str = "<form method=post action=/code><input name=otp autocomplete=one-time-code></form>";

/// What a server does when the form is sent.
type Then = fn(&Asked) -> Vec<u8>;

fn is_in(asked: &Asked) -> bool {
    asked.head.contains("session=full")
}

/// A system whose page `/chart` opens to whoever has a full session.
fn system(then: Then) -> Site {
    Site::run(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/session") => then(asked),
        (_, "/login") => page(200, &[("Set-Cookie", "session=anonymous; Path=/; HttpOnly")], FORM),
        (_, "/code") => page(200, &[], CODE),
        (_, "/chart") if is_in(asked) => page(200, &[], "<title>診療録</title>"),
        (_, "/chart") => page(302, &[("Location", "/login")], ""),
        (_, "/") => page(200, &[], "<title>x</title>"),
        _ => page(404, &[], ""),
    })
}

/// Only a whole form, from a browser that was on the page, counts.
fn is_right(asked: &Asked) -> bool {
    asked.body == "csrf=token-1&user=examiner-7&pw=correct+horse+battery"
        && asked.head.contains("cookie: session=anonymous")
        && asked.head.contains("origin: https://localhost:")
        && asked.head.contains("referer: https://localhost:")
}

fn asks_for_code(asked: &Asked) -> Vec<u8> {
    let to = if is_right(asked) { "/code" } else { "/login" };
    page(303, &[("Location", to), ("Set-Cookie", "session=half; Path=/")], "")
}

fn lets_in(asked: &Asked) -> Vec<u8> {
    let session = if is_right(asked) { "full" } else { "none" };
    page(303, &[("Location", "/chart"), ("Set-Cookie", &format!("session={session}; Path=/"))], "")
}

struct Seen {
    level: Value,
    observations: Value,
    single: Value,
    said: String,
    posts: usize,
    code: i32,
}

fn posts(site: &Site) -> Vec<Asked> {
    site.asked().into_iter().filter(|asked| asked.method == "POST").collect()
}

fn root() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/localhost_root.pem")
}

fn run(place: &Place, args: &[&str], account: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = support::tenken();
    command.env_remove("TENKEN_TEST_USER").env_remove("TENKEN_TEST_PASSWORD");
    let output = command.current_dir(place.path()).args(args).envs(account.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const ACCOUNT: [(&str, &str); 2] = [("TENKEN_TEST_USER", USER), ("TENKEN_TEST_PASSWORD", PASSWORD)];

fn probe(site: &Site, more: &[&str]) -> Seen {
    let place = Place::new();
    let url = format!("https://localhost:{}", site.port);
    let (login, pin) = (format!("{url}/login"), format!("localhost:{}:127.0.0.1", site.port));
    let mut args = vec!["probe", &url, "--authorized-by", "責任者", "--resolve", &pin, "--json"];
    args.extend(["--sign-in", &login, "--protected", "/chart", "--account", "staff"]);
    args.extend(["--transcript", "transcript.json", "--timeout", "10"]);
    if !more.contains(&"--ca") {
        args.extend(["--ca", root()]);
    }
    args.extend(more);
    let (code, out, err) = run(&place, &args, &ACCOUNT);
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    let facts = &json["targets"][0]["facts"];
    let (_, again, _) = run(&place, &["probe", "--replay", "transcript.json", "--json"], &[]);
    let again: Value = serde_json::from_str(&again).unwrap();
    for key in ["mfa.level", "mfa.single_factor_sign_in"] {
        assert_eq!(facts[key]["value"], again["targets"][0]["facts"][key]["value"], "{key}");
    }
    let said = out + &err;
    nothing_secret(&(said.clone() + &place.read("transcript.json")));
    Seen {
        level: facts["mfa.level"]["value"].clone(),
        observations: facts["mfa.observations"].clone(),
        single: facts["mfa.single_factor_sign_in"].clone(),
        said,
        posts: posts(site).len(),
        code,
    }
}

fn nothing_secret(text: &str) {
    for secret in
        [USER, PASSWORD, "correct+horse", "correct%20horse", "token-1", "session=half", "session=full"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// Not known, for this reason, after so many passwords.
fn unclear(site: &Site, more: &[&str], reason: &str, posts: usize) {
    let seen = probe(site, more);
    let why = seen.single["unknown"]["en"].as_str().unwrap_or_else(|| panic!("{}", seen.said));
    assert!(why.contains(reason), "{why}");
    assert_eq!(why.contains("was not sent"), posts == 0, "{why}");
    assert_eq!(seen.posts, posts, "{why}");
    assert!(seen.level != 5 && seen.observations.get("unknown").is_some(), "{}", seen.said);
}

#[test]
fn a_system_that_asks_for_a_code_and_opens_nothing_without_it_is_level_5() {
    let site = system(asks_for_code);
    let seen = probe(&site, &[]);
    assert_eq!(seen.level, 5, "{}", seen.said);
    assert_eq!(seen.observations["value"], json!(["refused_without_second_factor"]));
    assert_eq!(seen.single["value"], json!([]), "{}", seen.said);
    assert_eq!((seen.posts, seen.code), (1, 0));
    // A second run is a second attempt, and no more.
    probe(&site, &["--probes", "mfa"]);
    assert_eq!(posts(&site).len(), 2);
}

#[test]
fn a_passkey_that_only_the_page_after_the_password_asks_for_counts() {
    const ASKS: &str = "<script>navigator.credentials.get({})</script>";
    let after = |_: &Asked| page(200, &[], ASKS);
    assert_eq!(probe(&system(after), &["--probes", "mfa"]).level, 5);
    let everywhere = Site::run(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", _) => page(200, &[], ASKS),
        (_, "/login") => page(200, &[], &format!("{FORM}{ASKS}")),
        (_, "/chart") => page(401, &[], ""),
        _ => page(200, &[], "<title>x</title>"),
    });
    unclear(&everywhere, &["--probes", "mfa"], "no sign of asking", 1);
}

#[test]
fn a_password_that_is_enough_is_found() {
    let seen = probe(&system(lets_in), &[]);
    assert_eq!(seen.level, 0, "{}", seen.said);
    assert_eq!(seen.observations["value"], json!(["accepted_without_second_factor"]));
    assert_eq!((&seen.single["value"], seen.posts), (&json!(["staff"]), 1));
}

#[test]
fn a_code_that_is_asked_for_and_not_needed_is_found_too() {
    let site = system(|_| page(303, &[("Location", "/code"), ("Set-Cookie", "session=full; Path=/")], ""));
    let seen = probe(&site, &["--probes", "mfa"]);
    assert_eq!((&seen.level, &seen.single["value"]), (&json!(0), &json!(["staff"])), "{}", seen.said);
}

#[test]
fn a_refused_password_says_nothing_of_a_second_factor() {
    let mfa = &["--probes", "mfa"];
    unclear(&system(|_| page(303, &[("Location", "/login")], "")), mfa, "cannot be told", 1);
    unclear(&system(|_| page(200, &[], FORM)), mfa, "cannot be told", 1);
    unclear(&system(|_| page(401, &[], CODE)), mfa, "cannot be told", 1);
    unclear(&system(|_| page(429, &[], "")), mfa, "429", 1);
    unclear(&system(|_| page(200, &[], "<p>welcome")), mfa, "no sign of asking", 1);
    // Nothing comes back; it is not tried again.
    unclear(&system(|_| Vec::new()), mfa, "sent once", 1);
    unclear(&system(|_| page(307, &[("Location", "/session")], "")), mfa, "again", 1);
}

#[test]
fn an_account_without_a_second_factor_is_not_taken_for_one_that_was_refused() {
    let site = system(|_| page(200, &[], &format!("{CODE}<img src='otpauth://totp/x'>")));
    unclear(&site, &["--probes", "mfa"], "none yet", 1);
}

/// As real systems write them.
#[test]
fn a_page_on_which_a_second_factor_is_made_is_no_refusal() {
    for page_of_it in [
        "<img src='data:image/png;base64,AA'><form><input name=totp><input type=hidden name=totpSecret></form>",
        "<img src='/qr?chl=otpauth%3a%2f%2ftotp'><form><input name=otp></form>",
        "<script>var d = {\"uri\": \"otpauth:\\/\\/totp\\/x\"}</script><form><input name=otp></form>",
    ] {
        let site = Site::run(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", _) => page(200, &[("Set-Cookie", "session=half; Path=/")], page_of_it),
            (_, "/login") => page(200, &[], FORM),
            (_, "/chart") => page(302, &[("Location", "/login")], ""),
            _ => page(200, &[], "<title>x</title>"),
        });
        unclear(&site, &["--probes", "mfa"], "none yet", 1);
    }
}

/// A field for a code that has nothing to do with signing in, on every page of whoever is in.
const HEAD: &str = "<form action=/join><input name=code maxlength=6></form>";

#[test]
fn a_field_for_a_code_of_another_kind_is_no_second_step() {
    let mfa = &["--probes", "mfa"];
    let system = |chart: fn(bool) -> Vec<u8>, home: fn(bool) -> String| {
        Site::run(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", _) => page(303, &[("Location", "/home"), ("Set-Cookie", "session=full; Path=/")], ""),
            (_, "/login") => page(200, &[], FORM),
            (_, "/home") => page(200, &[], &home(is_in(asked))),
            (_, "/chart") => chart(is_in(asked)),
            _ => page(200, &[], "<title>x</title>"),
        })
    };
    let dashboard: fn(bool) -> String = |_| format!("{HEAD}<h1>dashboard");
    // Let in, on a page that has the field as well.
    let opens = system(
        |is_in| match is_in {
            true => page(200, &[], &format!("{HEAD}<h1>records")),
            false => page(302, &[("Location", "/login")], ""),
        },
        dashboard,
    );
    unclear(&opens, mfa, "whether it is open", 1);
    // Open to anybody, with the field.
    unclear(&system(|_| page(200, &[], HEAD), dashboard), mfa, "whether it is open", 0);
    unclear(&system(|_| page(302, &[("Location", "/home")], ""), dashboard), mfa, "before any password", 0);
    // The page that asked for the password is that of whoever is in.
    let home = system(
        |_| page(302, &[("Location", "/home")], ""),
        |is_in| if is_in { format!("{HEAD}<h1>dashboard") } else { FORM.to_owned() },
    );
    let seen = probe(&home, mfa);
    assert_ne!(seen.level, 5, "{}", seen.said);
    // In, and not allowed to see the page, as nobody is.
    let leaves: fn(bool) -> String = |_| format!("{HEAD}<a href=/logout>x</a>");
    unclear(&system(|_| page(403, &[], ""), leaves), mfa, "sign out", 1);
}

#[test]
fn two_targets_of_one_host_have_one_sign_in() {
    let site = system(asks_for_code);
    let url = format!("https://localhost:{}", site.port);
    let seen = probe(&site, &[&format!("{url}/other"), "--probes", "mfa"]);
    assert_eq!((&seen.level, seen.posts), (&json!(5), 1), "{}", seen.said);
}

#[test]
fn the_account_is_tried_where_somebody_answers() {
    let site = system(asks_for_code);
    let dead = format!("localhost:{}:127.0.0.9", site.port);
    let seen = probe(&site, &["--resolve", &dead, "--probes", "mfa"]);
    assert_eq!(seen.posts, 1, "{}", seen.said);
}

#[test]
fn somebody_who_is_in_and_may_not_see_the_page_has_not_been_refused() {
    let with = |status: u16, shown: &'static str| {
        Site::run(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", _) => page(200, &[("Set-Cookie", "session=full; Path=/")], CODE),
            (_, "/login") => page(200, &[], FORM),
            (_, "/chart") if is_in(asked) => page(status, &[], shown),
            (_, "/chart") => page(302, &[("Location", "/login")], ""),
            _ => page(200, &[], "<title>x</title>"),
        })
    };
    unclear(&with(403, ""), &["--probes", "mfa"], "in another way", 1);
    // A page of one's own on which the password can be changed.
    unclear(&with(200, "<input type=password name=new>"), &["--probes", "mfa"], "in another way", 1);
}

#[test]
fn a_number_drawn_for_each_visit_is_no_other_way_of_refusing() {
    let led_to = |to: fn(usize, bool) -> String| {
        let visits = AtomicUsize::new(0);
        Site::run(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", _) => page(200, &[("Set-Cookie", "session=half; Path=/")], CODE),
            (_, "/chart") => {
                let to = to(visits.fetch_add(1, Ordering::Relaxed), asked.head.contains("session=half"));
                page(302, &[("Location", &to)], "")
            }
            (_, "/") => page(200, &[], "<title>x</title>"),
            _ => page(200, &[], FORM),
        })
    };
    let mfa = &["--probes", "mfa"];
    let drawn = led_to(|visit, _| format!("/interaction/{visit:021}"));
    let seen = probe(&drawn, mfa);
    assert_eq!((&seen.level, seen.posts), (&json!(5), 1), "{}", seen.said);
    // One address to those who are not in, and another to somebody who is.
    let apart = led_to(|_, is_in| {
        if is_in { "/entrance/to-administrators" } else { "/entrance/to-all-the-personnel" }.into()
    });
    unclear(&apart, mfa, "in another way", 1);
    let as_long = led_to(|_, is_in| {
        if is_in { "/entrance/of-administrators" } else { "/entrance/of-clinic-members" }.into()
    });
    unclear(&as_long, mfa, "in another way", 1);
    let longer =
        led_to(|visit, is_in| format!("/interaction/{visit:021}{}", if is_in { "/consent" } else { "" }));
    unclear(&longer, mfa, "in another way", 1);
    let beside = led_to(|visit, is_in| {
        format!("/{}/{visit:021}", if is_in { "administration-of-users" } else { "interaction-with-people" })
    });
    unclear(&beside, mfa, "in another way", 1);
    unclear(&led_to(|visit, _| format!("/login/{visit}")), mfa, "each time", 0);
}

#[test]
fn nothing_is_sent_where_the_form_leads_elsewhere_or_is_no_usual_one() {
    let other = Site::run(|_| page(200, &[], ""));
    let with = |form: String| {
        Site::run(move |asked| match asked.path.as_str() {
            "/login" => page(200, &[], &form),
            "/chart" => page(401, &[], ""),
            _ => page(200, &[], "<title>x</title>"),
        })
    };
    let to = |address: &str| FORM.replace("/session", address);
    let elsewhere = [
        to(&format!("https://localhost:{}/session", other.port)),
        to(&format!("http://localhost:{}/session", other.port)),
        to("https://collector.example.com/session"),
    ];
    for form in elsewhere {
        unclear(&with(form), &["--probes", "mfa"], "The form is sent to", 0);
    }
    assert!(other.asked().is_empty(), "somebody came");
    let of_script = "<div id=app></div><script>render('<input type=password>')</script>".to_owned();
    unclear(&with(of_script), &["--probes", "mfa"], "no form with a password", 0);
    unclear(&with(FORM.repeat(2)), &["--probes", "mfa"], "Several forms", 0);
    unclear(&with(FORM.replace("method=post", "")), &["--probes", "mfa"], "more than a name", 0);
}

#[test]
fn nothing_is_sent_where_the_page_opens_to_anybody_or_leads_in_a_circle() {
    let mfa = &["--probes", "mfa"];
    unclear(&Site::run(|_| page(200, &[], FORM.trim_start_matches("<title>"))), mfa, "", 1);
    let everything = Site::run(|asked| match asked.path.as_str() {
        "/login" => page(200, &[], FORM),
        _ => page(200, &[], "<title>x</title>"),
    });
    unclear(&everything, mfa, "opens without a sign-in", 0);
    let with_a_cookie = Site::run(|asked| match asked.path.as_str() {
        "/login" => page(200, &[("Set-Cookie", "visitor=1; Path=/")], FORM),
        "/chart" if asked.head.contains("visitor=1") => page(200, &[], "<p>x"),
        "/chart" => page(401, &[], ""),
        _ => page(200, &[], "<title>x</title>"),
    });
    unclear(&with_a_cookie, mfa, "opens without a sign-in", 0);
    let circle = Site::run(|asked| match asked.path.as_str() {
        "/login" => page(302, &[("Location", "/again")], ""),
        "/again" => page(302, &[("Location", "/login")], ""),
        _ => page(200, &[], "<title>x</title>"),
    });
    unclear(&circle, mfa, "never end", 0);
    let after = system(|_| page(302, &[("Location", "/nowhere")], ""));
    unclear(&after, mfa, "cannot be told", 1);
    let leads_away =
        system(|_| page(302, &[("Location", "https://elsewhere.example.com/?pw=correct+horse")], ""));
    unclear(&leads_away, mfa, "host that may be measured", 1);
}

#[test]
fn nothing_is_sent_to_a_server_that_nobody_vouches_for() {
    let site = system(asks_for_code);
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/root.pem");
    unclear(&site, &["--probes", "mfa", "--ca", other], "right server", 0);
}

#[test]
fn a_server_that_repeats_the_password_gets_it_into_nothing() {
    let site = system(|asked| {
        let header = asked.body.replace(' ', "+");
        let cookie = format!("session=half; Path=/; x={header}");
        let shown = format!("<title>{}</title><p>{PASSWORD} {USER}", asked.body);
        page(
            500,
            &[("Location", &format!("/{header}")), ("Set-Cookie", &cookie), ("Server", &header)],
            &shown,
        )
    });
    unclear(&site, &[], "500", 1);
    let site = system(|asked| page(302, &[("Location", &format!("/{PASSWORD}?{}", asked.body))], ""));
    unclear(&site, &[], "cannot be told", 1);
}

#[test]
fn without_an_account_a_target_or_a_page_nobody_is_contacted() {
    let site = system(asks_for_code);
    let place = Place::new();
    let url = format!("https://localhost:{}", site.port);
    let login = format!("{url}/login");
    let base = ["probe", &url, "--authorized-by", "責任者"];
    let try_with = |more: &[&str], account: &[(&str, &str)]| {
        let (code, out, err) = run(&place, &[&base[..], more].concat(), account);
        nothing_secret(&(out + &err));
        assert_eq!(code, 2, "{more:?} {err}");
        err
    };
    let all = ["--sign-in", &login, "--protected", "/chart", "--account", "doctor"];
    assert!(try_with(&all, &[]).contains("TENKEN_TEST_USER"));
    assert!(try_with(&all, &ACCOUNT[..1]).contains("TENKEN_TEST_PASSWORD"));
    assert!(try_with(&all, &[ACCOUNT[0], ("TENKEN_TEST_PASSWORD", "")]).contains("TENKEN_TEST_PASSWORD"));
    try_with(&all[..2], &ACCOUNT);
    try_with(&all[2..], &ACCOUNT);
    try_with(&[&all[..5], &["patient"]].concat(), &ACCOUNT);
    try_with(&[&all[..], &["--probes", "tls"]].concat(), &ACCOUNT);
    let elsewhere =
        ["--sign-in", "https://other.example.jp/login", "--protected", "/x", "--account", "staff"];
    assert!(try_with(&elsewhere, &ACCOUNT).contains("--sign-in"));
    for (login, protected) in [
        ("http://localhost/login", "/chart"),
        ("/login", "/chart"),
        (&login, "https://other.example.jp/"),
        ("https://examiner-7:x@localhost/", "/chart"),
    ] {
        try_with(&["--sign-in", login, "--protected", protected, "--account", "staff"], &ACCOUNT);
    }
    assert!(site.asked().is_empty());
}

#[test]
fn an_audit_takes_the_account_for_a_target_of_the_workspace_alone() {
    let site = system(asks_for_code);
    let place = Place::new();
    let url = format!("https://localhost:{}", site.port);
    let login = format!("{url}/login");
    let workspace = |allowed: &str| {
        let head = "subject: {name: x, kind: vendor}\nchecklists: [vendor-138]\ntargets:\n";
        place.write("tenken.yaml", format!("{head}  - {{url: '{url}'{allowed}}}\n"));
    };
    let args = ["audit", "--format", "json", "--probes", "mfa", "--sign-in", &login];
    let args = [&args[..], &["--protected", "/chart", "--account", "doctor"]].concat();
    workspace("");
    assert_eq!(run(&place, &args, &ACCOUNT).0, 2, "nobody allows it");
    workspace(", authorized_by: 責任者");
    for more in ["--no-probe", "--at=2026-11-20"] {
        assert_eq!(run(&place, &[&args[..], &[more]].concat(), &ACCOUNT).0, 2, "{more}");
    }
    assert!(site.asked().is_empty());
    // Its certificate is nobody's whom this computer trusts.
    let (_, out, err) = run(&place, &args, &ACCOUNT);
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    let facts = json["facts"].as_array().unwrap();
    let fact = facts.iter().find(|fact| fact["key"] == "mfa.single_factor_sign_in").unwrap();
    assert!(fact.to_string().contains("was not sent"), "{fact}");
    assert!(posts(&site).is_empty());
    let kept: String = place.files().iter().map(|file| place.read(file)).collect();
    nothing_secret(&(out + &err + &kept));
}

/// Whoever verifies a package signs in nowhere, and takes nothing that the account has shown for undone.
#[test]
fn to_measure_a_package_again_undoes_no_sign_in() {
    const ITEM: &str = "mhlw-clinic/2-5-1-1-vii";
    for (then, verdict) in [(asks_for_code as Then, "pass"), (lets_in, "fail")] {
        let site = system(then);
        let place = Place::new();
        let url = format!("https://localhost:{}", site.port);
        let (login, pin) = (format!("{url}/login"), format!("localhost:{}:127.0.0.1", site.port));
        let head = "subject: {name: x, kind: clinic}\nchecklists: [mhlw-clinic]\ntargets:\n";
        place.write("v/tenken.yaml", format!("{head}  - {{url: '{url}', authorized_by: 責任者}}\n"));
        place.write("v/answers.yaml", format!("answers: {{{ITEM}: {{status: yes}}}}\n"));
        let measuring = ["--ca", root(), "--resolve", &pin];
        let trial = ["--sign-in", &login, "--protected", "/chart", "--account", "staff"];
        let (code, _, err) = run(&place, &[&["audit", "v", "-q"], &measuring[..], &trial].concat(), &ACCOUNT);
        assert_eq!(code, 1, "{err}");
        assert_eq!(run(&place, &["pack", "v", "--out", "p.zip"], &[]).0, 0);
        let result = place.files().into_iter().find(|file| file.starts_with("v/results/2")).unwrap();
        let result: Value = serde_json::from_str(&place.read(&result)).unwrap();
        let items = result["items"].as_array().unwrap();
        assert_eq!(items.iter().find(|item| item["item"] == ITEM).unwrap()["verdict"], verdict);
        let again = ["verify", "p.zip", "--probe", "--authorized-by", "監査人", "--lang", "en"];
        let (code, out, err) = run(&place, &[&again[..], &measuring].concat(), &ACCOUNT);
        assert!(code == 0 && out.contains("No verdict changes"), "{out} {err}");
        assert!(!out.contains("Facts that differ"), "{out}");
        assert_eq!(posts(&site).len(), 1);
    }
}
