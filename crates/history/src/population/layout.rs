//! The layout of a population's transactions when no profile is named: the
//! usual column names, as many of them as the header has.

use std::path::Path;

use csv::StringRecord;
use encoding_rs::{Encoding, UTF_8};

use super::PopulationError;
use crate::statement::CsvProfile;

/// Delimiter and encoding, which must be known before the header is read.
pub(super) fn text_form(profile: Option<&CsvProfile>) -> (u8, &'static Encoding) {
    profile.map_or((b',', UTF_8), |profile| {
        (profile.delimiter(), profile.encoding())
    })
}

/// Optional columns that a file may have under these names.
const OPTIONAL: [&str; 8] = [
    "currency",
    "description",
    "id",
    "account",
    "balance",
    "mcc",
    "flow",
    "category",
];
const INDICATOR: &str = r#"mode = "indicator"
column = "amount"
indicator = "direction"
in = ["in", "credit", "crdt", "cr", "c"]
out = ["out", "debit", "dbit", "dr", "d"]
"#;
const SIGNED: &str = "mode = \"signed\"\ncolumn = \"amount\"\n";

/// The profile for the usual names: `date` as `2026-03-15`; `amount`, signed
/// (negative is money out), or without sign beside `direction`.
pub(super) fn usual(path: &Path, header: &StringRecord) -> Result<CsvProfile, PopulationError> {
    let has = |column: &str| header.iter().any(|name| name == column);
    for needed in ["date", "amount"] {
        if !has(needed) {
            return Err(PopulationError::no_column(path, needed, header));
        }
    }
    let amount = if has("direction") { INDICATOR } else { SIGNED };
    let mut text = format!(
        "name = \"population\"\n[date]\ncolumn = \"date\"\nformat = \"%Y-%m-%d\"\n[amount]\n{amount}[columns]\n"
    );
    for column in OPTIONAL.into_iter().filter(|column| has(column)) {
        text += &format!("{column} = \"{column}\"\n");
    }
    Ok(CsvProfile::from_toml(&text).expect("the usual columns make a profile"))
}
