//! The first sheet: who is audited, how far the answers are, how to fill them in.

use rust_xlsxwriter::{ConditionalFormatDataBar, Formula, Worksheet, XlsxError};

use super::layout::{Layout, height, lines};
use super::sheet::{Written, open_protection, quoted};
use super::style::Style;
use crate::model::answer::Status;
use crate::model::column::{Column, START};
use crate::model::questionnaire::Questionnaire;
use crate::model::verdict::Level;
use crate::model::workspace::Subject;
use crate::msg;
use crate::texts::{render, word};

/// The first column is hidden and holds the mark; the text begins in the second.
const LEFT: u16 = 1;
const RIGHT: u16 = 7;

pub(super) fn sheet(
    name: &str,
    questionnaire: &Questionnaire,
    sheets: &[Written],
    layout: &Layout,
    style: &Style,
) -> Result<Worksheet, XlsxError> {
    let mut writer = Writer { sheet: Worksheet::new(), layout, style, row: 0 };
    writer.sheet.set_name(name)?;
    writer.sheet.set_screen_gridlines(false);
    for (column, width) in (0..).zip([2.0, 20.0, 34.0, 9.0, 11.0, 12.0, 10.0, 16.0]) {
        writer.sheet.set_column_width(column, width)?;
    }
    writer.sheet.write(0, 0, START)?.set_column_hidden(0)?;
    writer.head(questionnaire)?;
    writer.progress(sheets)?;
    writer.how_to()?;
    writer.legend()?;
    let last = writer.row;
    let sheet = &mut writer.sheet;
    sheet.set_paper_size(9).set_portrait().set_margins(0.6, 0.6, 0.7, 0.7, 0.3, 0.3);
    sheet.set_print_fit_to_pages(1, 1).set_print_area(0, 0, last, RIGHT)?;
    sheet.set_footer(format!("&L&9 {}&R&9 &P / &N", questionnaire.today));
    sheet.protect_with_options(&open_protection());
    sheet.set_active(true);
    Ok(writer.sheet)
}

struct Writer<'a> {
    sheet: Worksheet,
    layout: &'a Layout,
    style: &'a Style,
    row: u32,
}

impl Writer<'_> {
    fn word(&self, id: &str) -> String {
        word(id, self.layout.lang).to_owned()
    }

    fn head(&mut self, questionnaire: &Questionnaire) -> Result<(), XlsxError> {
        let Subject { name, kind, product, applicant, evaluator } = &questionnaire.subject;
        let title = self.word("form.title");
        self.sheet.set_row_height(0, 30)?.write_with_format(0, LEFT, title, &self.style.title)?;
        self.sheet.write_with_format(1, LEFT, self.word("form.subtitle"), &self.style.subtitle)?;
        self.row = 3;
        self.section("form.who")?;
        let kind = self.word(kind.label());
        let day = questionnaire.today.to_string();
        self.pair("form.name", name)?;
        self.pair("form.kind", &kind)?;
        for (id, value) in
            [("form.product", product), ("form.applicant", applicant), ("form.evaluator", evaluator)]
        {
            if let Some(value) = value {
                self.pair(id, value)?;
            }
        }
        self.pair("form.made_on", &day)?;
        self.row += 1;
        Ok(())
    }

    /// A table that counts itself as the answers come in.
    fn progress(&mut self, sheets: &[Written]) -> Result<(), XlsxError> {
        self.section("form.progress")?;
        let heads =
            ["form.sheet", "", "form.total", "form.answered", "form.left", "form.to_mend", "form.share"];
        for (at, id) in (LEFT..).zip(heads) {
            let text = if id.is_empty() { String::new() } else { self.word(id) };
            let format = if at < LEFT + 2 { &self.style.head } else { &self.style.head_right };
            self.sheet.write_with_format(self.row, at, text, format)?;
        }
        self.sheet.set_row_height(self.row, 30)?;
        self.row += 1;
        let first = self.row;
        for written in sheets {
            self.count(written)?;
        }
        if self.row > first {
            let bar = ConditionalFormatDataBar::new()
                .set_fill_color(0x8F_C1CC)
                // The newer style is an extension that not every program knows.
                .use_classic_style()
                .set_minimum(rust_xlsxwriter::ConditionalFormatType::Number, 0)
                .set_maximum(rust_xlsxwriter::ConditionalFormatType::Number, 1);
            self.sheet.add_conditional_format(first, RIGHT, self.row - 1, RIGHT, &bar)?;
        }
        self.row += 1;
        Ok(())
    }

    fn count(&mut self, written: &Written) -> Result<(), XlsxError> {
        let layout = self.layout;
        let range = |column| {
            let letters = layout.letters(column);
            let sheet = written.name.replace('\'', "''");
            format!("'{sheet}'!${letters}${}:${letters}${}", written.first + 1, written.last + 1)
        };
        let (level, check) = (range(Column::Level), range(Column::Check));
        let mandatory = quoted(&self.word(Level::Mandatory.label()));
        let texts = ["form.check.overdue", "form.check.no_date", "form.check.no_reason"];
        let to_mend: Vec<String> =
            texts.iter().map(|id| format!("COUNTIF({check},{})", quoted(&self.word(id)))).collect();
        let row = self.row + 1;
        let open = quoted(&self.word("form.check.open"));
        let figures = [
            (format!("COUNTIF({level},\"?*\")"), written.total),
            (format!("COUNTIF({level},\"?*\")-COUNTIF({check},{open})"), written.total - written.open),
            (format!("COUNTIFS({level},{mandatory},{check},{open})"), written.open_mandatory),
            (to_mend.join("+"), written.to_mend),
        ];
        self.sheet.merge_range(self.row, LEFT, self.row, LEFT + 1, &written.title, &self.style.value)?;
        for (at, (formula, result)) in (LEFT + 2..).zip(figures) {
            let formula = Formula::new(formula).set_result(result.to_string());
            self.sheet.write_formula_with_format(self.row, at, formula, &self.style.figure)?;
        }
        let share = f64::from(written.total - written.open) / f64::from(written.total.max(1));
        let formula = Formula::new(format!("IF(D{row}=0,0,E{row}/D{row})")).set_result(share.to_string());
        self.sheet.write_formula_with_format(self.row, RIGHT, formula, &self.style.share)?;
        self.row += 1;
        Ok(())
    }

    fn how_to(&mut self) -> Result<(), XlsxError> {
        self.section("form.how")?;
        for (number, id) in (1..).zip([
            "form.how.tabs",
            "form.how.tinted",
            "form.how.evidence",
            "form.how.note",
            "form.how.own",
            "form.how.then",
        ]) {
            self.line(&format!("{number}"), id)?;
        }
        self.row += 1;
        Ok(())
    }

    fn legend(&mut self) -> Result<(), XlsxError> {
        self.section("form.legend")?;
        for status in Status::ALL {
            let label = self.word(status.label());
            let meaning = match status {
                Status::Yes => "form.means.yes",
                Status::Partial => "form.means.partial",
                Status::No => "form.means.no",
                Status::Planned => "form.means.planned",
                Status::Na => "form.means.na",
            };
            self.line(&label, meaning)?;
        }
        let marks = msg!("form.means.marks", column = word(Column::Check.label(), self.layout.lang));
        let text = render(&marks, self.layout.lang);
        self.sheet.set_row_height(self.row, 30)?;
        self.sheet.merge_range(self.row, LEFT, self.row, RIGHT, &text, &self.style.small)?;
        self.row += 1;
        Ok(())
    }

    fn section(&mut self, id: &str) -> Result<(), XlsxError> {
        for at in LEFT..=RIGHT {
            self.sheet.write_blank(self.row, at, &self.style.section)?;
        }
        self.sheet.write_with_format(self.row, LEFT, self.word(id), &self.style.section)?;
        self.sheet.set_row_height(self.row, 20)?;
        self.row += 1;
        Ok(())
    }

    fn pair(&mut self, id: &str, value: &str) -> Result<(), XlsxError> {
        self.sheet.write_with_format(self.row, LEFT, self.word(id), &self.style.label)?;
        self.sheet.merge_range(self.row, LEFT + 1, self.row, RIGHT, "", &self.style.value)?;
        self.sheet.write_string_with_format(self.row, LEFT + 1, value, &self.style.value)?;
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, label: &str, id: &str) -> Result<(), XlsxError> {
        self.pair_text(label, &self.word(id))
    }

    fn pair_text(&mut self, label: &str, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_with_format(self.row, LEFT, label, &self.style.strong)?;
        self.sheet.merge_range(self.row, LEFT + 1, self.row, RIGHT, text, &self.style.value)?;
        // Merged cells do not grow with their text.
        self.sheet.set_row_height(self.row, height(lines(text, 92.0)))?;
        self.row += 1;
        Ok(())
    }
}
