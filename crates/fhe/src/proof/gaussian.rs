//! The discrete Gaussian of the masks, in integers only.
//!
//! A verifier replays nearly all rounds from their seeds, so the sampler is
//! part of the protocol and must give the same numbers everywhere: no floating
//! point. A *base* sample is the place of a 144-bit number in a table of
//! cumulative probabilities (deviation 64, cut at 858 > 13 deviations); a
//! *wide* one is `b1 + 26 b2`, variance `64^2 (1 + 26^2)` (the convolution of
//! Micciancio and Walter, "Gaussian Sampling over the Integers", CRYPTO 2017,
//! section 3).
//!
//! The number comes in two pieces, the *lead* of 16 bits and a *tail* of 128.
//! Of 65,536 leads all but some 500 decide the sample alone; only for those that
//! leave it open is a tail drawn. The samples are those of the whole number,
//! for a fifth of the stream.
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
/// loses less than one unit of the last place, far below the 144 bits kept.
const PRECISION: usize = 640;

/// Leads that there are.
const LEADS: usize = 1 << 16;
/// In the index: this lead leaves the sample open.
const OPEN: u16 = 1 << 15;

/// Bytes of a tail.
pub(super) const TAIL_BYTES: usize = 16;

/// A 144-bit number: lead and tail.
type Number = (u16, u128);

/// The sampler: the table, and what each lead says alone.
pub(super) struct Gaussian {
    /// All entries but the last, which is asked for by no number.
    cumulative: Vec<Number>,
    /// For each lead, how many entries lie below it (all that do not exceed
    /// it, if it is not open).
    index: Box<[u16; LEADS]>,
}

/// A wide sample as two leads say it.
#[derive(Clone, Copy)]
pub(super) struct Led {
    /// The sample, if it is not open.
    pub(super) sample: i64,
    /// Whether a lead leaves it open.
    pub(super) open: bool,
}

impl Gaussian {
    /// The sampler, made once a process.
    pub(super) fn shared() -> &'static Self {
        static GAUSSIAN: OnceLock<Gaussian> = OnceLock::new();
        GAUSSIAN.get_or_init(|| Self::new(cumulative_table()))
    }

    fn new(mut cumulative: Vec<Number>) -> Self {
        cumulative.truncate(ENTRIES - 1);
        let index = (0..=u16::MAX).map(|lead| {
            let below = cumulative.partition_point(|entry| *entry <= (lead, 0));
            let up_to = cumulative.partition_point(|entry| *entry <= (lead, u128::MAX));
            below as u16 | if below == up_to { 0 } else { OPEN }
        });
        let index = index.collect::<Vec<u16>>().into_boxed_slice();
        let index = index.try_into().expect("there is one for each lead");
        Self { cumulative, index }
    }

    /// The wide sample of a pair of leads: the low and the high half.
    #[inline(always)]
    pub(super) fn led_by(&self, pair: u32) -> Led {
        let first = self.index[usize::from(pair as u16)];
        let second = self.index[usize::from((pair >> 16) as u16)];
        Led {
            sample: wide(i64::from(first), i64::from(second)),
            open: (first | second) & OPEN != 0,
        }
    }

    /// The wide sample of a pair of leads of which at least one leaves it open,
    /// with the tails that these draw, the first lead's first.
    #[cold]
    pub(super) fn with_tails(&self, pair: u32, mut tail: impl FnMut() -> [u8; TAIL_BYTES]) -> i64 {
        let [first, second] = [pair as u16, (pair >> 16) as u16].map(|lead| {
            let mut below = usize::from(self.index[usize::from(lead)] & !OPEN);
            if self.index[usize::from(lead)] & OPEN != 0 {
                let number = (lead, u128::from_le_bytes(tail()));
                let rest = &self.cumulative[below..];
                below += rest.iter().take_while(|entry| **entry <= number).count();
            }
            below as i64
        });
        wide(first, second)
    }
}

/// `b1 + 26 b2` from the places of the two in the table.
#[inline(always)]
fn wide(first: i64, second: i64) -> i64 {
    let sum = first.wrapping_add(STRETCH.wrapping_mul(second));
    sum.wrapping_sub(TAIL * (1 + STRETCH))
}

/// `min(floor(2^144 Pr[X <= k - 858]), 2^144 - 1)` for `k = 0..=1716`, with
/// `Pr[X = x]` proportional to `exp(-x^2 / 8192)`.
fn cumulative_table() -> Vec<Number> {
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
        let entry = (&so_far << 144u32) / &total;
        let lead = u16::try_from(&entry >> 128u32);
        let tail = u128::try_from(&entry % (BigUint::from(1u32) << 128u32));
        // The last one is all of it, 2^144, and does not fit.
        lead.ok().zip(tail.ok()).unwrap_or((u16::MAX, u128::MAX))
    };
    weights().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    /// The digest that the specification states, of 18 little-endian bytes an
    /// entry.
    const DIGEST: &str = "7d227d845c5ad1c50acf6edc05a3b8d74ec6ed96d517033a189923ec8dab3962";

    #[test]
    fn the_table_has_the_specified_digest() {
        let table = cumulative_table();
        assert_eq!(table.len(), ENTRIES);
        let bytes = table.iter().flat_map(|(lead, tail)| {
            let tail = tail.to_le_bytes();
            tail.into_iter().chain(lead.to_le_bytes())
        });
        let bytes: Vec<u8> = bytes.collect();
        assert_eq!(hex::encode(Sha256::digest(&bytes)), DIGEST);
    }

    /// By counting, without index and search.
    fn counted(number: Number) -> i64 {
        let table = &Gaussian::shared().cumulative;
        table.iter().filter(|entry| **entry <= number).count() as i64 - TAIL
    }

    /// As the mask does it: tails only for leads that ask for one. Also tells
    /// how many did.
    fn sampled(first: Number, second: Number) -> (i64, usize) {
        let gaussian = Gaussian::shared();
        let pair = u32::from(first.0) | u32::from(second.0) << 16;
        let Led { sample, open } = gaussian.led_by(pair);
        if !open {
            return (sample, 0);
        }
        let is_open = |number: &&Number| gaussian.index[usize::from(number.0)] & OPEN != 0;
        let numbers = [first, second];
        let mut tails = numbers.iter().filter(is_open);
        let mut drawn = 0;
        let sample = gaussian.with_tails(pair, || {
            drawn += 1;
            tails.next().unwrap().1.to_le_bytes()
        });
        assert!(tails.next().is_none());
        (sample, drawn)
    }

    fn neighbours((lead, tail): Number) -> [Number; 3] {
        let less = lead.wrapping_sub(u16::from(tail == 0));
        let more = lead.wrapping_add(u16::from(tail == u128::MAX));
        [
            (less, tail.wrapping_sub(1)),
            (lead, tail),
            (more, tail.wrapping_add(1)),
        ]
    }

    #[test]
    fn every_step_of_the_table_is_where_counting_has_it() {
        let (least, most) = ((0, 0), (u16::MAX, u128::MAX));
        for entry in &Gaussian::shared().cumulative {
            for number in neighbours(*entry) {
                let want = counted(number);
                assert_eq!(sampled(number, number).0, want + 26 * want);
                assert_eq!(sampled(number, most).0, want + 26 * TAIL);
                assert_eq!(sampled(most, number).0, TAIL + 26 * want);
            }
        }
        // The first probability is 2^-139: one number in 2^144 of these gives it.
        assert_eq!(sampled(least, least).0, -TAIL * 27);
        assert_eq!(sampled(most, most).0, TAIL * 27);
    }

    #[test]
    fn few_leads_leave_a_sample_open() {
        let open = Gaussian::shared().index.iter().filter(|x| *x & OPEN != 0);
        assert_eq!(open.count(), 478);
    }

    proptest! {
        #[test]
        fn samples_are_where_counting_has_them(first: Number, second: Number) {
            let want = counted(first) + STRETCH * counted(second);
            prop_assert_eq!(sampled(first, second).0, want);
        }
    }
}
