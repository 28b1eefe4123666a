//! ISO 20022 camt.053 and camt.052.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::{ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{closings, facts, opened, refused};

const NONE: Category = Category::Unclassified;

fn balance(kind: &str, amount: &str, sign: &str, day: &str) -> String {
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
         <CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-03-{day}</Dt></Dt></Bal>\n"
    )
}

fn entry(id: &str, amount: &str, sign: &str, day: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-03-{day}</Dt></BookgDt><AcctSvcrRef>{id}</AcctSvcrRef>{more}</Ntry>\n"
    )
}

fn statement(account: &str, body: &str) -> String {
    format!(
        "<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{body}</Stmt>\n"
    )
}

fn message(statements: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <n:Document xmlns:n=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.06\">\n\
         <BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>\n{statements}</BkToCstmrStmt></n:Document>\n"
    )
}

fn code(domain: &str, family: &str, sub: &str) -> String {
    format!(
        "<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd>\
         </Fmly></Domn></BkTxCd>"
    )
}

fn details(within: &str) -> String {
    format!("<NtryDtls><TxDtls>{within}</TxDtls></NtryDtls>")
}

#[test]
fn meaning_by_merchant_code_purpose_and_bank_code() {
    let entries = [
        entry("a", "1.00", "DBIT", "02", &code("PMNT", "CCRD", "CWDL")),
        entry(
            "b",
            "2.00",
            "DBIT",
            "03",
            &details("<Purp><Cd>ELEC</Cd></Purp>"),
        ),
        entry(
            "c",
            "3.00",
            "DBIT",
            "04",
            &details("<RmtInf><Ustrd>KARTE MCC 5812 X</Ustrd></RmtInf><Purp><Cd>ELEC</Cd></Purp>"),
        ),
        entry("d", "4.00", "DBIT", "05", &code("ACMT", "MDOP", "CHRG")),
        entry("e", "5.00", "CRDT", "06", &code("PMNT", "RDDT", "UPDD")),
        entry("f", "6.00", "CRDT", "07", "<RvslInd>true</RvslInd>"),
        entry("g", "7.00", "DBIT", "08", &code("PMNT", "ICDT", "ESCT")),
        entry("h", "8.00", "CRDT", "09", &code("PMNT", "RCDT", "ESCT")),
        entry(
            "i",
            "9.00",
            "DBIT",
            "10",
            &details("<RmtInf><Ustrd>MCC 54111</Ustrd></RmtInf>"),
        ),
    ];
    let file = message(&statement("DE1", &entries.concat()));
    let ledger = opened(file.as_bytes(), "camt");
    let at = |day: &str| format!("2026-03-{day}");
    let (spent, food) = (Flow::Expenditure, Category::DiningLodging);
    assert_eq!(
        facts(&ledger),
        [
            (at("02"), 100, Out, Flow::Cash, NONE, "a"),
            (at("03"), 200, Out, spent, Category::Utilities, "b"),
            (at("04"), 300, Out, spent, food, "c"),
            (at("05"), 400, Out, spent, Category::InsuranceFinance, "d"),
            (at("06"), 500, In, Flow::RefundReversal, NONE, "e"),
            (at("07"), 600, In, Flow::RefundReversal, NONE, "f"),
            (at("08"), 700, Out, spent, NONE, "g"),
            (at("09"), 800, In, Flow::Transfer, NONE, "h"),
            (at("10"), 900, Out, spent, NONE, "i"),
        ]
    );
}

#[test]
fn statuses_of_both_kinds_of_versions() {
    let entries = entry("a", "1.00", "DBIT", "02", "")
        + &entry("b", "2.00", "DBIT", "03", "").replace("<Cd>BOOK</Cd>", "BOOK")
        + &entry("c", "3.00", "DBIT", "04", "").replace("BOOK", "PDNG")
        + &entry("d", "4.00", "DBIT", "05", "").replace("BOOK", "FUTR")
        + &entry("e", "5.00", "DBIT", "06", "").replace("BOOK", "INFO");
    let ledger = opened(message(&statement("DE1", &entries)).as_bytes(), "camt");
    let ids: Vec<_> = ledger.entries().iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    let odd = message(&statement("DE1", &entries.replace("PDNG", "ODD")));
    let error = refused(odd.as_bytes(), "camt");
    assert_eq!(
        (error.line(), error.field()),
        (Some(7), Some("Sts")),
        "{error}"
    );
}

#[test]
fn balances_lead_back_from_the_closing_one_and_must_fit_the_opening_one() {
    let whole = balance("OPBD", "10.00", "DBIT", "01")
        + &balance("CLBD", "5.00", "CRDT", "31")
        + &entry("a", "1.00", "DBIT", "02", "")
        + &entry("b", "16.00", "CRDT", "02", "");
    let ledger = opened(message(&statement("DE1", &whole)).as_bytes(), "camt");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(closings(&ledger), [(at("02"), 500), (at("31"), 500)]);
    let lost = whole.replace("16.00", "15.99");
    let error = refused(message(&statement("DE1", &lost)).as_bytes(), "camt");
    assert_eq!(error.fault(), &StatementFault::BalanceBroken, "{error}");
    // An intraday report need not be whole.
    let report = message(&statement("DE1", &lost)).replace("Stmt>", "Rpt>");
    assert_eq!(opened(report.as_bytes(), "camt").entries().len(), 2);
}

#[test]
fn statements_of_one_account_are_joined_and_of_two_kept_apart() {
    let period = |first: &str, last: &str| {
        format!(
            "<FrToDt><FrDtTm>2026-03-{first}T00:00:00</FrDtTm>\
             <ToDtTm>2026-03-{last}T00:00:00</ToDtTm></FrToDt>"
        )
    };
    let first = period("01", "16") + &entry("a", "1.00", "DBIT", "02", "");
    let second = period("16", "31") + &entry("b", "2.00", "DBIT", "30", "");
    let file = message(&(statement("DE1", &second) + &statement("DE1", &first)));
    let ledger = opened(file.as_bytes(), "camt");
    let ids: Vec<_> = ledger.entries().iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-30");
    let apart = message(&(statement("DE1", &second) + &statement("DE2", &first)));
    let error = refused(apart.as_bytes(), "camt");
    assert!(
        matches!(error.fault(), StatementFault::AccountPeriods { .. }),
        "{error}"
    );
    let one = ReadOptions {
        accounts: vec!["DE2".to_owned()],
        ..ReadOptions::default()
    };
    let ledger = read(apart.as_bytes(), "a", &one).unwrap();
    assert_eq!(ledger.entries().len(), 1);
}

#[test]
fn entries_without_a_reference_of_the_bank_all_count() {
    let twin = entry("NOTPROVIDED", "1.00", "DBIT", "02", "");
    let file = message(&statement("DE1", &(twin.clone() + &twin)));
    let ledger = opened(file.as_bytes(), "camt");
    assert_eq!(ledger.entries().len(), 2);
    assert_ne!(ledger.entries()[0].id, ledger.entries()[1].id);
    assert!(!ledger.entries()[0].id.contains("DE1"));
}

#[test]
fn faults_name_line_and_element() {
    let whole = message(&statement("DE1", &entry("a", "1.00", "DBIT", "02", "")));
    for (from, to, line, field, words) in [
        (">1.00<", ">1,00<", Some(5), Some("Amt"), "not an amount"),
        (">1.00<", ">-1.00<", Some(5), Some("Amt"), "a sign"),
        (">1.00<", ">=1<", Some(5), Some("Amt"), "text beside"),
        ("DBIT", "DEBIT", Some(5), Some("CdtDbtInd"), "unknown code"),
        (
            "2026-03-02",
            "02.03.2026",
            Some(5),
            Some("BookgDt"),
            "not a date",
        ),
        ("Ccy=\"EUR\"", "", Some(5), Some("Ccy"), "unknown currency"),
        (
            "<MsgId>1</MsgId>",
            "<MsgPgntn><LastPgInd>false</LastPgInd></MsgPgntn>",
            Some(3),
            None,
            "more pages",
        ),
        ("</n:Document>", "", Some(8), None, "breaks off"),
        ("</Ntry>", "</Nrty>", Some(5), None, "do not match"),
        ("<BookgDt>", "<BookgDt>&x;", Some(5), None, "not expanded"),
    ] {
        let file = whole.replacen(from, to, 1);
        assert_ne!(file, whole, "{from}");
        let error = refused(file.as_bytes(), "camt");
        assert_eq!((error.line(), error.field()), (line, field), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    for end in 0..whole.len() {
        let _ = read(&whole.as_bytes()[..end], "a", &ReadOptions::default());
    }
    let empty = refused(message("").as_bytes(), "camt");
    assert_eq!(empty.fault(), &StatementFault::NoStatement);
}

#[test]
fn a_message_of_notifications_is_no_statement() {
    let file = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
                <BkToCstmrDbtCdtNtfctn/></Document>";
    let error = read(file.as_bytes(), "a", &ReadOptions::default()).unwrap_err();
    assert!(
        matches!(error.fault(), StatementFault::Unrecognised { .. }),
        "{error}"
    );
}

#[test]
fn hostile_files_cost_no_more_than_their_size() {
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l0 \"lol\">{}]>{}",
        (1..20)
            .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
            .collect::<String>(),
        message(&statement("&l19;", ""))
    );
    assert!(
        refused(bomb.as_bytes(), "camt")
            .to_string()
            .contains("document type")
    );
    let deep = message(&format!("<Stmt>{}", "<a>".repeat(300_000)));
    assert!(
        refused(deep.as_bytes(), "camt")
            .to_string()
            .contains("nested deeper")
    );
    let wide = message(&statement(
        "DE1",
        &entry("a", "1.00", "DBIT", "02", &"<a/>".repeat(600_000)),
    ));
    assert!(
        refused(wide.as_bytes(), "camt")
            .to_string()
            .contains("larger in one piece")
    );
    let balances = message(&statement(
        "DE1",
        &balance("CLBD", "1.00", "CRDT", "01").repeat(2_000),
    ));
    assert!(
        refused(balances.as_bytes(), "camt")
            .to_string()
            .contains("more balances")
    );
}
