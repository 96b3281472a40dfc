//! Names of items: `checklist/id`.

use std::fmt;
use std::sync::Arc;

/// The full name of an item, as it stands in answers and reports.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemName(Arc<str>);

impl ItemName {
    /// The longest checklist id, item id, feature or fact key that is accepted.
    pub const LONGEST_PART: usize = 80;

    pub fn new(checklist: &str, id: &str) -> ItemName {
        ItemName(format!("{checklist}/{id}").into())
    }

    /// Splits `checklist/id`; nothing where either part is missing.
    pub fn parse(name: &str) -> Option<ItemName> {
        let (checklist, id) = name.split_once('/')?;
        (is_identifier(checklist) && is_identifier(id)).then(|| ItemName(name.into()))
    }

    pub fn checklist(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(checklist, _)| checklist)
    }

    pub fn id(&self) -> &str {
        self.0.split_once('/').map_or(&*self.0, |(_, id)| id)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a word can name something: ASCII letters, digits, `-`, `_` and `.`, beginning with a
/// letter or digit. Such a word is safe in a file name and in a terminal.
pub fn is_identifier(word: &str) -> bool {
    word.len() <= ItemName::LONGEST_PART
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_plain_parts() {
        let name = ItemName::parse("vendor-138/44").unwrap();
        assert_eq!((name.checklist(), name.id()), ("vendor-138", "44"));
        for bad in ["44", "/44", "vendor-138/", "a/b/c", "a/../b", "あ/1", "a/-b", "a /b"] {
            assert_eq!(ItemName::parse(bad), None, "{bad}");
        }
    }
}
