//! Reads what a registry answers over RDAP (RFC 9083), about a domain and about an address.

use std::net::IpAddr;

use jiff::civil::Date;
use serde_json::Value;

use super::whois::{date, locks_transfer};
use super::{MOST_STATUS, Registration, shortened};
use crate::model::message::Message;
use crate::msg;

const ACTION: &str = "eventAction";
const EXPIRATION: &str = "expiration";
const DATE: &str = "eventDate";

/// Words of a status and dates that are kept, at most. Two dates are one too many.
const MOST_WORDS: usize = 200;
const MOST_EVENTS: usize = 2;

/// The one domain that it is about.
pub fn domain(body: &[u8]) -> Result<Registration, Message> {
    let json: Value = serde_json::from_slice(body).map_err(|_| msg!("domain.unreadable"))?;
    let name = text(&json, "ldhName").filter(|_| text(&json, "objectClassName") == Some("domain"));
    let Some(name) = name else { return Err(msg!("domain.unreadable")) };
    let words = json.get("status").and_then(Value::as_array);
    let words: Option<Vec<&str>> = words.map(|all| all.iter().filter_map(Value::as_str).collect());
    let lock = words.as_ref().map(|words| words.iter().any(|word| locks_transfer(word)));
    let status = words.unwrap_or_default().into_iter().take(MOST_STATUS).map(shortened).collect();
    let domain = name.trim_end_matches('.').to_lowercase();
    Ok(Registration { domain, expires: expires(&json), lock, status })
}

/// The fields that facts are read from, as a document of their own; nothing of what is no document. Who
/// registered it, and whom to write to, is not among them.
pub fn kept(body: &[u8]) -> String {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let mut kept = serde_json::Map::new();
    for key in ["objectClassName", "ldhName", "startAddress", "endAddress", "country"] {
        kept.extend(text(&json, key).map(|value| (key.to_owned(), shortened(value).into())));
    }
    if let Some(words) = json.get("status").and_then(Value::as_array) {
        let words = words.iter().filter_map(Value::as_str).take(MOST_WORDS);
        kept.insert("status".to_owned(), words.map(shortened).collect());
    }
    let events = json.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_end = events.iter().filter(|event| text(event, ACTION) == Some(EXPIRATION)).take(MOST_EVENTS);
    let event = |event: &Value| {
        let date = text(event, DATE).map(shortened);
        serde_json::json!({ ACTION: EXPIRATION, DATE: date })
    };
    kept.insert("events".to_owned(), of_end.map(event).collect());
    Value::Object(kept).to_string()
}

fn expires(json: &Value) -> Result<Date, Message> {
    let events = json.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut dates = events.iter().filter(|event| text(event, ACTION) == Some(EXPIRATION));
    match (dates.next(), dates.next()) {
        (Some(event), None) => text(event, DATE).and_then(date).ok_or_else(|| msg!("domain.date_unclear")),
        (None, _) => Err(msg!("domain.no_date")),
        _ => Err(msg!("domain.date_unclear")),
    }
}

/// The country that the network of an address was given out for.
pub fn country(body: &[u8], address: IpAddr) -> Result<String, Message> {
    let json: Value = serde_json::from_slice(body).map_err(|_| msg!("domain.unreadable"))?;
    if text(&json, "objectClassName") != Some("ip network") || !covers(&json, address) {
        return Err(msg!("domain.unreadable"));
    }
    let country = text(&json, "country").and_then(code);
    country.ok_or_else(|| msg!("location.not_said"))
}

/// Two letters, as ISO 3166 has them.
pub fn code(word: &str) -> Option<String> {
    let is_code = word.len() == 2 && word.chars().all(|c| c.is_ascii_alphabetic());
    is_code.then(|| word.to_ascii_uppercase())
}

fn covers(json: &Value, address: IpAddr) -> bool {
    let end = |key: &str| text(json, key).and_then(|word| word.parse::<IpAddr>().ok());
    match (end("startAddress"), end("endAddress")) {
        (Some(first), Some(last)) => {
            first.is_ipv4() == address.is_ipv4() && (first..=last).contains(&address)
        }
        _ => false,
    }
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = r#"{"objectClassName":"domain","ldhName":"EXAMPLE.COM",
        "status":["client transfer prohibited","client delete prohibited"],
        "events":[{"eventAction":"registration","eventDate":"1995-08-14T04:00:00Z"},
                  {"eventAction":"registrar expiration","eventDate":"2026-08-13T04:00:00Z"},
                  {"eventAction":"expiration","eventDate":"2027-08-13T04:00:00Z"}]}"#;

    #[test]
    fn a_domain_has_a_date_a_lock_and_a_status() {
        let seen = domain(DOMAIN.as_bytes()).unwrap();
        assert_eq!((seen.domain.as_str(), seen.expires), ("example.com", Ok(jiff::civil::date(2027, 8, 13))));
        assert_eq!((seen.lock, seen.status.len()), (Some(true), 2));
        let open = domain(DOMAIN.replace("client transfer prohibited", "active").as_bytes()).unwrap();
        assert_eq!(open.lock, Some(false));
        let silent = domain(DOMAIN.replace("\"status\"", "\"state\"").as_bytes()).unwrap();
        assert_eq!(silent.lock, None, "nothing was said about locks");
        let dateless = domain(DOMAIN.replace("\"expiration\"", "\"expired\"").as_bytes()).unwrap();
        assert_eq!(dateless.expires.unwrap_err().id, "domain.no_date");
        let misdated = domain(DOMAIN.replace("2027-08-13T04:00:00Z", "soon").as_bytes()).unwrap();
        assert_eq!(misdated.expires.unwrap_err().id, "domain.date_unclear");
    }

    #[test]
    fn what_is_kept_says_the_same() {
        let twice = DOMAIN.replace("registrar expiration", "expiration");
        for body in [DOMAIN, &twice, &DOMAIN.replace("\"status\"", "\"state\""), "{}", "[1]", "no"] {
            assert_eq!(domain(kept(body.as_bytes()).as_bytes()), domain(body.as_bytes()), "{body}");
        }
        assert!(!kept(DOMAIN.as_bytes()).contains("1995"));
    }

    #[test]
    fn what_is_no_domain_says_nothing() {
        let deep = "[".repeat(100_000);
        for body in ["", "{}", "[]", "null", "{\"objectClassName\":\"entity\",\"ldhName\":\"a\"}", &deep] {
            assert_eq!(domain(body.as_bytes()).unwrap_err().id, "domain.unreadable");
        }
    }

    #[test]
    fn a_country_counts_for_the_addresses_of_its_network() {
        let network = |country: &str| {
            format!(
                r#"{{"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.255","country":{country}}}"#
            )
        };
        let address = "192.0.2.10".parse().unwrap();
        assert_eq!(country(network("\"jp\"").as_bytes(), address), Ok("JP".to_owned()));
        assert_eq!(country(network("\"Japan\"").as_bytes(), address).unwrap_err().id, "location.not_said");
        assert_eq!(country(network("null").as_bytes(), address).unwrap_err().id, "location.not_said");
        let other = "198.51.100.1".parse().unwrap();
        assert_eq!(country(network("\"JP\"").as_bytes(), other).unwrap_err().id, "domain.unreadable");
        let six = "::1".parse().unwrap();
        assert_eq!(country(network("\"JP\"").as_bytes(), six).unwrap_err().id, "domain.unreadable");
    }
}
