//! The words that reports use, and what they mean, from `reports/glossary.yaml`.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::text::Lang;

const SOURCE: &str = include_str!("../../reports/glossary.yaml");

#[derive(Debug, Deserialize)]
struct Entry {
    term: Both,
    means: Both,
}

#[derive(Debug, Deserialize)]
struct Both {
    ja: String,
    en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term<'a> {
    pub term: &'a str,
    pub means: &'a str,
}

impl Both {
    fn to(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

pub fn terms(lang: Lang) -> Vec<Term<'static>> {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    let entries = ENTRIES.get_or_init(|| serde_yaml::from_str(SOURCE).unwrap_or_default());
    entries.iter().map(|one| Term { term: one.term.to(lang), means: one.means.to(lang) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glossary_can_be_read_in_both_languages() {
        for lang in [Lang::Ja, Lang::En] {
            let terms = terms(lang);
            assert!(terms.len() > 15, "{lang}");
            assert!(terms.iter().all(|one| !one.term.is_empty() && !one.means.is_empty()), "{lang}");
        }
    }
}
