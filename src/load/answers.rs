//! Reads `answers.yaml`: what the applicant says, and the evaluator's reviews.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rules::{self, Named, Names};
use super::catalog::Catalog;
use super::words::{Word, date, optional_words, words};
use super::workspace::Profile;
use super::yaml::{Entries, Field, Reading};
use crate::model::answer::{Answer, Evidence, Review, Status};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::name::ItemName;
use crate::model::origin::{Origin, Span};
use crate::model::verdict::Verdict;
use crate::msg;

/// Answers and reviews, by item (`checklist/id`).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken answers (answers.yaml)")]
pub struct RawAnswers {
    /// What the applicant says.
    #[serde(default)]
    answers: Field<Entries<RawAnswer>>,
    /// The evaluator's word, kept apart from the applicant's.
    #[serde(default)]
    reviews: Field<Entries<RawReview>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    #[serde(default)]
    #[schemars(with = "Option<Status>")]
    status: Field<Status>,
    /// What is done; for `na`, why it does not apply.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    measure: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<Vec<RawEvidence>>")]
    evidence: Field<Vec<Field<RawEvidence>>>,
    /// What will be improved.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    improvement: Field<String>,
    /// By when; needed for `planned`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    due: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    by: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    on: Field<String>,
}

/// A document by its title and page, by a file in the workspace, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvidence {
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    document: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<Word>")]
    page: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    file: Field<String>,
    /// The last day on which it counts, `2027-03-31`; left out where it does not run out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    valid_until: Field<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawReview {
    verdict: Field<Verdict>,
    #[schemars(with = "String")]
    by: Field<String>,
    #[schemars(with = "String")]
    on: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    note: Field<String>,
}

/// What people have answered, with the places of it, so that what stands in two files can be told.
#[derive(Debug, Default)]
pub struct Answers {
    pub answers: BTreeMap<ItemName, Arc<Answer>>,
    pub reviews: BTreeMap<ItemName, Arc<Review>>,
    /// Answers and reviews of checklists that are not part of this audit.
    pub aside: Aside,
    pub(super) answer_places: BTreeMap<ItemName, Origin>,
    pub(super) review_places: BTreeMap<ItemName, Origin>,
}

#[derive(Debug, Default)]
pub struct Aside {
    pub answers: BTreeMap<ItemName, Arc<Answer>>,
    pub reviews: BTreeMap<ItemName, Arc<Review>>,
}

impl Answers {
    /// A review under the name that `check` found, if it found one.
    pub(super) fn keep_review(
        &mut self,
        named: Option<(ItemName, bool)>,
        review: Review,
        place: Span,
        reading: &Reading,
    ) {
        let review = Arc::new(review);
        match named {
            Some((name, true)) => {
                self.review_places.insert(name.clone(), reading.place(place));
                self.reviews.insert(name, review);
            }
            Some((name, false)) => drop(self.aside.reviews.insert(name, review)),
            None => {}
        }
    }

    /// Takes in what another file says. An item that both have answered, and not in the same way, is an
    /// error that names both. The same twice is what an interrupted `tenken form` leaves behind.
    pub fn merge(&mut self, other: Answers, diagnostics: &Diagnostics) {
        for (name, answer) in other.answers {
            let place = other.answer_places.get(&name);
            let here = self.answers.get(&name).filter(|here| !here.is_empty());
            if here.is_some_and(|here| *here != answer) && !answer.is_empty() {
                report_twice(&name, self.answer_places.get(&name), place, diagnostics);
            } else if here.is_none() {
                self.answer_places.extend(place.map(|place| (name.clone(), place.clone())));
                self.answers.insert(name, answer);
            }
        }
        for (name, review) in other.reviews {
            let place = other.review_places.get(&name);
            let here = self.reviews.get(&name);
            if here.is_some_and(|here| *here != review) {
                report_twice(&name, self.review_places.get(&name), place, diagnostics);
            } else if here.is_none() {
                self.review_places.extend(place.map(|place| (name.clone(), place.clone())));
                self.reviews.insert(name, review);
            }
        }
        self.aside.answers.extend(other.aside.answers);
        self.aside.reviews.extend(other.aside.reviews);
    }

    /// Under review, nobody's word on an item counts but the evaluator's own: a review that the applicant
    /// handed in is pointed out, and decides nothing.
    pub fn set_reviews_aside(&mut self, diagnostics: &Diagnostics) {
        for (name, review) in std::mem::take(&mut self.reviews) {
            let what = msg!("review.of_applicant", item = name.as_str(), by = &review.by);
            let wrong = Diagnostic::warning(what, msg!("review.of_applicant.mend"));
            let origin = self.review_places.remove(&name);
            diagnostics.push(Diagnostic { origin, ..wrong });
        }
    }
}

fn report_twice(name: &ItemName, here: Option<&Origin>, there: Option<&Origin>, diagnostics: &Diagnostics) {
    let what = msg!("answers.in_two_files", item = name.as_str());
    let wrong = Diagnostic::error(what, msg!("answers.in_two_files.mend"));
    diagnostics.push(Diagnostic { origin: there.cloned(), other: here.cloned(), ..wrong });
}

/// The answers, held against the catalogue and, where they are known, against the checklists and
/// features that the workspace has chosen.
pub fn read(reading: &Reading, catalog: &Catalog, profile: Option<&Profile>) -> Option<Answers> {
    let raw: RawAnswers = reading.document()?;
    let names = Names { catalog, profile, diagnostics: reading.diagnostics() };
    let mut read = Answers::default();
    for (key, value) in raw.answers.value().unwrap_or_default().0 {
        let place = key.place();
        let named = check(&names, key, reading);
        // An item without anything below it has been left open.
        let Some((raw, _)) = value.given() else { continue };
        let answer = answer(raw, place, reading);
        match named {
            Some((name, true)) => {
                if let Some(remark) = names.absent(&name, &answer) {
                    reading.remark(place, remark);
                }
                read.answer_places.insert(name.clone(), reading.place(place));
                read.answers.insert(name, Arc::new(answer));
            }
            Some((name, false)) => drop(read.aside.answers.insert(name, Arc::new(answer))),
            None => {}
        }
    }
    for (key, value) in raw.reviews.value().unwrap_or_default().0 {
        let place = key.place();
        let named = check(&names, key, reading);
        let Some((raw, _)) = value.given() else { continue };
        let Some(review) = review(raw, place, reading) else { continue };
        read.keep_review(named, review, place, reading);
    }
    Some(read)
}

/// The item that a key names, and whether this audit asks it. What is wrong with the name is noted.
pub(super) fn check(names: &Names, key: Field<String>, reading: &Reading) -> Option<(ItemName, bool)> {
    let (word, span) = match key {
        Field::Given(word, span) => (word, span),
        Field::Invalid => return None,
        Field::Missing => {
            let start = Span { line: 1, column: 1, length: 0 };
            reading.error(start, msg!("item.no_name"), msg!("item.shape.mend"));
            return None;
        }
    };
    let (found, remark) = match names.find(&word) {
        Named::Asked(name) => return Some((name, true)),
        Named::Aside(name, remark) => (Some((name, false)), remark),
        Named::Nothing(remark) => (None, remark),
    };
    reading.remark(span, remark);
    found
}

fn review(raw: RawReview, place: Span, reading: &Reading) -> Option<Review> {
    let verdict = raw.verdict.required("verdict", place, reading);
    // A word that overrides an answer and a measurement is somebody's, on some day.
    let by = words(raw.by, "by", place, reading);
    let on = date(raw.on.required("on", place, reading).into(), reading);
    Some(Review { verdict: verdict?.0, by: by?, on: on?, note: optional_words(raw.note), seen: Vec::new() })
}

fn answer(raw: RawAnswer, span: Span, reading: &Reading) -> Answer {
    let due_is_wrong = matches!(&raw.due, Field::Invalid)
        || matches!(&raw.due, Field::Given(word, _) if !word.trim().is_empty());
    let answer = Answer {
        status: raw.status.value(),
        measure: optional_words(raw.measure),
        evidence: evidence(raw.evidence, reading),
        improvement: optional_words(raw.improvement),
        due: date(raw.due, reading),
        by: optional_words(raw.by),
        on: date(raw.on, reading),
    };
    if let Some((_, remark)) = answer_rules::lacking(&answer, due_is_wrong) {
        reading.remark(span, remark);
    }
    answer
}

pub(super) fn evidence(raw: Field<Vec<Field<RawEvidence>>>, reading: &Reading) -> Vec<Evidence> {
    let one = |(raw, span): (RawEvidence, Span)| {
        let (document, page) = (optional_words(raw.document), optional_words(raw.page.map(|page| page.0)));
        let file = raw.file.given();
        let place = file.as_ref().map_or(span, |(_, place)| *place);
        let path = file.as_ref().map(|(path, _)| path.as_str());
        let valid_until = date(raw.valid_until, reading);
        let read = answer_rules::evidence(document, page, path, valid_until);
        read.map_err(|(_, remark)| reading.remark(place, remark)).ok()
    };
    raw.value().unwrap_or_default().into_iter().filter_map(Field::given).filter_map(one).collect()
}
