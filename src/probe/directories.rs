//! What others say about a target: the directory of names, the registry of its domain, and whoever knows
//! the country of its addresses. Nothing here touches the target itself.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join;
use tokio::time::Instant;

use super::authority::Place;
use super::dns::{self, Anchors, Fact, Question, Resolver};
use super::domain::registries::Registries;
use super::domain::{self, Desk, Fetched};
use super::location::{self, Countries};
use super::state::State;
use super::{Options, Probe};
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::{Country, Directory};

/// A transcript has to be read within this time.
const LONGEST_READING: Duration = Duration::from_secs(60);

/// Whom to ask, and what the user has at hand.
#[derive(Debug, Clone)]
pub struct Sources {
    /// In the place of the system's.
    pub resolver: Option<SocketAddr>,
    pub anchors: Anchors,
    pub registries: Registries,
    /// Whether registries may be asked.
    pub registry: bool,
    pub fetched: Vec<Fetched>,
    pub countries: Option<Countries>,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources {
            resolver: None,
            anchors: Anchors::default(),
            registries: Registries::shipped(),
            registry: false,
            fetched: Vec::new(),
            countries: None,
        }
    }
}

/// What is shared by all targets of one run.
#[derive(Debug)]
pub struct Directories<'a> {
    options: &'a Options,
    resolver: Option<Resolver>,
    desk: Desk,
}

impl<'a> Directories<'a> {
    /// Has to be made where the asking will be done.
    pub fn new(options: &'a Options) -> Directories<'a> {
        let Sources { registries, registry, fetched, .. } = options.sources.clone();
        let asks = options.probes.contains(&Probe::Dns);
        Directories {
            options,
            resolver: if asks { Resolver::new(options.sources.resolver) } else { None },
            desk: Desk::new(registries, registry, fetched, options.roots.clone(), options.proxies.clone()),
        }
    }

    /// The facts that follow from the name of a target.
    pub async fn of_name(&self, target: &Place, deadline: Instant) -> Seen {
        let asked = |probe| self.options.probes.contains(&probe);
        let Some(host) = target.name().filter(|host| is_public(host)) else {
            return Seen::unseen(self.unknown_of_name(&msg!("dns.not_a_name")));
        };
        let of_dns = async {
            match asked(Probe::Dns) {
                true => self.dns(target, host, deadline).await,
                false => Seen::default(),
            }
        };
        let of_domain = async {
            match asked(Probe::Domain) {
                true => self.desk.look(host, deadline).await.map(Some),
                false => Ok(None),
            }
        };
        let (mut seen, of_domain) = join(of_dns, of_domain).await;
        match of_domain {
            Ok(Some(registration)) => {
                seen.facts.extend(domain::read(&registration, self.options.now));
                seen.directory.probes.push(Probe::Domain.word().to_owned());
                seen.directory.registration = Some(registration);
            }
            Ok(None) => {}
            Err(facts) => seen.facts.extend(facts),
        }
        seen
    }

    /// The same facts where nobody could be asked.
    pub fn unknown_of_name(&self, why: &Message) -> Vec<Fact> {
        let asked = |probe| self.options.probes.contains(&probe);
        let mut facts = if asked(Probe::Dns) { dns::unknown(why) } else { Vec::new() };
        facts.extend(if asked(Probe::Domain) { domain::unknown("registry", why) } else { Vec::new() });
        facts
    }

    async fn dns(&self, target: &Place, host: &str, deadline: Instant) -> Seen {
        let sources = &self.options.sources;
        // Somebody who gives the address by hand measures what is not in the directory, or not yet.
        if sources.resolver.is_none() && self.options.pins.iter().any(|pin| pin.is_of(target)) {
            return Seen::unseen(dns::unknown(&msg!("dns.pinned")));
        }
        let Some(resolver) = self.resolver.as_ref().map(Resolver::anew) else {
            return Seen::unseen(dns::unknown(&msg!("dns.no_resolver")));
        };
        let registered = self.desk.registered(host);
        let question =
            Question { resolver: &resolver, anchors: &sources.anchors, host, registered, deadline };
        let facts = dns::look(&question).await;
        // What was cut off by the time is not shown by what had come by then.
        if Instant::now() >= deadline {
            return Seen::unseen(facts);
        }
        let directory = Directory {
            probes: vec![Probe::Dns.word().to_owned()],
            registered: registered.map(str::to_owned),
            lookups: resolver.lookups(),
            ..Directory::default()
        };
        Seen { facts, directory }
    }

    /// The facts about one address.
    pub async fn of_address(&self, address: IpAddr, deadline: Instant) -> Seen {
        if !self.options.probes.contains(&Probe::Location) {
            return Seen::default();
        }
        let countries = self.options.sources.countries.as_ref();
        match location::look(address, countries, &self.desk, deadline).await {
            Ok(country) => {
                let facts = of_country(address, &country);
                let directory = Directory {
                    probes: vec![Probe::Location.word().to_owned()],
                    address: Some(address.to_string()),
                    country: Some(country),
                    ..Directory::default()
                };
                Seen { facts, directory }
            }
            Err(why) => Seen::unseen(self.unknown_of_address(why)),
        }
    }

    pub fn unknown_of_address(&self, why: Message) -> Vec<Fact> {
        match self.options.probes.contains(&Probe::Location) {
            true => vec![(COUNTRIES, "rdap", State::Unknown(why))],
            false => Vec::new(),
        }
    }
}

const COUNTRIES: &str = "location.countries";

fn of_country(address: IpAddr, country: &Country) -> Vec<Fact> {
    let (method, state) = location::read(address, country);
    vec![(COUNTRIES, method, state)]
}

/// What follows from the name of a target or from one of its addresses, and the transcript of it.
#[derive(Debug, Default)]
pub struct Seen {
    pub facts: Vec<Fact>,
    pub directory: Directory,
}

impl Seen {
    /// Facts that no transcript shows.
    pub fn unseen(facts: Vec<Fact>) -> Seen {
        Seen { facts, directory: Directory::default() }
    }
}

/// Comes to the same again, without asking anybody.
pub async fn again(target: &Place, kept: &Directory, options: &Options) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(host) = target.name().filter(|_| kept.shows(Probe::Dns.word())) {
        let resolver = &Resolver::from_transcript(&kept.lookups);
        let (anchors, registered) = (&options.sources.anchors, kept.registered.as_deref());
        let deadline = Instant::now() + LONGEST_READING;
        facts = dns::look(&Question { resolver, anchors, host, registered, deadline }).await;
    }
    facts.extend(kept.registration.iter().flat_map(|one| domain::read(one, options.now)));
    if let (Some(country), Some(address)) =
        (&kept.country, kept.address.as_ref().and_then(|one| one.parse().ok()))
    {
        facts.extend(of_country(address, country));
    }
    facts
}

/// Whether a name can be in the public directory: names of one word, and those that are kept for this
/// computer and this network, are not.
fn is_public(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && !["localhost", "local", "internal", "arpa"].contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_computer_and_network_are_in_no_directory() {
        for host in ["localhost", "a.localhost", "server", "printer.local", "clinic.internal"] {
            assert!(!is_public(host), "{host}");
        }
        assert!(is_public("telemed.example.jp"));
    }
}
