//! Decides again what an assessment says was decided, from the same answers and facts by the same
//! rules, and names every item that comes out otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Copy, LaidOut};
use super::review::POLICY;
use super::transcripts::{self, Shown};
use crate::audit::BY_EVALUATOR;
use crate::evaluate::evaluate;
use crate::load::catalog::{self, Catalog, Wanted};
use crate::load::{self, facts};
use crate::model::assessment::Clock;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::message::Message;
use crate::model::received::Received;
use crate::msg;
use crate::pack;
use crate::report::json;
use crate::wire::assessment::{Assessment, Item};
use crate::wire::package::{File, Manifest};

/// What came of it.
#[derive(Debug)]
pub(super) struct Again {
    /// What does not come out as the assessment says. Nothing where all of it does.
    pub wrong: Vec<Message>,
    /// How the facts stand to their transcripts. Nothing where the packed rules cannot be read.
    pub shown: Option<Shown>,
}

/// Takes the facts out of their transcripts and decides.
pub(super) fn again(from: &LaidOut, manifest: &Manifest, copy: Copy<'_>, stated: &Assessment) -> Again {
    let diagnostics = Diagnostics::default();
    let catalog = catalog::load(&from.folders, &Wanted::by(&from.workspace()), &diagnostics);
    let decided = catalog.as_ref().and_then(|catalog| decide(from, catalog, manifest, stated, &diagnostics));
    let mut wrong = differences(decided, stated, &diagnostics);
    let shown = catalog.map(|catalog| transcripts::hold(manifest, copy, stated, &catalog));
    wrong.extend(shown.iter().flat_map(|shown| shown.problems.clone()));
    Again { wrong, shown }
}

fn differences(again: Option<Assessment>, stated: &Assessment, diagnostics: &Diagnostics) -> Vec<Message> {
    let list = diagnostics.list();
    let errors = list.iter().filter(|one| one.severity == Severity::Error);
    let mut wrong: Vec<Message> = errors
        .map(|one| {
            let place =
                one.origin.as_ref().and_then(|origin| origin.file.rsplit('/').next()).unwrap_or_default();
            msg!("package.input", place = place, what = one.what.clone())
        })
        .collect();
    match again {
        Some(again) if wrong.is_empty() => compare(stated, again),
        _ if wrong.is_empty() => vec![msg!("package.not_decided")],
        _ => {
            wrong.push(msg!("package.not_decided"));
            wrong
        }
    }
}

fn decide(
    from: &LaidOut,
    catalog: &Catalog,
    manifest: &Manifest,
    stated: &Assessment,
    diagnostics: &Diagnostics,
) -> Option<Assessment> {
    let clock = Clock { now: stated.at.parse().ok()?, today: stated.date.parse().ok()? };
    let workspace = load::workspace_at(&from.workspace(), catalog, clock.now, diagnostics)?;
    let observations = facts::kept(&stated.facts, &catalog.registry)?;
    let files = pack::states(manifest, workspace.evidence().filter_map(|one| one.file.as_ref()));
    if let Some(received) = &workspace.received {
        altered(received, manifest, diagnostics);
    }
    let again = json::to_wire(&evaluate(&workspace, &catalog.policy, observations, &files, clock));
    // Numbers are compared as a file has them.
    serde_json::from_str(&serde_json::to_string(&again).ok()?).ok()
}

/// A package of a review holds the applicant's part as it was received, and nothing beside it but what is
/// the evaluator's. Rules that came with it are not packed again: those that decided are.
fn altered(received: &Received, manifest: &Manifest, diagnostics: &Diagnostics) {
    for part in received.files.iter().filter(|part| !part.path.starts_with(POLICY)) {
        let path = format!("{}{}", pack::WORKSPACE, part.path);
        let same = |file: &&File| file.path == path && file.sha256 == part.sha256;
        if manifest.files.iter().find(same).is_none() {
            let what = msg!("review.changed", path = &part.path);
            diagnostics.push(Diagnostic::error(what, msg!("review.altered.mend")));
        }
    }
    let known: BTreeSet<&str> = received.files.iter().map(|part| part.path.as_str()).collect();
    let packed = manifest.files.iter().filter_map(|file| file.path.strip_prefix(pack::WORKSPACE));
    for path in packed.filter(|path| !known.contains(path) && !BY_EVALUATOR.has(path)) {
        let what = msg!("review.added", path = path);
        diagnostics.push(Diagnostic::error(what, msg!("review.added.mend")));
    }
}

fn compare(stated: &Assessment, mut again: Assessment) -> Vec<Message> {
    // Another version may word things otherwise; what is decided may not differ.
    let is_same_version = stated.tool == again.tool;
    let mut wrong = Vec::new();
    let mut left: BTreeMap<&str, &Item> = again.items.iter().map(|item| (item.item.as_str(), item)).collect();
    for item in &stated.items {
        match left.remove(item.item.as_str()) {
            Some(other) if is_same_version && item == other => {}
            Some(other) if !is_same_version && decided(item) == decided(other) => {}
            Some(other) => wrong.push(msg!(
                "package.item_differs",
                item = &item.item,
                stated = Message::label(item.verdict.label()),
                again = Message::label(other.verdict.label())
            )),
            None => wrong.push(msg!("package.item_gone", item = &item.item)),
        }
    }
    wrong.extend(left.keys().map(|item| msg!("package.item_gone", item = *item)));
    let digests = |one: &Assessment| {
        let lists = one.checklists.iter().map(|list| (list.id.clone(), list.digest.clone()));
        let rules =
            one.rules.iter().map(|rule| (rule.checklist.clone().unwrap_or_default(), rule.sha256.clone()));
        lists.chain(rules).collect::<Vec<_>>()
    };
    if digests(stated) != digests(&again) {
        wrong.push(msg!("package.policy_differs"));
    }
    if stated.conclusion != again.conclusion || stated.scores != again.scores {
        wrong.push(msg!("package.conclusion_differs"));
    }
    // Rules of the user's own lie elsewhere now.
    for (rule, other) in again.rules.iter_mut().zip(&stated.rules) {
        rule.file.clone_from(&other.file);
    }
    let rest = |one: &Assessment| Assessment { items: Vec::new(), ..one.clone() };
    let differs = match is_same_version {
        true => rest(stated) != rest(&again),
        false => head(stated) != head(&again),
    };
    if wrong.is_empty() && differs {
        wrong.push(msg!("package.head_differs"));
    }
    wrong
}

/// An assessment without its items and its wording.
fn head(one: &Assessment) -> impl PartialEq + use<'_> {
    let about = (&one.subject, &one.features, &one.at, &one.date, &one.targets);
    (about, &one.vendor, &one.reviewed, &one.facts)
}

/// An item without its wording.
fn decided(item: &Item) -> impl PartialEq + use<'_> {
    let criteria = item.criteria.iter().map(|one| (&one.fact, one.state, one.observation));
    let reasons = item.reasons.iter().map(|one| one.code.as_str());
    (
        (item.level, item.verdict, item.assurance, item.conflict, item.overdue, &item.declared),
        (&item.evidence, &item.due, &item.improvement, &item.review, &item.carried_from),
        (&item.inherited, &item.waiver),
        (criteria.collect::<Vec<_>>(), reasons.collect::<Vec<_>>()),
    )
}
