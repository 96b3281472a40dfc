//! What a workspace has or does, and which items that makes apply.

use std::collections::BTreeSet;

use super::text::Text;
use super::workspace::Kind;

#[derive(Debug, Clone)]
pub struct Feature {
    pub key: String,
    pub title: Text,
    /// One plain question a receptionist can answer.
    pub ask: Text,
    /// Whom it concerns.
    pub suits: BTreeSet<Kind>,
    /// Where it stands among all of them: related ones stand together.
    pub place: usize,
}

/// The features under which an item applies. Both lists empty: always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applies {
    /// All of these must be present.
    pub all: Vec<String>,
    /// At least one of these must be present, where there are any.
    pub any: Vec<String>,
}

impl Applies {
    /// The features that are missing for the item to apply; empty where it applies.
    pub fn missing<'a>(&'a self, present: &BTreeSet<String>) -> Vec<&'a str> {
        let any_missing = !self.any.is_empty() && !self.any.iter().any(|key| present.contains(key));
        let all = self.all.iter().filter(|key| !present.contains(*key));
        let any = self.any.iter().filter(|_| any_missing);
        all.chain(any).map(String::as_str).collect()
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.iter().chain(&self.any).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_applies_when_nothing_is_missing() {
        let set = |keys: &[&str]| keys.iter().map(|k| k.to_string()).collect::<BTreeSet<_>>();
        let list = |keys: &[&str]| keys.iter().map(|k| k.to_string()).collect::<Vec<_>>();
        let always = Applies::default();
        let both = Applies { all: list(&["chat", "phr"]), any: vec![] };
        let either = Applies { all: vec![], any: list(&["chat", "phr"]) };
        assert!(always.missing(&set(&[])).is_empty());
        assert_eq!(both.missing(&set(&["chat"])), ["phr"]);
        assert!(both.missing(&set(&["chat", "phr"])).is_empty());
        assert_eq!(either.missing(&set(&[])), ["chat", "phr"]);
        assert!(either.missing(&set(&["phr"])).is_empty());
    }
}
