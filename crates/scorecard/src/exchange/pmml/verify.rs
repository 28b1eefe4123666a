//! `ModelVerification`: rows with the score that they must give. An imported
//! card is held to the rows of its own file.

use blindscore_history::decimal::Decimal;
use blindscore_history::levels::TableColumns;

use super::super::card_file::CardFile;
use super::super::error::{ImportFault, short};
use super::xml::Element;

/// Rows of input, each with the score to expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Verification {
    fields: Vec<String>,
    rows: Vec<Row>,
    /// How far a score may be off, as a part of itself, in billionths.
    precision: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: u64,
    /// One a field; empty where the row leaves it out.
    cells: Vec<String>,
    score: Decimal,
}

/// PMML's own precision where a file states none: 1E-6.
const PRECISION: i64 = 1_000;

/// The rows of a model, if it has any that name its score.
pub(super) fn verification(model: &Element) -> Result<Option<Verification>, ImportFault> {
    let Some(element) = model.child("ModelVerification") else {
        return Ok(None);
    };
    let (Some(named), Some(table)) = (
        element.child("VerificationFields"),
        element.child("InlineTable"),
    ) else {
        return Ok(None);
    };
    let scores = score_fields(model);
    let (mut fields, mut columns, mut score) = (Vec::new(), Vec::new(), None);
    let mut precision = PRECISION;
    for field in named.all("VerificationField") {
        let name = field.required("field")?.to_owned();
        let column = field.attribute("column").unwrap_or(&name);
        let column = column.rsplit(':').next().unwrap_or(column).to_owned();
        if scores.contains(&name) {
            if let Some(text) = field.attribute("precision") {
                let stated = text.parse::<Decimal>().ok().and_then(|p| p.rounded(9));
                precision = stated.ok_or_else(|| field.fault("precision is no number"))?;
            }
            score = Some(column);
        } else {
            fields.push(name);
            columns.push(column);
        }
    }
    let Some(score) = score else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    for row in table.all("row") {
        let cell = |column: &String| row.child(column).map_or("", |cell| cell.text.trim());
        let text = cell(&score);
        let score = text.parse().map_err(|error| {
            row.fault(format!(
                "the score to expect: got {:?}: {error}",
                short(text)
            ))
        })?;
        let cells = columns.iter().map(|column| cell(column).to_owned());
        rows.push(Row {
            line: row.line,
            cells: cells.collect(),
            score,
        });
    }
    Ok(Some(Verification {
        fields,
        rows,
        precision,
    }))
}

/// Names under which a model gives its score: its target, and outputs that are
/// the predicted value.
fn score_fields(model: &Element) -> Vec<String> {
    let target = model.child("MiningSchema").into_iter().flat_map(|schema| {
        let is_target =
            |field: &&Element| matches!(field.attribute("usageType"), Some("target" | "predicted"));
        schema.all("MiningField").filter(is_target)
    });
    let output = model.child("Output").into_iter().flat_map(|output| {
        let is_score = |field: &&Element| field.attribute("feature") == Some("predictedValue");
        output.all("OutputField").filter(is_score)
    });
    let names = target
        .chain(output)
        .filter_map(|field| field.attribute("name"));
    names.map(str::to_owned).collect()
}

impl Verification {
    /// Scores every row; gives how many there are.
    pub(in super::super) fn check(&self, card: &CardFile) -> Result<usize, ImportFault> {
        let columns = TableColumns::find(card.scheme(), &self.fields)
            .map_err(|error| ImportFault::field("ModelVerification", error.to_string()))?;
        for row in &self.rows {
            let fault = |message: String| ImportFault::Element {
                element: "row".to_owned(),
                line: row.line,
                message,
            };
            let levels = columns
                .levels(&row.cells)
                .map_err(|error| fault(error.to_string()))?;
            let applied = card
                .apply(&levels)
                .map_err(|error| fault(error.to_string()))?;
            if !near(&applied.score, &row.score, self.precision) {
                return Err(fault(format!(
                    "the file says that this row scores {}; as imported it scores {}",
                    row.score, applied.score
                )));
            }
        }
        Ok(self.rows.len())
    }
}

/// Whether two scores differ by no more than that part of the expected one.
fn near(score: &Decimal, expected: &Decimal, precision: i64) -> bool {
    let (Some(score), Some(expected)) = (score.rounded(9), expected.rounded(9)) else {
        return false;
    };
    let apart = i128::from(score) - i128::from(expected);
    apart.abs() * 1_000_000_000 <= i128::from(expected).abs() * i128::from(precision)
}
