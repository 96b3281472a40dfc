//! What a server says when it sets a cookie.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// One `Set-Cookie`, taken apart. The value is a secret: it is shown nowhere.
pub struct SetCookie<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// Names in lower case.
    attributes: Vec<(String, &'a str)>,
}

impl<'a> SetCookie<'a> {
    pub fn read(header: &'a str) -> SetCookie<'a> {
        let halves = |part: &'a str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim(), value.trim())
        };
        let mut parts = header.split(';').map(halves);
        let (name, value) = parts.next().unwrap_or_default();
        let attributes = parts.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        SetCookie { name, value, attributes }
    }

    /// Of two of one name the later counts, as in browsers.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// Seconds until it goes; nothing where it goes with the browser.
    pub fn lasts(&self, now: Timestamp) -> Option<i64> {
        let age = self.attribute("max-age").and_then(|value| value.parse::<i64>().ok());
        age.or_else(|| {
            let end = rfc2822::DateTimeParser::new().parse_timestamp(self.attribute("expires")?).ok()?;
            Some(end.as_second() - now.as_second())
        })
    }

    /// One that is being taken back is no cookie any more.
    pub fn is_taken_back(&self, now: Timestamp) -> bool {
        self.lasts(now).is_some_and(|left| left <= 0)
    }
}
