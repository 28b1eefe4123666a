//! External products as whole numbers: a pair of primes.
//!
//! An external product is a sum of up to six products of a digit polynomial
//! with a row of 48-bit coefficients. Its coefficients are whole numbers of at
//! most 77 bits with their sign, far more than one prime of a machine word
//! holds, so they are carried modulo two primes and put together by the
//! remainder theorem:
//!
//! | gadget | digits at most | sum of the products' terms |
//! |---|---|---|
//! | base `2^17`, two levels | 2^16 | 4 N 2^16 2^47 = 2^76 |
//! | base `2^14`, three levels | 2^13 | 6 N 2^13 2^47 < 2^74 |
//!
//! The pair is uneven on purpose: `P` has 50 bits, as many as the fast
//! transforms of AVX-512 IFMA carry, and `q` only the 30 that are still needed.
//! A row then takes 12 bytes a coefficient instead of 16, and waiting for rows
//! is what limits an evaluation; and the transforms modulo `q` run on lanes of
//! half the width, so they take about 0.6 of the others' time.
//!
//! `P` is 1 mod `q`. So a number `x` with `x = a` mod `P` and `x = b` mod `q` is
//! `a + P k`, `k = b - a` mod `q` nearest to zero: no inverse is needed. Only
//! this number leaves the module; which primes carried it leaves no trace.

use std::sync::OnceLock;

use aligned_vec::{AVec, avec};
use pulp::Arch;
use tfhe_ntt::{prime32, prime64};

use crate::gadget::{Gadget, LEVELS_MAX, digits};
use crate::parameters::{N, SENT_BITS, SENT_DROPPED_BITS};

/// The most polynomials that one external product decomposes into.
const DIGITS_MAX: usize = 2 * LEVELS_MAX;

/// The primes `P` and `q`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Primes {
    large: u64,
    small: u32,
}

impl Primes {
    /// 50 and 30 bits. What evaluation uses.
    pub(crate) const FAST: Self = Self {
        large: 1_121_399_184_814_081,
        small: 1_073_643_521,
    };

    /// 61 and 30 bits: other constants, and code of tfhe-ntt that does without
    /// IFMA. The feature `portable` makes evaluation use them, so that one
    /// machine can check one path against the other.
    pub(crate) const PORTABLE: Self = Self {
        large: 2_305_829_627_237_060_609,
        small: 1_073_430_529,
    };
}

/// Transforms modulo both primes, and between them and whole numbers.
pub(crate) struct Residues {
    large: prime64::Plan,
    small: prime32::Plan,
    modulus: Modulus,
}

/// What arithmetic modulo the pair needs at hand.
#[derive(Clone, Copy)]
struct Modulus {
    /// `P`.
    large: u64,
    /// `q`, of 30 bits.
    small: u32,
    /// `floor(2^61 / q)`, of 32 bits.
    reciprocal: u32,
    /// `-1/q` mod `2^32`.
    negated_inverse: u32,
    /// A multiple of `q` that makes any 48-bit number positive.
    lift: u64,
}

/// Polynomials in the transform domain, one after the other.
#[derive(Clone)]
pub(crate) struct Spectra {
    large: AVec<u64>,
    small: AVec<u32>,
}

impl Spectra {
    /// Room for `count` polynomials, zero.
    pub(crate) fn zero(count: usize) -> Self {
        Self {
            large: avec![0u64; count * N],
            small: avec![0u32; count * N],
        }
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.large[..]) + size_of_val(&self.small[..])
    }

    fn polynomial(&mut self, at: usize) -> (&mut [u64], &mut [u32]) {
        let place = at * N..(at + 1) * N;
        (&mut self.large[place.clone()], &mut self.small[place])
    }
}

/// Working memory of external products.
pub(crate) struct Workspace {
    digits: Spectra,
    sum: Spectra,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Self {
            digits: Spectra::zero(DIGITS_MAX),
            sum: Spectra::zero(1),
        }
    }
}

impl Residues {
    /// The residues that evaluation uses, built once a process.
    pub(crate) fn shared() -> &'static Self {
        static RESIDUES: OnceLock<Residues> = OnceLock::new();
        RESIDUES.get_or_init(|| {
            Self::new(if cfg!(feature = "portable") {
                Primes::PORTABLE
            } else {
                Primes::FAST
            })
        })
    }

    pub(crate) fn new(primes: Primes) -> Self {
        let Primes { large, small } = primes;
        let q = u64::from(small);
        // Newton's iteration: each step doubles the bits that are right.
        let inverse = (0..5).fold(1u32, |x, _| {
            x.wrapping_mul(2u32.wrapping_sub(small.wrapping_mul(x)))
        });
        Self {
            large: prime64::Plan::try_new(N, large).expect("P is a prime and 1 mod 2N"),
            small: prime32::Plan::try_new(N, small).expect("q is a prime and 1 mod 2N"),
            modulus: Modulus {
                large,
                small,
                reciprocal: ((1 << 61) / q) as u32,
                negated_inverse: inverse.wrapping_neg(),
                lift: (1 << SENT_BITS) / q * q,
            },
        }
    }

    /// Brings a polynomial of 48-bit coefficients into place `at` of a cell's
    /// spectra. What the transforms and the products' reduction scale by is
    /// divided out here, once.
    pub(crate) fn prepare(&self, words: &[u64], at: usize, spectra: &mut Spectra) {
        let modulus = self.modulus;
        let (large, small) = spectra.polynomial(at);
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for ((large, small), word) in large.iter_mut().zip(small.iter_mut()).zip(words) {
                    let centred = (*word << SENT_DROPPED_BITS) as i64 >> SENT_DROPPED_BITS;
                    *large = modulus.large_residue(centred);
                    let x = modulus.reduce((centred as u64).wrapping_add(modulus.lift));
                    // Times 2^32, which Montgomery's reduction divides by.
                    *small = modulus.reduce(modulus.reduce(x << 16) << 16) as u32;
                }
            },
        );
        self.large.fwd(large);
        self.large.normalize(large);
        self.small.fwd(small);
        self.small.normalize(small);
    }

    /// Writes the digits of `accumulator` (mask, then body) and transforms them.
    pub(crate) fn decompose(
        &self,
        gadget: Gadget,
        accumulator: [&[u64]; 2],
        workspace: &mut Workspace,
    ) {
        let digits = &mut workspace.digits;
        for (part, polynomial) in accumulator.into_iter().enumerate() {
            match gadget {
                Gadget::Compact => self.modulus.decompose::<17, 2>(polynomial, part, digits),
                Gadget::Fine => self.modulus.decompose::<14, 3>(polynomial, part, digits),
            }
        }
        for at in 0..gadget.rows() {
            let (large, small) = digits.polynomial(at);
            self.large.fwd(large);
            self.small.fwd(small);
        }
    }

    /// The sum of all digits times their rows, one column of the external
    /// product: `out = (sum << 16) mod 2^64`. `column` counts from 0, the mask.
    pub(crate) fn column(
        &self,
        gadget: Gadget,
        rows: &Spectra,
        column: usize,
        workspace: &mut Workspace,
        out: &mut [u64],
    ) {
        let Workspace { digits, sum } = workspace;
        let count = gadget.rows();
        let place = column * count * N..(column + 1) * count * N;
        sum.large.fill(0);
        let pairs = digits
            .large
            .chunks_exact(N)
            .zip(rows.large[place.clone()].chunks_exact(N));
        for (digit, row) in pairs {
            self.large.mul_accumulate(&mut sum.large, digit, row);
        }
        let (digits, rows) = (&digits.small[..count * N], &rows.small[place]);
        match gadget {
            Gadget::Compact => self
                .modulus
                .inner_product::<4>(digits, rows, &mut sum.small),
            Gadget::Fine => self
                .modulus
                .inner_product::<6>(digits, rows, &mut sum.small),
        }
        self.large.inv(&mut sum.large);
        self.small.inv(&mut sum.small);
        self.modulus.recombine(&sum.large, &sum.small, out);
    }
}

impl Modulus {
    /// `x mod P` for `|x| < P`.
    #[inline(always)]
    fn large_residue(self, x: i64) -> u64 {
        (x as u64).wrapping_add(self.large & (x >> 63) as u64)
    }

    /// `x mod q` for `x < 2^61`.
    #[inline(always)]
    fn reduce(self, x: u64) -> u64 {
        // At most 2 below the quotient, and never above it.
        let leading = u64::from((x >> 29) as u32);
        let quotient = leading.wrapping_mul(u64::from(self.reciprocal)) >> 32;
        let rest = x.wrapping_sub(quotient.wrapping_mul(u64::from(self.small)));
        self.below_thrice(rest)
    }

    fn decompose<const BASE_LOG: u32, const LEVELS: usize>(
        self,
        polynomial: &[u64],
        part: usize,
        out: &mut Spectra,
    ) {
        let place = part * LEVELS;
        let large = &mut out.large.as_chunks_mut::<N>().0[place..place + LEVELS];
        let small = &mut out.small.as_chunks_mut::<N>().0[place..place + LEVELS];
        let large: &mut [[u64; N]; LEVELS] = large.try_into().expect("as many as levels");
        let small: &mut [[u32; N]; LEVELS] = small.try_into().expect("as many as levels");
        let polynomial: &[u64; N] = polynomial.try_into().expect("N coefficients");
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for j in 0..N {
                    let digits = digits::<BASE_LOG, LEVELS>(polynomial[j]);
                    for level in 0..LEVELS {
                        let digit = digits[level];
                        large[level][j] = self.large_residue(digit);
                        small[level][j] =
                            (digit as u32).wrapping_add(self.small & (digit >> 63) as u32);
                    }
                }
            },
        );
    }

    /// `sum over i of digits_i rows_i / 2^32 mod q`, pointwise. The terms are
    /// below `2^60` each, so six add up in a word before one reduction.
    fn inner_product<const COUNT: usize>(self, digits: &[u32], rows: &[u32], out: &mut [u32]) {
        let digits: &[[u32; N]; COUNT] = digits.as_chunks().0.try_into().expect("COUNT of them");
        let rows: &[[u32; N]; COUNT] = rows.as_chunks().0.try_into().expect("COUNT of them");
        let out: &mut [u32; N] = out.try_into().expect("N coefficients");
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for j in 0..N {
                    let mut sum = 0u64;
                    for i in 0..COUNT {
                        let term = u64::from(digits[i][j]).wrapping_mul(u64::from(rows[i][j]));
                        sum = sum.wrapping_add(term);
                    }
                    out[j] = self.montgomery(sum) as u32;
                }
            },
        );
    }

    /// `x / 2^32 mod q` for `x < 6 * 2^60`.
    #[inline(always)]
    fn montgomery(self, x: u64) -> u64 {
        let multiple = u64::from((x as u32).wrapping_mul(self.negated_inverse));
        // Six terms and this: below 10 * 2^60 / 2^32, less than 3q.
        self.below_thrice(x.wrapping_add(multiple.wrapping_mul(u64::from(self.small))) >> 32)
    }

    /// `x mod q` for `x < 3q`: what is subtracted too often wraps and is larger.
    #[inline(always)]
    fn below_thrice(self, x: u64) -> u64 {
        let q = u64::from(self.small);
        let x = x.min(x.wrapping_sub(q.wrapping_mul(2)));
        x.min(x.wrapping_sub(q))
    }

    /// `out = x << 16 mod 2^64` for the whole numbers `x` of these residues.
    fn recombine(self, large: &[u64], small: &[u32], out: &mut [u64]) {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for ((out, a), b) in out.iter_mut().zip(large).zip(small) {
                    let k = u64::from(*b).wrapping_sub(self.reduce(*a));
                    // In [0, q), then nearest to zero.
                    let q = u64::from(self.small);
                    let k = k.min(k.wrapping_add(q));
                    let above = u64::from(k > q / 2).wrapping_neg();
                    let k = k.wrapping_sub(q & above);
                    let x = a.wrapping_add(self.large.wrapping_mul(k));
                    *out = x << SENT_DROPPED_BITS;
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schoolbook::schoolbook;
    use proptest::prelude::*;

    const PAIRS: [Primes; 2] = [Primes::FAST, Primes::PORTABLE];

    #[test]
    fn the_large_primes_are_1_modulo_the_small_ones_and_wide_enough() {
        for Primes { large, small } in PAIRS {
            assert_eq!(large % u64::from(small), 1);
            let most = u128::from(large) * u128::from(small) / 2;
            // 4 N 2^16 2^47 of the compact gadget, with two bits to spare.
            assert!(most > 1 << 78, "{large} {small}");
            assert!((1 << 29..1 << 30).contains(&small));
        }
    }

    /// The digits and rows, multiplied by the definition.
    fn defined(digits: &[Vec<i64>], rows: &[Vec<u64>]) -> Vec<u64> {
        let mut out = vec![0u64; N];
        for (digits, row) in digits.iter().zip(rows) {
            let product = schoolbook(digits, row);
            out = out
                .iter()
                .zip(product)
                .map(|(sum, x)| sum.wrapping_add(x))
                .collect();
        }
        out.iter().map(|x| x << SENT_DROPPED_BITS).collect()
    }

    fn digit_polynomials(gadget: Gadget, accumulator: [&[u64]; 2]) -> Vec<Vec<i64>> {
        let level_of = |polynomial: &[u64], level: usize| {
            let digit = |x: &u64| match gadget {
                Gadget::Compact => digits::<17, 2>(*x)[level],
                Gadget::Fine => digits::<14, 3>(*x)[level],
            };
            polynomial.iter().map(digit).collect()
        };
        let levels = 0..gadget.levels();
        let parts = accumulator.into_iter();
        parts
            .flat_map(|part| levels.clone().map(move |level| level_of(part, level)))
            .collect()
    }

    /// Both columns with both pairs of primes against the definition.
    fn agrees(gadget: Gadget, accumulator: [&[u64]; 2], rows: &[Vec<u64>]) {
        let digits = digit_polynomials(gadget, accumulator);
        for primes in PAIRS {
            let residues = Residues::new(primes);
            let mut spectra = Spectra::zero(2 * gadget.rows());
            for (at, row) in rows.iter().enumerate() {
                residues.prepare(row, at, &mut spectra);
            }
            let mut workspace = Workspace::new();
            residues.decompose(gadget, accumulator, &mut workspace);
            for column in 0..2 {
                let mut out = vec![0; N];
                residues.column(gadget, &spectra, column, &mut workspace, &mut out);
                let rows = &rows[column * gadget.rows()..];
                assert!(
                    out == defined(&digits, rows),
                    "{gadget:?} {primes:?} {column}"
                );
            }
        }
    }

    /// Every digit and every row at its extreme, in each combination of signs.
    #[test]
    fn the_largest_sums_are_exact() {
        for gadget in Gadget::ALL {
            // All digits at their least: sum of -2^(b-1) g_j; at their greatest: of 2^(b-1) - 1.
            let half = 1u64 << (gadget.base_log() - 1);
            let all = |digit: u64| {
                (1..=gadget.levels()).fold(0u64, |x, level| {
                    x.wrapping_add(digit.wrapping_mul(gadget.element(level)))
                })
            };
            for x in [all(half.wrapping_neg()), all(half - 1)] {
                for row in [1u64 << (SENT_BITS - 1), (1 << (SENT_BITS - 1)) - 1] {
                    let (x, row) = (vec![x; N], vec![row; N]);
                    agrees(gadget, [&x, &x], &vec![row; 2 * gadget.rows()]);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn external_products_equal_the_definition(seed: u64) {
            let mut state = seed;
            let mut next = || {
                // SplitMix64, only to fill test polynomials.
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^ (z >> 31)
            };
            for gadget in Gadget::ALL {
                let (mask, body): (Vec<_>, Vec<_>) = (0..N).map(|_| (next(), next())).unzip();
                let rows: Vec<Vec<u64>> = (0..2 * gadget.rows())
                    .map(|_| (0..N).map(|_| next() >> SENT_DROPPED_BITS).collect())
                    .collect();
                agrees(gadget, [&mask, &body], &rows);
            }
        }
    }
}
