//! By what a page is known that asks for a second step: `second_step` in `rules/probe/web.yaml`.

use serde::Deserialize;

/// A field of a page.
#[derive(Default)]
pub(super) struct Field {
    /// The type of an input, in lower case; the name of any other element.
    pub kind: String,
    pub name: String,
    pub value: String,
    pub has_value: bool,
    pub completes: String,
    pub longest: Option<usize>,
    pub is_numeric: bool,
    pub is_checked: bool,
    pub is_disabled: bool,
    /// It belongs to another form, or sends its own elsewhere.
    pub goes_elsewhere: bool,
}

/// Names in lower case, without what is neither letter nor digit.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// What a browser is told to fill in.
    completes: Vec<String>,
    /// Names that mean a code.
    fields: Vec<String>,
    /// Names that mean one where only a few digits fit in.
    short_fields: Vec<String>,
    /// How many fit in at most.
    longest_code: usize,
    /// What a script calls that asks for a passkey.
    scripts: Vec<String>,
    /// What else stands in a script that has to do with passkeys.
    passkeys: Vec<String>,
    /// What stands on a page that sets a second factor up, in lower case.
    sets_up: Vec<String>,
    /// What stands on a page of somebody who has signed in, in lower case.
    within: Vec<String>,
}

impl SecondStep {
    pub(super) fn is_code(&self, field: &Field) -> bool {
        let is_typed = ["text", "tel", "number", "password", "search"].contains(&field.kind.as_str());
        let name: String = field.name.chars().filter(|c| c.is_alphanumeric()).collect();
        let name = name.to_lowercase();
        let is_named = |known: &String| name == *known;
        let is_short = field.is_numeric
            || ["tel", "number"].contains(&field.kind.as_str())
            || field.longest.is_some_and(|most| most <= self.longest_code);
        let completes: Vec<&str> = field.completes.split_ascii_whitespace().collect();
        is_typed
            && (self.is_completed_with_code(&completes)
                || self.fields.iter().any(is_named)
                || (is_short && self.short_fields.iter().any(is_named)))
    }

    pub fn is_completed_with_code(&self, completes: &[&str]) -> bool {
        self.completes.iter().any(|word| completes.contains(&word.as_str()))
    }

    /// Whether a script asks for a passkey, makes one, or looks whether there can be any.
    pub fn deals_with_passkeys(&self, script: &str) -> bool {
        self.scripts.iter().chain(&self.passkeys).any(|mark| script.contains(mark))
    }

    pub(super) fn calls_for_passkey(&self, scripts: &str) -> bool {
        self.scripts.iter().any(|call| scripts.contains(call))
    }

    pub(super) fn sets_up(&self, page: &str) -> bool {
        holds_any(page, &self.sets_up)
    }

    pub(super) fn is_for_those_within(&self, page: &str) -> bool {
        holds_any(page, &self.within)
    }
}

fn holds_any(page: &str, marks: &[String]) -> bool {
    let page = page.to_lowercase();
    marks.iter().any(|mark| page.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::web::measures::measures;

    fn is_code(kind: &str, name: &str, completes: &str, longest: Option<usize>) -> bool {
        let (kind, name, completes) = (kind.to_owned(), name.to_owned(), completes.to_owned());
        measures().second_step.is_code(&Field { kind, name, completes, longest, ..Field::default() })
    }

    #[test]
    fn a_code_is_known_by_what_is_filled_in_by_its_name_or_by_a_common_name_that_is_short() {
        assert!(is_code("text", "x", "one-time-code", None));
        assert!(
            is_code("password", "otp_attempt", "", None) && is_code("text", "Input.TwoFactorCode", "", None)
        );
        assert!(is_code("text", "code", "", Some(6)) && is_code("tel", "auth-code", "", None));
        assert!(!is_code("text", "code", "", None), "the code of an institution");
        assert!(
            !is_code("hidden", "otp", "one-time-code", Some(6))
                && !is_code("text", "user", "username", Some(6))
        );
    }

    #[test]
    fn every_mark_is_spelt_as_it_is_compared() {
        let marks = &measures().second_step;
        assert!(marks.longest_code > 3 && !marks.scripts.is_empty());
        assert!(!marks.sets_up.is_empty() && !marks.within.is_empty());
        for mark in marks.sets_up.iter().chain(&marks.within) {
            assert_eq!(*mark, mark.to_lowercase());
        }
        for name in marks.fields.iter().chain(&marks.short_fields) {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{name}");
        }
    }
}
