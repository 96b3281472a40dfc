//! The whole chain of one verdict: what was asked and answered, what was measured and wanted, which
//! documents back it, what was decided and why, and what it adds to the score.

use anstyle::Style;

use super::Input;
use super::reading::{Reading, percent};
use super::typeset::{Page, plain, styled};
use crate::model::message::Message;
use crate::msg;
use crate::wire::assessment::{Item, Level, Verdict};

pub fn render(input: &Input, item: &Item) -> String {
    let mut writer = Writer { page: Page::default(), reading: input.reading() };
    writer.head(item);
    writer.answer(item);
    writer.measurement(item);
    writer.documents(item);
    writer.decision(item);
    writer.score(item);
    writer.page.into_text()
}

struct Writer<'a> {
    page: Page,
    reading: Reading<'a>,
}

impl Writer<'_> {
    fn heading(&mut self, id: &str) {
        let heading = styled(Style::new().bold(), self.reading.word(id));
        self.page.blank();
        self.page.line(&heading);
    }

    fn text(&mut self, text: &str) {
        self.page.paragraph(2, &plain(text));
    }

    fn say(&mut self, message: &Message) {
        let text = self.reading.say(message);
        self.text(&text);
    }

    fn bullet(&mut self, text: &str) {
        self.page.hanging("  ・", &plain(text));
    }

    fn head(&mut self, item: &Item) {
        let title = format!("{}  {}", item.item, self.reading.text(&item.title));
        self.page.hanging("", &styled(Style::new().bold(), &plain(&title)));
        let (level, actor) = (self.reading.word(item.level.label()), self.reading.word(item.actor.label()));
        let theme = self.reading.theme(item);
        let line = self.reading.say(&msg!("explain.head", level = level, theme = theme, actor = actor));
        self.page.paragraph(0, &plain(&line));
        self.heading("explain.ask");
        let ask = self.reading.text(&item.ask).to_owned();
        self.text(&ask);
        if let Some(official) = self.reading.official(item) {
            self.heading("column.official");
            self.text(&official);
        }
    }

    fn answer(&mut self, item: &Item) {
        self.heading("html.answer");
        let declared = item.declared.as_ref();
        match declared.and_then(|one| one.status) {
            Some(status) => self.text(self.reading.word(status.label())),
            None => self.text(self.reading.word("html.no_answer")),
        }
        if let Some(measure) = declared.and_then(|one| one.measure.as_deref()) {
            self.text(measure);
        }
        let who = declared.map(|one| [one.by.as_deref(), one.on.as_deref()]).into_iter().flatten().flatten();
        let who: Vec<&str> = who.collect();
        if !who.is_empty() {
            self.text(&who.join(" "));
        }
        if let Some(improvement) = &item.improvement {
            let improvement = format!("{}: {improvement}", self.reading.word("html.improvement"));
            self.text(&improvement);
        }
        if let Some(due) = &item.due {
            match item.overdue {
                true => self.say(&msg!("html.overdue", due = due)),
                false => self.say(&msg!("html.due", due = due)),
            }
        }
    }

    fn measurement(&mut self, item: &Item) {
        self.heading("html.measured");
        if item.criteria.is_empty() {
            self.text(self.reading.word("html.not_measurable"));
        }
        for criterion in &item.criteria {
            let sentence = self.reading.text(&criterion.sentence).to_owned();
            self.text(&sentence);
            let weight = self.reading.word(criterion.power.label());
            let detail = match self.reading.observed(criterion) {
                Some(fact) => {
                    msg!(
                        "chain.observed",
                        weight = weight,
                        target = &fact.target,
                        time = &fact.time,
                        method = &fact.method,
                    )
                }
                None => msg!("chain.unobserved", weight = weight),
            };
            let detail = self.reading.say(&detail);
            self.page.paragraph(4, &plain(&detail));
        }
    }

    fn documents(&mut self, item: &Item) {
        self.heading("html.document");
        if item.evidence.is_empty() {
            self.text(self.reading.word("chain.no_document"));
        }
        for one in &item.evidence {
            let document = self.reading.document(one);
            self.bullet(&document);
            if let Some(sha256) = &one.sha256 {
                self.page.paragraph(4, &format!("SHA-256 {sha256}"));
            }
        }
    }

    fn decision(&mut self, item: &Item) {
        self.heading("chain.decided");
        for reason in &item.reasons {
            self.bullet(reason.to(self.reading.lang));
        }
        for also in self.reading.also(item) {
            self.bullet(&also);
        }
        let verdict = self.reading.word(item.verdict.label());
        let assurance = self.reading.word(item.assurance.label());
        self.say(&msg!("chain.verdict", verdict = verdict, assurance = assurance));
        if let Some(review) = &item.review {
            let line = msg!("chain.review", by = &review.by, on = &review.on);
            self.say(&line);
            if let Some(note) = &review.note {
                self.text(note);
            }
        }
    }

    /// What it adds to the sum of its level, and what becomes of that sum.
    fn score(&mut self, item: &Item) {
        self.heading("chain.score");
        let weights = &self.reading.assessment.legend.weights;
        let weight = match item.verdict {
            Verdict::Pass => weights.pass,
            Verdict::Partial => weights.partial,
            Verdict::Fail => weights.fail,
            Verdict::Open => weights.open,
            Verdict::NotApplicable => {
                self.text(self.reading.word("chain.counts_nowhere"));
                return;
            }
        };
        let scores = &self.reading.assessment.scores;
        let tally = match item.level {
            Level::Mandatory => &scores.mandatory,
            Level::Recommended => &scores.recommended,
        };
        let ratio = tally.conformity;
        self.say(&msg!(
            "chain.weight",
            weight = weight.to_string(),
            level = self.reading.word(item.level.label()),
            points = ratio.points.to_string(),
            of = ratio.of,
            percent = percent(ratio).unwrap_or_default(),
        ));
        let conclusion = self.reading.text(&self.reading.assessment.conclusion_title).to_owned();
        self.say(&msg!("chain.conclusion", conclusion = conclusion));
    }
}
