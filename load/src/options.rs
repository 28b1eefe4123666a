//! What the tool is told.

use std::path::PathBuf;

use blindscore_history::form::Form;
use clap::{Parser, ValueEnum};

/// Puts a platform's service under load, and checks that nothing was lost.
///
/// Without a URL it starts `blindscore serve` on a folder of its own, as the
/// program is shipped but for the limits on how often one caller may ask. The
/// parties are drawn for this run, the applicants are invented; everything goes
/// over HTTP, signed.
#[derive(Debug, Parser)]
#[command(
    name = "load",
    version,
    after_help = "\
Ten minutes on SQLite:
  load
On PostgreSQL:
  load --database postgres://USER@HOST/NAME
Short, each form alone:
  load --minutes 1 --form packed
A service that runs already (for tests: receipts and log of the run stay in it):
  load --platform http://127.0.0.1:8440 --token platform-service/operator.token --pid PID

The tool and the service it starts share the machine's cores. Exit code 0: nothing was lost; 1: something was, or the run \
did not come to its end."
)]
pub(crate) struct Options {
    /// A service that runs already; without, one is started
    #[arg(long, value_name = "URL", requires = "token")]
    pub(crate) platform: Option<String>,
    /// File with the token of its operator, who takes the run's parties into the registry
    #[arg(long, value_name = "FILE", requires = "platform")]
    pub(crate) token: Option<PathBuf>,
    /// Its process, to measure memory and time of, if it is on this machine
    #[arg(long, value_name = "PID", requires = "platform")]
    pub(crate) pid: Option<u32>,
    /// The program to start; without, `blindscore` beside this one
    #[arg(long, value_name = "FILE", conflicts_with = "platform")]
    pub(crate) program: Option<PathBuf>,
    /// Database of the service that is started; without, SQLite in its folder
    #[arg(
        long,
        value_name = "URL",
        env = "BLINDSCORE_LOAD_DATABASE",
        hide_env_values = true,
        conflicts_with = "platform"
    )]
    pub(crate) database: Option<String>,
    /// Where its folder is made; without, where temporary files are
    #[arg(long, value_name = "DIR", conflicts_with = "platform")]
    pub(crate) folder: Option<PathBuf>,
    /// Threads that compute there; without, one a core
    #[arg(long, value_name = "N", conflicts_with = "platform")]
    pub(crate) workers: Option<usize>,
    /// Orders that may wait there
    #[arg(
        long,
        value_name = "N",
        default_value_t = 64,
        conflicts_with = "platform"
    )]
    pub(crate) queue: usize,
    /// Minutes of steady load; fractions too
    #[arg(long, value_name = "MINUTES", default_value_t = 10.0)]
    pub(crate) minutes: f64,
    /// Orders under way at any time: each answer is followed by the next order
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) concurrency: u32,
    /// Orders a second instead, whether answers come or not
    #[arg(long, value_name = "N", conflicts_with = "concurrency")]
    pub(crate) rate: Option<f64>,
    /// Applicants, each with a key, a consent and histories of its own
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) applicants: u32,
    /// Bank alone, bank and wallet, or applicants of both kinds in turn
    #[arg(long, value_enum, default_value_t = Mix::Mixed)]
    pub(crate) form: Mix,
    /// Scorecards of each order: one evaluation each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2))]
    pub(crate) scorecards: u32,
    /// Then so many times as many orders a second as were done; 0 for none
    #[arg(long, value_name = "TIMES", default_value_t = 4.0)]
    pub(crate) overload: f64,
    /// Seconds of that
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub(crate) overload_seconds: u64,
    /// The report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which applicants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mix {
    /// One source, one product.
    Packed,
    /// Two sources.
    Composable,
    /// In turn.
    Mixed,
}

impl Mix {
    /// The form of an applicant.
    pub(crate) fn of(self, applicant: usize) -> Form {
        match self {
            Self::Packed => Form::Packed,
            Self::Mixed if applicant.is_multiple_of(2) => Form::Packed,
            Self::Composable | Self::Mixed => Form::Composable,
        }
    }
}

impl Options {
    /// What cannot be told with types.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        if !positive(self.minutes) || self.minutes > 24.0 * 60.0 {
            return Err("--minutes: want more than 0 and at most 1440");
        }
        if self.rate.is_some_and(|rate| !positive(rate)) {
            return Err("--rate: want more than 0");
        }
        if self.overload != 0.0 && !positive(self.overload) {
            return Err("--overload: want 0 or more than 0");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn what_no_run_can_be_made_of_is_refused() {
        let told = |args: &[&str]| {
            let args = std::iter::once("load").chain(args.iter().copied());
            Options::try_parse_from(args).is_ok_and(|options| options.check().is_ok())
        };
        assert!(told(&[]) && told(&["--minutes", "0.2", "--rate", "5", "--overload", "0"]));
        for bad in [
            &["--minutes", "0"][..],
            &["--minutes", "NaN"],
            &["--rate", "0"],
            &["--overload", "-1"],
            &["--platform", "http://127.0.0.1:1"],
            &["--rate", "5", "--concurrency", "5"],
        ] {
            assert!(!told(bad), "{bad:?}");
        }
    }
}
