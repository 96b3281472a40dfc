//! The questionnaire as `answers.yaml`: every question as a comment above its answer. What has been
//! answered is written so that reading it gives the same again, character for character.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::model::answer::{Answer, Evidence, Review};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::questionnaire::{CellValue, Entry, Questionnaire, Section};
use crate::model::text::Lang;
use crate::msg;
use crate::texts::{self, word};
use crate::typeset::{plain, wrap};

/// Lines of comments are at most this wide.
const COMMENT: usize = 76;

pub fn render(questionnaire: &Questionnaire, lang: Lang) -> String {
    let mut writer = Writer { out: String::new(), questionnaire, lang };
    writer.comment("", word("init.answers", lang));
    writer.line("answers:");
    for section in &questionnaire.sections {
        writer.section(section);
    }
    if !questionnaire.retired.is_empty() {
        writer.comment("  ", &format!("== {} ==", word("form.retired", lang)));
        writer.comment("  ", word("form.about_retired", lang));
        writer.out.push('\n');
    }
    for section in &questionnaire.retired {
        writer.section(section);
    }
    writer.reviews();
    writer.out
}

struct Writer<'a> {
    out: String,
    questionnaire: &'a Questionnaire,
    lang: Lang,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    fn comment(&mut self, indent: &str, text: &str) {
        for line in text.lines().flat_map(|line| wrap(line, COMMENT - indent.len())) {
            let _ = writeln!(self.out, "{indent}# {line}");
        }
    }

    fn section(&mut self, section: &Section) {
        self.comment("  ", &format!("== {} ==", section.checklist.title.to(self.lang)));
        for entry in &section.entries {
            self.entry(entry);
        }
        self.out.push('\n');
    }

    fn entry(&mut self, entry: &Entry) {
        let (item, lang) = (&entry.item, self.lang);
        self.out.push('\n');
        self.comment("  ", &format!("{}  {}", word(item.level.label(), lang), item.title.to(lang)));
        self.comment("  ", &item.question(lang));
        if let Some(official) = self.questionnaire.official.get(&item.name) {
            self.comment("  ", &format!("{}: {}", word("column.official", lang), plain(official)));
        }
        if let Some(lent) = &entry.carried {
            let status = Message::label(lent.status.label());
            let said = msg!("form.carried_here", status = status, item = lent.from.as_str());
            self.comment("  ", &texts::render(&said, lang));
        }
        for column in &self.questionnaire.extras.columns {
            if let Some(value) = column.values.get(&item.name) {
                self.comment("  ", &plain(&format!("{}: {}", column.header, shown(value))));
            }
        }
        self.line(&format!("  {}:", item.name));
        self.answer(entry.answer.as_deref().unwrap_or(&Answer::default()));
    }

    /// The keys that are always wanted stand there empty.
    fn answer(&mut self, answer: &Answer) {
        let Answer { status, measure, evidence, improvement, due, by, on } = answer;
        match status {
            Some(status) => self.line(&format!("    status: {status}")),
            None => self.line("    status:"),
        }
        match measure {
            Some(measure) => self.text("    ", "measure", measure),
            None => self.line("    measure:"),
        }
        match evidence.as_slice() {
            [] => self.line("    evidence: []"),
            documents => {
                self.line("    evidence:");
                documents.iter().for_each(|document| self.document(document));
            }
        }
        if let Some(improvement) = improvement {
            self.text("    ", "improvement", improvement);
        }
        if let Some(due) = due {
            self.line(&format!("    due: {due}"));
        }
        if let Some(by) = by {
            self.text("    ", "by", by);
        }
        if let Some(on) = on {
            self.line(&format!("    on: {on}"));
        }
    }

    fn document(&mut self, evidence: &Evidence) {
        self.line(&format!("      - {}", flow(evidence)));
    }

    fn reviews(&mut self) {
        let reviewed = |entry: &&Entry| entry.review.is_some();
        if !self.questionnaire.entries().any(|entry| reviewed(&entry)) {
            return;
        }
        self.line("reviews:");
        for entry in self.questionnaire.entries().filter(reviewed) {
            let Some(Review { verdict, by, on, note, seen: _ }) = entry.review.as_deref() else { continue };
            self.line(&format!("  {}:", entry.item.name));
            self.line(&format!("    verdict: {verdict}"));
            self.text("    ", "by", by);
            self.line(&format!("    on: {on}"));
            if let Some(note) = note {
                self.text("    ", "note", note);
            }
        }
    }

    /// A text of several lines reads best as lines.
    fn text(&mut self, indent: &str, key: &str, text: &str) {
        if !text.contains('\n') || !text.lines().all(is_plain_line) || text.ends_with('\n') {
            self.line(&format!("{indent}{key}: {}", scalar(text)));
            return;
        }
        self.line(&format!("{indent}{key}: |-"));
        for line in text.split('\n') {
            match line {
                "" => self.out.push('\n'),
                line => self.line(&format!("{indent}  {line}")),
            }
        }
    }
}

/// Reviews in a file of their own.
pub fn reviews(reviews: &BTreeMap<ItemName, Arc<Review>>) -> String {
    let mut out = String::from("reviews:\n");
    for (name, review) in reviews {
        let Review { verdict, by, on, note, seen } = review.as_ref();
        let _ = writeln!(out, "  {name}:\n    verdict: {verdict}\n    by: {}\n    on: {on}", scalar(by));
        if let Some(note) = note {
            let _ = writeln!(out, "    note: {}", scalar(note));
        }
        if !seen.is_empty() {
            out.push_str("    seen:\n");
            seen.iter().for_each(|one| {
                let _ = writeln!(out, "      - {}", flow(one));
            });
        }
    }
    out
}

/// Official wording of a checklist, to be kept in a workspace: what is worded as the checklist knows
/// it, and what is not.
pub fn official<'w>(
    checklist: &str,
    from: &str,
    same: impl Iterator<Item = (&'w str, &'w str)>,
    differing: impl Iterator<Item = (&'w str, &'w str)>,
) -> String {
    let mut out = format!("# {}\nofficial: {checklist}\nwording:\n", plain(from));
    for (id, text) in same {
        let _ = writeln!(out, "  {}: {}", scalar(id), scalar(text));
    }
    out.push_str("differing:\n");
    for (id, text) in differing {
        let _ = writeln!(out, "  {}: {}", scalar(id), scalar(text));
    }
    out
}

/// A document on one line.
pub fn flow(evidence: &Evidence) -> String {
    let Evidence { document, page, file, valid_until } = evidence;
    let parts = [("document", document), ("page", page), ("file", file)];
    let written =
        |(key, value): &(&str, &Option<String>)| Some(format!("{key}: {}", scalar(value.as_deref()?)));
    let until = valid_until.map(|until| format!("valid_until: {until}"));
    let parts: Vec<String> = parts.iter().filter_map(written).chain(until).collect();
    format!("{{{}}}", parts.join(", "))
}

/// Whether a line can stand in a block as it is.
fn is_plain_line(line: &str) -> bool {
    !line.starts_with([' ', '\t']) && line.trim_end() == line && !line.chars().any(needs_escape)
}

/// A text as a YAML scalar: as it is where nothing in it could be taken for something else, in
/// double quotes otherwise.
pub fn scalar(text: &str) -> String {
    let begins = text.starts_with(char::is_alphabetic);
    let is_safe =
        |c: char| !":#{}[],&*!|>'\"%@`\\".contains(c) && !c.is_whitespace() && !needs_escape(c) || c == ' ';
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if begins && text.chars().all(is_safe) && text.trim() == text && !is_word {
        return text.to_owned();
    }
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let mut out = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        match c {
            c if needs_escape(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that do not print, turn the direction of writing around, or are taken for the end of a
/// line by some reader. All of them lie in the first plane.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

fn shown(value: &CellValue) -> String {
    match value {
        CellValue::Text(text) => text.clone(),
        CellValue::Number(number) => number.to_string(),
        CellValue::Date(date) => date.to_string(),
        CellValue::Truth(truth) => truth.to_string(),
    }
}
