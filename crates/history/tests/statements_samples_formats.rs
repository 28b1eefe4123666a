//! The sample statements that ship beside the project, one a format, against
//! the facts that stand in them. The tests pass over them, saying so, when they
//! are not there.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::path::{Path, PathBuf};

use blindscore_history::ledger::{Direction, Entry, Ledger};
use blindscore_history::statement::{Format, ReadOptions, read};
use blindscore_history::taxonomy::{Category, Flow};

use Category::{
    Clothing, DiningLodging, Food, Gambling, Household, Housing, InsuranceFinance, Transport,
    Unclassified, Utilities,
};
use Direction::{In, Out};
use Flow::{Cash, DebtService, Expenditure, Income, RefundReversal, SavingInvestment, Transfer};

fn samples() -> Option<PathBuf> {
    let shared = match std::env::var_os("BLINDSCORE_SHARED") {
        Some(path) => Some(PathBuf::from(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared"))
            .find(|folder| folder.join("samples").is_dir()),
    };
    let samples = shared
        .map(|shared| shared.join("samples").join("statements"))
        .filter(|path| path.is_dir());
    if samples.is_none() {
        eprintln!("passed over: no shared/samples found; set BLINDSCORE_SHARED to test with them");
    }
    samples
}

fn sample(name: &str, format: &str) -> Option<Ledger> {
    let bytes = std::fs::read(samples()?.join(name)).unwrap();
    let options = ReadOptions::default();
    assert_eq!(
        Format::detect(&bytes, &options),
        Format::named(format),
        "{name}"
    );
    Some(read(&bytes, name, &options).unwrap())
}

type Fact = (i8, i64, Direction, Flow, Category);

/// Day of March 2026, amount, direction, flow and category of each entry.
fn facts(ledger: &Ledger) -> Vec<Fact> {
    let fact = |entry: &Entry| {
        assert_eq!((entry.date.year(), entry.date.month()), (2026, 3));
        let Entry {
            date,
            amount,
            direction,
            flow,
            category,
            ..
        } = entry;
        (date.day(), *amount, *direction, *flow, *category)
    };
    ledger.entries().iter().map(fact).collect()
}

fn closings(ledger: &Ledger) -> Vec<(i8, i64)> {
    let balances = ledger.balances().iter();
    balances.map(|day| (day.date.day(), day.closing)).collect()
}

fn in_march(ledger: &Ledger, currency: &str) {
    assert_eq!(ledger.currency().code(), currency);
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
}

#[test]
fn ofx_of_the_first_version() {
    let Some(ledger) = sample("statement_v102.ofx", "ofx") else {
        return;
    };
    in_march(&ledger, "USD");
    assert_eq!(
        facts(&ledger),
        [
            (3, 6_418, Out, Expenditure, Food),
            (6, 215_000, In, Income, Unclassified),
            (8, 8_840, Out, Expenditure, Unclassified),
            (15, 3_500, Out, Expenditure, InsuranceFinance),
            (20, 10_000, Out, Cash, Unclassified),
        ]
    );
    assert_eq!(
        closings(&ledger),
        [
            (3, 186_242 + 10_000 + 3_500 + 8_840 - 215_000),
            (6, 186_242 + 10_000 + 3_500 + 8_840),
            (8, 186_242 + 10_000 + 3_500),
            (15, 186_242 + 10_000),
            (20, 186_242),
            (31, 186_242),
        ]
    );
    assert_eq!(ledger.entries()[0].id, "202603030001");
}

#[test]
fn ofx_of_the_second_version_with_a_foreign_entry() {
    let Some(ledger) = sample("statement_v211.ofx", "ofx") else {
        return;
    };
    in_march(&ledger, "EUR");
    assert_eq!(
        facts(&ledger),
        [
            (4, 2_350, Out, Expenditure, DiningLodging),
            (9, 1_200, In, Transfer, Unclassified),
            // 40.00 USD at the file's own 0.92.
            (18, 3_680, Out, Expenditure, Gambling),
        ]
    );
    assert!(ledger.balances().is_empty(), "a card's debt is no balance");
}

#[test]
fn camt_of_both_versions() {
    for name in ["camt053_001_02.xml", "camt053_001_08.xml"] {
        let Some(ledger) = sample(name, "camt") else {
            return;
        };
        in_march(&ledger, "EUR");
        assert_eq!(
            facts(&ledger),
            [
                (5, 5_880, Out, Expenditure, Food),
                (27, 210_000, In, Income, Unclassified),
                (31, 69_000, Out, Expenditure, Housing),
            ]
        );
        assert_eq!(
            closings(&ledger),
            [(5, 94_120), (27, 304_120), (31, 235_120)]
        );
        assert_eq!(ledger.entries()[0].id, "REF0001");
    }
}

#[test]
fn uk_open_banking_of_both_versions() {
    for name in [
        "uk_open_banking_v3_1_transactions.json",
        "uk_open_banking_v4_transactions.json",
    ] {
        let Some(ledger) = sample(name, "uk-open-banking") else {
            return;
        };
        in_march(&ledger, "GBP");
        let salary = if name.contains("v4") {
            Income
        } else {
            Transfer
        };
        assert_eq!(
            facts(&ledger),
            [
                (5, 2_490, Out, Expenditure, Food),
                (27, 185_000, In, salary, Unclassified),
            ]
        );
        assert!(closings(&ledger).is_empty(), "a later entry has none");
    }
}

#[test]
fn berlin_group() {
    let name = "berlin_group_nextgenpsd2_transactions.json";
    let Some(ledger) = sample(name, "berlin-group") else {
        return;
    };
    in_march(&ledger, "EUR");
    assert_eq!(
        facts(&ledger),
        [
            (5, 5_880, Out, Expenditure, Food),
            (27, 210_000, In, Income, Unclassified),
        ]
    );
    assert_eq!(ledger.entries()[1].id, "1234568");
}

#[test]
fn alipay() {
    let Some(ledger) = sample("alipay_gb18030.csv", "alipay") else {
        return;
    };
    in_march(&ledger, "CNY");
    assert_eq!(
        facts(&ledger),
        [
            (2, 100_000, Out, Expenditure, Housing),
            (5, 50_000, Out, SavingInvestment, Unclassified),
            (10, 820_000, In, Income, Unclassified),
            (15, 38_000, Out, Expenditure, Clothing),
            (18, 1_603, In, RefundReversal, Clothing),
            (20, 21_200, Out, Expenditure, Utilities),
            (22, 12_820, Out, Expenditure, Household),
            (25, 500, Out, Expenditure, Transport),
            (28, 4_650, Out, Expenditure, DiningLodging),
        ]
    );
    // The totals that the export itself prints.
    let spent = |flow| {
        let entries = ledger.entries().iter().filter(move |e| e.flow == flow);
        entries.map(|entry| entry.amount).sum::<i64>()
    };
    assert_eq!(spent(Expenditure), 177_170);
    assert_eq!(spent(Income), 820_000);
    assert_eq!(spent(SavingInvestment) + spent(RefundReversal), 51_603);
}

#[test]
fn wechat() {
    let Some(ledger) = sample("wechat_utf8_bom.csv", "wechat") else {
        return;
    };
    in_march(&ledger, "CNY");
    assert_eq!(
        facts(&ledger),
        [
            (5, 1_000, In, RefundReversal, Unclassified),
            (5, 5_000, Out, Expenditure, Unclassified),
            (12, 100_000, Out, DebtService, Unclassified),
            (15, 10, Out, Expenditure, InsuranceFinance),
            (15, 10_000, Out, Transfer, Unclassified),
            (17, 1_200, Out, Expenditure, Unclassified),
            (24, 20_000, In, Transfer, Unclassified),
            (26, 2_816, Out, Expenditure, Unclassified),
        ]
    );
}

#[test]
fn mpesa() {
    let Some(ledger) = sample("mpesa.csv", "mpesa") else {
        return;
    };
    in_march(&ledger, "KES");
    assert_eq!(
        facts(&ledger),
        [
            (10, 20_000, Out, Expenditure, Unclassified),
            (12, 30_300, Out, DebtService, Unclassified),
            (15, 30_000, In, Transfer, Unclassified),
            (18, 2_900, Out, Expenditure, InsuranceFinance),
            (18, 200_000, Out, Cash, Unclassified),
            (20, 500_000, In, Transfer, Unclassified),
            (25, 10_000, Out, Expenditure, Category::Communication),
            (28, 1_000, Out, Expenditure, InsuranceFinance),
            (28, 120_000, Out, Expenditure, Unclassified),
            (29, 85_000, Out, Expenditure, Unclassified),
        ]
    );
    assert_eq!(
        closings(&ledger),
        [
            (10, 331_250),
            (12, 300_950),
            (15, 330_950),
            (18, 128_050),
            (20, 628_050),
            (25, 618_050),
            (28, 497_050),
            (29, 412_050),
        ]
    );
    let ids: Vec<_> = ledger.entries().iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids[3..5], ["UAA1AAAA05-charge", "UAA1AAAA05"]);
}
