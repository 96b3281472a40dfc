//! Shows diagnostics: what, where with the line itself, how to mend it.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::origin::{Origin, Span};
use crate::model::text::Lang;
use crate::msg;
use crate::report::typeset::{Page, WIDTH, cells, plain, styled};
use crate::texts::{render, word};

/// Errors first, then warnings; warnings are left out where the user wants quiet.
pub fn show(diagnostics: &Diagnostics, lang: Lang, quiet: bool) {
    let text = text(diagnostics, lang, quiet);
    let _ = anstream::stderr().write_all(text.as_bytes());
}

pub fn text(diagnostics: &Diagnostics, lang: Lang, quiet: bool) -> String {
    let mut page = Page::default();
    for diagnostic in diagnostics.list().iter().filter(|one| !quiet || one.severity == Severity::Error) {
        one(&mut page, diagnostic, lang);
    }
    let errors = diagnostics.errors();
    let warnings = if quiet { 0 } else { diagnostics.dropped(Severity::Warning) };
    let dropped = diagnostics.dropped(Severity::Error) + warnings;
    if dropped > 0 {
        page.line(&render(&msg!("problems.dropped", count = dropped), lang));
    }
    if errors > 1 {
        page.line(&render(&msg!("problems.count", count = errors), lang));
    }
    page.into_text()
}

fn one(page: &mut Page, diagnostic: &Diagnostic, lang: Lang) {
    let (label, colour) = match diagnostic.severity {
        Severity::Error => ("problems.error", AnsiColor::Red),
        Severity::Warning => ("problems.warning", AnsiColor::Yellow),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let what = plain(&render(&diagnostic.what, lang));
    page.hanging(&styled(style, word(label, lang)), &what);
    if let Some(origin) = &diagnostic.origin {
        place(page, word("problems.where", lang), origin);
    }
    if let Some(other) = &diagnostic.other {
        place(page, word("problems.other", lang), other);
    }
    page.hanging(word("problems.mend", lang), &plain(&render(&diagnostic.mend, lang)));
    page.blank();
}

fn place(page: &mut Page, label: &str, origin: &Origin) {
    page.line(&format!("{label}{}", plain(&origin.to_string())));
    if let (Some(span), Some(excerpt)) = (origin.span, &origin.excerpt) {
        snippet(page, span, excerpt);
    }
}

/// The line, and a mark under the place. A long line is shown from shortly before the place.
fn snippet(page: &mut Page, span: Span, excerpt: &str) {
    let number = span.line.to_string();
    let gutter = format!("  {number:>5} │ ");
    let room = WIDTH.saturating_sub(cells(&gutter));
    let column = (span.column as usize).saturating_sub(1);
    let characters: Vec<char> = plain(excerpt).chars().collect();
    let before: String = characters.iter().take(column).collect();
    let skip = if cells(&before) > room * 2 / 3 { column.saturating_sub(room / 4) } else { 0 };
    let mut shown = String::new();
    for c in characters.iter().skip(skip) {
        if cells(&shown) + 2 > room {
            break;
        }
        shown.push(*c);
    }
    let lead: String = characters.iter().take(column).skip(skip).collect();
    let marked: String = characters.iter().skip(column).take((span.length as usize).max(1)).collect();
    let left = room.saturating_sub(cells(&lead));
    let marks = "^".repeat(cells(&marked).clamp(1, left.max(1)));
    page.line(&format!("{gutter}{shown}"));
    page.line(&format!("        │ {}{marks}", " ".repeat(cells(&lead))));
}
