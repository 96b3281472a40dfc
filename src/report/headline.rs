//! The conclusion in a sentence, and what its reader has to know beside it: the same words in every
//! report.

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
    remarks.into_iter().flatten().map(|remark| reading.say(&remark)).collect()
}

/// That something was to be measured and was not.
pub fn unmeasured(reading: &Reading) -> Option<String> {
    let targets = reading.unmeasured();
    (!targets.is_empty()).then(|| reading.say(&msg!("report.unmeasured", targets = targets)))
}
