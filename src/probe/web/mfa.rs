//! Signs of a second factor: those that anybody can see without signing in, which are hints, for what
//! is advertised need not be asked for; and those in files that were handed in.

use jiff::Timestamp;

use super::kept::Kept;
use super::measures::measures;
use super::page::Page;
use super::site::{Site, Walk, nothing};
use super::trial::{Account, Ended};
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
    /// Whose password opened the system by itself, where that was tried.
    single_factor: Option<State>,
}

impl Signs {
    /// What TLS has shown of client certificates.
    pub fn of_client_certificate(&mut self, word: &str) {
        match word {
            "required" => self.seen.push("client_certificate_required"),
            "requested" => self.seen.push("client_certificate_requested"),
            _ => {}
        }
    }

    /// What became of a test account that had nothing but its password.
    pub fn of_trial(&mut self, whose: Account, ended: &Result<Ended, Message>) {
        let state = match ended {
            Ok(Ended::Refused) => {
                self.seen.push("refused_without_second_factor");
                State::Absent
            }
            Ok(Ended::LetIn) => {
                self.seen.push("accepted_without_second_factor");
                State::list(vec![whose.word().to_owned()])
            }
            Err(why) => {
                self.unseen.get_or_insert_with(|| why.clone());
                self.remarks.push(why.clone());
                State::Unknown(why.clone())
            }
        };
        self.single_factor = Some(state);
    }
}

pub async fn look(
    site: &Site<'_>,
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

pub fn facts(signs: Signs) -> [(&'static str, State); 3] {
    let highest = signs.seen.iter().filter_map(|sign| measures().levels.get(*sign)).max();
    let is_contradicted =
        signs.seen.iter().any(|sign| measures().contradicting.iter().any(|one| one == sign));
    let single_factor = signs.single_factor.unwrap_or_else(|| State::Unknown(msg!("trial.not_asked")));
    let level = match (highest, &signs.unseen) {
        _ if is_contradicted => State::number(0),
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
    [("mfa.level", level), ("mfa.observations", observations), ("mfa.single_factor_sign_in", single_factor)]
}

fn asks_for_basic(answer: &Kept) -> bool {
    let schemes = answer.all("www-authenticate");
    let is_basic = |value: &str| value.trim_start().to_ascii_lowercase().starts_with("basic");
    answer.status == 401 && schemes.into_iter().any(is_basic)
}

/// A document that tells password managers where passkeys are made.
async fn has_passkey_endpoints(site: &Site<'_>) -> Result<bool, Message> {
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

    fn signs(seen: &[&'static str], unseen: bool) -> Signs {
        let unseen = unseen.then(|| msg!("undecided.no_reason"));
        Signs { seen: seen.to_vec(), unseen, ..Signs::default() }
    }

    fn level(seen: &[&'static str], unseen: bool, certificate: &str) -> State {
        let mut signs = signs(seen, unseen);
        signs.of_client_certificate(certificate);
        let [(_, level), ..] = facts(signs);
        level
    }

    #[test]
    fn a_partial_list_is_no_list_unless_something_on_it_is_amiss() {
        let of = |seen: &[&'static str]| {
            let [_, (_, seen), _] = facts(signs(seen, true));
            seen
        };
        assert!(matches!(of(&["passkey_endpoints"]), State::Unknown(_)));
        assert!(matches!(of(&["passkey_endpoints", "basic_authentication"]), State::Known(_)));
    }

    #[test]
    fn what_is_advertised_is_no_more_than_that_and_what_was_not_seen_is_not_nothing() {
        let number = |level| State::Known(Value::Integer(level));
        assert_eq!(level(&["passkey_field"], false, "none"), number(2));
        assert_eq!(level(&[], false, "required"), number(2));
        assert_eq!(level(&["basic_authentication"], false, "requested"), number(0));
        assert_eq!(level(&[], false, "none"), number(0));
        assert!(matches!(level(&[], true, "none"), State::Unknown(_)));
        assert_eq!(level(&["document_named"], true, "none"), number(3));
        assert_eq!(level(&["passkey_field", "token_several_factors"], false, "none"), number(4));
        assert_eq!(level(&["recording_one_factor"], false, "none"), number(0));
    }

    #[test]
    fn a_password_that_was_enough_outweighs_every_other_sign() {
        let tried = |ended: Result<Ended, Message>| {
            let mut signs = signs(&["token_several_factors"], false);
            signs.of_trial(Account::Staff, &ended);
            facts(signs).map(|(_, state)| state)
        };
        let [level, seen, single] = tried(Ok(Ended::LetIn));
        assert_eq!((level, single), (State::number(0), State::list(vec!["staff".to_owned()])));
        assert!(matches!(seen, State::Known(_)));
        let [level, _, single] = tried(Ok(Ended::Refused));
        assert_eq!((level, single), (State::number(5), State::Absent));
        let [level, seen, single] = tried(Err(msg!("undecided.no_reason")));
        assert_eq!(level, State::number(4));
        assert!(matches!((seen, single), (State::Unknown(_), State::Unknown(_))));
        let [_, _, untried] = facts(Signs::default()).map(|(_, state)| state);
        assert!(matches!(untried, State::Unknown(_)));
    }
}
