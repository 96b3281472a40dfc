//! Source maps: the sources of a page's scripts as they were written. Only those are asked for that a script
//! of the front page names, and only on the same host.

use futures_util::StreamExt;
use url::Url;

use super::client::Answer;
use super::exposure::{AT_ONCE, list};
use super::hidden::Hidden;
use super::kept::Kept;
use super::page::{Page, without_query};
use super::site::{Site, nothing};
use super::unexpected;
use crate::model::message::Message;
use crate::msg;
use crate::probe::state::State;
use crate::wire::visit::Purpose;

/// Scripts that are looked into, at most.
const MOST_SCRIPTS: usize = 12;

/// The maps that can be had; why it is not known, where one script could not be seen to its end.
pub async fn look(site: &Site<'_>, usual: &Kept, front: &Kept, page: &Page) -> State {
    let scripts: Vec<&Url> = page.scripts.iter().filter(|script| site.is_here(script)).collect();
    let (some, more) = scripts.split_at(scripts.len().min(MOST_SCRIPTS));
    let one = |script: &Url| {
        let script = script.clone();
        async move { of_script(site, usual, &script).await }
    };
    let seen: Vec<Result<Option<Url>, Message>> =
        futures_util::stream::iter(some.iter().map(|script| one(script))).buffered(AT_ONCE).collect().await;
    let found: Vec<String> = seen.iter().flatten().flatten().map(without_query).collect();
    let is_cut = !front.is_whole || page.is_cut || !more.is_empty();
    let why_not = seen.into_iter().find_map(Result::err).or_else(|| is_cut.then(|| msg!("probe.too_much")));
    match why_not {
        Some(why) if found.is_empty() => State::Unknown(why),
        _ => State::list(found),
    }
}

async fn of_script(site: &Site<'_>, usual: &Kept, script: &Url) -> Result<Option<Url>, Message> {
    // A script may lie elsewhere on the same host by now.
    let walk = site.walk(script.clone(), Purpose::Script, |_| false).await;
    let Some(answer) = walk.page() else { return Err(walk.why_not()) };
    if !answer.is_fine() {
        return Ok(None);
    }
    let Some(named) = &answer.body.source_map else {
        // The name stands at the end.
        return if answer.is_whole { Ok(None) } else { Err(msg!("probe.too_much")) };
    };
    // What is written into the script itself, or lies with others, is not asked for.
    let Some(map) = Url::parse(named).ok().filter(|map| site.is_here(map)) else { return Ok(None) };
    let answer = site.get(&map, Purpose::SourceMap).await.map_err(nothing)?;
    if answer.is_no_word() {
        return Err(unexpected(answer.status));
    }
    if answer.redirect().is_some() {
        return Err(unexpected(answer.status));
    }
    let marks = &list().source_maps;
    let has_marks = marks.are_on(&answer) && !marks.are_on(usual);
    // The marks may stand behind the cut.
    if !has_marks && answer.is_fine() && !answer.is_whole {
        return Err(msg!("probe.too_much"));
    }
    Ok(has_marks.then_some(map))
}

/// The map that a script names, in its header or in itself. A name that is no address names none that could be
/// asked for.
pub(super) fn named_by(script: &Answer, hidden: &Hidden) -> Option<String> {
    let header = script.header("sourcemap").or_else(|| script.header("x-sourcemap")).map(str::to_owned);
    let name = header.or_else(|| named(&script.text()))?;
    let url = script.url.join(name.trim());
    Some(url.map(|url| hidden.keep(&url).to_string()).unwrap_or_default())
}

/// The address in the last comment that names one.
fn named(script: &str) -> Option<String> {
    let comment = |line: &str| {
        let rest = line.trim().strip_prefix("//#").or_else(|| line.trim().strip_prefix("//@"))?;
        Some(rest.trim().strip_prefix("sourceMappingURL=")?.trim().to_owned())
    };
    script.lines().rev().take(20).find_map(comment).filter(|name| !name.is_empty() && name.len() < 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_named_by_a_comment_at_the_end() {
        assert_eq!(named("a()\n//# sourceMappingURL=a.js.map\n").as_deref(), Some("a.js.map"));
        assert_eq!(named("//@ sourceMappingURL=old.map").as_deref(), Some("old.map"));
        assert_eq!(named("var a = '//# sourceMappingURL=x'"), None);
        assert_eq!(named("//# sourceMappingURL="), None);
    }
}
