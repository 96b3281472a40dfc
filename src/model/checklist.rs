//! What a published document asks, item by item.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::feature::Applies;
use super::keyword;
use super::name::ItemName;
use super::text::{Lang, Text};
use super::verdict::{Actor, Confidence, Level};
use super::workspace::Kind;

#[derive(Debug, Clone)]
pub struct Checklist {
    pub id: String,
    pub edition: String,
    /// What people call it.
    pub edition_title: Text,
    pub title: Text,
    /// The kinds of workspace that get this checklist unless they choose their own.
    pub suits: BTreeSet<Kind>,
    pub source: Source,
    pub themes: Vec<Theme>,
    pub items: Vec<Arc<Item>>,
    /// Where each item stands in the list, by id.
    pub index: HashMap<String, usize>,
    /// SHA-256 of the file it was read from.
    pub digest: String,
}

impl Checklist {
    pub fn index_of(items: &[Arc<Item>]) -> HashMap<String, usize> {
        items.iter().enumerate().map(|(place, item)| (item.name.id().to_owned(), place)).collect()
    }

    pub fn item(&self, id: &str) -> Option<&Arc<Item>> {
        self.items.get(*self.index.get(id)?)
    }

    pub fn theme(&self, key: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.key == key)
    }

    pub fn count(&self, level: Level) -> usize {
        self.items.iter().filter(|item| item.level == level).count()
    }
}

/// The published document behind a checklist.
#[derive(Debug, Clone)]
pub struct Source {
    pub document: String,
    pub publisher: String,
    pub published: Option<Date>,
    /// Where in the document.
    pub place: String,
    /// What has changed since.
    pub later: Vec<Later>,
}

/// Another document that asks the same, or part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Beside {
    pub document: String,
    pub publisher: String,
    pub published: Option<Date>,
    pub place: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Theme {
    pub key: String,
    pub title: Text,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub name: ItemName,
    pub level: Level,
    /// Who has to act.
    pub actor: Actor,
    /// Who else has to take part.
    pub with: Vec<Actor>,
    pub theme: String,
    /// Where in the source, as an auditor would look it up.
    pub place: String,
    /// The official wording, recognisable without being carried.
    pub fingerprint: Option<Fingerprint>,
    /// What other documents say of the same.
    pub also: Vec<Also>,
    pub when: Applies,
    pub title: Text,
    pub ask: Text,
    pub points: Vec<Text>,
    pub remark: Option<Text>,
    pub why: Text,
    pub fix: Text,
    /// Documents that normally prove it.
    pub evidence: Vec<Text>,
    /// Figures of the guideline.
    pub facts: Vec<(String, String)>,
    pub later: Vec<Later>,
    /// The source calls certification by a third party desirable.
    pub certification_desirable: bool,
}

impl Item {
    /// The question as it is put to people: with its points, each on a line of its own.
    pub fn question(&self, lang: Lang) -> String {
        let mut question = self.ask.to(lang).to_owned();
        for (number, point) in self.points.iter().enumerate() {
            question.push_str(&format!("\n({}) {}", number + 1, point.to(lang)));
        }
        question
    }
}

/// SHA-256 of an official wording (NFKC, white space removed), and its length in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub characters: u32,
    pub sha256: String,
}

/// What another document says of the thing that an item asks.
#[derive(Debug, Clone)]
pub struct Also {
    pub document: Arc<Beside>,
    pub place: String,
    pub level: Demand,
    /// Whom it marks; nobody where that cannot be told.
    pub actors: Vec<Actor>,
    /// How its wording differs.
    pub says: Option<Text>,
}

keyword! {
    /// How strongly another document asks for something.
    Demand in "demand" {
        Mandatory = "mandatory",
        Recommended = "recommended",
        /// It names the thing as an exception to what it asks.
        Exception = "exception",
    }
}

impl Demand {
    /// Whether one document demands what the other only recommends.
    pub fn departs_from(self, level: Level) -> bool {
        match self {
            Demand::Mandatory => level != Level::Mandatory,
            Demand::Recommended => level != Level::Recommended,
            Demand::Exception => false,
        }
    }
}

impl From<Level> for Demand {
    fn from(level: Level) -> Demand {
        match level {
            Level::Mandatory => Demand::Mandatory,
            Level::Recommended => Demand::Recommended,
        }
    }
}

/// A later guideline that says something else.
#[derive(Debug, Clone)]
pub struct Later {
    pub document: String,
    /// Since when.
    pub since: Option<Date>,
    pub says: Text,
    pub confidence: Confidence,
}
