//! Network to facts. A probe looks at one authorised target and says what it saw, fact by fact: a
//! value, that there is none, or why it could not see. It decides nothing, and it contacts nothing
//! but the addresses of its targets.

pub mod authority;
pub mod certificate;
pub mod network;
pub mod permits;
pub mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::model::fact::{Failure, Observation, Outcome, Registry};
use crate::model::message::Message;
use crate::msg;
use crate::wire::transcript::{Silence, Transcript, digits};
use authority::{Authorized, Place};
use certificate::{Roots, State};
use network::Pin;
use tls::facts::Seen;
use tls::handshake::Client;
use tls::line::Line;
use tls::scan::Scan;

/// Targets that are measured side by side.
const AT_ONCE: usize = 24;

/// How to measure.
#[derive(Debug, Clone)]
pub struct Options {
    pub roots: Roots,
    pub pins: Vec<Pin>,
    /// For one address of one target.
    pub timeout: Duration,
    /// At once, to one address.
    pub connections: usize,
    /// The moment that the measurement speaks of.
    pub now: Timestamp,
}

impl Options {
    pub fn new(now: Timestamp) -> Options {
        let timeout = Duration::from_secs(30);
        Options { roots: Roots::mozilla(), pins: Vec::new(), timeout, connections: 12, now }
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
}

impl Measured {
    /// The address, where no packet found a way to it.
    fn without_a_way(&self) -> Option<&str> {
        let transcript = self.transcripts.first()?;
        let ends = transcript.exchanges.iter().map(|one| one.end);
        let has_none =
            ends.clone().count() > 0 && ends.into_iter().all(|end| end == Some(Silence::Unreachable));
        has_none.then_some(transcript.address.as_str())
    }

    /// Whether anything was seen at all.
    pub fn saw_something(&self) -> bool {
        self.observations.iter().any(|one| !matches!(one.outcome, Outcome::Failed(_)))
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
        let one = |target: &'_ Authorized| {
            let target = target.clone();
            async move {
                let measured = self::target(&target, options, registry).await;
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

async fn target(target: &Authorized, options: &Options, registry: &Registry) -> Measured {
    let found = network::addresses(target, &options.pins).await;
    let target = target.place();
    let endpoint = target.endpoint.clone();
    let addresses = match found {
        Ok(addresses) if !addresses.is_empty() => addresses,
        _ => {
            let observations = unknown(target, registry, options.now, &msg!("probe.no_address"));
            return Measured { endpoint, observations, remarks: Vec::new(), transcripts: Vec::new() };
        }
    };
    let looks = addresses.iter().map(|address| self::address(target, *address, options, registry));
    let looks = futures_util::future::join_all(looks).await;
    let saw_any = looks.iter().any(Measured::saw_something);
    let mut measured = Measured { endpoint, observations: vec![], remarks: vec![], transcripts: vec![] };
    for look in looks {
        // This computer has no way there, as to IPv6 from most offices: that says nothing about the
        // server, and is said.
        if saw_any && let Some(address) = look.without_a_way() {
            measured.remarks.push(msg!("probe.no_way", address = address));
            continue;
        }
        measured.observations.extend(look.observations);
        measured.remarks.extend(look.remarks);
        measured.transcripts.extend(look.transcripts);
    }
    measured.remarks.extend(differences(&measured.observations));
    measured
}

async fn address(target: &Place, address: SocketAddr, options: &Options, registry: &Registry) -> Measured {
    let deadline = Instant::now() + options.timeout;
    let line = Line::to_host(address, options.connections, deadline);
    let place = address.ip().to_string();
    look(target, line, place, options, registry).await
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
    let chains = tls::facts::chains(&sight);
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
fn unknown(target: &Place, registry: &Registry, at: Timestamp, why: &Message) -> Vec<Observation> {
    // Profiles are worked out from the other facts, and say so themselves.
    let is_ours = |fact: &&Arc<crate::model::fact::Fact>| {
        ["tls", "certificate"].contains(&fact.probe.as_str()) && !fact.key.starts_with("tls.profile.")
    };
    let ours = registry.0.values().filter(is_ours);
    let one = |fact: &Arc<crate::model::fact::Fact>| Observation {
        fact: Arc::clone(fact),
        outcome: Outcome::Failed(Failure::Because(why.clone())),
        target: target.endpoint.clone(),
        address: None,
        at,
        method: "hello".to_owned(),
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
