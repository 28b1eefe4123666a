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
//! cells, their order, which products tables share ([`Strand`]), block size. It is compiled for a *lineup*, the sources
//! that take part with the roles they have, and refuses what does not fit:
//! noise gates, ranges, slots, naming the characteristic at fault. One sealed
//! history serves any number of plans without sealing again.
//!
//! ```
//! use blindscore_evaluator::{Lineup, Participant, Plan};
//! use blindscore_history::form::Form;
//! use blindscore_history::levels::SourceLevels;
//! use blindscore_history::scheme::Scheme;
//! use blindscore_scorecard::Scorecard;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scheme = Scheme::from_json(r#"{
//!     "blindscore_scheme": 1, "name": "small", "version": 1, "currency": "EUR", "sources_max": 3,
//!     "lines": [{"name": "eating_out", "kind": "pooled", "flows": ["expenditure"],
//!                "categories": ["DINING_LODGING"], "unit": 5000, "cap": 40, "windows": [1, 3]}]
//! }"#)?;
//! let scorecard = Scorecard::from_json(&format!(r#"{{
//!     "blindscore_scorecard": 1, "name": "tiny", "provider": "Example", "version": 1,
//!     "scheme": "{}", "base_points": 100,
//!     "characteristics": [{{"name": "Eating out", "line": "eating_out", "window": 3,
//!         "attributes": [{{"from": 0, "to": 4, "points": 30}}, {{"from": 4, "points": 10}}],
//!         "reason": {{"code": "R1", "text": "Spending on eating out"}}, "baseline": 20}}],
//!     "scaling": {{"offset_millionths": 0, "factor_millionths": 1000000, "min": 0, "max": 200}}
//! }}"#, scheme.digest()), &scheme)?;
//! let source = |name: &str| -> Result<_, Box<dyn std::error::Error>> {
//!     Ok(Participant { source: name.parse()?, roles: Default::default() })
//! };
//! let lineup = Lineup::new(Form::Composable, vec![source("bank")?, source("wallet")?])?;
//! let plan = Plan::compile(&scheme, &scorecard, &lineup)?;
//! assert_eq!(plan.budget().products, 4);
//! println!("{}", plan.describe());
//!
//! // The same plan in the clear: 2 + 1 levels over both sources are under 4.
//! let levels = |levels| SourceLevels::from_levels(&scheme, "2026-11-15".parse().unwrap(), 3, levels);
//! let run = plan.run_in_the_clear(&scheme, &[&levels(vec![0, 2])?, &levels(vec![1, 1])?])?;
//! assert_eq!(run.shifted(), 20);
//! # Ok(())
//! # }
//! ```
//!
//! This crate holds no key that opens anything; a test over the dependency
//! graph keeps it so.

mod attested;
mod batch;
mod blind;
mod clear;
mod commission;
mod compile;
mod describe;
mod error;
mod evaluation;
mod history;
mod key;
mod lineup;
mod plan;
mod platform;
mod statement;
mod strands;

pub use attested::{
    AttestationError, AttestedHistory, GatherError, Gathered, Vouching, believe_attestation,
    one_application,
};
pub use batch::{BatchItem, evaluate_batch};
pub use blind::PreparedHistory;
pub use clear::ClearRun;
pub use commission::{Commission, CommissionError};
pub use error::{EvaluateError, MessageError, PlanError};
pub use evaluation::Evaluation;
pub use history::{Ciphertexts, MAX_CELLS, SealedHistory};
pub use key::{admit_public_key, public_key_message};
pub use lineup::{Lineup, Participant};
pub use plan::{Budget, CellRef, Plan, PlannedCharacteristic};
pub use platform::{Answer, Authorised, Order, OrderError, Run};
pub use strands::Strand;
