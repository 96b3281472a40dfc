//! The words of the program, from `reports/texts.yaml`: one entry per text, in both languages, with
//! placeholders in braces. Everything that a person reads and that is not data passes through here.
//!
//! The file is YAML of the plainest kind, one entry to a line, and is read as just that: every command
//! needs its words, and reading YAML would take longer than most commands. A test reads it as YAML too.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::message::{Arg, Message};
use crate::model::text::{Lang, Text};

const SOURCE: &str = include_str!("../reports/texts.yaml");

#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    pub ja: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

/// All texts by id. A test holds the file against the sources, so it is never empty in a release.
pub fn all() -> &'static HashMap<&'static str, Words> {
    static TEXTS: OnceLock<HashMap<&'static str, Words>> = OnceLock::new();
    TEXTS.get_or_init(|| SOURCE.lines().filter_map(entry).collect())
}

/// `id: {ja: "...", en: "..."}`
fn entry(line: &'static str) -> Option<(&'static str, Words)> {
    let (id, rest) = line.split_once(": {ja: \"")?;
    let (ja, en) = rest.strip_suffix("\"}")?.split_once("\", en: \"")?;
    Some((id, Words { ja: unescaped(ja), en: unescaped(en) }))
}

fn unescaped(text: &'static str) -> Cow<'static, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The text with this id; the id itself where there is none.
pub fn word(id: &str, lang: Lang) -> &str {
    match all().get(id) {
        Some(words) if lang == Lang::Ja => &words.ja,
        Some(words) => &words.en,
        None => id,
    }
}

/// Whether there is a text with this id.
pub fn has(id: &str) -> bool {
    all().contains_key(id)
}

/// A message in the language of the reader.
pub fn render(message: &Message, lang: Lang) -> String {
    fill(word(message.id, lang), |name, out| match message.args.iter().find(|(known, _)| *known == name) {
        Some((_, arg)) => argument(arg, lang, out),
        None => out.push_str(name),
    })
}

/// The text with this id, for templates: what is filled in comes by name and whole.
pub fn filled(id: &str, lang: Lang, values: &[(String, String)]) -> String {
    fill(word(id, lang), |name, out| match values.iter().find(|(known, _)| known == name) {
        Some((_, value)) => out.push_str(value),
        None => out.push_str(name),
    })
}

/// A list, whole.
pub fn joined(words: &[String], lang: Lang) -> String {
    words.join(word("list.separator", lang))
}

/// A message in both languages.
pub fn both(message: &Message) -> Text {
    Text::new(render(message, Lang::Ja), render(message, Lang::En))
}

/// What is filled in is quoted so far and no further: it may be anybody's file.
const LONGEST: usize = 300;
const MOST_LISTED: usize = 60;

fn shorten(text: &str, out: &mut String) {
    let mut characters = text.chars();
    out.extend(characters.by_ref().take(LONGEST));
    if characters.next().is_some() {
        out.push('…');
    }
}

fn argument(arg: &Arg, lang: Lang, out: &mut String) {
    match arg {
        Arg::Plain(text) => shorten(text, out),
        Arg::Worded(text) => out.push_str(text.to(lang)),
        Arg::Message(message) => out.push_str(&render(message, lang)),
        Arg::List(list) => {
            for (index, one) in list.iter().enumerate() {
                if index == MOST_LISTED {
                    out.push('…');
                    break;
                }
                if index > 0 {
                    out.push_str(word("list.separator", lang));
                }
                argument(one, lang, out);
            }
        }
    }
}

/// Replaces `{name}` by what `with` writes for it. What it writes is not looked at again, and braces
/// around anything but a name are left as they are.
fn fill(template: &str, mut with: impl FnMut(&str, &mut String)) -> String {
    let is_name = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, after)) if is_name(name) => {
                with(name, &mut out);
                rest = after;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    #[test]
    fn the_texts_are_what_yaml_makes_of_them() {
        let yaml: HashMap<String, HashMap<String, String>> = serde_yaml::from_str(SOURCE).unwrap();
        assert!(yaml.len() > 900);
        for (id, words) in &yaml {
            let read = all().get(id.as_str()).unwrap_or_else(|| panic!("{id} is not on a line of its own"));
            assert_eq!((&*read.ja, &*read.en), (&*words["ja"], &*words["en"]), "{id}");
        }
        assert_eq!(all().len(), yaml.len());
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let message = msg!("yaml.unknown_key", key = "{key}{key}");
        assert!(render(&message, Lang::En).contains("{key}{key}"));
    }

    #[test]
    fn braces_around_anything_but_a_name_stay() {
        let mut names = Vec::new();
        let filled = fill("a {b} {c: 0, d} {", |name, out| {
            names.push(name.to_owned());
            out.push('x');
        });
        assert_eq!(filled, "a x {c: 0, d} {");
        assert_eq!(names, ["b"]);
    }
}
