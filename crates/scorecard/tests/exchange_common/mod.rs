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

/// A file with one characteristic over `x`.
pub(crate) fn pmml(field: &str, mining: &str, attributes: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
<DataDictionary>{field}<DataField name="s" optype="continuous" dataType="double"/></DataDictionary>
<Scorecard functionName="regression" initialScore="100" useReasonCodes="false">
<MiningSchema>{mining}<MiningField name="s" usageType="target"/></MiningSchema>
<Characteristics><Characteristic name="c">{attributes}</Characteristic></Characteristics>
</Scorecard></PMML>"#
    )
}

pub(crate) const NUMBER: &str = r#"<DataField name="x" optype="continuous" dataType="double"/>"#;
pub(crate) const TEXT: &str = r#"<DataField name="x" optype="categorical" dataType="string"/>"#;
pub(crate) const PLAIN: &str = r#"<MiningField name="x"/>"#;

pub(crate) fn simple(operator: &str, value: &str) -> String {
    format!(r#"<SimplePredicate field="x" operator="{operator}" value="{value}"/>"#)
}

pub(crate) fn attribute(points: &str, predicate: &str) -> String {
    format!(r#"<Attribute partialScore="{points}">{predicate}</Attribute>"#)
}
