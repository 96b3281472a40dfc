//! The plan of a scan: everything about one address that hellos and handshakes can show, side by
//! side, each question asked once.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared, join, join_all, join3, join4, ready};

use super::flight::{Flight, KeyExchange, Until, key_exchange};
use super::handshake::{self, Client, Question};
use super::hello::Hello;
use super::line::Line;
use super::offer::{self, Offer};
use super::primality::{self, Examined};
use super::reading::{Reading, read};
use super::suites::{self, Proof};
use super::version::Version;
use super::walk::Way;
use super::{groups, reading};
use crate::model::message::Message;
use crate::msg;
use crate::probe::permits::Turn;
use crate::wire::transcript::Handshake;

/// Everything that was seen at one address.
#[derive(Debug)]
pub struct Sight {
    pub offers: BTreeMap<Version, Offer>,
    /// Groups, by the version that was asked.
    pub groups: BTreeMap<Version, Result<Vec<u16>, Message>>,
    /// The primes of finite-field Diffie-Hellman; none where no suite uses one.
    pub primes: Vec<Examined>,
    /// Why there may be more.
    pub primes_unseen: Option<Message>,
    /// Whole flights up to TLS 1.2, one for each kind of key.
    pub flights: Vec<Flight>,
    pub handshakes: Vec<Handshake>,
    /// The alert to a lower version that says it is a second try.
    pub fallback: Option<Result<bool, Message>>,
    pub unknown_name: Option<Named>,
    pub without_name: Option<Named>,
    pub was_throttled: bool,
}

/// What a server does for a name that is not its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The leaf that it showed.
    Certificate(Vec<u8>),
    Refused,
    Unclear(Message),
}

impl Sight {
    pub fn offer(&self, version: Version) -> Option<&Offer> {
        self.offers.get(&version)
    }

    pub fn accepts(&self, version: Version) -> bool {
        self.offer(version).is_some_and(Offer::is_accepted)
    }

    pub fn handshake(&self, question: &Question) -> Option<&Handshake> {
        self.handshakes.iter().find(|one| one.question == question.label)
    }

    pub fn suites(&self, version: Version) -> &[u16] {
        self.offer(version).and_then(|offer| offer.suites.as_deref().ok()).unwrap_or_default()
    }
}

/// One address, asked for one name.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    pub name: Option<&'a str>,
    pub line: &'a Line,
    pub client: &'a Client,
}

impl Scan<'_> {
    pub async fn whole(&self) -> Sight {
        let (mut sight, handshakes) = join(self.by_hellos(), self.handshakes()).await;
        sight.handshakes = handshakes;
        sight.was_throttled = self.line.was_throttled();
        sight
    }

    /// All that hellos show.
    async fn by_hellos(&self) -> Sight {
        let greet = |version| offer::greet(version, self.name, self.line);
        let versions = [Version::Tls11, Version::Tls10, Version::Ssl3];
        let old = versions.map(|version| greet(version).boxed_local().shared());
        let (older, recent) = join(self.older(&old), self.recent(&old)).await;
        let Recent { newer, beside, modern, groups, modern_names } = recent;
        let mut offers: BTreeMap<Version, Offer> =
            older.into_iter().map(|offer| (offer.version, offer)).collect();
        offers.insert(Version::Tls12, newer);
        offers.insert(Version::Tls13, modern);
        self.second_look(&mut offers).await;
        let mut sight = Sight {
            offers,
            groups: BTreeMap::from([(Version::Tls13, groups)]),
            primes: Vec::new(),
            primes_unseen: None,
            flights: Vec::new(),
            handshakes: Vec::new(),
            fallback: None,
            unknown_name: modern_names.0,
            without_name: modern_names.1,
            was_throttled: false,
        };
        self.depth(&mut sight, beside).await;
        sight
    }

    /// The versions that hardly anybody accepts any more.
    async fn older(&self, old: &[Greeted<'_>]) -> Vec<Offer> {
        let listed =
            old.iter().map(|offer| async { offer::listed(offer.clone().await, self.name, self.line).await });
        let (mut offers, oldest) =
            join(join_all(listed), offer::greet(Version::Ssl2, self.name, self.line)).await;
        offers.push(oldest);
        offers
    }

    /// On the heap: of all the questions, these hold the most, and several are under way at once.
    fn listed(&self, offer: Offer) -> Pin<Box<dyn Future<Output = Offer> + '_>> {
        Box::pin(offer::listed(offer, self.name, self.line))
    }

    /// The two versions of today, with what can be asked beside their lists.
    async fn recent(&self, old: &[Greeted<'_>]) -> Recent {
        let (newer, modern) = join(
            offer::greet(Version::Tls12, self.name, self.line),
            offer::greet(Version::Tls13, self.name, self.line),
        )
        .await;
        let beside = async {
            match newer.is_accepted() {
                true => Some(self.beside(&newer, self.pressed(&newer, &modern, old)).await),
                false => None,
            }
        };
        let modern_names = async {
            match modern.is_accepted() && !newer.is_accepted() {
                true => self.modern_names().await,
                false => (None, None),
            }
        };
        let (newer_list, modern_list, groups, (beside, modern_names)) = join4(
            self.listed(newer.clone()),
            self.listed(modern.clone()),
            self.modern_groups(&modern),
            join(beside, modern_names),
        )
        .await;
        Recent { newer: newer_list, beside, modern: modern_list, groups, modern_names }
    }

    /// Where no version was accepted, the hellos may have been too long.
    async fn second_look(&self, offers: &mut BTreeMap<Version, Offer>) {
        if offers.values().any(Offer::is_accepted) {
            return;
        }
        let refused: Vec<Version> = offers
            .values()
            .filter(|offer| offer.accepted == Ok(false) && offer.version > Version::Ssl3)
            .map(|offer| offer.version)
            .collect();
        for version in refused {
            let before = Reading::Refused { is_plain: true, alert: None };
            let offer = offer::lean(version, self.name, self.line, before).await;
            if offer.is_accepted() {
                offers.insert(version, self.listed(offer).await);
            }
        }
        // A server that accepts nothing at all has refused us, and not its versions.
        if !offers.values().any(Offer::is_accepted) {
            for offer in offers.values_mut().filter(|offer| offer.accepted == Ok(false)) {
                *offer = Offer::unknown(offer.version, msg!("probe.nothing_accepted"));
            }
        }
    }

    /// The newest version below the newest, to which a hello can be pressed.
    async fn pressed(&self, newer: &Offer, modern: &Offer, old: &[Greeted<'_>]) -> Option<Offer> {
        if modern.is_accepted() {
            return Some(newer.clone());
        }
        for offer in old {
            let offer = offer.clone().await;
            if offer.is_accepted() {
                return Some(offer);
            }
        }
        None
    }

    async fn handshakes(&self) -> Vec<Handshake> {
        let first = self.line.shake_hands(&handshake::FIRST, self.client).await;
        let http2 = async {
            match handshake::has_chosen(&first) {
                true => Some(self.line.shake_hands(&handshake::HTTP2, self.client).await),
                false => None,
            }
        };
        let (further, http2) = join(self.further_handshakes(&first), http2).await;
        std::iter::once(first.clone()).chain(further).chain(http2).collect()
    }

    /// What a finished handshake leads to: the same session again, and the certificate of the other kind.
    async fn further_handshakes(&self, first: &Handshake) -> Vec<Handshake> {
        if !first.completed {
            return Vec::new();
        }
        let is_rsa =
            first.certificates.first().is_some_and(|leaf| crate::probe::certificate::has_rsa_key(&leaf.0));
        let other = if is_rsa { &handshake::WITH_ECDSA } else { &handshake::WITH_RSA };
        let again = async {
            match first.ticket {
                true => Some(self.line.shake_hands(&handshake::AGAIN, self.client).await),
                false => None,
            }
        };
        let other = async {
            match handshake::is_tls13(first) {
                true => Some(self.line.shake_hands(other, self.client).await),
                false => None,
            }
        };
        let (again, other) = join(again, other).await;
        again.into_iter().chain(other).collect()
    }

    async fn modern_groups(&self, offer: &Offer) -> Result<Vec<u16>, Message> {
        if !offer.is_accepted() {
            return offer.accepted.clone().map(|_| Vec::new());
        }
        let ask = |list: &[u16]| offer.hello(self.name).with_groups(list.to_vec());
        let pick = |flight: &Flight| flight.hello.as_ref().and_then(|hello| hello.group);
        let way = Way { line: self.line, ask: &ask, until: Until::Hello, pick: &pick };
        found(way.sift_all(groups::tls13_blocks()).await)
    }

    /// What can be asked once the versions and their suites are known.
    async fn depth(&self, sight: &mut Sight, beside: Option<Beside>) {
        let Some(best) = [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3]
            .into_iter()
            .find(|version| sight.accepts(*version))
        else {
            if sight.accepts(Version::Tls13) {
                // Not yet where it was accepted on the second look.
                if sight.unknown_name.is_none() {
                    (sight.unknown_name, sight.without_name) = self.modern_names().await;
                }
            } else {
                sight.primes_unseen = sight.offers.values().find_map(|offer| offer.accepted.clone().err());
            }
            return;
        };
        let Some(offer) = sight.offers.get(&best).cloned() else { return };
        let beside = async {
            match beside {
                Some(beside) => beside,
                None => self.beside(&offer, ready(below_newest(sight))).await,
            }
        };
        let (primes, flights, beside) = join3(self.primes(sight), self.kinds_of_keys(&offer), beside).await;
        sight.groups.insert(best, shown_curves(beside.curves, &offer, sight));
        (sight.primes, sight.primes_unseen) = primes;
        sight.flights = flights;
        sight.fallback = beside.fallback;
        (sight.unknown_name, sight.without_name) = beside.names;
    }

    /// What needs no list of suites: it offers every suite that could serve.
    async fn beside(&self, offer: &Offer, pressed: impl Future<Output = Option<Offer>>) -> Beside {
        let fallback = async {
            let lower = pressed.await?;
            Some(self.notices(self.familiar(&lower, self.name)).await)
        };
        let (curves, names, fallback) = join3(self.curves(offer), self.names(offer), fallback).await;
        Beside { curves, names, fallback }
    }

    /// The curves of the newest version below TLS 1.3.
    async fn curves(&self, offer: &Offer) -> Result<Vec<u16>, Message> {
        let with_curves = |suite: &u16| {
            suites::is_ecdhe(*suite) && matches!(suites::proof(*suite), Proof::Rsa | Proof::Ecdsa)
        };
        let mut offered: Vec<u16> = suites::all(offer.version).into_iter().filter(with_curves).collect();
        if offer.is_lean {
            offered.truncate(offer::LEAN_SUITES);
        }
        let ask =
            |list: &[u16]| offer.hello(self.name).with_suites(offered.clone()).with_groups(list.to_vec());
        let pick = |flight: &Flight| match key_exchange(flight.key_exchange.as_ref()?, true)? {
            KeyExchange::Curve(curve) => Some(curve),
            KeyExchange::Prime(_) => None,
        };
        let way = Way { line: self.line, ask: &ask, until: Until::Done, pick: &pick };
        found(way.sift_all(groups::curve_blocks()).await)
    }

    /// The primes. An export suite brings a smaller one than the others; where nobody proves anything with a
    /// certificate, servers choose it by the strength of the suite.
    async fn primes(&self, sight: &Sight) -> (Vec<Examined>, Option<Message>) {
        let mut questions = Vec::new();
        for offer in sight.offers.values().rev().filter(|offer| offer.is_accepted()) {
            let mut kinds: BTreeMap<PrimeKind, Vec<u16>> = BTreeMap::new();
            for suite in sight.suites(offer.version).iter().copied().filter(|suite| suites::is_dhe(*suite)) {
                kinds.entry(prime_kind(suite)).or_default().push(suite);
            }
            for (kind, list) in kinds {
                if !questions.iter().any(|(_, asked, _)| *asked == kind) {
                    questions.push((offer, kind, list));
                }
            }
        }
        let asked = questions.into_iter().map(|(offer, _, list)| async {
            let hello = offer.hello(self.name).with_suites(list);
            match read(&hello, self.line.ask(&hello, Until::Done, Turn::Later).await) {
                Reading::Accepted(flight) => {
                    match flight.key_exchange.and_then(|body| key_exchange(&body, false)) {
                        Some(KeyExchange::Prime(prime)) => Ok(prime),
                        _ => Err(msg!("probe.malformed")),
                    }
                }
                Reading::Refused { .. } => Err(msg!("probe.inconsistent")),
                Reading::Unclear(why) => Err(why),
            }
        });
        let (mut primes, mut unseen) = (Vec::new(), None);
        for one in join_all(asked).await {
            match one {
                Ok(prime) => primes.push(prime),
                Err(why) => unseen = unseen.or(Some(why)),
            }
        }
        let examined = primality::examined(primes, self.line.deadline(), &self.line.unworked()).await;
        self.line.note_unworked(&examined);
        (examined, unseen)
    }

    /// A whole flight for each kind of key that the server proves itself with.
    async fn kinds_of_keys(&self, offer: &Offer) -> Vec<Flight> {
        let first = offer.flight.clone();
        let known =
            first.as_ref().and_then(|flight| flight.hello.as_ref()).map(|hello| suites::proof(hello.suite));
        let suites = offer.suites.as_deref().unwrap_or_default();
        let missing =
            [Proof::Rsa, Proof::Ecdsa, Proof::Dss].into_iter().filter(|proof| Some(*proof) != known);
        let lists = missing.map(|proof| -> Vec<u16> {
            suites.iter().copied().filter(|suite| suites::proof(*suite) == proof).collect()
        });
        let asked = lists.filter(|list| !list.is_empty()).map(|list| async {
            let hello = offer.hello(self.name).with_suites(list);
            match read(&hello, self.line.ask(&hello, Until::Done, Turn::Later).await) {
                Reading::Accepted(flight) => Some(*flight),
                _ => None,
            }
        });
        let others = join_all(asked).await;
        first.into_iter().chain(others.into_iter().flatten()).collect()
    }

    /// Whether the server notices that something on the way has pressed a hello to a lower version.
    async fn notices(&self, hello: Hello) -> Result<bool, Message> {
        let hello = Hello { fallback: true, ..hello };
        match read(&hello, self.line.ask(&hello, Until::Hello, Turn::Later).await) {
            Reading::Accepted(_) => Ok(false),
            Reading::Refused { alert: Some(86), .. } => Ok(true),
            Reading::Refused { .. } => Err(msg!("probe.inconsistent")),
            Reading::Unclear(why) => Err(why),
        }
    }

    async fn names(&self, offer: &Offer) -> (Option<Named>, Option<Named>) {
        if self.name.is_none() {
            return (None, None);
        }
        let ask = |name: Option<&'static str>| {
            let hello = self.familiar(offer, name);
            async move {
                match read(&hello, self.line.ask(&hello, Until::Done, Turn::Later).await) {
                    Reading::Accepted(flight) => {
                        match flight.certificates.and_then(|chain| chain.into_iter().next()) {
                            Some(leaf) => Named::Certificate(leaf),
                            None => Named::Unclear(msg!("probe.no_certificate")),
                        }
                    }
                    Reading::Refused { .. } => Named::Refused,
                    Reading::Unclear(why) => Named::Unclear(why),
                }
            }
        };
        let (other, none) = join(ask(Some(handshake::NOBODY)), ask(None)).await;
        (Some(other), Some(none))
    }

    /// A hello that is accepted as the first one was.
    fn familiar(&self, offer: &Offer, name: Option<&str>) -> Hello {
        let hello = offer.hello(name);
        match (offer.is_lean, &offer.flight) {
            (true, Some(Flight { hello: Some(known), .. })) => hello.with_suites(vec![known.suite]),
            _ => hello,
        }
    }

    async fn modern_names(&self) -> (Option<Named>, Option<Named>) {
        if self.name.is_none() {
            return (None, None);
        }
        let ask = |question: &'static Question| async move {
            let shaken = self.line.shake_hands(question, self.client).await;
            match (shaken.certificates.into_iter().next(), shaken.alert, shaken.end) {
                (Some(leaf), ..) => Named::Certificate(leaf.0),
                (None, Some(_), _) => Named::Refused,
                (None, None, Some(why)) => Named::Unclear(reading::silence(why)),
                (None, None, None) => Named::Unclear(msg!("probe.no_certificate")),
            }
        };
        let (other, none) = join(ask(&handshake::OTHER_NAME), ask(&handshake::NO_NAME)).await;
        (Some(other), Some(none))
    }
}

/// Whether a version is accepted, for all who wait for it.
type Greeted<'a> = Shared<LocalBoxFuture<'a, Offer>>;

/// The newest version below the newest that is accepted; a hello of SSL 2.0 has no room for the remark.
fn below_newest(sight: &Sight) -> Option<Offer> {
    let accepted = sight.offers.values().rev().filter(|one| one.is_accepted());
    accepted.filter(|one| one.version > Version::Ssl2).nth(1).cloned()
}

/// What was seen of TLS 1.2 and 1.3.
#[derive(Debug)]
struct Recent {
    newer: Offer,
    /// Where TLS 1.2 is accepted.
    beside: Option<Beside>,
    modern: Offer,
    groups: Result<Vec<u16>, Message>,
    /// Where nothing but TLS 1.3 is accepted.
    modern_names: (Option<Named>, Option<Named>),
}

/// What was asked beside the list of suites.
#[derive(Debug)]
struct Beside {
    curves: Result<Vec<u16>, Message>,
    names: (Option<Named>, Option<Named>),
    fallback: Option<Result<bool, Message>>,
}

/// A certificate on a curve is shown only to clients that know that curve, and a server that prefers
/// it hides the others. TLS 1.3 would have shown them all the same.
fn shown_curves(
    curves: Result<Vec<u16>, Message>,
    offer: &Offer,
    sight: &Sight,
) -> Result<Vec<u16>, Message> {
    let curves = curves?;
    let suites = offer.suites.as_deref().unwrap_or_default();
    let has = |proof: Proof| suites.iter().any(|one| suites::is_ecdhe(*one) && suites::proof(*one) == proof);
    let hides = has(Proof::Ecdsa) && !has(Proof::Rsa);
    match hides && curves.len() == 1 && !sight.accepts(Version::Tls13) {
        true => Err(msg!("probe.curves_hidden")),
        false => Ok(curves),
    }
}

fn found(walked: Vec<super::walk::Walked>) -> Result<Vec<u16>, Message> {
    match walked.iter().find_map(|walk| walk.broken_off.clone()) {
        Some(why) => Err(why),
        None => Ok(walked.into_iter().flat_map(|walk| walk.found).collect()),
    }
}

/// Suites for which a server may have a prime of their own: for export or not, whether a certificate proves
/// them, and, where none does, how strong they are.
type PrimeKind = (bool, bool, u16);

fn prime_kind(suite: u16) -> PrimeKind {
    let is_proven = matches!(suites::proof(suite), Proof::Rsa | Proof::Ecdsa | Proof::Dss);
    (suites::is_export(suite), is_proven, if is_proven { 0 } else { suites::strength(suite) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prime_is_asked_for_wherever_a_server_may_have_another() {
        let (anonymous_128, anonymous_256) = (0x0034, 0x003a);
        assert_ne!(prime_kind(anonymous_128), prime_kind(anonymous_256));
        let (proven_128, proven_256) = (0x0033, 0x0039);
        assert_eq!(prime_kind(proven_128), prime_kind(proven_256));
        assert_ne!(prime_kind(proven_128), prime_kind(anonymous_128));
    }
}
