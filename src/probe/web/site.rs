//! Visits one host: by its encrypted door and by its plain one, along the redirects that stay with it or
//! lead to another target of the same run. Each
//! page is asked for once, and what came of it is kept; with a transcript in the place of a host it answers
//! from that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use super::client::{Answer, Client, Nothing, Route};
use super::hidden::Hidden;
use super::kept::{self, Kept};
use super::page::without_query;
use crate::model::message::Message;
use crate::msg;
use crate::probe::authority::Place;
use crate::probe::book::Book;
use crate::probe::network::Way;
use crate::probe::tls::silence;
use crate::wire::transcript::Silence;
use crate::wire::visit::{Purpose, Request};

/// Redirects that are followed, at most.
const MOST_STEPS: usize = 10;

/// One host and the doors to it.
#[derive(Debug)]
pub struct Site<'a> {
    place: &'a Place,
    doors: Option<Doors<'a>>,
    hidden: Hidden,
    asked: RefCell<Asked>,
}

/// By address and purpose, each asked for once.
type Asked = BTreeMap<(String, Purpose), Rc<OnceCell<Request>>>;

/// The ways in; nothing where there is only a transcript.
#[derive(Debug)]
struct Doors<'a> {
    secure: Client,
    /// None where a proxy stands between.
    plain: Option<Client>,
    /// The other targets, which may be visited too.
    book: &'a Book<'a>,
    deadline: Instant,
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

impl<'a> Doors<'a> {
    fn to(place: &Place, way: &Way, deadline: Instant, book: &'a Book<'a>) -> Option<Doors<'a>> {
        let permits = book.permits(way);
        let client = |way: Way| {
            // A proxy may show pages of its own, also in the middle of a visit.
            let client = match way.through.is_some() {
                true => Client::trusting(book.roots(), &place.host, &Route::Way(way), deadline),
                false => Client::new(&place.host, &Route::Way(way), deadline),
            };
            Some(client?.sharing(&permits))
        };
        let plain = match way.at_port(if way.to.port() == 443 { 80 } else { way.to.port() }) {
            Some(way) => Some(client(way)?),
            None => None,
        };
        Some(Doors { secure: client(way.clone())?, plain, book, deadline })
    }

    async fn get(&self, url: &Url) -> Result<Answer, Nothing> {
        match (url.scheme(), &self.plain) {
            ("https", _) => self.secure.get(url).await,
            (_, Some(plain)) => plain.get(url).await,
            // What a proxy answers itself is no word of the server.
            (_, None) => Err(Nothing::Silence(Silence::NotThrough)),
        }
    }

    /// The same at another target.
    async fn get_there(&self, url: &Url) -> Result<Answer, Nothing> {
        let unreachable = Nothing::Silence(Silence::Unreachable);
        let looked_up = tokio::time::timeout_at(self.deadline, self.book.place_at(url)).await;
        let found = looked_up.map_err(|_| Nothing::Silence(Silence::Deadline))?;
        let (place, way) = found.ok_or(unreachable)?;
        Doors::to(place, &way, self.deadline, self.book).ok_or(unreachable)?.get(url).await
    }
}

impl<'a> Site<'a> {
    pub fn new(place: &'a Place, way: &Way, deadline: Instant, book: &'a Book<'a>) -> Option<Site<'a>> {
        let doors = Doors::to(place, way, deadline, book)?;
        Some(Site { doors: Some(doors), ..Site::from_transcript(place, &[]) })
    }

    pub fn from_transcript(place: &'a Place, requests: &[Request]) -> Site<'a> {
        let known = |one: &Request| {
            let answered = Rc::new(OnceCell::new_with(Some(one.clone())));
            ((one.url.clone(), one.purpose), answered)
        };
        let asked = RefCell::new(requests.iter().map(known).collect());
        Site { place, doors: None, hidden: Hidden::default(), asked }
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
        let Place { host, port, .. } = self.place;
        let (scheme, port) = if is_secure { ("https", *port) } else { ("http", self.place.plain_port()) };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        Url::parse(&format!("{scheme}://{host}:{port}/")).ok()
    }

    /// Whether an address lies behind one of the doors.
    pub fn is_here(&self, url: &Url) -> bool {
        self.place.has_door(url)
    }

    /// Whether it lies there, or at another target of the run. A transcript shows where somebody went.
    pub fn may_visit(&self, url: &Url) -> bool {
        let is_elsewhere = || match &self.doors {
            Some(doors) => doors.book.target_at(url).is_some(),
            None => self.asked.borrow().keys().any(|(asked, _)| asked == url.as_str()),
        };
        self.is_here(url) || is_elsewhere()
    }

    /// One page, without following anything.
    pub async fn get(&self, url: &Url, purpose: Purpose) -> Result<Rc<Kept>, Nothing> {
        if !self.is_here(url) {
            return Err(Nothing::Silence(Silence::Unreachable));
        }
        self.get_anywhere(url, purpose).await
    }

    /// The same, at another target too.
    async fn get_anywhere(&self, url: &Url, purpose: Purpose) -> Result<Rc<Kept>, Nothing> {
        let key = (url.to_string(), purpose);
        let cell = Rc::clone(self.asked.borrow_mut().entry(key).or_default());
        kept::read(cell.get_or_init(|| self.ask(url, purpose)).await).map(Rc::new)
    }

    async fn ask(&self, url: &Url, purpose: Purpose) -> Request {
        let came = match &self.doors {
            Some(doors) if self.is_here(url) => doors.get(&self.hidden.real(url)).await,
            Some(doors) => doors.get_there(&self.hidden.real(url)).await,
            // Nobody asked then, so nobody knows.
            None => Err(Nothing::Silence(Silence::Deadline)),
        };
        kept::request(url, purpose, came, &self.hidden)
    }

    /// Follows redirects for as long as they stay with targets and `stop` does not want to see more.
    pub async fn walk(&self, start: Url, purpose: Purpose, stop: impl Fn(&Url) -> bool) -> Walk {
        let mut walk = Walk { answers: Vec::new(), redirects: Vec::new(), end: End::Endless };
        let mut next = start;
        for step in 1..=MOST_STEPS {
            let answer = match self.get_anywhere(&next, purpose).await {
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
            // Whether the last one leads on does not matter, and a transcript does not know.
            let is_over = stop(&to) || (step < MOST_STEPS && !self.may_visit(&to));
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
