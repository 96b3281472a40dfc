//! Adds a document to the answers of some items: to what has been read, and to the text of
//! `answers.yaml`. The text is read again afterwards: it says what it said before and the document, or
//! it is not given out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::{self, Answers};
use super::catalog::Catalog;
use super::file::TextFile;
use super::workspace::Profile;
use super::yaml::{self, Reading};
use crate::model::answer::{Answer, Evidence};
use crate::model::diagnostic::Diagnostics;
use crate::model::name::ItemName;

/// What becomes of a document that is added to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    New,
    /// It is there already.
    Known,
    /// It is there with another last day. Which of them is right, a person has to say.
    OtherDate,
}

/// Adds a document to one answer of those that have been read.
pub fn add(answers: &mut BTreeMap<ItemName, Arc<Answer>>, name: &ItemName, evidence: &Evidence) -> Added {
    let answer = Arc::make_mut(answers.entry(name.clone()).or_default());
    let same_place = |one: &&Evidence| {
        let parts = |one: &Evidence| (one.document.clone(), one.page.clone(), one.file.clone());
        parts(one) == parts(evidence)
    };
    match answer.evidence.iter().find(same_place) {
        Some(one) if one.valid_until == evidence.valid_until => Added::Known,
        Some(_) => Added::OtherDate,
        None => {
            answer.evidence.push(evidence.clone());
            Added::New
        }
    }
}

/// The text of a file of answers with a document added to these items. Nothing where the file is written
/// in a way that cannot be added to.
pub fn text(
    file: &TextFile,
    names: &[&ItemName],
    evidence: &Evidence,
    written: &str,
    catalog: &Catalog,
    profile: &Profile,
) -> Option<TextFile> {
    let read = |file: &TextFile| -> Option<Answers> {
        let diagnostics = Diagnostics::default();
        let read = answers::read(&Reading::new(file, &diagnostics), catalog, Some(profile));
        read.filter(|_| diagnostics.errors() == 0)
    };
    let mut text = file.text.clone();
    for name in names {
        text = yaml::insert_evidence(&text, name.as_str(), written)?;
    }
    let file_now = file.with_text(text);
    let (mut before, now) = (read(file)?, read(&file_now)?);
    for name in names {
        add(&mut before.answers, name, evidence);
    }
    let parts = |read: &Answers| {
        (read.answers.clone(), read.reviews.clone(), read.aside.answers.clone(), read.aside.reviews.clone())
    };
    (parts(&before) == parts(&now)).then_some(file_now)
}
