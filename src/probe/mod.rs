//! Network to facts. A probe looks at one authorised target and says what it saw, fact by fact: a
//! value, that there is none, or why it could not see. It decides nothing. It contacts the addresses of
//! its targets, the resolver of names, and registries and authorities where that was asked for.

pub mod authority;
pub mod book;
pub mod certificate;
pub mod directories;
pub mod dns;
pub mod domain;
pub mod location;
pub mod network;
pub mod permits;
pub mod state;
pub mod stop;
pub mod tls;
pub mod web;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, join, join3, select};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::model::fact::{Failure, Observation, Outcome, Registry, Value};
use crate::model::message::Message;
use crate::model::{self, keyword};
use crate::msg;
use crate::wire::transcript::{Silence, Transcript, digits};
use authority::{Authorized, Place};
use book::Book;
use certificate::{Answered, Roots};
use directories::{Directories, Sources};
use network::Pin;
use permits::Permits;
use state::State;
use stop::Stop;
use tls::facts::Seen;
use tls::handshake::Client;
use tls::line::Line;
use tls::scan::Scan;
use web::mfa::Signs;
use web::trial::Trial;

/// Targets that are measured side by side.
const AT_ONCE: usize = 24;

/// Connections at once in a whole run. With those that are kept for the next page, it stays below the 256
/// open files that some systems allow.
const OVERALL: usize = 128;

/// A part that is not done so long after the time is up is cut off.
const GRACE: Duration = Duration::from_millis(50);

/// How to measure.
#[derive(Debug, Clone)]
pub struct Options {
    pub roots: Roots,
    pub pins: Vec<Pin>,
    /// For one address of one target.
    pub timeout: Duration,
    /// At once, to one address.
    pub connections: usize,
    /// At once, to all of them together.
    pub overall: usize,
    /// The moment that the measurement speaks of.
    pub now: Timestamp,
    pub probes: Vec<Probe>,
    /// Whether ports that should not face the internet are tried.
    pub ports: bool,
    /// Whether authorities are asked about the certificates that they issued.
    pub revocation: bool,
    /// Who is asked about a target beside the target itself.
    pub sources: Sources,
    /// A test account that is tried at one target, once.
    pub trial: Option<Arc<Trial>>,
    pub stop: Stop,
}

keyword! {
    /// What can be looked at.
    Probe in "probe" {
        Tls = "tls",
        Certificate = "certificate",
        Http = "http",
        Mfa = "mfa",
        Exposure = "exposure",
        Dns = "dns",
        Domain = "domain",
        Location = "location",
    }
}

impl Options {
    pub fn new(now: Timestamp) -> Options {
        let timeout = Duration::from_secs(30);
        Options {
            roots: Roots::mozilla(),
            pins: Vec::new(),
            timeout,
            connections: 12,
            overall: OVERALL,
            now,
            probes: Probe::ALL.to_vec(),
            ports: false,
            revocation: false,
            sources: Sources::default(),
            trial: None,
            stop: Stop::default(),
        }
    }

    /// Whether anything is asked of the targets themselves, and not only of directories.
    fn asks_targets(&self) -> bool {
        self.probes.iter().any(|probe| !model::fact::DIRECTORIES.contains(&probe.word()))
    }

    fn looks(&self, probe: &str) -> bool {
        self.probes.iter().any(|one| one.word() == probe)
    }

    /// Whether the doors of the web server are visited.
    fn visits(&self) -> bool {
        [Probe::Http, Probe::Mfa, Probe::Exposure].iter().any(|probe| self.probes.contains(probe))
    }
}

/// What was seen of one target.
#[derive(Debug, Clone)]
pub struct Measured {
    pub endpoint: String,
    pub observations: Vec<Observation>,
    /// What happened on the way that a reader should know.
    pub remarks: Vec<Message>,
    pub transcripts: Vec<Transcript>,
    /// Whether the target itself was asked, and not only others about it.
    asked_target: bool,
}

impl Measured {
    fn nothing(target: &Place) -> Measured {
        let endpoint = target.endpoint.clone();
        let (observations, remarks, transcripts) = (Vec::new(), Vec::new(), Vec::new());
        Measured { endpoint, observations, remarks, transcripts, asked_target: true }
    }

    /// The address, where no packet found a way to it.
    fn without_a_way(&self) -> Option<&str> {
        let transcript = self.transcripts.first()?;
        let ends = transcript.exchanges.iter().map(|one| one.end);
        let has_none =
            ends.clone().count() > 0 && ends.into_iter().all(|end| end == Some(Silence::Unreachable));
        has_none.then_some(transcript.address.as_str())
    }

    /// Whether anything was seen at all: of the target itself, where it was asked.
    pub fn saw_something(&self) -> bool {
        let counts = |one: &&Observation| one.fact.is_of_the_target() || !self.asked_target;
        self.observations.iter().filter(counts).any(|one| !matches!(one.outcome, Outcome::Failed(_)))
    }
}

/// Measures targets, many side by side, and calls back as each is done. In the order of the targets.
pub fn measure(
    targets: &[Authorized],
    options: &Options,
    registry: &Registry,
    done: &dyn Fn(&Measured),
) -> std::io::Result<Vec<Measured>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let all = runtime.block_on(async {
        let (directories, permits) = (Directories::new(options), Permits::new(options.overall));
        let book = Book::new(targets, &options.pins, options.connections, &permits);
        let run = &Run { options, registry, directories, book, permits };
        let one = |target: &'_ Authorized| {
            let target = target.clone();
            async move {
                let measured = self::target(&target, run).await;
                done(&measured);
                measured
            }
        };
        futures_util::stream::iter(targets).map(one).buffered(AT_ONCE).collect().await
    });
    // A name that is still being looked up must not hold the program.
    runtime.shutdown_background();
    Ok(all)
}

/// What is shared by all targets of one run.
struct Run<'a> {
    options: &'a Options,
    registry: &'a Registry,
    directories: Directories<'a>,
    book: Book<'a>,
    /// The connections of all of them together.
    permits: Permits,
}

async fn target(target: &Authorized, run: &Run<'_>) -> Measured {
    let Run { options, registry, directories, .. } = run;
    let deadline = Instant::now() + options.timeout;
    let of_name = Box::pin(directories.of_name(target.place(), deadline));
    let of_name = until(deadline, &options.stop, of_name);
    let hosts = hosts(target, deadline, run);
    let (of_name, mut measured) = join(of_name, hosts).await;
    measured.asked_target = options.asks_targets();
    let stated = |fact| stated(fact, None, target.place(), options, registry);
    let of_name = of_name.unwrap_or_else(|why| directories.unknown_of_name(&why));
    measured.observations.extend(of_name.into_iter().filter_map(stated));
    measured
}

/// Every address of a target.
async fn hosts(target: &Authorized, deadline: Instant, run: &Run<'_>) -> Measured {
    let Run { options, registry, .. } = run;
    let found = until(deadline, &options.stop, run.book.addresses(target)).await;
    let addresses = match found {
        Ok(Ok(addresses)) if !addresses.is_empty() => addresses,
        found => {
            let why = found.err().unwrap_or_else(|| msg!("probe.no_address"));
            let observations = unknown(target.place(), registry, options, &why);
            let remarks = stopped(target, options);
            return Measured { observations, remarks, ..Measured::nothing(target.place()) };
        }
    };
    let looks = addresses.iter().map(|address| host(target, *address, deadline, run));
    let mut looks = futures_util::future::join_all(looks).await;
    try_account(target, &mut looks, deadline, run).await;
    let saw_any = looks.iter().any(|look| look.measured.saw_something());
    let mut measured = Measured::nothing(target.place());
    for mut look in looks {
        look.finish(target.place(), options, registry);
        measured.observations.extend(look.about);
        let look = look.measured;
        // This computer has no way there, as to IPv6 from most offices: that says nothing about the
        // server, and is said.
        if saw_any && let Some(address) = look.without_a_way() {
            measured.remarks.push(msg!("probe.no_way", address = address));
            continue;
        }
        measured.observations.extend(look.observations);
        for remark in look.remarks {
            // What is said of a file is said once, not for each address.
            if !measured.remarks.contains(&remark) {
                measured.remarks.push(remark);
            }
        }
        measured.transcripts.extend(look.transcripts);
    }
    measured.remarks.extend(differences(&measured.observations));
    measured.remarks.extend(stopped(target, options));
    measured
}

/// What one address has shown.
struct Look {
    address: SocketAddr,
    measured: Measured,
    /// What others say about it.
    about: Vec<Observation>,
    /// Signs of a second factor, where its web server was visited.
    signs: Option<Signs>,
}

impl Look {
    /// States what follows from the signs, now that there are no more to come.
    fn finish(&mut self, target: &Place, options: &Options, registry: &Registry) {
        let Some(mut signs) = self.signs.take() else { return };
        self.measured.remarks.append(&mut signs.remarks);
        let facts = web::mfa::facts(signs).map(|(key, state)| (key.to_owned(), state));
        let seen =
            facts.into_iter().filter_map(|fact| visited(fact, self.address, target, options, registry));
        self.measured.observations.extend(seen);
    }
}

/// One address, and what others say about it.
async fn host(target: &Authorized, address: SocketAddr, deadline: Instant, run: &Run<'_>) -> Look {
    let Run { options, registry, directories, .. } = run;
    // The parts hold much between two steps; on the stack they would not fit everywhere.
    let look = Box::pin(self::address(target, address, deadline, run));
    let about = until(deadline, &options.stop, directories.of_address(address.ip(), deadline));
    let ((measured, signs), about) = join(look, about).await;
    let stated = |fact| stated(fact, Some(address.ip().to_string()), target.place(), options, registry);
    let about = about.unwrap_or_else(|why| directories.unknown_of_address(why));
    Look { address, measured, about: about.into_iter().filter_map(stated).collect(), signs }
}

/// Tries the test account at one address, if it is for this target: what it shows is true of the system,
/// whichever address it has. After everything else, so that a server that repeats what it was sent has
/// nothing left to repeat it in.
async fn try_account(target: &Authorized, looks: &mut [Look], deadline: Instant, run: &Run<'_>) {
    let options = run.options;
    let Some(trial) = options.trial.as_ref().filter(|trial| trial.is_at(target.place())) else { return };
    let Some(address) = looks.iter().find(|look| look.signs.is_some()).map(|look| look.address) else {
        return;
    };
    let (now, roots) = (options.now, &options.roots);
    let visit = web::Visit { target, address, deadline, now, roots, book: &run.book };
    let ended = until(deadline, &options.stop, Box::pin(trial.attempt(&visit))).await;
    let ended = ended.unwrap_or_else(Err).map_err(|why| trial.unclear(why));
    for signs in looks.iter_mut().filter_map(|look| look.signs.as_mut()) {
        signs.of_trial(trial.whose, &ended);
    }
}

/// What a directory says, as an observation of the target.
fn stated(
    (key, method, state): dns::Fact,
    address: Option<String>,
    target: &Place,
    options: &Options,
    registry: &Registry,
) -> Option<Observation> {
    Some(Observation {
        fact: Arc::clone(registry.fact(key)?),
        outcome: outcome(state),
        target: target.endpoint.clone(),
        address,
        at: options.now,
        method: method.to_owned(),
        transcript: None,
    })
}

/// What a reader should know of a target that was not measured to its end.
fn stopped(target: &Authorized, options: &Options) -> Vec<Message> {
    let endpoint = &target.place().endpoint;
    options.stop.is_asked().then(|| msg!("probe.stopped_at", target = endpoint)).into_iter().collect()
}

/// Goes on until the time is up or somebody asks to stop; says which.
async fn until<T>(deadline: Instant, stop: &Stop, part: impl Future<Output = T>) -> Result<T, Message> {
    // Nobody new is contacted any more.
    if stop.is_asked() {
        return Err(msg!("probe.stopped"));
    }
    let late = pin!(tokio::time::sleep_until(deadline + GRACE));
    let asked = pin!(stop.asked());
    // Whoever is done in the same moment has the word.
    match select(pin!(part), select(asked, late)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right((Either::Left(_), _)) => Err(msg!("probe.stopped")),
        Either::Right((Either::Right(_), _)) => Err(tls::silence(Silence::Deadline)),
    }
}

async fn address(
    target: &Authorized,
    address: SocketAddr,
    deadline: Instant,
    run: &Run<'_>,
) -> (Measured, Option<Signs>) {
    let Run { options, registry, .. } = run;
    let line = Line::to_host(address, run.book.permits(address), deadline);
    let place = address.ip().to_string();
    let of_tls = async {
        if !options.looks("tls") && !options.looks("certificate") {
            return Measured::nothing(target.place());
        }
        let seen = Box::pin(look(target.place(), line, place.clone(), options, registry));
        until(deadline, &options.stop, seen).await.unwrap_or_else(|why| {
            let all = unknown(target.place(), registry, options, &why).into_iter();
            let ours = all.filter(|one| ["tls", "certificate"].contains(&one.fact.probe.as_str()));
            let observations = ours.map(|one| Observation { address: Some(place.clone()), ..one }).collect();
            Measured { observations, ..Measured::nothing(target.place()) }
        })
    };
    let visit = async {
        if !options.visits() {
            return Ok(None);
        }
        let (now, roots) = (options.now, &options.roots);
        let visit = web::Visit { target, address, deadline, now, roots, book: &run.book };
        until(deadline, &options.stop, Box::pin(web::look(&visit))).await
    };
    let ports = async {
        match options.ports && options.looks("exposure") {
            true => {
                let tried = web::ports::look(address.ip(), deadline, &run.permits);
                until(deadline, &options.stop, tried).await.unwrap_or_else(State::Unknown)
            }
            false => State::Unknown(msg!("probe.ports_not_asked")),
        }
    };
    let (mut measured, visit, mut ports) = join3(of_tls, visit, ports).await;
    let (mut facts, mut signs) = match visit {
        Ok(Some(seen)) => seen,
        Ok(None) => return (measured, None),
        Err(why) => {
            let all = unknown(target.place(), registry, options, &why).into_iter();
            // What others say of the address is asked elsewhere, and said once.
            let is_ours = |one: &Observation| {
                one.fact.is_of_the_target() && !["tls", "certificate"].contains(&one.fact.probe.as_str())
            };
            let ours = all.filter(is_ours);
            let here = ours.map(|one| Observation { address: Some(place.clone()), ..one });
            measured.observations.retain(|one| options.looks(&one.fact.probe));
            measured.observations.extend(here);
            return (measured, None);
        }
    };
    // Where nothing answers at all, that no port does says nothing.
    let is_there =
        measured.saw_something() || facts.iter().any(|(_, state)| !matches!(state, State::Unknown(_)));
    if ports == State::Absent && !is_there {
        ports = State::Unknown(msg!("probe.no_connection"));
    }
    let certificate = measured.observations.iter().find(|one| one.fact.key == "tls.client_certificate");
    if let Some(Outcome::Known(Value::Text(word))) = certificate.map(|one| &one.outcome) {
        signs.of_client_certificate(word);
    }
    facts.push(("exposure.ports".to_owned(), ports));
    measured.observations.retain(|one| options.looks(&one.fact.probe));
    let seen = facts.into_iter().filter_map(|fact| visited(fact, address, target.place(), options, registry));
    measured.observations.extend(seen);
    (measured, options.looks("mfa").then_some(signs))
}

/// What a visit of the web server has shown, as an observation.
fn visited(
    (key, state): (String, State),
    address: SocketAddr,
    target: &Place,
    options: &Options,
    registry: &Registry,
) -> Option<Observation> {
    let fact = registry.fact(&key).filter(|fact| options.looks(&fact.probe))?;
    Some(Observation {
        fact: Arc::clone(fact),
        outcome: outcome(state),
        target: target.endpoint.clone(),
        address: Some(address.ip().to_string()),
        at: options.now,
        method: "visit".to_owned(),
        transcript: None,
    })
}

/// Everything that one line shows, live or from a transcript.
async fn look(
    target: &Place,
    line: Line,
    address: String,
    options: &Options,
    registry: &Registry,
) -> Measured {
    let client = Client::new(&target.host);
    let sight = Scan { name: target.name(), line: &line, client: &client }.whole().await;
    let now = options.now.as_second();
    let seen = Seen { sight: &sight, host: &target.host, roots: &options.roots, now };
    let none = tls::facts::no_certificate(&sight);
    let mut chains = tls::facts::chains(&sight);
    if options.revocation
        && let Some(deadline) = line.deadline()
    {
        for shown in &mut chains {
            // The addresses stand in the certificate: those of anybody's own making are not followed.
            shown.answered = match options.roots.check(&shown.chain, now) {
                Ok(()) => certificate::asking::ask(&shown.chain, deadline).await,
                Err(_) => Answered::Untrusted,
            };
        }
    }
    let mut states: Vec<(&str, &str, State)> =
        tls::facts::facts(&seen).into_iter().map(|(key, state)| (key, "hello", state)).collect();
    let of_certificates = certificate::facts(&chains, none.as_ref(), &target.host, &options.roots, now);
    states.extend(of_certificates.into_iter().map(|(key, state)| (key, "certificate", state)));
    let throttled = line.was_throttled();
    let (exchanges, handshakes) = line.into_records();
    let transcript = Transcript {
        target: target.endpoint.clone(),
        address: address.clone(),
        time: options.now.to_string(),
        throttled,
        exchanges,
        handshakes,
    };
    let digest = digest(&transcript);
    let observation = |(key, method, state): (&str, &str, State)| {
        Some(Observation {
            fact: Arc::clone(registry.fact(key)?),
            outcome: outcome(state),
            target: target.endpoint.clone(),
            address: Some(address.clone()),
            at: options.now,
            method: method.to_owned(),
            transcript: Some(digest.clone()),
        })
    };
    Measured {
        endpoint: target.endpoint.clone(),
        observations: states.into_iter().filter_map(observation).collect(),
        remarks: throttled.then(|| msg!("probe.throttled", target = &target.endpoint)).into_iter().collect(),
        transcripts: vec![transcript],
        asked_target: true,
    }
}

fn outcome(state: State) -> Outcome {
    match state {
        State::Known(value) => Outcome::Known(value),
        State::Absent => Outcome::Absent,
        State::Unknown(why) => Outcome::Failed(Failure::Because(why)),
    }
}

/// The digest of a transcript as it is written.
pub fn digest(transcript: &Transcript) -> String {
    use sha2::{Digest, Sha256};
    let bytes = serde_json::to_vec(transcript).unwrap_or_default();
    digits(&Sha256::digest(bytes))
}

/// A target that nothing could be asked of: each fact is unknown, for the same reason.
fn unknown(target: &Place, registry: &Registry, options: &Options, why: &Message) -> Vec<Observation> {
    // Profiles are worked out from the other facts, and say so themselves; a page that is not named is
    // not looked for; the directories of names need no address.
    let is_ours = |fact: &&Arc<crate::model::fact::Fact>| {
        options.looks(&fact.probe)
            && !fact.key.starts_with("dns.")
            && !fact.key.starts_with("domain.")
            && !fact.key.starts_with("tls.profile.")
            && !fact.key.starts_with("http.published.")
    };
    let ours = registry.0.values().filter(is_ours);
    let one = |fact: &Arc<crate::model::fact::Fact>| Observation {
        fact: Arc::clone(fact),
        outcome: Outcome::Failed(Failure::Because(why.clone())),
        target: target.endpoint.clone(),
        address: None,
        at: options.now,
        method: if ["tls", "certificate"].contains(&fact.probe.as_str()) { "hello" } else { "visit" }
            .to_owned(),
        transcript: None,
    };
    ours.map(one).collect()
}

/// The facts in which the addresses of one name differ.
fn differences(observations: &[Observation]) -> Vec<Message> {
    let mut keys: Vec<&str> = Vec::new();
    for one in observations {
        let differs = observations.iter().any(|other| {
            other.fact.key == one.fact.key && other.address != one.address && other.outcome != one.outcome
        });
        if differs && !keys.contains(&one.fact.key.as_str()) {
            keys.push(&one.fact.key);
        }
    }
    if keys.is_empty() { Vec::new() } else { vec![msg!("probe.addresses_differ", facts = keys)] }
}

/// Comes to the facts of a transcript again, without contacting anything.
pub fn replay(transcript: &Transcript, options: &Options, registry: &Registry) -> Option<Measured> {
    let target = Place::new(&transcript.target)?;
    let options = Options { now: transcript.time.parse().ok()?, ..options.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let line = Line::from_transcript(&transcript.exchanges, &transcript.handshakes);
    Some(runtime.block_on(look(&target, line, transcript.address.clone(), &options, registry)))
}
