//! What is kept of an answer. Facts are read from this and from nothing else, so that whoever has the
//! transcript comes to the same ones. Of a body it holds what somebody looked for; the body itself may be a
//! patient's or somebody's password, and is forgotten.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use super::client::{Answer, Nothing};
use super::hidden::Hidden;
use super::page::Page;
use super::{exposure, mfa, security, source_map};
use crate::wire::transcript::{Silence, digits};
use crate::wire::visit::{self, Body, Header, Purpose, Request};

/// An answer as it is kept.
pub type Kept = Answer<Body>;

/// Longer titles are cut.
const LONGEST_TITLE: usize = 300;

/// Headers that facts are read from, as they are.
const READ: [&str; 15] = [
    "cache-control",
    "content-security-policy",
    "content-security-policy-report-only",
    "content-type",
    "date",
    "permissions-policy",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-content-type-options",
    "x-frame-options",
    "x-generator",
    "x-powered-by",
];

/// Attributes of cookies that are kept with their values.
const ATTRIBUTES: [&str; 5] = ["expires", "max-age", "path", "domain", "samesite"];

/// A request for an address, given as it is kept, and what came of it.
pub fn request(url: &Url, purpose: Purpose, came: Result<Answer, Nothing>, hidden: &Hidden) -> Request {
    let (answer, end) = match came {
        Ok(answer) => (Some(self::answer(&answer, url, purpose, hidden)), None),
        Err(nothing) => (None, Some(nothing)),
    };
    Request { method: "GET".to_owned(), url: url.to_string(), purpose, answer, end }
}

/// What facts are read from.
pub fn read(request: &Request) -> Result<Kept, Nothing> {
    let nothing = request.end.unwrap_or(Nothing::Silence(Silence::Deadline));
    let answer = request.answer.as_ref().ok_or(nothing)?;
    let value = |header: &Header| Some((header.name.clone(), header.value.clone()?));
    Ok(Answer {
        url: Url::parse(&request.url).map_err(|_| Nothing::NotHttp)?,
        status: answer.status,
        headers: answer.headers.iter().filter_map(value).collect(),
        body: answer.body.clone(),
        is_whole: !answer.body.is_cut,
        answered: answer.time.parse().map_err(|_| Nothing::NotHttp)?,
        took: Duration::from_millis(answer.took),
    })
}

fn answer(raw: &Answer, url: &Url, purpose: Purpose, hidden: &Hidden) -> visit::Answer {
    let answered = Timestamp::from_millisecond(raw.answered.as_millisecond()).unwrap_or(raw.answered);
    visit::Answer {
        status: raw.status,
        headers: raw.headers.iter().map(|(name, value)| header(name, value, raw, hidden)).collect(),
        body: body(raw, url, purpose, hidden),
        time: answered.to_string(),
        took: u64::try_from(raw.took.as_millis()).unwrap_or(u64::MAX),
    }
}

fn header(name: &str, value: &str, raw: &Answer, hidden: &Hidden) -> Header {
    let value = match name {
        "location" => raw.redirect().map(|to| hidden.keep(&to).to_string()),
        "set-cookie" => Some(cookie(value)),
        // What follows the scheme may be a challenge.
        "www-authenticate" => value.split_whitespace().next().map(str::to_owned),
        _ => READ.contains(&name).then(|| without_secrets(value)),
    };
    Header { name: name.to_owned(), value }
}

/// Without its value, and of attributes nobody knows the names alone.
fn cookie(text: &str) -> String {
    let mut parts = text.split(';');
    let name = parts.next().and_then(|first| first.split_once('=')).map(|(name, _)| name.trim());
    let attribute = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is_kept = ATTRIBUTES.contains(&name.trim().to_ascii_lowercase().as_str());
        if is_kept { format!("; {}={}", name.trim(), value.trim()) } else { format!("; {}", name.trim()) }
    };
    format!("{}=", name.unwrap_or_default()) + &parts.map(attribute).collect::<String>()
}

/// Addresses without what stands behind their question marks, policies without what was made up for this one
/// answer.
pub(super) fn without_secrets(value: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '"');
    let mut kept = String::with_capacity(value.len());
    for part in value.split_inclusive(between) {
        let (word, end) = match part.char_indices().next_back() {
            Some((at, last)) if between(last) => part.split_at(at),
            _ => (part, ""),
        };
        match word.get(..7) {
            Some(start) if start.eq_ignore_ascii_case("'nonce-") => kept.push_str("'nonce-'"),
            _ => kept.push_str(&without_account(word.split('?').next().unwrap_or_default())),
        }
        kept.push_str(end);
    }
    kept
}

/// An address without the name and password before its host.
fn without_account(word: &str) -> Cow<'_, str> {
    let parts = word.split_once("//").and_then(|(scheme, rest)| {
        let host = rest.split('/').next().unwrap_or_default().rfind('@')?;
        Some((scheme, rest.get(host + 1..)?))
    });
    parts.map_or(Cow::Borrowed(word), |(scheme, rest)| format!("{scheme}//{rest}").into())
}

fn body(raw: &Answer, url: &Url, purpose: Purpose, hidden: &Hidden) -> Body {
    let text = raw.text();
    let mut body = Body {
        length: u64::try_from(raw.body.len()).unwrap_or(u64::MAX),
        sha256: digits(&Sha256::digest(&raw.body)),
        is_cut: !raw.is_whole,
        is_blank: text.trim().is_empty(),
        ..Body::default()
    };
    match purpose {
        Purpose::Script => body.source_map = source_map::named_by(raw, hidden),
        Purpose::SecurityTxt => body.security_txt = Some(security::fields(&text)),
        Purpose::PasskeyEndpoints => body.names_passkey_endpoints = mfa::names_endpoints(&raw.body),
        Purpose::Page if raw.redirect().is_some() => {}
        Purpose::Page | Purpose::Listed | Purpose::Nowhere | Purpose::Folder | Purpose::SourceMap => {
            let lower = text.to_lowercase();
            let sought = exposure::sought(purpose, url);
            if sought.title || purpose == Purpose::Page {
                let page = Page::read(&text, &raw.url);
                body.title = page.title.chars().take(LONGEST_TITLE).collect();
                body.page = (purpose == Purpose::Page).then(|| page.kept(&raw.url, hidden));
            }
            body.words =
                sought.words.into_iter().filter(|word| lower.contains(*word)).map(str::to_owned).collect();
            let begins = sought.begins.into_iter().filter(|start| raw.body.starts_with(start.as_bytes()));
            body.begins = begins.map(str::to_owned).collect();
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_cookie_its_name_and_what_it_is_kept_for_remain() {
        for (said, kept) in [
            ("s=secret; Secure; HttpOnly; SameSite=Lax", "s=; Secure; HttpOnly; SameSite=Lax"),
            ("s=a=secret;Max-Age=10 ; secret=secret", "s=; Max-Age=10; secret"),
            ("secret", "="),
            ("", "="),
        ] {
            assert_eq!(cookie(said), kept);
        }
    }

    #[test]
    fn policies_keep_what_they_mean() {
        let said =
            "script-src 'nonce-secret' 'self'; report-uri https://a.example.jp/csp?token=secret, img-src *";
        let kept = "script-src 'nonce-' 'self'; report-uri https://a.example.jp/csp, img-src *";
        assert_eq!(without_secrets(said), kept);
        assert_eq!(without_secrets("max-age=1; includeSubDomains"), "max-age=1; includeSubDomains");
        assert_eq!(without_secrets("見本"), "見本");
        let account = "report-uri https://key:sec@ret@report.example.jp/csp/@me?x; img-src //u@a.example.jp";
        assert_eq!(
            without_secrets(account),
            "report-uri https://report.example.jp/csp/@me; img-src //a.example.jp"
        );
    }
}
