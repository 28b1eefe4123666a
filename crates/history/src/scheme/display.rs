//! Levels for people: a range of levels as the money, months or shares that it
//! stands for.

use super::Scheme;
use super::column::{ColumnLine, ColumnScale, Cut};
use super::line::{Line, LineKind};
use super::measure::Quantity;
use crate::decimal::Decimal;
use crate::money::{Currency, format_money};

impl Scheme {
    /// The levels `from..to` (to the largest if `to` is `None`) of a
    /// line-window, as the values that give them.
    ///
    /// - amounts: `100.00 to under 150.00 EUR`, `under 50.00 EUR`, `2,000.00
    ///   EUR or more`
    /// - counts in steps of one: `2 to 4 months`, `0 months`
    /// - shares: `250 to under 300 per mille`
    /// - columns: `7.5 to under 17.5`, `joint, e-wallet`, `special value -1`
    /// - level 0 of a single or column line: `not known`
    ///
    /// A level over several sources is the sum of the sources' levels, each
    /// rounded down, so the money of a range is up to one unit a source (and
    /// member, for a sum line) less than the person's own sum.
    ///
    /// A `line_window` that the scheme does not have, and a range without a
    /// level, give `no level`.
    pub fn level_range_as_money(&self, line_window: usize, from: u32, to: Option<u32>) -> String {
        let Some(window) = self.line_windows().get(line_window) else {
            return NO_LEVEL.to_owned();
        };
        let Some(line) = self.lines().get(window.line) else {
            return NO_LEVEL.to_owned();
        };
        // One past the largest level is no bound.
        let to = to.filter(|&to| to <= window.level_max);
        if from > window.level_max || to.is_some_and(|to| to <= from) {
            return NO_LEVEL.to_owned();
        }
        let range = Range {
            line,
            currency: self.currency(),
        };
        match line.kind() {
            LineKind::Pooled(_) | LineKind::Sum(_) => range.of_total(from, to),
            LineKind::Single(_) => range.of_value(from, to),
            LineKind::Column(column) => range.of_column(column, from, to),
        }
    }
}

const NO_LEVEL: &str = "no level";
const NOT_KNOWN: &str = "not known";

struct Range<'a> {
    line: &'a Line,
    currency: Currency,
}

impl Range<'_> {
    /// Lines whose level 0 is a true zero: below it there is nothing.
    fn of_total(&self, from: u32, to: Option<u32>) -> String {
        let start = (from > 0).then(|| self.start(from));
        match to {
            Some(to) if self.in_steps_of_one() => self.counts(i64::from(from), i64::from(to) - 1),
            _ => self.values(start, to.map(|to| self.start(to))),
        }
    }

    /// Lines whose level 0 is not known, and whose level 1 has no lower end.
    fn of_value(&self, from: u32, to: Option<u32>) -> String {
        if from == 0 {
            return match to {
                Some(1) => NOT_KNOWN.to_owned(),
                Some(to) => format!("{NOT_KNOWN} or {}", self.values(None, Some(self.start(to)))),
                None => "any, known or not".to_owned(),
            };
        }
        let start = (from > 1 || self.starts_at_nothing()).then(|| self.start(from));
        match (start, to) {
            (Some(start), Some(to)) if self.in_steps_of_one() => {
                self.counts(start, self.start(to) - 1)
            }
            _ => self.values(start, to.map(|to| self.start(to))),
        }
    }

    /// A column's levels: not known, those of its scale, special values.
    fn of_column(&self, column: &ColumnLine, from: u32, to: Option<u32>) -> String {
        let scale_end = column.scale_levels() + 1;
        let end = to.unwrap_or(self.line.cap() + 1);
        if column.special().is_empty() && matches!(column.scale(), ColumnScale::Steps(_)) {
            return self.of_value(from, to);
        }
        let mut parts = Vec::new();
        if from == 0 {
            parts.push(NOT_KNOWN.to_owned());
        }
        let (first, last) = (from.max(1), end.min(scale_end));
        if first < last {
            parts.push(self.of_scale(column, first, last));
        }
        for level in from.max(scale_end)..end {
            let value = &column.special()[(level - scale_end) as usize];
            parts.push(format!("special value {value}"));
        }
        parts.join(" or ")
    }

    /// Levels `from..to` of a column's scale, at least one.
    fn of_scale(&self, column: &ColumnLine, from: u32, to: u32) -> String {
        let to_end = to > column.scale_levels();
        match column.scale() {
            ColumnScale::Steps(_) => self.of_value(from, (!to_end).then_some(to)),
            ColumnScale::Cuts(cuts) => {
                // Level l lies between cuts l - 2 and l - 1.
                let lower = from.checked_sub(2).and_then(|at| cuts.get(at as usize));
                let upper = cuts.get(to as usize - 2).filter(|_| !to_end);
                between(lower, upper)
            }
            ColumnScale::Categories(categories) => {
                let groups = categories.groups();
                let (first, last) = (from as usize - 1, (to as usize - 1).min(groups.len()));
                let mut names: Vec<&str> = groups[first.min(last)..last]
                    .iter()
                    .flatten()
                    .map(String::as_str)
                    .collect();
                if to_end && categories.has_other() {
                    names.push("any other");
                }
                names.join(", ")
            }
        }
    }

    /// The least value that gives a level. No overflow: units and origins have
    /// 53 bits, levels 8.
    fn start(&self, level: u32) -> i64 {
        match self.line.origin() {
            Some(origin) => origin + (i64::from(level) - 1) * self.line.unit(),
            None => i64::from(level) * self.line.unit(),
        }
    }

    /// Months are never fewer than 0, so level 1 from origin 0 has a lower end.
    fn starts_at_nothing(&self) -> bool {
        self.line.quantity() == Quantity::Months && self.line.origin() == Some(0)
    }

    fn in_steps_of_one(&self) -> bool {
        let counted = matches!(self.line.quantity(), Quantity::Months | Quantity::Number);
        counted && self.line.unit() == 1 && self.decimals() == 0
    }

    fn counts(&self, least: i64, greatest: i64) -> String {
        let unit = self.unit_name(greatest);
        if least == greatest {
            format!("{least}{unit}")
        } else {
            format!("{least} to {greatest}{unit}")
        }
    }

    fn values(&self, start: Option<i64>, end: Option<i64>) -> String {
        match (start, end) {
            (None, None) => "any".to_owned(),
            (None, Some(end)) => format!("under {}", self.value(end)),
            (Some(start), None) => format!("{} or more", self.value(start)),
            (Some(start), Some(end)) => {
                format!("{} to under {}", self.bare(start), self.value(end))
            }
        }
    }

    fn value(&self, value: i64) -> String {
        match self.line.quantity() {
            Quantity::Money => format_money(value, self.currency),
            Quantity::Number => Decimal::scaled_down(value, self.decimals()).to_string(),
            Quantity::Months | Quantity::PerMille => {
                format!("{value}{}", self.unit_name(value))
            }
        }
    }

    /// Digits after the point that the values of a column in steps have.
    fn decimals(&self) -> u8 {
        match self.line.kind() {
            LineKind::Column(column) => match column.scale() {
                ColumnScale::Steps(steps) => steps.decimals(),
                ColumnScale::Cuts(_) | ColumnScale::Categories(_) => 0,
            },
            LineKind::Pooled(_) | LineKind::Single(_) | LineKind::Sum(_) => 0,
        }
    }

    /// The value without its unit.
    fn bare(&self, value: i64) -> String {
        let text = self.value(value);
        let unit = match self.line.quantity() {
            Quantity::Money => format!(" {}", self.currency),
            Quantity::Months | Quantity::PerMille | Quantity::Number => {
                self.unit_name(value).to_owned()
            }
        };
        text.strip_suffix(&unit).unwrap_or(&text).to_owned()
    }

    fn unit_name(&self, count: i64) -> &'static str {
        match self.line.quantity() {
            Quantity::Months if count == 1 => " month",
            Quantity::Months => " months",
            Quantity::PerMille => " per mille",
            Quantity::Money | Quantity::Number => "",
        }
    }
}

/// The numbers between two cut points.
fn between(lower: Option<&Cut>, upper: Option<&Cut>) -> String {
    let end = |cut: &Cut| {
        let word = if cut.is_above() { "up to" } else { "under" };
        format!("{word} {}", cut.value())
    };
    match (lower, upper) {
        (None, None) => "any".to_owned(),
        (None, Some(upper)) => end(upper),
        (Some(lower), None) if lower.is_above() => format!("above {}", lower.value()),
        (Some(lower), None) => format!("{} or more", lower.value()),
        (Some(lower), Some(upper)) if lower.value() == upper.value() => lower.value().to_string(),
        (Some(lower), Some(upper)) => {
            let word = if lower.is_above() { "above " } else { "" };
            let joint = if upper.is_above() {
                "up to"
            } else {
                "to under"
            };
            format!("{word}{} {joint} {}", lower.value(), upper.value())
        }
    }
}
