//! Transactions of the Berlin Group's NextGenPSD2 framework, 1.3.
//!
//! A file holds one response to `/transactions`, or a JSON array of its pages.
//!
//! - **Amounts** are signed text: negative is money out.
//! - **Lists**: `booked` counts, `pending` is pending, `information` (standing
//!   orders to come) is passed over.
//! - **Balances**: from a `closingBooked` balance, if the response carries one
//!   with its date, backwards.
//! - **Meaning**: by `merchantCategoryCode`, else by `purposeCode`, else by
//!   `bankTransactionCode`, which joins the three codes of ISO 20022.

use serde::Deserialize;

use super::classify::{Clues, Meaning, classify};
use super::draft::{Account, Basis, Draft, Id, Place, Statement, Texts};
use super::error::shown;
use super::format::Reader;
use super::value::{currency, directed, iso_day, joined, signed};
use super::{ReadOptions, StatementError, StatementFault, balance, json};
use crate::ledger::Direction;
use crate::taxonomy::codes::{self, PURPOSES};
use crate::taxonomy::parse_mcc;

pub(super) struct BerlinGroup;

impl Reader for BerlinGroup {
    fn name(&self) -> &'static str {
        "berlin-group"
    }

    fn recognises(&self, bytes: &[u8], _: &ReadOptions) -> bool {
        json::has_keys(bytes, &["transactions"])
            && ["booked", "pending"]
                .iter()
                .any(|list| json::has_keys(bytes, &[list]))
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let pages: Vec<Page> = json::pages(bytes, "a Berlin Group bank")?;
        let links = pages
            .last()
            .and_then(|page| page.transactions.links.as_ref());
        if links.is_some_and(|links| links.next.is_some()) {
            return Err(StatementFault::MorePages.into());
        }
        let mut accounts: Vec<(Account, Vec<Balance>)> = Vec::new();
        let several = pages.len() > 1;
        let mut count = 0;
        for (number, page) in pages.into_iter().enumerate() {
            let prefix = if several {
                format!("[{number}].")
            } else {
                String::new()
            };
            let (id, named) = page.account.map(AccountReference::id).unwrap_or_default();
            let at = accounts.iter().position(|(known, _)| known.id == id);
            let at = at.unwrap_or_else(|| {
                accounts.push((empty(id.clone()), Vec::new()));
                accounts.len() - 1
            });
            let (account, balances) = &mut accounts[at];
            balances.extend(page.balances);
            if let Some(code) = named.filter(|_| account.currency.is_none()) {
                let field = format!("{prefix}account.currency");
                account.currency = Some(currency(&code).map_err(|fault| in_field(&field, fault))?);
            }
            let lists = [
                ("booked", page.transactions.booked, false),
                ("pending", page.transactions.pending, true),
            ];
            for (list, entries, pending) in lists {
                for (index, entry) in entries.into_iter().enumerate() {
                    count += 1;
                    let limit = options.limits.entries;
                    if count > limit {
                        return Err(StatementFault::TooManyEntries { limit }.into());
                    }
                    let path = format!("{prefix}transactions.{list}[{index}]");
                    let draft = read_entry(entry, &path, &id, pending, options);
                    let draft = draft.map_err(|error| json::under(&path, error))?;
                    account.drafts.extend(draft);
                }
            }
        }
        let accounts: Result<Vec<Account>, _> = accounts.into_iter().map(finish).collect();
        Ok(Statement {
            accounts: accounts?,
        })
    }
}

fn empty(id: String) -> Account {
    Account {
        id,
        currency: None,
        period: None,
        drafts: Vec::new(),
        balances: Vec::new(),
    }
}

fn finish((mut account, balances): (Account, Vec<Balance>)) -> Result<Account, StatementError> {
    account.drafts.sort_by_key(|draft| draft.date);
    let first = account.drafts.first().map(|draft| draft.currency);
    account.currency = account.currency.or(first);
    let closing = balances.iter().find(|b| b.kind == "closingBooked");
    if let (Some(closing), Some(home)) = (closing, account.currency)
        && let Some(day) = closing.day.as_deref()
        && closing.amount.currency == home.code()
    {
        account.balances = iso_day(day)
            .and_then(|day| Ok((day, signed(&closing.amount.amount, home)?)))
            .and_then(|(day, closing)| balance::backwards(day, closing, &account.drafts))
            .map_err(|fault| in_field("balances[]", fault))?;
    }
    Ok(account)
}

/// The entry; none if it is pending and has no day yet.
fn read_entry(
    entry: Transaction,
    path: &str,
    account: &str,
    pending: bool,
    options: &ReadOptions,
) -> Result<Option<Draft>, StatementError> {
    let unit = currency(&entry.amount.currency)
        .map_err(|fault| in_field("transactionAmount.currency", fault))?;
    let amount = signed(&entry.amount.amount, unit)
        .map_err(|error| in_field("transactionAmount.amount", error.into()))?;
    let (amount, direction) = directed(amount);
    let day = entry.booking.as_deref().or(entry.value.as_deref());
    let Some(day) = day else {
        return if pending {
            Ok(None)
        } else {
            Err(in_field("bookingDate", StatementFault::Missing))
        };
    };
    let date = iso_day(day).map_err(|fault| in_field("bookingDate", fault))?;
    let meaning = meaning(&entry, direction, options)?;
    let (flow, category, basis) = classify(Clues::by(direction, meaning))?;
    let texts = entry.texts(direction);
    // An entry reference counts within one response; a transaction id is the
    // bank's own.
    let id = entry.id.or(entry.internal_id).filter(|id| !id.is_empty());
    Ok(Some(Draft {
        place: Place::Path(path.to_owned()),
        date,
        amount,
        currency: unit,
        direction,
        flow,
        category,
        basis,
        id: match id {
            Some(id) => Id::Given(id),
            None => Id::Derived {
                account: account.to_owned(),
                text: joined([texts.counterparty.as_str(), &texts.description]),
            },
        },
        pending,
        texts,
        refunds: None,
    }))
}

fn meaning(
    entry: &Transaction,
    direction: Direction,
    options: &ReadOptions,
) -> Result<Option<(Meaning, Basis)>, StatementError> {
    let code = entry.merchant_code.as_deref().map(str::trim);
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        let code =
            parse_mcc(code).ok_or_else(|| in_field("merchantCategoryCode", StatementFault::Mcc))?;
        if let Some(meaning) = options.mcc_map().lookup(code) {
            return Ok(Some((meaning, Basis::MerchantCode(code))));
        }
    }
    let purpose = entry.purpose.as_deref().unwrap_or_default();
    if let Some(meaning) = PURPOSES.lookup(purpose, direction) {
        return Ok(Some((
            meaning,
            Basis::Provider(format!("purpose {purpose}")),
        )));
    }
    let Some(joined) = &entry.bank_code else {
        return Ok(None);
    };
    let mut parts = joined.splitn(3, '-');
    let code = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let meaning = codes::bank_code(code, direction);
    let named = shown(joined, 40);
    Ok(meaning.map(|meaning| (meaning, Basis::Provider(format!("bank code {named}")))))
}

fn in_field(field: &str, fault: StatementFault) -> StatementError {
    StatementError::from(fault).in_field(field)
}

#[derive(Deserialize)]
struct Page {
    account: Option<AccountReference>,
    transactions: Lists,
    #[serde(default)]
    balances: Vec<Balance>,
}

#[derive(Deserialize)]
struct AccountReference {
    iban: Option<String>,
    bban: Option<String>,
    #[serde(rename = "maskedPan")]
    masked_pan: Option<String>,
    currency: Option<String>,
}

impl AccountReference {
    /// The account's identifier and its currency.
    fn id(self) -> (String, Option<String>) {
        let id = self.iban.or(self.bban).or(self.masked_pan);
        let id = id.unwrap_or_default().split_whitespace().collect();
        (id, self.currency)
    }
}

#[derive(Deserialize)]
struct Lists {
    #[serde(default)]
    booked: Vec<Transaction>,
    #[serde(default)]
    pending: Vec<Transaction>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Money {
    amount: String,
    currency: String,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(rename = "balanceType")]
    kind: String,
    #[serde(rename = "balanceAmount")]
    amount: Money,
    #[serde(rename = "referenceDate")]
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    #[serde(rename = "transactionId")]
    id: Option<String>,
    #[serde(rename = "internalTransactionId")]
    internal_id: Option<String>,
    #[serde(rename = "transactionAmount")]
    amount: Money,
    #[serde(rename = "bookingDate")]
    booking: Option<String>,
    #[serde(rename = "valueDate")]
    value: Option<String>,
    creditor_name: Option<String>,
    creditor_account: Option<AccountReference>,
    debtor_name: Option<String>,
    debtor_account: Option<AccountReference>,
    remittance_information_unstructured: Option<String>,
    #[serde(default)]
    remittance_information_unstructured_array: Vec<String>,
    additional_information: Option<String>,
    #[serde(rename = "purposeCode")]
    purpose: Option<String>,
    #[serde(rename = "bankTransactionCode")]
    bank_code: Option<String>,
    #[serde(rename = "merchantCategoryCode")]
    merchant_code: Option<String>,
}

impl Transaction {
    fn texts(&self, direction: Direction) -> Texts {
        let (name, account) = match direction {
            Direction::Out => (&self.creditor_name, &self.creditor_account),
            Direction::In => (&self.debtor_name, &self.debtor_account),
        };
        let lines = self.remittance_information_unstructured_array.iter();
        let lines = lines.map(String::as_str);
        let account = account
            .as_ref()
            .and_then(|account| account.iban.as_deref().or(account.bban.as_deref()));
        let account = account.unwrap_or_default();
        Texts {
            description: joined(
                self.remittance_information_unstructured
                    .as_deref()
                    .into_iter()
                    .chain(lines)
                    .chain(self.additional_information.as_deref()),
            ),
            counterparty: name.clone().unwrap_or_default(),
            counterparty_account: account.split_whitespace().collect(),
        }
    }
}
