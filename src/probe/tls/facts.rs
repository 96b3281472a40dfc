//! The facts about TLS, made of what was seen.

use super::flight::Flight;
use super::handshake::{self, Question};
use super::offer::Offer;
use super::primality::{Examined, Nature};
use super::primes;
use super::reading::silence;
use super::scan::{Named, Sight};
use super::version::Version;
use super::{groups, suites};
use crate::model::fact::Value;
use crate::model::message::Message;
use crate::msg;
use crate::probe::certificate::{Roots, Shown, staple_state};
use crate::probe::state::State;
use crate::wire::transcript::Handshake;

/// What was seen, with the host and the moment that it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub sight: &'a Sight,
    pub host: &'a str,
    pub roots: &'a Roots,
    pub now: i64,
}

pub type Facts = Vec<(&'static str, State)>;

/// Every chain that was shown, each once.
pub fn chains(sight: &Sight) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let of_handshakes = by_name(sight).map(|one| Shown {
        chain: one.certificates.iter().map(|der| der.0.clone()).collect(),
        staple: one.staple.as_ref().map(|staple| staple.0.clone()),
        unproven: one.unproven,
        ..Shown::default()
    });
    let of_flights = sight.flights.iter().map(|flight| Shown {
        chain: flight.certificates.clone().unwrap_or_default(),
        staple: flight.staple.clone(),
        ..Shown::default()
    });
    for shown in of_handshakes.chain(of_flights).filter(|shown| !shown.chain.is_empty()) {
        // A staple comes with some flights and not with others; the chain counts once, with it.
        match all.iter_mut().find(|one| one.chain == shown.chain) {
            Some(known) => {
                known.staple = known.staple.take().or(shown.staple);
                known.unproven |= shown.unproven;
            }
            None => all.push(shown),
        }
    }
    all
}

/// The handshakes in which the server was asked for by its own name.
fn by_name(sight: &Sight) -> impl Iterator<Item = &Handshake> {
    const BY_NAME: [Question; 5] =
        [handshake::FIRST, handshake::AGAIN, handshake::WITH_RSA, handshake::WITH_ECDSA, handshake::HTTP2];
    sight.handshakes.iter().filter(|one| BY_NAME.iter().any(|question| question.label == one.question))
}

/// Why there is no certificate to look at.
pub fn no_certificate(sight: &Sight) -> Option<Message> {
    let accepts_any = sight.offers.values().any(|offer| offer.is_accepted());
    if !accepts_any {
        return sight.offers.values().rev().find_map(|offer| offer.accepted.clone().err());
    }
    sight.handshake(&handshake::FIRST).map(unfinished)
}

/// Why a handshake showed nothing.
fn unfinished(handshake: &Handshake) -> Message {
    match (handshake.alert, handshake.end) {
        (Some(alert), _) => msg!("probe.handshake_alert", alert = u32::from(alert)),
        (None, Some(why)) => silence(why),
        (None, None) => msg!("probe.no_certificate"),
    }
}

pub fn facts(seen: &Seen) -> Facts {
    let sight = seen.sight;
    let mut facts = vec![("tls.versions", versions(sight))];
    facts.extend(Version::ALL.map(|version| (version.suites_key(), suites_of(sight, version))));
    facts.push(("tls.server_order.tls1_2", server_order(sight)));
    facts.push(("tls.groups", groups_of(sight)));
    facts.push(("tls.dh_bits", dh_bits(sight)));
    facts.push(("tls.dh_prime", dh_prime(sight)));
    facts.push(("tls.dh_modulus", dh_modulus(sight)));
    facts.push(("tls.forward_secrecy", forward_secrecy(sight)));
    facts.push(("tls.client_certificate", client_certificate(sight)));
    facts.push(("tls.ocsp_stapled", stapled(seen)));
    facts.extend(details(sight));
    facts.extend(sessions(sight));
    facts.push(("tls.unknown_name", named(sight, sight.unknown_name.as_ref())));
    facts.push(("tls.without_name", named(sight, sight.without_name.as_ref())));
    facts
}

fn versions(sight: &Sight) -> State {
    let accepted: Vec<String> = Version::ALL
        .into_iter()
        .filter(|version| sight.accepts(*version))
        .map(|version| version.word().to_owned())
        .collect();
    // The newest says most: what an old one is refused for may be its age.
    let mut newest_first = sight.offers.values().rev();
    let unclear = newest_first.find_map(|offer| Some((offer.version, offer.accepted.clone().err()?)));
    match unclear {
        Some((_, why)) if accepted.is_empty() => State::Unknown(why),
        Some((version, why)) => State::Unknown(msg!(
            "probe.version_unknown",
            version = version.word(),
            why = why,
            accepted = accepted
        )),
        None => State::list(accepted),
    }
}

fn suites_of(sight: &Sight, version: Version) -> State {
    let Some(offer) = sight.offer(version) else { return State::Unknown(msg!("undecided.no_reason")) };
    match &offer.suites {
        Err(why) => State::Unknown(why.clone()),
        Ok(_) if version == Version::Ssl2 => State::list(offer.ssl2.clone()),
        Ok(list) => State::list(list.iter().map(|suite| suites::name(*suite)).collect()),
    }
}

fn server_order(sight: &Sight) -> State {
    let Some(offer) = sight.offer(Version::Tls12) else { return State::Absent };
    match &offer.has_order {
        Ok(Some(has_order)) => State::flag(*has_order),
        Ok(None) => State::Absent,
        Err(why) => State::Unknown(why.clone()),
    }
}

fn groups_of(sight: &Sight) -> State {
    if !sight.offers.values().any(|offer| offer.is_accepted()) {
        return no_certificate(sight).map_or(State::Absent, State::Unknown);
    }
    let mut all: Vec<String> = Vec::new();
    for found in sight.groups.values().rev() {
        match found {
            Ok(list) => {
                let new: Vec<String> = list.iter().map(|group| groups::name(*group)).collect();
                all.extend(new.into_iter().filter(|name| !all.contains(name)).collect::<Vec<_>>());
            }
            Err(why) => return State::Unknown(why.clone()),
        }
    }
    State::list(all)
}

fn dh_bits(sight: &Sight) -> State {
    of_primes(sight, |primes| {
        let bits = primes.iter().map(|one| one.prime.bits).min()?;
        Some(Value::Integer(i64::from(bits)))
    })
}

fn dh_prime(sight: &Sight) -> State {
    of_primes(sight, |primes| {
        let mut names: Vec<String> =
            primes.iter().map(|one| one.prime.name.unwrap_or(primes::UNNAMED).to_owned()).collect();
        names.sort();
        names.dedup();
        (!names.is_empty()).then_some(Value::List(names))
    })
}

/// One composite number is a finding, whatever is unknown of the others.
fn dh_modulus(sight: &Sight) -> State {
    let natures = || sight.primes.iter().map(|one| &one.nature);
    let why = natures().find_map(|nature| nature.clone().err()).or_else(|| primes_unseen(sight));
    let mut words: Vec<String> = natures().flatten().map(|nature| nature.word().to_owned()).collect();
    words.sort();
    words.dedup();
    match why {
        Some(why) if !natures().any(|nature| *nature == Ok(Nature::Composite)) => State::Unknown(why),
        _ => State::list(words),
    }
}

fn of_primes(sight: &Sight, value: impl Fn(&[Examined]) -> Option<Value>) -> State {
    match (primes_unseen(sight), value(&sight.primes)) {
        (Some(why), _) => State::Unknown(why),
        (None, Some(value)) => State::Known(value),
        (None, None) => State::Absent,
    }
}

/// Why there may be primes beside those that were seen.
fn primes_unseen(sight: &Sight) -> Option<Message> {
    sight.primes_unseen.clone().or_else(|| any_unknown(sight))
}

/// Why the suites of some version are not known.
fn any_unknown(sight: &Sight) -> Option<Message> {
    sight.offers.values().find_map(|offer| offer.suites.clone().err())
}

fn forward_secrecy(sight: &Sight) -> State {
    if let Some(why) = any_unknown(sight) {
        return State::Unknown(why);
    }
    let mut all = Version::ALL.into_iter().flat_map(|version| sight.suites(version)).peekable();
    if all.peek().is_none() {
        return State::Absent;
    }
    let (with, without): (Vec<&u16>, Vec<&u16>) = all.partition(|suite| suites::is_forward_secret(**suite));
    let word = match (with.is_empty(), without.is_empty()) {
        (_, true) => "always",
        (false, false) => "sometimes",
        (true, false) => "never",
    };
    State::Known(Value::Text(word.to_owned()))
}

fn client_certificate(sight: &Sight) -> State {
    let is_wanted = sight.flights.iter().any(|flight| flight.wants_certificate)
        || sight.handshakes.iter().any(|one| one.wants_certificate);
    let first = sight.handshake(&handshake::FIRST);
    let text = |word: &str| State::Known(Value::Text(word.to_owned()));
    if !is_wanted {
        // Nobody asked, if there was a flight in which they could have.
        let was_shown =
            sight.flights.iter().any(|flight| flight.is_done) || by_name(sight).any(|one| one.completed);
        return match no_certificate(sight) {
            _ if was_shown => text("none"),
            Some(why) => State::Unknown(why),
            None => State::Unknown(msg!("undecided.no_reason")),
        };
    }
    match first {
        Some(first) if is_refused(first) => text("required"),
        Some(first) if first.completed => text("requested"),
        _ => State::Unknown(msg!("probe.client_certificate_unfinished")),
    }
}

/// Refused for want of a client certificate: in the handshake, after it, or by the web server.
fn is_refused(handshake: &Handshake) -> bool {
    // bad_certificate, handshake_failure, access_denied, certificate_required and their like.
    let in_tls = matches!(handshake.alert, Some(40 | 41 | 42 | 43 | 46 | 48 | 49 | 116));
    handshake.wants_certificate && (in_tls || handshake.http_wants_certificate)
}

fn stapled(seen: &Seen) -> State {
    let shown = chains(seen.sight);
    match no_certificate(seen.sight) {
        Some(why) if shown.is_empty() => State::Unknown(why),
        _ => staple_state(&shown, seen.host, seen.roots, seen.now),
    }
}

/// What the hello of the server says beside the suite. TLS 1.3 has settled all of it.
fn details(sight: &Sight) -> Facts {
    let older = sight.flights.iter().filter_map(|flight: &Flight| flight.hello.as_ref()).next();
    let has = |extension: u16| older.map(|hello| hello.has(extension));
    let only_modern = sight.accepts(Version::Tls13).then_some(true);
    let nothing = no_certificate(sight).unwrap_or_else(|| msg!("undecided.no_reason"));
    let flag = |value: Option<bool>| value.map_or_else(|| State::Unknown(nothing.clone()), State::flag);
    let compresses = older.map(|hello| hello.compression != 0).or(only_modern.map(|_| false));
    let fallback = match &sight.fallback {
        Some(Ok(notices)) => State::flag(*notices),
        Some(Err(why)) => State::Unknown(why.clone()),
        None => any_unknown(sight).map_or(State::Absent, State::Unknown),
    };
    vec![
        ("tls.compression", flag(compresses)),
        ("tls.secure_renegotiation", flag(has(0xff01).or(only_modern))),
        ("tls.extended_master_secret", flag(has(23).or(only_modern))),
        ("tls.intolerance", intolerance(sight)),
        ("tls.alpn", protocols(sight)),
        ("tls.heartbeat", flag(has(15).or(only_modern.map(|_| false)))),
        ("tls.fallback_scsv", fallback),
    ]
}

/// What of a usual hello is too much for the server; nothing where nothing is.
fn intolerance(sight: &Sight) -> State {
    if !sight.offers.values().any(Offer::is_accepted) {
        return no_certificate(sight).map_or(State::Absent, State::Unknown);
    }
    let mut all: Vec<String> =
        sight.offers.values().filter_map(|offer| offer.intolerance).map(str::to_owned).collect();
    all.sort();
    all.dedup();
    if all.is_empty() { State::Absent } else { State::list(all) }
}

/// The protocols that the server agrees to speak, of those of the web.
fn protocols(sight: &Sight) -> State {
    // Who refuses everything has not refused the protocols.
    if !sight.offers.values().any(Offer::is_accepted) {
        return no_certificate(sight).map_or(State::Absent, State::Unknown);
    }
    let mut agreed = Vec::new();
    let mut unclear = None;
    for question in [handshake::HTTP2, handshake::FIRST] {
        let protocol = question.protocol.word();
        match speaks(sight, &question) {
            Ok(true) => agreed.push(protocol.to_owned()),
            Ok(false) => {}
            Err(why) => unclear = unclear.or(Some((protocol, why))),
        }
    }
    match unclear {
        Some((_, why)) if agreed.is_empty() => State::Unknown(why),
        Some((protocol, why)) => {
            State::Unknown(msg!("probe.protocol_unknown", protocol = protocol, why = why, agreed = agreed))
        }
        None if agreed.is_empty() => State::Absent,
        None => State::list(agreed),
    }
}

/// Whether the server speaks the protocol that a handshake offered alone. A hello of TLS 1.2 offered
/// both: its answer names the one that is liked better, and without a name neither is spoken.
fn speaks(sight: &Sight, question: &Question) -> Result<bool, Message> {
    let in_hello = sight.offer(Version::Tls12).and_then(Offer::protocol);
    let in_handshakes = by_name(sight).filter_map(|one| one.alpn.as_deref());
    if in_handshakes.chain(in_hello.flatten()).any(|agreed| agreed == question.protocol.word()) {
        return Ok(true);
    }
    let shaken = sight.handshake(question);
    if in_hello == Some(None) || shaken.is_some_and(handshake::has_chosen) {
        return Ok(false);
    }
    let why = shaken.map(unfinished).or_else(|| no_certificate(sight));
    Err(why.unwrap_or_else(|| msg!("undecided.no_reason")))
}

fn sessions(sight: &Sight) -> Facts {
    let first = sight.handshake(&handshake::FIRST).filter(|one| one.completed);
    let why = no_certificate(sight).unwrap_or_else(|| msg!("undecided.no_reason"));
    let flag = |value: Option<bool>| value.map_or_else(|| State::Unknown(why.clone()), State::flag);
    let again = sight.handshake(&handshake::AGAIN).filter(|one| one.completed);
    let resumed = match first {
        Some(first) if !first.ticket => Some(false),
        _ => again.map(|one| one.resumed),
    };
    vec![("tls.session_resumption", flag(resumed)), ("tls.early_data", flag(first.map(|one| one.early_data)))]
}

fn named(sight: &Sight, named: Option<&Named>) -> State {
    let own = chains(sight);
    let text = |word: &str| State::Known(Value::Text(word.to_owned()));
    match named {
        Some(Named::Certificate(leaf)) if own.iter().any(|one| one.chain.first() == Some(leaf)) => {
            text("same_certificate")
        }
        Some(Named::Certificate(_)) => text("other_certificate"),
        Some(Named::Refused) => text("turned_away"),
        Some(Named::Unclear(why)) => State::Unknown(why.clone()),
        None => no_certificate(sight).filter(|_| own.is_empty()).map_or(State::Absent, State::Unknown),
    }
}
