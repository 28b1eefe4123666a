//! `synth`: an invented population to try everything on.

use std::io::{self, Write};
use std::path::PathBuf;

use blindscore_history::synth::{
    MONTHS_MAX, MONTHS_MIN, Population, Written, write_outcomes_header, write_transactions_header,
};
use clap::Args;
use serde::Serialize;

use crate::error::{Failure, Outcome};
use crate::files::{self, Streamed};
use crate::output::{count, fields, print, print_json};
use crate::progress::watched;

/// Applicants between two signs of life.
const CHUNK: u64 = 500;

/// Draw an invented population: transactions and who defaulted
///
/// Nothing in it describes anybody. Every person has traits that are not
/// written down; they shape incomes, spending by category, shocks and, with
/// some luck, whether a loan is paid back. The same seed gives the same bytes
/// on every machine, and a larger population starts with the smaller one. The
/// model is stated in the documentation of the library's module `synth`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore synth --applicants 3000 --seed 1 --out people")]
pub(crate) struct Synth {
    /// How many applicants
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    applicants: u64,
    /// Which population
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Months of history of each
    #[arg(long, value_name = "M", default_value_t = 12, value_parser = clap::value_parser!(u8).range(i64::from(MONTHS_MIN)..=i64::from(MONTHS_MAX)))]
    months: u8,
    /// The folder for transactions.csv, outcomes.csv and README.txt; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Overwrite files of an earlier run
    #[arg(long)]
    force: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct SynthReport {
    invented: bool,
    seed: u64,
    months: u8,
    applicants: u64,
    bad: u64,
    transactions: u64,
    files: Vec<String>,
}

impl Synth {
    pub(crate) fn run(&self) -> Outcome {
        let population = Population::new(self.seed, self.months).map_err(Failure::usage)?;
        files::make_directory(&self.out)?;
        let create = |name: &str| Streamed::create(&self.out.join(name), self.force);
        let mut transactions = create("transactions.csv")?;
        let mut outcomes = create("outcomes.csv")?;
        let mut about = create("README.txt")?;
        let written = watched("drawing applicants", |spinner| {
            write_transactions_header(&mut transactions)?;
            write_outcomes_header(&mut outcomes)?;
            let mut all = Written::default();
            let mut at = 0;
            while at < self.applicants {
                let end = (at + CHUNK).min(self.applicants);
                let part = population.write(at..end, &mut transactions, &mut outcomes)?;
                all.applicants += part.applicants;
                all.bad += part.bad;
                all.transactions += part.transactions;
                at = end;
                spinner.set_message(format!("drew {at} of {} applicants", self.applicants));
            }
            about.write_all(self.about().as_bytes())?;
            Ok(all)
        });
        let written = written.map_err(|error: io::Error| {
            Failure::internal(format!("cannot write to {}: {error}", self.out.display()))
                .hint("is the disk full?")
        })?;
        let mut files = Vec::new();
        for file in [transactions, outcomes, about] {
            files.push(file.keep()?.display().to_string());
        }
        let report = SynthReport {
            invented: true,
            seed: self.seed,
            months: self.months,
            applicants: written.applicants,
            bad: written.bad,
            transactions: written.transactions,
            files,
        };
        if self.json {
            return print_json(&report);
        }
        print(&text(&report))
    }

    fn about(&self) -> String {
        format!(
            "INVENTED DATA. No row describes a person.\n\n\
             Drawn by `blindscore synth --applicants {} --seed {} --months {}`.\n\n\
             transactions.csv  an applicant's account, oldest first: signed amounts (negative is\n\
             {pad}money out), flow and category, and the balance after it\n\
             outcomes.csv      as_of: when they applied; history_from: the first day of which the\n\
             {pad}transactions are complete; age_band: for the analysis of fairness,\n\
             {pad}not for scoring; bad: 1 if the loan was not paid back\n\n\
             What is learnt from these files holds for the model that drew them, and for nobody\n\
             and no market besides.\n",
            self.applicants,
            self.seed,
            self.months,
            pad = " ".repeat(18),
        )
    }
}

fn text(report: &SynthReport) -> String {
    let number = |value: u64| count(usize::try_from(value).unwrap_or(usize::MAX));
    #[allow(clippy::cast_precision_loss, reason = "a share for people")]
    let share = 100.0 * report.bad as f64 / report.applicants as f64;
    let mut text = "invented data: no row describes a person\n".to_owned();
    text += &fields(&[
        (
            "applicants",
            format!(
                "{}, of whom {} bad ({share:.1} %)",
                number(report.applicants),
                number(report.bad)
            ),
        ),
        ("transactions", number(report.transactions)),
        (
            "seed",
            format!("{}, {} months of history", report.seed, report.months),
        ),
    ]);
    for file in &report.files {
        text += &format!("wrote {file}\n");
    }
    text
}
