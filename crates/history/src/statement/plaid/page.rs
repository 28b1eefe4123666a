//! The fields of a response that are read; all others are passed over.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::money::Currency;
use crate::statement::error::shown;
use crate::statement::{StatementError, StatementFault};

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) accounts: Vec<Account>,
    /// `transactions` is what `/transactions/get` calls them.
    #[serde(alias = "transactions")]
    pub(super) added: Vec<Transaction>,
    #[serde(default)]
    pub(super) modified: Vec<Transaction>,
    #[serde(default)]
    pub(super) removed: Vec<Removed>,
    #[serde(default)]
    pub(super) has_more: bool,
    /// How many all pages of `/transactions/get` have.
    pub(super) total_transactions: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Account {
    pub(super) account_id: String,
    pub(super) balances: Balances,
    #[serde(rename = "type")]
    kind: String,
}

impl Account {
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Balances {
    pub(super) current: Option<Box<RawValue>>,
    iso_currency_code: Option<String>,
    unofficial_currency_code: Option<String>,
}

impl Balances {
    pub(super) fn currency(&self) -> Result<Currency, StatementError> {
        currency(&self.iso_currency_code, &self.unofficial_currency_code)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Transaction {
    pub(super) account_id: String,
    pub(super) transaction_id: String,
    pub(super) amount: Box<RawValue>,
    pub(super) date: String,
    #[serde(default)]
    pub(super) pending: bool,
    pub(super) name: Option<String>,
    pub(super) merchant_name: Option<String>,
    iso_currency_code: Option<String>,
    unofficial_currency_code: Option<String>,
    pub(super) personal_finance_category: Option<FinanceCategory>,
}

impl Transaction {
    pub(super) fn currency(&self) -> Result<Currency, StatementError> {
        currency(&self.iso_currency_code, &self.unofficial_currency_code)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct FinanceCategory {
    pub(super) primary: String,
    pub(super) detailed: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Removed {
    pub(super) transaction_id: String,
}

fn currency(
    code: &Option<String>,
    unofficial: &Option<String>,
) -> Result<Currency, StatementError> {
    let fault = match (code, unofficial) {
        (Some(code), _) => match code.parse() {
            Ok(currency) => return Ok(currency),
            Err(_) => StatementFault::UnknownCurrency {
                got: shown(code, 8),
            },
        },
        (None, Some(code)) => StatementFault::UnofficialCurrency {
            got: shown(code, 8),
        },
        (None, None) => StatementFault::NoCurrency,
    };
    Err(StatementError::from(fault).in_field("iso_currency_code"))
}
