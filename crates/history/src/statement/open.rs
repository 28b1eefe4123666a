//! A file opened for gathering: its accounts, each entry with what it rests on.
//!
//! [`read`](super::read) makes a ledger of one file and asks nothing but the
//! file. [`open`] stops before that: it applies the rules on texts, keeps why
//! each entry is what it is and what tells accounts apart, and lets go of the
//! texts. [`gather`](crate::gather::gather) then makes one history of several.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::assemble::{Ids, believed, span};
use super::classify::oriented;
use super::draft::{Account, Draft, Id, Statement};
use super::error::shown;
use super::{Basis, ReadOptions, StatementError, StatementFault};
use crate::ledger::{Coverage, DayBalance, Entry};
use crate::money::Currency;
use crate::rules::{Rules, searched};
use crate::taxonomy::{Category, Flow};

/// A file as opened.
pub struct Opened {
    pub(crate) file: String,
    /// What its ids are unique under: the format, and for CSV the profile.
    pub(crate) space: String,
    pub(crate) accounts: Vec<OpenedAccount>,
    pub(crate) pending: usize,
}

/// One account of a file.
pub(crate) struct OpenedAccount {
    /// The source's identifier in plain form, see [`plain_account`]; or empty.
    pub(crate) id: String,
    pub(crate) coverage: Coverage,
    pub(crate) postings: Vec<Posting>,
    /// Closing balances in `currency`, one a day; none if the account holds
    /// several currencies.
    pub(crate) balances: Vec<DayBalance>,
    pub(crate) currency: Option<Currency>,
}

/// An entry with what it rests on.
#[derive(Clone, PartialEq, Eq)]
pub struct Posting {
    /// The entry; its amount is in minor units of `currency`.
    pub entry: Entry,
    /// The currency of the amount.
    pub currency: Currency,
    /// Why it has its flow and category.
    pub why: Why,
    /// The text that rules looked at; empty unless
    /// [`ReadOptions::keep_texts`] asks for it.
    pub text: String,
    /// Whether the source itself gave the id.
    pub(crate) given_id: bool,
    /// The other party's account in plain form, or empty.
    pub(crate) other_account: Box<str>,
    /// The other party's name in plain form, or empty.
    pub(crate) party: Box<str>,
    /// The source's id of the entry that this one refunds.
    pub(crate) refunds: Option<Box<str>>,
}

/// Why an entry has its flow and category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// What the file itself says.
    pub basis: Basis,
    /// The rule on texts that decided, or that found the category which the
    /// source left open.
    pub rule: Option<Arc<str>>,
    /// What the other entries say.
    pub beside: Option<Beside>,
}

/// What other entries say of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beside {
    /// One half of a transfer between the holder's own accounts, whose other
    /// account is named on it or on its other half.
    OwnTransferNamed,
    /// One half of such a transfer, told by amount and date alone.
    OwnTransfer,
    /// It refunds an entry that the source names, and has its category.
    RefundOfEntry,
    /// It refunds a payment to the same party, and has its category.
    RefundOfParty,
}

impl Why {
    /// Whether anything at all decided.
    pub fn is_known(&self) -> bool {
        self.basis != Basis::Nothing || self.rule.is_some() || self.beside.is_some()
    }
}

/// Such as `merchant code 5411` or `rule food`.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.beside {
            Some(Beside::OwnTransferNamed) => {
                return f.write_str("own transfer, other account named");
            }
            Some(Beside::OwnTransfer) => return f.write_str("own transfer, by amount and date"),
            Some(Beside::RefundOfEntry) => return f.write_str("refund of an entry it names"),
            Some(Beside::RefundOfParty) => return f.write_str("refund of a payment to that party"),
            None => {}
        }
        match (&self.basis, &self.rule) {
            (Basis::Nothing, Some(rule)) => write!(f, "rule {rule}"),
            (basis, Some(rule)) => write!(f, "{basis}; rule {rule}"),
            (basis, None) => write!(f, "{basis}"),
        }
    }
}

/// Amounts and texts stay out of logs.
impl fmt::Debug for Posting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Posting")
            .field("date", &self.entry.date)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("file", &self.file)
            .field("accounts", &self.accounts.len())
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// The file, as the caller named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its format, and for CSV the profile.
    pub fn format(&self) -> &str {
        &self.space
    }

    /// How many booked entries it has.
    pub fn entries(&self) -> usize {
        let entries = self.accounts.iter().map(|account| account.postings.len());
        entries.sum()
    }

    /// How many entries it has that are not booked yet; they never count.
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// The period that all of its accounts together reach over.
    pub fn coverage(&self) -> Option<Coverage> {
        let coverages = || self.accounts.iter().map(|account| account.coverage);
        Some(Coverage {
            first: coverages().map(|coverage| coverage.first).min()?,
            last: coverages().map(|coverage| coverage.last).max()?,
        })
    }
}

pub(super) fn opened(
    statement: Statement,
    space: String,
    file: &str,
    options: &ReadOptions,
) -> Result<Opened, StatementError> {
    let mut accounts = chosen(statement.accounts, options)?;
    let mut pending = 0;
    for account in &mut accounts {
        let all = account.drafts.len();
        account.drafts.retain(|draft| !draft.pending);
        pending += all - account.drafts.len();
    }
    let span = span(accounts.iter().flat_map(|account| &account.drafts));
    let rules = options.rules.as_ref().unwrap_or_else(|| Rules::builtin());
    let mut names = Names::default();
    let open = |account: Account| one_account(account, span, rules, &mut names, options);
    let accounts = accounts.into_iter().map(open).collect::<Result<_, _>>()?;
    Ok(Opened {
        file: file.to_owned(),
        space,
        accounts,
        pending,
    })
}

/// The accounts asked for, or all.
fn chosen(accounts: Vec<Account>, options: &ReadOptions) -> Result<Vec<Account>, StatementError> {
    for asked in &options.accounts {
        if !accounts.iter().any(|known| known.id == *asked) {
            let id = shown(asked, 40);
            return Err(StatementFault::UnknownAccount { id }.into());
        }
    }
    let asked =
        |account: &Account| options.accounts.is_empty() || options.accounts.contains(&account.id);
    Ok(accounts.into_iter().filter(asked).collect())
}

fn one_account(
    account: Account,
    span: Option<Coverage>,
    rules: &Rules,
    names: &mut Names,
    options: &ReadOptions,
) -> Result<OpenedAccount, StatementError> {
    let Account {
        id,
        period,
        mut drafts,
        balances,
        ..
    } = account;
    drafts.sort_by_key(|draft| draft.date);
    let coverage = options
        .coverage
        .or_else(|| believed(period?, &drafts))
        .or(span)
        .ok_or(StatementFault::NoEntries)?;
    if let Some(draft) = drafts.iter().find(|draft| !coverage.contains(draft.date)) {
        let date = draft.date;
        return Err(draft
            .place
            .at(StatementFault::OutsideCoverage { date, coverage }));
    }
    let currency = drafts
        .first()
        .map(|draft| draft.currency)
        .or(account.currency)
        .or(options.currency);
    let one_currency = drafts.iter().all(|draft| Some(draft.currency) == currency);
    let mut balances = balances;
    balances.retain(|balance| one_currency && coverage.contains(balance.date));
    let mut ids = Ids::new(options);
    let mut postings = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if let Some(id) = ids.of(&draft) {
            postings.push(posting(draft, id, rules, names, options));
        }
    }
    Ok(OpenedAccount {
        id: plain_account(&id),
        coverage,
        postings,
        balances,
        currency,
    })
}

fn posting(
    draft: Draft,
    id: String,
    rules: &Rules,
    names: &mut Names,
    options: &ReadOptions,
) -> Posting {
    let texts = &draft.texts;
    let text = searched(&texts.description, &texts.counterparty);
    let (flow, category, rule) = by_rules(&draft, &text, rules);
    Posting {
        entry: Entry {
            date: draft.date,
            amount: draft.amount,
            direction: draft.direction,
            flow,
            category,
            id,
        },
        currency: draft.currency,
        why: Why {
            basis: draft.basis,
            rule: rule.map(|name| names.shared(name)),
            beside: None,
        },
        given_id: matches!(draft.id, Id::Given(_)),
        other_account: plain_account(&texts.counterparty_account).into(),
        party: plain_party(&texts.counterparty),
        refunds: draft.refunds.map(Into::into),
        text: if options.keep_texts {
            shown(&text, TEXT_MAX)
        } else {
            String::new()
        },
    }
}

/// Longest text kept for showing.
const TEXT_MAX: usize = 120;

/// What the rules make of an entry: all of it if nothing is known or the source
/// knows no more than that it was spent, the category of a refund that has none.
fn by_rules<'a>(draft: &Draft, text: &str, rules: &'a Rules) -> (Flow, Category, Option<&'a str>) {
    let Draft { flow, category, .. } = *draft;
    let uncategorised = category == Category::Unclassified;
    let (open, flow_open) = match (&draft.basis, flow) {
        (Basis::Nothing, _) => (true, true),
        // "Card payment" and "direct debit" say how it was paid, not for what.
        (Basis::Provider(_) | Basis::ProfileRule(_), Flow::Expenditure) => (uncategorised, true),
        (Basis::Provider(_) | Basis::ProfileRule(_), Flow::RefundReversal) => {
            (uncategorised, false)
        }
        _ => (false, false),
    };
    let Some(rule) = rules.find(text, draft.direction).filter(|_| open) else {
        return (flow, category, None);
    };
    let meaning = oriented(rule.meaning(), draft.direction);
    if flow_open {
        return (meaning.0, meaning.1, Some(rule.name()));
    }
    if meaning.1 != Category::Unclassified {
        return (flow, meaning.1, Some(rule.name()));
    }
    (flow, category, None)
}

/// Rule names, each kept once however many entries it decides.
#[derive(Default)]
struct Names(BTreeSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        match self.0.get(name) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = name.into();
                self.0.insert(new.clone());
                new
            }
        }
    }
}

/// An account's identifier in plain form: its letters and digits, in capitals,
/// at most 64; empty for one that is masked, for it tells nothing apart.
fn plain_account(id: &str) -> String {
    if id.contains(['*', '\u{2022}', '\u{25cf}']) {
        return String::new();
    }
    let plain = id.chars().filter(|char| char.is_alphanumeric()).take(64);
    plain.flat_map(char::to_uppercase).collect()
}

/// A name in plain form: its letters and digits, in small letters, at most 40.
fn plain_party(name: &str) -> Box<str> {
    let text = searched(name, "");
    let plain = text.chars().filter(|char| char.is_alphanumeric()).take(40);
    plain
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .into()
}
