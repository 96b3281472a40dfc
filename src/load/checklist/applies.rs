//! The features under which an item applies, as a list or as a mapping.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::load::words::one_of;
use crate::load::yaml::{Field, Reading};
use crate::model::feature::{Applies, Feature};
use crate::model::origin::Span;
use crate::msg;

/// `[a, b]`, or `{all: [a], any: [b, c]}`.
#[derive(Debug, Default)]
pub(super) struct RawApplies {
    all: Vec<Field<String>>,
    any: Vec<Field<String>>,
}

#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawAllAny {
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    all: Vec<Field<String>>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    any: Vec<Field<String>>,
}

impl JsonSchema for RawApplies {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawApplies".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list = generator.subschema_for::<Vec<String>>();
        let mapping = generator.subschema_for::<RawAllAny>();
        schemars::json_schema!({ "anyOf": [list, mapping] })
    }
}

impl<'de> Deserialize<'de> for RawApplies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = RawApplies;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of features, or a mapping with 'all' and 'any'")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<RawApplies, A::Error> {
                let mut all = Vec::new();
                while let Some(field) = access.next_element()? {
                    all.push(field);
                }
                Ok(RawApplies { all, any: Vec::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<RawApplies, A::Error> {
                let mapping = de::value::MapAccessDeserializer::new(access);
                let RawAllAny { all, any } = RawAllAny::deserialize(mapping)?;
                Ok(RawApplies { all, any })
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

pub(super) fn read(
    raw: Field<RawApplies>,
    features: &BTreeMap<String, Feature>,
    reading: &Reading,
) -> Applies {
    let raw = raw.value().unwrap_or_default();
    let keys = |list: Vec<Field<String>>| -> Vec<String> {
        let known = |(key, span): &(String, Span)| {
            let known = features.keys().map(String::as_str);
            one_of(key, *span, known, || msg!("feature.unknown", feature = key), reading)
        };
        list.into_iter().filter_map(Field::given).filter(known).map(|(key, _)| key).collect()
    };
    Applies { all: keys(raw.all), any: keys(raw.any) }
}
