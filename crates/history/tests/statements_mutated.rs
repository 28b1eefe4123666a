//! Small statements of every format, damaged at random: reading them ends, does
//! not panic, and what it yields holds what a ledger promises.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::io::{Cursor, Write};

use blindscore_history::explain::Explained;
use blindscore_history::gather::{AccountRule, gather};
use blindscore_history::ledger::Ledger;
use blindscore_history::statement::csv::guess::guess;
use blindscore_history::statement::{Format, ReadOptions, open, read, read_from};
use proptest::collection::vec;
use proptest::prelude::*;

/// The small statements that the fuzz targets start from too.
macro_rules! corpus {
    ($file:literal) => {
        include_bytes!(concat!("../../../fuzz/corpus/", $file))
    };
}

fn workbook(sheet: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/worksheets/sheet1.xml", stored).unwrap();
    zip.write_all(sheet).unwrap();
    zip.finish().unwrap().into_inner()
}

fn sheet() -> String {
    let row = |number: usize, cells: &str| {
        let cells: String = cells
            .split(',')
            .map(|cell| format!("<c t=\"str\"><v>{cell}</v></c>"))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let lines = str::from_utf8(corpus!("wechat/small.csv")).unwrap();
    let lines = lines.replace(['"', '\t'], "");
    let rows: String = (1..)
        .zip(lines.lines())
        .map(|(number, line)| row(number, line))
        .collect();
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

/// Each format's name and a small whole statement of it.
fn whole() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("ofx", corpus!("ofx/small.ofx").to_vec()),
        ("camt", corpus!("camt/small.xml").to_vec()),
        (
            "uk-open-banking",
            corpus!("uk_open_banking/small.json").to_vec(),
        ),
        ("berlin-group", corpus!("berlin_group/small.json").to_vec()),
        ("plaid", corpus!("plaid/small.json").to_vec()),
        ("alipay", corpus!("alipay/small.csv").to_vec()),
        ("wechat", corpus!("wechat/small.csv").to_vec()),
        ("wechat", corpus!("workbook/small.xlsx").to_vec()),
        ("mpesa", corpus!("mpesa/small.csv").to_vec()),
        ("bank-csv", corpus!("bank_csv/small.csv").to_vec()),
    ]
}

fn forced(name: &str) -> ReadOptions {
    ReadOptions {
        format: Format::named(name),
        ..ReadOptions::default()
    }
}

/// What every ledger promises, whatever it was read from.
fn check(ledger: &Ledger) {
    let coverage = ledger.coverage();
    let entries = ledger.entries();
    assert!(entries.windows(2).all(|pair| pair[0].date <= pair[1].date));
    assert!(
        entries
            .iter()
            .all(|e| e.amount >= 0 && coverage.contains(e.date))
    );
    let carries =
        |e: &blindscore_history::ledger::Entry| e.flow.carries_category() || e.category.code() == 0;
    assert!(entries.iter().all(carries));
}

#[test]
fn the_whole_ones_are_recognised_and_read() {
    for (name, bytes) in whole() {
        let options = ReadOptions::default();
        let found = Format::detect(&bytes, &options).map(Format::name);
        assert_eq!(found, Some(name));
        let ledger = read(&bytes, name, &options).unwrap();
        check(&ledger);
        assert!(!ledger.entries().is_empty(), "{name}");
        let streamed = read_from(&bytes[..], name, &options).unwrap();
        assert!(streamed == ledger, "{name}: a stream reads as a slice does");
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize, usize),
}

impl Damage {
    fn to(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let end = |at: usize, length: usize| at.saturating_add(length).min(bytes.len());
        match self {
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Remove(at, length) => {
                let at = at.index(bytes.len());
                let range = at..end(at, *length);
                bytes.drain(range);
            }
            Self::Repeat(at, length, times) => {
                let at = at.index(bytes.len());
                let piece = bytes[at..end(at, *length)].repeat(*times);
                bytes.splice(at..at, piece);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let telling =
        prop::sample::select(&b"<>&;\"',=/\\[]{}:-+.0123456789\n\r\t \0\xff\xfe\xc3PK"[..]);
    let word = prop::sample::select(vec![
        "<STMTTRN>",
        "</OFX>",
        "<Ntry>",
        "&amp;",
        "&#0;",
        "&x;",
        "<!DOCTYPE a>",
        "<![CDATA[",
        "]]>",
        "-->",
        "99999999999999999999",
        "-0",
        "1e999",
        "NaN",
        "=1+1",
        "null",
        "{}",
        "[[[[",
        "2026-02-30",
        "\u{feff}",
        "，",
        "退款",
        "-charge",
        "\"\"",
        "\u{202e}",
    ]);
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), telling).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), word).prop_map(|(at, word)| Damage::Insert(at, word.as_bytes().to_vec())),
        (at(), vec(any::<u8>(), 1..9)).prop_map(|(at, more)| Damage::Insert(at, more)),
        (at(), 1_usize..60).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), 1_usize..200, 1_usize..9)
            .prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
    ]
}

/// Reads a damaged file as what it is found to be, as what it was, and as a
/// stream.
fn survives(name: &str, bytes: &[u8]) {
    for options in [ReadOptions::default(), forced(name)] {
        let outcome = read(bytes, "a", &options);
        if let Ok(ledger) = &outcome {
            check(ledger);
        }
        assert!(read_from(bytes, "a", &options) == outcome);
        gathers(bytes, &options);
    }
    let _ = guess(bytes, "a", "own");
}

/// Puts a damaged file together with itself, which changes nothing, and goes
/// on to whatever can be made of it.
fn gathers(bytes: &[u8], options: &ReadOptions) {
    let files = |times: usize| -> Result<Vec<_>, _> {
        (0..times).map(|_| open(bytes, "a", options)).collect()
    };
    let (Ok(one), Ok(two)) = (files(1), files(2)) else {
        return;
    };
    let once = gather(one, AccountRule::Automatic);
    let twice = gather(two, AccountRule::Automatic);
    match (once, twice) {
        (Ok(once), Ok(twice)) => {
            assert_eq!(once.entries(), twice.entries());
            assert_eq!(once.ledger(), twice.ledger());
            let _ = Explained::of(&once);
        }
        (once, twice) => assert_eq!(once.map(|_| ()), twice.map(|_| ())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn damaged_files_end_in_a_ledger_or_an_error(hits in vec(damage(), 1..6)) {
        for (name, mut bytes) in whole() {
            for hit in &hits {
                hit.to(&mut bytes);
            }
            survives(name, &bytes);
        }
    }

    #[test]
    fn damaged_sheets_in_whole_archives_do_too(hits in vec(damage(), 1..6)) {
        let mut bytes = sheet().into_bytes();
        for hit in &hits {
            hit.to(&mut bytes);
        }
        survives("wechat", &workbook(&bytes));
    }
}
