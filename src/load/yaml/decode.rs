//! serde over a tree of nodes. Unknown keys are noted and passed over, and a [`super::Field`] notes
//! what it could not read, so that one pass finds every mistake of a file.

use std::fmt;

use serde::de::value::{StrDeserializer, U32Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::node::{Node, NodeKind, first_line};
use super::{Reading, field};
use crate::load::file::TextFile;
use crate::load::suggest::suggest;
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;

/// Why a node could not become a value.
#[derive(Debug)]
pub(super) struct DecodeError {
    pub what: Message,
    pub mend: Message,
    pub span: Option<Span>,
}

impl DecodeError {
    fn new(what: Message, mend: Message) -> DecodeError {
        DecodeError { what, mend, span: None }
    }

    fn at(self, span: Span) -> DecodeError {
        DecodeError { span: self.span.or(Some(span)), ..self }
    }

    pub(super) fn diagnostic(self, file: &TextFile) -> Diagnostic {
        let origin = match self.span {
            Some(span) => file.origin(span),
            None => Origin::file(file.name.clone()),
        };
        Diagnostic::error(self.what, self.mend).at(origin)
    }
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        let detail = first_line(&detail.to_string());
        DecodeError::new(msg!("yaml.value", detail = detail), msg!("yaml.syntax.mend"))
    }

    fn invalid_type(_: Unexpected, _: &dyn Expected) -> Self {
        DecodeError::new(msg!("yaml.wrong_shape"), msg!("yaml.wrong_shape.mend"))
    }

    fn missing_field(key: &'static str) -> Self {
        DecodeError::new(msg!("yaml.missing_key", key = key), msg!("yaml.missing_key.mend", key = key))
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        DecodeError::new(msg!("yaml.unknown_word", word = word), suggest(word, expected.iter().copied()))
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what.id)
    }
}

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Decoder<'n> {
    node: &'n Node<'n>,
    reading: &'n Reading<'n>,
}

impl<'n> Decoder<'n> {
    pub(super) fn new(node: &'n Node<'n>, reading: &'n Reading<'n>) -> Decoder<'n> {
        Decoder { node, reading }
    }

    fn with(self, node: &'n Node<'n>) -> Decoder<'n> {
        Decoder { node, ..self }
    }

    fn scalar(self, wanted: Message) -> Result<&'n str, DecodeError> {
        let text = self.node.scalar().ok_or_else(|| self.wrong_type(wanted))?;
        match text.chars().find(|c| is_forbidden(*c)) {
            None => Ok(text),
            Some(c) => {
                let code = format!("U+{:04X}", u32::from(c));
                let what = msg!("yaml.control_character", code = code);
                Err(DecodeError::new(what, msg!("yaml.control_character.mend")).at(self.node.span))
            }
        }
    }

    fn parsed<T: std::str::FromStr>(self, wanted: Message) -> Result<T, DecodeError> {
        let text = self.scalar(wanted.clone())?;
        text.parse().map_err(|_| self.wrong_type(wanted))
    }

    fn wrong_type(self, wanted: Message) -> DecodeError {
        let found = match &self.node.kind {
            NodeKind::Null => msg!("yaml.found.nothing"),
            NodeKind::Scalar(text) => msg!("yaml.found.text", text = shorten(text)),
            NodeKind::List(_) => msg!("yaml.found.list"),
            NodeKind::Map(_) => msg!("yaml.found.mapping"),
        };
        DecodeError::new(
            msg!("yaml.wrong_type", found = found, wanted = wanted.clone()),
            msg!("yaml.wrong_type.mend", wanted = wanted),
        )
        .at(self.node.span)
    }
}

/// Characters that a terminal would obey, or that turn the direction of writing around. Tabs and
/// line breaks of every kind are no harm.
pub(in crate::load) fn is_forbidden(c: char) -> bool {
    let harmless = matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && !harmless) || turns
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

macro_rules! numbers {
    ($($method:ident => $visit:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            let number = self.parsed(msg!("yaml.wanted.number"))?;
            visitor.$visit(number).map_err(|error: DecodeError| error.at(self.node.span))
        }
    )*};
}

impl<'de, 'n> Deserializer<'de> for Decoder<'n> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.kind {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Scalar(_) => visitor.visit_str(self.scalar(msg!("yaml.wanted.text"))?),
            NodeKind::List(_) => self.deserialize_seq(visitor),
            NodeKind::Map(_) => self.deserialize_map(visitor),
        }
        .map_err(|error: DecodeError| error.at(self.node.span))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_bool(self.parsed(msg!("yaml.wanted.boolean"))?)
    }

    numbers! {
        deserialize_i8 => visit_i8, deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32, deserialize_i64 => visit_i64,
        deserialize_u8 => visit_u8, deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32, deserialize_u64 => visit_u64,
        deserialize_f32 => visit_f32, deserialize_f64 => visit_f64,
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let text = self.scalar(msg!("yaml.wanted.text"))?;
        visitor.visit_str(text).map_err(|error: DecodeError| error.at(self.node.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.kind {
            NodeKind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == field::MARK {
            visitor.visit_seq(FieldAccess { decoder: self, next: 0 })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let NodeKind::List(list) = &self.node.kind else {
            return Err(self.wrong_type(msg!("yaml.wanted.list")));
        };
        visitor.visit_seq(ListAccess { decoder: self, rest: list.iter() })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let NodeKind::Map(entries) = &self.node.kind else {
            return Err(self.wrong_type(msg!("yaml.wanted.mapping")));
        };
        visitor.visit_map(EntryAccess { decoder: self, rest: entries.iter(), value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let NodeKind::Map(entries) = &self.node.kind else {
            return Err(self.wrong_type(msg!("yaml.wanted.mapping")));
        };
        for (key, _) in entries {
            let word = key.scalar().unwrap_or_default();
            if !known.contains(&word) {
                let what = msg!("yaml.unknown_key", key = shorten(word));
                self.reading.error(key.span, what, self.reading.suggest(word, known.iter().copied()));
            }
        }
        visitor.visit_map(StructAccess { decoder: self, known, rest: entries.iter(), value: None })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let word = self.scalar(msg!("yaml.wanted.word"))?;
        visitor.visit_enum(Word(word)).map_err(|error| error.at(self.node.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// Hands a field the place it stands at, then its value; an error of the value is noted on the way.
struct FieldAccess<'n> {
    decoder: Decoder<'n>,
    next: u8,
}

impl<'de> SeqAccess<'de> for FieldAccess<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Decoder { node, reading } = self.decoder;
        let number = |number: u32| -> U32Deserializer<DecodeError> { number.into_deserializer() };
        self.next += 1;
        match self.next {
            1 => seed.deserialize(number(node.span.line)).map(Some),
            2 => seed.deserialize(number(node.span.column)).map(Some),
            3 => seed.deserialize(number(node.span.length)).map(Some),
            4 => seed.deserialize(self.decoder).map(Some).inspect_err(|error| {
                let span = error.span.unwrap_or(node.span);
                reading.error(span, error.what.clone(), error.mend.clone());
            }),
            _ => Ok(None),
        }
    }
}

struct ListAccess<'n> {
    decoder: Decoder<'n>,
    rest: std::slice::Iter<'n, Node<'n>>,
}

impl<'de> SeqAccess<'de> for ListAccess<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        seed.deserialize(self.decoder.with(node)).map(Some)
    }
}

/// Entries of a mapping with keys of the user's own.
struct EntryAccess<'n> {
    decoder: Decoder<'n>,
    rest: std::slice::Iter<'n, (Node<'n>, Node<'n>)>,
    value: Option<&'n Node<'n>>,
}

impl<'de> MapAccess<'de> for EntryAccess<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(self.decoder.with(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        match self.value.take() {
            Some(node) => seed.deserialize(self.decoder.with(node)),
            None => Err(self.decoder.wrong_type(msg!("yaml.wanted.mapping"))),
        }
    }
}

/// Entries of a mapping whose keys are known; unknown ones were noted and are passed over.
struct StructAccess<'n> {
    decoder: Decoder<'n>,
    known: &'static [&'static str],
    rest: std::slice::Iter<'n, (Node<'n>, Node<'n>)>,
    value: Option<&'n Node<'n>>,
}

impl<'de> MapAccess<'de> for StructAccess<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        for (key, value) in self.rest.by_ref() {
            let word = key.scalar().unwrap_or_default();
            if self.known.contains(&word) {
                self.value = Some(value);
                let key: StrDeserializer<DecodeError> = word.into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        match self.value.take() {
            Some(node) => seed.deserialize(self.decoder.with(node)),
            None => Err(self.decoder.wrong_type(msg!("yaml.wanted.mapping"))),
        }
    }
}

/// A word that stands for a unit variant.
struct Word<'n>(&'n str);

impl<'de> EnumAccess<'de> for Word<'_> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DecodeError> {
        let word: StrDeserializer<DecodeError> = self.0.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, DecodeError> {
        Err(serde::de::Error::custom("no content"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, DecodeError> {
        Err(serde::de::Error::custom("no content"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, DecodeError> {
        Err(serde::de::Error::custom("no content"))
    }
}
