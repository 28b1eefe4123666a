//! The fields of a PMML file: what `DataDictionary` and `MiningSchema` say of
//! a column's type, missing, invalid and outlying values.

use std::collections::{BTreeMap, BTreeSet};

use blindscore_history::decimal::Decimal;

use super::super::error::{ImportFault, short};
use super::predicate::number;
use super::xml::Element;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Its `dataType`.
    pub(super) data_type: String,
    /// Valid values, where the file lists them.
    pub(super) valid: Vec<String>,
    /// Values that mean a missing one.
    pub(super) missing: Vec<String>,
    /// Values that are invalid though they might be read.
    pub(super) invalid: Vec<String>,
    /// Ranges of valid numbers, where the file has them.
    pub(super) ranges: Vec<Range>,
    /// What a missing value is replaced with.
    pub(super) missing_as: Option<String>,
    pub(super) invalid_as: Invalid,
    pub(super) outliers: Outliers,
}

/// A range of valid numbers, each end with whether it is outside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) lower: Option<(Decimal, bool)>,
    pub(super) upper: Option<(Decimal, bool)>,
}

/// What becomes of an invalid value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invalid {
    /// There is no score.
    Refused,
    AsIs,
    AsMissing,
    AsValue(String),
}

/// What becomes of a number outside its usual range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outliers {
    Kept,
    AsMissing(Option<Decimal>, Option<Decimal>),
    AsExtreme(Option<Decimal>, Option<Decimal>),
}

/// All fields by name, and the names of derived ones.
pub(super) struct Fields {
    fields: BTreeMap<String, Field>,
    derived: BTreeSet<String>,
}

impl Fields {
    pub(super) fn read(pmml: &Element, model: &Element) -> Result<Self, ImportFault> {
        let dictionary = pmml
            .child("DataDictionary")
            .ok_or_else(|| pmml.fault("has no DataDictionary"))?;
        let mut fields = BTreeMap::new();
        for element in dictionary.all("DataField") {
            let name = element.required("name")?.to_owned();
            if fields.insert(name, data_field(element)?).is_some() {
                return Err(element.fault("is there twice; want it once"));
            }
        }
        let schema = model
            .child("MiningSchema")
            .ok_or_else(|| model.fault("has no MiningSchema"))?;
        for element in schema.all("MiningField") {
            let name = element.required("name")?;
            let Some(field) = fields.get_mut(name) else {
                return Err(element.fault("is not in the DataDictionary"));
            };
            mining_field(element, field)?;
        }
        let dictionaries = [
            pmml.child("TransformationDictionary"),
            model.child("LocalTransformations"),
        ];
        let derived = dictionaries.into_iter().flatten();
        let derived = derived.flat_map(|all| all.all("DerivedField"));
        Ok(Self {
            fields,
            derived: derived
                .filter_map(|d| d.attribute("name").map(str::to_owned))
                .collect(),
        })
    }

    /// The field of that name, which a predicate of `of` reads.
    pub(super) fn find(&self, name: &str, of: &Element) -> Result<&Field, ImportFault> {
        if self.derived.contains(name) {
            return Err(of.fault(format!(
                "reads the derived field {:?}: compute it into the table as a column, and let \
                 the card read that",
                short(name)
            )));
        }
        let unknown = || {
            of.fault(format!(
                "reads field {:?}, which is in no DataDictionary",
                short(name)
            ))
        };
        self.fields.get(name).ok_or_else(unknown)
    }
}

fn data_field(element: &Element) -> Result<Field, ImportFault> {
    let name = element.required("name")?.to_owned();
    let values = |property: &str| {
        let of = |value: &&Element| value.attribute("property").unwrap_or("valid") == property;
        element
            .all("Value")
            .filter(of)
            .map(|value| Ok(value.required("value")?.to_owned()))
            .collect::<Result<Vec<String>, ImportFault>>()
    };
    let mut ranges = Vec::new();
    for interval in element.all("Interval") {
        ranges.push(range(&name, interval)?);
    }
    Ok(Field {
        // Other types than numbers and texts are refused where a predicate
        // reads them.
        data_type: element.required("dataType")?.to_owned(),
        valid: values("valid")?,
        missing: values("missing")?,
        invalid: values("invalid")?,
        ranges,
        missing_as: None,
        invalid_as: Invalid::Refused,
        outliers: Outliers::Kept,
        name,
    })
}

fn range(field: &str, interval: &Element) -> Result<Range, ImportFault> {
    let (open_left, open_right) = match interval.required("closure")? {
        "openClosed" => (true, false),
        "openOpen" => (true, true),
        "closedOpen" => (false, true),
        "closedClosed" => (false, false),
        other => return Err(interval.fault(format!("closure {:?} is not known", short(other)))),
    };
    let margin = |name: &str, open: bool| match interval.attribute(name) {
        None => Ok(None),
        Some(text) => number(field, text).map(|value| Some((value, open))),
    };
    Ok(Range {
        lower: margin("leftMargin", open_left)?,
        upper: margin("rightMargin", open_right)?,
    })
}

fn mining_field(element: &Element, field: &mut Field) -> Result<(), ImportFault> {
    field.missing_as = element
        .attribute("missingValueReplacement")
        .map(str::to_owned);
    field.invalid_as = match element
        .attribute("invalidValueTreatment")
        .unwrap_or("returnInvalid")
    {
        "returnInvalid" => Invalid::Refused,
        "asIs" => Invalid::AsIs,
        "asMissing" => Invalid::AsMissing,
        "asValue" => Invalid::AsValue(element.required("invalidValueReplacement")?.to_owned()),
        other => {
            let message = format!("invalidValueTreatment {:?} is not known", short(other));
            return Err(element.fault(message));
        }
    };
    let bound = |name: &str| match element.attribute(name) {
        None => Ok(None),
        Some(text) => number(&field.name, text).map(Some),
    };
    field.outliers = match element.attribute("outliers").unwrap_or("asIs") {
        "asIs" => Outliers::Kept,
        "asMissingValues" => Outliers::AsMissing(bound("lowValue")?, bound("highValue")?),
        "asExtremeValues" => Outliers::AsExtreme(bound("lowValue")?, bound("highValue")?),
        other => return Err(element.fault(format!("outliers {:?} is not known", short(other)))),
    };
    Ok(())
}
