//! Signs of a second factor that anybody can see without signing in. They are hints: that something is
//! advertised does not say that it is asked for.

use url::Url;

use super::Visit;
use super::client::{Answer, Client};
use super::page::Page;
use super::site::{Site, Walk};
use crate::model::message::Message;
use crate::probe::state::State;

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    pub seen: Vec<&'static str>,
    /// Why not everything could be looked at.
    pub unseen: Option<Message>,
}

/// Signs by which somebody advertises a second factor.
const ADVERTISING: [&str; 6] = [
    "advertised_in_discovery",
    "passkey_endpoints",
    "one_time_code_field",
    "passkey_field",
    "passkey_script",
    "client_certificate_required",
];

/// How surely a second factor is in use, where it is advertised.
const ADVERTISED: i64 = 2;

pub async fn look(site: &Site, front: &Walk, seen: Option<&(&Answer, Page)>, visit: &Visit<'_>) -> Signs {
    let mut signs = Signs::default();
    match seen {
        Some((answer, page)) => {
            let marks = [
                ("one_time_code_field", page.has_one_time_code),
                ("passkey_field", page.has_passkey_field),
                ("passkey_script", page.has_passkey_script),
                ("basic_authentication", asks_for_basic(answer)),
            ];
            signs.seen.extend(marks.into_iter().filter(|(_, is_there)| *is_there).map(|(word, _)| word));
        }
        None => signs.unseen = Some(front.why_not()),
    }
    if has_passkey_endpoints(site).await {
        signs.seen.push("passkey_endpoints");
    }
    if let Some(issuer) = visit.target.issuer()
        && advertises(issuer, visit).await
    {
        signs.seen.push("advertised_in_discovery");
    }
    signs
}

/// The facts, with what TLS has shown of client certificates.
pub fn facts(mut signs: Signs, client_certificate: Option<&str>) -> [(&'static str, State); 2] {
    match client_certificate {
        Some("required") => signs.seen.push("client_certificate_required"),
        Some("requested") => signs.seen.push("client_certificate_requested"),
        _ => {}
    }
    let level = match (signs.seen.iter().any(|sign| ADVERTISING.contains(sign)), &signs.unseen) {
        (true, _) => State::number(ADVERTISED),
        (false, Some(why)) => State::Unknown(why.clone()),
        (false, None) => State::number(0),
    };
    let mut seen: Vec<String> = signs.seen.into_iter().map(str::to_owned).collect();
    seen.sort();
    let observations = match signs.unseen {
        Some(why) if seen.is_empty() => State::Unknown(why),
        _ => State::list(seen),
    };
    [("mfa.level", level), ("mfa.observations", observations)]
}

fn asks_for_basic(answer: &Answer) -> bool {
    let schemes = answer.all("www-authenticate");
    let is_basic = |value: &str| value.trim_start().to_ascii_lowercase().starts_with("basic");
    answer.status == 401 && schemes.into_iter().any(is_basic)
}

/// A document that tells password managers where passkeys are made.
async fn has_passkey_endpoints(site: &Site) -> bool {
    let url = site.front(true).and_then(|front| front.join("/.well-known/passkey-endpoints").ok());
    let Some(url) = url else { return false };
    let Ok(answer) = site.get(&url).await else { return false };
    let json: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    let names = |json: serde_json::Value| {
        ["enroll", "manage"].iter().any(|key| json.get(key).is_some_and(|one| one.is_string()))
    };
    answer.is_fine() && json.is_some_and(names)
}

/// Whether an issuer of OpenID Connect speaks of methods with more than one factor.
async fn advertises(issuer: &Url, visit: &Visit<'_>) -> bool {
    let path = format!("{}/.well-known/openid-configuration", issuer.as_str().trim_end_matches('/'));
    let (Ok(url), Some(host)) = (Url::parse(&path), issuer.host_str()) else { return false };
    let is_here = host.eq_ignore_ascii_case(&visit.target.place().host);
    let address = is_here.then_some(visit.address);
    let Some(client) = Client::new(host, address, visit.deadline) else { return false };
    match client.get(&url).await {
        Ok(answer) if answer.is_fine() => speaks_of_factors(&answer.body),
        _ => false,
    }
}

fn speaks_of_factors(discovery: &[u8]) -> bool {
    const FACTORS: [&str; 8] = ["mfa", "otp", "hwk", "swk", "phr", "phrh", "webauthn", "fido"];
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(discovery) else { return false };
    let lists = ["acr_values_supported", "amr_values_supported"];
    let values =
        lists.iter().filter_map(|key| json.get(key)?.as_array()).flatten().filter_map(|one| one.as_str());
    // Values are names or addresses that end in one.
    let word = |value: &str| value.rsplit(['/', ':', '#']).next().unwrap_or_default().to_ascii_lowercase();
    values.map(word).any(|value| FACTORS.contains(&value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fact::Value;
    use crate::msg;

    fn level(signs: &[&'static str], unseen: bool, certificate: Option<&str>) -> State {
        let unseen = unseen.then(|| msg!("undecided.no_reason"));
        let [(_, level), _] = facts(Signs { seen: signs.to_vec(), unseen }, certificate);
        level
    }

    #[test]
    fn what_is_advertised_is_no_more_than_that_and_what_was_not_seen_is_not_nothing() {
        assert_eq!(level(&["passkey_field"], false, None), State::Known(Value::Integer(2)));
        assert_eq!(level(&[], false, Some("required")), State::Known(Value::Integer(2)));
        assert_eq!(
            level(&["basic_authentication"], false, Some("requested")),
            State::Known(Value::Integer(0))
        );
        assert_eq!(level(&[], false, None), State::Known(Value::Integer(0)));
        assert!(matches!(level(&[], true, None), State::Unknown(_)));
    }

    #[test]
    fn discovery_speaks_of_factors_by_name() {
        assert!(speaks_of_factors(br#"{"acr_values_supported": ["1", "http://schemas.example.com/mfa"]}"#));
        assert!(speaks_of_factors(br#"{"acr_values_supported": ["urn:example:OTP"]}"#));
        assert!(!speaks_of_factors(br#"{"acr_values_supported": ["0", "1"], "issuer": "mfa"}"#));
        assert!(!speaks_of_factors(b"[1,2]") && !speaks_of_factors(b"<html>mfa"));
    }
}
