//! The files of a population's transactions, each with its layout.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::layout;
use super::lines::{LineFault, Lines, open_table};
use super::{PopulationError, PopulationOptions};
use crate::statement::csv::stream::StreamHeader;
use crate::statement::{CsvProfile, ReadOptions};

/// One file, its header read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) profile: CsvProfile,
    pub(super) header: StreamHeader,
    /// Fields of its lines.
    fields: usize,
    /// Where the applicant's id stands.
    applicant: usize,
}

/// The files that `path` names: itself, or the tables in it by name.
pub(super) fn all(
    path: &Path,
    options: &PopulationOptions,
) -> Result<Vec<Source>, PopulationError> {
    let listed = listed(path)?;
    listed
        .into_iter()
        .map(|path| Source::open(path, options))
        .collect()
}

fn listed(path: &Path) -> Result<Vec<PathBuf>, PopulationError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error: std::io::Error| PopulationError::open(path, &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let is_table = name.is_some_and(|name| name.ends_with(".csv") || name.ends_with(".csv.gz"));
        if is_table && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(PopulationError::Empty(path.to_owned()));
    }
    // The order in which a system lists a folder is its own.
    files.sort();
    Ok(files)
}

impl Source {
    fn open(path: PathBuf, options: &PopulationOptions) -> Result<Self, PopulationError> {
        let file = open_table(&path).map_err(|error| PopulationError::open(&path, &error))?;
        let (delimiter, encoding) = layout::text_form(options.profile.as_ref());
        if !encoding.is_ascii_compatible() {
            return Err(PopulationError::Profile {
                name: options
                    .profile
                    .as_ref()
                    .map_or("", CsvProfile::name)
                    .to_owned(),
                fault: "of an encoding that cannot be read line by line; convert the files to UTF-8",
            });
        }
        let mut lines = Lines::new(file, delimiter, encoding);
        let mut record = StringRecord::new();
        let more = lines.next_into(&mut record);
        let line = lines.line();
        let more = more.map_err(|fault| PopulationError::line(&path, line, fault))?;
        if !more {
            return Err(PopulationError::NoHeader(path));
        }
        record.trim();
        let profile = match &options.profile {
            Some(profile) => profile.clone(),
            None => layout::usual(&path, &record)?,
        };
        let applicant = record
            .iter()
            .position(|name| name == options.applicant)
            .ok_or_else(|| PopulationError::no_column(&path, &options.applicant, &record))?;
        let names = record.iter().map(str::to_owned).collect();
        let header = StreamHeader::new(names, line, &profile)
            .map_err(|error| error.in_file(&path.display().to_string()))?;
        Ok(Self {
            path,
            profile,
            header,
            fields: record.len(),
            applicant,
        })
    }

    /// Its lines below the header.
    pub(super) fn body(&self) -> Result<Body<'_>, PopulationError> {
        let file =
            open_table(&self.path).map_err(|error| PopulationError::open(&self.path, &error))?;
        let (delimiter, encoding) = layout::text_form(Some(&self.profile));
        let mut body = Body {
            source: self,
            lines: Lines::new(file, delimiter, encoding),
            record: StringRecord::new(),
        };
        body.advance()?;
        Ok(body)
    }

    /// The applicant's id of a line.
    pub(super) fn id<'r>(&self, record: &'r StringRecord) -> &'r str {
        record.get(self.applicant).unwrap_or("").trim()
    }
}

/// What reading one transaction needs beside the profile.
pub(super) fn read_options(options: &PopulationOptions) -> ReadOptions {
    ReadOptions {
        currency: Some(options.currency),
        mcc_map: options.mcc_map.clone(),
        ..ReadOptions::default()
    }
}

/// The lines of one file.
pub(super) struct Body<'a> {
    source: &'a Source,
    pub(super) lines: Lines<Box<dyn BufRead + Send>>,
    pub(super) record: StringRecord,
}

impl Body<'_> {
    /// Reads the next line; `false` at the end.
    pub(super) fn advance(&mut self) -> Result<bool, PopulationError> {
        let more = self.lines.next_into(&mut self.record);
        let line = self.lines.line();
        let at = |fault| PopulationError::line(&self.source.path, line, fault);
        let more = more.map_err(at)?;
        let (got, want) = (self.record.len(), self.source.fields);
        if more && got != want {
            return Err(at(LineFault::Fields { got, want }));
        }
        Ok(more)
    }

    /// The applicant's id of the line read last.
    pub(super) fn id(&self) -> &str {
        self.source.id(&self.record)
    }
}
