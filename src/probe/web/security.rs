//! security.txt (RFC 9116): whom to tell of a weakness, and whether that is still meant.

use jiff::Timestamp;

use super::site::Site;
use super::unexpected;
use crate::probe::state::State;
use crate::wire::visit::{Purpose, SecurityTxt};

const PATH: &str = "/.well-known/security.txt";

/// How the address of somebody to tell begins.
const KINDS: [&str; 3] = ["https://", "mailto:", "tel:"];

/// Fields of one kind that are looked at, at most.
const MOST_FIELDS: usize = 20;
const LONGEST_FIELD: usize = 100;

pub async fn look(site: &Site<'_>, now: Timestamp) -> State {
    let Some(url) = site.front(true).and_then(|front| front.join(PATH).ok()) else { return State::Absent };
    let walk = site.walk(url, Purpose::SecurityTxt, |_| false).await;
    let Some(answer) = walk.page() else { return State::Unknown(walk.why_not()) };
    match answer.status {
        200..=299 => {
            let fields = answer.body.security_txt.clone().unwrap_or_default();
            State::text(judged(answer.header("content-type").unwrap_or_default(), &fields, now))
        }
        401 | 403 | 404 | 410 => State::text("none"),
        status => State::Unknown(unexpected(status)),
    }
}

/// What facts are read from. Of an address whom to tell, no more than its kind.
pub(super) fn fields(text: &str) -> SecurityTxt {
    let field = |name: &'static str| {
        let of = move |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        text.lines().filter_map(of).take(MOST_FIELDS)
    };
    let kind = |contact: String| {
        let contact = contact.to_ascii_lowercase();
        KINDS.into_iter().find(|kind| contact.starts_with(kind)).unwrap_or("other").to_owned()
    };
    let short = |text: String| text.chars().take(LONGEST_FIELD).collect();
    SecurityTxt {
        contacts: field("contact").map(kind).collect(),
        expires: field("expires").map(short).collect(),
    }
}

/// `none` where something else is shown in its place, as by servers that answer everything.
fn judged(kind: &str, fields: &SecurityTxt, now: Timestamp) -> &'static str {
    let SecurityTxt { contacts, expires: ends } = fields;
    if kind.to_ascii_lowercase().contains("html") || (contacts.is_empty() && ends.is_empty()) {
        return "none";
    }
    let is_address = |contact: &String| KINDS.contains(&contact.as_str());
    let end = match ends.as_slice() {
        [one] => one.parse::<Timestamp>().ok(),
        _ => None,
    };
    match end {
        Some(end) if end <= now => "expired",
        Some(_) if contacts.iter().any(is_address) => "valid",
        _ => "faulty",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_counts_until_it_ends() {
        let now: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        let of = |text: &str| judged("text/plain; charset=utf-8", &fields(text), now);
        assert_eq!(of("Contact: mailto:security@example.jp\nExpires: 2027-01-01T00:00:00Z\n"), "valid");
        assert_eq!(
            of("contact: https://example.jp/report\r\nexpires: 2027-01-01T09:00:00+09:00\r\n"),
            "valid"
        );
        assert_eq!(of("Contact: mailto:security@example.jp\nExpires: 2026-11-20T00:00:00Z\n"), "expired");
        assert_eq!(of("Contact: mailto:security@example.jp\n"), "faulty");
        assert_eq!(of("Contact: security@example.jp\nExpires: 2027-01-01T00:00:00Z\n"), "faulty");
        assert_eq!(of("Expires: 2027-01-01T00:00:00Z\nExpires: 2028-01-01T00:00:00Z\n"), "faulty");
        assert_eq!(of("Hello"), "none");
        assert_eq!(judged("text/html", &fields("Contact: mailto:a@example.jp"), now), "none");
    }
}
