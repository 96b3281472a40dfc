//! Files into vocabulary: raw types validated into checked ones. Must not decide anything.

pub mod answer_rules;
pub mod answers;
pub mod answers_edit;
pub mod catalog;
pub mod checklist;
pub mod criterion;
pub mod crosswalk;
pub mod elsewhere;
pub mod embedded;
pub mod facts;
pub mod features;
pub mod figures;
pub mod file;
pub mod official;
pub mod profiles;
pub mod questionnaire;
pub mod record;
pub mod reference;
pub mod registry;
pub mod result;
pub mod reviews;
pub mod rules;
pub mod scoring;
pub mod sign_in;
pub mod suggest;
pub mod vendor;
pub mod waivers;
pub mod words;
pub mod workbook;
pub mod workspace;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::Catalog;
use file::{TextFile, shown};
use jiff::Timestamp;
use yaml::Reading;

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::origin::Origin;
use crate::model::questionnaire::Extras;
use crate::model::workspace::Workspace;
use crate::msg;

/// The files of a workspace that people write.
pub const PROFILE: &str = "tenken.yaml";
pub const ANSWERS: &str = "answers.yaml";
pub const WORKBOOK: &str = "answers.xlsx";
pub const WAIVERS: &str = "waivers.yaml";
/// The evaluator's words, and the record of the package that they are about.
pub const REVIEWS: &str = "reviews.yaml";
pub const RECORD: &str = "review.json";
/// What the evaluator adds beside them.
pub const EVALUATOR: &str = "evaluator";

/// What is read of a workspace beside what an audit needs.
#[derive(Debug)]
pub struct Loaded {
    pub profile: workspace::Profile,
    pub answers: answers::Answers,
    /// What people added to workbooks.
    pub extras: Extras,
    /// The evaluator's words in the file of their own, which no questionnaire is written from.
    pub reviews: answers::Answers,
    /// The files that hold the answers.
    pub files: Vec<PathBuf>,
}

/// A whole workspace. Nothing where its profile cannot be read; other problems are noted, and the
/// caller stops on errors.
pub fn workspace(folder: &Path, catalog: &Catalog, diagnostics: &Diagnostics) -> Option<Workspace> {
    workspace_at(folder, catalog, Timestamp::now(), diagnostics)
}

/// The same as it was at a moment: a signer may sign for a while only.
pub fn workspace_at(
    folder: &Path,
    catalog: &Catalog,
    now: Timestamp,
    diagnostics: &Diagnostics,
) -> Option<Workspace> {
    whole(folder, loaded(folder, catalog, diagnostics)?, catalog, now, diagnostics)
}

/// The same with the files that show how people sign in. They hold secrets, so that nobody reads them
/// who does not measure.
pub fn workspace_to_measure(
    folder: &Path,
    catalog: &Catalog,
    now: Timestamp,
    diagnostics: &Diagnostics,
) -> Option<Workspace> {
    let mut loaded = loaded(folder, catalog, diagnostics)?;
    // Files that show a sign-in stay with the applicant.
    if !record::is_review(folder) {
        sign_ins(folder, &mut loaded.profile, diagnostics);
    }
    whole(folder, loaded, catalog, now, diagnostics)
}

fn whole(
    folder: &Path,
    loaded: Loaded,
    catalog: &Catalog,
    now: Timestamp,
    diagnostics: &Diagnostics,
) -> Option<Workspace> {
    let Loaded { profile, mut answers, reviews, .. } = loaded;
    let received = record::of(folder, diagnostics);
    if received.is_some() {
        answers.set_reviews_aside(diagnostics);
    }
    answers.merge(reviews, diagnostics);
    let waivers = waivers::of(folder, catalog, &profile, diagnostics);
    let named = profile.vendor_assessment.as_ref();
    let vendor = named.and_then(|named| vendor::read(folder, named, &profile, catalog, now, diagnostics));
    Some(Workspace {
        subject: profile.subject,
        features: profile.features,
        checklists: profile.checklists,
        targets: profile.targets,
        answers: answers.answers,
        reviews: answers.reviews,
        waivers,
        vendor: vendor.map(Arc::new),
        received: received.map(Arc::new),
        official: official::read(folder, diagnostics),
    })
}

/// A workspace with all that people have written, to be written anew.
pub fn loaded(folder: &Path, catalog: &Catalog, diagnostics: &Diagnostics) -> Option<Loaded> {
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
    // Answers are read even where the profile is wrong, so that all problems show at once.
    let files = answer_files(folder);
    let (answers, extras) = answers(folder, &files, catalog, profile.as_ref(), diagnostics);
    let reviews = reviews::of(folder, catalog, profile.as_ref(), diagnostics);
    Some(Loaded { profile: profile?, answers, extras, reviews, files })
}

/// Reads the files that show a sign-in. Links that lead out of the workspace are not followed.
fn sign_ins(folder: &Path, profile: &mut workspace::Profile, diagnostics: &Diagnostics) {
    for named in &profile.sign_ins {
        let Some(target) = profile.targets.get_mut(named.target) else { continue };
        let path = folder.join(&named.path);
        let is_outside = match (path.canonicalize(), folder.canonicalize()) {
            (Ok(path), Ok(folder)) => !path.starts_with(folder),
            _ => false,
        };
        if is_outside {
            let wrong = Diagnostic::error(msg!("evidence.link_leaves"), msg!("evidence.outside.mend"));
            diagnostics.push(wrong.at(named.origin.clone()));
            continue;
        }
        let hosts = sign_in::hosts(target);
        if let Err(wrong) = sign_in::read(named.kind, &path, &hosts, &mut target.sign_in) {
            diagnostics.push(*wrong);
        }
    }
}

fn answers(
    folder: &Path,
    files: &[PathBuf],
    catalog: &Catalog,
    profile: Option<&workspace::Profile>,
    diagnostics: &Diagnostics,
) -> (answers::Answers, Extras) {
    let (mut answers, mut extras) = (answers::Answers::default(), Extras::default());
    if files.is_empty() {
        let none = Diagnostic::warning(msg!("workspace.no_answers"), msg!("workspace.no_answers.mend"));
        diagnostics.push(none.at(Origin::file(shown(&folder.join(ANSWERS)))));
    }
    for path in files {
        match Form::of(path) {
            Some(Form::Yaml) => {
                let read =
                    |file: TextFile| answers::read(&Reading::new(&file, diagnostics), catalog, profile);
                let file = TextFile::read(path).map_err(|wrong| diagnostics.push(*wrong)).ok();
                answers.merge(file.and_then(read).unwrap_or_default(), diagnostics);
            }
            Some(Form::Workbook) => {
                let read = workbook::read(path, catalog, profile, diagnostics).unwrap_or_default();
                answers.merge(read.answers, diagnostics);
                extras.columns.extend(read.extras.columns);
                extras.sheets.extend(read.extras.sheets);
            }
            // Answers in any other file must not be passed over in silence: a table in text, or what
            // an editor made of the name.
            None => {
                let what = msg!("workspace.other_answers");
                let wrong = Diagnostic::error(what, msg!("workspace.other_answers.mend"));
                diagnostics.push(wrong.at(Origin::file(shown(path))));
            }
        }
    }
    (answers, extras)
}

/// The forms in which answers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Yaml,
    Workbook,
}

impl Form {
    pub fn of(path: &Path) -> Option<Form> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        match name.strip_prefix("answers.")? {
            "yaml" => Some(Form::Yaml),
            "xlsx" | "xlsm" | "ods" | "xls" => Some(Form::Workbook),
            _ => None,
        }
    }
}

/// Every file of a workspace that is named like answers, by name. A link that leads nowhere is
/// among them: somebody meant to answer.
pub fn answer_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_answers = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
        name.starts_with("answers.") && !name.contains(".bak")
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_answers).collect();
    files.sort();
    files
}
