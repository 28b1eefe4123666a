//! The lender's side: ask, verify, decide.
//!
//! [`verify`] is the only way to a [`VerifiedScore`], and [`Policy::decide`]
//! takes nothing else. An auditor calls the same function with the lender's
//! request.

mod ask;
mod decide;
mod error;
mod verify;

pub use ask::{Wanted, ask};
pub use decide::{AdverseAction, DecideError, Decision, Policy};
pub use error::VerifyError;
pub use verify::{EvaluationCheck, Verification, VerifiedScore, request_of, verify};
