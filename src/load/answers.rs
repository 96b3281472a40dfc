//! Reads `answers.yaml`: what the applicant says, and the evaluator's reviews.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::catalog::Catalog;
use super::words::{Word, date, optional_words, words};
use super::workspace::Profile;
use super::yaml::{Entries, Field, Reading};
use crate::model::answer::{Answer, Evidence, Review, Status};
use crate::model::name::ItemName;
use crate::model::origin::Span;
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
struct RawEvidence {
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    document: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<Word>")]
    page: Field<Word>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    file: Field<String>,
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

#[derive(Debug, Default)]
pub struct Answers {
    pub answers: BTreeMap<ItemName, Arc<Answer>>,
    pub reviews: BTreeMap<ItemName, Arc<Review>>,
}

/// The answers, held against the catalogue and, where they are known, against the checklists and
/// features that the workspace has chosen.
pub fn read(reading: &Reading, catalog: &Catalog, profile: Option<&Profile>) -> Option<Answers> {
    let raw: RawAnswers = reading.document()?;
    let names = Names { catalog, profile, reading };
    let mut read = Answers::default();
    for (key, value) in raw.answers.value().unwrap_or_default().0 {
        let place = key.place();
        let name = names.check(key);
        // An item without anything below it has been left open.
        let Some((raw, _)) = value.given() else { continue };
        let answer = answer(raw, place, reading);
        if let Some(name) = name {
            names.warn_where_absent(&name, &answer, place);
            read.answers.insert(name, Arc::new(answer));
        }
    }
    for (key, value) in raw.reviews.value().unwrap_or_default().0 {
        let place = key.place();
        let name = names.check(key);
        let Some((raw, _)) = value.given() else { continue };
        let verdict = raw.verdict.required("verdict", place, reading);
        // A word that overrides an answer and a measurement is somebody's, on some day.
        let by = words(raw.by, "by", place, reading);
        let on = date(raw.on.required("on", place, reading).into(), reading);
        if let (Some(name), Some((verdict, _)), Some(by), Some(on)) = (name, verdict, by, on) {
            let review = Review { verdict, by, on, note: optional_words(raw.note) };
            read.reviews.insert(name, Arc::new(review));
        }
    }
    Some(read)
}

/// What names are good for here.
struct Names<'a> {
    catalog: &'a Catalog,
    profile: Option<&'a Profile>,
    reading: &'a Reading<'a>,
}

impl Names<'_> {
    fn check(&self, key: Field<String>) -> Option<ItemName> {
        let (word, span) = match key {
            Field::Given(word, span) => (word, span),
            Field::Invalid => return None,
            Field::Missing => {
                let start = Span { line: 1, column: 1, length: 0 };
                self.reading.error(start, msg!("item.no_name"), msg!("item.shape.mend"));
                return None;
            }
        };
        let Some(name) = ItemName::parse(&word) else {
            self.reading.error(span, msg!("item.shape", item = &word), msg!("item.shape.mend"));
            return None;
        };
        let Some(checklist) = self.catalog.checklists.get(name.checklist()) else {
            let known = self.catalog.ids.iter().map(String::as_str);
            let what = msg!("checklist.unknown", checklist = name.checklist());
            self.reading.error(span, what, self.reading.suggest(name.checklist(), known));
            return None;
        };
        if checklist.item(name.id()).is_none() {
            let known = checklist.items.iter().map(|item| item.name.as_str());
            self.reading.error(span, msg!("item.unknown", item = &word), self.reading.suggest(&word, known));
            return None;
        }
        let is_chosen = |profile: &Profile| profile.checklists.iter().any(|one| one.id == name.checklist());
        if !self.profile.is_none_or(is_chosen) {
            let what = msg!("item.not_in_this_audit", item = &word, checklist = name.checklist());
            self.reading.warning(span, what, msg!("item.not_in_this_audit.mend"));
            return None;
        }
        Some(name)
    }

    /// An answer to an item that the features rule out: the best sign there is that one was forgotten.
    fn warn_where_absent(&self, name: &ItemName, answer: &Answer, span: Span) {
        let Some(profile) = self.profile else { return };
        let item = self.catalog.checklists.get(name.checklist()).and_then(|list| list.item(name.id()));
        let missing = item.map(|item| item.when.missing(&profile.features)).unwrap_or_default();
        if !missing.is_empty() && !matches!(answer.status, None | Some(Status::Na)) {
            let what = msg!("answer.feature_absent", item = name.as_str(), features = missing);
            self.reading.warning(span, what, msg!("answer.feature_absent.mend"));
        }
    }
}

fn answer(raw: RawAnswer, span: Span, reading: &Reading) -> Answer {
    let due_wrong = matches!(&raw.due, Field::Invalid)
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
    if answer.status == Some(Status::Planned) && answer.due.is_none() && !due_wrong {
        reading.error(span, msg!("answer.planned_without_date"), msg!("answer.planned_without_date.mend"));
    }
    if answer.status == Some(Status::Na) && answer.measure.is_none() {
        reading.warning(span, msg!("answer.na_without_reason"), msg!("answer.na_without_reason.mend"));
    }
    answer
}

fn evidence(raw: Field<Vec<Field<RawEvidence>>>, reading: &Reading) -> Vec<Evidence> {
    let one = |(raw, span): (RawEvidence, Span)| {
        let (document, page) = (optional_words(raw.document), optional_words(raw.page.map(|page| page.0)));
        let file = raw.file.given();
        if let Some((path, span)) = &file
            && within_workspace(path).is_some_and(|path| is_own(&path))
        {
            reading.error(*span, msg!("evidence.own_file", path = path), msg!("evidence.own_file.mend"));
            return None;
        }
        let file = match file {
            Some((path, span)) => Some(within_workspace(&path).or_else(|| {
                reading.error(span, msg!("evidence.outside", path = &path), msg!("evidence.outside.mend"));
                None
            })?),
            None => None,
        };
        if document.is_none() && file.is_none() {
            reading.error(span, msg!("evidence.names_nothing"), msg!("evidence.names_nothing.mend"));
            return None;
        }
        Some(Evidence { document, page, file })
    };
    raw.value().unwrap_or_default().into_iter().filter_map(Field::given).filter_map(one).collect()
}

/// What tenken itself reads and writes proves nothing.
fn is_own(path: &str) -> bool {
    let folder = path.split('/').next().unwrap_or_default();
    matches!(folder, "results" | "reports") || path == super::PROFILE || path.starts_with("answers.")
}

/// A path that stays within the workspace, with forward slashes; nothing for one that leaves it.
fn within_workspace(path: &str) -> Option<String> {
    let path = path.trim().replace('\\', "/");
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let stays = !path.starts_with('/') && !has_drive && !parts.contains(&"..") && !parts.is_empty();
    let plain = !path.chars().any(char::is_control);
    (stays && plain).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::within_workspace;

    #[test]
    fn an_evidence_path_stays_within_the_workspace() {
        assert_eq!(within_workspace("evidence/tls.pdf").as_deref(), Some("evidence/tls.pdf"));
        assert_eq!(within_workspace(r"evidence\規程.pdf").as_deref(), Some("evidence/規程.pdf"));
        assert_eq!(within_workspace("./evidence//a.pdf").as_deref(), Some("evidence/a.pdf"));
        for bad in
            ["/etc/passwd", "../x", "evidence/../../x", r"C:\x", "c:x", r"\\server\x", "", ".", "a\u{0}b"]
        {
            assert_eq!(within_workspace(bad), None, "{bad}");
        }
    }
}
