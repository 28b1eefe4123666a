//! `scorecard export`: a scorecard for another program.

use std::path::PathBuf;

use blindscore_history::scheme::LineKind;
use blindscore_scorecard::exchange::{Format, export};
use clap::{Args, ValueEnum};

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{note, print};

#[derive(Debug, Args)]
pub(crate) struct ExportCommand {
    /// The card: a card file, a scorecard with --scheme, or builtin:steady, builtin:growth
    #[arg(value_name = "CARD")]
    card: Origin,
    /// The scheme, for a scorecard alone
    #[arg(long)]
    scheme: Option<Origin>,
    /// The format
    #[arg(long, value_enum)]
    format: FormatArgument,
    /// Where it goes [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArgument {
    /// PMML 4.4, with rows to verify whoever reads it
    Pmml,
    /// Variable, Bin, Points
    Csv,
    /// The card file: scorecard and scheme
    Json,
}

impl ExportCommand {
    pub(crate) fn run(&self) -> Outcome {
        let card = inputs::card(&self.card, self.scheme.as_ref())?;
        let format = match self.format {
            FormatArgument::Pmml => Format::Pmml,
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Json => Format::Json,
        };
        let text = export(&card, format).map_err(Failure::refused)?;
        if format != Format::Json {
            for line in card.scheme().lines() {
                let formula = match line.kind() {
                    LineKind::Column(column) => column.formula(),
                    _ => None,
                };
                if let Some(formula) = formula {
                    note(&format!(
                        "column {:?} holds {formula}: compute it before others score with this file",
                        line.name()
                    ));
                }
            }
        }
        match &self.out {
            Some(path) => files::write(path, text.as_bytes(), Access::Public),
            None => print(&text),
        }
    }
}
