//! A questionnaire: the items that apply with what has been answered so far, and whatever people
//! have added to it. Forms are written from it, in whatever format.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::answer::{Answer, Review, Status};
use super::checklist::{Checklist, Item};
use super::fold::folded;
use super::name::ItemName;
use super::workspace::{Kind, Subject};

#[derive(Debug, Clone)]
pub struct Questionnaire {
    pub subject: Subject,
    /// The day on which it is written.
    pub today: Date,
    pub sections: Vec<Section>,
    /// Answered once, but no longer asked.
    pub retired: Vec<Section>,
    pub extras: Extras,
    /// The wording of the official document, where the user has imported it.
    pub official: BTreeMap<ItemName, String>,
}

impl Questionnaire {
    /// One that nobody has answered yet.
    pub fn new(
        name: String,
        kind: Kind,
        checklists: &[&Arc<Checklist>],
        features: &BTreeSet<String>,
        today: Date,
    ) -> Questionnaire {
        let entry =
            |item: &Arc<Item>| Entry { item: Arc::clone(item), answer: None, review: None, carried: None };
        let section = |checklist: &&Arc<Checklist>| {
            let applying = checklist.items.iter().filter(|item| item.when.missing(features).is_empty());
            Section { checklist: Arc::clone(checklist), entries: applying.map(entry).collect() }
        };
        Questionnaire {
            subject: Subject { name, kind, product: None, applicant: None, evaluator: None },
            today,
            sections: checklists.iter().map(section).collect(),
            retired: Vec::new(),
            extras: Extras::default(),
            official: BTreeMap::new(),
        }
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().chain(&self.retired).flat_map(|section| &section.entries)
    }
}

/// Items of one checklist, in its order.
#[derive(Debug, Clone)]
pub struct Section {
    pub checklist: Arc<Checklist>,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub item: Arc<Item>,
    pub answer: Option<Arc<Answer>>,
    pub review: Option<Arc<Review>>,
    /// The answer that another item lends to this one, as long as nothing is written here.
    pub carried: Option<Lent>,
}

/// An answer that was given to an item that asks the same, or more.
#[derive(Debug, Clone)]
pub struct Lent {
    pub from: ItemName,
    pub status: Status,
}

/// What people added to a workbook: it is kept when the workbook is written anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extras {
    pub columns: Vec<ExtraColumn>,
    pub sheets: Vec<ExtraSheet>,
}

impl Extras {
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.sheets.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ExtraColumn {
    pub header: String,
    pub values: BTreeMap<ItemName, CellValue>,
}

/// A sheet that is not ours: its values, without their looks.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtraSheet {
    pub name: String,
    pub cells: Vec<(u32, u32, CellValue)>,
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    Text(String),
    Number(f64),
    Date(Date),
    Truth(bool),
}

/// A short digest of a question as it was put to people, to tell later whether it still says that.
pub fn asked(question: &str) -> String {
    let digest = Sha256::digest(folded(question).as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
