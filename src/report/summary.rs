//! The assessment on a terminal: may we start, what contradicts itself, who does what next, then the
//! figures, then the items.

use anstyle::{AnsiColor, Style};

use super::reading::{ACTORS, Reading, checklist_id, is_left_to_do, mark, part, per_mille, urgency};
use super::typeset::{Page, WIDTH, bar, cells, fit, pad, pad_left, plain, styled};
use super::{Input, evaluator, headline};
use crate::model::message::Message;
use crate::msg;
use crate::wire::assessment::{
    Actor, Assurance, Conclusion, Conflict, Item, Level, Power, State, Tally, Verdict,
};
use crate::wire::facts::Words;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How many items the list names unless all are asked for.
const LISTED: usize = 20;

pub fn render(input: &Input) -> String {
    let mut writer = Writer { page: Page::default(), reading: input.reading() };
    writer.headline();
    writer.conclusion();
    writer.conflicts();
    writer.evaluator();
    writer.next_steps();
    writer.waivers();
    writer.figures();
    if input.everything {
        writer.all_items();
    } else {
        writer.remaining();
    }
    writer.page.into_text()
}

struct Writer<'a> {
    page: Page,
    reading: Reading<'a>,
}

impl<'a> Writer<'a> {
    fn say(&self, message: &Message) -> String {
        self.reading.say(message)
    }

    fn text<'t>(&self, words: &'t Words) -> &'t str {
        self.reading.text(words)
    }

    fn word(&self, id: &str) -> &'static str {
        self.reading.word(id)
    }

    fn heading(&mut self, text: &str) {
        self.page.blank();
        self.page.line(&styled(BOLD, text));
    }

    fn headline(&mut self) {
        let assessment = self.reading.assessment;
        let date = &assessment.date;
        let subject = &assessment.subject;
        let name = match &subject.product {
            Some(product) => msg!("summary.subject_product", name = &subject.name, product = product),
            None => msg!("summary.subject", name = &subject.name),
        };
        let room = WIDTH.saturating_sub(cells(date) + 2);
        let name = fit(&plain(&self.say(&name)), room);
        self.page.line(&format!("{}{date}", pad(&name, WIDTH.saturating_sub(cells(date)))));
        for checklist in &assessment.checklists {
            let title = msg!(
                "summary.checklist",
                title = &checklist.title,
                edition = self.text(&checklist.edition_title)
            );
            self.page.line(&styled(DIM, &format!("  {}", fit(&plain(&self.say(&title)), WIDTH - 2))));
        }
    }

    fn conclusion(&mut self) {
        let assessment = self.reading.assessment;
        let style = Style::new().bold().fg_color(Some(
            match assessment.conclusion {
                Conclusion::Conforms => AnsiColor::Green,
                Conclusion::Conditional | Conclusion::NotAssessed => AnsiColor::Yellow,
                Conclusion::DoesNotConform => AnsiColor::Red,
            }
            .into(),
        ));
        self.page.blank();
        let title = self.text(&assessment.conclusion_title).to_owned();
        self.page.line(&format!("  {}", styled(style, &title)));
        let line = headline::sentence(&self.reading);
        self.page.paragraph(2, &line);
        for remark in headline::remarks(&self.reading) {
            self.page.paragraph(2, &plain(&remark));
        }
        let unmeasured = self.reading.unmeasured();
        if !unmeasured.is_empty() {
            self.remark(&msg!("summary.unmeasured", targets = unmeasured));
        }
    }

    fn remark(&mut self, message: &Message) {
        let line = plain(&self.say(message));
        self.page.paragraph(2, &line);
    }

    fn conflicts(&mut self) {
        let conflicts: Vec<&Item> = self.reading.contradictions().collect();
        if conflicts.is_empty() {
            return;
        }
        let heading = self.say(&msg!("summary.conflicts", count = conflicts.len()));
        self.heading(&heading);
        for item in conflicts {
            self.conflict(item);
        }
    }

    fn conflict(&mut self, item: &Item) {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
        let name = &item.item;
        let title = fit(self.text(&item.title), WIDTH.saturating_sub(cells(name) + 6));
        self.page.line(&format!("  {} {}  {title}", styled(red, "✗"), styled(BOLD, name)));
        let said = match item.conflict {
            Some(Conflict::Better) => self.word("summary.said_no"),
            _ if item.inherited_alone() => self.word("summary.said_by_vendor"),
            _ => self.word("summary.said_yes"),
        };
        self.page.paragraph(4, said);
        for line in self.decisive(item) {
            self.page.paragraph(4, &plain(&line));
        }
        let mend = self.say(&msg!("summary.explain", item = name));
        self.page.paragraph(4, &mend);
    }

    /// What the measurement holds against the answer.
    fn decisive(&self, item: &Item) -> Vec<String> {
        let decisive = match item.conflict {
            Some(Conflict::Better) => State::Held,
            _ => State::Broken,
        };
        let counts = |power| matches!(power, Power::Both | Power::Refutes);
        let seen = item.criteria.iter().filter(|one| one.state == decisive && counts(one.power));
        let line = |one: &crate::wire::assessment::Criterion| {
            let target = self.reading.observed(one).map(|fact| fact.target.as_str());
            self.say(&msg!(
                "summary.measured",
                fact = self.reading.fact_title(&one.fact),
                actual = &one.actual,
                expected = &one.expected,
                target = target.unwrap_or_default(),
            ))
        };
        seen.map(line).collect()
    }

    /// Where the evaluator differs from the applicant or from what was decided without one.
    fn evaluator(&mut self) {
        let rows = evaluator::rows(&self.reading);
        if rows.is_empty() {
            return;
        }
        let heading = self.say(&msg!("differs.heading", count = rows.len()));
        self.heading(&heading);
        for row in rows {
            let style = Style::new().fg_color(Some(colour(row.review.verdict).into()));
            let (sign, name) = (styled(style, mark(row.review.verdict)), &row.item.item);
            let title = fit(self.text(&row.item.title), WIDTH.saturating_sub(cells(name) + 6));
            self.page.line(&format!("  {sign} {}  {title}", styled(BOLD, name)));
            let line = plain(&self.say(&row.sentence(&self.reading)));
            self.page.paragraph(4, &line);
            if let Some(note) = &row.review.note {
                note.lines().for_each(|line| self.page.paragraph(4, &plain(line)));
            }
        }
    }

    fn next_steps(&mut self) {
        let assessment = self.reading.assessment;
        let to_do = |actor: Actor| -> Vec<&Item> {
            let mine = |item: &&&Item| item.level == Level::Mandatory && item.actor == actor;
            let items: Vec<&Item> = assessment.items.iter().filter(|item| is_left_to_do(item)).collect();
            let mut list: Vec<&Item> = items.iter().filter(mine).copied().collect();
            list.sort_by_key(|item| urgency(item));
            list
        };
        let mut rows = Vec::new();
        for actor in ACTORS {
            let list = to_do(actor);
            let Some(first) = list.first() else { continue };
            let count = pad_left(&list.len().to_string(), 4);
            let label = pad(self.word(actor.label()), 14);
            let more = match list.len() {
                1 => String::new(),
                many => self.say(&msg!("summary.and_more", count = many - 1)),
            };
            let room = WIDTH.saturating_sub(2 + 14 + 4 + 3 + cells(&more));
            let title = fit(self.text(&first.title), room);
            rows.push(format!("  {label}{count}   {title}{more}"));
        }
        if rows.is_empty() {
            return;
        }
        let heading = self.word("summary.next");
        self.heading(heading);
        for row in rows {
            self.page.line(&row);
        }
    }

    fn waivers(&mut self) {
        let waivers = self.reading.waivers();
        if waivers.is_empty() {
            return;
        }
        let heading = self.say(&msg!("waivers.heading", count = waivers.len()));
        self.heading(&heading);
        for (item, waiver) in waivers {
            let line = match waiver.expired {
                true => msg!("waivers.ended", by = &waiver.by, until = &waiver.until),
                false => msg!("waivers.stands", by = &waiver.by, until = &waiver.until),
            };
            let title = format!("{}（{}）", self.text(&item.title), self.say(&line));
            self.page.hanging(&format!("  {}  ", item.item), &plain(&title));
        }
    }

    fn figures(&mut self) {
        let assessment = self.reading.assessment;
        let scores = &assessment.scores;
        let conforming = |tally: &Tally| match tally.partial {
            0 => msg!("summary.conforming", pass = tally.pass, of = tally.applicable()),
            partial => msg!("summary.half", pass = tally.pass, partial = partial, of = tally.applicable()),
        };
        let rows = [
            ("level.mandatory", conforming(&scores.mandatory), scores.mandatory.conformity),
            ("level.recommended", conforming(&scores.recommended), scores.recommended.conformity),
            (
                "summary.assurance",
                msg!("summary.assured", part = part(scores.assurance), of = scores.assurance.of),
                scores.assurance,
            ),
            (
                "summary.coverage",
                msg!("summary.covered", part = part(scores.coverage), of = scores.coverage.of),
                scores.coverage,
            ),
        ];
        let rows: Vec<(&str, String, u32)> = rows
            .into_iter()
            .filter_map(|(label, count, ratio)| Some((self.word(label), self.say(&count), per_mille(ratio)?)))
            .collect();
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
        let label_width = widest(&mut rows.iter().map(|(label, ..)| cells(label)));
        let count_width = widest(&mut rows.iter().map(|(_, count, ..)| cells(count)));
        self.page.blank();
        for (label, count, per_mille) in &rows {
            let percent = pad_left(&format!("{}.{} %", per_mille / 10, per_mille % 10), 8);
            let lead = format!("  {}  {}", pad(label, label_width), pad(count, count_width));
            self.page.line(&format!("{lead}   {}  {percent}", bar(*per_mille, 25)));
        }
    }

    fn remaining(&mut self) {
        let assessment = self.reading.assessment;
        for level in [Level::Mandatory, Level::Recommended] {
            let left = assessment.items.iter().filter(|item| item.level == level && is_left_to_do(item));
            let mut left: Vec<&Item> = left.collect();
            if left.is_empty() {
                continue;
            }
            left.sort_by_key(|item| urgency(item));
            let heading = match level {
                Level::Mandatory => msg!("summary.remaining_mandatory", count = left.len()),
                Level::Recommended => msg!("summary.remaining_recommended", count = left.len()),
            };
            let heading = self.say(&heading);
            self.heading(&heading);
            let shown: Vec<&Item> = left.iter().take(LISTED).copied().collect();
            let widest = shown.iter().map(|one| cells(&one.item)).max().unwrap_or_default();
            shown.iter().for_each(|item| self.item_line(item, widest, ""));
            if left.len() > LISTED {
                let more = self.say(&msg!("summary.more_with_v", count = left.len() - LISTED));
                self.page.paragraph(2, &more);
            }
        }
    }

    fn item_line(&mut self, item: &Item, name_width: usize, level: &str) {
        let style = Style::new().fg_color(Some(colour(item.verdict).into()));
        let sign = styled(style, mark(item.verdict));
        let verdict = pad(self.word(item.verdict.label()), 8);
        let name = pad(&item.item, name_width);
        let title = format!("{}{}", self.text(&item.title), self.deadline(item));
        self.page.hanging(&format!("  {sign} {verdict}  {level}{name}  "), &title);
    }

    /// By when it is planned, or that the date has passed.
    fn deadline(&self, item: &Item) -> String {
        match &item.due {
            Some(due) if item.overdue => self.say(&msg!("summary.overdue", due = due)),
            Some(due) if item.verdict == Verdict::Partial => self.say(&msg!("summary.due", due = due)),
            _ => String::new(),
        }
    }

    fn all_items(&mut self) {
        for checklist in &self.reading.assessment.checklists {
            let heading = self.text(&checklist.title).to_owned();
            self.heading(&heading);
            let own = self.reading.assessment.items.iter();
            let own: Vec<&Item> = own.filter(|item| checklist_id(&item.item) == checklist.id).collect();
            let widest = own.iter().map(|one| cells(&one.item)).max().unwrap_or_default();
            for item in own {
                let level = pad(self.word(item.level.label()), 6);
                self.item_line(item, widest, &format!("{level}  "));
                for line in self.because(item) {
                    self.page.paragraph(6, &plain(&line));
                }
            }
        }
    }

    /// Why it came out so, how well that is known, and what was measured.
    fn because(&self, item: &Item) -> Vec<String> {
        let mut lines: Vec<String> =
            item.reasons.iter().map(|reason| reason.to(self.reading.lang).to_owned()).collect();
        if item.assurance != Assurance::None {
            lines.push(self.say(&msg!("summary.known_as", assurance = self.word(item.assurance.label()))));
        }
        lines.extend(item.criteria.iter().map(|one| self.text(&one.sentence).to_owned()));
        lines
    }
}

fn colour(verdict: Verdict) -> AnsiColor {
    match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Partial | Verdict::Open => AnsiColor::Yellow,
        Verdict::Fail => AnsiColor::Red,
        Verdict::NotApplicable => AnsiColor::BrightBlack,
    }
}
