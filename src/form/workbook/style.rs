//! How the workbook looks: much white, one accent, lines rather than boxes; cells to write into are
//! tinted, so that they are found at a glance and on paper.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::model::text::Lang;

const INK: Color = Color::RGB(0x1F_2933);
const QUIET: Color = Color::RGB(0x6B_7280);
const LINE: Color = Color::RGB(0xD5_DAE0);
const ACCENT: Color = Color::RGB(0x0F_5C6E);
const HEAD: Color = Color::RGB(0xE6_F0F2);
const REVIEW_HEAD: Color = Color::RGB(0xEC_ECF4);
const REVIEW: Color = Color::RGB(0xF7_F7FB);
const INPUT: Color = Color::RGB(0xFF_FBEC);

/// The formats of a workbook, made once.
#[derive(Debug)]
pub(super) struct Style {
    pub title: Format,
    pub subtitle: Format,
    pub head: Format,
    pub review_head: Format,
    pub head_centre: Format,
    pub review_head_centre: Format,
    pub head_right: Format,
    pub band: Format,
    pub text: Format,
    pub strong: Format,
    pub quiet: Format,
    pub centre: Format,
    pub input: Format,
    pub input_centre: Format,
    pub input_date: Format,
    pub review: Format,
    pub review_centre: Format,
    pub review_date: Format,
    /// Beside the table, where people may write what they like.
    pub free: Format,
    pub free_date: Format,
    pub label: Format,
    pub value: Format,
    pub figure: Format,
    pub share: Format,
    pub small: Format,
    pub section: Format,
    pub alert: Format,
    pub overdue: Format,
    pub yes: Format,
    pub no: Format,
    pub between: Format,
    pub aside: Format,
}

pub(super) const DATE: &str = "yyyy-mm-dd";

impl Style {
    pub(super) fn new(lang: Lang) -> Style {
        let base = base(lang);
        let cell = base.clone().set_text_wrap().set_align(FormatAlign::Top);
        let lined = cell.clone().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(LINE);
        let head = base
            .clone()
            .set_bold()
            .set_font_color(ACCENT)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(ACCENT)
            .set_background_color(HEAD);
        let input = lined
            .clone()
            .set_background_color(INPUT)
            .set_unlocked()
            .set_num_format("@")
            .set_border_right(FormatBorder::Hair)
            .set_border_right_color(LINE);
        let review = input.clone().set_background_color(REVIEW);
        let centre = |format: &Format| format.clone().set_align(FormatAlign::Center);
        let indented = |format: &Format| format.clone().set_align(FormatAlign::Left).set_indent(1);
        let date = |format: &Format| centre(format).set_num_format(DATE);
        let free = cell.clone().set_unlocked();
        let section = base
            .clone()
            .set_indent(1)
            .set_bold()
            .set_font_color(ACCENT)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(ACCENT);
        Style {
            title: base.clone().set_indent(1).set_bold().set_font_size(16).set_font_color(ACCENT),
            subtitle: base.clone().set_indent(1).set_font_color(QUIET),
            review_head_centre: centre(&head).set_background_color(REVIEW_HEAD),
            review_head: indented(&head).set_background_color(REVIEW_HEAD),
            head_centre: centre(&head),
            head_right: head.clone().set_align(FormatAlign::Right),
            head: indented(&head),
            band: section
                .clone()
                .set_align(FormatAlign::Left)
                .set_font_size(11)
                .set_align(FormatAlign::Bottom),
            strong: indented(&lined).set_bold(),
            quiet: indented(&lined).set_font_color(QUIET).set_font_size(9),
            centre: centre(&lined),
            input_centre: centre(&input),
            input_date: date(&input),
            input: indented(&input),
            review_centre: centre(&review),
            review_date: date(&review),
            review: indented(&review),
            free_date: free.clone().set_num_format(DATE),
            free,
            label: indented(&lined).set_font_color(QUIET),
            value: indented(&lined),
            figure: lined.clone().set_align(FormatAlign::Right),
            share: lined.clone().set_num_format("0%").set_align(FormatAlign::Right),
            text: indented(&lined),
            small: base
                .clone()
                .set_indent(1)
                .set_font_color(QUIET)
                .set_font_size(9)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            section,
            alert: changed(0x8A_5A00, 0xFF_E9B8).set_bold(),
            overdue: changed(0x9B_1C1C, 0xFD_DEDE).set_bold(),
            yes: Format::new().set_font_color(0x17_6B3A),
            no: Format::new().set_font_color(0x9B_1C1C).set_bold(),
            between: Format::new().set_font_color(0x8A_5A00),
            aside: Format::new().set_font_color(QUIET),
        }
    }
}

/// The letters of everything; also the workbook's default, so that rows come out as high as they are
/// measured.
pub(in crate::form) fn base(lang: Lang) -> Format {
    let name = match lang {
        Lang::Ja => "BIZ UDPGothic",
        Lang::En => "Calibri",
    };
    Format::new().set_font_name(name).set_font_size(10).set_font_color(INK)
}

fn changed(font: u32, fill: u32) -> Format {
    Format::new().set_font_color(font).set_background_color(fill)
}
