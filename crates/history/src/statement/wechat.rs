//! The bill that WeChat Pay exports: CSV in UTF-8, with or without a byte order
//! mark, and since 2024 a workbook (.xlsx) of the same columns.
//!
//! - **Direction** is 收/支; a neutral row has `/` there, and its type (交易类型)
//!   tells which way its money went.
//! - **Amounts** start with a yuan sign.
//! - **Refunds**: a refund has a row of its own whose type ends in -退款. A row
//!   that says 已退款(￥10.00) or 已全额退款 in its state keeps its amount; if no
//!   refund row goes with it, the refund is made from the state, on the row's
//!   own day, for the bill does not say when it came.
//! - **Fees** that the remark names (服务费¥0.10) are in the amount and are taken
//!   out of it as an entry of their own.
//! - **Period**: as the bill states it. **Balances**: none.
//! - **Meaning**: by the type, in a table; the bill has no categories.

mod refund;
mod row;

use csv::StringRecord;

use super::draft::{Account, Statement};
use super::format::Reader;
use super::records::{Columns, Records, TextRecords, find_header};
use super::xlsx::{self, Workbook};
use super::{ReadOptions, StatementError, StatementFault, chinese, decode};
use crate::money::Currency;

pub(super) struct WeChat;

impl Reader for WeChat {
    fn name(&self) -> &'static str {
        "wechat"
    }

    fn recognises(&self, bytes: &[u8], options: &ReadOptions) -> bool {
        if xlsx::is_archive(bytes) {
            // It is the only workbook that is read, so that a broken one is
            // explained here.
            return true;
        }
        [encoding_rs::UTF_8, encoding_rs::GB18030]
            .into_iter()
            .any(|encoding| {
                let head = decode::peek(bytes, encoding);
                let mut records = TextRecords::new(&head, &options.limits);
                matches!(find_header(&mut records, columns, |_| {}), Ok(Some(_)))
            })
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        if !xlsx::is_archive(bytes) {
            let text = decode::decode(bytes, chinese::encoding(bytes), &options.limits)?;
            let records = TextRecords::new(&text, &options.limits);
            return Ok(read(records, options)?.ok_or(NO_TABLE)?);
        }
        let workbook = Workbook::open(bytes, &options.limits)?;
        for sheet in workbook.sheets() {
            if let Some(statement) = read(workbook.records(sheet, &options.limits), options)? {
                return Ok(statement);
            }
        }
        let what = "a workbook without the table of WeChat Pay's bill";
        let next = "save the sheet of another bank's workbook as CSV";
        Err(StatementFault::NotRead { what, next }.into())
    }
}

const NO_TABLE: StatementFault = StatementFault::NoTable {
    columns: "交易时间, 交易类型, 收/支, 金额(元), 当前状态, 交易单号",
};

/// Reads a table, if there is one.
fn read(
    mut records: impl Records,
    options: &ReadOptions,
) -> Result<Option<Statement>, StatementError> {
    let mut around = chinese::Around::default();
    let header = find_header(&mut records, columns, |record| around.take(record))?;
    let Some(header) = header else {
        return Ok(None);
    };
    let yuan = Currency::YUAN;
    let mut rows = Vec::new();
    while let Some((line, record)) = records.next()? {
        if chinese::ends_table(record) {
            break;
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
    let mut drafts = refund::drafts(rows);
    drafts.sort_by_key(|draft| draft.date);
    let account = Account {
        id: around.account,
        currency: Some(yuan),
        period: around.period,
        drafts,
        balances: Vec::new(),
    };
    Ok(Some(Statement {
        accounts: vec![account],
    }))
}

const TIME: usize = 0;
const TYPE: usize = 1;
const PARTY: usize = 2;
const GOODS: usize = 3;
const SIDE: usize = 4;
const AMOUNT: usize = 5;
const STATE: usize = 6;
const ORDER: usize = 7;
const MERCHANT_ORDER: usize = 8;
const REMARK: usize = 9;

const NAMES: [&[&str]; 10] = [
    &["交易时间"],
    &["交易类型"],
    &["交易对方"],
    &["商品"],
    &["收/支"],
    &["金额(元)"],
    &["当前状态"],
    &["交易单号"],
    &["商户单号"],
    &["备注"],
];

fn columns(header: &StringRecord) -> Option<Columns<10>> {
    let needed = [TIME, TYPE, SIDE, AMOUNT, STATE, ORDER];
    Columns::of(header, NAMES, &needed, chinese::plain)
}
