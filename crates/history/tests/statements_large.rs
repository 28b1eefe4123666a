//! Files larger than memory should be: read as a stream, in bounded memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use blindscore_history::statement::{Limits, ReadOptions, StatementFault, read_from};

/// A bank's CSV that never was a file: a header, then the same line over and
/// over up to a size.
struct Long {
    start: Vec<u8>,
    line: Vec<u8>,
    left: u64,
    at: usize,
    taken: Rc<Cell<u64>>,
}

impl Long {
    fn new(start: &str, line: &str, size: u64) -> (Self, Rc<Cell<u64>>) {
        let taken = Rc::new(Cell::new(0));
        let long = Self {
            start: start.as_bytes().to_vec(),
            line: line.as_bytes().to_vec(),
            left: size,
            at: 0,
            taken: Rc::clone(&taken),
        };
        (long, taken)
    }
}

impl Read for Long {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < buffer.len() && self.left > 0 {
            let piece = if self.start.is_empty() {
                &self.line
            } else {
                &self.start
            };
            let rest = &piece[self.at..];
            let length = rest.len().min(buffer.len() - count);
            let length = length.min(usize::try_from(self.left).unwrap_or(usize::MAX));
            buffer[count..count + length].copy_from_slice(&rest[..length]);
            count += length;
            self.at += length;
            self.left -= length as u64;
            if self.at == piece.len() {
                self.at = 0;
                self.start.clear();
            }
        }
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

const HEADER: &str = "date,amount,currency,description,note\n";

fn fault(start: &str, line: &str, size: u64, options: &ReadOptions) -> (StatementFault, u64) {
    let (long, taken) = Long::new(start, line, size);
    let error = read_from(long, "long.csv", options).unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with("long.csv"), "{shown}");
    let taken = taken.get();
    match error.fault() {
        StatementFault::TooManyEntries { limit } => {
            (StatementFault::TooManyEntries { limit: *limit }, taken)
        }
        StatementFault::TooLarge { limit } => (StatementFault::TooLarge { limit: *limit }, taken),
        StatementFault::OpenQuote => (StatementFault::OpenQuote, taken),
        StatementFault::LineTooLong { limit } => {
            (StatementFault::LineTooLong { limit: *limit }, taken)
        }
        other => unreachable!("{other}"),
    }
}

fn few() -> ReadOptions {
    ReadOptions {
        limits: Limits {
            entries: 10_000,
            bytes: 1 << 20,
            ..Limits::default()
        },
        ..ReadOptions::default()
    }
}

#[test]
fn what_is_too_much_is_refused_without_reading_on() {
    let line = "2026-03-02,-1.50,EUR,a,\n";
    let (got, taken) = fault(HEADER, line, 1 << 30, &few());
    assert_eq!(got, StatementFault::TooManyEntries { limit: 10_000 });
    assert!(taken < 4 << 20, "{taken}");
    // Texts that are kept are bounded together.
    let line = format!("2026-03-02,-1.50,EUR,{},\n", "x".repeat(1_000));
    let (got, taken) = fault(HEADER, &line, 1 << 30, &few());
    assert_eq!(got, StatementFault::TooLarge { limit: 1 << 20 });
    assert!(taken < 8 << 20, "{taken}");
    // A quote that never closes takes in no more than the longest line.
    let start = format!("{HEADER}2026-03-02,-1.50,EUR,\"a,\n");
    let (got, taken) = fault(&start, "x\n", 1 << 30, &few());
    assert_eq!(got, StatementFault::OpenQuote);
    assert!(taken < 4 << 20, "{taken}");
    // A line that never ends, and columns without number.
    let (got, taken) = fault(HEADER, "x", 1 << 30, &few());
    assert_eq!(got, StatementFault::LineTooLong { limit: 64 << 10 });
    assert!(taken < 4 << 20, "{taken}");
    let (got, _) = fault(HEADER, ",", 1 << 30, &few());
    assert_eq!(got, StatementFault::LineTooLong { limit: 64 << 10 });
}

#[test]
fn a_format_that_must_be_held_whole_stops_at_the_limit() {
    let start = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">";
    let (got, taken) = fault(start, "<a/>", 1 << 30, &few());
    assert_eq!(got, StatementFault::TooLarge { limit: 1 << 20 });
    assert!(taken < 2 << 20, "{taken}");
}

/// Lines whose columns are mostly passed over, so that the file is far larger
/// than what is kept of it.
fn wide(size: u64, entries: usize) {
    let note = "n".repeat(2_000);
    let line = format!("2026-03-02,-1.50,EUR,a,{note}\n");
    let (long, taken) = Long::new(
        HEADER,
        &line,
        size / line.len() as u64 * line.len() as u64 + HEADER.len() as u64,
    );
    let ledger = read_from(long, "long.csv", &ReadOptions::default()).unwrap();
    assert!(taken.get() > size - 4_096);
    assert_eq!(ledger.entries().len(), entries);
}

#[test]
fn a_file_above_the_size_limit_is_read_line_by_line() {
    let line = 2_000 + "2026-03-02,-1.50,EUR,a,\n".len();
    wide(96 << 20, (96 << 20) / line);
}

/// Peak memory of this process so far in bytes, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

/// Run alone, so that the peak is this test's.
#[test]
#[ignore = "reads a gigabyte; takes a minute"]
fn a_gigabyte_in_bounded_memory() {
    let line = 2_000 + "2026-03-02,-1.50,EUR,a,\n".len();
    wide(1 << 30, (1 << 30) / line);
    let wide_peak = peak();
    let line = "2026-03-02,-1.50,EUR,some card payment or other,\n";
    let (got, taken) = fault(HEADER, line, 1 << 30, &ReadOptions::default());
    assert_eq!(got, StatementFault::TooManyEntries { limit: 1_000_000 });
    println!(
        "wide: peak {wide_peak:?}; narrow: refused after {taken} bytes, peak {:?}",
        peak()
    );
    for peak in [wide_peak, peak()].into_iter().flatten() {
        assert!(peak < 1 << 30, "{peak}");
    }
}
