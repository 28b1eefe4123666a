//! Levels as JSON files, bound to their scheme by its digest.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::error::LevelsError;
use super::{ApplicantLevels, SourceLevels, check};
use crate::digest::Digest;
use crate::scheme::Scheme;

/// Room for 255 lines of 60 windows each.
pub(super) const JSON_MAX: usize = 4 * 1024 * 1024;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    blindscore_source_levels: u32,
    scheme: Digest,
    as_of: String,
    covered_months: u8,
    levels: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicantFile {
    blindscore_applicant_levels: u32,
    scheme: Digest,
    as_of: String,
    levels: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    line: String,
    window: u8,
    level: u32,
}

pub(super) fn read_source(text: &str, scheme: &Scheme) -> Result<SourceLevels, LevelsError> {
    let file: SourceFile = parse(text)?;
    refuse_version(file.blindscore_source_levels)?;
    check::scheme(file.scheme, scheme)?;
    let levels = in_order(&file.levels, scheme)?;
    SourceLevels::from_levels(scheme, date(&file.as_of)?, file.covered_months, levels)
}

pub(super) fn write_source(levels: &SourceLevels, scheme: &Scheme) -> Result<String, LevelsError> {
    check::scheme(levels.scheme_digest(), scheme)?;
    Ok(pretty(&SourceFile {
        blindscore_source_levels: VERSION,
        scheme: levels.scheme_digest(),
        as_of: levels.as_of().to_string(),
        covered_months: levels.covered_months(),
        levels: rows(levels.levels(), scheme),
    }))
}

pub(super) fn read_applicant(text: &str, scheme: &Scheme) -> Result<ApplicantLevels, LevelsError> {
    let file: ApplicantFile = parse(text)?;
    refuse_version(file.blindscore_applicant_levels)?;
    check::scheme(file.scheme, scheme)?;
    let levels = in_order(&file.levels, scheme)?;
    ApplicantLevels::from_levels(scheme, date(&file.as_of)?, levels)
}

pub(super) fn write_applicant(
    levels: &ApplicantLevels,
    scheme: &Scheme,
) -> Result<String, LevelsError> {
    check::scheme(levels.scheme_digest(), scheme)?;
    Ok(pretty(&ApplicantFile {
        blindscore_applicant_levels: VERSION,
        scheme: levels.scheme_digest(),
        as_of: levels.as_of().to_string(),
        levels: rows(levels.levels(), scheme),
    }))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, LevelsError> {
    if text.len() > JSON_MAX {
        return Err(LevelsError::FileTooLarge {
            got: text.len(),
            max: JSON_MAX,
        });
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let file = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| fault(error.path().to_string(), error.inner()))?;
    reader
        .end()
        .map_err(|error| fault(".".to_owned(), &error))?;
    Ok(file)
}

/// serde's own message may quote the value, which here is a person's.
fn fault(path: String, error: &serde_json::Error) -> LevelsError {
    let message = match error.classify() {
        Category::Io | Category::Syntax => "not JSON",
        Category::Eof => "the text ends too early",
        Category::Data => "a field missing, unknown, given twice, or of another type or range",
    };
    LevelsError::File {
        line: error.line(),
        column: error.column(),
        path,
        message,
    }
}

fn date(text: &str) -> Result<Date, LevelsError> {
    let date: Option<Date> = text.parse().ok();
    // The calendar's own parser takes more spellings than the one we write.
    date.filter(|date| date.to_string() == text)
        .ok_or(LevelsError::FileDate)
}

fn refuse_version(got: u32) -> Result<(), LevelsError> {
    if got == VERSION {
        Ok(())
    } else {
        Err(LevelsError::FileVersion { got, want: VERSION })
    }
}

fn rows(levels: &[u32], scheme: &Scheme) -> Vec<Row> {
    let windows = scheme.line_windows().iter();
    windows
        .zip(levels)
        .map(|(window, &level)| Row {
            line: scheme.lines()[window.line].name().to_owned(),
            window: window.months,
            level,
        })
        .collect()
}

fn in_order(rows: &[Row], scheme: &Scheme) -> Result<Vec<u32>, LevelsError> {
    let windows = scheme.line_windows();
    if rows.len() != windows.len() {
        return Err(LevelsError::Count {
            got: rows.len(),
            want: windows.len(),
        });
    }
    for (index, (row, window)) in rows.iter().zip(windows).enumerate() {
        let line = scheme.lines()[window.line].name();
        if row.line != line || row.window != window.months {
            return Err(LevelsError::FileOrder {
                index,
                line: line.to_owned(),
                months: window.months,
            });
        }
    }
    Ok(rows.iter().map(|row| row.level).collect())
}

fn pretty(file: &impl Serialize) -> String {
    serde_json::to_string_pretty(file).expect("text, integers and lists have a JSON form")
}
