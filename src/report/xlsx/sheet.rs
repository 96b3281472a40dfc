//! What the sheets have in common: how they look, how they print, how a cell is written.

use std::collections::{BTreeMap, HashMap};

use rust_xlsxwriter::{
    Color, Format, FormatAlign, FormatBorder, FormatUnderline, Formula, Workbook, Worksheet, XlsxError,
};

use crate::model::text::Lang;
use crate::report::reading::Reading;
use crate::report::typeset::cells;
use crate::wire::assessment::Verdict;

/// Excel takes no longer text in a cell.
const LONGEST: usize = 32_000;

/// The height of a line of Japanese and of other text, and the highest row there can be, in points.
const LINE: f64 = 15.5;
const LOW_LINE: f64 = 13.5;
const HIGHEST: f64 = 409.0;

pub struct Styles {
    pub title: Format,
    pub heading: Format,
    pub head: Format,
    pub cell: Format,
    pub name: Format,
    pub soft: Format,
    pub number: Format,
    pub percent: Format,
    pub alarm: Format,
    pub link: Format,
    pub line: Format,
    pub code: Format,
    /// Of a part of a cell.
    bold: Format,
    plain: Format,
    verdicts: [Format; 5],
}

impl Styles {
    pub fn new(lang: Lang) -> Styles {
        let font = match lang {
            Lang::Ja => "Yu Gothic",
            Lang::En => "Calibri",
        };
        let plain = Format::new().set_font_name(font).set_font_size(10).set_align(FormatAlign::Top);
        let ruled = plain
            .clone()
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(Color::RGB(0xD9_DFE4))
            .set_text_wrap();
        let verdict = |colour: u32| ruled.clone().set_bold().set_font_color(Color::RGB(colour));
        Styles {
            title: plain.clone().set_font_size(18).set_bold(),
            heading: plain.clone().set_font_size(13).set_bold(),
            head: plain
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_border_bottom(FormatBorder::Thin)
                .set_background_color(Color::RGB(0xF1_F4F6)),
            name: ruled.clone().set_font_size(9).set_text_wrap(),
            soft: plain.clone().set_font_color(Color::RGB(0x56_616C)),
            number: ruled.clone().set_num_format("0"),
            percent: ruled.clone().set_num_format("0.0%"),
            alarm: ruled.clone().set_bold().set_font_color(Color::RGB(VERDICT_COLOURS[2])),
            link: ruled
                .clone()
                .set_font_size(9)
                .set_font_color(Color::RGB(0x0B_5870))
                .set_underline(FormatUnderline::Single),
            line: plain.clone().set_border_bottom(FormatBorder::Thin),
            code: ruled.clone().set_font_name("Consolas").set_font_size(8),
            bold: Format::new().set_font_name(font).set_font_size(10).set_bold(),
            plain: Format::new().set_font_name(font).set_font_size(10),
            verdicts: VERDICT_COLOURS.map(verdict),
            cell: ruled,
        }
    }

    pub fn verdict(&self, verdict: Verdict) -> &Format {
        let [pass, partial, fail, open, not_applicable] = &self.verdicts;
        match verdict {
            Verdict::Pass => pass,
            Verdict::Partial => partial,
            Verdict::Fail => fail,
            Verdict::Open => open,
            Verdict::NotApplicable => not_applicable,
        }
    }
}

/// Of pass, partial, fail, open, not applicable. A word always stands with the colour.
const VERDICT_COLOURS: [u32; 5] = [0x0F_6A5C, 0x8A_5800, 0xAB_1F1A, 0x4D_5863, 0x64_707B];

/// One sheet while it is written.
pub struct Sheet<'a> {
    pub sheet: &'a mut Worksheet,
    pub reading: Reading<'a>,
    pub styles: &'a Styles,
    widths: HashMap<u16, f64>,
    /// Not every program fits a row to its text when it opens a file, so rows are as high as their
    /// texts should need.
    heights: BTreeMap<u32, f64>,
}

impl<'a> Sheet<'a> {
    pub fn new(
        book: &'a mut Workbook,
        id: &str,
        reading: Reading<'a>,
        styles: &'a Styles,
    ) -> Result<Sheet<'a>, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(reading.word(id))?;
        sheet.set_paper_size(9).set_margins(0.5, 0.5, 0.7, 0.6, 0.3, 0.3).set_print_fit_to_pages(1, 0);
        sheet.set_screen_gridlines(false);
        let head = format!("{}  {}", reading.subject(), reading.assessment.date);
        // An ampersand begins an order in headers; two are one.
        sheet.set_header(format!("&L&8{}", shortened(&head, 80).replace('&', "&&")));
        sheet.set_footer("&L&8&A&R&8&P / &N");
        Ok(Sheet { sheet, reading, styles, widths: HashMap::new(), heights: BTreeMap::new() })
    }

    pub fn word(&self, id: &str) -> &'static str {
        self.reading.word(id)
    }

    /// How wide a column is, in characters.
    pub fn column(&mut self, column: u16, width: f64) -> Result<(), XlsxError> {
        self.widths.insert(column, width);
        self.sheet.set_column_width(column, width)?;
        Ok(())
    }

    /// A text, whatever it begins with.
    pub fn text(&mut self, row: u32, column: u16, text: &str, style: &Format) -> Result<(), XlsxError> {
        let text = shortened(text, LONGEST);
        let height = self.needed(column, &text);
        self.at_least(row, height);
        self.sheet.write_string_with_format(row, column, text, style)?;
        Ok(())
    }

    /// A title in bold, and what belongs to it below.
    pub fn titled(&mut self, row: u32, column: u16, title: &str, text: &str) -> Result<(), XlsxError> {
        let (title, text) = (shortened(title, LONGEST / 2), shortened(text, LONGEST / 2));
        if title.is_empty() || text.is_empty() {
            return self.text(row, column, &format!("{title}{text}"), &self.styles.cell);
        }
        let below = format!("\n{text}");
        let height = self.needed(column, &format!("{title}{below}"));
        self.at_least(row, height);
        let parts = [(&self.styles.bold, title.as_str()), (&self.styles.plain, below.as_str())];
        self.sheet.write_rich_string_with_format(row, column, &parts, &self.styles.cell)?;
        Ok(())
    }

    /// A line of its own, which may run over the columns beside it.
    pub fn line(&mut self, row: u32, text: &str, style: &Format, height: f64) -> Result<(), XlsxError> {
        self.at_least(row, height);
        self.sheet.write_string_with_format(row, 0, shortened(text, LONGEST), style)?;
        Ok(())
    }

    pub fn at_least(&mut self, row: u32, height: f64) {
        let own = self.heights.entry(row).or_insert(height);
        *own = own.max(height);
    }

    fn needed(&self, column: u16, text: &str) -> f64 {
        let room = self.widths.get(&column).map_or(8.0, |width| (width - 1.0).max(1.0));
        let height = |line: &str| {
            let cells = cells(line);
            let is_wide = cells > line.chars().count();
            (cells as f64 / room).ceil().max(1.0) * if is_wide { LINE } else { LOW_LINE }
        };
        (text.split('\n').map(height).sum::<f64>() + 3.0).min(HIGHEST)
    }

    /// Gives the rows their heights.
    pub fn finish(self) -> Result<(), XlsxError> {
        for (row, height) in self.heights {
            self.sheet.set_row_height(row, height)?;
        }
        Ok(())
    }

    pub fn number(&mut self, row: u32, column: u16, number: f64, style: &Format) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(row, column, number, style)?;
        Ok(())
    }

    /// A formula of ours with the value that it has.
    pub fn formula(
        &mut self,
        row: u32,
        column: u16,
        formula: &str,
        value: impl ToString,
        style: &Format,
    ) -> Result<(), XlsxError> {
        let formula = Formula::new(formula).set_result(value.to_string());
        self.sheet.write_formula_with_format(row, column, formula, style)?;
        Ok(())
    }

    /// A link to a row of the evaluation sheet.
    pub fn link(&mut self, row: u32, column: u16, item: &str) -> Result<(), XlsxError> {
        let items = &self.reading.assessment.items;
        let style = &self.styles.link;
        match items.iter().position(|one| one.item == item) {
            Some(place) => {
                let sheet = self.word(super::EVALUATION);
                let row_number = super::evaluation::FIRST as usize + place + 1;
                let target = format!("internal:'{sheet}'!A{row_number}");
                self.sheet.write_url_with_options(row, column, target.as_str(), item, "", Some(style))?;
                Ok(())
            }
            None => self.text(row, column, item, style),
        }
    }

    pub fn title(&mut self, id: &str, lead: &str) -> Result<(), XlsxError> {
        self.line(0, self.word(id), &self.styles.title, 30.0)?;
        self.line(1, lead, &self.styles.soft, 18.0)
    }

    /// The head of a table, repeated on every page.
    pub fn head(&mut self, row: u32, ids: &[&str], widths: &[f64]) -> Result<(), XlsxError> {
        for (column, (id, width)) in (0..).zip(ids.iter().zip(widths)) {
            self.column(column, *width)?;
            let word = self.word(id);
            self.text(row, column, word, &self.styles.head)?;
        }
        self.sheet.set_repeat_rows(row, row)?;
        self.sheet.set_freeze_panes(row + 1, 0)?;
        Ok(())
    }
}

/// The letter of a column.
pub fn letter(column: u16) -> char {
    char::from(b'A' + u8::try_from(column.min(25)).unwrap_or_default())
}

pub fn shortened(text: &str, most: usize) -> String {
    let mut characters = text.chars();
    let mut out: String = characters.by_ref().take(most).collect();
    if characters.next().is_some() {
        out.push('…');
    }
    out
}
