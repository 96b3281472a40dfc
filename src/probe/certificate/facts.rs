//! The facts about certificates. A server may have several chains, one for each kind of key: the
//! worst of them decides.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::chain::Certificate;
use super::ocsp::Staple;
use super::problems::{Judged, SECONDS_A_DAY, judge};
use super::trust::Roots;
use crate::model::fact::Value;
use crate::model::message::Message;
use crate::msg;
use crate::probe::state::State;
pub use crate::wire::transcript::Revocation as Answered;

/// A chain as a server showed it, leaf first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    pub chain: Vec<Vec<u8>>,
    pub staple: Option<Vec<u8>>,
    /// The server did not prove that it has the key.
    pub unproven: bool,
    pub answered: Answered,
}

/// Every fact of the probe `certificate`.
const KEYS: [&str; 15] = [
    "certificate.trusted",
    "certificate.publicly_trusted",
    "certificate.problems",
    "certificate.name_matches",
    "certificate.not_after",
    "certificate.days_left",
    "certificate.key",
    "certificate.signature",
    "certificate.self_signed",
    "certificate.chain_complete",
    "certificate.chain_ordered",
    "certificate.must_staple",
    "certificate.transparency",
    "certificate.revocation",
    "certificate.validity_days",
];

/// The facts about all chains that a server showed, or about there being none.
pub fn facts(
    shown: &[Shown],
    none: Option<&Message>,
    host: &str,
    roots: &Roots,
    now: i64,
) -> Vec<(&'static str, State)> {
    if shown.is_empty() {
        let why = none.cloned().unwrap_or_else(|| msg!("probe.no_certificate"));
        return KEYS.map(|key| (key, State::Unknown(why.clone()))).to_vec();
    }
    let mut read = Vec::new();
    for one in shown {
        let sent: Option<Vec<Certificate>> = one.chain.iter().map(|der| Certificate::read(der)).collect();
        match sent.filter(|sent| !sent.is_empty()) {
            Some(sent) => read.push((judge(&sent, one, host, roots, now), sent)),
            None => {
                let why = msg!("probe.certificate_unreadable");
                return KEYS.map(|key| (key, State::Unknown(why.clone()))).to_vec();
            }
        }
    }
    let states = of_all(&read, shown, now);
    KEYS.into_iter().zip(states).collect()
}

type Read<'a> = (Judged, Vec<Certificate<'a>>);

/// In the order of `KEYS`.
fn of_all(read: &[Read], shown: &[Shown], now: i64) -> [State; 15] {
    let judged = || read.iter().map(|(judged, _)| judged);
    let leaves: Vec<&Certificate> = read.iter().filter_map(|(_, sent)| sent.first()).collect();
    let all = |holds: &dyn Fn(&Judged) -> bool| State::flag(judged().all(holds));
    let problems: std::collections::BTreeSet<&str> =
        judged().flat_map(|one| one.problems.iter().copied()).collect();
    let not_after = leaves.iter().map(|leaf| leaf.not_after()).min().unwrap_or_default();
    let longest = leaves.iter().map(|leaf| leaf.not_after() - leaf.not_before()).max().unwrap_or_default();
    let weakest = leaves.iter().min_by_key(|leaf| leaf.key.strength);
    let signature = leaves.iter().min_by_key(|leaf| (!leaf.has_weak_signature(), leaf.signature.clone()));
    let text = |text: Option<String>| text.map_or(State::Absent, |text| State::Known(Value::Text(text)));
    [
        all(&|one| one.is_trusted),
        all(&|one| one.is_publicly_trusted),
        State::list(problems.into_iter().map(str::to_owned).collect()),
        match judged().all(|one| one.is_for_host.is_some()) {
            true => all(&|one| one.is_for_host == Some(true)),
            false => State::Unknown(msg!("probe.certificate_unreadable")),
        },
        date(not_after).map_or(State::Unknown(msg!("probe.certificate_unreadable")), |day| {
            State::Known(Value::Date(day))
        }),
        State::Known(Value::Integer((not_after - now).div_euclid(SECONDS_A_DAY))),
        text(weakest.map(|leaf| leaf.key.name.clone())),
        text(signature.map(|leaf| leaf.signature.clone())),
        State::flag(leaves.iter().any(|leaf| leaf.is_self_signed())),
        all(&|one| one.is_complete),
        all(&|one| one.is_in_order),
        State::flag(leaves.iter().any(|leaf| leaf.must_be_stapled())),
        State::flag(leaves.iter().all(|leaf| leaf.has_scts())),
        revocation(read, shown),
        State::Known(Value::Integer((longest + SECONDS_A_DAY - 1).div_euclid(SECONDS_A_DAY))),
    ]
}

/// By the staple, else by what the authority said that was asked.
fn revocation(read: &[Read], shown: &[Shown]) -> State {
    let each: Vec<Result<bool, Message>> =
        read.iter().zip(shown).map(|((judged, _), shown)| is_revoked(judged, &shown.answered)).collect();
    if each.contains(&Ok(true)) {
        return State::Known(Value::Text("revoked".to_owned()));
    }
    match each.into_iter().find_map(Result::err) {
        Some(why) => State::Unknown(why),
        None => State::Known(Value::Text("not_revoked".to_owned())),
    }
}

fn is_revoked(judged: &Judged, answered: &Answered) -> Result<bool, Message> {
    for said in [judged.staple, judged.answered] {
        match said {
            Some(Staple::Revoked) => return Ok(true),
            Some(Staple::Good) => return Ok(false),
            _ => {}
        }
    }
    Err(match (answered, judged.staple) {
        (Answered::NotAsked, None) => msg!("probe.revocation_no_staple"),
        (Answered::NotAsked, Some(_)) => msg!("probe.revocation_bad_staple"),
        (Answered::Untrusted, _) => msg!("probe.revocation_untrusted"),
        (Answered::NoIssuer, _) => msg!("probe.revocation_no_issuer"),
        (Answered::NoAddress, _) => msg!("probe.revocation_no_address"),
        (Answered::Nothing, _) => msg!("probe.revocation_nothing"),
        (Answered::Ocsp(_) | Answered::List(_), _) => msg!("probe.revocation_unusable"),
    })
}

/// Whether every chain comes with a staple that is about it and fresh.
pub fn staple_state(shown: &[Shown], host: &str, roots: &Roots, now: i64) -> State {
    let is_good = |one: &Shown| {
        let sent: Vec<Certificate> = one.chain.iter().filter_map(|der| Certificate::read(der)).collect();
        matches!(judge(&sent, one, host, roots, now).staple, Some(Staple::Good | Staple::Revoked))
    };
    State::flag(!shown.is_empty() && shown.iter().all(is_good))
}

fn date(second: i64) -> Option<Date> {
    Some(Timestamp::from_second(second).ok()?.to_zoned(TimeZone::UTC).date())
}
