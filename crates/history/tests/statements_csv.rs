//! Bank CSV: what is read and, above all, what is refused and how.

mod statements_common;

use blindscore_history::ledger::{Coverage, DayBalance, Direction, Ledger, LedgerError};
use blindscore_history::money::AmountError;
use blindscore_history::statement::{Limits, ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use jiff::civil::date;
use statements_common::{HEADER, file, opened, refused, refused_with};

#[test]
fn entries_are_read_with_codes_balances_and_signs() {
    let ledger = opened(&file(
        "2026-03-02,-64.18,EUR,\"grocer, north\",5411,935.82\n\
         2026-03-02,10,EUR,back,5411,945.82\n\
         \n\
         2026-03-06,-5,EUR,unknown code,9999,940.82\n\
         2026-03-07,(7.5),EUR,,6011,\n",
    ));
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.amount, e.direction, e.flow, e.category))
        .collect();
    assert_eq!(
        facts,
        [
            (6_418, Direction::Out, Flow::Expenditure, Category::Food),
            (1_000, Direction::In, Flow::RefundReversal, Category::Food),
            (
                500,
                Direction::Out,
                Flow::Expenditure,
                Category::Unclassified
            ),
            (750, Direction::Out, Flow::Cash, Category::Unclassified),
        ]
    );
    let balance = |day, closing| DayBalance {
        date: date(2026, 3, day),
        closing,
    };
    assert_eq!(ledger.balances(), [balance(2, 94_582), balance(6, 94_082)]);
}

#[test]
fn a_descending_file_gives_the_same_ledger() {
    let lines = [
        "2026-03-02,-1,EUR,a,,9",
        "2026-03-02,-2,EUR,b,,7",
        "2026-03-05,-3,EUR,c,,4",
    ];
    let up = opened(&file(&lines.join("\n")));
    let lines: Vec<_> = lines.into_iter().rev().collect();
    let down = opened(&file(&lines.join("\n")));
    assert_eq!(up, down);
    assert_eq!(up.balances()[0].closing, 700);
}

#[test]
fn a_broken_line_is_named() {
    let error = refused("2026-03-02,-1,EUR,a,,\n\n2026-03-03,-2,EUR\n");
    assert_eq!(error.line(), Some(4));
    assert_eq!(error.fault(), &StatementFault::Fields { got: 3, want: 6 });
    assert_eq!(
        error.to_string(),
        "a.csv, line 4: a broken line: got 3 fields; want 6 as in the header; repair the line"
    );
    let error = refused("2026-03-02,-1,EUR,a,,\n2026-03-03,-2,EUR,b,,,spare\n");
    assert_eq!(
        (error.line(), error.fault()),
        (Some(3), &StatementFault::Fields { got: 7, want: 6 })
    );
}

#[test]
fn a_quote_that_swallows_lines_is_named() {
    for lines in [
        "2026-03-02,-1,EUR,\"a,,\n2026-03-03,-2,EUR,b,,\n",
        "2026-03-02,-1,EUR,\"a\n2026-03-03,-2,EUR,\"b\",,\n",
        "2026-03-02,-1,EUR,a,,\"",
        "2026-03-02,-1,EUR,a,,\"\n",
    ] {
        let error = refused(lines);
        assert_eq!(
            (error.line(), error.fault()),
            (Some(2), &StatementFault::OpenQuote),
            "{lines}"
        );
    }
}

#[test]
fn an_unknown_currency_is_refused() {
    let error = refused("2026-03-02,-1,EUR,a,,\n2026-03-03,-2,EUX,b,,\n");
    assert_eq!((error.line(), error.field()), (Some(3), Some("currency")));
    assert!(
        error.to_string().contains("unknown currency \"EUX\""),
        "{error}"
    );
    let error = refused("2026-03-02,-1,,a,,\n");
    assert_eq!(error.fault(), &StatementFault::Missing);
}

#[test]
fn a_second_currency_is_refused() {
    let error = refused("2026-03-02,-1,EUR,a,,\n2026-03-03,-2,USD,b,,\n");
    assert_eq!(error.line(), Some(3));
    assert!(matches!(
        error.fault(),
        StatementFault::SeveralCurrencies { .. }
    ));
}

#[test]
fn a_currency_other_than_asked_is_refused() {
    let options = ReadOptions {
        currency: "USD".parse().ok(),
        ..ReadOptions::default()
    };
    let error = refused_with(file("2026-03-02,-1,EUR,a,,\n").as_bytes(), &options);
    assert_eq!(error.line(), Some(2));
    assert!(matches!(
        error.fault(),
        StatementFault::OtherCurrency { .. }
    ));
}

#[test]
fn dates_out_of_order_are_refused_and_named() {
    for (days, line, order) in [
        ([2, 6, 1, 7], 4, "ascending"),
        ([2, 6, 7, 1], 5, "ascending"),
        ([9, 6, 7, 1], 4, "descending"),
        ([2, 2, 6, 5], 5, "ascending"),
    ] {
        let lines: String = days
            .iter()
            .map(|day| format!("2026-03-0{day},-1,EUR,a,,\n"))
            .collect();
        let error = refused(&lines);
        assert_eq!(
            (error.line(), error.field()),
            (Some(line), Some("date")),
            "{days:?}"
        );
        assert_eq!(
            error.fault(),
            &StatementFault::DateOrder { order },
            "{days:?}"
        );
    }
}

#[test]
fn balances_of_a_one_day_file_are_not_guessed() {
    let ledger = opened(&file("2026-03-02,-1,EUR,a,,5\n2026-03-02,-1,EUR,b,,4\n"));
    assert_eq!(ledger.balances(), []);
    let ledger = opened(&file("2026-03-02,-1,EUR,a,,5\n"));
    assert_eq!(ledger.balances().len(), 1);
}

#[test]
fn fields_that_cannot_be_read_are_named() {
    for (line, field, words) in [
        (
            "2026-13-02,-1,EUR,a,,",
            "date",
            "not a date; want one written as \"%Y-%m-%d\"",
        ),
        ("03/02/2026,-1,EUR,a,,", "date", "not a date"),
        ("0026-03-02,-1,EUR,a,,", "date", "year outside"),
        (",-1,EUR,a,,", "date", "empty"),
        ("2026-03-02,,EUR,a,,", "amount", "empty"),
        ("2026-03-02,1x2,EUR,a,,", "amount", "not an amount"),
        (
            "2026-03-02,1.234,EUR,a,,",
            "amount",
            "more decimal digits than EUR",
        ),
        (
            "2026-03-02,92233720368547758.08,EUR,a,,",
            "amount",
            "larger than any amount",
        ),
        ("2026-03-02,$5,EUR,a,,", "amount", "does not name EUR"),
        (
            "2026-03-02,-1,EUR,a,54-11,",
            "mcc",
            "not a merchant category code",
        ),
        ("2026-03-02,-1,EUR,a,,one", "balance", "not an amount"),
    ] {
        let error = refused(&format!("2026-03-01,-1,EUR,a,,\n{line}\n"));
        assert_eq!(
            (error.line(), error.field()),
            (Some(3), Some(field)),
            "{line}: {error}"
        );
        assert!(error.to_string().contains(words), "{line}: {error}");
    }
}

#[test]
fn the_largest_amount_is_read_exactly() {
    let ledger = opened(&file(
        "2026-03-02,-92233720368547758.07,EUR,a,,-92233720368547758.07\n",
    ));
    assert_eq!(ledger.entries()[0].amount, i64::MAX);
    assert_eq!(ledger.balances()[0].closing, -i64::MAX);
    let yen = opened(&file("2026-03-02,-9223372036854775807,JPY,a,,\n"));
    assert_eq!(yen.entries()[0].amount, i64::MAX);
    let error = refused("2026-03-02,9223372036854775808,JPY,a,,\n");
    assert_eq!(
        error.fault(),
        &StatementFault::Amount(AmountError::TooLarge)
    );
}

#[test]
fn messages_show_neither_amounts_nor_texts() {
    for line in [
        "2026-03-02,77x7,EUR,secret,,",
        "2026-03-02,77,EUR,secret,77-7,",
        "secret77",
    ] {
        let error = refused(&format!("{line}\n")).to_string();
        assert!(
            !error.contains("77") && !error.contains("secret"),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_text_is_refused() {
    let with = |bytes: &[u8]| {
        let mut file = file("2026-03-02,-1,EUR,a,,\n").into_bytes();
        file.extend_from_slice(bytes);
        refused_with(&file, &ReadOptions::default())
    };
    let error = with(b"2026-03-03,-1,EUR,b\0,,\n");
    assert_eq!(
        (error.line(), error.fault()),
        (Some(3), &StatementFault::Nul)
    );
    let error = with(b"2026-03-03,-1,EUR,b\xff,,\n");
    assert_eq!(error.line(), Some(3));
    assert_eq!(
        error.fault(),
        &StatementFault::Encoding { encoding: "UTF-8" }
    );
}

#[test]
fn limits_hold() {
    let text = file("2026-03-02,-1,EUR,abc,,\n2026-03-03,-1,EUR,abc,,\n");
    let with = |limits| {
        let options = ReadOptions {
            limits,
            ..ReadOptions::default()
        };
        let error = refused_with(text.as_bytes(), &options);
        (error.line(), error.to_string())
    };
    let limits = Limits::default();
    assert_eq!(limits.bytes, 64 << 20);
    assert_eq!(
        with(Limits {
            bytes: 20,
            ..limits
        })
        .0,
        None
    );
    assert_eq!(
        with(Limits {
            line_bytes: 10,
            ..limits
        })
        .0,
        Some(1)
    );
    assert_eq!(
        with(Limits {
            fields: 5,
            ..limits
        })
        .0,
        Some(2)
    );
    assert!(
        with(Limits {
            entries: 1,
            ..limits
        })
        .1
        .contains("more than 1 entries")
    );
}

#[test]
fn a_file_nobody_knows_is_refused_with_what_is_known() {
    for bytes in [
        &b"hello"[..],
        b"\xff\xfe\xfd",
        b"a,b,c\n1,2,3\n",
        b"{}",
        b"[1]",
    ] {
        let error = refused_with(bytes, &ReadOptions::default());
        let text = error.to_string();
        assert!(
            text.contains("known are ofx, ") && text.contains("us-signed"),
            "{text}"
        );
    }
}

#[test]
fn equal_lines_all_count_and_overlapping_files_count_once() {
    let coffee = "2026-03-02,-2,EUR,coffee,,\n";
    let later = "2026-03-03,-2,EUR,coffee,,\n";
    let first = opened(&file(&coffee.repeat(2)));
    assert_eq!(first.entries().len(), 2);
    let second = opened(&file(&format!("{coffee}{coffee}{later}")));
    let merged = Ledger::merge(vec![first.clone(), second.clone()]).unwrap();
    assert_eq!(merged.entries().len(), 3);
    let options = ReadOptions {
        account: "second".to_owned(),
        ..ReadOptions::default()
    };
    let other = read(file(&coffee.repeat(2)).as_bytes(), "b", &options).unwrap();
    assert_eq!(
        Ledger::merge(vec![first, other]).unwrap().entries().len(),
        4
    );
}

#[test]
fn ids_of_the_source_are_kept_and_its_repetitions_count_once() {
    let text = "date,amount,currency,id\n2026-03-02,-2,EUR,t1\n2026-03-02,-2,EUR,t1\n\
                2026-03-02,-1,EUR,t1\n2026-03-02,-2,EUR,t2\n";
    let ids: Vec<_> = opened(text)
        .entries()
        .iter()
        .map(|e| e.id.clone())
        .collect();
    assert_eq!(ids, ["t1", "t1", "t2"]);
}

#[test]
fn the_period_is_stated_or_the_entries_whole_months() {
    let text = file("2026-03-02,-1,EUR,a,,\n2026-03-09,-1,EUR,a,,\n");
    assert_eq!(
        opened(&text).coverage().to_string(),
        "2026-03-01 to 2026-03-31"
    );
    let stated = |first, last| ReadOptions {
        coverage: Some(Coverage {
            first: date(2026, 3, first),
            last: date(2026, 3, last),
        }),
        ..ReadOptions::default()
    };
    let ledger = read(text.as_bytes(), "a.csv", &stated(1, 31)).unwrap();
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
    let error = refused_with(text.as_bytes(), &stated(1, 8));
    assert_eq!(error.line(), Some(3));
    assert!(matches!(
        error.fault(),
        StatementFault::OutsideCoverage { .. }
    ));
    let error = refused_with(text.as_bytes(), &stated(9, 8));
    assert!(matches!(
        error.fault(),
        StatementFault::Ledger(LedgerError::CoverageReversed(_))
    ));
    let empty = ReadOptions {
        currency: "EUR".parse().ok(),
        ..stated(1, 31)
    };
    assert_eq!(
        read(HEADER.as_bytes(), "a.csv", &empty).unwrap().entries(),
        []
    );
    let error = refused_with(HEADER.as_bytes(), &ReadOptions::default());
    assert!(matches!(
        error.fault(),
        StatementFault::NoCurrency | StatementFault::NoEntries
    ));
}
