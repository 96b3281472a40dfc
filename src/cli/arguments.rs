//! How arguments are read and how help is worded. The shape of the command line is in the derives;
//! every word of it is in the texts, under `cli.`.

use std::ffi::OsString;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, Command, CommandFactory, ValueEnum};
use jiff::civil::Date;

use super::Cli;
use crate::model::text::Lang;
use crate::probe::Probe;
use crate::report::Format;
use crate::texts::{has, word};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

impl When {
    pub fn apply(self) {
        let choice = match self {
            When::Auto => anstream::ColorChoice::Auto,
            When::Always => anstream::ColorChoice::Always,
            When::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

pub fn lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| "ja, en".to_owned())
}

/// A calendar date and nothing more: a time of day would be dropped.
pub fn date(word: &str) -> Result<Date, String> {
    let shape = word.len() == 10;
    word.parse().ok().filter(|_| shape).ok_or_else(|| "2026-11-20".to_owned())
}

/// The word of a format. Their list comes from the formats themselves.
pub fn format() -> impl TypedValueParser<Value = Format> {
    let words = Format::ALL.iter().map(|format| format.word());
    let find = |word: String| Format::ALL.iter().copied().find(|format| format.word() == word);
    PossibleValuesParser::new(words).try_map(move |word| find(word).ok_or(std::fmt::Error))
}

/// The word of a probe.
pub fn probe() -> impl TypedValueParser<Value = Probe> {
    let words = Probe::ALL.iter().map(|probe| probe.word());
    let find = |word: String| Probe::ALL.iter().copied().find(|probe| probe.word() == word);
    PossibleValuesParser::new(words).try_map(move |word| find(word).ok_or(std::fmt::Error))
}

/// The language to speak before the arguments have been understood: what they ask for, else
/// `TENKEN_LANG`, else the locale, else Japanese.
pub fn language(arguments: &[OsString]) -> Lang {
    let asked = arguments.iter().enumerate().find_map(|(index, argument)| {
        let argument = argument.to_str()?;
        if argument == "--lang" {
            return Lang::from_tag(arguments.get(index + 1)?.to_str()?);
        }
        Lang::from_tag(argument.strip_prefix("--lang=")?)
    });
    let from_variable = || Lang::from_tag(&std::env::var("TENKEN_LANG").ok()?);
    // A locale in a third language reads English rather than Japanese; no locale says nothing.
    let from_locale = || {
        let tag = sys_locale::get_locale().filter(|tag| !matches!(tag.as_str(), "C" | "POSIX" | ""))?;
        Some(Lang::from_tag(&tag).unwrap_or(Lang::En))
    };
    asked.or_else(from_variable).or_else(from_locale).unwrap_or_default()
}

/// The command line, worded.
pub fn command(lang: Lang) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    worded(Cli::command().arg(help).arg(version), "cli", lang)
}

fn worded(command: Command, path: &str, lang: Lang) -> Command {
    let text = |key: &str| word(&format!("{path}.{key}"), lang).to_owned();
    let mut command = command
        .about(text("about"))
        .help_template(template(lang))
        .subcommand_help_heading(word("cli.heading.commands", lang).to_owned())
        .mut_args(|arg| worded_argument(arg, path, lang));
    if has(&format!("{path}.more")) {
        command = command.after_help(text("more"));
    }
    let children: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
    children.into_iter().fold(command, |command, child| {
        let path = format!("{path}.{child}");
        command.mut_subcommand(child, |command| worded(command, &path, lang))
    })
}

fn worded_argument(arg: Arg, path: &str, lang: Lang) -> Arg {
    let id = arg.get_id().to_string();
    let own = format!("{path}.arg.{id}");
    // What several commands take is worded once.
    let is_shared = !has(&own);
    let heading = match () {
        () if is_shared => "cli.heading.measuring",
        () if arg.is_positional() => "cli.heading.arguments",
        () if path == "cli" => "cli.heading.shared",
        () => "cli.heading.options",
    };
    let takes_value = arg.get_action().takes_values();
    let text = if is_shared { format!("cli.measuring.arg.{id}") } else { own };
    let arg = arg.help(word(&text, lang).to_owned());
    let arg = arg.help_heading(word(heading, lang).to_owned());
    if takes_value { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
}

fn template(lang: Lang) -> String {
    let usage = word("cli.heading.usage", lang);
    format!("{{about}}\n\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}")
}
