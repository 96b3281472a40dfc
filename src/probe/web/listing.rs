//! Folders whose contents everybody can list: a short list of names, and those that the parts of the front
//! page lie in.

use std::rc::Rc;

use futures_util::StreamExt;
use url::Url;

use super::client::Nothing;
use super::exposure::{AT_ONCE, ask, list};
use super::kept::Kept;
use super::page::Page;
use super::site::{Site, nothing};
use super::unexpected;
use crate::msg;
use crate::probe::state::State;
use crate::wire::visit::Purpose;

/// Folders of the page's own parts that are asked for, at most.
const MOST_OWN: usize = 8;

/// By the marks of a listing, where an address that cannot be there shows none.
pub async fn look(site: &Site<'_>, usual: &Kept, front: &Kept, page: &Page) -> State {
    let mut folders: Vec<String> = list().listings.folders.clone();
    let mut is_cut = !front.is_whole || page.is_cut;
    for folder in page.parts.iter().filter(|part| site.is_here(part)).filter_map(folder) {
        match folders.contains(&folder) {
            true => {}
            false if folders.len() == list().listings.folders.len() + MOST_OWN => is_cut = true,
            false => folders.push(folder),
        }
    }
    let one = |folder: String| async move {
        let answer = ask(site, &folder, Purpose::Folder).await;
        (folder, answer)
    };
    let answers: Vec<(String, Result<Rc<Kept>, Nothing>)> =
        futures_util::stream::iter(folders).map(one).buffered(AT_ONCE).collect().await;
    if lists(usual) {
        return State::Unknown(msg!("probe.web.all_alike"));
    }
    let (mut found, mut why_not) = (Vec::new(), None);
    if lists(front) && site.is_here(&front.url) {
        found.push(front.url.path().to_owned());
    }
    for (folder, answer) in answers {
        match answer {
            Ok(answer) if answer.is_no_word() => why_not = Some(unexpected(answer.status)),
            Ok(answer) if lists(&answer) && !found.contains(&folder) => found.push(folder),
            Ok(_) => {}
            Err(why) => why_not = Some(nothing(why)),
        }
    }
    match why_not.or_else(|| is_cut.then(|| msg!("probe.too_much"))) {
        Some(why) if found.is_empty() => State::Unknown(why),
        _ => State::list(found),
    }
}

fn lists(answer: &Kept) -> bool {
    list().listings.shown_by.iter().any(|marks| marks.are_on(answer))
}

/// The folder that a part of a page lies in; `/` is the front page's.
fn folder(part: &Url) -> Option<String> {
    let (folder, _) = part.path().rsplit_once('/')?;
    (!folder.is_empty() && folder.len() < 200).then(|| format!("{folder}/"))
}
