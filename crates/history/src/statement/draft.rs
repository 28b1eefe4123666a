//! The last step of every reader: from what was read to a ledger.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ReadOptions, StatementError, StatementFault};
use crate::digest::Framed;
use crate::label;
use crate::ledger::{Coverage, DayBalance, Direction, Entry, Ledger};
use crate::money::Currency;
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

/// An entry as read, with its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) place: Place,
    pub(super) date: Date,
    pub(super) amount: i64,
    pub(super) direction: Direction,
    pub(super) flow: Flow,
    pub(super) category: Category,
    pub(super) id: Id,
}

/// Where in the file: a line or a path.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Line(u64),
    Path(String),
}

/// An entry's id, or what to make one of.
#[derive(Clone, Debug)]
pub(super) enum Id {
    Given(String),
    Derived { account: String, text: String },
}

/// The ledger of `drafts`, which come in the order of time.
pub(super) fn ledger(
    currency: Currency,
    drafts: Vec<Draft>,
    balances: Vec<DayBalance>,
    options: &ReadOptions,
) -> Result<Ledger, StatementError> {
    let coverage = match options.coverage {
        Some(stated) => stated,
        None => span(&drafts).ok_or(StatementFault::NoEntries)?,
    };
    if let Some(draft) = drafts.iter().find(|draft| !coverage.contains(draft.date))
        && coverage.first <= coverage.last
    {
        let date = draft.date;
        let fault = StatementFault::OutsideCoverage { date, coverage };
        return Err(at(&draft.place, fault.into()));
    }
    let entries = identified(drafts, options);
    Ok(Ledger::new(currency, coverage, entries, balances)?)
}

fn at(place: &Place, error: StatementError) -> StatementError {
    match place {
        Place::Line(line) => error.on_line(*line),
        Place::Path(path) => error.in_field(path),
    }
}

/// The whole months from the first entry's to the last entry's: people export
/// months, and quiet days at either end have no entry to show for it.
fn span(drafts: &[Draft]) -> Option<Coverage> {
    let first = drafts.iter().map(|draft| draft.date).min()?;
    let last = drafts.iter().map(|draft| draft.date).max()?;
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
