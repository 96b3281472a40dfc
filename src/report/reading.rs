//! An assessment as reports read it: in one language, with its parts at hand, and with the few
//! questions that every report asks. Must not decide anything: it looks up, counts and sorts.

use std::collections::HashMap;

use crate::model::assessment::Ratio as Share;
use crate::model::message::Message;
use crate::model::text::Lang;
use crate::texts;
use crate::wire::assessment::{
    Actor, Also, Assessment, Checklist, Criterion, Evidence, FactLabel, FileProblem, Item, Level, Ratio,
    Signature, Status, Verdict, Waiver,
};
use crate::wire::facts::{Fact, Missing, MissingKind, Value, Words};

/// In the order in which people are told what to do.
pub const ACTORS: [Actor; 4] = [Actor::Doctor, Actor::Clinic, Actor::Vendor, Actor::Patient];

/// In the order of bars and columns.
pub const VERDICTS: [Verdict; 5] =
    [Verdict::Pass, Verdict::Partial, Verdict::Fail, Verdict::Open, Verdict::NotApplicable];

#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub assessment: &'a Assessment,
    pub lang: Lang,
}

impl<'a> Reading<'a> {
    pub fn word(&self, id: &str) -> &'static str {
        texts::all().get(id).map_or("", |words| match self.lang {
            Lang::Ja => &words.ja,
            Lang::En => &words.en,
        })
    }

    pub fn say(&self, message: &Message) -> String {
        texts::render(message, self.lang)
    }

    pub fn text<'t>(&self, words: &'t Words) -> &'t str {
        words.to(self.lang)
    }

    pub fn checklist(&self, item: &Item) -> Option<&'a Checklist> {
        let id = checklist_id(&item.item);
        self.assessment.checklists.iter().find(|checklist| checklist.id == id)
    }

    pub fn items_of(&self, checklist: &str) -> impl Iterator<Item = &'a Item> + use<'a> {
        let checklist = checklist.to_owned();
        self.assessment.items.iter().filter(move |item| checklist_id(&item.item) == checklist)
    }

    pub fn theme(&self, item: &Item) -> &'a str {
        let themes = self.checklist(item).map(|checklist| checklist.themes.as_slice()).unwrap_or_default();
        let title = themes.iter().find(|theme| theme.key == item.theme).map(|theme| &theme.title);
        title.map_or("", |title| title.to(self.lang))
    }

    /// What a fact is called; its key where nothing says so.
    pub fn fact_title(&self, key: &'a str) -> &'a str {
        self.label(key).map_or(key, |fact| fact.title.to(self.lang))
    }

    /// The value of a fact, or why there is none.
    pub fn fact_value(&self, fact: &Fact) -> String {
        match (&fact.value, &fact.missing) {
            (Some(value), _) => self.value(value, &fact.key),
            (None, Some(Missing { kind: MissingKind::Absent, .. })) => self.word("actual.absent").to_owned(),
            (None, Some(Missing { reason: Some(reason), .. })) => {
                self.say(&crate::msg!("actual.unknown", reason = reason))
            }
            (None, _) => {
                let reason = crate::msg!("undecided.no_reason");
                self.say(&crate::msg!("actual.unknown", reason = reason))
            }
        }
    }

    fn value(&self, value: &Value, key: &str) -> String {
        let unit = self.label(key).and_then(|fact| fact.unit.as_ref());
        match (value, unit) {
            (Value::Boolean(true), _) => self.word("value.yes").to_owned(),
            (Value::Boolean(false), _) => self.word("value.no").to_owned(),
            (Value::Integer(number), Some(unit)) => {
                self.say(&crate::msg!("value.with_unit", number = *number, unit = unit))
            }
            (Value::Integer(number), None) => number.to_string(),
            (Value::Text(text), _) => self.value_word(text, key).to_owned(),
            (Value::List(list), _) if list.is_empty() => self.word("value.nothing").to_owned(),
            (Value::List(list), _) => {
                let words: Vec<&str> = list.iter().map(|one| self.value_word(one, key)).collect();
                words.join(self.word("list.separator"))
            }
        }
    }

    fn label(&self, key: &str) -> Option<&'a FactLabel> {
        self.assessment.legend.facts.iter().find(|fact| fact.key == key)
    }

    /// What a value of a fact is called; the value itself where it is a name.
    pub fn value_word<'v>(&self, value: &'v str, key: &str) -> &'v str
    where
        'a: 'v,
    {
        let values = self.label(key).map(|fact| fact.values.as_slice()).unwrap_or_default();
        let named = values.iter().find(|one| one.key == value);
        named.map_or(value, |one| one.title.to(self.lang))
    }

    /// What can be done today: the first sentence of how to mend it.
    pub fn first_step(&self, item: &'a Item) -> &'a str {
        let fix = item.fix.to(self.lang);
        let (end, mark) = match self.lang {
            Lang::Ja => (fix.find('。'), '。'),
            Lang::En => (fix.find(". "), '.'),
        };
        end.and_then(|at| fix.get(..at + mark.len_utf8())).unwrap_or(fix)
    }

    /// What other documents say of the same, one sentence each; first where the levels differ.
    /// The imported wording of the source; of another edition, it says so.
    pub fn official(&self, item: &Item) -> Option<String> {
        let official = item.official.as_ref()?;
        let mark = if official.this_edition { "" } else { self.word("official.differs") };
        Some(format!("{mark}{}", official.text))
    }

    pub fn also(&self, item: &Item) -> Vec<String> {
        let (departing, agreeing): (Vec<&Also>, Vec<&Also>) = item.also.iter().partition(|also| also.departs);
        departing.into_iter().chain(agreeing).map(|also| self.also_one(also, item)).collect()
    }

    fn also_one(&self, also: &Also, item: &Item) -> String {
        let (publisher, document, place) = (&also.publisher, &also.document, &also.place);
        let level = self.word(also.level.label());
        let sentence = self.say(&match also.departs {
            true => crate::msg!(
                "explain.also_departs",
                own = self.word(item.level.label()),
                publisher = publisher,
                document = document,
                place = place,
                level = level,
            ),
            false => crate::msg!(
                "explain.also",
                publisher = publisher,
                document = document,
                place = place,
                level = level,
            ),
        });
        match &also.says {
            Some(says) => format!("{sentence} {}", self.text(says)),
            None => sentence,
        }
    }

    /// Whether somebody stands for a file, and who.
    pub fn signature(&self, signature: Signature, signer: Option<&String>) -> String {
        match signer {
            Some(signer) => self.say(&crate::msg!("signed.by", signer = signer)),
            None => self.word(signature.label()).to_owned(),
        }
    }

    /// The documents of an item, one a line: title, page, file.
    pub fn document(&self, evidence: &Evidence) -> String {
        let page = evidence.page.as_ref().map(|page| self.say(&crate::msg!("report.page", page = page)));
        let expired = evidence.problem == Some(FileProblem::Expired);
        let problem = evidence.problem.filter(|_| !expired).map(|problem| self.word(problem.label()));
        let file = evidence.file.clone().map(|file| match &problem {
            Some(problem) => format!("{file}（{problem}）"),
            None => file,
        });
        let until = evidence.valid_until.as_ref().map(|until| match expired {
            true => self.say(&crate::msg!("report.expired", until = until)),
            false => self.say(&crate::msg!("report.valid_until", until = until)),
        });
        let parts = [evidence.document.clone(), page, file, until];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The observation that decided a criterion.
    pub fn observed(&self, criterion: &Criterion) -> Option<&'a Fact> {
        let index = usize::try_from(criterion.observation?).ok()?;
        self.assessment.facts.get(index)
    }

    /// What is left to do, the most urgent first.
    pub fn left(&self) -> Vec<&'a Item> {
        let mut left: Vec<&Item> = self.assessment.items.iter().filter(|item| is_left_to_do(item)).collect();
        left.sort_by_key(|item| urgency(item));
        left
    }

    /// Accepted risks at items that are not met, those that have ended included.
    pub fn waivers(&self) -> Vec<(&'a Item, &'a Waiver)> {
        let left = self.left().into_iter();
        left.filter_map(|item| Some((item, item.waiver.as_ref()?))).collect()
    }

    pub fn contradictions(&self) -> impl Iterator<Item = &'a Item> {
        self.assessment.items.iter().filter(|item| item.is_contradicted())
    }

    /// Shortfalls among the mandatory items, by their names.
    pub fn shortfalls(&self) -> Vec<(u32, &'static str)> {
        let tally = &self.assessment.scores.mandatory;
        let counts = [
            (tally.fail, "verdict.fail"),
            (tally.partial, "verdict.partial"),
            (tally.open, "verdict.open"),
            (tally.conflict, "summary.conflict"),
        ];
        counts.into_iter().filter(|(count, _)| *count > 0).collect()
    }

    /// Who is behind the assessment: the system where there is one, else the organisation.
    pub fn subject(&self) -> String {
        let subject = &self.assessment.subject;
        match &subject.product {
            Some(product) => format!("{} {product}", subject.name),
            None => subject.name.clone(),
        }
    }

    /// Files that answers name and that are not there.
    pub fn missing_files(&self) -> Vec<&'a str> {
        let evidence = self.assessment.items.iter().flat_map(|item| &item.evidence);
        let missing = evidence.filter(|one| one.problem == Some(FileProblem::Missing));
        let mut files: Vec<&str> = missing.filter_map(|one| one.file.as_deref()).collect();
        files.dedup();
        files
    }

    pub fn unmeasured(&self) -> Vec<&'a str> {
        let targets = self.assessment.targets.iter().filter(|target| !target.measured);
        targets.map(|target| target.endpoint.as_str()).collect()
    }
}

pub fn checklist_id(item: &str) -> &str {
    item.split_once('/').map_or(item, |(checklist, _)| checklist)
}

pub fn is_left_to_do(item: &Item) -> bool {
    item.is_contradicted() || matches!(item.verdict, Verdict::Fail | Verdict::Partial | Verdict::Open)
}

/// Mandatory before recommended; contradictions, then fails, then what is half done, then what is
/// open.
pub fn urgency(item: &Item) -> (Level, bool, u8) {
    let verdict = match item.verdict {
        Verdict::Fail => 0,
        Verdict::Partial => 1,
        Verdict::Open => 2,
        Verdict::Pass | Verdict::NotApplicable => 3,
    };
    (item.level, !item.is_contradicted(), verdict)
}

/// A mandatory item that is left out because somebody says that it does not apply.
pub fn is_claimed_not_applicable(item: &Item) -> bool {
    let claimed = item.declared.as_ref().is_some_and(|declared| declared.status == Some(Status::Na));
    item.level == Level::Mandatory && item.verdict == Verdict::NotApplicable && claimed
}

/// An item on which the evaluator decided otherwise.
pub fn is_overruled(item: &Item) -> bool {
    item.review.as_ref().is_some_and(|review| review.verdict != review.replaced)
}

/// In per mille, never up to the full thousand unless all of it is there.
pub fn per_mille(ratio: Ratio) -> Option<u32> {
    share(ratio).per_mille()
}

/// Points that are whole items.
pub fn part(ratio: Ratio) -> u32 {
    share(ratio).hundredths / 100
}

fn share(ratio: Ratio) -> Share {
    // What was read lies between 0 and the number of items; see `load::result`.
    let hundredths = (ratio.points * 100.0).round().clamp(0.0, f64::from(u32::MAX));
    Share { hundredths: hundredths as u32, of: ratio.of }
}

/// `85.4 %`, or nothing where there is nothing to divide by.
pub fn percent(ratio: Ratio) -> Option<String> {
    per_mille(ratio).map(|per_mille| format!("{}.{} %", per_mille / 10, per_mille % 10))
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

/// Every evidence file and titled document once, with the items that use it, in the order in which
/// they are first named.
pub fn evidence_index(items: &[Item]) -> Vec<(&Evidence, Vec<&str>)> {
    let mut places: HashMap<(Option<&str>, Option<&str>), usize> = HashMap::new();
    let mut index: Vec<(&Evidence, Vec<&str>)> = Vec::new();
    for item in items {
        for one in &item.evidence {
            // A file is one thing however often it is named; without a file, the title stands for it.
            let title = if one.file.is_some() { None } else { one.document.as_deref() };
            let place = *places.entry((one.file.as_deref(), title)).or_insert_with(|| {
                index.push((one, Vec::new()));
                index.len() - 1
            });
            // What speaks against it must not be hidden behind another item that names no date.
            if let Some((shown, _)) = index.get_mut(place).filter(|_| one.problem.is_some()) {
                *shown = if shown.problem.is_some() { shown } else { one };
            }
            if let Some((_, users)) = index.get_mut(place)
                && users.last() != Some(&item.item.as_str())
            {
                users.push(&item.item);
            }
        }
    }
    index
}
