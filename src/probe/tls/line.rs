//! Questions and answers with one address: asks hellos, as many at once as the host may bear, tries
//! again what was not answered, more slowly, and keeps a transcript. With a transcript in the place
//! of a host it answers from that.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

use super::flight::{Flight, Reader, Until, Wrong};
use super::handshake;
use super::hello::Hello;
use super::primality::Examined;
use super::version::Version;
use crate::probe::network::{Connection, Way};
use crate::probe::permits::{Permits, Turn};
use crate::wire::transcript::{Exchange, Handshake, Hex, Silence, Transcript};

/// One answer has to be complete within this time.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(5);
/// After so many failures and not a single answer, the host is left alone.
const HOPELESS: u32 = 8;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Flight(Flight),
    /// Not TLS, or not in order.
    Wrong(Wrong),
    Silent {
        why: Silence,
        /// The same came again, while another hello was answered in between: it is meant.
        is_meant: bool,
    },
}

#[derive(Debug)]
pub struct Line {
    source: Source,
    /// A proxy stands between, which may keep hellos back that it does not like: silence is no refusal.
    pub is_proxied: bool,
    answered: Cell<u32>,
    /// How many hellos failed, apart by their length: a server that never answers a long one may answer a
    /// short one.
    failed_short: Cell<u32>,
    failed_long: Cell<u32>,
    /// A hello that was answered, to see whether the server still answers.
    control: RefCell<Option<Vec<u8>>>,
    last_failure: RefCell<Option<Answer>>,
    throttled: Cell<bool>,
    exchanges: RefCell<Vec<Exchange>>,
    handshakes: RefCell<Vec<Handshake>>,
    unworked: RefCell<Vec<Hex>>,
}

/// What a transcript keeps of a line.
#[derive(Debug)]
pub struct Records {
    pub throttled: bool,
    pub exchanges: Vec<Exchange>,
    pub handshakes: Vec<Handshake>,
    pub unworked: Vec<Hex>,
}

#[derive(Debug)]
enum Source {
    Host { way: Way, permits: Permits, deadline: Instant },
    Transcript { exchanges: RefCell<Recorded>, handshakes: RefCell<Vec<Handshake>>, unworked: Vec<Vec<u8>> },
}

/// Bytes that were received, why no more came, and whether that was meant.
type Heard = (Vec<u8>, Option<Silence>, bool);

/// What was answered to each hello, in order.
#[derive(Debug)]
struct Recorded {
    answers: HashMap<(Vec<u8>, bool), VecDeque<Heard>>,
    /// What stands for the rest, which was not asked once nobody had answered so often.
    given_up: Option<Heard>,
}

impl Line {
    pub fn to_host(way: Way, permits: Permits, deadline: Instant) -> Line {
        let is_proxied = way.through.is_some();
        Line::new(Source::Host { way, permits, deadline }, is_proxied)
    }

    pub fn from_transcript(transcript: &Transcript) -> Line {
        let Transcript { exchanges, handshakes, unworked, .. } = transcript;
        let mut answers: HashMap<_, VecDeque<Heard>> = HashMap::new();
        for one in exchanges {
            let answers = answers.entry((one.sent.0.clone(), one.whole)).or_default();
            answers.push_back(kept(one));
        }
        let has_answered = |one: &Exchange| {
            let until = if one.whole { Until::Done } else { Until::Hello };
            matches!(interpret(&kept(one), until), Answer::Flight(_))
        };
        let mut first = exchanges.iter().take(HOPELESS as usize);
        let is_hopeless = !first.clone().any(has_answered);
        let last = first.next_back().filter(|_| is_hopeless);
        let given_up = last.map(kept);
        let source = Source::Transcript {
            exchanges: RefCell::new(Recorded { answers, given_up }),
            handshakes: RefCell::new(handshakes.clone()),
            unworked: unworked.iter().map(|digits| digits.0.clone()).collect(),
        };
        Line::new(source, transcript.proxied)
    }

    fn new(source: Source, is_proxied: bool) -> Line {
        Line {
            source,
            is_proxied,
            answered: Cell::new(0),
            failed_short: Cell::new(0),
            failed_long: Cell::new(0),
            control: RefCell::default(),
            last_failure: RefCell::default(),
            throttled: Cell::new(false),
            exchanges: RefCell::default(),
            handshakes: RefCell::default(),
            unworked: RefCell::default(),
        }
    }

    /// Whether the server turned connections away that it had room for before.
    pub fn was_throttled(&self) -> bool {
        self.throttled.get()
    }

    pub fn has_answered(&self) -> bool {
        self.answered.get() > 0
    }

    /// When the time for the host is over; nothing where there is only a transcript of it.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.source {
            Source::Host { deadline, .. } => Some(*deadline),
            Source::Transcript { .. } => None,
        }
    }

    /// The numbers that were not worked out for want of time.
    pub fn unworked(&self) -> Vec<Vec<u8>> {
        match &self.source {
            Source::Host { .. } => Vec::new(),
            Source::Transcript { unworked, .. } => unworked.clone(),
        }
    }

    pub fn note_unworked(&self, examined: &[Examined]) {
        let is_late = |one: &&Examined| one.nature.as_ref().is_err_and(|why| why.id == "probe.deadline");
        let late = examined.iter().filter(is_late).map(|one| Hex(one.prime.digits.clone()));
        self.unworked.borrow_mut().extend(late);
    }

    pub fn into_records(self) -> Records {
        Records {
            throttled: self.throttled.get(),
            exchanges: self.exchanges.into_inner(),
            handshakes: self.handshakes.into_inner(),
            unworked: self.unworked.into_inner(),
        }
    }

    /// Asks, and asks again where the server only seemed to be busy. On the heap: many questions are
    /// under way side by side, and each has room for an answer.
    pub fn ask<'a>(&'a self, hello: &'a Hello, until: Until, turn: Turn) -> LocalBoxFuture<'a, Answer> {
        Box::pin(self.persist(hello, until, turn))
    }

    async fn persist(&self, hello: &Hello, until: Until, turn: Turn) -> Answer {
        let bytes = hello.bytes();
        let mut answer = self.exchange(&bytes, until, turn).await;
        // SSL 2.0 is answered with silence by nearly everybody, and that is no sign of haste.
        if hello.version == Version::Ssl2 {
            return answer;
        }
        for attempt in 1..=2 {
            let Answer::Silent { why, .. } = answer else { break };
            if self.is_hopeless(&bytes)
                || why == Silence::Deadline
                || (attempt == 2 && why == Silence::TimedOut)
            {
                break;
            }
            let is_up = self.slow_down(attempt).await && !self.is_proxied;
            answer = match self.exchange(&bytes, until, turn).await {
                Answer::Silent { why: again, is_meant } => {
                    let is_meant = is_meant || is_up && again == why;
                    if is_meant {
                        self.note_meant(&bytes, until);
                    }
                    Answer::Silent { why: again, is_meant }
                }
                answered => {
                    self.throttled.set(true);
                    answered
                }
            };
        }
        answer
    }

    /// Waits, with fewer connections from now on, and sees whether the server answers a hello that it
    /// has answered before. A transcript says whether it did.
    async fn slow_down(&self, attempt: u32) -> bool {
        let Source::Host { permits, .. } = &self.source else { return false };
        permits.halve();
        let pause = Duration::from_millis(200) * attempt;
        tokio::time::sleep(pause).await;
        let control = self.control.borrow().clone();
        match control {
            Some(control) => {
                let is_up =
                    matches!(self.exchange(&control, Until::Hello, Turn::First).await, Answer::Flight(_));
                if !is_up {
                    self.throttled.set(true);
                    tokio::time::sleep(pause * 4).await;
                }
                is_up
            }
            None => false,
        }
    }

    fn note_meant(&self, sent: &[u8], until: Until) {
        let mut exchanges = self.exchanges.borrow_mut();
        let is_it = |one: &&mut Exchange| one.sent.0 == sent && one.whole == (until == Until::Done);
        if let Some(last) = exchanges.iter_mut().rev().find(is_it) {
            last.meant = true;
        }
    }

    fn is_hopeless(&self, sent: &[u8]) -> bool {
        let is_asked = matches!(self.source, Source::Host { .. });
        is_asked && self.answered.get() == 0 && self.failed(sent).get() >= HOPELESS
    }

    /// There are servers with room for 256 bytes.
    fn failed(&self, sent: &[u8]) -> &Cell<u32> {
        if sent.len() > 256 { &self.failed_long } else { &self.failed_short }
    }

    /// One connection, one hello, one answer.
    async fn exchange(&self, sent: &[u8], until: Until, turn: Turn) -> Answer {
        let heard = match &self.source {
            Source::Host { way, permits, deadline } => {
                if self.is_hopeless(sent)
                    && let Some(answer) = self.last_failure.borrow().clone()
                {
                    return answer;
                }
                let permit = take(permits, turn, *deadline).await;
                // While this one waited for its turn, others may have found that nobody answers.
                if self.is_hopeless(sent)
                    && let Some(answer) = self.last_failure.borrow().clone()
                {
                    return answer;
                }
                let (received, end) = match permit {
                    Some(_permit) => converse(way, *deadline, sent, until).await,
                    None => (Vec::new(), Some(Silence::Deadline)),
                };
                self.exchanges.borrow_mut().push(Exchange {
                    sent: Hex(sent.to_vec()),
                    received: Hex(received.clone()),
                    whole: until == Until::Done,
                    end,
                    meant: false,
                });
                (received, end, false)
            }
            Source::Transcript { exchanges, .. } => recorded(&mut exchanges.borrow_mut(), sent, until),
        };
        let answer = interpret(&heard, until);
        self.note(&answer, sent);
        answer
    }

    fn note(&self, answer: &Answer, sent: &[u8]) {
        match answer {
            Answer::Flight(flight) => {
                self.answered.set(self.answered.get() + 1);
                if flight.hello.is_some() {
                    self.control.borrow_mut().get_or_insert_with(|| sent.to_vec());
                }
            }
            failure => {
                let failed = self.failed(sent);
                failed.set(failed.get() + 1);
                self.last_failure.replace(Some(failure.clone()));
            }
        }
    }

    /// Carries a handshake to its end and asks for the first page.
    pub fn shake_hands<'a>(
        &'a self,
        question: &'a handshake::Question,
        client: &'a handshake::Client,
    ) -> LocalBoxFuture<'a, Handshake> {
        Box::pin(self.shaken(question, client))
    }

    async fn shaken(&self, question: &handshake::Question, client: &handshake::Client) -> Handshake {
        let done = match &self.source {
            Source::Host { way, permits, deadline } => match take(permits, Turn::First, *deadline).await {
                Some(_permit) => {
                    let until = (*deadline).min(Instant::now() + LONGEST_EXCHANGE);
                    client.shake_hands(question, way, until).await
                }
                None => Handshake { end: Some(Silence::Deadline), ..Handshake::default() },
            },
            Source::Transcript { handshakes, .. } => {
                let known = handshakes.borrow();
                let found = known.iter().find(|one| one.question == question.label).cloned();
                found.unwrap_or_else(|| Handshake { end: Some(Silence::Deadline), ..Handshake::default() })
            }
        };
        let done = Handshake { question: question.label.to_owned(), ..done };
        self.handshakes.borrow_mut().push(done.clone());
        done
    }
}

async fn take(permits: &Permits, turn: Turn, deadline: Instant) -> Option<crate::probe::permits::Permit> {
    if Instant::now() >= deadline {
        return None;
    }
    tokio::time::timeout_at(deadline, permits.take(turn)).await.ok()
}

/// Sends, and receives up to where the flight is complete. The bytes are kept for the transcript.
async fn converse(way: &Way, deadline: Instant, sent: &[u8], until: Until) -> (Vec<u8>, Option<Silence>) {
    let limit = deadline.min(Instant::now() + LONGEST_EXCHANGE);
    let mut received = Vec::new();
    let end = heard(way, limit, sent, until, &mut received).await.err();
    let is_out_of_time = matches!(end, Some(Silence::TimedOut | Silence::NoConnection));
    let end = if is_out_of_time && limit == deadline { Some(Silence::Deadline) } else { end };
    (received, end)
}

async fn heard(
    way: &Way,
    limit: Instant,
    sent: &[u8],
    until: Until,
    received: &mut Vec<u8>,
) -> Result<(), Silence> {
    let connection = Connection::by(way, limit).await?;
    let mut reader = Reader::new(until);
    connection.send(sent).await?;
    let mut buffer = [0; 8192];
    loop {
        let bytes = connection.receive(&mut buffer).await?;
        received.extend(bytes);
        // What is wrong is found again when the bytes are interpreted.
        if !matches!(reader.feed(bytes), Ok(false)) {
            return Ok(());
        }
    }
}

fn kept(one: &Exchange) -> Heard {
    (one.received.0.clone(), one.end, one.meant)
}

fn recorded(known: &mut Recorded, sent: &[u8], until: Until) -> Heard {
    match known.answers.get_mut(&(sent.to_vec(), until == Until::Done)) {
        Some(answers) if answers.len() > 1 => answers.pop_front().unwrap_or_default(),
        Some(answers) => answers.front().cloned().unwrap_or_default(),
        None => known.given_up.clone().unwrap_or((Vec::new(), Some(Silence::Deadline), false)),
    }
}

/// What bytes and their end mean. The same for a host and for a transcript.
fn interpret((received, end, is_meant): &Heard, until: Until) -> Answer {
    let mut reader = Reader::new(until);
    match reader.feed(received) {
        Err(wrong) => Answer::Wrong(wrong),
        Ok(true) => Answer::Flight(reader.into_flight()),
        Ok(false) => {
            let flight = reader.into_flight();
            // A server that warns and then goes away has said why; so has one that has greeted us.
            let has_spoken = !flight.alerts.is_empty() || flight.hello.is_some();
            match end {
                Some(Silence::Closed | Silence::Reset) | None if has_spoken => Answer::Flight(flight),
                end => Answer::Silent { why: end.unwrap_or(Silence::Closed), is_meant: *is_meant },
            }
        }
    }
}
