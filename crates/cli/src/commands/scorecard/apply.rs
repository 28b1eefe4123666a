//! `scorecard apply`: every row of a table scored in the clear.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use blindscore_history::levels::TableColumns;
use blindscore_history::population::open_table;
use blindscore_scorecard::REASONS_MAX;
use blindscore_scorecard::exchange::{Applied, CardFile};
use clap::Args;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::level_columns::LevelColumns;
use crate::error::{Exit, Failure, Outcome};
use crate::inputs::{self, Origin};
use crate::output::note;
use crate::progress::watched;

#[derive(Debug, Args)]
pub(crate) struct ApplyCommand {
    /// The card: a card file, or a scorecard with --scheme
    #[arg(value_name = "CARD")]
    card: Origin,
    /// The table: a CSV with a header, a row an applicant
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// The scheme, for a scorecard alone
    #[arg(long)]
    scheme: Option<Origin>,
    /// The column that names the applicant [default: the first, unless the card reads it]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Add the reasons for points lost
    #[arg(long)]
    reasons: bool,
    /// Where it goes [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a JSON object a line instead of CSV
    #[arg(long)]
    json: bool,
}

/// How many rows there are between two signs of life.
const ROWS_BETWEEN_SIGNS: u64 = 10_000;

impl ApplyCommand {
    pub(crate) fn run(&self) -> Outcome {
        let card = inputs::card(&self.card, self.scheme.as_ref())?;
        let Some(path) = &self.out else {
            let mut stdout = BufWriter::new(std::io::stdout().lock());
            self.apply(&card, &mut stdout)?;
            return Ok(());
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = NamedTempFile::new_in(folder).map_err(|error| unwritten(path, &error))?;
        let mut out = BufWriter::new(file);
        let rows = self.apply(&card, &mut out)?;
        let file = out
            .into_inner()
            .map_err(|error| unwritten(path, error.error()))?;
        file.persist(path)
            .map_err(|error| unwritten(path, &error.error))?;
        note(&format!("{rows} rows scored into {}", path.display()));
        Ok(())
    }

    fn apply(&self, card: &CardFile, out: &mut impl Write) -> Outcome<u64> {
        let file = open_table(&self.table).map_err(|error| {
            Failure::internal(format!("cannot read {}: {error}", self.table.display()))
        })?;
        let mut reader = csv::ReaderBuilder::new().from_reader(file);
        let headers = reader
            .headers()
            .map_err(|error| self.broken(&error))?
            .clone();
        let headers: Vec<&str> = headers.iter().map(str::trim).collect();
        if headers.iter().all(|header| header.is_empty()) {
            return Err(Failure::refused("the table is empty")
                .in_file(&self.table)
                .hint("want a header and one row for each applicant"));
        }
        let columns = self.columns(card, &headers)?;
        let id = self.id_column(card, &headers)?;
        let id_name = id.map_or("row", |at| headers[at]);
        let sink = Sink {
            out,
            card,
            reasons: self.reasons,
            json: self.json,
        };
        watched("scoring", |spinner| {
            let mut sink = sink;
            sink.header(id_name)?;
            let mut record = csv::StringRecord::new();
            let mut rows = 0;
            while reader
                .read_record(&mut record)
                .map_err(|error| self.broken(&error))?
            {
                rows += 1;
                let line = record.position().map_or(0, csv::Position::line);
                let at = |error: &dyn std::fmt::Display| {
                    Failure::refused(format!("row {rows} (line {line}), {error}"))
                        .in_file(&self.table)
                };
                let cell = |at: usize| record.get(at).unwrap_or("");
                let levels = columns.levels(cell).map_err(|error| at(&error))?;
                let applied = card.apply(&levels).map_err(|error| at(&error))?;
                let id = id.map_or_else(|| rows.to_string(), |at| cell(at).to_owned());
                sink.row(&id, &levels, &applied)?;
                if rows % ROWS_BETWEEN_SIGNS == 0 {
                    spinner.set_message(format!("scoring, {rows} rows"));
                }
            }
            sink.out.flush().map_err(|error| cannot_write(&error))?;
            Ok(rows)
        })
    }

    fn columns<'a>(&self, card: &'a CardFile, headers: &[&str]) -> Outcome<Columns<'a>> {
        let scheme = card.scheme();
        if !scheme.is_tabular() {
            let found = LevelColumns::find(scheme, card.scorecard(), headers, &self.table);
            return found.map(Columns::Levels);
        }
        let found = TableColumns::find(scheme, headers).map_err(|error| {
            Failure::refused(error)
                .in_file(&self.table)
                .hint("blindscore scorecard show CARD lists the columns that it reads")
        });
        found.map(Columns::Values)
    }

    /// The position of the column that names the applicant.
    fn id_column(&self, card: &CardFile, headers: &[&str]) -> Outcome<Option<usize>> {
        let Some(name) = &self.id else {
            let is_read = |header: &str| {
                card.scheme().lines().iter().any(|line| match line.kind() {
                    blindscore_history::scheme::LineKind::Column(column) => {
                        match column.formula() {
                            Some(formula) => formula.columns().any(|name| name == header),
                            None => column.header().unwrap_or(line.name()) == header,
                        }
                    }
                    _ => false,
                })
            };
            return Ok(headers.first().filter(|first| !is_read(first)).map(|_| 0));
        };
        let found = headers.iter().position(|header| header == name);
        found.map(Some).ok_or_else(|| {
            Failure::refused(format!("the table has no column {name:?}")).in_file(&self.table)
        })
    }

    fn broken(&self, error: &csv::Error) -> Failure {
        let line = error.position().map_or(1, csv::Position::line);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("line {line}: {len} fields; want {expected_len} as in the header"),
            csv::ErrorKind::Utf8 { .. } => format!("line {line}: not UTF-8 text"),
            csv::ErrorKind::Io(error) => {
                return Failure::internal(format!("cannot read {}: {error}", self.table.display()));
            }
            _ => format!("line {line}: not a row of a CSV"),
        };
        Failure::refused(message).in_file(&self.table)
    }
}

/// What a table holds: values that the scheme's column lines turn into levels,
/// or levels already.
enum Columns<'a> {
    Values(TableColumns<'a>),
    Levels(LevelColumns<'a>),
}

impl Columns<'_> {
    fn levels<'r>(&self, cell: impl Fn(usize) -> &'r str) -> Result<Vec<u32>, String> {
        match self {
            Self::Values(columns) => columns.levels_with(cell).map_err(|error| error.to_string()),
            Self::Levels(columns) => columns.levels(cell),
        }
    }
}

/// Where scored rows go.
struct Sink<'a, W> {
    out: W,
    card: &'a CardFile,
    reasons: bool,
    json: bool,
}

/// A scored row as JSON.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    score: serde_json::Number,
    published: i64,
    points: Vec<Points<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Points<'a> {
    characteristic: &'a str,
    points: serde_json::Number,
}

impl<W: Write> Sink<'_, W> {
    /// Scores as imported stand beside the published ones where they differ.
    fn header(&mut self, id: &str) -> Outcome {
        if self.json {
            return Ok(());
        }
        let mut cells = vec![id.to_owned(), "score".to_owned()];
        if self.card.original().is_some() {
            cells.push("published".to_owned());
        }
        let characteristics = self.card.scorecard().characteristics();
        cells.extend(characteristics.iter().map(|c| c.name().to_owned()));
        if self.reasons {
            cells.extend((1..=REASONS_MAX).map(|rank| format!("reason_{rank}")));
        }
        self.csv(&cells)
    }

    fn row(&mut self, id: &str, levels: &[u32], applied: &Applied) -> Outcome {
        let reasons = if self.reasons {
            let reasons = self.card.reasons(levels).map_err(Failure::internal)?;
            Some(
                reasons
                    .iter()
                    .map(|r| r.code().to_owned())
                    .collect::<Vec<_>>(),
            )
        } else {
            None
        };
        if self.json {
            return self.json_row(id, applied, reasons);
        }
        let mut cells = vec![id.to_owned(), applied.score.to_string()];
        if self.card.original().is_some() {
            cells.push(applied.published.to_string());
        }
        cells.extend(applied.points.iter().map(ToString::to_string));
        if let Some(mut reasons) = reasons {
            reasons.resize(REASONS_MAX, String::new());
            cells.extend(reasons);
        }
        self.csv(&cells)
    }

    fn json_row(&mut self, id: &str, applied: &Applied, reasons: Option<Vec<String>>) -> Outcome {
        let number = |decimal: &blindscore_history::decimal::Decimal| {
            let number = serde_json::from_str(&decimal.to_string());
            number.map_err(Failure::internal)
        };
        let characteristics = self.card.scorecard().characteristics().iter();
        let points = characteristics.zip(&applied.points).map(|(c, points)| {
            Ok(Points {
                characteristic: c.name(),
                points: number(points)?,
            })
        });
        let row = Row {
            id,
            score: number(&applied.score)?,
            published: applied.published,
            points: points.collect::<Outcome<_>>()?,
            reasons,
        };
        let text = serde_json::to_string(&row).map_err(Failure::internal)?;
        writeln!(self.out, "{text}").map_err(|error| cannot_write(&error))
    }

    fn csv(&mut self, cells: &[String]) -> Outcome {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let written = writer.write_record(cells).map_err(Failure::internal);
        written?;
        let line = writer.into_inner().map_err(Failure::internal)?;
        self.out
            .write_all(&line)
            .map_err(|error| cannot_write(&error))
    }
}

fn cannot_write(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Failure::new(Exit::Quiet, "the reader went away");
    }
    Failure::internal(format!("cannot write the scores: {error}"))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::internal(format!("cannot write {}: {error}", path.display()))
        .hint("check the path and who may use it")
}
