//! One condition on a fact, and how much it proves.

use std::fmt;
use std::sync::Arc;

use super::fact::{Fact, FactType, Value};
use super::keyword;
use super::workspace::Role;

keyword! {
    /// What a measurement can prove.
    Power in "power" {
        /// Holding is enough to pass; not holding is a fail.
        Both = "both",
        /// Not holding is a fail; holding proves nothing by itself.
        Refutes = "refutes",
        /// Holding supports a yes; not holding proves nothing.
        Confirms = "confirms",
        /// Shown, never decides.
        Hints = "hints",
    }
}

impl Power {
    /// Whether a criterion that does not hold is a fail.
    pub fn can_refute(self) -> bool {
        matches!(self, Power::Both | Power::Refutes)
    }
}

#[derive(Debug, Clone)]
pub struct Criterion {
    pub fact: Arc<Fact>,
    /// At which targets it is held against what was seen.
    pub at: Role,
    pub comparator: Comparator,
    pub power: Power,
}

#[derive(Debug, Clone)]
pub enum Comparator {
    /// The value is this one.
    Is(Value),
    /// The value, or every one of a list, is among these.
    Within(Vec<String>),
    /// The list has all of these.
    Contains(Vec<String>),
    /// The list has none of these.
    Without(Vec<String>),
    AtLeast(Value),
    AtMost(Value),
    /// The text, or every one of a list, matches.
    Matches(Pattern),
    /// Whether the thing is there at all.
    Present(bool),
}

keyword! {
    /// The comparators by name.
    ComparatorName in "comparator" {
        Is = "is",
        Within = "within",
        Contains = "contains",
        Without = "without",
        AtLeast = "at_least",
        AtMost = "at_most",
        Matches = "matches",
        Present = "present",
    }
}

impl ComparatorName {
    /// Whether a comparator makes sense for a type of fact.
    pub fn fits(self, of: FactType) -> bool {
        use ComparatorName as C;
        match of {
            FactType::Boolean => matches!(self, C::Is | C::Present),
            FactType::Integer | FactType::Date => matches!(self, C::Is | C::AtLeast | C::AtMost | C::Present),
            FactType::Text => matches!(self, C::Is | C::Within | C::Matches | C::Present),
            FactType::List => {
                matches!(self, C::Within | C::Contains | C::Without | C::Matches | C::Present)
            }
        }
    }

    /// The comparators that make sense for a type of fact.
    pub fn fitting(of: FactType) -> Vec<&'static str> {
        Self::ALL.iter().filter(|name| name.fits(of)).map(|name| name.word()).collect()
    }
}

impl Comparator {
    pub fn name(&self) -> ComparatorName {
        match self {
            Comparator::Is(_) => ComparatorName::Is,
            Comparator::Within(_) => ComparatorName::Within,
            Comparator::Contains(_) => ComparatorName::Contains,
            Comparator::Without(_) => ComparatorName::Without,
            Comparator::AtLeast(_) => ComparatorName::AtLeast,
            Comparator::AtMost(_) => ComparatorName::AtMost,
            Comparator::Matches(_) => ComparatorName::Matches,
            Comparator::Present(_) => ComparatorName::Present,
        }
    }
}

/// A regular expression that remembers how it was written.
#[derive(Clone)]
pub struct Pattern(regex_lite::Regex);

impl Pattern {
    /// Compiled patterns may take this many bytes.
    const LARGEST: usize = 1 << 20;

    pub fn new(pattern: &str) -> Result<Pattern, regex_lite::Error> {
        regex_lite::RegexBuilder::new(pattern).size_limit(Self::LARGEST).build().map(Pattern)
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.0.as_str())
    }
}
