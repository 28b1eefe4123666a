//! The secret side: key generation and phases. Compiled only with the feature
//! `secret`, which only the applicant's client, tests and benches turn on, so
//! that a platform's binary cannot even name a type that decrypts.

use std::mem;

use blindscore_history::digest::Framed;
use blindscore_history::label;
use blindscore_history::scheme::Scheme;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cell::Cell;
use crate::packed::{PackedHistory, slot_offsets};
use crate::parameters::{N, NOISE_BOUND_LOG2, decode, encode};
use crate::proof::{Opening, PHASE_STEP_LOG2};
use crate::public_key::{KeyOrigin, PublicKey, expand};
use crate::result::BlindResult;
use crate::ring::{Cut, Factor, ProductSum, Ring, Spectrum};
use crate::sampler::noise_from;
use crate::spread::Spread;

/// Squared norms that a secret may have, so that the proof's bounds hold.
const SECRET_WEIGHT: std::ops::RangeInclusive<u64> = 900..=1110;
/// Sums of |E| that a key may have, in units of 2^17.
const NOISE_WEIGHT: std::ops::RangeInclusive<u64> = 950..=1080;
/// Noise that an honest sealed row or slot never exceeds (20 deviations).
const SEALED_NOISE_BOUND: u64 = 1 << 26;

/// The binary secret polynomial `s`; wiped on drop.
pub struct SecretPolynomial {
    bits: Zeroizing<Vec<i64>>,
}

/// What a sealed history opened to that no honest source sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealFault {
    /// Not `X^(-c)` in the row that must hold it.
    #[error(
        "row {row} of the cell has not the shape of a sealed number: the source that sent it is at fault"
    )]
    Shape {
        /// The row.
        row: usize,
    },
    /// A line-window of a packed history without exactly one slot set.
    #[error(
        "line-window {line_window} of the packed history has not exactly one level set: the source that sent it is at fault"
    )]
    OneHot {
        /// The line-window, in scheme order.
        line_window: usize,
    },
    /// A slot that holds neither 0 nor 1.
    #[error(
        "a slot of the packed history holds more than noise: the source that sent it is at fault"
    )]
    Noise,
    /// A scheme that the packed form cannot carry.
    #[error("the scheme has more slots than the packed form")]
    Slots,
}

/// Generates a key pair from a 32-byte seed of the operating system's.
///
/// Drawn again until `||s||^2` and `sum |E|` lie in the ranges that the proof
/// of opening needs (nearly always at once).
pub fn generate(origin: KeyOrigin, seed: &[u8; 32]) -> (SecretPolynomial, PublicKey) {
    let ring = Ring::shared();
    let a = ring.factor(Cut::Ternary, &expand(&origin.seed()));
    let mut stream = Framed::keyed(seed, label::KEY_GENERATION).stream();
    loop {
        let mut bytes = Zeroizing::new(vec![0; N / 8 + 4 * N]);
        stream.fill(&mut bytes);
        let (bit_bytes, noise_bytes) = bytes.split_at(N / 8);
        let secret = SecretPolynomial::from_packed_bits(bit_bytes);
        let noise = Zeroizing::new(noise_from(noise_bytes));
        if secret.is_in_norm() && noise_is_in_norm(&noise) {
            let mut b = secret.product(&a);
            for (x, e) in b.iter_mut().zip(&*noise) {
                *x = x.wrapping_add(*e as u64);
            }
            // What A*s was is B now, and public.
            return (secret, PublicKey::new(origin, mem::take(&mut *b)));
        }
    }
}

fn noise_is_in_norm(noise: &[i64]) -> bool {
    let sum: u64 = noise.iter().map(|e| e.unsigned_abs()).sum();
    NOISE_WEIGHT.contains(&(sum >> NOISE_BOUND_LOG2))
}

impl SecretPolynomial {
    /// Length of [`SecretPolynomial::to_bytes`].
    pub const BYTES: usize = N / 8;

    fn from_packed_bits(bytes: &[u8]) -> Self {
        // Room for all at once: a vector that grows leaves copies behind.
        let mut bits = Zeroizing::new(Vec::with_capacity(8 * bytes.len()));
        bits.extend(
            bytes
                .iter()
                .flat_map(|byte| (0..8).map(move |at| i64::from(byte >> at & 1))),
        );
        Self { bits }
    }

    /// The coefficients, 0 and 1.
    pub(crate) fn bits(&self) -> &[i64] {
        &self.bits
    }

    fn is_in_norm(&self) -> bool {
        SECRET_WEIGHT.contains(&(self.bits.iter().sum::<i64>() as u64))
    }

    /// Reads the secret back from rest, for the public key it belongs to;
    /// `None` if it does not belong to it or is outside the norms.
    pub fn from_bytes(bytes: &[u8; Self::BYTES], key: &PublicKey) -> Option<Self> {
        let secret = Self::from_packed_bits(bytes);
        let noise = secret.key_noise(key);
        let belongs = noise
            .iter()
            .all(|e| e.unsigned_abs() <= 1 << NOISE_BOUND_LOG2);
        let valid = belongs && secret.is_in_norm() && noise_is_in_norm(&noise);
        valid.then_some(secret)
    }

    /// The secret bits, eight a byte, low bits first.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::BYTES]> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        for (byte, bits) in bytes.iter_mut().zip(self.bits.chunks_exact(8)) {
            *byte = bits
                .iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | *bit as u8);
        }
        bytes
    }

    /// `E = B - A*s`, the noise of the public key.
    pub fn key_noise(&self, key: &PublicKey) -> Zeroizing<Vec<i64>> {
        let a = Ring::shared().factor(Cut::Ternary, &expand(&key.origin().seed()));
        let phase = self.phase_of(&a, key.b());
        Zeroizing::new(phase.iter().map(|x| *x as i64).collect())
    }

    /// The phase `body - mask * s` of a ciphertext, all its coefficients.
    pub fn phase(&self, mask: &[u64], body: &[u64]) -> Zeroizing<Vec<u64>> {
        self.phase_of(&Ring::shared().factor(Cut::Ternary, mask), body)
    }

    fn phase_of(&self, mask: &Factor, body: &[u64]) -> Zeroizing<Vec<u64>> {
        let mut phase = self.product(mask);
        for (x, b) in phase.iter_mut().zip(body) {
            *x = b.wrapping_sub(*x);
        }
        phase
    }

    /// `factor * s`, as [`Ring::product`], with nothing of `s` left behind: the
    /// sum of products is zero once it is recombined.
    fn product(&self, factor: &Factor) -> Zeroizing<Vec<u64>> {
        let ring = Ring::shared();
        let mut spectrum = Spectrum::zero();
        let mut sum = ProductSum::zero(Cut::Ternary);
        let mut out = Zeroizing::new(vec![0; N]);
        ring.transform(&self.bits, &mut spectrum);
        ring.multiply_add(&mut sum, &spectrum, factor);
        ring.recombine(&mut sum, 0, &mut out);
        spectrum.wipe();
        out
    }

    /// The phase of each output of a result.
    pub fn output_phases(&self, result: &BlindResult) -> Zeroizing<Vec<u64>> {
        let step = N / result.outputs();
        let phase =
            |(h, body): (usize, &u64)| body.wrapping_sub(self.product_at(result.mask(), h * step));
        Zeroizing::new(result.bodies().iter().enumerate().map(phase).collect())
    }

    /// What a result opens to, as it would be released: the nearest score, and
    /// in composable form the phases, rounded. Nothing is checked here.
    pub fn opening(&self, result: &BlindResult) -> Opening {
        let phases = self.output_phases(result);
        let half = 1 << (PHASE_STEP_LOG2 - 1);
        let rounded = |phase: &u64| phase.wrapping_add(half) >> PHASE_STEP_LOG2 << PHASE_STEP_LOG2;
        let released = match result.outputs() {
            1 => Vec::new(),
            _ => phases.iter().map(rounded).collect(),
        };
        Opening::new(decode(phases[0]) as u32, released)
    }

    /// `(mask * s)` at one position.
    fn product_at(&self, mask: &[u64], position: usize) -> u64 {
        self.bits.iter().enumerate().fold(0u64, |sum, (j, bit)| {
            let term = (*bit as u64).wrapping_mul(mask[(N + position - j) % N]);
            if j <= position {
                sum.wrapping_add(term)
            } else {
                sum.wrapping_sub(term)
            }
        })
    }

    /// Opens a cell and checks that every row holds `X^(-c)` at its gadget
    /// element with the noise of an honest seal: no other content, no larger
    /// noise.
    ///
    /// # Errors
    /// The row that does not.
    pub fn open_cell(&self, cell: &Cell) -> Result<u32, SealFault> {
        let (mask, body) = cell.row(1);
        let largest = self.phase(&mask, &body);
        let c = brightest_inverse_monomial(&largest);
        for row in 0..cell.gadget().rows() {
            let (mask, body) = cell.row(row);
            let mut want = Zeroizing::new(vec![0u64; N]);
            let place = |position: usize| (N - c + position) % N;
            let element = cell.gadget().element(row / 2 + 1);
            // X^(-c) s wraps with a sign below position c.
            let signed = |position: usize, value: u64| {
                if position < c {
                    value.wrapping_neg()
                } else {
                    value
                }
            };
            if row % 2 == 1 {
                want[place(0)] = signed(0, element);
            } else {
                for (position, bit) in self.bits.iter().enumerate() {
                    let value = (*bit as u64).wrapping_mul(element).wrapping_neg();
                    want[place(position)] = signed(position, value);
                }
            }
            let phase = self.phase(&mask, &body);
            let far = |(x, w): (&u64, &u64)| {
                (x.wrapping_sub(*w) as i64).unsigned_abs() > SEALED_NOISE_BOUND
            };
            if phase.iter().zip(&*want).any(far) {
                return Err(SealFault::Shape { row });
            }
        }
        Ok(c as u32)
    }

    /// Opens a packed history: the level of every line-window.
    ///
    /// # Errors
    /// A line-window that is not one-hot, or any coefficient with more noise
    /// than an honest seal's.
    pub fn open_packed(
        &self,
        history: &PackedHistory,
        scheme: &Scheme,
    ) -> Result<Vec<u32>, SealFault> {
        let (mask, body) = history.mask_and_body();
        let phase = self.phase(&mask, &body);
        let offsets = slot_offsets(scheme).map_err(|_| SealFault::Slots)?;
        let spread = Spread::of(scheme);
        let is_noise = |x: u64| (x as i64).unsigned_abs() <= SEALED_NOISE_BOUND;
        let mut rest = phase.clone();
        let mut levels = Vec::with_capacity(offsets.len());
        for (line_window, (offset, window)) in offsets.iter().zip(scheme.line_windows()).enumerate()
        {
            let is_set = |level: &u32| {
                let value = spread.read(offset + *level as usize, &phase);
                is_noise(value.wrapping_sub(encode(1)))
            };
            let mut set = (0..=window.source_level_max).filter(is_set);
            let (Some(level), None) = (set.next(), set.next()) else {
                return Err(SealFault::OneHot { line_window });
            };
            spread.add(offset + level as usize, encode(1).wrapping_neg(), &mut rest);
            levels.push(level);
        }
        if rest.iter().all(|x| is_noise(*x)) {
            Ok(levels)
        } else {
            Err(SealFault::Noise)
        }
    }
}

/// The `c` for which `-X^(N-c)` (or 1, for `c = 0`) is the largest term.
fn brightest_inverse_monomial(phase: &[u64]) -> usize {
    let brightest = phase
        .iter()
        .enumerate()
        .max_by_key(|(_, x)| (**x as i64).unsigned_abs());
    brightest.map_or(0, |(position, _)| (N - position) % N)
}

impl std::fmt::Debug for SecretPolynomial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretPolynomial(..)")
    }
}
