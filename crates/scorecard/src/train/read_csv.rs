//! A training table from a CSV file, read row by row: only levels are kept.
//!
//! A column belongs to a line-window by its header: `essential_spend@3` holds
//! the levels of `essential_spend` over 3 months, whole numbers already. A
//! column line's column holds values, which the line turns into levels: its
//! header is the one that the line names, else the line's name, else one that
//! differs from it in capitals and characters that no line's name can have. Sum
//! lines that the file does not hold are added up from their members.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use blindscore_history::scheme::Scheme;
use csv::{ByteRecord, ReaderBuilder};

use super::plan::{At, Plan};
use super::table::TrainingTable;
use super::table_error::TableError;

/// The most columns of a file.
pub const COLUMNS_MAX: usize = 4_096;
/// The most bytes of a row.
pub const ROW_BYTES_MAX: usize = 1 << 20;

/// Which columns are something else than levels, by header.
#[derive(Debug, Clone, Default)]
pub struct TableColumns {
    /// The outcome.
    pub outcome: Option<String>,
    /// What stands there for bad; every other value is good, of which there
    /// may be one only. Where it is not given: `1`, `true`, `bad`, `yes` for
    /// bad and `0`, `false`, `good`, `no` for good.
    pub bad_value: Option<String>,
    /// The weight of a row.
    pub weight: Option<String>,
    /// The applicant's id.
    pub id: Option<String>,
    /// The group that fairness is looked at by.
    pub group: Option<String>,
    /// The sample, such as train or test.
    pub sample: Option<String>,
    /// The time; written so that texts compare as times do.
    pub time: Option<String>,
}

impl TrainingTable {
    /// Reads a table from CSV with a header.
    ///
    /// The group's column is never read as levels, even if it is named as a
    /// line is.
    ///
    /// # Errors
    /// [`TableError`] with the row and the column of the first fault.
    pub fn from_csv(
        reader: impl Read,
        scheme: &Scheme,
        columns: &TableColumns,
    ) -> Result<Self, TableError> {
        Self::from_csv_with_progress(reader, scheme, columns, &mut |_| {})
    }

    /// As [`from_csv`](Self::from_csv), telling `progress` the number of rows
    /// read every thousand rows.
    pub fn from_csv_with_progress(
        reader: impl Read,
        scheme: &Scheme,
        columns: &TableColumns,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Self, TableError> {
        let pending = Rc::new(Cell::new(0));
        let limited = Limited {
            inner: reader,
            pending: Rc::clone(&pending),
        };
        let mut csv = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(limited);
        let mut record = ByteRecord::new();
        if !read(&mut csv, &mut record, 0)? {
            return Err(TableError::Empty);
        }
        pending.set(0);
        let plan = Plan::new(&header(&record)?, scheme, columns)?;
        let mut builder = plan.builder(scheme);
        let mut levels = vec![0; plan.levels.len()];
        while read(&mut csv, &mut record, builder.rows() + 1)? {
            pending.set(0);
            let at = At {
                row: builder.rows() + 1,
                line: record.position().map_or(0, csv::Position::line),
            };
            if record.len() == 1 && record[0].is_empty() {
                continue;
            }
            plan.push(&record, at, scheme, &mut levels, &mut builder)?;
            if builder.rows() % 1_000 == 0 {
                progress(builder.rows());
            }
        }
        builder.build()
    }
}

fn read<R: Read>(
    csv: &mut csv::Reader<R>,
    record: &mut ByteRecord,
    row: usize,
) -> Result<bool, TableError> {
    csv.read_byte_record(record).map_err(|error| {
        match error.into_kind() {
            csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::FileTooLarge => {
                TableError::LongRow {
                    row,
                    limit: ROW_BYTES_MAX,
                }
            }
            csv::ErrorKind::Io(io) => TableError::Io(io),
            // Bytes are read, in rows of any length: nothing else can fail.
            _ => TableError::Io(io::ErrorKind::InvalidData.into()),
        }
    })
}

fn header(record: &ByteRecord) -> Result<Vec<String>, TableError> {
    if record.len() > COLUMNS_MAX {
        return Err(TableError::Columns {
            got: record.len(),
            limit: COLUMNS_MAX,
        });
    }
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for (index, field) in record.iter().enumerate() {
        let text = std::str::from_utf8(field).map_err(|_| TableError::Encoding { row: 0 })?;
        let text = if index == 0 {
            text.trim_start_matches('\u{feff}')
        } else {
            text
        };
        names.push(text.trim().to_owned());
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&index| (&names[index], index));
    match order
        .windows(2)
        .find(|pair| names[pair[0]] == names[pair[1]])
    {
        Some(pair) => Err(TableError::DuplicateColumn {
            name: names[pair[0]].clone(),
            first: pair[0] + 1,
            second: pair[1] + 1,
        }),
        None => Ok(names),
    }
}

/// Ends a file whose row does not end: without it an open quote would read
/// everything that follows into one field.
struct Limited<R> {
    inner: R,
    pending: Rc<Cell<usize>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.get() > ROW_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let got = self.inner.read(buffer)?;
        self.pending.set(self.pending.get() + got);
        Ok(got)
    }
}

#[cfg(test)]
mod tests;
