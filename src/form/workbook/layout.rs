//! Which columns a questionnaire has, in which order and how wide; and what an item says in each.

use std::borrow::Cow;
use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::Refused;
use crate::model::answer::Evidence;
use crate::model::checklist::Checklist;
use crate::model::column::{ASKED, Column, MARK};
use crate::model::message::Message;
use crate::model::questionnaire::{CellValue, Entry, Questionnaire, asked};
use crate::model::text::Lang;
use crate::msg;
use crate::texts::{render, word};

/// In this order. The official wording and carried answers only where there are any.
const ORDER: &[(Column, f64)] = &[
    (Column::Item, 4.0),
    (Column::Asked, 4.0),
    (Column::Number, 8.0),
    (Column::Level, 6.0),
    (Column::Theme, 11.0),
    (Column::Title, 18.0),
    (Column::Question, 46.0),
    (Column::Official, 38.0),
    (Column::Status, 9.0),
    (Column::Check, 9.5),
    (Column::Carried, 18.0),
    (Column::Measure, 30.0),
    (Column::Document, 18.0),
    (Column::Page, 7.0),
    (Column::File, 16.0),
    (Column::ValidUntil, 11.5),
    (Column::Improvement, 20.0),
    (Column::Due, 11.5),
    (Column::By, 10.0),
    (Column::On, 11.5),
    (Column::Verdict, 9.0),
    (Column::Note, 22.0),
    (Column::Reviewer, 9.0),
    (Column::Reviewed, 11.5),
];

/// The longest text that a cell takes, in UTF-16.
pub const LONGEST: usize = 32_767;

#[derive(Debug)]
pub(super) struct Layout {
    pub lang: Lang,
    pub columns: Vec<(Column, f64)>,
    /// The headings of what people added, to the right of ours.
    pub added: Vec<String>,
    /// Whether anybody has evaluated anything yet.
    pub has_reviews: bool,
}

impl Layout {
    pub fn of(questionnaire: &Questionnaire, lang: Lang) -> Layout {
        let is_there = |column: Column| match column {
            Column::Official => !questionnaire.official.is_empty(),
            Column::Carried => questionnaire.entries().any(|entry| entry.carried.is_some()),
            _ => true,
        };
        let mut seen = BTreeSet::new();
        let added = questionnaire.extras.columns.iter().map(|column| column.header.clone());
        Layout {
            lang,
            columns: ORDER.iter().filter(|(column, _)| is_there(*column)).copied().collect(),
            added: added.filter(|header| seen.insert(header.clone())).collect(),
            has_reviews: questionnaire.entries().any(|entry| entry.review.is_some()),
        }
    }

    /// Where a column stands.
    pub fn at(&self, column: Column) -> u16 {
        let place = self.columns.iter().position(|(one, _)| *one == column);
        u16::try_from(place.unwrap_or_default()).unwrap_or_default()
    }

    /// How many columns are ours.
    pub fn width(&self) -> u16 {
        u16::try_from(self.columns.len()).unwrap_or(u16::MAX)
    }

    pub fn last(&self) -> u16 {
        let added = u16::try_from(self.added.len()).unwrap_or_default();
        self.width().saturating_add(added).saturating_sub(1)
    }

    pub fn heading(&self, column: Column) -> &str {
        match column {
            Column::Item => MARK,
            Column::Asked => ASKED,
            _ => word(column.label(), self.lang),
        }
    }

    /// How high a row has to be for its texts. Not every program measures that when it opens a file.
    pub fn height(&self, entry: &Entry, checklist: &Checklist, questionnaire: &Questionnaire) -> f64 {
        let lines = |(column, width): &(Column, f64)| match value(
            *column,
            entry,
            checklist,
            questionnaire,
            self.lang,
        ) {
            Some(CellValue::Text(text)) if !matches!(column, Column::Item | Column::Asked) => {
                lines(&text, *width)
            }
            _ => 1,
        };
        height(self.columns.iter().map(lines).max().unwrap_or(1))
    }

    /// The letters of a column, as formulas name it.
    pub fn letters(&self, column: Column) -> String {
        rust_xlsxwriter::utility::column_number_to_name(self.at(column))
    }
}

/// How many lines a text takes in a cell of a width.
pub(in crate::form) fn lines(text: &str, width: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let room = (width - 2.5).max(1.0) as usize;
    let lines = text.split('\n').map(|line| line.width().div_ceil(room).max(1)).sum::<usize>();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// The height of so many lines, in points; rows can be no higher than 409.
pub(in crate::form) fn height(lines: u32) -> f64 {
    (f64::from(lines) * 14.5 + 4.0).min(409.0)
}

/// What an item says in a column; nothing where the cell stays blank.
pub(super) fn value(
    column: Column,
    entry: &Entry,
    checklist: &Checklist,
    questionnaire: &Questionnaire,
    lang: Lang,
) -> Option<CellValue> {
    let (item, answer, review) = (&entry.item, entry.answer.as_deref(), entry.review.as_deref());
    let text = |text: &str| Some(CellValue::Text(text.to_owned()));
    match column {
        Column::Item => text(item.name.as_str()),
        Column::Asked => Some(CellValue::Text(asked(&item.question(lang)))),
        Column::Number => text(item.name.id()),
        Column::Level => text(word(item.level.label(), lang)),
        Column::Theme => text(checklist.theme(&item.theme)?.title.to(lang)),
        Column::Title => text(item.title.to(lang)),
        Column::Question => Some(CellValue::Text(item.question(lang))),
        Column::Official => text(questionnaire.official.get(&item.name)?),
        Column::Check => None,
        Column::Carried => {
            let lent = entry.carried.as_ref()?;
            let status = Message::label(lent.status.label());
            let said = msg!("form.carried", status = status, item = lent.from.as_str());
            Some(CellValue::Text(render(&said, lang)))
        }
        Column::Status => text(word(answer?.status?.label(), lang)),
        Column::Measure => text(answer?.measure.as_deref()?),
        Column::Document => beside(&answer?.evidence, |one| one.document.as_deref().map(Cow::from)),
        Column::Page => beside(&answer?.evidence, |one| one.page.as_deref().map(Cow::from)),
        Column::File => beside(&answer?.evidence, |one| one.file.as_deref().map(Cow::from)),
        // As text: there is a line for each document.
        Column::ValidUntil => beside(&answer?.evidence, |one| Some(one.valid_until?.to_string().into())),
        Column::Improvement => text(answer?.improvement.as_deref()?),
        Column::Due => answer?.due.map(CellValue::Date),
        Column::By => text(answer?.by.as_deref()?),
        Column::On => answer?.on.map(CellValue::Date),
        Column::Verdict => text(word(review?.verdict.label(), lang)),
        Column::Note => text(review?.note.as_deref()?),
        Column::Reviewer => text(&review?.by),
        Column::Reviewed => review.map(|review| CellValue::Date(review.on)),
    }
}

/// Documents, pages and files stand line by line beside each other; a title that has lines of its
/// own is written on one.
fn beside<'e>(
    evidence: &'e [Evidence],
    part: impl Fn(&'e Evidence) -> Option<Cow<'e, str>>,
) -> Option<CellValue> {
    let one_line = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> =
        evidence.iter().map(|one| part(one).map(|text| one_line(&text)).unwrap_or_default()).collect();
    let text = lines.join("\n");
    let text = text.trim_end_matches('\n');
    (!text.is_empty()).then(|| CellValue::Text(text.to_owned()))
}

/// Cells hold so much and no more. What is longer must be cut by a person, not here.
pub(in crate::form) fn refuse_what_is_too_long(questionnaire: &Questionnaire) -> Result<(), Refused> {
    for section in questionnaire.sections.iter().chain(&questionnaire.retired) {
        for entry in &section.entries {
            for column in Column::ALL.iter().filter(|column| column.is_for_answers()) {
                let value = value(*column, entry, &section.checklist, questionnaire, Lang::Ja);
                if let Some(CellValue::Text(text)) = value
                    && text.encode_utf16().count() > LONGEST
                {
                    return Err(Refused::TooLong { item: entry.item.name.clone(), column: *column });
                }
            }
        }
    }
    Ok(())
}
