//! What a web server says without a sign-in: the answer to plain http, redirects, headers, cookies,
//! what the front page loads, and the pages that the workspace says are published.

pub mod client;
mod cookie;
mod exposure;
pub mod headers;
pub mod hidden;
mod issuer;
pub mod kept;
pub mod keys;
mod listing;
mod measures;
pub mod mfa;
pub mod page;
pub mod ports;
mod security;
mod shown;
pub mod site;
mod source_map;
pub mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::future::{join, join3};
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use super::authority::{Authorized, Place};
use super::book::Book;
use super::certificate::Roots;
use super::network::Way;
use super::state::State;
use crate::model::fact::Value;
use crate::model::message::Message;
use crate::msg;
use crate::wire::transcript::Silence;
use crate::wire::visit::{self, Header, Purpose};
use client::{Nothing, SENT};
use headers::Hsts;
use issuer::Issuer;
use kept::Kept;
use measures::measures;
use mfa::Signs;
use page::{Page, without_query};
use site::{End, Site, Walk};

/// What one visit has to know.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    pub target: &'a Authorized,
    pub way: &'a Way,
    pub deadline: Instant,
    pub now: Timestamp,
    /// Who is trusted to say whose server it is, where that matters.
    pub roots: &'a Roots,
    /// The targets of the run, with the connections that each address has to bear.
    pub book: &'a Book<'a>,
}

/// Facts by key.
pub type Facts = Vec<(String, State)>;

/// Redirects that are listed, at most.
const MOST_LISTED: usize = 20;

/// Everything that is seen of a site through its doors, and the transcript of it.
pub async fn look(visit: &Visit<'_>) -> Option<(Facts, Signs, visit::Visit)> {
    let site = Site::new(visit.target.place(), visit.way, visit.deadline, visit.book)?;
    let issuer = async {
        let asked = match visit.target.issuer() {
            Some(url) => Some(issuer::discover(url, visit).await),
            None => None,
        };
        let sign_in = shown::kept(visit.target.sign_in(), asked.as_ref(), visit.now).await;
        (asked.map(Issuer::kept), sign_in)
    };
    let published = visit.target.published().iter();
    let published = published.map(|(key, url)| (key.clone(), site.keep(url).to_string())).collect();
    let (issuer, sign_in) = issuer.await;
    let sent = SENT.map(|(name, value)| Header { name: name.to_owned(), value: Some(value.to_owned()) });
    let mut kept = visit::Visit {
        sent: sent.to_vec(),
        list: exposure::digest(),
        published,
        requests: Vec::new(),
        issuer,
        sign_in,
    };
    let (facts, signs) = read(&site, &kept, visit.now).await?;
    kept.requests = site.into_requests();
    Some((facts, signs, kept))
}

/// Comes to the same again, without contacting anything.
pub async fn again(place: &Place, kept: &visit::Visit, now: Timestamp) -> Option<(Facts, Signs)> {
    let (facts, mut signs) = read(&Site::from_transcript(place, &kept.requests), kept, now).await?;
    if let Some(trial) = kept.sign_in.trial {
        let (whose, ended) = trial::again(trial);
        signs.of_trial(whose, &ended);
    }
    Some((facts, signs))
}

/// What a site shows, live or from a transcript.
async fn read(site: &Site<'_>, about: &visit::Visit, now: Timestamp) -> Option<(Facts, Signs)> {
    let (secure, plain) = (site.front(true)?, site.front(false)?);
    let sent_on = |to: &Url| to.scheme() == "https";
    let walks = join(site.walk(secure, Purpose::Page, |_| false), site.walk(plain, Purpose::Page, sent_on));
    let (front, plain) = walks.await;
    let seen = front.page().map(|answer| (answer, Page::of(answer)));
    let mut facts = vec![
        ("http.plain_http".to_owned(), plain_http(&plain, &front, seen.as_ref())),
        ("http.redirect.chain".to_owned(), chain(&plain, &front)),
        ("http.redirect.insecure".to_owned(), insecure(&front)),
    ];
    facts.extend(of_front(site, &front, seen.as_ref(), now));
    let exposed = async {
        match about.list == exposure::digest() {
            true => exposure::look(site, &front, seen.as_ref()).await,
            // What was looked for then is not what would be looked for now.
            false => exposure::unknown(&msg!("probe.web.other_list")),
        }
    };
    let (security, published, exposed) =
        join3(security::look(site, now), published(site, &about.published), exposed).await;
    facts.push(("http.security_txt".to_owned(), security));
    facts.extend(published);
    facts.extend(exposed);
    let others = (about.issuer.as_ref(), &about.sign_in);
    let signs = mfa::look(site, &front, seen.as_ref(), others, now).await;
    Some((facts, signs))
}

fn why_unseen(walk: &Walk) -> State {
    State::Unknown(walk.why_not())
}

/// What plain http is answered with. Only the page itself is `serves`; where it cannot be told whether
/// it is, nothing is said.
fn plain_http(plain: &Walk, front: &Walk, seen: Option<&(&Kept, Page)>) -> State {
    match plain.end {
        // A host that answers nothing at all has not refused this in particular.
        End::Nothing(Nothing::Silence(Silence::Refused))
            if plain.answers.is_empty() && !front.answers.is_empty() =>
        {
            State::text("refused")
        }
        End::Nothing(Nothing::NotHttp) => State::text("answers"),
        End::Nothing(_) | End::Endless => why_unseen(plain),
        End::Elsewhere => match plain.redirects.last() {
            Some(to) if to.scheme() == "https" => State::text("redirects"),
            _ => State::text("answers"),
        },
        End::Page => match plain.page() {
            Some(answer) if answer.is_fine() => shown_in_plain(answer, front, seen),
            Some(_) => State::text("answers"),
            None => why_unseen(plain),
        },
    }
}

fn shown_in_plain(answer: &Kept, front: &Walk, seen: Option<&(&Kept, Page)>) -> State {
    let page = Page::of(answer);
    let says_nothing = answer.body.is_blank;
    match seen {
        Some((secure, own)) if secure.is_fine() => {
            let is_same =
                (secure.body.length, &secure.body.sha256) == (answer.body.length, &answer.body.sha256);
            let is_same = is_same && !says_nothing;
            let is_alike = !own.title.is_empty() && own.title == page.title;
            match () {
                () if is_same || is_alike || page.has_password => State::text("serves"),
                // A page with something to fill in, or full of parts, could be the system all the same.
                () if page.has_form || page.count > 2 => State::Unknown(msg!("probe.web.alike")),
                () => State::text("answers"),
            }
        }
        // Nothing is shown with encryption, so whatever is shown is shown without.
        _ if says_nothing => State::text("answers"),
        _ if page.has_password || front.end == End::Nothing(Nothing::Silence(Silence::Refused)) => {
            State::text("serves")
        }
        _ => State::Unknown(msg!("probe.web.alike")),
    }
}

fn chain(plain: &Walk, front: &Walk) -> State {
    if plain.answers.is_empty() && front.answers.is_empty() {
        return why_unseen(front);
    }
    // Whoever comes by the plain door is sent to the encrypted one, and on from there.
    let all = plain.redirects.iter().chain(&front.redirects);
    let mut list: Vec<String> = Vec::new();
    for url in all.map(without_query) {
        if !list.contains(&url) && list.len() < MOST_LISTED {
            list.push(url);
        }
    }
    State::list(list)
}

/// Whether somebody who came with encryption is sent on without.
fn insecure(front: &Walk) -> State {
    let is_insecure = front.redirects.iter().any(|url| url.scheme() == "http");
    match front.end {
        End::Page | End::Elsewhere => State::flag(is_insecure),
        _ if is_insecure => State::flag(true),
        _ => why_unseen(front),
    }
}

fn of_front(site: &Site<'_>, front: &Walk, seen: Option<&(&Kept, Page)>, now: Timestamp) -> Facts {
    let mut facts: Vec<(&str, State)> = Vec::new();
    let secure: Vec<&Kept> = front
        .answers
        .iter()
        .map(Rc::as_ref)
        // What another target says on the way is true of that one.
        .filter(|one| one.url.scheme() == "https" && site.is_here(&one.url) && !one.is_no_word())
        .collect();
    let hsts = secure.iter().find_map(|answer| headers::hsts(answer));
    let of_hsts = |state: fn(Hsts) -> State| match (secure.is_empty(), hsts) {
        (true, _) => why_unseen(front),
        (false, None) => State::Absent,
        (false, Some(hsts)) => state(hsts),
    };
    facts.push(("http.hsts.max_age", of_hsts(|hsts| State::number(hsts.max_age))));
    facts.push(("http.hsts.include_subdomains", of_hsts(|hsts| State::flag(hsts.include_subdomains))));
    facts.push(("http.hsts.preload", of_hsts(|hsts| State::flag(hsts.preload))));
    let off = secure.first().and_then(|answer| headers::clock_difference(answer));
    facts.push((
        "http.clock_difference",
        match off {
            Some(seconds) => State::number(seconds),
            None if secure.is_empty() => why_unseen(front),
            None => State::Absent,
        },
    ));
    let days = measures().cookie_days;
    let problems = secure.iter().flat_map(|one| headers::cookie_problems(one, now, days));
    let problems: BTreeSet<&str> = problems.collect();
    let problems: Vec<String> = problems.into_iter().map(str::to_owned).collect();
    // That the first steps set none says nothing of the page behind them.
    let is_known = seen.is_some() || !problems.is_empty();
    facts.push(("http.cookies.problems", if is_known { State::list(problems) } else { why_unseen(front) }));
    facts.extend(of_page(front, seen));
    facts.into_iter().map(|(key, state)| (key.to_owned(), state)).collect()
}

fn of_page(front: &Walk, seen: Option<&(&Kept, Page)>) -> Vec<(&'static str, State)> {
    let Some((answer, page)) = seen else {
        return PAGE_KEYS.into_iter().map(|key| (key, why_unseen(front))).collect();
    };
    let permissions = answer.header("permissions-policy").map(|value| value.chars().take(200).collect());
    let cacheable =
        (page.has_password || answer.header("set-cookie").is_some()) && !headers::is_not_stored(answer);
    // Of a page that was cut off, the rest may load what the beginning does not.
    let parts = |list: Vec<String>| match list.is_empty() && (!answer.is_whole || page.is_cut) {
        true => State::Unknown(msg!("probe.too_much")),
        false => State::list(list),
    };
    let kept = if cacheable { vec![without_query(&answer.url)] } else { Vec::new() };
    let states = [
        State::text(headers::csp(answer, &page.policies)),
        State::text(headers::frames(answer)),
        State::flag(headers::nosniff(answer)),
        State::text(headers::referrer(answer, page.referrer.as_deref())),
        permissions.map_or(State::Absent, |value| State::Known(Value::Text(value))),
        State::list(headers::versions(answer, page.generator.as_deref())),
        parts(page.third_parties(&answer.url)),
        parts(page.unencrypted()),
        State::list(kept),
    ];
    PAGE_KEYS.into_iter().zip(states).collect()
}

const PAGE_KEYS: [&str; 9] = [
    "http.csp",
    "http.frame_protection",
    "http.nosniff",
    "http.referrer_policy",
    "http.permissions_policy",
    "http.versions",
    "http.third_parties",
    "http.mixed_content",
    "http.cacheable",
];

/// The pages that the workspace names: whether each opens without a sign-in.
async fn published(site: &Site<'_>, pages: &BTreeMap<String, String>) -> Facts {
    let mut facts = Vec::new();
    for (key, url) in pages {
        let Ok(url) = Url::parse(url) else { continue };
        let state = match site.may_visit(&url) {
            true => is_reachable(&site.walk(url, Purpose::Page, |_| false).await),
            false => State::Unknown(msg!("probe.web.not_here", url = without_query(&url))),
        };
        facts.push((format!("http.published.{key}"), state));
    }
    facts
}

fn is_reachable(walk: &Walk) -> State {
    let Some(answer) = walk.page() else { return State::Unknown(walk.why_not()) };
    let page = Page::of(answer);
    match answer.status {
        401 | 403 => State::text("behind_login"),
        404 | 410 => State::text("missing"),
        200..=299 if page.has_password => State::text("behind_login"),
        200..=299 => State::text("reachable"),
        status => State::Unknown(unexpected(status)),
    }
}

fn unexpected(status: u16) -> Message {
    msg!("probe.web.status", status = u32::from(status))
}
