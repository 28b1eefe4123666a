//! From Plaid's personal finance categories to flow and category.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use super::table::{self, Row, TableFault};
use super::{Category, Flow};

/// A map from Plaid's primary and detailed identifiers, versions 1 and 2.
///
/// ```
/// use blindscore_history::taxonomy::{Category, Flow, PlaidMap};
/// let map = PlaidMap::builtin();
/// let food = (Flow::Expenditure, Category::Food);
/// assert_eq!(map.lookup("FOOD_AND_DRINK", "FOOD_AND_DRINK_GROCERIES"), Some(food));
/// // A detailed identifier newer than the map: what its primary mostly means.
/// let out = (Flow::Expenditure, Category::DiningLodging);
/// assert_eq!(map.lookup("FOOD_AND_DRINK", "FOOD_AND_DRINK_NEW"), Some(out));
/// assert_eq!(map.lookup("SOMETHING_NEW", ""), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaidMap {
    primaries: BTreeMap<String, Details>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    fallback: Option<(Flow, Category)>,
    detailed: BTreeMap<String, (Flow, Category)>,
}

/// Identifiers and their meaning only. The row of a primary category without a
/// detailed one says what that category's own "other" identifier means.
const BUILTIN: &str = include_str!("../../data/plaid_pfc.csv");

impl PlaidMap {
    /// The map compiled in.
    pub fn builtin() -> &'static Self {
        static MAP: LazyLock<PlaidMap> = LazyLock::new(|| {
            PlaidMap::from_csv(BUILTIN.as_bytes()).expect("a test reads the map compiled in")
        });
        &MAP
    }

    /// A map from a CSV file (UTF-8, comma) whose header names the columns
    /// `primary`, `detailed`, `flow` and `category`; others are ignored. A row
    /// with an empty `detailed` is the fallback of its primary category.
    ///
    /// # Errors
    /// As [`MccMap::from_csv`](super::MccMap::from_csv).
    pub fn from_csv(reader: impl Read) -> Result<Self, PlaidMapError> {
        let mut primaries: BTreeMap<String, Details> = BTreeMap::new();
        for row in table::read(reader, ["primary", "detailed"])? {
            let Row {
                line,
                keys: [primary, detailed],
                meaning,
            } = row;
            let at = |fault| PlaidMapError { line, fault };
            if primary.is_empty() {
                return Err(at(TableFault::Code));
            }
            let details = primaries.entry(primary).or_default();
            let before = if detailed.is_empty() {
                details.fallback.replace(meaning)
            } else {
                details.detailed.insert(detailed, meaning)
            };
            if before.is_some() {
                return Err(at(TableFault::Twice));
            }
        }
        Ok(Self { primaries })
    }

    /// Flow and category of a pair of identifiers. A detailed identifier that is
    /// unknown falls back on its primary; an unknown primary has no answer.
    pub fn lookup(&self, primary: &str, detailed: &str) -> Option<(Flow, Category)> {
        let details = self.primaries.get(primary)?;
        details.detailed.get(detailed).copied().or(details.fallback)
    }
}

/// What is wrong with a file of Plaid categories.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("Plaid category map, line {line}: {fault}")]
pub struct PlaidMapError {
    line: u64,
    fault: TableFault,
}

impl PlaidMapError {
    /// The line at fault, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl From<(u64, TableFault)> for PlaidMapError {
    fn from((line, fault): (u64, TableFault)) -> Self {
        Self { line, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primary_of_the_builtin_map_has_a_fallback() {
        let map = PlaidMap::builtin();
        assert_eq!(map.primaries.len(), 17);
        for (primary, details) in &map.primaries {
            assert!(details.fallback.is_some(), "{primary}");
            assert!(!details.detailed.is_empty(), "{primary}");
        }
    }

    #[test]
    fn identifiers_of_both_versions_are_known() {
        let map = PlaidMap::builtin();
        let income = Some((Flow::Income, Category::Unclassified));
        assert_eq!(map.lookup("INCOME", "INCOME_WAGES"), income);
        assert_eq!(map.lookup("INCOME", "INCOME_SALARY"), income);
        assert_eq!(
            map.lookup("ENTERTAINMENT", "ENTERTAINMENT_CASINOS_AND_GAMBLING"),
            Some((Flow::Expenditure, Category::Gambling))
        );
    }

    #[test]
    fn errors_name_the_line() {
        let file = "primary,detailed,flow,category\nA,,cash,UNCLASSIFIED\nA,,cash,UNCLASSIFIED\n";
        assert_eq!(PlaidMap::from_csv(file.as_bytes()).unwrap_err().line(), 3);
        let file = "primary,detailed,flow,category\n,B,cash,UNCLASSIFIED\n";
        assert_eq!(PlaidMap::from_csv(file.as_bytes()).unwrap_err().line(), 2);
    }
}
