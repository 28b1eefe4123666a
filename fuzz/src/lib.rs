//! What every fuzz target does with its bytes: read them, and hold the ledger to
//! what it promises.

use blindscore_history::ledger::Ledger;
use blindscore_history::statement::{Format, ReadOptions, read, read_from};

/// Reads the bytes as one format.
pub fn read_as(format: &str, bytes: &[u8]) {
    let format = Format::named(format);
    assert!(format.is_some(), "no such format");
    let options = ReadOptions {
        format,
        ..ReadOptions::default()
    };
    if let Ok(ledger) = read(bytes, "fuzz", &options) {
        check(&ledger);
    }
}

/// Reads the bytes as what they are found to be, as a slice and as a stream.
pub fn read_as_found(bytes: &[u8]) {
    let options = ReadOptions::default();
    let slice = read(bytes, "fuzz", &options);
    let stream = read_from(bytes, "fuzz", &options);
    assert!(slice == stream, "a stream reads as a slice does");
    if let Ok(ledger) = &slice {
        check(ledger);
    }
}

fn check(ledger: &Ledger) {
    let entries = ledger.entries();
    let coverage = ledger.coverage();
    assert!(entries.windows(2).all(|pair| pair[0].date <= pair[1].date));
    assert!(entries.iter().all(|entry| entry.amount >= 0));
    assert!(entries.iter().all(|entry| coverage.contains(entry.date)));
    assert!(
        entries
            .iter()
            .all(|entry| entry.flow.carries_category() || entry.category.code() == 0)
    );
}
