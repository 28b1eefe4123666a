//! JSON from outside, read so that one text has one meaning.
//!
//! `serde_json::Value` keeps the last of two members of one name, other
//! programs keep the first: a signed document that reads differently in two
//! programs is no evidence. Here the second is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads a value of at most `limit` bytes; no object may name a member twice.
/// The error says what is wrong, and where.
pub(crate) fn parse(bytes: &[u8], limit: usize) -> Result<Value, String> {
    if bytes.len() > limit {
        return Err(format!("{} bytes; at most {limit} are read", bytes.len()));
    }
    serde_json::from_slice::<Strict>(bytes)
        .map(|strict| strict.0)
        .map_err(|e| e.to_string())
}

/// The first place where two values differ, as a path of member names and
/// indices; nothing if they are equal.
pub(crate) fn difference(one: &Value, two: &Value) -> Option<String> {
    fn walk(one: &Value, two: &Value, path: &mut Vec<String>) -> bool {
        let mut enter = |name: String, one: Option<&Value>, two: Option<&Value>| {
            path.push(name);
            let differ = match (one, two) {
                (Some(one), Some(two)) => walk(one, two, path),
                _ => true,
            };
            if !differ {
                path.pop();
            }
            differ
        };
        match (one, two) {
            (Value::Object(a), Value::Object(b)) => {
                let names = a
                    .keys()
                    .chain(b.keys().filter(|name| !a.contains_key(*name)));
                for name in names {
                    let shown: String = name.escape_debug().take(64).collect();
                    if enter(shown, a.get(name), b.get(name)) {
                        return true;
                    }
                }
                false
            }
            (Value::Array(a), Value::Array(b)) => {
                (0..a.len().max(b.len())).any(|i| enter(i.to_string(), a.get(i), b.get(i)))
            }
            _ => one != two,
        }
    }
    let mut path = Vec::new();
    walk(one, two, &mut path).then(|| format!("/{}", path.join("/")))
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any).map(Self)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!(
                    "member {name:?} stands twice"
                )));
            }
            let Strict(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_has_one_meaning() {
        let text = br#"{"a":[1,-2,0.5,true,null,"x"],"b":{"a":1}}"#;
        let plain: Value = serde_json::from_slice(text).unwrap();
        assert_eq!(parse(text, 100), Ok(plain));
        for bad in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            let refused = parse(bad.as_bytes(), 100).unwrap_err();
            assert!(refused.contains("stands twice"), "{refused}");
        }
        assert!(parse(b"[1] ", 3).unwrap_err().contains("at most 3"));
        assert!(parse(b"[1] x", 100).is_err());
        assert!(parse("[".repeat(1000).as_bytes(), 1000).is_err());
    }

    #[test]
    fn differences_are_found_where_they_are() {
        let value = |text: &str| parse(text.as_bytes(), 100).unwrap();
        let one = value(r#"{"a":[1,{"b":2}],"c":3}"#);
        assert_eq!(difference(&one, &one), None);
        for (two, at) in [
            (r#"{"a":[1,{"b":3}],"c":3}"#, "/a/1/b"),
            (r#"{"a":[1,{"b":2},1],"c":3}"#, "/a/2"),
            (r#"{"a":[1,{"b":2}]}"#, "/c"),
            (r#"{"a":[1,{"b":2}],"c":3,"d":1}"#, "/d"),
            ("1", "/"),
        ] {
            assert_eq!(difference(&one, &value(two)).as_deref(), Some(at));
        }
    }
}
