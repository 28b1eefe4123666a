//! Refunds with what they refund, and what rows leave unsaid.

use std::collections::BTreeMap;

use super::row::{Kind, Row};
use crate::ledger::Direction;
use crate::statement::StatementError;
use crate::statement::draft::{Basis, Draft, Id, Texts};
use crate::taxonomy::{Category, Flow};

/// The shortest order number that can be the start of another by design.
const ORDER_MIN: usize = 8;

/// The longest order number that is looked for within another.
const ORDER_MAX: usize = 128;

/// The entries of all rows, refunds paired.
pub(super) fn drafts(rows: Vec<Row>) -> Result<Vec<Draft>, StatementError> {
    let orders = Orders::of(&rows);
    let refunded = refunded_by_rows(&rows, &orders);
    let mut drafts = Vec::with_capacity(rows.len());
    let pairs: Vec<Option<usize>> = rows.iter().map(|row| orders.refunded(row)).collect();
    let what: Vec<(String, Kind, Flow, Category)> = rows
        .iter()
        .map(|row| {
            let draft = &row.draft;
            (row.order.clone(), row.kind, draft.flow, draft.category)
        })
        .collect();
    for (index, row) in rows.into_iter().enumerate() {
        match (row.kind, pairs[index].map(|at| &what[at])) {
            (Kind::Closed, _) | (Kind::Refund, Some((_, Kind::Closed, ..))) => {}
            (Kind::Refund, Some((order, _, flow, category))) => {
                drafts.push(paired(row.draft, order, *flow, *category));
            }
            (Kind::Refund, None) => drafts.push(row.draft),
            (Kind::Order, _) => {
                let known = refunded.get(&index).copied().unwrap_or_default();
                order(row, known, &mut drafts);
            }
        }
    }
    Ok(drafts)
}

/// A refund as the reversal of an order.
fn paired(mut refund: Draft, order: &str, flow: Flow, category: Category) -> Draft {
    // What came back of a transfer or a saving is one too; only consumption has
    // a category to reduce.
    if flow != Flow::Expenditure {
        refund.flow = flow;
    }
    refund.category = category;
    refund.refunds = Some(order.to_owned());
    refund
}

/// An order with its fee and with what it says was refunded of it, unless rows
/// of their own say so.
fn order(row: Row, refunded: i64, drafts: &mut Vec<Draft>) {
    let missing = row.refunded.saturating_sub(refunded);
    if row.fee > 0 {
        drafts.push(Draft {
            amount: row.fee,
            direction: Direction::Out,
            flow: Flow::Expenditure,
            category: Category::InsuranceFinance,
            basis: Basis::Provider("服务费".to_owned()),
            id: Id::Given(format!("{}#fee", row.order)),
            texts: Texts::default(),
            ..row.draft.clone()
        });
    }
    if missing > 0 {
        let refund = Draft {
            date: row.changed,
            amount: missing,
            direction: Direction::In,
            flow: Flow::RefundReversal,
            basis: Basis::Provider("成功退款".to_owned()),
            id: Id::Given(format!("{}#refund", row.order)),
            ..row.draft.clone()
        };
        let (flow, category) = (row.draft.flow, row.draft.category);
        drafts.push(paired(refund, &row.order, flow, category));
    }
    drafts.push(row.draft);
}

/// Orders by their numbers.
struct Orders<'a> {
    by_number: BTreeMap<&'a str, usize>,
    by_merchant: BTreeMap<&'a str, Option<usize>>,
}

impl<'a> Orders<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let mut by_number = BTreeMap::new();
        let mut by_merchant: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            if row.kind == Kind::Refund {
                continue;
            }
            by_number.insert(row.order.as_str(), index);
            if !row.merchant_order.is_empty() {
                // A number of two orders names neither.
                by_merchant
                    .entry(&row.merchant_order)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(index));
            }
        }
        Self {
            by_number,
            by_merchant,
        }
    }

    /// The row that a refund refunds: the longest order number that its own
    /// starts with, else the only order of its merchant's number.
    fn refunded(&self, row: &Row) -> Option<usize> {
        if row.kind != Kind::Refund {
            return None;
        }
        let number = row.order.as_str();
        let starts = (ORDER_MIN..=number.len().min(ORDER_MAX)).rev();
        let starts = starts.filter_map(|end| number.get(..end));
        let mut found = starts.filter_map(|start| self.by_number.get(start).copied());
        found
            .next()
            .or_else(|| *self.by_merchant.get(row.merchant_order.as_str())?)
    }
}

/// How much rows of their own refund of each order.
fn refunded_by_rows(rows: &[Row], orders: &Orders<'_>) -> BTreeMap<usize, i64> {
    let mut refunded: BTreeMap<usize, i64> = BTreeMap::new();
    for row in rows {
        if let Some(order) = orders.refunded(row) {
            let sum = refunded.entry(order).or_default();
            *sum = sum.saturating_add(row.draft.amount);
        }
    }
    refunded
}
