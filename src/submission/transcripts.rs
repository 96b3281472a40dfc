//! Holds the facts of an assessment against the transcripts that are packed with it: every fact that names
//! one has to come out of it again. What a forger alters in a fact alone is found.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::Copy;
use crate::audit::{replay, replay_directory};
use crate::load::catalog::Catalog;
use crate::model::message::Message;
use crate::msg;
use crate::pack;
use crate::probe::{self, Measured, Options, VERSION};
use crate::report::json;
use crate::wire::assessment::Assessment;
use crate::wire::directory::Directory;
use crate::wire::facts::Fact;
use crate::wire::package::{File, Manifest};
use crate::wire::transcript::{LARGEST, Transcript, TranscriptFile};

/// Where an audit keeps them.
const FOLDER: &str = "results/transcripts/";

/// The fact that is worked out, and not only read.
const NUMBERS: &str = "tls.dh_modulus";

/// Facts that rest on whose roots are trusted.
const OF_ROOTS: [&str; 4] = [
    "certificate.trusted",
    "certificate.problems",
    "certificate.chain_complete",
    "certificate.chain_ordered",
];

/// What came of it.
#[derive(Debug, Default)]
pub struct Shown {
    /// Facts that came out of their transcripts again.
    pub again: usize,
    /// Facts whose transcripts another version made: it may have asked and read otherwise.
    pub by_another: usize,
    /// Facts without a transcript in the package.
    pub without: usize,
    /// Facts that their transcripts do not show.
    pub problems: Vec<Message>,
}

/// What of a file of transcripts is read.
fn read(file: &File, copy: Copy<'_>) -> Option<TranscriptFile> {
    let mut bytes = Vec::new();
    let is_whole = file.size <= LARGEST && copy(&file.path, &mut bytes).ok()?;
    TranscriptFile::read(std::str::from_utf8(&bytes).ok().filter(|_| is_whole)?).ok()
}

pub(super) fn hold(manifest: &Manifest, copy: Copy<'_>, stated: &Assessment, catalog: &Catalog) -> Shown {
    let mut by_transcript: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    let mut shown = Shown::default();
    for fact in &stated.facts {
        match &fact.transcript {
            Some(digest) => by_transcript.entry(digest).or_default().push(fact),
            None => shown.without += 1,
        }
    }
    let known: BTreeSet<_> = stated.facts.iter().map(place).collect();
    let options = Options::new(jiff::Timestamp::UNIX_EPOCH);
    let mut hold = |digest: String, origin: How<'_>, again: &dyn Fn() -> Option<Measured>| {
        let Some(facts) = by_transcript.remove(digest.as_str()) else { return };
        match origin.tool == Some(VERSION) {
            true => compare(again(), origin, &facts, &known, &mut shown),
            false => shown.by_another += facts.len(),
        }
    };
    let folder = format!("{}{FOLDER}", pack::WORKSPACE);
    let mut unreadable = Vec::new();
    for file in manifest.files.iter().filter(|file| file.path.starts_with(&folder)) {
        let Some(file) = read(file, copy) else {
            unreadable.push(msg!("package.transcript", path = &file.path));
            continue;
        };
        for one in &file.transcripts {
            hold(probe::digest(one), How::of(one), &|| replay(one, &options, catalog));
        }
        for one in &file.directories {
            hold(probe::digest(one), How::of_directory(one), &|| replay_directory(one, &options, catalog));
        }
    }
    shown.without += by_transcript.values().map(Vec::len).sum::<usize>();
    shown.problems.extend(unreadable);
    shown
}

fn place(fact: &Fact) -> (&str, &str, Option<&str>) {
    (&fact.key, &fact.target, fact.address.as_deref())
}

/// Why something is unknown may rest on which of many answers came last.
fn is_same(one: &Fact, other: &Fact) -> bool {
    let kind = |fact: &Fact| fact.missing.as_ref().map(|missing| missing.kind);
    place(one) == place(other)
        && (&one.value, &one.time, &one.method) == (&other.value, &other.time, &other.method)
        && kind(one) == kind(other)
}

/// How a transcript was made, and what it cannot be held to.
#[derive(Debug, Clone, Copy)]
struct How<'a> {
    tool: Option<&'a str>,
    throttled: bool,
    own_roots: bool,
    own_anchors: bool,
}

impl<'a> How<'a> {
    fn of(one: &'a Transcript) -> How<'a> {
        let tool = one.tool.as_deref();
        How { tool, throttled: one.throttled, own_roots: one.own_roots, own_anchors: false }
    }

    fn of_directory(one: &'a Directory) -> How<'a> {
        let tool = one.tool.as_deref();
        How { tool, throttled: false, own_roots: false, own_anchors: one.own_anchors }
    }

    /// A server that turned us away for a while answered one question twice, and which of them was answered
    /// then is not written down. Nor are roots and keys, where they were the applicant's own. And of
    /// numbers, no more are worked out than has an end.
    fn leaves_open(self, again: &[Fact], fact: &Fact) -> bool {
        let other = |key: &str| again.iter().find(|one| one.key == key && one.address == fact.address);
        let is_unknown_in_one =
            other(&fact.key).is_some_and(|other| other.missing.is_some() != fact.missing.is_some());
        let rests_on_numbers = fact.key == NUMBERS || fact.key.starts_with("tls.profile.");
        let is_unworked = || other(NUMBERS).is_some_and(|one| one.missing.is_some());
        self.throttled && is_unknown_in_one
            || self.own_roots && OF_ROOTS.contains(&fact.key.as_str())
            || self.own_anchors && fact.key == "dns.dnssec"
            || rests_on_numbers && is_unknown_in_one && fact.missing.is_none() && is_unworked()
    }
}

fn compare(
    again: Option<Measured>,
    how: How<'_>,
    facts: &[&Fact],
    known: &BTreeSet<(&str, &str, Option<&str>)>,
    shown: &mut Shown,
) {
    let again = again.map(|one| one.observations).unwrap_or_default();
    let again: Vec<Fact> = again.iter().map(json::fact).collect();
    for fact in facts {
        if again.iter().any(|one| is_same(one, fact)) {
            shown.again += 1;
        } else if how.leaves_open(&again, fact) {
            shown.without += 1;
        } else {
            shown.problems.push(msg!("package.fact_differs", fact = &fact.key, target = &fact.target));
        }
    }
    // One that was left out speaks as well; one that was measured again since may differ.
    for fact in again.iter().filter(|fact| !known.contains(&place(fact))) {
        shown.problems.push(msg!("package.fact_gone", fact = &fact.key, target = &fact.target));
    }
}
