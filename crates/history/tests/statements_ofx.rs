//! OFX and QFX.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::{Format, ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{closings, facts, in_currency, opened, opened_with, refused};

const NONE: Category = Category::Unclassified;

/// A bank's list of `entries` in SGML, with its lines.
fn sgml(entries: &str) -> String {
    format!(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n\
         <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR\n\
         <BANKACCTFROM><BANKID>1<ACCTID>42<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
         <BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n{entries}\n</BANKTRANLIST>\n\
         <LEDGERBAL><BALAMT>100.00<DTASOF>20260331</LEDGERBAL>\n\
         </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
}

fn entry(day: u8, amount: &str, id: &str, more: &str) -> String {
    format!(
        "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202603{day:02}120000[-5:EST]<TRNAMT>{amount}\
         <FITID>{id}{more}</STMTTRN>\n"
    )
}

#[test]
fn meaning_by_merchant_code_then_by_type() {
    let entries = [
        "<STMTTRN><TRNTYPE>POS<DTPOSTED>20260302<TRNAMT>-1.00<FITID>a<SIC>5411</STMTTRN>",
        "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260303<TRNAMT>2.00<FITID>b<SIC>5411</STMTTRN>",
        "<STMTTRN><TRNTYPE>ATM<DTPOSTED>20260304<TRNAMT>-3.00<FITID>c<SIC>0</STMTTRN>",
        "<STMTTRN><TRNTYPE>INT<DTPOSTED>20260305<TRNAMT>4.00<FITID>d</STMTTRN>",
        "<STMTTRN><TRNTYPE>INT<DTPOSTED>20260306<TRNAMT>-5.00<FITID>e</STMTTRN>",
        "<STMTTRN><TRNTYPE>XFER<DTPOSTED>20260307<TRNAMT>-6.00<FITID>f</STMTTRN>",
        "<STMTTRN><TRNTYPE>DEP<DTPOSTED>20260308<TRNAMT>7.00<FITID>g<SIC>541100</STMTTRN>",
        "<STMTTRN><TRNTYPE>HOLD<DTPOSTED>20260309<TRNAMT>-8.00<FITID>h</STMTTRN>",
    ];
    let file = sgml(&entries.concat());
    let ledger = opened(file.as_bytes(), "ofx");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(
        facts(&ledger),
        [
            (at("02"), 100, Out, Flow::Expenditure, Category::Food, "a"),
            (at("03"), 200, In, Flow::RefundReversal, Category::Food, "b"),
            (at("04"), 300, Out, Flow::Cash, NONE, "c"),
            (at("05"), 400, In, Flow::Income, NONE, "d"),
            (at("06"), 500, Out, Flow::DebtService, NONE, "e"),
            (at("07"), 600, Out, Flow::Transfer, NONE, "f"),
            (at("08"), 700, In, Flow::Transfer, NONE, "g"),
        ]
    );
    assert_eq!(closings(&ledger).last(), Some(&(at("31"), 10_000)));
    assert_eq!(
        closings(&ledger)[0],
        (at("02"), 10_000 - 200 + 300 - 400 + 500 + 600 - 700)
    );
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
}

#[test]
fn entries_that_nothing_closes_end_where_the_next_one_starts() {
    let open = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260302<TRNAMT>-1.00<FITID>a<NAME>X\n\
                <STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260303<TRNAMT>-2.00<FITID>b<NAME>Y\n";
    let ledger = opened(sgml(open).as_bytes(), "ofx");
    let amounts: Vec<_> = ledger.entries().iter().map(|e| e.amount).collect();
    assert_eq!(amounts, [100, 200]);
}

#[test]
fn a_foreign_entry_is_converted_by_the_rate_beside_it() {
    let foreign = |rate: &str, kind: &str| {
        let more = format!("<{kind}>{rate}<CURSYM>USD</{kind}>");
        sgml(&entry(2, "-10.00", "a", &more))
    };
    let amount = |file: String| opened(file.as_bytes(), "ofx").entries()[0].amount;
    assert_eq!(amount(foreign("<CURRATE>0.925", "CURRENCY")), 925);
    assert_eq!(amount(foreign("<CURRATE>0.925", "ORIGCURRENCY")), 1_000);
    let error = refused(foreign("", "CURRENCY").as_bytes(), "ofx");
    assert!(
        matches!(error.fault(), StatementFault::SeveralCurrencies { .. }),
        "{error}"
    );
    let error = refused(foreign("<CURRATE>-1", "CURRENCY").as_bytes(), "ofx");
    assert_eq!(error.fault(), &StatementFault::Rate);
}

#[test]
fn corrections_replace_and_delete() {
    let file = sgml(&format!(
        "{}{}{}{}",
        entry(2, "-1.00", "a", ""),
        entry(3, "-2.00", "b", ""),
        entry(4, "-1.50", "c", "<CORRECTFITID>a<CORRECTACTION>REPLACE"),
        entry(5, "-2.00", "d", "<CORRECTFITID>b<CORRECTACTION>DELETE"),
    ));
    let ledger = opened(file.as_bytes(), "ofx");
    let left: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.id.as_str(), e.amount))
        .collect();
    assert_eq!(left, [("c", 150)]);
}

#[test]
fn xml_and_its_encoding() {
    let file = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n\
                <?OFX OFXHEADER=\"200\" VERSION=\"220\" SECURITY=\"NONE\"?>\n\
                <OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF>\
                <BANKACCTFROM><ACCTID>1</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>\
                <BANKTRANLIST><STMTTRN><TRNTYPE>POS</TRNTYPE><DTPOSTED>20260302</DTPOSTED>\
                <TRNAMT>-1.00</TRNAMT><NAME>Caf\u{e9} &amp; Cie</NAME></STMTTRN></BANKTRANLIST>\
                </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";
    let latin: Vec<u8> = file
        .chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect();
    let utf8 = file.replace("ISO-8859-1", "utf-8");
    let ids = |bytes: &[u8]| opened(bytes, "ofx").entries()[0].id.clone();
    // An id made of the texts is that of the same texts in another encoding.
    assert_eq!(ids(&latin), ids(utf8.as_bytes()));
}

#[test]
fn accounts_of_several_currencies_are_chosen_among() {
    let other = |currency: &str, account: &str, id: &str| {
        format!(
            "<STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>{account}</BANKACCTFROM>\
             <BANKTRANLIST><DTSTART>20260301<DTEND>20260331{}</BANKTRANLIST></STMTRS>",
            entry(2, "-1.00", id, "")
        )
    };
    let file = format!(
        "<OFX>{}{}{}</OFX>",
        other("EUR", "1", "a"),
        other("EUR", "2", "b"),
        other("USD", "3", "c")
    );
    let error = refused(file.as_bytes(), "ofx");
    assert!(
        matches!(error.fault(), StatementFault::AccountCurrencies { .. }),
        "{error}"
    );
    let ids = |options: &ReadOptions| {
        let ledger = opened_with(file.as_bytes(), "ofx", options);
        ledger
            .entries()
            .iter()
            .map(|e| e.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&in_currency("EUR")), ["a", "b"]);
    assert_eq!(ids(&in_currency("USD")), ["c"]);
    let one = ReadOptions {
        accounts: vec!["2".to_owned()],
        ..ReadOptions::default()
    };
    assert_eq!(ids(&one), ["b"]);
    let absent = ReadOptions {
        accounts: vec!["9".to_owned()],
        ..ReadOptions::default()
    };
    let error = read(file.as_bytes(), "a", &absent).unwrap_err();
    assert!(matches!(
        error.fault(),
        StatementFault::UnknownAccount { .. }
    ));
    let error = read(file.as_bytes(), "a", &in_currency("GBP")).unwrap_err();
    assert!(matches!(
        error.fault(),
        StatementFault::OtherCurrency { .. }
    ));
}

#[test]
fn a_balance_past_the_period_is_not_taken() {
    let file = sgml(&entry(2, "-1.00", "a", "")).replace("DTASOF>20260331", "DTASOF>20260402");
    assert!(closings(&opened(file.as_bytes(), "ofx")).is_empty());
}

#[test]
fn a_period_years_beyond_the_entries_is_not_believed() {
    let file = sgml(&entry(12, "-1.00", "a", ""));
    let ever = file.replace("<DTSTART>20260301", "<DTSTART>19700101");
    let covered = |file: &str| opened(file.as_bytes(), "ofx").coverage().to_string();
    assert_eq!(covered(&ever), "2026-03-01 to 2026-03-31");
    let longer = file.replace("<DTSTART>20260301", "<DTSTART>20260115");
    assert_eq!(covered(&longer), "2026-01-15 to 2026-03-31");
    let beside = file.replace("<DTEND>20260331", "<DTEND>20260310");
    assert_eq!(covered(&beside), "2026-03-01 to 2026-03-12");
}

#[test]
fn faults_name_line_and_tag() {
    let whole = sgml(&entry(2, "-1.00", "a", ""));
    for (from, to, line, field, words) in [
        (
            "<TRNAMT>-1.00",
            "<TRNAMT>x",
            Some(10),
            Some("TRNAMT"),
            "not an amount",
        ),
        (
            "<TRNAMT>-1.00",
            "<TRNAMT>=1+1",
            Some(10),
            Some("TRNAMT"),
            "not an amount",
        ),
        ("<TRNAMT>-1.00", "", Some(10), None, "no TRNAMT"),
        (
            "<DTPOSTED>20260302",
            "<DTPOSTED>20261302",
            Some(10),
            Some("DTPOSTED"),
            "not a date",
        ),
        (
            "<CURDEF>EUR",
            "<CURDEF>EURO",
            Some(8),
            Some("CURDEF"),
            "unknown currency",
        ),
        ("</OFX>", "", Some(15), None, "breaks off"),
        ("<CURDEF>EUR", "", None, None, "currency"),
    ] {
        let file = whole.replacen(from, to, 1);
        assert_ne!(file, whole, "{from}");
        let error = refused(file.as_bytes(), "ofx");
        assert_eq!(error.line(), line, "{error}");
        assert_eq!(error.field(), field, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    for end in 0..whole.len() {
        let _ = read(&whole.as_bytes()[..end], "a", &ReadOptions::default());
    }
}

#[test]
fn hostile_files_cost_no_more_than_their_size() {
    let bomb = "<!DOCTYPE OFX [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><OFX>&b;</OFX>";
    assert!(
        refused(bomb.as_bytes(), "ofx")
            .to_string()
            .contains("document type")
    );
    let mut deep = b"<OFX>".to_vec();
    deep.extend(b"<STMTRS>".repeat(500_000));
    assert!(refused(&deep, "ofx").to_string().contains("breaks off"));
    let mut many = String::from("<OFX><STMTRS><CURDEF>EUR");
    many.push_str(&"<STMTTRN><DTPOSTED>20260301<TRNAMT>1".repeat(2_000));
    let few = ReadOptions {
        limits: blindscore_history::statement::Limits {
            entries: 1_000,
            ..Default::default()
        },
        ..ReadOptions::default()
    };
    let error = read(many.as_bytes(), "a", &few).unwrap_err();
    assert!(matches!(
        error.fault(),
        StatementFault::TooManyEntries { .. }
    ));
    let empty = refused(b"<OFX></OFX>", "ofx");
    assert_eq!(empty.fault(), &StatementFault::NoStatement);
}

#[test]
fn qfx_is_ofx() {
    let file = sgml(&entry(2, "-1.00", "a", "")).replace("<OFX>", "<OFX><INTU.BID>00000");
    assert_eq!(
        Format::detect(file.as_bytes(), &ReadOptions::default()),
        Format::named("ofx")
    );
    assert_eq!(opened(file.as_bytes(), "ofx").entries().len(), 1);
}
