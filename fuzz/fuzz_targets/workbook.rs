//! Bytes read as WeChat Pay's workbook.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| blindscore_fuzz::read_as("wechat", bytes));
