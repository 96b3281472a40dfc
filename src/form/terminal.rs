//! The open items one by one, in the terminal. Lines in, lines out: it works over any connection,
//! with any input method, and can be piped. Every answer is handed over as soon as it is complete,
//! so that whoever stops, or is stopped, loses nothing.

use std::io;
use std::sync::Arc;

use anstyle::Style;
use jiff::civil::Date;

pub use super::lines::Terminal;

use super::lines::Lines;
use crate::model::answer::{Answer, Evidence, Status};
use crate::model::message::Message;
use crate::model::questionnaire::{Entry, Questionnaire};
use crate::model::text::Lang;
use crate::model::verdict::{Actor, Level};
use crate::msg;
use crate::texts::{render, word};
use crate::typed;
use crate::typeset::{Page, plain, styled};

/// Which items to ask.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub theme: Option<String>,
    pub actor: Option<Actor>,
    pub document: Document,
}

/// Makes evidence of a title, a page and a file, or says what is wrong with it.
pub type Document = fn(Option<String>, Option<String>, Option<&str>) -> Result<Evidence, Message>;

/// How a dialogue went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub answered: usize,
    /// What is still open of what was to be asked.
    pub left: usize,
}

/// Where an item stands in a questionnaire.
type Place = (usize, usize);

/// Asks, and gives the questionnaire to `save` after every answer.
pub fn ask(
    questionnaire: &mut Questionnaire,
    wanted: &Wanted,
    lang: Lang,
    terminal: Terminal,
    mut save: impl FnMut(&Questionnaire) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let places = open(questionnaire, wanted);
    let by = questionnaire.subject.applicant.clone();
    let (today, document) = (questionnaire.today, wanted.document);
    let mut dialogue = Dialogue { lines: Lines { terminal, lang }, today, by, document };
    let (mut at, mut answered) = (0, 0);
    if !places.is_empty() && !dialogue.begin(places.len())? {
        return Ok(Outcome { answered, left: places.len() });
    }
    while let Some(&(section, index)) = places.get(at) {
        let Some(part) = questionnaire.sections.get_mut(section) else { break };
        let theme = |entry: &Entry| {
            part.checklist.theme(&entry.item.theme).map(|theme| theme.title.to(lang).to_owned())
        };
        let Some(entry) = part.entries.get(index) else { break };
        let theme = theme(entry).unwrap_or_default();
        match dialogue.item(entry, &theme, at + 1, places.len())? {
            Step::Answered(answer) => {
                if let Some(entry) = part.entries.get_mut(index) {
                    entry.answer = Some(Arc::new(*answer));
                }
                save(questionnaire)?;
                dialogue.lines.say(&msg!("answer.saved"))?;
                answered += 1;
                at += 1;
            }
            Step::Skip => at += 1,
            Step::Back => at = at.saturating_sub(1),
            Step::Stop => break,
        }
    }
    let left = open(questionnaire, wanted).len();
    Ok(Outcome { answered, left })
}

/// The open items, mandatory ones first, otherwise in their order. Those that another answer serves
/// come last.
fn open(questionnaire: &Questionnaire, wanted: &Wanted) -> Vec<Place> {
    let is_wanted = |entry: &Entry| {
        let is_open = entry.answer.as_ref().is_none_or(|answer| answer.status.is_none());
        let theme = wanted.theme.as_ref().is_none_or(|theme| *theme == entry.item.theme);
        let acts = |actor: &Actor| entry.item.actor == *actor || entry.item.with.contains(actor);
        is_open && theme && wanted.actor.as_ref().is_none_or(acts)
    };
    let all = questionnaire.sections.iter().enumerate().flat_map(|(section, part)| {
        part.entries.iter().enumerate().map(move |(index, entry)| ((section, index), entry))
    });
    let mut open: Vec<(Place, &Entry)> = all.filter(|(_, entry)| is_wanted(entry)).collect();
    open.sort_by_key(|(place, entry)| {
        (entry.carried.is_some(), entry.item.level != Level::Mandatory, *place)
    });
    open.into_iter().map(|(place, _)| place).collect()
}

enum Step {
    Answered(Box<Answer>),
    Skip,
    Back,
    Stop,
}

struct Dialogue<'t> {
    lines: Lines<'t>,
    today: Date,
    /// Who answers; asked once.
    by: Option<String>,
    document: Document,
}

impl Dialogue<'_> {
    /// Says what comes and asks who answers. False where nobody is there to answer.
    fn begin(&mut self, count: usize) -> io::Result<bool> {
        self.lines.say(&msg!("answer.begin", count = count))?;
        let by = match &self.by {
            Some(by) => msg!("answer.by_or", by = plain(by)),
            None => msg!("answer.by"),
        };
        let Some(given) = self.lines.prompt(&by)? else { return Ok(false) };
        if !given.is_empty() {
            self.by = Some(given);
        }
        Ok(true)
    }

    fn item(&mut self, entry: &Entry, theme: &str, number: usize, of: usize) -> io::Result<Step> {
        self.question(entry, theme, number, of)?;
        loop {
            let Some(line) = self.lines.prompt(&msg!("answer.prompt"))? else { return Ok(Step::Stop) };
            match line.to_lowercase().as_str() {
                "w" | "?" | "？" | "ｗ" => self.advice(entry)?,
                "s" | "ｓ" | "" => return Ok(Step::Skip),
                "b" | "ｂ" => return Ok(Step::Back),
                "q" | "ｑ" => return Ok(Step::Stop),
                _ => match status(&line) {
                    Some(status) => return self.rest(entry, status),
                    None => self.lines.say(&msg!("answer.not_understood", line = line))?,
                },
            }
        }
    }

    fn question(&mut self, entry: &Entry, theme: &str, number: usize, of: usize) -> io::Result<()> {
        let (item, lang) = (&entry.item, self.lines.lang);
        let mut page = Page::default();
        page.blank();
        let head = msg!(
            "answer.head",
            number = number,
            of = of,
            level = word(item.level.label(), lang),
            theme = theme,
            actor = word(item.actor.label(), lang),
        );
        page.paragraph(0, &render(&head, lang));
        page.hanging("", &styled(Style::new().bold(), &format!("{}  {}", item.name, item.title.to(lang))));
        page.blank();
        for line in item.question(lang).lines() {
            page.paragraph(2, line);
        }
        if let Some(lent) = &entry.carried {
            let status = Message::label(lent.status.label());
            let said = msg!("form.carried_here", status = status, item = lent.from.as_str());
            page.blank();
            page.paragraph(2, &render(&said, lang));
        }
        page.blank();
        self.lines.write(&page.into_text())?;
        self.lines.say(&msg!("answer.choices"))
    }

    fn advice(&mut self, entry: &Entry) -> io::Result<()> {
        let (item, lang) = (&entry.item, self.lines.lang);
        let mut page = Page::default();
        for (heading, text) in [("explain.why", &item.why), ("explain.fix", &item.fix)] {
            page.line(&styled(Style::new().bold(), word(heading, lang)));
            page.paragraph(2, text.to(lang));
        }
        page.line(&styled(Style::new().bold(), word("explain.evidence", lang)));
        for one in &item.evidence {
            page.hanging("  ・", one.to(lang));
        }
        self.lines.write(&page.into_text())
    }

    /// What else matters for an answer. Stopping in the middle leaves the item as it was.
    fn rest(&mut self, entry: &Entry, status: Status) -> io::Result<Step> {
        let before = entry.answer.as_deref().cloned().unwrap_or_default();
        let mut answer = Answer { status: Some(status), by: self.by.clone(), on: Some(self.today), ..before };
        let measure = match status {
            Status::Na => self.required(&msg!("answer.reason"), answer.measure.as_deref())?,
            _ => self.optional(&msg!("answer.measure"))?,
        };
        let Some(measure) = measure else { return Ok(Step::Stop) };
        answer.measure = some(measure).or(answer.measure);
        if status == Status::Planned {
            let Some(due) = self.date()? else { return Ok(Step::Stop) };
            answer.due = Some(due);
        }
        if matches!(status, Status::Partial | Status::No | Status::Planned) {
            let Some(improvement) = self.optional(&msg!("answer.improvement"))? else {
                return Ok(Step::Stop);
            };
            answer.improvement = some(improvement).or(answer.improvement);
        }
        if matches!(status, Status::Yes | Status::Partial) {
            loop {
                let Some(document) = self.optional(&msg!("answer.document"))? else { return Ok(Step::Stop) };
                let Some(document) = some(document) else { break };
                let Some(page) = self.optional(&msg!("answer.page"))? else { return Ok(Step::Stop) };
                let Some(evidence) = self.evidence(document, some(page))? else { return Ok(Step::Stop) };
                answer.evidence.push(evidence);
            }
        }
        Ok(Step::Answered(Box::new(answer)))
    }

    /// With the file, if there is one. A path that cannot serve is asked for again.
    fn evidence(&mut self, title: String, page: Option<String>) -> io::Result<Option<Evidence>> {
        loop {
            let Some(file) = self.optional(&msg!("answer.file"))? else { return Ok(None) };
            let file = some(file);
            match (self.document)(Some(title.clone()), page.clone(), file.as_deref()) {
                Ok(evidence) => return Ok(Some(evidence)),
                Err(wrong) => self.lines.say(&wrong)?,
            }
        }
    }

    fn date(&mut self) -> io::Result<Option<Date>> {
        loop {
            let Some(line) = self.lines.prompt(&msg!("answer.due"))? else { return Ok(None) };
            match typed::date(&line) {
                Some(date) => return Ok(Some(date)),
                None => self.lines.say(&msg!("answer.no_date"))?,
            }
        }
    }

    /// A line that has to say something, unless something stands there already.
    fn required(&mut self, question: &Message, before: Option<&str>) -> io::Result<Option<String>> {
        loop {
            match self.lines.prompt(question)? {
                Some(line) if line.is_empty() && before.is_none() => {
                    self.lines.say(&msg!("answer.needed"))?
                }
                line => return Ok(line),
            }
        }
    }

    fn optional(&mut self, question: &Message) -> io::Result<Option<String>> {
        self.lines.prompt(question)
    }
}

/// An answer by its number, or in words.
fn status(line: &str) -> Option<Status> {
    let number = crate::model::fold::word(line).parse::<usize>().ok();
    match number {
        Some(number) => Status::ALL.get(number.checked_sub(1)?).copied(),
        None => typed::status(line),
    }
}

fn some(line: String) -> Option<String> {
    (!line.is_empty()).then_some(line)
}
