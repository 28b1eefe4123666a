//! Transactions of many applicants, one applicant at a time.
//!
//! If every applicant's lines stand together, the files are streamed and one
//! applicant's lines are in memory. If they do not, lines first go into
//! temporary files, a range of applicants each, of which one is in memory. A
//! first pass over the applicants' ids decides; it also meets broken lines
//! before any work is done.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};

use csv::StringRecord;

use super::files::{Source, read_options};
use super::layout::text_form;
use super::lines::Splitter;
use super::{Applicants, PopulationError, PopulationOptions};
use crate::statement::csv::stream::{StreamReading, StreamedRow};
use crate::statement::shown;

/// The most temporary files.
const BUCKETS_MAX: u64 = 256;

/// What a pass over the ids tells.
pub(super) struct Survey {
    /// Lines of applicants of the outcome table.
    pub(super) rows: u64,
    /// Lines of others, which are not read.
    pub(super) others: u64,
    bytes: u64,
    /// Whether every applicant's lines stand together.
    pub(super) grouped: bool,
}

/// Looks at every line's id. `progress` is told bytes of text.
pub(super) fn survey(
    sources: &[Source],
    applicants: &Applicants,
    progress: &dyn Fn(u64),
) -> Result<Survey, PopulationError> {
    let mut survey = Survey {
        rows: 0,
        others: 0,
        bytes: 0,
        grouped: true,
    };
    let mut seen = vec![false; applicants.all().len()];
    let mut current = None;
    for source in sources {
        let mut body = source.body()?;
        let mut told = 0;
        while body.advance()? {
            match find(body.id(), current, applicants) {
                None => survey.others += 1,
                Some(index) => {
                    survey.rows += 1;
                    if current != Some(index) {
                        survey.grouped &= !seen[index];
                        seen[index] = true;
                        current = Some(index);
                    }
                }
            }
            tell(progress, body.lines.bytes(), &mut told);
        }
        survey.bytes += body.lines.bytes();
    }
    Ok(survey)
}

/// Gives each applicant's lines to `each`, which gets every applicant at most
/// once: in the files' order if `survey` found them grouped, else in the
/// outcome table's.
pub(super) fn for_each(
    sources: &[Source],
    applicants: &Applicants,
    options: &PopulationOptions,
    survey: &Survey,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(usize, Vec<StreamedRow>) -> Result<(), PopulationError>,
) -> Result<(), PopulationError> {
    if survey.grouped {
        streamed(sources, applicants, options, progress, each)
    } else {
        let buckets = Buckets::fill(sources, applicants, options, survey, progress)?;
        buckets.drain(sources, applicants, options, each)
    }
}

fn streamed(
    sources: &[Source],
    applicants: &Applicants,
    options: &PopulationOptions,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(usize, Vec<StreamedRow>) -> Result<(), PopulationError>,
) -> Result<(), PopulationError> {
    let read_options = read_options(options);
    let mut current: Option<usize> = None;
    let mut rows = Vec::new();
    for source in sources {
        let reading = source.header.reading(&source.profile, &read_options);
        let mut body = source.body()?;
        let mut told = 0;
        while body.advance()? {
            let found = find(body.id(), current, applicants);
            if let Some(index) = found {
                if let Some(before) = current.filter(|before| *before != index) {
                    each(before, std::mem::take(&mut rows))?;
                }
                current = Some(index);
                let line = body.lines.line();
                rows.push(row(source, &reading, &body.record, line)?);
                check_count(rows.len(), index, applicants, options)?;
            }
            tell(progress, body.lines.bytes(), &mut told);
        }
    }
    match current {
        Some(index) => each(index, rows),
        None => Ok(()),
    }
}

/// Temporary files, each with the lines of a range of applicants.
struct Buckets {
    files: Vec<BufWriter<File>>,
    applicants: usize,
}

/// One line in a bucket: applicant, file, line number, length; then the line.
const FRAME: usize = 4 + 4 + 8 + 4;

impl Buckets {
    fn fill(
        sources: &[Source],
        applicants: &Applicants,
        options: &PopulationOptions,
        survey: &Survey,
        progress: &dyn Fn(u64),
    ) -> Result<Self, PopulationError> {
        let size = survey.bytes + survey.rows * FRAME as u64;
        let wanted = size
            .div_ceil(options.bucket_bytes.max(1))
            .clamp(1, BUCKETS_MAX);
        let folder = options.temporary.clone().unwrap_or_else(std::env::temp_dir);
        let file =
            |_| tempfile::tempfile_in(&folder).map(|file| BufWriter::with_capacity(1 << 16, file));
        let mut buckets = Self {
            files: (0..wanted)
                .map(file)
                .collect::<Result<_, _>>()
                .map_err(failed)?,
            applicants: applicants.all().len(),
        };
        let mut current = None;
        for (number, source) in (0_u32..).zip(sources) {
            let mut body = source.body()?;
            let mut told = 0;
            while body.advance()? {
                let found = find(body.id(), current, applicants);
                if let Some(index) = found {
                    current = Some(index);
                    buckets.put(index, number, body.lines.line(), body.lines.raw())?;
                }
                tell(progress, body.lines.bytes(), &mut told);
            }
        }
        Ok(buckets)
    }

    fn put(
        &mut self,
        index: usize,
        file: u32,
        line: u64,
        raw: &[u8],
    ) -> Result<(), PopulationError> {
        let bucket = index * self.files.len() / self.applicants;
        let applicant = u32::try_from(index).expect("the outcome table's limit is below 2^32");
        let length = u32::try_from(raw.len()).expect("a line's limit is below 2^32");
        let mut frame = [0; FRAME];
        frame[..4].copy_from_slice(&applicant.to_le_bytes());
        frame[4..8].copy_from_slice(&file.to_le_bytes());
        frame[8..16].copy_from_slice(&line.to_le_bytes());
        frame[16..].copy_from_slice(&length.to_le_bytes());
        let out = &mut self.files[bucket];
        out.write_all(&frame)
            .and_then(|()| out.write_all(raw))
            .map_err(failed)
    }

    fn drain(
        self,
        sources: &[Source],
        applicants: &Applicants,
        options: &PopulationOptions,
        each: &mut dyn FnMut(usize, Vec<StreamedRow>) -> Result<(), PopulationError>,
    ) -> Result<(), PopulationError> {
        let read_options = read_options(options);
        let mut readings: Vec<_> = sources
            .iter()
            .map(|source| {
                let (delimiter, encoding) = text_form(Some(&source.profile));
                let reading = source.header.reading(&source.profile, &read_options);
                (reading, Splitter::new(delimiter, encoding))
            })
            .collect();
        let mut record = StringRecord::new();
        for file in self.files {
            let bucket = Bucket::load(file)?;
            let mut lines = bucket.lines.iter().peekable();
            while let Some(first) = lines.peek().map(|line| line.applicant) {
                let mut rows = Vec::new();
                while let Some(line) = lines.next_if(|line| line.applicant == first) {
                    let at = line.file as usize;
                    let (reading, splitter) = &mut readings[at];
                    let raw = &bucket.bytes[line.start..line.end];
                    splitter.split(raw, &mut record).map_err(|fault| {
                        PopulationError::line(&sources[at].path, line.number, fault)
                    })?;
                    rows.push(row(&sources[at], reading, &record, line.number)?);
                    check_count(rows.len(), first as usize, applicants, options)?;
                }
                each(first as usize, rows)?;
            }
        }
        Ok(())
    }
}

/// A bucket in memory, by applicant; an applicant's lines in the files' order.
struct Bucket {
    bytes: Vec<u8>,
    lines: Vec<BucketLine>,
}

struct BucketLine {
    applicant: u32,
    file: u32,
    number: u64,
    start: usize,
    end: usize,
}

impl Bucket {
    fn load(file: BufWriter<File>) -> Result<Self, PopulationError> {
        let mut file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.rewind().map_err(failed)?;
        let mut bytes = Vec::new();
        BufReader::new(file)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let mut lines = Vec::new();
        let mut at = 0;
        while let Some(frame) = bytes.get(at..at + FRAME) {
            let word = |from: usize| {
                u32::from_le_bytes(frame[from..from + 4].try_into().expect("four bytes"))
            };
            let number = u64::from_le_bytes(frame[8..16].try_into().expect("eight bytes"));
            let start = at + FRAME;
            let end = start + word(16) as usize;
            lines.push(BucketLine {
                applicant: word(0),
                file: word(4),
                number,
                start,
                end,
            });
            at = end;
        }
        // Stable: an applicant's lines keep the order in which they were put.
        lines.sort_by_key(|line| line.applicant);
        Ok(Self { bytes, lines })
    }
}

fn row(
    source: &Source,
    reading: &StreamReading<'_>,
    record: &StringRecord,
    line: u64,
) -> Result<StreamedRow, PopulationError> {
    reading.row(record, line).map_err(|error| {
        error
            .on_line(line)
            .in_file(&source.path.display().to_string())
            .into()
    })
}

/// The applicant of an id; most lines have the id of the line before.
fn find(id: &str, current: Option<usize>, applicants: &Applicants) -> Option<usize> {
    match current {
        Some(index) if &*applicants.all()[index].id == id => Some(index),
        _ => applicants.find(id),
    }
}

fn check_count(
    rows: usize,
    index: usize,
    applicants: &Applicants,
    options: &PopulationOptions,
) -> Result<(), PopulationError> {
    let limit = options.rows_max;
    if rows <= limit {
        return Ok(());
    }
    let id = shown(&applicants.all()[index].id, 80);
    Err(PopulationError::TooManyRows { id, limit })
}

/// Tells progress every mebibyte.
fn tell(progress: &dyn Fn(u64), bytes: u64, told: &mut u64) {
    if bytes >= *told + (1 << 20) {
        progress(bytes - *told);
        *told = bytes;
    }
}

fn failed(error: impl Into<std::io::Error>) -> PopulationError {
    PopulationError::Temporary(error.into().kind())
}
