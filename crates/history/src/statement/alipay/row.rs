//! One row of the list.

use csv::StringRecord;
use jiff::civil::Date;

use super::{
    AMOUNT, CATEGORY, CHANGED, CREATED, FEE, FUNDS, GOODS, MERCHANT_ORDER, ORDER, PARTY,
    PARTY_ACCOUNT, REFUNDED, SIDE, STATE, TIME,
};
use crate::ledger::Direction;
use crate::money::Currency;
use crate::statement::chinese;
use crate::statement::classify::{Clues, Meaning, classify};
use crate::statement::draft::{Basis, Draft, Id, Place, Texts};
use crate::statement::error::shown;
use crate::statement::records::Columns;
use crate::statement::value::{iso_day, joined};
use crate::statement::{StatementError, StatementFault};
use crate::taxonomy::codes::{ALIPAY, ALIPAY_NEUTRAL};
use crate::taxonomy::{Category, Flow};

/// A row as it stands in the list.
pub(super) struct Row {
    pub(super) order: String,
    pub(super) merchant_order: String,
    pub(super) kind: Kind,
    pub(super) draft: Draft,
    /// What the row says was refunded of it, and when that may have been.
    pub(super) refunded: i64,
    pub(super) changed: Date,
    /// What Alipay took for it.
    pub(super) fee: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Money moved, or will.
    Order,
    /// Money came back.
    Refund,
    /// Nothing moved, or all came back.
    Closed,
}

pub(super) fn read(
    columns: &Columns<15>,
    record: &StringRecord,
    line: u64,
    yuan: Currency,
) -> Result<Row, StatementError> {
    let get = |column| columns.get(record, column);
    let optional = |column| match get(column) {
        "" => Ok(0),
        text => chinese::amount(text, yuan).map_err(|fault| columns.at(column, fault)),
    };
    let state = get(STATE);
    // An order that was never paid has no time of payment.
    let time = [TIME, CREATED].map(get).into_iter().find(|t| !t.is_empty());
    let time = time.ok_or_else(|| columns.at(TIME, StatementFault::Missing))?;
    let date = iso_day(time).map_err(|fault| columns.at(TIME, fault))?;
    let changed = match get(CHANGED) {
        "" => date,
        text => iso_day(text).map_err(|fault| columns.at(CHANGED, fault))?,
    };
    let amount = chinese::amount(get(AMOUNT), yuan).map_err(|fault| columns.at(AMOUNT, fault))?;
    let order = get(ORDER).to_owned();
    if order.is_empty() {
        return Err(columns.at(ORDER, StatementFault::Missing));
    }
    let category = get(CATEGORY);
    let words = joined([get(GOODS), state]);
    let kind = if state.contains("退款") || category == "退款" {
        Kind::Refund
    } else if ["关闭", "失败", "取消", "撤销", "冻结"]
        .iter()
        .any(|word| state.contains(word))
    {
        Kind::Closed
    } else {
        Kind::Order
    };
    let (direction, meaning) = match (get(SIDE), kind) {
        (_, Kind::Refund) => (Direction::In, refund()),
        ("支出", _) => (Direction::Out, by_category(category, Direction::Out)),
        ("收入", _) => (Direction::In, by_category(category, Direction::In)),
        ("不计收支" | "其他" | "/" | "", _) => neutral(&words, category, get(FUNDS)),
        _ => {
            let want = "支出, 收入, 不计收支";
            return Err(columns.at(SIDE, StatementFault::UnknownCode { want }));
        }
    };
    let (flow, spent_on, basis) = classify(Clues::by(direction, meaning))?;
    let party = |column| match get(column) {
        "/" => String::new(),
        text => text.to_owned(),
    };
    Ok(Row {
        merchant_order: party(MERCHANT_ORDER),
        kind,
        refunded: optional(REFUNDED)?,
        changed: changed.max(date),
        fee: optional(FEE)?,
        draft: Draft {
            place: Place::Line(line),
            date,
            amount,
            currency: yuan,
            direction,
            flow,
            category: spent_on,
            basis,
            id: Id::Given(order.clone()),
            pending: ["等待付款", "待付款", "处理中", "进行中"]
                .iter()
                .any(|word| state.contains(word)),
            texts: Texts {
                description: party(GOODS),
                counterparty: party(PARTY),
                counterparty_account: party(PARTY_ACCOUNT),
            },
            refunds: None,
        },
        order,
    })
}

fn refund() -> Option<(Meaning, Basis)> {
    let meaning = (Flow::RefundReversal, Category::Unclassified);
    Some((meaning, Basis::Provider("退款".to_owned())))
}

fn by_category(category: &str, direction: Direction) -> Option<(Meaning, Basis)> {
    let meaning = ALIPAY.lookup(category, direction)?;
    Some((meaning, Basis::Provider(shown(category, 20))))
}

/// Which way the money of a row went that counts as neither, and what it was. A
/// row that tells neither is a transfer out: it counts as nothing, as Alipay
/// says.
fn neutral(words: &str, category: &str, funds: &str) -> (Direction, Option<(Meaning, Basis)>) {
    // The row's own words are finer than its category.
    let told = ALIPAY_NEUTRAL.directed(words);
    let told = told.or_else(|| ALIPAY_NEUTRAL.directed(category));
    let transfer = || {
        let basis = Basis::Provider(shown(category, 20));
        Some(((Flow::Transfer, Category::Unclassified), basis))
    };
    match (funds, told) {
        ("已收入", Some((word, Direction::In, meaning))) => {
            (Direction::In, provided(word, meaning))
        }
        ("已收入", _) => (Direction::In, transfer()),
        (_, Some((word, direction, meaning))) => (direction, provided(word, meaning)),
        (_, None) => (Direction::Out, transfer()),
    }
}

fn provided(word: &str, meaning: Meaning) -> Option<(Meaning, Basis)> {
    Some((meaning, Basis::Provider(word.to_owned())))
}
