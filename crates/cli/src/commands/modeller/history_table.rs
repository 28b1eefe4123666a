//! `history table`: a population's transactions become a training table.

use std::path::PathBuf;

use blindscore_history::population::levels;
use clap::Args;
use serde::Serialize;

use super::people::{Layout, bytes_told, notes, refused};
use crate::error::Outcome;
use crate::files::Streamed;
use crate::inputs::{self, Origin};
use crate::output::{count, fields, print, print_json};
use crate::progress::watched;

/// Turn many applicants' transactions into a training table of levels (modeller)
///
/// Levels are computed exactly as a source computes them before it seals, from
/// whole months before each applicant's as-of date. The table has the applicant's
/// id and as-of date, a column line@months for each line and window of the
/// scheme, and the outcome table's other columns.
///
/// Files of any size are streamed. If an applicant's lines do not stand
/// together, they are sorted into temporary files first.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after `blindscore synth --out people`:
  blindscore history table people/transactions.csv --outcomes people/outcomes.csv \\
    --scheme builtin:everyday --out table.csv")]
pub(crate) struct HistoryTable {
    /// The transactions: a CSV file, which may end in .gz, or a folder of them
    #[arg(value_name = "TRANSACTIONS")]
    transactions: PathBuf,
    /// The outcome table: one line an applicant
    #[arg(long, value_name = "OUTCOMES.csv")]
    outcomes: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The table to write
    #[arg(long, value_name = "TABLE.csv")]
    out: PathBuf,
    #[command(flatten)]
    layout: Layout,
    /// Overwrite a table that is there
    #[arg(long)]
    force: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct TableReport {
    rows: u64,
    level_columns: usize,
    carried_columns: Vec<String>,
    transactions: u64,
    without: u64,
    short: u64,
    others: u64,
    later: u64,
    earlier: u64,
    unordered: u64,
    grouped: bool,
}

impl HistoryTable {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let applicants = self.layout.applicants(&self.outcomes)?;
        let options = self.layout.options(&scheme)?;
        let mut out = Streamed::create(&self.out, self.force)?;
        let read = watched("reading transactions", |spinner| {
            let progress = bytes_told(spinner, "reading transactions");
            levels(
                &self.transactions,
                &applicants,
                &scheme,
                &options,
                &progress,
            )
        });
        let (table, tally) = read.map_err(refused)?;
        table.write_csv(&applicants, &mut out).map_err(refused)?;
        let path = out.keep()?;
        notes(&tally);
        let report = TableReport {
            rows: tally.applicants,
            level_columns: table.columns().len(),
            carried_columns: applicants.carried().to_vec(),
            transactions: tally.rows,
            without: tally.without,
            short: tally.short,
            others: tally.others,
            later: tally.later,
            earlier: tally.earlier,
            unordered: tally.unordered,
            grouped: tally.grouped,
        };
        if self.json {
            return print_json(&report);
        }
        let number = |value: u64| count(usize::try_from(value).unwrap_or(usize::MAX));
        print(&fields(&[
            ("applicants", number(report.rows)),
            ("transactions", number(report.transactions)),
            (
                "columns",
                format!(
                    "{} of levels; carried: {}",
                    report.level_columns,
                    report.carried_columns.join(", ")
                ),
            ),
            ("written", path.display().to_string()),
        ]))
    }
}
