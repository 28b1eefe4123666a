//! A training table from a CSV file, read row by row: only levels are kept.
//!
//! A column belongs to a line-window by its header: `essential_spend@3` holds
//! the levels of `essential_spend` over 3 months, whole numbers already. A
//! column line's column holds values, which are turned into levels here: its
//! header is the one that the [`Coding`] names, else the line's name, else one
//! that [`line_name`] turns into it. Sum lines that the file does not hold are
//! added up from their members.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use blindscore_history::scheme::{Line, LineKind, Scheme};
use csv::{ByteRecord, ReaderBuilder};

use super::coding::{Coding, CodingError, ColumnCoding, NumberFault, line_name, whole};
use super::table::{Row, TableBuilder, TrainingTable, column_name};
use super::table_error::{TableError, ValueFault};

/// The most columns of a file.
pub const COLUMNS_MAX: usize = 4_096;
/// The most bytes of a row.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// How many columns a message lists.
const COLUMNS_NAMED: usize = 12;

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
        coding: &Coding,
    ) -> Result<Self, TableError> {
        Self::from_csv_with_progress(reader, scheme, columns, coding, &mut |_| {})
    }

    /// As [`from_csv`](Self::from_csv), telling `progress` the number of rows
    /// read every thousand rows.
    pub fn from_csv_with_progress(
        reader: impl Read,
        scheme: &Scheme,
        columns: &TableColumns,
        coding: &Coding,
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
        let plan = Plan::new(&header(&record)?, scheme, columns, coding)?;
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

#[derive(Clone, Copy)]
struct At {
    row: usize,
    line: u64,
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

/// Where in a row a line-window's level comes from.
enum Source {
    /// A field with the level.
    Level { field: usize, level_max: u32 },
    /// A field with a value of a column line.
    Value { field: usize, coding: ColumnCoding },
    /// The sum of other entries of the plan.
    Sum { of: Vec<usize> },
}

struct Plan {
    header: Vec<String>,
    /// Line-window and where its level comes from.
    levels: Vec<(usize, Source)>,
    outcome: Option<usize>,
    bad_value: Option<String>,
    good_value: Cell<Option<Box<str>>>,
    weight: Option<usize>,
    id: Option<usize>,
    group: Option<usize>,
    sample: Option<usize>,
    time: Option<usize>,
    nominal: Vec<(usize, Vec<String>)>,
    ignored: Vec<String>,
}

impl Plan {
    fn new(
        header: &[String],
        scheme: &Scheme,
        columns: &TableColumns,
        coding: &Coding,
    ) -> Result<Self, TableError> {
        for column in coding.columns() {
            check_coding(scheme, column)?;
        }
        let role = |name: &Option<String>, role: &str| {
            name.as_deref()
                .map(|name| find(header, name, &format!(" for the {role}")))
                .transpose()
        };
        let mut plan = Self {
            header: header.to_vec(),
            levels: Vec::new(),
            outcome: role(&columns.outcome, "outcome")?,
            bad_value: columns.bad_value.clone(),
            good_value: Cell::new(None),
            weight: role(&columns.weight, "weight")?,
            id: role(&columns.id, "id")?,
            group: role(&columns.group, "group")?,
            sample: role(&columns.sample, "sample")?,
            time: role(&columns.time, "time")?,
            nominal: Vec::new(),
            ignored: Vec::new(),
        };
        plan.find_levels(scheme, coding)?;
        if plan.levels.is_empty() {
            return Err(TableError::NoColumns {
                scheme: scheme.name().into(),
                example: column_name(scheme, 0),
            });
        }
        plan.add_sums(scheme);
        plan.levels.sort_by_key(|&(line_window, _)| line_window);
        plan.resolve_sums(scheme);
        plan.ignored = plan.not_read();
        Ok(plan)
    }

    fn taken(&self) -> [Option<usize>; 6] {
        [
            self.outcome,
            self.weight,
            self.id,
            self.group,
            self.sample,
            self.time,
        ]
    }

    fn find_levels(&mut self, scheme: &Scheme, coding: &Coding) -> Result<(), TableError> {
        for (index, found) in scheme.line_windows().iter().enumerate() {
            let line = &scheme.lines()[found.line];
            let name = column_name(scheme, index);
            if matches!(line.kind(), LineKind::Column(_)) {
                let given = coding.column(line.name());
                let field = match given {
                    Some(column) => Some(find(&self.header, &column.column, "")?),
                    None => self.by_line_name(line.name())?,
                };
                let Some(field) = self.free(field) else {
                    continue;
                };
                let coding = given.cloned().unwrap_or_else(|| {
                    ColumnCoding::number(line.name(), self.header[field].clone(), 0)
                });
                if let Some(categories) = &coding.categories {
                    let names = categories.iter().map(|texts| texts.join(" or "));
                    self.nominal.push((index, names.collect()));
                }
                self.levels.push((index, Source::Value { field, coding }));
                continue;
            }
            let alone = line.windows().len() == 1;
            let by_name = |wanted: &str| self.header.iter().position(|h| h == wanted);
            let field = by_name(&name).or_else(|| by_name(line.name()).filter(|_| alone));
            if let Some(field) = self.free(field) {
                let level_max = found.level_max;
                self.levels
                    .push((index, Source::Level { field, level_max }));
            }
        }
        Ok(())
    }

    /// A field that has no other role.
    fn free(&self, field: Option<usize>) -> Option<usize> {
        field.filter(|&field| !self.taken().contains(&Some(field)))
    }

    fn by_line_name(&self, line: &str) -> Result<Option<usize>, TableError> {
        if let Some(exact) = self.header.iter().position(|h| h == line) {
            return Ok(Some(exact));
        }
        let mut alike = (0..self.header.len()).filter(|&i| line_name(&self.header[i]) == line);
        match (alike.next(), alike.next()) {
            (Some(first), Some(second)) => Err(TableError::DuplicateColumn {
                name: line.into(),
                first: first + 1,
                second: second + 1,
            }),
            (first, _) => Ok(first),
        }
    }

    /// Sum lines that the file does not hold, if it holds all their members.
    fn add_sums(&mut self, scheme: &Scheme) {
        for (index, found) in scheme.line_windows().iter().enumerate() {
            let has = |i: usize| self.levels.iter().any(|&(known, _)| known == i);
            if has(index) {
                continue;
            }
            let members = sum_members(scheme, index);
            if found.months > 0 && !members.is_empty() && members.iter().all(|&m| has(m)) {
                self.levels.push((index, Source::Sum { of: Vec::new() }));
            }
        }
    }

    /// Members are places in the plan, which are known once it is sorted.
    fn resolve_sums(&mut self, scheme: &Scheme) {
        let places: Vec<usize> = self.levels.iter().map(|&(index, _)| index).collect();
        for (index, source) in &mut self.levels {
            if let Source::Sum { of } = source {
                let members = sum_members(scheme, *index);
                *of = (0..places.len())
                    .filter(|&place| members.contains(&places[place]))
                    .collect();
            }
        }
    }

    fn not_read(&self) -> Vec<String> {
        let reads = |field: usize| {
            self.levels.iter().any(|(_, source)| match source {
                Source::Level { field: f, .. } | Source::Value { field: f, .. } => *f == field,
                Source::Sum { .. } => false,
            })
        };
        (0..self.header.len())
            .filter(|&field| !reads(field) && !self.taken().contains(&Some(field)))
            .map(|field| self.header[field].clone())
            .collect()
    }

    fn builder(&self, scheme: &Scheme) -> TableBuilder {
        let columns = self.levels.iter().map(|&(index, _)| index).collect();
        let builder = TableBuilder::with_columns(scheme, columns).ignoring(self.ignored.clone());
        let mark = |builder: TableBuilder, (index, names): &(usize, Vec<String>)| {
            builder.nominal(*index, names.clone())
        };
        self.nominal.iter().fold(builder, mark)
    }

    fn push(
        &self,
        record: &ByteRecord,
        at: At,
        scheme: &Scheme,
        levels: &mut [u32],
        builder: &mut TableBuilder,
    ) -> Result<(), TableError> {
        if record.len() != self.header.len() {
            return Err(TableError::Fields {
                row: at.row,
                line: at.line,
                got: record.len(),
                want: self.header.len(),
            });
        }
        let text = |field: usize| {
            std::str::from_utf8(&record[field])
                .map(str::trim)
                .map_err(|_| TableError::Encoding { row: at.row })
        };
        let fault = |field: usize, fault: ValueFault| TableError::Value {
            row: at.row,
            line: at.line,
            column: self.header[field].clone(),
            fault,
        };
        for (place, (index, source)) in self.levels.iter().enumerate() {
            let line = &scheme.lines()[scheme.line_windows()[*index].line];
            levels[place] = match source {
                Source::Level { field, level_max } => {
                    level(text(*field)?, line, *level_max).map_err(|what| fault(*field, what))?
                }
                Source::Value { field, coding } => {
                    value(text(*field)?, line, coding).map_err(|what| fault(*field, what))?
                }
                Source::Sum { .. } => 0,
            };
        }
        for (place, (_, source)) in self.levels.iter().enumerate() {
            if let Source::Sum { of } = source {
                levels[place] = of.iter().map(|&member| levels[member]).sum();
            }
        }
        let optional = |field: Option<usize>| field.map(text).transpose();
        let weight = match self.weight {
            Some(field) => {
                let weight = text(field)?.parse::<f64>();
                Some(weight.map_err(|_| fault(field, ValueFault::NotANumber))?)
            }
            None => None,
        };
        let bad = match self.outcome {
            Some(field) => Some(self.bad(text(field)?).map_err(|what| fault(field, what))?),
            None => None,
        };
        builder.push(&Row {
            levels,
            bad,
            weight,
            id: optional(self.id)?,
            group: optional(self.group)?,
            sample: optional(self.sample)?,
            time: optional(self.time)?,
        })
    }

    fn bad(&self, text: &str) -> Result<bool, ValueFault> {
        let Some(bad_value) = &self.bad_value else {
            return match text.to_ascii_lowercase().as_str() {
                "1" | "1.0" | "true" | "bad" | "yes" => Ok(true),
                "0" | "0.0" | "false" | "good" | "no" => Ok(false),
                _ => Err(ValueFault::Outcome {
                    want: "1 for bad and 0 for good, or name the value that means bad".into(),
                }),
            };
        };
        if text == bad_value {
            return Ok(true);
        }
        let good = self.good_value.take().unwrap_or_else(|| text.into());
        let fits = !text.is_empty() && *good == *text;
        let want = format!("{bad_value:?} for bad and one other value for good");
        self.good_value.set(Some(good));
        if fits {
            Ok(false)
        } else {
            Err(ValueFault::Outcome { want })
        }
    }
}

/// The line-windows whose levels a sum line's level adds up; empty for other
/// lines.
fn sum_members(scheme: &Scheme, line_window: usize) -> Vec<usize> {
    let found = &scheme.line_windows()[line_window];
    match scheme.lines()[found.line].kind() {
        LineKind::Sum(sum) => sum
            .members()
            .iter()
            .filter_map(|&member| scheme.first_window(member))
            .map(|first| first + found.window)
            .collect(),
        LineKind::Pooled(_) | LineKind::Single(_) | LineKind::Column(_) => Vec::new(),
    }
}

fn find(header: &[String], name: &str, role: &str) -> Result<usize, TableError> {
    header.iter().position(|h| h == name).ok_or_else(|| {
        let mut columns = header
            .iter()
            .take(COLUMNS_NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        if header.len() > COLUMNS_NAMED {
            columns.push_str(", ...");
        }
        TableError::MissingColumn {
            name: name.into(),
            role: role.into(),
            columns,
        }
    })
}

fn check_coding(scheme: &Scheme, column: &ColumnCoding) -> Result<(), CodingError> {
    let line = scheme.find(&column.line, 0);
    let line = line.map(|index| &scheme.lines()[scheme.line_windows()[index].line]);
    let Some(line) = line else {
        return Err(CodingError::ForeignLine {
            line: column.line.clone(),
        });
    };
    let Some(categories) = &column.categories else {
        return Ok(());
    };
    if line.unit() != 1 || line.origin() != Some(0) {
        return Err(CodingError::NotOneByOne {
            line: column.line.clone(),
        });
    }
    if categories.len() > line.cap() as usize {
        return Err(CodingError::Cap {
            line: column.line.clone(),
            got: categories.len(),
            want: line.cap(),
        });
    }
    Ok(())
}

fn level(text: &str, line: &Line, level_max: u32) -> Result<u32, ValueFault> {
    if text.is_empty() {
        return if line.adds_up() {
            Err(ValueFault::Empty)
        } else {
            Ok(0)
        };
    }
    let digits = text.strip_suffix(".0").unwrap_or(text);
    match digits.parse::<u32>() {
        Ok(level) if level <= level_max => Ok(level),
        Ok(_) => Err(ValueFault::NotALevel { level_max }),
        Err(_) if whole(text, 0).is_ok() => Err(ValueFault::NotALevel { level_max }),
        Err(_) => Err(ValueFault::NotANumber),
    }
}

fn value(text: &str, line: &Line, coding: &ColumnCoding) -> Result<u32, ValueFault> {
    if coding.is_not_known(text) {
        return Ok(0);
    }
    let number = match &coding.categories {
        Some(_) => coding.code_of(text).ok_or(ValueFault::UnseenCategory)?,
        None => whole(text, coding.decimals).map_err(|fault| match fault {
            NumberFault::NotANumber => ValueFault::NotANumber,
            NumberFault::TooLarge => ValueFault::TooLarge,
        })?,
    };
    // As the history crate defines the level of a column line.
    let steps = (i128::from(number) - i128::from(line.origin().unwrap_or(0)))
        .div_euclid(i128::from(line.unit()));
    let most = line.cap() - 1;
    Ok(1 + u32::try_from(steps.max(0)).map_or(most, |steps| steps.min(most)))
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
