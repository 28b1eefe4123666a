//! M-Pesa's full statement, as the tools that open its PDF write it: seven
//! columns of comma-separated text.
//!
//! - **Direction**: `Paid In` or `Withdrawn`, which is negative.
//! - **Charges** are rows of their own that share the receipt number of what
//!   they charge for; their ids end in `-charge`.
//! - **Overdraft** (Fuliza): what it pays in is a loan's disbursement, a
//!   transfer; what goes back is debt service.
//! - **Status**: rows that are not completed moved nothing and are dropped.
//! - **Balances**: the one after the last row of each day, if every row's
//!   balance follows from the row before it; otherwise none.
//! - **Meaning**: by how the details start, in a table.
//! - **Currency**: Kenyan shillings, unless another is stated: the statement
//!   names none, and M-Pesa exists elsewhere.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::classify::{Clues, Meaning, classify};
use super::draft::{Account, Basis, Draft, Id, Place, Statement, Texts};
use super::format::Reader;
use super::records::{Columns, Records, TextRecords, find_header};
use super::value::iso_day;
use super::{ReadOptions, StatementError, StatementFault, decode};
use crate::ledger::{DayBalance, Direction};
use crate::money::{AmountStyle, Currency, parse_amount};
use crate::taxonomy::codes::MPESA;
use crate::taxonomy::{Category, Flow};

pub(super) struct MPesa;

impl Reader for MPesa {
    fn name(&self) -> &'static str {
        "mpesa"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["m-pesa"]
    }

    fn recognises(&self, bytes: &[u8], options: &ReadOptions) -> bool {
        let head = decode::peek(bytes, encoding_rs::UTF_8);
        let mut records = TextRecords::new(&head, &options.limits);
        matches!(find_header(&mut records, columns, |_| {}), Ok(Some(_)))
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let text = decode::decode(bytes, encoding_rs::UTF_8, &options.limits)?;
        let mut records = TextRecords::new(&text, &options.limits);
        let header = find_header(&mut records, columns, |_| {})?;
        let header = header.ok_or(StatementFault::NoTable {
            columns: "Receipt No., Completion Time, Details, Paid In, Withdrawn",
        })?;
        let currency = options.currency.unwrap_or(Currency::KENYAN_SHILLING);
        let mut rows = Vec::new();
        while let Some((line, record)) = records.next()? {
            // Pages of the PDF repeat the header.
            if columns(record).is_some() {
                continue;
            }
            let row = header
                .check(record)
                .map_err(StatementError::from)
                .and_then(|()| read_row(&header, record, line, currency));
            rows.extend(row.map_err(|error| error.on_line(line))?);
            let limit = options.limits.entries;
            if rows.len() > limit {
                return Err(StatementFault::TooManyEntries { limit }.into());
            }
        }
        if newest_first(&rows) {
            rows.reverse();
        }
        let balances = closings(&rows);
        let mut drafts = identified(rows);
        drafts.sort_by_key(|draft| draft.date);
        let account = Account {
            id: String::new(),
            currency: Some(currency),
            period: None,
            drafts,
            balances,
        };
        Ok(Statement {
            accounts: vec![account],
        })
    }
}

const RECEIPT: usize = 0;
const TIME: usize = 1;
const DETAILS: usize = 2;
const STATUS: usize = 3;
const PAID_IN: usize = 4;
const WITHDRAWN: usize = 5;
const BALANCE: usize = 6;

/// The names without spaces, points and capitals.
const NAMES: [&[&str]; 7] = [
    &["receiptno", "receipt", "receiptnumber"],
    &["completiontime"],
    &["details"],
    &["transactionstatus", "status"],
    &["paidin"],
    &["withdrawn", "withdraw", "paidout"],
    &["balance"],
];

fn columns(header: &StringRecord) -> Option<Columns<7>> {
    let needed = [RECEIPT, TIME, DETAILS, STATUS, PAID_IN, WITHDRAWN];
    let plain = |name: &str| {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    };
    Columns::of(header, NAMES, &needed, plain)
}

struct Row {
    time: String,
    receipt: String,
    charge: bool,
    balance: Option<i64>,
    draft: Draft,
}

impl Row {
    fn signed(&self) -> i64 {
        match self.draft.direction {
            Direction::In => self.draft.amount,
            Direction::Out => -self.draft.amount,
        }
    }
}

fn read_row(
    columns: &Columns<7>,
    record: &StringRecord,
    line: u64,
    currency: Currency,
) -> Result<Option<Row>, StatementError> {
    let get = |column| columns.get(record, column);
    let pending = match get(STATUS).to_ascii_lowercase().as_str() {
        "completed" => false,
        "pending" | "initiated" => true,
        "failed" | "cancelled" | "canceled" | "declined" | "expired" | "reversed" => {
            return Ok(None);
        }
        _ => {
            let want = "Completed, Pending, Failed, Cancelled, Declined, Expired";
            return Err(columns.at(STATUS, StatementFault::UnknownCode { want }));
        }
    };
    let number = |column| match get(column) {
        "" => Ok(None),
        text => parse_amount(text, &AmountStyle::POINT, currency)
            .map(Some)
            .map_err(|error| columns.at(column, error)),
    };
    let time = get(TIME);
    let date = iso_day(time).map_err(|fault| columns.at(TIME, fault))?;
    let (amount, direction) = match (number(PAID_IN)?, number(WITHDRAWN)?) {
        (Some(paid), None | Some(0)) if paid >= 0 => (paid, Direction::In),
        (None | Some(0), Some(withdrawn)) => (withdrawn.abs(), Direction::Out),
        (Some(paid), None | Some(0)) if paid < 0 => {
            return Err(columns.at(PAID_IN, StatementFault::SignedAmount));
        }
        (paid, _) => {
            let (debit, credit) = ("Withdrawn".to_owned(), "Paid In".to_owned());
            let fault = if paid.is_none() {
                StatementFault::NoSide { debit, credit }
            } else {
                StatementFault::BothSides { debit, credit }
            };
            return Err(fault.into());
        }
    };
    let receipt = get(RECEIPT).to_owned();
    if receipt.is_empty() {
        return Err(columns.at(RECEIPT, StatementFault::Missing));
    }
    let details = get(DETAILS);
    let (kind, counterparty) = details.split_once(" - ").unwrap_or((details, ""));
    let kind = kind.to_lowercase();
    let charge = kind.trim_end().ends_with("charge");
    let (flow, category, basis) =
        classify(Clues::by(direction, meaning(&kind, charge, direction)))?;
    Ok(Some(Row {
        time: time.to_owned(),
        receipt,
        charge,
        balance: number(BALANCE)?,
        draft: Draft {
            place: Place::Line(line),
            date,
            amount,
            currency,
            direction,
            flow,
            category,
            basis,
            id: Id::Given(String::new()),
            pending,
            texts: Texts {
                description: details.to_owned(),
                counterparty: counterparty.trim().to_owned(),
                counterparty_account: String::new(),
            },
            refunds: None,
        },
    }))
}

/// What the start of the details means. A charge is named after what it charges
/// for, so its own word decides.
fn meaning(kind: &str, charge: bool, direction: Direction) -> Option<(Meaning, Basis)> {
    if charge && direction == Direction::Out {
        let meaning = (Flow::Expenditure, Category::InsuranceFinance);
        return Some((meaning, Basis::Provider("charge".to_owned())));
    }
    let (word, meaning) = MPESA.within(kind, direction)?;
    Some((meaning, Basis::Provider(word.to_owned())))
}

/// Statements come newest first; files that were sorted anew do not.
fn newest_first(rows: &[Row]) -> bool {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => first.time >= last.time,
        _ => false,
    }
}

/// The balance after the last row of each day, if each follows from the one
/// before it: else the rows' order is not that of the events, or some are lost.
fn closings(rows: &[Row]) -> Vec<DayBalance> {
    let mut days = BTreeMap::new();
    let mut before: Option<i64> = None;
    for row in rows.iter().filter(|row| !row.draft.pending) {
        let Some(balance) = row.balance else {
            return Vec::new();
        };
        let follows = before.is_none_or(|before| before.checked_add(row.signed()) == Some(balance));
        if !follows {
            return Vec::new();
        }
        before = Some(balance);
        days.insert(row.draft.date, balance);
    }
    days.into_iter()
        .map(|(date, closing)| DayBalance { date, closing })
        .collect()
}

/// Receipt numbers made ids: what is charged for has the number itself.
fn identified(rows: Vec<Row>) -> Vec<Draft> {
    let mut seen: BTreeMap<(String, bool), u64> = BTreeMap::new();
    rows.into_iter()
        .map(|row| {
            let count = seen.entry((row.receipt.clone(), row.charge)).or_default();
            *count += 1;
            let kind = if row.charge { "-charge" } else { "" };
            let number = match *count {
                1 => String::new(),
                count => format!("-{count}"),
            };
            Draft {
                id: Id::Given(format!("{}{kind}{number}", row.receipt)),
                ..row.draft
            }
        })
        .collect()
}
