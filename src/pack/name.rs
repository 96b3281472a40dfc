//! Which names a file in a package may have. They must mean the same file, inside the folder they are
//! unpacked to, on every system: no way out, no drive, no device, no two that one disk takes for one.

use std::collections::HashSet;

use icu_normalizer::ComposingNormalizerBorrowed;

const LONGEST: usize = 1000;

/// Names that Windows takes for devices, whatever comes after a dot.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Whether a file may be packed under this name.
pub fn is_possible(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && name.split('/').all(is_possible_part)
}

fn is_possible_part(part: &str) -> bool {
    let is_bad = |c: char| c.is_control() || "\\:*?\"<>|\u{fffd}\u{feff}".contains(c) || is_order(c);
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |device: &str| stem.strip_prefix(device).is_some_and(|rest| rest.chars().count() == 1);
    !part.is_empty()
        && !part.ends_with(['.', ' '])
        && !part.contains(is_bad)
        && !DEVICES.contains(&stem.as_str())
        && !numbered("com")
        && !numbered("lpt")
}

/// Characters that turn the direction of writing around, so that a name reads as another one.
fn is_order(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name as the most forgetful disk would keep it: two that fold to the same are one too many.
pub fn folded(name: &str) -> String {
    let composed = |text: &str| ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned();
    composed(&composed(name).to_lowercase())
}

/// Names met so far, as the most forgetful disk would keep them.
#[derive(Debug, Default)]
pub(super) struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl Names {
    /// Whether a name is new: no other differs by case or composition only, and none is a file where
    /// another is a folder.
    pub(super) fn add(&mut self, name: &str) -> bool {
        let folded = folded(name);
        if self.folders.contains(&folded) {
            return false;
        }
        for (at, _) in folded.match_indices('/') {
            let folder = folded.get(..at).unwrap_or_default();
            if self.files.contains(folder) {
                return false;
            }
            self.folders.insert(folder.to_owned());
        }
        self.files.insert(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_into_the_folder() {
        for good in ["a", "workspace/evidence/規程 第1版.pdf", "a/.b", "console.txt", "a..b"] {
            assert!(is_possible(good), "{good}");
        }
        let long = "a".repeat(1001);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            "a/./b",
            ".",
            "..",
            "C:/a",
            "c:a",
            "a\\b",
            "\\\\host\\a",
            "a\0b",
            "a\nb",
            "nul",
            "NUL.txt",
            "a/con",
            "com1",
            "LPT9.log",
            "a.",
            "a ",
            "a\u{202e}b",
            "a?b",
            &long,
        ] {
            assert!(!is_possible(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_that_a_disk_may_take_for_one_are_two_too_many() {
        let twice = |one: &str, other: &str| {
            let mut names = Names::default();
            names.add(one) && !names.add(other)
        };
        assert!(twice("a", "a"));
        assert!(twice("a/B", "A/b"));
        assert!(twice("がく", "か\u{3099}く"));
        assert!(twice("a", "a/b"));
        assert!(twice("a/b", "A"));
        assert!(twice("ﬁle", "file"));
        assert!(!twice("a/b", "a/c"));
    }
}
