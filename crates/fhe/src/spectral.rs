//! The spectral gate of packed tables.
//!
//! A key outside the honest norms could make a packed table's noise add up at
//! one frequency. With `max |t(zeta)| <= 2^16 - 1` over the roots of `X^N + 1`
//! a wrong score has probability at most 2^-106 a sealing, whatever the key
//! that the proof of opening will admit (`docs/security.md`, "Noise, and what
//! can go wrong by chance"); a table above it is refused.

use std::f64::consts::PI;

use crate::parameters::N;

/// The largest admitted `|t(zeta)|`. Bare tables can pass it; spread ones stay
/// near half of it, so no scorecard is known that a plan refuses for it.
pub const SPECTRAL_GATE: f64 = 65_535.0;

/// `max |t(zeta)|` over the odd powers of a primitive 4096-th root of unity.
///
/// `table` has `N` coefficients. Conjugate roots give equal absolute values,
/// so half of them are looked at.
pub fn spectral_maximum(table: &[i64]) -> f64 {
    // Even and odd coefficients as one complex FFT would need a library for
    // what is 2 million multiplications a plan: the definition will do.
    let roots: Vec<(f64, f64)> = (0..2 * N)
        .map(|k| {
            let angle = PI * k as f64 / N as f64;
            (angle.cos(), angle.sin())
        })
        .collect();
    let terms: Vec<(usize, f64)> = table
        .iter()
        .enumerate()
        .filter(|(_, t)| **t != 0)
        .map(|(i, t)| (i, *t as f64))
        .collect();
    let at = |odd: usize| {
        let (re, im) = terms.iter().fold((0.0, 0.0), |(re, im), (i, t)| {
            let (cos, sin) = roots[i * odd % (2 * N)];
            (re + t * cos, im + t * sin)
        });
        f64::hypot(re, im)
    };
    (1..N).step_by(2).map(at).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::PackedTable;
    use blindscore_history::scheme::Scheme;

    /// What a scorecard's tables weigh at most: points of two characteristics
    /// make up the span of 1020, over all 256 levels of a line-window each.
    #[test]
    fn the_heaviest_tables_pass_only_because_they_are_spread() {
        let mut values = vec![510; 512];
        values.resize(N, 0);
        let bare = spectral_maximum(&values);
        assert!(bare > 3.0 * SPECTRAL_GATE, "{bare}");
        for spread in 0..20 {
            let text = format!(
                r#"{{"blindscore_scheme": 1, "name": "heavy", "version": 1, "currency": "EUR",
                "sources_max": 1, "spread": {spread}, "lines": [{{"name": "a", "kind": "pooled",
                "flows": ["expenditure"], "unit": 1, "cap": 255, "windows": [1, 2]}}]}}"#
            );
            let scheme = Scheme::from_json(&text).unwrap();
            let table = PackedTable::new(&scheme, &values);
            let maximum = spectral_maximum(table.coefficients());
            assert!(maximum < 0.8 * SPECTRAL_GATE, "{maximum}");
        }
    }

    #[test]
    fn a_monomial_is_flat_and_a_low_frequency_adds_up() {
        let mut monomial = vec![0; N];
        monomial[7] = -300;
        assert!((spectral_maximum(&monomial) - 300.0).abs() < 1e-6);
        // sum of X^i at zeta near 1: about 2N/pi terms in step.
        let ones = spectral_maximum(&[1; N]);
        assert!((ones - 2.0 * N as f64 / PI).abs() < 1.0, "{ones}");
    }
}
