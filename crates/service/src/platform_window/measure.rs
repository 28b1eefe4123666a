//! How bytes are spread: counts, entropy, and Pearson's chi-squared against an
//! even spread (Knuth, The Art of Computer Programming, vol. 2, 3.3.1).

/// 255 degrees of freedom: even bytes give a statistic between these in 9,999 of
/// 10,000 cases (Wilson and Hilferty's approximation of the quantiles).
pub(super) const CHI_SQUARED_EVEN: (f64, f64) = (176.3, 352.5);

/// What was counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spread {
    /// How often each byte occurs.
    pub(super) counts: [u64; 256],
    /// How many bytes there are.
    pub(super) bytes: u64,
    /// Bits a byte carries, by how often each occurs (Shannon): at most 8.
    pub(super) entropy: f64,
    /// Chi-squared against an even spread.
    pub(super) chi_squared: f64,
}

impl Spread {
    /// Counts bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut counts = [0; 256];
        for byte in bytes {
            counts[usize::from(*byte)] += 1;
        }
        let total = bytes.len() as f64;
        let expected = total / 256.0;
        let (mut entropy, mut chi_squared) = (0.0, 0.0);
        for count in counts {
            let count = count as f64;
            if count > 0.0 {
                entropy -= count / total * (count / total).log2();
            }
            if expected > 0.0 {
                chi_squared += (count - expected).powi(2) / expected;
            }
        }
        Self {
            counts,
            bytes: bytes.len() as u64,
            entropy,
            chi_squared,
        }
    }

    /// Whether the bytes are spread as even ones are.
    pub(super) fn is_even(&self) -> bool {
        let (least, most) = CHI_SQUARED_EVEN;
        (least..=most).contains(&self.chi_squared)
    }

    /// The largest count.
    pub(super) fn most(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or_default()
    }
}

/// Bytes without those places of each eight-byte number that hold the same in
/// all of them, and how many places that are.
pub(super) fn varying(bytes: &[u8]) -> (Vec<u8>, usize) {
    let numbers = bytes.chunks_exact(8);
    let first = numbers.clone().next().unwrap_or_default();
    let varies: Vec<bool> = (0..first.len())
        .map(|place| numbers.clone().any(|number| number[place] != first[place]))
        .collect();
    let kept = |number: &[u8]| -> Vec<u8> {
        let places = number.iter().zip(&varies);
        places
            .filter(|(_, varies)| **varies)
            .map(|(byte, _)| *byte)
            .collect()
    };
    let fixed = varies.iter().filter(|varies| !**varies).count();
    (numbers.flat_map(kept).collect(), fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_even_is_told_from_what_is_not() {
        let one_each: Vec<u8> = (0..=255).collect();
        let even = Spread::of(&one_each);
        assert!((even.entropy - 8.0).abs() < 1e-12);
        // Too even is not what chance gives either.
        assert!(even.chi_squared.abs() < 1e-12 && !even.is_even());
        let text = Spread::of(
            b"a text is not spread evenly over all bytes"
                .repeat(20)
                .as_slice(),
        );
        assert!(text.entropy < 5.0 && !text.is_even());
        assert_eq!(Spread::of(&[]).bytes, 0);
        let mut stream = [0; 65_536];
        getrandom::fill(&mut stream).unwrap();
        let random = Spread::of(&stream);
        assert!(random.entropy > 7.99);
    }

    #[test]
    fn places_that_never_change_are_left_out() {
        let mut bytes = Vec::new();
        for number in 1..=9_u64 {
            bytes.extend_from_slice(&(number << 16).to_le_bytes());
        }
        let (kept, fixed) = varying(&bytes);
        assert_eq!((kept, fixed), ((1..=9).collect(), 7));
        assert_eq!(varying(&[]), (Vec::new(), 0));
    }
}
