//! From a transcript to its facts, without contacting anything.

use super::authority::Place;
use super::parts::{Parts, Scene, assemble, look, of_directory};
use super::tls::line::Line;
use super::{Measured, Options, Probe, digest, directories, dns, web};
use crate::model::fact::Registry;
use crate::wire::directory::Directory;
use crate::wire::transcript::Transcript;

/// Comes to the facts of a transcript again, without contacting anything.
pub fn replay(transcript: &Transcript, options: &Options, registry: &Registry) -> Option<Measured> {
    let place = Place::new(&transcript.target)?;
    let was_looked = |probe: &Probe| transcript.shows(probe.word());
    let probes = options.probes.iter().copied().filter(was_looked).collect();
    let now = transcript.time.parse().ok()?;
    let options = Options { now, probes, revocation: false, ..options.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let mut parts = Parts { ports: Ok(transcript.ports.clone()), ..Parts::default() };
    if options.looks("tls") || options.looks("certificate") || transcript.proxied {
        let line = Line::from_transcript(transcript);
        let seen = runtime.block_on(look(&place, line, &transcript.revocation, &options));
        parts.is_proven = seen.is_proven;
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
