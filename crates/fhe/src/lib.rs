//! Levelled TFHE for blindscore: scores on encrypted levels, without
//! bootstrapping and without an evaluation key.
//!
//! A source seals its customer's levels under the applicant's [`PublicKey`] in
//! one of two forms:
//!
//! ```text
//!  packed (one source)                    composable (several sources)
//!
//!  one-hot vector, one ciphertext         X^(-c) for each cell c, a GGSW each
//!        |                                      |
//!        v  x public table                      v  external product, cell after cell
//!  score at coefficient 0                 table turned by the sum of the cells:
//!                                         score and canaries, a block each
//! ```
//!
//! Evaluation is exact integer arithmetic ([`ring`], `residues`): the same bytes on any
//! machine, so anybody can run it again and compare. That a result opens to
//! what its applicant says is proven and verified in [`proof`]. What decrypts is
//! in the module `secret`, behind the feature of that name.
//!
//! The scheme is the GLWE/GGSW part of TFHE (Chillotti, Gama, Georgieva,
//! Izabachène, "TFHE: Fast Fully Homomorphic Encryption over the Torus",
//! J. Cryptology 33, 2020, sections 3 and 4) with encryption under a public
//! key and exact products in place of the Fourier transform.

mod admission;
mod cell;
mod gadget;
pub mod noise;
mod packed;
pub mod parameters;
pub mod proof;
mod public_key;
#[cfg(feature = "reference")]
pub mod reference;
mod residues;
mod result;
pub mod ring;
mod rotation;
mod sampler;
#[cfg(test)]
mod schoolbook;
mod sealing;
#[cfg(feature = "secret")]
pub mod secret;
pub mod spectral;
mod spread;
#[cfg(feature = "yardstick")]
pub mod yardstick;

pub use admission::AdmissionError;
pub use cell::{Cell, ComposableHistory, PreparedCell};
pub use gadget::Gadget;
pub use packed::{PackedHistory, PackedTable, PreparedPacked, TooManySlots, slot_offsets};
pub use public_key::{KeyOrigin, PublicKey};
pub use result::BlindResult;
pub use rotation::{Accumulator, BlockTables, Scratch, Whitening};
pub use sealing::SealingKey;
pub use spread::Spread;
