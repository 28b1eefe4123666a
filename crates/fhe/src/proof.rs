//! The proof of correct opening, version 2.
//!
//! Only the applicant can open a result, so only the applicant knows whether
//! the score that is released is what it opens to. The proof shows it to
//! anybody who has the public data, without showing the key: that `s` and `E`
//! are small with `A s + E = B`, and that under this `s` every output of the
//! result opens to what is claimed, up to a small noise.
//!
//! ```text
//!  key, result, opening, context --Statement::packed / composable--> Statement
//!                                                                     |      |
//!  secret polynomial ------------------------- prove (feature secret) -> Proof
//!                                                                     |      |
//!                                                                    verify(Statement, Proof)
//! ```
//!
//! It is a sigma protocol with short answers under rejection (Lyubashevsky,
//! "Fiat-Shamir with Aborts", ASIACRYPT 2009; "Lattice Signatures Without
//! Trapdoors", EUROCRYPT 2012), made non-interactive by a hash, in 768 rounds
//! with challenges 0 and 1, of which exactly 20 are 1. What differs: rounds
//! answered with 0 are sent as seeds, so masks are sampled in integers and a
//! verifier replays them bit for bit; and since challenges are bits, two
//! answers to one commitment give the witness itself, without a factor.
//! `docs/proof.md` has the statement, the numbers and the argument.

mod bounds;
mod encoding;
mod gaussian;
mod mask;
#[cfg(feature = "secret")]
mod pool;
#[cfg(feature = "secret")]
mod prove;
#[cfg(feature = "secret")]
mod rejection;
mod round;
mod statement;
#[cfg(all(test, feature = "secret"))]
mod tests;
mod transcript;
mod verify;

pub use bounds::{PACKED_WRONG_SCORE_LOG2, forging_bound_log2};
pub use encoding::{Proof, ProofError};
#[cfg(feature = "secret")]
pub use prove::{
    MAX_ATTEMPTS, NoRandomness, Progress, ProofReport, ProveError, Randomness, Witness, prove,
    prove_unchecked,
};
pub use statement::{Canaries, Opening, PHASE_STEP_LOG2, Statement, StatementError};
pub use verify::{Refused, verify};

/// Version of proof and transcript; part of every label.
pub const PROOF_VERSION: u32 = 2;

/// Rounds of a proof, `T`.
pub const ROUNDS: usize = 768;

/// Rounds whose challenge is 1, `W`.
pub const CHOSEN: usize = 20;

/// Public, fresh for each proof: no two proofs share a seed's domain, whatever
/// they are about.
type Salt = [u8; 32];

/// What a round's mask is expanded from.
type Seed = [u8; 16];

/// Masks for `E` are `2^17 x + u`, with `x` Gaussian and `u` uniform.
const KEY_STAIR: u32 = 17;

/// Coefficients' Gaussian parts `x` lie in `[-2^14, 2^14)`.
const LIMIT: i64 = 1 << 14;

/// `sigma^2 = 64^2 (1 + 26^2)` of a mask's Gaussian part.
const VARIANCE: u64 = 4096 * 677;

/// Largest sum of squares of a round's Gaussian parts, `Q(n)`: 1.15 times what
/// is expected of `2N + n` of them, rounded down.
const fn norm_bound(outputs: usize) -> u64 {
    (2 * crate::parameters::N as u64 + outputs as u64) * VARIANCE * 23 / 20
}
