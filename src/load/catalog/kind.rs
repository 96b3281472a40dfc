//! What kind of data a file holds.

use crate::load::file::TextFile;
use crate::load::yaml::top_level_keys;

/// A file, and what it holds.
#[derive(Debug)]
pub(super) struct DataFile {
    pub kind: Option<FileKind>,
    pub file: TextFile,
}

impl DataFile {
    pub(super) fn built_in(file: TextFile) -> DataFile {
        DataFile { kind: FileKind::at_a_glance(&file.text), file }
    }

    pub(super) fn own(file: TextFile) -> DataFile {
        DataFile { kind: FileKind::of(&file.text), file }
    }

    pub(super) fn is_table(&self) -> bool {
        self.kind == Some(FileKind::Reference)
    }
}

/// What a data file holds, told by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Checklist,
    Reference,
    Rules,
    Features,
    Facts,
    Figures,
    /// Facts that were measured, in JSON.
    Measured,
    Scoring,
    Crosswalk,
    Profiles,
    Workspace,
    Answers,
    Reviews,
    Waivers,
}

impl FileKind {
    pub fn of(text: &str) -> Option<FileKind> {
        FileKind::by(&top_level_keys(text)?)
    }

    /// The kind of a file of ours, whose keys all stand at the beginning of a line. Reading YAML is
    /// most of what a run waits for.
    fn at_a_glance(text: &str) -> Option<FileKind> {
        let key = |line: &str| Some(line.split_once(':')?.0.to_owned());
        let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        FileKind::by(&text.lines().filter(is_key).filter_map(key).collect::<Vec<_>>())
    }

    fn by(keys: &[String]) -> Option<FileKind> {
        let has = |key: &str| keys.iter().any(|one| one == key);
        Some(match () {
            () if has("subject") => FileKind::Workspace,
            () if has("answers") => FileKind::Answers,
            () if has("reviews") => FileKind::Reviews,
            () if has("waivers") => FileKind::Waivers,
            () if has("reference") => FileKind::Reference,
            () if has("rules") => FileKind::Rules,
            () if has("items") => FileKind::Checklist,
            () if has("crosswalk") => FileKind::Crosswalk,
            () if has("profiles") => FileKind::Profiles,
            () if has("scoring") => FileKind::Scoring,
            () if has("targets") && has("schema") => FileKind::Measured,
            () if has("facts") => FileKind::Facts,
            () if has("figures") => FileKind::Figures,
            () if has("features") => FileKind::Features,
            () => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::embedded;

    #[test]
    fn a_glance_at_a_file_of_ours_sees_what_reading_it_sees() {
        let files = embedded::rules().into_iter().chain(embedded::checklists()).chain(embedded::references());
        for file in files {
            assert_eq!(FileKind::at_a_glance(&file.text), FileKind::of(&file.text), "{}", file.name);
        }
    }
}
