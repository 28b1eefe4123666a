//! `scorecard validate`: how good a scorecard is on a table.

use std::path::PathBuf;

use blindscore_scorecard::report::{self, Report};
use blindscore_scorecard::train::TrainingTable;
use blindscore_scorecard::validate::{ValidateOptions, Validation, validate};
use clap::Args;
use serde::Serialize;

use super::card::Card;
use super::encrypted::{self, EncryptedReport};
use super::table::{TableArguments, refused};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::Origin;
use crate::output::{heading, note, print, print_json};
use crate::progress::watched;

/// Measure a scorecard on a table, in the clear and under encryption (modeller)
///
/// Discrimination with intervals, calibration, score bands, characteristics;
/// stability against --reference; selection rates and calibration by --group.
/// With --encrypted N, the first N applicants are sealed, evaluated blind and
/// opened, each with a key of their own, and compared with the plain score.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore scorecard validate card.json --table later.csv --outcome bad --encrypted 100")]
pub(crate) struct ScorecardValidate {
    /// The scorecard: a card file, or a scorecard with --scheme
    #[arg(value_name = "CARD")]
    card: Origin,
    /// The scheme, if the scorecard does not carry it: a file, or builtin:everyday
    #[arg(long)]
    scheme: Option<Origin>,
    #[command(flatten)]
    table: TableArguments,
    /// The rows of this sample only (with --sample)
    #[arg(long, value_name = "NAME", requires = "sample")]
    only_sample: Option<String>,
    /// The table that it was fitted on, for stability
    #[arg(long, value_name = "TABLE.csv")]
    reference: Option<PathBuf>,
    /// Score so many applicants under encryption
    #[arg(long, value_name = "N")]
    encrypted: Option<usize>,
    /// The published score from which on one would lend, for the analysis of groups
    #[arg(long, value_name = "SCORE")]
    cutoff: Option<i64>,
    /// The group that others are compared with [default: the largest]
    #[arg(long, value_name = "GROUP", requires = "group")]
    reference_group: Option<String>,
    /// Seed of the bootstrap
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// A report with plots to write, one HTML file
    #[arg(long, value_name = "REPORT.html")]
    report: Option<PathBuf>,
    /// Overwrite a report that is there
    #[arg(long)]
    force: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct ValidateOutput<'a> {
    #[serde(flatten)]
    validation: &'a Validation,
    encrypted: Option<&'a EncryptedReport>,
}

impl ScorecardValidate {
    pub(crate) fn run(&self) -> Outcome {
        if let Some(path) = self
            .report
            .as_ref()
            .filter(|path| path.exists() && !self.force)
        {
            return Err(files::exists(path));
        }
        let card = Card::read(&self.card, self.scheme.as_ref())?;
        let table = self.read(&card)?;
        let reference = self.reference.as_ref().map(|path| {
            let mut arguments = self.table.clone();
            arguments.table.clone_from(path);
            arguments.read(&card.scheme)
        });
        let reference = reference.transpose()?;
        let options = ValidateOptions {
            seed: self.seed,
            reference: reference.as_ref(),
            cutoff: self.cutoff,
            reference_group: self.reference_group.clone(),
            ..ValidateOptions::default()
        };
        let validation = watched("validating", |_| {
            validate(&card.scorecard, &card.scheme, &table, &options)
        });
        let validation =
            validation.map_err(|error| Failure::refused(error).in_file(&self.table.table))?;
        let compared = self
            .encrypted
            .map(|most| encrypted::compare(&card, &table, most));
        let compared = compared.transpose()?;
        if let Some(path) = &self.report {
            let page = report::html(&Report {
                title: card.scorecard.name().to_owned(),
                scorecard: &card.scorecard,
                scheme: &card.scheme,
                fit: None,
                validations: vec![(self.table.table.display().to_string(), &validation)],
                cross_validation: None,
                comparison: None,
            })
            .map_err(Failure::internal)?;
            files::write(path, page.as_bytes(), Access::Public)?;
            note(&format!("wrote {}", path.display()));
        }
        if self.json {
            print_json(&ValidateOutput {
                validation: &validation,
                encrypted: compared.as_ref(),
            })?;
        } else {
            let mut text = validation.to_table();
            if let Some(compared) = &compared {
                text += &heading("Encrypted against plain");
                text += &compared.text();
            }
            print(&text)?;
        }
        match compared {
            Some(compared) if !compared.holds() => Err(Failure::security(format!(
                "{} of {} encrypted scores differ from the plain ones",
                compared.applicants - compared.equal,
                compared.applicants
            ))
            .hint("do not use this build; keep the card and the table as evidence")),
            _ => Ok(()),
        }
    }

    fn read(&self, card: &Card) -> Outcome<TrainingTable> {
        let whole = self.table.read(&card.scheme)?;
        match &self.only_sample {
            Some(name) => whole
                .sample(name)
                .map_err(|error| refused(&error, &self.table.table)),
            None => Ok(whole),
        }
    }
}
