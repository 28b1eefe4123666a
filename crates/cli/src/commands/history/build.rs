//! `history build`: a source turns statements into levels.

use std::collections::BTreeMap;
use std::path::PathBuf;

use blindscore_history::gather::Counts;
use blindscore_history::ledger::Summary;
use blindscore_history::levels::{CoverageRule, LevelsError, SourceLevels};
use blindscore_history::money::format_total;
use blindscore_history::scheme::Scheme;
use blindscore_history::taxonomy::{Category, Flow};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::sources::{FileReport, Sources, apart};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{count, heading, note, print, print_json, table};
use crate::report::{LevelReport, SchemeReport};

/// Read the statements of one customer and compute levels
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15")]
pub(crate) struct Build {
    #[command(flatten)]
    sources: Sources,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// Day of the application; the months before its month are read
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Date,
    /// Show the totals of every month
    #[arg(long)]
    by_month: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write the levels to this file, which only you can read
    #[arg(long, value_name = "LEVELS.json")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct BuiltReport {
    scheme: SchemeReport,
    as_of: Date,
    covered_months: u8,
    files: Vec<FileReport>,
    gathered: Counts,
    ledger: Summary,
    levels: Vec<LevelReport>,
}

impl Build {
    pub(super) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let currency = scheme.currency();
        let (files, gathered) = self.sources.gathered(false)?;
        let gathered = self.sources.in_currency(gathered, Some(currency))?;
        let counts = gathered.counts();
        let ledger = gathered.ledger().map_err(apart)?;
        drop(gathered);
        // Whoever asks for the levels decides whether a shorter period will do:
        // sealing refuses it unless told otherwise, looking at it is free.
        let rule = CoverageRule::AllowShorter;
        let levels = SourceLevels::compute(&scheme, &ledger, self.as_of, rule)
            .map_err(|error| Failure::refused(&error).hint_if(next_step(&error)))?;
        let (covered, longest) = (levels.covered_months(), scheme.longest_window());
        if covered < longest {
            note(&format!(
                "the statements cover {covered} of the {longest} months that the scheme looks back over; \
                 give older ones as further files, or seal with --allow-shorter where the request does"
            ));
        }
        if let Some(path) = &self.out {
            let json = levels.to_json(&scheme).map_err(Failure::internal)?;
            files::write(path, json.as_bytes(), Access::Owner)?;
            note(&format!(
                "levels written to {}, which only you can read",
                path.display()
            ));
        }
        let report = BuiltReport {
            scheme: SchemeReport::of(&scheme),
            as_of: self.as_of,
            covered_months: levels.covered_months(),
            files,
            gathered: counts,
            ledger: ledger.summary(),
            levels: LevelReport::all(&scheme, levels.levels()),
        };
        if self.json {
            print_json(&report)
        } else {
            print(&self.text(&scheme, &report))
        }
    }

    fn text(&self, scheme: &Scheme, report: &BuiltReport) -> String {
        let mut text = String::new();
        for file in &report.files {
            text += &file.text();
        }
        text += &gathered_text(report.gathered);
        if self.by_month {
            text += &heading("Totals by month, flow and category");
            text += &format!("{}\n", report.ledger);
        } else {
            text += &heading(&format!("Totals over {}", report.ledger.coverage));
            text += &totals(&report.ledger);
        }
        text += &heading(&format!(
            "Levels by scheme {} version {} as of {}, from the {} whole months before",
            scheme.name(),
            scheme.version(),
            report.as_of,
            report.covered_months
        ));
        text + &LevelReport::table(&report.levels)
    }
}

impl FileReport {
    /// One line on the file.
    pub(super) fn text(&self) -> String {
        let covers = self.covers.map(|covers| covers.to_string());
        format!(
            "{}: {} entries, {}\n",
            self.file,
            count(self.entries),
            covers.unwrap_or_else(|| "no account taken".to_owned())
        )
    }
}

/// What putting files together found, in words; nothing if it found nothing.
pub(super) fn gathered_text(counts: Counts) -> String {
    let said = [
        ("in several files, counted once", counts.duplicates),
        ("not booked yet, not counted", counts.pending),
        (
            "transfers between own accounts, neither spending nor income",
            2 * counts.own_transfers + counts.own_transfers_half,
        ),
        ("refunds put to what they refund", counts.refunds),
    ];
    let lines = said.into_iter().filter(|(_, number)| *number > 0);
    lines
        .map(|(what, number)| format!("entries {what}: {}\n", count(number)))
        .collect()
}

/// Totals a flow and category over all months.
fn totals(summary: &Summary) -> String {
    let mut all: BTreeMap<(Flow, Category), (u64, i128, i128)> = BTreeMap::new();
    for row in &summary.rows {
        let (entries, money_in, money_out) = all.entry((row.flow, row.category)).or_default();
        *entries += row.entries;
        *money_in += row.money_in;
        *money_out += row.money_out;
    }
    let money = |minor: i128| {
        if minor == 0 {
            String::new()
        } else {
            format_total(minor, summary.currency)
        }
    };
    let rows = all
        .into_iter()
        .map(|((flow, category), (entries, money_in, money_out))| {
            let carries = matches!(flow, Flow::Expenditure | Flow::RefundReversal);
            [
                flow.to_string(),
                if carries {
                    category.to_string()
                } else {
                    String::new()
                },
                entries.to_string(),
                money(money_in),
                money(money_out),
            ]
        });
    table(
        ["flow", "category", "entries", "in", "out"],
        rows,
        &[2, 3, 4],
    )
}

fn next_step(error: &LevelsError) -> Option<&'static str> {
    match error {
        LevelsError::Stale { .. } | LevelsError::NoMonth { .. } => Some(
            "if the statement covers quiet days after its last entry, say so with --covers FIRST..LAST",
        ),
        _ => None,
    }
}
