//! A reference table as a page.

use anstyle::Style;

use crate::cli::Session;
use crate::model::reference::Reference;
use crate::msg;
use crate::report::typeset::{Page, styled};
use crate::texts::word;

pub fn page(reference: &Reference, session: &Session) -> String {
    let lang = session.lang;
    let mut page = Page::default();
    page.line(&styled(Style::new().bold(), reference.title.to(lang)));
    page.paragraph(0, reference.says.to(lang));
    for group in &reference.groups {
        page.blank();
        page.line(&styled(Style::new().bold(), group.field.to(lang)));
        for medicine in &group.medicines {
            page.hanging("  ・", medicine.name.to(lang));
            if let Some(note) = &medicine.note {
                page.paragraph(6, note.to(lang));
            }
        }
        if group.open {
            page.hanging("  ・", word("explain.and_others", lang));
        }
    }
    page.blank();
    page.line(&styled(Style::new().bold(), word("explain.source", lang)));
    let source = &reference.source;
    let cited = msg!(
        "explain.cited_table",
        document = &source.document,
        publisher = &source.publisher,
        place = &source.place,
        edition = &reference.edition,
    );
    page.paragraph(2, &session.say(&cited));
    page.into_text()
}
