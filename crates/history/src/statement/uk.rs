//! Transactions of the UK Open Banking read API, versions 3.1 and 4.0.
//!
//! A file holds one response to `/transactions` or a JSON array of the pages.
//! Version 4.0 took over the codes of ISO 20022 (`BOOK`, `CCRD`) where 3.1 wrote
//! names (`Booked`, `CustomerCardTransactions`); both are read.
//!
//! - **Amounts** have no sign; `CreditDebitIndicator` says which way.
//! - **Status**: booked counts, pending and future are pending, `INFO` and
//!   `RJCT` are passed over.
//! - **Balances**: from the latest booked entry that carries a booked balance
//!   (`InterimBooked`, `ClosingBooked`, `ITBD`, `CLBD`) backwards.
//! - **Period**: none. `FirstAvailableDateTime` tells what could be asked for,
//!   not what was.
//! - **Meaning**: by `MerchantCategoryCode`, else by purpose, else by
//!   `BankTransactionCode`.

use jiff::civil::Date;
use serde::Deserialize;

use super::classify::{Clues, Meaning, classify};
use super::draft::{Account, Basis, Draft, Id, Place, Statement, Texts};
use super::error::shown;
use super::format::Reader;
use super::value::{currency, iso_day, joined, unsigned};
use super::{ReadOptions, StatementError, StatementFault, balance, json};
use crate::ledger::Direction;
use crate::money::Currency;
use crate::taxonomy::codes::{self, PURPOSES};
use crate::taxonomy::parse_mcc;

pub(super) struct UkOpenBanking;

impl Reader for UkOpenBanking {
    fn name(&self) -> &'static str {
        "uk-open-banking"
    }

    fn recognises(&self, bytes: &[u8], _: &ReadOptions) -> bool {
        json::has_keys(bytes, &["Data", "Transaction"])
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let pages: Vec<Page> = json::pages(bytes, "UK Open Banking")?;
        let links = pages.last().map(|page| &page.links);
        if links.is_some_and(|links| links.next.is_some()) {
            return Err(StatementFault::MorePages.into());
        }
        let several = pages.len() > 1;
        let mut readings: Vec<Reading> = Vec::new();
        let mut count = 0;
        for (number, page) in pages.into_iter().enumerate() {
            for (index, entry) in page.data.transaction.into_iter().enumerate() {
                count += 1;
                let limit = options.limits.entries;
                if count > limit {
                    return Err(StatementFault::TooManyEntries { limit }.into());
                }
                let page = if several {
                    format!("[{number}].")
                } else {
                    String::new()
                };
                let path = format!("{page}Data.Transaction[{index}]");
                let known = readings
                    .iter()
                    .position(|reading| reading.id == entry.account_id);
                let at = known.unwrap_or_else(|| {
                    readings.push(Reading::new(&entry.account_id));
                    readings.len() - 1
                });
                let taken = readings[at].take(entry, &path, options);
                taken.map_err(|error| json::under(&path, error))?;
            }
        }
        let accounts: Result<Vec<Account>, _> =
            readings.into_iter().map(Reading::account).collect();
        Ok(Statement {
            accounts: accounts?,
        })
    }
}

/// The entries of one account.
struct Reading {
    id: String,
    drafts: Vec<Draft>,
    /// The balance after the latest entry that has one, and when that was.
    balance: Option<(String, Date, i64)>,
}

impl Reading {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            drafts: Vec::new(),
            balance: None,
        }
    }

    fn take(
        &mut self,
        entry: Transaction,
        path: &str,
        options: &ReadOptions,
    ) -> Result<(), StatementError> {
        let pending = match entry.status.as_str() {
            "Booked" | "BOOK" => false,
            "Pending" | "PDNG" | "FUTR" => true,
            "INFO" | "RJCT" | "Rejected" => return Ok(()),
            _ => {
                let want = "Booked, Pending, BOOK, PDNG, FUTR, INFO, RJCT";
                return Err(in_field("Status", StatementFault::UnknownCode { want }));
            }
        };
        let unit =
            currency(&entry.amount.currency).map_err(|fault| in_field("Amount.Currency", fault))?;
        let amount = unsigned(&entry.amount.amount, unit)
            .map_err(|fault| in_field("Amount.Amount", fault))?;
        let direction = direction(&entry.direction)?;
        let date = iso_day(&entry.booked).map_err(|fault| in_field("BookingDateTime", fault))?;
        let (flow, category, basis) =
            classify(Clues::by(direction, meaning(&entry, direction, options)?))?;
        if let Some(balance) = entry.balance.as_ref().filter(|_| !pending) {
            self.take_balance(balance, &entry.booked, date, unit)?;
        }
        let texts = entry.texts(direction);
        self.drafts.push(Draft {
            place: Place::Path(path.to_owned()),
            date,
            amount,
            currency: unit,
            direction,
            flow,
            category,
            basis,
            id: match entry.id.filter(|id| !id.is_empty()) {
                Some(id) => Id::Given(id),
                None => Id::Derived {
                    account: self.id.clone(),
                    text: joined([
                        entry.reference.as_deref().unwrap_or_default(),
                        &texts.counterparty,
                        &texts.description,
                    ]),
                },
            },
            pending,
            texts,
            refunds: None,
        });
        Ok(())
    }

    fn take_balance(
        &mut self,
        balance: &Balance,
        booked: &str,
        date: Date,
        unit: Currency,
    ) -> Result<(), StatementError> {
        const BOOKED: [&str; 6] = [
            "InterimBooked",
            "ClosingBooked",
            "InterimCleared",
            "ITBD",
            "CLBD",
            "ITCL",
        ];
        let newest = self
            .balance
            .as_ref()
            .is_none_or(|(at, ..)| booked > at.as_str());
        if !newest
            || !BOOKED.contains(&balance.kind.as_str())
            || balance.amount.currency != unit.code()
        {
            return Ok(());
        }
        let size = unsigned(&balance.amount.amount, unit)
            .map_err(|fault| in_field("Balance.Amount.Amount", fault))?;
        let closing = match direction(&balance.direction)? {
            Direction::In => size,
            Direction::Out => -size,
        };
        self.balance = Some((booked.to_owned(), date, closing));
        Ok(())
    }

    fn account(mut self) -> Result<Account, StatementError> {
        self.drafts.sort_by_key(|draft| draft.date);
        let currency = self.drafts.first().map(|draft| draft.currency);
        // Only the very last booked entry tells how its day ended.
        let last = self.drafts.iter().rev().find(|draft| !draft.pending);
        let last = last.map(|draft| draft.date);
        let balances = match self.balance.filter(|(_, date, _)| Some(*date) == last) {
            Some((_, date, closing)) => balance::backwards(date, closing, &self.drafts)?,
            None => Vec::new(),
        };
        Ok(Account {
            id: self.id,
            currency,
            period: None,
            drafts: self.drafts,
            balances,
        })
    }
}

fn direction(word: &str) -> Result<Direction, StatementError> {
    match word {
        "Credit" | "CRDT" => Ok(Direction::In),
        "Debit" | "DBIT" => Ok(Direction::Out),
        _ => {
            let want = "Credit, Debit";
            let fault = StatementFault::UnknownCode { want };
            Err(in_field("CreditDebitIndicator", fault))
        }
    }
}

fn meaning(
    entry: &Transaction,
    direction: Direction,
    options: &ReadOptions,
) -> Result<Option<(Meaning, Basis)>, StatementError> {
    let merchant = entry.merchant.as_ref();
    let code = merchant.and_then(|merchant| merchant.code.as_deref());
    if let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) {
        let code = parse_mcc(code)
            .ok_or_else(|| in_field("MerchantDetails.MerchantCategoryCode", StatementFault::Mcc))?;
        if let Some(meaning) = options.mcc_map().lookup(code) {
            return Ok(Some((meaning, Basis::MerchantCode(code))));
        }
    }
    for purpose in [&entry.purpose, &entry.category_purpose]
        .into_iter()
        .flatten()
    {
        if let Some(meaning) = PURPOSES.lookup(purpose, direction) {
            return Ok(Some((
                meaning,
                Basis::Provider(format!("purpose {purpose}")),
            )));
        }
    }
    let Some(BankCode { code, sub_code }) = &entry.bank_code else {
        return Ok(None);
    };
    let meaning = codes::bank_code(["", code, sub_code], direction)
        .or_else(|| codes::named_bank_code(code, sub_code, direction));
    let named = shown(&format!("{code}-{sub_code}"), 80);
    Ok(meaning.map(|meaning| (meaning, Basis::Provider(format!("bank code {named}")))))
}

fn in_field(field: &str, fault: StatementFault) -> StatementError {
    StatementError::from(fault).in_field(field)
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "Data")]
    data: Data,
    #[serde(default, rename = "Links")]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(rename = "Next")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default, rename = "Transaction")]
    transaction: Vec<Transaction>,
}

#[derive(Deserialize)]
struct Transaction {
    #[serde(default, rename = "AccountId")]
    account_id: String,
    #[serde(rename = "TransactionId")]
    id: Option<String>,
    #[serde(rename = "TransactionReference")]
    reference: Option<String>,
    #[serde(rename = "CreditDebitIndicator")]
    direction: String,
    #[serde(rename = "Status")]
    status: String,
    #[serde(rename = "BookingDateTime")]
    booked: String,
    #[serde(rename = "TransactionInformation")]
    information: Option<String>,
    #[serde(rename = "Amount")]
    amount: Money,
    #[serde(rename = "BankTransactionCode")]
    bank_code: Option<BankCode>,
    #[serde(rename = "PurposeCode")]
    purpose: Option<String>,
    #[serde(rename = "CategoryPurposeCode")]
    category_purpose: Option<String>,
    #[serde(rename = "Balance")]
    balance: Option<Balance>,
    #[serde(rename = "MerchantDetails")]
    merchant: Option<Merchant>,
    #[serde(rename = "CreditorAccount")]
    creditor: Option<Party>,
    #[serde(rename = "DebtorAccount")]
    debtor: Option<Party>,
}

impl Transaction {
    fn texts(&self, direction: Direction) -> Texts {
        let party = match direction {
            Direction::Out => self.creditor.as_ref(),
            Direction::In => self.debtor.as_ref(),
        };
        let merchant = self.merchant.as_ref().and_then(|m| m.name.as_deref());
        let name = merchant.or_else(|| party?.name.as_deref());
        let account = party.and_then(|party| party.identification.as_deref());
        Texts {
            description: self.information.clone().unwrap_or_default(),
            counterparty: name.unwrap_or_default().to_owned(),
            counterparty_account: account.unwrap_or_default().to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Money {
    #[serde(rename = "Amount")]
    amount: String,
    #[serde(rename = "Currency")]
    currency: String,
}

#[derive(Deserialize)]
struct BankCode {
    #[serde(default, rename = "Code")]
    code: String,
    #[serde(default, rename = "SubCode")]
    sub_code: String,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(rename = "CreditDebitIndicator")]
    direction: String,
    #[serde(rename = "Type")]
    kind: String,
    #[serde(rename = "Amount")]
    amount: Money,
}

#[derive(Deserialize)]
struct Merchant {
    #[serde(rename = "MerchantName")]
    name: Option<String>,
    #[serde(rename = "MerchantCategoryCode")]
    code: Option<String>,
}

#[derive(Deserialize)]
struct Party {
    #[serde(rename = "Identification")]
    identification: Option<String>,
    #[serde(rename = "Name")]
    name: Option<String>,
}
