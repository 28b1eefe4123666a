//! Which files are of one account.

use std::collections::{BTreeMap, BTreeSet};

use super::{ACCOUNTS_MAX, GatherError, GatheredAccount};
use crate::ledger::{Coverage, DayBalance, Entry, Ledger, LedgerError};
use crate::money::Currency;
use crate::statement::{Opened, OpenedAccount, Posting};

/// How files are told to be of one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountRule {
    /// By the identifier that the source gives the account; those without one
    /// are one account a format (and, for CSV, a profile).
    #[default]
    Automatic,
    /// All files are of one account.
    One,
    /// Every file is of accounts of its own.
    EachFile,
}

/// The files of one account.
pub(super) struct Grouped {
    pub(super) account: GatheredAccount,
    pub(super) parts: Vec<Part>,
}

/// What one file has of an account.
pub(super) struct Part {
    pub(super) file: String,
    pub(super) space: String,
    pub(super) id: String,
    pub(super) coverage: Coverage,
    pub(super) currency: Option<Currency>,
    pub(super) balances: Vec<DayBalance>,
    pub(super) postings: Vec<Posting>,
}

/// The accounts, in an order that depends on nothing but them.
pub(super) fn grouped(files: Vec<Opened>, rule: AccountRule) -> Result<Vec<Grouped>, GatherError> {
    let mut parts: Vec<Part> = files.into_iter().flat_map(parts).collect();
    if parts.is_empty() {
        return Err(GatherError::NoFiles);
    }
    // Names of files play no part: renaming one changes nothing.
    parts.sort_by(|a, b| content(a).cmp(&content(b)));
    let mut groups: BTreeMap<(String, String, usize), Vec<Part>> = BTreeMap::new();
    for (number, part) in parts.into_iter().enumerate() {
        let key = match rule {
            AccountRule::One => (String::new(), String::new(), 0),
            AccountRule::EachFile => (part.id.clone(), part.space.clone(), number),
            AccountRule::Automatic if part.id.is_empty() => (String::new(), part.space.clone(), 0),
            AccountRule::Automatic => (part.id.clone(), String::new(), 0),
        };
        groups.entry(key).or_default().push(part);
    }
    let got = groups.len();
    if got > ACCOUNTS_MAX {
        let max = ACCOUNTS_MAX;
        return Err(GatherError::TooManyAccounts { got, max });
    }
    groups.into_values().map(described).collect()
}

fn parts(opened: Opened) -> impl Iterator<Item = Part> {
    let Opened {
        file,
        space,
        accounts,
        ..
    } = opened;
    accounts
        .into_iter()
        .map(move |account: OpenedAccount| Part {
            file: file.clone(),
            space: space.clone(),
            id: account.id,
            coverage: account.coverage,
            currency: account.currency,
            balances: account.balances,
            postings: account.postings,
        })
}

fn content(part: &Part) -> impl Ord + use<'_> {
    let entries: Vec<&Entry> = part.postings.iter().map(|posting| &posting.entry).collect();
    let beside = part.postings.iter().map(|posting| {
        let Posting {
            currency,
            other_account,
            party,
            refunds,
            ..
        } = posting;
        (*currency, other_account, party, refunds)
    });
    let beside: Vec<_> = beside.collect();
    let balances: Vec<_> = part.balances.iter().map(|b| (b.date, b.closing)).collect();
    (
        (&part.id, &part.space, part.currency),
        (part.coverage.first, part.coverage.last),
        (entries, balances, beside),
    )
}

fn described(parts: Vec<Part>) -> Result<Grouped, GatherError> {
    let files: BTreeSet<String> = parts.iter().map(|part| part.file.clone()).collect();
    let formats: BTreeSet<String> = parts.iter().map(|part| part.space.clone()).collect();
    let ids: BTreeSet<String> = parts
        .iter()
        .map(|part| part.id.clone())
        .filter(|id| !id.is_empty())
        .collect();
    let currencies: BTreeSet<Currency> = parts
        .iter()
        .flat_map(|part| part.postings.iter().map(|posting| posting.currency))
        .chain(parts.iter().filter_map(|part| part.currency))
        .collect();
    let periods = parts.iter().map(|part| part.coverage).collect();
    let known = match currencies.first() {
        Some(&only) if currencies.len() == 1 => joined_balances(only, &parts),
        _ => Ok(Vec::new()),
    };
    let files: Vec<String> = files.into_iter().collect();
    let balances = known.map_err(|fault| GatherError::Account {
        files: files.join(", "),
        fault,
    })?;
    let account = GatheredAccount {
        ids,
        files,
        formats: formats.into_iter().collect(),
        currencies: currencies.into_iter().collect(),
        periods,
        balances,
    };
    Ok(Grouped { account, parts })
}

/// The closing balances that the parts know together; none if the parts leave
/// days out between them, for then nobody knows what happened on those.
fn joined_balances(currency: Currency, parts: &[Part]) -> Result<Vec<DayBalance>, LedgerError> {
    let bare =
        |part: &Part| Ledger::new(currency, part.coverage, Vec::new(), part.balances.clone());
    let bare = parts.iter().map(bare).collect::<Result<_, _>>()?;
    match Ledger::merge(bare) {
        Ok(merged) => Ok(merged.balances().to_vec()),
        Err(LedgerError::Gap { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
