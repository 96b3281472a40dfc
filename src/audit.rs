//! The pipeline, from a folder to a decided assessment. The only place that names every stage.

use std::path::{Path, PathBuf};

use crate::evaluate::evaluate;
use crate::evaluate::profile::{self, Change, Standing};
use crate::evidence::{self, Own};
use crate::load::catalog::{self, Catalog, Folders};
use crate::load::file::{TextFile, shown};
use crate::load::{self, elsewhere, facts, record, result};
use crate::model::assessment::{Assessment, Clock, Judged};
use crate::model::criterion::Comparator;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::{Failure, Observation, Outcome, Value};
use crate::model::message::Message;
use crate::model::origin::Origin;
use crate::model::received::{Altered, Received};
use crate::model::workspace::Workspace;
use crate::msg;
use crate::probe::authority::Authorized;
use crate::probe::{self, Measured, Options};
use crate::report::configuration::Wanted;
use crate::report::measured::Shortfall;
use crate::report::sentence;
use crate::wire::directory::Directory;
use crate::wire::transcript::Transcript;

/// What to audit, and with what.
#[derive(Debug, Clone)]
pub struct Request {
    pub workspace: PathBuf,
    pub folders: Folders,
    /// Facts that were measured earlier.
    pub facts: Vec<PathBuf>,
    pub clock: Clock,
    /// How to measure the targets; nothing is contacted without.
    pub probe: Option<Options>,
}

/// An assessment, and what was measured for it.
#[derive(Debug)]
pub struct Audited {
    pub assessment: Assessment,
    pub measured: Vec<Measured>,
}

/// Loads, measures, gathers what was measured earlier, hashes the evidence, and decides. Nothing
/// where the input has errors; they are in `diagnostics`.
pub fn audit(
    request: &Request,
    diagnostics: &Diagnostics,
    done: &dyn Fn(usize, &Measured),
) -> anyhow::Result<Option<Audited>> {
    let Some(catalog) =
        catalog::load(&request.folders, &catalog::Wanted::by(&request.workspace), diagnostics)
    else {
        return Ok(None);
    };
    let load = if request.probe.is_some() { load::workspace_to_measure } else { load::workspace_at };
    let Some(workspace) = load(&request.workspace, &catalog, request.clock.now, diagnostics) else {
        return Ok(None);
    };
    let mut observations = received(&request.workspace, workspace.received.as_deref(), &catalog, diagnostics);
    observations.extend(recorded(&request.facts, &workspace, &catalog, diagnostics));
    if diagnostics.errors() > 0 {
        return Ok(None);
    }
    let mut measured = Vec::new();
    if let Some(options) = &request.probe {
        let targets: Vec<Authorized> = workspace.targets.iter().filter_map(Authorized::new).collect();
        if let Err(wrong) = trial_is_allowed(&targets, options) {
            diagnostics.push(*wrong);
            return Ok(None);
        }
        measured = measure(&targets, options, &catalog, &|one| done(targets.len(), one))?;
        observations.extend(measured.iter().flat_map(|one| one.observations.clone()));
    }
    let files = evidence::states(&workspace, &request.workspace);
    let assessment = evaluate(&workspace, &catalog.policy, observations, &files, request.clock);
    Ok(Some(Audited { assessment, measured }))
}

/// A test account is tried at a target that somebody allows to be measured, and nowhere else.
pub fn trial_is_allowed(targets: &[Authorized], options: &Options) -> Result<(), Box<Diagnostic>> {
    let Some(trial) = &options.trial else { return Ok(()) };
    match targets.iter().any(|target| trial.is_at(target.place())) {
        true => Ok(()),
        false => Err(Box::new(Diagnostic::error(msg!("trial.no_target"), msg!("trial.no_target.mend")))),
    }
}

/// Measures targets that somebody allows to be measured, and says which profiles they follow.
pub fn measure(
    targets: &[Authorized],
    options: &Options,
    catalog: &Catalog,
    done: &dyn Fn(&Measured),
) -> std::io::Result<Vec<Measured>> {
    let measured = probe::measure(targets, options, &catalog.registry, done)?;
    Ok(measured.into_iter().map(|one| with_profiles(one, catalog)).collect())
}

/// Comes to the facts of a transcript again.
pub fn replay(transcript: &Transcript, options: &Options, catalog: &Catalog) -> Option<Measured> {
    probe::replay(transcript, options, &catalog.registry).map(|one| with_profiles(one, catalog))
}

/// The same of what was asked about a name.
pub fn replay_directory(directory: &Directory, options: &Options, catalog: &Catalog) -> Option<Measured> {
    probe::replay_directory(directory, options, &catalog.registry)
}

fn with_profiles(mut measured: Measured, catalog: &Catalog) -> Measured {
    measured.observations.extend(profile::derive(&catalog.policy.profiles, &measured.observations));
    measured
}

/// The profiles that a server does not follow, and what would have to change for each.
pub fn shortfalls(measured: &Measured, catalog: &Catalog) -> Vec<Shortfall> {
    let mut gaps = Vec::new();
    for ((_, address), seen) in profile::by_place(&measured.observations) {
        for profile in catalog.policy.profiles.values() {
            let standing = profile::standing(profile, &seen);
            let changes = standing.shortfalls(&measured.observations);
            let changes: Vec<Message> = changes
                .iter()
                .map(|(judged, change)| worded(judged, change, &measured.observations))
                .collect();
            if !changes.is_empty() {
                let address = address.map(str::to_owned);
                let wanted = wanted(&standing, &measured.observations);
                gaps.push(Shortfall { address, profile: profile.title.clone(), changes, wanted });
            }
        }
    }
    gaps
}

/// What the server should offer instead: what it offers, without what has to go and with what has to
/// come; all that is allowed, where nothing would be left.
fn wanted(standing: &Standing, observations: &[Observation]) -> Wanted {
    let mut wanted = Wanted::default();
    for (judged, change) in standing.shortfalls(observations) {
        let place = match judged.criterion.fact.key.as_str() {
            "tls.versions" => &mut wanted.versions,
            "tls.suites.tls1_2" => &mut wanted.suites,
            "tls.suites.tls1_3" => &mut wanted.modern_suites,
            "tls.groups" => &mut wanted.groups,
            "tls.dh_bits" | "tls.dh_modulus" => {
                wanted.dh_bits = least_dh_bits(standing);
                continue;
            }
            _ => continue,
        };
        let seen = judged.by.and_then(|index| observations.get(index)).map(|one| &one.outcome);
        let offered = match seen {
            Some(Outcome::Known(Value::List(list))) => list.clone(),
            _ => Vec::new(),
        };
        let list = place.get_or_insert(offered);
        list.retain(|one| !change.drop.contains(one));
        list.extend(change.add);
        if let (true, Comparator::Within(allowed)) = (list.is_empty(), &judged.criterion.comparator) {
            list.clone_from(allowed);
        }
    }
    wanted
}

/// How long the prime of a new exchange has to be.
fn least_dh_bits(standing: &Standing) -> Option<i64> {
    let of_dh = standing.judged.iter().filter(|judged| judged.criterion.fact.key == "tls.dh_bits");
    of_dh
        .filter_map(|judged| match &judged.criterion.comparator {
            Comparator::AtLeast(Value::Integer(bits)) => Some(*bits),
            _ => None,
        })
        .max()
}

fn worded(judged: &Judged, change: &Change, observations: &[Observation]) -> Message {
    let fact = &judged.criterion.fact.label;
    match (change.drop.is_empty(), change.add.is_empty()) {
        (false, _) => msg!("gap.drop", fact = fact, values = change.drop.clone()),
        (true, false) => msg!("gap.add", fact = fact, values = change.add.clone()),
        (true, true) => msg!(
            "gap.value",
            fact = fact,
            actual = sentence::actual(judged, observations),
            expected = sentence::expected(&judged.criterion)
        ),
    }
}

/// What an evaluator adds to the applicant's part. What an audit writes comes to what was handed in;
/// nothing there is replaced.
pub(crate) const BY_EVALUATOR: Own =
    Own { files: &[load::RECORD, load::REVIEWS], folders: &["results", "reports", load::EVALUATOR] };

/// Holds the applicant's part of a review workspace against the record of it. What was altered, added or
/// removed is an error that names it: nothing is decided on a part that is not what was handed in.
pub fn applicant_part(folder: &Path, diagnostics: &Diagnostics) {
    if let Some(received) = record::of(folder, diagnostics) {
        hold(folder, &received, diagnostics);
    }
}

fn hold(folder: &Path, received: &Received, diagnostics: &Diagnostics) {
    for (path, how) in evidence::altered(folder, &received.files, BY_EVALUATOR) {
        let place = Origin::file(shown(&folder.join(&path)));
        let what = match how {
            Altered::Changed => msg!("review.changed", path = path),
            Altered::Added => msg!("review.added", path = path),
            Altered::Removed => msg!("review.removed", path = path),
            Altered::Unreadable => msg!("review.unreadable", path = path),
        };
        let mend = match how {
            Altered::Added => msg!("review.added.mend"),
            _ => msg!("review.altered.mend"),
        };
        diagnostics.push(Diagnostic::error(what, mend).at(place));
    }
}

/// What the applicant measured, as it was handed in. What is measured now replaces it.
fn received(
    folder: &Path,
    received: Option<&Received>,
    catalog: &Catalog,
    diagnostics: &Diagnostics,
) -> Vec<Observation> {
    let Some(received) = received else { return Vec::new() };
    hold(folder, received, diagnostics);
    if diagnostics.errors() > 0 {
        return Vec::new();
    }
    let path = folder.join(&received.assessment);
    let Some(assessment) = result::read(&path, diagnostics) else { return Vec::new() };
    facts::kept(&assessment.facts, &catalog.registry).unwrap_or_else(|| {
        let wrong = Diagnostic::error(msg!("review.facts"), msg!("review.facts.mend"));
        diagnostics.push(wrong.at(Origin::file(shown(&path))));
        Vec::new()
    })
}

/// Other tools ask for fewer suites than there are: what they list can break a profile, and not show that
/// it is followed.
fn not_by_a_shorter_list(one: Observation) -> Observation {
    if one.outcome != Outcome::Known(Value::Boolean(true)) {
        return one;
    }
    let why = msg!("elsewhere.shorter", tool = &one.method);
    Observation { outcome: Outcome::Failed(Failure::Because(why)), ..one }
}

fn recorded(
    files: &[PathBuf],
    workspace: &Workspace,
    catalog: &Catalog,
    diagnostics: &Diagnostics,
) -> Vec<Observation> {
    let read = |path: &Path| match TextFile::read(path) {
        Ok(file) => match elsewhere::read(&file, &catalog.registry, &workspace.targets, diagnostics) {
            // Other tools know nothing of the profiles.
            Some(mut seen) => {
                let derived = profile::derive(&catalog.policy.profiles, &seen);
                seen.extend(derived.into_iter().map(not_by_a_shorter_list));
                seen
            }
            None => facts::read(&file, &catalog.registry, Some(&workspace.targets), diagnostics),
        },
        Err(wrong) => {
            diagnostics.push(*wrong);
            Vec::new()
        }
    };
    files.iter().flat_map(|path| read(path)).collect()
}
