//! `history build`: a source turns statements into levels.

use std::collections::BTreeMap;
use std::path::PathBuf;

use blindscore_history::ledger::{Coverage, Ledger, Summary};
use blindscore_history::levels::{CoverageRule, LevelsError, SourceLevels};
use blindscore_history::money::format_total;
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::csv::CsvProfile;
use blindscore_history::statement::{Format, ReadOptions, StatementError, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Serialize;

use crate::commands::modeller::history_table::HistoryTable;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{count, heading, note, print, print_json, table};
use crate::report::{LevelReport, SchemeReport};

/// Largest column profile that is read, in bytes.
const PROFILE_MAX: usize = 64 << 10;

/// Turn statements into the levels that a scheme asks for (source)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15")]
pub(crate) enum History {
    /// Read the statements of one customer and compute levels
    Build(Build),
    Table(Box<HistoryTable>),
}

/// Read the statements of one customer and compute levels
///
/// Several files count as statements of one account: an entry in two of them
/// counts once. Give --separate-accounts if they are different accounts of the
/// same person.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15")]
pub(crate) struct Build {
    /// Statements: files, or builtin:bank, builtin:wallet
    #[arg(value_name = "FILE", required = true)]
    statements: Vec<Origin>,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// Day of the application; the months before its month are read
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Date,
    /// Format of the statements [default: found by looking at them]
    #[arg(long, value_parser = PossibleValuesParser::new(Format::all().map(Format::name)))]
    format: Option<String>,
    /// Column layout of CSV files: a built-in name, or a file NAME.toml
    #[arg(long)]
    profile: Option<String>,
    /// Period that the statements cover [default: the whole months of the entries]; once, or once a file
    #[arg(long, value_name = "FIRST..LAST", value_parser = coverage)]
    covers: Vec<Coverage>,
    /// The files are different accounts: read the days that all of them cover, without balances
    #[arg(long)]
    separate_accounts: bool,
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
    ledger: Summary,
    levels: Vec<LevelReport>,
}

#[derive(Serialize)]
struct FileReport {
    file: String,
    entries: usize,
    covers: Coverage,
}

impl History {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Build(build) => build.run(),
            Self::Table(table) => table.run(),
        }
    }
}

impl Build {
    fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let (files, ledger) = self.ledger(&scheme)?;
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
            ledger: ledger.summary(),
            levels: LevelReport::all(&scheme, levels.levels()),
        };
        if self.json {
            print_json(&report)
        } else {
            print(&self.text(&scheme, &report))
        }
    }

    /// The files' ledgers, as one.
    fn ledger(&self, scheme: &Scheme) -> Outcome<(Vec<FileReport>, Ledger)> {
        if self.covers.len() > 1 && self.covers.len() != self.statements.len() {
            let (got, want) = (self.covers.len(), self.statements.len());
            return Err(
                Failure::usage(format!("--covers is given {got} times for {want} files"))
                    .hint("give it once for all files, or once a file in the same order"),
            );
        }
        let mut options = self.options(scheme)?;
        let mut files = Vec::new();
        let mut parts = Vec::new();
        for (index, origin) in self.statements.iter().enumerate() {
            options.coverage = self.covers.get(index).or(self.covers.first()).copied();
            if self.separate_accounts {
                // Entries of two accounts that look alike must both count.
                options.account = format!("account {}", index + 1);
            }
            let (file, bytes) = inputs::statement(origin, options.limits.bytes)?;
            let ledger = read(&bytes, &file, &options).map_err(unread)?;
            files.push(FileReport {
                file,
                entries: ledger.entries().len(),
                covers: ledger.coverage(),
            });
            parts.push(ledger);
        }
        if self.separate_accounts {
            parts = together(parts)?;
        }
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return Ok((files, only));
        }
        let merged = Ledger::merge(parts).map_err(|error| {
            Failure::refused(error)
                .hint("if the files are different accounts, give --separate-accounts")
        })?;
        Ok((files, merged))
    }

    fn options(&self, scheme: &Scheme) -> Outcome<ReadOptions> {
        let mut options = ReadOptions {
            format: self.format.as_deref().and_then(Format::named),
            profile: self.profile.clone(),
            currency: Some(scheme.currency()),
            ..ReadOptions::default()
        };
        if let Some(path) = self
            .profile
            .as_deref()
            .filter(|name| name.ends_with(".toml"))
        {
            let text = files::read_text(path.as_ref(), PROFILE_MAX)?;
            let profile = CsvProfile::from_toml(&text)
                .map_err(|error| Failure::refused(error).in_file(path.as_ref()))?;
            options.profile = Some(profile.name().to_owned());
            options.profiles = vec![profile];
        }
        Ok(options)
    }

    fn text(&self, scheme: &Scheme, report: &BuiltReport) -> String {
        let mut text = String::new();
        for file in &report.files {
            text += &format!(
                "{}: {} entries, {}\n",
                file.file,
                count(file.entries),
                file.covers
            );
        }
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

/// Ledgers of different accounts, made fit to be merged.
fn together(parts: Vec<Ledger>) -> Outcome<Vec<Ledger>> {
    let first = parts.iter().map(|part| part.coverage().first).max();
    let last = parts.iter().map(|part| part.coverage().last).min();
    let common = first.zip(last).filter(|(first, last)| first <= last);
    let Some((first, last)) = common else {
        return Err(
            Failure::refused("there is no day that all of the accounts' statements cover")
                .hint("state each statement's period with --covers, or read other statements"),
        );
    };
    let common = Coverage { first, last };
    let cut = |part: Ledger| {
        part.without_balances()
            .within(common)
            .map_err(Failure::refused)
    };
    parts.into_iter().map(cut).collect()
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

/// A statement that was not read.
fn unread(error: StatementError) -> Failure {
    let hint = match error.fault() {
        StatementFault::Unrecognised { .. }
        | StatementFault::NoHeader { .. }
        | StatementFault::AmbiguousProfile { .. }
        | StatementFault::UnknownProfile { .. } => {
            "name the layout with --profile: a built-in one, or a file of your own such as my-bank.toml"
        }
        StatementFault::NoEntries | StatementFault::OutsideCoverage { .. } => {
            "state the whole period with --covers FIRST..LAST"
        }
        _ => "nothing was read from this file; repair it, or export it again",
    };
    Failure::refused(error).hint(hint)
}

fn next_step(error: &LevelsError) -> Option<&'static str> {
    match error {
        LevelsError::Stale { .. } | LevelsError::NoMonth { .. } => Some(
            "if the statement covers quiet days after its last entry, say so with --covers FIRST..LAST",
        ),
        _ => None,
    }
}

fn coverage(text: &str) -> Result<Coverage, String> {
    let shape = || "want two days such as 2025-11-01..2026-10-31".to_owned();
    let (first, last) = text.split_once("..").ok_or_else(shape)?;
    let day = |text: &str| text.parse::<Date>().map_err(|_| shape());
    let coverage = Coverage {
        first: day(first)?,
        last: day(last)?,
    };
    if coverage.last < coverage.first {
        return Err("the last day is before the first".to_owned());
    }
    Ok(coverage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_two_days_in_order() {
        let period = coverage("2025-11-01..2026-10-31").unwrap();
        assert_eq!(period.to_string(), "2025-11-01 to 2026-10-31");
        for bad in [
            "",
            "2025-11-01",
            "2025-11-01..",
            "2026-01-02..2026-01-01",
            "a..b",
        ] {
            assert!(coverage(bad).is_err(), "{bad}");
        }
    }
}
