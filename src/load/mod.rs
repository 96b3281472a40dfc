//! Files into vocabulary: raw types validated into checked ones. Must not decide anything.

pub mod answers;
pub mod catalog;
pub mod checklist;
pub mod criterion;
pub mod crosswalk;
pub mod embedded;
pub mod facts;
pub mod features;
pub mod figures;
pub mod file;
pub mod profiles;
pub mod reference;
pub mod registry;
pub mod result;
pub mod rules;
pub mod scoring;
pub mod suggest;
pub mod words;
pub mod workspace;
pub mod yaml;

use std::path::Path;

use catalog::Catalog;
use file::{TextFile, shown};
use yaml::Reading;

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::Origin;
use crate::model::workspace::Workspace;
use crate::msg;

/// The files of a workspace that people write.
pub const PROFILE: &str = "tenken.yaml";
pub const ANSWERS: &str = "answers.yaml";

/// A whole workspace. Nothing where its profile cannot be read; other problems are noted, and the
/// caller stops on errors.
pub fn workspace(folder: &Path, catalog: &Catalog, diagnostics: &Diagnostics) -> Option<Workspace> {
    if !folder.is_dir() {
        let (what, mend) = match folder.exists() {
            true => (msg!("workspace.not_a_folder"), msg!("workspace.not_a_folder.mend")),
            false => (msg!("workspace.missing"), msg!("workspace.missing.mend")),
        };
        diagnostics.push(Diagnostic::error(what, mend).at(Origin::file(shown(folder))));
        return None;
    }
    let path = folder.join(PROFILE);
    if !path.exists() {
        let wrong = Diagnostic::error(msg!("workspace.no_profile"), msg!("workspace.no_profile.mend"));
        diagnostics.push(wrong.at(Origin::file(shown(&path))));
        return None;
    }
    let file = TextFile::read(&path).map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    let profile = self::workspace::read(&Reading::new(&file, diagnostics), catalog);
    refuse_other_answers(folder, diagnostics);
    // Answers are read even where the profile is wrong, so that all problems show at once.
    let answers = answers(folder, catalog, profile.as_ref(), diagnostics);
    let profile = profile?;
    Some(Workspace {
        subject: profile.subject,
        features: profile.features,
        checklists: profile.checklists,
        targets: profile.targets,
        answers: answers.answers,
        reviews: answers.reviews,
    })
}

fn answers(
    folder: &Path,
    catalog: &Catalog,
    profile: Option<&workspace::Profile>,
    diagnostics: &Diagnostics,
) -> answers::Answers {
    let path = folder.join(ANSWERS);
    // A link that leads nowhere is no missing file: somebody meant to answer.
    if path.symlink_metadata().is_err() {
        let none = Diagnostic::warning(msg!("workspace.no_answers"), msg!("workspace.no_answers.mend"));
        diagnostics.push(none.at(Origin::file(shown(&path))));
        return answers::Answers::default();
    }
    let read = |file: TextFile| answers::read(&Reading::new(&file, diagnostics), catalog, profile);
    TextFile::read(&path).map_err(|wrong| diagnostics.push(*wrong)).ok().and_then(read).unwrap_or_default()
}

/// Answers in any other file than the one that is read must not be passed over in silence: a workbook,
/// or what an editor made of the name.
fn refuse_other_answers(folder: &Path, diagnostics: &Diagnostics) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_stray(name))
        .collect();
    names.sort();
    for name in names {
        let wrong = Diagnostic::error(msg!("workspace.other_answers"), msg!("workspace.other_answers.mend"));
        diagnostics.push(wrong.at(Origin::file(shown(&folder.join(name)))));
    }
}

fn is_stray(name: &str) -> bool {
    name.starts_with("answers.") && name != ANSWERS && !name.contains(".bak")
}
