//! What a domain says about who may send mail in its name (SPF, RFC 7208), read to one word: how mail from
//! anybody else is to be treated. Inclusions are followed, as a receiver would follow them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;

use super::ranges::Addresses;
use crate::model::message::Message;
use crate::msg;

/// Look-ups after which a receiver gives up, by the standard.
const MOST_LOOKUPS: usize = 10;

/// A record of more terms is none: no receiver reads a text of that length.
const MOST_TERMS: usize = 500;

/// The texts of a domain.
pub trait Texts {
    fn of(&self, domain: &str) -> impl Future<Output = Result<Vec<String>, Message>>;
}

/// From the weakest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    None,
    Faulty,
    AllowsAll,
    Neutral,
    SoftFail,
    Fail,
}

impl Verdict {
    /// As the registry of facts has it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::None => "none",
            Verdict::Faulty => "faulty",
            Verdict::AllowsAll => "allows_all",
            Verdict::Neutral => "neutral",
            Verdict::SoftFail => "soft_fail",
            Verdict::Fail => "fail",
        }
    }
}

/// What the domain's record makes of somebody whom it does not name.
pub async fn judge<T: Texts>(texts: &T, domain: &str) -> Result<Verdict, Message> {
    let reading = Reading { texts, lookups: Cell::new(0) };
    Ok(reading.judged(domain.to_owned()).await?.0)
}

/// The verdict on a record, with the addresses that it lets pass by themselves.
type Judged = (Verdict, Addresses);

struct Reading<'a, T> {
    texts: &'a T,
    lookups: Cell<usize>,
}

impl<T: Texts> Reading<'_, T> {
    fn one_more(&self) -> bool {
        self.lookups.set(self.lookups.get() + 1);
        self.lookups.get() <= MOST_LOOKUPS
    }

    fn judged(&self, domain: String) -> Pin<Box<dyn Future<Output = Result<Judged, Message>> + '_>> {
        Box::pin(async move {
            let found = self.texts.of(&domain).await?;
            let mut records = found.iter().filter(|text| is_spf(text));
            let verdict = match (records.next(), records.next()) {
                (Some(record), None) => match Record::read(record) {
                    Some(record) => return self.of_record(record).await,
                    None => Verdict::Faulty,
                },
                (None, _) => Verdict::None,
                _ => Verdict::Faulty,
            };
            Ok((verdict, Addresses::default()))
        })
    }

    async fn of_record(&self, record: Record) -> Result<Judged, Message> {
        let mut named = Named::default();
        let alone = |verdict| Ok((verdict, Addresses::default()));
        for (result, mechanism) in record.mechanisms {
            let addresses = match mechanism {
                Mechanism::Everybody => return Ok(named.judged(result)),
                Mechanism::Network(addresses) => addresses,
                Mechanism::LookedUp { .. } | Mechanism::Include(_) if !self.one_more() => {
                    return alone(Verdict::Faulty);
                }
                Mechanism::LookedUp { around } => around,
                Mechanism::Include(other) => match self.judged(followed(&other)?).await? {
                    (Verdict::None | Verdict::Faulty, _) => return alone(Verdict::Faulty),
                    (Verdict::AllowsAll, _) => return Ok(named.judged(result)),
                    (Verdict::Neutral | Verdict::SoftFail | Verdict::Fail, addresses) => addresses,
                },
            };
            named.add(result, &addresses);
            if named.passed().are_most() {
                return alone(Verdict::AllowsAll);
            }
        }
        let Some(other) = record.redirect else { return Ok(named.judged(Verdict::Neutral)) };
        if !self.one_more() {
            return alone(Verdict::Faulty);
        }
        let (verdict, more) = self.judged(followed(&other)?).await?;
        named.add(Verdict::AllowsAll, &more);
        match verdict {
            Verdict::None | Verdict::Faulty => alone(Verdict::Faulty),
            verdict => Ok(named.judged(verdict)),
        }
    }
}

/// The addresses that the terms of a record name. The first that names an address decides about it.
#[derive(Default)]
struct Named {
    by: BTreeMap<Verdict, Addresses>,
    all: Addresses,
}

impl Named {
    fn add(&mut self, result: Verdict, addresses: &Addresses) {
        self.by.entry(result).or_default().add(&addresses.without(&self.all));
        self.all.add(addresses);
    }

    fn passed(&self) -> Addresses {
        self.by.get(&Verdict::AllowsAll).cloned().unwrap_or_default()
    }

    /// What is made of whomever no term names, unless most addresses of a kind are named with another word.
    /// The weaker of the two kinds decides.
    fn judged(self, others: Verdict) -> Judged {
        let of_kind = |is_most: fn(&Addresses) -> bool| {
            let weakest = self.by.iter().find(|(_, addresses)| is_most(addresses));
            weakest.map_or(others, |(verdict, _)| *verdict)
        };
        let verdict = of_kind(Addresses::are_most_of_four).min(of_kind(Addresses::are_most_of_six));
        (verdict, self.passed())
    }
}

/// A name that depends on the sender cannot be followed without one.
fn followed(domain: &str) -> Result<String, Message> {
    if domain.contains('%') { Err(msg!("dns.spf_macro")) } else { Ok(domain.to_owned()) }
}

fn is_spf(text: &str) -> bool {
    let Some(version) = text.get(..6) else { return false };
    version.eq_ignore_ascii_case("v=spf1")
        && text.get(6..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[derive(Debug, PartialEq, Eq)]
enum Mechanism {
    Everybody,
    /// Addresses by themselves.
    Network(Addresses),
    /// Some addresses that have to be looked up. `around` is everybody of a kind where so many lie around
    /// them that it hardly matters which.
    LookedUp {
        around: Addresses,
    },
    Include(String),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Record {
    mechanisms: Vec<(Verdict, Mechanism)>,
    redirect: Option<String>,
}

impl Record {
    /// Nothing where it is not by the standard: a receiver ignores all of it then.
    pub fn read(text: &str) -> Option<Record> {
        let mut record = Record::default();
        let mut explained = false;
        if !text.is_ascii() || text.split(' ').count() > MOST_TERMS {
            return None;
        }
        for term in text.get(6..)?.split(' ').filter(|term| !term.is_empty()) {
            if let Some((name, value)) = modifier(term) {
                match name.to_ascii_lowercase().as_str() {
                    "redirect" if record.redirect.is_some() || value.is_empty() => return None,
                    "redirect" => record.redirect = Some(value.to_owned()),
                    "exp" if explained || value.is_empty() => return None,
                    "exp" => explained = true,
                    _ => {}
                }
                continue;
            }
            let (result, rest) = match term.split_at_checked(1)? {
                ("+", rest) => (Verdict::AllowsAll, rest),
                ("-", rest) => (Verdict::Fail, rest),
                ("~", rest) => (Verdict::SoftFail, rest),
                ("?", rest) => (Verdict::Neutral, rest),
                _ => (Verdict::AllowsAll, term),
            };
            record.mechanisms.push((result, mechanism(rest)?));
        }
        Some(record)
    }
}

/// `name=value`, where the name can be one.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(fits)).then_some((name, value))
}

fn mechanism(text: &str) -> Option<Mechanism> {
    let (name, rest) = match text.find([':', '/']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let domain = rest.strip_prefix(':');
    match name.to_ascii_lowercase().as_str() {
        "all" if rest.is_empty() => Some(Mechanism::Everybody),
        "include" => {
            domain.filter(|domain| !domain.is_empty()).map(|domain| Mechanism::Include(domain.to_owned()))
        }
        "exists" => domain
            .filter(|domain| !domain.is_empty())
            .map(|_| Mechanism::LookedUp { around: Addresses::default() }),
        "ptr" if rest.is_empty() || domain.is_some_and(|domain| !domain.is_empty()) => {
            Some(Mechanism::LookedUp { around: Addresses::default() })
        }
        "a" | "mx" => looked_up(rest),
        "ip4" => {
            let (address, bits) = network(domain?, 32)?;
            let address: Ipv4Addr = address.parse().ok()?;
            Some(Mechanism::Network(Addresses::network(address.into(), bits)))
        }
        "ip6" => {
            let (address, bits) = network(domain?, 128)?;
            let address: Ipv6Addr = address.parse().ok()?;
            Some(Mechanism::Network(Addresses::network(address.into(), bits)))
        }
        _ => None,
    }
}

/// `[:domain][/bits][//bits]`
fn looked_up(rest: &str) -> Option<Mechanism> {
    let (domain, lengths) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if domain == ":" {
        return None;
    }
    let (four, six) = match lengths.split_once("//") {
        Some((four, six)) => (four.strip_prefix('/').unwrap_or(four), six),
        None => (lengths.strip_prefix('/').unwrap_or(lengths), ""),
    };
    let fits = |text: &str, most: u8| text.is_empty() || text.parse::<u8>().is_ok_and(|bits| bits <= most);
    let is_bare = lengths == "/" || lengths.ends_with("//");
    if is_bare || !fits(four, 32) || !fits(six, 128) {
        return None;
    }
    let is_below = |text: &str, bits: u8| text.parse::<u8>().is_ok_and(|given| given <= bits);
    let mut around = Addresses::default();
    // Half of all IPv4 addresses, half of those of IPv6 that are in use.
    if is_below(four, 1) {
        around.add(&Addresses::network(Ipv4Addr::UNSPECIFIED.into(), 0));
    }
    if is_below(six, 4) {
        around.add(&Addresses::network(Ipv6Addr::UNSPECIFIED.into(), 0));
    }
    Some(Mechanism::LookedUp { around })
}

fn network(text: &str, most: u8) -> Option<(&str, u8)> {
    match text.split_once('/') {
        Some((address, bits)) => Some((address, bits.parse().ok().filter(|bits| *bits <= most)?)),
        None => Some((text, most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zone(BTreeMap<&'static str, Vec<&'static str>>);

    impl Texts for Zone {
        async fn of(&self, domain: &str) -> Result<Vec<String>, Message> {
            if domain == "silent.example.jp" {
                return Err(msg!("probe.timed_out"));
            }
            Ok(self.0.get(domain).into_iter().flatten().map(|&text| text.to_owned()).collect())
        }
    }

    fn judge_with(
        texts: &[&'static str],
        others: &[(&'static str, &'static str)],
    ) -> Result<Verdict, Message> {
        let mut zone = BTreeMap::from([("example.jp", texts.to_vec())]);
        zone.extend(others.iter().map(|&(domain, text)| (domain, vec![text])));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(judge(&Zone(zone), "example.jp"))
    }

    #[test]
    fn a_record_is_read_to_what_it_makes_of_strangers() {
        for (text, verdict) in [
            ("v=spf1 -all", Verdict::Fail),
            ("V=SPF1 mx ~ALL", Verdict::SoftFail),
            (
                "v=spf1 a:mail.example.jp/24//64 mx/28 ip4:192.0.2.0/24 ip6:2001:db8::/32 ptr exists:%{i}.example.jp ?all",
                Verdict::Neutral,
            ),
            ("v=spf1 all", Verdict::AllowsAll),
            ("v=spf1 +all", Verdict::AllowsAll),
            ("v=spf1", Verdict::Neutral),
            ("v=spf1 ip4:192.0.2.1 ", Verdict::Neutral),
            // Everybody by another name.
            ("v=spf1 ip4:0.0.0.0/0 -all", Verdict::AllowsAll),
            ("v=spf1 a/0 -all", Verdict::AllowsAll),
            ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", Verdict::AllowsAll),
            ("v=spf1 ip6:2000::/3 -all", Verdict::AllowsAll),
            ("v=spf1 mx/1 -all", Verdict::AllowsAll),
            ("v=spf1 ip4:0.0.0.0/2 ip4:10.0.0.0/8 -all", Verdict::Fail),
            // Who is barred first is not let in by what comes after, and nobody else is barred with them.
            ("v=spf1 -ip4:0.0.0.0/1 ip4:0.0.0.0/2 -all", Verdict::Fail),
            ("v=spf1 -ip4:0.0.0.0/0 +all", Verdict::AllowsAll),
            ("v=spf1 -ip4:0.0.0.0/0 ?all", Verdict::Neutral),
            ("v=spf1 -ip4:0.0.0.0/0 -ip6:::/0 ?all", Verdict::Fail),
            // Nor is anybody barred whom a term before has treated more mildly.
            ("v=spf1 ?ip4:0.0.0.0/0 ?ip6:::/0 -all", Verdict::Neutral),
            ("v=spf1 ~ip4:0.0.0.0/0 -all", Verdict::SoftFail),
            ("v=spf1 ~a/0 -all", Verdict::SoftFail),
            ("v=spf1 ~ip4:0.0.0.0/1 ~ip4:128.0.0.0/1 -all", Verdict::SoftFail),
            // What comes after does not count.
            ("v=spf1 -all +all", Verdict::Fail),
            ("v=spf1 -all redirect=silent.example.jp exp=a.example.jp x=1", Verdict::Fail),
            ("v=spf1 foo -all", Verdict::Faulty),
            ("v=spf1 ip4:192.0.2.300 -all", Verdict::Faulty),
            ("v=spf1 ip4:192.0.2.0/33 -all", Verdict::Faulty),
            ("v=spf1 ip4 -all", Verdict::Faulty),
            ("v=spf1 include: -all", Verdict::Faulty),
            ("v=spf1 all:x", Verdict::Faulty),
            ("v=spf1 a/ -all", Verdict::Faulty),
            ("v=spf1 redirect=a.example.jp redirect=b.example.jp", Verdict::Faulty),
            ("v=spf1 －all", Verdict::Faulty),
            ("v=spf10 -all", Verdict::None),
            ("some other text", Verdict::None),
            ("日本語", Verdict::None),
        ] {
            assert_eq!(judge_with(&[text], &[]), Ok(verdict), "{text}");
        }
        let long: &'static str =
            Box::leak(format!("v=spf1{} -all", " ip4:192.0.2.1".repeat(MOST_TERMS)).into());
        assert_eq!(judge_with(&[long], &[]), Ok(Verdict::Faulty));
        assert_eq!(judge_with(&[], &[]), Ok(Verdict::None));
        assert_eq!(judge_with(&["v=spf1 -all", "v=spf1 -all"], &[]), Ok(Verdict::Faulty));
        assert_eq!(judge_with(&["v=spf1 -all", "hello"], &[]), Ok(Verdict::Fail));
    }

    #[test]
    fn inclusions_are_followed_as_a_receiver_would() {
        let with =
            |text: &'static str, other: &'static str| judge_with(&[text], &[("other.example.jp", other)]);
        assert_eq!(with("v=spf1 include:other.example.jp ~all", "v=spf1 -all"), Ok(Verdict::SoftFail));
        assert_eq!(with("v=spf1 include:other.example.jp -all", "v=spf1 +all"), Ok(Verdict::AllowsAll));
        assert_eq!(with("v=spf1 -include:other.example.jp ?all", "v=spf1 +all"), Ok(Verdict::Fail));
        let half = "v=spf1 ip4:128.0.0.0/2 -all";
        assert_eq!(with("v=spf1 ip4:0.0.0.0/2 include:other.example.jp -all", half), Ok(Verdict::AllowsAll));
        assert_eq!(with("v=spf1 ip4:0.0.0.0/2 redirect=other.example.jp", half), Ok(Verdict::AllowsAll));
        assert_eq!(with("v=spf1 ip4:0.0.0.0/2 -include:other.example.jp ~all", half), Ok(Verdict::SoftFail));
        assert_eq!(with("v=spf1 include:nothing.example.jp -all", ""), Ok(Verdict::Faulty));
        assert_eq!(with("v=spf1 redirect=other.example.jp", "v=spf1 -all"), Ok(Verdict::Fail));
        assert_eq!(with("v=spf1 redirect=nothing.example.jp", ""), Ok(Verdict::Faulty));
        let endless = with("v=spf1 include:example.jp -all", "");
        assert_eq!(endless, Ok(Verdict::Faulty), "more than ten look-ups");
        let wide = "v=spf1 a mx a mx a mx a mx a mx a -all";
        assert_eq!(with(wide, ""), Ok(Verdict::Faulty), "eleven look-ups");
    }

    #[test]
    fn what_could_not_be_looked_up_leaves_it_unknown() {
        let silent = judge_with(&["v=spf1 include:silent.example.jp -all"], &[]);
        assert_eq!(silent.unwrap_err().id, "probe.timed_out");
        let depends = judge_with(&["v=spf1 include:%{i}.example.jp -all"], &[]);
        assert_eq!(depends.unwrap_err().id, "dns.spf_macro");
    }
}
