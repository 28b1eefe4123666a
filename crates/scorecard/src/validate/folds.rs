//! Folds: each row in one of them, good and bad spread evenly.

use super::random::Random;

/// The fold of each row, `0..folds`. Each class is shuffled and dealt out in
/// turn, so that no fold has over one row of a class more than another; the
/// second class is dealt on from where the first ended.
pub(crate) fn stratified(bad: &[bool], folds: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut fold_of = vec![0; bad.len()];
    let mut next = 0;
    for class in [true, false] {
        let mut rows: Vec<usize> = (0..bad.len()).filter(|&row| bad[row] == class).collect();
        random.shuffle(&mut rows);
        for row in rows {
            fold_of[row] = next % folds;
            next += 1;
        }
    }
    fold_of
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folds_are_even_in_rows_and_classes(
            bad in prop::collection::vec(any::<bool>(), 10..200),
            folds in 2_usize..10,
            seed in any::<u64>(),
        ) {
            let fold_of = stratified(&bad, folds, seed);
            prop_assert_eq!(&fold_of, &stratified(&bad, folds, seed));
            for wanted in [None, Some(true), Some(false)] {
                let rows = |fold| (0..bad.len())
                    .filter(|&r| fold_of[r] == fold && wanted.is_none_or(|w| w == bad[r]))
                    .count();
                let counts: Vec<usize> = (0..folds).map(rows).collect();
                let (least, most) = (counts.iter().min(), counts.iter().max());
                prop_assert!(most.copied().unwrap_or(0) - least.copied().unwrap_or(0) <= 1);
            }
        }
    }
}
