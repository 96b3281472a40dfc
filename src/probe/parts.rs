//! From what was seen of one address, part by part, to its facts; live and from a transcript in the same way.

use std::sync::Arc;

use super::authority::Place;
use super::certificate;
use super::dns;
use super::state::State;
use super::tls::facts::Seen;
use super::tls::handshake::{Client, FIRST};
use super::tls::line::{Line, Records};
use super::tls::scan::Scan;
use super::{Measured, Options, Probe, digest, tls, web};
use crate::model::fact::{DIRECTORIES, Fact, Failure, Observation, Outcome, Registry, Value};
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::Directory;
use crate::wire::transcript::{Handshake, Revocation, Transcript};
use crate::wire::visit::Ports;

/// What was seen of one address, part by part; why a part was not seen; nothing where nobody looked.
pub(super) struct Parts {
    /// Whether it is the server that has answered, and not somebody on the way.
    pub is_proven: bool,
    pub tls: Result<Option<Vec<TlsState>>, Message>,
    pub visit: Result<Option<(web::Facts, web::mfa::Signs)>, Message>,
    pub ports: Result<Option<Ports>, Message>,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { is_proven: false, tls: Ok(None), visit: Ok(None), ports: Ok(None) }
    }
}

impl Parts {
    /// Whether the web server said anything.
    pub fn is_answered(&self) -> bool {
        let says = |facts: &web::Facts| facts.iter().any(|(_, state)| !matches!(state, State::Unknown(_)));
        matches!(&self.visit, Ok(Some((facts, _))) if says(facts))
    }

    /// Whether what a probe has seen was seen to its end.
    pub fn show(&self, probe: Probe) -> bool {
        match probe {
            Probe::Tls | Probe::Certificate => matches!(self.tls, Ok(Some(_))),
            Probe::Http | Probe::Mfa | Probe::Exposure => matches!(self.visit, Ok(Some(_))),
            Probe::Dns | Probe::Domain | Probe::Location => false,
        }
    }
}

/// Where and when it was seen.
pub(super) struct Scene<'a> {
    pub place: &'a Place,
    pub transcript: &'a Transcript,
    pub digest: String,
    pub options: &'a Options,
    pub registry: &'a Registry,
}

impl Scene<'_> {
    fn observation(&self, key: &str, method: &str, state: State) -> Option<Observation> {
        let fact = self.registry.fact(key).filter(|fact| self.options.looks(&fact.probe))?;
        Some(Observation {
            fact: Arc::clone(fact),
            outcome: outcome(state),
            target: self.place.endpoint.clone(),
            address: self.transcript.place(),
            at: self.options.now,
            method: method.to_owned(),
            transcript: self.transcript.shows(&fact.probe).then(|| self.digest.clone()),
        })
    }

    /// Each fact of some probes unknown, for the same reason. No transcript shows them.
    fn unseen(&self, is_ours: impl Fn(&str) -> bool, why: &Message) -> Vec<Observation> {
        let all = unknown(self.place, self.registry, self.options, why).into_iter();
        let ours = all.filter(|one| is_ours(&one.fact.probe));
        ours.map(|one| Observation { address: self.transcript.place(), ..one }).collect()
    }
}

/// The facts of all parts, live or from a transcript.
pub(super) fn assemble(parts: Parts, scene: &Scene) -> Measured {
    let is_the_server = !scene.transcript.proxied || parts.is_proven;
    let mut measured = put_together(parts, scene);
    if !is_the_server {
        for one in &mut measured.observations {
            if !matches!(one.outcome, Outcome::Failed(_)) {
                one.outcome = Outcome::Failed(Failure::Because(msg!("probe.proxy_unproven")));
            }
        }
    }
    measured
}

fn put_together(parts: Parts, scene: &Scene) -> Measured {
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
            let is_ours = |probe: &str| !is_of_tls(probe) && !DIRECTORIES.contains(&probe);
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
        Ok(None) if scene.transcript.proxied => State::Unknown(msg!("probe.proxy_address")),
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
pub(super) struct OfTls {
    /// Nobody else has a certificate for the name by a public authority, and the key that belongs to it.
    pub is_proven: bool,
    pub states: Vec<TlsState>,
    pub records: Records,
    pub revocation: Vec<Revocation>,
}

/// Everything that one line shows, live or from a transcript. `answered` is what the transcript has of
/// authorities.
pub(super) async fn look(target: &Place, line: Line, answered: &[Revocation], options: &Options) -> OfTls {
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
                Ok(()) => certificate::asking::ask(&shown.chain, &options.proxies, deadline).await,
                Err(_) => Revocation::Untrusted,
            };
        }
    }
    let mut states: Vec<TlsState> =
        tls::facts::facts(&seen).into_iter().map(|(key, state)| (key, "hello", state)).collect();
    let of_certificates = certificate::facts(&chains, none.as_ref(), &target.host, &options.roots, now);
    states.extend(of_certificates.into_iter().map(|(key, state)| (key, "certificate", state)));
    let is_certified = line.is_proxied && {
        let chains = chains.iter().map(|shown| shown.chain.as_slice());
        certificate::are_proof(chains, &target.host, &options.roots, now)
    };
    let revocation = if options.revocation {
        chains.into_iter().map(|shown| shown.answered).collect()
    } else {
        Vec::new()
    };
    let records = line.into_records();
    let is_finished = |one: &Handshake| one.question == FIRST.label && one.completed && !one.unproven;
    let is_proven = is_certified && records.handshakes.iter().any(is_finished);
    OfTls { is_proven, states, records, revocation }
}

/// What directories say of a name, as observations of the target.
pub(super) fn of_directory(
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

fn outcome(state: State) -> Outcome {
    match state {
        State::Known(value) => Outcome::Known(value),
        State::Absent => Outcome::Absent,
        State::Unknown(why) => Outcome::Failed(Failure::Because(why)),
    }
}

/// A target that nothing could be asked of: each fact is unknown, for the same reason.
pub(super) fn unknown(
    target: &Place,
    registry: &Registry,
    options: &Options,
    why: &Message,
) -> Vec<Observation> {
    // Profiles are worked out from the other facts, and say so themselves; a page that is not named is
    // not looked for; the directories of names need no address.
    let is_ours = |fact: &&Arc<Fact>| {
        options.looks(&fact.probe)
            && !fact.key.starts_with("dns.")
            && !fact.key.starts_with("domain.")
            && !fact.key.starts_with("tls.profile.")
            && !fact.key.starts_with("http.published.")
    };
    let ours = registry.0.values().filter(is_ours);
    let one = |fact: &Arc<Fact>| Observation {
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
