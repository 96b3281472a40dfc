//! What the headers of an answer mean. Whatever is malformed counts as not said.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::cookie::SetCookie;
use super::kept::Kept;

/// Strict-Transport-Security.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hsts {
    pub max_age: i64,
    pub include_subdomains: bool,
    pub preload: bool,
}

/// Of the first header, as browsers do. A directive that stands twice makes it worthless.
pub fn hsts(answer: &Kept) -> Option<Hsts> {
    let mut seen: Vec<String> = Vec::new();
    let mut hsts = Hsts { max_age: -1, include_subdomains: false, preload: false };
    for directive in answer.header("strict-transport-security")?.split(';') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        if seen.contains(&name) {
            return None;
        }
        match name.as_str() {
            "max-age" => hsts.max_age = value.trim().trim_matches('"').parse().ok()?,
            "includesubdomains" => hsts.include_subdomains = true,
            "preload" => hsts.preload = true,
            _ => {}
        }
        seen.push(name);
    }
    (hsts.max_age >= 0).then_some(hsts)
}

/// One policy: directives in lower case, each with its sources.
type Policy = Vec<(String, Vec<String>)>;

fn policies<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Policy> {
    let directive = |text: &str| {
        let mut words = text.split_ascii_whitespace().map(str::to_ascii_lowercase);
        let name = words.next()?;
        Some((name, words.collect()))
    };
    let policy = |text: &str| text.split(';').filter_map(directive).collect::<Policy>();
    values.flat_map(|value| value.split(',')).map(policy).filter(|policy| !policy.is_empty()).collect()
}

fn sources<'p>(policy: &'p Policy, name: &str) -> Option<&'p [String]> {
    policy.iter().find(|(known, _)| known == name).map(|(_, sources)| sources.as_slice())
}

/// `none`, `report_only`, `weak` or `strict`. Several policies all count, so one strict one is enough.
pub fn csp(answer: &Kept, in_page: &[String]) -> &'static str {
    let header = policies(answer.all("content-security-policy"));
    let in_page = policies(in_page.iter().map(String::as_str));
    let all: Vec<Policy> = header.into_iter().chain(in_page).collect();
    if all.iter().any(limits_scripts) {
        return "strict";
    }
    match all.is_empty() {
        false => "weak",
        true if answer.header("content-security-policy-report-only").is_some() => "report_only",
        true => "none",
    }
}

/// Whether scripts written into the page and scripts from anywhere are kept out.
fn limits_scripts(policy: &Policy) -> bool {
    let Some(sources) = sources(policy, "script-src").or_else(|| sources(policy, "default-src")) else {
        return false;
    };
    let has = |start: &str| sources.iter().any(|source| source.starts_with(start));
    let is_chosen = has("'nonce-") || has("'sha256-") || has("'sha384-") || has("'sha512-");
    let is_dynamic = has("'strict-dynamic'") && is_chosen;
    let anywhere =
        sources.iter().any(|one| matches!(one.as_str(), "*" | "http:" | "https:" | "data:" | "blob:"));
    let written_in = has("'unsafe-inline'") && !is_chosen;
    !written_in && (!anywhere || is_dynamic)
}

/// `none`, `listed_sites`, `same_origin` or `denied`. The newer header takes the place of the older.
pub fn frames(answer: &Kept) -> &'static str {
    let policies = policies(answer.all("content-security-policy"));
    let ancestors = policies.iter().filter_map(|policy| sources(policy, "frame-ancestors"));
    // Of several, every one has to allow it: the narrowest decides.
    let narrowest =
        ancestors.map(of_ancestors).max_by_key(|word| WIDEST_FIRST.iter().position(|one| one == word));
    narrowest.unwrap_or_else(|| {
        let old = answer.header("x-frame-options").unwrap_or_default().trim().to_ascii_lowercase();
        match old.as_str() {
            "deny" => "denied",
            "sameorigin" => "same_origin",
            _ => "none",
        }
    })
}

const WIDEST_FIRST: [&str; 4] = ["none", "listed_sites", "same_origin", "denied"];

fn of_ancestors(sources: &[String]) -> &'static str {
    match sources {
        [] => "denied",
        [one] if one == "'none'" => "denied",
        [one] if one == "'self'" => "same_origin",
        all if all.iter().any(|one| matches!(one.as_str(), "*" | "http:" | "https:")) => "none",
        _ => "listed_sites",
    }
}

pub fn nosniff(answer: &Kept) -> bool {
    answer.header("x-content-type-options").is_some_and(|value| value.trim().eq_ignore_ascii_case("nosniff"))
}

const REFERRER_POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// The last policy that browsers know, of the header or else of the page.
pub fn referrer(answer: &Kept, in_page: Option<&str>) -> &'static str {
    let known = |word: &str| {
        let word = word.trim().to_ascii_lowercase();
        REFERRER_POLICIES.into_iter().find(|known| *known == word)
    };
    let of = |text: &str| text.rsplit(',').find_map(known);
    let header: Vec<&str> = answer.all("referrer-policy").collect();
    of(&header.join(",")).or_else(|| of(in_page?)).unwrap_or("none")
}

/// Software that says which edition of it runs.
pub fn versions(answer: &Kept, generator: Option<&str>) -> Vec<String> {
    const TELLING: [&str; 5] =
        ["server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator"];
    let headers = TELLING.into_iter().flat_map(|name| answer.all(name));
    let mut all: Vec<String> = headers
        .chain(generator)
        .filter(|value| value.contains(|c: char| c.is_ascii_digit()))
        .map(|value| value.chars().take(100).collect())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// What is wrong with the cookies that an answer sets.
pub fn cookie_problems(answer: &Kept, now: Timestamp, long_lived_days: i64) -> Vec<&'static str> {
    let mut problems = Vec::new();
    for cookie in answer.all("set-cookie") {
        let cookie = SetCookie::read(cookie);
        if cookie.is_taken_back(now) {
            continue;
        }
        let is_same_site = cookie
            .attribute("samesite")
            .is_some_and(|value| ["lax", "strict"].iter().any(|one| value.eq_ignore_ascii_case(one)));
        let checks = [
            ("not_secure", cookie.attribute("secure").is_none()),
            ("not_http_only", cookie.attribute("httponly").is_none()),
            ("no_same_site", !is_same_site),
            ("long_lived", cookie.lasts(now).is_some_and(|left| left > long_lived_days * 86_400)),
        ];
        problems.extend(checks.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(word, _)| word));
    }
    problems.sort_unstable();
    problems.dedup();
    problems
}

/// Whether nothing may keep the answer.
pub fn is_not_stored(answer: &Kept) -> bool {
    let directives = answer.all("cache-control").flat_map(|value| value.split(','));
    directives.into_iter().any(|one| one.trim().eq_ignore_ascii_case("no-store"))
}

/// How many seconds the clock of the server is off ours, whichever way. What the way took is no
/// difference.
pub fn clock_difference(answer: &Kept) -> Option<i64> {
    let says = rfc2822::DateTimeParser::new().parse_timestamp(answer.header("date")?).ok()?;
    let took = i64::try_from(answer.took.as_secs()).unwrap_or(i64::MAX);
    let off = (answer.answered.as_second() - says.as_second()).abs();
    // Both clocks are read to the second.
    Some(off.saturating_sub(took).saturating_sub(1).max(0))
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
