//! Arguments and reading that commands on populations share.

use std::path::PathBuf;

use blindscore_history::levels::CoverageRule;
use blindscore_history::population::{
    ApplicantColumns, Applicants, PopulationError, PopulationOptions, Tally,
};
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::csv::CsvProfile;
use clap::Args;
use indicatif::{HumanBytes, ProgressBar};
use jiff::civil::Date;
use std::cell::Cell;

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::note;

/// A profile is a short file written by hand.
const PROFILE_MAX: usize = 1 << 20;

/// How transactions and outcomes are laid out.
#[derive(Debug, Args)]
pub(crate) struct Layout {
    /// The applicant's id, in the transactions and in the outcome table
    #[arg(long, value_name = "COLUMN", default_value = "applicant_id")]
    id: String,
    /// The as-of date in the outcome table; transactions of that day and later are left out
    #[arg(long, value_name = "COLUMN", default_value = "as_of")]
    as_of: String,
    /// The first day of which transactions are complete, in the outcome table if it is there
    #[arg(long, value_name = "COLUMN", default_value = "history_from")]
    history_from: String,
    /// The first day of which everybody's transactions are complete
    #[arg(long, value_name = "DATE")]
    complete_from: Option<Date>,
    /// Take applicants whose history is shorter than the scheme's longest window
    #[arg(long)]
    allow_shorter: bool,
    /// The layout of the transactions: a built-in profile's name, or a file such as my-bank.toml
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Where temporary files go if an applicant's lines do not stand together
    #[arg(long, value_name = "DIR")]
    temporary: Option<PathBuf>,
}

impl Layout {
    pub(crate) fn columns(&self) -> ApplicantColumns {
        ApplicantColumns {
            applicant: self.id.clone(),
            as_of: self.as_of.clone(),
            history_from: self.history_from.clone(),
        }
    }

    pub(crate) fn options(&self, scheme: &Scheme) -> Outcome<PopulationOptions> {
        let mut options = PopulationOptions::new(scheme.currency());
        options.applicant.clone_from(&self.id);
        options.history_from = self.complete_from;
        options.temporary.clone_from(&self.temporary);
        if self.allow_shorter {
            options.coverage = CoverageRule::AllowShorter;
        }
        if let Some(name) = &self.profile {
            options.profile = Some(profile(name)?);
        }
        Ok(options)
    }

    pub(crate) fn applicants(&self, path: &std::path::Path) -> Outcome<Applicants> {
        Applicants::read(path, self.columns()).map_err(|error| {
            Failure::refused(error).hint(
                "the outcome table has one line an applicant; --id and --as-of name its columns",
            )
        })
    }
}

fn profile(name: &str) -> Outcome<CsvProfile> {
    if !name.ends_with(".toml") {
        return CsvProfile::named_builtin(name).cloned().ok_or_else(|| {
            let known: Vec<_> = CsvProfile::builtin().iter().map(CsvProfile::name).collect();
            Failure::usage(format!("there is no built-in profile {name:?}")).hint(format!(
                "built in are {}; or name a .toml file",
                known.join(", ")
            ))
        });
    }
    let text = files::read_text(name.as_ref(), PROFILE_MAX)?;
    CsvProfile::from_toml(&text).map_err(|error| Failure::refused(error).in_file(name.as_ref()))
}

/// Tells on a spinner how many bytes were read.
pub(crate) fn bytes_told<'a>(spinner: &'a ProgressBar, what: &'a str) -> impl Fn(u64) + 'a {
    let read = Cell::new(0_u64);
    move |bytes| {
        read.set(read.get() + bytes);
        spinner.set_message(format!("{what}: {}", HumanBytes(read.get())));
    }
}

pub(crate) fn refused(error: PopulationError) -> Failure {
    let hint = match &error {
        PopulationError::NoneUsable { .. } => {
            "give --allow-shorter, or say from when on the transactions are complete with \
             --complete-from"
        }
        PopulationError::NoColumn { .. } => "name the columns with --id, --as-of or --profile",
        PopulationError::Temporary(_) => "give another folder with --temporary",
        _ => "nothing was written; repair the file and run again",
    };
    Failure::refused(error).hint(hint)
}

/// Says what was left out.
pub(crate) fn notes(tally: &Tally) {
    let told = [
        (
            tally.without,
            "applicants have no transaction before their as-of date; they have no row",
        ),
        (
            tally.short,
            "applicants' history does not reach back over the scheme's longest window; they have \
             no row (--allow-shorter takes them)",
        ),
        (
            tally.others,
            "transactions belong to nobody in the outcome table",
        ),
        (
            tally.later,
            "transactions are of the as-of date or later; they were left out",
        ),
        (
            tally.earlier,
            "transactions are before the history's first day; they were left out",
        ),
        (
            tally.unordered,
            "applicants' transactions are not in order of date, so their balances are not known",
        ),
    ];
    for (number, what) in told {
        if number > 0 {
            note(&format!("{number} {what}"));
        }
    }
}
