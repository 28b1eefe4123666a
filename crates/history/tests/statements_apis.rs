//! UK Open Banking and Berlin Group responses, and what Plaid adds.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::{ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{closings, facts, opened, refused};

const NONE: Category = Category::Unclassified;

fn uk(entries: &[String]) -> String {
    format!(
        "{{\"Data\":{{\"Transaction\":[\n{}\n]}},\"Links\":{{}}}}",
        entries.join(",\n")
    )
}

fn uk_entry(id: &str, amount: &str, side: &str, status: &str, day: &str, more: &str) -> String {
    format!(
        "{{\"AccountId\":\"1\",\"TransactionId\":\"{id}\",\"CreditDebitIndicator\":\"{side}\",\
         \"Status\":\"{status}\",\"BookingDateTime\":\"2026-03-{day}T10:00:00+00:00\",\
         \"Amount\":{{\"Amount\":\"{amount}\",\"Currency\":\"GBP\"}}{more}}}"
    )
}

#[test]
fn uk_statuses_codes_and_merchants() {
    let code = |code: &str, sub: &str| {
        format!(",\"BankTransactionCode\":{{\"Code\":\"{code}\",\"SubCode\":\"{sub}\"}}")
    };
    let merchant = ",\"MerchantDetails\":{\"MerchantCategoryCode\":\"7995\"}";
    let unnamed = ",\"MerchantDetails\":{\"MerchantCategoryCode\":\"\"}";
    let entries = [
        uk_entry(
            "a",
            "1.00",
            "Debit",
            "Booked",
            "02",
            &code("CustomerCardTransactions", "CashWithdrawal"),
        ),
        uk_entry("b", "2.00", "DBIT", "BOOK", "03", &code("CCRD", "CWDL")),
        uk_entry("c", "3.00", "Debit", "Booked", "04", merchant),
        uk_entry(
            "d",
            "4.00",
            "Credit",
            "BOOK",
            "05",
            ",\"CategoryPurposeCode\":\"PENS\"",
        ),
        uk_entry("e", "5.00", "Debit", "Pending", "06", unnamed),
        uk_entry("f", "6.00", "Debit", "PDNG", "07", ""),
        uk_entry("g", "7.00", "Debit", "FUTR", "08", ""),
        uk_entry("h", "8.00", "Debit", "INFO", "09", ""),
        uk_entry("i", "9.00", "Debit", "RJCT", "10", ""),
        uk_entry(
            "j",
            "9.50",
            "Credit",
            "Booked",
            "11",
            &code("ReceivedCreditTransfers", "DomesticCreditTransfer"),
        ),
    ];
    let file = uk(&entries);
    let ledger = opened(file.as_bytes(), "uk-open-banking");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(
        facts(&ledger),
        [
            (at("02"), 100, Out, Flow::Cash, NONE, "a"),
            (at("03"), 200, Out, Flow::Cash, NONE, "b"),
            (
                at("04"),
                300,
                Out,
                Flow::Expenditure,
                Category::Gambling,
                "c"
            ),
            (at("05"), 400, In, Flow::Income, NONE, "d"),
            (at("11"), 950, In, Flow::Transfer, NONE, "j"),
        ]
    );
}

#[test]
fn uk_balances_lead_back_from_the_last_entry() {
    let balance = ",\"Balance\":{\"CreditDebitIndicator\":\"Debit\",\"Type\":\"InterimBooked\",\
                   \"Amount\":{\"Amount\":\"10.00\",\"Currency\":\"GBP\"}}";
    let entries = [
        uk_entry("b", "3.00", "Debit", "Booked", "05", balance),
        uk_entry("a", "1.00", "Credit", "Booked", "02", ""),
    ];
    let ledger = opened(uk(&entries).as_bytes(), "uk-open-banking");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(closings(&ledger), [(at("02"), -700), (at("05"), -1_000)]);
}

#[test]
fn uk_pages_are_joined_and_missing_ones_refused() {
    let page = |id: &str, links: &str| {
        let entry = uk_entry(id, "1.00", "Debit", "Booked", "02", "");
        uk(&[entry]).replace("\"Links\":{}", &format!("\"Links\":{links}"))
    };
    let (first, last) = (page("a", "{\"Next\":\"x\"}"), page("b", "{\"Self\":\"x\"}"));
    let both = format!("[{first},{last}]");
    assert_eq!(
        opened(both.as_bytes(), "uk-open-banking").entries().len(),
        2
    );
    let error = refused(first.as_bytes(), "uk-open-banking");
    assert_eq!(error.fault(), &StatementFault::MorePages);
    let odd = both
        .replace("\"b\"", "\"b\",\"Status\":\"Odd\",\"X\":\"")
        .replacen("\"Status\":\"Booked\"", "\"Status\":\"Odd\"", 1);
    let _ = read(odd.as_bytes(), "a", &ReadOptions::default());
}

#[test]
fn uk_faults_name_the_path() {
    let whole = uk(&[uk_entry("a", "1.00", "Debit", "Booked", "02", "")]);
    for (from, to, field, words) in [
        (
            "\"1.00\"",
            "\"-1.00\"",
            "Data.Transaction[0].Amount.Amount",
            "a sign",
        ),
        (
            "\"1.00\"",
            "\"1,00\"",
            "Data.Transaction[0].Amount.Amount",
            "not an amount",
        ),
        (
            "\"1.00\"",
            "1.00",
            "Data.Transaction[0].Amount.Amount",
            "another kind",
        ),
        (
            "GBP",
            "gbp",
            "Data.Transaction[0].Amount.Currency",
            "unknown currency",
        ),
        (
            "Booked",
            "Maybe",
            "Data.Transaction[0].Status",
            "unknown code",
        ),
        (
            "Debit\"",
            "Out\"",
            "Data.Transaction[0].CreditDebitIndicator",
            "unknown code",
        ),
        (
            "2026-03-02T",
            "03/02/2026",
            "Data.Transaction[0].BookingDateTime",
            "not a date",
        ),
    ] {
        let file = whole.replacen(from, to, 1);
        assert_ne!(file, whole, "{from}");
        let error = refused(file.as_bytes(), "uk-open-banking");
        assert_eq!(error.field(), Some(field), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

fn berlin(booked: &[String], pending: &[String]) -> String {
    format!(
        "{{\"account\":{{\"iban\":\"DE1\"}},\"transactions\":{{\"booked\":[{}],\"pending\":[{}],\
         \"_links\":{{}}}}}}",
        booked.join(","),
        pending.join(",")
    )
}

fn berlin_entry(id: &str, amount: &str, day: &str, more: &str) -> String {
    format!(
        "{{\"transactionId\":\"{id}\",\"transactionAmount\":{{\"currency\":\"EUR\",\
         \"amount\":\"{amount}\"}},\"bookingDate\":\"2026-03-{day}\"{more}}}"
    )
}

#[test]
fn berlin_codes_and_lists() {
    let booked = [
        berlin_entry(
            "a",
            "-1.00",
            "02",
            ",\"bankTransactionCode\":\"PMNT-CCRD-CWDL\"",
        ),
        berlin_entry("b", "-2.00", "03", ",\"purposeCode\":\"RENT\""),
        berlin_entry(
            "c",
            "3.00",
            "04",
            ",\"bankTransactionCode\":\"PMNT-RCDT-SALA\"",
        ),
        berlin_entry("d", "4.00", "05", ",\"merchantCategoryCode\":\"5411\""),
    ];
    let pending = [
        berlin_entry("p", "-5.00", "06", ""),
        "{\"transactionAmount\":{\"currency\":\"EUR\",\"amount\":\"-6.00\"}}".to_owned(),
    ];
    let file = berlin(&booked, &pending);
    let ledger = opened(file.as_bytes(), "berlin-group");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(
        facts(&ledger),
        [
            (at("02"), 100, Out, Flow::Cash, NONE, "a"),
            (
                at("03"),
                200,
                Out,
                Flow::Expenditure,
                Category::Housing,
                "b"
            ),
            (at("04"), 300, In, Flow::Income, NONE, "c"),
            (at("05"), 400, In, Flow::RefundReversal, Category::Food, "d"),
        ]
    );
}

#[test]
fn berlin_balances_and_pages() {
    let balances = "\"balances\":[{\"balanceType\":\"closingBooked\",\"referenceDate\":\"2026-03-31\",\
                    \"balanceAmount\":{\"amount\":\"-7.00\",\"currency\":\"EUR\"}}],\"transactions\"";
    let file =
        berlin(&[berlin_entry("a", "-1.00", "31", "")], &[]).replace("\"transactions\"", balances);
    let ledger = opened(file.as_bytes(), "berlin-group");
    assert_eq!(closings(&ledger), [("2026-03-31".to_owned(), -700)]);
    let more = berlin(&[], &[]).replace("{}", "{\"next\":{\"href\":\"x\"}}");
    let error = refused(more.as_bytes(), "berlin-group");
    assert_eq!(error.fault(), &StatementFault::MorePages);
}

#[test]
fn berlin_faults_name_the_path() {
    let whole = berlin(
        &[berlin_entry("a", "-1.00", "02", ",\"purposeCode\":\"X\"")],
        &[],
    );
    for (from, to, field) in [
        (
            "-1.00",
            "1e400",
            "transactions.booked[0].transactionAmount.amount",
        ),
        (
            "EUR",
            "EURO",
            "transactions.booked[0].transactionAmount.currency",
        ),
        (
            "2026-03-02",
            "2026-02-30",
            "transactions.booked[0].bookingDate",
        ),
        (
            "\"purposeCode\":\"X\"",
            "\"merchantCategoryCode\":\"food\"",
            "transactions.booked[0].merchantCategoryCode",
        ),
    ] {
        let file = whole.replacen(from, to, 1);
        assert_ne!(file, whole, "{from}");
        let error = refused(file.as_bytes(), "berlin-group");
        assert_eq!(error.field(), Some(field), "{error}");
    }
    let undated = whole.replace(",\"bookingDate\":\"2026-03-02\"", "");
    let error = refused(undated.as_bytes(), "berlin-group");
    assert_eq!(error.fault(), &StatementFault::Missing);
}

#[test]
fn deeply_nested_json_is_refused() {
    for key in [
        "\"Data\":{\"Transaction\":",
        "\"transactions\":{\"booked\":",
        "\"added\":",
    ] {
        let deep = format!("{{{key}{}", "[".repeat(1_000_000));
        assert!(read(deep.as_bytes(), "a", &ReadOptions::default()).is_err());
    }
}
