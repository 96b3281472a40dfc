//! The country of an address: by a file that the user has, or by the registry that gave the address out
//! where the user allows it to be asked. Which country a registry names is the one the network was given
//! out for; where the computer stands it does not know.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use maxminddb::{PathElement, Reader};
use tokio::time::Instant;

use super::domain::rdap::{self, code};
use super::domain::{Desk, why_not};
use super::state::State;
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::{Country, Said};

/// Larger files are none of countries.
pub const LARGEST: u64 = 512 << 20;

/// Where the makers of such files put the country. The one that a network was registered in is another.
const PLACES: &[&[&str]] = &[&["country", "iso_code"], &["country_code"], &["country"]];

/// A file of addresses with their countries.
#[derive(Clone)]
pub struct Countries(Arc<Reader<Vec<u8>>>);

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Countries")
    }
}

impl Countries {
    /// Nothing where the bytes are no such file.
    pub fn read(bytes: Vec<u8>) -> Option<Countries> {
        Reader::from_source(bytes).ok().map(|reader| Countries(Arc::new(reader)))
    }

    /// What the file says of an address.
    pub fn of(&self, address: IpAddr) -> Country {
        let Ok(found) = self.0.lookup(address) else { return Country::DamagedFile };
        if !found.has_data() {
            return Country::NotInFile;
        }
        let mut damaged = false;
        for place in PLACES {
            let path: Vec<PathElement> = place.iter().map(|key| PathElement::Key(key)).collect();
            match found.decode_path::<&str>(&path) {
                Ok(Some(word)) => {
                    if let Some(code) = code(word) {
                        return Country::File(code);
                    }
                }
                Ok(None) => {}
                // Another kind of value stands there: this maker puts the country elsewhere.
                Err(_) => damaged = true,
            }
        }
        if damaged { Country::DamagedFile } else { Country::NotInFile }
    }
}

/// What is said about the country of one address; why nothing was asked.
pub async fn look(
    address: IpAddr,
    countries: Option<&Countries>,
    desk: &Desk,
    deadline: Instant,
) -> Result<Country, Message> {
    match countries {
        Some(countries) => Ok(countries.of(address)),
        None if is_nobodys(address) => Err(msg!("location.private")),
        None => desk.country(address, deadline).await.map(Country::Registry),
    }
}

/// The country, and how it was obtained, from what was kept of what was said.
pub fn read(address: IpAddr, kept: &Country) -> (&'static str, State) {
    let (method, found) = match kept {
        Country::File(word) => ("mmdb", code(word).ok_or_else(|| msg!("location.file_damaged"))),
        Country::NotInFile => ("mmdb", Err(msg!("location.not_in_file"))),
        Country::DamagedFile => ("mmdb", Err(msg!("location.file_damaged"))),
        Country::Registry(Said { end: Some(end), .. }) => ("rdap", Err(why_not(end))),
        Country::Registry(said) => ("rdap", rdap::country(said.text.as_bytes(), address)),
    };
    (method, found.map_or_else(State::Unknown, |country| State::list(vec![country])))
}

/// Addresses that are given out to nobody in particular.
fn is_nobodys(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(one) => {
            let shared = one.octets().first() == Some(&100)
                && one.octets().get(1).is_some_and(|part| part & 0xc0 == 64);
            one.is_private() || one.is_loopback() || one.is_link_local() || one.is_unspecified() || shared
        }
        IpAddr::V6(one) => {
            one.is_loopback() || one.is_unspecified() || one.is_unique_local() || one.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ones_own_network_are_nobodys() {
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_nobodys(address.parse().unwrap()), "{address}");
        }
        for address in ["192.0.2.1", "100.128.0.1", "2001:db8::1"] {
            assert!(!is_nobodys(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        assert!(Countries::read(Vec::new()).is_none());
        assert!(Countries::read(b"\xab\xcd\xefMaxMind.com".to_vec()).is_none());
        assert!(Countries::read(vec![0; 10_000]).is_none());
    }
}
