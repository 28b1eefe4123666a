//! `scorecard compare`: two scorecards on the same applicants.

use std::path::PathBuf;

use blindscore_scorecard::report::{self, Report};
use blindscore_scorecard::validate::{Contender, compare};
use clap::Args;

use super::card::Card;
use super::table::TableArguments;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::Origin;
use crate::output::{note, print, print_json};
use crate::progress::watched;

/// Compare two scorecards on the same applicants (modeller)
///
/// The difference of the areas under the ROC curves has an interval of its own,
/// since both scores are of the same people; and what would change for whom is
/// shown by share accepted.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore scorecard compare old.json new.json --table later.csv --outcome bad")]
pub(crate) struct ScorecardCompare {
    /// The first scorecard: a card file, or a scorecard with --scheme
    #[arg(value_name = "CARD")]
    first: Origin,
    /// The second scorecard
    #[arg(value_name = "OTHER")]
    second: Origin,
    /// The scheme, if the scorecards do not carry theirs
    #[arg(long)]
    scheme: Option<Origin>,
    #[command(flatten)]
    table: TableArguments,
    /// Confidence of the intervals
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    confidence: f64,
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

impl ScorecardCompare {
    pub(crate) fn run(&self) -> Outcome {
        if let Some(path) = self
            .report
            .as_ref()
            .filter(|path| path.exists() && !self.force)
        {
            return Err(files::exists(path));
        }
        let read = |origin| Card::read(origin, self.scheme.as_ref());
        let (first, second) = (read(&self.first)?, read(&self.second)?);
        let tables = (
            self.table.read(&first.scheme)?,
            self.table.read(&second.scheme)?,
        );
        let comparison = watched("comparing", |_| {
            compare(
                &Contender {
                    card: &first.scorecard,
                    scheme: &first.scheme,
                    table: &tables.0,
                },
                &Contender {
                    card: &second.scorecard,
                    scheme: &second.scheme,
                    table: &tables.1,
                },
                self.confidence,
            )
        });
        let comparison =
            comparison.map_err(|error| Failure::refused(error).in_file(&self.table.table))?;
        if let Some(path) = &self.report {
            let page = report::html(&Report {
                title: "Comparison of two scorecards".to_owned(),
                scorecard: &first.scorecard,
                scheme: &first.scheme,
                fit: None,
                validations: Vec::new(),
                cross_validation: None,
                comparison: Some(&comparison),
            })
            .map_err(Failure::internal)?;
            files::write(path, page.as_bytes(), Access::Public)?;
            note(&format!("wrote {}", path.display()));
        }
        if self.json {
            print_json(&comparison)
        } else {
            print(&comparison.to_table())
        }
    }
}
