//! The columns that a card reads, each once, and values of every bin of them.

use std::collections::BTreeMap;

use blindscore_history::decimal::Decimal;

use super::super::draft::{Draft, Scale, Variable};

/// A column with the variables that read it.
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) variables: Vec<&'a Variable>,
}

impl Column<'_> {
    pub(super) fn is_number(&self) -> bool {
        matches!(self.variables[0].scale, Scale::Numbers { .. })
    }

    /// The categories, if no other is valid.
    pub(super) fn categories(&self) -> Option<Vec<&str>> {
        let mut all = Vec::new();
        for variable in &self.variables {
            let Scale::Categories {
                groups,
                other: None,
            } = &variable.scale
            else {
                return None;
            };
            for category in groups.iter().flat_map(|(group, _)| group) {
                if !all.contains(&category.as_str()) {
                    all.push(category.as_str());
                }
            }
        }
        Some(all)
    }
}

pub(super) fn columns(draft: &Draft) -> Vec<Column<'_>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for variable in &draft.variables {
        let place = *places.entry(&variable.column).or_insert(columns.len());
        match columns.get_mut(place) {
            Some(column) => column.variables.push(variable),
            None => columns.push(Column {
                name: &variable.column,
                variables: vec![variable],
            }),
        }
    }
    columns
}

/// A value of every bin of a column.
pub(super) fn values_of(column: &Column<'_>) -> Vec<String> {
    let mut values = Vec::new();
    for variable in &column.variables {
        match &variable.scale {
            Scale::Numbers { cuts, .. } => {
                let first = cuts
                    .first()
                    .map_or_else(|| 0.into(), |cut| beside(&cut.value, -1));
                values.push(first.to_string());
                for cut in cuts {
                    let value = if cut.above {
                        beside(&cut.value, 1)
                    } else {
                        cut.value.clone()
                    };
                    values.push(value.to_string());
                }
            }
            Scale::Categories { groups, .. } => {
                values.extend(groups.iter().flat_map(|(group, _)| group).cloned());
            }
        }
        values.extend(variable.special.iter().map(|(value, _)| value.to_string()));
    }
    values
}

/// A number just beside another: one unit in the digit after its last.
pub(super) fn beside(value: &Decimal, step: i128) -> Decimal {
    let places = u8::try_from(value.places() + 1).unwrap_or(u8::MAX);
    let digits = value.floor(places).saturating_add(step);
    i64::try_from(digits).map_or_else(|_| value.clone(), |d| Decimal::scaled_down(d, places))
}
