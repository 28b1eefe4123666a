//! Consent and the log as parties use them, and attacks on both.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod consent_import;
mod consent_jsonld;
mod consent_notice;
mod consent_record;
mod consent_refusals;
mod consent_register;
mod fixture;
mod hostile;
mod log_attacks;
mod log_proofs;
