//! A YAML document as a tree of nodes that know where they stand. Scalars keep their spelling, so
//! that `3.10` stays `3.10` and `no` stays `no` until a type asks for something else.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Error as YamlError, Spanned};

use super::decode::DecodeError;
use crate::model::origin::Span;
use crate::msg;

#[derive(Debug)]
pub(super) struct Node<'s> {
    pub span: Span,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    pub kind: NodeKind<'s>,
}

#[derive(Debug)]
pub(super) enum NodeKind<'s> {
    Null,
    Scalar(Cow<'s, str>),
    List(Vec<Node<'s>>),
    Map(Vec<(Node<'s>, Node<'s>)>),
}

impl Node<'_> {
    pub(super) fn keys(&self) -> Option<Vec<String>> {
        let NodeKind::Map(entries) = &self.kind else { return None };
        Some(entries.iter().filter_map(|(key, _)| key.scalar().map(str::to_owned)).collect())
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// Parses one document within bounds that no honest file reaches.
pub(super) fn parse(text: &str) -> Result<Node<'_>, DecodeError> {
    let options = serde_yaml::options! {
        with_snippet: false,
        strict_booleans: true,
        budget: serde_yaml::budget! {
            max_depth: 40,
            flow_nesting_limit: 40,
            max_documents: 2,
            max_nodes: 400_000,
            max_events: 1_000_000,
            max_anchors: 0,
            max_aliases: 0,
        },
    };
    let raw: Raw = serde_yaml::from_str_with_options(text, options).map_err(|error| explain(&error, text))?;
    Ok(raw.into_node(text))
}

/// A node before its scalars are given back their spelling.
struct Raw<'s>(Spanned<RawKind<'s>>);

enum RawKind<'s> {
    Null,
    /// Something the parser read as a boolean or a number; its spelling is in the file.
    Plain,
    Scalar(Cow<'s, str>),
    List(Vec<Raw<'s>>),
    Map(Vec<(Raw<'s>, Raw<'s>)>),
}

impl<'s> Raw<'s> {
    fn into_node(self, text: &'s str) -> Node<'s> {
        let location = self.0.referenced;
        let start = location.span().byte_offset().unwrap_or_default() as usize;
        let length = location.span().byte_len().unwrap_or_default() as usize;
        let spelt = text.get(start..start + length).unwrap_or_default();
        let kind = match self.0.value {
            RawKind::Null => NodeKind::Null,
            RawKind::Plain => NodeKind::Scalar(Cow::Borrowed(spelt.trim())),
            RawKind::Scalar(text) => NodeKind::Scalar(text),
            RawKind::List(list) => NodeKind::List(list.into_iter().map(|raw| raw.into_node(text)).collect()),
            RawKind::Map(entries) => {
                let node = |raw: Raw<'s>| raw.into_node(text);
                NodeKind::Map(entries.into_iter().map(|(key, value)| (node(key), node(value))).collect())
            }
        };
        let first_line = spelt.lines().next().unwrap_or_default().trim_end().chars().count();
        let span = Span {
            line: u32::try_from(location.line()).unwrap_or(u32::MAX),
            column: u32::try_from(location.column()).unwrap_or(u32::MAX),
            length: u32::try_from(first_line).unwrap_or_default(),
        };
        Node { span, start, kind }
    }
}

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Raw)
    }
}

impl<'de> Deserialize<'de> for RawKind<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawKind<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(RawKind::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(RawKind::Plain)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(RawKind::Scalar(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawKind::Scalar(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(RawKind::Scalar(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = access.next_element()? {
            list.push(node);
        }
        Ok(RawKind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(RawKind::Map(entries))
    }
}

/// The mistakes people make most, in words of our own; the rest in the parser's.
fn explain(error: &YamlError, text: &str) -> DecodeError {
    let error = error.without_snippet();
    let location = error.location();
    let line = location.map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
    if let Some(slip) = slip_of_the_hand(text, line) {
        return slip;
    }
    let words = first_line(&error.to_string());
    let lower = words.to_lowercase();
    let (what, mend) = match error {
        YamlError::DuplicateMappingKey { .. } => {
            (msg!("yaml.duplicate_key"), msg!("yaml.duplicate_key.mend"))
        }
        YamlError::MultipleDocuments { .. } => (msg!("yaml.two_documents"), msg!("yaml.two_documents.mend")),
        _ if lower.contains("anchor") || lower.contains("alias") => {
            (msg!("yaml.anchor"), msg!("yaml.anchor.mend"))
        }
        YamlError::Budget { .. } => (msg!("yaml.too_much"), msg!("yaml.too_much.mend")),
        _ if lower.contains("recursion limit") || lower.contains("nest") => {
            (msg!("yaml.too_deep"), msg!("yaml.too_deep.mend"))
        }
        _ if lower.contains("tab") => (msg!("yaml.tab"), msg!("yaml.tab.mend")),
        _ if lower.contains("unclosed") => (msg!("yaml.unclosed"), msg!("yaml.unclosed.mend")),
        _ if lower.contains("mapping values are not allowed") && has_two_colons(text, line) => {
            (msg!("yaml.colon"), msg!("yaml.colon.mend"))
        }
        _ => (msg!("yaml.syntax", detail = words), msg!("yaml.syntax.mend")),
    };
    let span = location.map(|location| Span {
        line: u32::try_from(location.line()).unwrap_or(1),
        column: u32::try_from(location.column()).unwrap_or(1),
        length: 0,
    });
    DecodeError { what, mend, span }
}

/// What people who write Japanese mistype most: a full-width colon or indentation, and a colon without
/// a space. The parser often stumbles only on the line after, so that one is looked at too.
fn slip_of_the_hand(text: &str, line: usize) -> Option<DecodeError> {
    let near = text.lines().enumerate().skip(line.saturating_sub(2)).take(2);
    near.filter_map(|(index, content)| {
        let body = content.trim_start_matches([' ', '-']);
        let key = body.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-./".contains(c));
        let key_length = body.len() - key.len();
        let (what, mend, at) = match key.chars().next() {
            _ if content.trim_start_matches(' ').starts_with('\u{3000}') => (
                msg!("yaml.wide_space"),
                msg!("yaml.wide_space.mend"),
                content.len() - content.trim_start_matches(' ').len(),
            ),
            Some('：') if key_length > 0 => {
                (msg!("yaml.wide_colon"), msg!("yaml.wide_colon.mend"), content.len() - key.len())
            }
            Some(':')
                if key_length > 0 && key.chars().nth(1).is_some_and(|c| !c.is_whitespace() && c != '/') =>
            {
                (msg!("yaml.no_space"), msg!("yaml.no_space.mend"), content.len() - key.len())
            }
            _ => return None,
        };
        let column = content.get(..at).map_or(0, |before| before.chars().count());
        let span = Span {
            line: u32::try_from(index + 1).unwrap_or(1),
            column: u32::try_from(column + 1).unwrap_or(1),
            length: 1,
        };
        Some(DecodeError { what, mend, span: Some(span) })
    })
    .next()
}

fn has_two_colons(text: &str, line: usize) -> bool {
    text.lines().nth(line.saturating_sub(1)).is_some_and(|line| line.matches(": ").count() > 1)
}

pub(super) fn first_line(words: &str) -> String {
    words.lines().next().unwrap_or_default().chars().take(160).collect()
}
