//! Bytes read as the format `wechat`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("wechat", bytes));
