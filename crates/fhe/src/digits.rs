//! The gadget decomposition, as section 9 of `docs/protocol.md` fixes it.
//!
//! A coefficient `x` is rounded to its leading `B * l` bits and written in
//! balanced digits, least first; a digit of `2^(B-1)` or more becomes negative
//! and carries. The last carry is dropped: it is worth `2^64`. tfhe's own
//! decomposer breaks ties differently, so the bytes of a result would differ;
//! these few lines are the definition.

use pulp::Arch;

use crate::parameters::{BASE_LOG, LEVELS, N};

const BITS: u32 = BASE_LOG.0 as u32;
const KEPT: u32 = BITS * LEVELS.0 as u32;

/// One polynomial a level; `[0]` belongs to the largest gadget element, `g_1`.
pub(crate) type Digits = [Box<[i64]>; LEVELS.0];

/// Buffers for [`decompose`].
pub(crate) fn buffers() -> Digits {
    std::array::from_fn(|_| vec![0i64; N].into_boxed_slice())
}

/// `g_j = 2^(64 - B j)` for level `j`, counted from 1.
pub(crate) const fn gadget(level: usize) -> u64 {
    1 << (64 - BITS * level as u32)
}

/// Writes the digits of every coefficient of `polynomial`.
pub(crate) fn decompose(polynomial: &[u64], digits: &mut Digits) {
    let [first, second, third] = digits;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let columns = first
                .iter_mut()
                .zip(second.iter_mut())
                .zip(third.iter_mut());
            for (&x, ((d1, d2), d3)) in polynomial.iter().zip(columns) {
                let rounded = x.wrapping_add(1 << (63 - KEPT)) >> (64 - KEPT);
                let (d, rest) = least_digit(rounded);
                *d3 = d;
                let (d, rest) = least_digit(rest);
                *d2 = d;
                *d1 = least_digit(rest).0;
            }
        },
    );
}

/// The least digit of `value`, and what is left to decompose.
#[inline(always)]
fn least_digit(value: u64) -> (i64, u64) {
    let low = value & ((1 << BITS) - 1);
    let carry = low >> (BITS - 1);
    let digit = (low as i64).wrapping_sub((carry << BITS) as i64);
    (digit, (value >> BITS).wrapping_add(carry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digits_of(x: u64) -> [i64; LEVELS.0] {
        let mut polynomial = vec![0; N];
        polynomial[N - 1] = x;
        let mut digits = buffers();
        decompose(&polynomial, &mut digits);
        std::array::from_fn(|level| digits[level][N - 1])
    }

    proptest! {
        #[test]
        fn digits_are_balanced_and_add_up_to_the_rounded_coefficient(x: u64) {
            let digits = digits_of(x);
            let half = 1i64 << (BITS - 1);
            prop_assert!(digits.iter().all(|d| (-half..half).contains(d)));
            let sum = digits.iter().enumerate().fold(0u64, |sum, (level, d)| {
                sum.wrapping_add((*d as u64).wrapping_mul(gadget(level + 1)))
            });
            let error = x.wrapping_sub(sum) as i64;
            prop_assert!(error.unsigned_abs() <= 1 << (63 - KEPT));
        }
    }

    #[test]
    fn ties_go_to_the_negative_digit() {
        // v = 2^(B-1): the digit is -2^(B-1) and the next level takes the carry.
        let x = 1u64 << (64 - KEPT + BITS - 1);
        assert_eq!(digits_of(x), [0, 1, -(1 << (BITS - 1))]);
        assert_eq!(digits_of(u64::MAX), [0, 0, 0]);
    }
}
