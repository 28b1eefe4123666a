//! What can be wrong with a statement, and where.

use std::fmt;

use crate::ledger::{Coverage, LedgerError};
use crate::money::{AmountError, Currency};
use crate::taxonomy::{UnknownCategory, UnknownFlow};

/// Why a statement is refused: which file, where in it, what is wrong, what to
/// do. Shows no amount and no text of the holder's.
#[derive(Debug, PartialEq, Eq)]
pub struct StatementError(Box<Located>);

#[derive(Debug, PartialEq, Eq)]
struct Located {
    file: String,
    line: Option<u64>,
    field: Option<String>,
    fault: StatementFault,
}

impl StatementError {
    /// The file, as the caller named it.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The line at fault, from 1, if it is one line's.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The column of a CSV file, or the path in a JSON file such as
    /// `added[3].amount`, if it is one field's.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What is wrong.
    pub fn fault(&self) -> &StatementFault {
        &self.0.fault
    }

    pub(crate) fn in_file(mut self, name: &str) -> Self {
        self.0.file = shown(name, 200);
        self
    }

    pub(crate) fn on_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    pub(crate) fn in_field(mut self, field: &str) -> Self {
        self.0.field = Some(shown(field, 80));
        self
    }
}

impl<F: Into<StatementFault>> From<F> for StatementError {
    fn from(fault: F) -> Self {
        Self(Box::new(Located {
            file: String::new(),
            line: None,
            field: None,
            fault: fault.into(),
        }))
    }
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Located {
            file,
            line,
            field,
            fault,
        } = &*self.0;
        f.write_str(if file.is_empty() { "statement" } else { file })?;
        if let Some(line) = line {
            write!(f, ", line {line}")?;
        }
        if let Some(field) = field {
            write!(f, ", {field:?}")?;
        }
        write!(f, ": {fault}")
    }
}

impl std::error::Error for StatementError {}

/// What is wrong with a statement.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementFault {
    /// The file is larger than the limit.
    #[error("larger than {limit} bytes; export shorter periods, and give several files")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// A line is longer than the limit.
    #[error("longer than {limit} bytes; is this a statement?")]
    LineTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A line has more fields than the limit.
    #[error("more than {limit} fields; is this a statement?")]
    TooManyFields {
        /// The limit.
        limit: usize,
    },
    /// The file has more entries than the limit.
    #[error("more than {limit} entries; export shorter periods, and give several files")]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
    /// A NUL character.
    #[error("a NUL character; the file is damaged or not text, export it again")]
    Nul,
    /// Bytes that are no text in the encoding.
    #[error(
        "bytes that are no {encoding} text; export it again, \
         or name its true encoding in the profile of a CSV layout"
    )]
    Encoding {
        /// The encoding tried.
        encoding: &'static str,
    },
    /// No format recognises the content.
    #[error(
        "of no known format; known are {formats}, and for CSV the profiles {profiles}: \
         name the one to use or write a profile for this file's columns"
    )]
    Unrecognised {
        /// The formats known.
        formats: String,
        /// The CSV profiles known.
        profiles: String,
    },
    /// A file of a kind that is known and is no statement that can be read.
    #[error("{what}; {next}")]
    NotRead {
        /// What it is.
        what: &'static str,
        /// What to do.
        next: &'static str,
    },
    /// No profile of the name asked for.
    #[error("no profile {name:?}; known are {known}")]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The profiles known.
        known: String,
    },
    /// The header fits several profiles equally well.
    #[error("the header fits the profiles {first:?} and {second:?} alike; name the one to use")]
    AmbiguousProfile {
        /// One of them.
        first: String,
        /// Another.
        second: String,
    },
    /// No header line.
    #[error(
        "no header line with the columns {columns} in the first {searched} lines; \
         check the column names, delimiter and encoding of profile {profile:?}"
    )]
    NoHeader {
        /// The profile.
        profile: String,
        /// The columns that are needed.
        columns: String,
        /// How many lines were looked at.
        searched: usize,
    },
    /// A header without a column that the profile needs.
    #[error(
        "the header has no such column; check the column names and delimiter of profile {profile:?}"
    )]
    NoColumn {
        /// The profile.
        profile: String,
    },
    /// No table with a known header, to propose a profile for.
    #[error(
        "no table with columns of dates and amounts that can be told by a header; \
         write a profile by hand"
    )]
    NoLayout,
    /// No header row of a format's table.
    #[error("no header row with {columns}; export the list again, and do not edit it")]
    NoTable {
        /// The columns looked for.
        columns: &'static str,
    },
    /// Fewer rows than the export itself says.
    #[error("got {got} rows; want {want} as the export says; it is cut, export it again")]
    RowsLost {
        /// The rows read.
        got: usize,
        /// The rows announced.
        want: usize,
    },
    /// The header names a column twice.
    #[error("the header names this column twice; rename one of them")]
    RepeatedColumn,
    /// A broken line.
    #[error("a broken line: got {got} fields; want {want} as in the header; repair the line")]
    Fields {
        /// Fields of the line.
        got: usize,
        /// Fields of the header.
        want: usize,
    },
    /// A quote that is not closed on its line.
    #[error(
        "a broken line: a quote opens and does not close on it; repair the line, \
         or set multiline in the profile if texts run over lines"
    )]
    OpenQuote,
    /// A field that must not be empty.
    #[error("empty; want a value on every line")]
    Missing,
    /// Not a date in the format expected.
    #[error("not a date; want one written as {format:?}")]
    Date {
        /// The format expected.
        format: String,
    },
    /// A date that no statement of today can bear.
    #[error("a year outside 1900 to 2199; check the profile's date format")]
    Year,
    /// A date out of order.
    #[error(
        "the date breaks the file's {order} order; repair the line, \
         or set order = \"any\" in the profile if the file is unsorted"
    )]
    DateOrder {
        /// `ascending` or `descending`.
        order: &'static str,
    },
    /// Not an amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A negative number in a column without signs.
    #[error(
        "negative where the profile expects no sign; \
         check the profile's amount mode, or set signed_debits"
    )]
    Negative,
    /// A sign on an amount whose direction stands beside it.
    #[error("a sign on an amount whose direction stands beside it; export the file again")]
    SignedAmount,
    /// Neither debit nor credit.
    #[error("neither debit nor credit; want an amount in one of {debit:?} and {credit:?}")]
    NoSide {
        /// The debit column.
        debit: String,
        /// The credit column.
        credit: String,
    },
    /// Both debit and credit.
    #[error("both debit and credit; want an amount in one of {debit:?} and {credit:?}")]
    BothSides {
        /// The debit column.
        debit: String,
        /// The credit column.
        credit: String,
    },
    /// A word that says neither in nor out.
    #[error("says neither in nor out; want one of {want}")]
    Indicator {
        /// The words that the profile knows.
        want: String,
    },
    /// Not a merchant category code.
    #[error("not a merchant category code; want up to four digits or nothing")]
    Mcc,
    /// Not a flow.
    #[error(transparent)]
    Flow(#[from] UnknownFlow),
    /// Not a category.
    #[error(transparent)]
    Category(#[from] UnknownCategory),
    /// A category beside a flow that carries none.
    #[error("only expenditure and refund_reversal carry a category; want UNCLASSIFIED or nothing")]
    NoCategory,
    /// A currency that is none.
    #[error("unknown currency {got:?}; want an ISO 4217 code in capitals such as EUR")]
    UnknownCurrency {
        /// The start of what stands there.
        got: String,
    },
    /// Money that is no national currency.
    #[error("unofficial currency {got:?}; only ISO 4217 currencies are scored, leave it out")]
    UnofficialCurrency {
        /// The start of what stands there.
        got: String,
    },
    /// A second currency.
    #[error("a second currency {got} beside {first}; split the file by currency")]
    SeveralCurrencies {
        /// The currency found first.
        first: Currency,
        /// The other one.
        got: Currency,
    },
    /// Not the currency asked for.
    #[error("the currency is {got}; want {want} as asked")]
    OtherCurrency {
        /// The currency found.
        got: Currency,
        /// The currency asked for.
        want: Currency,
    },
    /// The file names no currency and the caller neither.
    #[error("names no currency; say which currency it is in")]
    NoCurrency,
    /// No entries, and no period stated.
    #[error("no entries, so its period is not known; state the period it covers")]
    NoEntries,
    /// An entry outside the period stated.
    #[error("an entry of {date} outside the period stated, {coverage}; state the whole period")]
    OutsideCoverage {
        /// The entry's date.
        date: jiff::civil::Date,
        /// The period stated.
        coverage: Coverage,
    },
    /// Not JSON, or not the JSON expected.
    #[error("{what}; save the response as it came")]
    Json {
        /// What is wrong with it, without its values.
        what: String,
    },
    /// Not a workbook that can be read.
    #[error("{what}; export the file again, and do not edit it")]
    Workbook {
        /// What is wrong with it.
        what: &'static str,
    },
    /// An archive that unpacks to more than the limit.
    #[error("unpacks to more than {limit} bytes; is this a statement?")]
    UnpacksTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not XML, or markup that no statement needs.
    #[error("{what}; export the file again")]
    Xml {
        /// What is wrong with it, without its values.
        what: &'static str,
    },
    /// Markup nested deeper, or larger in one piece, than any statement's.
    #[error("markup {what} than any statement's; is this a statement?")]
    Markup {
        /// In which way.
        what: &'static str,
    },
    /// An element or tag that must be there.
    #[error("no {0} here; export the file again")]
    NoElement(&'static str),
    /// Code that is none of those that the standard has here.
    #[error("an unknown code; want one of {want}")]
    UnknownCode {
        /// The codes of the standard.
        want: &'static str,
    },
    /// Entries that do not lead from the opening to the closing balance.
    #[error(
        "the entries do not lead from the opening to the closing balance; \
         the file is incomplete, export it again"
    )]
    BalanceBroken,
    /// A file of a known format that holds no account's statement.
    #[error("holds no account's statement; export the account's entries")]
    NoStatement,
    /// Pages are missing.
    #[error(
        "more pages follow (has_more, or total_transactions, says so); save all pages, as a JSON array of them"
    )]
    MorePages,
    /// A message that is not the last of several.
    #[error("more pages follow this one; export the whole period as one file")]
    LaterPages,
    /// An account asked for is not there.
    #[error("no account {id:?} in this file; check the ids of the accounts asked for")]
    UnknownAccount {
        /// The id asked for.
        id: String,
    },
    /// An entry of an account that the file does not list.
    #[error("an entry of an account that \"accounts\" does not list; save the response as it came")]
    UnlistedAccount,
    /// The account belongs to several currencies.
    #[error("accounts in {first} and in {got}; choose a currency or the accounts")]
    AccountCurrencies {
        /// The currency found first.
        first: Currency,
        /// The other one.
        got: Currency,
    },
    /// Accounts of one file that cover different periods.
    #[error("accounts that cover {first} and {other}; choose an account, or state the period")]
    AccountPeriods {
        /// The period found first.
        first: Coverage,
        /// The other one.
        other: Coverage,
    },
    /// Not an exchange rate, or one that leads out of range.
    #[error("not an exchange rate; want a positive decimal number of up to 18 digits")]
    Rate,
    /// A balance that the entries lead out of range.
    #[error("the balances derived from it are out of range; check the amounts")]
    BalanceRange,
    /// The ledger refuses what was read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The start of foreign text, made safe to show.
pub(crate) fn shown(text: &str, chars: usize) -> String {
    text.chars()
        .take(chars)
        .map(|char| if char.is_control() { '\u{fffd}' } else { char })
        .collect()
}
