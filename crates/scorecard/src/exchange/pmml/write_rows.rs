//! `ModelVerification` as it is written: rows with the score that whoever
//! reads the file must get.

use blindscore_history::levels::TableColumns;
use quick_xml::escape::escape;

use super::super::card_file::CardFile;
use super::columns::{Column, values_of};
use super::writer::Xml;

/// Rows that between them have every bin of every column, and one of missing
/// values.
pub(super) fn verification(
    xml: &mut Xml,
    columns: &[Column<'_>],
    score_field: &str,
    card: &CardFile,
) {
    let values: Vec<Vec<String>> = columns.iter().map(values_of).collect();
    let count = values.iter().map(Vec::len).max().unwrap_or(0);
    let headers: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let Ok(found) = TableColumns::find(card.scheme(), &headers) else {
        return;
    };
    let mut rows = Vec::new();
    for index in 0..=count {
        let cells: Vec<&str> = values
            .iter()
            .map(|values| match index.checked_sub(1) {
                None => "",
                Some(index) => values[index % values.len()].as_str(),
            })
            .collect();
        let applied = found
            .levels(&cells)
            .ok()
            .and_then(|levels| card.apply(&levels).ok());
        if let Some(applied) = applied {
            rows.push((cells, applied.score.to_string()));
        }
    }
    let (records, fields) = (rows.len().to_string(), (columns.len() + 1).to_string());
    xml.open(
        "ModelVerification",
        &[("recordCount", &records), ("fieldCount", &fields)],
    );
    xml.open("VerificationFields", &[]);
    let cell_names: Vec<String> = (1..=columns.len()).map(|n| format!("c{n}")).collect();
    for (name, cell) in headers.iter().zip(&cell_names) {
        xml.empty("VerificationField", &[("field", name), ("column", cell)]);
    }
    xml.empty(
        "VerificationField",
        &[
            ("field", score_field),
            ("column", "score"),
            ("precision", "0.000000001"),
            ("zeroThreshold", "0.000000001"),
        ],
    );
    xml.close("VerificationFields");
    xml.open("InlineTable", &[]);
    for (cells, score) in rows {
        let mut row = String::from("<row>");
        for (name, cell) in cell_names.iter().zip(cells) {
            if !cell.is_empty() {
                row += &format!("<{name}>{}</{name}>", escape(cell));
            }
        }
        xml.raw(&format!("{row}<score>{score}</score></row>"));
    }
    xml.close("InlineTable");
    xml.close("ModelVerification");
}
