//! How items are decided: rules, scoring, crosswalk and profiles, as loaded from `rules/`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::criterion::Criterion;
use super::crosswalk::Crosswalk;
use super::name::ItemName;
use super::profile::Profile;
use super::scoring::Scoring;
use super::text::Text;

/// How one item is decided. An item without a rule is decided by its answer.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    pub measure: Vec<Arc<Criterion>>,
    /// A pass needs a document.
    pub documented: bool,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub rules: HashMap<ItemName, Arc<Rule>>,
    pub scoring: Scoring,
    /// What features are called, by key.
    pub features: BTreeMap<String, Text>,
    pub crosswalk: Crosswalk,
    pub profiles: BTreeMap<String, Arc<Profile>>,
    pub sources: Vec<PolicySource>,
}

/// A file that the policy was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    pub file: String,
    pub sha256: String,
    /// The checklist whose rules it holds; nothing for what concerns all of them.
    pub checklist: Option<String>,
}

impl PolicySource {
    pub fn new(file: &str, sha256: String, checklist: Option<String>) -> PolicySource {
        PolicySource { file: file.to_owned(), sha256, checklist }
    }
}
