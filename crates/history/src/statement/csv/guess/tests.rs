use super::*;
use crate::ledger::Direction::{In, Out};

fn guessed(text: &str) -> Guess {
    guess(text.as_bytes(), "a.csv", "guessed").unwrap()
}

/// The entries that the proposal reads: day, amount, direction.
fn read(
    bytes: &[u8],
    guess: &Guess,
    currency: Option<&str>,
) -> Vec<(String, i64, crate::ledger::Direction)> {
    let options = ReadOptions {
        profiles: vec![CsvProfile::from_toml(&guess.toml).unwrap()],
        profile: Some("guessed".to_owned()),
        currency: currency.map(|code| code.parse().unwrap()),
        ..ReadOptions::default()
    };
    let ledger = crate::statement::read(bytes, "a.csv", &options).unwrap();
    assert_eq!(guess.entries, Some(ledger.entries().len()));
    let entries = ledger.entries().iter();
    entries
        .map(|e| (e.date.to_string(), e.amount, e.direction))
        .collect()
}

fn fact(
    day: &str,
    amount: i64,
    direction: crate::ledger::Direction,
) -> (String, i64, crate::ledger::Direction) {
    (day.to_owned(), amount, direction)
}

#[test]
fn german_with_preamble_in_windows_1252() {
    let text = "Konto;DE02120300000000202051\n\nBuchungstag;Wertstellung;Empf\u{e4}nger;Verwendungszweck;Betrag;W\u{e4}hrung\n\
        31.03.2026;31.03.2026;Vermieter;MIETE;-1.690,00;EUR\n\
        05.03.2026;05.03.2026;Laden;Brot;-8,80;EUR\n";
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let guess = guess(&bytes, "a.csv", "guessed").unwrap();
    assert_eq!(
        read(&bytes, &guess, None),
        [
            fact("2026-03-05", 880, Out),
            fact("2026-03-31", 169_000, Out)
        ]
    );
    for want in [
        "delimiter = \";\"",
        "encoding = \"windows-1252\"",
        "column = \"Buchungstag\"",
        "decimal = \",\"",
        "counterparty = \"Empfänger\"",
        "currency = \"Währung\"",
    ] {
        assert!(guess.toml.contains(want), "no {want} in\n{}", guess.toml);
    }
    assert!(
        guess.doubts.iter().all(|doubt| doubt.contains("encoding")),
        "{:?}",
        guess.doubts
    );
}

#[test]
fn debit_and_credit_columns_and_a_currency_in_a_name() {
    let text = "Date,Details,Paid out (GBP),Paid in (GBP),Balance\n\
        25/03/2026,SHOP,24.90,,230.00\n27/03/2026,PAY,,\"1,850.00\",\"2,080.00\"\n";
    let guess = guessed(text);
    assert_eq!(
        read(text.as_bytes(), &guess, None),
        [
            fact("2026-03-25", 2490, Out),
            fact("2026-03-27", 185_000, In)
        ]
    );
    assert!(guess.toml.contains("currency = \"GBP\""), "{}", guess.toml);
    assert_eq!(guess.doubts, Vec::<String>::new());
}

#[test]
fn signs_below_zero_in_the_debit_column() {
    let text = "Receipt No.,Completion Time,Details,Paid In,Withdrawn,Balance\n\
        A2,2026-03-28 07:40:12,Charge,,-10.00,90.00\nA1,2026-03-05 10:00:00,In,\"1,100.00\",,100.00\n";
    let guess = guessed(text);
    assert_eq!(
        read(text.as_bytes(), &guess, Some("KES")),
        [
            fact("2026-03-05", 110_000, In),
            fact("2026-03-28", 1000, Out)
        ]
    );
    assert!(
        guess.doubts.iter().any(|doubt| doubt.contains("currency")),
        "{:?}",
        guess.doubts
    );
}

#[test]
fn words_say_which_way_in_chinese() {
    let text = "某银行交易明细\n交易日期,摘要,收/支,金额,余额\n20260305,超市,支出,￥58.80,41.20\n20260301,工资,收入,￥100.00,100.00\n";
    let (bytes, _, _) = GB18030.encode(text);
    let guess = guess(&bytes, "a.csv", "guessed").unwrap();
    assert_eq!(
        read(&bytes, &guess, None),
        [
            fact("2026-03-01", 10_000, In),
            fact("2026-03-05", 5880, Out)
        ]
    );
    assert!(
        guess.toml.contains("encoding = \"gb18030\""),
        "{}",
        guess.toml
    );
}

#[test]
fn day_or_month_first_is_told_by_the_order_or_doubted() {
    let sorted =
        "Fecha,Concepto,Importe\n01/02/2026,a,-1.00\n03/02/2026,b,-1.00\n01/03/2026,c,-1.00\n";
    let guess = guessed(sorted);
    assert!(guess.toml.contains("\"%d/%m/%Y\""), "{}", guess.toml);
    let open = "Date,Description,Amount\n01/02/2026,a,$-1.00\n";
    let guess = guessed(open);
    assert!(guess.toml.contains("\"%m/%d/%Y\""), "{}", guess.toml);
    assert!(
        guess
            .doubts
            .iter()
            .any(|doubt| doubt.contains("day and month"))
    );
}

#[test]
fn the_sign_is_told_by_the_texts() {
    let text = "Date,Description,Amount\n2026-03-01,SUPERMARKET,10.00\n2026-03-02,RESTAURANT,5.00\n2026-03-03,SALARY,-900.00\n";
    let guess = guessed(text);
    assert!(guess.toml.contains("positive = \"out\""), "{}", guess.toml);
    assert!(guess.doubts.iter().any(|doubt| doubt.contains("sign")));
}

#[test]
fn what_is_no_table_is_refused() {
    for bytes in [
        &b""[..],
        b"hello\nworld\n",
        b"{\"a\": 1}",
        b"a,b,c\n1,2,3\n",
        b"Date,Amount\n",
        b"\0\0",
    ] {
        assert!(guess(bytes, "a.csv", "guessed").is_err());
    }
    let long = "Date,Amount\n".to_owned() + &"x,".repeat(1 << 20);
    assert!(guess(long.as_bytes(), "a.csv", "guessed").is_err());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_are_a_proposal_or_an_error(
        tail in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
    ) {
        let mut bytes = b"Date;Amount;Text\n01.02.2026;1,00;".to_vec();
        bytes.extend(tail);
        if let Ok(guess) = guess(&bytes, "a.csv", "guessed") {
            proptest::prop_assert!(guess.toml.parse::<toml::Table>().is_ok(), "{}", guess.toml);
        }
    }
}

#[test]
fn headers_with_the_currency_behind_them() {
    let text = "Date;Libellé;Débit euros;Crédit euros\n\
        05/03/2026;CARTE SUPERMARCHE;58,80;\n27/03/2026;VIREMENT SALAIRE;;2100,00\n";
    let guess = guessed(text);
    assert_eq!(
        read(text.as_bytes(), &guess, None),
        [
            fact("2026-03-05", 5_880, Out),
            fact("2026-03-27", 210_000, In)
        ]
    );
    assert!(guess.toml.contains("currency = \"EUR\""), "{}", guess.toml);
    let text = "Txn Date,Narration,Withdrawal Amt (INR),Deposit Amt (INR),Closing Balance\n\
        25/03/26,GROCER,\"1,02,058.80\",,\"9,00,000.00\"\n\
        27/03/26,SALARY,,\"2,00,100.00\",\"11,00,100.00\"\n";
    let guess = guessed(text);
    assert_eq!(
        read(text.as_bytes(), &guess, None),
        [
            fact("2026-03-25", 10_205_880, Out),
            fact("2026-03-27", 20_010_000, In)
        ]
    );
    assert!(
        guess.toml.contains("description = \"Narration\""),
        "{}",
        guess.toml
    );
}
