//! Visits one host: by its encrypted door and by its plain one, along the redirects that stay with it.

use std::net::SocketAddr;

use tokio::time::Instant;
use url::Url;

use super::client::{Answer, Client, Nothing};
use super::page::without_query;
use crate::model::message::Message;
use crate::msg;
use crate::probe::authority::Place;
use crate::probe::permits::Permits;
use crate::probe::tls::silence;
use crate::wire::transcript::Silence;

/// Redirects that are followed, at most.
const MOST_STEPS: usize = 10;

/// One host and the doors to it.
#[derive(Debug)]
pub struct Site {
    host: String,
    port: u16,
    plain_port: u16,
    secure: Client,
    plain: Client,
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

impl Site {
    pub fn new(place: &Place, address: SocketAddr, deadline: Instant, permits: &Permits) -> Option<Site> {
        let plain_port = if place.port == 443 { 80 } else { place.port };
        let plain_door = if address.port() == 443 { 80 } else { address.port() };
        Some(Site {
            host: place.host.clone(),
            port: place.port,
            plain_port,
            secure: Client::new(&place.host, Some(address), deadline)?.sharing(permits),
            plain: Client::new(&place.host, Some(SocketAddr::new(address.ip(), plain_door)), deadline)?
                .sharing(permits),
        })
    }

    /// The front page, behind the encrypted door or the plain one.
    pub fn front(&self, is_secure: bool) -> Option<Url> {
        let (scheme, port) = if is_secure { ("https", self.port) } else { ("http", self.plain_port) };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        Url::parse(&format!("{scheme}://{host}:{port}/")).ok()
    }

    /// Whether an address lies behind one of the doors.
    pub fn is_here(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let port = match url.scheme() {
            "https" => self.port,
            "http" => self.plain_port,
            _ => return false,
        };
        host.eq_ignore_ascii_case(&self.host) && url.port_or_known_default() == Some(port)
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

    /// Follows redirects for as long as they stay here and `stop` does not want to see more.
    pub async fn walk(&self, start: Url, stop: impl Fn(&Url) -> bool) -> Walk {
        let mut walk = Walk { answers: Vec::new(), redirects: Vec::new(), end: End::Endless };
        let mut next = start;
        for _ in 0..MOST_STEPS {
            let answer = match self.get(&next).await {
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
            let is_over = stop(&to) || !self.is_here(&to);
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
