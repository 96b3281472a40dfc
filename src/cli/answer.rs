//! `tenken answer`: the open items of a workspace, one by one.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValuesParser;

use super::{Complaint, Exit, Session, clock, evaluator, form, review, write};
use crate::form::terminal::{self, Terminal, Wanted};
use crate::form::yaml;
use crate::load::answer_rules;
use crate::load::catalog::Catalog;
use crate::load::suggest::suggest;
use crate::load::{self, Form, questionnaire};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::questionnaire::Questionnaire;
use crate::model::verdict::Actor;
use crate::msg;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    #[arg(long, value_name = "THEME")]
    pub theme: Option<String>,
    #[arg(long, value_name = "WHO", value_parser = actors())]
    pub actor: Option<String>,
    #[arg(long = "as", value_name = "ROLE", default_value = "applicant")]
    role: As,
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Whose word is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    Applicant,
    Evaluator,
}

fn actors() -> PossibleValuesParser {
    PossibleValuesParser::new(Actor::ALL.iter().map(|actor| actor.word()))
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    if args.role == As::Evaluator {
        return evaluator::run(args, session);
    }
    review::refuse_answers(&args.dir)?;
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let diagnostics = Diagnostics::default();
    let loaded = load::loaded(&args.dir, &catalog, &diagnostics);
    let (false, Some(loaded)) = (session.show(&diagnostics), loaded) else { return Ok(Exit::Input) };
    let files = loaded.files.clone();
    let mut questionnaire =
        questionnaire::of(loaded, &catalog, form::wording(&args.dir, session)?, clock(None)?.today);
    if let Some(by) = &args.by {
        questionnaire.subject.applicant = Some(by.clone());
    }
    let wanted = wanted(args, &questionnaire, &catalog)?;
    let mut keeper = Keeper::new(&args.dir, files, session);
    let (mut input, mut output) = (std::io::stdin().lock(), anstream::stdout().lock());
    let terminal = Terminal { input: &mut input, output: &mut output };
    let outcome = terminal::ask(&mut questionnaire, &wanted, session.lang, terminal, |now| keeper.save(now))?;
    let done = match outcome.left {
        0 => msg!("answer.all_done", answered = outcome.answered),
        left => msg!("answer.left", answered = outcome.answered, left = left),
    };
    session.remark(&session.say(&done));
    Ok(Exit::Conforms)
}

fn wanted(args: &Args, questionnaire: &Questionnaire, catalog: &Catalog) -> anyhow::Result<Wanted> {
    let actor = args.actor.as_ref().and_then(|word| Actor::ALL.iter().find(|actor| actor.word() == word));
    if let Some(theme) = &args.theme {
        let of_workspace = questionnaire.sections.iter().flat_map(|section| &section.checklist.themes);
        let known: Vec<&str> = of_workspace.map(|theme| theme.key.as_str()).collect();
        if !known.contains(&theme.as_str()) {
            let elsewhere = catalog.checklists.values().flat_map(|list| &list.themes);
            let what = match elsewhere.into_iter().any(|one| one.key == *theme) {
                true => msg!("answer.theme_elsewhere", theme = theme),
                false => msg!("answer.theme_unknown", theme = theme),
            };
            return Err(Complaint(Diagnostic::error(what, suggest(theme, known.into_iter()))).into());
        }
    }
    let document = |title, page, file: Option<&str>| {
        answer_rules::evidence(title, page, file, None).map_err(|(_, remark)| remark.what)
    };
    Ok(Wanted { theme: args.theme.clone(), actor: actor.copied(), document })
}

/// Writes the answers where they stood, after each of them. What was there before the first is kept.
struct Keeper<'a> {
    path: PathBuf,
    files: Vec<PathBuf>,
    form: Form,
    has_saved: bool,
    session: &'a Session,
}

impl<'a> Keeper<'a> {
    fn new(dir: &Path, files: Vec<PathBuf>, session: &'a Session) -> Keeper<'a> {
        let is_workbook = |path: &PathBuf| Form::of(path) == Some(Form::Workbook);
        let (form, name) = match files.iter().any(is_workbook) {
            true => (Form::Workbook, load::WORKBOOK),
            false => (Form::Yaml, load::ANSWERS),
        };
        Keeper { path: dir.join(name), files, form, has_saved: false, session }
    }

    fn save(&mut self, questionnaire: &Questionnaire) -> anyhow::Result<()> {
        let bytes = match self.form {
            Form::Workbook => form::render(questionnaire, self.session)?,
            Form::Yaml => yaml::render(questionnaire, self.session.lang).into_bytes(),
        };
        if self.has_saved {
            return write::replacing(&self.path, &bytes);
        }
        self.has_saved = true;
        form::gather(&self.path, &bytes, &self.files, self.session)
    }
}
