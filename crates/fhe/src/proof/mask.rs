//! A round's mask, expanded from its seed.
//!
//! The layout is part of the protocol: ChaCha20 (RFC 8439, nonce 0, counter
//! from 0) gives 2,048 times 32 bytes for `y_s`, 2,048 times 36 bytes for `y_E`
//! and 40 bytes for each output's `y_eps`. 32 bytes are one wide Gaussian `x`;
//! what follows them is the uniform part `u` of a stair `2^k x + u`.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use pulp::Arch;
use zeroize::Zeroize;

use crate::parameters::N;

use super::gaussian::Gaussian;
use super::{KEY_STAIR, LIMIT, norm_bound};

/// Coefficients that one call of the cipher serves; its bytes stay near.
const BATCH: usize = 64;
const PLAIN: usize = 32;
const KEY_ROW: usize = 36;
const OUTPUT_ROW: usize = 40;

/// A mask, or a mask plus the witness; wiped on drop.
pub(super) struct Mask {
    pub(super) s: Vec<i64>,
    pub(super) e: Vec<i64>,
    pub(super) eps: Vec<i64>,
}

/// What the norm test asks of a round, and the rejection of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    /// Sum of the squares of all Gaussian parts.
    pub(super) squares: u64,
    /// Whether each lies within its limits.
    pub(super) in_limits: bool,
}

impl Weight {
    /// Whether a round of this weight is admitted.
    pub(super) fn is_admitted(self, outputs: usize) -> bool {
        self.in_limits && self.squares <= norm_bound(outputs)
    }
}

impl Mask {
    pub(super) fn zero(outputs: usize) -> Self {
        Self {
            s: vec![0; N],
            e: vec![0; N],
            eps: vec![0; outputs],
        }
    }

    /// Overwrites the mask with the expansion of `key`, outputs' stairs of
    /// `2^output_stair`.
    pub(super) fn expand(&mut self, key: &[u8; 32], output_stair: u32) {
        let gaussian = Gaussian::shared();
        let mut cipher = ChaCha20::new(key.into(), &[0; 12].into());
        let mut bytes = [0; BATCH * OUTPUT_ROW];
        for batch in self.s.chunks_mut(BATCH) {
            let bytes = &mut bytes[..batch.len() * PLAIN];
            cipher.write_keystream(bytes);
            for (y, row) in batch.iter_mut().zip(bytes.as_chunks::<PLAIN>().0) {
                *y = gaussian.wide(row);
            }
        }
        for batch in self.e.chunks_mut(BATCH) {
            let bytes = &mut bytes[..batch.len() * KEY_ROW];
            cipher.write_keystream(bytes);
            for (y, row) in batch.iter_mut().zip(bytes.as_chunks::<KEY_ROW>().0) {
                let (x, u) = row.split_first_chunk().expect("36 bytes hold 32");
                let u = u32::from_le_bytes([u[0], u[1], u[2], u[3]]);
                *y = stair(gaussian.wide(x), u64::from(u), KEY_STAIR);
            }
        }
        for batch in self.eps.chunks_mut(BATCH) {
            let bytes = &mut bytes[..batch.len() * OUTPUT_ROW];
            cipher.write_keystream(bytes);
            for (y, row) in batch.iter_mut().zip(bytes.as_chunks::<OUTPUT_ROW>().0) {
                let (x, u) = row.split_first_chunk().expect("40 bytes hold 32");
                let u = u64::from_le_bytes([u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7]]);
                *y = stair(gaussian.wide(x), u, output_stair);
            }
        }
        bytes.zeroize();
    }

    /// The weight of the Gaussian parts: each coefficient shifted down by its
    /// stair.
    pub(super) fn weight(&self, output_stair: u32) -> Weight {
        let parts = [
            (&self.s, 0),
            (&self.e, KEY_STAIR),
            (&self.eps, output_stair),
        ];
        let mut weight = Weight {
            squares: 0,
            in_limits: true,
        };
        for (coefficients, stair) in parts {
            let (squares, in_limits) = Arch::new().dispatch(
                #[inline(always)]
                || weigh(coefficients, stair),
            );
            weight.squares = weight.squares.saturating_add(squares);
            weight.in_limits &= in_limits;
        }
        weight
    }
}

impl Drop for Mask {
    fn drop(&mut self) {
        self.s.zeroize();
        self.e.zeroize();
        self.eps.zeroize();
    }
}

/// `2^height x + (u mod 2^height)`.
#[inline(always)]
fn stair(x: i64, u: u64, height: u32) -> i64 {
    let low = u & (1u64 << height).wrapping_sub(1);
    (x << height).wrapping_add(low as i64)
}

/// Sum of squares and whether all lie in `[-LIMIT, LIMIT)`. Parts far outside,
/// which are not in limits whatever they weigh, are weighed as 2^20, so that
/// nothing overflows.
#[inline(always)]
fn weigh(coefficients: &[i64], stair: u32) -> (u64, bool) {
    let mut squares = 0u64;
    let mut outside = 0u64;
    for coefficient in coefficients {
        let x = coefficient >> stair;
        outside |= (x.wrapping_add(LIMIT) as u64) & (2 * LIMIT as u64).wrapping_neg();
        let x = x.clamp(-(1 << 20), 1 << 20) as i32 as i64;
        squares = squares.wrapping_add(x.wrapping_mul(x) as u64);
    }
    (squares, outside == 0)
}
