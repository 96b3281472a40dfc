//! What is open to everybody and should not be, by a list of addresses and of what they show. A server
//! that answers everything alike shows nothing.

use std::rc::Rc;
use std::sync::OnceLock;

use futures_util::StreamExt;
use futures_util::future::join;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::client::Nothing;
use super::kept::Kept;
use super::page::Page;
use super::site::{Site, Walk, nothing};
use super::unexpected;
use super::{Facts, listing, source_map};
use crate::model::message::Message;
use crate::probe::state::State;
use crate::wire::transcript::digits;
use crate::wire::visit::Purpose;

const LIST: &str = include_str!("../../../rules/probe/exposure.yaml");

/// An address that cannot be there.
const NOWHERE: &str = "/tenken-6f1d2c8e9b7a4053";

/// Asked side by side.
pub(super) const AT_ONCE: usize = 4;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    look_for: Vec<Wanted>,
    pub listings: Listings,
    pub source_maps: Marks,
    pub ports: Vec<Port>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Port {
    pub port: u16,
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    path: String,
    kind: Kind,
    #[serde(default)]
    begins: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default = "fine")]
    status: u16,
}

/// Folders whose contents should not be listed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listings {
    pub folders: Vec<String>,
    pub shown_by: Vec<Marks>,
}

/// What a page shows when it is what is looked for: all that is named here.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    /// How its title begins.
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
}

impl Marks {
    pub fn are_on(&self, answer: &Kept) -> bool {
        let is_titled =
            self.title.as_ref().is_none_or(|start| answer.body.title.to_lowercase().starts_with(start));
        answer.status == 200 && holds_all(answer, &self.contains) && is_titled
    }
}

fn holds_all(answer: &Kept, words: &[String]) -> bool {
    words.iter().all(|word| answer.body.words.contains(word))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Leftover,
    Console,
    SslVpn,
}

fn fine() -> u16 {
    200
}

/// The built-in list. A test reads it, so it is never empty in a release.
pub(super) fn list() -> &'static List {
    static LISTED: OnceLock<List> = OnceLock::new();
    LISTED.get_or_init(|| serde_yaml::from_str(LIST).unwrap_or_default())
}

/// The digest of the list: by another, other addresses would have been asked for.
pub fn digest() -> String {
    digits(&Sha256::digest(LIST))
}

/// What is looked for in a body.
#[derive(Debug, Default)]
pub(super) struct Sought {
    pub words: Vec<&'static str>,
    pub begins: Vec<&'static str>,
}

/// What an address, given as it is kept, is read for.
pub(super) fn sought(purpose: Purpose, url: &Url) -> Sought {
    let listed = |one: &&Wanted| match purpose {
        Purpose::Listed => url.join(&one.path).is_ok_and(|listed| listed == *url),
        purpose => purpose == Purpose::Nowhere,
    };
    let of_listings = matches!(purpose, Purpose::Nowhere | Purpose::Folder | Purpose::Page);
    let of_maps = matches!(purpose, Purpose::Nowhere | Purpose::SourceMap);
    let entries: Vec<&'static Wanted> = list().look_for.iter().filter(listed).collect();
    let listings = list().listings.shown_by.iter().filter(|_| of_listings);
    let marks = listings.chain(Some(&list().source_maps).filter(|_| of_maps));
    let words = entries.iter().flat_map(|one| &one.contains).chain(marks.flat_map(|one| &one.contains));
    let mut words: Vec<&str> = words.map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let begins = entries.iter().filter_map(|one| one.begins.as_deref()).collect();
    Sought { words, begins }
}

pub async fn look(site: &Site, front: &Walk, seen: Option<&(&Kept, Page)>) -> Facts {
    // Whoever does not show a front page is not asked for thirty others.
    let usual = match front.answers.is_empty() {
        true => Err(front.why_not()),
        false => self::usual(site, front).await,
    };
    let found = match &usual {
        Err(why) => Err(why.clone()),
        Ok(usual) => search(site, usual).await,
    };
    let (listings, maps) = match (&usual, seen) {
        (Err(why), _) => (State::Unknown(why.clone()), State::Unknown(why.clone())),
        (Ok(_), None) => (State::Unknown(front.why_not()), State::Unknown(front.why_not())),
        (Ok(usual), Some((answer, page))) => {
            join(listing::look(site, usual, answer, page), source_map::look(site, usual, answer, page)).await
        }
    };
    let paths = |kind: Kind| match &found {
        Err(why) => State::Unknown(why.clone()),
        Ok(found) => {
            let paths = found.iter().filter(|one| one.kind == kind).map(|one| one.path.clone());
            State::list(paths.collect())
        }
    };
    let vpn = match &found {
        Err(why) => State::Unknown(why.clone()),
        Ok(found) => State::flag(found.iter().any(|one| one.kind == Kind::SslVpn)),
    };
    vec![
        ("exposure.leftovers".to_owned(), paths(Kind::Leftover)),
        ("exposure.consoles".to_owned(), paths(Kind::Console)),
        ("exposure.ssl_vpn".to_owned(), vpn),
        ("exposure.listings".to_owned(), listings),
        ("exposure.source_maps".to_owned(), maps),
    ]
}

/// Each fact unknown for the same reason.
pub fn unknown(why: &Message) -> Facts {
    let keys = ["leftovers", "consoles", "ssl_vpn", "listings", "source_maps"];
    keys.map(|key| (format!("exposure.{key}"), State::Unknown(why.clone()))).to_vec()
}

/// What an address is answered with that cannot be there; why that says nothing.
async fn usual(site: &Site, front: &Walk) -> Result<Rc<Kept>, Message> {
    let usual = ask(site, NOWHERE, Purpose::Nowhere).await.map_err(nothing)?;
    // Who is kept out of everything, the front page too, sees nothing of what others may see.
    let is_kept_out = usual.status == 403 && front.answers.iter().all(|answer| answer.status == 403);
    if usual.is_no_word() || is_kept_out {
        return Err(unexpected(usual.status));
    }
    Ok(usual)
}

/// What was found; why it is not known, where one address could not be asked for.
async fn search(site: &Site, usual: &Kept) -> Result<Vec<&'static Wanted>, Message> {
    let one =
        |wanted: &'static Wanted| async move { (wanted, ask(site, &wanted.path, Purpose::Listed).await) };
    let answers: Vec<_> =
        futures_util::stream::iter(&list().look_for).map(one).buffered(AT_ONCE).collect().await;
    let mut found = Vec::new();
    for (wanted, answer) in answers {
        let answer = answer.map_err(nothing)?;
        // Turned away for now, or in trouble: what is there, this does not say.
        if answer.is_no_word() {
            return Err(unexpected(answer.status));
        }
        if wanted.is_shown_by(&answer) && !wanted.is_shown_by(usual) {
            found.push(wanted);
        }
    }
    Ok(found)
}

pub(super) async fn ask(site: &Site, path: &str, purpose: Purpose) -> Result<Rc<Kept>, Nothing> {
    let url = site.front(true).and_then(|front| front.join(path).ok());
    site.get(&url.ok_or(Nothing::NotHttp)?, purpose).await
}

impl Wanted {
    fn is_shown_by(&self, answer: &Kept) -> bool {
        let begins = self.begins.as_ref().is_none_or(|start| answer.body.begins.contains(start));
        let titled = self.title.as_ref().is_none_or(|title| answer.body.title.to_lowercase().contains(title));
        answer.status == self.status && begins && holds_all(answer, &self.contains) && titled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_every_entry_is_known_by_its_content() {
        let list: List = serde_yaml::from_str(LIST).unwrap();
        assert!(list.look_for.len() > 25 && list.ports.len() > 10);
        assert!(list.listings.folders.iter().all(|one| one.starts_with('/') && one.ends_with('/')));
        for marks in list.listings.shown_by.iter().chain([&list.source_maps]) {
            let words: Vec<&String> = marks.contains.iter().chain(&marks.title).collect();
            assert!(!words.is_empty() && words.iter().all(|word| **word == word.to_lowercase()));
        }
        for one in &list.look_for {
            assert!(one.path.starts_with('/'), "{}", one.path);
            assert!(one.begins.is_some() || one.title.is_some() || !one.contains.is_empty(), "{}", one.path);
            assert!(
                one.contains.iter().chain(&one.title).all(|part| *part == part.to_lowercase()),
                "{}",
                one.path
            );
        }
        let mut paths: Vec<&str> = list.look_for.iter().map(|one| one.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), list.look_for.len());
    }
}
