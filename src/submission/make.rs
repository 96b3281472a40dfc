//! From a workspace to what a package of it will hold. The assessment that is packed is the last that
//! was kept, and it is decided again first: a package whose answers have changed since would fail
//! with whoever receives it.

use std::path::{Path, PathBuf};

use super::again;
use super::layout::{Copy, lay_out};
use crate::load::catalog::{Folders, Texts};
use crate::load::file::{TextFile, shown};
use crate::load::{self, result};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;
use crate::pack::{self, Plan, Source};
use crate::wire::assessment::Assessment;
use crate::wire::package::{Manifest, PolicyFile, SCHEMA};

/// Larger files are not looked through for secrets.
const LARGEST_TEXT: u64 = 8 << 20;

/// All that a package needs but its signature.
#[derive(Debug)]
pub struct Prepared {
    pub plan: Plan,
    pub manifest: Manifest,
    /// What looks as if it should not leave the house.
    pub warnings: Vec<Diagnostic>,
}

/// What people wrote, and what the profile names beside it; and what has to stay at home.
fn written(workspace: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let profile = workspace.join(load::PROFILE);
    let beside = TextFile::read(&profile).map(|file| load::workspace::beside(&file)).unwrap_or_default();
    let own = [load::WAIVERS, load::REVIEWS, load::RECORD].map(|name| Some(name.to_owned()));
    let named = own
        .into_iter()
        .chain([beside.vendor_assessment, beside.vendor_signers])
        .flatten()
        .map(|name| workspace.join(name))
        .filter(|path| path.is_file());
    // What lies in a folder that is packed whole is packed with it.
    let is_apart =
        |path: &PathBuf| !pack::FOLDERS.iter().any(|folder| path.starts_with(workspace.join(folder)));
    let all = [profile].into_iter().chain(load::answer_files(workspace));
    (all.chain(named.filter(is_apart)).collect(), beside.sign_ins)
}

/// Gathers, sums up, decides again. Nothing where something is wrong; that is in `diagnostics`.
pub fn prepare(workspace: &Path, folders: &Folders, diagnostics: &Diagnostics) -> Option<Prepared> {
    let refuse = |path: &Path, what: Message, mend: Message| {
        diagnostics.push(Diagnostic::error(what, mend).at(Origin::file(shown(path))));
    };
    if !workspace.join(load::PROFILE).is_file() {
        refuse(
            &workspace.join(load::PROFILE),
            msg!("workspace.no_profile"),
            msg!("workspace.no_profile.mend"),
        );
        return None;
    }
    let (written, secret) = written(workspace);
    let sources = match pack::gather(workspace, &written, &secret) {
        Ok(sources) => sources,
        Err(wrong) => {
            wrong.into_iter().for_each(|(path, what)| refuse(&path, what, msg!("pack.cannot.mend")));
            return None;
        }
    };
    let chain = results(&sources);
    let Some(last) = chain.last().cloned() else {
        refuse(&workspace.join("results"), msg!("pack.no_result"), msg!("pack.no_result.mend"));
        return None;
    };
    let path = workspace.join(last.strip_prefix(pack::WORKSPACE).unwrap_or(&last));
    let assessment = result::read(&path, diagnostics)?;
    let warnings = sources.iter().flat_map(|source| secrets(source, workspace)).collect();
    let policy = policy(folders, diagnostics);
    if diagnostics.errors() > 0 {
        return None;
    }
    let names = policy.iter().map(|(source, built_in)| (source.path.clone(), *built_in)).collect::<Vec<_>>();
    let sources = sources.into_iter().chain(policy.into_iter().map(|(source, _)| source)).collect();
    let plan = match pack::plan(sources) {
        Ok(plan) => plan,
        Err((path, error)) => {
            let what = msg!("pack.unreadable", error = error.to_string());
            refuse(Path::new(&path), what, msg!("pack.cannot.mend"));
            return None;
        }
    };
    let manifest = manifest(&plan, assessment, chain, names);
    let assessment = result::read(&path, diagnostics)?;
    let paths = manifest.files.iter().map(|file| file.path.as_str());
    let copy: Copy<'_> = &|path, to| plan.copy(path, to);
    let laid_out = match lay_out(paths, copy) {
        Ok(laid_out) => laid_out,
        Err(error) => {
            let what = msg!("pack.unreadable", error = error.to_string());
            refuse(workspace, what, msg!("pack.cannot.mend"));
            return None;
        }
    };
    let wrong = again::again(&laid_out, &manifest, copy, &assessment).wrong;
    if !wrong.is_empty() {
        for what in wrong {
            refuse(&path, what, msg!("pack.audit_again.mend"));
        }
        return None;
    }
    Some(Prepared { plan, manifest, warnings })
}

/// The kept assessments by their moment, the oldest first.
fn results(sources: &[Source]) -> Vec<String> {
    let key = |path: &String| result::moment(path.strip_prefix("workspace/results/")?);
    let mut found: Vec<_> =
        sources.iter().filter_map(|source| Some((key(&source.path)?, source.path.clone()))).collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

fn manifest(
    plan: &Plan,
    assessment: Assessment,
    chain: Vec<String>,
    policy: Vec<(String, bool)>,
) -> Manifest {
    let files = plan.files();
    let digest = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.sha256.clone()).unwrap_or_default()
    };
    let policy =
        policy.into_iter().map(|(path, built_in)| PolicyFile { sha256: digest(&path), path, built_in });
    let links = pack::links(chain.iter().map(|path| (path.clone(), digest(path))));
    Manifest {
        schema: SCHEMA.to_owned(),
        tool: assessment.tool,
        at: assessment.at,
        subject: assessment.subject.name,
        assessment: chain.last().cloned().unwrap_or_default(),
        policy: policy.collect(),
        chain: links,
        files,
    }
}

/// The checklists and rules, and whether they are built in.
fn policy(folders: &Folders, diagnostics: &Diagnostics) -> Vec<(Source, bool)> {
    let (built_in, own) = (Texts::built_in(), Texts::own(folders, diagnostics));
    let named = |folder: &str, file: &TextFile| {
        let name = file.name.rsplit('/').next().unwrap_or_default();
        Source::bytes(format!("{folder}{name}"), file.bytes())
    };
    let base = built_in.checklists.iter().chain(&built_in.rules);
    let base =
        base.map(|file| (Source::bytes(format!("{}{}", pack::BUILT_IN, file.name), file.bytes()), true));
    let lists = own.checklists.iter().map(|file| (named(pack::OWN_CHECKLISTS, file), false));
    let rules = own.rules.iter().map(|file| (named(pack::OWN_RULES, file), false));
    base.chain(lists).chain(rules).collect()
}

/// Looks through what people wrote, what they attached, and what was made of it: an old result repeats
/// what has been taken out of the answers since.
fn secrets(source: &Source, workspace: &Path) -> Vec<Diagnostic> {
    let path = source.path.strip_prefix(pack::WORKSPACE).unwrap_or(&source.path);
    let is_made = path.starts_with("results/") || path.starts_with("reports/");
    let mend = || if is_made { msg!("secrets.made.mend") } else { msg!("secrets.mend") };
    let is_answers = !path.contains('/');
    let path: PathBuf = workspace.join(path);
    if is_answers && load::Form::of(&path) == Some(load::Form::Workbook) {
        return in_cells(&path);
    }
    let bytes = crate::load::file::bytes(&path, LARGEST_TEXT).unwrap_or_default();
    // The line itself is not shown: it would be on the screen, and in a log.
    let at = |line| Origin { span: Some(Span { line, column: 1, length: 0 }), ..Origin::file(shown(&path)) };
    let warnings = pack::warnings(&bytes).into_iter();
    warnings.map(|(line, what)| Diagnostic::warning(what, mend()).at(at(line))).collect()
}

/// The cells of a workbook. A short text to the left of one says what it is, as the words before it on a
/// line do.
fn in_cells(path: &Path) -> Vec<Diagnostic> {
    const LONGEST_LABEL: usize = 20;
    // One that cannot be read has stopped the packing already.
    let cells = load::workbook::placed(path).unwrap_or_default();
    let seen = cells.into_iter().filter_map(|(origin, text, left)| {
        let label = left.filter(|left| left.chars().count() <= LONGEST_LABEL);
        let labelled = label.map(|label| format!("{label}: {text}"));
        let all = [Some(text), labelled].into_iter().flatten();
        let (_, what) = all.flat_map(|text| pack::warnings(text.as_bytes())).next()?;
        Some(Diagnostic::warning(what, msg!("secrets.mend")).at(origin))
    });
    seen.take(pack::MOST_WARNINGS).collect()
}
