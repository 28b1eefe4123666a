//! The outcome table: who applied, as of when, and what came of it.

use std::collections::HashMap;
use std::path::Path;

use csv::StringRecord;
use encoding_rs::UTF_8;
use jiff::civil::Date;

use super::PopulationError;
use super::lines::{LineFault, Lines, open_table};
use crate::statement::shown;

/// The most applicants of one population.
pub const APPLICANTS_MAX: usize = 20_000_000;
/// Longest id, in bytes.
const ID_MAX: usize = 256;

/// The columns of an outcome table that have a meaning here; every other column
/// (the outcome, groups, a split) is carried into the training table as it is.
#[derive(Clone, Debug)]
pub struct ApplicantColumns {
    /// The applicant's id.
    pub applicant: String,
    /// The as-of date, `YYYY-MM-DD`: what happened on that day and later is not
    /// looked at.
    pub as_of: String,
    /// The first day of which the transactions are complete, if the table has
    /// such a column. Without, a history starts with the month of its first
    /// transaction.
    pub history_from: String,
}

impl Default for ApplicantColumns {
    /// `applicant_id`, `as_of`, `history_from`.
    fn default() -> Self {
        Self {
            applicant: "applicant_id".to_owned(),
            as_of: "as_of".to_owned(),
            history_from: "history_from".to_owned(),
        }
    }
}

/// One applicant.
#[derive(Clone, Debug)]
pub struct Applicant {
    /// The id.
    pub id: Box<str>,
    /// The as-of date.
    pub as_of: Date,
    /// The first day of which transactions are complete, if stated.
    pub history_from: Option<Date>,
    /// The other columns' fields, as they are.
    pub carried: StringRecord,
    line: u64,
}

/// The applicants of an outcome table, in its order.
#[derive(Clone, Debug)]
pub struct Applicants {
    columns: ApplicantColumns,
    carried: Vec<String>,
    all: Vec<Applicant>,
    by_id: HashMap<Box<str>, u32>,
}

impl Applicants {
    /// Reads an outcome table, plain or gzipped: UTF-8, commas, one header line.
    ///
    /// # Errors
    /// [`PopulationError`] with file, line and column: a column is missing, an
    /// id is empty or stands twice, a date is none, a line is broken.
    pub fn read(path: &Path, columns: ApplicantColumns) -> Result<Self, PopulationError> {
        let file = open_table(path).map_err(|error| PopulationError::open(path, &error))?;
        let mut lines = Lines::new(file, b',', UTF_8);
        let mut record = StringRecord::new();
        let mut next = |record: &mut StringRecord| {
            let more = lines.next_into(record);
            let line = lines.line();
            match more {
                Ok(more) => Ok(more.then_some(line)),
                Err(fault) => Err(PopulationError::line(path, line, fault)),
            }
        };
        next(&mut record)?.ok_or_else(|| PopulationError::NoHeader(path.to_owned()))?;
        let header = record.clone();
        let mut table = Self::below(path, &header, columns)?;
        let roles = Roles::of(&header, &table.columns);
        while let Some(line) = next(&mut record)? {
            let (got, want) = (record.len(), header.len());
            if got != want {
                let fault = LineFault::Fields { got, want };
                return Err(PopulationError::line(path, line, fault));
            }
            table.add(path, line, &record, &roles)?;
        }
        if table.all.is_empty() {
            return Err(PopulationError::NoApplicants(path.to_owned()));
        }
        Ok(table)
    }

    /// The applicants, in the table's order.
    pub fn all(&self) -> &[Applicant] {
        &self.all
    }

    /// The names of the columns that are carried over.
    pub fn carried(&self) -> &[String] {
        &self.carried
    }

    /// The names of the columns that have a meaning here.
    pub fn columns(&self) -> &ApplicantColumns {
        &self.columns
    }

    /// The position of an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).map(|&index| index as usize)
    }

    fn below(
        path: &Path,
        header: &StringRecord,
        columns: ApplicantColumns,
    ) -> Result<Self, PopulationError> {
        for (index, name) in header.iter().map(str::trim).enumerate() {
            let column = || shown(name, 80);
            let fault = if name.is_empty() {
                "has no name; name it in the header"
            } else if header
                .iter()
                .take(index)
                .any(|before| before.trim() == name)
            {
                "stands twice in the header; rename one"
            } else if name.contains('@') {
                "has an @, which marks the columns of levels; rename it"
            } else {
                continue;
            };
            return Err(PopulationError::Column {
                path: path.to_owned(),
                column: column(),
                fault,
            });
        }
        for needed in [&columns.applicant, &columns.as_of] {
            if !header.iter().any(|name| name.trim() == needed) {
                return Err(PopulationError::no_column(path, needed, header));
            }
        }
        let used = [&columns.applicant, &columns.as_of, &columns.history_from];
        let carried = header
            .iter()
            .map(str::trim)
            .filter(|name| !used.iter().any(|used| *used == name))
            .map(str::to_owned)
            .collect();
        Ok(Self {
            columns,
            carried,
            all: Vec::new(),
            by_id: HashMap::new(),
        })
    }

    fn add(
        &mut self,
        path: &Path,
        line: u64,
        record: &StringRecord,
        roles: &Roles,
    ) -> Result<(), PopulationError> {
        let field = |column: &str, fault| PopulationError::Field {
            path: path.to_owned(),
            line,
            column: column.to_owned(),
            fault,
        };
        let text = |at: usize| record.get(at).unwrap_or("").trim();
        let day = |at: usize, column: &str| {
            text(at)
                .parse::<Date>()
                .ok()
                .filter(|date| (1900..2200).contains(&date.year()))
                .ok_or_else(|| field(column, "not a date; want one such as 2026-03-15"))
        };
        let id = text(roles.applicant);
        if id.is_empty() || id.len() > ID_MAX {
            let fault = "no id of 1 to 256 bytes; want one on every line";
            return Err(field(&self.columns.applicant, fault));
        }
        let history_from = match roles.history_from {
            Some(at) if !text(at).is_empty() => Some(day(at, &self.columns.history_from)?),
            _ => None,
        };
        let applicant = Applicant {
            id: id.into(),
            as_of: day(roles.as_of, &self.columns.as_of)?,
            history_from,
            carried: roles.carried.iter().map(|&at| text(at)).collect(),
            line,
        };
        let limit = APPLICANTS_MAX;
        let index = u32::try_from(self.all.len())
            .ok()
            .filter(|_| self.all.len() < limit)
            .ok_or_else(|| PopulationError::TooMany {
                path: path.to_owned(),
                limit,
            })?;
        if let Some(&first) = self.by_id.get(id) {
            return Err(PopulationError::Twice {
                path: path.to_owned(),
                line,
                first: self.all[first as usize].line,
                id: shown(id, 80),
            });
        }
        self.by_id.insert(applicant.id.clone(), index);
        self.all.push(applicant);
        Ok(())
    }
}

/// Where in a line the columns stand.
struct Roles {
    applicant: usize,
    as_of: usize,
    history_from: Option<usize>,
    carried: Vec<usize>,
}

impl Roles {
    fn of(header: &StringRecord, columns: &ApplicantColumns) -> Self {
        let at = |column: &str| header.iter().position(|name| name.trim() == column);
        let (applicant, as_of) = (at(&columns.applicant), at(&columns.as_of));
        let history_from = at(&columns.history_from);
        let used = [applicant, as_of, history_from];
        Self {
            // Checked to be there.
            applicant: applicant.unwrap_or(0),
            as_of: as_of.unwrap_or(0),
            history_from,
            carried: (0..header.len())
                .filter(|&at| !used.contains(&Some(at)))
                .collect(),
        }
    }
}
