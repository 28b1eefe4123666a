//! Column lines: one of three scales, and values that are codes.

use std::collections::BTreeMap;

use super::super::LEVEL_MAX;
use super::super::column::{Categories, ColumnLine, ColumnScale, Cut, Steps};
use super::super::error::{SchemeError, SchemeFault};
use super::super::formula::{Formula, FormulaError};
use super::super::raw::RawLine;
use super::lines::Fields;
use super::text::is_plain;
use crate::decimal::Decimal;

/// The most digits after the point that equal steps read.
const DECIMALS_MAX: i64 = 9;
/// The most characters of a header or a category.
const TEXT_MAX: usize = 200;

impl Fields<'_> {
    /// The column with the line's unit and cap.
    pub(super) fn column(&self) -> Result<(ColumnLine, i64, u32), SchemeError> {
        self.refuse_two_scales()?;
        let scale = match (&self.raw.cuts, &self.raw.values) {
            (Some(cuts), _) => ColumnScale::Cuts(self.cuts(cuts)?),
            (None, Some(values)) => ColumnScale::Categories(self.categories_of_column(values)?),
            (None, None) => ColumnScale::Steps(self.steps()?),
        };
        let column = ColumnLine {
            header: self.header()?,
            formula: self.formula()?,
            scale,
            special: self.special()?,
        };
        let unit = match column.scale() {
            ColumnScale::Steps(steps) => steps.unit(),
            ColumnScale::Cuts(_) | ColumnScale::Categories(_) => 1,
        };
        let cap = column.scale_levels() as usize + column.special.len();
        let Some(cap) = u32::try_from(cap).ok().filter(|&cap| cap <= LEVEL_MAX) else {
            let fault = SchemeFault::Length {
                got: column.special.len(),
                least: 0,
                greatest: (LEVEL_MAX - column.scale_levels()) as usize,
            };
            return Err(self.at.fault("special", fault));
        };
        Ok((column, unit, cap))
    }

    /// Each field belongs to one scale; the first that is given decides.
    fn refuse_two_scales(&self) -> Result<(), SchemeError> {
        let raw = self.raw;
        let (steps, cuts, values) = (0, 1, 2);
        let given = [
            ("cuts", raw.cuts.is_some(), cuts),
            ("values", raw.values.is_some(), values),
            ("unit", raw.unit.is_some(), steps),
            ("origin", raw.origin.is_some(), steps),
            ("cap", raw.cap.is_some(), steps),
            ("decimals", raw.decimals.is_some(), steps),
            ("other", raw.other.is_some(), values),
        ];
        let mut given = given.into_iter().filter(|(_, given, _)| *given);
        let first = given.next();
        let other = given.find(|(.., scale)| first.is_some_and(|(.., one)| one != *scale));
        match (first, other) {
            (Some((first, ..)), Some((name, ..))) => {
                let fault = SchemeFault::TwoScales { other: first };
                Err(self.at.fault(name, fault))
            }
            _ if raw.values.is_some() && raw.special.is_some() => {
                let fault = SchemeFault::TwoScales { other: "values" };
                Err(self.at.fault("special", fault))
            }
            _ => Ok(()),
        }
    }

    fn steps(&self) -> Result<Steps, SchemeError> {
        let decimals = self.raw.decimals.unwrap_or(0);
        self.range("decimals", decimals, 0, DECIMALS_MAX)?;
        Ok(Steps {
            unit: self.unit()?,
            origin: self.origin()?,
            cap: self.cap()?,
            decimals: u8::try_from(decimals).expect("checked to be 0 to 9"),
        })
    }

    fn cuts(&self, raw: &[String]) -> Result<Vec<Cut>, SchemeError> {
        let greatest = LEVEL_MAX as usize - 1;
        if raw.len() > greatest {
            let fault = SchemeFault::Length {
                got: raw.len(),
                least: 0,
                greatest,
            };
            return Err(self.at.fault("cuts", fault));
        }
        let mut cuts: Vec<Cut> = Vec::with_capacity(raw.len());
        for (index, text) in raw.iter().enumerate() {
            let path = format!("cuts[{index}]");
            let cut = cut(text).ok_or_else(|| {
                self.bad_name(&path, text, "a decimal number such as 12.5, or >12.5")
            })?;
            if let Some(before) = cuts.last()
                && cut <= *before
            {
                let fault = SchemeFault::Cuts {
                    got: short(text),
                    before: short(&before.to_string()),
                };
                return Err(self.at.fault(&path, fault));
            }
            cuts.push(cut);
        }
        Ok(cuts)
    }

    fn categories_of_column(&self, raw: &[Vec<String>]) -> Result<Categories, SchemeError> {
        let other = self.raw.other.unwrap_or(false);
        let greatest = LEVEL_MAX as usize - usize::from(other);
        self.length("values", raw.len(), greatest)?;
        let mut groups = Vec::with_capacity(raw.len());
        let mut levels = BTreeMap::new();
        for (index, group) in (1..).zip(raw) {
            let path = format!("values[{}]", index - 1);
            self.length(&path, group.len(), usize::from(u16::MAX))?;
            for category in group {
                let trimmed = category.trim() == category;
                if !trimmed || !is_plain(category, TEXT_MAX) {
                    let want = "a category of 1 to 200 characters, without control characters and white space at its ends";
                    return Err(self.bad_name(&path, category, want));
                }
                if levels.insert(category.clone(), index).is_some() {
                    let fault = SchemeFault::Twice(short(category));
                    return Err(self.at.fault(&path, fault));
                }
            }
            let mut group = group.clone();
            group.sort_unstable();
            groups.push(group);
        }
        Ok(Categories {
            groups,
            other,
            levels,
        })
    }

    fn special(&self) -> Result<Vec<Decimal>, SchemeError> {
        let mut special: Vec<Decimal> = Vec::new();
        for (index, text) in self.raw.special.iter().flatten().enumerate() {
            let path = format!("special[{index}]");
            let value: Decimal = text
                .parse()
                .map_err(|_| self.bad_name(&path, text, "a decimal number such as -1"))?;
            if special.contains(&value) {
                return Err(self.at.fault(&path, SchemeFault::Twice(short(text))));
            }
            if special.len() >= LEVEL_MAX as usize {
                let fault = SchemeFault::Length {
                    got: self.raw.special.as_ref().map_or(0, Vec::len),
                    least: 0,
                    greatest: LEVEL_MAX as usize,
                };
                return Err(self.at.fault("special", fault));
            }
            special.push(value);
        }
        Ok(special)
    }

    fn formula(&self) -> Result<Option<Formula>, SchemeError> {
        let Some(text) = &self.raw.formula else {
            return Ok(None);
        };
        let other = [
            ("column", self.raw.column.is_some()),
            ("values", self.raw.values.is_some()),
        ];
        if let Some((other, _)) = other.into_iter().find(|(_, given)| *given) {
            return Err(self.at.fault("formula", SchemeFault::NoFormula { other }));
        }
        let formula = text
            .parse()
            .map_err(|error: FormulaError| self.at.fault("formula", SchemeFault::Formula(error)))?;
        Ok(Some(formula))
    }

    fn header(&self) -> Result<Option<String>, SchemeError> {
        let Some(header) = &self.raw.column else {
            return Ok(None);
        };
        if !is_plain(header, TEXT_MAX) || header.trim() != header {
            let want = "a column's header of 1 to 200 characters, without control characters and white space at its ends";
            return Err(self.bad_name("column", header, want));
        }
        Ok(Some(header.clone()).filter(|header| *header != self.raw.name))
    }
}

/// The fields of a column in the JSON form. What says nothing is left out, so
/// that schemes of before these fields keep their digest.
pub(super) fn write_out(column: &ColumnLine, raw: &mut RawLine) {
    raw.column.clone_from(&column.header);
    raw.formula = column.formula.as_ref().map(ToString::to_string);
    let special = column.special.iter().map(ToString::to_string);
    raw.special = Some(special.collect()).filter(|all: &Vec<_>| !all.is_empty());
    match &column.scale {
        ColumnScale::Steps(steps) => {
            raw.cap = Some(i64::from(steps.cap));
            raw.decimals = Some(i64::from(steps.decimals)).filter(|&decimals| decimals > 0);
        }
        ColumnScale::Cuts(cuts) => {
            (raw.unit, raw.cap) = (None, None);
            raw.cuts = Some(cuts.iter().map(ToString::to_string).collect());
        }
        ColumnScale::Categories(categories) => {
            (raw.unit, raw.cap) = (None, None);
            raw.values = Some(categories.groups.clone());
            raw.other = Some(categories.other).filter(|&other| other);
        }
    }
}

fn cut(text: &str) -> Option<Cut> {
    let (above, number) = match text.strip_prefix('>') {
        Some(number) => (true, number),
        None => (false, text),
    };
    let value = number.parse().ok()?;
    Some(Cut { value, above })
}

/// As much of a text as an error shows.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
