//! Until when a domain is registered, and how well it is guarded against being moved away: by a text that
//! the user has fetched, or from the registry itself where the user allows it to be asked.

pub mod rdap;
pub mod registries;
pub mod whois;

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::certificate::Roots;
use super::dns::Fact;
use super::network::Connection;
use super::proxy::Proxies;
use super::state::State;
use super::web::client::{Answer, Client, Nothing, Route};
use super::web::site::nothing;
use crate::model::fact::Value;
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::{self, Keeper as By, RegistryEnd, Said};
use crate::wire::transcript::{Silence, digits};
use registries::{Found, Keeper, Registries, is_safe};

pub const FACTS: &[&str] = &["domain.expires", "domain.days_left", "domain.transfer_lock", "domain.status"];

pub(super) const MOST_STATUS: usize = 20;
const LONGEST_STATUS: usize = 100;

/// What a registry may say about one thing.
pub const LARGEST_TEXT: usize = 64 << 10;
const LARGEST_JSON: usize = 256 << 10;
const LONGEST_ANSWER: Duration = Duration::from_secs(8);

/// Questions to registries that are under way at once. They count them.
const AT_ONCE: usize = 2;
const MOST_REDIRECTS: usize = 3;
/// Addresses of one registry that are tried.
const MOST_ADDRESSES: usize = 4;

/// What a registry says about a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    pub domain: String,
    pub expires: Result<Date, Message>,
    /// Nothing where nothing is said about locks.
    pub lock: Option<bool>,
    /// As the registry words it.
    pub status: Vec<String>,
}

/// A text that the user has fetched, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    said: Said,
    registration: Registration,
}

impl Fetched {
    pub fn read(bytes: &[u8]) -> Result<Fetched, Message> {
        let said = said(bytes, whois::kept(&whois::decode(bytes)));
        let registration = whois::read(&said.text)?;
        Ok(Fetched { said, registration })
    }
}

/// What is known about one domain, once it has been asked.
type Known = Rc<OnceCell<Said>>;

/// What is asked of registries in one run: each question once, however many targets share the domain.
#[derive(Debug)]
pub struct Desk {
    registries: Registries,
    /// Whether they may be asked at all.
    may_ask: bool,
    fetched: Vec<Fetched>,
    roots: Roots,
    proxies: Proxies,
    known: RefCell<HashMap<String, Known>>,
    places: Semaphore,
}

impl Desk {
    pub fn new(
        registries: Registries,
        may_ask: bool,
        fetched: Vec<Fetched>,
        roots: Roots,
        proxies: Proxies,
    ) -> Desk {
        let known = RefCell::default();
        Desk { registries, may_ask, fetched, roots, proxies, known, places: Semaphore::new(AT_ONCE) }
    }

    /// The domain that somebody registered for a name.
    pub fn registered<'a>(&self, host: &'a str) -> Option<&'a str> {
        match self.registries.of(host) {
            Found::Registered(domain, _) => Some(domain),
            Found::Unclear | Found::Nobody => None,
        }
    }

    /// What is said about the domain of a host; the facts where nothing could be.
    pub async fn look(&self, host: &str, deadline: Instant) -> Result<directory::Registration, Vec<Fact>> {
        let found = self.registries.of(host);
        // A text about what is above the domain, such as a whole suffix, is not about it.
        let is_it = |text: &&Fetched| match (&found, &text.registration.domain) {
            (Found::Registered(domain, _), said) => said == domain,
            (Found::Unclear | Found::Nobody, said) => said.contains('.') && is_under(host, said),
        };
        if let Some(fetched) = self.fetched.iter().find(is_it) {
            let domain = &fetched.registration.domain;
            let ahead = self.registries.zone(domain).seconds();
            let (domain, said) = (domain.clone(), fetched.said.clone());
            return Ok(directory::Registration { domain, by: By::WhoisFile, ahead, said });
        }
        let (domain, keeper) = match found {
            Found::Registered(domain, keeper) => (domain, keeper),
            Found::Unclear => return Err(unknown("registry", &msg!("domain.unclear"))),
            Found::Nobody => return Err(unknown("registry", &msg!("domain.no_registry"))),
        };
        let (by, zone) = match keeper {
            // RDAP gives moments.
            Keeper::Rdap(_) => (By::Rdap, Offset::UTC),
            Keeper::Whois { .. } => (By::Whois, self.registries.zone(domain)),
        };
        if !self.may_ask {
            return Err(unknown(method(by), &msg!("domain.not_asked", domain = domain)));
        }
        let cell = Rc::clone(self.known.borrow_mut().entry(domain.to_owned()).or_default());
        let asked = cell.get_or_init(|| self.ask(domain, keeper, deadline));
        match tokio::time::timeout_at(deadline, asked).await {
            Ok(said) => {
                let (domain, said) = (domain.to_owned(), said.clone());
                Ok(directory::Registration { domain, by, ahead: zone.seconds(), said })
            }
            Err(_) => Err(unknown(method(by), &msg!("probe.deadline"))),
        }
    }

    async fn ask(&self, domain: &str, keeper: &Keeper, deadline: Instant) -> Said {
        let Ok(_place) = self.places.acquire().await else { return ended(RegistryEnd::NotAsked) };
        match keeper {
            Keeper::Rdap(base) => match base.join(&format!("domain/{domain}")) {
                Ok(url) => self.get(url, &[], deadline).await,
                Err(_) => ended(RegistryEnd::NotAsked),
            },
            Keeper::Whois { host, port, query } => {
                let query = query.replace("{domain}", domain);
                match whois_text(host, *port, &query, deadline).await {
                    Ok(text) => said(&text, whois::kept(&whois::decode(&text))),
                    Err(end) => ended(end),
                }
            }
        }
    }

    /// What is said about the country that an address was given out for; why nobody was asked.
    pub async fn country(&self, address: IpAddr, deadline: Instant) -> Result<Said, Message> {
        let Some(first) = self.registries.addresses.first().filter(|_| self.may_ask) else {
            return Err(msg!("location.not_asked"));
        };
        let place = tokio::time::timeout_at(deadline, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or_else(|| msg!("probe.deadline"))?;
        let url = first.join(&format!("ip/{address}")).map_err(|_| msg!("domain.unreadable"))?;
        Ok(self.get(url, &self.registries.addresses, deadline).await)
    }

    /// A document, from its address or from where one of the others says that it is.
    async fn get(&self, url: Url, others: &[Url], deadline: Instant) -> Said {
        match self.document(url, others, deadline).await {
            Ok(body) => said(&body, rdap::kept(&body)),
            Err(end) => ended(end),
        }
    }

    async fn document(
        &self,
        mut url: Url,
        others: &[Url],
        deadline: Instant,
    ) -> Result<Vec<u8>, RegistryEnd> {
        for _ in 0..=MOST_REDIRECTS {
            let (host, by) = (url.host_str().unwrap_or_default(), Route::Name(&self.proxies));
            let client = Client::trusting(&self.roots, host, &by, deadline).ok_or(RegistryEnd::NotAsked)?;
            let answer = client.get_up_to(&url, LARGEST_JSON + 1).await.map_err(RegistryEnd::Nothing)?;
            match answer.redirect() {
                Some(to) if others.iter().any(|one| one.host() == to.host()) && is_safe(&to) => url = to,
                Some(to) => {
                    return Err(RegistryEnd::Elsewhere(to.host_str().unwrap_or_default().to_owned()));
                }
                None => return body(answer),
            }
        }
        Err(RegistryEnd::Endless)
    }
}

fn body(answer: Answer) -> Result<Vec<u8>, RegistryEnd> {
    match answer.status {
        status if !answer.is_fine() => Err(RegistryEnd::Status(status)),
        _ if answer.body.len() > LARGEST_JSON => Err(RegistryEnd::TooLong),
        _ => Ok(answer.body),
    }
}

/// What is kept of an answer.
fn said(whole: &[u8], text: String) -> Said {
    let length = u64::try_from(whole.len()).unwrap_or(u64::MAX);
    Said { length, sha256: digits(&Sha256::digest(whole)), text, end: None }
}

fn ended(end: RegistryEnd) -> Said {
    Said { end: Some(end), ..Said::default() }
}

/// Why a registry has said nothing.
pub fn why_not(end: &RegistryEnd) -> Message {
    match end {
        RegistryEnd::Nothing(why) => nothing(*why),
        RegistryEnd::Status(404) => msg!("domain.not_registered"),
        RegistryEnd::Status(status) => msg!("probe.web.status", status = u32::from(*status)),
        RegistryEnd::Elsewhere(to) => msg!("probe.web.elsewhere", to = to),
        RegistryEnd::Endless => msg!("probe.web.endless"),
        RegistryEnd::NoAddress => msg!("probe.no_address"),
        RegistryEnd::TooLong => msg!("probe.too_much"),
        RegistryEnd::NotAsked => msg!("domain.unreadable"),
    }
}

fn method(by: By) -> &'static str {
    match by {
        By::Rdap => "rdap",
        By::Whois => "whois",
        By::WhoisFile => "whois-file",
    }
}

/// The facts about a domain, from what was kept of what was said.
pub fn read(kept: &directory::Registration, now: Timestamp) -> Vec<Fact> {
    let method = method(kept.by);
    let read = match (&kept.said.end, kept.by) {
        (Some(end), _) => Err(why_not(end)),
        (None, By::Rdap) => rdap::domain(kept.said.text.as_bytes()),
        (None, By::Whois | By::WhoisFile) => whois::read(&kept.said.text),
    };
    match read {
        Ok(registration) if registration.domain == kept.domain => {
            facts(&registration, method, Offset::from_seconds(kept.ahead).unwrap_or(Offset::UTC), now)
        }
        Ok(_) => unknown(method, &msg!("domain.unreadable")),
        Err(why) => unknown(method, &why),
    }
}

async fn whois_text(host: &str, port: u16, query: &str, deadline: Instant) -> Result<Vec<u8>, RegistryEnd> {
    let silent = |why: Silence| RegistryEnd::Nothing(Nothing::Silence(why));
    let until = deadline.min(Instant::now() + LONGEST_ANSWER);
    let found = tokio::time::timeout_at(until, tokio::net::lookup_host((host, port))).await;
    let addresses = found.ok().and_then(Result::ok).ok_or(RegistryEnd::NoAddress)?;
    let mut reached = Err(RegistryEnd::NoAddress);
    // From most offices no packet finds its way to IPv6.
    for address in addresses.take(MOST_ADDRESSES) {
        reached = Connection::open(address, until).await.map_err(silent);
        if reached.is_ok() {
            break;
        }
    }
    let connection = reached?;
    connection.send(format!("{query}\r\n").as_bytes()).await.map_err(silent)?;
    let (mut text, mut buffer) = (Vec::new(), vec![0; 4096]);
    loop {
        match connection.receive(&mut buffer).await {
            Ok(bytes) => text.extend(bytes),
            Err(Silence::Closed) if !text.is_empty() => return Ok(text),
            Err(why) => return Err(silent(why)),
        }
        if text.len() > LARGEST_TEXT {
            return Err(RegistryEnd::TooLong);
        }
    }
}

fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

pub fn unknown(method: &'static str, why: &Message) -> Vec<Fact> {
    FACTS.iter().map(|key| (*key, method, State::Unknown(why.clone()))).collect()
}

/// `zone` is where the registry counts its days.
fn facts(registration: &Registration, method: &'static str, zone: Offset, now: Timestamp) -> Vec<Fact> {
    let date = |make: &dyn Fn(Date) -> State| match &registration.expires {
        Ok(date) => make(*date),
        Err(why) => State::Unknown(why.clone()),
    };
    let today = now.to_zoned(TimeZone::fixed(zone)).date();
    let days_left = |date: Date| match date.since(today) {
        Ok(span) => State::number(i64::from(span.get_days())),
        Err(_) => State::Unknown(msg!("domain.date_unclear")),
    };
    vec![
        ("domain.expires", method, date(&|date| State::Known(Value::Date(date)))),
        ("domain.days_left", method, date(&days_left)),
        (
            "domain.transfer_lock",
            method,
            registration.lock.map_or_else(|| State::Unknown(msg!("domain.no_lock_said")), State::flag),
        ),
        ("domain.status", method, State::list(registration.status.clone())),
    ]
}

/// A word of somebody else's, fit to be shown.
pub(super) fn shortened(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(LONGEST_STATUS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_where_the_registry_is() {
        let registration = |domain: &str| Registration {
            domain: domain.to_owned(),
            expires: Ok(jiff::civil::date(2027, 1, 31)),
            lock: None,
            status: Vec::new(),
        };
        let evening = "2026-11-20T20:00:00Z".parse().unwrap();
        let registries = Registries::shipped();
        let zone = |domain: &str| registries.zone(domain);
        let left = |domain: &str| facts(&registration(domain), "whois", zone(domain), evening)[1].2.clone();
        assert_eq!((left("example.jp"), left("example.com")), (State::number(71), State::number(72)));
        let after = "2027-02-10T00:00:00Z".parse().unwrap();
        assert_eq!(facts(&registration("example.com"), "rdap", Offset::UTC, after)[1].2, State::number(-10));
    }
}
