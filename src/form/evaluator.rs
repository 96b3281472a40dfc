//! The evaluator's dialogue: item by item what was asked, what the applicant said and showed, what was
//! measured and what the tool made of it; then the evaluator's own word. Every word is handed over as
//! soon as it is complete.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use anstyle::Style;
use jiff::civil::Date;

use super::lines::{Lines, Terminal};
use super::terminal::Document;
use crate::model::answer::{Evidence, Review};
use crate::model::name::ItemName;
use crate::model::text::Lang;
use crate::model::verdict::Verdict;
use crate::msg;
use crate::texts::{render, word};
use crate::typeset::{Page, plain, styled};
use crate::wire::assessment as wire;

pub type Reviews = BTreeMap<ItemName, Arc<Review>>;

/// What the dialogue goes through.
#[derive(Debug)]
pub struct Round<'a> {
    /// The items to ask, in this order.
    pub items: Vec<&'a wire::Item>,
    /// Titles of themes, by checklist and key.
    pub themes: BTreeMap<(&'a str, &'a str), &'a str>,
    /// Who reviews, if that is known already.
    pub by: Option<String>,
    /// Whether that is settled, or only a proposal.
    pub is_named: bool,
    pub today: Date,
    pub document: Document,
}

/// How a dialogue went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub reviewed: usize,
    pub left: usize,
}

enum Step {
    Reviewed(Box<Review>),
    Skip,
    Back,
    Stop,
}

/// Asks, and gives every review to `save` as soon as it is made.
pub fn ask(
    round: &Round,
    reviews: &mut Reviews,
    lang: Lang,
    terminal: Terminal,
    mut save: impl FnMut(ItemName, Arc<Review>) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let mut dialogue = Dialogue { lines: Lines { terminal, lang }, round, by: String::new() };
    let count = round.items.len();
    let (mut at, mut reviewed) = (0, 0);
    if count > 0 && !dialogue.begin()? {
        return Ok(Outcome { reviewed, left: count });
    }
    while let Some(&item) = round.items.get(at) {
        match dialogue.item(item, at + 1)? {
            Step::Reviewed(review) => {
                // Every item of an assessment has a name that was checked.
                if let Some(name) = ItemName::parse(&item.item) {
                    let review = Arc::new(*review);
                    save(name.clone(), Arc::clone(&review))?;
                    reviewed += usize::from(reviews.insert(name, review).is_none());
                    dialogue.lines.say(&msg!("answer.saved"))?;
                }
                at += 1;
            }
            Step::Skip => at += 1,
            Step::Back => at = at.saturating_sub(1),
            Step::Stop => break,
        }
    }
    Ok(Outcome { reviewed, left: count.saturating_sub(reviewed) })
}

struct Dialogue<'a, 't> {
    lines: Lines<'t>,
    round: &'a Round<'a>,
    /// Who reviews; asked once.
    by: String,
}

/// What an evaluator may decide, in the order of its numbers.
const VERDICTS: [Verdict; 4] = [Verdict::Pass, Verdict::Partial, Verdict::Fail, Verdict::NotApplicable];

impl Dialogue<'_, '_> {
    /// Says what comes and asks who reviews. A word that overrides others is somebody's, so that it is
    /// asked for until there is one. False where nobody is there to answer.
    fn begin(&mut self) -> io::Result<bool> {
        self.lines.say(&msg!("evaluator.begin", count = self.round.items.len()))?;
        let proposed = self.round.by.as_deref().map(plain).unwrap_or_default();
        if self.round.is_named && !proposed.is_empty() {
            self.by = proposed;
            return Ok(true);
        }
        let question = match proposed.as_str() {
            "" => msg!("evaluator.by"),
            by => msg!("evaluator.by_or", by = by),
        };
        loop {
            let Some(line) = self.lines.prompt(&question)? else { return Ok(false) };
            self.by = if line.is_empty() { proposed.clone() } else { line };
            if !self.by.is_empty() {
                return Ok(true);
            }
            self.lines.say(&msg!("evaluator.needs_name"))?;
        }
    }

    fn item(&mut self, item: &wire::Item, number: usize) -> io::Result<Step> {
        self.show(item, number)?;
        loop {
            let Some(line) = self.lines.prompt(&msg!("evaluator.prompt"))? else { return Ok(Step::Stop) };
            match line.to_lowercase().as_str() {
                "w" | "?" | "？" | "ｗ" => self.advice(item)?,
                "s" | "ｓ" | "" => return Ok(Step::Skip),
                "b" | "ｂ" => return Ok(Step::Back),
                "q" | "ｑ" => return Ok(Step::Stop),
                _ => match verdict(&line, self.lines.lang) {
                    Some(verdict) => return self.rest(item, verdict),
                    None => self.lines.say(&msg!("evaluator.not_understood", line = line))?,
                },
            }
        }
    }

    fn show(&mut self, item: &wire::Item, number: usize) -> io::Result<()> {
        let lang = self.lines.lang;
        let checklist = item.item.split_once('/').map_or("", |(checklist, _)| checklist);
        let theme = self.round.themes.get(&(checklist, item.theme.as_str())).copied().unwrap_or_default();
        let mut page = Page::default();
        page.blank();
        let head = msg!(
            "answer.head",
            number = number,
            of = self.round.items.len(),
            level = word(item.level.label(), lang),
            theme = theme,
            actor = word(item.actor.label(), lang),
        );
        page.paragraph(0, &plain(&render(&head, lang)));
        page.hanging(
            "",
            &styled(Style::new().bold(), &plain(&format!("{}  {}", item.item, item.title.to(lang)))),
        );
        page.blank();
        let points = item.points.iter().map(|point| point.to(lang));
        std::iter::once(item.ask.to(lang)).chain(points).for_each(|line| page.paragraph(2, &plain(line)));
        page.blank();
        self.said(&mut page, item);
        let documents: Vec<String> = (1..)
            .zip(&item.evidence)
            .map(|(number, one)| format!("{number}. {}", shown(one, lang)))
            .collect();
        section(&mut page, word("evaluator.documents", lang), &documents, word("evaluator.none", lang));
        let measured: Vec<String> =
            item.criteria.iter().map(|one| one.sentence.to(lang).to_owned()).collect();
        section(&mut page, word("evaluator.measured", lang), &measured, word("evaluator.not_measured", lang));
        let decided = msg!(
            "evaluator.decided",
            verdict = word(tool(item).label(), lang),
            assurance = word(item.assurance.label(), lang)
        );
        let mut reasons = vec![render(&decided, lang)];
        if item.is_contradicted() {
            reasons.push(word("evaluator.contradicted", lang).to_owned());
        }
        reasons.extend(item.reasons.iter().map(|reason| reason.to(lang).to_owned()));
        section(&mut page, word("evaluator.tool", lang), &reasons, "");
        page.blank();
        self.lines.write(&page.into_text())?;
        self.lines.say(&msg!("evaluator.choices"))
    }

    fn said(&self, page: &mut Page, item: &wire::Item) {
        let lang = self.lines.lang;
        let declared = item.declared.as_ref();
        let mut lines = Vec::new();
        if let Some(status) = declared.and_then(|one| one.status) {
            lines.push(word(status.label(), lang).to_owned());
        }
        lines.extend(declared.and_then(|one| one.measure.clone()));
        if let Some(from) = &item.carried_from {
            lines.push(render(&msg!("evaluator.carried", item = from), lang));
        }
        if let Some(improvement) = &item.improvement {
            lines.push(render(&msg!("evaluator.improvement", text = improvement), lang));
        }
        if let Some(due) = &item.due {
            lines.push(render(&msg!("evaluator.due", due = due), lang));
        }
        let signed = [declared.and_then(|one| one.by.clone()), declared.and_then(|one| one.on.clone())];
        let signed: Vec<String> = signed.into_iter().flatten().collect();
        lines.extend((!signed.is_empty()).then(|| signed.join(" ")));
        section(page, word("evaluator.said", lang), &lines, word("evaluator.nothing_said", lang));
    }

    fn advice(&mut self, item: &wire::Item) -> io::Result<()> {
        let lang = self.lines.lang;
        let mut page = Page::default();
        for (heading, text) in [("explain.why", &item.why), ("explain.fix", &item.fix)] {
            page.line(&styled(Style::new().bold(), word(heading, lang)));
            page.paragraph(2, &plain(text.to(lang)));
        }
        page.line(&styled(Style::new().bold(), word("explain.evidence", lang)));
        item.proofs.iter().for_each(|one| page.hanging("  ・", &plain(one.to(lang))));
        self.lines.write(&page.into_text())
    }

    /// What else belongs to a word. Stopping in the middle leaves the item as it was.
    fn rest(&mut self, item: &wire::Item, verdict: Verdict) -> io::Result<Step> {
        // Who departs from what was decided says why.
        let departs = verdict.word() != tool(item).word();
        let note = loop {
            let question = if departs { msg!("evaluator.why") } else { msg!("evaluator.note") };
            let Some(line) = self.lines.prompt(&question)? else { return Ok(Step::Stop) };
            if !departs || !line.is_empty() {
                break Some(line).filter(|line| !line.is_empty());
            }
            self.lines.say(&msg!("answer.needed"))?;
        };
        let mut seen: Vec<Evidence> = Vec::new();
        loop {
            let Some(line) = self.lines.prompt(&msg!("evaluator.seen"))? else { return Ok(Step::Stop) };
            if line.is_empty() {
                break;
            }
            match numbered(&line, item) {
                Some(documents) => seen.extend(documents),
                None if is_numbers(&line) => self.lines.say(&msg!("evaluator.no_document", line = line))?,
                None => match self.another(line)? {
                    Some(evidence) => seen.push(evidence),
                    None => return Ok(Step::Stop),
                },
            }
        }
        let mut unique: Vec<Evidence> = Vec::new();
        seen.into_iter().for_each(|one| {
            if !unique.contains(&one) {
                unique.push(one)
            }
        });
        let (by, on) = (self.by.clone(), self.round.today);
        Ok(Step::Reviewed(Box::new(Review { verdict, by, on, note, seen: unique })))
    }

    /// A document that the applicant has not named at this item.
    fn another(&mut self, title: String) -> io::Result<Option<Evidence>> {
        let Some(page) = self.lines.prompt(&msg!("answer.page"))? else { return Ok(None) };
        loop {
            let Some(file) = self.lines.prompt(&msg!("evaluator.file"))? else { return Ok(None) };
            let [page, file] = [&page, &file].map(|line| Some(line.clone()).filter(|line| !line.is_empty()));
            match (self.round.document)(Some(title.clone()), page, file.as_deref()) {
                Ok(evidence) => return Ok(Some(evidence)),
                Err(wrong) => self.lines.say(&wrong)?,
            }
        }
    }
}

/// What was decided before any evaluator said a word.
fn tool(item: &wire::Item) -> wire::Verdict {
    item.review.as_ref().map_or(item.verdict, |review| review.replaced)
}

/// Documents of the applicant's by their numbers. Nothing where the line is something else: a title.
fn numbered(line: &str, item: &wire::Item) -> Option<Vec<Evidence>> {
    let words = crate::model::fold::word(line);
    let numbers = words.split([' ', ',', '、', '\u{3000}']).filter(|word| !word.is_empty());
    let document = |number: &str| {
        let one = item.evidence.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(Evidence {
            document: one.document.clone(),
            page: one.page.clone(),
            file: one.file.clone(),
            valid_until: one.valid_until.as_deref().and_then(|day| day.parse().ok()),
        })
    };
    numbers.map(document).collect()
}

/// Whether a line means numbers, and so no title.
fn is_numbers(line: &str) -> bool {
    crate::model::fold::word(line).chars().all(|c| c.is_ascii_digit() || " ,、\u{3000}".contains(c))
}

/// A verdict by its number, or in words.
fn verdict(line: &str, lang: Lang) -> Option<Verdict> {
    let folded = crate::model::fold::word(line);
    if let Ok(number) = folded.parse::<usize>() {
        return VERDICTS.get(number.checked_sub(1)?).copied();
    }
    let is_it = |verdict: &Verdict| {
        let label = word(verdict.label(), lang);
        verdict.word() == folded || crate::model::fold::word(label) == folded
    };
    VERDICTS.into_iter().find(is_it)
}

fn shown(one: &wire::Evidence, lang: Lang) -> String {
    let page = one.page.as_ref().map(|page| render(&msg!("report.page", page = page), lang));
    let mut parts: Vec<String> =
        [one.document.clone(), page, one.file.clone()].into_iter().flatten().collect();
    parts.extend(one.problem.map(|problem| word(problem.label(), lang).to_owned()));
    parts.join("  ")
}

fn section(page: &mut Page, heading: &str, lines: &[String], none: &str) {
    page.line(&styled(Style::new().bold(), heading));
    if lines.is_empty() {
        page.paragraph(2, none);
    }
    for line in lines.iter().flat_map(|line| line.lines()) {
        page.paragraph(2, &plain(line));
    }
}
