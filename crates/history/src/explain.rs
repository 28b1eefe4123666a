//! What a gathered history adds up to, and how much of it is explained.
//!
//! Spending is net of refunds, as a scheme's lines count it; transfers, own ones
//! and others, are shown beside it and are no part of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::gather::{Counts, GatherError, Gathered, GatheredEntry};
use crate::ledger::{Coverage, Direction};
use crate::money::Currency;
use crate::month::YearMonth;
use crate::statement::{Basis, Beside, Why};
use crate::taxonomy::{Category, Flow};

/// The totals of a gathered history, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The currency of every total.
    pub currency: Currency,
    /// The days that all accounts cover; `None` if there are none, or an account's
    /// files leave a gap.
    pub common_period: Option<Coverage>,
    /// What was put together.
    pub counts: Counts,
    /// The months from the first entry's to the last entry's, ascending.
    pub months: Vec<YearMonth>,
    /// A row for each flow and category that has an entry.
    pub totals: Vec<TotalRow>,
    /// A row for each way in which entries were decided.
    pub bases: Vec<BasisRow>,
    /// What is not classified.
    pub unclassified: Share,
}

/// What moved under one flow and category, month by month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TotalRow {
    /// The flow. Refunds stand with the spending that they reduce.
    pub flow: Flow,
    /// The category; unclassified for flows that carry none.
    pub category: Category,
    /// How many entries, refunds among them.
    pub entries: u64,
    /// The sum of each month of [`Explained::months`], in minor units: for
    /// income and refunds money in less money out, else money out less money in.
    pub by_month: Vec<i128>,
    /// The sum of all months.
    pub total: i128,
}

/// How many entries were decided in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasisRow {
    /// Such as `merchant code` or `rule food`.
    pub decided_by: String,
    /// How many entries.
    pub entries: u64,
    /// The sum of their amounts, in and out alike, in minor units.
    pub amount: i128,
}

/// A part of all entries: by number and by amount, in and out alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Entries of the part.
    pub entries: u64,
    /// All entries.
    pub of_entries: u64,
    /// The part's sum in minor units.
    pub amount: i128,
    /// The sum of all amounts in minor units.
    pub of_amount: i128,
}

impl Share {
    /// By number, in thousandths rounded down; 0 of nothing.
    pub fn per_mille_of_entries(&self) -> u64 {
        (self.entries * 1000)
            .checked_div(self.of_entries)
            .unwrap_or(0)
    }

    /// By amount, in thousandths rounded down; 0 of nothing.
    pub fn per_mille_of_amount(&self) -> u64 {
        let share = (self.amount * 1000).checked_div(self.of_amount);
        share
            .and_then(|share| u64::try_from(share).ok())
            .unwrap_or(0)
    }
}

/// Whether an entry is not classified: nothing is known of it, or it is spending
/// or a refund without a category.
pub fn is_unclassified(entry: &GatheredEntry) -> bool {
    let inner = &entry.posting.entry;
    let open = inner.flow.carries_category() && inner.category == Category::Unclassified;
    open || !entry.posting.why.is_known()
}

impl Explained {
    /// The totals of a history that is in one currency.
    ///
    /// # Errors
    /// If it is in several, or there is no account.
    pub fn of(gathered: &Gathered) -> Result<Self, GatherError> {
        let currency = gathered.currency()?;
        let months = months(gathered);
        let mut totals: BTreeMap<(Flow, Category), TotalRow> = BTreeMap::new();
        let mut bases: BTreeMap<String, BasisRow> = BTreeMap::new();
        let mut unclassified = Share::default();
        for entry in gathered.entries() {
            add(&mut totals, entry, &months);
            let amount = i128::from(entry.posting.entry.amount);
            let decided_by = kind(&entry.posting.why);
            let basis = bases.entry(decided_by).or_insert_with_key(|name| BasisRow {
                decided_by: name.clone(),
                entries: 0,
                amount: 0,
            });
            basis.entries += 1;
            basis.amount += amount;
            unclassified.of_entries += 1;
            unclassified.of_amount += amount;
            if is_unclassified(entry) {
                unclassified.entries += 1;
                unclassified.amount += amount;
            }
        }
        let mut bases: Vec<BasisRow> = bases.into_values().collect();
        bases.sort_by(|a, b| (b.entries, &a.decided_by).cmp(&(a.entries, &b.decided_by)));
        Ok(Self {
            currency,
            common_period: gathered.common_period().ok(),
            counts: gathered.counts(),
            months,
            totals: totals.into_values().collect(),
            bases,
            unclassified,
        })
    }
}

fn months(gathered: &Gathered) -> Vec<YearMonth> {
    let entries = gathered.entries();
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Vec::new();
    };
    let of = |entry: &GatheredEntry| YearMonth::of(entry.posting.entry.date);
    let (first, last) = (of(first), of(last));
    let count = u32::try_from(last.months_since(first)).unwrap_or(0);
    (0..=count).map(|after| first.plus(after)).collect()
}

fn add(
    totals: &mut BTreeMap<(Flow, Category), TotalRow>,
    entry: &GatheredEntry,
    months: &[YearMonth],
) {
    let inner = &entry.posting.entry;
    // A refund reduces what it refunds; a refund of one's own is no spending.
    let flow = match (inner.flow, inner.direction) {
        (Flow::RefundReversal, Direction::In) => Flow::Expenditure,
        (flow, _) => flow,
    };
    let positive = match flow {
        Flow::Income | Flow::RefundReversal => Direction::In,
        _ => Direction::Out,
    };
    let row = totals
        .entry((flow, inner.category))
        .or_insert_with(|| TotalRow {
            flow,
            category: inner.category,
            entries: 0,
            by_month: vec![0; months.len()],
            total: 0,
        });
    let amount = i128::from(inner.amount);
    let signed = if inner.direction == positive {
        amount
    } else {
        -amount
    };
    row.entries += 1;
    row.total += signed;
    let month = months.binary_search(&YearMonth::of(inner.date));
    if let Some(sum) = month.ok().and_then(|month| row.by_month.get_mut(month)) {
        *sum += signed;
    }
}

/// The way in which an entry was decided, without its code.
fn kind(why: &Why) -> String {
    match (why.beside, &why.rule, &why.basis) {
        (Some(Beside::OwnTransferNamed | Beside::OwnTransfer), _, _) => "own transfer".to_owned(),
        (Some(Beside::RefundOfEntry | Beside::RefundOfParty), _, _) => "refunded entry".to_owned(),
        (None, Some(rule), _) => format!("rule {rule}"),
        (None, None, Basis::MerchantCode(_)) => "merchant code".to_owned(),
        (None, None, Basis::Provider(_)) => "source's category".to_owned(),
        (None, None, Basis::ProfileRule(_)) => "profile rule".to_owned(),
        (None, None, basis) => basis.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gather::{AccountRule, gather};
    use crate::statement::{ReadOptions, open};

    fn explained(lines: &str) -> Explained {
        let text = format!("date,amount,currency,description,mcc\n{lines}");
        let opened = open(text.as_bytes(), "a.csv", &ReadOptions::default()).unwrap();
        Explained::of(&gather(vec![opened], AccountRule::Automatic).unwrap()).unwrap()
    }

    #[test]
    fn totals_are_net_of_refunds_and_the_rest_is_told() {
        let told = explained(
            "2026-01-03,-50.00,EUR,x,5411\n2026-01-09,20.00,EUR,x,5411\n\
             2026-03-05,900.00,EUR,salary,\n2026-03-06,-30.00,EUR,xyzzy,\n",
        );
        assert_eq!(told.months.len(), 3);
        let rows: Vec<_> = told
            .totals
            .iter()
            .map(|row| {
                (
                    row.flow,
                    row.category,
                    row.entries,
                    row.by_month.clone(),
                    row.total,
                )
            })
            .collect();
        use Category::{Food, Unclassified};
        assert_eq!(
            rows,
            [
                (Flow::Expenditure, Unclassified, 1, vec![0, 0, 3_000], 3_000),
                (Flow::Expenditure, Food, 2, vec![3_000, 0, 0], 3_000),
                (Flow::Income, Unclassified, 1, vec![0, 0, 90_000], 90_000),
            ]
        );
        let share = told.unclassified;
        assert_eq!((share.entries, share.of_entries), (1, 4));
        assert_eq!((share.amount, share.of_amount), (3_000, 100_000));
        assert_eq!(
            (share.per_mille_of_entries(), share.per_mille_of_amount()),
            (250, 30)
        );
        let bases: Vec<_> = told
            .bases
            .iter()
            .map(|row| (row.decided_by.as_str(), row.entries))
            .collect();
        assert_eq!(
            bases,
            [
                ("merchant code", 2),
                ("nothing known", 1),
                ("rule salary", 1)
            ]
        );
    }
}
