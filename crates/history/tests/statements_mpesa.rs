//! M-Pesa's full statement.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{
    closings, facts, in_currency, opened, opened_with, refused, refuses_columns_without_number,
};

const NONE: Category = Category::Unclassified;

const MPESA: &str =
    "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\r\n";

#[test]
fn mpesa_charges_overdraft_and_failures() {
    let file = format!(
        "{MPESA}\
         R4,2026-03-05 10:00:00,OD Loan Repayment to 1 - X,Completed,,-50.00,\"1,050.00\"\r\n\
         R3,2026-03-04 10:00:00,OverDraft of Credit Party,Completed,50.00,,\"1,100.00\"\r\n\
         R2,2026-03-03 10:00:00,Pay Bill to 1 - Y,Failed,,-9.00,\"1,050.00\"\r\n\
         R1,2026-03-02 10:00:00,Customer Transfer to - 2547****000 Z,Completed,,-40.00,\"1,050.00\"\r\n\
         R1,2026-03-02 10:00:00,Customer Transfer of Funds Charge,Completed,,-10.00,\"1,090.00\"\r\n\
         R0,2026-03-01 10:00:00,Salary Payment from 2 - W via API,Completed,\"1,100.00\",,\"1,100.00\"\r\n"
    );
    let ledger = opened(file.as_bytes(), "mpesa");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(
        facts(&ledger),
        [
            (at("01"), 110_000, In, Flow::Income, NONE, "R0"),
            (
                at("02"),
                1_000,
                Out,
                Flow::Expenditure,
                Category::InsuranceFinance,
                "R1-charge"
            ),
            (at("02"), 4_000, Out, Flow::Transfer, NONE, "R1"),
            (at("04"), 5_000, In, Flow::Transfer, NONE, "R3"),
            (at("05"), 5_000, Out, Flow::DebtService, NONE, "R4"),
        ]
    );
    assert_eq!(
        closings(&ledger),
        [
            (at("01"), 110_000),
            (at("02"), 105_000),
            (at("04"), 110_000),
            (at("05"), 105_000)
        ]
    );
    // A row gone: the balances no longer follow from each other.
    let gap: String = file
        .lines()
        .filter(|l| !l.starts_with("R3"))
        .map(|l| format!("{l}\n"))
        .collect();
    let ledger = opened(gap.as_bytes(), "mpesa");
    assert_eq!(ledger.entries().len(), 4);
    assert!(closings(&ledger).is_empty());
    // Another country.
    let there = opened_with(file.as_bytes(), "mpesa", &in_currency("TZS"));
    assert_eq!(there.currency().code(), "TZS");
}

#[test]
fn mpesa_faults() {
    let line = "R1,2026-03-02 10:00:00,Airtime Purchase,Completed,,-40.00,1.00\n";
    for (from, to, field) in [
        ("-40.00", "x", Some("Withdrawn")),
        ("-40.00", "", None),
        (",,-40.00", ",1.00,-40.00", None),
        (",,-40.00", ",-1.00,", Some("Paid In")),
        ("Completed", "Perhaps", Some("Transaction Status")),
        ("2026-03-02", "2026-03-99", Some("Completion Time")),
        ("R1,", ",", Some("Receipt No.")),
    ] {
        let file = format!("{MPESA}{}", line.replacen(from, to, 1));
        let error = refused(file.as_bytes(), "mpesa");
        assert_eq!(
            (error.line(), error.field()),
            (Some(2), field),
            "{from} {error}"
        );
    }
}

#[test]
fn columns_without_number_are_refused_at_once() {
    refuses_columns_without_number(MPESA);
}
