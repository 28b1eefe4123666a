//! `scorecard import`: a scorecard from another program.

use std::path::PathBuf;

use blindscore_scorecard::exchange::{
    IMPORT_BYTES_MAX, Import, ImportOptions, ImportReport, InputFile, import,
};
use clap::Args;
use serde::Serialize;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::output::{count, fields, note, print, print_json, table};

#[derive(Debug, Args)]
pub(crate) struct ImportCommand {
    /// The file, or the files that make the card together; the format is told by what they hold
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Where the card goes: the scorecard with its scheme, in one file
    #[arg(long, value_name = "CARD")]
    out: PathBuf,
    /// Write the scheme alone, too
    #[arg(long, value_name = "SCHEME")]
    scheme_out: Option<PathBuf>,
    /// The scorecard's name [default: what the file says, or the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Who answers for the scorecard [default: what the file says]
    #[arg(long)]
    provider: Option<String>,
    /// The currency of the scheme [default: what the file says, or EUR]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// A value that is a code and not an amount; for tables with a bin Special that do not say it
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = special)]
    special: Vec<(String, String)>,
    /// Import although something is lost; what, is said
    #[arg(long)]
    force: bool,
    /// Say what was carried over as JSON
    #[arg(long)]
    json: bool,
}

/// What the command says about its result.
#[derive(Serialize)]
struct Told<'a> {
    scorecard: String,
    scheme: String,
    #[serde(flatten)]
    report: &'a ImportReport,
}

impl ImportCommand {
    pub(crate) fn run(&self) -> Outcome {
        let mut read = Vec::with_capacity(self.files.len());
        for path in &self.files {
            read.push((
                path.display().to_string(),
                files::read(path, IMPORT_BYTES_MAX)?,
            ));
        }
        let given: Vec<InputFile<'_>> = read
            .iter()
            .map(|(name, bytes)| InputFile { name, bytes })
            .collect();
        let mut options = ImportOptions {
            name: self.name.clone(),
            provider: self.provider.clone(),
            currency: self.currency.clone(),
            force: self.force,
            ..ImportOptions::default()
        };
        for (column, value) in &self.special {
            options
                .special
                .entry(column.clone())
                .or_default()
                .push(value.clone());
        }
        let Import { card, report } = import(&given, &options).map_err(|error| {
            Failure::refused(error).hint("docs/exchange.md says what each format needs")
        })?;
        files::write(&self.out, card.to_json().as_bytes(), Access::Public)?;
        if let Some(path) = &self.scheme_out {
            files::write(path, card.scheme().to_json().as_bytes(), Access::Public)?;
        }
        let told = Told {
            scorecard: card.scorecard().digest().to_string(),
            scheme: card.scheme().digest().to_string(),
            report: &report,
        };
        if self.json {
            return print_json(&told);
        }
        for one in &report.notes {
            match &one.variable {
                Some(variable) => note(&format!("{variable}: {}", one.message)),
                None => note(&one.message),
            }
        }
        print(&self.text(&told))
    }

    fn text(&self, told: &Told<'_>) -> String {
        let report = told.report;
        let cuts = match (report.cuts(), report.noisy_cuts().count()) {
            (0, _) => "none".to_owned(),
            (cuts, 0) => format!("{} kept exactly", count(cuts)),
            (cuts, noisy) => format!(
                "{} kept exactly; {} of them carry the noise of binary floats",
                count(cuts),
                count(noisy)
            ),
        };
        let points = &report.points;
        let points = if points.exact {
            format!(
                "kept exactly; {} of 1,020 steps of {}",
                points.steps, points.step
            )
        } else {
            format!(
                "{} of 1,020 steps of {}; a score under encryption is off by at most {} before \
                 it is rounded",
                points.steps, points.step, points.largest_difference
            )
        };
        let mut text = fields(&[
            (
                "imported",
                format!("{} from {}", report.name, report.format),
            ),
            ("scorecard", told.scorecard.clone()),
            ("scheme", told.scheme.clone()),
            ("cut points", cuts),
            ("points", points),
            ("written", self.out.display().to_string()),
        ]);
        let rows = report.columns.iter().map(|column| {
            [
                column.characteristic.clone(),
                column.column.clone(),
                column.levels.to_string(),
                column.cuts.len().to_string(),
                column.categories.to_string(),
                column.special.join(" "),
            ]
        });
        let header = [
            "characteristic",
            "column",
            "levels",
            "cuts",
            "categories",
            "special",
        ];
        text += "\n";
        text += &table(header, rows, &[2, 3, 4]);
        let noisy = report.noisy_cuts().map(|(column, cut)| {
            [
                column.column.clone(),
                cut.cut.clone(),
                cut.noise_of.clone().unwrap_or_default(),
            ]
        });
        let noisy: Vec<_> = noisy.collect();
        if !noisy.is_empty() {
            text += "\nCut points with noise, kept as they are: the round number itself lies on one side only\n";
            text += &table(["column", "cut", "stands for"], noisy, &[1, 2]);
        }
        text
    }
}

fn special(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((column, value)) if !column.is_empty() && !value.is_empty() => {
            Ok((column.to_owned(), value.to_owned()))
        }
        _ => Err("want COLUMN=VALUE, such as months_open=-1".to_owned()),
    }
}
