//! The training table: one row an applicant, one column a line-window.

use std::io::Write;

use super::{Applicants, PopulationError};
use crate::scheme::Scheme;

/// Levels of a population, in the outcome table's order. Levels of one source
/// are at most 255, so a byte holds each.
#[derive(Clone)]
pub struct LevelTable {
    pub(super) columns: Vec<String>,
    /// Which applicants have a row.
    pub(super) present: Vec<bool>,
    pub(super) levels: Vec<u8>,
}

impl LevelTable {
    pub(super) fn new(scheme: &Scheme, applicants: usize) -> Self {
        let columns = columns(scheme);
        Self {
            present: vec![false; applicants],
            levels: vec![0; applicants * columns.len()],
            columns,
        }
    }

    pub(super) fn set(&mut self, applicant: usize, levels: &[u32]) {
        let width = self.columns.len();
        let row = &mut self.levels[applicant * width..(applicant + 1) * width];
        for (to, from) in row.iter_mut().zip(levels) {
            *to = u8::try_from(*from).expect("no level of a scheme is above 255");
        }
        self.present[applicant] = true;
    }

    /// The names of its columns, `line@months`, in the scheme's order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many applicants have a row.
    pub fn rows(&self) -> usize {
        self.present.iter().filter(|present| **present).count()
    }

    /// The levels of an applicant by the position in the outcome table, if the
    /// history was long enough.
    pub fn levels(&self, applicant: usize) -> Option<&[u8]> {
        let width = self.columns.len();
        let present = *self.present.get(applicant)?;
        present.then(|| &self.levels[applicant * width..(applicant + 1) * width])
    }

    /// Writes it as CSV: the applicant's id and as-of date, the levels, then
    /// what the outcome table carries. Applicants without usable history have no
    /// row.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write_csv(
        &self,
        applicants: &Applicants,
        out: impl Write,
    ) -> Result<(), PopulationError> {
        let failed = |error: csv::Error| match error.into_kind() {
            csv::ErrorKind::Io(error) => PopulationError::Write(error.kind()),
            _ => PopulationError::Write(std::io::ErrorKind::Other),
        };
        let mut csv = csv::Writer::from_writer(out);
        let named = applicants.columns();
        let fixed = [named.applicant.as_str(), named.as_of.as_str()];
        let all = fixed
            .into_iter()
            .chain(self.columns.iter().map(String::as_str))
            .chain(applicants.carried().iter().map(String::as_str));
        csv.write_record(all).map_err(failed)?;
        for (index, applicant) in applicants.all().iter().enumerate() {
            let Some(levels) = self.levels(index) else {
                continue;
            };
            let write = |csv: &mut csv::Writer<_>| {
                csv.write_field(&*applicant.id)?;
                csv.write_field(applicant.as_of.to_string())?;
                for level in levels {
                    csv.write_field(level.to_string())?;
                }
                for field in &applicant.carried {
                    csv.write_field(field)?;
                }
                csv.write_record(None::<&[u8]>)
            };
            write(&mut csv).map_err(failed)?;
        }
        csv.flush()
            .map_err(|error| PopulationError::Write(error.kind()))
    }
}

/// The name of each line-window's column.
fn columns(scheme: &Scheme) -> Vec<String> {
    let name = |window: &crate::scheme::LineWindow| {
        format!("{}@{}", scheme.lines()[window.line].name(), window.months)
    };
    scheme.line_windows().iter().map(name).collect()
}

/// Levels stay out of logs.
impl std::fmt::Debug for LevelTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LevelTable")
            .field("columns", &self.columns)
            .field("rows", &self.rows())
            .finish_non_exhaustive()
    }
}
