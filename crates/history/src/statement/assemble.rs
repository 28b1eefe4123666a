//! The last step of every reading: from what a reader made of a file to one
//! ledger.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::draft::{Account, Draft, Id, Statement};
use super::error::shown;
use super::{ReadOptions, StatementError, StatementFault};
use crate::digest::Framed;
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
    let mut passed_over: Option<Currency> = None;
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
            (Some(want), _) if want != got && !asked => {
                passed_over.get_or_insert(got);
                continue;
            }
            (Some(want), _) if want != got => {
                return Err(StatementFault::OtherCurrency { got, want }.into());
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
        (None, Some(got), Some(want)) => Err(StatementFault::OtherCurrency { got, want }.into()),
        (None, _, Some(want)) => Ok((want, chosen)),
        (None, _, None) => Err(StatementFault::NoCurrency.into()),
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
    let Some(Some(mut common)) = all.next() else {
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
    let dates = || {
        let drafts = accounts.iter().flat_map(|account| &account.drafts);
        drafts.map(|draft| draft.date)
    };
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else {
        return Ok(Some(common));
    };
    let year = 366.days();
    if common.first < first.saturating_sub(year) || common.last > last.saturating_add(year) {
        return Ok(None);
    }
    common.first = common.first.min(first);
    common.last = common.last.max(last);
    Ok(Some(common))
}

/// The whole months from the first entry's to the last entry's: people export
/// months, and quiet days at either end have no entry to show for it.
fn span(drafts: &[Draft]) -> Option<Coverage> {
    let first: Date = drafts.iter().map(|draft| draft.date).min()?;
    let last: Date = drafts.iter().map(|draft| draft.date).max()?;
    Some(Coverage {
        first: YearMonth::of(first).first_day(),
        last: YearMonth::of(last).last_day(),
    })
}

/// Entries with their ids. An entry that the source itself repeats, id and all,
/// counts once; entries without ids that look alike all count, told apart by
/// their number.
fn identified(drafts: Vec<Draft>, options: &ReadOptions) -> Vec<Entry> {
    let mut given = BTreeSet::new();
    let mut alike: BTreeMap<_, u64> = BTreeMap::new();
    let mut entries = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let Draft {
            date,
            amount,
            direction,
            flow,
            category,
            ..
        } = draft;
        let id = match draft.id {
            Id::Given(id) => {
                if !given.insert((id.clone(), date, amount, direction)) {
                    continue;
                }
                id
            }
            Id::Derived { account, text } => {
                let shared = Framed::new(label::ENTRY_ID)
                    .bytes(options.account.as_bytes())
                    .bytes(account.as_bytes())
                    .bytes(date.to_string().as_bytes())
                    .i64(amount)
                    .bytes(if direction == Direction::In {
                        &b"in"[..]
                    } else {
                        b"out"
                    })
                    .bytes(text.as_bytes());
                let number = alike.entry(shared.digest()).or_default();
                *number += 1;
                shared.u64(*number).digest().to_string()
            }
        };
        entries.push(Entry {
            date,
            amount,
            direction,
            flow,
            category,
            id,
        });
    }
    entries
}
