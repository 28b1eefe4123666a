//! The transaction list that Alipay exports as CSV in GB18030.
//!
//! The list has had three layouts since 2021 and a varying number of lines
//! before and after it, so the header row is found by its names and columns by
//! theirs; the older export of the web site reads as well.
//!
//! - **Direction** is 收/支. Rows that count as neither (不计收支: savings,
//!   transfers between one's own accounts, repayments, refunds) move money all
//!   the same; which way, their words tell.
//! - **Closed** orders (交易关闭, 失败) moved no money and are dropped, with the
//!   refunds of such an order. Orders that wait for payment are pending.
//! - **Refunds** have the order number of what they refund as the start of their
//!   own: they take its category and name it.
//! - **Period**: as the export states it. **Balances**: none.
//! - **Meaning**: by 交易分类, Alipay's own category, of which a table holds all.

mod pair;
mod row;

use csv::StringRecord;
use encoding_rs::GB18030;

use super::draft::{Account, Statement};
use super::format::Reader;
use super::records::{Columns, Records, TextRecords, find_header};
use super::{ReadOptions, StatementError, StatementFault, chinese, decode};
use crate::money::Currency;

pub(super) struct Alipay;

impl Reader for Alipay {
    fn name(&self) -> &'static str {
        "alipay"
    }

    fn recognises(&self, bytes: &[u8], options: &ReadOptions) -> bool {
        [encoding_rs::UTF_8, GB18030].into_iter().any(|encoding| {
            let head = decode::peek(bytes, encoding);
            let mut records = TextRecords::new(&head, &options.limits);
            matches!(find_header(&mut records, columns, |_| {}), Ok(Some(_)))
        })
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let text = decode::decode(bytes, chinese::encoding(bytes), &options.limits)?;
        let mut records = TextRecords::new(&text, &options.limits);
        let mut around = chinese::Around::default();
        let header = find_header(&mut records, columns, |record| around.take(record))?;
        let header = header.ok_or(StatementFault::NoTable {
            columns: "收/支, 交易状态, 交易订单号",
        })?;
        let yuan = Currency::YUAN;
        let mut rows = Vec::new();
        let mut ended = false;
        while let Some((line, record)) = records.next()? {
            ended = ended || chinese::ends_table(record);
            if ended {
                around.take(record);
                continue;
            }
            let row = header
                .check(record)
                .map_err(StatementError::from)
                .and_then(|()| row::read(&header, record, line, yuan));
            rows.push(row.map_err(|error| error.on_line(line))?);
            let limit = options.limits.entries;
            if rows.len() > limit {
                return Err(StatementFault::TooManyEntries { limit }.into());
            }
        }
        around.check(rows.len())?;
        let mut drafts = pair::drafts(rows)?;
        drafts.sort_by_key(|draft| draft.date);
        let account = Account {
            id: around.account,
            currency: Some(yuan),
            period: around.period,
            drafts,
            balances: Vec::new(),
        };
        Ok(Statement {
            accounts: vec![account],
        })
    }
}

const TIME: usize = 0;
const CREATED: usize = 1;
const CHANGED: usize = 2;
const CATEGORY: usize = 3;
const PARTY: usize = 4;
const PARTY_ACCOUNT: usize = 5;
const GOODS: usize = 6;
const SIDE: usize = 7;
const AMOUNT: usize = 8;
const STATE: usize = 9;
const ORDER: usize = 10;
const MERCHANT_ORDER: usize = 11;
const FEE: usize = 12;
const REFUNDED: usize = 13;
const FUNDS: usize = 14;

/// What a column is called in the layouts there have been.
const NAMES: [&[&str]; 15] = [
    &["交易时间", "付款时间"],
    &["交易创建时间"],
    &["最近修改时间"],
    &["交易分类"],
    &["交易对方"],
    &["对方账号"],
    &["商品说明", "商品名称"],
    &["收/支"],
    &["金额", "金额(元)"],
    &["交易状态"],
    &["交易订单号", "交易号"],
    &["商家订单号", "商户订单号"],
    &["服务费(元)"],
    &["成功退款(元)"],
    &["资金状态"],
];

fn columns(header: &StringRecord) -> Option<Columns<15>> {
    Columns::of(
        header,
        NAMES,
        &[TIME, SIDE, AMOUNT, STATE, ORDER],
        chinese::plain,
    )
}
