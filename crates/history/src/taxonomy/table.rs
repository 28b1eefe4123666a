//! The small CSV tables that lead to a flow and a category.

use std::io::Read;

use super::{Category, Flow, UnknownCategory, UnknownFlow};

/// Far more than any such table needs; a hostile file stops here.
const SIZE_MAX: u64 = 4 << 20;

pub(super) struct Row<const KEYS: usize> {
    pub(super) line: u64,
    pub(super) keys: [String; KEYS],
    pub(super) meaning: (Flow, Category),
}

/// Why a line of a table is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TableFault {
    #[error("cannot be read: {0}")]
    Io(String),
    #[error("larger than 4 MiB; want a table of codes only")]
    TooLarge,
    #[error("not UTF-8; save it as UTF-8")]
    NotUtf8,
    #[error("got {got} fields; want {want} as in the header")]
    Fields { got: u64, want: u64 },
    #[error("no column {0:?} in the header; want a header line with the columns' names")]
    Header(&'static str),
    #[error("not a code; want one to four digits, or an identifier")]
    Code,
    #[error("the code is listed twice; keep one of the lines")]
    Twice,
    #[error(transparent)]
    Flow(#[from] UnknownFlow),
    #[error(transparent)]
    Category(#[from] UnknownCategory),
    #[error("only expenditure and refund_reversal carry a category; want UNCLASSIFIED")]
    NoCategory,
}

pub(super) fn read<const KEYS: usize>(
    reader: impl Read,
    keys: [&'static str; KEYS],
) -> Result<Vec<Row<KEYS>>, (u64, TableFault)> {
    let mut bytes = Vec::new();
    reader
        .take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| (1, TableFault::Io(error.kind().to_string())))?;
    if bytes.len() as u64 > SIZE_MAX {
        return Err((1, TableFault::TooLarge));
    }
    let mut csv = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(&bytes[..]);
    let header = csv.headers().map_err(|error| fault(&error, 1))?.clone();
    let column = |name: &'static str| {
        let found = header.iter().position(|field| field == name);
        found.ok_or((1, TableFault::Header(name)))
    };
    let mut key_columns = [0; KEYS];
    for (at, key) in key_columns.iter_mut().zip(keys) {
        *at = column(key)?;
    }
    let (flow, category) = (column("flow")?, column("category")?);
    let mut rows = Vec::new();
    for record in csv.records() {
        let last = rows.last().map_or(1, |row: &Row<KEYS>| row.line);
        let record = record.map_err(|error| fault(&error, last + 1))?;
        let line = record.position().map_or(last + 1, csv::Position::line);
        let meaning = meaning(&record[flow], &record[category]).map_err(|fault| (line, fault))?;
        let keys = key_columns.map(|at| record[at].to_owned());
        rows.push(Row {
            line,
            keys,
            meaning,
        });
    }
    Ok(rows)
}

fn meaning(flow: &str, category: &str) -> Result<(Flow, Category), TableFault> {
    let (flow, category): (Flow, Category) = (flow.parse()?, category.parse()?);
    if category != Category::Unclassified && !flow.carries_category() {
        return Err(TableFault::NoCategory);
    }
    Ok((flow, category))
}

fn fault(error: &csv::Error, line: u64) -> (u64, TableFault) {
    let line = error.position().map_or(line, csv::Position::line);
    let fault = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => TableFault::Fields {
            got: *len,
            want: *expected_len,
        },
        csv::ErrorKind::Utf8 { .. } => TableFault::NotUtf8,
        _ => TableFault::Io("broken table".to_owned()),
    };
    (line, fault)
}
