//! A value that remembers its place and survives being wrong.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Reading;
use crate::model::origin::Span;
use crate::msg;

/// The name by which the decoder knows that a field asks, and not just any newtype.
pub(super) const MARK: &str = "\0tenken field";

/// A value of a raw type. `Invalid` has been reported already where it was read.
#[derive(Debug, Clone, Default)]
pub enum Field<T> {
    #[default]
    Missing,
    Invalid,
    Given(T, Span),
}

impl<T> Field<T> {
    /// The value of a key that has to be there; a missing one is reported at `parent`.
    pub fn required(self, key: &'static str, parent: Span, reading: &Reading) -> Option<(T, Span)> {
        match self {
            Field::Given(value, span) => Some((value, span)),
            Field::Invalid => None,
            Field::Missing => {
                let what = msg!("yaml.missing_key", key = key);
                reading.error(parent, what, msg!("yaml.missing_key.mend", key = key));
                None
            }
        }
    }

    pub fn given(self) -> Option<(T, Span)> {
        match self {
            Field::Given(value, span) => Some((value, span)),
            Field::Invalid | Field::Missing => None,
        }
    }

    /// Where it stands; the start of the file where it does not.
    pub fn place(&self) -> Span {
        match self {
            Field::Given(_, span) => *span,
            Field::Invalid | Field::Missing => Span { line: 1, column: 1, length: 0 },
        }
    }

    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Field::Given(value, span) => Field::Given(with(value), span),
            Field::Invalid => Field::Invalid,
            Field::Missing => Field::Missing,
        }
    }

    pub fn value(self) -> Option<T> {
        self.given().map(|(value, _)| value)
    }
}

impl<T> From<Option<(T, Span)>> for Field<T> {
    /// What has been taken out and looked at; nothing means that it has been reported.
    fn from(given: Option<(T, Span)>) -> Field<T> {
        given.map_or(Field::Invalid, |(value, span)| Field::Given(value, span))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An option first: serde reads a key that is not there as no option.
        deserializer.deserialize_option(FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Missing)
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Missing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field<T>, D::Error> {
        deserializer.deserialize_newtype_struct(MARK, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Field<T>, A::Error> {
        let mut number = || access.next_element::<u32>()?.ok_or_else(|| A::Error::custom("no place"));
        let span = Span { line: number()?, column: number()?, length: number()? };
        // The decoder has noted the error; the field only has to survive it.
        Ok(match access.next_element::<T>() {
            Ok(Some(value)) => Field::Given(value, span),
            Ok(None) => Field::Missing,
            Err(_) => Field::Invalid,
        })
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A mapping whose keys are the user's own, in the order of the file.
#[derive(Debug, Clone)]
pub struct Entries<T>(pub Vec<(Field<String>, Field<T>)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Entries<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("EntriesOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        schemars::json_schema!({ "type": "object", "additionalProperties": value })
    }
}
