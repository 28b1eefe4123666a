//! `scorecard fit`: a scorecard from a table with outcomes.

use std::path::PathBuf;

use blindscore_history::proposal::Ratios;
use blindscore_history::scheme::{Formula, Scheme};
use blindscore_scorecard::report::{self, Report};
use blindscore_scorecard::train::{FitError, FitOptions, TrainingTable, fit};
use blindscore_scorecard::validate::{
    CrossValidation, FoldOptions, ValidateOptions, Validation, cross_validate, validate,
};
use clap::Args;
use serde::Serialize;

use super::card::Card;
use super::scheme_fit::{ColumnArguments, columns_table, table_scheme};
use super::table::{TableArguments, header, no_column, refused};
use super::trim::trimmed;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{heading, note, print, print_json};
use crate::progress::watched;

/// A file of options is short.
const OPTIONS_MAX: usize = 1 << 20;

/// Fit a scorecard to a table with outcomes (modeller)
///
/// Works on a plain table, for which it makes a scheme of its own, and on a
/// table of levels (`history table`) with its --scheme. Of a plain table with
/// rows enough, ratios of columns of amounts may enter, too (--ratios). Levels are binned with a
/// monotonic trend where the data allow it, weighed by logistic regression,
/// scaled and rounded to whole points; the report says what each step cost.
///
/// CARD holds the scorecard and its scheme, so other commands need only it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blindscore scorecard fit --table applicants.csv --outcome bad --out card.json --report card.html
  blindscore scorecard fit --table table.csv --outcome bad --scheme fitted.json --out card.json")]
pub(crate) struct ScorecardFit {
    #[command(flatten)]
    table: TableArguments,
    /// The scheme that the table's levels were made by; a plain table needs none
    #[arg(long)]
    scheme: Option<Origin>,
    #[command(flatten)]
    columns: ColumnArguments,
    /// Fit on the rows of this sample only (with --sample), and validate on each other sample
    #[arg(long, value_name = "NAME", requires = "sample")]
    train: Option<String>,
    /// Fit on the rows before this time only (with --time), and validate on the rest
    #[arg(long, value_name = "TIME", requires = "time", conflicts_with = "train")]
    before: Option<String>,
    /// Options as JSON: binning, selection, penalties, scale, texts; what is left out has its default
    #[arg(long, value_name = "OPTIONS.json")]
    options: Option<PathBuf>,
    /// The scorecard's name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "TEXT")]
    provider: Option<String>,
    /// The most characteristics
    #[arg(long, value_name = "N")]
    characteristics: Option<usize>,
    /// Seed of all that is drawn
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Folds of the cross-validation; 0 for none
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=50))]
    folds: u32,
    /// How often the cross-validation is repeated with other folds
    #[arg(long, value_name = "R", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// The scorecard to write
    #[arg(long, value_name = "CARD")]
    out: PathBuf,
    /// A report with plots to write, one HTML file
    #[arg(long, value_name = "REPORT.html")]
    report: Option<PathBuf>,
    /// Overwrite files that are there
    #[arg(long)]
    force: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct FitOutput<'a> {
    scorecard: String,
    scheme: String,
    fit: &'a blindscore_scorecard::train::FitReport,
    cross_validation: Option<&'a CrossValidation>,
    validations: Vec<Sampled<'a>>,
}

#[derive(Serialize)]
struct Sampled<'a> {
    sample: &'a str,
    validation: &'a Validation,
}

impl ScorecardFit {
    pub(crate) fn run(&self) -> Outcome {
        for path in std::iter::once(&self.out).chain(&self.report) {
            if path.exists() && !self.force {
                return Err(files::exists(path));
            }
        }
        let options = self.fit_options()?;
        let (scheme, about) = self.scheme()?;
        let whole = self.table.read(&scheme)?;
        whole
            .both_classes()
            .map_err(|error| refused(&error, &self.table.table))?;
        let (train, others) = self.split(&whole)?;
        let fitted = watched("fitting", |_| fit(&scheme, &train, &options));
        let fitted = fitted.map_err(|error| self.unfitted(&error))?;
        let cross = self.cross_validation(&scheme, &train, &options)?;
        let (card, train, others) = if self.scheme.is_some() {
            let scorecard = fitted.scorecard.clone();
            (Card { scheme, scorecard }, train, others)
        } else {
            let card = trimmed(&scheme, &fitted.scorecard)?;
            let (train, others) = self.split(&self.table.read(&card.scheme)?)?;
            (card, train, others)
        };
        let validations = self.validations(&card, &train, &others)?;
        if let Some(path) = &self.report {
            let page = report::html(&Report {
                title: card.scorecard.name().to_owned(),
                scorecard: &card.scorecard,
                scheme: &card.scheme,
                fit: Some(&fitted),
                validations: validations
                    .iter()
                    .map(|(name, validation)| (name.clone(), validation))
                    .collect(),
                cross_validation: cross.as_ref(),
                comparison: None,
            })
            .map_err(Failure::internal)?;
            files::write(path, page.as_bytes(), Access::Public)?;
        }
        let output = if self.json {
            let output = FitOutput {
                scorecard: card.scorecard.digest().to_string(),
                scheme: card.scheme.digest().to_string(),
                fit: &fitted.report,
                cross_validation: cross.as_ref(),
                validations: validations
                    .iter()
                    .map(|(sample, validation)| Sampled { sample, validation })
                    .collect(),
            };
            let text = serde_json::to_value(&output);
            Some(text.map_err(|error| Failure::internal(format!("cannot write JSON: {error}")))?)
        } else {
            None
        };
        let mut text = about;
        text += &fitted.report.to_table();
        if let Some(cross) = &cross {
            text += &heading("Cross-validation");
            text += &cross.to_table();
        }
        for (name, validation) in &validations {
            text += &heading(&format!("Validation on {name}"));
            text += &validation.to_table();
        }
        card.write(&self.out)?;
        for path in std::iter::once(&self.out).chain(&self.report) {
            note(&format!("wrote {}", path.display()));
        }
        match output {
            Some(output) => print_json(&output),
            None => print(&text),
        }
    }

    fn fit_options(&self) -> Outcome<FitOptions> {
        let mut options = match &self.options {
            Some(path) => FitOptions::from_json(&files::read_text(path, OPTIONS_MAX)?)
                .map_err(|error| Failure::refused(error).in_file(path))?,
            None => FitOptions::default(),
        };
        if let Some(name) = &self.name {
            options.name.clone_from(name);
        }
        if let Some(provider) = &self.provider {
            options.provider.clone_from(provider);
        }
        if let Some(most) = self.characteristics {
            options.characteristics_max = most;
        }
        if let Some(seed) = self.seed {
            options.seed = seed;
        }
        Ok(options)
    }

    /// The scheme named, or one made for a plain table; and what to say of it.
    fn scheme(&self) -> Outcome<(Scheme, String)> {
        if let Some(origin) = &self.scheme {
            if self.columns.any() {
                return Err(Failure::usage(
                    "--exclude, --only, --categorical, --special, --other-categories, --derive and \
                     --ratios are for tables without --scheme",
                )
                .hint("list columns in --options to keep them out of the scorecard"));
            }
            return Ok((inputs::scheme(origin)?, String::new()));
        }
        let path = &self.table.table;
        let names = header(path)?;
        if let Some(levels) = names.iter().find(|name| is_level_column(name)) {
            return Err(Failure::refused(format!(
                "{}: column {levels:?} holds levels",
                path.display()
            ))
            .hint("give the scheme that the table was made by with --scheme"));
        }
        let mut options = self.columns.options(path, Ratios::IfRowsAllow)?;
        // What the card does not use goes after the fit, so there is room; so many
        // cut points still make a scheme that is small enough to be read.
        options.slots = 10_000;
        for role in self.table.roles() {
            if !names.contains(&role) {
                return Err(no_column(path, &role, &names));
            }
            let reads = |(_, formula): &&(String, Formula)| formula.columns().any(|c| c == role);
            if let Some((name, _)) = options.derive.iter().find(reads) {
                return Err(Failure::usage(format!(
                    "--derive {name:?} reads column {role:?}, which the model must not see"
                ))
                .hint("derive columns from characteristics only"));
            }
            if !options.exclude.contains(&role) {
                options.exclude.push(role);
            }
        }
        let made = table_scheme(path, &options)?;
        let id = made.id.as_ref().map_or_else(String::new, |id| {
            format!("column {id:?} is taken for the applicant's id\n")
        });
        let ratios = match made.ratios {
            0 => String::new(),
            made => format!(
                "{made} ratios of columns of amounts were made; --ratios never leaves them out\n"
            ),
        };
        let text = format!(
            "{}{}{ratios}{id}\n",
            heading("Columns of the table").trim_start(),
            columns_table(&made)
        );
        Ok((made.scheme, text))
    }

    /// The rows to fit on, and the samples kept from it.
    fn split(
        &self,
        whole: &TrainingTable,
    ) -> Outcome<(TrainingTable, Vec<(String, TrainingTable)>)> {
        let wrong = |error: &_| refused(error, &self.table.table);
        if let Some(before) = &self.before {
            let (train, later) = whole.split_at_time(before).map_err(|error| wrong(&error))?;
            return Ok((train, vec![(format!("{before} and later"), later)]));
        }
        let Some(train) = &self.train else {
            return Ok((whole.clone(), Vec::new()));
        };
        let names: Vec<String> = whole.samples().map_or_else(Vec::new, |samples| {
            samples.names().iter().map(ToString::to_string).collect()
        });
        let others = names.iter().filter(|name| *name != train);
        let others = others.map(|name| Ok((name.clone(), whole.sample(name)?)));
        let others = others
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| wrong(&error))?;
        Ok((whole.sample(train).map_err(|error| wrong(&error))?, others))
    }

    fn cross_validation(
        &self,
        scheme: &Scheme,
        train: &TrainingTable,
        options: &FitOptions,
    ) -> Outcome<Option<CrossValidation>> {
        if self.folds < 2 {
            return Ok(None);
        }
        let folds = FoldOptions {
            folds: self.folds as usize,
            repeats: self.repeats as usize,
            seed: options.seed,
            ..FoldOptions::default()
        };
        let cross = watched("cross-validating", |spinner| {
            cross_validate(scheme, train, options, &folds, &mut |done, of| {
                spinner.set_message(format!("cross-validating: {done} of {of} fits"));
            })
        });
        match cross {
            Ok(cross) => Ok(Some(cross)),
            Err(error) => {
                note(&format!("no cross-validation: {error}"));
                Ok(None)
            }
        }
    }

    fn validations(
        &self,
        card: &Card,
        train: &TrainingTable,
        others: &[(String, TrainingTable)],
    ) -> Outcome<Vec<(String, Validation)>> {
        let one = |table: &TrainingTable, options: &ValidateOptions<'_>| {
            validate(&card.scorecard, &card.scheme, table, options).map_err(Failure::refused)
        };
        let own = ValidateOptions {
            fitted_here: true,
            seed: self.seed.unwrap_or(0),
            ..ValidateOptions::default()
        };
        let mut all = vec![("the rows it was fitted on".to_owned(), one(train, &own)?)];
        for (name, table) in others {
            let options = ValidateOptions {
                reference: Some(train),
                seed: self.seed.unwrap_or(0),
                ..ValidateOptions::default()
            };
            all.push((name.clone(), one(table, &options)?));
        }
        Ok(all)
    }

    fn unfitted(&self, error: &FitError) -> Failure {
        Failure::refused(error).in_file(&self.table.table)
    }
}

/// `line@months`.
fn is_level_column(name: &str) -> bool {
    name.split_once('@')
        .is_some_and(|(line, months)| !line.is_empty() && months.parse::<u8>().is_ok())
}
