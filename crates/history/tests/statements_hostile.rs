//! Properties: what is written reads back, and no input makes a reader panic.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use blindscore_history::ledger::{Direction, Ledger};
use blindscore_history::statement::{CsvProfile, Format, ReadOptions, read};
use blindscore_history::taxonomy::{Category, Flow};
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Line {
    days: i64,
    amount: i64,
    direction: Direction,
    flow: Flow,
    category: Category,
    description: String,
}

fn any_line() -> impl Strategy<Value = Line> {
    let what = (0_usize..8, 0_usize..16, any::<bool>());
    let amount = prop_oneof![1_i64..100_000, Just(i64::MAX), Just(1)];
    (0_i64..800, amount, what, "[a-zé,;\" ']{0,12}").prop_map(
        |(days, amount, (flow, category, inward), description)| {
            let flow = Flow::ALL[flow];
            let category = if flow.carries_category() {
                Category::ALL[category]
            } else {
                Category::Unclassified
            };
            let direction = if inward {
                Direction::In
            } else {
                Direction::Out
            };
            Line {
                days,
                amount,
                direction,
                flow,
                category,
                description,
            }
        },
    )
}

fn decimal(line: &Line) -> String {
    let sign = if line.direction == Direction::Out {
        "-"
    } else {
        ""
    };
    format!("{sign}{}.{:02}", line.amount / 100, line.amount % 100)
}

fn written(lines: &[Line]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "date",
        "amount",
        "currency",
        "description",
        "flow",
        "category",
    ])
    .unwrap();
    for line in lines {
        let day = date(2024, 1, 1)
            .saturating_add(line.days.days())
            .to_string();
        let (flow, category) = (line.flow.name(), line.category.name());
        let record = [
            &day,
            &decimal(line),
            "EUR",
            &line.description,
            flow,
            category,
        ];
        csv.write_record(record).unwrap();
    }
    csv.into_inner().unwrap()
}

fn readable(ledger: &Ledger) -> Vec<(i64, Direction, Flow, Category)> {
    ledger
        .entries()
        .iter()
        .map(|e| (e.amount, e.direction, e.flow, e.category))
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_reads_back(mut lines in prop::collection::vec(any_line(), 1..40)) {
        lines.sort_by_key(|line| line.days);
        let ledger = read(&written(&lines), "a.csv", &ReadOptions::default()).unwrap();
        let want: Vec<_> =
            lines.iter().map(|l| (l.amount, l.direction, l.flow, l.category)).collect();
        prop_assert_eq!(readable(&ledger), want);
        let dates: Vec<_> = ledger.entries().iter().map(|e| e.date).collect();
        let days = lines.iter().map(|l| date(2024, 1, 1).saturating_add(l.days.days()));
        prop_assert_eq!(dates, days.collect::<Vec<_>>());
        // Reading it again and merging adds nothing.
        let again = read(&written(&lines), "b.csv", &ReadOptions::default()).unwrap();
        let merged = Ledger::merge(vec![ledger.clone(), again]).unwrap();
        prop_assert_eq!(merged.summary(), ledger.summary());
    }

    #[test]
    fn cut_anywhere_it_is_the_whole_or_fewer_lines_or_an_error(
        mut lines in prop::collection::vec(any_line(), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        lines.sort_by_key(|line| line.days);
        let whole = written(&lines);
        let cut = &whole[..cut.index(whole.len())];
        let all = readable(&read(&whole, "a.csv", &ReadOptions::default()).unwrap());
        if let Ok(part) = read(cut, "a.csv", &ReadOptions::default()) {
            let part = readable(&part);
            let sure = part.len().saturating_sub(1);
            prop_assert_eq!(&part[..sure], &all[..sure]);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for options in every_way() {
            let _ = read(&bytes, "a", &options);
        }
    }

    #[test]
    fn mutated_files_never_panic(
        fixture in 0_usize..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6),
    ) {
        let mut bytes = FIXTURES[fixture].as_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        for options in every_way() {
            let _ = read(&bytes, "a", &options);
        }
    }

    #[test]
    fn random_profiles_never_panic(text in "(name|date|amount|=|\\[|\\]|\"|\n|%|[a-z]| ){0,60}") {
        let _ = CsvProfile::from_toml(&text);
    }
}

#[test]
fn what_people_give_for_a_statement_is_told_from_one() {
    let told = |bytes: &[u8]| {
        let error = read(bytes, "a", &ReadOptions::default()).unwrap_err();
        error.to_string()
    };
    for (bytes, want) in [
        (&b"%PDF-1.7\n"[..], "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook"),
        (b"\xef\xbb\xbf\n<!doctype HTML><p>", "a web page"),
        (b"<html><body>", "a web page"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
    ] {
        let shown = told(bytes);
        assert!(shown.starts_with(&format!("a: {want}")), "{shown}");
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default();
    zip.start_file("bill.csv", plain).unwrap();
    let packed = zip.finish().unwrap().into_inner();
    assert!(
        told(&packed).contains("unpack it first"),
        "{}",
        told(&packed)
    );
}

#[test]
fn json_saved_as_utf_16_is_read() {
    let whole = FIXTURES[3];
    let want = read(whole.as_bytes(), "a", &ReadOptions::default()).unwrap();
    let marked = std::iter::once(0xfeff).chain(whole.encode_utf16());
    let little: Vec<u8> = marked.clone().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = marked.flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let got = read(&bytes, "a", &ReadOptions::default()).unwrap();
        assert_eq!(got.entries(), want.entries());
    }
}

/// Detection, every format forced, and every profile forced.
fn every_way() -> Vec<ReadOptions> {
    let forced = Format::all().map(|format| ReadOptions {
        format: Some(format),
        ..ReadOptions::default()
    });
    let named = CsvProfile::builtin().iter().map(|profile| ReadOptions {
        profile: Some(profile.name().to_owned()),
        ..ReadOptions::default()
    });
    std::iter::once(ReadOptions::default())
        .chain(forced)
        .chain(named)
        .collect()
}

const FIXTURES: [&str; 4] = [
    "date,amount,currency,description,mcc,balance\n2026-03-02,-1.50,EUR,a,5411,10\n\
     2026-03-03,\"2,000\",EUR,\"b \"\"c\"\"\",,2010\n",
    "Date,Description,Debit,Credit,Balance\r\n05/03/2026,A,24.90,,230.00\r\n\
     27/03/2026,B SALARY,,\"1,850.00\",2080.00\r\n",
    "Buchungstag;Umsatzart;Buchungstext;Betrag;Währung;IBAN\n\
     05.03.2026;Karte;\"A; B\";-58,80;EUR;X\n27.03.2026;Gehalt;C;2.100,00;EUR;X\n",
    "{\"accounts\":[{\"account_id\":\"a\",\"type\":\"depository\",\"balances\":{\"current\":10.5,\
     \"iso_currency_code\":\"USD\"}}],\"added\":[{\"account_id\":\"a\",\"transaction_id\":\"t\",\
     \"amount\":-72.1,\"date\":\"2026-03-24\",\"pending\":false,\"iso_currency_code\":\"USD\",\
     \"personal_finance_category\":{\"primary\":\"TRAVEL\",\"detailed\":\"TRAVEL_FLIGHTS\"}}],\
     \"modified\":[],\"removed\":[{\"transaction_id\":\"x\"}],\"has_more\":false}",
];
