//! What is open to everybody and should not be, by a list of addresses and of what they show. A server
//! that answers everything alike shows nothing.

use std::sync::OnceLock;

use futures_util::StreamExt;
use serde::Deserialize;

use super::Facts;
use super::client::{Answer, Nothing};
use super::page::Page;
use super::site::{Site, Walk, nothing};
use crate::model::message::Message;
use crate::probe::state::State;

const LIST: &str = include_str!("../../../rules/probe/exposure.yaml");

/// An address that cannot be there.
const NOWHERE: &str = "/tenken-6f1d2c8e9b7a4053";

/// Asked side by side.
const AT_ONCE: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    look_for: Vec<Wanted>,
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
    LISTED.get_or_init(|| {
        serde_yaml::from_str(LIST).unwrap_or(List { look_for: Vec::new(), ports: Vec::new() })
    })
}

pub async fn look(site: &Site, front: &Walk) -> Facts {
    // Whoever does not show a front page is not asked for thirty others.
    let found = match front.answers.is_empty() {
        true => Err(front.why_not()),
        false => search(site).await,
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
    ]
}

/// What was found; why it is not known, where one address could not be asked for.
async fn search(site: &Site) -> Result<Vec<&'static Wanted>, Message> {
    let usual = ask(site, NOWHERE).await.map_err(nothing)?;
    let one = |wanted: &'static Wanted| async move { (wanted, ask(site, &wanted.path).await) };
    let answers: Vec<_> =
        futures_util::stream::iter(&list().look_for).map(one).buffered(AT_ONCE).collect().await;
    let mut found = Vec::new();
    for (wanted, answer) in answers {
        let answer = answer.map_err(nothing)?;
        if wanted.is_shown_by(&answer) && !wanted.is_shown_by(&usual) {
            found.push(wanted);
        }
    }
    Ok(found)
}

async fn ask(site: &Site, path: &str) -> Result<Answer, Nothing> {
    let url = site.front(true).and_then(|front| front.join(path).ok());
    site.get(&url.ok_or(Nothing::NotHttp)?).await
}

impl Wanted {
    fn is_shown_by(&self, answer: &Answer) -> bool {
        if answer.status != self.status {
            return false;
        }
        let begins = self.begins.as_ref().is_none_or(|start| answer.body.starts_with(start.as_bytes()));
        let text = answer.text().to_lowercase();
        let contains = self.contains.iter().all(|part| text.contains(part));
        let titled = self
            .title
            .as_ref()
            .is_none_or(|title| Page::read(&answer.text(), &answer.url).title.to_lowercase().contains(title));
        begins && contains && titled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_every_entry_is_known_by_its_content() {
        let list: List = serde_yaml::from_str(LIST).unwrap();
        assert!(list.look_for.len() > 25 && list.ports.len() > 10);
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
