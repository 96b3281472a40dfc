//! Text on a terminal: widths by display cells, lines broken where Japanese and English may break,
//! nothing printed that a terminal would obey.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines are at most this many cells wide.
pub const WIDTH: usize = 80;

/// How many cells a text takes, whatever styles it carries.
pub fn cells(text: &str) -> usize {
    match text.contains('\u{1b}') {
        true => anstream::adapter::strip_str(text).to_string().width(),
        false => text.width(),
    }
}

/// What the user or a server wrote, without control characters and without characters that turn the
/// direction of writing around.
pub fn plain(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let folded = text.chars().map(|c| if matches!(c, '\n' | '\t' | '\r') { ' ' } else { c });
    folded.map(|c| if c.is_control() || is_hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// The text, cut to a number of cells, with an ellipsis where something was cut.
pub fn fit(text: &str, width: usize) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(c);
    }
    out.push('…');
    out
}

/// The text, followed by spaces up to a number of cells.
pub fn pad(text: &str, width: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(cells(text))));
    out
}

/// The text, preceded by spaces up to a number of cells.
pub fn pad_left(text: &str, width: usize) -> String {
    let mut out = " ".repeat(width.saturating_sub(cells(text)));
    out.push_str(text);
    out
}

/// Breaks a text into lines of at most `width` cells: at spaces, and between characters of scripts
/// that have none, but never before a mark that may not begin a line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let wide = cells(piece.trim_end());
        if used > 0 && used + wide > width {
            lines.push(line.trim_end().to_owned());
            line = String::new();
            used = 0;
        }
        if wide > width {
            // A word longer than a line is cut; there is no better place.
            let mut parts = cut(&piece, width);
            line = parts.pop().unwrap_or_default();
            used = cells(&line);
            lines.extend(parts);
        } else {
            line.push_str(&piece);
            used += cells(&piece);
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts of a word, each as wide as fits.
fn cut(word: &str, width: usize) -> Vec<String> {
    let (mut parts, mut part, mut used) = (Vec::new(), String::new(), 0);
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width && used > 0 {
            parts.push(std::mem::take(&mut part));
            used = 0;
        }
        part.push(c);
        used += wide;
    }
    parts.push(part);
    parts
}

/// The stretches of a text that may not be broken inside.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut previous = ' ';
    for c in text.chars() {
        let joins = match pieces.last() {
            None => false,
            Some(_) if c == ' ' => true,
            Some(_) => {
                let both_narrow = previous != ' ' && !breaks(previous) && !breaks(c);
                both_narrow || cannot_begin(c) || cannot_end(previous)
            }
        };
        match pieces.last_mut() {
            Some(last) if joins => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        previous = c;
    }
    pieces
}

/// Characters of scripts that are written without spaces.
fn breaks(c: char) -> bool {
    c.width().unwrap_or(0) > 1
}

fn cannot_begin(c: char) -> bool {
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝」』】〕〉》ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…,.:;?!)]}%".contains(c)
}

fn cannot_end(c: char) -> bool {
    "（［｛「『【〔〈《([{".contains(c)
}

/// A page that is written line by line.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    pub fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    pub fn blank(&mut self) {
        self.0.push('\n');
    }

    /// A paragraph, every line of it indented.
    pub fn paragraph(&mut self, indent: usize, text: &str) {
        self.hanging(&" ".repeat(indent), text);
    }

    /// A paragraph whose first line begins with a lead, and whose others are indented as far.
    pub fn hanging(&mut self, lead: &str, text: &str) {
        let indent = cells(lead);
        for (index, line) in wrap(text, WIDTH.saturating_sub(indent)).iter().enumerate() {
            let lead = if index == 0 { lead.to_owned() } else { " ".repeat(indent) };
            self.line(&format!("{lead}{line}"));
        }
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// A text in a style. Whether the style is shown is decided where it is printed.
pub fn styled(style: Style, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let _ = write!(out, "{style}{text}{style:#}");
    out
}

/// A bar of `width` cells, filled to a share in per mille, in eighths of a cell.
pub fn bar(per_mille: u32, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (per_mille.min(1000) as usize) * width * 8 / 1000;
    let full = eighths / 8;
    let part = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    let used = full + usize::from(!part.is_empty());
    format!("{}{part}{}", "█".repeat(full), "░".repeat(width.saturating_sub(used)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_breaks_anywhere_but_before_marks_that_may_not_begin_a_line() {
        assert_eq!(wrap("あいうえおか。きくけこ", 12), ["あいうえお", "か。きくけこ"]);
        assert_eq!(wrap("「あいう」えお", 6), ["「あい", "う」え", "お"]);
    }

    #[test]
    fn english_breaks_at_spaces_and_words_stay_whole() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("患者は TLS1.2 を使います。", 10), ["患者は", "TLS1.2 を", "使います。"]);
    }

    #[test]
    fn no_line_is_wider_than_it_may_be() {
        for width in 4..30 {
            for text in ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", "長い長い長い文章が続きますか？", "あ", ""]
            {
                assert!(wrap(text, width).iter().all(|line| cells(line) <= width), "{width} {text}");
            }
        }
    }

    #[test]
    fn widths_count_cells_not_characters() {
        assert_eq!(cells("みどり内科"), 10);
        assert_eq!(pad("医師", 6), "医師  ");
        assert_eq!(fit("オンライン診療", 7), "オンラ…");
    }

    #[test]
    fn a_bar_is_as_wide_as_it_should_be_and_full_only_when_all_is() {
        for per_mille in [0, 1, 500, 854, 999, 1000] {
            assert_eq!(cells(&bar(per_mille, 25)), 25, "{per_mille}");
        }
        assert_eq!(bar(1000, 4), "████");
        assert!(bar(999, 25).ends_with(['▉', '▊', '▋', '▌', '▍', '▎', '▏']));
    }

    #[test]
    fn a_terminal_is_never_given_an_order() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a\u{fffd}[31mb c\u{fffd}d");
    }
}
