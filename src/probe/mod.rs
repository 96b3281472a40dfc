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

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, join, join3, select};
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

use crate::model::fact::{Failure, Observation, Outcome, Registry, Value};
use crate::model::message::Message;
use crate::model::{self, keyword};
use crate::msg;
use crate::wire::directory::Directory;
use crate::wire::transcript::{Revocation, Silence, Transcript, digits};
use crate::wire::visit::Ports;
use authority::{Authorized, Place};
use book::Book;
use certificate::Roots;
use directories::{Directories, Sources};
use network::Pin;
use permits::Permits;
use state::State;
use stop::Stop;
use tls::facts::Seen;
use tls::handshake::Client;
use tls::line::{Line, Records};
use tls::scan::Scan;
use web::trial::Trial;
use web::trial::{Account, Ended};

/// Targets that are measured side by side.
const AT_ONCE: usize = 24;

/// Connections at once in a whole run. With those that are kept for the next page, it stays below the 256
/// open files that some systems allow.
const OVERALL: usize = 128;

/// A part that is not done so long after the time is up is cut off.
const GRACE: Duration = Duration::from_millis(50);

/// A longer list of revoked certificates is not kept.
const LONGEST_KEPT: usize = 256 << 10;

/// Who measures, as transcripts name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

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
    /// What was asked of others.
    pub directories: Vec<Directory>,
    /// Whether the target itself was asked, and not only others about it.
    asked_target: bool,
}

impl Measured {
    fn nothing(target: &Place) -> Measured {
        let endpoint = target.endpoint.clone();
        let (observations, remarks, transcripts) = (Vec::new(), Vec::new(), Vec::new());
        Measured { endpoint, observations, remarks, transcripts, directories: Vec::new(), asked_target: true }
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
    dns::moment::set(options.now);
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
    let place = target.place();
    let of_name = of_name.unwrap_or_else(|why| directories::Seen::unseen(directories.unknown_of_name(&why)));
    let (observations, directory) = told(of_name, None, place, options, registry);
    measured.observations.extend(observations);
    measured.directories.extend(directory);
    measured
}

/// What directories say, with the transcript of it; none where nobody was asked.
fn told(
    seen: directories::Seen,
    address: Option<IpAddr>,
    place: &Place,
    options: &Options,
    registry: &Registry,
) -> (Vec<Observation>, Option<Directory>) {
    let mut directory = seen.directory;
    directory.target.clone_from(&place.endpoint);
    directory.address = address.map(|address| address.to_string());
    directory.time = options.now.to_string();
    directory.tool = Some(VERSION.to_owned());
    directory.own_anchors = options.sources.anchors.are_own;
    let observations = of_directory(seen.facts, place, &directory, options, registry);
    (observations, Some(directory).filter(|directory| !directory.probes.is_empty()))
}

/// What directories say of a name, as observations of the target.
fn of_directory(
    facts: Vec<dns::Fact>,
    place: &Place,
    directory: &Directory,
    options: &Options,
    registry: &Registry,
) -> Vec<Observation> {
    let digest = digest(directory);
    let address = &directory.address;
    let stated = facts.into_iter().filter_map(|fact| stated(fact, address.clone(), place, options, registry));
    let with_digest = |one: Observation| {
        let transcript = directory.shows(&one.fact.probe).then(|| digest.clone());
        Observation { transcript, ..one }
    };
    stated.map(with_digest).collect()
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
    let mut measured = Measured::nothing(target.place());
    for look in &mut looks {
        let (about, directory) = std::mem::take(&mut look.told);
        measured.observations.extend(about);
        measured.directories.extend(directory);
    }
    let looks: Vec<Measured> =
        looks.into_iter().map(|look| look.finish(target.place(), options, registry)).collect();
    let saw_any = looks.iter().any(Measured::saw_something);
    for look in looks {
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
    parts: Parts,
    transcript: Transcript,
    /// What others say about it.
    told: (Vec<Observation>, Option<Directory>),
}

impl Look {
    /// The facts, now that there are no more parts to come.
    fn finish(self, place: &Place, options: &Options, registry: &Registry) -> Measured {
        let Look { parts, mut transcript, .. } = self;
        let is_too_long = transcript.revocation.iter().any(is_long);
        if is_too_long {
            transcript.revocation.clear();
        }
        // A part that was cut off shows nothing, nor do certificates without what was said about them.
        let shows = |probe: &&Probe| parts.show(**probe) && !(is_too_long && **probe == Probe::Certificate);
        transcript.probes = options.probes.iter().filter(shows).map(|one| one.word().to_owned()).collect();
        let digest = digest(&transcript);
        let scene = Scene { place, transcript: &transcript, digest, options, registry };
        let mut measured = assemble(parts, &scene);
        measured.transcripts = if transcript.probes.is_empty() { Vec::new() } else { vec![transcript] };
        measured
    }

    /// Takes in what became of a test account.
    fn take_trial(&mut self, whose: Account, ended: &Result<Ended, Message>) {
        let (Ok(Some((_, signs))), Some(visit)) = (&mut self.parts.visit, &mut self.transcript.visit) else {
            return;
        };
        signs.of_trial(whose, ended);
        visit.sign_in.trial = Some(web::trial::kept(whose, ended));
    }
}

/// One address, and what others say about it.
async fn host(target: &Authorized, address: SocketAddr, deadline: Instant, run: &Run<'_>) -> Look {
    let Run { options, registry, directories, .. } = run;
    // The parts hold much between two steps; on the stack they would not fit everywhere.
    let look = Box::pin(self::address(target, address, deadline, run));
    let about = until(deadline, &options.stop, directories.of_address(address.ip(), deadline));
    let ((parts, transcript), about) = join(look, about).await;
    let about = about.unwrap_or_else(|why| directories::Seen::unseen(directories.unknown_of_address(why)));
    let told = told(about, Some(address.ip()), target.place(), options, registry);
    Look { address, parts, transcript, told }
}

/// Tries the test account at one address, if it is for this target: what it shows is true of the system,
/// whichever address it has. After everything else, so that a server that repeats what it was sent has
/// nothing left to repeat it in.
async fn try_account(target: &Authorized, looks: &mut [Look], deadline: Instant, run: &Run<'_>) {
    let options = run.options;
    let Some(trial) = options.trial.as_ref().filter(|trial| trial.is_at(target.place())) else { return };
    // Where somebody answers; else where nobody does, which is said.
    let visited = looks.iter().filter(|look| options.looks("mfa") && matches!(look.parts.visit, Ok(Some(_))));
    let Some(address) = visited.rev().max_by_key(|look| look.parts.is_answered()).map(|look| look.address)
    else {
        return;
    };
    let (now, roots) = (options.now, &options.roots);
    let visit = web::Visit { target, address, deadline, now, roots, book: &run.book };
    let ended = until(deadline, &options.stop, Box::pin(trial.attempt(&visit))).await;
    let ended = ended.unwrap_or_else(Err).map_err(|why| trial.unclear(why));
    looks.iter_mut().for_each(|look| look.take_trial(trial.whose, &ended));
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
) -> (Parts, Transcript) {
    let options = run.options;
    let place = target.place();
    let of_tls = async {
        if !options.looks("tls") && !options.looks("certificate") {
            return Ok(None);
        }
        let line = Line::to_host(address, run.book.permits(address), deadline);
        until(deadline, &options.stop, Box::pin(look(place, line, &[], options))).await.map(Some)
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
                let tried = web::ports::ask(address.ip(), deadline, &run.permits);
                until(deadline, &options.stop, tried).await.map(Some)
            }
            false => Ok(None),
        }
    };
    let (of_tls, visited, ports) = join3(of_tls, visit, ports).await;
    let mut transcript = Transcript {
        target: place.endpoint.clone(),
        address: address.ip().to_string(),
        time: options.now.to_string(),
        tool: Some(VERSION.to_owned()),
        own_roots: !options.roots.are_public,
        ports: ports.clone().ok().flatten(),
        ..Transcript::default()
    };
    let mut parts = Parts { ports, ..Parts::default() };
    parts.tls = of_tls.map(|of_tls| {
        let OfTls { states, records, revocation } = of_tls?;
        transcript.throttled = records.throttled;
        transcript.exchanges = records.exchanges;
        transcript.handshakes = records.handshakes;
        transcript.unworked = records.unworked;
        transcript.revocation = revocation;
        Some(states)
    });
    parts.visit = visited.map(|visited| {
        let (facts, signs, kept) = visited?;
        transcript.visit = Some(kept);
        Some((facts, signs))
    });
    (parts, transcript)
}

fn is_long(answered: &Revocation) -> bool {
    matches!(answered, Revocation::List(list) if list.0.len() > LONGEST_KEPT)
}

/// What was seen of one address, part by part; why a part was not seen; nothing where nobody looked.
struct Parts {
    tls: Result<Option<Vec<TlsState>>, Message>,
    visit: Result<Option<(web::Facts, web::mfa::Signs)>, Message>,
    ports: Result<Option<Ports>, Message>,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { tls: Ok(None), visit: Ok(None), ports: Ok(None) }
    }
}

impl Parts {
    /// Whether the web server said anything.
    fn is_answered(&self) -> bool {
        let says = |facts: &web::Facts| facts.iter().any(|(_, state)| !matches!(state, State::Unknown(_)));
        matches!(&self.visit, Ok(Some((facts, _))) if says(facts))
    }

    /// Whether what a probe has seen was seen to its end.
    fn show(&self, probe: Probe) -> bool {
        match probe {
            Probe::Tls | Probe::Certificate => matches!(self.tls, Ok(Some(_))),
            Probe::Http | Probe::Mfa | Probe::Exposure => matches!(self.visit, Ok(Some(_))),
            Probe::Dns | Probe::Domain | Probe::Location => false,
        }
    }
}

/// Where and when it was seen.
struct Scene<'a> {
    place: &'a Place,
    transcript: &'a Transcript,
    digest: String,
    options: &'a Options,
    registry: &'a Registry,
}

impl Scene<'_> {
    fn observation(&self, key: &str, method: &str, state: State) -> Option<Observation> {
        let fact = self.registry.fact(key).filter(|fact| self.options.looks(&fact.probe))?;
        Some(Observation {
            fact: Arc::clone(fact),
            outcome: outcome(state),
            target: self.place.endpoint.clone(),
            address: Some(self.transcript.address.clone()),
            at: self.options.now,
            method: method.to_owned(),
            transcript: self.transcript.shows(&fact.probe).then(|| self.digest.clone()),
        })
    }

    /// Each fact of some probes unknown, for the same reason. No transcript shows them.
    fn unseen(&self, is_ours: impl Fn(&str) -> bool, why: &Message) -> Vec<Observation> {
        let all = unknown(self.place, self.registry, self.options, why).into_iter();
        let ours = all.filter(|one| is_ours(&one.fact.probe));
        ours.map(|one| Observation { address: Some(self.transcript.address.clone()), ..one }).collect()
    }
}

/// The facts of all parts, live or from a transcript.
fn assemble(parts: Parts, scene: &Scene) -> Measured {
    let mut measured = Measured::nothing(scene.place);
    let is_answered = parts.is_answered();
    let is_of_tls = |probe: &str| ["tls", "certificate"].contains(&probe);
    match parts.tls {
        Ok(states) => {
            let states = states.unwrap_or_default().into_iter();
            let seen = states.filter_map(|(key, method, state)| scene.observation(key, method, state));
            measured.observations.extend(seen);
        }
        Err(why) => measured.observations.extend(scene.unseen(is_of_tls, &why)),
    }
    if scene.transcript.throttled {
        measured.remarks.push(msg!("probe.throttled", target = &scene.place.endpoint));
    }
    let (mut facts, mut signs) = match parts.visit {
        Ok(Some(seen)) => seen,
        Ok(None) => return measured,
        Err(why) => {
            // What others say of the address is asked elsewhere, and said once.
            let is_ours = |probe: &str| !is_of_tls(probe) && !model::fact::DIRECTORIES.contains(&probe);
            measured.observations.extend(scene.unseen(is_ours, &why));
            return measured;
        }
    };
    // Where nothing answers at all, that no port does says nothing.
    let is_there = measured.saw_something() || is_answered;
    let ports = match parts.ports {
        Ok(Some(ports)) => match web::ports::judge(&ports) {
            State::Absent if !is_there => State::Unknown(msg!("probe.no_connection")),
            state => state,
        },
        Ok(None) => State::Unknown(msg!("probe.ports_not_asked")),
        Err(why) => State::Unknown(why),
    };
    if scene.options.looks("mfa") {
        measured.remarks.append(&mut signs.remarks);
    }
    let certificate = measured.observations.iter().find(|one| one.fact.key == "tls.client_certificate");
    if let Some(Outcome::Known(Value::Text(word))) = certificate.map(|one| &one.outcome) {
        signs.of_client_certificate(word);
    }
    facts.extend(web::mfa::facts(signs).map(|(key, state)| (key.to_owned(), state)));
    facts.push(("exposure.ports".to_owned(), ports));
    let seen = facts.into_iter().filter_map(|(key, state)| scene.observation(&key, "visit", state));
    measured.observations.extend(seen);
    measured
}

/// A fact about TLS or a certificate, how it was obtained, and what it is.
type TlsState = (&'static str, &'static str, State);

/// What one line shows, and what went over it.
struct OfTls {
    states: Vec<TlsState>,
    records: Records,
    revocation: Vec<Revocation>,
}

/// Everything that one line shows, live or from a transcript. `answered` is what the transcript has of
/// authorities.
async fn look(target: &Place, line: Line, answered: &[Revocation], options: &Options) -> OfTls {
    let client = Client::new(&target.host);
    let sight = Scan { name: target.name(), line: &line, client: &client }.whole().await;
    let now = options.now.as_second();
    let seen = Seen { sight: &sight, host: &target.host, roots: &options.roots, now };
    let none = tls::facts::no_certificate(&sight);
    let mut chains = tls::facts::chains(&sight);
    for (shown, answer) in chains.iter_mut().zip(answered) {
        shown.answered = answer.clone();
    }
    if options.revocation
        && let Some(deadline) = line.deadline()
    {
        for shown in &mut chains {
            // The addresses stand in the certificate: those of anybody's own making are not followed.
            shown.answered = match options.roots.check(&shown.chain, now) {
                Ok(()) => certificate::asking::ask(&shown.chain, deadline).await,
                Err(_) => Revocation::Untrusted,
            };
        }
    }
    let mut states: Vec<TlsState> =
        tls::facts::facts(&seen).into_iter().map(|(key, state)| (key, "hello", state)).collect();
    let of_certificates = certificate::facts(&chains, none.as_ref(), &target.host, &options.roots, now);
    states.extend(of_certificates.into_iter().map(|(key, state)| (key, "certificate", state)));
    let revocation = if options.revocation {
        chains.into_iter().map(|shown| shown.answered).collect()
    } else {
        Vec::new()
    };
    OfTls { states, records: line.into_records(), revocation }
}

fn outcome(state: State) -> Outcome {
    match state {
        State::Known(value) => Outcome::Known(value),
        State::Absent => Outcome::Absent,
        State::Unknown(why) => Outcome::Failed(Failure::Because(why)),
    }
}

/// The digest of a transcript as it is written: of an address, or of a name.
pub fn digest(transcript: &impl Serialize) -> String {
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
    let place = Place::new(&transcript.target)?;
    let was_looked = |probe: &Probe| transcript.shows(probe.word());
    let probes = options.probes.iter().copied().filter(was_looked).collect();
    let now = transcript.time.parse().ok()?;
    let options = Options { now, probes, revocation: false, ..options.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let mut parts = Parts { ports: Ok(transcript.ports.clone()), ..Parts::default() };
    if options.looks("tls") || options.looks("certificate") {
        let line = Line::from_transcript(transcript);
        let seen = runtime.block_on(look(&place, line, &transcript.revocation, &options));
        parts.tls = Ok(Some(seen.states));
    }
    if let Some(visit) = transcript.visit.as_ref().filter(|_| options.visits()) {
        parts.visit = Ok(runtime.block_on(web::again(&place, visit, options.now)));
    }
    let scene = Scene { place: &place, transcript, digest: digest(transcript), options: &options, registry };
    Some(assemble(parts, &scene))
}

/// The same of what was asked about a name.
pub fn replay_directory(directory: &Directory, options: &Options, registry: &Registry) -> Option<Measured> {
    let place = Place::new(&directory.target)?;
    let probes = options.probes.iter().copied().filter(|probe| directory.shows(probe.word())).collect();
    let options = Options { now: directory.time.parse().ok()?, probes, ..options.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    dns::moment::set(options.now);
    let facts = runtime.block_on(directories::again(&place, directory, &options));
    let observations = of_directory(facts, &place, directory, &options, registry);
    let observations = observations.into_iter().filter(|one| options.looks(&one.fact.probe)).collect();
    Some(Measured { observations, asked_target: false, ..Measured::nothing(&place) })
}
