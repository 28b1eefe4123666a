//! Why a training table was refused. Messages name file row and column, never
//! what stands there: it is a person's.

use blindscore_history::scheme::CellFault;

/// What is wrong with a training table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// Not one level a column.
    #[error("table: row {row} has {got} levels; want {want}, one for each column")]
    LevelCount {
        /// The row, from 1.
        row: usize,
        /// How many levels it has.
        got: usize,
        /// How many columns there are.
        want: usize,
    },
    /// A level is larger than can occur.
    #[error("table: row {row}, column {column:?}: level out of range; want 0 to {level_max}")]
    Level {
        /// The row, from 1.
        row: usize,
        /// The column.
        column: String,
        /// The largest level.
        level_max: u32,
    },
    /// A weight is not a positive number.
    #[error("table: row {row}: the weight is not a number above 0")]
    Weight {
        /// The row, from 1.
        row: usize,
    },
    /// Some rows have it and some have not.
    #[error("table: row {row}: {what} given on some rows only; give it on all or on none")]
    Uneven {
        /// What it is.
        what: &'static str,
        /// The first row that differs, from 1.
        row: usize,
    },
    /// A name that cannot be shown.
    #[error("table: row {row}: the {what} is empty, longer than {limit} bytes or not printable")]
    Label {
        /// What it names.
        what: &'static str,
        /// The row, from 1.
        row: usize,
        /// The most bytes.
        limit: usize,
    },
    /// More groups or samples than anybody could compare.
    #[error(
        "table: row {row}: more than {limit} different values in the {what} column; \
         is it the right column?"
    )]
    TooManyLabels {
        /// What it names.
        what: &'static str,
        /// The row, from 1.
        row: usize,
        /// The most of them.
        limit: usize,
    },
    /// Two rows have one id.
    #[error("table: rows {first} and {second} have one id; keep one row for each applicant")]
    DuplicateId {
        /// The first, from 1.
        first: usize,
        /// The second, from 1.
        second: usize,
    },
    /// No rows.
    #[error("table: no rows; want one row for each applicant")]
    Empty,
    /// Too many rows.
    #[error("table: more than {limit} rows; draw a sample of them")]
    Rows {
        /// The most rows.
        limit: usize,
    },
    /// The file could not be read.
    #[error("table: {0}")]
    Io(#[from] std::io::Error),
    /// Not UTF-8.
    #[error("table: row {row}: not UTF-8 text; save the file as UTF-8")]
    Encoding {
        /// The row, from 1; 0 is the header.
        row: usize,
    },
    /// Too many columns.
    #[error("table: {got} columns; want at most {limit}: leave out those that are not needed")]
    Columns {
        /// How many there are.
        got: usize,
        /// The most.
        limit: usize,
    },
    /// A line that does not end.
    #[error(
        "table: row {row} is longer than {limit} bytes; is there a quote that is not closed, \
         or is this no CSV file?"
    )]
    LongRow {
        /// The row, from 1.
        row: usize,
        /// The most bytes.
        limit: usize,
    },
    /// Two columns have one name.
    #[error("table: columns {first} and {second} are both named {name:?}; rename one")]
    DuplicateColumn {
        /// The name.
        name: String,
        /// The first, from 1.
        first: usize,
        /// The second, from 1.
        second: usize,
    },
    /// A column that was asked for is not there.
    #[error("table: no column {name:?}{role}; the columns are {columns}")]
    MissingColumn {
        /// The name.
        name: String,
        /// What it was asked for.
        role: String,
        /// The first of the columns that are there.
        columns: String,
    },
    /// No column is a line of the scheme.
    #[error(
        "table: no column belongs to scheme {scheme:?}; want columns named line@months such as \
         {example:?}"
    )]
    NoColumns {
        /// The scheme's name.
        scheme: String,
        /// A column that it has.
        example: String,
    },
    /// A row has more or fewer fields than the header.
    #[error(
        "table: row {row} (line {line}) has {got} fields; want {want} as in the header; \
         is the file cut short?"
    )]
    Fields {
        /// The row, from 1.
        row: usize,
        /// The line of the file, from 1.
        line: u64,
        /// How many there are.
        got: usize,
        /// How many the header has.
        want: usize,
    },
    /// A value is not what its column holds.
    #[error("table: row {row} (line {line}), column {column:?}: {fault}")]
    Value {
        /// The row, from 1.
        row: usize,
        /// The line of the file, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What is wrong.
        fault: ValueFault,
    },
    /// The table has no outcomes.
    #[error("table: no outcomes; name the outcome column")]
    NoOutcome,
    /// All rows are good, or all are bad.
    #[error("table: all {rows} outcomes are {class}; a scorecard needs good and bad ones")]
    OneClass {
        /// How many rows there are.
        rows: usize,
        /// `good` or `bad`.
        class: &'static str,
    },
    /// The table has no times.
    #[error("table: no times; name the time column")]
    NoTimes,
    /// The table has no samples.
    #[error("table: no samples; name the sample column")]
    NoSamples,
    /// There is no such sample.
    #[error("table: no sample {got:?}; want one of {want}")]
    UnknownSample {
        /// What was asked for.
        got: String,
        /// The samples that there are.
        want: String,
    },
}

/// What is wrong with a value. Says nothing of the value itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueFault {
    /// Not a number.
    #[error("not a number")]
    NotANumber,
    /// A level must be whole.
    #[error("not a whole level from 0 to {level_max}")]
    NotALevel {
        /// The largest level.
        level_max: u32,
    },
    /// Empty, where nothing may be not known.
    #[error("empty; a level of this line is never unknown")]
    Empty,
    /// A column line's cell has no level.
    #[error(transparent)]
    Cell(#[from] CellFault),
    /// No outcome.
    #[error("not an outcome; want {want}")]
    Outcome {
        /// What is read as one.
        want: String,
    },
}
