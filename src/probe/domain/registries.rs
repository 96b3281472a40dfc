//! Who keeps the registrations of which domains, as data. Which part of a name is registered follows from
//! the same list.

use jiff::tz::Offset;
use serde::Deserialize;
use url::{Host, Url};

const SHIPPED: &str = include_str!("../../../rules/probe/registries.yaml");

/// Entries of a list, at most.
const MOST: usize = 2000;

/// The port of WHOIS.
const PORT: u16 = 43;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    registries: Vec<Raw>,
    #[serde(default)]
    addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    under: Vec<String>,
    #[serde(default)]
    unclear: bool,
    rdap: Option<String>,
    whois: Option<String>,
    query: Option<String>,
    /// Where its days begin, in hours before those of UTC.
    #[serde(default)]
    hours_ahead: i8,
}

#[derive(Debug, Clone, Default)]
pub struct Registries {
    entries: Vec<Entry>,
    /// Who gives out addresses.
    pub addresses: Vec<Url>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    suffix: String,
    /// Names are registered here at more than one depth, and a name does not show at which it is.
    is_unclear: bool,
    zone: Offset,
    keeper: Keeper,
}

/// How a registry is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    Rdap(Url),
    Whois { host: String, port: u16, query: String },
}

/// Why a file is none of registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Not of the form, as the reader of YAML words it.
    Form(String),
    /// An entry with neither or both ways to ask, or without a suffix.
    Entry(String),
    /// An address that is not one, or that is not safe to ask over.
    Address(String),
}

impl Registries {
    pub fn shipped() -> Registries {
        Registries::read(SHIPPED).unwrap_or_default()
    }

    pub fn read(text: &str) -> Result<Registries, Wrong> {
        let file: File = serde_yaml::from_str(text).map_err(|error| Wrong::Form(error.to_string()))?;
        let mut read = Registries::default();
        for raw in file.registries {
            let name = raw.under.first().cloned().unwrap_or_default();
            let keeper = keeper(&raw).map_err(|wrong| wrong.unwrap_or(Wrong::Entry(name.clone())))?;
            let zone = Offset::from_hours(raw.hours_ahead).map_err(|_| Wrong::Entry(name.clone()))?;
            for suffix in raw.under {
                let suffix = suffix.trim_matches('.').to_lowercase();
                if suffix.is_empty() || read.entries.len() >= MOST {
                    return Err(Wrong::Entry(name));
                }
                read.entries.push(Entry { suffix, is_unclear: raw.unclear, zone, keeper: keeper.clone() });
            }
        }
        for address in file.addresses.into_iter().take(MOST) {
            read.addresses.push(base(&address)?);
        }
        Ok(read)
    }

    /// Where the registry of a domain counts its days.
    pub fn zone(&self, domain: &str) -> Offset {
        let is_under = |entry: &&Entry| {
            domain.strip_suffix(entry.suffix.as_str()).is_some_and(|rest| rest.ends_with('.'))
        };
        let entry = self.entries.iter().filter(is_under).max_by_key(|entry| entry.suffix.len());
        entry.map_or(Offset::UTC, |entry| entry.zone)
    }

    /// The domain that somebody registered for a name, and who keeps it.
    pub fn of<'a>(&self, host: &'a str) -> Found<'a, '_> {
        let host = host.trim_end_matches('.');
        let above = |entry: &Entry| host.strip_suffix(entry.suffix.as_str())?.strip_suffix('.');
        let fits = self.entries.iter().filter_map(|entry| Some((entry, above(entry)?)));
        let Some((entry, above)) = fits.max_by_key(|(entry, _)| entry.suffix.len()) else {
            return Found::Nobody;
        };
        let label = above.rsplit('.').next().unwrap_or_default();
        let start = host.len().checked_sub(label.len() + 1 + entry.suffix.len());
        match start.and_then(|start| host.get(start..)) {
            _ if label.is_empty() => Found::Nobody,
            Some(_) if entry.is_unclear && label.len() < above.len() => Found::Unclear,
            Some(registered) => Found::Registered(registered, &entry.keeper),
            None => Found::Nobody,
        }
    }
}

/// What the list knows about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a, 'r> {
    Registered(&'a str, &'r Keeper),
    /// Which part of it is registered cannot be told from the name.
    Unclear,
    Nobody,
}

fn keeper(raw: &Raw) -> Result<Keeper, Option<Wrong>> {
    match (&raw.rdap, &raw.whois) {
        (Some(address), None) if raw.query.is_none() => Ok(Keeper::Rdap(base(address)?)),
        (None, Some(server)) => {
            let (host, port) = match server.rsplit_once(':') {
                Some((host, port)) => (host, port.parse().map_err(|_| Wrong::Address(server.clone()))?),
                None => (server.as_str(), PORT),
            };
            let query = raw.query.clone().unwrap_or_else(|| "{domain}".to_owned());
            let is_one_line = query.contains("{domain}") && !query.contains(['\r', '\n']);
            if host.is_empty() || !is_one_line {
                return Err(None);
            }
            Ok(Keeper::Whois { host: host.to_owned(), port, query })
        }
        _ => Err(None),
    }
}

/// Over https; without encryption only within this computer.
fn base(address: &str) -> Result<Url, Wrong> {
    let wrong = || Wrong::Address(address.to_owned());
    let mut url = Url::parse(address).map_err(|_| wrong())?;
    if !is_safe(&url) {
        return Err(wrong());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

pub fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    url.host().is_some() && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_read_and_finds_what_is_registered() {
        let registries = Registries::read(SHIPPED).unwrap();
        let registered = |host| match registries.of(host) {
            Found::Registered(domain, _) => Some(domain),
            Found::Unclear | Found::Nobody => None,
        };
        for (host, domain) in [
            ("telemed.example.jp", Some("example.jp")),
            ("example.jp", Some("example.jp")),
            ("www.telemed.example.co.jp", Some("example.co.jp")),
            ("example.or.jp.", Some("example.or.jp")),
            ("example.tokyo.jp", Some("example.tokyo.jp")),
            ("a.b.example.com", Some("example.com")),
            ("notco.jp", Some("notco.jp")),
            ("jp", None),
            ("co.jp", Some("co.jp")),
            ("telemed.example.invalid", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(registered(host), domain, "{host}");
        }
        let keeper = |host| match registries.of(host) {
            Found::Registered(_, keeper) => keeper,
            other => panic!("{other:?}"),
        };
        assert!(matches!(keeper("example.jp"), Keeper::Whois { port: 43, .. }));
        assert!(matches!(keeper("example.com"), Keeper::Rdap(_)));
    }

    #[test]
    fn a_name_that_does_not_show_what_is_registered_is_left_open() {
        let registries = Registries::shipped();
        // The registered name may be the third part from the end, or the fourth.
        for host in ["www.example.tokyo.jp", "example.chiyoda.tokyo.jp", "a.example.naka.yokohama.jp"] {
            assert_eq!(registries.of(host), Found::Unclear, "{host}");
        }
    }

    #[test]
    fn a_list_of_ones_own_is_held_to_its_form() {
        let wrong = |text: &str| Registries::read(text).unwrap_err();
        assert!(matches!(wrong("registries: [{under: [jp]}]"), Wrong::Entry(name) if name == "jp"));
        assert!(matches!(
            wrong("registries: [{under: [jp], rdap: 'http://rdap.example.com/'}]"),
            Wrong::Address(_)
        ));
        assert!(matches!(
            wrong("registries: [{under: [jp], rdap: 'https://a.example.com', whois: b}]"),
            Wrong::Entry(_)
        ));
        assert!(matches!(wrong("registries: [{under: [jp], whois: a, query: x}]"), Wrong::Entry(_)));
        assert!(matches!(wrong("registries: [{under: [jp], whois: 'a:b'}]"), Wrong::Address(_)));
        assert!(matches!(wrong("registrars: []"), Wrong::Form(_)));
        let here =
            Registries::read("registries: [{under: [jp], rdap: 'http://127.0.0.1:8080/rdap'}]").unwrap();
        assert!(
            matches!(here.of("a.jp"), Found::Registered("a.jp", Keeper::Rdap(url)) if url.path() == "/rdap/")
        );
    }
}
