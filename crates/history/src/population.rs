//! Populations: transactions of many applicants and an outcome table in, levels
//! out, for whoever trains a scorecard.
//!
//! A source levels its own customer's ledger and seals it. A modeller has many
//! customers' transactions in a file or folder and knows what became of their
//! loans. [`levels()`] makes ledgers of them and levels these exactly as sources
//! do, so that a scorecard trained on the table means the same thing when it is
//! later applied to ciphertexts.
//!
//! ```text
//!  transactions.csv                outcomes.csv
//!  applicant_id,date,amount,...    applicant_id,as_of,...,bad
//!            \                      /
//!             ledger an applicant, up to the day before as_of
//!                        |  scheme
//!             applicant_id,as_of,income@3,income@12,...,bad
//! ```
//!
//! # Any size, any order
//!
//! Both files are streamed. In memory are the applicants (ids, dates, carried
//! fields), a byte a level, and one applicant's transactions; if an applicant's
//! lines do not stand together, one temporary file's worth of them
//! ([`PopulationOptions::bucket_bytes`]).
//!
//! # No look ahead
//!
//! Transactions on the as-of date and later are counted and left out before a
//! ledger is made.

mod applicants;
mod error;
mod files;
mod grouping;
mod layout;
mod ledgers;
pub(crate) mod lines;
mod table;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::ledger::Ledger;
use crate::levels::{self, CoverageRule, LevelsError, SourceLevels};
use crate::money::Currency;
use crate::scheme::Scheme;
use crate::statement::{CsvProfile, shown};
use crate::taxonomy::MccMap;

pub use applicants::{APPLICANTS_MAX, Applicant, ApplicantColumns, Applicants};
pub use error::PopulationError;
pub use lines::{LineFault, open_table};
pub use table::LevelTable;

/// How to read a population's transactions.
#[derive(Clone, Debug)]
pub struct PopulationOptions {
    /// The layout of the files; without, the usual column names: `date`,
    /// `amount` (signed, or beside `direction`), and what there is of
    /// `currency`, `flow`, `category`, `mcc`, `balance`, `description`, `id`,
    /// `account`.
    pub profile: Option<CsvProfile>,
    /// The column of the applicant's id.
    pub applicant: String,
    /// The currency that the transactions are in.
    pub currency: Currency,
    /// A map of merchant category codes instead of the built-in one.
    pub mcc_map: Option<MccMap>,
    /// What to do with a history that does not reach back over the scheme's
    /// longest window: by [`CoverageRule::Full`] the applicant has no row.
    pub coverage: CoverageRule,
    /// The first day of which everybody's transactions are complete, unless the
    /// outcome table says it for each.
    pub history_from: Option<Date>,
    /// The most transactions of one applicant.
    pub rows_max: usize,
    /// The size of a temporary file that is read into memory whole.
    pub bucket_bytes: u64,
    /// Where temporary files go; without, where the system puts them.
    pub temporary: Option<PathBuf>,
}

impl PopulationOptions {
    /// The defaults, for transactions in `currency`: full coverage, ids in
    /// `applicant_id`, at most a million transactions an applicant, temporary
    /// files of 64 MiB.
    pub fn new(currency: Currency) -> Self {
        Self {
            profile: None,
            applicant: "applicant_id".to_owned(),
            currency,
            mcc_map: None,
            coverage: CoverageRule::Full,
            history_from: None,
            rows_max: 1_000_000,
            bucket_bytes: 64 << 20,
            temporary: None,
        }
    }
}

/// What was read, and what was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Applicants with a usable history.
    pub applicants: u64,
    /// Applicants of whom nothing before the as-of date is known.
    pub without: u64,
    /// Applicants whose history does not reach back far enough.
    pub short: u64,
    /// Transactions of applicants of the outcome table.
    pub rows: u64,
    /// Transactions of others, not read.
    pub others: u64,
    /// Transactions on the as-of date or later, left out.
    pub later: u64,
    /// Transactions before the history's first day, left out.
    pub earlier: u64,
    /// Applicants whose transactions' dates run up and down, so that their
    /// balances are not known.
    pub unordered: u64,
    /// Whether every applicant's transactions stood together, so that no
    /// temporary files were needed.
    pub grouped: bool,
}

/// The levels of every applicant by `scheme`. `progress` is told how many bytes
/// of text were read; a line is read up to three times.
///
/// # Errors
/// [`PopulationError`]: the file, line and column of what cannot be read.
pub fn levels(
    transactions: &Path,
    applicants: &Applicants,
    scheme: &Scheme,
    options: &PopulationOptions,
    progress: &dyn Fn(u64),
) -> Result<(LevelTable, Tally), PopulationError> {
    let mut table = LevelTable::new(scheme, applicants.all().len());
    let tally = for_each(
        transactions,
        applicants,
        options,
        progress,
        &mut |index, ledger| {
            let as_of = applicants.all()[index].as_of;
            let levels = SourceLevels::compute(scheme, ledger, as_of, options.coverage)?;
            table.set(index, levels.levels());
            Ok(())
        },
    )?;
    Ok((table, tally))
}

/// What every applicant's history measures by `scheme`, before units and caps:
/// to choose these by. `each` gets the applicant's position in the outcome
/// table and a value a line-window.
///
/// # Errors
/// As [`levels()`].
pub fn values(
    transactions: &Path,
    applicants: &Applicants,
    scheme: &Scheme,
    options: &PopulationOptions,
    progress: &dyn Fn(u64),
    mut each: impl FnMut(usize, &[Option<i128>]),
) -> Result<Tally, PopulationError> {
    for_each(
        transactions,
        applicants,
        options,
        progress,
        &mut |index, ledger| {
            let as_of = applicants.all()[index].as_of;
            each(
                index,
                &levels::values(scheme, ledger, as_of, options.coverage)?,
            );
            Ok(())
        },
    )
}

/// Calls `each` with every known ledger; a refusal for its length is counted.
fn for_each(
    transactions: &Path,
    applicants: &Applicants,
    options: &PopulationOptions,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(usize, &Ledger) -> Result<(), LevelsError>,
) -> Result<Tally, PopulationError> {
    let sources = files::all(transactions, options)?;
    let survey = grouping::survey(&sources, applicants, progress)?;
    if survey.rows == 0 {
        return Err(PopulationError::NoneTheirs {
            path: transactions.to_owned(),
            others: survey.others,
        });
    }
    let mut tally = Tally {
        rows: survey.rows,
        others: survey.others,
        grouped: survey.grouped,
        ..Tally::default()
    };
    let mut seen = vec![false; applicants.all().len()];
    let mut take = |index: usize, rows: Vec<_>| {
        let applicant = &applicants.all()[index];
        let Some(ledger) = ledgers::ledger(applicant, rows, options, &mut tally)? else {
            tally.without += 1;
            return Ok(());
        };
        match each(index, &ledger) {
            Ok(()) => tally.applicants += 1,
            Err(LevelsError::Short { .. } | LevelsError::NoMonth { .. }) => tally.short += 1,
            Err(fault) => {
                let id = shown(&applicant.id, 80);
                return Err(PopulationError::Levels { id, fault });
            }
        }
        Ok(())
    };
    grouping::for_each(
        &sources,
        applicants,
        options,
        &survey,
        progress,
        &mut |index, rows| {
            seen[index] = true;
            take(index, rows)
        },
    )?;
    // Of these no line stood in the files: quiet, if their history is stated.
    for (index, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
        take(index, Vec::new())?;
    }
    if tally.applicants == 0 {
        return Err(PopulationError::NoneUsable {
            applicants: applicants.all().len(),
            without: usize::try_from(tally.without).unwrap_or(usize::MAX),
            short: usize::try_from(tally.short).unwrap_or(usize::MAX),
        });
    }
    Ok(tally)
}
