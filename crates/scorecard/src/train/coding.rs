//! How the columns of a table become the whole numbers of a tabular scheme's
//! column lines: which header belongs to which line, how many decimals count,
//! which texts mean *not known*, and which number a category has.
//!
//! A scheme cannot say this, since it knows numbers only. A column that the
//! coding does not name is read as a number under the line's own name, its
//! decimals dropped: units and origins are whole, so no level changes by that.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The most bytes of a coding's JSON.
const JSON_MAX: usize = 4 << 20;
/// The most decimals: with more, an `i64` holds no number of use.
const DECIMALS_MAX: u8 = 12;
/// Texts that mean *not known* unless the coding says otherwise.
const NOT_KNOWN: [&str; 8] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

/// How the columns of a table are read.
///
/// ```
/// use blindscore_scorecard::train::Coding;
/// let coding = Coding::from_json(r#"{"blindscore_coding": 1, "columns": [
///     {"line": "utilisation", "column": "Utilisation", "decimals": 3},
///     {"line": "purpose", "column": "Purpose", "categories": [["car"], ["radio", "tv"]]}
/// ]}"#)?;
/// assert_eq!(coding.column("purpose").map(|c| c.code_of("tv")), Some(Some(1)));
/// # Ok::<(), blindscore_scorecard::train::CodingError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coding {
    columns: BTreeMap<String, ColumnCoding>,
}

/// How one column is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCoding {
    /// The scheme's column line.
    pub line: String,
    /// The header of the table's column.
    pub column: String,
    /// A number is multiplied by ten to this power before its decimals are
    /// dropped, so that the line can count in cents or thousandths.
    #[serde(default)]
    pub decimals: u8,
    /// Texts that mean *not known*; where none are given, an empty field and
    /// the usual signs of one, such as `NA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_known: Option<Vec<String>>,
    /// Categories instead of numbers: those at index `i` are read as the
    /// number `i`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<Vec<String>>>,
}

impl ColumnCoding {
    /// A column of numbers.
    pub fn number(line: impl Into<String>, column: impl Into<String>, decimals: u8) -> Self {
        Self {
            line: line.into(),
            column: column.into(),
            decimals,
            not_known: None,
            categories: None,
        }
    }

    /// A column of categories.
    pub fn categories(
        line: impl Into<String>,
        column: impl Into<String>,
        categories: Vec<Vec<String>>,
    ) -> Self {
        Self {
            categories: Some(categories),
            ..Self::number(line, column, 0)
        }
    }

    /// The number of a category; `None` if it has none.
    pub fn code_of(&self, text: &str) -> Option<i64> {
        let all = self.categories.as_ref()?;
        let index = all.iter().position(|one| one.iter().any(|t| t == text))?;
        i64::try_from(index).ok()
    }

    /// Whether a field says that nothing is known.
    pub fn is_not_known(&self, text: &str) -> bool {
        match &self.not_known {
            Some(texts) => text.is_empty() || texts.iter().any(|t| t == text),
            None => NOT_KNOWN.contains(&text) && self.code_of(text).is_none(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoding {
    blindscore_coding: u32,
    columns: Vec<ColumnCoding>,
}

impl Coding {
    /// A coding of these columns.
    pub fn new(columns: Vec<ColumnCoding>) -> Result<Self, CodingError> {
        let mut by_line = BTreeMap::new();
        for column in columns {
            check(&column)?;
            let line = column.line.clone();
            if by_line.insert(line.clone(), column).is_some() {
                return Err(CodingError::DuplicateLine { line });
            }
        }
        Ok(Self { columns: by_line })
    }

    /// Reads the JSON form.
    pub fn from_json(json: &str) -> Result<Self, CodingError> {
        if json.len() > JSON_MAX {
            return Err(CodingError::Json {
                message: format!("got {} bytes; want at most {JSON_MAX}", json.len()),
            });
        }
        let raw: RawCoding = serde_json::from_str(json).map_err(|error| CodingError::Json {
            message: error.to_string(),
        })?;
        if raw.blindscore_coding != 1 {
            return Err(CodingError::Json {
                message: format!(
                    "`blindscore_coding` is {}; want 1, or a newer program",
                    raw.blindscore_coding
                ),
            });
        }
        Self::new(raw.columns)
    }

    /// The JSON form, indented for people.
    pub fn to_json(&self) -> String {
        let raw = RawCoding {
            blindscore_coding: 1,
            columns: self.columns.values().cloned().collect(),
        };
        let mut json = serde_json::to_string_pretty(&raw).expect("texts and numbers only");
        json.push('\n');
        json
    }

    /// How a line's column is read, if the coding says.
    pub fn column(&self, line: &str) -> Option<&ColumnCoding> {
        self.columns.get(line)
    }

    /// All that the coding says, in the order of the lines' names.
    pub fn columns(&self) -> impl Iterator<Item = &ColumnCoding> {
        self.columns.values()
    }
}

fn check(column: &ColumnCoding) -> Result<(), CodingError> {
    let line = || column.line.clone();
    if column.decimals > DECIMALS_MAX {
        return Err(CodingError::Decimals {
            line: line(),
            got: column.decimals,
        });
    }
    let mut seen = BTreeSet::new();
    for category in column.categories.iter().flatten().flatten() {
        if !seen.insert(category) {
            return Err(CodingError::DuplicateCategory { line: line() });
        }
    }
    Ok(())
}

/// Why a coding was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodingError {
    /// Not the JSON form of a coding.
    #[error("{message}")]
    Json {
        /// What is wrong.
        message: String,
    },
    /// A line is named twice.
    #[error("line {line:?} has two columns; keep one")]
    DuplicateLine {
        /// The line.
        line: String,
    },
    /// Too many decimals.
    #[error("line {line:?}: {got} decimals; want at most {DECIMALS_MAX}")]
    Decimals {
        /// The line.
        line: String,
        /// How many.
        got: u8,
    },
    /// One category has two numbers.
    #[error("line {line:?}: a category is listed twice; give it one number")]
    DuplicateCategory {
        /// The line.
        line: String,
    },
    /// The scheme has no such column line.
    #[error("the scheme has no column line {line:?}; its coding belongs to another scheme")]
    ForeignLine {
        /// The line.
        line: String,
    },
    /// A line has no room for its categories.
    #[error("line {line:?} has {got} categories; it has levels for {want}: raise its cap")]
    Cap {
        /// The line.
        line: String,
        /// How many categories there are.
        got: usize,
        /// How many fit.
        want: u32,
    },
    /// The line does not count categories one by one from 0.
    #[error("line {line:?} has categories; it must have unit 1 and origin 0")]
    NotOneByOne {
        /// The line.
        line: String,
    },
}

/// The name of the line that a column stands for where no coding says: the
/// header in lower case, whatever a line's name cannot hold written `_`.
/// `default.payment` gives `default_payment`; a header that starts with no
/// letter gets `c_` before it.
pub fn line_name(header: &str) -> String {
    let mut name: String = header
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "c_");
    }
    name.truncate(48);
    name
}

/// A decimal number times ten to the power of `decimals`, rounded down, in
/// exact arithmetic. Takes an exponent, as spreadsheets write one.
pub(super) fn whole(text: &str, decimals: u8) -> Result<i64, NumberFault> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => {
            let exponent: i32 = text[at + 1..]
                .parse()
                .map_err(|_| NumberFault::NotANumber)?;
            (&text[..at], exponent)
        }
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes().first() {
        Some(b'-') => (true, &mantissa[1..]),
        Some(b'+') => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|b| b.is_ascii_digit()) {
        return Err(NumberFault::NotANumber);
    }
    // The place of the point in the run of digits after the shift.
    let point = i64::try_from(whole.len()).map_err(|_| NumberFault::TooLarge)?
        + i64::from(exponent)
        + i64::from(decimals);
    let mut value: i64 = 0;
    let mut rest = false;
    let mut place: i64 = 0;
    for digit in all().map(|b| i64::from(b - b'0')) {
        if place < point {
            value = push(value, digit)?;
        } else {
            rest |= digit != 0;
        }
        place += 1;
    }
    // Zeros that the exponent asks for beyond the digits.
    while place < point && value != 0 {
        value = push(value, 0)?;
        place += 1;
    }
    // Towards minus infinity, as levels are.
    Ok(if negative {
        -value - i64::from(rest)
    } else {
        value
    })
}

fn push(value: i64, digit: i64) -> Result<i64, NumberFault> {
    value
        .checked_mul(10)
        .and_then(|v| v.checked_add(digit))
        .filter(|&v| v < i64::MAX)
        .ok_or(NumberFault::TooLarge)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFault {
    NotANumber,
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_and_rounded_down() {
        for (text, decimals, want) in [
            ("12", 0, 12),
            ("12.9", 0, 12),
            ("-12.1", 0, -13),
            ("-12.0", 0, -12),
            ("0.285", 3, 285),
            ("0.2859", 3, 285),
            ("1e+05", 0, 100_000),
            ("1.5e2", 1, 1_500),
            ("25e-1", 0, 2),
            ("-1e-9", 0, -1),
            ("0e999", 0, 0),
            ("+7", 2, 700),
            (".5", 1, 5),
        ] {
            assert_eq!(whole(text, decimals), Ok(want), "{text} {decimals}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", ".", "1.2.3", "abc", "1e", "0x10", "1 000", "inf", "NaN", "１",
        ] {
            assert_eq!(whole(text, 0), Err(NumberFault::NotANumber), "{text}");
        }
        for text in ["99999999999999999999", "1e99", "1e2147483647"] {
            assert_eq!(whole(text, 0), Err(NumberFault::TooLarge), "{text}");
        }
    }

    #[test]
    fn headers_become_line_names() {
        assert_eq!(line_name("LIMIT_BAL"), "limit_bal");
        assert_eq!(line_name("default.payment.next"), "default_payment_next");
        assert_eq!(line_name("2nd"), "c_2nd");
        assert_eq!(line_name(&"x".repeat(99)).len(), 48);
    }

    #[test]
    fn a_coding_reads_back_and_is_checked() {
        let coding = Coding::new(vec![
            ColumnCoding::number("a", "A", 2),
            ColumnCoding::categories("b", "B", vec![vec!["x".into()], vec!["NA".into()]]),
        ])
        .expect("a coding");
        assert_eq!(Coding::from_json(&coding.to_json()), Ok(coding.clone()));
        let b = coding.column("b").expect("there");
        assert!(b.is_not_known("") && !b.is_not_known("NA"));
        assert!(coding.column("a").expect("there").is_not_known("NA"));
        let twice = ColumnCoding::categories("b", "B", vec![vec!["x".into()], vec!["x".into()]]);
        assert_eq!(
            Coding::new(vec![twice]),
            Err(CodingError::DuplicateCategory { line: "b".into() })
        );
        assert!(Coding::from_json("{").is_err());
        assert!(Coding::from_json(r#"{"blindscore_coding": 2, "columns": []}"#).is_err());
    }
}
