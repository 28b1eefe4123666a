//! The model of blindscore: a scorecard that a person can read.
//!
//! A [`Scorecard`] is a table in the field's own words. Each
//! *characteristic* reads one line and window of a feature scheme; its
//! *attributes* cut the levels into ranges `[from, to)` and give each range
//! whole points. Points are added to the base points, and the sum is scaled to
//! the published range by an exact rational map. There is nothing else in it:
//! no weights, no floats, no hidden terms.
//!
//! ```text
//!  levels of one applicant          Scorecard                     PlainScore
//!  essential_spend, 12 months: 23   [20, 26) -> 41 points  ─┐
//!  lowest_balance,   3 months:  0   not known -> 12 points ─┼─ sum = raw ── raw - raw_min = S
//!  ...                              ...                    ─┘     │
//!                                                                 └ offset + factor * raw,
//!                                                                   rounded, clamped = published
//! ```
//!
//! `S`, the *shifted* score, is what ciphertexts and proofs carry: it is never
//! negative and never above [`Scorecard::span`], which must fit below the
//! message modulus ([`SPAN_MAX`]). The published score is a public function of
//! `S` ([`Scorecard::published`]).
//!
//! A value of type [`Scorecard`] is valid by construction and bound to one
//! scheme by digest: the only ways to one are [`Scorecard::from_json`] and
//! [`ScorecardBuilder::build`], and both make the same checks. The crate holds
//! no cryptography; the same tables drive the plain scorer here and the
//! encrypted evaluator elsewhere.
//!
//! # Modules
//!
//! * [`model`]: the scorecard and its characteristics
//! * [`model_card`]: what a provider says about a scorecard
//! * [`lines`]: which lines a scorecard reads, and how much hangs on each
//! * [`lint`]: a grade for transparency, and what should be looked at
//! * [`attribute`]: ranges of levels and what makes a list of them complete
//! * [`scaling`]: from raw points to the published score
//! * [`build`]: a scorecard made by a program
//! * [`score`]: scoring in the clear
//! * [`explain`]: points a characteristic, and reasons
//! * [`error`]: every refusal
//! * [`exchange`]: import from and export to other programs' formats
//! * `read`: the JSON form; its JSON Schema is [`Scorecard::JSON_SCHEMA`]
//! * `table`: the scorecard as a table for people ([`Scorecard::to_table`])
//! * `arbitrary` (feature `arbitrary`): random valid scorecards for property
//!   tests

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod attribute;
pub mod build;
pub mod error;
pub mod exchange;
pub mod explain;
#[cfg(test)]
mod fixture;
pub mod lines;
pub mod lint;
pub mod model;
pub mod model_card;
mod read;
#[cfg(feature = "train")]
pub mod report;
pub mod scaling;
pub mod score;
mod table;
mod text;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "train")]
pub mod validate;

pub use attribute::Attribute;
pub use build::{CharacteristicBuilder, ScorecardBuilder};
pub use error::{AttributeFault, CharacteristicFault, ScorecardError, TextFault};
pub use explain::{CharacteristicPoints, Explanation, REASONS_MAX};
pub use lines::LineUse;
pub use model::{Characteristic, ReasonCode, ReasonError, Scorecard};
pub use model_card::ModelCard;
pub use scaling::{Odds, OddsDirection, Scaling, ScalingError};
pub use score::{PlainScore, ScoreError};

/// The widest span `raw_max - raw_min` that a scorecard may have: the message
/// modulus of the encryption is the prime 1021, so the shifted score must lie
/// in `0..=1020`.
pub const SPAN_MAX: u32 = 1020;

/// The most characteristics in one scorecard.
pub const CHARACTERISTICS_MAX: usize = 255;

/// The largest absolute value of points and baselines.
pub const POINTS_MAX: i64 = 1_000_000;

/// The largest absolute value of base points.
pub const BASE_POINTS_MAX: i64 = 1_000_000_000;

/// The largest scorecard file that is read, in bytes.
pub const JSON_BYTES_MAX: usize = 1 << 20;
