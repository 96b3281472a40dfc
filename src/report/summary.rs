//! The assessment on a terminal: may we start, what contradicts itself, who does what next, then the
//! figures, then the items.

use anstyle::{AnsiColor, Style};

use super::sentence;
use super::typeset::{Page, WIDTH, bar, cells, fit, pad, pad_left, plain, styled};
use crate::model::answer::Status;
use crate::model::assessment::{Assessment, Conflict, Finding, Ratio, State, Tally};
use crate::model::message::Message;
use crate::model::scoring::Conclusion;
use crate::model::text::{Lang, Text};
use crate::model::verdict::{Actor, Assurance, Level, Verdict};
use crate::model::workspace::FileState;
use crate::msg;
use crate::texts::{render, word};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How many items the list names unless all are asked for.
const LISTED: usize = 20;

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub lang: Lang,
    /// Every item with its reasons, not only what is left to do.
    pub everything: bool,
}

pub fn summary(assessment: &Assessment, options: Options) -> String {
    let mut writer = Writer { page: Page::default(), lang: options.lang };
    writer.headline(assessment);
    writer.conclusion(assessment);
    writer.conflicts(assessment);
    writer.next_steps(assessment);
    writer.figures(assessment);
    if options.everything {
        writer.all_items(assessment);
    } else {
        writer.remaining(assessment);
    }
    writer.page.into_text()
}

struct Writer {
    page: Page,
    lang: Lang,
}

impl Writer {
    fn say(&self, message: &Message) -> String {
        render(message, self.lang)
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.to(self.lang)
    }

    fn heading(&mut self, text: &str) {
        self.page.blank();
        self.page.line(&styled(BOLD, text));
    }

    fn headline(&mut self, assessment: &Assessment) {
        let date = assessment.clock.today.to_string();
        let subject = &assessment.subject;
        let name = match &subject.product {
            Some(product) => msg!("summary.subject_product", name = &subject.name, product = product),
            None => msg!("summary.subject", name = &subject.name),
        };
        let room = WIDTH.saturating_sub(cells(&date) + 2);
        let name = fit(&plain(&self.say(&name)), room);
        self.page.line(&format!("{}{date}", pad(&name, WIDTH - cells(&date))));
        for checklist in &assessment.checklists {
            let title = msg!("summary.checklist", title = &checklist.title, edition = &checklist.edition);
            self.page.line(&styled(DIM, &format!("  {}", fit(&plain(&self.say(&title)), WIDTH - 2))));
        }
    }

    fn conclusion(&mut self, assessment: &Assessment) {
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
        let tally = &assessment.scores.mandatory;
        let line = match self.shortfalls(tally) {
            _ if tally.applicable() == 0 => self.say(&msg!("summary.nothing_applies")),
            shortfalls if shortfalls.is_empty() => {
                self.say(&msg!("summary.all_pass", total = tally.applicable()))
            }
            shortfalls => {
                self.say(&msg!("summary.shortfalls", total = tally.applicable(), counts = shortfalls))
            }
        };
        self.page.paragraph(2, &line);
        let findings = &assessment.findings;
        let claimed = findings.iter().filter(|finding| is_claimed_not_applicable(finding)).count();
        if claimed > 0 {
            self.remark(&msg!("summary.claimed_not_applicable", count = claimed));
        }
        let reviewed = findings.iter().filter(|finding| is_overruled(finding)).count();
        if reviewed > 0 {
            self.remark(&msg!("summary.overruled", count = reviewed));
        }
        let mut missing: Vec<&str> = findings.iter().flat_map(missing_files).collect();
        missing.dedup();
        if !missing.is_empty() {
            self.remark(&msg!("summary.files_missing", count = missing.len(), files = missing));
        }
        if !assessment.unmeasured.is_empty() {
            self.remark(&msg!("summary.unmeasured", targets = assessment.unmeasured.clone()));
        }
    }

    fn remark(&mut self, message: &Message) {
        let line = plain(&self.say(message));
        self.page.paragraph(2, &line);
    }

    fn shortfalls(&self, tally: &Tally) -> Vec<Message> {
        let counts = [
            (tally.fail, msg!("verdict.fail")),
            (tally.partial, msg!("verdict.partial")),
            (tally.open, msg!("verdict.open")),
            (tally.conflict, msg!("summary.conflict")),
        ];
        let some = counts.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, verdict)| msg!("summary.count", what = verdict, count = count)).collect()
    }

    fn conflicts(&mut self, assessment: &Assessment) {
        let conflicts: Vec<&Finding> =
            assessment.findings.iter().filter(|finding| finding.is_contradicted()).collect();
        if conflicts.is_empty() {
            return;
        }
        let heading = self.say(&msg!("summary.conflicts", count = conflicts.len()));
        self.heading(&heading);
        for finding in conflicts {
            self.conflict(finding, assessment);
        }
    }

    fn conflict(&mut self, finding: &Finding, assessment: &Assessment) {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
        let name = &finding.item.name;
        let title = fit(self.text(&finding.item.title), WIDTH.saturating_sub(cells(name.as_str()) + 6));
        self.page.line(&format!("  {} {}  {title}", styled(red, "✗"), styled(BOLD, name.as_str())));
        let (said, decisive) = match finding.conflict {
            Some(Conflict::Better) => (msg!("summary.said_no"), State::Held),
            _ => (msg!("summary.said_yes"), State::Broken),
        };
        let seen =
            finding.criteria.iter().filter(|one| one.state == decisive && one.criterion.power.can_refute());
        let said = self.say(&said);
        self.page.paragraph(4, &said);
        for judged in seen {
            let target =
                judged.by.and_then(|index| assessment.facts.get(index)).map(|fact| fact.target.as_str());
            let line = msg!(
                "summary.measured",
                fact = &judged.criterion.fact.label,
                actual = sentence::actual(judged, &assessment.facts),
                expected = sentence::expected(&judged.criterion),
                target = target.unwrap_or_default(),
            );
            let line = plain(&self.say(&line));
            self.page.paragraph(4, &line);
        }
        let mend = self.say(&msg!("summary.explain", item = name.as_str()));
        self.page.paragraph(4, &mend);
    }

    fn next_steps(&mut self, assessment: &Assessment) {
        let to_do = |actor: Actor| -> Vec<&Finding> {
            let mut list: Vec<&Finding> = assessment
                .findings
                .iter()
                .filter(|finding| finding.is_mandatory() && is_left_to_do(finding))
                .filter(|finding| finding.item.actor == actor)
                .collect();
            list.sort_by_key(|finding| urgency(finding));
            list
        };
        let mut rows = Vec::new();
        for actor in [Actor::Doctor, Actor::Clinic, Actor::Vendor, Actor::Patient] {
            let list = to_do(actor);
            let Some(first) = list.first() else { continue };
            let count = pad_left(&list.len().to_string(), 4);
            let label = pad(word(actor.label(), self.lang), 14);
            let more = match list.len() {
                1 => String::new(),
                many => self.say(&msg!("summary.and_more", count = many - 1)),
            };
            let room = WIDTH.saturating_sub(2 + 14 + 4 + 3 + cells(&more));
            let title = fit(self.text(&first.item.title), room);
            rows.push(format!("  {label}{count}   {title}{more}"));
        }
        if rows.is_empty() {
            return;
        }
        let heading = word("summary.next", self.lang).to_owned();
        self.heading(&heading);
        for row in rows {
            self.page.line(&row);
        }
    }

    fn figures(&mut self, assessment: &Assessment) {
        let scores = &assessment.scores;
        let part = |ratio: Ratio| ratio.hundredths / 100;
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
            .filter_map(|(label, count, ratio)| {
                Some((word(label, self.lang), self.say(&count), ratio.per_mille()?))
            })
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

    fn remaining(&mut self, assessment: &Assessment) {
        for level in [Level::Mandatory, Level::Recommended] {
            let of_level = assessment.findings.iter().filter(|finding| finding.item.level == level);
            let mut left: Vec<&Finding> = of_level.filter(|finding| is_left_to_do(finding)).collect();
            if left.is_empty() {
                continue;
            }
            left.sort_by_key(|finding| urgency(finding));
            let heading = match level {
                Level::Mandatory => msg!("summary.remaining_mandatory", count = left.len()),
                Level::Recommended => msg!("summary.remaining_recommended", count = left.len()),
            };
            let heading = self.say(&heading);
            self.heading(&heading);
            let shown: Vec<&Finding> = left.iter().take(LISTED).copied().collect();
            let widest = shown.iter().map(|one| cells(one.item.name.as_str())).max().unwrap_or_default();
            shown.iter().for_each(|finding| self.item_line(finding, widest, ""));
            if left.len() > LISTED {
                let more = self.say(&msg!("summary.more_with_v", count = left.len() - LISTED));
                self.page.paragraph(2, &more);
            }
        }
    }

    fn item_line(&mut self, finding: &Finding, name_width: usize, level: &str) {
        let style = Style::new().fg_color(Some(colour(finding.verdict).into()));
        let sign = styled(style, mark(finding.verdict));
        let verdict = pad(word(finding.verdict.label(), self.lang), 8);
        let name = pad(finding.item.name.as_str(), name_width);
        let title = format!("{}{}", self.text(&finding.item.title), self.deadline(finding));
        self.page.hanging(&format!("  {sign} {verdict}  {level}{name}  "), &title);
    }

    /// By when it is planned, or that the date has passed.
    fn deadline(&self, finding: &Finding) -> String {
        let due = finding.answer.as_deref().and_then(|answer| answer.due);
        match due {
            Some(due) if finding.overdue => self.say(&msg!("summary.overdue", due = due)),
            Some(due) if finding.verdict == Verdict::Partial => self.say(&msg!("summary.due", due = due)),
            _ => String::new(),
        }
    }

    fn all_items(&mut self, assessment: &Assessment) {
        for checklist in &assessment.checklists {
            let heading = self.text(&checklist.title).to_owned();
            self.heading(&heading);
            let own =
                assessment.findings.iter().filter(|finding| finding.item.name.checklist() == checklist.id);
            let own: Vec<&Finding> = own.collect();
            let widest = own.iter().map(|one| cells(one.item.name.as_str())).max().unwrap_or_default();
            for finding in own {
                let level = pad(word(finding.item.level.label(), self.lang), 6);
                self.item_line(finding, widest, &format!("{level}  "));
                let mut reasons: Vec<String> = finding.reasons.iter().map(|one| self.say(one)).collect();
                if finding.assurance != Assurance::None {
                    let known =
                        msg!("summary.known_as", assurance = word(finding.assurance.label(), self.lang));
                    reasons.push(self.say(&known));
                }
                for judged in &finding.criteria {
                    reasons.push(self.say(&sentence::sentence(judged, &assessment.facts)));
                }
                for reason in reasons {
                    self.page.paragraph(6, &plain(&reason));
                }
            }
        }
    }
}

fn is_left_to_do(finding: &Finding) -> bool {
    finding.is_contradicted() || matches!(finding.verdict, Verdict::Fail | Verdict::Partial | Verdict::Open)
}

/// Mandatory before recommended; contradictions, then fails, then what is half done, then what is
/// open.
fn urgency(finding: &Finding) -> (Level, bool, u8) {
    let verdict = match finding.verdict {
        Verdict::Fail => 0,
        Verdict::Partial => 1,
        Verdict::Open => 2,
        Verdict::Pass | Verdict::NotApplicable => 3,
    };
    (finding.item.level, !finding.is_contradicted(), verdict)
}

/// A mandatory item that is left out because somebody says that it does not apply.
fn is_claimed_not_applicable(finding: &Finding) -> bool {
    let claimed = finding.answer.as_deref().is_some_and(|answer| answer.status == Some(Status::Na));
    finding.is_mandatory() && finding.verdict == Verdict::NotApplicable && claimed
}

/// An item on which the evaluator decided otherwise.
fn is_overruled(finding: &Finding) -> bool {
    finding.review.as_ref().is_some_and(|(review, replaced)| review.verdict != *replaced)
}

fn missing_files(finding: &Finding) -> impl Iterator<Item = &str> {
    let missing = finding.evidence.iter().filter(|(_, state)| *state == Some(FileState::Missing));
    missing.filter_map(|(evidence, _)| evidence.file.as_deref())
}

pub fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Partial => "△",
        Verdict::Fail => "✗",
        Verdict::NotApplicable => "–",
        Verdict::Open => "?",
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
