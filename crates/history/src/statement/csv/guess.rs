//! Proposes a profile for a CSV file that nobody has described yet.
//!
//! Everything is told from the start of the file: the encoding from its bytes,
//! delimiter and header from the header's words (`words.rs`, in several
//! languages), formats of dates and numbers from what all values can be read as
//! (`values.rs`). Where several readings are left, one is taken and the doubt is
//! said; the proposal is then read with, to see whether it works. It is for a
//! person to look over, never applied unseen.

mod columns;
mod values;
mod words;
mod write;

use csv::StringRecord;
use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::CsvProfile;
use crate::statement::{ReadOptions, StatementError, StatementFault, open};
use columns::Columns;

/// A profile proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The profile, with the doubts as comments.
    pub toml: String,
    /// What is not sure, for people.
    pub doubts: Vec<String>,
    /// How many entries it reads from the file; `None` if it does not work yet.
    pub entries: Option<usize>,
}

/// How much of the file is looked at, in bytes.
const HEAD: usize = 256 << 10;
/// How many lines may come before the header.
const BEFORE: usize = 60;
/// How many rows are looked at.
const ROWS: usize = 500;

/// Proposes a profile called `name` for a file; `file_name` is for messages only.
///
/// # Errors
/// If the file has no table with dates and amounts that can be told.
pub fn guess(bytes: &[u8], file_name: &str, name: &str) -> Result<Guess, StatementError> {
    proposed(bytes, file_name, name).map_err(|error| error.in_file(file_name))
}

fn proposed(bytes: &[u8], file_name: &str, name: &str) -> Result<Guess, StatementError> {
    let mut doubts = Vec::new();
    let (encoding, text) = text(bytes, &mut doubts)?;
    let table = [';', ',', '\t', '|']
        .into_iter()
        .filter_map(|delimiter| Table::find(&text, delimiter))
        .max_by_key(|table| table.score)
        .ok_or(StatementFault::NoLayout)?;
    let columns = Columns::tell(&table, &mut doubts).ok_or(StatementFault::NoLayout)?;
    let toml = write::toml(name, encoding, &table, &columns);
    let entries = tried(bytes, file_name, &toml, &columns, &mut doubts);
    let mut comments =
        String::from("# Proposed by looking at one file. Look it over before use.\n");
    for doubt in &doubts {
        comments += &format!("# Not sure: {doubt}\n");
    }
    Ok(Guess {
        toml: comments + &toml,
        doubts,
        entries,
    })
}

/// The encoding and the whole lines at the start of the file.
fn text(
    bytes: &[u8],
    doubts: &mut Vec<String>,
) -> Result<(&'static Encoding, String), StatementError> {
    let cut = bytes.len() > HEAD;
    let head = &bytes[..bytes.len().min(HEAD)];
    let head = match head.iter().rposition(|&byte| byte == b'\n') {
        Some(end) if cut => &head[..=end],
        _ => head,
    };
    let encoding = if let Some((marked, _)) = Encoding::for_bom(head) {
        marked
    } else if std::str::from_utf8(head).is_ok() {
        UTF_8
    } else if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(head)
        && words::has_chinese(&text)
    {
        GB18030
    } else {
        doubts.push(
            "the encoding; the file is no UTF-8 and is taken for windows-1252, \
             so look at its accented letters"
                .to_owned(),
        );
        WINDOWS_1252
    };
    let (text, _, _) = encoding.decode(head);
    if text.contains('\0') {
        return Err(StatementFault::Nul.into());
    }
    Ok((encoding, text.into_owned()))
}

/// A table in the text: its header and its first rows.
struct Table {
    delimiter: char,
    header: Vec<String>,
    rows: Vec<StringRecord>,
    /// Text runs over lines.
    multiline: bool,
    score: usize,
}

impl Table {
    /// The table under one delimiter: the line whose words are the most known
    /// ones is its header.
    fn find(text: &str, delimiter: char) -> Option<Self> {
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).ok()?)
            .from_reader(text.as_bytes());
        let records: Vec<StringRecord> = csv
            .records()
            .map_while(Result::ok)
            .take(BEFORE + ROWS)
            .collect();
        let (at, known) = records
            .iter()
            .enumerate()
            .take(BEFORE)
            .map(|(at, record)| (at, words::known(record)))
            .max_by_key(|&(at, known)| (known, std::cmp::Reverse(at)))?;
        let header: Vec<String> = records[at]
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let width = header.len();
        let is_row = |record: &&StringRecord| {
            let filled = record.iter().filter(|field| !field.trim().is_empty());
            record.len() >= width && filled.count() >= 2
        };
        let rows: Vec<StringRecord> = records[at + 1..].iter().filter(is_row).cloned().collect();
        if known < 2 || width < 2 || rows.is_empty() {
            return None;
        }
        let multiline = rows
            .iter()
            .any(|row| row.iter().any(|f| f.contains(['\n', '\r'])));
        Some(Self {
            delimiter,
            header,
            rows,
            multiline,
            score: known,
        })
    }

    /// The values of a column that are not empty.
    fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        let fields = self.rows.iter().filter_map(move |row| row.get(column));
        fields.map(str::trim).filter(|value| !value.is_empty())
    }
}

/// Reads the file with the proposal; gives how many entries that makes.
fn tried(
    bytes: &[u8],
    file_name: &str,
    toml: &str,
    columns: &Columns,
    doubts: &mut Vec<String>,
) -> Option<usize> {
    let profile = match CsvProfile::from_toml(toml) {
        Ok(profile) => profile,
        Err(error) => {
            doubts.push(format!("whether it works; as it stands: {error}"));
            return None;
        }
    };
    let options = ReadOptions {
        format: crate::statement::Format::named("bank-csv"),
        profile: Some(profile.name().to_owned()),
        profiles: vec![profile],
        currency: columns.read_as,
        ..ReadOptions::default()
    };
    match open(bytes, file_name, &options) {
        Ok(opened) => Some(opened.entries()),
        Err(error) => {
            doubts.push(format!(
                "whether it works; reading the file with it: {error}"
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests;
