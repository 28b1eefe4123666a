//! Plaid's `/transactions/sync`: pages applied, accounts chosen, refusals.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use blindscore_history::ledger::{DayBalance, Direction, Ledger};
use blindscore_history::statement::{Format, ReadOptions, StatementError, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow, PlaidMap};
use jiff::civil::date;
use serde_json::{Value, json};

fn account(id: &str, kind: &str, currency: &str) -> Value {
    json!({
        "account_id": id, "type": kind, "name": "Example",
        "balances": {"current": 100, "iso_currency_code": currency, "unofficial_currency_code": null},
    })
}

fn entry(id: &str, account: &str, day: u8, amount: i64) -> Value {
    json!({
        "transaction_id": id, "account_id": account, "date": format!("2026-03-{day:02}"),
        "amount": amount, "iso_currency_code": "USD", "unofficial_currency_code": null,
        "pending": false, "personal_finance_category":
            {"primary": "FOOD_AND_DRINK", "detailed": "FOOD_AND_DRINK_GROCERIES"},
    })
}

fn page(accounts: &[Value], added: &[Value]) -> Value {
    json!({"accounts": accounts, "added": added, "modified": [], "removed": [], "has_more": false})
}

fn one(added: &[Value]) -> Value {
    page(&[account("a", "depository", "USD")], added)
}

fn try_read(file: &Value, options: &ReadOptions) -> Result<Ledger, StatementError> {
    read(file.to_string().as_bytes(), "sync.json", options)
}

fn opened(file: &Value) -> Ledger {
    try_read(file, &ReadOptions::default()).unwrap()
}

fn refused(file: &Value) -> StatementError {
    try_read(file, &ReadOptions::default()).unwrap_err()
}

fn ids(ledger: &Ledger) -> Vec<&str> {
    ledger.entries().iter().map(|e| e.id.as_str()).collect()
}

#[test]
fn positive_is_out_and_categories_follow_the_map() {
    let mut wages = entry("w", "a", 2, -5);
    wages["personal_finance_category"] = json!({"primary": "INCOME", "detailed": "INCOME_WAGES"});
    let mut newer = entry("n", "a", 3, 5);
    newer["personal_finance_category"]["detailed"] = json!("FOOD_AND_DRINK_NEWER");
    let mut unknown = entry("u", "a", 4, 5);
    unknown["personal_finance_category"]["primary"] = json!("NEWER");
    let mut none = entry("z", "a", 5, -5);
    none["personal_finance_category"] = json!(null);
    let file = one(&[
        entry("b", "a", 1, 5),
        entry("r", "a", 1, -5),
        wages,
        newer,
        unknown,
        none,
    ]);
    let ledger = opened(&file);
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.direction, e.flow, e.category))
        .collect();
    assert_eq!(
        facts,
        [
            (Direction::Out, Flow::Expenditure, Category::Food),
            (Direction::In, Flow::RefundReversal, Category::Food),
            (Direction::In, Flow::Income, Category::Unclassified),
            (Direction::Out, Flow::Expenditure, Category::DiningLodging),
            (Direction::Out, Flow::Expenditure, Category::Unclassified),
            (Direction::In, Flow::Transfer, Category::Unclassified),
        ]
    );
    let map = "primary,detailed,flow,category\nFOOD_AND_DRINK,,expenditure,GAMBLING\n";
    let options = ReadOptions {
        plaid_map: Some(PlaidMap::from_csv(map.as_bytes()).unwrap()),
        ..ReadOptions::default()
    };
    let ledger = try_read(&file, &options).unwrap();
    assert_eq!(ledger.entries()[0].category, Category::Gambling);
}

#[test]
fn amounts_are_read_from_their_text() {
    let text = one(&[entry("b", "a", 1, 7_777)]).to_string();
    let with = |amount: &str| {
        let text = text.replace("7777", amount);
        read(text.as_bytes(), "sync.json", &ReadOptions::default())
    };
    for (amount, minor) in [
        ("72.1", 7_210),
        ("4.35", 435),
        ("90071992547409.93", 9_007_199_254_740_993),
        ("1e2", 10_000),
    ] {
        assert_eq!(with(amount).unwrap().entries()[0].amount, minor, "{amount}");
    }
    for (amount, words) in [
        ("0.001", "more decimal digits than USD"),
        ("92233720368547758.08", "larger than any amount"),
        ("\"5\"", "not an amount"),
        ("null", "not an amount"),
    ] {
        let error = with(amount).unwrap_err();
        assert_eq!(error.field(), Some("added[0].amount"), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn pages_are_applied_in_order() {
    let accounts = [account("a", "depository", "USD")];
    let mut first = page(&accounts, &[entry("1", "a", 1, 1), entry("2", "a", 2, 2)]);
    first["has_more"] = json!(true);
    let mut second = page(&accounts, &[entry("3", "a", 3, 3)]);
    second["modified"] = json!([entry("2", "a", 4, 9)]);
    second["removed"] = json!([{"transaction_id": "1"}, {"transaction_id": "never there"}]);
    let ledger = opened(&json!([first, second]));
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.id.as_str(), e.amount))
        .collect();
    assert_eq!(facts, [("3", 300), ("2", 900)]);
    assert_eq!(refused(&first).fault(), &StatementFault::MorePages);
    second["modified"][0]["date"] = json!("2026-02-30");
    let error = refused(&json!([first, second]));
    assert_eq!(error.field(), Some("[1].modified[0].date"));
}

#[test]
fn pending_entries_are_left_out() {
    let mut pending = entry("p", "a", 9, 5);
    pending["pending"] = json!(true);
    let ledger = opened(&one(&[entry("b", "a", 1, 5), pending]));
    assert_eq!(ids(&ledger), ["b"]);
}

#[test]
fn balances_are_derived_backwards() {
    let added = [
        entry("1", "a", 1, 1),
        entry("2", "a", 5, -10),
        entry("3", "a", 5, 4),
    ];
    let balance = |day, closing| DayBalance {
        date: date(2026, 3, day),
        closing,
    };
    assert_eq!(
        opened(&one(&added)).balances(),
        [balance(1, 9_400), balance(5, 10_000)]
    );
    let credit = page(&[account("a", "credit", "USD")], &added);
    assert_eq!(opened(&credit).balances(), []);
    let mut unknown = one(&added);
    unknown["accounts"][0]["balances"]["current"] = json!(null);
    assert_eq!(opened(&unknown).balances(), []);
    let edge = one(&[
        entry("1", "a", 1, 92_233_720_368_547_758),
        entry("2", "a", 2, 92_233_720_368_547_758),
    ]);
    assert!(
        opened(&one(&[entry("2", "a", 2, 92_233_720_368_547_758)]))
            .balances()
            .len()
            == 1
    );
    assert_eq!(refused(&edge).fault(), &StatementFault::BalanceRange);
}

#[test]
fn accounts_are_those_for_payments_and_credit_or_those_asked_for() {
    let kinds = [
        account("a", "depository", "USD"),
        account("b", "credit", "USD"),
        account("c", "investment", "USD"),
    ];
    let file = page(
        &kinds,
        &[
            entry("1", "a", 1, 1),
            entry("2", "b", 2, 2),
            entry("3", "c", 3, 3),
        ],
    );
    let ledger = opened(&file);
    assert_eq!(ids(&ledger), ["1", "2"]);
    assert_eq!(ledger.balances(), []);
    let asked = |ids: &[&str]| ReadOptions {
        accounts: ids.iter().map(|&id| id.to_owned()).collect(),
        ..ReadOptions::default()
    };
    assert_eq!(ids(&try_read(&file, &asked(&["c"])).unwrap()), ["3"]);
    let only = try_read(&file, &asked(&["a"])).unwrap();
    assert_eq!((ids(&only), only.balances().len()), (vec!["1"], 1));
    let error = try_read(&file, &asked(&["d"])).unwrap_err();
    assert_eq!(
        error.fault(),
        &StatementFault::UnknownAccount { id: "d".to_owned() }
    );
}

#[test]
fn several_currencies_are_refused_unless_chosen() {
    let mut euro = entry("2", "b", 2, 2);
    euro["iso_currency_code"] = json!("EUR");
    let accounts = [
        account("a", "depository", "USD"),
        account("b", "depository", "EUR"),
    ];
    let file = page(&accounts, &[entry("1", "a", 1, 1), euro]);
    assert!(matches!(
        refused(&file).fault(),
        StatementFault::AccountCurrencies { .. }
    ));
    let options = ReadOptions {
        currency: "EUR".parse().ok(),
        ..ReadOptions::default()
    };
    let ledger = try_read(&file, &options).unwrap();
    assert_eq!((ledger.currency().code(), ids(&ledger)), ("EUR", vec!["2"]));
    let both = ReadOptions {
        accounts: vec!["a".to_owned()],
        ..options
    };
    let error = try_read(&file, &both).unwrap_err();
    assert!(matches!(
        error.fault(),
        StatementFault::OtherCurrency { .. }
    ));
}

#[test]
fn a_file_without_an_account_in_the_currency_asked_for_is_refused() {
    let options = ReadOptions {
        currency: "EUR".parse().ok(),
        ..ReadOptions::default()
    };
    let error = try_read(&one(&[entry("b", "a", 1, 5)]), &options).unwrap_err();
    let fault = error.fault();
    assert!(
        matches!(fault, StatementFault::OtherCurrency { .. }),
        "{error}"
    );
}

#[test]
fn an_entry_in_another_currency_than_its_account_is_refused() {
    let mut euro = entry("1", "a", 2, 2);
    euro["iso_currency_code"] = json!("EUR");
    let error = refused(&one(&[euro]));
    assert_eq!(error.field(), Some("added[0]"));
    assert!(matches!(
        error.fault(),
        StatementFault::SeveralCurrencies { .. }
    ));
}

#[test]
fn unofficial_unknown_and_missing_currencies_are_refused() {
    let with = |code: Value, unofficial: Value| {
        let mut coin = entry("1", "a", 2, 2);
        coin["iso_currency_code"] = code.clone();
        coin["unofficial_currency_code"] = unofficial.clone();
        let of_entry = refused(&one(&[coin]));
        assert_eq!(of_entry.field(), Some("added[0].iso_currency_code"));
        let mut file = one(&[]);
        file["accounts"][0]["balances"]["iso_currency_code"] = code;
        file["accounts"][0]["balances"]["unofficial_currency_code"] = unofficial;
        let of_account = refused(&file);
        assert_eq!(of_entry.fault(), of_account.fault());
        of_entry.to_string()
    };
    assert!(with(json!(null), json!("BTC")).contains("unofficial currency \"BTC\""));
    assert!(with(json!("EUX"), json!(null)).contains("unknown currency \"EUX\""));
    assert!(with(json!(null), json!(null)).contains("no currency"));
}

#[test]
fn an_older_response_without_accounts_is_read() {
    let file = json!({"added": [entry("1", "a", 1, 1)]});
    let ledger = opened(&file);
    assert_eq!((ids(&ledger), ledger.balances()), (vec!["1"], &[][..]));
    let listed = page(
        &[account("b", "depository", "USD")],
        &[entry("1", "a", 1, 1)],
    );
    assert_eq!(refused(&listed).fault(), &StatementFault::UnlistedAccount);
}

#[test]
fn broken_files_are_refused_with_their_place() {
    let text = serde_json::to_string_pretty(&one(&[entry("1", "a", 1, 7_777)])).unwrap();
    let with =
        |text: &str| read(text.as_bytes(), "sync.json", &ReadOptions::default()).unwrap_err();
    let broken_off = with(&text[..text.len() / 2]);
    assert!(
        broken_off.to_string().contains("breaks off"),
        "{broken_off}"
    );
    let line = text.lines().position(|line| line.contains("7777")).unwrap() as u64 + 1;
    let error = with(&text.replace("7777", "77x7"));
    assert_eq!(error.line(), Some(line), "{error}");
    let error = with(&text.replace("\"date\"", "\"day\""));
    assert_eq!(error.field(), Some("added[0]"));
    assert!(
        error.to_string().contains("missing field `date`"),
        "{error}"
    );
    let error = with(&text.replace("\"2026-03-01\"", "77.77"));
    assert_eq!(error.field(), Some("added[0].date"));
    assert!(!error.to_string().contains("77"), "{error}");
    assert!(
        with(&format!("{text} {text}"))
            .to_string()
            .contains("not JSON")
    );
    let error = with(&text.replace("2026-03-01", "0026-03-01"));
    assert_eq!(error.fault(), &StatementFault::Year);
    let mut bytes = text.into_bytes();
    bytes.push(0xff);
    let error = read(&bytes, "sync.json", &ReadOptions::default()).unwrap_err();
    assert_eq!(
        error.fault(),
        &StatementFault::Encoding { encoding: "UTF-8" }
    );
    assert!(error.line().is_some());
}

#[test]
fn nothing_in_it_and_no_period_is_refused() {
    assert_eq!(refused(&one(&[])).fault(), &StatementFault::NoEntries);
    let forced = ReadOptions {
        format: Format::named("plaid"),
        ..ReadOptions::default()
    };
    let error = read(b"[]", "sync.json", &forced).unwrap_err();
    assert_eq!(error.fault(), &StatementFault::NoStatement);
}

#[test]
fn the_older_get_is_read_and_must_be_whole() {
    let get = |total: u64| {
        json!({
            "accounts": [account("a", "depository", "USD")],
            "transactions": [entry("1", "a", 1, 1), entry("2", "a", 2, 2)],
            "total_transactions": total,
        })
    };
    assert_eq!(ids(&opened(&get(2))), ["1", "2"]);
    assert_eq!(refused(&get(3)).fault(), &StatementFault::MorePages);
    let bytes = get(2).to_string();
    let found = Format::detect(bytes.as_bytes(), &ReadOptions::default());
    assert_eq!(found, Format::named("plaid"));
}
