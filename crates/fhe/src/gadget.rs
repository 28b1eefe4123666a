//! The gadget of a cell: in which base and how many digits the coefficients of
//! an accumulator are written, as section 9 of `docs/protocol.md` fixes it.
//!
//! A coefficient `x` is rounded to its leading `b l` bits and written in
//! balanced digits of base `2^b`, least first; a digit of `2^(b-1)` or more
//! becomes negative and carries. The last carry is dropped: it is worth `2^64`.
//! tfhe's own decomposer breaks ties differently, so the bytes of a result
//! would differ; these few lines are the definition.

use blindscore_history::scheme::{CellSize, Scheme};

use crate::parameters::{N, SENT_BITS};

/// Base and levels of a history's cells. The scheme's [`CellSize`] says which:
/// all sources of an application and every plan over their cells agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gadget {
    /// Base `2^17`, two levels: 96 KB a cell, for plans of about a hundred
    /// products with 15 canaries.
    Compact,
    /// Base `2^14`, three levels: 144 KB a cell, an eighth of the noise.
    Fine,
}

/// The most digits that a coefficient has, over all gadgets.
pub(crate) const LEVELS_MAX: usize = 3;

impl Gadget {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Compact, Self::Fine];

    /// The gadget of the cells that are sealed under a scheme.
    pub fn of(scheme: &Scheme) -> Self {
        match scheme.cell_size() {
            CellSize::Compact => Self::Compact,
            CellSize::Fine => Self::Fine,
        }
    }

    /// The base, as a power of two.
    pub const fn base_log(self) -> u32 {
        match self {
            Self::Compact => 17,
            Self::Fine => 14,
        }
    }

    /// Digits of a coefficient.
    pub const fn levels(self) -> usize {
        match self {
            Self::Compact => 2,
            Self::Fine => LEVELS_MAX,
        }
    }

    /// Rows of a cell: one a level, for the mask and for the body.
    pub const fn rows(self) -> usize {
        2 * self.levels()
    }

    /// Bytes of a cell: mask and body of each row, [`SENT_BITS`] a coefficient.
    pub const fn cell_bytes(self) -> usize {
        self.rows() * 2 * N * SENT_BITS as usize / 8
    }

    /// `g_j = 2^(64 - b j)` for level `j`, counted from 1.
    pub const fn element(self, level: usize) -> u64 {
        1 << (64 - self.base_log() * level as u32)
    }

    /// Leading bits of a coefficient that its digits hold.
    pub const fn kept_bits(self) -> u32 {
        self.base_log() * self.levels() as u32
    }
}

/// The digits of a coefficient in base `2^BASE_LOG`; `[0]` belongs to `g_1`.
#[inline(always)]
pub(crate) fn digits<const BASE_LOG: u32, const LEVELS: usize>(x: u64) -> [i64; LEVELS] {
    let kept = BASE_LOG * LEVELS as u32;
    let mut rest = x.wrapping_add(1 << (63 - kept)) >> (64 - kept);
    let mut digits = [0; LEVELS];
    for digit in digits.iter_mut().rev() {
        let low = rest & ((1 << BASE_LOG) - 1);
        let carry = low >> (BASE_LOG - 1);
        *digit = (low as i64).wrapping_sub((carry << BASE_LOG) as i64);
        rest = (rest >> BASE_LOG).wrapping_add(carry);
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check<const BASE_LOG: u32, const LEVELS: usize>(gadget: Gadget, x: u64) {
        assert_eq!((gadget.base_log(), gadget.levels()), (BASE_LOG, LEVELS));
        let digits = digits::<BASE_LOG, LEVELS>(x);
        let half = 1i64 << (BASE_LOG - 1);
        assert!(digits.iter().all(|d| (-half..half).contains(d)));
        let sum = digits.iter().enumerate().fold(0u64, |sum, (level, d)| {
            sum.wrapping_add((*d as u64).wrapping_mul(gadget.element(level + 1)))
        });
        let error = x.wrapping_sub(sum) as i64;
        assert!(error.unsigned_abs() <= 1 << (63 - gadget.kept_bits()));
    }

    proptest! {
        #[test]
        fn digits_are_balanced_and_add_up_to_the_rounded_coefficient(x: u64) {
            check::<17, 2>(Gadget::Compact, x);
            check::<14, 3>(Gadget::Fine, x);
        }
    }

    #[test]
    fn ties_go_to_the_negative_digit() {
        // v = 2^(b-1): the digit is -2^(b-1) and the next level takes the carry.
        let tie = |gadget: Gadget| 1u64 << (63 - gadget.kept_bits() + gadget.base_log());
        assert_eq!(digits::<14, 3>(tie(Gadget::Fine)), [0, 1, -(1 << 13)]);
        assert_eq!(digits::<17, 2>(tie(Gadget::Compact)), [1, -(1 << 16)]);
        assert_eq!(digits::<17, 2>(u64::MAX), [0, 0]);
    }

    #[test]
    fn cells_have_the_sizes_that_the_protocol_names() {
        assert_eq!(Gadget::Compact.cell_bytes(), 98_304);
        assert_eq!(Gadget::Fine.cell_bytes(), 147_456);
    }
}
