//! The discrete Gaussian of the masks, in integers only.
//!
//! A verifier replays 489 rounds from their seeds, so the sampler is part of
//! the protocol and must give the same numbers everywhere: no floating point.
//! A *base* sample is the place of a 128-bit number in a table of cumulative
//! probabilities (deviation 64, cut at 858 > 13 deviations); a *wide* one is
//! `b1 + 26 b2`, variance `64^2 (1 + 26^2)` (the convolution of Micciancio and
//! Walter, "Gaussian Sampling over the Integers", CRYPTO 2017, section 3).
//!
//! The table is generated at first use, in exact big-integer arithmetic, which
//! takes a few milliseconds; a test compares it with the published digest.

use std::sync::OnceLock;

use num_bigint::BigUint;

/// Base samples lie in `[-TAIL, TAIL]`.
const TAIL: i64 = 858;
/// Entries of the table.
const ENTRIES: usize = 2 * TAIL as usize + 1;
/// Twice the variance of a base sample.
const TWO_VARIANCES: u32 = 2 * 64 * 64;
/// Weight of the second base sample in a wide one.
const STRETCH: i64 = 26;
/// Bits after the point while the table is made. Each of some 1,700 steps
/// loses less than one unit of the last place, far below the 128 bits kept.
const PRECISION: usize = 640;

/// Leading bits of a number that nearly always decide its base sample.
const INDEX_BITS: u32 = 16;
/// In the index: these leading bits leave the sample open.
const OPEN: i16 = i16::MIN;

/// The sampler: the table, and an index over the numbers' leading bits.
pub(crate) struct Gaussian {
    cumulative: Vec<u128>,
    index: Box<[i16; 1 << INDEX_BITS]>,
}

impl Gaussian {
    /// The sampler, made once a process.
    pub(crate) fn shared() -> &'static Self {
        static GAUSSIAN: OnceLock<Gaussian> = OnceLock::new();
        GAUSSIAN.get_or_init(|| Self::new(cumulative_table()))
    }

    fn new(cumulative: Vec<u128>) -> Self {
        let mut index = Box::new([OPEN; 1 << INDEX_BITS]);
        for (leading, sample) in index.iter_mut().enumerate() {
            let least = (leading as u128) << (128 - INDEX_BITS);
            let most = least | (u128::MAX >> INDEX_BITS);
            let below = place(&cumulative, least);
            if below == place(&cumulative, most) {
                *sample = (below - TAIL) as i16;
            }
        }
        Self { cumulative, index }
    }

    /// A wide sample from 32 bytes: two little-endian 128-bit numbers.
    #[inline(always)]
    pub(crate) fn wide(&self, bytes: &[u8; 32]) -> i64 {
        let first = self.index[usize::from(u16::from_le_bytes([bytes[14], bytes[15]]))];
        let second = self.index[usize::from(u16::from_le_bytes([bytes[30], bytes[31]]))];
        if first == OPEN || second == OPEN {
            return self.wide_by_table(bytes);
        }
        i64::from(first).wrapping_add(STRETCH.wrapping_mul(i64::from(second)))
    }

    #[cold]
    fn wide_by_table(&self, bytes: &[u8; 32]) -> i64 {
        let [first, second] = [0, 1].map(|half| {
            let mut number = [0; 16];
            number.copy_from_slice(&bytes[16 * half..][..16]);
            place(&self.cumulative, u128::from_le_bytes(number)) - TAIL
        });
        first + STRETCH * second
    }
}

/// `#{k <= 1715 : cumulative[k] <= number}`: the last entry is not asked.
fn place(cumulative: &[u128], number: u128) -> i64 {
    cumulative[..ENTRIES - 1].partition_point(|entry| *entry <= number) as i64
}

/// `min(floor(2^128 Pr[X <= k - 858]), 2^128 - 1)` for `k = 0..=1716`, with
/// `Pr[X = x]` proportional to `exp(-x^2 / 8192)`.
fn cumulative_table() -> Vec<u128> {
    let one = BigUint::from(1u32) << PRECISION;
    // exp(-1/8192), the sum of (-1/8192)^k / k!, positive and negative terms apart.
    let (mut positive, mut negative) = (BigUint::ZERO, BigUint::ZERO);
    let mut term = one.clone();
    for k in 1u32.. {
        if term == BigUint::ZERO {
            break;
        }
        let sum = if k % 2 == 1 {
            &mut positive
        } else {
            &mut negative
        };
        *sum += &term;
        term /= TWO_VARIANCES * k;
    }
    let root = positive - negative;
    // exp(-(x+1)^2 / 8192) = exp(-x^2 / 8192) * root^(2x+1).
    let times = |a: &BigUint, b: &BigUint| (a * b) >> PRECISION;
    let root_squared = times(&root, &root);
    let (mut weight, mut ratio) = (one, root);
    let mut half = Vec::with_capacity(TAIL as usize + 1);
    for _ in 0..=TAIL {
        let next = times(&weight, &ratio);
        ratio = times(&ratio, &root_squared);
        half.push(std::mem::replace(&mut weight, next));
    }
    let weights = || half.iter().skip(1).rev().chain(&half);
    let total: BigUint = weights().sum();
    let mut so_far = BigUint::ZERO;
    let entry = |weight: &BigUint| {
        so_far += weight;
        // The last one is all of it, 2^128, and does not fit.
        u128::try_from((&so_far << 128u32) / &total).unwrap_or(u128::MAX)
    };
    weights().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    /// The digest that the specification states.
    const DIGEST: &str = "f3c619dfac66622a8961472f67b954f1981700ebefc3f9f49910f101c77caf67";

    #[test]
    fn the_table_has_the_specified_digest() {
        let table = cumulative_table();
        assert_eq!(table.len(), ENTRIES);
        let bytes: Vec<u8> = table.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        assert_eq!(hex::encode(Sha256::digest(&bytes)), DIGEST);
    }

    /// By counting, without index and search.
    fn counted(number: u128) -> i64 {
        let entries = Gaussian::shared().cumulative[..ENTRIES - 1].iter();
        entries.filter(|entry| **entry <= number).count() as i64 - TAIL
    }

    fn pair(first: u128, second: u128) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&first.to_le_bytes());
        bytes[16..].copy_from_slice(&second.to_le_bytes());
        bytes
    }

    #[test]
    fn every_step_of_the_table_is_where_counting_has_it() {
        let gaussian = Gaussian::shared();
        for entry in &gaussian.cumulative {
            for number in [entry.wrapping_sub(1), *entry, entry.wrapping_add(1)] {
                let want = counted(number);
                assert_eq!(gaussian.wide(&pair(number, number)), want + 26 * want);
                assert_eq!(gaussian.wide(&pair(number, u128::MAX)), want + 26 * TAIL);
            }
        }
        // The first 22 probabilities are below 2^-128: no number gives these samples.
        assert_eq!(gaussian.cumulative[21..23], [0, 1]);
        assert_eq!(gaussian.wide(&[0; 32]), -836 * 27);
        assert_eq!(gaussian.wide(&[0xff; 32]), TAIL * 27);
    }

    proptest! {
        #[test]
        fn samples_are_where_counting_has_them(first: u128, second: u128) {
            let want = counted(first) + STRETCH * counted(second);
            prop_assert_eq!(Gaussian::shared().wide(&pair(first, second)), want);
        }
    }
}
