//! From the predicates of a characteristic to the cells of its column: which
//! attribute each value has.
//!
//! The constants of all predicates divide the numbers into positions, below,
//! at, and between them; a predicate is true or false on a whole position. So
//! trying the attributes on each position tells the bins without loss.
//! Categories are tried one by one, and once for all that no predicate names.

use std::collections::{BTreeMap, BTreeSet};

use blindscore_history::decimal::Decimal;

use super::super::draft::{Boundary, Scale, Variable};
use super::super::error::{ImportFault, Note, short};
use super::fields::{Field, Invalid, Outliers};
use super::predicate::{Comparison, Predicate, Test, number};

/// A characteristic over one field.
pub(super) struct Cells<'a> {
    pub(super) field: &'a Field,
    /// Each attribute's predicate, in order.
    pub(super) predicates: &'a [Predicate],
    /// Each attribute's points.
    pub(super) points: &'a [Decimal],
    pub(super) force: bool,
}

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It has this attribute.
    Attribute(usize),
    /// It counts as missing.
    Missing,
    /// It is invalid, so there is no score.
    Invalid,
    /// No attribute is true.
    None,
}

impl Cells<'_> {
    /// The variable, with notes on what PMML leaves open.
    pub(super) fn variable(&self, notes: &mut Vec<Note>) -> Result<Variable, ImportFault> {
        match self.field.data_type.as_str() {
            "integer" | "float" | "double" => self.numbers(notes),
            "string" | "boolean" => self.categories(notes),
            other => Err(self.fault(format!(
                "is of type {:?}; want a number, a string or a boolean",
                short(other)
            ))),
        }
    }

    fn fault(&self, message: impl Into<String>) -> ImportFault {
        ImportFault::variable(&self.field.name, message)
    }

    fn missing_points(&self, missing: Option<usize>, notes: &mut Vec<Note>) -> Decimal {
        if let Some(attribute) = missing {
            return self.points[attribute].clone();
        }
        notes.push(Note::about(
            &self.field.name,
            "no attribute is true of a missing value, for which PMML gives no score: here it has \
             the least points of the characteristic",
        ));
        self.points
            .iter()
            .min()
            .cloned()
            .unwrap_or_else(|| 0.into())
    }

    fn first_true(&self, holds: &impl Fn(&Test) -> Option<bool>) -> Outcome {
        let found = self
            .predicates
            .iter()
            .position(|p| p.holds(holds) == Some(true));
        found.map_or(Outcome::None, Outcome::Attribute)
    }

    /// The attribute of a missing cell that nothing replaces.
    fn first_true_of_missing(&self) -> Option<usize> {
        let holds = |test: &Test| match test {
            Test::IsMissing => Some(true),
            Test::IsNotMissing => Some(false),
            Test::Compare(..) | Test::IsIn(_) | Test::IsNotIn(_) => None,
        };
        match self.first_true(&holds) {
            Outcome::Attribute(attribute) => Some(attribute),
            _ => None,
        }
    }
}

/// Numbers, divided by constants.
struct Positions<'a> {
    cells: &'a Cells<'a>,
    /// Ascending. Position `2i` is below constant i, `2i + 1` at it.
    constants: Vec<Decimal>,
    by_text: BTreeMap<String, Decimal>,
}

impl Cells<'_> {
    fn numbers(&self, notes: &mut Vec<Note>) -> Result<Variable, ImportFault> {
        let positions = Positions::new(self)?;
        let missing = positions.missing();
        let count = 2 * positions.constants.len() + 1;
        let outcomes: Vec<Outcome> = (0..count).map(|at| positions.outcome(at)).collect();
        let mut attributes = Vec::with_capacity(count);
        for (at, outcome) in outcomes.iter().enumerate() {
            attributes.push(match outcome {
                Outcome::Attribute(attribute) => Some(*attribute),
                Outcome::Missing => None,
                Outcome::None => {
                    let range = positions.text(at);
                    return Err(self.fault(format!("no attribute is true of {range}: a gap")));
                }
                Outcome::Invalid => {
                    let message = format!(
                        "variable {:?}: {} is invalid in the file, for which PMML gives no score, \
                         while a column's bins give one to every number",
                        self.field.name,
                        positions.text(at)
                    );
                    return Err(ImportFault::Force { message });
                }
            });
        }
        // What is only ever a single number is a code.
        let only_points = |attribute: usize| {
            let mut places = attributes
                .iter()
                .enumerate()
                .filter(|(_, a)| **a == Some(attribute));
            places.all(|(at, _)| at % 2 == 1)
        };
        let missing_points = self.missing_points(missing, notes);
        let mut special: Vec<(Option<usize>, Decimal)> = Vec::new();
        let mut cuts = Vec::new();
        let mut bins: Vec<Option<usize>> = Vec::new();
        let mut last_kept = None;
        for (at, attribute) in attributes.iter().enumerate() {
            let is_code = attribute.is_none_or(only_points) && at % 2 == 1;
            if is_code {
                special.push((*attribute, positions.constants[at / 2].clone()));
                continue;
            }
            if bins.last() != Some(attribute) {
                if last_kept.is_some() {
                    cuts.push(positions.boundary(at, last_kept));
                }
                bins.push(*attribute);
            }
            last_kept = Some(at);
        }
        let points_of = |attribute: &Option<usize>| match attribute {
            Some(attribute) => self.points[*attribute].clone(),
            None => missing_points.clone(),
        };
        let points = bins.iter().map(points_of).collect();
        let scale = Scale::Numbers { cuts, points };
        special.sort_by_key(|(attribute, _)| *attribute);
        let mut variable = Variable::new(&self.field.name, scale, missing_points.clone());
        variable.special = special
            .iter()
            .map(|(attribute, value)| (value.clone(), points_of(attribute)))
            .collect();
        Ok(variable)
    }
}

impl<'a> Positions<'a> {
    fn new(cells: &'a Cells<'a>) -> Result<Self, ImportFault> {
        let field = cells.field;
        let mut texts: BTreeSet<&str> = BTreeSet::new();
        for predicate in cells.predicates {
            predicate.visit(&mut |_, test| {
                texts.extend(test.constants().iter().map(String::as_str));
            });
        }
        let listed = [&field.valid, &field.missing, &field.invalid];
        texts.extend(listed.into_iter().flatten().map(String::as_str));
        texts.extend(field.missing_as.as_deref());
        if let Invalid::AsValue(value) = &field.invalid_as {
            texts.insert(value);
        }
        let mut by_text = BTreeMap::new();
        for text in texts {
            by_text.insert(text.to_owned(), number(&field.name, text)?);
        }
        let mut constants: BTreeSet<Decimal> = by_text.values().cloned().collect();
        for range in &field.ranges {
            let ends = [&range.lower, &range.upper];
            constants.extend(ends.into_iter().flatten().map(|(value, _)| value.clone()));
        }
        if let Outliers::AsMissing(low, high) | Outliers::AsExtreme(low, high) = &field.outliers {
            constants.extend([low, high].into_iter().flatten().cloned());
        }
        Ok(Self {
            cells,
            constants: constants.into_iter().collect(),
            by_text,
        })
    }

    fn position_of(&self, value: &Decimal) -> usize {
        match self.constants.binary_search(value) {
            Ok(index) => 2 * index + 1,
            Err(index) => 2 * index,
        }
    }

    fn position_of_text(&self, text: &str) -> usize {
        self.by_text
            .get(text)
            .map_or(0, |value| self.position_of(value))
    }

    fn missing(&self) -> Option<usize> {
        match &self.cells.field.missing_as {
            None => self.cells.first_true_of_missing(),
            Some(value) => match self.evaluate(self.position_of_text(value)) {
                Outcome::Attribute(attribute) => Some(attribute),
                _ => None,
            },
        }
    }

    /// What becomes of the numbers of a position.
    fn outcome(&self, at: usize) -> Outcome {
        let field = self.cells.field;
        let lists = |values: &[String]| values.iter().any(|v| self.position_of_text(v) == at);
        if lists(&field.missing) {
            return self.missing().map_or(Outcome::Missing, Outcome::Attribute);
        }
        let outside = !field.ranges.is_empty()
            && !field.ranges.iter().any(|range| {
                let above = range.lower.as_ref().is_none_or(|(value, open)| {
                    at > self.position_of(value) || (!open && at == self.position_of(value))
                });
                let below = range.upper.as_ref().is_none_or(|(value, open)| {
                    at < self.position_of(value) || (!open && at == self.position_of(value))
                });
                above && below
            });
        let unlisted = !field.valid.is_empty() && field.ranges.is_empty() && !lists(&field.valid);
        if lists(&field.invalid) || outside || unlisted {
            match &field.invalid_as {
                Invalid::Refused if !self.cells.force => return Outcome::Invalid,
                Invalid::Refused | Invalid::AsIs => {}
                Invalid::AsMissing => {
                    return self.missing().map_or(Outcome::Missing, Outcome::Attribute);
                }
                Invalid::AsValue(value) => return self.evaluate(self.position_of_text(value)),
            }
        }
        let beyond = |low: &Option<Decimal>, high: &Option<Decimal>| {
            let low = low.as_ref().map(|low| self.position_of(low));
            let high = high.as_ref().map(|high| self.position_of(high));
            low.filter(|low| at < *low)
                .or(high.filter(|high| at > *high))
        };
        match &field.outliers {
            Outliers::AsMissing(low, high) if beyond(low, high).is_some() => {
                self.missing().map_or(Outcome::Missing, Outcome::Attribute)
            }
            Outliers::AsExtreme(low, high) => self.evaluate(beyond(low, high).unwrap_or(at)),
            _ => self.evaluate(at),
        }
    }

    fn evaluate(&self, at: usize) -> Outcome {
        let equals = |value: &String| self.position_of_text(value) == at;
        self.cells.first_true(&|test| {
            Some(match test {
                Test::IsMissing => false,
                Test::IsNotMissing => true,
                Test::IsIn(values) => values.iter().any(equals),
                Test::IsNotIn(values) => !values.iter().any(equals),
                Test::Compare(comparison, value) => {
                    comparison.holds(at.cmp(&self.position_of_text(value)))
                }
            })
        })
    }

    /// Where the bin that begins with position `at` starts.
    fn boundary(&self, at: usize, last_kept: Option<usize>) -> Boundary {
        let value = self.constants[(at - 1) / 2].clone();
        // At the constant itself; or above it, unless it is a code of its own.
        let above = at.is_multiple_of(2) && last_kept == Some(at - 1);
        Boundary { value, above }
    }

    fn text(&self, at: usize) -> String {
        let value = |index: usize| &self.constants[index];
        match (at, at / 2) {
            (0, _) if self.constants.is_empty() => "any number".to_owned(),
            (0, _) => format!("a number under {}", value(0)),
            (at, index) if at % 2 == 1 => format!("the number {}", value(index)),
            (_, index) if index == self.constants.len() => {
                format!("a number above {}", value(index - 1))
            }
            (_, index) => format!("a number between {} and {}", value(index - 1), value(index)),
        }
    }
}

impl Cells<'_> {
    fn categories(&self, notes: &mut Vec<Note>) -> Result<Variable, ImportFault> {
        let field = self.field;
        let mut named: BTreeSet<&str> = BTreeSet::new();
        let mut ordered = false;
        for predicate in self.predicates {
            predicate.visit(&mut |_, test| {
                named.extend(test.constants().iter().map(String::as_str));
                ordered |= matches!(
                    test,
                    Test::Compare(
                        Comparison::Less
                            | Comparison::LessOrEqual
                            | Comparison::Greater
                            | Comparison::GreaterOrEqual,
                        _
                    )
                );
            });
        }
        if ordered {
            return Err(self.fault("is a text, and a predicate asks whether it is less or greater"));
        }
        named.extend(field.valid.iter().chain(&field.missing).map(String::as_str));
        let missing = match &field.missing_as {
            None => self.first_true_of_missing(),
            Some(value) => match self.evaluate_text(Some(value)) {
                Outcome::Attribute(attribute) => Some(attribute),
                _ => None,
            },
        };
        let missing_points = self.missing_points(missing, notes);
        let as_missing = missing.map_or(Outcome::Missing, Outcome::Attribute);
        let settled = |text: Option<&str>| {
            let is_in = |list: &[String]| text.is_some_and(|t| list.iter().any(|l| l == t));
            if is_in(&field.missing) {
                return as_missing;
            }
            let unlisted = !field.valid.is_empty() && !is_in(&field.valid);
            if !unlisted && !is_in(&field.invalid) {
                return self.evaluate_text(text);
            }
            match &field.invalid_as {
                Invalid::Refused => Outcome::Invalid,
                Invalid::AsIs => self.evaluate_text(text),
                Invalid::AsMissing => as_missing,
                Invalid::AsValue(value) => self.evaluate_text(Some(value)),
            }
        };
        let points = |attribute: Option<usize>| {
            attribute.map_or_else(|| missing_points.clone(), |a| self.points[a].clone())
        };
        let mut groups: BTreeMap<Option<usize>, Vec<String>> = BTreeMap::new();
        let other = match settled(None) {
            Outcome::Attribute(attribute) => Some(points(Some(attribute))),
            Outcome::Missing => Some(points(None)),
            Outcome::None | Outcome::Invalid => None,
        };
        for text in named {
            let group = match settled(Some(text)) {
                Outcome::Attribute(attribute) => Some(attribute),
                Outcome::Missing => None,
                Outcome::None | Outcome::Invalid if other.is_none() => continue,
                Outcome::None | Outcome::Invalid => {
                    let message = format!(
                        "no attribute is true of {:?}, though of others",
                        short(text)
                    );
                    return Err(self.fault(message));
                }
            };
            groups
                .entry(group)
                .or_default()
                .extend(self.spellings(text));
        }
        let groups = groups
            .into_iter()
            .map(|(attribute, texts)| (texts, points(attribute)));
        let scale = Scale::Categories {
            groups: groups.collect(),
            other,
        };
        if matches!(&scale, Scale::Categories { groups, .. } if groups.is_empty()) {
            return Err(self.fault("no attribute names a category"));
        }
        Ok(Variable::new(&field.name, scale, missing_points))
    }

    /// The attribute of a text, or of one that nothing names.
    fn evaluate_text(&self, text: Option<&str>) -> Outcome {
        let equals = |value: &String| text == Some(value.as_str());
        self.first_true(&|test| {
            Some(match test {
                Test::IsMissing => false,
                Test::IsNotMissing => true,
                Test::IsIn(values) => values.iter().any(equals),
                Test::IsNotIn(values) => !values.iter().any(equals),
                Test::Compare(Comparison::NotEqual, value) => !equals(value),
                Test::Compare(_, value) => equals(value),
            })
        })
    }

    /// Tables write truth values with a capital letter as often as without.
    fn spellings(&self, text: &str) -> Vec<String> {
        match (self.field.data_type.as_str(), text) {
            ("boolean", "true") => ["true", "True", "TRUE"].map(str::to_owned).to_vec(),
            ("boolean", "false") => ["false", "False", "FALSE"].map(str::to_owned).to_vec(),
            _ => vec![text.to_owned()],
        }
    }
}
