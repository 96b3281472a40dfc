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
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::certificate::Roots;
use super::dns::Fact;
use super::network::Connection;
use super::state::State;
use super::tls::silence;
use super::web::client::{Answer, Client};
use super::web::site::nothing;
use crate::model::fact::Value;
use crate::model::message::Message;
use crate::msg;
use crate::wire::transcript::Silence;
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

/// What is known about one domain, once it has been asked.
type Known = Rc<OnceCell<Result<Registration, Message>>>;

/// What is asked of registries in one run: each question once, however many targets share the domain.
#[derive(Debug)]
pub struct Desk {
    registries: Registries,
    /// Whether they may be asked at all.
    may_ask: bool,
    /// Texts that the user has fetched.
    fetched: Vec<Registration>,
    roots: Roots,
    known: RefCell<HashMap<String, Known>>,
    places: Semaphore,
}

impl Desk {
    pub fn new(registries: Registries, may_ask: bool, fetched: Vec<Registration>, roots: Roots) -> Desk {
        let known = RefCell::default();
        Desk { registries, may_ask, fetched, roots, known, places: Semaphore::new(AT_ONCE) }
    }

    /// The domain that somebody registered for a name.
    pub fn registered<'a>(&self, host: &'a str) -> Option<&'a str> {
        match self.registries.of(host) {
            Found::Registered(domain, _) => Some(domain),
            Found::Unclear | Found::Nobody => None,
        }
    }

    /// The facts about the domain of a host.
    pub async fn look(&self, host: &str, deadline: Instant, now: Timestamp) -> Vec<Fact> {
        let found = self.registries.of(host);
        // A text about what is above the domain, such as a whole suffix, is not about it.
        let is_it = |text: &&Registration| match &found {
            Found::Registered(domain, _) => text.domain == *domain,
            Found::Unclear | Found::Nobody => text.domain.contains('.') && is_under(host, &text.domain),
        };
        if let Some(fetched) = self.fetched.iter().find(is_it) {
            return facts(fetched, "whois-file", self.registries.zone(&fetched.domain), now);
        }
        let (domain, keeper) = match found {
            Found::Registered(domain, keeper) => (domain, keeper),
            Found::Unclear => return unknown("registry", &msg!("domain.unclear")),
            Found::Nobody => return unknown("registry", &msg!("domain.no_registry")),
        };
        let method = match keeper {
            Keeper::Rdap(_) => "rdap",
            Keeper::Whois { .. } => "whois",
        };
        if !self.may_ask {
            return unknown(method, &msg!("domain.not_asked", domain = domain));
        }
        let cell = Rc::clone(self.known.borrow_mut().entry(domain.to_owned()).or_default());
        let asked = cell.get_or_init(|| self.ask(domain, keeper, deadline));
        match tokio::time::timeout_at(deadline, asked).await {
            Ok(Ok(registration)) if registration.domain == domain => {
                // RDAP gives moments.
                let zone = if method == "whois" { self.registries.zone(domain) } else { Offset::UTC };
                facts(registration, method, zone, now)
            }
            Ok(Ok(_)) => unknown(method, &msg!("domain.unreadable")),
            Ok(Err(why)) => unknown(method, why),
            Err(_) => unknown(method, &msg!("probe.deadline")),
        }
    }

    async fn ask(&self, domain: &str, keeper: &Keeper, deadline: Instant) -> Result<Registration, Message> {
        let _place = self.places.acquire().await.map_err(|_| msg!("probe.deadline"))?;
        match keeper {
            Keeper::Rdap(base) => {
                let url = base.join(&format!("domain/{domain}")).map_err(|_| msg!("domain.unreadable"))?;
                rdap::domain(&self.get(url, &[], deadline).await?)
            }
            Keeper::Whois { host, port, query } => {
                let query = query.replace("{domain}", domain);
                let text = whois_text(host, *port, &query, deadline).await?;
                whois::read(&whois::decode(&text))
            }
        }
    }

    /// The country that an address was given out for.
    pub async fn country(&self, address: IpAddr, deadline: Instant) -> Result<String, Message> {
        let Some(first) = self.registries.addresses.first().filter(|_| self.may_ask) else {
            return Err(msg!("location.not_asked"));
        };
        let place = tokio::time::timeout_at(deadline, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or_else(|| msg!("probe.deadline"))?;
        let url = first.join(&format!("ip/{address}")).map_err(|_| msg!("domain.unreadable"))?;
        rdap::country(&self.get(url, &self.registries.addresses, deadline).await?, address)
    }

    /// A document, from its address or from where one of the others says that it is.
    async fn get(&self, mut url: Url, others: &[Url], deadline: Instant) -> Result<Vec<u8>, Message> {
        let client =
            Client::trusting(&self.roots, "", None, deadline).ok_or_else(|| msg!("domain.unreadable"))?;
        for _ in 0..=MOST_REDIRECTS {
            let answer = client.get_up_to(&url, LARGEST_JSON + 1).await.map_err(nothing)?;
            match answer.redirect() {
                Some(to) if others.iter().any(|one| one.host() == to.host()) && is_safe(&to) => url = to,
                Some(to) => {
                    return Err(msg!("probe.web.elsewhere", to = to.host_str().unwrap_or_default()));
                }
                None => return body(answer),
            }
        }
        Err(msg!("probe.web.endless"))
    }
}

fn body(answer: Answer) -> Result<Vec<u8>, Message> {
    match answer.status {
        404 => Err(msg!("domain.not_registered")),
        _ if !answer.is_fine() => Err(msg!("probe.web.status", status = u32::from(answer.status))),
        _ if answer.body.len() > LARGEST_JSON => Err(msg!("probe.too_much")),
        _ => Ok(answer.body),
    }
}

async fn whois_text(host: &str, port: u16, query: &str, deadline: Instant) -> Result<Vec<u8>, Message> {
    let until = deadline.min(Instant::now() + LONGEST_ANSWER);
    let found = tokio::time::timeout_at(until, tokio::net::lookup_host((host, port))).await;
    let addresses = found.ok().and_then(Result::ok).ok_or_else(|| msg!("probe.no_address"))?;
    let mut reached = Err(msg!("probe.no_address"));
    // From most offices no packet finds its way to IPv6.
    for address in addresses.take(MOST_ADDRESSES) {
        reached = Connection::open(address, until).await.map_err(silence);
        if reached.is_ok() {
            break;
        }
    }
    let connection = reached?;
    connection.send(format!("{query}\r\n").as_bytes()).await.map_err(silence)?;
    let (mut text, mut buffer) = (Vec::new(), vec![0; 4096]);
    loop {
        match connection.receive(&mut buffer).await {
            Ok(bytes) => text.extend(bytes),
            Err(Silence::Closed) if !text.is_empty() => return Ok(text),
            Err(why) => return Err(silence(why)),
        }
        if text.len() > LARGEST_TEXT {
            return Err(msg!("probe.too_much"));
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
