//! Holds the facts of an assessment against the transcripts that are packed with it: every fact that names
//! one has to come out of it again. What a forger alters in a fact alone is found.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::LaidOut;
use crate::audit::{replay, replay_directory};
use crate::load::catalog::{self, Wanted};
use crate::load::result;
use crate::model::diagnostic::Diagnostics;
use crate::model::message::Message;
use crate::msg;
use crate::pack::{self, Package};
use crate::probe::{self, Measured, Options, VERSION};
use crate::report::json;
use crate::wire::assessment::Assessment;
use crate::wire::facts::Fact;
use crate::wire::transcript::TranscriptFile;

/// Where an audit keeps them.
const FOLDER: &str = "results/transcripts/";

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

/// Nothing where the packed checklists and rules cannot be read; that is found elsewhere.
pub(super) fn hold(package: &Package, stated: &Assessment, from: &LaidOut) -> Option<Shown> {
    let catalog = catalog::load(&from.folders, &Wanted::by(&from.workspace()), &Diagnostics::default())?;
    let mut by_transcript: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    let mut shown = Shown::default();
    for fact in &stated.facts {
        match &fact.transcript {
            Some(digest) => by_transcript.entry(digest).or_default().push(fact),
            None => shown.without += 1,
        }
    }
    let mut known: BTreeSet<(&str, &str, Option<&str>)> = BTreeSet::new();
    known.extend(stated.facts.iter().map(place));
    let options = Options::new(jiff::Timestamp::UNIX_EPOCH);
    let mut hold =
        |digest: String, (tool, how): (Option<&str>, How), again: &dyn Fn() -> Option<Measured>| {
            let Some(facts) = by_transcript.remove(digest.as_str()) else { return };
            match tool == Some(VERSION) {
                true => compare(again(), how, &facts, &known, &mut shown),
                false => shown.by_another += facts.len(),
            }
        };
    for name in transcripts(package) {
        let Some(file) = read(package, &name) else { continue };
        for one in &file.transcripts {
            hold(
                probe::digest(one),
                (one.tool.as_deref(), How { throttled: one.throttled, own_roots: one.own_roots }),
                &|| replay(one, &options, &catalog),
            );
        }
        for one in &file.directories {
            hold(probe::digest(one), (one.tool.as_deref(), How::default()), &|| {
                replay_directory(one, &options, &catalog)
            });
        }
    }
    shown.without += by_transcript.values().map(Vec::len).sum::<usize>();
    Some(shown)
}

fn transcripts(package: &Package) -> Vec<String> {
    let folder = format!("{}{FOLDER}", pack::WORKSPACE);
    package.below(&folder).map(|(_, file)| file.path.clone()).collect()
}

/// Nothing where it is no such file.
fn read(package: &Package, path: &str) -> Option<TranscriptFile> {
    serde_json::from_slice(&package.bytes(path, result::LARGEST)?).ok()
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

/// What a transcript cannot be held to.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    throttled: bool,
    own_roots: bool,
}

impl How {
    /// A server that turned us away for a while answered one question twice, and which of them was answered
    /// then is not written down. Nor are the roots, where they were the applicant's own.
    fn leaves_open(self, again: &[Fact], fact: &Fact) -> bool {
        let other = again.iter().find(|one| place(one) == place(fact));
        let is_unknown_in_one = other.is_some_and(|other| other.missing.is_some() != fact.missing.is_some());
        self.throttled && is_unknown_in_one || self.own_roots && fact.key.starts_with("certificate.")
    }
}

fn compare(
    again: Option<Measured>,
    how: How,
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
