//! What clap has to say, in the language of the user: help and version as they are, mistakes with
//! what was wrong and how to go on.

use std::error::Error as _;
use std::io::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Exit, problems};
use crate::load::suggest::suggest;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::text::Lang;
use crate::msg;

pub fn show(error: &clap::Error, lang: Lang) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = write!(anstream::stdout(), "{}", error.render().ansi());
            return Exit::Conforms;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(anstream::stderr(), "{}", error.render().ansi());
            return Exit::Input;
        }
        _ => {}
    }
    let diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::error(what(error), mend(error)));
    problems::show(&diagnostics, lang, false);
    Exit::Input
}

fn what(error: &clap::Error) -> Message {
    let argument = first(error, ContextKind::InvalidArg);
    let value = first(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => msg!("usage.unknown_argument", argument = argument),
        ErrorKind::InvalidSubcommand => {
            msg!("usage.unknown_command", command = first(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => msg!("usage.no_command"),
        ErrorKind::MissingRequiredArgument => {
            msg!("usage.missing_argument", arguments = all(error, ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            msg!("usage.no_value", argument = argument)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            msg!("usage.bad_value", argument = argument, value = value)
        }
        ErrorKind::ArgumentConflict => {
            let others = all(error, ContextKind::PriorArg);
            match others.as_slice() {
                [other] if *other == argument => msg!("usage.twice", argument = argument),
                _ => msg!("usage.conflict", argument = argument, other = others),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            msg!("usage.too_many_values", argument = argument)
        }
        _ => msg!("usage.other", detail = error.kind().to_string()),
    }
}

fn mend(error: &clap::Error) -> Message {
    let valid = all(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        return suggest(&first(error, ContextKind::InvalidValue), valid.iter().map(String::as_str));
    }
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    // What a reader of values of our own would have taken.
    if let (ErrorKind::ValueValidation, Some(example)) = (error.kind(), error.source()) {
        return msg!("usage.like", example = example.to_string());
    }
    match suggested.into_iter().find_map(|kind| all(error, kind).into_iter().next()) {
        Some(word) => msg!("suggest.did_you_mean", word = word),
        None => msg!("usage.see_help"),
    }
}

fn first(error: &clap::Error, kind: ContextKind) -> String {
    all(error, kind).into_iter().next().unwrap_or_default()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        _ => Vec::new(),
    }
}
