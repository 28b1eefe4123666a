//! Bytes read as the format `camt`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("camt", bytes));
