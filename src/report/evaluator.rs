//! The evaluator's words beside the other two: what the applicant said, and what was decided without an
//! evaluator. Lists where they differ.

use super::reading::Reading;
use crate::model::message::Message;
use crate::msg;
use crate::wire::assessment::{Item, Review, Status, Verdict};

/// A reviewed item at which the evaluator differs from the applicant, from the tool, or from both.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub item: &'a Item,
    pub review: &'a Review,
    pub from_applicant: bool,
    pub from_tool: bool,
}

/// In the order of the items.
pub fn rows<'a>(reading: &Reading<'a>) -> Vec<Row<'a>> {
    let row = |item: &'a Item| {
        let review = item.review.as_ref()?;
        let said = item.declared.as_ref().and_then(|declared| declared.status).map(claimed);
        let from_applicant = said.is_some_and(|said| said != review.verdict);
        let from_tool = review.replaced != review.verdict;
        (from_applicant || from_tool).then_some(Row { item, review, from_applicant, from_tool })
    };
    reading.assessment.items.iter().filter_map(row).collect()
}

/// The verdict that an answer claims. A plan claims no more than a beginning.
fn claimed(status: Status) -> Verdict {
    match status {
        Status::Yes => Verdict::Pass,
        Status::Partial | Status::Planned => Verdict::Partial,
        Status::No => Verdict::Fail,
        Status::Na => Verdict::NotApplicable,
    }
}

impl Row<'_> {
    /// What the applicant said, in a word.
    pub fn said(&self, reading: &Reading) -> &'static str {
        let status = self.item.declared.as_ref().and_then(|declared| declared.status);
        status.map_or(reading.word("differs.unanswered"), |status| reading.word(status.label()))
    }

    /// From whom the evaluator differs.
    pub fn from(&self) -> &'static str {
        match (self.from_applicant, self.from_tool) {
            (true, true) => "differs.from_both",
            (false, true) => "differs.from_tool",
            _ => "differs.from_applicant",
        }
    }

    /// All three in a sentence.
    pub fn sentence(&self, reading: &Reading) -> Message {
        msg!(
            "differs.sentence",
            said = self.said(reading),
            tool = reading.word(self.review.replaced.label()),
            verdict = reading.word(self.review.verdict.label()),
            by = &self.review.by,
            on = &self.review.on,
        )
    }
}

/// Which package was reviewed, and how many of its items were.
pub fn remarks(reading: &Reading) -> Vec<Message> {
    let assessment = reading.assessment;
    let reviewed = assessment.items.iter().filter(|item| item.review.is_some()).count();
    let mut all = Vec::new();
    if let Some(package) = &assessment.reviewed {
        let signature = reading.signature(package.signature, package.signer.as_ref());
        let digest: String = package.manifest.chars().take(16).collect();
        all.push(msg!("differs.package", digest = digest, signature = signature));
        // What somebody claims not to apply is asked too; what the features rule out is not.
        let claimed = |item: &Item| item.declared.as_ref().and_then(|one| one.status) == Some(Status::Na);
        let applies =
            |item: &&Item| item.review.is_some() || item.verdict != Verdict::NotApplicable || claimed(item);
        let of = assessment.items.iter().filter(applies).count();
        all.push(msg!("differs.reviewed", count = reviewed, of = of));
    }
    all
}
