//! Bytes read as whatever they are found to be, and as a stream.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as_found(bytes));
