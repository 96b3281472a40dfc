//! One row of a questionnaire: an answer, and a review where there is one. What cannot be read is
//! named with its cell, and the rest is read all the same.

use std::sync::Arc;

use jiff::civil::Date;

use super::super::answer_rules::{self, Named, Remark};
use super::super::yaml::is_forbidden;
use super::Reading;
use super::grid::{Cell, Grid};
use super::table::Table;
use crate::model::answer::{Answer, Evidence, Review};
use crate::model::checklist::Item;
use crate::model::column::{Column, HEADING};
use crate::model::fold::folded;
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::model::questionnaire::{CellValue, ExtraColumn, ExtraSheet, asked};
use crate::model::text::Lang;
use crate::msg;
use crate::typed;

/// The same texts as in the model are looked for in every row.
const BOTH: [Lang; 2] = [Lang::Ja, Lang::En];

/// Longer texts than a cell of a workbook can hold come from no workbook.
const LONGEST_SHOWN: usize = 40;

impl Reading<'_> {
    pub(super) fn questionnaire(&mut self, sheet: &Grid, table: &Table) {
        for (at, column) in &table.doubled {
            let what = msg!("cell.heading_twice", heading = crate::texts::both(&column_name(*column)));
            let remark = Remark::warning(what, msg!("cell.heading_twice.mend"));
            self.push(sheet, table.headings, *at, remark);
        }
        let missing =
            [Column::Status, Column::Measure].into_iter().find(|one| !table.columns.contains_key(one));
        if let Some(column) = missing {
            let what = msg!("workbook.no_column", heading = crate::texts::both(&column_name(column)));
            self.push(sheet, table.headings, 0, Remark::error(what, msg!("workbook.no_column.mend")));
            return;
        }
        let mut loose = Vec::new();
        for row in sheet.rows.range(table.headings + 1..).map(|(row, _)| *row) {
            let line = Line { sheet, table, row };
            match line.text(Column::Item) {
                Some(name) if name.starts_with(HEADING) => {}
                Some(name) => self.row(&line, &name),
                None => loose.extend(self.loose(&line)),
            }
        }
        if !loose.is_empty() {
            self.read.extras.sheets.push(ExtraSheet { name: sheet.name.to_string(), cells: loose });
        }
    }

    fn row(&mut self, line: &Line, word: &str) {
        let at = line.column(Column::Item).unwrap_or_default();
        let (name, is_asked) = match self.names.find(word) {
            Named::Asked(name) => (name, true),
            Named::Aside(name, remark) => {
                if line.says_something() {
                    self.push(line.sheet, line.row, at, remark);
                }
                (name, false)
            }
            Named::Nothing(remark) => {
                if line.says_something() {
                    self.push(line.sheet, line.row, at, remark);
                }
                return;
            }
        };
        let answer = self.answer(line);
        let review = self.review(line);
        self.keep_added(line, &name);
        if is_asked {
            self.check_question(line, &name, &answer);
            if let Some(remark) = self.names.absent(&name, &answer) {
                self.push(line.sheet, line.row, line.column(Column::Status).unwrap_or(at), remark);
            }
        }
        let origin = self.origin(line.sheet, line.row, line.column(Column::Status).unwrap_or(at));
        self.take(name, is_asked, answer, review, origin);
    }

    /// Puts what a row says with the rest. A second row with the same name has to say the same, or
    /// nothing.
    fn take(
        &mut self,
        name: ItemName,
        is_asked: bool,
        answer: Answer,
        review: Option<Review>,
        origin: Origin,
    ) {
        let read = &mut self.read.answers;
        if !answer.is_empty() {
            let before = match is_asked {
                true => read.answers.insert(name.clone(), Arc::new(answer)),
                false => read.aside.answers.insert(name.clone(), Arc::new(answer)),
            };
            let place = read.answer_places.insert(name.clone(), origin.clone());
            if before.is_some() {
                self.report_twice(&name, &origin, place);
            }
        }
        let Some(review) = review else { return };
        let read = &mut self.read.answers;
        let before = match is_asked {
            true => read.reviews.insert(name.clone(), Arc::new(review)),
            false => read.aside.reviews.insert(name.clone(), Arc::new(review)),
        };
        let place = read.review_places.insert(name.clone(), origin.clone());
        if before.is_some() {
            self.report_twice(&name, &origin, place);
        }
    }

    fn report_twice(&self, name: &ItemName, here: &Origin, before: Option<Origin>) {
        let remark =
            Remark::error(msg!("cell.item_twice", item = name.as_str()), msg!("cell.item_twice.mend"));
        let mut wrong = remark.at(here.clone());
        wrong.other = before;
        self.diagnostics.push(wrong);
    }

    fn answer(&self, line: &Line) -> Answer {
        let status = self.status(line);
        let (due, due_is_wrong) = self.date(line, Column::Due);
        let answer = Answer {
            status,
            measure: self.words(line, Column::Measure),
            evidence: self.evidence(line),
            improvement: self.words(line, Column::Improvement),
            due,
            by: self.words(line, Column::By),
            on: self.date(line, Column::On).0,
        };
        if let Some((column, remark)) = answer_rules::lacking(&answer, due_is_wrong) {
            self.at(line, column, remark);
        }
        answer
    }

    fn status(&self, line: &Line) -> Option<crate::model::answer::Status> {
        let text = self.words(line, Column::Status)?;
        let status = typed::status(&text);
        if status.is_none() {
            let what = msg!("cell.status", value = short(&text));
            self.at(line, Column::Status, Remark::error(what, msg!("cell.status.mend")));
        }
        status
    }

    /// Documents, pages and files stand line by line beside each other.
    fn evidence(&self, line: &Line) -> Vec<Evidence> {
        let lines = |column| -> Vec<String> {
            let text = self.untrimmed(line, column).unwrap_or_default();
            text.lines().map(|one| one.trim().to_owned()).collect()
        };
        let (documents, pages, files) = (lines(Column::Document), lines(Column::Page), lines(Column::File));
        let until = self.days(line, Column::ValidUntil);
        let count = documents.len().max(pages.len()).max(files.len());
        if until.iter().enumerate().any(|(number, day)| number >= count && day.is_some()) {
            let what = msg!("cell.valid_until_alone");
            self.at(line, Column::ValidUntil, Remark::error(what, msg!("cell.valid_until_alone.mend")));
        }
        let mut found = Vec::new();
        for number in 0..count {
            let one = |list: &[String]| list.get(number).filter(|text| !text.is_empty()).cloned();
            let (document, page, file) = (one(&documents), one(&pages), one(&files));
            if document.is_none() && page.is_none() && file.is_none() {
                continue;
            }
            let valid_until = until.get(number).copied().flatten();
            match answer_rules::evidence(document, page, file.as_deref(), valid_until) {
                Ok(evidence) => found.push(evidence),
                Err((column, remark)) => self.at(line, column, remark),
            }
        }
        found
    }

    fn review(&self, line: &Line) -> Option<Review> {
        let said = self.words(line, Column::Verdict);
        let verdict = said.as_deref().and_then(typed::verdict);
        if let (Some(text), None) = (&said, verdict) {
            let what = msg!("cell.verdict", value = short(text));
            self.at(line, Column::Verdict, Remark::error(what, msg!("cell.verdict.mend")));
        }
        let (by, note) = (self.words(line, Column::Reviewer), self.words(line, Column::Note));
        let (on, on_is_wrong) = self.date(line, Column::Reviewed);
        if said.is_none() && by.is_none() && note.is_none() && on.is_none() {
            return None;
        }
        // A word that overrides an answer and a measurement is somebody's, on some day.
        for (column, is_missing) in [
            (Column::Verdict, said.is_none()),
            (Column::Reviewer, by.is_none()),
            (Column::Reviewed, on.is_none() && !on_is_wrong),
        ] {
            if is_missing {
                let what = msg!("cell.review_lacks", heading = crate::texts::both(&column_name(column)));
                self.at(line, column, Remark::error(what, msg!("cell.review_lacks.mend")));
            }
        }
        Some(Review { verdict: verdict?, by: by?, on: on?, note, seen: Vec::new() })
    }

    /// The text of a cell, and what is wrong where it has none that can be read.
    fn words(&self, line: &Line, column: Column) -> Option<String> {
        let text = self.untrimmed(line, column)?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// Line breaks at the beginning count where lines stand beside each other.
    fn untrimmed(&self, line: &Line, column: Column) -> Option<String> {
        match line.cell(column)? {
            // Pasted paths bring them along, and nobody sees them in a cell.
            Cell::Value(CellValue::Text(text)) if text.contains(is_forbidden) => {
                self.at(line, column, Remark::warning(msg!("cell.control"), msg!("cell.control.mend")));
                Some(text.replace(is_forbidden, ""))
            }
            Cell::Value(CellValue::Text(text)) => Some(text.clone()),
            // What looked like a page range was made a day of by the spreadsheet.
            Cell::Value(CellValue::Date(date)) if column == Column::Page => {
                let what = msg!("cell.page_is_a_date", date = *date);
                self.at(line, column, Remark::error(what, msg!("cell.page_is_a_date.mend")));
                None
            }
            cell @ Cell::Value(_) => cell.text(),
            Cell::Error(code) => {
                let what = msg!("cell.error", code = code.as_str());
                self.at(line, column, Remark::error(what, msg!("cell.error.mend")));
                None
            }
            Cell::Formula => {
                self.at(line, column, Remark::error(msg!("cell.formula"), msg!("cell.formula.mend")));
                None
            }
        }
    }

    /// Dates line by line; one that stands alone the spreadsheet may have made a day of.
    fn days(&self, line: &Line, column: Column) -> Vec<Option<Date>> {
        match line.cell(column) {
            Some(Cell::Value(CellValue::Date(date))) => return vec![Some(*date)],
            Some(Cell::Value(CellValue::Number(number))) if typed::date_of(*number).is_some() => {
                return vec![typed::date_of(*number)];
            }
            _ => {}
        }
        let text = self.untrimmed(line, column).unwrap_or_default();
        let day = |text: &str| {
            let text = Some(text.trim()).filter(|text| !text.is_empty())?;
            let date = typed::date(text);
            if date.is_none() {
                let what = msg!("cell.date", value = short(text));
                self.at(line, column, Remark::error(what, msg!("cell.date.mend")));
            }
            date
        };
        text.lines().map(day).collect()
    }

    /// A date, and whether something is there that is none.
    fn date(&self, line: &Line, column: Column) -> (Option<Date>, bool) {
        let date = match line.cell(column) {
            None => return (None, false),
            Some(Cell::Value(CellValue::Date(date))) => return (Some(*date), false),
            Some(Cell::Value(CellValue::Number(number))) => typed::date_of(*number),
            Some(_) => None,
        };
        let text = match date {
            Some(date) => return (Some(date), false),
            None => match self.words(line, column) {
                Some(text) => text,
                // Blank, or reported already.
                None => return (None, line.cell(column).is_some_and(|cell| !cell.is_blank())),
            },
        };
        let date = typed::date(&text);
        if date.is_none() {
            let what = msg!("cell.date", value = short(&text));
            self.at(line, column, Remark::error(what, msg!("cell.date.mend")));
        }
        (date, date.is_none())
    }

    /// Whether the row still asks what was asked when the workbook was written, and whether that is
    /// what is asked today.
    fn check_question(&self, line: &Line, name: &ItemName, answer: &Answer) {
        let Some(then) = line.text(Column::Asked).filter(|_| !answer.is_empty()) else { return };
        let shown = line.text(Column::Question).map(|question| asked(&question));
        if shown.is_some_and(|shown| shown != then) {
            let what = msg!("cell.question_altered", item = name.as_str());
            self.at(line, Column::Question, Remark::warning(what, msg!("cell.question_altered.mend")));
        }
        let checklist = self.names.catalog.checklists.get(name.checklist());
        let Some(item) = checklist.and_then(|list| list.item(name.id())) else { return };
        if !asks(item, &then) {
            let what = msg!("cell.question_changed", item = name.as_str());
            self.at(line, Column::Question, Remark::warning(what, msg!("cell.question_changed.mend")));
        }
    }

    /// What stands in columns that people added.
    fn keep_added(&mut self, line: &Line, name: &ItemName) {
        for (at, cell) in line.sheet.rows.get(&line.row).into_iter().flatten() {
            let Some(header) = line.table.added.get(at).filter(|_| !cell.is_blank()) else { continue };
            let next = self.read.extras.columns.len();
            let index = *self.added.entry(header.clone()).or_insert(next);
            if index == next {
                let column = ExtraColumn { header: header.clone(), values: Default::default() };
                self.read.extras.columns.push(column);
            }
            if let Some(column) = self.read.extras.columns.get_mut(index) {
                column.values.insert(name.clone(), cell.kept());
            }
        }
    }

    /// A row that names no item: kept, and pointed out where it looks like an answer.
    fn loose(&self, line: &Line) -> Vec<(u32, u32, CellValue)> {
        let Some(cells) = line.sheet.rows.get(&line.row) else { return Vec::new() };
        if line.text(Column::Status).is_some_and(|text| typed::status(&text).is_some()) {
            self.at(line, Column::Status, Remark::error(msg!("cell.no_name"), msg!("cell.no_name.mend")));
        }
        let filled = cells.iter().filter(|(_, cell)| !cell.is_blank());
        filled.map(|(column, cell)| (line.row, *column, cell.kept())).collect()
    }

    fn at(&self, line: &Line, column: Column, remark: Remark) {
        // A remark on a column that is not there points at the name of the item.
        let at = line.column(column).or_else(|| line.column(Column::Item)).unwrap_or_default();
        self.push(line.sheet, line.row, at, remark);
    }

    fn push(&self, sheet: &Grid, row: u32, column: u32, remark: Remark) {
        self.diagnostics.push(remark.at(self.origin(sheet, row, column)));
    }
}

/// A row of a table.
struct Line<'a> {
    sheet: &'a Grid,
    table: &'a Table,
    row: u32,
}

impl<'a> Line<'a> {
    fn column(&self, column: Column) -> Option<u32> {
        self.table.columns.get(&column).copied()
    }

    fn cell(&self, column: Column) -> Option<&'a Cell> {
        self.sheet.cell(self.row, self.column(column)?)
    }

    fn text(&self, column: Column) -> Option<String> {
        self.cell(column).and_then(Cell::text)
    }

    /// Whether anybody has written into it.
    fn says_something(&self) -> bool {
        let ours = Column::ALL.iter().filter(|column| column.is_for_answers());
        let mut cells = ours.filter_map(|column| self.cell(*column));
        cells.any(|cell| !cell.is_blank())
    }
}

/// Whether an item asks, in either language, what has this digest.
fn asks(item: &Item, digest: &str) -> bool {
    BOTH.into_iter().any(|lang| asked(&item.question(lang)) == digest)
}

fn column_name(column: Column) -> crate::model::message::Message {
    crate::model::message::Message::label(column.label())
}

/// As much of a cell as a sentence can hold.
fn short(text: &str) -> String {
    let mut characters = folded(text).chars().collect::<Vec<_>>();
    if characters.len() > LONGEST_SHOWN {
        characters.truncate(LONGEST_SHOWN);
        characters.push('…');
    }
    characters.into_iter().collect()
}
