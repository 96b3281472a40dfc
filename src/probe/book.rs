//! The addresses of all targets of a run. Each name is looked up once, so that whoever goes there goes to the
//! same place, and a visitor of one target may go on to another: both were allowed. No other host is in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::sync::OnceCell;
use url::Url;

use super::authority::{Authorized, Place};
use super::network::{self, Pin};
use super::permits::Permits;

#[derive(Debug)]
pub struct Book<'a> {
    targets: BTreeMap<&'a str, (&'a Authorized, OnceCell<Vec<SocketAddr>>)>,
    pins: &'a [Pin],
    /// Connections at once to one address.
    connections: usize,
    run: Permits,
    permits: RefCell<BTreeMap<SocketAddr, Permits>>,
}

impl<'a> Book<'a> {
    pub fn new(targets: &'a [Authorized], pins: &'a [Pin], connections: usize, run: &Permits) -> Book<'a> {
        let entry = |target: &'a Authorized| (target.place().endpoint.as_str(), (target, OnceCell::new()));
        Book {
            targets: targets.iter().map(entry).collect(),
            pins,
            connections,
            run: run.clone(),
            permits: RefCell::default(),
        }
    }

    /// The addresses of a target, looked up where nobody has done so yet.
    pub async fn addresses(&self, target: &Authorized) -> std::io::Result<&[SocketAddr]> {
        let known = self.targets.get(target.place().endpoint.as_str());
        let (target, addresses) = known.ok_or(std::io::ErrorKind::NotFound)?;
        let found = addresses.get_or_try_init(|| network::addresses(target, self.pins)).await?;
        Ok(found)
    }

    /// The connections that an address has to bear, whoever makes them.
    pub fn permits(&self, address: SocketAddr) -> Permits {
        let mut all = self.permits.borrow_mut();
        all.entry(address).or_insert_with(|| Permits::of_host(self.connections, &self.run)).clone()
    }

    /// The target behind one of whose doors an address lies.
    pub fn target_at(&self, url: &Url) -> Option<&'a Authorized> {
        self.targets.values().map(|(target, _)| *target).find(|target| target.place().has_door(url))
    }

    /// Where that target is.
    pub async fn place_at(&self, url: &Url) -> Option<(&'a Place, SocketAddr)> {
        let target = self.target_at(url)?;
        let address = self.addresses(target).await.ok()?.first()?;
        Some((target.place(), *address))
    }
}
