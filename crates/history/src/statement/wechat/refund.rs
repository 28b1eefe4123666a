//! Refunds with what they refund, and fees out of what they are part of.

use std::collections::BTreeMap;

use super::row::{Kind, Row};
use crate::ledger::Direction;
use crate::statement::draft::{Basis, Draft, Id, Texts};
use crate::taxonomy::{Category, Flow};

/// The entries of all rows, refunds paired and fees apart.
pub(super) fn drafts(rows: Vec<Row>) -> Vec<Draft> {
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| row.kind != Kind::Closed)
        .collect();
    let pairs = pairs(&rows);
    let what: Vec<(String, Category)> = rows
        .iter()
        .map(|row| (row.order.clone(), row.draft.category))
        .collect();
    let mut refunded: BTreeMap<usize, i64> = BTreeMap::new();
    for (refund, order) in &pairs {
        let sum = refunded.entry(*order).or_default();
        *sum = sum.saturating_add(rows[*refund].draft.amount);
    }
    let mut drafts = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        match row.kind {
            Kind::Refund => {
                let mut draft = row.draft;
                if let Some((order, category)) = pairs.get(&index).map(|at| &what[*at]) {
                    draft.refunds = Some(order.clone());
                    if draft.flow.carries_category() {
                        draft.category = *category;
                    }
                }
                drafts.push(draft);
            }
            _ => order(row, refunded.get(&index).copied().unwrap_or(0), &mut drafts),
        }
    }
    drafts
}

/// Which order each refund row refunds: one that says it was refunded, of the
/// same merchant's number, or else of the same other party and this very amount.
/// What comes back of a transfer goes with transfers only.
fn pairs(rows: &[Row]) -> BTreeMap<usize, usize> {
    let mut by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_party: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        if row.kind != Kind::Order || row.refunded == 0 {
            continue;
        }
        if !row.merchant_order.is_empty() {
            by_number
                .entry(&row.merchant_order)
                .or_default()
                .push(index);
        }
        let party = row.draft.texts.counterparty.as_str();
        by_party.entry(party).or_default().push(index);
    }
    let mut left: BTreeMap<usize, i64> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.refunded > 0)
        .map(|(index, row)| (index, row.refunded))
        .collect();
    let mut pairs = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        if row.kind != Kind::Refund {
            continue;
        }
        let amount = row.draft.amount;
        let transfer = row.draft.flow == Flow::Transfer;
        let alike = |at: &usize| (rows[*at].draft.flow == Flow::Transfer) == transfer;
        // Candidates are few; a hostile bill of one party stays linear.
        let near = |orders: Option<&Vec<usize>>| -> Vec<usize> {
            let orders = orders.into_iter().flatten().take(CANDIDATES);
            orders.copied().filter(alike).collect()
        };
        let exact = |orders: &[usize]| {
            let mut orders = orders.iter().copied();
            orders.find(|at| left.get(at) == Some(&amount))
        };
        let part = |orders: &[usize]| {
            let mut orders = orders.iter().copied();
            orders.find(|at| left.get(at).is_some_and(|left| *left >= amount))
        };
        let number = Some(row.merchant_order.as_str()).filter(|number| !number.is_empty());
        let own = near(number.and_then(|number| by_number.get(number)));
        let found = exact(&own)
            .or_else(|| part(&own))
            .or_else(|| exact(&near(by_party.get(row.draft.texts.counterparty.as_str()))));
        if let Some(order) = found {
            if let Some(left) = left.get_mut(&order) {
                *left -= amount;
            }
            pairs.insert(index, order);
        }
    }
    pairs
}

/// Most orders that a refund is compared with.
const CANDIDATES: usize = 100;

/// An order, its fee apart, with what its state says was refunded of it unless
/// rows of their own say so.
fn order(mut row: Row, refunded: i64, drafts: &mut Vec<Draft>) {
    let missing = row.refunded.min(row.draft.amount).saturating_sub(refunded);
    if missing > 0 && row.draft.direction == Direction::Out {
        let spent = row.draft.flow == Flow::Expenditure;
        drafts.push(Draft {
            amount: missing,
            direction: Direction::In,
            flow: if spent {
                Flow::RefundReversal
            } else {
                row.draft.flow
            },
            basis: Basis::Provider("已退款".to_owned()),
            id: Id::Given(format!("{}#refund", row.order)),
            refunds: Some(row.order.clone()),
            ..row.draft.clone()
        });
    }
    if row.fee > 0 && row.fee <= row.draft.amount && row.draft.direction == Direction::Out {
        row.draft.amount -= row.fee;
        drafts.push(Draft {
            amount: row.fee,
            flow: Flow::Expenditure,
            category: Category::InsuranceFinance,
            basis: Basis::Provider("服务费".to_owned()),
            id: Id::Given(format!("{}#fee", row.order)),
            texts: Texts::default(),
            ..row.draft.clone()
        });
    }
    drafts.push(row.draft);
}
