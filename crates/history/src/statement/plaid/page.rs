//! The fields of a response that are read; all others are passed over.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::money::Currency;
use crate::statement::error::shown;
use crate::statement::{StatementError, StatementFault};

/// The responses in a file: one object, or an array of them.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Page>, StatementError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        StatementError::from(StatementFault::Encoding { encoding: "UTF-8" }).on_line(line)
    })?;
    if text.trim_start().starts_with('[') {
        parse_as(text)
    } else {
        Ok(vec![parse_as(text)?])
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) accounts: Vec<Account>,
    pub(super) added: Vec<Transaction>,
    #[serde(default)]
    pub(super) modified: Vec<Transaction>,
    #[serde(default)]
    pub(super) removed: Vec<Removed>,
    #[serde(default)]
    pub(super) has_more: bool,
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

fn parse_as<T: DeserializeOwned>(text: &str) -> Result<T, StatementError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let located = fault(error.inner());
        if path == "." {
            located
        } else {
            located.in_field(&path)
        }
    })?;
    json.end().map_err(|error| fault(&error))?;
    Ok(value)
}

/// The parser's own messages quote values, so only those that cannot are kept.
fn fault(error: &serde_json::Error) -> StatementError {
    let message = error.to_string();
    let message = message.split(" at line").next().unwrap_or_default();
    let what = match error.classify() {
        Category::Data if message.starts_with("missing field") => message.to_owned(),
        Category::Data if message.starts_with("duplicate field") => message.to_owned(),
        Category::Data => "a value of another kind than Plaid sends".to_owned(),
        Category::Eof => "the JSON breaks off".to_owned(),
        Category::Syntax | Category::Io => format!("not JSON at character {}", error.column()),
    };
    let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
    StatementError::from(StatementFault::Json { what }).on_line(line)
}
