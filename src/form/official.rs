//! Questionnaires in the layout in which they are handed in or shown: the sheet of an evaluation by a
//! third party, with applicant, evaluator and product, and the sheet of boxes of an institution. The
//! texts of items are ours, or the official ones where the user has imported them.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::workbook::{Refused, SheetNames, base};
use crate::model::answer::{Answer, Evidence, Status};
use crate::model::checklist::{Checklist, Item};
use crate::model::questionnaire::{Entry, Questionnaire};
use crate::model::text::{Lang, Text};
use crate::model::workspace::Kind;
use crate::msg;
use crate::texts::{render as say, word};

/// One sheet for each checklist, with every item of it, whether it applies or not: whoever receives
/// it counts the numbers.
pub fn render(questionnaire: &Questionnaire, lang: Lang) -> Result<Vec<u8>, Refused> {
    super::workbook::refuse_what_is_too_long(questionnaire)?;
    let mut book = Workbook::new();
    book.set_properties(&super::workbook::properties(questionnaire)?);
    let mut names = SheetNames::default();
    for section in &questionnaire.sections {
        let checklist = &section.checklist;
        let name = names.claim(checklist.title.to(lang));
        let mut writer = Writer { sheet: Worksheet::new(), questionnaire, lang, row: 0 };
        writer.sheet.set_name(name)?;
        let is_entry = |item: &Item, entry: &&Entry| entry.item.name == item.name;
        let items = checklist.items.iter();
        let rows: Vec<Row> = items
            .map(|item| Row { item, entry: section.entries.iter().find(|entry| is_entry(item, entry)) })
            .collect();
        match checklist.suits.contains(&Kind::Vendor) {
            true => writer.evaluation(checklist, &rows)?,
            false => writer.boxes(checklist, &rows)?,
        }
        book.push_worksheet(writer.sheet);
    }
    Ok(book.save_to_buffer()?)
}

/// An item, with its answer where it applies.
struct Row<'a> {
    item: &'a Item,
    entry: Option<&'a Entry>,
}

impl Row<'_> {
    fn answer(&self) -> Option<&Answer> {
        self.entry?.answer.as_deref()
    }
}

struct Writer<'a> {
    sheet: Worksheet,
    questionnaire: &'a Questionnaire,
    lang: Lang,
    row: u32,
}

impl Writer<'_> {
    /// Number, item, measure, evidence, verdict, improvement.
    fn evaluation(&mut self, checklist: &Checklist, rows: &[Row]) -> Result<(), XlsxError> {
        let subject = &self.questionnaire.subject;
        let evaluator = subject.evaluator.clone().unwrap_or_default();
        let product = subject.product.clone().unwrap_or_default();
        let name = subject.name.clone();
        self.widths(&[6.0, 58.0, 40.0, 34.0, 11.0, 30.0])?;
        self.title(checklist, 5)?;
        for (id, value) in
            [("official.applicant", name), ("official.evaluator", evaluator), ("official.product", product)]
        {
            self.pair(id, &value, 5)?;
        }
        self.row += 1;
        self.heads(&[
            "column.number",
            "column.title",
            "column.measure",
            "official.evidence",
            "official.verdict",
            "column.improvement",
        ])?;
        for row in rows {
            let review = row.entry.and_then(|entry| entry.review.as_ref());
            let verdict = review.map(|review| word(review.verdict.label(), self.lang).to_owned());
            let cells = [
                row.item.name.id().to_owned(),
                self.wording(row.item),
                self.measure(row),
                row.answer().map(|answer| self.evidence(&answer.evidence)).unwrap_or_default(),
                verdict.unwrap_or_default(),
                row.answer().map(|answer| self.improvement(answer)).unwrap_or_default(),
            ];
            self.line(&cells, &[6.0, 58.0, 40.0, 34.0, 11.0, 30.0], &[0, 4])?;
        }
        self.print(5)
    }

    /// Place, level, item, box, remark; checked on a day by somebody.
    fn boxes(&mut self, checklist: &Checklist, rows: &[Row]) -> Result<(), XlsxError> {
        let answers = || rows.iter().filter_map(Row::answer);
        let day = answers().filter_map(|answer| answer.on).max().map(|day| day.to_string());
        let by: BTreeSet<&str> = answers().filter_map(|answer| answer.by.as_deref()).collect();
        let by = by.into_iter().collect::<Vec<_>>().join(word("list.separator", self.lang));
        let name = self.questionnaire.subject.name.clone();
        self.widths(&[15.0, 7.0, 74.0, 7.0, 36.0])?;
        self.title(checklist, 4)?;
        self.pair("official.institution", &name, 4)?;
        self.pair("official.checked_on", &day.unwrap_or_default(), 4)?;
        self.pair("official.checked_by", &by, 4)?;
        self.row += 1;
        self.heads(&["column.number", "column.level", "column.title", "official.box", "official.remark"])?;
        for row in rows {
            let is_ticked = row.answer().is_some_and(|answer| answer.status == Some(Status::Yes));
            let cells = [
                row.item.place.clone(),
                word(row.item.level.label(), self.lang).to_owned(),
                self.wording(row.item),
                if is_ticked { "☑" } else { "☐" }.to_owned(),
                self.remark(row),
            ];
            self.line(&cells, &[15.0, 7.0, 74.0, 7.0, 36.0], &[1, 3])?;
        }
        self.print(4)
    }

    /// The official wording where it was imported, ours otherwise.
    fn wording(&self, item: &Item) -> String {
        self.questionnaire.official.get(&item.name).cloned().unwrap_or_else(|| item.question(self.lang))
    }

    /// What is done, or why it does not apply.
    fn measure(&self, row: &Row) -> String {
        let Some(answer) = row.answer() else { return self.absent(row) };
        let measure = answer.measure.clone().unwrap_or_default();
        match answer.status {
            Some(Status::Na) => say(&msg!("official.not_applicable", reason = long(&measure)), self.lang),
            _ => measure,
        }
    }

    /// An item that the features rule out says so; an open one says nothing.
    fn absent(&self, row: &Row) -> String {
        match row.entry {
            Some(_) => String::new(),
            None => word(Status::Na.label(), self.lang).to_owned(),
        }
    }

    /// What a box alone does not say.
    fn remark(&self, row: &Row) -> String {
        let Some(answer) = row.answer() else { return self.absent(row) };
        let status = answer.status.filter(|status| *status != Status::Yes);
        let label = status.map(|status| word(status.label(), self.lang).to_owned());
        let due = answer.due.map(|due| say(&msg!("official.due", due = due), self.lang));
        let lines = [label, due, answer.measure.clone(), answer.improvement.clone()];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn evidence(&self, evidence: &[Evidence]) -> String {
        let one = |one: &Evidence| {
            let title = one.document.as_deref().or(one.file.as_deref()).unwrap_or_default();
            match &one.page {
                Some(page) => {
                    say(&msg!("official.document", document = long(title), page = long(page)), self.lang)
                }
                None => title.to_owned(),
            }
        };
        evidence.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    fn improvement(&self, answer: &Answer) -> String {
        let due = answer.due.map(|due| say(&msg!("official.due", due = due), self.lang));
        [answer.improvement.clone(), due].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn widths(&mut self, widths: &[f64]) -> Result<(), XlsxError> {
        for (at, width) in (0..).zip(widths) {
            self.sheet.set_column_width(at, *width)?;
        }
        Ok(())
    }

    fn title(&mut self, checklist: &Checklist, last: u16) -> Result<(), XlsxError> {
        let title = self.plain().set_bold().set_font_size(14);
        let about = msg!(
            "official.source",
            document = &checklist.source.document,
            edition = &checklist.edition_title
        );
        let small = self.plain().set_font_size(8).set_text_wrap();
        self.sheet.set_row_height(0, 24)?.write_with_format(0, 0, checklist.title.to(self.lang), &title)?;
        self.sheet.merge_range(1, 0, 1, last, &say(&about, self.lang), &small)?;
        self.sheet.set_row_height(1, 24)?;
        self.row = 2;
        Ok(())
    }

    fn pair(&mut self, id: &str, value: &str, last: u16) -> Result<(), XlsxError> {
        let (label, cell) = (self.ruled().set_bold(), self.ruled());
        self.sheet.merge_range(self.row, 0, self.row, 1, "", &label)?;
        self.sheet.write_string_with_format(self.row, 0, word(id, self.lang), &label)?;
        self.sheet.merge_range(self.row, 2, self.row, last, "", &cell)?;
        self.sheet.write_string_with_format(self.row, 2, value, &cell)?;
        self.sheet.set_row_height(self.row, 20)?;
        self.row += 1;
        Ok(())
    }

    fn heads(&mut self, ids: &[&str]) -> Result<(), XlsxError> {
        let format =
            self.ruled().set_bold().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        for (at, id) in (0..).zip(ids) {
            self.sheet.write_with_format(self.row, at, word(id, self.lang), &format)?;
        }
        self.sheet.set_row_height(self.row, 34)?.set_repeat_rows(self.row, self.row)?;
        self.sheet.set_freeze_panes(self.row + 1, 0)?;
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, cells: &[String], widths: &[f64], centred: &[usize]) -> Result<(), XlsxError> {
        let (text, centre) = (self.ruled(), self.ruled().set_align(FormatAlign::Center));
        let mut lines = 1;
        for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let format = if centred.contains(&index) { &centre } else { &text };
            let at = u16::try_from(index).unwrap_or_default();
            self.sheet.write_string_with_format(self.row, at, cell, format)?;
            lines = lines.max(super::workbook::lines(cell, *width));
        }
        self.sheet.set_row_height(self.row, super::workbook::height(lines))?;
        self.row += 1;
        Ok(())
    }

    fn print(&mut self, last: u16) -> Result<(), XlsxError> {
        let end = self.row.saturating_sub(1);
        let sheet = &mut self.sheet;
        sheet.set_paper_size(9).set_landscape().set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        sheet.set_print_fit_to_pages(1, 0).set_print_area(0, 0, end, last)?;
        sheet.set_footer("&C&9 &P / &N");
        Ok(())
    }

    fn plain(&self) -> Format {
        base(self.lang)
    }

    /// Forms that are handed in have their cells ruled.
    fn ruled(&self) -> Format {
        self.plain().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin)
    }
}

/// A text as it is: a text that fills a sentence is cut where it is long, but an answer must not be.
fn long(text: &str) -> Text {
    Text::new(text, text)
}
