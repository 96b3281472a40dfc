//! The arguments that say how to measure and who is asked beside the target itself, shared by the
//! commands that measure.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::Complaint;
use crate::load::file::{TextFile, bytes, shown};
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::Origin;
use crate::msg;
use crate::probe::certificate::Roots;
use crate::probe::directories::Sources;
use crate::probe::dns::Anchors;
use crate::probe::domain::registries::{Registries, Wrong};
use crate::probe::domain::{Fetched, LARGEST_TEXT};
use crate::probe::location::{Countries, LARGEST};
use crate::probe::network::Pin;
use crate::probe::proxy::{Proxies, Proxy};
use crate::probe::{Options, Probe};

/// The port of DNS.
const PORT: u16 = 53;

/// Where programs look for the proxy of this computer.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// In the place of a proxy: straight.
const NONE: &str = "none";

/// In the place of a file: what this computer trusts.
const SYSTEM: &str = "system";

#[derive(Debug, clap::Args)]
pub struct Measuring {
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    #[arg(long, value_name = "NAME:PORT:ADDRESS")]
    resolve: Vec<String>,
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout_all: Option<u64>,
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..=32))]
    connections: u64,
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    #[arg(long, value_name = "PROBE", value_delimiter = ',', value_parser = super::arguments::probe())]
    probes: Vec<Probe>,
    #[arg(long)]
    ports: bool,
    #[arg(long)]
    revocation: bool,
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = resolver)]
    resolver: Option<SocketAddr>,
    #[arg(long, value_name = "FILE")]
    trust_anchor: Option<PathBuf>,
    #[arg(long)]
    registry: bool,
    #[arg(long, value_name = "FILE")]
    registries: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    whois: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    mmdb: Option<PathBuf>,
}

impl Measuring {
    pub fn options(&self, now: Timestamp) -> anyhow::Result<Options> {
        let defaults = Options::new(now);
        let pin = |text: &String| {
            let wrong =
                || Complaint(Diagnostic::error(msg!("probe.pin", text = text), msg!("probe.pin.mend")));
            Pin::parse(text).ok_or_else(wrong).map_err(anyhow::Error::from)
        };
        Ok(Options {
            roots: self.ca.as_deref().map(roots).transpose()?.unwrap_or(defaults.roots),
            pins: self.resolve.iter().map(pin).collect::<Result<_, _>>()?,
            timeout: Duration::from_secs(self.timeout),
            whole: self.timeout_all.map(Duration::from_secs),
            connections: usize::try_from(self.connections).unwrap_or(1),
            probes: if self.probes.is_empty() { defaults.probes } else { self.probes.clone() },
            ports: self.ports,
            revocation: self.revocation,
            sources: self.sources()?,
            proxies: self.proxies()?,
            ..defaults
        })
    }

    /// The one that is named, or that of this computer.
    fn proxies(&self) -> anyhow::Result<Proxies> {
        let (name, text, except) = match (&self.proxy, set(&PROXY)) {
            (Some(word), _) if word == NONE => return Ok(Proxies::default()),
            (Some(text), _) => ("--proxy", text.clone(), String::new()),
            (None, Some((name, text))) => (name, text, set(&NO_PROXY).unwrap_or_default().1),
            (None, None) => return Ok(Proxies::default()),
        };
        // It may hold a password.
        let wrong =
            || Complaint(Diagnostic::error(msg!("probe.proxy", name = name), msg!("probe.proxy.mend")));
        Ok(Proxies::new(Proxy::parse(&text).ok_or_else(wrong)?, &except))
    }

    fn sources(&self) -> anyhow::Result<Sources> {
        let mut sources = Sources { resolver: self.resolver, registry: self.registry, ..Sources::default() };
        if let Some(path) = &self.trust_anchor {
            let file = read(path)?;
            let wrong = || complaint(path, msg!("sources.anchor"), msg!("sources.anchor.mend"));
            sources.anchors = Anchors::read(&file.text).ok_or_else(wrong)?;
        }
        if let Some(path) = &self.registries {
            let file = read(path)?;
            sources.registries = Registries::read(&file.text)
                .map_err(|wrong| complaint(path, worded(wrong), msg!("sources.registries.mend")))?;
        }
        for path in &self.whois {
            sources.fetched.push(fetched(path)?);
        }
        if let Some(path) = &self.mmdb {
            let bytes = bytes(path, LARGEST).map_err(|wrong| anyhow::Error::from(Complaint(*wrong)))?;
            let wrong = || complaint(path, msg!("sources.mmdb"), msg!("sources.mmdb.mend"));
            sources.countries = Some(Countries::read(bytes).ok_or_else(wrong)?);
        }
        Ok(sources)
    }
}

/// The first of some variables that is set, and to what; to nothing usable where that is no text.
fn set(names: &[&'static str]) -> Option<(&'static str, String)> {
    let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    names.iter().find_map(|name| Some((*name, value(name)?.into_string().unwrap_or_default())))
}

fn roots(path: &Path) -> anyhow::Result<Roots> {
    if path == Path::new(SYSTEM) {
        let none = |_| Complaint(Diagnostic::error(msg!("probe.ca_system"), msg!("probe.ca.mend")));
        return Ok(Roots::of_system().map_err(none)?);
    }
    let file = read(path)?;
    Roots::from_pem(file.text.as_bytes())
        .map_err(|_| complaint(path, msg!("probe.ca"), msg!("probe.ca.mend")))
}

fn fetched(path: &Path) -> anyhow::Result<Fetched> {
    let bytes = bytes(path, LARGEST_TEXT as u64).map_err(|wrong| anyhow::Error::from(Complaint(*wrong)))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Fetched::read(text).map_err(|why| complaint(path, why, msg!("sources.whois.mend")))
}

fn read(path: &Path) -> anyhow::Result<TextFile> {
    TextFile::read(path).map_err(|wrong| Complaint(*wrong).into())
}

fn complaint(path: &Path, what: Message, mend: Message) -> anyhow::Error {
    Complaint(Diagnostic::error(what, mend).at(Origin::file(shown(path)))).into()
}

fn worded(wrong: Wrong) -> Message {
    match wrong {
        Wrong::Form(error) => msg!("sources.registries.form", error = error),
        Wrong::Entry(name) => msg!("sources.registries.entry", name = name),
        Wrong::Address(address) => msg!("sources.registries.address", address = address),
    }
}

/// `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`.
fn resolver(word: &str) -> Result<SocketAddr, String> {
    let alone = word.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, PORT));
    let found = alone.or_else(|| word.parse().ok()).filter(|address| address.port() != 0);
    found.ok_or_else(|| "192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:5353".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_is_an_address_with_or_without_a_port() {
        let read = |word: &str| resolver(word).ok().map(|address| address.to_string());
        assert_eq!(read("192.0.2.1").as_deref(), Some("192.0.2.1:53"));
        assert_eq!(read("192.0.2.1:5353").as_deref(), Some("192.0.2.1:5353"));
        assert_eq!(read("2001:db8::1").as_deref(), Some("[2001:db8::1]:53"));
        assert_eq!(read("[2001:db8::1]:5353").as_deref(), Some("[2001:db8::1]:5353"));
        for bad in ["", "dns.example.jp", "192.0.2.1:0", "192.0.2.1:x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
