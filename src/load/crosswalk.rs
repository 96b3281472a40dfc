//! Reads the crosswalk: which items ask the same, a part of each other, or something near.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{RawText, one_of, optional_text};
use super::yaml::{Field, Reading};
use crate::model::checklist::Checklist;
use crate::model::crosswalk::Crosswalk;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::text::Text;
use crate::msg;

/// Which items of different checklists ask the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken crosswalk")]
pub struct RawCrosswalk {
    #[schemars(with = "Vec<RawEntry>")]
    crosswalk: Field<Vec<Field<RawEntry>>>,
}

/// Exactly one of `same`, `part` with `of`, `related`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    /// All of these ask the same: an answer to one is an answer to each.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    same: Field<Vec<Field<String>>>,
    /// This one asks a part ...
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    part: Field<String>,
    /// ... of what this one asks.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    of: Field<String>,
    /// Worth reading together; answers nothing.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    related: Field<Vec<Field<String>>>,
    /// Which part, or how they differ.
    #[serde(default)]
    #[schemars(with = "Option<RawText>")]
    note: Field<RawText>,
}

/// What names are held against: the checklists that were read, and the ids of those that were not.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub checklists: &'a BTreeMap<String, Arc<Checklist>>,
    pub ids: &'a BTreeSet<String>,
}

impl Known<'_> {
    /// The item of that name.
    pub fn name(&self, word: &str, span: Span, reading: &Reading) -> Option<ItemName> {
        let Some(name) = ItemName::parse(word) else {
            reading.error(span, msg!("item.shape", item = word), msg!("item.shape.mend"));
            return None;
        };
        let id = name.checklist();
        let ids = self.ids.iter().map(String::as_str);
        if !one_of(id, span, ids, || msg!("checklist.unknown", checklist = id), reading) {
            return None;
        }
        // A checklist that nobody needs this time was not read; its items are taken at their word.
        let Some(checklist) = self.checklists.get(id) else { return Some(name) };
        if checklist.item(name.id()).is_none() {
            let known = checklist.items.iter().map(|item| item.name.as_str());
            reading.error(span, msg!("item.unknown", item = word), reading.suggest(word, known));
            return None;
        }
        Some(name)
    }
}

pub fn read(reading: &Reading, known: Known, into: &mut Crosswalk) -> Option<()> {
    let raw: RawCrosswalk = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let (entries, _) = raw.crosswalk.required("crosswalk", top, reading)?;
    let mut reader = Reader { known, reading, same: HashMap::new(), into };
    for (raw, span) in entries.into_iter().filter_map(Field::given) {
        reader.entry(raw, span);
    }
    Some(())
}

struct Reader<'a> {
    known: Known<'a>,
    reading: &'a Reading<'a>,
    /// Where each item was said to be the same as others.
    same: HashMap<ItemName, Span>,
    into: &'a mut Crosswalk,
}

impl Reader<'_> {
    fn entry(&mut self, raw: RawEntry, span: Span) {
        let note = optional_text(raw.note, self.reading);
        match (raw.same, raw.part, raw.of, raw.related) {
            (Field::Given(same, at), Field::Missing, Field::Missing, Field::Missing) => {
                self.same(same, at, note.as_ref());
            }
            (Field::Missing, Field::Given(part, part_at), Field::Given(of, of_at), Field::Missing) => {
                self.part((part, part_at), (of, of_at), note.as_ref(), span);
            }
            (Field::Missing, Field::Missing, Field::Missing, Field::Given(related, at)) => {
                if let Some(items) = self.names(related, at) {
                    self.into.join_related(&items, note.as_ref());
                }
            }
            _ => self.reading.error(span, msg!("crosswalk.shape"), msg!("crosswalk.shape.mend")),
        }
    }

    fn same(&mut self, words: Vec<Field<String>>, span: Span, note: Option<&Text>) {
        let Some(items) = self.names(words, span) else { return };
        for item in &items {
            if let Some(first) = self.same.insert(item.clone(), span) {
                let what = msg!("crosswalk.twice", item = item.as_str());
                self.reading.error_with_other(span, what, msg!("crosswalk.twice.mend"), first);
            }
        }
        self.into.join_same(&items, note);
    }

    fn part(&mut self, part: (String, Span), of: (String, Span), note: Option<&Text>, span: Span) {
        let name = |(word, span): (String, Span)| self.known.name(&word, span, self.reading);
        let (Some(part), Some(of)) = (name(part), name(of)) else { return };
        if note.is_none() {
            self.reading.error(span, msg!("crosswalk.which_part"), msg!("crosswalk.which_part.mend"));
        }
        if part == of {
            self.reading.error(span, msg!("crosswalk.itself"), msg!("crosswalk.itself.mend"));
            return;
        }
        self.into.join_part(&part, &of, note);
    }

    /// At least two different names that are known.
    fn names(&self, words: Vec<Field<String>>, span: Span) -> Option<Vec<ItemName>> {
        let words: Vec<(String, Span)> = words.into_iter().filter_map(Field::given).collect();
        let names: Vec<ItemName> =
            words.iter().filter_map(|(word, span)| self.known.name(word, *span, self.reading)).collect();
        if names.len() < words.len() {
            return None;
        }
        let different: BTreeSet<&ItemName> = names.iter().collect();
        if names.len() < 2 || different.len() < names.len() {
            self.reading.error(span, msg!("crosswalk.itself"), msg!("crosswalk.itself.mend"));
            return None;
        }
        Some(names)
    }
}
