//! The layouts of banks that ship with the project, each with a file of its
//! kind.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::csv::CsvProfile;
use blindscore_history::taxonomy::{Category, Flow};
use encoding_rs::WINDOWS_1252;
use facts::{Fact, closings, facts, opened};

const NONE: Category = Category::Unclassified;

type Short = (String, i64, blindscore_history::ledger::Direction, Flow);

fn short(text: &[u8], currency: &str) -> Vec<Short> {
    let ledger = opened(text, "bank-csv");
    assert_eq!(ledger.currency().code(), currency);
    let fact = |(date, amount, direction, flow, category, _): Fact<'_>| {
        assert!(category == NONE || flow.carries_category());
        (date, amount, direction, flow)
    };
    facts(&ledger).into_iter().map(fact).collect()
}

fn on(day: &str) -> String {
    format!("2026-03-{day}")
}

#[test]
fn american_accounts_and_cards() {
    let file = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n\
                CREDIT,03/06/2026,PAYROLL,\"2,150.00\",ACH_CREDIT,\"2,050.00\",,\n\
                DEBIT,03/04/2026,WITHDRAWAL,-100.00,ATM,-100.00,,\n";
    assert_eq!(
        short(file.as_bytes(), "USD"),
        [
            (on("04"), 10_000, Out, Flow::Cash),
            (on("06"), 215_000, In, Flow::Transfer)
        ]
    );
    assert_eq!(
        closings(&opened(file.as_bytes(), "bank-csv")),
        [(on("04"), -10_000), (on("06"), 205_000)]
    );
    let card = "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n\
                03/09/2026,03/10/2026,SHOP,Shopping,Return,12.00,\n\
                03/05/2026,03/06/2026,THANK YOU,,Payment,80.00,\n\
                03/01/2026,03/02/2026,SHOP,Shopping,Sale,-20.00,\n";
    assert_eq!(
        short(card.as_bytes(), "USD"),
        [
            (on("02"), 2_000, Out, Flow::Expenditure),
            (on("06"), 8_000, In, Flow::Transfer),
            (on("10"), 1_200, In, Flow::RefundReversal),
        ]
    );
    let sides = "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n\
                 2026-03-01,2026-03-02,0000,CAFE,Dining,4.50,\n\
                 2026-03-05,2026-03-06,0000,PAYMENT,Payment/Credit,,80.00\n";
    assert_eq!(
        short(sides.as_bytes(), "USD"),
        [
            (on("02"), 450, Out, Flow::Expenditure),
            (on("06"), 8_000, In, Flow::Transfer)
        ]
    );
}

#[test]
fn european_accounts() {
    let german = "\"Auftragskonto\";\"Buchungstag\";\"Valutadatum\";\"Buchungstext\";\"Verwendungszweck\";\
                  \"Beguenstigter/Zahlungspflichtiger\";\"Kontonummer/IBAN\";\"Betrag\";\"Waehrung\";\"Info\"\n\
                  \"DE1\";\"27.03.26\";\"27.03.26\";\"LOHN  GEHALT\";\"März\";\"X\";\"DE2\";\"2.100,00\";\"EUR\";\"\"\n\
                  \"DE1\";\"05.03.26\";\"05.03.26\";\"KARTENZAHLUNG\";\"Fürth\";\"Y\";\"DE3\";\"-58,80\";\"EUR\";\"\"\n";
    let want = [
        (on("05"), 5_880, Out, Flow::Expenditure),
        (on("27"), 210_000, In, Flow::Income),
    ];
    // Whether the bank has changed over to UTF-8 or not.
    assert_eq!(short(german.as_bytes(), "EUR"), want);
    assert_eq!(short(&WINDOWS_1252.encode(german).0, "EUR"), want);
    let dutch = "\"Datum\",\"Naam / Omschrijving\",\"Rekening\",\"Tegenrekening\",\"Code\",\"Af Bij\",\
                 \"Bedrag (EUR)\",\"Mutatiesoort\",\"Mededelingen\"\n\
                 \"20260302\",\"X\",\"NL1\",\"\",\"GM\",\"Af\",\"50,00\",\"Geldautomaat\",\"\"\n\
                 \"20260301\",\"Y\",\"NL1\",\"NL2\",\"OV\",\"Bij\",\"1.000,00\",\"Overschrijving\",\"\"\n";
    assert_eq!(
        short(dutch.as_bytes(), "EUR"),
        [
            (on("01"), 100_000, In, Flow::Transfer),
            (on("02"), 5_000, Out, Flow::Cash)
        ]
    );
    let french = "Date;Libellé;Débit;Crédit;Solde\n\
                  05/03/2026;CARTE X;-1 234,50;;100,00\n27/03/2026;SALAIRE Y;;2 000,00;2 100,00\n";
    let want = [
        (on("05"), 123_450, Out, Flow::Expenditure),
        (on("27"), 200_000, In, Flow::Income),
    ];
    assert_eq!(short(&WINDOWS_1252.encode(french).0, "EUR"), want);
    assert_eq!(short(french.as_bytes(), "EUR"), want);
    let spanish = "Fecha;Concepto;Importe;Saldo\n05/03/2026;REINTEGRO CAJERO;-60,00;40,00\n\
                   27/03/2026;NOMINA MARZO;1.500,00;1.540,00\n";
    assert_eq!(
        short(spanish.as_bytes(), "EUR"),
        [
            (on("05"), 6_000, Out, Flow::Cash),
            (on("27"), 150_000, In, Flow::Income)
        ]
    );
}

#[test]
fn indian_and_brazilian_accounts() {
    let indian = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n\
                  01/03/26,SALARY MARCH,1,01/03/26,,\"1,25,000.00\",\"1,30,000.00\"\n\
                  05/03/26,ATW-X,2,05/03/26,\"5,000.00\",,\"1,25,000.00\"\n";
    assert_eq!(
        short(indian.as_bytes(), "INR"),
        [
            (on("01"), 12_500_000, In, Flow::Income),
            (on("05"), 500_000, Out, Flow::Cash)
        ]
    );
    let brazilian = "Data,Valor,Identificador,Descrição\n\
                     02/03/2026,-45.90,a-1,Compra no débito\n05/03/2026,3000.00,a-2,Salário\n";
    let ledger = opened(brazilian.as_bytes(), "bank-csv");
    let ids: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.id.as_str(), e.flow))
        .collect();
    assert_eq!(ids, [("a-1", Flow::Expenditure), ("a-2", Flow::Income)]);
}

#[test]
fn every_layout_has_a_name_of_its_own() {
    let mut names: Vec<_> = CsvProfile::builtin().iter().map(CsvProfile::name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), count), (13, 13));
}
