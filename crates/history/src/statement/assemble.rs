//! The last step of every reading: from what a reader made of a file to one
//! ledger.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::draft::{Account, Draft, Id, Statement};
use super::error::shown;
use super::{ReadOptions, StatementError, StatementFault};
use crate::digest::{Digest, Framed};
use crate::label;
use crate::ledger::{Coverage, DayBalance, Direction, Entry, Ledger};
use crate::money::Currency;
use crate::month::YearMonth;

/// The ledger of what was read: of the accounts that the options choose, without
/// what is still pending.
pub(super) fn ledger(
    statement: Statement,
    options: &ReadOptions,
) -> Result<Ledger, StatementError> {
    let (currency, mut accounts) = chosen(statement, options)?;
    for account in &mut accounts {
        account.drafts.retain(|draft| !draft.pending);
    }
    let period = period(&accounts, options)?;
    let balances = match &mut accounts[..] {
        [only] => std::mem::take(&mut only.balances),
        _ => Vec::new(),
    };
    let mut drafts: Vec<Draft> = accounts
        .into_iter()
        .flat_map(|account| account.drafts)
        .collect();
    drafts.sort_by_key(|draft| draft.date);
    one_currency(&drafts, currency)?;
    let coverage = match period {
        Some(stated) => stated,
        None => span(&drafts).ok_or(StatementFault::NoEntries)?,
    };
    if let Some(draft) = drafts.iter().find(|draft| !coverage.contains(draft.date))
        && coverage.first <= coverage.last
    {
        let date = draft.date;
        return Err(draft
            .place
            .at(StatementFault::OutsideCoverage { date, coverage }));
    }
    let within = |balance: &DayBalance| coverage.contains(balance.date);
    let balances = balances.into_iter().filter(within).collect();
    let entries = identified(drafts, options);
    Ok(Ledger::new(currency, coverage, entries, balances)?)
}

/// The accounts to take and their currency: those asked for, or all; asked for a
/// currency, accounts in another are passed over.
fn chosen(
    statement: Statement,
    options: &ReadOptions,
) -> Result<(Currency, Vec<Account>), StatementError> {
    for asked in &options.accounts {
        if !statement.accounts.iter().any(|known| known.id == *asked) {
            let id = shown(asked, 40);
            return Err(StatementFault::UnknownAccount { id }.into());
        }
    }
    let mut first: Option<Currency> = None;
    let mut passed_over: Option<StatementError> = None;
    let mut chosen = Vec::new();
    for account in statement.accounts {
        let asked = options.accounts.contains(&account.id);
        if !options.accounts.is_empty() && !asked {
            continue;
        }
        let got = account
            .currency
            .or(options.currency)
            .ok_or(StatementFault::NoCurrency)?;
        match (options.currency, first) {
            (Some(want), _) if want != got => {
                let other = other_currency(&account, got, want);
                if asked {
                    return Err(other);
                }
                passed_over.get_or_insert(other);
                continue;
            }
            (None, Some(first)) if first != got => {
                return Err(StatementFault::AccountCurrencies { first, got }.into());
            }
            _ => first = Some(got),
        }
        chosen.push(account);
    }
    match (first, passed_over, options.currency) {
        (Some(currency), _, _) => Ok((currency, chosen)),
        (None, Some(other), _) => Err(other),
        (None, _, Some(want)) => Ok((want, chosen)),
        (None, _, None) => Err(StatementFault::NoCurrency.into()),
    }
}

/// The error of an account in another currency than asked for, at its first
/// entry in that currency.
fn other_currency(account: &Account, got: Currency, want: Currency) -> StatementError {
    let fault = StatementFault::OtherCurrency { got, want };
    let mut drafts = account.drafts.iter();
    match drafts.find(|draft| draft.currency == got) {
        Some(draft) => draft.place.at(fault),
        None => fault.into(),
    }
}

fn one_currency(drafts: &[Draft], currency: Currency) -> Result<(), StatementError> {
    match drafts.iter().find(|draft| draft.currency != currency) {
        None => Ok(()),
        Some(draft) => {
            let (first, got) = (currency, draft.currency);
            Err(draft
                .place
                .at(StatementFault::SeveralCurrencies { first, got }))
        }
    }
}

/// The period stated by the caller, or else by the file if all accounts state
/// the same, widened to hold every entry (banks post entries a day beside the
/// period they print). A period that reaches years beyond its entries is not
/// what was exported but a bank's "everything", and is not believed.
fn period(accounts: &[Account], options: &ReadOptions) -> Result<Option<Coverage>, StatementError> {
    if options.coverage.is_some() {
        return Ok(options.coverage);
    }
    let mut all = accounts.iter().map(|account| account.period);
    let Some(Some(common)) = all.next() else {
        return Ok(None);
    };
    for period in all {
        let Some(period) = period else {
            return Ok(None);
        };
        if period != common {
            let (first, other) = (common, period);
            return Err(StatementFault::AccountPeriods { first, other }.into());
        }
    }
    let drafts = accounts.iter().flat_map(|account| &account.drafts);
    Ok(believed(common, drafts))
}

/// A period that a file states, widened to hold every entry; `None` if it
/// reaches more than a year beyond them, or is longer than a year without any.
pub(super) fn believed<'a>(
    stated: Coverage,
    drafts: impl IntoIterator<Item = &'a Draft>,
) -> Option<Coverage> {
    let year = 366.days();
    let dates = drafts.into_iter().map(|draft| (draft.date, draft.date));
    let entries = dates.reduce(|(first, last), (date, _)| (first.min(date), last.max(date)));
    let (first, last) = entries.unwrap_or((stated.last, stated.first));
    let beyond =
        stated.first < first.saturating_sub(year) || stated.last > last.saturating_add(year);
    (!beyond).then_some(Coverage {
        first: stated.first.min(first),
        last: stated.last.max(last),
    })
}

/// The whole months from the first entry's to the last entry's: people export
/// months, and quiet days at either end have no entry to show for it.
pub(super) fn span<'a>(drafts: impl IntoIterator<Item = &'a Draft>) -> Option<Coverage> {
    let mut dates = drafts.into_iter().map(|draft| draft.date);
    let one: Date = dates.next()?;
    let (first, last) = dates.fold((one, one), |(first, last), date| {
        (first.min(date), last.max(date))
    });
    Some(Coverage {
        first: YearMonth::of(first).first_day(),
        last: YearMonth::of(last).last_day(),
    })
}

fn identified(drafts: Vec<Draft>, options: &ReadOptions) -> Vec<Entry> {
    let mut ids = Ids::new(options);
    let entry = |draft: Draft| {
        Some(Entry {
            id: ids.of(&draft)?,
            date: draft.date,
            amount: draft.amount,
            direction: draft.direction,
            flow: draft.flow,
            category: draft.category,
        })
    };
    drafts.into_iter().filter_map(entry).collect()
}

/// The ids of one file's entries. An entry that the source itself repeats, id
/// and all, counts once; entries without ids that look alike all count, told
/// apart by their number.
pub(super) struct Ids<'a> {
    options: &'a ReadOptions,
    given: BTreeSet<(String, Date, i64, Direction)>,
    alike: BTreeMap<Digest, u64>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(options: &'a ReadOptions) -> Self {
        Self {
            options,
            given: BTreeSet::new(),
            alike: BTreeMap::new(),
        }
    }

    /// The id of the next entry; `None` if the entry was there before.
    pub(super) fn of(&mut self, draft: &Draft) -> Option<String> {
        let (account, text) = match &draft.id {
            Id::Given(id) => {
                let key = (id.clone(), draft.date, draft.amount, draft.direction);
                return self.given.insert(key).then(|| id.clone());
            }
            Id::Derived { account, text } => (account, text),
        };
        let shared = Framed::new(label::ENTRY_ID)
            .bytes(self.options.account.as_bytes())
            .bytes(account.as_bytes())
            .bytes(draft.date.to_string().as_bytes())
            .i64(draft.amount)
            .bytes(if draft.direction == Direction::In {
                &b"in"[..]
            } else {
                b"out"
            })
            .bytes(text.as_bytes());
        let number = self.alike.entry(shared.digest()).or_default();
        *number += 1;
        Some(shared.u64(*number).digest().to_string())
    }
}
