//! A round's mask, expanded from its seed.
//!
//! The layout is part of the protocol. ChaCha12 (RFC 8439 with 12 rounds, nonce
//! 0, counter from 0) gives, in this order and without gaps:
//!
//! ```text
//!  leads      (2 N + n) x 4    two u16 a coefficient of y_s, y_E, y_eps
//!  uniforms   N x 4            for y_E, u32
//!             n x 8            for y_eps, u64
//!  tails      16 each          for the leads that leave their sample open,
//!                              in the order of the leads
//! ```
//!
//! Two leads with their tails are one wide Gaussian `x`; the uniform number is
//! the lower part `u` of a stair `2^k x + u`.

use chacha20::ChaCha12;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use pulp::Arch;
use zeroize::Zeroize;

use crate::parameters::{BLOCK_SIZES, N};

use super::gaussian::{Gaussian, TAIL_BYTES};
use super::{KEY_STAIR, LIMIT, norm_bound};

const LEADS_BYTES: usize = 4;
const KEY_UNIFORM_BYTES: usize = 4;
const OUTPUT_UNIFORM_BYTES: usize = 8;

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
    pub(super) fn expand(&mut self, key: &[u8; 32], output_stair: u32, stream: &mut Stream) {
        let gaussian = Gaussian::shared();
        let outputs = self.eps.len();
        let mut cipher = ChaCha12::new(key.into(), &[0; 12].into());
        let Stream { bytes, open } = stream;
        let bytes = &mut bytes[..stream_bytes(outputs)];
        cipher.write_keystream(bytes);
        let (leads, uniforms) = bytes.split_at(LEADS_BYTES * (2 * N + outputs));
        let leads = leads.as_chunks::<LEADS_BYTES>().0;
        open.clear();
        let parts = [&mut self.s[..], &mut self.e[..], &mut self.eps[..]];
        for (part, start) in parts.into_iter().zip([0, N, 2 * N]) {
            for (place, (y, pair)) in (start..).zip(part.iter_mut().zip(&leads[start..])) {
                let led = gaussian.led_by(u32::from_le_bytes(*pair));
                *y = led.sample;
                if led.open {
                    open.push(place);
                }
            }
        }
        let mut tails = Tails::new(&mut cipher);
        for place in &*open {
            let tail = || tails.draw();
            let sample = gaussian.with_tails(u32::from_le_bytes(leads[*place]), tail);
            *self.coefficient(*place) = sample;
        }
        let (for_key, for_outputs) = uniforms.split_at(KEY_UNIFORM_BYTES * N);
        let for_key = for_key.as_chunks::<KEY_UNIFORM_BYTES>().0;
        for (y, u) in self.e.iter_mut().zip(for_key) {
            *y = stair(*y, u64::from(u32::from_le_bytes(*u)), KEY_STAIR);
        }
        let for_outputs = for_outputs.as_chunks::<OUTPUT_UNIFORM_BYTES>().0;
        for (y, u) in self.eps.iter_mut().zip(for_outputs) {
            *y = stair(*y, u64::from_le_bytes(*u), output_stair);
        }
    }

    /// A coefficient by its place among all of `s`, `E` and `eps`.
    fn coefficient(&mut self, place: usize) -> &mut i64 {
        match place.checked_sub(N) {
            None => &mut self.s[place],
            Some(place) if place < N => &mut self.e[place],
            Some(place) => &mut self.eps[place - N],
        }
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

/// Working memory of an expansion; wiped on drop, and not between expansions.
pub(super) struct Stream {
    /// Leads and uniforms.
    bytes: Vec<u8>,
    /// Coefficients of which a lead leaves the sample open.
    open: Vec<usize>,
}

impl Stream {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; stream_bytes(N / BLOCK_SIZES[0])],
            open: Vec::new(),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.bytes.zeroize();
        self.open.zeroize();
    }
}

/// The part of a stream that tails are drawn from, a few at a time.
struct Tails<'a> {
    cipher: &'a mut ChaCha12,
    bytes: [[u8; TAIL_BYTES]; TAILS],
    used: usize,
}

/// Tails that one call of the cipher serves: as many as a mask takes, nearly.
const TAILS: usize = 64;

impl<'a> Tails<'a> {
    fn new(cipher: &'a mut ChaCha12) -> Self {
        Self {
            cipher,
            bytes: [[0; TAIL_BYTES]; TAILS],
            used: TAILS,
        }
    }

    fn draw(&mut self) -> [u8; TAIL_BYTES] {
        if self.used == TAILS {
            self.cipher.write_keystream(self.bytes.as_flattened_mut());
            self.used = 0;
        }
        let tail = self.bytes[self.used];
        self.used += 1;
        tail
    }
}

impl Drop for Tails<'_> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// Bytes of leads and uniforms.
const fn stream_bytes(outputs: usize) -> usize {
    LEADS_BYTES * (2 * N + outputs) + KEY_UNIFORM_BYTES * N + OUTPUT_UNIFORM_BYTES * outputs
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
