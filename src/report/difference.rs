//! What changed between two assessments, on a terminal.

use anstyle::Style;

use super::compare::is_same;
use super::reading::Reading;
use super::typeset::{Page, plain, styled};
use crate::model::message::Message;
use crate::msg;
use crate::wire::assessment::Assurance;
use crate::wire::diff::{Change, Diff, Renamed, Single};

pub fn render(diff: &Diff, reading: &Reading) -> String {
    let mut writer = Writer { page: Page::default(), reading };
    writer.head(diff);
    writer.changes("diff.worse", &diff.worse);
    writer.changes("diff.better", &diff.better);
    writer.changes("diff.other", &diff.other);
    writer.singles("diff.new", &diff.new);
    writer.singles("diff.gone", &diff.gone);
    writer.renamed(&diff.renamed);
    writer.evidence(diff);
    writer.facts(diff);
    writer.page.into_text()
}

/// The verdict before and after; where only the assurance differs, that.
pub fn sides(change: &Change, reading: &Reading) -> (String, String) {
    let assurance = |assurance: Assurance| reading.word(assurance.label()).to_owned();
    let verdict = |verdict: crate::wire::assessment::Verdict| reading.word(verdict.label()).to_owned();
    if change.from != change.to {
        (verdict(change.from), verdict(change.to))
    } else if change.from_assurance != change.to_assurance {
        (assurance(change.from_assurance), assurance(change.to_assurance))
    } else {
        (verdict(change.from), reading.word("summary.conflict").to_owned())
    }
}

struct Writer<'a> {
    page: Page,
    reading: &'a Reading<'a>,
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, message: &Message) {
        let line = plain(&self.reading.say(message));
        self.page.paragraph(indent, &line);
    }

    fn heading(&mut self, id: &str, count: usize) {
        let heading = self.reading.say(&msg!("diff.heading", what = self.reading.word(id), count = count));
        self.page.blank();
        self.page.line(&styled(Style::new().bold(), &heading));
    }

    fn head(&mut self, diff: &Diff) {
        self.line(0, &msg!("diff.dates", older = &diff.older.date, newer = &diff.newer.date));
        if diff.older.subject != diff.newer.subject {
            let (older, newer) = (&diff.older.subject, &diff.newer.subject);
            self.line(2, &msg!("diff.subjects", older = older, newer = newer));
        }
        let (from, to) = (&diff.older.conclusion_title, &diff.newer.conclusion_title);
        match diff.older.conclusion == diff.newer.conclusion {
            true => self.line(2, &msg!("diff.same_conclusion", conclusion = to)),
            false => self.line(2, &msg!("diff.conclusion", from = from, to = to)),
        }
        for one in &diff.checklists {
            let nothing = || self.reading.word("value.nothing").to_owned();
            let (from, to) =
                (one.from.clone().unwrap_or_else(nothing), one.to.clone().unwrap_or_else(nothing));
            self.line(2, &msg!("diff.edition", checklist = &one.checklist, from = from, to = to));
        }
        if is_same(diff) {
            self.line(2, &msg!("diff.nothing"));
        }
    }

    fn changes(&mut self, id: &str, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        self.heading(id, changes.len());
        for one in changes {
            let (from, to) = sides(one, self.reading);
            let title = self.reading.text(&one.title);
            self.line(2, &msg!("diff.change", item = &one.item, title = title, from = from, to = to));
        }
    }

    fn singles(&mut self, id: &str, singles: &[Single]) {
        if singles.is_empty() {
            return;
        }
        self.heading(id, singles.len());
        for one in singles {
            let verdict = self.reading.word(one.verdict.label());
            let title = self.reading.text(&one.title);
            self.line(2, &msg!("diff.single", item = &one.item, title = title, verdict = verdict));
        }
    }

    fn renamed(&mut self, renamed: &[Renamed]) {
        if renamed.is_empty() {
            return;
        }
        self.heading("diff.renamed", renamed.len());
        for one in renamed {
            let title = self.reading.text(&one.title);
            self.line(2, &msg!("diff.rename", title = title, from = &one.from, to = &one.to));
        }
    }

    fn evidence(&mut self, diff: &Diff) {
        if diff.evidence.is_empty() {
            return;
        }
        self.heading("diff.evidence", diff.evidence.len());
        for one in &diff.evidence {
            let what = match (&one.from, &one.to) {
                (None, _) => "diff.added",
                (_, None) => "diff.removed",
                _ => "diff.replaced",
            };
            let (what, items) = (self.reading.word(what), one.items.clone());
            self.line(2, &msg!("diff.file", file = &one.file, what = what, items = items));
        }
    }

    fn facts(&mut self, diff: &Diff) {
        if diff.facts.is_empty() {
            return;
        }
        self.heading("diff.facts", diff.facts.len());
        for one in &diff.facts {
            let nothing = self.reading.word("value.nothing");
            let side = |side: &Option<crate::wire::facts::Words>| {
                side.as_ref().map_or(nothing, |words| self.reading.text(words)).to_owned()
            };
            let (from, to) = (side(&one.from), side(&one.to));
            let (fact, target) = (self.reading.text(&one.title), &one.target);
            self.line(2, &msg!("diff.fact", fact = fact, target = target, from = from, to = to));
        }
    }
}
