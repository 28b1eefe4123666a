//! Strategies for property tests: random valid schemes, levels and ledgers.
//! Behind the feature `arbitrary`.
//!
//! ```
//! use blindscore_history::arbitrary;
//! use blindscore_history::levels::ApplicantLevels;
//! use proptest::prelude::*;
//!
//! let case = arbitrary::scheme().prop_flat_map(|scheme| {
//!     let application = arbitrary::application(&scheme);
//!     (Just(scheme), application)
//! });
//! proptest!(|((scheme, application) in case)| {
//!     let levels = ApplicantLevels::combine(&scheme, &application.parts())?;
//!     prop_assert_eq!(levels.levels().len(), scheme.line_windows().len());
//! });
//! ```

use jiff::civil::{Date, date};

mod ledgers;
mod levels;
mod schemes;

pub use ledgers::ledger;
pub use levels::{Application, application, source_levels};
pub use schemes::{SchemeBounds, scheme, scheme_within};

/// The as-of date of all levels drawn.
pub const AS_OF: Date = date(2026, 3, 15);
