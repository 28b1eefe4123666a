//! The proposal as TOML.

use std::collections::BTreeSet;
use std::fmt::Write;

use encoding_rs::Encoding;

use super::Table;
use super::columns::{Amount, Columns};
use super::words::Role;
use crate::ledger::Direction;

pub(super) fn toml(
    name: &str,
    encoding: &'static Encoding,
    table: &Table,
    columns: &Columns,
) -> String {
    let mut text = String::new();
    let header = |column: usize| quoted(&table.header[column]);
    let mut line = |key: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    line("name", &quoted(name));
    if table.delimiter != ',' {
        line("delimiter", &quoted(&table.delimiter.to_string()));
    }
    if encoding.name() != "UTF-8" {
        line("encoding", &quoted(&encoding.name().to_lowercase()));
    }
    if let Some(currency) = columns.currency {
        line("currency", &quoted(currency.code()));
    }
    if table.multiline {
        line("multiline", "true");
    }
    line("\n[date]\ncolumn", &header(columns.date));
    line("format", &quoted(&columns.date_format));
    match &columns.amount {
        Amount::Signed { column, positive } => {
            line("\n[amount]\nmode", "\"signed\"");
            line("column", &header(*column));
            if *positive == Direction::Out {
                line("positive", "\"out\"");
            }
        }
        Amount::Sides {
            debit,
            credit,
            signed_debits,
        } => {
            line("\n[amount]\nmode", "\"debit_credit\"");
            line("debit", &header(*debit));
            line("credit", &header(*credit));
            if *signed_debits {
                line("signed_debits", "true");
            }
        }
        Amount::Indicator {
            column,
            indicator,
            money_in,
            money_out,
        } => {
            line("\n[amount]\nmode", "\"indicator\"");
            line("column", &header(*column));
            line("indicator", &header(*indicator));
            line("in", &list(money_in));
            line("out", &list(money_out));
        }
    }
    line(
        "\n[number]\ndecimal",
        &quoted(&columns.separators.0.to_string()),
    );
    if let Some(thousands) = columns.separators.1 {
        line("thousands", &quoted(&thousands.to_string()));
    }
    let keys = [
        (Role::Currency, "currency"),
        (Role::Description, "description"),
        (Role::Counterparty, "counterparty"),
        (Role::CounterpartyAccount, "counterparty_account"),
        (Role::Id, "id"),
        (Role::Account, "account"),
        (Role::Balance, "balance"),
        (Role::Mcc, "mcc"),
    ];
    let found = keys
        .into_iter()
        .filter_map(|(role, key)| Some((key, *columns.others.get(&role)?)));
    for (index, (key, column)) in found.enumerate() {
        let first = if index == 0 { "\n[columns]\n" } else { "" };
        line(&format!("{first}{key}"), &header(column));
    }
    text
}

fn list(words: &BTreeSet<String>) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A TOML string, whatever the text holds.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
