//! What each field of a table's row is for, and the row that it makes.

use std::cell::Cell;

use blindscore_history::scheme::{CellFault, ColumnLine, ColumnScale, Formula, LineKind, Scheme};
use csv::ByteRecord;

use super::field;
use super::read_csv::TableColumns;
use super::table::column_name;
use super::table_builder::{Row, TableBuilder};
use super::table_error::{TableError, ValueFault};

/// How many columns a message lists.
const COLUMNS_NAMED: usize = 12;

/// Where in the file a row is.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) row: usize,
    pub(super) line: u64,
}

/// Where in a row a line-window's level comes from.
pub(super) enum Source {
    /// A field with the level.
    Level { field: usize, level_max: u32 },
    /// A field with a value of a column line.
    Value { field: usize },
    /// Fields that a column line's formula reads.
    Formula { fields: Vec<usize> },
    /// The sum of other entries of the plan.
    Sum { of: Vec<usize> },
}

/// What each field of a row is for.
pub(super) struct Plan {
    header: Vec<String>,
    /// Line-window and where its level comes from.
    pub(super) levels: Vec<(usize, Source)>,
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
    pub(super) fn new(
        header: &[String],
        scheme: &Scheme,
        columns: &TableColumns,
    ) -> Result<Self, TableError> {
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
        plan.find_levels(scheme)?;
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

    fn find_levels(&mut self, scheme: &Scheme) -> Result<(), TableError> {
        for (index, found) in scheme.line_windows().iter().enumerate() {
            let line = &scheme.lines()[found.line];
            let name = column_name(scheme, index);
            if let LineKind::Column(column) = line.kind() {
                if let Some(formula) = column.formula() {
                    let fields = formula.columns().map(|name| find(&self.header, name, ""));
                    let fields = fields.collect::<Result<Vec<_>, _>>()?;
                    // A formula over the outcome or a group would let it in.
                    if fields.iter().all(|&field| self.free(Some(field)).is_some()) {
                        self.levels.push((index, Source::Formula { fields }));
                    }
                    continue;
                }
                let field = match column.header() {
                    Some(header) => Some(find(&self.header, header, "")?),
                    None => self.by_line_name(line.name())?,
                };
                let Some(field) = self.free(field) else {
                    continue;
                };
                if let Some(names) = categories(column) {
                    self.nominal.push((index, names));
                }
                self.levels.push((index, Source::Value { field }));
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
                Source::Level { field: f, .. } | Source::Value { field: f } => *f == field,
                Source::Formula { fields } => fields.contains(&field),
                Source::Sum { .. } => false,
            })
        };
        (0..self.header.len())
            .filter(|&field| !reads(field) && !self.taken().contains(&Some(field)))
            .map(|field| self.header[field].clone())
            .collect()
    }

    pub(super) fn builder(&self, scheme: &Scheme) -> TableBuilder {
        let columns = self.levels.iter().map(|&(index, _)| index).collect();
        let builder = TableBuilder::with_columns(scheme, columns).ignoring(self.ignored.clone());
        let mark = |builder: TableBuilder, (index, names): &(usize, Vec<String>)| {
            builder.nominal(*index, names.clone())
        };
        self.nominal.iter().fold(builder, mark)
    }

    pub(super) fn push(
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
        let mut numbers = Numbers(vec![None; self.header.len()]);
        for (place, (index, source)) in self.levels.iter().enumerate() {
            let line = &scheme.lines()[scheme.line_windows()[*index].line];
            levels[place] = match source {
                Source::Level { field, level_max } => field::level(text(*field)?, line, *level_max)
                    .map_err(|what| fault(*field, what))?,
                Source::Value { field } => match line.kind() {
                    LineKind::Column(column) => column
                        .level(text(*field)?)
                        .map_err(|what| fault(*field, what.into()))?,
                    _ => 0,
                },
                Source::Formula { fields } => match line.kind() {
                    LineKind::Column(column) => {
                        let value = column.formula().map(|formula| {
                            formula.value(|index| {
                                numbers
                                    .of(fields[index], text)?
                                    .map_err(|what| fault(fields[index], what.into()))
                            })
                        });
                        let value = value.transpose()?.flatten();
                        column.level_of(value.as_ref())
                    }
                    _ => 0,
                },
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

/// A row's cells as formulas read them, each read once.
struct Numbers(Vec<Option<Result<Option<i128>, CellFault>>>);

impl Numbers {
    fn of<'a>(
        &mut self,
        field: usize,
        text: impl Fn(usize) -> Result<&'a str, TableError>,
    ) -> Result<Result<Option<i128>, CellFault>, TableError> {
        if let Some(known) = &self.0[field] {
            return Ok(*known);
        }
        let number = Formula::number(text(field)?);
        self.0[field] = Some(number);
        Ok(number)
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

/// What the levels of a column of categories stand for, from level 1.
fn categories(column: &ColumnLine) -> Option<Vec<String>> {
    let ColumnScale::Categories(categories) = column.scale() else {
        return None;
    };
    let groups = categories.groups().iter();
    let mut names: Vec<String> = groups.map(|group| group.join(" or ")).collect();
    if categories.has_other() {
        names.push("any other".to_owned());
    }
    Some(names)
}

/// The line's name that a header would have: in lower case, whatever a name
/// cannot hold written `_`, `c_` before what does not start with a letter.
fn line_name(header: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let mut name: String = header.trim().chars().map(plain).collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "c_");
    }
    name.truncate(48);
    name
}
