//! One target of a run: its addresses side by side, and at each everything that was asked for, with a limit
//! in time.

use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, join, join3, select};
use tokio::time::Instant;

use super::authority::{Authorized, Place};
use super::book::Book;
use super::directories::{self, Directories};
use super::network::Way;
use super::parts::{OfTls, Parts, Scene, assemble, look, of_directory, unknown};
use super::permits::Permits;
use super::stop::Stop;
use super::tls::{self, line::Line};
use super::web::{
    self,
    trial::{Account, Ended},
};
use super::{Measured, Options, Probe, VERSION, digest};
use crate::model::fact::{Observation, Registry};
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::Directory;
use crate::wire::transcript::{Revocation, Silence, Transcript};

/// A part that is not done so long after the time is up is cut off.
const GRACE: Duration = Duration::from_millis(50);

/// A longer list of revoked certificates is not kept.
const LONGEST_KEPT: usize = 256 << 10;

/// What is shared by all targets of one run.
pub(super) struct Run<'a> {
    pub options: &'a Options,
    pub registry: &'a Registry,
    pub directories: Directories<'a>,
    pub book: Book<'a>,
    /// The connections of all of them together.
    pub permits: Permits,
    pub stop: Stop,
}

pub(super) async fn target(target: &Authorized, run: &Run<'_>) -> Measured {
    let Run { options, registry, directories, .. } = run;
    let deadline = Instant::now() + options.timeout;
    let of_name = Box::pin(directories.of_name(target.place(), deadline));
    let of_name = until(deadline, &run.stop, of_name);
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

/// Every address of a target.
async fn hosts(target: &Authorized, deadline: Instant, run: &Run<'_>) -> Measured {
    let Run { options, registry, .. } = run;
    let found = until(deadline, &run.stop, run.book.ways(target)).await;
    let ways = match found {
        Ok(Ok(ways)) if !ways.is_empty() => ways,
        found => {
            let no_way = || match options.proxies.of(&target.place().host) {
                Some(proxy) => msg!("probe.no_proxy", proxy = proxy.shown()),
                None => msg!("probe.no_address"),
            };
            let why = found.err().unwrap_or_else(no_way);
            let observations = unknown(target.place(), registry, options, &why);
            let remarks = stopped(target, options);
            return Measured { observations, remarks, ..Measured::nothing(target.place()) };
        }
    };
    let looks = ways.iter().map(|way| host(target, way, deadline, run));
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
    if let Some(tunnel) = ways.iter().find_map(|way| way.through.as_ref()) {
        let (target, proxy) = (&target.place().endpoint, tunnel.proxy.shown());
        measured.remarks.push(msg!("probe.through_proxy", target = target, proxy = proxy));
    }
    measured.remarks.extend(differences(&measured.observations));
    measured.remarks.extend(stopped(target, options));
    measured
}

/// What one address has shown.
struct Look {
    way: Way,
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
async fn host(target: &Authorized, way: &Way, deadline: Instant, run: &Run<'_>) -> Look {
    let Run { options, registry, directories, .. } = run;
    // The parts hold much between two steps; on the stack they would not fit everywhere.
    let look = Box::pin(self::address(target, way, deadline, run));
    let about = async {
        match way.address() {
            Some(address) => until(deadline, &run.stop, directories.of_address(address, deadline)).await,
            None => Err(msg!("probe.proxy_address")),
        }
    };
    let ((parts, transcript), about) = join(look, about).await;
    let about = about.unwrap_or_else(|why| directories::Seen::unseen(directories.unknown_of_address(why)));
    let told = told(about, way.address(), target.place(), options, registry);
    Look { way: way.clone(), parts, transcript, told }
}

/// Tries the test account at one address, if it is for this target: what it shows is true of the system,
/// whichever address it has. After everything else, so that a server that repeats what it was sent has
/// nothing left to repeat it in.
async fn try_account(target: &Authorized, looks: &mut [Look], deadline: Instant, run: &Run<'_>) {
    let options = run.options;
    let Some(trial) = options.trial.as_ref().filter(|trial| trial.is_at(target.place())) else { return };
    // Where somebody answers; else where nobody does, which is said.
    let visited = looks.iter().filter(|look| options.looks("mfa") && matches!(look.parts.visit, Ok(Some(_))));
    let best = visited.rev().max_by_key(|look| look.parts.is_answered());
    let Some(way) = best.map(|look| look.way.clone()) else { return };
    let (now, roots) = (options.now, &options.roots);
    let visit = web::Visit { target, way: &way, deadline, now, roots, book: &run.book };
    let ended = until(deadline, &run.stop, Box::pin(trial.attempt(&visit))).await;
    let ended = ended.unwrap_or_else(Err).map_err(|why| trial.unclear(why));
    looks.iter_mut().for_each(|look| look.take_trial(trial.whose, &ended));
}

/// What a reader should know of a target that was not measured to its end.
fn stopped(target: &Authorized, options: &Options) -> Vec<Message> {
    let endpoint = &target.place().endpoint;
    options.stop.is_asked().then(|| msg!("probe.stopped_at", target = endpoint)).into_iter().collect()
}

/// Goes on until the time is up or somebody asks to stop; says which.
async fn until<T>(deadline: Instant, stop: &Stop, part: impl Future<Output = T>) -> Result<T, Message> {
    // Nobody new is contacted any more.
    if let Some(why) = stop.why() {
        return Err(why);
    }
    let late = pin!(tokio::time::sleep_until(deadline + GRACE));
    let asked = pin!(stop.wait());
    // Whoever is done in the same moment has the word.
    match select(pin!(part), select(asked, late)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right((Either::Left((why, _)), _)) => Err(why),
        Either::Right((Either::Right(_), _)) => Err(tls::silence(Silence::Deadline)),
    }
}

async fn address(target: &Authorized, way: &Way, deadline: Instant, run: &Run<'_>) -> (Parts, Transcript) {
    let options = run.options;
    let place = target.place();
    let of_tls = async {
        // Behind a proxy, the certificate shows who answers.
        if !options.looks("tls") && !options.looks("certificate") && way.through.is_none() {
            return Ok(None);
        }
        let line = Line::to_host(way.clone(), run.book.permits(way), deadline);
        until(deadline, &run.stop, Box::pin(look(place, line, &[], options))).await.map(Some)
    };
    let visit = async {
        if !options.visits() {
            return Ok(None);
        }
        let (now, roots) = (options.now, &options.roots);
        let visit = web::Visit { target, way, deadline, now, roots, book: &run.book };
        until(deadline, &run.stop, Box::pin(web::look(&visit))).await
    };
    let ports = async {
        match way.address() {
            _ if !options.ports || !options.looks("exposure") => Ok(None),
            Some(address) => {
                let tried = web::ports::ask(address, deadline, &run.permits);
                until(deadline, &run.stop, tried).await.map(Some)
            }
            None => Ok(None),
        }
    };
    let (of_tls, visited, ports) = join3(of_tls, visit, ports).await;
    let mut transcript = Transcript {
        target: place.endpoint.clone(),
        address: way.address().map(|address| address.to_string()).unwrap_or_default(),
        proxied: way.through.is_some(),
        time: options.now.to_string(),
        tool: Some(VERSION.to_owned()),
        own_roots: !options.roots.are_public,
        ports: ports.clone().ok().flatten(),
        ..Transcript::default()
    };
    let mut parts = Parts { ports, ..Parts::default() };
    parts.tls = of_tls.map(|of_tls| {
        let OfTls { is_proven, states, records, revocation } = of_tls?;
        parts.is_proven = is_proven;
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
