//! `scheme fit`: units and caps, or column lines, from data.

use std::path::{Path, PathBuf};

use blindscore_history::levels::CoverageRule;
use blindscore_history::money::format_money;
use blindscore_history::population::values;
use blindscore_history::proposal::{
    ColumnOptions, LineProposal, Proposal, ProposalOptions, Ratios, TableScheme, ValueSample,
    propose, propose_columns,
};
use blindscore_history::scheme::{Formula, FormulaError, Line, Quantity, Scheme};
use clap::Args;
use serde::Serialize;

use super::people::{Layout, bytes_told, notes, refused};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{count, fields, heading, note, print, print_json, table};
use crate::progress::watched;

/// Choose units and caps by what people's histories measure, or make a scheme for a table (modeller)
///
/// With --transactions: takes the lines of --scheme and chooses units, origins
/// and caps so that the useful range of the values fills the levels there is
/// room for. With --table: makes a column line of every column.
///
/// Both say what is lost: of all pairs of people whose values differ, the share
/// that the levels still tell apart. Whatever is predicted from that line alone
/// loses at most half of the rest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples, after `blindscore synth --out people`:
  blindscore scheme fit --scheme builtin:everyday --transactions people/transactions.csv \\
    --outcomes people/outcomes.csv --out fitted.json
  blindscore scheme fit --table applicants.csv --exclude bad --out table-scheme.json")]
pub(crate) struct SchemeFit {
    /// The scheme whose lines are taken: a file, or builtin:everyday
    #[arg(long, requires = "transactions", conflicts_with = "table")]
    scheme: Option<Origin>,
    /// The transactions: a CSV file, which may end in .gz, or a folder of them
    #[arg(long, value_name = "TRANSACTIONS", requires_all = ["scheme", "outcomes"])]
    transactions: Option<PathBuf>,
    /// The outcome table: one line an applicant, for ids and as-of dates
    #[arg(long, value_name = "OUTCOMES.csv", requires = "transactions")]
    outcomes: Option<PathBuf>,
    #[command(flatten)]
    layout: Layout,
    /// A table of characteristics instead of transactions
    #[arg(
        long,
        value_name = "TABLE.csv",
        required_unless_present = "transactions"
    )]
    table: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArguments,
    /// The share of values up to the end of the useful range
    #[arg(long, value_name = "SHARE", default_value_t = 0.99)]
    high: f64,
    /// The share of values below the useful range, for lines that have an origin
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    low: f64,
    /// The most levels of a line
    #[arg(long, value_name = "N", default_value_t = 127, value_parser = clap::value_parser!(u32).range(2..=254))]
    levels: u32,
    /// The most slots of all lines; 2048 fit a packed ciphertext
    #[arg(long, value_name = "N", default_value_t = 2048)]
    slots: usize,
    /// The scheme to write
    #[arg(long, value_name = "SCHEME.json")]
    out: PathBuf,
    /// Overwrite a scheme that is there
    #[arg(long)]
    force: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

/// Which columns of a table are read, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct ColumnArguments {
    /// A column that is no characteristic, such as the outcome; repeat for several
    #[arg(long, value_name = "COLUMN")]
    pub(crate) exclude: Vec<String>,
    /// Read this column and no others; repeat for several
    #[arg(long, value_name = "COLUMN")]
    pub(crate) only: Vec<String>,
    /// A column whose numbers are codes of categories; repeat for several
    #[arg(long, value_name = "COLUMN")]
    pub(crate) categorical: Vec<String>,
    /// A number that is a code, such as -1 for never asked; repeat for several
    #[arg(long, value_name = "COLUMN=NUMBER")]
    pub(crate) special: Vec<String>,
    /// Let categories come later that this table does not have; else they are refused
    #[arg(long)]
    pub(crate) other_categories: bool,
    /// A column computed from others: a sum, a difference or a ratio; repeat for several
    #[arg(long, value_name = "NAME=FORMULA")]
    pub(crate) derive: Vec<String>,
    /// Whether ratios of columns of amounts are characteristics too; auto: if rows allow
    /// [default: auto for a scorecard, never for a scheme]
    #[arg(long, value_name = "WHEN")]
    pub(crate) ratios: Option<RatiosArgument>,
}

/// When ratios are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RatiosArgument {
    /// No ratios
    Never,
    /// With 5,000 rows, and 100 for each column and ratio
    Auto,
    /// Of every two columns of amounts
    Always,
}

impl ColumnArguments {
    /// Whether any was given.
    pub(crate) fn any(&self) -> bool {
        let lists = [
            &self.exclude,
            &self.only,
            &self.categorical,
            &self.special,
            &self.derive,
        ];
        self.other_categories || self.ratios.is_some() || lists.iter().any(|list| !list.is_empty())
    }

    /// The options for a scheme named after the table.
    pub(crate) fn options(&self, table: &Path, ratios: Ratios) -> Outcome<ColumnOptions> {
        // Column lines count bare numbers; a scheme has a currency all the same.
        let euro = "EUR".parse().map_err(Failure::internal)?;
        let mut options = ColumnOptions::new(scheme_name(table), euro);
        options.exclude.clone_from(&self.exclude);
        options.only.clone_from(&self.only);
        options.categorical.clone_from(&self.categorical);
        options.other = self.other_categories;
        options.ratios = match self.ratios {
            Some(RatiosArgument::Never) => Ratios::Never,
            Some(RatiosArgument::Auto) => Ratios::IfRowsAllow,
            Some(RatiosArgument::Always) => Ratios::Always,
            None => ratios,
        };
        for text in &self.derive {
            let wrong = |fault: String| {
                Failure::usage(format!("--derive {text:?}: {fault}"))
                    .hint("such as --derive used=BILL_AMT1/LIMIT_BAL")
            };
            let (name, formula) = text
                .split_once('=')
                .filter(|(name, _)| !name.trim().is_empty())
                .ok_or_else(|| wrong("not of the form NAME=FORMULA".to_owned()))?;
            let formula: Formula = formula
                .parse()
                .map_err(|error: FormulaError| wrong(error.to_string()))?;
            options.derive.push((name.trim().to_owned(), formula));
        }
        for text in &self.special {
            let wrong = || {
                Failure::usage(format!(
                    "--special {text:?} is not of the form COLUMN=NUMBER"
                ))
                .hint("such as --special utility_on_time=-1")
            };
            let (column, number) = text.rsplit_once('=').ok_or_else(wrong)?;
            let number = number.parse().map_err(|_| wrong())?;
            options.special.push((column.to_owned(), number));
        }
        Ok(options)
    }
}

impl SchemeFit {
    pub(crate) fn run(&self) -> Outcome {
        if self.out.exists() && !self.force {
            return Err(files::exists(&self.out));
        }
        for (name, share) in [("--low", self.low), ("--high", self.high)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(Failure::usage(format!("{name} is not between 0 and 1")));
            }
        }
        match (
            &self.table,
            &self.scheme,
            &self.transactions,
            &self.outcomes,
        ) {
            (Some(path), ..) => self.for_table(path),
            (None, Some(scheme), Some(transactions), Some(outcomes)) => {
                self.for_histories(scheme, transactions, outcomes)
            }
            _ => Err(Failure::usage(
                "neither --table nor --transactions is given",
            )),
        }
    }

    fn for_histories(&self, scheme: &Origin, transactions: &Path, outcomes: &Path) -> Outcome {
        /// People whose values are kept: a percentile of so many is known well
        /// within a percent.
        const SAMPLE: usize = 100_000;
        let scheme = inputs::scheme(scheme)?;
        let applicants = self.layout.applicants(outcomes)?;
        let options = self.layout.options(&scheme)?;
        let mut sample = ValueSample::new(scheme.line_windows().len(), SAMPLE);
        let tally = watched("reading transactions", |spinner| {
            let progress = bytes_told(spinner, "reading transactions");
            let add = |position: usize, measured: &[Option<i128>]| sample.add(position, measured);
            values(transactions, &applicants, &scheme, &options, &progress, add)
        });
        let tally = tally.map_err(refused)?;
        notes(&tally);
        let aims = ProposalOptions {
            low: self.low,
            high: self.high,
            levels: self.levels,
            slots: self.slots,
        };
        let proposal = propose(&scheme, &sample, &aims).map_err(Failure::refused)?;
        if proposal.scheme.slots() > self.slots {
            note(&format!(
                "{} slots are more than {}: give fewer lines or windows",
                count(proposal.scheme.slots()),
                count(self.slots)
            ));
        }
        write(&self.out, &proposal.scheme)?;
        if options.coverage == CoverageRule::AllowShorter {
            note("shorter histories were taken too: totals over long windows are too low for them");
        }
        if self.json {
            return print_json(&HistoryReport::of(&proposal, sample.seen()));
        }
        print(&histories_text(&proposal, sample.seen(), &self.out))
    }

    fn for_table(&self, path: &Path) -> Outcome {
        let mut options = self.columns.options(path, Ratios::Never)?;
        options.levels = self.levels.max(6);
        options.slots = self.slots;
        let made = table_scheme(path, &options)?;
        write(&self.out, &made.scheme)?;
        if self.json {
            return print_json(&TableReport::of(&made));
        }
        let mut text = fields(&[
            (
                "rows",
                count(usize::try_from(made.rows).unwrap_or(usize::MAX)),
            ),
            (
                "id",
                made.id.clone().unwrap_or_else(|| "no column".to_owned()),
            ),
            (
                "scheme",
                format!(
                    "{}, {} lines, {} slots",
                    made.scheme.name(),
                    made.scheme.lines().len(),
                    count(made.scheme.slots())
                ),
            ),
            ("written", self.out.display().to_string()),
        ]);
        text += &heading("Columns");
        text += &columns_table(&made);
        print(&text)
    }
}

/// Makes a scheme for a table.
pub(crate) fn table_scheme(path: &Path, options: &ColumnOptions) -> Outcome<TableScheme> {
    let made = watched("looking at the columns", |spinner| {
        let progress = bytes_told(spinner, "looking at the columns");
        propose_columns(path, options, &progress)
    });
    made.map_err(|error| {
        use blindscore_history::proposal::ColumnsError;
        let hint = match &error {
            ColumnsError::NotANumber { .. } => {
                "such a column: --categorical COLUMN; or leave it out with --exclude"
            }
            ColumnsError::TooMany { .. } => {
                "name them with --only, or leave some out with --exclude"
            }
            _ => "nothing was written; repair the table and run again",
        };
        Failure::refused(error).hint(hint)
    })
}

/// What became of each column.
pub(crate) fn columns_table(made: &TableScheme) -> String {
    let rows = made.columns.iter().map(|column| {
        [
            column.column.clone(),
            column.read_as.clone(),
            column.levels.to_string(),
            count(usize::try_from(column.not_known).unwrap_or(usize::MAX)),
            if column.levels > 0 {
                percent(column.told_apart)
            } else {
                String::new()
            },
        ]
    });
    table(
        ["column", "read as", "levels", "not known", "told apart"],
        rows,
        &[2, 3, 4],
    )
}

/// A scheme's name for a file: its stem, in the characters that names have.
fn scheme_name(path: &Path) -> String {
    let stem = path
        .file_name()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into());
    let stem = stem.split('.').next().unwrap_or("");
    let plain: String = stem
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .take(50)
        .collect();
    if plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        plain
    } else {
        format!("table-{plain}")
    }
}

fn write(path: &Path, scheme: &Scheme) -> Outcome {
    files::write(path, (scheme.to_json() + "\n").as_bytes(), Access::Public)
}

#[derive(Serialize)]
struct HistoryReport<'a> {
    people: usize,
    scheme: String,
    version: u32,
    slots: usize,
    lines: &'a [LineProposal],
}

impl<'a> HistoryReport<'a> {
    fn of(proposal: &'a Proposal, people: usize) -> Self {
        Self {
            people,
            scheme: proposal.scheme.digest().to_string(),
            version: proposal.scheme.version(),
            slots: proposal.scheme.slots(),
            lines: &proposal.lines,
        }
    }
}

#[derive(Serialize)]
struct TableReport<'a> {
    rows: u64,
    scheme: String,
    slots: usize,
    id: Option<&'a str>,
    columns: &'a [blindscore_history::proposal::ColumnNote],
}

impl<'a> TableReport<'a> {
    fn of(made: &'a TableScheme) -> Self {
        Self {
            rows: made.rows,
            scheme: made.scheme.digest().to_string(),
            slots: made.scheme.slots(),
            id: made.id.as_deref(),
            columns: &made.columns,
        }
    }
}

fn histories_text(proposal: &Proposal, people: usize, out: &Path) -> String {
    let scheme = &proposal.scheme;
    let mut text = fields(&[
        ("people", count(people)),
        (
            "scheme",
            format!(
                "{} version {}, {} slots",
                scheme.name(),
                scheme.version(),
                count(scheme.slots())
            ),
        ),
        ("digest", scheme.digest().to_string()),
        ("written", out.display().to_string()),
    ]);
    text += &heading("A level, and the share of differing pairs that levels tell apart");
    let line = |name: &str| scheme.lines().iter().find(|line| line.name() == name);
    let rows = proposal.lines.iter().map(|found| {
        let unit = |unit: i64| {
            line(&found.line).map_or_else(String::new, |line| unit_text(scheme, line, unit))
        };
        [
            format!("{}@{}", found.line, found.months),
            unit(found.unit_before),
            found.cap_before.to_string(),
            percent(found.before.told_apart),
            unit(found.unit),
            found.cap.to_string(),
            percent(found.after.told_apart),
            percent(found.after.at_bottom),
            percent(found.after.at_cap),
        ]
    });
    text + &table(
        [
            "line@months",
            "before",
            "cap",
            "apart",
            "now",
            "cap",
            "apart",
            "at bottom",
            "at cap",
        ],
        rows,
        &[1, 2, 3, 4, 5, 6, 7, 8],
    )
}

fn unit_text(scheme: &Scheme, line: &Line, unit: i64) -> String {
    match line.quantity() {
        Quantity::Money => format_money(unit, scheme.currency()),
        Quantity::Months if unit == 1 => "1 month".to_owned(),
        Quantity::Months => format!("{unit} months"),
        Quantity::PerMille => format!("{unit} per mille"),
        Quantity::Number => unit.to_string(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
