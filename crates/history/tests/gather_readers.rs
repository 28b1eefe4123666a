//! What gathering must not owe to the format: currencies, periods, order.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::gather::{AccountRule, GatherError, Gathered, GatheredAccount, gather};
use blindscore_history::money::{Currency, Rates};
use blindscore_history::statement::{CsvProfile, Opened, ReadOptions, StatementFault, open};
use blindscore_history::taxonomy::{Category, Flow};
use proptest::prelude::*;

const LAYOUT: &str = "date,amount,currency,description,mcc\n";

fn opened(text: &str, options: &ReadOptions) -> Opened {
    open(text.as_bytes(), "a", options).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn plain(text: &str) -> Opened {
    opened(text, &ReadOptions::default())
}

fn gathered(files: Vec<Opened>) -> Gathered {
    gather(files, AccountRule::Automatic).unwrap()
}

fn coin(code: &str) -> Currency {
    code.parse().unwrap()
}

fn ofx(account: &str, period: &str, entries: &str) -> String {
    format!(
        "OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>{account}</BANKACCTFROM>\
         <BANKTRANLIST>{period}{entries}</BANKTRANLIST></STMTRS></OFX>"
    )
}

fn ofx_entry(day: &str, amount: &str, id: &str, more: &str) -> String {
    format!(
        "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{id}<NAME>x{more}</STMTTRN>"
    )
}

fn camt(first: &str, last: &str, entries: &[(&str, &str, &str)]) -> String {
    let entry = |&(day, amount, currency): &(&str, &str, &str)| {
        format!(
            "<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>\
             <Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"
        )
    };
    let entries: String = entries.iter().map(entry).collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>\
         <FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>\
         <Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>{entries}\
         </Stmt></BkToCstmrStmt></Document>"
    )
}

fn plaid(entries: &[(&str, &str)]) -> String {
    let entry = |(number, (amount, currency)): (usize, &(&str, &str))| {
        format!(
            "{{\"account_id\":\"a\",\"transaction_id\":\"t{number}\",\"amount\":{amount},\
             \"date\":\"2026-03-02\",\"iso_currency_code\":\"{currency}\"}}"
        )
    };
    let entries: Vec<String> = entries.iter().enumerate().map(entry).collect();
    format!(
        "{{\"accounts\":[{{\"account_id\":\"a\",\"type\":\"depository\",\"balances\":\
         {{\"current\":10.5,\"iso_currency_code\":\"EUR\"}}}}],\"added\":[{}]}}",
        entries.join(",")
    )
}

fn uk(entries: &[(&str, &str)]) -> String {
    let entry = |(number, (amount, currency)): (usize, &(&str, &str))| {
        format!(
            "{{\"AccountId\":\"a\",\"TransactionId\":\"t{number}\",\"Status\":\"BOOK\",\
             \"CreditDebitIndicator\":\"Debit\",\"BookingDateTime\":\"2026-03-02T10:00:00Z\",\
             \"Amount\":{{\"Amount\":\"{amount}\",\"Currency\":\"{currency}\"}}}}"
        )
    };
    let entries: Vec<String> = entries.iter().enumerate().map(entry).collect();
    format!("{{\"Data\":{{\"Transaction\":[{}]}}}}", entries.join(","))
}

fn berlin(entries: &[(&str, &str)]) -> String {
    let entry = |(number, (amount, currency)): (usize, &(&str, &str))| {
        format!(
            "{{\"transactionId\":\"t{number}\",\"bookingDate\":\"2026-03-02\",\
             \"transactionAmount\":{{\"amount\":\"-{amount}\",\"currency\":\"{currency}\"}}}}"
        )
    };
    let entries: Vec<String> = entries.iter().enumerate().map(entry).collect();
    format!(
        "{{\"account\":{{\"iban\":\"DE02120300000000202051\"}},\
         \"transactions\":{{\"booked\":[{}]}}}}",
        entries.join(",")
    )
}

const MPESA: &str = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n\
     A1,2026-03-02 10:00:00,Airtime Purchase,Completed,,-100.00,50.00\n";

/// One file a format with an entry of 1.00 EUR and one of 2.00 USD.
fn mixed() -> Vec<(&'static str, String)> {
    let both = [("1.00", "EUR"), ("2.00", "USD")];
    let dollars = "<CURRENCY><CURSYM>USD</CURRENCY>";
    let entries = [
        ofx_entry("20260302", "-1.00", "a", ""),
        ofx_entry("20260302", "-2.00", "b", dollars),
    ];
    let days = both.map(|(amount, currency)| ("2026-03-02", amount, currency));
    vec![
        (
            "bank-csv",
            format!("{LAYOUT}2026-03-02,-1,EUR,x,\n2026-03-02,-2,USD,x,\n"),
        ),
        ("ofx", ofx("1", "", &entries.concat())),
        ("camt", camt("2026-03-01", "2026-03-31", &days)),
        ("plaid", plaid(&both)),
        ("uk-open-banking", uk(&both)),
        ("berlin-group", berlin(&both)),
    ]
}

#[test]
fn several_currencies_need_a_rate_in_every_format() {
    let (euro, dollar) = (coin("EUR"), coin("USD"));
    for (format, text) in mixed() {
        let file = plain(&text);
        assert!(file.format().starts_with(format), "{}", file.format());
        let history = gathered(vec![file]);
        assert_eq!(
            history.ledger(),
            Err(GatherError::SeveralCurrencies {
                first: euro,
                other: dollar
            }),
            "{format}"
        );
        let none = history.clone().in_currency(euro, &Rates::default());
        let want = GatherError::NoRate {
            from: dollar,
            to: euro,
        };
        assert_eq!(none.unwrap_err(), want, "{format}");
        let rates = Rates::new(["USD=0.5".parse().unwrap()]).unwrap();
        let ledger = history.in_currency(euro, &rates).unwrap().ledger().unwrap();
        let amounts: Vec<_> = ledger.entries().iter().map(|e| e.amount).collect();
        assert_eq!(amounts, [100, 100], "{format}");
        // Balances of several currencies are nobody's.
        assert_eq!(ledger.balances(), [], "{format}");
    }
}

#[test]
fn shillings_stay_shillings_whatever_is_converted_to() {
    let history = gathered(vec![plain(MPESA)]);
    assert_eq!(history.currency(), Ok(coin("KES")));
    let error = history.in_currency(coin("EUR"), &Rates::default());
    assert!(matches!(error, Err(GatherError::NoRate { .. })));
    let elsewhere = ReadOptions {
        currency: Some(coin("TZS")),
        ..ReadOptions::default()
    };
    let history = gathered(vec![opened(MPESA, &elsewhere)]);
    assert_eq!(history.currency(), Ok(coin("TZS")));
}

#[test]
fn a_period_is_as_stated_or_the_whole_months_of_the_entries() {
    let covers = |text: &str| plain(text).coverage().unwrap().to_string();
    let day = [("2026-03-12", "1.00", "EUR")];
    assert_eq!(
        covers(&camt("2026-03-10", "2026-03-20", &day)),
        "2026-03-10 to 2026-03-20"
    );
    // Banks book a day beside the period they print.
    assert_eq!(
        covers(&camt("2026-03-13", "2026-03-20", &day)),
        "2026-03-12 to 2026-03-20"
    );
    // What banks write for "everything" is no period of this file.
    let everything = [
        camt("1970-01-01", "2026-03-31", &day),
        camt("0001-01-01", "9999-12-31", &day),
        camt("2026-03-01", "2099-12-31", &day),
        ofx(
            "1",
            "<DTSTART>19700101<DTEND>20260331",
            &ofx_entry("20260312", "-1.00", "a", ""),
        ),
        ofx(
            "1",
            "<DTSTART>00010101<DTEND>99991231",
            &ofx_entry("20260312", "-1.00", "a", ""),
        ),
        format!("{LAYOUT}2026-03-12,-1,EUR,x,\n"),
    ];
    for text in everything {
        assert_eq!(covers(&text), "2026-03-01 to 2026-03-31", "{text}");
    }
    let quiet = ofx("1", "<DTSTART>20260301<DTEND>20260430", "");
    assert_eq!(covers(&quiet), "2026-03-01 to 2026-04-30");
    let quiet = ofx("1", "<DTSTART>19700101<DTEND>20260430", "");
    let error = open(quiet.as_bytes(), "a", &ReadOptions::default()).unwrap_err();
    assert_eq!(error.fault(), &StatementFault::NoEntries);
}

#[test]
fn partial_refunds_over_several_months_keep_the_category() {
    let text = "Datum;Empfänger;Verwendungszweck;Betrag\n\
        05.01.2026;Kleiderladen;Jacke;-100,00\n\
        09.02.2026;Kleiderladen;Erstattung;30,00\n\
        10.03.2026;Kleiderladen;Erstattung;20,00\n";
    let profile = "name = \"own\"\ncurrency = \"EUR\"\ndelimiter = \";\"\n\
        [date]\ncolumn = \"Datum\"\nformat = \"%d.%m.%Y\"\n\
        [amount]\nmode = \"signed\"\ncolumn = \"Betrag\"\n\
        [number]\ndecimal = \",\"\nthousands = \".\"\n\
        [columns]\ndescription = \"Verwendungszweck\"\ncounterparty = \"Empfänger\"\n\
        [[rules]]\ncontains = \"Jacke\"\nflow = \"expenditure\"\ncategory = \"CLOTHING\"\n";
    let options = ReadOptions {
        profiles: vec![CsvProfile::from_toml(profile).unwrap()],
        ..ReadOptions::default()
    };
    let history = gathered(vec![opened(text, &options)]);
    let told: Vec<_> = history
        .entries()
        .iter()
        .map(|e| (e.posting.entry.flow, e.posting.entry.category))
        .collect();
    assert_eq!(
        told,
        [
            (Flow::Expenditure, Category::Clothing),
            (Flow::RefundReversal, Category::Clothing),
            (Flow::RefundReversal, Category::Clothing),
        ]
    );
    assert_eq!(history.counts().refunds, 2);
}

#[test]
fn transfers_go_both_ways_over_a_day_or_two() {
    let giro = [
        ofx_entry("20260302", "-500.00", "a1", ""),
        ofx_entry("20260320", "200.00", "a2", ""),
    ];
    let savings = [
        ofx_entry("20260304", "500.00", "b1", ""),
        ofx_entry("20260319", "-200.00", "b2", ""),
    ];
    let month = "<DTSTART>20260301<DTEND>20260331";
    let files = || {
        vec![
            plain(&ofx("GIRO", month, &giro.concat())),
            plain(&ofx("SAVINGS", month, &savings.concat())),
        ]
    };
    let history = gathered(files());
    assert_eq!(history.counts().own_transfers, 2);
    let entries = history.entries().iter();
    let flows: Vec<_> = entries.map(|e| e.posting.entry.flow).collect();
    assert_eq!(flows, [Flow::Transfer; 4]);
    let mut turned = files();
    turned.reverse();
    assert_eq!(gathered(turned).entries(), history.entries());
}

/// Files of two accounts, three formats and two currencies, whose contents need
/// not agree with each other: day, amount, id, whose, format.
type Piece = (u8, u8, Vec<(u8, i8, u8)>);

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let entries = proptest::collection::vec((1..20u8, -3..4i8, 0..4u8), 1..6);
    proptest::collection::vec((0..2u8, 0..3u8, entries), 1..6)
}

fn written((account, format, entries): &Piece) -> String {
    let mut entries = entries.clone();
    entries.sort_unstable();
    match format {
        0 => {
            let lines = entries.iter().map(|(day, amount, id)| {
                let currency = if id % 2 == 0 { "EUR" } else { "USD" };
                format!("2026-03-{day:02},{amount},{currency},account {account} {id},\n")
            });
            format!("{LAYOUT}{}", lines.collect::<String>())
        }
        1 => {
            let entries = entries.iter().map(|(day, amount, id)| {
                ofx_entry(
                    &format!("202603{day:02}"),
                    &format!("{amount}.00"),
                    &id.to_string(),
                    "",
                )
            });
            ofx(
                &format!("ACCOUNT-{account}"),
                "",
                &entries.collect::<String>(),
            )
        }
        _ => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(day, amount, _)| {
                    let size = amount.unsigned_abs();
                    (format!("2026-03-{day:02}"), format!("{size}.00"))
                })
                .collect();
            let entries: Vec<_> = entries
                .iter()
                .map(|(day, size)| (day.as_str(), size.as_str(), "EUR"))
                .collect();
            camt("2026-03-01", "2026-03-31", &entries)
                .replace("<Id>1</Id>", &format!("<Id>ACCOUNT-{account}</Id>"))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The order of files changes nothing, and neither does a file given again.
    #[test]
    fn any_files_in_any_order_and_twice_make_one_history(
        pieces in pieces(),
        turn in any::<proptest::sample::Index>(),
        again in any::<proptest::sample::Index>(),
    ) {
        let texts: Vec<String> = pieces.iter().map(written).collect();
        let all = |texts: &[String]| gathered(texts.iter().map(|text| plain(text)).collect());
        let want = all(&texts);
        let mut turned = texts.clone();
        turned.rotate_left(turn.index(texts.len()));
        let got = all(&turned);
        prop_assert_eq!(got.entries(), want.entries());
        turned.reverse();
        turned.push(texts[again.index(texts.len())].clone());
        let got = all(&turned);
        prop_assert_eq!(got.entries(), want.entries());
        let periods = |history: &Gathered| -> Vec<_> {
            history.accounts().iter().map(GatheredAccount::coverage).collect()
        };
        prop_assert_eq!(periods(&got), periods(&want));
    }
}
