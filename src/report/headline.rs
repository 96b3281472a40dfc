//! The conclusion in a sentence, and what its reader has to know beside it: the same words in every
//! report.

use super::evaluator;
use super::reading::{Reading, is_claimed_not_applicable, is_overruled};
use crate::model::message::Message;
use crate::msg;

/// Why the conclusion is what it is.
pub fn sentence(reading: &Reading) -> String {
    let total = reading.assessment.scores.mandatory.applicable();
    let some = reading.shortfalls().into_iter();
    let counts: Vec<Message> =
        some.map(|(count, what)| msg!("summary.count", what = reading.word(what), count = count)).collect();
    reading.say(&match counts {
        _ if total == 0 => msg!("summary.nothing_applies"),
        counts if counts.is_empty() => msg!("summary.all_pass", total = total),
        counts => msg!("summary.shortfalls", total = total, counts = counts),
    })
}

/// What could make the conclusion look better than it is.
pub fn remarks(reading: &Reading) -> Vec<String> {
    let items = &reading.assessment.items;
    let claimed = items.iter().filter(|item| is_claimed_not_applicable(item)).count();
    let overruled = items.iter().filter(|item| is_overruled(item)).count();
    let missing = reading.missing_files();
    let remarks = [
        (claimed > 0).then(|| msg!("summary.claimed_not_applicable", count = claimed)),
        (overruled > 0).then(|| msg!("summary.overruled", count = overruled)),
        (!missing.is_empty()).then(|| msg!("summary.files_missing", count = missing.len(), files = missing)),
    ];
    let waived = waived(reading);
    remarks
        .into_iter()
        .chain([inherited(reading), waived])
        .flatten()
        .chain(evaluator::remarks(reading))
        .map(|remark| reading.say(&remark))
        .collect()
}

/// What was taken over from the vendor's assessment.
fn inherited(reading: &Reading) -> Option<Message> {
    let vendor = reading.assessment.vendor.as_ref()?;
    let items = reading.assessment.items.iter();
    let decided = items.filter(|item| item.inherited.as_ref().is_some_and(|one| one.decides)).count();
    Some(msg!(
        "summary.inherited",
        vendor = &vendor.name,
        date = &vendor.date,
        days = vendor.age_days,
        currency = reading.word(vendor.currency.label()),
        signature = reading.signature(vendor.signature, vendor.signer.as_ref()),
        conclusion = &vendor.conclusion_title,
        count = decided,
    ))
}

/// Risks that somebody accepts. They count in full all the same.
fn waived(reading: &Reading) -> Option<Message> {
    let waivers = reading.waivers();
    let expired = waivers.iter().filter(|(_, waiver)| waiver.expired).count();
    match (waivers.len(), expired) {
        (0, _) => None,
        (all, 0) => Some(msg!("summary.waived", count = all)),
        (all, expired) => Some(msg!("summary.waived_expired", count = all, expired = expired)),
    }
}

/// That something was to be measured and was not.
pub fn unmeasured(reading: &Reading) -> Option<String> {
    let targets = reading.unmeasured();
    (!targets.is_empty()).then(|| reading.say(&msg!("report.unmeasured", targets = targets)))
}
