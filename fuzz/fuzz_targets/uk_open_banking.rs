//! Bytes read as the format `uk-open-banking`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("uk-open-banking", bytes));
