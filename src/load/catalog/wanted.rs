//! Which of the built-in checklists a run needs.

use std::path::{Path, PathBuf};

use super::kind::DataFile;
use crate::load::file::TextFile;
use crate::load::{Form, answer_files};

/// Which built-in checklists are needed. Reading them is most of what an audit waits for, so those
/// that a workspace neither chooses nor speaks of are left out.
#[derive(Debug, Clone)]
pub enum Wanted {
    All,
    Some {
        chosen: Vec<String>,
        /// A checklist whose id stands in here is needed to say what is wrong with an answer.
        answers: String,
    },
}

impl Wanted {
    /// What a workspace needs: all of them where it leaves the choice to its kind, where its answers
    /// could spell a name in a roundabout way, and where it cannot be read, so that what is wrong
    /// with it is found as always.
    pub fn by(workspace: &Path) -> Wanted {
        // What a workbook speaks of is not known before it is read.
        let is_workbook = |path: &PathBuf| Form::of(path) == Some(Form::Workbook);
        if answer_files(workspace).iter().any(is_workbook) {
            return Wanted::All;
        }
        let read = |name: &str| TextFile::read(&workspace.join(name)).ok();
        let text = |name: &str| read(name).map(|file| file.text).unwrap_or_default();
        let answers = text(crate::load::ANSWERS) + &text(crate::load::WAIVERS);
        match read(crate::load::PROFILE).and_then(|profile| crate::load::workspace::chosen(&profile)) {
            Some(chosen) if !answers.contains('\\') => Wanted::Some { chosen, answers },
            _ => Wanted::All,
        }
    }

    /// What measuring alone needs: facts and profiles, and of checklists those that rules of the user's own
    /// speak of.
    pub fn no_checklist() -> Wanted {
        Wanted::Some { chosen: Vec::new(), answers: String::new() }
    }

    pub(super) fn has(&self, id: &str, own_rules: &[DataFile]) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Some { chosen, answers } => {
                let is_chosen = chosen.iter().any(|one| one == id);
                is_chosen || answers.contains(id) || own_rules.iter().any(|data| data.file.text.contains(id))
            }
        }
    }
}
