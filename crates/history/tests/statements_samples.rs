//! The sample statements that ship beside the project. They are found through
//! BLINDSCORE_SHARED or a `shared` folder beside one of the parent folders, and
//! the tests pass over them, saying so, when they are not there.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::path::{Path, PathBuf};

use blindscore_history::ledger::{DayBalance, Direction, Entry, Ledger};
use blindscore_history::statement::{Format, ReadOptions, read};
use blindscore_history::taxonomy::{Category, Flow, MccMap, PlaidMap};
use jiff::civil::date;

fn samples() -> Option<PathBuf> {
    let shared = match std::env::var_os("BLINDSCORE_SHARED") {
        Some(path) => Some(PathBuf::from(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared"))
            .find(|folder| folder.join("samples").is_dir()),
    };
    let samples = shared
        .map(|shared| shared.join("samples"))
        .filter(|path| path.is_dir());
    if samples.is_none() {
        eprintln!("passed over: no shared/samples found; set BLINDSCORE_SHARED to test with them");
    }
    samples
}

fn sample(name: &str) -> Option<(Vec<u8>, Ledger)> {
    let bytes = std::fs::read(samples()?.join("statements").join(name)).unwrap();
    let ledger = read(&bytes, name, &ReadOptions::default()).unwrap();
    Some((bytes, ledger))
}

fn facts(ledger: &Ledger) -> Vec<(String, i64, Direction, Flow, Category)> {
    let fact = |e: &Entry| {
        (
            e.date.to_string(),
            e.amount,
            e.direction,
            e.flow,
            e.category,
        )
    };
    ledger.entries().iter().map(fact).collect()
}

#[test]
fn us_signed() {
    let Some((bytes, ledger)) = sample("bank_csv_us_signed.csv") else {
        return;
    };
    assert_eq!(
        Format::detect(&bytes, &ReadOptions::default()),
        Format::named("bank-csv")
    );
    assert_eq!(ledger.currency().code(), "USD");
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
    let (out, into) = (Direction::Out, Direction::In);
    let none = Category::Unclassified;
    assert_eq!(
        facts(&ledger),
        [
            ("2026-03-02".to_owned(), 6_418, out, Flow::Expenditure, none),
            ("2026-03-06".to_owned(), 215_000, into, Flow::Income, none),
            ("2026-03-15".to_owned(), 3_500, out, Flow::TaxFee, none),
        ]
    );
    let closings: Vec<_> = ledger
        .balances()
        .iter()
        .map(|balance| balance.closing)
        .collect();
    assert_eq!(closings, [193_582, 408_582, 405_082]);
}

#[test]
fn uk_debit_credit() {
    let Some((_, ledger)) = sample("bank_csv_uk_debit_credit.csv") else {
        return;
    };
    assert_eq!(ledger.currency().code(), "GBP");
    let none = Category::Unclassified;
    assert_eq!(
        facts(&ledger),
        [
            (
                "2026-03-05".to_owned(),
                2_490,
                Direction::Out,
                Flow::Expenditure,
                none
            ),
            (
                "2026-03-27".to_owned(),
                185_000,
                Direction::In,
                Flow::Income,
                none
            ),
        ]
    );
    let last = DayBalance {
        date: date(2026, 3, 27),
        closing: 208_000,
    };
    assert_eq!(ledger.balances().last(), Some(&last));
}

#[test]
fn de_semicolon() {
    let Some((_, ledger)) = sample("bank_csv_de_latin1_semicolon.csv") else {
        return;
    };
    assert_eq!(ledger.currency().code(), "EUR");
    let none = Category::Unclassified;
    assert_eq!(
        facts(&ledger),
        [
            (
                "2026-03-05".to_owned(),
                5_880,
                Direction::Out,
                Flow::Expenditure,
                none
            ),
            (
                "2026-03-27".to_owned(),
                210_000,
                Direction::In,
                Flow::Income,
                none
            ),
        ]
    );
}

#[test]
fn plaid() {
    let Some((bytes, ledger)) = sample("plaid_transactions_sync.json") else {
        return;
    };
    assert_eq!(
        Format::detect(&bytes, &ReadOptions::default()),
        Format::named("plaid")
    );
    assert_eq!(ledger.currency().code(), "USD");
    let none = Category::Unclassified;
    assert_eq!(
        facts(&ledger),
        [
            (
                "2026-03-06".to_owned(),
                215_000,
                Direction::In,
                Flow::Income,
                none
            ),
            (
                "2026-03-24".to_owned(),
                7_210,
                Direction::Out,
                Flow::Expenditure,
                none
            ),
        ]
    );
    assert_eq!(ledger.entries()[0].id, "tx_example_2");
    let closings: Vec<_> = ledger
        .balances()
        .iter()
        .map(|balance| balance.closing)
        .collect();
    assert_eq!(closings, [186_242 + 7_210, 186_242]);
}

#[test]
fn the_compiled_maps_are_those_of_the_samples() {
    let Some(samples) = samples() else { return };
    let file = std::fs::File::open(samples.join("taxonomy/mcc_map.csv")).unwrap();
    assert_eq!(&MccMap::from_csv(file).unwrap(), MccMap::builtin());
    let file = std::fs::File::open(samples.join("taxonomy/plaid_pfc_map.csv")).unwrap();
    let plaid =
        csv_pairs(&std::fs::read_to_string(samples.join("taxonomy/plaid_pfc_map.csv")).unwrap());
    let sample = PlaidMap::from_csv(file).unwrap();
    assert!(plaid.len() > 120);
    for (primary, detailed) in plaid {
        let meaning = sample.lookup(&primary, &detailed);
        assert!(meaning.is_some());
        assert_eq!(
            PlaidMap::builtin().lookup(&primary, &detailed),
            meaning,
            "{detailed}"
        );
    }
}

fn csv_pairs(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let mut fields = line.split(',').skip(1).map(str::to_owned);
        Some((fields.next()?, fields.next()?))
    };
    text.lines().skip(1).filter_map(pair).collect()
}
