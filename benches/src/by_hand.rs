//! What one would write by hand on tfhe's `FheUint16`, if it is built in.

use std::time::Duration;

/// Characteristics that are evaluated, of four comparisons each: a quarter of a
/// card of 12, so that it ends in seconds; the work is proportional.
pub const CHARACTERISTICS: usize = 3;

/// How long that takes on all cores, and `None` without the feature `by-hand`.
pub fn measure() -> Option<Duration> {
    run()
}

#[cfg(not(feature = "by-hand"))]
fn run() -> Option<Duration> {
    None
}

#[cfg(feature = "by-hand")]
fn run() -> Option<Duration> {
    let reference = blindscore_fhe::reference::Reference::generate();
    let numbers = reference.encrypt(&[17; CHARACTERISTICS]);
    let card = characteristics();
    let start = std::time::Instant::now();
    drop(reference.score(&numbers, &card));
    Some(start.elapsed())
}

/// The characteristics, one number each.
#[cfg(feature = "by-hand")]
pub fn characteristics() -> Vec<blindscore_fhe::reference::ReferenceCharacteristic> {
    (0..CHARACTERISTICS)
        .map(|index| blindscore_fhe::reference::ReferenceCharacteristic {
            summands: vec![index],
            attributes: vec![(0, 0), (5, 10), (10, 20), (20, 30), (40, 40)],
        })
        .collect()
}
