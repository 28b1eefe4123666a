//! The definition of a product in Z_{2^64}[X]/(X^N + 1), which the fast ones are
//! held against in tests.

use crate::parameters::N;

/// Sum over i + j = k, minus over i + j = k + N, mod 2^64.
pub(crate) fn schoolbook(small: &[i64], large: &[u64]) -> Vec<u64> {
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
