//! `bench`: what everything costs on this machine, in one run.

mod page;
mod report;
mod text;

use std::path::PathBuf;

use blindscore_benches::curves::{Curve, curves};
use blindscore_benches::measure::{Effort, Figures, measure};
use blindscore_benches::subject::Subject;
use blindscore_benches::{Error, by_hand};
use blindscore_scorecard::Scorecard;
use clap::Args;

use crate::commands::bench::report::BenchReport;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{note, print, print_json};
use crate::progress::watched;

/// Measure what everything costs on this machine, beside one bootstrap of tfhe
///
/// Scores in the clear, packed, composable with one, two and three sources:
/// sealing, admitting, preparing, evaluating, opening, proving, verifying; bytes
/// of every message and key; memory. Contenders take turns in one run, medians
/// count, so that the ratios carry over to other machines, which times do not.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  blindscore bench\n  blindscore bench --scheme S.json --scorecard C.json --html bench.html"
)]
pub(crate) struct Bench {
    /// Scheme: a file or builtin:everyday
    #[arg(long, default_value = "builtin:everyday", requires = "scorecard")]
    scheme: Origin,
    /// Scorecards on it, the first of which is measured most [default: the bundled ones]
    #[arg(long)]
    scorecard: Vec<Origin>,
    /// Rounds in which the contenders take turns
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// Proofs a form: how many attempts one takes is chance
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    proofs: u32,
    /// Leave out how costs grow with characteristics, sources, scorecards, cores and batch
    #[arg(long)]
    no_curves: bool,
    /// Also the same score by hand on tfhe's FheUint16; takes many seconds
    #[arg(long)]
    by_hand: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write a page with plots to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Overwrite the page's file
    #[arg(long, requires = "html")]
    force: bool,
}

/// All that was measured.
struct Measured {
    figures: Figures,
    curves: Vec<Curve>,
    by_hand_us: Option<f64>,
}

impl Bench {
    pub(crate) fn run(&self) -> Outcome {
        let subject = self.subject()?;
        if self.by_hand && !cfg!(feature = "by-hand") {
            return Err(Failure::usage(
                "this program was built without tfhe's integers, which --by-hand measures",
            )
            .hint(
                "build them in, which takes minutes: cargo run --release --features blindscore-cli/by-hand -- bench --by-hand",
            ));
        }
        if !self.force
            && let Some(path) = self.html.as_deref().filter(|path| path.exists())
        {
            return Err(files::exists(path));
        }
        if cfg!(debug_assertions) {
            note("this is a debug build: the figures say nothing; build with --release");
        }
        let measured = watched("measuring", |spinner| self.measure(&subject, spinner));
        let measured = measured.map_err(|error| self.failed(error))?;
        let report = BenchReport::new(&subject, self.rounds, self.proofs, &measured);
        if let Some(path) = &self.html {
            let page = page::page(&report);
            let write = if self.force {
                files::write
            } else {
                files::write_new
            };
            write(path, page.as_bytes(), Access::Public)?;
        }
        if self.json {
            print_json(&report)
        } else {
            print(&text::text(&report))
        }
    }

    fn subject(&self) -> Outcome<Subject> {
        if self.scorecard.is_empty() {
            return Subject::bundled().map_err(Failure::internal);
        }
        let scheme = inputs::scheme(&self.scheme)?;
        let card = |origin: &Origin| inputs::scorecard(origin, &scheme);
        let scorecards: Vec<Scorecard> = self.scorecard.iter().map(card).collect::<Outcome<_>>()?;
        Ok(Subject { scheme, scorecards })
    }

    fn measure(
        &self,
        subject: &Subject,
        spinner: &indicatif::ProgressBar,
    ) -> Result<Measured, Error> {
        let mut watch = |what: &str| spinner.set_message(what.to_owned());
        let effort = Effort {
            rounds: self.rounds as usize,
            proofs: u64::from(self.proofs),
        };
        let figures = measure(subject, effort, &mut watch)?;
        let curves = if self.no_curves {
            Vec::new()
        } else {
            curves(5.min(effort.rounds), &mut watch)?
        };
        watch("by hand");
        let by_hand_us = self.by_hand.then(by_hand::measure).flatten();
        Ok(Measured {
            figures,
            curves,
            by_hand_us: by_hand_us.map(|time| time.as_secs_f64() * 1e6),
        })
    }

    fn failed(&self, error: Error) -> Failure {
        match error {
            Error::Plan(error) => Failure::refused(error).hint(
                "blindscore scorecard check says what the plan asks for and which gate fails",
            ),
            Error::Seal(error) => Failure::refused(error),
            error => Failure::internal(error),
        }
    }
}
