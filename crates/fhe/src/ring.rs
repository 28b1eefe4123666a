//! Exact products in `Z[X]/(X^N + 1)` modulo 2^64.
//!
//! A released score must be reproducible byte for byte on any machine, and the
//! floating-point Fourier transform is not: it differs between processors. So
//! products go through number-theoretic transforms modulo two fixed primes
//! (tfhe-ntt) and the remainder theorem. The integer product is recovered
//! whole, then reduced modulo 2^64; which primes were used leaves no trace.
//!
//! # Bounds
//!
//! The product of a 64-bit polynomial with one of small coefficients `|d| <= D`
//! is below `N * D * 2^64`. Two 50-bit primes carry integers below 2^98, so
//! `D` may reach 2^23: digits of 14 bits (six products added up), centred
//! table entries of 10 and ternary randomness all fit with room.
//!
//! # Transform domain
//!
//! One operand of every product is a [`Factor`], prepared once: it carries the
//! transform's normalisation and the remainder theorem's constants, so the
//! inverse transform of `digits * factor` gives the two cofactors `y_0`, `y_1`
//! of `v = y_0 p_1 + y_1 p_0 - k p_0 p_1` directly. What is left is two
//! wrapping multiplications a coefficient and the small `k`, found from the
//! leading bits.

use std::sync::OnceLock;

use aligned_vec::{AVec, avec};
use pulp::Arch;
use tfhe_ntt::prime64::Plan;
use zeroize::Zeroize;

use crate::parameters::N;

/// Which pair of primes carries the products. Both give the same integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primes {
    /// Two 50-bit primes, fastest where AVX-512 IFMA is there. What
    /// evaluation uses.
    Fifty,
    /// Two 61-bit primes: other constants, and code of tfhe-ntt that does
    /// without IFMA. The feature `portable` makes evaluation use them, so that
    /// one machine can check one path against the other.
    SixtyOne,
}

impl Primes {
    /// `2^bits - c` for both; each is 1 mod 2N, so a root of order 2N exists.
    const fn bits_and_complements(self) -> (u32, [u64; 2]) {
        match self {
            Self::Fifty => (50, [16_383, 110_591]),
            Self::SixtyOne => (61, [77_823, 139_263]),
        }
    }
}

/// Bits kept after the point in the quotient estimate of the recombination.
const QUOTIENT_BITS: u32 = 52;
/// Leading bits of a cofactor that the estimate looks at.
const LEADING_BITS: u32 = 31;

/// Transforms and constants for one pair of primes.
pub struct Ring {
    plans: [Plan; 2],
    primes: [u64; 2],
    bits: u32,
    complements: [u64; 2],
    /// `(P / p_i)^-1 mod p_i`, repeated N times for the pointwise product.
    cofactors: [AVec<u64>; 2],
    /// `round(2^(52 + bits - 31) / p_i)`.
    quotient_steps: [u64; 2],
}

/// A polynomial in the transform domain, as it comes out of the transform.
#[derive(Clone)]
pub struct Spectrum {
    residues: AVec<u64>,
}

/// A polynomial in the transform domain, prepared to be one side of products.
#[derive(Clone)]
pub struct Factor {
    residues: AVec<u64>,
}

impl Spectrum {
    /// Zero.
    pub fn zero() -> Self {
        Self {
            residues: avec![0u64; 2 * N],
        }
    }

    /// Overwrites a secret polynomial's transform.
    pub(crate) fn wipe(&mut self) {
        self.residues.zeroize();
    }
}

impl Ring {
    /// The ring that evaluation uses, built once a process.
    pub fn shared() -> &'static Self {
        static RING: OnceLock<Ring> = OnceLock::new();
        let primes = if cfg!(feature = "portable") {
            Primes::SixtyOne
        } else {
            Primes::Fifty
        };
        RING.get_or_init(|| Self::new(primes))
    }

    /// A ring on the given primes.
    ///
    /// Takes milliseconds (tables of roots): keep it.
    pub fn new(primes: Primes) -> Self {
        let (bits, complements) = primes.bits_and_complements();
        let [p0, p1] = complements.map(|c| (1 << bits) - c);
        let plan = |p| Plan::try_new(N, p).expect("both primes are 1 mod 2N");
        let inverse = |a: u64, p: u64| power_mod(a % p, p - 2, p);
        let step = |p: u64| {
            let shift = QUOTIENT_BITS + bits - LEADING_BITS;
            ((1u128 << shift) + u128::from(p / 2)) / u128::from(p)
        };
        Self {
            plans: [plan(p0), plan(p1)],
            primes: [p0, p1],
            bits,
            complements,
            cofactors: [avec![inverse(p1, p0); N], avec![inverse(p0, p1); N]],
            quotient_steps: [step(p0) as u64, step(p1) as u64],
        }
    }

    /// Transforms small signed coefficients, `|x| < 2^49`, into `out`.
    pub fn transform_signed(&self, coefficients: &[i64], out: &mut Spectrum) {
        for (i, residues) in out.residues.chunks_exact_mut(N).enumerate() {
            let p = self.primes[i];
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (residue, &x) in residues.iter_mut().zip(coefficients) {
                        *residue = (x as u64).wrapping_add(p & ((x >> 63) as u64));
                    }
                },
            );
            self.plans[i].fwd(residues);
        }
    }

    /// Transforms coefficients modulo 2^64, read as integers in `[0, 2^64)`.
    pub fn transform(&self, coefficients: &[u64], out: &mut Spectrum) {
        let bits = self.bits;
        for (i, residues) in out.residues.chunks_exact_mut(N).enumerate() {
            let (p, complement) = (self.primes[i], self.complements[i]);
            let low = (1u64 << bits) - 1;
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (residue, &x) in residues.iter_mut().zip(coefficients) {
                        // 2^bits = complement mod p; two steps bring it below 2p.
                        let folded = (x & low) + (x >> bits) * complement;
                        *residue = folded.min(folded.wrapping_sub(p));
                    }
                },
            );
            self.plans[i].fwd(residues);
        }
    }

    /// Prepares a polynomial modulo 2^64 as one side of products.
    pub fn factor(&self, coefficients: &[u64]) -> Factor {
        let mut spectrum = Spectrum::zero();
        self.transform(coefficients, &mut spectrum);
        self.prepare(spectrum)
    }

    /// Prepares small signed coefficients, `|x| < 2^49`, as one side of products.
    pub fn factor_signed(&self, coefficients: &[i64]) -> Factor {
        let mut spectrum = Spectrum::zero();
        self.transform_signed(coefficients, &mut spectrum);
        self.prepare(spectrum)
    }

    fn prepare(&self, spectrum: Spectrum) -> Factor {
        let mut residues = spectrum.residues;
        for (i, half) in residues.chunks_exact_mut(N).enumerate() {
            self.plans[i].mul_assign_normalize(half, &self.cofactors[i]);
        }
        Factor { residues }
    }

    /// `acc += spectrum * factor`, pointwise.
    pub fn multiply_add(&self, acc: &mut Spectrum, spectrum: &Spectrum, factor: &Factor) {
        for i in 0..2 {
            let half = i * N..(i + 1) * N;
            self.plans[i].mul_accumulate(
                &mut acc.residues[half.clone()],
                &spectrum.residues[half.clone()],
                &factor.residues[half],
            );
        }
    }

    /// Transforms a sum of products back: `out[j] = (product_j << shift) mod 2^64`.
    /// The sum is consumed: `sum` is zero afterwards, ready for the next.
    pub fn recombine(&self, sum: &mut Spectrum, shift: u32, out: &mut [u64]) {
        let [p0, p1] = self.primes;
        let [step0, step1] = self.quotient_steps;
        let drop = self.bits - LEADING_BITS;
        let (y0, y1) = sum.residues.split_at_mut(N);
        self.plans[0].inv(y0);
        self.plans[1].inv(y1);
        let whole = p0.wrapping_mul(p1);
        let (y0, y1) = (&*y0, &*y1);
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for ((out, &y0), &y1) in out.iter_mut().zip(y0).zip(y1) {
                    // y_0/p_0 + y_1/p_1 lies within 2^-20 of the integer k.
                    let estimate = (y0 >> drop)
                        .wrapping_mul(step0)
                        .wrapping_add((y1 >> drop).wrapping_mul(step1));
                    let k = estimate.wrapping_add(1 << (QUOTIENT_BITS - 1)) >> QUOTIENT_BITS;
                    let value = y0
                        .wrapping_mul(p1)
                        .wrapping_add(y1.wrapping_mul(p0))
                        .wrapping_sub(k.wrapping_mul(whole));
                    *out = value << shift;
                }
            },
        );
        sum.residues.fill(0);
    }

    /// `small * factor`, modulo 2^64, for small signed coefficients.
    pub fn product(&self, small: &[i64], factor: &Factor) -> Vec<u64> {
        let mut spectrum = Spectrum::zero();
        self.transform_signed(small, &mut spectrum);
        let mut sum = Spectrum::zero();
        self.multiply_add(&mut sum, &spectrum, factor);
        let mut out = vec![0; N];
        self.recombine(&mut sum, 0, &mut out);
        out
    }
}

/// `base^exponent mod modulus`.
fn power_mod(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let times = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring")
            .field("primes", &self.primes)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: sum over i + j = k, minus over i + j = k + N, mod 2^64.
    fn schoolbook(small: &[i64], large: &[u64]) -> Vec<u64> {
        let mut out = vec![0u64; N];
        for (i, &d) in small.iter().enumerate().filter(|(_, d)| **d != 0) {
            for (j, &x) in large.iter().enumerate() {
                let term = (d as u64).wrapping_mul(x);
                let k = (i + j) % N;
                out[k] = if i + j < N {
                    out[k].wrapping_add(term)
                } else {
                    out[k].wrapping_sub(term)
                };
            }
        }
        out
    }

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

    #[test]
    fn both_prime_pairs_equal_the_definition_and_tfhe_ntts_native64() {
        let native = tfhe_ntt::native64::Plan32::try_new(N).unwrap();
        for bound in [1i64, 510, 1 << 13, 1 << 22] {
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
            for primes in [Primes::Fifty, Primes::SixtyOne] {
                let ring = Ring::new(primes);
                assert_eq!(
                    ring.product(&small, &ring.factor(&large)),
                    want,
                    "{primes:?}"
                );
            }
        }
    }

    #[test]
    fn the_largest_sums_of_products_are_exact() {
        // Six products of extreme digits with extreme rows: an external product's worst case.
        let small = vec![-(1i64 << 13); N];
        let large = vec![u64::MAX; N];
        for primes in [Primes::Fifty, Primes::SixtyOne] {
            let ring = Ring::new(primes);
            let factor = ring.factor(&large);
            let mut spectrum = Spectrum::zero();
            ring.transform_signed(&small, &mut spectrum);
            let mut sum = Spectrum::zero();
            for _ in 0..6 {
                ring.multiply_add(&mut sum, &spectrum, &factor);
            }
            let mut out = vec![0; N];
            ring.recombine(&mut sum, 0, &mut out);
            let once = schoolbook(&small, &large);
            let want: Vec<u64> = once.iter().map(|x| x.wrapping_mul(6)).collect();
            assert_eq!(out, want);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn monomials_rotate_with_sign(position in 0..N, seed: u64) {
            let ring = Ring::shared();
            let mut next = stream(seed);
            let large: Vec<u64> = (0..N).map(|_| next()).collect();
            let mut monomial = vec![0i64; N];
            monomial[position] = -1;
            let got = ring.product(&monomial, &ring.factor(&large));
            for (j, x) in large.iter().enumerate() {
                let k = (j + position) % N;
                let want = if j + position < N { x.wrapping_neg() } else { *x };
                prop_assert_eq!(got[k], want);
            }
        }
    }
}
