//! Raw forms that several kinds of file share: texts in two languages, names, dates.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use unicode_width::UnicodeWidthChar;

use super::yaml::{Field, Reading};
use crate::model::message::Message;
use crate::model::name::is_identifier;
use crate::model::origin::Span;
use crate::model::text::Text;
use crate::msg;

/// A text in both languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawText {
    /// In Japanese.
    #[schemars(with = "String")]
    ja: Field<String>,
    /// In English.
    #[schemars(with = "String")]
    en: Field<String>,
}

/// Lists of equal length in both languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTexts {
    #[schemars(with = "Vec<String>")]
    ja: Field<Vec<Field<String>>>,
    #[schemars(with = "Vec<String>")]
    en: Field<Vec<Field<String>>>,
}

/// A single value as it is spelt: a text, a number, a date. Who reads it says what it has to be.
#[derive(Debug, Clone)]
pub struct Word(pub String);

impl JsonSchema for Word {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Word)
    }
}

/// The text under a key that has to be there.
pub fn text(field: Field<RawText>, key: &'static str, parent: Span, reading: &Reading) -> Option<Text> {
    let (raw, span) = field.required(key, parent, reading)?;
    let ja = words(raw.ja, "ja", span, reading);
    let en = words(raw.en, "en", span, reading);
    Some(Text { ja: ja?, en: en? })
}

/// A text that may be left out, but not half of it.
pub fn optional_text(field: Field<RawText>, reading: &Reading) -> Option<Text> {
    match field {
        Field::Missing => None,
        given => text(given, "", Span::default(), reading),
    }
}

pub fn texts(
    field: Field<RawTexts>,
    key: &'static str,
    parent: Span,
    reading: &Reading,
) -> Option<Vec<Text>> {
    let (raw, span) = field.required(key, parent, reading)?;
    let one = |list: Field<Vec<Field<String>>>, lang: &'static str| -> Option<Vec<String>> {
        let (list, span) = list.required(lang, span, reading)?;
        let list: Vec<_> = list.into_iter().map(|field| words(field, lang, span, reading)).collect();
        list.into_iter().collect()
    };
    let (ja, en) = (one(raw.ja, "ja"), one(raw.en, "en"));
    let (ja, en) = (ja?, en?);
    if ja.len() != en.len() {
        let what = msg!("text.uneven", ja = ja.len(), en = en.len());
        reading.error(span, what, msg!("text.uneven.mend"));
        return None;
    }
    Some(ja.into_iter().zip(en).map(|(ja, en)| Text { ja, en }).collect())
}

/// A string that has to be there and to say something.
pub fn words(field: Field<String>, key: &'static str, parent: Span, reading: &Reading) -> Option<String> {
    let (words, span) = field.required(key, parent, reading)?;
    let trimmed = words.trim();
    if trimmed.is_empty() {
        reading.error(span, msg!("text.empty", key = key), msg!("text.empty.mend"));
        return None;
    }
    Some(one_line(trimmed))
}

/// Line breaks of a block become what they would be on one line: a space, or nothing between
/// characters of scripts that have no spaces.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let joins = out.chars().next_back().is_none_or(|last| last.width().unwrap_or(0) > 1);
        out.push_str(if joins { "" } else { " " });
        out.push_str(line);
    }
    out
}

/// A string that may be left out or empty.
pub fn optional_words(field: Field<String>) -> Option<String> {
    let words = field.value()?;
    let trimmed = words.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A word that names something: letters, digits, `-`, `_`, `.`.
pub fn identifier(
    field: Field<String>,
    key: &'static str,
    parent: Span,
    reading: &Reading,
) -> Option<(String, Span)> {
    let (word, span) = field.required(key, parent, reading)?;
    if !is_identifier(&word) {
        reading.error(span, msg!("text.not_a_name", word = &word), msg!("text.not_a_name.mend"));
        return None;
    }
    Some((word, span))
}

/// One of a closed set of words.
pub fn one_of<'a>(
    word: &str,
    span: Span,
    known: impl Iterator<Item = &'a str> + Clone,
    what: impl FnOnce() -> Message,
    reading: &Reading,
) -> bool {
    let found = known.clone().any(|one| one == word);
    if !found {
        reading.error(span, what(), reading.suggest(word, known));
    }
    found
}

/// A calendar date, `2026-11-20`.
pub fn date(field: Field<String>, reading: &Reading) -> Option<Date> {
    let (word, span) = field.given()?;
    let word = word.trim();
    if word.is_empty() {
        return None;
    }
    let shape = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match word.parse::<Date>() {
        Ok(date) if shape => Some(date),
        _ if shape => {
            reading.error(span, msg!("date.none_such", date = word), msg!("date.none_such.mend"));
            None
        }
        _ => {
            reading.error(span, msg!("date.shape", date = word), msg!("date.shape.mend"));
            None
        }
    }
}
