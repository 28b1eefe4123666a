//! The packed form: one GLWE ciphertext of a one-hot vector.
//!
//! For every line-window, the slot of its level holds 1. A scorecard is then
//! one product with a public polynomial that holds every table, read at
//! coefficient 0: the sum of the points, whatever the number of
//! characteristics.

use std::cell::RefCell;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use pulp::Arch;
use thiserror::Error;

use crate::admission::{AdmissionError, Words, u48s_to_bytes};
use crate::parameters::{MESSAGE_MODULUS, N, SENT_BITS, SENT_DROPPED_BITS, encode};
use crate::public_key::PublicKey;
use crate::result::BlindResult;
use crate::ring::{Cut, Factor, ProductSum, Ring, Spectrum};
use crate::sealing::{SealingKey, SealingStream, round_to_words, widen};
use crate::spread::Spread;

thread_local! {
    /// Working memory of products, zero between them.
    static SUM: RefCell<ProductSum> = RefCell::new(ProductSum::zero(Cut::Sealed));
}

/// A scheme with more levels than the packed form has slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the scheme needs {needed} slots and the packed form has {N}: lower a cap, drop a window, or seal composable"
)]
pub struct TooManySlots {
    /// Slots that the scheme's line-windows need.
    pub needed: usize,
}

/// The first slot of every line-window, levels following upwards.
///
/// # Errors
/// The scheme needs more slots than there are.
pub fn slot_offsets(scheme: &Scheme) -> Result<Vec<usize>, TooManySlots> {
    let needed = scheme.slots();
    if needed > N {
        return Err(TooManySlots { needed });
    }
    let mut next = 0;
    let offsets = scheme.line_windows().iter().map(|window| {
        let offset = next;
        next += window.source_level_max as usize + 1;
        offset
    });
    Ok(offsets.collect())
}

/// A sealed history in packed form; 24 KB.
///
/// As in a cell, each coefficient is rounded once, by the source, to 48 bits;
/// the ciphertext *is* the rounded value times 2^16.
#[derive(Clone)]
pub struct PackedHistory {
    /// Mask, then body, as 48-bit words.
    words: Vec<u64>,
}

impl PackedHistory {
    /// Length of [`PackedHistory::to_bytes`].
    pub const BYTES: usize = 2 * N * SENT_BITS as usize / 8;

    /// Seals one source's levels to an applicant's key.
    ///
    /// # Errors
    /// The scheme has too many slots.
    ///
    /// # Panics
    /// Never, for levels computed under `scheme`: their range was checked.
    pub fn seal(
        key: &PublicKey,
        sealing_key: &SealingKey,
        scheme: &Scheme,
        levels: &SourceLevels,
    ) -> Result<Self, TooManySlots> {
        let offsets = slot_offsets(scheme)?;
        let stream = SealingStream::new(sealing_key, key, Form::Packed, scheme, levels);
        let mut words = vec![0; 2 * N];
        let (mask, body) = words.split_at_mut(N);
        key.encrypt_zero_into(&stream.randomness(0, 1, 0), mask, body);
        let spread = Spread::of(scheme);
        for (offset, level) in offsets.iter().zip(levels.levels()) {
            spread.add(offset + *level as usize, encode(1), body);
        }
        round_to_words(&mut words);
        Ok(Self { words })
    }

    /// Mask and body as polynomials modulo 2^64.
    pub fn mask_and_body(&self) -> (Vec<u64>, Vec<u64>) {
        let (mask, body) = self.words.split_at(N);
        (widen(mask), widen(body))
    }

    /// Little-endian 48-bit words, mask then body.
    pub fn to_bytes(&self) -> Vec<u8> {
        u48s_to_bytes(&self.words)
    }

    /// Admits foreign bytes.
    ///
    /// # Errors
    /// A length other than [`PackedHistory::BYTES`]; a trivial ciphertext.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AdmissionError> {
        let words = Words::exactly("packed history", bytes, Self::BYTES)?.u48s(2 * N);
        if words[..N].iter().all(|x| *x == 0) {
            return Err(AdmissionError::Trivial {
                what: "packed history",
            });
        }
        Ok(Self { words })
    }

    /// Digest of the ciphertext, by which messages name it.
    pub fn digest(&self) -> Digest {
        Framed::new(label::CIPHERTEXT)
            .bytes(Form::Packed.name().as_bytes())
            .bytes(&self.to_bytes())
            .digest()
    }

    /// Brings the mask to the transform domain, once for many scorecards.
    pub fn prepare(&self) -> PreparedPacked {
        let (mask, body) = self.words.split_at(N);
        PreparedPacked {
            mask: Ring::shared().factor(Cut::Sealed, mask),
            body: widen(body),
        }
    }
}

impl std::fmt::Debug for PackedHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PackedHistory { .. }")
    }
}

/// A packed history ready to be multiplied.
#[derive(Clone, Debug)]
pub struct PreparedPacked {
    mask: Factor,
    body: Vec<u64>,
}

/// A whole scorecard as one public polynomial.
#[derive(Clone)]
pub struct PackedTable {
    coefficients: Vec<i64>,
    spectrum: Spectrum,
    /// `t` mirrored so that coefficient 0 of `b*t` is a plain inner product.
    mirrored: Vec<i64>,
}

impl PackedTable {
    /// The table from one value a slot (0 where no characteristic looks).
    ///
    /// Values are reduced to their centred residue mod p, `|t| <= 510`.
    pub fn new(scheme: &Scheme, values: &[i64]) -> Self {
        let centred: Vec<i64> = values.iter().map(|value| centred(*value)).collect();
        let coefficients = Spread::of(scheme).table(&centred);
        let mut mirrored: Vec<i64> = coefficients.iter().map(|t| -t).collect();
        mirrored.reverse();
        mirrored.rotate_right(1);
        mirrored[0] = coefficients[0];
        let mut spectrum = Spectrum::zero();
        Ring::shared().transform(&coefficients, &mut spectrum);
        Self {
            spectrum,
            coefficients,
            mirrored,
        }
    }

    /// The coefficients of the polynomial, centred mod p.
    pub fn coefficients(&self) -> &[i64] {
        &self.coefficients
    }

    /// Coefficient 0 of the product with a one-hot vector of `slots`: what a
    /// sealed history of these slots opens to, before reduction mod p.
    pub fn constant_coefficient(&self, scheme: &Scheme, slots: impl Iterator<Item = usize>) -> i64 {
        let mut one_hot = vec![0u64; N];
        let spread = Spread::of(scheme);
        slots.for_each(|slot| spread.add(slot, 1, &mut one_hot));
        one_hot
            .iter()
            .zip(&self.mirrored)
            .map(|(x, t)| *x as i64 * t)
            .sum()
    }

    /// The product with a sealed history: a ciphertext of the score alone.
    pub fn evaluate(&self, history: &PreparedPacked) -> BlindResult {
        let ring = Ring::shared();
        let mut mask = vec![0; N];
        SUM.with_borrow_mut(|sum| {
            ring.multiply_add(sum, &self.spectrum, &history.mask);
            ring.recombine(sum, SENT_DROPPED_BITS, &mut mask);
        });
        let body = Arch::new().dispatch(
            #[inline(always)]
            || {
                let terms = history.body.iter().zip(&self.mirrored);
                terms.fold(0u64, |sum, (b, t)| {
                    sum.wrapping_add(b.wrapping_mul(*t as u64))
                })
            },
        );
        BlindResult::new(mask, vec![body])
    }
}

impl std::fmt::Debug for PackedTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PackedTable { .. }")
    }
}

/// The residue mod p nearest to zero.
fn centred(value: i64) -> i64 {
    let p = MESSAGE_MODULUS as i64;
    let residue = value.rem_euclid(p);
    if residue > p / 2 {
        residue - p
    } else {
        residue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centring_keeps_the_residue() {
        for value in -3000..3000 {
            let c = centred(value);
            assert!(c.abs() <= 510);
            assert_eq!((value - c).rem_euclid(MESSAGE_MODULUS as i64), 0);
        }
    }
}
