//! Visits one host: by its encrypted door and by its plain one, along the redirects that stay with it. Each
//! page is asked for once, and what came of it is kept; with a transcript in the place of a host it answers
//! from that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use super::client::{Client, Nothing};
use super::hidden::Hidden;
use super::kept::{self, Kept};
use super::page::without_query;
use crate::model::message::Message;
use crate::msg;
use crate::probe::authority::Place;
use crate::probe::permits::Permits;
use crate::probe::tls::silence;
use crate::wire::transcript::Silence;
use crate::wire::visit::{Purpose, Request};

/// Redirects that are followed, at most.
const MOST_STEPS: usize = 10;

/// One host and the doors to it.
#[derive(Debug)]
pub struct Site {
    host: String,
    port: u16,
    plain_port: u16,
    doors: Option<Doors>,
    hidden: Hidden,
    asked: RefCell<Asked>,
}

/// By address and purpose, each asked for once.
type Asked = BTreeMap<(String, Purpose), Rc<OnceCell<Request>>>;

/// The ways in; nothing where there is only a transcript.
#[derive(Debug)]
struct Doors {
    secure: Client,
    plain: Client,
}

/// The way that a visitor was sent.
#[derive(Debug)]
pub struct Walk {
    /// What was answered at each step.
    pub answers: Vec<Rc<Kept>>,
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
    pub fn page(&self) -> Option<&Kept> {
        self.answers.last().map(Rc::as_ref).filter(|answer| self.end == End::Page && !answer.is_no_word())
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
        let plain_door = if address.port() == 443 { 80 } else { address.port() };
        let door = |to: SocketAddr| Some(Client::new(&place.host, Some(to), deadline)?.sharing(permits));
        let doors = Doors { secure: door(address)?, plain: door(SocketAddr::new(address.ip(), plain_door))? };
        Some(Site { doors: Some(doors), ..Site::from_transcript(place, &[]) })
    }

    pub fn from_transcript(place: &Place, requests: &[Request]) -> Site {
        let known = |one: &Request| {
            let answered = Rc::new(OnceCell::new_with(Some(one.clone())));
            ((one.url.clone(), one.purpose), answered)
        };
        Site {
            host: place.host.clone(),
            port: place.port,
            plain_port: if place.port == 443 { 80 } else { place.port },
            doors: None,
            hidden: Hidden::default(),
            asked: RefCell::new(requests.iter().map(known).collect()),
        }
    }

    /// Everything that was asked for, and what came of it.
    pub fn into_requests(self) -> Vec<Request> {
        let all = self.asked.into_inner().into_values();
        all.filter_map(|one| one.get().cloned()).collect()
    }

    /// An address as it is kept, and as everybody here has to name it.
    pub fn keep(&self, url: &Url) -> Url {
        self.hidden.keep(url)
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
    pub async fn get(&self, url: &Url, purpose: Purpose) -> Result<Rc<Kept>, Nothing> {
        if !self.is_here(url) {
            return Err(Nothing::Silence(Silence::Unreachable));
        }
        let key = (url.to_string(), purpose);
        let cell = Rc::clone(self.asked.borrow_mut().entry(key).or_default());
        kept::read(cell.get_or_init(|| self.ask(url, purpose)).await).map(Rc::new)
    }

    async fn ask(&self, url: &Url, purpose: Purpose) -> Request {
        let came = match &self.doors {
            Some(doors) => {
                let door = if url.scheme() == "https" { &doors.secure } else { &doors.plain };
                door.get(&self.hidden.real(url)).await
            }
            // Nobody asked then, so nobody knows.
            None => Err(Nothing::Silence(Silence::Deadline)),
        };
        kept::request(url, purpose, came, &self.hidden)
    }

    /// Follows redirects for as long as they stay here and `stop` does not want to see more.
    pub async fn walk(&self, start: Url, purpose: Purpose, stop: impl Fn(&Url) -> bool) -> Walk {
        let mut walk = Walk { answers: Vec::new(), redirects: Vec::new(), end: End::Endless };
        let mut next = start;
        for _ in 0..MOST_STEPS {
            let answer = match self.get(&next, purpose).await {
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
