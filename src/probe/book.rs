//! The addresses of all targets of a run. Each name is looked up once, so that whoever goes there goes to the
//! same place, and a visitor of one target may go on to another: both were allowed. No other host is in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::sync::OnceCell;
use url::Url;

use super::Options;
use super::authority::{Authorized, Place};
use super::certificate::Roots;
use super::network::{self, Pin, Way};
use super::permits::Permits;
use super::proxy::Proxies;

#[derive(Debug)]
pub struct Book<'a> {
    targets: BTreeMap<&'a str, (&'a Authorized, OnceCell<Vec<Way>>)>,
    pins: &'a [Pin],
    proxies: &'a Proxies,
    roots: &'a Roots,
    /// Connections at once to one address.
    connections: usize,
    run: Permits,
    permits: RefCell<BTreeMap<(SocketAddr, String), Permits>>,
}

impl<'a> Book<'a> {
    pub fn new(targets: &'a [Authorized], options: &'a Options, run: &Permits) -> Book<'a> {
        let entry = |target: &'a Authorized| (target.place().endpoint.as_str(), (target, OnceCell::new()));
        Book {
            targets: targets.iter().map(entry).collect(),
            pins: &options.pins,
            proxies: &options.proxies,
            roots: &options.roots,
            connections: options.connections,
            run: run.clone(),
            permits: RefCell::default(),
        }
    }

    /// The ways to a target, looked up where nobody has done so yet.
    pub async fn ways(&self, target: &Authorized) -> std::io::Result<&[Way]> {
        let known = self.targets.get(target.place().endpoint.as_str());
        let (target, ways) = known.ok_or(std::io::ErrorKind::NotFound)?;
        let found = ways.get_or_try_init(|| network::ways(target, self.pins, self.proxies)).await?;
        Ok(found)
    }

    /// Who is reached through a proxy.
    pub fn proxies(&self) -> &'a Proxies {
        self.proxies
    }

    /// Who is trusted to say whose server it is.
    pub fn roots(&self) -> &'a Roots {
        self.roots
    }

    /// The connections that whatever stands at the end of a way has to bear, whoever makes them.
    pub fn permits(&self, way: &Way) -> Permits {
        let mut all = self.permits.borrow_mut();
        let (to, target) = way.end();
        all.entry((to, target.to_owned()))
            .or_insert_with(|| Permits::of_host(self.connections, &self.run))
            .clone()
    }

    /// The target behind one of whose doors an address lies.
    pub fn target_at(&self, url: &Url) -> Option<&'a Authorized> {
        self.targets.values().map(|(target, _)| *target).find(|target| target.place().has_door(url))
    }

    /// Where that target is.
    pub async fn place_at(&self, url: &Url) -> Option<(&'a Place, Way)> {
        let target = self.target_at(url)?;
        let way = self.ways(target).await.ok()?.first()?;
        Some((target.place(), way.clone()))
    }
}
