//! The command line: one file per command, no logic of the domain. What the commands have in common
//! stands here: the shared options, how help is worded, how output leaves the program.

mod answer;
mod arguments;
mod audit;
mod check;
mod completions;
mod deliver;
mod demo;
mod diff;
mod evaluator;
mod evidence;
mod explain;
mod form;
mod history;
mod init;
mod interrupt;
mod list;
mod measuring;
mod official;
mod pack;
mod probe;
mod problems;
mod report;
mod review;
mod schema;
mod trial;
mod usage;
mod verify;
mod write;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{FromArgMatches, Subcommand};
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use arguments::command;

use crate::load::catalog::{self, Catalog, Folders, Wanted};
use crate::model::assessment::Clock;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::text::Lang;
use crate::texts::render;

/// How a run ended. Never `Conforms` where nothing could be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Conforms = 0,
    DoesNotConform = 1,
    /// Bad usage or input.
    Input = 2,
    /// The audit could not be completed.
    Incomplete = 3,
}

#[derive(Debug, Clone, clap::Args)]
struct Shared {
    #[arg(long, global = true, value_name = "ja|en", value_parser = arguments::lang)]
    lang: Option<Lang>,
    #[arg(long, global = true, value_name = "DIR")]
    checklists: Option<PathBuf>,
    #[arg(long, global = true, value_name = "DIR")]
    rules: Option<PathBuf>,
    #[arg(short, long, global = true)]
    quiet: bool,
    #[arg(short, long, global = true)]
    verbose: bool,
    #[arg(long, global = true, value_name = "WHEN")]
    color: Option<arguments::When>,
}

#[derive(Debug, clap::Parser)]
#[command(name = "tenken", version, disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Probe(probe::Args),
    Form(form::Args),
    Answer(answer::Args),
    Official(official::Args),
    Evidence(evidence::Args),
    Audit(audit::Args),
    Report(report::Args),
    Diff(diff::Args),
    History(history::Args),
    List(list::Args),
    Explain(explain::Args),
    Check(check::Args),
    Schema(schema::Args),
    Pack(pack::Args),
    Verify(verify::Args),
    Review(review::Args),
    Completions(completions::Args),
}

/// What every command is given.
#[derive(Debug)]
struct Session {
    lang: Lang,
    folders: Folders,
    quiet: bool,
    verbose: bool,
}

/// Something the user has to mend, as an error.
#[derive(Debug)]
struct Complaint(Diagnostic);

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::texts::render(&self.0.what, Lang::En))
    }
}

impl std::error::Error for Complaint {}

/// Parses, calls the command, shows what went wrong.
pub fn run(arguments: Vec<OsString>) -> Exit {
    let lang = arguments::language(&arguments);
    let matches = match command(lang).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage::show(&error, lang),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage::show(&error, lang),
    };
    let Shared { lang: given, checklists, rules, quiet, verbose, color } = cli.shared;
    if let Some(when) = color {
        when.apply();
    }
    let folders =
        Folders { checklists: Vec::from_iter(checklists), rules: Vec::from_iter(rules), instead: None };
    let session = Session { lang: given.unwrap_or(lang), folders, quiet, verbose };
    let result = match cli.command {
        Command::Demo(args) => demo::run(&args, &session),
        Command::Init(args) => init::run(&args, &session),
        Command::Probe(args) => probe::run(&args, &session),
        Command::Form(args) => form::run(&args, &session),
        Command::Answer(args) => answer::run(&args, &session),
        Command::Official(args) => official::run(&args, &session),
        Command::Evidence(args) => evidence::run(&args, &session),
        Command::Audit(args) => audit::run(&args, &session),
        Command::Report(args) => report::run(&args, &session),
        Command::Diff(args) => diff::run(&args, &session),
        Command::History(args) => history::run(&args, &session),
        Command::List(args) => list::run(&args, &session),
        Command::Explain(args) => explain::run(&args, &session),
        Command::Check(args) => check::run(&args, &session),
        Command::Schema(args) => schema::run(&args, &session),
        Command::Pack(args) => pack::run(&args, &session),
        Command::Verify(args) => verify::run(&args, &session),
        Command::Review(args) => review::run(&args, &session),
        Command::Completions(args) => completions::run(&args, &session),
    };
    result.unwrap_or_else(|error| session.failed(&error))
}

impl Session {
    /// Data, for standard output. A reader that has gone away is no error.
    fn print(&self, text: &str) -> anyhow::Result<()> {
        match anstream::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// Data that another program reads: not a byte is changed on the way.
    fn print_data(&self, data: &[u8]) -> anyhow::Result<()> {
        match io::stdout().write_all(data) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// A remark, for standard error.
    fn remark(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// Shows what was found, and says whether there are errors among it.
    fn show(&self, diagnostics: &Diagnostics) -> bool {
        problems::show(diagnostics, self.lang, self.quiet);
        diagnostics.errors() > 0
    }

    /// The catalogue, or nothing after what is wrong with it has been shown.
    fn catalog(&self) -> Option<Catalog> {
        self.catalog_with(&Wanted::All)
    }

    fn catalog_with(&self, wanted: &Wanted) -> Option<Catalog> {
        let diagnostics = Diagnostics::default();
        let catalog = catalog::load(&self.folders, wanted, &diagnostics);
        if self.show(&diagnostics) { None } else { catalog }
    }

    fn say(&self, message: &Message) -> String {
        render(message, self.lang)
    }

    fn not_kept(&self, error: &anyhow::Error) -> Exit {
        if error.is::<Complaint>() {
            return self.failed(error);
        }
        let what = crate::msg!("audit.not_kept", error = format!("{error:#}"));
        self.failed(&Complaint(Diagnostic::error(what, crate::msg!("audit.not_kept.mend"))).into())
    }

    fn failed(&self, error: &anyhow::Error) -> Exit {
        let diagnostics = Diagnostics::default();
        match error.downcast_ref::<Complaint>() {
            Some(Complaint(diagnostic)) => diagnostics.push(diagnostic.clone()),
            None => {
                let detail = format!("{error:#}");
                let what = crate::msg!("program.failed", error = detail);
                diagnostics.push(Diagnostic::error(what, crate::msg!("program.failed.mend")));
            }
        }
        self.show(&diagnostics);
        Exit::Input
    }
}

/// The moment this run speaks of: now, or the date that was asked for.
fn clock(at: Option<Date>) -> anyhow::Result<Clock> {
    match at {
        Some(today) => Ok(Clock { now: today.to_zoned(TimeZone::UTC)?.timestamp(), today }),
        None => {
            let now = Zoned::now();
            Ok(Clock { now: now.timestamp(), today: now.date() })
        }
    }
}
