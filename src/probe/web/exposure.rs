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
    shown_by: Marks,
}

/// Folders whose contents should not be listed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listings {
    pub folders: Vec<String>,
    pub shown_by: Vec<Marks>,
}

/// What an answer shows when it is what is looked for: all that is named here. In lower case, but for how
/// the body begins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    #[serde(default)]
    begins: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    title_begins: Option<String>,
    #[serde(default = "fine")]
    status: u16,
}

impl Marks {
    pub fn are_on(&self, answer: &Kept) -> bool {
        let title = answer.body.title.to_lowercase();
        answer.status == self.status
            && self.begins.as_ref().is_none_or(|start| answer.body.begins.contains(start))
            && holds_all(answer, &self.contains)
            && self.title.as_ref().is_none_or(|part| title.contains(part))
            && self.title_begins.as_ref().is_none_or(|start| title.starts_with(start))
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
    /// Whether the title says anything.
    pub title: bool,
}

/// What an address, given as it is kept, is read for.
pub(super) fn sought(purpose: Purpose, url: &Url) -> Sought {
    let listed = |one: &&Wanted| match purpose {
        Purpose::Listed => url.join(&one.path).is_ok_and(|listed| listed == *url),
        purpose => purpose == Purpose::Nowhere,
    };
    let of_listings = matches!(purpose, Purpose::Nowhere | Purpose::Folder | Purpose::Page);
    let of_maps = matches!(purpose, Purpose::Nowhere | Purpose::SourceMap);
    let entries = list().look_for.iter().filter(listed).map(|one| &one.shown_by);
    let listings = list().listings.shown_by.iter().filter(|_| of_listings);
    let maps = Some(&list().source_maps).filter(|_| of_maps);
    let marks: Vec<&'static Marks> = entries.chain(listings).chain(maps).collect();
    let mut words: Vec<&str> = marks.iter().flat_map(|one| &one.contains).map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let begins = marks.iter().filter_map(|one| one.begins.as_deref()).collect();
    let title = marks.iter().any(|one| one.title.is_some() || one.title_begins.is_some());
    Sought { words, begins, title }
}

pub async fn look(site: &Site<'_>, front: &Walk, seen: Option<&(&Kept, Page)>) -> Facts {
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
async fn usual(site: &Site<'_>, front: &Walk) -> Result<Rc<Kept>, Message> {
    let usual = ask(site, NOWHERE, Purpose::Nowhere).await.map_err(nothing)?;
    // Who is kept out of everything, the front page too, sees nothing of what others may see.
    let is_kept_out = usual.status == 403 && front.answers.iter().all(|answer| answer.status == 403);
    if usual.is_no_word() || is_kept_out {
        return Err(unexpected(usual.status));
    }
    Ok(usual)
}

/// What was found; why it is not known, where one address could not be asked for.
async fn search(site: &Site<'_>, usual: &Kept) -> Result<Vec<&'static Wanted>, Message> {
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
        if wanted.shown_by.are_on(&answer) && !wanted.shown_by.are_on(usual) {
            found.push(wanted);
        }
    }
    Ok(found)
}

pub(super) async fn ask(site: &Site<'_>, path: &str, purpose: Purpose) -> Result<Rc<Kept>, Nothing> {
    let url = site.front(true).and_then(|front| front.join(path).ok());
    site.get(&url.ok_or(Nothing::NotHttp)?, purpose).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_every_entry_is_known_by_its_content() {
        let list: List = serde_yaml::from_str(LIST).unwrap();
        assert!(list.look_for.len() > 25 && list.ports.len() > 10);
        assert!(list.listings.folders.iter().all(|one| one.starts_with('/') && one.ends_with('/')));
        let of_paths = list.look_for.iter().map(|one| &one.shown_by);
        for marks in of_paths.chain(&list.listings.shown_by).chain([&list.source_maps]) {
            let words: Vec<&String> =
                marks.contains.iter().chain(&marks.title).chain(&marks.title_begins).collect();
            assert!(marks.begins.is_some() || !words.is_empty(), "{marks:?}");
            assert!(words.iter().all(|word| **word == word.to_lowercase()), "{marks:?}");
        }
        assert!(list.look_for.iter().all(|one| one.path.starts_with('/')));
        let mut paths: Vec<&str> = list.look_for.iter().map(|one| one.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), list.look_for.len());
    }

    #[test]
    fn a_mark_means_one_thing_wherever_it_stands() {
        let are_on = |marks: &str, title: &str, status: u16| {
            let body = crate::wire::visit::Body {
                title: title.to_owned(),
                words: vec!["words".to_owned()],
                begins: vec!["Head".to_owned()],
                ..Default::default()
            };
            let answer = Kept {
                url: Url::parse("https://telemed.example.jp/x").unwrap(),
                status,
                headers: Vec::new(),
                body,
                is_whole: true,
                answered: jiff::Timestamp::UNIX_EPOCH,
                took: std::time::Duration::ZERO,
            };
            serde_yaml::from_str::<Marks>(marks).unwrap().are_on(&answer)
        };
        assert!(are_on("{title: adminer}", "Login - Adminer", 200));
        assert!(!are_on("{title_begins: adminer}", "Login - Adminer", 200));
        assert!(are_on("{title_begins: login, contains: [words]}", "Login - Adminer", 200));
        assert!(!are_on("{title: adminer, contains: [other]}", "Adminer", 200));
        assert!(are_on("{begins: Head}", "", 200) && !are_on("{begins: head}", "", 200));
        assert!(
            !are_on("{title: adminer}", "Adminer", 401)
                && are_on("{contains: [words], status: 401}", "", 401)
        );
    }
}
