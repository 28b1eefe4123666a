//! Every way a scorecard can be refused. A scorecard is public, so messages
//! may quote it; each names the characteristic and the attribute at fault and
//! says what to change.

use blindscore_history::digest::Digest;

use crate::scaling::ScalingError;
use crate::{
    BASE_POINTS_MAX, CHARACTERISTICS_MAX, JSON_BYTES_MAX, POINTS_MAX, SPAN_MAX,
    text::CODE_BYTES_MAX,
};

/// Why a scorecard was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScorecardError {
    /// The file is larger than [`JSON_BYTES_MAX`].
    #[error("scorecard: got {got} bytes; want at most {JSON_BYTES_MAX}")]
    TooLarge {
        /// Size of the file in bytes.
        got: usize,
    },
    /// The file is not the JSON form of a scorecard.
    #[error("scorecard: at `{path}`: {message}")]
    Json {
        /// Where in the file, such as `characteristics[3].attributes[0].from`.
        path: String,
        /// What the parser says.
        message: String,
    },
    /// The file is of a format version that this program does not know.
    #[error("scorecard: `blindscore_scorecard` is {got}; want 1, or a newer program")]
    Format {
        /// The version in the file.
        got: u32,
    },
    /// The name of scorecard or provider is unusable.
    #[error("scorecard: `{field}` {fault}")]
    Text {
        /// The JSON field.
        field: &'static str,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// The version is zero.
    #[error("scorecard: `version` is 0; count versions from 1")]
    Version,
    /// The scorecard stands on another scheme.
    #[error(
        "scorecard stands on scheme {got}; the scheme at hand is {want} ({name:?}, version \
         {version}): take the scheme that the scorecard names, or make the scorecard anew for this one"
    )]
    AnotherScheme {
        /// The digest in the scorecard.
        got: Digest,
        /// The digest of the scheme at hand.
        want: Digest,
        /// Its name.
        name: String,
        /// Its version.
        version: u32,
    },
    /// No characteristics, or too many.
    #[error("scorecard: got {got} characteristics; want 1 to {CHARACTERISTICS_MAX}")]
    CharacteristicCount {
        /// How many there are.
        got: usize,
    },
    /// Base points out of bounds.
    #[error("scorecard: `base_points` is {got}; want -{BASE_POINTS_MAX} to {BASE_POINTS_MAX}")]
    BasePoints {
        /// The base points.
        got: i64,
    },
    /// The name of a characteristic is unusable.
    #[error("characteristic {number}: `name` {fault}")]
    CharacteristicName {
        /// Its position, from 1.
        number: usize,
        /// What is wrong with its name.
        fault: TextFault,
    },
    /// Two characteristics have one name.
    #[error(
        "characteristics {first} and {second} are both named {name:?}; give each a name of its own"
    )]
    DuplicateName {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// One reason code has two texts.
    #[error(
        "characteristic {characteristic:?}: reason code {code} has another text than in \
         characteristic {earlier:?}; use one text, or another code"
    )]
    ReasonTexts {
        /// The later characteristic.
        characteristic: String,
        /// The code.
        code: String,
        /// The earlier characteristic.
        earlier: String,
    },
    /// A characteristic is at fault.
    #[error("characteristic {characteristic:?}: {fault}")]
    Characteristic {
        /// Its name.
        characteristic: String,
        /// What is wrong with it.
        fault: CharacteristicFault,
    },
    /// The points spread wider than a ciphertext can carry.
    #[error(
        "scorecard: its points span {got}; want at most {SPAN_MAX}: the widest are {widest}; \
         narrow them, or divide all points and multiply the scaling factor"
    )]
    Span {
        /// `raw_max - raw_min`.
        got: i64,
        /// The widest characteristics with their spans, widest first.
        widest: String,
    },
    /// The scaling is at fault.
    #[error("scaling: {0}")]
    Scaling(#[from] ScalingError),
}

/// What is wrong with one characteristic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CharacteristicFault {
    /// A text is unusable.
    #[error("`{field}` {fault}")]
    Text {
        /// The JSON field.
        field: &'static str,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// The scheme has no such line.
    #[error("scheme {scheme:?} has no line {line:?}; its lines are {lines}")]
    UnknownLine {
        /// The line that the scorecard names.
        line: String,
        /// The scheme's name.
        scheme: String,
        /// The scheme's lines.
        lines: String,
    },
    /// The line has no such window.
    #[error("line {line:?} has no window of {got} months; its windows are {windows}")]
    UnknownWindow {
        /// The line.
        line: String,
        /// The window that the scorecard names.
        got: u8,
        /// The line's windows.
        windows: String,
    },
    /// A line over months needs a window.
    #[error("`window` is missing; the windows of line {line:?} are {windows}")]
    MissingWindow {
        /// The line.
        line: String,
        /// The line's windows.
        windows: String,
    },
    /// A column has no windows.
    #[error("line {line:?} is a column, which has no months; leave `window` out")]
    WindowOfColumn {
        /// The line.
        line: String,
    },
    /// The attributes are not a complete list.
    #[error("{0}")]
    Attributes(#[from] AttributeFault),
    /// A single or column line needs points for not known.
    #[error("`not_known` is missing; line {line:?} can be not known (level 0), so give its points")]
    MissingNotKnown {
        /// The line.
        line: String,
    },
    /// A pooled or sum line is never not known.
    #[error(
        "`not_known` is given, but line {line:?} adds up over sources and its level 0 is a true \
         zero; leave `not_known` out"
    )]
    UnexpectedNotKnown {
        /// The line.
        line: String,
    },
    /// Points for not known out of bounds.
    #[error("attribute not known: its points are {got}; want -{POINTS_MAX} to {POINTS_MAX}")]
    NotKnownPoints {
        /// The points.
        got: i64,
    },
    /// Baseline out of bounds.
    #[error("`baseline` is {got}; want -{POINTS_MAX} to {POINTS_MAX}")]
    Baseline {
        /// The baseline.
        got: i64,
    },
}

/// What is wrong with a list of attributes. Attributes are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributeFault {
    /// There are none.
    #[error("no attributes; want at least one, from level {lowest}")]
    None {
        /// The lowest level of the line.
        lowest: u32,
    },
    /// The first does not start at the lowest level.
    #[error("attribute 1 starts at level {got}; want {want}, the lowest level of this line")]
    Start {
        /// Where it starts.
        got: u32,
        /// Where it should start.
        want: u32,
    },
    /// A range holds no level.
    #[error("attribute {attribute} {range} holds no level; want `to` above `from`")]
    Empty {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
    },
    /// Attributes are not in ascending order.
    #[error(
        "attribute {attribute} {range} does not start above {before} before it; sort by `from`"
    )]
    OutOfOrder {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
        /// The range before it.
        before: String,
    },
    /// Two ranges share levels.
    #[error(
        "attributes {lower} {lower_range} and {upper} {upper_range} overlap; end the lower where \
         the upper starts"
    )]
    Overlap {
        /// Number of the lower attribute.
        lower: usize,
        /// Its range.
        lower_range: String,
        /// Number of the upper attribute.
        upper: usize,
        /// Its range.
        upper_range: String,
    },
    /// Levels between two ranges have no points.
    #[error(
        "attributes {lower} {lower_range} and {upper} {upper_range} leave a gap; end the lower \
         where the upper starts"
    )]
    Gap {
        /// Number of the lower attribute.
        lower: usize,
        /// Its range.
        lower_range: String,
        /// Number of the upper attribute.
        upper: usize,
        /// Its range.
        upper_range: String,
    },
    /// An attribute before the last has no upper end.
    #[error("attribute {attribute} {range} has no `to` but is not the last; want `to` {next}")]
    OpenBeforeEnd {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
        /// Where the next attribute starts.
        next: u32,
    },
    /// The last attribute has an upper end.
    #[error(
        "attribute {attribute} {range} is the last; leave its `to` out so that it reaches the top"
    )]
    End {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
    },
    /// A cut lies above the largest level.
    #[error(
        "attribute {attribute} {range} has a cut above the largest level {level_max} of this line \
         and window; no applicant can reach it"
    )]
    BeyondLevels {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
        /// The largest level.
        level_max: u32,
    },
    /// Points out of bounds.
    #[error(
        "attribute {attribute} {range}: its points are {got}; want -{POINTS_MAX} to {POINTS_MAX}"
    )]
    Points {
        /// Number of the attribute.
        attribute: usize,
        /// Its range.
        range: String,
        /// The points.
        got: i64,
    },
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextFault {
    /// Empty, or with white space at an end.
    #[error("is empty or has white space at an end; want visible text")]
    Blank,
    /// Too long.
    #[error("has {got} characters; want at most {limit}")]
    TooLong {
        /// How many characters it has.
        got: usize,
        /// How many it may have.
        limit: usize,
    },
    /// Holds a control character or one that turns the writing direction.
    #[error("holds the unprintable character U+{code:04X}; remove it")]
    Unprintable {
        /// The character's code point.
        code: u32,
    },
    /// Not a reason code.
    #[error("is not a reason code; want 1 to {CODE_BYTES_MAX} of A-Z, 0-9, `_` and `-`")]
    Code,
}
