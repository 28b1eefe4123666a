//! Attacks on the whole: each test is a party that cheats, and each must fail
//! for the reason stated. Attacks on the proof alone are in `proof.rs`, on
//! ciphertexts in `crafted.rs`, on single messages in the protocol's own tests.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod applicant;
mod lender;
mod platform;
mod source;
