//! What a server offers in one version: whether it speaks it, with which suites, and in whose order.

use futures_util::future::join;

use super::flight::{Flight, Until};
use super::hello::{Hello, Shares};
use super::line::{Answer, Line};
use super::reading::{Reading, read};
use super::suites;
use super::version::Version;
use super::walk::{Walked, Way};
use crate::model::message::Message;
use crate::msg;
use crate::probe::permits::Turn;
use crate::wire::transcript::Silence;

/// As many suites as fit into a short hello.
pub const LEAN_SUITES: usize = 20;

#[derive(Debug, Clone)]
pub struct Offer {
    pub version: Version,
    pub accepted: Result<bool, Message>,
    pub suites: Result<Vec<u16>, Message>,
    /// Whether the server has an order of its own; nothing where it has no choice.
    pub has_order: Result<Option<bool>, Message>,
    /// The names of SSL 2.0's ciphers, which have no numbers of two bytes.
    pub ssl2: Vec<String>,
    /// The first flight, where the version is accepted.
    pub flight: Option<Flight>,
    /// Another suite, which the server picks from the same list backwards: then the order is its client's.
    other: Option<u16>,
    /// Only a short hello is answered.
    pub is_lean: bool,
    /// What of a usual hello the server cannot take.
    pub intolerance: Option<&'static str>,
    /// How TLS 1.3 has to be asked.
    pub shares: Shares,
}

impl Offer {
    fn none(version: Version, accepted: Result<bool, Message>) -> Offer {
        let suites = accepted.clone().map(|_| Vec::new());
        let has_order = accepted.clone().map(|_| None);
        Offer {
            version,
            accepted,
            suites,
            has_order,
            ssl2: vec![],
            flight: None,
            other: None,
            is_lean: false,
            intolerance: None,
            shares: Shares::None,
        }
    }

    pub fn unknown(version: Version, why: Message) -> Offer {
        Offer::none(version, Err(why))
    }

    /// The protocol that the server chose of those of the web; nothing where none was offered.
    pub fn protocol(&self) -> Option<Option<&str>> {
        let was_offered = self.version == Version::Tls12 && self.intolerance.is_none();
        let hello = self.flight.as_ref().filter(|_| was_offered)?.hello.as_ref()?;
        Some(hello.alpn.as_deref())
    }

    pub fn is_accepted(&self) -> bool {
        self.accepted == Ok(true)
    }

    /// A hello of this version, in the form that the server answers.
    pub fn hello(&self, name: Option<&str>) -> Hello {
        let hello = Hello { lean: self.is_lean, shares: self.shares, ..Hello::new(self.version, name) };
        if self.is_lean { lean_groups(hello) } else { hello }
    }
}

fn lean_groups(hello: Hello) -> Hello {
    let groups = hello.groups.iter().copied().take(4).collect();
    hello.with_groups(groups)
}

/// Whether a version is accepted. Its suites are not listed yet.
pub async fn greet(version: Version, name: Option<&str>, line: &Line) -> Offer {
    match version {
        Version::Ssl2 => ssl2(line).await,
        Version::Tls13 => tls13(name, line).await,
        _ => older(version, name, line).await,
    }
}

async fn ssl2(line: &Line) -> Offer {
    let hello = Hello::new(Version::Ssl2, None);
    let answer = line.ask(&hello, Until::Done, Turn::Later).await;
    // Servers without SSL 2.0 mostly take its hello for rubbish and go away without a word. That
    // this is meant is decided when it is known whether they answer anything.
    if let Answer::Silent { why: Silence::Closed | Silence::Reset, .. } = answer {
        let is_refused = if line.is_proxied { Err(msg!("probe.proxy_silence")) } else { Ok(false) };
        return Offer::none(Version::Ssl2, is_refused);
    }
    match read(&hello, answer) {
        Reading::Accepted(flight) => {
            let ssl2 = flight.ssl2.map(|answer| answer.suites).unwrap_or_default();
            Offer { ssl2, ..Offer::none(Version::Ssl2, Ok(true)) }
        }
        Reading::Refused { .. } => Offer::none(Version::Ssl2, Ok(false)),
        Reading::Unclear(why) => Offer::none(Version::Ssl2, Err(why)),
    }
}

async fn older(version: Version, name: Option<&str>, line: &Line) -> Offer {
    let first = Hello {
        compression: true,
        alpn: version == Version::Tls12,
        grease: version == Version::Tls12,
        ..Hello::new(version, name)
    };
    let (reading, other) = both_ways(&first, Until::Done, line).await;
    match reading {
        Reading::Accepted(flight) => Offer { flight: Some(*flight), other, ..Offer::none(version, Ok(true)) },
        Reading::Refused { is_plain: true, .. } => Offer::none(version, Ok(false)),
        other => lean(version, name, line, other).await,
    }
}

/// What comes of a hello, and what the server picks instead when the same suites are offered backwards.
async fn both_ways(hello: &Hello, until: Until, line: &Line) -> (Reading, Option<u16>) {
    let backwards = hello.clone().with_suites(hello.suites.iter().rev().copied().collect());
    let (answer, other) =
        join(line.ask(hello, until, Turn::First), line.ask(&backwards, Until::Hello, Turn::First)).await;
    let picked = |reading: &Reading| match reading {
        Reading::Accepted(flight) => flight.hello.as_ref().map(|hello| hello.suite),
        _ => None,
    };
    let reading = read(hello, answer);
    let other = picked(&read(&backwards, other)).filter(|other| Some(*other) != picked(&reading));
    (reading, other)
}

/// What a server cannot take: values that nobody knows, or a long hello.
const UNKNOWN_VALUES: &str = "unknown_values";
const LONG_HELLO: &str = "long_hello";

/// A server that the first hello is too much for may answer one without unknown values, or a short one.
pub async fn lean(version: Version, name: Option<&str>, line: &Line, before: Reading) -> Offer {
    let mut outcome = match before {
        Reading::Unclear(why) => Err(why),
        _ => Ok(false),
    };
    if version >= Version::Tls12 {
        let offer = Offer { intolerance: Some(UNKNOWN_VALUES), ..Offer::none(version, Ok(true)) };
        let offer = Offer { shares: Shares::Usual, ..offer };
        let hello = offer.hello(name);
        if let Reading::Accepted(flight) = read(&hello, line.ask(&hello, Until::Done, Turn::First).await) {
            return Offer { flight: Some(*flight), ..offer };
        }
    }
    let offer = Offer {
        is_lean: true,
        intolerance: Some(LONG_HELLO),
        shares: Shares::Usual,
        ..Offer::none(version, outcome.clone())
    };
    for part in suites::blocks(version).into_iter().take(3) {
        let part = part.into_iter().take(LEAN_SUITES).collect();
        let hello = offer.hello(name).with_suites(part);
        match read(&hello, line.ask(&hello, Until::Done, Turn::First).await) {
            Reading::Accepted(flight) => {
                return Offer { flight: Some(*flight), accepted: Ok(true), ..offer };
            }
            // A short hello was answered: the refusal is about versions or suites.
            Reading::Refused { .. } => outcome = outcome.or(Ok(false)),
            Reading::Unclear(why) => {
                outcome = Err(why);
                break;
            }
        }
    }
    Offer::none(version, outcome)
}

/// The suites of a version, where it is accepted.
pub async fn listed(offer: Offer, name: Option<&str>, line: &Line) -> Offer {
    if !offer.is_accepted() || offer.version == Version::Ssl2 {
        return offer;
    }
    let picked = offer.flight.as_ref().and_then(|flight| flight.hello.as_ref()).map(|hello| hello.suite);
    let mut parts = suites::blocks(offer.version);
    if offer.is_lean {
        parts = parts.iter().flat_map(|part| part.chunks(LEAN_SUITES)).map(<[u16]>::to_vec).collect();
    }
    let ask = |list: &[u16]| offer.hello(name).with_suites(list.to_vec());
    let pick = |flight: &Flight| flight.hello.as_ref().map(|hello| hello.suite);
    let way = Way { line, ask: &ask, until: Until::Hello, pick: &pick };
    let (suites, has_order) = match (picked, offer.other) {
        (Some(picked), Some(other)) => unordered((picked, other), &parts, &way).await,
        _ => in_order(picked, parts, &way).await,
    };
    Offer { suites, has_order, ..offer }
}

fn without(picked: u16, parts: &[Vec<u16>]) -> Vec<Vec<u16>> {
    let rest = |part: &Vec<u16>| part.iter().copied().filter(|one| *one != picked).collect();
    parts.iter().map(rest).collect()
}

type Listed = (Result<Vec<u16>, Message>, Result<Option<bool>, Message>);

/// The suites of a server that picks as its client likes, in the order of our lists.
async fn unordered(ends: (u16, u16), parts: &[Vec<u16>], way: &Way<'_>) -> Listed {
    let (walked, has_strays) = way.close_in_all(parts, ends).await;
    if let Some(why) = broken_off(std::slice::from_ref(&walked)) {
        return (Err(why.clone()), Err(why));
    }
    let in_our_order = parts.concat().into_iter().filter(|suite| walked.found.contains(suite)).collect();
    // Some servers have groups of suites in an order, and within each take what their client likes.
    let has_order = if has_strays { Err(msg!("probe.order_is_mixed")) } else { Ok(Some(false)) };
    (Ok(in_our_order), has_order)
}

/// The suites of any server, one after the other as it picks them.
async fn in_order(picked: Option<u16>, parts: Vec<Vec<u16>>, way: &Way<'_>) -> Listed {
    let home = picked.and_then(|picked| parts.iter().position(|part| part.contains(&picked)));
    let parts = picked.map_or_else(|| parts.clone(), |picked| without(picked, &parts));
    let mut walked = way.walk_all(parts).await;
    if let (Some(picked), Some(walk)) = (picked, home.and_then(|home| walked.get_mut(home))) {
        walk.found.insert(0, picked);
    }
    ordered(walked, way).await
}

/// Why a list could not be walked to its end, with what was found until then.
fn broken_off(walked: &[Walked]) -> Option<Message> {
    let why = walked.iter().find_map(|walk| walk.broken_off.clone())?;
    let found: Vec<String> =
        walked.iter().flat_map(|walk| &walk.found).map(|suite| suites::name(*suite)).collect();
    Some(match found.is_empty() {
        true => why,
        false => msg!("probe.broken_off", found = found, why = why),
    })
}

/// One list of all that was found, in the server's order where it has one.
async fn ordered(walked: Vec<Walked>, way: &Way<'_>) -> Listed {
    if let Some(why) = broken_off(&walked) {
        return (Err(why.clone()), Err(why));
    }
    let lists: Vec<Vec<u16>> = walked.into_iter().map(|walk| walk.found).collect();
    match way.has_order(&lists).await {
        Ok(Some(true)) => match way.join(lists.clone()).await {
            Ok(joined) => (Ok(joined), Ok(Some(true))),
            Err(why) => (Ok(lists.concat()), Err(why)),
        },
        Ok(has_order) => (Ok(lists.concat()), Ok(has_order)),
        Err(why) if why.id == "probe.inconsistent" => (Err(why.clone()), Err(why)),
        Err(why) => (Ok(lists.concat()), Err(why)),
    }
}

/// TLS 1.3 is asked in two forms at once: as a usual client does, and without any key share, which costs
/// the server no exchange. Where the second form is answered, the lists are walked with it.
async fn tls13(name: Option<&str>, line: &Line) -> Offer {
    let usual = Hello { shares: Shares::Usual, alpn: true, grease: true, ..Hello::new(Version::Tls13, name) };
    let bare = Hello::new(Version::Tls13, name);
    let (usual_answer, (bare_reading, other)) =
        join(line.ask(&usual, Until::Hello, Turn::First), both_ways(&bare, Until::Hello, line)).await;
    match (bare_reading, read(&usual, usual_answer)) {
        (Reading::Accepted(flight), _) => {
            Offer { flight: Some(*flight), other, ..Offer::none(Version::Tls13, Ok(true)) }
        }
        (_, Reading::Accepted(flight)) => {
            let offer = Offer::none(Version::Tls13, Ok(true));
            Offer { flight: Some(*flight), shares: Shares::Usual, ..offer }
        }
        (_, Reading::Refused { is_plain: true, .. }) => Offer::none(Version::Tls13, Ok(false)),
        (_, other) => lean(Version::Tls13, name, line, other).await,
    }
}
