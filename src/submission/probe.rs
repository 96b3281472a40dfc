//! Measures the targets of a package again, and decides it on what is seen now, by the checklists and
//! rules that are packed with it: so that nothing differs but what was measured.

use std::collections::BTreeSet;

use super::layout::lay_out;
use super::receive::Verified;
use crate::audit::measure;
use crate::evaluate::evaluate;
use crate::load::catalog::{self, Wanted};
use crate::load::{self, facts};
use crate::model::assessment::Clock;
use crate::model::diagnostic::Diagnostics;
use crate::model::fact::{Failure, Observation, Outcome};
use crate::model::sign_in::SignIn;
use crate::model::workspace::Target;
use crate::pack;
use crate::probe::authority::{Authorized, Place};
use crate::probe::{Measured, Options};
use crate::report::json;
use crate::wire::assessment::Assessment;

/// Why a fact is unknown of which nobody asked anything.
const NOT_ASKED: [&str; 3] = ["probe.ports_not_asked", "probe.revocation_no_staple", "trial.not_asked"];

/// What came of it.
#[derive(Debug)]
pub struct Remeasured {
    /// The packed assessment, decided on what was measured now.
    pub now: Assessment,
    /// How many targets were looked at.
    pub targets: usize,
    /// Targets of which nothing usable was seen now, by host and port.
    pub silent: Vec<String>,
    /// Facts that the package knows and that this measurement does not look at.
    pub not_measured: usize,
}

/// Measures on the word of whoever allows it now. Nothing where the package cannot be decided.
pub fn measure_again(
    verified: &Verified,
    allowed_by: &str,
    options: &Options,
    now: jiff::Timestamp,
    done: &dyn Fn(usize, &Measured),
) -> anyhow::Result<Option<Remeasured>> {
    let (package, diagnostics) = (&verified.received.package, Diagnostics::default());
    let Some(stated) = &verified.received.assessment else { return Ok(None) };
    let paths = package.manifest().files.iter().map(|file| file.path.as_str());
    let laid_out = lay_out(paths, &|path, to| package.copy(path, to))?;
    let Some(catalog) = catalog::load(&laid_out.folders, &Wanted::by(&laid_out.workspace()), &diagnostics)
    else {
        return Ok(None);
    };
    let (Ok(then), Ok(today)) = (stated.at.parse(), stated.date.parse()) else { return Ok(None) };
    let workspace = load::workspace_at(&laid_out.workspace(), &catalog, then, &diagnostics);
    let (Some(workspace), Some(kept)) = (workspace, facts::kept(&stated.facts, &catalog.registry)) else {
        return Ok(None);
    };
    // Who allowed the applicant to measure has not allowed us.
    let ours = |target: &Target| Target { authorized_by: Some(allowed_by.to_owned()), ..target.clone() };
    let targets: Vec<Authorized> =
        workspace.targets.iter().filter_map(|target| Authorized::new(&ours(target))).collect();
    let measured = measure(&targets, options, &catalog, &|one| done(targets.len(), one))?;
    // Nor does anybody sign in now: what files or an account have shown is not seen again.
    let by_files = workspace.targets.iter().filter(|one| one.sign_in != SignIn::default());
    let was_tried = |one: &&Observation| {
        one.fact.key == "mfa.single_factor_sign_in" && !matches!(one.outcome, Outcome::Failed(_))
    };
    let by_account = kept.iter().filter(was_tried).map(|one| one.target.clone());
    let shows_sign_in: BTreeSet<String> =
        by_files.map(|one| one.endpoint.clone()).chain(by_account).collect();
    // What is not looked at now stays as it was packed: it has not become unknown.
    // Through a proxy less is seen than there is; directories of names are asked without it.
    let is_hidden = |one: &Observation| {
        let is_proxied = Place::new(&one.target).is_some_and(|place| options.is_proxied(&place));
        let by_proxy = is_proxied && !["dns", "domain"].contains(&one.fact.probe.as_str());
        by_proxy && matches!(one.outcome, Outcome::Failed(_))
    };
    let is_looked_at = |one: &&Observation| {
        let was_shown = one.fact.probe == "mfa" && shows_sign_in.contains(&one.target);
        !was_shown
            && !is_hidden(one)
            && !matches!(&one.outcome, Outcome::Failed(Failure::Because(why)) if NOT_ASKED.contains(&why.id))
    };
    let seen: Vec<_> =
        measured.iter().flat_map(|one| &one.observations).filter(is_looked_at).cloned().collect();
    let places: BTreeSet<(String, String)> =
        seen.iter().map(|one| (one.fact.key.clone(), one.target.clone())).collect();
    let is_left = |key: &str, target: &str| !places.contains(&(key.to_owned(), target.to_owned()));
    // They have not grown old in between: only what was measured is of today.
    let left = kept.into_iter().filter(|one| is_left(&one.fact.key, &one.target));
    let left: Vec<_> = left.map(|one| Observation { at: now, ..one }).collect();
    let not_measured = left.iter().filter(|one| !matches!(one.outcome, Outcome::Failed(_))).count();
    let observations = left.into_iter().chain(seen).collect();
    let files = pack::states(package.manifest(), workspace.evidence().filter_map(|one| one.file.as_ref()));
    // Plans and accepted risks stand as they stood: only what was measured is of today.
    let clock = Clock { now, today };
    let again = evaluate(&workspace, &catalog.policy, observations, &files, clock);
    let silent = measured.iter().filter(|one| !one.saw_something()).map(|one| one.endpoint.clone()).collect();
    Ok(Some(Remeasured { now: json::to_wire(&again), targets: targets.len(), silent, not_measured }))
}
