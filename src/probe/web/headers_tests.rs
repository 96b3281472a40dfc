use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::*;
use crate::wire::visit::Body;

fn answer(headers: &[(&str, &str)]) -> Kept {
    Kept {
        url: Url::parse("https://telemed.example.jp/").unwrap(),
        status: 200,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: Body::default(),
        is_whole: true,
        answered: Timestamp::UNIX_EPOCH,
        took: Duration::from_millis(10),
    }
}

#[test]
fn hsts_is_read_as_browsers_read_it() {
    let of = |value: &str| hsts(&answer(&[("strict-transport-security", value)]));
    let plain = Hsts { max_age: 31_536_000, include_subdomains: false, preload: false };
    assert_eq!(of("max-age=31536000"), Some(plain));
    assert_eq!(
        of("Max-Age=\"31536000\"; includeSubDomains ; preload;"),
        Some(Hsts { include_subdomains: true, preload: true, ..plain })
    );
    assert_eq!(of("max-age=0"), Some(Hsts { max_age: 0, ..plain }));
    for worthless in ["", "includeSubDomains", "max-age=x", "max-age=-1", "max-age=1; max-age=2"] {
        assert_eq!(of(worthless), None, "{worthless}");
    }
    let two = [("strict-transport-security", "max-age=1"), ("strict-transport-security", "max-age=9")];
    assert_eq!(hsts(&answer(&two)).unwrap().max_age, 1);
}

#[test]
fn a_policy_is_strict_where_foreign_scripts_stay_out() {
    let of = |value: &str| csp(&answer(&[("content-security-policy", value)]), &[]);
    for strict in [
        "default-src 'self'",
        "script-src 'self' https://cdn.example.jp; object-src 'none'",
        "script-src 'nonce-abc' 'unsafe-inline' 'strict-dynamic' https:",
        "img-src *, default-src 'none'",
    ] {
        assert_eq!(of(strict), "strict", "{strict}");
    }
    for weak in [
        "img-src 'self'",
        "default-src *",
        "script-src 'self' 'unsafe-inline'",
        "script-src https:",
        "script-src 'strict-dynamic' https:",
        "script-src 'self' data:; default-src 'none'",
    ] {
        assert_eq!(of(weak), "weak", "{weak}");
    }
    assert_eq!(of(""), "none");
    assert_eq!(csp(&answer(&[]), &["default-src 'self'".to_owned()]), "strict");
    assert_eq!(
        csp(&answer(&[("content-security-policy-report-only", "default-src 'self'")]), &[]),
        "report_only"
    );
}

#[test]
fn the_newer_header_on_frames_takes_the_place_of_the_older() {
    let of = |csp: &str, old: &str| {
        let headers = [("content-security-policy", csp), ("x-frame-options", old)];
        frames(&answer(&headers))
    };
    assert_eq!(of("", "DENY"), "denied");
    assert_eq!(of("", "sameorigin"), "same_origin");
    assert_eq!(of("", "ALLOW-FROM https://a.example.jp"), "none");
    assert_eq!(of("frame-ancestors 'none'", ""), "denied");
    assert_eq!(of("frame-ancestors 'self'", "DENY"), "same_origin");
    assert_eq!(of("frame-ancestors *", "DENY"), "none");
    assert_eq!(of("frame-ancestors 'self' https://a.example.jp", ""), "listed_sites");
    assert_eq!(of("frame-ancestors *, frame-ancestors 'self'", ""), "same_origin");
    assert_eq!(of("default-src 'self'", "DENY"), "denied");
}

#[test]
fn the_last_known_referrer_policy_counts() {
    let of = |value: &str, page| referrer(&answer(&[("referrer-policy", value)]), page);
    assert_eq!(of("no-referrer, strict-origin-when-cross-origin", None), "strict-origin-when-cross-origin");
    assert_eq!(of("Same-Origin, from-the-future", None), "same-origin");
    assert_eq!(of("nonsense", Some("no-referrer")), "no-referrer");
    assert_eq!(of("", None), "none");
}

#[test]
fn only_editions_are_given_away() {
    let headers = [("server", "nginx/1.22.1"), ("x-powered-by", "PHP"), ("server", "nginx/1.22.1")];
    assert_eq!(versions(&answer(&headers), Some("WordPress 6.4")), ["WordPress 6.4", "nginx/1.22.1"]);
    assert!(versions(&answer(&[("server", "nginx")]), None).is_empty());
}

#[test]
fn each_problem_of_a_cookie_is_named() {
    let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let of = |value: &str| cookie_problems(&answer(&[("set-cookie", value)]), now, 365);
    assert!(of("s=1; Secure; HttpOnly; SameSite=Lax").is_empty());
    assert_eq!(of("s=1"), ["no_same_site", "not_http_only", "not_secure"]);
    assert_eq!(of("s=1; secure; httponly; samesite=None"), ["no_same_site"]);
    assert_eq!(of("s=1; Secure; HttpOnly; SameSite=Strict; Max-Age=40000000"), ["long_lived"]);
    let later = "s=1; Secure; HttpOnly; SameSite=Strict; Expires=Wed, 01 Jan 2031 00:00:00 GMT";
    assert_eq!(of(later), ["long_lived"]);
    assert!(of("s=; Max-Age=0").is_empty());
    assert!(of("s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT").is_empty());
}

#[test]
fn a_clock_is_off_by_what_neither_way_nor_rounding_explains() {
    let answered: Timestamp = "2026-11-20T00:01:00Z".parse().unwrap();
    let of = |date: &str| clock_difference(&Kept { answered, ..answer(&[("date", date)]) });
    assert_eq!(of("Fri, 20 Nov 2026 00:01:00 GMT"), Some(0));
    assert_eq!(of("Fri, 20 Nov 2026 00:00:59 GMT"), Some(0));
    assert_eq!(of("Fri, 20 Nov 2026 00:03:01 GMT"), Some(120));
    assert_eq!(of("Thu, 19 Nov 2026 23:59:00 GMT"), Some(119));
    assert_eq!(of("yesterday"), None);
}
