//! From merchant category codes (ISO 18245) to flow and category.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use super::table::{self, Row, TableFault};
use super::{Category, Flow};

/// A map from merchant category codes to flow and category.
///
/// ```
/// use blindscore_history::taxonomy::{Category, Flow, MccMap};
/// let map = MccMap::builtin();
/// assert_eq!(map.lookup(5411), Some((Flow::Expenditure, Category::Food)));
/// assert_eq!(map.lookup(3999), Some((Flow::Expenditure, Category::DiningLodging)));
/// assert_eq!(map.lookup(1), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MccMap {
    codes: BTreeMap<u16, (Flow, Category)>,
}

/// Codes and their meaning only; made for this project and offered under CC0.
const BUILTIN: &str = include_str!("../../data/mcc.csv");

impl MccMap {
    /// The map compiled in.
    pub fn builtin() -> &'static Self {
        static MAP: LazyLock<MccMap> = LazyLock::new(|| {
            MccMap::from_csv(BUILTIN.as_bytes()).expect("a test reads the map compiled in")
        });
        &MAP
    }

    /// A map from a CSV file (UTF-8, comma) whose header names the columns
    /// `mcc`, `flow` and `category`; others are ignored.
    ///
    /// # Errors
    /// If the file is not such a table, names a code, flow or category that
    /// cannot be, gives a category to a flow that carries none, or lists a code
    /// twice. The error names the line.
    pub fn from_csv(reader: impl Read) -> Result<Self, MccMapError> {
        let mut codes = BTreeMap::new();
        for row in table::read(reader, ["mcc"])? {
            let Row {
                line,
                keys: [text],
                meaning,
            } = row;
            let at = |fault| MccMapError { line, fault };
            let code = parse_mcc(&text).ok_or_else(|| at(TableFault::Code))?;
            if codes.insert(code, meaning).is_some() {
                return Err(at(TableFault::Twice));
            }
        }
        Ok(Self { codes })
    }

    /// Flow and category of a code, if the code is known.
    ///
    /// Codes of single airlines, car rentals and hotels that the map does not
    /// list fall back on their range: 3000 to 3499 transport, 3500 to 3999
    /// dining and lodging.
    pub fn lookup(&self, mcc: u16) -> Option<(Flow, Category)> {
        self.codes.get(&mcc).copied().or(match mcc {
            3000..=3499 => Some((Flow::Expenditure, Category::Transport)),
            3500..=3999 => Some((Flow::Expenditure, Category::DiningLodging)),
            _ => None,
        })
    }
}

/// A merchant category code of one to four digits.
pub(crate) fn parse_mcc(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// What is wrong with a file of merchant category codes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("merchant category map, line {line}: {fault}")]
pub struct MccMapError {
    line: u64,
    fault: TableFault,
}

impl MccMapError {
    /// The line at fault, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl From<(u64, TableFault)> for MccMapError {
    fn from((line, fault): (u64, TableFault)) -> Self {
        Self { line, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_map_knows_the_codes_and_ranges() {
        let map = MccMap::builtin();
        assert!(map.codes.len() > 900);
        assert_eq!(
            map.lookup(742),
            Some((Flow::Expenditure, Category::Recreation))
        );
        assert_eq!(map.lookup(6011), Some((Flow::Cash, Category::Unclassified)));
        assert_eq!(
            map.lookup(7995),
            Some((Flow::Expenditure, Category::Gambling))
        );
        for code in [3000, 3299, 3300, 3350, 3442, 3499] {
            assert_eq!(
                map.lookup(code),
                Some((Flow::Expenditure, Category::Transport)),
                "{code}"
            );
        }
        for code in [3500, 3999] {
            assert_eq!(
                map.lookup(code),
                Some((Flow::Expenditure, Category::DiningLodging)),
                "{code}"
            );
        }
        assert_eq!(map.lookup(2999), None);
        assert_eq!(map.lookup(u16::MAX), None);
    }

    #[test]
    fn a_file_replaces_codes_but_keeps_the_ranges() {
        let file = "category,mcc,note,flow\nGAMBLING,3600,x,expenditure\n";
        let map = MccMap::from_csv(file.as_bytes()).unwrap();
        assert_eq!(
            map.lookup(3600),
            Some((Flow::Expenditure, Category::Gambling))
        );
        assert_eq!(
            map.lookup(3601),
            Some((Flow::Expenditure, Category::DiningLodging))
        );
        assert_eq!(map.lookup(5411), None);
    }

    #[test]
    fn errors_name_the_line() {
        for (file, line, words) in [
            ("", 1, "header"),
            ("mcc,flow\n", 1, "\"category\""),
            (
                "mcc,flow,category\n5411,expenditure,FOOD\n54x1,expenditure,FOOD\n",
                3,
                "four digits",
            ),
            (
                "mcc,flow,category\n54111,expenditure,FOOD\n",
                2,
                "four digits",
            ),
            ("mcc,flow,category\n5411,spending,FOOD\n", 2, "unknown flow"),
            (
                "mcc,flow,category\n5411,expenditure,Food\n",
                2,
                "unknown category",
            ),
            ("mcc,flow,category\n6011,cash,FOOD\n", 2, "carry"),
            ("mcc,flow,category\n5411,expenditure\n", 2, "fields"),
            (
                "mcc,flow,category\n1,cash,UNCLASSIFIED\n0001,cash,UNCLASSIFIED\n",
                3,
                "twice",
            ),
            ("mcc,flow,category\n\"\u{fffd}\n", 2, "fields"),
        ] {
            let error = MccMap::from_csv(file.as_bytes()).unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let error = MccMap::from_csv(&b"mcc,flow,category\n5411,\xff,FOOD\n"[..]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "merchant category map, line 2: not UTF-8; save it as UTF-8"
        );
    }
}
