//! Signs of a second factor: those that anybody can see without signing in, which are hints, for what
//! is advertised need not be asked for; and those in files that were handed in.

use jiff::Timestamp;

use super::kept::Kept;
use super::measures::measures;
use super::page::Page;
use super::site::{Site, Walk, nothing};
use super::{issuer, shown, unexpected};
use crate::model::message::Message;
use crate::msg;
use crate::probe::state::State;
use crate::wire::visit::{Discovery, Issuer, Purpose, SignIn};

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    pub seen: Vec<&'static str>,
    /// Why not everything could be looked at.
    pub unseen: Option<Message>,
    /// What a reader should know of the files that were handed in.
    pub remarks: Vec<Message>,
}

pub async fn look(
    site: &Site,
    front: &Walk,
    seen: Option<&(&Kept, Page)>,
    others: (Option<&Issuer>, &SignIn),
    now: Timestamp,
) -> Signs {
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
    match has_passkey_endpoints(site).await {
        Ok(true) => signs.seen.push("passkey_endpoints"),
        Ok(false) => {}
        Err(why) => signs.unseen = signs.unseen.or(Some(why)),
    }
    let (issuer, sign_in) = others;
    match issuer.map(|issuer| &issuer.discovery) {
        Some(Discovery::Advertises(values)) => {
            let advertises = issuer::speaks_of_factors(values);
            signs.seen.extend(advertises.then_some("advertised_in_discovery"));
        }
        Some(other) => signs.unseen = signs.unseen.or_else(|| issuer::why_not(other)),
        None => {}
    }
    shown::add(&mut signs, sign_in, issuer, now);
    signs
}

/// The facts, with what TLS has shown of client certificates.
pub fn facts(mut signs: Signs, client_certificate: Option<&str>) -> [(&'static str, State); 2] {
    match client_certificate {
        Some("required") => signs.seen.push("client_certificate_required"),
        Some("requested") => signs.seen.push("client_certificate_requested"),
        _ => {}
    }
    let highest = signs.seen.iter().filter_map(|sign| measures().levels.get(*sign)).max();
    let level = match (highest, &signs.unseen) {
        (Some(level), _) => State::number(*level),
        (None, Some(why)) => State::Unknown(why.clone()),
        (None, None) => State::number(0),
    };
    let warns = signs.seen.iter().any(|sign| measures().warnings.iter().any(|one| one == sign));
    let mut seen: Vec<String> = signs.seen.into_iter().map(str::to_owned).collect();
    seen.sort();
    let observations = match signs.unseen {
        Some(why) if seen.is_empty() => State::Unknown(why),
        // That nothing bad is among them says nothing while some are missing.
        Some(why) if !warns => State::Unknown(msg!("probe.broken_off", found = seen, why = why)),
        _ => State::list(seen),
    };
    [("mfa.level", level), ("mfa.observations", observations)]
}

fn asks_for_basic(answer: &Kept) -> bool {
    let schemes = answer.all("www-authenticate");
    let is_basic = |value: &str| value.trim_start().to_ascii_lowercase().starts_with("basic");
    answer.status == 401 && schemes.into_iter().any(is_basic)
}

/// A document that tells password managers where passkeys are made.
async fn has_passkey_endpoints(site: &Site) -> Result<bool, Message> {
    let url = site.front(true).and_then(|front| front.join("/.well-known/passkey-endpoints").ok());
    let Some(url) = url else { return Ok(false) };
    let answer = site.get(&url, Purpose::PasskeyEndpoints).await.map_err(nothing)?;
    if answer.is_no_word() {
        return Err(unexpected(answer.status));
    }
    Ok(answer.is_fine() && answer.body.names_passkey_endpoints)
}

pub(super) fn names_endpoints(body: &[u8]) -> bool {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let is_text = |key: &str| json.as_ref().and_then(|json| json.get(key)).is_some_and(|one| one.is_string());
    ["enroll", "manage"].into_iter().any(is_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fact::Value;

    fn level(signs: &[&'static str], unseen: bool, certificate: Option<&str>) -> State {
        let unseen = unseen.then(|| msg!("undecided.no_reason"));
        let [(_, level), _] = facts(Signs { seen: signs.to_vec(), unseen, remarks: Vec::new() }, certificate);
        level
    }

    #[test]
    fn a_partial_list_is_no_list_unless_something_on_it_is_amiss() {
        let of = |signs: &[&'static str]| {
            let unseen = Some(msg!("undecided.no_reason"));
            let [_, (_, seen)] = facts(Signs { seen: signs.to_vec(), unseen, remarks: Vec::new() }, None);
            seen
        };
        assert!(matches!(of(&["passkey_endpoints"]), State::Unknown(_)));
        assert!(matches!(of(&["passkey_endpoints", "basic_authentication"]), State::Known(_)));
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
        assert_eq!(level(&["document_named"], true, None), State::Known(Value::Integer(3)));
        assert_eq!(
            level(&["passkey_field", "token_several_factors"], false, None),
            State::Known(Value::Integer(4))
        );
        assert_eq!(level(&["recording_one_factor"], false, None), State::Known(Value::Integer(0)));
    }
}
