//! Bytes read as the format `bank-csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("bank-csv", bytes));
