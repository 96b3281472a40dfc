//! Reads `reviews.yaml`: the evaluator's words, in a file of their own, so that the applicant's files are
//! never written. Reviews in the files of answers keep working; one item reviewed in two places is an
//! error that names both.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rules::Names;
use super::answers::{Answers, RawEvidence, check, evidence};
use super::catalog::Catalog;
use super::file::TextFile;
use super::words::{date, optional_words, words};
use super::workspace::Profile;
use super::yaml::{Entries, Field, Reading};
use crate::model::answer::Review;
use crate::model::diagnostic::Diagnostics;
use crate::model::origin::Span;
use crate::model::verdict::Verdict;

/// The evaluator's word, by item (`checklist/id`).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken reviews (reviews.yaml)")]
pub struct RawReviews {
    #[serde(default)]
    reviews: Field<Entries<RawReview>>,
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
    /// The documents that the evaluator has seen.
    #[serde(default)]
    #[schemars(with = "Option<Vec<RawEvidence>>")]
    seen: Field<Vec<Field<RawEvidence>>>,
}

/// Those of a workspace; none where it has no such file.
pub fn of(folder: &Path, catalog: &Catalog, profile: Option<&Profile>, diagnostics: &Diagnostics) -> Answers {
    let path = folder.join(super::REVIEWS);
    // A link that leads nowhere is an error: somebody meant to say something.
    if path.symlink_metadata().is_err() {
        return Answers::default();
    }
    let file = TextFile::read(&path).map_err(|wrong| diagnostics.push(*wrong)).ok();
    let read = |file: TextFile| read(&Reading::new(&file, diagnostics), catalog, profile);
    file.and_then(read).unwrap_or_default()
}

pub fn read(reading: &Reading, catalog: &Catalog, profile: Option<&Profile>) -> Option<Answers> {
    let raw: RawReviews = reading.document()?;
    let names = Names { catalog, profile, diagnostics: reading.diagnostics() };
    let mut read = Answers::default();
    for (key, value) in raw.reviews.value().unwrap_or_default().0 {
        let place = key.place();
        let named = check(&names, key, reading);
        let Some((raw, _)) = value.given() else { continue };
        let Some(review) = review(raw, place, reading) else { continue };
        read.keep_review(named, review, place, reading);
    }
    Some(read)
}

fn review(raw: RawReview, place: Span, reading: &Reading) -> Option<Review> {
    let verdict = raw.verdict.required("verdict", place, reading);
    let by = words(raw.by, "by", place, reading);
    let on = date(raw.on.required("on", place, reading).into(), reading);
    let (note, seen) = (optional_words(raw.note), evidence(raw.seen, reading));
    Some(Review { verdict: verdict?.0, by: by?, on: on?, note, seen })
}
