//! What the directory of names says about a target: where it is, who answers for it, who may issue
//! certificates for it, and what its domain says about mail. Only a resolver is asked.

mod ask;
pub mod caa;
pub mod mail;
pub mod moment;
mod proof;
mod ranges;
mod recorded;
pub mod spf;

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::join;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::Instant;

use super::state::State;
use crate::model::message::Message;
use crate::msg;
pub use ask::Resolver;
use ask::{Answer, Asking};
use mail::Level;
pub use proof::Anchors;

/// Every fact that is stated here.
pub const FACTS: &[&str] = &[
    "dns.addresses",
    "dns.networks",
    "dns.name_servers",
    "dns.caa",
    "dns.dnssec",
    "dns.mx",
    "dns.spf",
    "dns.dmarc",
    "dns.mta_sts",
    "dns.tls_rpt",
    "dns.dangling",
];

const METHOD: &str = "dns";

/// Fact, how it was obtained, and what it is.
pub type Fact = (&'static str, &'static str, State);

/// What is to be looked up.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub resolver: &'a Resolver,
    pub anchors: &'a Anchors,
    /// The name of the target.
    pub host: &'a str,
    /// The domain that somebody registered for it, where that is known from the name.
    pub registered: Option<&'a str>,
    pub deadline: Instant,
}

/// Each fact unknown for the same reason.
pub fn unknown(why: &Message) -> Vec<Fact> {
    FACTS.iter().map(|key| (*key, METHOD, State::Unknown(why.clone()))).collect()
}

pub async fn look(question: &Question<'_>) -> Vec<Fact> {
    let asking = question.resolver.until(question.deadline);
    let Some(host) = name(question.host) else { return unknown(&msg!("dns.not_a_name")) };
    let (addresses, zone) = join(addresses(asking, &host), zone(asking, &host)).await;
    let mail_domain = match (question.registered.and_then(name), &zone) {
        (Some(registered), _) => Ok((registered, Top::Reached)),
        (None, Ok(Some((zone, _)))) => Ok((zone.clone(), Top::Unknown)),
        (None, Ok(None)) => Err(msg!("dns.no_such_domain")),
        (None, Err(why)) => Err(why.clone()),
    };
    let ((caa, dnssec), mut mail) =
        join(join(caa(asking, &host), signed(asking, question.anchors, &host, &addresses, &zone)), async {
            match &mail_domain {
                Ok((domain, top)) => of_mail(asking, domain, *top).await,
                Err(why) => without_mail(why),
            }
        })
        .await;
    let mut facts = of_addresses(&addresses);
    facts.push(("dns.name_servers", METHOD, name_servers(zone)));
    facts.push(("dns.caa", METHOD, caa));
    facts.push(("dns.dnssec", "dnssec", dnssec));
    facts.append(&mut mail);
    facts
}

/// Whether a domain is the one that somebody registered, or may lie below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Top {
    Reached,
    Unknown,
}

/// A whole name, in the form that the directory knows.
fn name(host: &str) -> Option<Name> {
    let mut name = Name::from_ascii(host).ok()?;
    name.set_fqdn(true);
    (name.num_labels() >= 2).then(|| name.to_lowercase())
}

fn word(name: &Name) -> String {
    let text = name.to_lowercase().to_ascii();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}

/// Addresses of both kinds.
struct Addresses {
    four: Result<Answer, Message>,
    six: Result<Answer, Message>,
}

async fn addresses(asking: Asking<'_>, host: &Name) -> Addresses {
    let (four, six) = join(asking.all(host, RecordType::A), asking.all(host, RecordType::AAAA)).await;
    Addresses { four, six }
}

fn of_addresses(found: &Addresses) -> Vec<Fact> {
    let (four, six) = match (&found.four, &found.six) {
        (Ok(four), Ok(six)) => (four, six),
        (Err(why), _) | (_, Err(why)) => {
            let unknown = || State::Unknown(why.clone());
            return vec![
                ("dns.addresses", METHOD, unknown()),
                ("dns.networks", METHOD, unknown()),
                ("dns.dangling", METHOD, unknown()),
            ];
        }
    };
    let mut all: Vec<IpAddr> = four.records.iter().chain(&six.records).filter_map(address).collect();
    all.sort();
    all.dedup();
    let networks = match networks(&all) {
        0 => State::Absent,
        count => State::number(count),
    };
    let leads_nowhere = !four.aliases.is_empty() && !four.exists && !six.exists;
    let dangling = four.aliases.last().filter(|_| leads_nowhere).map(word);
    vec![
        ("dns.addresses", METHOD, State::list(all.iter().map(IpAddr::to_string).collect())),
        ("dns.networks", METHOD, networks),
        ("dns.dangling", METHOD, State::list(dangling.into_iter().collect())),
    ]
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(one) => Some(IpAddr::V4(one.0)),
        RData::AAAA(one) => Some(IpAddr::V6(one.0)),
        _ => None,
    }
}

/// Blocks of the size that is routed by itself: 24 bits of IPv4, 48 bits of IPv6. One server with an address
/// of each kind is in one place, so the kinds are not added up.
fn networks(addresses: &[IpAddr]) -> i64 {
    let mut four = BTreeSet::new();
    let mut six = BTreeSet::new();
    for address in addresses {
        match address {
            IpAddr::V4(one) => four.insert(one.to_bits() >> 8),
            IpAddr::V6(one) => six.insert(one.to_bits() >> 80),
        };
    }
    i64::try_from(four.len().max(six.len())).unwrap_or(i64::MAX)
}

/// The zone that a name lies in, with the servers that answer for it.
async fn zone(asking: Asking<'_>, host: &Name) -> Result<Option<(Name, Vec<String>)>, Message> {
    let mut at = host.clone();
    while at.num_labels() >= 2 {
        let records = asking.own(&at, RecordType::NS).await?;
        let servers: BTreeSet<String> = records
            .iter()
            .filter_map(|one| match one {
                RData::NS(server) => Some(word(&server.0)),
                _ => None,
            })
            .collect();
        if !servers.is_empty() {
            return Ok(Some((at, servers.into_iter().collect())));
        }
        at = at.base_name();
    }
    Ok(None)
}

fn name_servers(zone: Result<Option<(Name, Vec<String>)>, Message>) -> State {
    match zone {
        Ok(Some((_, servers))) => State::list(servers),
        Ok(None) => State::Absent,
        Err(why) => State::Unknown(why),
    }
}

/// The records nearest to the name, climbing up.
async fn caa(asking: Asking<'_>, host: &Name) -> State {
    let mut at = host.clone();
    while at.num_labels() >= 1 {
        match asking.all(&at, RecordType::CAA).await {
            Ok(answer) if answer.records.is_empty() => at = at.base_name(),
            Ok(answer) => return State::list(caa::issuers(&answer.records)),
            Err(why) => return State::Unknown(why),
        }
    }
    State::Absent
}

/// Whether what was found is signed: the addresses, or the zone itself where there are none.
async fn signed(
    asking: Asking<'_>,
    anchors: &Anchors,
    host: &Name,
    addresses: &Addresses,
    zone: &Result<Option<(Name, Vec<String>)>, Message>,
) -> State {
    let has =
        |answer: &Result<Answer, Message>| answer.as_ref().is_ok_and(|answer| !answer.records.is_empty());
    let check = |kind| proof::dnssec(asking, anchors, host, kind);
    match zone {
        _ if has(&addresses.four) && has(&addresses.six) => {
            let (four, six) = join(check(RecordType::A), check(RecordType::AAAA)).await;
            proof::weaker(four, six)
        }
        _ if has(&addresses.four) => check(RecordType::A).await,
        _ if has(&addresses.six) => check(RecordType::AAAA).await,
        Ok(Some((zone, _))) => proof::dnssec(asking, anchors, zone, RecordType::NS).await,
        Ok(None) => State::Unknown(msg!("dns.no_such_domain")),
        Err(why) => State::Unknown(why.clone()),
    }
}

fn without_mail(why: &Message) -> Vec<Fact> {
    let of_mail = ["dns.mx", "dns.spf", "dns.dmarc", "dns.mta_sts", "dns.tls_rpt"];
    of_mail.iter().map(|key| (*key, METHOD, State::Unknown(why.clone()))).collect()
}

async fn of_mail(asking: Asking<'_>, domain: &Name, top: Top) -> Vec<Fact> {
    let texts = Texts { asking };
    let below = |label: &str| format!("{label}.{}", word(domain));
    let (sts, rpt) = (below("_mta-sts"), below("_smtp._tls"));
    let domain_word = word(domain);
    let (mx, (spf, (dmarc, (sts, rpt)))) = join(
        asking.all(domain, RecordType::MX),
        join(
            spf::judge(&texts, &domain_word),
            join(dmarc(&texts, domain, top), join(texts.at(&sts), texts.at(&rpt))),
        ),
    )
    .await;
    let or_unknown = |found: Result<State, Message>| found.unwrap_or_else(State::Unknown);
    vec![
        ("dns.mx", METHOD, or_unknown(mx.map(|answer| State::list(exchangers(&answer.records))))),
        ("dns.spf", METHOD, or_unknown(spf.map(|verdict| State::text(verdict.word())))),
        ("dns.dmarc", METHOD, or_unknown(dmarc.map(State::text))),
        ("dns.mta_sts", METHOD, or_unknown(sts.map(|texts| State::text(mail::mta_sts(&texts))))),
        ("dns.tls_rpt", METHOD, or_unknown(rpt.map(|texts| State::flag(mail::tls_rpt(&texts))))),
    ]
}

/// In the order in which they are tried. The root in their place says that there is none (RFC 7505).
fn exchangers(records: &[RData]) -> Vec<String> {
    let mut all: Vec<(u16, String)> = records
        .iter()
        .filter_map(|one| match one {
            RData::MX(mx) if !mx.exchange.is_root() => Some((mx.preference, word(&mx.exchange))),
            _ => None,
        })
        .collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|(_, server)| server).collect()
}

/// The policy of the domain, or of what is above it where that may be the same organisation's.
async fn dmarc(texts: &Texts<'_>, domain: &Name, top: Top) -> Result<&'static str, Message> {
    let mut at = domain.clone();
    let mut level = Level::Own;
    while at.num_labels() >= 2 {
        let found = texts.at(&format!("_dmarc.{}", word(&at))).await?;
        if let Some(policy) = mail::dmarc(&found, level) {
            return Ok(policy);
        }
        if top == Top::Reached {
            break;
        }
        at = at.base_name();
        level = Level::Above;
    }
    Ok("none")
}

struct Texts<'a> {
    asking: Asking<'a>,
}

impl Texts<'_> {
    async fn at(&self, host: &str) -> Result<Vec<String>, Message> {
        // What is no name has nothing.
        let Ok(mut name) = Name::from_ascii(host) else { return Ok(Vec::new()) };
        name.set_fqdn(true);
        let answer = self.asking.all(&name, RecordType::TXT).await?;
        let texts = answer.records.iter().filter_map(|one| match one {
            RData::TXT(text) => {
                let bytes: Vec<u8> = text.txt_data.iter().flat_map(|part| part.iter().copied()).collect();
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => None,
        });
        Ok(texts.collect())
    }
}

impl spf::Texts for Texts<'_> {
    async fn of(&self, domain: &str) -> Result<Vec<String>, Message> {
        self.at(domain).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_counted_by_kind() {
        let count = |all: &[&str]| {
            let all: Vec<IpAddr> = all.iter().map(|one| one.parse().unwrap()).collect();
            networks(&all)
        };
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&["192.0.2.1", "192.0.2.200"]), 1);
        assert_eq!(count(&["192.0.2.1", "198.51.100.1"]), 2);
        assert_eq!(count(&["192.0.2.1", "2001:db8::1"]), 1, "one place, two kinds of address");
        assert_eq!(count(&["2001:db8:1::1", "2001:db8:2::1", "192.0.2.1"]), 2);
    }

    #[test]
    fn a_name_has_at_least_two_labels() {
        assert_eq!(name("Telemed.Example.JP").map(|name| word(&name)).as_deref(), Some("telemed.example.jp"));
        assert!(name("localhost").is_none() && name("").is_none() && name(&"a".repeat(70)).is_none());
    }
}
