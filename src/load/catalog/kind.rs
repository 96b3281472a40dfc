//! What kind of data a file holds.

use crate::load::yaml::top_level_keys;

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
}

impl FileKind {
    pub fn of(text: &str) -> Option<FileKind> {
        let keys = top_level_keys(text)?;
        let has = |key: &str| keys.iter().any(|one| one == key);
        Some(match () {
            () if has("subject") => FileKind::Workspace,
            () if has("answers") || has("reviews") => FileKind::Answers,
            () if has("reference") => FileKind::Reference,
            () if has("rules") => FileKind::Rules,
            () if has("items") => FileKind::Checklist,
            () if has("crosswalk") => FileKind::Crosswalk,
            () if has("profiles") => FileKind::Profiles,
            () if has("scoring") => FileKind::Scoring,
            () if has("facts") && has("schema") => FileKind::Measured,
            () if has("facts") => FileKind::Facts,
            () if has("figures") => FileKind::Figures,
            () if has("features") => FileKind::Features,
            () => return None,
        })
    }
}
