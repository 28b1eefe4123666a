//! What the exchange tests share.
#![allow(dead_code, reason = "each test file uses some of it")]

use blindscore_history::levels::TableColumns;
use blindscore_scorecard::exchange::{
    CardFile, Import, ImportError, ImportOptions, InputFile, import,
};

/// Imports texts as files named `card`, `card2`, ….
pub(crate) fn try_texts(texts: &[&str], options: &ImportOptions) -> Result<Import, ImportError> {
    let names: Vec<String> = (1..=texts.len())
        .map(|n| {
            if n == 1 {
                "card".to_owned()
            } else {
                format!("card{n}")
            }
        })
        .collect();
    let files: Vec<InputFile<'_>> = names
        .iter()
        .zip(texts)
        .map(|(name, text)| InputFile {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    import(&files, options)
}

/// Imports texts that make a card.
pub(crate) fn texts(texts: &[&str]) -> Import {
    try_texts(texts, &ImportOptions::default()).unwrap()
}

/// Why a text is not imported.
pub(crate) fn refused(text: &str) -> String {
    try_texts(&[text], &ImportOptions::default())
        .unwrap_err()
        .to_string()
}

/// The score of a row.
pub(crate) fn score(card: &CardFile, headers: &[&str], row: &[&str]) -> String {
    let columns = TableColumns::find(card.scheme(), headers).unwrap();
    card.apply(&columns.levels(row).unwrap())
        .unwrap()
        .score
        .to_string()
}
