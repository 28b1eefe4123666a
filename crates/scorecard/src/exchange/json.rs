//! JSON from other tools: fields in their order, no name twice, numbers as
//! decimals.
//!
//! The order of variables is the card's, and a variable that stands in a file
//! twice must not silently replace the first, so maps that sort or overwrite
//! do not serve.

use std::fmt;

use blindscore_history::decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::error::{ImportFault, short};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As written, up to what a 64-bit float or integer keeps of it.
    Number(Decimal),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Result<Self, ImportFault> {
        serde_json::from_str(text).map_err(|error| {
            let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = message.strip_suffix(&place).unwrap_or(&message);
            ImportFault::Line {
                line,
                message: format!("{message} (column {})", error.column()),
            }
        })
    }

    /// The value of a field of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else {
            return None;
        };
        fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The fields of an object.
    pub(crate) fn fields(&self, path: &str) -> Result<&[(String, Self)], ImportFault> {
        match self {
            Self::Object(fields) => Ok(fields),
            other => Err(other.unlike(path, "an object")),
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self, path: &str) -> Result<&[Self], ImportFault> {
        match self {
            Self::List(items) => Ok(items),
            other => Err(other.unlike(path, "a list")),
        }
    }

    /// A number.
    pub(crate) fn number(&self, path: &str) -> Result<&Decimal, ImportFault> {
        match self {
            Self::Number(number) => Ok(number),
            other => Err(other.unlike(path, "a number")),
        }
    }

    /// A number as a float, for what is computed from it.
    pub(crate) fn float(&self, path: &str) -> Result<f64, ImportFault> {
        let number = self.number(path)?;
        let float = number
            .to_string()
            .parse::<f64>()
            .ok()
            .filter(|f| f.is_finite());
        float.ok_or_else(|| ImportFault::field(path, "got a number out of range"))
    }

    /// A text, or a number as its text.
    pub(crate) fn text_or_number(&self, path: &str) -> Result<String, ImportFault> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Number(number) => Ok(number.to_string()),
            other => Err(other.unlike(path, "a text or a number")),
        }
    }

    fn unlike(&self, path: &str, want: &str) -> ImportFault {
        let got = match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(_) => "a number".to_owned(),
            Self::Text(text) => format!("the text {:?}", short(text)),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
        };
        ImportFault::field(path, format!("got {got}; want {want}"))
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        self.number(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        self.number(&value.to_string())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Json, S::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<Json, M::Error> {
        let mut fields: Vec<(String, Json)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            if !seen.insert(name.clone()) {
                let name = short(&name);
                return Err(M::Error::custom(format!(
                    "{name:?} is there twice; want it once"
                )));
            }
            fields.push((name, value));
        }
        Ok(Json::Object(fields))
    }
}

impl AnyValue {
    fn number<E: Error>(self, text: &str) -> Result<Json, E> {
        text.parse().map(Json::Number).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_nothing_stands_twice() {
        let json = Json::read(r#"{"z": 0.3240000009536743, "a": [-1.0, "x", null, true]}"#);
        let json = json.expect("read");
        let fields = json.fields("top").expect("an object");
        assert_eq!(fields[0].0, "z");
        let number = fields[0].1.number("z").expect("a number");
        assert_eq!(number.to_string(), "0.3240000009536743");
        assert_eq!(fields[1].1.items("a").expect("a list").len(), 4);
        let twice = Json::read("{\"a\": 1,\n \"a\": 2}").expect_err("refused");
        assert!(
            twice.to_string().contains("\"a\" is there twice"),
            "{twice}"
        );
        let cut = Json::read("{\"a\": [1,").expect_err("refused");
        assert!(cut.to_string().starts_with("line 1: "), "{cut}");
    }
}
