//! CSV tables of bins and points: the rows of each variable, with the lines
//! that they stand on.

use blindscore_history::decimal::Decimal;

use super::error::{ImportFault, short};

/// The most rows of a table of bins.
const ROWS_MAX: usize = 200_000;

/// A table as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) headers: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    line: u64,
    cells: Vec<String>,
}

/// A row of bins and points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BinRow {
    pub(crate) line: u64,
    pub(crate) bin: String,
    pub(crate) points: Decimal,
    /// How many records fell into it, if the table says.
    pub(crate) count: Option<Decimal>,
}

/// A variable's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) variable: String,
    pub(crate) rows: Vec<BinRow>,
}

impl Table {
    /// Reads a CSV.
    pub(crate) fn read(text: &str) -> Result<Self, ImportFault> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(false)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let broken = |error: csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            let message = match error.kind() {
                csv::ErrorKind::UnequalLengths {
                    expected_len, len, ..
                } => format!("{len} fields; want {expected_len} as in the header"),
                _ => "not a row of a CSV".to_owned(),
            };
            ImportFault::Line { line, message }
        };
        let headers = reader.headers().map_err(broken)?;
        let headers = headers.iter().map(|h| h.trim().to_owned()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record.position().map_or(0, csv::Position::line);
            if rows.len() == ROWS_MAX {
                let message = format!("more than {ROWS_MAX} rows; this is no table of bins");
                return Err(ImportFault::Line { line, message });
            }
            let cells = record.iter().map(str::to_owned).collect();
            rows.push(Row { line, cells });
        }
        Ok(Self { headers, rows })
    }

    /// Whether it has all these columns.
    pub(crate) fn has(&self, headers: &[&str]) -> bool {
        headers
            .iter()
            .all(|want| self.headers.iter().any(|h| h == want))
    }

    /// Whether some row has this cell in that column.
    pub(crate) fn has_cell(&self, header: &str, cell: &str) -> bool {
        let at = self.headers.iter().position(|h| h == header);
        at.is_some_and(|at| self.rows.iter().any(|row| row.cells[at] == cell))
    }

    /// The rows of each variable, in the table's order. A variable's rows must
    /// stand together.
    pub(crate) fn groups(
        &self,
        variable: &str,
        bin: &str,
        points: &str,
        count: Option<&str>,
    ) -> Result<Vec<Group>, ImportFault> {
        let at = |name: &str| {
            let mut found = self.headers.iter().enumerate().filter(|(_, h)| *h == name);
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (None, _) => Err(ImportFault::Line {
                    line: 1,
                    message: format!("no column {name:?}"),
                }),
                (Some(_), Some(_)) => Err(ImportFault::Line {
                    line: 1,
                    message: format!("two columns {name:?}; want one"),
                }),
            }
        };
        let (variable, bin, points_at) = (at(variable)?, at(bin)?, at(points)?);
        let count = count.and_then(|count| at(count).ok());
        let mut groups: Vec<Group> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for row in &self.rows {
            let name = row.cells[variable].trim();
            let fault = |message: String| ImportFault::Line {
                line: row.line,
                message,
            };
            if name.is_empty() {
                return Err(fault("no variable".to_owned()));
            }
            let cell = &row.cells[points_at];
            let points = cell.trim().parse().map_err(|error| {
                let name = short(name);
                fault(format!(
                    "variable {name:?}, {points}: got {:?}: {error}",
                    short(cell)
                ))
            })?;
            if groups.last().is_none_or(|group| group.variable != name) {
                if !seen.insert(name) {
                    let name = short(name);
                    return Err(fault(format!(
                        "variable {name:?} comes again after others; want each variable once"
                    )));
                }
                groups.push(Group {
                    variable: name.to_owned(),
                    rows: Vec::new(),
                });
            }
            let group = groups.last_mut().expect("one was pushed");
            if group.rows.iter().any(|before| before.bin == row.cells[bin]) {
                let (name, bin) = (short(name), short(&row.cells[bin]));
                return Err(fault(format!(
                    "variable {name:?} has bin {bin:?} twice; want it once"
                )));
            }
            group.rows.push(BinRow {
                line: row.line,
                bin: row.cells[bin].clone(),
                points,
                count: count.and_then(|at| row.cells[at].trim().parse().ok()),
            });
        }
        if groups.is_empty() {
            return Err(ImportFault::Line {
                line: 1,
                message: "a header without rows; is the file cut short?".to_owned(),
            });
        }
        Ok(groups)
    }
}
