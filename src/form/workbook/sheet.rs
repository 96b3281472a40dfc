//! One sheet of questions. Each row is found by the hidden name of its item, so people may sort and
//! filter the rows and move the columns.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime,
    Format, Formula, Note, ProtectionOptions, Worksheet, XlsxError,
};

use super::layout::{self, Layout};
use super::style::Style;
use super::{dated, extra};
use crate::model::answer::Status;
use crate::model::checklist::Checklist;
use crate::model::column::{Column, HEADING};
use crate::model::questionnaire::{Entry, Questionnaire, Section};
use crate::model::verdict::{Level, Verdict};
use crate::msg;
use crate::texts::{render, word};

/// The row of headings, below the title and a line about the source.
const HEADINGS: u32 = 2;

/// A4, as printers number it.
const A4: u8 = 9;

/// A written sheet, and what the start sheet has to know of it.
pub(super) struct Written {
    pub worksheet: Worksheet,
    pub name: String,
    pub title: String,
    pub first: u32,
    pub last: u32,
    pub total: u32,
    pub open: u32,
    pub open_mandatory: u32,
    pub to_mend: u32,
}

pub(super) fn asked(
    name: &str,
    section: &Section,
    questionnaire: &Questionnaire,
    layout: &Layout,
    style: &Style,
) -> Result<Written, XlsxError> {
    let checklist = &section.checklist;
    let mut writer = Writer::new(name, questionnaire, layout, style)?;
    let title = checklist.title.to(layout.lang);
    let about = msg!(
        "form.about_sheet",
        name = &questionnaire.subject.name,
        document = &checklist.source.document,
        edition = &checklist.edition_title,
    );
    writer.head(title, &render(&about, layout.lang))?;
    let mut theme = None;
    for entry in &section.entries {
        if theme != Some(&entry.item.theme) {
            theme = Some(&entry.item.theme);
            let heading = checklist.theme(&entry.item.theme).map(|theme| theme.title.to(layout.lang));
            writer.band(&entry.item.theme, heading.unwrap_or(&entry.item.theme))?;
        }
        writer.entry(entry, checklist)?;
    }
    writer.finish(title)
}

/// What was answered once and is not asked any more: kept, and read again.
pub(super) fn retired(
    name: &str,
    questionnaire: &Questionnaire,
    layout: &Layout,
    style: &Style,
) -> Result<Written, XlsxError> {
    let mut writer = Writer::new(name, questionnaire, layout, style)?;
    writer.head(word("form.retired", layout.lang), word("form.about_retired", layout.lang))?;
    for section in &questionnaire.retired {
        writer.band(&section.checklist.id, section.checklist.title.to(layout.lang))?;
        for entry in &section.entries {
            writer.entry(entry, &section.checklist)?;
        }
    }
    writer.finish(word("form.retired", layout.lang))
}

struct Writer<'a> {
    sheet: Worksheet,
    questionnaire: &'a Questionnaire,
    layout: &'a Layout,
    style: &'a Style,
    row: u32,
    /// The rows of each band, to be folded together.
    bands: Vec<u32>,
    counts: [u32; 4],
}

impl<'a> Writer<'a> {
    fn new(
        name: &str,
        questionnaire: &'a Questionnaire,
        layout: &'a Layout,
        style: &'a Style,
    ) -> Result<Writer<'a>, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet.set_screen_gridlines(false);
        for (index, (column, width)) in layout.columns.iter().enumerate() {
            let at = u16::try_from(index).unwrap_or_default();
            sheet.set_column_width(at, *width)?;
            if matches!(column, Column::Item | Column::Asked) {
                sheet.set_column_hidden(at)?;
            }
        }
        // Whatever people want to note beside the questions stays theirs.
        for at in layout.width()..layout.last().saturating_add(12) {
            sheet.set_column_width(at, 16)?;
            sheet.set_column_format(at, &style.free)?;
        }
        Ok(Writer {
            sheet,
            questionnaire,
            layout,
            style,
            row: HEADINGS + 1,
            bands: Vec::new(),
            counts: [0; 4],
        })
    }

    fn head(&mut self, title: &str, about: &str) -> Result<(), XlsxError> {
        let left = self.layout.at(Column::Number);
        self.sheet.set_row_height(0, 26)?.write_with_format(0, left, title, &self.style.title)?;
        self.sheet.write_with_format(1, left, about, &self.style.subtitle)?;
        self.sheet.set_row_height(HEADINGS, 30)?;
        for (column, _) in &self.layout.columns {
            let format = match (self.is_centred(*column), column.is_for_reviews()) {
                (true, true) => &self.style.review_head_centre,
                (true, false) => &self.style.head_centre,
                (false, true) => &self.style.review_head,
                (false, false) => &self.style.head,
            };
            let at = self.layout.at(*column);
            self.sheet.write_with_format(HEADINGS, at, self.layout.heading(*column), format)?;
        }
        for (at, header) in (self.layout.width()..).zip(&self.layout.added) {
            let format = self.style.head.clone().set_unlocked();
            self.sheet.write_with_format(HEADINGS, at, header, &format)?;
        }
        Ok(())
    }

    /// The heading of a theme. Its name begins with a mark, so that nobody takes it for an item.
    fn band(&mut self, key: &str, title: &str) -> Result<(), XlsxError> {
        for at in 0..self.layout.width() {
            self.sheet.write_blank(self.row, at, &self.style.band)?;
        }
        self.sheet.write_with_format(self.row, 0, format!("{HEADING}{key}"), &self.style.band)?;
        self.sheet.write_with_format(self.row, self.layout.at(Column::Number), title, &self.style.band)?;
        self.sheet.set_row_height(self.row, 24)?;
        self.bands.push(self.row);
        self.row += 1;
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, checklist: &Checklist) -> Result<(), XlsxError> {
        let (layout, row) = (self.layout, self.row);
        for (column, _) in &layout.columns {
            let (at, format) = (layout.at(*column), self.format(*column));
            match layout::value(*column, entry, checklist, self.questionnaire, layout.lang) {
                Some(value) => extra::write(&mut self.sheet, row, at, &value, format, format)?,
                None => drop(self.sheet.write_blank(row, at, format)?),
            }
        }
        self.sheet.set_row_height(row, layout.height(entry, checklist, self.questionnaire))?;
        let missing = self.missing(entry);
        let check = Formula::new(self.check(row)).set_result(word(missing, layout.lang));
        self.sheet.write_formula_with_format(row, layout.at(Column::Check), check, &self.style.centre)?;
        for (at, header) in (layout.width()..).zip(&layout.added) {
            let columns = self.questionnaire.extras.columns.iter().filter(|column| column.header == *header);
            if let Some(value) = columns.filter_map(|column| column.values.get(&entry.item.name)).next() {
                extra::write(&mut self.sheet, row, at, value, &self.style.free, &self.style.free_date)?;
            }
        }
        let advice = msg!("form.note", why = &entry.item.why, fix = &entry.item.fix);
        let note =
            Note::new(render(&advice, layout.lang)).add_author_prefix(false).set_width(360).set_height(190);
        self.sheet.insert_note(row, layout.at(Column::Title), &note)?;
        self.count(entry, missing);
        self.row += 1;
        Ok(())
    }

    fn is_centred(&self, column: Column) -> bool {
        use Column as C;
        let narrow = [C::Level, C::Status, C::Check, C::Page, C::ValidUntil, C::By, C::Verdict, C::Reviewer];
        column.is_date() || narrow.contains(&column)
    }

    fn format(&self, column: Column) -> &'a Format {
        let style = self.style;
        match column {
            Column::Title => &style.strong,
            Column::Level | Column::Check => &style.centre,
            Column::Theme | Column::Official | Column::Carried => &style.quiet,
            Column::Status => &style.input_centre,
            Column::Page | Column::ValidUntil | Column::By => &style.input_centre,
            Column::Verdict | Column::Reviewer => &style.review_centre,
            column if column.is_for_reviews() => dated(column.is_date(), &style.review_date, &style.review),
            column if column.is_for_answers() => dated(column.is_date(), &style.input_date, &style.input),
            _ => &style.text,
        }
    }

    /// The text that says what a row still lacks.
    fn missing(&self, entry: &Entry) -> &'static str {
        let answer = entry.answer.as_deref();
        let due = answer.and_then(|answer| answer.due);
        match answer.and_then(|answer| answer.status) {
            None if entry.carried.is_some() => "form.check.carried",
            None => "form.check.open",
            Some(Status::Planned) if due.is_none() => "form.check.no_date",
            Some(Status::Planned) if due.is_some_and(|due| due < self.questionnaire.today) => {
                "form.check.overdue"
            }
            Some(Status::Na) if answer.is_some_and(|answer| answer.measure.is_none()) => {
                "form.check.no_reason"
            }
            Some(_) => "form.check.fine",
        }
    }

    /// The same as a formula.
    fn check(&self, row: u32) -> String {
        let (lang, number) = (self.layout.lang, row + 1);
        let cell = |column| format!("${}{number}", self.layout.letters(column));
        let (status, due, measure) = (cell(Column::Status), cell(Column::Due), cell(Column::Measure));
        let said = |status: Status| quoted(word(status.label(), lang));
        let text = |id| quoted(word(id, lang));
        let open = text("form.check.open");
        let unanswered = match self.layout.columns.iter().any(|(column, _)| *column == Column::Carried) {
            false => open,
            true => format!("IF({}=\"\",{open},{})", cell(Column::Carried), text("form.check.carried")),
        };
        format!(
            "IF({status}=\"\",{unanswered},IF({status}={planned},IF({due}=\"\",{no_date},\
             IF(AND(ISNUMBER({due}),{due}<TODAY()),{overdue},{fine})),\
             IF(AND({status}={na},{measure}=\"\"),{no_reason},{fine})))",
            no_date = text("form.check.no_date"),
            overdue = text("form.check.overdue"),
            no_reason = text("form.check.no_reason"),
            fine = text("form.check.fine"),
            planned = said(Status::Planned),
            na = said(Status::Na),
        )
    }

    fn count(&mut self, entry: &Entry, missing: &str) {
        let open = u32::from(missing == "form.check.open");
        let mandatory = u32::from(entry.item.level == Level::Mandatory);
        let is_to_mend =
            matches!(missing, "form.check.no_date" | "form.check.overdue" | "form.check.no_reason");
        let new = [1, open, open * mandatory, u32::from(is_to_mend)];
        for (sum, one) in self.counts.iter_mut().zip(new) {
            *sum += one;
        }
    }

    fn finish(mut self, title: &str) -> Result<Written, XlsxError> {
        let (first, last) = (HEADINGS + 1, self.row.saturating_sub(1).max(HEADINGS + 1));
        self.validate(first, last)?;
        self.highlight(first, last)?;
        self.fold()?;
        self.print(title, last)?;
        let sheet = &mut self.sheet;
        sheet.autofilter(HEADINGS, 0, last, self.layout.last())?;
        sheet.set_freeze_panes(HEADINGS + 1, self.layout.at(Column::Question))?;
        sheet.set_selection(
            first + 1,
            self.layout.at(Column::Status),
            first + 1,
            self.layout.at(Column::Status),
        )?;
        sheet.protect_with_options(&open_protection());
        let [total, open, open_mandatory, to_mend] = self.counts;
        let (name, title) = (self.sheet.name(), title.to_owned());
        let worksheet = self.sheet;
        Ok(Written { worksheet, name, title, first, last, total, open, open_mandatory, to_mend })
    }

    /// Drop-downs and dates, each with a word on what is wanted. They warn and do not forbid: what
    /// people paste in other words is understood when it is read.
    fn validate(&mut self, first: u32, last: u32) -> Result<(), XlsxError> {
        let (layout, lang) = (self.layout, self.layout.lang);
        let statuses: Vec<&str> = Status::ALL.iter().map(|status| word(status.label(), lang)).collect();
        let verdicts: Vec<&str> = Verdict::ALL.iter().map(|verdict| word(verdict.label(), lang)).collect();
        let dates = DataValidationRule::Between(
            ExcelDateTime::from_ymd(2000, 1, 1)?,
            ExcelDateTime::from_ymd(2099, 12, 31)?,
        );
        for (column, help) in HELP {
            let rule = match column {
                Column::Status => DataValidation::new().allow_list_strings(&statuses)?,
                Column::Verdict => DataValidation::new().allow_list_strings(&verdicts)?,
                column if column.is_date() => DataValidation::new().allow_date(dates.clone()),
                _ => DataValidation::new().allow_any_value(),
            };
            let rule = rule
                .set_input_title(word(column.label(), lang))?
                .set_input_message(word(help, lang))?
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title(word(column.label(), lang))?
                .set_error_message(word(help, lang))?;
            let at = layout.at(*column);
            self.sheet.add_data_validation(first, at, last, at, &rule)?;
        }
        Ok(())
    }

    /// What somebody has to look at stands out, in words first and in colour beside them.
    fn highlight(&mut self, first: u32, last: u32) -> Result<(), XlsxError> {
        let (layout, lang, style) = (self.layout, self.layout.lang, self.style);
        let cell = |column| format!("${}{}", layout.letters(column), first + 1);
        let (status, check, level) = (cell(Column::Status), cell(Column::Check), cell(Column::Level));
        let says = |cell: &str, id: &str| format!("{cell}={}", quoted(word(id, lang)));
        let open =
            format!("AND({},{})", says(&level, Level::Mandatory.label()), says(&check, "form.check.open"));
        let rules = [
            (Column::Check, open.clone(), &style.alert),
            (Column::Status, open, &style.alert),
            (Column::Check, says(&check, "form.check.overdue"), &style.overdue),
            (Column::Due, says(&check, "form.check.overdue"), &style.overdue),
            (Column::Check, says(&check, "form.check.no_date"), &style.overdue),
            (Column::Due, says(&check, "form.check.no_date"), &style.overdue),
            (Column::Check, says(&check, "form.check.no_reason"), &style.overdue),
            (Column::Measure, says(&check, "form.check.no_reason"), &style.overdue),
            (Column::Check, says(&check, "form.check.fine"), &style.aside),
            (Column::Check, says(&check, "form.check.carried"), &style.aside),
            (Column::Status, says(&status, Status::Yes.label()), &style.yes),
            (Column::Status, says(&status, Status::No.label()), &style.no),
            (Column::Status, says(&status, Status::Partial.label()), &style.between),
            (Column::Status, says(&status, Status::Planned.label()), &style.between),
            (Column::Status, says(&status, Status::Na.label()), &style.aside),
        ];
        for (column, rule, format) in rules {
            let at = layout.at(column);
            let rule = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(format);
            self.sheet.add_conditional_format(first, at, last, at, &rule)?;
        }
        Ok(())
    }

    /// A theme can be folded away.
    fn fold(&mut self) -> Result<(), XlsxError> {
        let ends = self.bands.iter().skip(1).copied().chain([self.row]);
        let spans: Vec<(u32, u32)> = self.bands.iter().copied().zip(ends).collect();
        for (band, end) in spans {
            if end > band + 1 {
                self.sheet.group_rows(band + 1, end - 1)?;
            }
        }
        self.sheet.group_symbols_above(true);
        Ok(())
    }

    fn print(&mut self, title: &str, last: u32) -> Result<(), XlsxError> {
        let layout = self.layout;
        let width = match layout.has_reviews {
            true => layout.width() - 1,
            // An evaluator's empty columns need no paper.
            false => layout.at(Column::Verdict) - 1,
        };
        // A space after the size: a title may begin with a figure.
        let escape = |text: &str| text.replace('&', "&&");
        let sheet = &mut self.sheet;
        sheet.set_paper_size(A4).set_landscape();
        sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_print_area(0, 0, last, width)?;
        sheet.set_repeat_rows(HEADINGS, HEADINGS)?;
        sheet.set_header(shortened(&format!(
            "&L&9 {}&R&9 {}",
            escape(title),
            escape(&self.questionnaire.subject.name)
        )));
        sheet.set_footer(format!("&L&9 {}&R&9 &P / &N", self.questionnaire.today));
        Ok(())
    }
}

/// A word on what is wanted, where it is not plain from the heading.
const HELP: &[(Column, &str)] = &[
    (Column::Status, "form.help.status"),
    (Column::Measure, "form.help.measure"),
    (Column::Document, "form.help.document"),
    (Column::Page, "form.help.page"),
    (Column::File, "form.help.file"),
    (Column::ValidUntil, "form.help.valid_until"),
    (Column::Due, "form.help.date"),
    (Column::On, "form.help.date"),
    (Column::Verdict, "form.help.verdict"),
    (Column::Reviewed, "form.help.date"),
];

/// Against slips only: no password, and whatever does no harm is allowed.
pub(super) fn open_protection() -> ProtectionOptions {
    ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_columns: true,
        insert_links: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::new()
    }
}

/// Headers of pages are at most 255 characters.
fn shortened(header: &str) -> String {
    header.chars().take(200).collect()
}

/// A text within a formula.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
