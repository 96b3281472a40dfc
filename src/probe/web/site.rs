//! Visits one host: by its encrypted door and by its plain one, along the redirects that stay with it or lead
//! to another target of the same run.

use std::net::SocketAddr;

use tokio::time::Instant;
use url::Url;

use super::client::{Answer, Client, Nothing};
use super::page::without_query;
use crate::model::message::Message;
use crate::msg;
use crate::probe::authority::Place;
use crate::probe::book::Book;
use crate::probe::tls::silence;
use crate::wire::transcript::Silence;

/// Redirects that are followed, at most.
const MOST_STEPS: usize = 10;

/// One host and the doors to it.
#[derive(Debug)]
pub struct Site<'a> {
    place: &'a Place,
    secure: Client,
    plain: Client,
    /// The other targets, which may be visited too.
    book: &'a Book<'a>,
    deadline: Instant,
}

/// The way that a visitor was sent.
#[derive(Debug)]
pub struct Walk {
    /// What was answered at each step.
    pub answers: Vec<Answer>,
    /// Where each redirect led.
    pub redirects: Vec<Url>,
    pub end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At the last of the answers.
    Page,
    /// Before a host that nobody allowed us to visit.
    Elsewhere,
    /// In a circle, or too long.
    Endless,
    Nothing(Nothing),
}

impl Walk {
    /// The page that the way ended at, unless the server was in trouble and showed another.
    pub fn page(&self) -> Option<&Answer> {
        self.answers.last().filter(|answer| self.end == End::Page && !answer.is_no_word())
    }

    /// Why there is none.
    pub fn why_not(&self) -> Message {
        match self.end {
            End::Page => {
                let status = self.answers.last().map(|answer| answer.status).unwrap_or_default();
                msg!("probe.web.status", status = u32::from(status))
            }
            End::Elsewhere => {
                let to = self.redirects.last().map(without_query).unwrap_or_default();
                msg!("probe.web.elsewhere", to = to)
            }
            End::Endless => msg!("probe.web.endless"),
            End::Nothing(why) => nothing(why),
        }
    }
}

pub fn nothing(why: Nothing) -> Message {
    match why {
        Nothing::Silence(why) => silence(why),
        Nothing::NotHttp => msg!("probe.web.not_http"),
        Nothing::Broken => msg!("probe.web.broken"),
        Nothing::Untrusted => msg!("probe.web.untrusted"),
    }
}

impl<'a> Site<'a> {
    pub fn new(
        place: &'a Place,
        address: SocketAddr,
        deadline: Instant,
        book: &'a Book<'a>,
    ) -> Option<Site<'a>> {
        let permits = book.permits(address);
        let plain_door = if address.port() == 443 { 80 } else { address.port() };
        let plain_door = SocketAddr::new(address.ip(), plain_door);
        Some(Site {
            place,
            secure: Client::new(&place.host, Some(address), deadline)?.sharing(&permits),
            plain: Client::new(&place.host, Some(plain_door), deadline)?.sharing(&permits),
            book,
            deadline,
        })
    }

    /// The front page, behind the encrypted door or the plain one.
    pub fn front(&self, is_secure: bool) -> Option<Url> {
        let Place { host, port, .. } = self.place;
        let (scheme, port) = if is_secure { ("https", *port) } else { ("http", self.place.plain_port()) };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        Url::parse(&format!("{scheme}://{host}:{port}/")).ok()
    }

    /// Whether an address lies behind one of the doors.
    pub fn is_here(&self, url: &Url) -> bool {
        self.place.has_door(url)
    }

    /// Whether it lies there, or at another target of the run.
    pub fn may_visit(&self, url: &Url) -> bool {
        self.is_here(url) || self.book.target_at(url).is_some()
    }

    /// One page, without following anything.
    pub async fn get(&self, url: &Url) -> Result<Answer, Nothing> {
        if !self.is_here(url) {
            return Err(Nothing::Silence(Silence::Unreachable));
        }
        match url.scheme() {
            "https" => self.secure.get(url).await,
            _ => self.plain.get(url).await,
        }
    }

    /// The same, at another target too.
    async fn get_anywhere(&self, url: &Url) -> Result<Answer, Nothing> {
        if self.is_here(url) {
            return self.get(url).await;
        }
        let unreachable = Nothing::Silence(Silence::Unreachable);
        let looked_up = tokio::time::timeout_at(self.deadline, self.book.place_at(url)).await;
        let found = looked_up.map_err(|_| Nothing::Silence(Silence::Deadline))?;
        let (place, address) = found.ok_or(unreachable)?;
        let other = Site::new(place, address, self.deadline, self.book);
        other.ok_or(unreachable)?.get(url).await
    }

    /// Follows redirects for as long as they stay with targets and `stop` does not want to see more.
    pub async fn walk(&self, start: Url, stop: impl Fn(&Url) -> bool) -> Walk {
        let mut walk = Walk { answers: Vec::new(), redirects: Vec::new(), end: End::Endless };
        let mut next = start;
        for _ in 0..MOST_STEPS {
            let answer = match self.get_anywhere(&next).await {
                Ok(answer) => answer,
                Err(why) => {
                    walk.end = End::Nothing(why);
                    return walk;
                }
            };
            let redirect = answer.redirect();
            walk.answers.push(answer);
            let Some(to) = redirect else {
                walk.end = End::Page;
                return walk;
            };
            let is_over = stop(&to) || !self.may_visit(&to);
            let is_known = walk.redirects.contains(&to);
            walk.redirects.push(to.clone());
            if is_over {
                walk.end = End::Elsewhere;
                return walk;
            }
            if is_known {
                return walk;
            }
            next = to;
        }
        walk
    }
}
