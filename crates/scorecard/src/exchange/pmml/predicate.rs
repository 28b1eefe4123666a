//! Predicates over one field, with the three values of PMML: true, false, and
//! unknown where a value is missing.

use blindscore_history::decimal::Decimal;

use super::super::error::{ImportFault, short};
use super::xml::Element;

/// A predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Predicate {
    True,
    False,
    /// A comparison, or whether the value is missing.
    Simple {
        field: String,
        test: Test,
    },
    Compound {
        joint: Joint,
        parts: Vec<Predicate>,
    },
}

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    IsMissing,
    IsNotMissing,
    Compare(Comparison, String),
    IsIn(Vec<String>),
    IsNotIn(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    And,
    Or,
    Xor,
    /// The first part that is not unknown.
    Surrogate,
}

impl Predicate {
    /// The predicate that is a child of an attribute or a compound, if the
    /// element is one.
    pub(super) fn read(element: &Element) -> Result<Option<Self>, ImportFault> {
        Ok(Some(match element.name.as_str() {
            "True" => Self::True,
            "False" => Self::False,
            "SimplePredicate" => Self::Simple {
                field: element.required("field")?.to_owned(),
                test: simple(element)?,
            },
            "SimpleSetPredicate" => {
                let values = array(element)?;
                let test = match element.required("booleanOperator")? {
                    "isIn" => Test::IsIn(values),
                    "isNotIn" => Test::IsNotIn(values),
                    other => return Err(unknown(element, "booleanOperator", other)),
                };
                let field = element.required("field")?.to_owned();
                Self::Simple { field, test }
            }
            "CompoundPredicate" => {
                let joint = match element.required("booleanOperator")? {
                    "and" => Joint::And,
                    "or" => Joint::Or,
                    "xor" => Joint::Xor,
                    "surrogate" => Joint::Surrogate,
                    other => return Err(unknown(element, "booleanOperator", other)),
                };
                let mut parts = Vec::new();
                for child in &element.children {
                    parts.extend(Self::read(child)?);
                }
                if parts.len() < 2 {
                    return Err(element.fault("has fewer than two predicates"));
                }
                Self::Compound { joint, parts }
            }
            _ => return Ok(None),
        }))
    }

    /// Calls `visit` with every field and what is asked of it.
    pub(super) fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a str, &'a Test)) {
        match self {
            Self::True | Self::False => {}
            Self::Simple { field, test } => visit(field, test),
            Self::Compound { parts, .. } => parts.iter().for_each(|part| part.visit(visit)),
        }
    }

    /// Whether it is true, where `holds` says it of each test; `None` is
    /// unknown.
    pub(super) fn holds(&self, holds: &impl Fn(&Test) -> Option<bool>) -> Option<bool> {
        let (joint, parts) = match self {
            Self::True => return Some(true),
            Self::False => return Some(false),
            Self::Simple { test, .. } => return holds(test),
            Self::Compound { joint, parts } => (*joint, parts),
        };
        let mut values = parts.iter().map(|part| part.holds(holds));
        match joint {
            Joint::Surrogate => values.find_map(|value| value),
            Joint::Xor => values.try_fold(false, |before, value| value.map(|v| before ^ v)),
            Joint::And | Joint::Or => {
                let decides = joint == Joint::Or;
                let mut unknown = false;
                for value in values {
                    match value {
                        Some(value) if value == decides => return Some(decides),
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                (!unknown).then_some(!decides)
            }
        }
    }
}

impl Test {
    /// The constants that it names.
    pub(super) fn constants(&self) -> &[String] {
        match self {
            Self::IsMissing | Self::IsNotMissing => &[],
            Self::Compare(_, value) => std::slice::from_ref(value),
            Self::IsIn(values) | Self::IsNotIn(values) => values,
        }
    }
}

impl Comparison {
    /// Whether it holds of a value that stands so to the constant.
    pub(super) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

fn simple(element: &Element) -> Result<Test, ImportFault> {
    let comparison = match element.required("operator")? {
        "isMissing" => return Ok(Test::IsMissing),
        "isNotMissing" => return Ok(Test::IsNotMissing),
        "equal" => Comparison::Equal,
        "notEqual" => Comparison::NotEqual,
        "lessThan" => Comparison::Less,
        "lessOrEqual" => Comparison::LessOrEqual,
        "greaterThan" => Comparison::Greater,
        "greaterOrEqual" => Comparison::GreaterOrEqual,
        other => return Err(unknown(element, "operator", other)),
    };
    Ok(Test::Compare(
        comparison,
        element.required("value")?.to_owned(),
    ))
}

fn unknown(element: &Element, what: &str, got: &str) -> ImportFault {
    element.fault(format!("{what} {:?} is not known", short(got)))
}

/// The items of an `Array`: texts may stand in quotes, with `\"` for a quote.
fn array(element: &Element) -> Result<Vec<String>, ImportFault> {
    let array = element
        .child("Array")
        .ok_or_else(|| element.fault("has no Array of values"))?;
    let mut items = Vec::new();
    let mut chars = array.text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(first) = chars.next() else {
            break;
        };
        let mut item = String::new();
        if first == '"' {
            loop {
                match chars.next() {
                    Some('"') => break,
                    Some('\\') => match chars.next() {
                        Some(escaped) => item.push(escaped),
                        None => return Err(array.fault("ends inside a quote")),
                    },
                    Some(c) => item.push(c),
                    None => return Err(array.fault("ends inside a quote")),
                }
            }
        } else {
            item.push(first);
            while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                item.push(c);
            }
        }
        items.push(item);
    }
    let count = array.attribute("n").map(str::parse::<usize>);
    if count.is_some_and(|count| count != Ok(items.len())) {
        let message = format!("has {} items, and its n says otherwise", items.len());
        return Err(array.fault(message));
    }
    if items.is_empty() {
        return Err(array.fault("has no items"));
    }
    Ok(items)
}

/// A constant of a numeric field.
pub(super) fn number(field: &str, text: &str) -> Result<Decimal, ImportFault> {
    text.trim()
        .parse()
        .map_err(|error| ImportFault::variable(field, format!("got {:?}: {error}", short(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Predicate, ImportFault> {
        let element = Element::read(text).expect("well-formed");
        Predicate::read(&element).map(|predicate| predicate.expect("a predicate"))
    }

    #[test]
    fn logic_has_three_values() {
        let part = |name: &str| match name {
            "t" => "<True/>",
            "f" => "<False/>",
            _ => "<SimplePredicate field=\"x\" operator=\"equal\" value=\"1\"/>",
        };
        for (joint, parts, want) in [
            ("and", ["t", "t"], Some(true)),
            ("and", ["u", "f"], Some(false)),
            ("and", ["u", "t"], None),
            ("or", ["u", "t"], Some(true)),
            ("or", ["u", "f"], None),
            ("or", ["f", "f"], Some(false)),
            ("xor", ["t", "t"], Some(false)),
            ("xor", ["t", "f"], Some(true)),
            ("xor", ["t", "u"], None),
            ("surrogate", ["u", "f"], Some(false)),
            ("surrogate", ["u", "u"], None),
        ] {
            let text = format!(
                "<CompoundPredicate booleanOperator=\"{joint}\">{}{}</CompoundPredicate>",
                part(parts[0]),
                part(parts[1])
            );
            let unknown = |_: &Test| None;
            assert_eq!(
                read(&text).expect("read").holds(&unknown),
                want,
                "{joint} {parts:?}"
            );
        }
    }

    #[test]
    fn arrays_have_quotes_and_counts() {
        let set = |array: &str| {
            read(&format!(
                "<SimpleSetPredicate field=\"x\" booleanOperator=\"isIn\">{array}</SimpleSetPredicate>"
            ))
        };
        let want = ["a b", "say \"x\"", "c"].map(str::to_owned).to_vec();
        assert_eq!(
            set(r#"<Array n="3" type="string">"a b" "say \"x\"" c</Array>"#),
            Ok(Predicate::Simple {
                field: "x".to_owned(),
                test: Test::IsIn(want)
            })
        );
        for (array, want) in [
            (
                "<Array n=\"2\" type=\"string\">a</Array>",
                "n says otherwise",
            ),
            (
                "<Array n=\"1\" type=\"string\">\"a</Array>",
                "inside a quote",
            ),
            ("<Array type=\"string\"/>", "no items"),
            ("", "no Array"),
        ] {
            let error = set(array).expect_err("refused").to_string();
            assert!(error.contains(want), "{error}");
        }
    }
}
