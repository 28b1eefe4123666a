//! One row of the bill.

use csv::StringRecord;

use super::{AMOUNT, GOODS, MERCHANT_ORDER, ORDER, PARTY, REMARK, SIDE, STATE, TIME, TYPE};
use crate::ledger::Direction;
use crate::money::Currency;
use crate::statement::chinese;
use crate::statement::classify::{Clues, Meaning, classify};
use crate::statement::draft::{Basis, Draft, Id, Place, Texts};
use crate::statement::error::shown;
use crate::statement::records::Columns;
use crate::statement::value::{iso_day, joined};
use crate::statement::{StatementError, StatementFault, xlsx};
use crate::taxonomy::codes::WECHAT;
use crate::taxonomy::{Category, Flow};

/// A row as it stands in the bill.
pub(super) struct Row {
    pub(super) order: String,
    pub(super) merchant_order: String,
    pub(super) kind: Kind,
    /// What its state says was refunded of it.
    pub(super) refunded: i64,
    /// What its remark says WeChat Pay took for it, part of the amount.
    pub(super) fee: i64,
    pub(super) draft: Draft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Order,
    Refund,
    /// Nothing moved.
    Closed,
}

pub(super) fn read(
    columns: &Columns<10>,
    record: &StringRecord,
    line: u64,
    yuan: Currency,
) -> Result<Row, StatementError> {
    let get = |column| match columns.get(record, column) {
        "/" => "",
        text => text,
    };
    let date = xlsx::serial_day(get(TIME))
        .map_or_else(|| iso_day(get(TIME)), Ok)
        .map_err(|fault| columns.at(TIME, fault))?;
    let amount = chinese::amount(get(AMOUNT), yuan).map_err(|fault| columns.at(AMOUNT, fault))?;
    let order = get(ORDER).to_owned();
    if order.is_empty() {
        return Err(columns.at(ORDER, StatementFault::Missing));
    }
    let (kind_text, state) = (get(TYPE), get(STATE));
    let refund = kind_text
        .strip_suffix("退款")
        .map(|kind| kind.trim_end_matches(['-', '－']));
    let (direction, meaning) = match get(SIDE) {
        "收入" => (Direction::In, meaning(kind_text, refund, Direction::In)),
        "支出" => (Direction::Out, meaning(kind_text, refund, Direction::Out)),
        "" | "中性交易" => neutral(kind_text, refund),
        _ => {
            let want = "支出, 收入, /";
            return Err(columns.at(SIDE, StatementFault::UnknownCode { want }));
        }
    };
    let (flow, category, basis) = classify(Clues::by(direction, meaning))?;
    let refunded = if state.contains("已全额退款") {
        amount
    } else {
        chinese::amount_after(state, "已退款", yuan).unwrap_or_default()
    };
    let says = |words: &[&str]| words.iter().any(|word| state.contains(word));
    let kind = if says(&["支付失败", "已关闭", "已取消", "已撤销", "提现失败"]) {
        Kind::Closed
    } else if refund.is_some() {
        Kind::Refund
    } else {
        Kind::Order
    };
    Ok(Row {
        merchant_order: get(MERCHANT_ORDER).to_owned(),
        kind,
        refunded: if kind == Kind::Order { refunded } else { 0 },
        fee: chinese::amount_after(get(REMARK), "服务费", yuan).unwrap_or_default(),
        draft: Draft {
            place: Place::Line(line),
            date,
            amount,
            currency: yuan,
            direction,
            flow,
            category,
            basis,
            id: Id::Given(order.clone()),
            pending: says(&["待支付", "等待", "处理中", "待确认"]),
            texts: Texts {
                description: joined([kind_text, get(GOODS)]),
                counterparty: get(PARTY).to_owned(),
                counterparty_account: String::new(),
            },
            refunds: None,
        },
        order,
    })
}

/// What a type means. What comes back of a transfer is one; what comes back of
/// anything else is a refund.
fn meaning(kind: &str, refund: Option<&str>, direction: Direction) -> Option<(Meaning, Basis)> {
    let basis = || Basis::Provider(shown(kind, 20));
    if let Some(of) = refund {
        let transfer = WECHAT
            .within(of, Direction::Out)
            .is_some_and(|(_, (flow, _))| flow == Flow::Transfer);
        let flow = if transfer {
            Flow::Transfer
        } else {
            Flow::RefundReversal
        };
        return Some(((flow, Category::Unclassified), basis()));
    }
    let (_, meaning) = WECHAT.within(kind, direction)?;
    Some((meaning, basis()))
}

/// Which way the money of a neutral row went, and what it was. A type that the
/// table lacks is a transfer out: it counts as nothing, as the bill says.
fn neutral(kind: &str, refund: Option<&str>) -> (Direction, Option<(Meaning, Basis)>) {
    if refund.is_some() {
        return (Direction::In, meaning(kind, refund, Direction::In));
    }
    let (direction, meaning) = match WECHAT.directed(kind) {
        // What counts as neither is no spending, whatever its type.
        Some((_, direction, (flow, _))) if flow.carries_category() => {
            (direction, (Flow::Transfer, Category::Unclassified))
        }
        Some((_, direction, meaning)) => (direction, meaning),
        None => (Direction::Out, (Flow::Transfer, Category::Unclassified)),
    };
    (direction, Some((meaning, Basis::Provider(shown(kind, 20)))))
}
