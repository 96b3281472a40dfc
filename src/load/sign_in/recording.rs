//! Reads a recorded sign-in (HAR): whether a password, a one-time code or a passkey was sent to the
//! target and taken. Values are looked at and forgotten.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::meaning;
use crate::model::message::Message;
use crate::model::sign_in::{Factors, Recording};
use crate::msg;

/// Fields of one request that are looked at, and how deep in JSON they may stand.
const MOST_FIELDS: usize = 1000;
const DEEPEST: usize = 8;

#[derive(Debug, Deserialize)]
struct Har {
    log: Log,
}

#[derive(Debug, Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    started_date_time: String,
    request: Request,
    response: Response,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    url: String,
    post_data: Option<PostData>,
}

#[derive(Debug, Deserialize)]
struct PostData {
    #[serde(default)]
    text: String,
    #[serde(default)]
    params: Vec<Param>,
}

#[derive(Debug, Deserialize)]
struct Param {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Deserialize)]
struct Response {
    status: i64,
}

/// What was shown to get in.
#[derive(Debug, Default)]
struct Shown {
    password: bool,
    code: bool,
    passkey: bool,
    /// The passkey was opened by a finger, a face or a PIN.
    verified: bool,
}

/// `hosts` are those whose sign-in it is; what went to others is passed over.
pub fn recording(text: &str, hosts: &[String], digest: String) -> Result<Recording, Message> {
    let har: Har = serde_json::from_str(text).map_err(|_| msg!("sign_in.not_a_recording"))?;
    let mut shown = Shown::default();
    let mut at: Option<Timestamp> = None;
    for entry in &har.log.entries {
        let host = Url::parse(&entry.request.url).ok().and_then(|url| url.host_str().map(str::to_lowercase));
        let is_ours = host.is_some_and(|host| hosts.contains(&host));
        let is_taken = (200..400).contains(&entry.response.status);
        let Some(data) = entry.request.post_data.as_ref().filter(|_| is_ours && is_taken) else { continue };
        if shown.add(&fields(data)) {
            // The first exchange that counts is the oldest part of the proof.
            let moment = entry.started_date_time.parse().ok();
            at = if at.is_none() { moment } else { at };
        }
    }
    Ok(Recording { digest, at, factors: shown.factors() })
}

impl Shown {
    /// Whether the fields of one request show anything.
    fn add(&mut self, fields: &[(String, String)]) -> bool {
        let names = &meaning().fields;
        let has = |known: &[String], holds: &dyn Fn(&str) -> bool| {
            fields.iter().any(|(name, value)| known.contains(name) && holds(value))
        };
        let is_code =
            |value: &str| (4..=8).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
        let password = has(&names.password, &|value| !value.is_empty());
        let code = has(&names.one_time_code, &is_code);
        let named = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let data = named("authenticatordata").filter(|_| named("signature").is_some());
        self.password |= password;
        self.code |= code;
        self.passkey |= data.is_some();
        self.verified |= data.is_some_and(|data| is_verified(data));
        password || code || data.is_some()
    }

    fn factors(&self) -> Option<Factors> {
        let has_it = self.code || self.passkey;
        match (self.password, has_it) {
            (true, true) => Some(Factors::Several),
            (false, true) if self.verified => Some(Factors::Several),
            (false, false) => None,
            _ => Some(Factors::One),
        }
    }
}

/// The flag for a verified user, in the byte after the digest of the host.
fn is_verified(data: &str) -> bool {
    let data = data.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(data).or_else(|_| STANDARD_NO_PAD.decode(data)).unwrap_or_default();
    bytes.get(32).is_some_and(|flags| flags & 4 != 0)
}

/// Names and values, of a form or of JSON.
fn fields(data: &PostData) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let of_params = data.params.iter().map(|param| (plain(&param.name), param.value.clone()));
    found.extend(of_params.take(MOST_FIELDS));
    match serde_json::from_str::<Value>(&data.text) {
        Ok(json) => collect(&json, "", 0, &mut found),
        Err(_) => {
            let pairs = url::form_urlencoded::parse(data.text.as_bytes());
            found.extend(pairs.take(MOST_FIELDS).map(|(name, value)| (plain(&name), value.into_owned())));
        }
    }
    found
}

fn collect(json: &Value, name: &str, depth: usize, into: &mut Vec<(String, String)>) {
    if depth > DEEPEST || into.len() >= MOST_FIELDS {
        return;
    }
    match json {
        Value::Object(all) => all.iter().for_each(|(name, value)| collect(value, name, depth + 1, into)),
        Value::Array(all) => all.iter().for_each(|value| collect(value, name, depth + 1, into)),
        Value::String(text) => into.push((plain(name), text.clone())),
        Value::Number(number) => into.push((plain(name), number.to_string())),
        _ => {}
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(host: &str, status: u16, text: &str) -> Value {
        serde_json::json!({
            "startedDateTime": "2026-11-20T09:00:00.000Z",
            "request": {"method": "POST", "url": format!("https://{host}/login"), "postData": {"mimeType": "x", "text": text}},
            "response": {"status": status},
        })
    }

    fn factors(entries: &[Value]) -> Option<Factors> {
        let text = serde_json::json!({"log": {"entries": entries}}).to_string();
        recording(&text, &["id.example.jp".to_owned()], String::new()).unwrap().factors
    }

    #[test]
    fn what_was_sent_and_taken_counts() {
        let here = |status: u16, text: &str| entry("id.example.jp", status, text);
        let password = || here(302, "user=a&password=b");
        let with = |second: Value| factors(&[password(), second]);
        assert_eq!(factors(&[password()]), Some(Factors::One));
        assert_eq!(with(here(200, r#"{"otp": "123456"}"#)), Some(Factors::Several));
        assert_eq!(with(here(200, r#"{"data": {"one-time-code": 123456}}"#)), Some(Factors::Several));
        assert_eq!(with(here(401, r#"{"otp": "123456"}"#)), Some(Factors::One), "refused");
        assert_eq!(with(entry("other.example.jp", 200, "otp=123456")), Some(Factors::One), "of another host");
        assert_eq!(with(here(200, "code=SplxlOBeZQQYbYS6WxSbIA")), Some(Factors::One), "a code of OAuth");
        assert_eq!(factors(&[here(200, "q=x")]), None);
        let passkey = |flags: u8| {
            let data = [&[0; 32][..], &[flags, 0, 0, 0, 1]].concat();
            let data = URL_SAFE_NO_PAD.encode(data);
            here(200, &format!(r#"{{"response": {{"authenticatorData": "{data}", "signature": "x"}}}}"#))
        };
        assert_eq!(factors(&[passkey(5)]), Some(Factors::Several));
        assert_eq!(factors(&[passkey(1)]), Some(Factors::One));
        assert_eq!(with(passkey(1)), Some(Factors::Several));
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        for text in ["", "{}", "[]", r#"{"log": {"entries": [{}]}}"#, &"[".repeat(1000)] {
            assert!(recording(text, &[], String::new()).is_err());
        }
    }
}
