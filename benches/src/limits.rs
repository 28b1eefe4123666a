//! The distance to the limit: what an evaluation computes and moves, against
//! what the machine can.
//!
//! The floor is an evaluation that transforms each polynomial once, as fast as
//! tfhe's Fourier transform does, moves each byte once, as fast as memory is
//! copied, and does nothing else. It is out of reach for exact arithmetic, which
//! needs more bits than one transform carries; what is reached is the floor over
//! the time measured.

use blindscore_fhe::Gadget;
use blindscore_fhe::parameters::N;
use blindscore_history::form::Form;
use serde::Serialize;

use crate::measure::Units;

/// Butterflies of one transform of size N modulo a prime: `N/2 log2 N`.
const BUTTERFLIES: usize = N / 2 * N.ilog2() as usize;

/// What one evaluation takes, counted from its algorithm (`docs/design.md`).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Work {
    /// Polynomials that are brought from one domain to the other.
    pub polynomials: usize,
    /// Transforms of size N modulo a prime that this takes.
    pub transforms: usize,
    /// Their butterflies.
    pub butterflies: usize,
    /// Multiply-adds in the transform domain, and of the packed body.
    pub multiply_adds: usize,
    /// Bytes read that no cache near the core holds: rows of cells, or a packed
    /// history; and the result's.
    pub bytes: usize,
}

/// Work, floor and share.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Limit {
    /// The work.
    pub work: Work,
    /// The floor, of one core.
    pub floor_us: f64,
    /// Floor over measured time.
    pub share: f64,
}

impl Work {
    /// One packed score: table and history are in the transform domain before;
    /// two parts of the mask come back, the body is an inner product.
    pub const PACKED: Self = Self {
        polynomials: 1,
        transforms: 2,
        butterflies: 2 * BUTTERFLIES,
        multiply_adds: 2 * N + N,
        // Factor and table, body and mirrored table, mask of the result.
        bytes: (2 + 1 + 1 + 1 + 1) * N * 8,
    };

    /// So many external products: each coefficient's digits forth and two
    /// polynomials back, modulo two primes of 8 and 4 bytes.
    pub const fn composable(gadget: Gadget, products: usize) -> Self {
        let digits = gadget.rows();
        Self {
            polynomials: products * (digits + 2),
            transforms: products * 2 * (digits + 2),
            butterflies: products * 2 * (digits + 2) * BUTTERFLIES,
            multiply_adds: products * 2 * 2 * digits * N,
            bytes: products * 2 * digits * N * 12,
        }
    }

    /// What it takes for an evaluation in that form.
    pub const fn of(form: Form, gadget: Gadget, products: usize) -> Self {
        match form {
            Form::Packed => Self::PACKED,
            Form::Composable => Self::composable(gadget, products),
        }
    }
}

impl Limit {
    /// The limit for work that was measured to take `measured_us`.
    pub fn new(work: Work, measured_us: f64, units: &Units) -> Self {
        let transforming = work.polynomials as f64 * units.fourier_us;
        // Copying counts a byte read and written as two.
        let moving = work.bytes as f64 / (units.copy_gb_per_s * 1e3);
        let floor_us = transforming + moving;
        Self {
            work,
            floor_us,
            share: floor_us / measured_us,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_adds_transforms_and_bytes() {
        let units = Units {
            bootstrap_us: 1.0,
            transform_us: 2.0,
            fourier_us: 1.0,
            copy_gb_per_s: 19.6608,
            plain_ns: 1.0,
            seal_cell_us: 1.0,
        };
        // 8 rows' polynomials of 2,048 coefficients, 12 bytes each: 10 us.
        let limit = Limit::new(Work::composable(Gadget::Compact, 3), 96.0, &units);
        assert_eq!(limit.work.bytes, 3 * 196_608);
        assert!((limit.floor_us - 3.0 * (6.0 + 10.0)).abs() < 1e-9);
        assert!((limit.share - 0.5).abs() < 1e-9);
    }
}
