//! Exact products in `Z[X]/(X^N + 1)` modulo 2^64.
//!
//! A released score must be reproducible byte for byte on any machine, and the
//! floating-point Fourier transform is not: it differs between processors. So
//! products go through a number-theoretic transform modulo one prime `p` of 50
//! bits (tfhe-ntt), and are recovered as whole integers before anything is
//! reduced modulo 2^64; which prime was used leaves no trace.
//!
//! # How 64 bits pass through a 50-bit prime
//!
//! One side of every product here is small: table entries of 10 bits, ternary
//! or binary polynomials. The other side, a [`Factor`], is cut into *parts* of
//! `w` bits with centred coefficients, `x = x_0 + x_1 2^w + ...`. Each
//! `small * x_i` is then below `p/2` and its residue is the integer:
//!
//! | small side | at most | parts | sum of the products' terms |
//! |---|---|---|---|
//! | table, sealed mask of 48 bits | 510 | 2 of 24 bits | N 510 2^23 < 2^43 |
//! | table, 64 bits | 510 | 3 of 22 bits | N 510 2^21 < 2^41 |
//! | ternary or binary, 64 bits | 1 | 2 of 32 bits | N 2^31 = 2^42 |
//!
//! (External products, whose digits are larger, are carried by two primes: see
//! the module `residues`.)
//!
//! Against the textbook way, two primes and the remainder theorem, the small
//! side is transformed once instead of twice, and nothing has to be combined
//! across primes: a part's integer is shifted into place.

use std::sync::OnceLock;

use aligned_vec::{AVec, avec};
use pulp::Arch;
use tfhe_ntt::prime64::Plan;
use zeroize::Zeroize;

use crate::parameters::{N, SENT_BITS};

/// Which prime carries the products. All give the same integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prime {
    /// 50 bits, fastest where AVX-512 IFMA is there. What evaluation uses.
    Fifty,
    /// 61 bits: other constants, and code of tfhe-ntt that does without IFMA.
    /// The feature `portable` makes evaluation use it, so that one machine can
    /// check one path against the other.
    SixtyOne,
}

impl Prime {
    /// The largest prime below `2^bits` that is 1 mod 2N, so that a root of
    /// order 2N exists.
    const fn value(self) -> u64 {
        match self {
            Self::Fifty => (1 << 50) - 16_383,
            Self::SixtyOne => (1 << 61) - 77_823,
        }
    }
}

/// How a polynomial is cut into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// 48-bit coefficients, as they are sealed, in two parts, for products with
    /// tables. The product counts 2^16, what sealing dropped.
    Sealed,
    /// 64-bit coefficients in three parts, for products with tables.
    Tables,
    /// 64-bit coefficients in two parts, for products with ternary or binary
    /// polynomials.
    Ternary,
}

impl Cut {
    const fn parts(self) -> usize {
        match self {
            Self::Sealed | Self::Ternary => 2,
            Self::Tables => 3,
        }
    }

    const fn width(self) -> u32 {
        match self {
            Self::Sealed => SENT_BITS / 2,
            Self::Tables => 22,
            Self::Ternary => 32,
        }
    }
}

/// The transform modulo one prime.
pub struct Ring {
    plan: Plan,
    prime: u64,
}

/// A small polynomial in the transform domain.
#[derive(Clone)]
pub struct Spectrum {
    residues: AVec<u64>,
}

/// A large polynomial in the transform domain: its parts, one after the other,
/// with the transform's normalisation already in them.
#[derive(Clone)]
pub struct Factor {
    cut: Cut,
    residues: AVec<u64>,
}

/// A sum of products in the transform domain, part by part.
#[derive(Clone)]
pub struct ProductSum {
    cut: Cut,
    residues: AVec<u64>,
}

impl Spectrum {
    /// Zero.
    pub fn zero() -> Self {
        Self {
            residues: avec![0u64; N],
        }
    }

    /// Overwrites a secret polynomial's transform.
    pub(crate) fn wipe(&mut self) {
        self.residues.zeroize();
    }
}

impl ProductSum {
    /// Zero, for products with factors of that cut.
    pub fn zero(cut: Cut) -> Self {
        Self {
            cut,
            residues: avec![0u64; cut.parts() * N],
        }
    }
}

impl Ring {
    /// The ring that evaluation uses, built once a process.
    pub fn shared() -> &'static Self {
        static RING: OnceLock<Ring> = OnceLock::new();
        let prime = if cfg!(feature = "portable") {
            Prime::SixtyOne
        } else {
            Prime::Fifty
        };
        RING.get_or_init(|| Self::new(prime))
    }

    /// A ring on the given prime.
    ///
    /// Takes a fraction of a millisecond (tables of roots): keep it.
    ///
    /// # Panics
    /// Never: both primes have the roots.
    pub fn new(prime: Prime) -> Self {
        let prime = prime.value();
        let plan = Plan::try_new(N, prime).expect("the prime is 1 mod 2N");
        Self { plan, prime }
    }

    /// Transforms small signed coefficients, `|x| < 2^49`, into `out`.
    pub fn transform(&self, small: &[i64], out: &mut Spectrum) {
        let p = self.prime;
        let residues = &mut out.residues[..];
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (residue, &x) in residues.iter_mut().zip(small) {
                    *residue = residue_of(x, p);
                }
            },
        );
        self.plan.fwd(residues);
    }

    /// Prepares a polynomial as the large side of products: coefficients
    /// modulo 2^64, or of 48 bits with anything above for [`Cut::Sealed`].
    pub fn factor(&self, cut: Cut, coefficients: &[u64]) -> Factor {
        let (p, width) = (self.prime, cut.width());
        let unused = 64 - width;
        let mut residues = avec![0u64; cut.parts() * N];
        let mut rest = coefficients.to_vec();
        for part in residues.chunks_exact_mut(N) {
            let rest = &mut rest[..];
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (residue, rest) in part.iter_mut().zip(rest) {
                        // The centred residue mod 2^w; what is left is a multiple.
                        let centred = (*rest << unused) as i64 >> unused;
                        *residue = residue_of(centred, p);
                        *rest = (rest.wrapping_sub(centred as u64) as i64 >> width) as u64;
                    }
                },
            );
            self.plan.fwd(part);
            self.plan.normalize(part);
        }
        Factor { cut, residues }
    }

    /// `sum += small * factor`, pointwise; both of one cut.
    pub fn multiply_add(&self, sum: &mut ProductSum, small: &Spectrum, factor: &Factor) {
        debug_assert_eq!(sum.cut, factor.cut);
        let parts = sum
            .residues
            .chunks_exact_mut(N)
            .zip(factor.residues.chunks_exact(N));
        for (sum, factor) in parts {
            self.plan.mul_accumulate(sum, &small.residues, factor);
        }
    }

    /// Transforms a sum of products back: `out[j] = (sum_j << shift) mod 2^64`.
    /// The sum is consumed: it is zero afterwards, ready for the next.
    pub fn recombine(&self, sum: &mut ProductSum, shift: u32, out: &mut [u64]) {
        let p = self.prime;
        let width = sum.cut.width();
        out.fill(0);
        for (index, part) in sum.residues.chunks_exact_mut(N).enumerate() {
            self.plan.inv(part);
            let place = shift + width * index as u32;
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (out, residue) in out.iter_mut().zip(part) {
                        // Above p/2 the integer is negative; modulo 2^64 it wraps.
                        let negative = u64::from(*residue > p / 2);
                        let value = residue.wrapping_sub(p & negative.wrapping_neg());
                        *out = out.wrapping_add(value << place);
                        *residue = 0;
                    }
                },
            );
        }
    }

    /// `small * factor`, modulo 2^64.
    pub fn product(&self, small: &[i64], factor: &Factor) -> Vec<u64> {
        let mut spectrum = Spectrum::zero();
        self.transform(small, &mut spectrum);
        let mut sum = ProductSum::zero(factor.cut);
        self.multiply_add(&mut sum, &spectrum, factor);
        let mut out = vec![0; N];
        self.recombine(&mut sum, 0, &mut out);
        out
    }
}

/// `x mod p` for `|x| < p`.
#[inline(always)]
fn residue_of(x: i64, p: u64) -> u64 {
    (x as u64).wrapping_add(p & (x >> 63) as u64)
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring")
            .field("prime", &self.prime)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spectrum { .. }")
    }
}

impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factor { .. }")
    }
}

impl std::fmt::Debug for ProductSum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProductSum { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schoolbook::schoolbook;
    use proptest::prelude::*;

    fn stream(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            // SplitMix64, only to fill test polynomials.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
    }

    const PRIMES: [Prime; 2] = [Prime::Fifty, Prime::SixtyOne];

    #[test]
    fn every_cut_and_prime_equals_the_definition_and_tfhe_ntts_native64() {
        let native = tfhe_ntt::native64::Plan32::try_new(N).unwrap();
        for (cut, bound) in [(Cut::Ternary, 1i64), (Cut::Tables, 510)] {
            let mut next = stream(bound as u64);
            let small: Vec<i64> = (0..N)
                .map(|_| (next() % (2 * bound as u64 + 1)) as i64 - bound)
                .collect();
            let large: Vec<u64> = (0..N).map(|_| next()).collect();
            let want = schoolbook(&small, &large);
            let mut by_native = vec![0; N];
            let small_wrapped: Vec<u64> = small.iter().map(|d| *d as u64).collect();
            native.negacyclic_polymul(&mut by_native, &small_wrapped, &large);
            assert_eq!(by_native, want);
            for prime in PRIMES {
                let ring = Ring::new(prime);
                let factor = ring.factor(cut, &large);
                assert_eq!(ring.product(&small, &factor), want, "{prime:?} {cut:?}");
            }
        }
    }

    /// The extremes of each row of the table of bounds: all terms of one sign.
    #[test]
    fn the_largest_sums_of_products_are_exact() {
        let cases = [
            (Cut::Sealed, 510, 1, SENT_BITS),
            (Cut::Tables, 510, 1, 64),
            (Cut::Ternary, -1, 1, 64),
        ];
        for (cut, digit, products, bits) in cases {
            let small = vec![digit; N];
            // Every part at its most negative, then at its most positive.
            let half = (0..cut.parts() as u32).fold(0u64, |x, i| {
                x.wrapping_add(1u64.wrapping_shl(cut.width() * i + cut.width() - 1))
            });
            for x in [half, half.wrapping_sub(1), u64::MAX, 1 << (bits - 1)] {
                let large = vec![x; N];
                let once = schoolbook(&small, &large);
                let shift = 64 - bits;
                let want: Vec<u64> = once
                    .iter()
                    .map(|x| x.wrapping_mul(products) << shift)
                    .collect();
                for prime in PRIMES {
                    let ring = Ring::new(prime);
                    let factor = ring.factor(cut, &large);
                    let mut spectrum = Spectrum::zero();
                    ring.transform(&small, &mut spectrum);
                    let mut sum = ProductSum::zero(cut);
                    for _ in 0..products {
                        ring.multiply_add(&mut sum, &spectrum, &factor);
                    }
                    let mut out = vec![0; N];
                    ring.recombine(&mut sum, shift, &mut out);
                    assert_eq!(out, want, "{prime:?} {cut:?} {x:x}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn sealed_masks_times_tables_equal_the_definition(seed: u64) {
            let ring = Ring::shared();
            let mut next = stream(seed);
            let small: Vec<i64> = (0..N).map(|_| (next() % 1021) as i64 - 510).collect();
            let large: Vec<u64> = (0..N).map(|_| next() >> 16).collect();
            let mut spectrum = Spectrum::zero();
            ring.transform(&small, &mut spectrum);
            let mut sum = ProductSum::zero(Cut::Sealed);
            ring.multiply_add(&mut sum, &spectrum, &ring.factor(Cut::Sealed, &large));
            let mut out = vec![0; N];
            ring.recombine(&mut sum, 16, &mut out);
            let want: Vec<u64> = schoolbook(&small, &large).iter().map(|x| x << 16).collect();
            prop_assert_eq!(out, want);
        }
    }
}
