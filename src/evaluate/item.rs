//! How one item is decided: applicability, then measurement, then the answer, then the documents it
//! needs, then the evaluator's word. Each step leaves its reason.

use std::sync::Arc;

use super::{Context, carried, criterion, inherited};
use crate::model::answer::{Answer, Evidence, Status};
use crate::model::assessment::{Conflict, Finding, Judged, State};
use crate::model::checklist::Item;
use crate::model::criterion::Power;
use crate::model::message::{Arg, Message};
use crate::model::policy::Rule;
use crate::model::verdict::{Assurance, Verdict};
use crate::model::workspace::FileState;
use crate::msg;

pub(super) fn decide(item: Arc<Item>, context: &Context) -> Finding {
    let name = &item.name;
    let carried = carried::to(name, context);
    let (answer, carried_from) = match &carried {
        Some(carried) => (Some(Arc::clone(carried.answer)), Some(carried.from.clone())),
        None => (context.workspace.answers.get(name).cloned(), None),
    };
    let evidence = answer.as_deref().map(|answer| with_state(&answer.evidence, context)).unwrap_or_default();
    let mut finding = Finding {
        verdict: Verdict::Open,
        assurance: Assurance::None,
        conflict: None,
        criteria: Vec::new(),
        reasons: Vec::new(),
        review: None,
        seen: Vec::new(),
        overdue: false,
        inherited: None,
        waiver: None,
        links: context.policy.crosswalk.links(name).to_vec(),
        evidence,
        answer,
        carried_from,
        official: context.workspace.official.get(name).cloned(),
        item: Arc::clone(&item),
    };
    let missing = item.when.missing(&context.workspace.features);
    if missing.is_empty() {
        let rule = context.policy.rules.get(name).cloned().unwrap_or_default();
        settle(&mut finding, &rule, context);
    } else {
        finding.verdict = Verdict::NotApplicable;
        let title = |key: &str| context.policy.features.get(key).map_or_else(|| Arg::from(key), Arg::from);
        let features = Arg::List(missing.into_iter().map(title).collect());
        finding.reasons.push(msg!("reason.feature_absent", features = features));
    }
    review(&mut finding, context);
    waive(&mut finding, context);
    finding
}

fn with_state(evidence: &[Evidence], context: &Context) -> Vec<(Evidence, Option<FileState>)> {
    let state = |one: &Evidence| one.file.as_ref().map(|file| state_of(file, context));
    evidence.iter().map(|one| (one.clone(), state(one))).collect()
}

fn state_of(file: &str, context: &Context) -> FileState {
    context.files.get(file).cloned().unwrap_or(FileState::Missing)
}

fn settle(finding: &mut Finding, rule: &Rule, context: &Context) {
    finding.criteria = rule.measure.iter().map(|one| criterion::judge(one, context)).collect();
    let unusable = unusable_documents(&finding.evidence, context);
    finding.reasons.extend(unusable);
    if !by_measurement(finding) {
        by_answer(finding, context);
    }
    inherited::apply(finding, context);
    if rule.documented && finding.verdict == Verdict::Pass && !is_documented(finding, context) {
        finding.verdict = Verdict::Partial;
        finding.reasons.push(msg!("reason.document_missing", documents = documents(&finding.item)));
    }
}

/// A criterion that does not hold settles the item against it; all deciding criteria holding settles
/// it for it. Anything less settles nothing.
fn by_measurement(finding: &mut Finding) -> bool {
    let answered = finding.answer.as_deref().and_then(|answer| answer.status);
    let broken: Vec<Arg> = finding
        .criteria
        .iter()
        .filter(|judged| judged.criterion.power.can_refute() && judged.state == State::Broken)
        .map(|judged| Arg::from(&judged.criterion.fact.label))
        .collect();
    if !broken.is_empty() {
        finding.verdict = Verdict::Fail;
        finding.assurance = Assurance::Measured;
        finding.reasons.push(msg!("reason.measured_broken", facts = Arg::List(broken)));
        if answered == Some(Status::Yes) {
            finding.conflict = Some(Conflict::Refuted);
            finding.reasons.push(msg!("reason.conflict_refuted"));
        }
        return true;
    }
    let mut deciding = finding.criteria.iter().filter(|judged| judged.criterion.power.can_refute());
    let has_proof = finding.criteria.iter().any(|judged| judged.criterion.power == Power::Both);
    if !has_proof || !deciding.all(|judged| judged.state == State::Held) {
        return false;
    }
    finding.verdict = Verdict::Pass;
    finding.assurance = Assurance::Measured;
    finding.reasons.push(msg!("reason.measured_held"));
    if answered == Some(Status::No) {
        finding.conflict = Some(Conflict::Better);
        finding.reasons.push(msg!("reason.conflict_better"));
    }
    true
}

fn by_answer(finding: &mut Finding, context: &Context) {
    let undecided: Vec<Message> = finding.criteria.iter().filter_map(undecided).collect();
    finding.reasons.extend(undecided);
    let (verdict, reason) = match finding.answer.as_deref() {
        Some(answer) => of_answer(answer, context),
        None => (Verdict::Open, msg!("reason.unanswered")),
    };
    finding.overdue = finding.answer.as_deref().is_some_and(|answer| is_overdue(answer, context));
    if let Some(from) = &finding.carried_from {
        let same = context.policy.crosswalk.same(&finding.item.name).any(|same| same == from);
        finding.reasons.push(match same {
            true => msg!("reason.carried", item = from.as_str()),
            false => msg!("reason.carried_from_wider", item = from.as_str()),
        });
    }
    finding.reasons.push(reason);
    finding.reasons.extend(carried::differences(finding, context));
    finding.verdict = verdict;
    finding.assurance = match verdict {
        Verdict::Open => Assurance::None,
        Verdict::NotApplicable => Assurance::Declared,
        Verdict::Pass if is_confirmed(finding) => Assurance::Measured,
        _ if has_a_hashed_file(finding, context) => Assurance::Documented,
        _ => Assurance::Declared,
    };
}

fn of_answer(answer: &Answer, context: &Context) -> (Verdict, Message) {
    match answer.status {
        None => (Verdict::Open, msg!("reason.unanswered")),
        Some(Status::Yes) => (Verdict::Pass, msg!("reason.answered_yes")),
        Some(Status::Partial) => (Verdict::Partial, msg!("reason.answered_partial")),
        Some(Status::No) => (Verdict::Fail, msg!("reason.answered_no")),
        Some(Status::Na) if answer.measure.is_none() => {
            (Verdict::Open, msg!("reason.not_applicable_without_reason"))
        }
        Some(Status::Na) => (Verdict::NotApplicable, msg!("reason.not_applicable_claimed")),
        Some(Status::Planned) => match answer.due {
            None => (Verdict::Open, msg!("reason.planned_without_date")),
            Some(due) if is_overdue(answer, context) => (Verdict::Fail, msg!("reason.overdue", due = due)),
            Some(due) => (Verdict::Partial, msg!("reason.planned", due = due)),
        },
    }
}

fn is_overdue(answer: &Answer, context: &Context) -> bool {
    answer.status == Some(Status::Planned) && answer.due.is_some_and(|due| due < context.clock.today)
}

fn undecided(judged: &Judged) -> Option<Message> {
    match &judged.state {
        State::Undecided(reason) if judged.criterion.power != Power::Hints => {
            let fact = &judged.criterion.fact.label;
            Some(msg!("reason.undecided", fact = fact, reason = reason.clone()))
        }
        _ => None,
    }
}

/// A confirming criterion holds, and nothing that could have spoken against it went unseen.
fn is_confirmed(finding: &Finding) -> bool {
    let mut counted = finding.criteria.iter().filter(|judged| judged.criterion.power != Power::Hints);
    let holds = |judged: &Judged| judged.criterion.power == Power::Confirms && judged.state == State::Held;
    finding.criteria.iter().any(holds) && counted.all(|judged| !matches!(judged.state, State::Undecided(_)))
}

/// What has run out proves nothing any more, by file or by title.
fn current<'f>(
    documents: impl IntoIterator<Item = &'f (Evidence, Option<FileState>)>,
    context: &Context,
) -> impl Iterator<Item = &'f (Evidence, Option<FileState>)> {
    let today = context.clock.today;
    documents.into_iter().filter(move |(one, _)| !one.has_expired(today))
}

fn has_a_hashed_file(finding: &Finding, context: &Context) -> bool {
    current(&finding.evidence, context).any(is_hashed)
}

fn is_hashed((_, state): &(Evidence, Option<FileState>)) -> bool {
    matches!(state, Some(FileState::Hashed { .. }))
}

/// By a document that is named here, or by those behind a vendor's verdict that one can build on.
fn is_documented(finding: &Finding, context: &Context) -> bool {
    let decides = finding.inherited.as_ref().is_some_and(|inherited| inherited.decides);
    names_a_document(finding, context) || decides && finding.assurance >= Assurance::Documented
}

/// Named by a file that is there, or by title and page.
fn names_a_document(finding: &Finding, context: &Context) -> bool {
    current(&finding.evidence, context).any(|one| is_hashed(one) || is_titled(one))
}

/// By title and page; where a file is named beside them, it has to be there.
fn is_titled((one, state): &(Evidence, Option<FileState>)) -> bool {
    let file_serves = matches!(state, None | Some(FileState::Hashed { .. }));
    one.document.is_some() && one.page.is_some() && file_serves
}

/// What a reader should know of documents that prove nothing.
fn unusable_documents(documents: &[(Evidence, Option<FileState>)], context: &Context) -> Vec<Message> {
    let mut reasons = Vec::new();
    for (one, state) in documents {
        if let Some(until) = one.valid_until.filter(|_| one.has_expired(context.clock.today)) {
            let document = one.document.as_deref().or(one.file.as_deref()).unwrap_or_default();
            reasons.push(msg!("reason.document_expired", document = document, until = until));
        }
        let file = one.file.as_deref().unwrap_or_default();
        match state {
            Some(FileState::Missing) => reasons.push(msg!("reason.file_missing", file = file)),
            Some(FileState::Unusable(why)) => {
                reasons.push(msg!("reason.file_unusable", file = file, why = why.clone()));
            }
            Some(FileState::Hashed { .. }) | None => {}
        }
    }
    reasons
}

fn documents(item: &Item) -> Vec<Arg> {
    item.evidence.iter().map(Arg::from).collect()
}

/// The evaluator's word replaces the verdict and keeps the one it replaced. It changes nothing that
/// was measured; where it departs from what was decided, it is known only as well as its document.
fn review(finding: &mut Finding, context: &Context) {
    let Some(review) = context.workspace.reviews.get(&finding.item.name) else { return };
    let replaced = finding.verdict;
    finding.seen = with_state(&review.seen, context);
    finding.reasons.extend(unusable_documents(&finding.seen, context));
    let all = || current(finding.evidence.iter().chain(&finding.seen), context);
    let accepted = review.verdict == Verdict::Pass && all().any(is_titled);
    let documented = accepted || all().any(is_hashed);
    finding.assurance = match review.verdict {
        Verdict::Open => Assurance::None,
        verdict if verdict == replaced && finding.assurance == Assurance::Measured => Assurance::Measured,
        _ if documented => Assurance::Documented,
        _ => Assurance::Declared,
    };
    finding.verdict = review.verdict;
    finding.overdue &= review.verdict == Verdict::Fail;
    let kept = msg!("reason.reviewed");
    let changed = || msg!("reason.review_replaced", verdict = Message::label(replaced.label()));
    finding.reasons.push(if review.verdict == replaced { kept } else { changed() });
    finding.review = Some((Arc::clone(review), replaced));
}

/// Somebody accepts the risk of what is not met. The verdict stays what it is.
fn waive(finding: &mut Finding, context: &Context) {
    let Some(waiver) = context.workspace.waivers.get(&finding.item.name) else { return };
    let expired = waiver.has_expired(context.clock.today);
    let is_met = matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable);
    finding.reasons.push(match (expired, is_met && !finding.is_contradicted()) {
        (_, true) => msg!("reason.waiver_idle", by = &waiver.by),
        (false, _) => {
            msg!("reason.waived", by = &waiver.by, until = waiver.until, reason = &waiver.reason)
        }
        (true, _) => msg!("reason.waiver_expired", by = &waiver.by, until = waiver.until),
    });
    finding.waiver = Some((Arc::clone(waiver), expired));
}
