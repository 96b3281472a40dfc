//! Network to facts. A probe looks at one authorised target and says what it saw, fact by fact: a
//! value, that there is none, or why it could not see. It decides nothing. It contacts the addresses of
//! its targets, the resolver of names, and registries and authorities where that was asked for.

mod again;
pub mod authority;
pub mod book;
pub mod certificate;
pub mod directories;
pub mod dns;
pub mod domain;
pub mod location;
pub mod network;
mod parts;
pub mod permits;
pub mod proxy;
mod run;
pub mod state;
pub mod stop;
pub mod tls;
pub mod web;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

pub use again::{replay, replay_directory};

use crate::model::fact::{DIRECTORIES, Observation, Outcome, Registry};
use crate::model::keyword;
use crate::model::message::Message;
use crate::wire::directory::Directory;
use crate::wire::transcript::{Silence, Transcript, digits};
use authority::{Authorized, Place};
use book::Book;
use certificate::Roots;
use directories::{Directories, Sources};
use network::Pin;
use permits::Permits;
use proxy::Proxies;
use run::Run;
use stop::Stop;
use web::trial::Trial;

/// Targets that are measured side by side.
const AT_ONCE: usize = 24;

/// Connections at once in a whole run. With those that are kept for the next page, it stays below the 256
/// open files that some systems allow.
const OVERALL: usize = 128;

/// Who measures, as transcripts name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How to measure.
#[derive(Debug, Clone)]
pub struct Options {
    pub roots: Roots,
    pub pins: Vec<Pin>,
    /// For one address of one target.
    pub timeout: Duration,
    /// For all of them together; no limit where there is none.
    pub whole: Option<Duration>,
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
    /// Who is reached through a proxy.
    pub proxies: Proxies,
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
            whole: None,
            connections: 12,
            overall: OVERALL,
            now,
            probes: Probe::ALL.to_vec(),
            ports: false,
            revocation: false,
            sources: Sources::default(),
            trial: None,
            proxies: Proxies::default(),
            stop: Stop::default(),
        }
    }

    /// Whether anything is asked of the targets themselves, and not only of directories.
    fn asks_targets(&self) -> bool {
        self.probes.iter().any(|probe| !DIRECTORIES.contains(&probe.word()))
    }

    fn looks(&self, probe: &str) -> bool {
        self.probes.iter().any(|one| one.word() == probe)
    }

    /// Whether a target is reached through a proxy.
    pub fn is_proxied(&self, place: &Place) -> bool {
        let is_pinned = self.pins.iter().any(|pin| pin.is_of(place));
        !is_pinned && self.proxies.of(&place.host).is_some()
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
        let book = Book::new(targets, options, &permits);
        let stop = options.stop.at(options.whole.map(|whole| Instant::now() + whole));
        let run = &Run { options, registry, directories, book, permits, stop };
        let one = |target: &'_ Authorized| {
            let target = target.clone();
            async move {
                let measured = run::target(&target, run).await;
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

/// The digest of a transcript as it is written: of an address, or of a name.
pub fn digest(transcript: &impl Serialize) -> String {
    use sha2::{Digest, Sha256};
    let bytes = serde_json::to_vec(transcript).unwrap_or_default();
    digits(&Sha256::digest(bytes))
}
