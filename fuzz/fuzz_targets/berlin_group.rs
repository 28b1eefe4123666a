//! Bytes read as the format `berlin-group`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("berlin-group", bytes));
