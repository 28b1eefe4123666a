//! Why a text is not a feature scheme, and where.

use std::fmt;

/// A text that is not a feature scheme. A scheme is public, so its errors may
/// show what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeError {
    /// Longer than [`Scheme::JSON_MAX`](super::Scheme::JSON_MAX).
    #[error("scheme of {got} bytes; want at most {max}")]
    TooLarge {
        /// Its length in bytes.
        got: usize,
        /// The most that is read.
        max: usize,
    },
    /// Not JSON, or not of the scheme's form.
    #[error(
        "scheme, line {line} column {column} of the text{}: {message}",
        At(path)
    )]
    Json {
        /// Line of the text, from 1.
        line: usize,
        /// Column of the text, from 1.
        column: usize,
        /// Path into the JSON, such as `lines[2].unit`; empty at the top.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A field of the scheme itself that cannot be.
    #[error("scheme, at {path}: {fault}")]
    Field {
        /// Path into the JSON.
        path: String,
        /// What is wrong.
        fault: SchemeFault,
    },
    /// A line that cannot be.
    #[error("scheme line `{name}`, at {path}: {fault}")]
    Line {
        /// The line's name.
        name: String,
        /// Path into the JSON, such as `lines[2].unit`.
        path: String,
        /// What is wrong.
        fault: SchemeFault,
    },
}

/// What is wrong with a field of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeFault {
    /// A number outside its range.
    #[error("got {got}; want {least} to {greatest}")]
    OutOfRange {
        /// The number.
        got: i64,
        /// The least that may be.
        least: i64,
        /// The greatest that may be.
        greatest: i64,
    },
    /// A list too short or too long.
    #[error("{got} items; want {least} to {greatest}")]
    Length {
        /// Items in it.
        got: usize,
        /// The fewest that may be.
        least: usize,
        /// The most that may be.
        greatest: usize,
    },
    /// A name of the wrong form.
    #[error("got `{got}`; want {want}")]
    Name {
        /// The name.
        got: String,
        /// The form.
        want: &'static str,
    },
    /// Something listed twice.
    #[error("`{0}` is there twice; want it once")]
    Twice(String),
    /// Windows that do not ascend.
    #[error("window {got} follows {before}; want strictly ascending windows")]
    Windows {
        /// The window.
        got: u8,
        /// The one before it.
        before: u8,
    },
    /// Cut points that do not ascend.
    #[error("cut {got} follows {before}; want strictly ascending cut points")]
    Cuts {
        /// The cut point.
        got: String,
        /// The one before it.
        before: String,
    },
    /// A formula that cannot be read.
    #[error(transparent)]
    Formula(#[from] super::FormulaError),
    /// A formula beside a field that it does not go with.
    #[error("does not go with `{other}`; a formula stands for a column of numbers")]
    NoFormula {
        /// The other field.
        other: &'static str,
    },
    /// A column line with fields of two scales.
    #[error(
        "does not go with `{other}`; a column has either unit, origin, cap and decimals, or cuts, or values and other"
    )]
    TwoScales {
        /// The field of the other scale.
        other: &'static str,
    },
    /// A field that lines of the kind must have.
    #[error("missing; a {kind} line has this field")]
    Missing {
        /// The line's kind.
        kind: &'static str,
    },
    /// A field that lines of the kind do not have.
    #[error("a {kind} line has no such field; take it out")]
    Foreign {
        /// The line's kind.
        kind: &'static str,
    },
    /// Levels over all sources that pass the tables.
    #[error(
        "{sources_max} sources of at most {cap} levels make {}; want at most {max}: lower the cap or sources_max",
        u64::from(*sources_max) * u64::from(*cap)
    )]
    Range {
        /// The scheme's most sources.
        sources_max: u32,
        /// The line's cap.
        cap: u32,
        /// [`LEVEL_MAX`](super::LEVEL_MAX).
        max: u32,
    },
    /// A unit other than 1 where months are counted.
    #[error("got {got}; want 1 with the measure months")]
    MonthsUnit {
        /// The unit.
        got: i64,
    },
    /// Categories on a line without expenditure or refunds.
    #[error(
        "only expenditure and refund_reversal have categories; take the categories out or add one of the flows"
    )]
    NoCategories,
    /// A sensitive category that the scheme has not turned on.
    #[error("{0} is sensitive; name it under `sensitive` with the reason, or take it out")]
    Sensitive(&'static str),
    /// A category under `sensitive` that is not sensitive.
    #[error("{0} is not sensitive; take it out")]
    NotSensitive(&'static str),
    /// A member that is not a line.
    #[error("`{0}` is not a line of this scheme")]
    UnknownMember(String),
    /// A member that is not a pooled line.
    #[error("`{member}` is a {kind} line; want pooled lines only")]
    MemberKind {
        /// The member.
        member: String,
        /// Its kind.
        kind: &'static str,
    },
    /// Members that do not add up.
    #[error("`{member}` and `{first}` differ in {what}; want it equal")]
    MembersDiffer {
        /// The member.
        member: String,
        /// The first member.
        first: String,
        /// Unit, windows or measure.
        what: &'static str,
    },
    /// A column line in a scheme not marked, or a mark without one.
    #[error("got {got}; want {}: a scheme is tabular if and only if it has a column line", !got)]
    Tabular {
        /// What the scheme says.
        got: bool,
    },
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() || self.0 == "." {
            Ok(())
        } else {
            write!(f, ", at {}", self.0)
        }
    }
}
