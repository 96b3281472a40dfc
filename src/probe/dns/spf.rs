//! What a domain says about who may send mail in its name (SPF, RFC 7208), read to one word: how mail from
//! anybody else is to be treated. Inclusions are followed, as a receiver would follow them.

use std::cell::Cell;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;

use crate::model::message::Message;
use crate::msg;

/// Look-ups after which a receiver gives up, by the standard.
const MOST_LOOKUPS: usize = 10;

/// The texts of a domain.
pub trait Texts {
    fn of(&self, domain: &str) -> impl Future<Output = Result<Vec<String>, Message>>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    judged(texts, domain.to_owned(), &Cell::new(0)).await
}

fn judged<'a, T: Texts>(
    texts: &'a T,
    domain: String,
    lookups: &'a Cell<usize>,
) -> Pin<Box<dyn Future<Output = Result<Verdict, Message>> + 'a>> {
    Box::pin(async move {
        let found = texts.of(&domain).await?;
        let mut records = found.iter().filter(|text| is_spf(text));
        let (Some(record), None) = (records.next(), records.next()) else {
            let several = found.iter().any(|text| is_spf(text));
            return Ok(if several { Verdict::Faulty } else { Verdict::None });
        };
        let Some(record) = Record::read(record) else { return Ok(Verdict::Faulty) };
        let one_more = || {
            lookups.set(lookups.get() + 1);
            lookups.get() <= MOST_LOOKUPS
        };
        for (result, mechanism) in record.mechanisms {
            match mechanism {
                Mechanism::Everybody => return Ok(result),
                Mechanism::Somebody => {}
                Mechanism::LookedUp if !one_more() => return Ok(Verdict::Faulty),
                Mechanism::LookedUp => {}
                Mechanism::Include(_) if !one_more() => return Ok(Verdict::Faulty),
                Mechanism::Include(other) => match judged(texts, named(&other)?, lookups).await? {
                    Verdict::None | Verdict::Faulty => return Ok(Verdict::Faulty),
                    Verdict::AllowsAll => return Ok(result),
                    Verdict::Neutral | Verdict::SoftFail | Verdict::Fail => {}
                },
            }
        }
        let Some(other) = record.redirect else { return Ok(Verdict::Neutral) };
        if !one_more() {
            return Ok(Verdict::Faulty);
        }
        Ok(match judged(texts, named(&other)?, lookups).await? {
            Verdict::None => Verdict::Faulty,
            verdict => verdict,
        })
    })
}

/// A name that depends on the sender cannot be followed without one.
fn named(domain: &str) -> Result<String, Message> {
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
    /// Some addresses, by themselves.
    Somebody,
    /// Some addresses that have to be looked up.
    LookedUp,
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
        if !text.is_ascii() {
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
        "exists" => domain.filter(|domain| !domain.is_empty()).map(|_| Mechanism::LookedUp),
        "ptr" if rest.is_empty() || domain.is_some_and(|domain| !domain.is_empty()) => {
            Some(Mechanism::LookedUp)
        }
        "a" | "mx" => looked_up(rest),
        "ip4" => {
            let (address, bits) = network(domain?, 32)?;
            address.parse::<Ipv4Addr>().ok()?;
            Some(if bits == 0 { Mechanism::Everybody } else { Mechanism::Somebody })
        }
        "ip6" => {
            let (address, bits) = network(domain?, 128)?;
            address.parse::<Ipv6Addr>().ok()?;
            Some(if bits == 0 { Mechanism::Everybody } else { Mechanism::Somebody })
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
    let covers_all = |text: &str| text.parse::<u8>().is_ok_and(|bits| bits == 0);
    let everybody = covers_all(four) || covers_all(six);
    Some(if everybody { Mechanism::Everybody } else { Mechanism::LookedUp })
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
    use std::collections::BTreeMap;

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
