//! The platform's engine: compiles a scorecard into a plan and runs it, on
//! ciphertexts or in the clear.
//!
//! ```text
//!  scheme + scorecard + lineup --Plan::compile--> Plan
//!                                                  | \
//!        sealed histories --admit, prepare--> Plan::evaluate --> Evaluation
//!        plain levels     ------------------> Plan::run_in_the_clear
//! ```
//!
//! The plan fixes everything that the bytes of a result depend on: tables,
//! cells, their order, block size. It is compiled for a *lineup*, the sources
//! that take part with the roles they have, and refuses what does not fit:
//! noise gates, ranges, slots, naming the characteristic at fault. One sealed
//! history serves any number of plans without sealing again.
//!
//! This crate holds no key that opens anything; a test over the dependency
//! graph keeps it so.

mod blind;
mod clear;
mod compile;
mod describe;
mod error;
mod evaluation;
mod history;
mod key;
mod lineup;
mod plan;

pub use blind::PreparedHistory;
pub use clear::ClearRun;
pub use error::{EvaluateError, MessageError, PlanError};
pub use evaluation::Evaluation;
pub use history::{Ciphertexts, MAX_CELLS, SealedHistory};
pub use key::{admit_public_key, public_key_message};
pub use lineup::{Lineup, Participant};
pub use plan::{Budget, CellRef, Plan, PlannedCharacteristic};
