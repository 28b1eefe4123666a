//! Responses of Plaid's `/transactions/sync`, and of the older `/transactions/get`.
//!
//! A file holds one response or a JSON array of the responses in the order they
//! came. Added entries are taken, modified ones replace those before them,
//! removed ones go, and what is still pending at the end is left out. A positive
//! amount is money **out**. Amounts are read from the text of the JSON number,
//! never through a float.
//!
//! Balances: when exactly one account is taken and it is a depository account,
//! its current balance is taken as the closing balance of the last entry's day,
//! and those of earlier days follow by undoing the entries. The current balance
//! may count pending entries, at the institution's choice; then the derived
//! balances are off by those. Several accounts, or a credit account, have none.

mod page;

use std::collections::BTreeMap;

use super::classify::{Clues, classify};
use super::draft::{self, Basis, Draft, Id, Place, Statement, Texts};
use super::error::shown;
use super::format::Reader;
use super::{ReadOptions, StatementError, StatementFault, balance, json, value};
use crate::ledger::{DayBalance, Direction};
use crate::money::{Currency, parse_json_number};
use page::{Account, Page, Transaction};

pub(super) struct Plaid;

impl Reader for Plaid {
    fn name(&self) -> &'static str {
        "plaid"
    }

    fn recognises(&self, bytes: &[u8], _: &ReadOptions) -> bool {
        json::has_keys(bytes, &["added"])
            || json::has_keys(bytes, &["transactions", "transaction_id", "account_id"])
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let pages: Vec<Page> = json::pages(bytes, "Plaid")?;
        let listed: usize = pages.iter().map(|page| page.added.len()).sum();
        let more = |page: &Page| {
            let all = page.total_transactions;
            page.has_more || all.is_some_and(|all| all > listed as u64)
        };
        if pages.last().is_some_and(more) {
            return Err(StatementFault::MorePages.into());
        }
        let listed = accounts(&pages);
        let entries = applied(pages);
        let limit = options.limits.entries;
        if entries.len() > limit {
            return Err(StatementFault::TooManyEntries { limit }.into());
        }
        let accounts = taken(&listed, &entries, options)?;
        if accounts.is_empty() {
            return Err(StatementFault::NoStatement.into());
        }
        Ok(Statement { accounts })
    }
}

/// The accounts that are taken, with their entries, each in its own currency.
fn taken(
    listed: &BTreeMap<String, Account>,
    entries: &BTreeMap<String, (String, Transaction)>,
    options: &ReadOptions,
) -> Result<Vec<draft::Account>, StatementError> {
    let candidates = candidates(listed, entries, options)?;
    let mut drafts: BTreeMap<&str, Vec<Draft>> =
        candidates.iter().map(|(id, _)| (*id, Vec::new())).collect();
    for (path, entry) in entries.values() {
        let place = |error| json::under(path, error);
        if !listed.is_empty() && !listed.contains_key(&entry.account_id) {
            let error = StatementError::from(StatementFault::UnlistedAccount);
            return Err(place(error.in_field("account_id")));
        }
        if let Some(drafts) = drafts.get_mut(entry.account_id.as_str()) {
            drafts.push(read_entry(entry, path, options).map_err(place)?);
        }
    }
    let account = |(id, currency): Candidate<'_>| {
        let currency = currency?;
        let mut drafts = drafts.remove(id).unwrap_or_default();
        drafts.sort_by_key(|draft| draft.date);
        Ok(draft::Account {
            id: id.to_owned(),
            currency: Some(currency),
            period: None,
            balances: balances(listed.get(id), &drafts, currency)?,
            drafts,
        })
    };
    candidates.into_iter().map(account).collect()
}

/// The closing balances of a depository account with a current one.
fn balances(
    account: Option<&Account>,
    drafts: &[Draft],
    currency: Currency,
) -> Result<Vec<DayBalance>, StatementError> {
    let listed = account.filter(|account| account.is("depository"));
    let Some(current) = listed.and_then(|account| account.balances.current.as_ref()) else {
        return Ok(Vec::new());
    };
    if drafts.iter().any(|draft| draft.currency != currency) {
        return Ok(Vec::new());
    }
    let booked = drafts.iter().rev().find(|draft| !draft.pending);
    let Some(last) = booked.map(|draft| draft.date) else {
        return Ok(Vec::new());
    };
    parse_json_number(current.get(), currency)
        .map_err(StatementFault::from)
        .and_then(|closing| balance::backwards(last, closing, drafts))
        .map_err(|fault| in_field(fault, "accounts[].balances.current"))
}

/// The accounts that the pages list; a later page knows better.
fn accounts(pages: &[Page]) -> BTreeMap<String, Account> {
    let listed = pages.iter().flat_map(|page| &page.accounts);
    listed
        .map(|account| (account.account_id.clone(), account.clone()))
        .collect()
}

/// The entries that stand once every page is applied, by id, each with its path
/// in the file.
fn applied(pages: Vec<Page>) -> BTreeMap<String, (String, Transaction)> {
    let mut standing = BTreeMap::new();
    let several = pages.len() > 1;
    for (number, page) in pages.into_iter().enumerate() {
        let prefix = if several {
            format!("[{number}].")
        } else {
            String::new()
        };
        for (list, entries) in [("added", page.added), ("modified", page.modified)] {
            for (index, entry) in entries.into_iter().enumerate() {
                let path = format!("{prefix}{list}[{index}]");
                standing.insert(entry.transaction_id.clone(), (path, entry));
            }
        }
        for removed in page.removed {
            standing.remove(&removed.transaction_id);
        }
    }
    standing
}

type Candidate<'a> = (&'a str, Result<Currency, StatementError>);

/// The accounts to choose from with their currencies: those asked for, or all
/// for payments and credit. A response without an account list (older ones have
/// none) lists them by its entries.
fn candidates<'a>(
    accounts: &'a BTreeMap<String, Account>,
    entries: &'a BTreeMap<String, (String, Transaction)>,
    options: &'a ReadOptions,
) -> Result<Vec<Candidate<'a>>, StatementError> {
    if accounts.is_empty() {
        let entries = entries.values().filter(|(_, entry)| !entry.pending);
        let listed = entries.map(|(_, entry)| (entry.account_id.as_str(), entry));
        let listed: BTreeMap<_, _> = listed.collect();
        let asked = asked_or(&listed, options, |_| true)?;
        return Ok(asked
            .into_iter()
            .map(|(id, entry)| (id, entry.currency()))
            .collect());
    }
    let listed = accounts
        .iter()
        .map(|(id, account)| (id.as_str(), account))
        .collect();
    let spends = |account: &Account| account.is("depository") || account.is("credit");
    let asked = asked_or(&listed, options, spends)?;
    Ok(asked
        .into_iter()
        .map(|(id, account)| (id, account.balances.currency()))
        .collect())
}

/// Those of `listed` that the caller asks for; or, if none, those that `fit`.
fn asked_or<'a, T>(
    listed: &BTreeMap<&'a str, &'a T>,
    options: &ReadOptions,
    fit: impl Fn(&T) -> bool,
) -> Result<Vec<(&'a str, &'a T)>, StatementError> {
    if options.accounts.is_empty() {
        let fitting = listed.iter().filter(|(_, value)| fit(value));
        return Ok(fitting.map(|(&id, &value)| (id, value)).collect());
    }
    let asked = options
        .accounts
        .iter()
        .map(|id| match listed.get_key_value(id.as_str()) {
            Some((&id, &value)) => Ok((id, value)),
            None => Err(StatementFault::UnknownAccount { id: shown(id, 40) }.into()),
        });
    asked.collect()
}

fn read_entry(
    entry: &Transaction,
    path: &str,
    options: &ReadOptions,
) -> Result<Draft, StatementError> {
    let currency = entry.currency()?;
    let date = value::day_of("%Y-%m-%d", &entry.date).map_err(|fault| in_field(fault, "date"))?;
    let signed = parse_json_number(entry.amount.get(), currency)
        .map_err(|error| in_field(error.into(), "amount"))?;
    let direction = if signed < 0 {
        Direction::In
    } else {
        Direction::Out
    };
    let meaning = entry
        .personal_finance_category
        .as_ref()
        .and_then(|category| {
            let detailed = category.detailed.as_deref().unwrap_or("");
            let meaning = options.plaid_map().lookup(&category.primary, detailed)?;
            let named = if detailed.is_empty() {
                &category.primary
            } else {
                detailed
            };
            Some((meaning, Basis::Provider(shown(named, 80))))
        });
    let (flow, category, basis) = classify(Clues::by(direction, meaning))?;
    Ok(Draft {
        place: Place::Path(path.to_owned()),
        date,
        amount: signed.abs(),
        currency,
        direction,
        flow,
        category,
        basis,
        id: Id::Given(entry.transaction_id.clone()),
        pending: entry.pending,
        texts: Texts {
            description: entry.name.clone().unwrap_or_default(),
            counterparty: entry.merchant_name.clone().unwrap_or_default(),
            counterparty_account: String::new(),
        },
        refunds: None,
    })
}

fn in_field(fault: StatementFault, field: &str) -> StatementError {
    StatementError::from(fault).in_field(field)
}
