//! The scheme as its JSON has it, before any check of meaning.
//!
//! A line is one flat record whatever its kind, so that serde reports the
//! exact place of a fault; which fields a kind has is checked afterwards.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cells::CellSize;
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScheme {
    pub(super) blindscore_scheme: u32,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) currency: String,
    pub(super) sources_max: i64,
    #[serde(default)]
    pub(super) spread: i64,
    #[serde(default)]
    pub(super) tabular: bool,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) cells: Option<CellSize>,
    #[serde(default)]
    pub(super) sensitive: Reasons,
    pub(super) lines: Vec<RawLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub(super) name: String,
    pub(super) kind: RawKind,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) direction: Option<Direction>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) flows: Option<Vec<Flow>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) categories: Option<Vec<Category>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) measure: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) role: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) members: Option<Vec<String>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) unit: Option<i64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) origin: Option<i64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) cap: Option<i64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) windows: Option<Vec<i64>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) column: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) formula: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) decimals: Option<i64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) cuts: Option<Vec<String>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) values: Option<Vec<Vec<String>>>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) other: Option<bool>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) special: Option<Vec<String>>,
}

/// A field that may be left out but not be `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawKind {
    Pooled,
    Single,
    Sum,
    Column,
}

impl RawKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::Single => "single",
            Self::Sum => "sum",
            Self::Column => "column",
        }
    }
}

/// The reasons for sensitive categories: a JSON object, kept as a list so that
/// a key given twice is seen and not silently dropped.
#[derive(Default)]
pub(super) struct Reasons(pub(super) Vec<(Category, String)>);

impl Serialize for Reasons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (category, reason) in &self.0 {
            map.serialize_entry(category, reason)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Reasons;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of category names and reasons")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Reasons, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Reasons(pairs))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}
