//! The table of formats.

use std::fmt;

use super::alipay::Alipay;
use super::berlin::BerlinGroup;
use super::camt::Camt;
use super::csv::{BankCsv, CsvProfile};
use super::draft::Statement;
use super::mpesa::MPesa;
use super::ofx::Ofx;
use super::plaid::Plaid;
use super::source::Source;
use super::uk::UkOpenBanking;
use super::wechat::WeChat;
use super::{ReadOptions, StatementError, StatementFault};

/// Every format, the most telling first: the first that recognises a file reads
/// it. To add one, write its file and add its line.
const READERS: &[&dyn Reader] = &[
    &Ofx,
    &Camt,
    &UkOpenBanking,
    &Plaid,
    &BerlinGroup,
    &Alipay,
    &WeChat,
    &MPesa,
    &BankCsv,
];

/// One format of statements.
pub(super) trait Reader: Sync {
    /// Its name, for people and for choosing it.
    fn name(&self) -> &'static str;
    /// Other names that people know it by.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether the start of a file looks like this format.
    fn recognises(&self, head: &[u8], options: &ReadOptions) -> bool;
    /// What the ids in a file are unique under, by its start.
    fn id_space(&self, _head: &[u8], _options: &ReadOptions) -> Result<String, StatementError> {
        Ok(self.name().to_owned())
    }
    /// Reads a whole file.
    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError>;
    /// Reads a file of any length; those that must be held whole up to the size
    /// limit.
    fn read_source(
        &self,
        source: Source<'_>,
        options: &ReadOptions,
    ) -> Result<Statement, StatementError> {
        source.whole(&options.limits, |bytes| self.read(bytes, options))
    }
}

/// A format that statements can be read from.
#[derive(Clone, Copy)]
pub struct Format(&'static dyn Reader);

impl Format {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        READERS.iter().copied().map(Self)
    }

    /// The format of that name, or of one of its other names.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name || format.0.aliases().contains(&name))
    }

    /// The format that the content looks like. A CSV file is recognised by the
    /// header of a profile, so the profiles in `options` count.
    pub fn detect(bytes: &[u8], options: &ReadOptions) -> Option<Self> {
        Self::all().find(|format| format.0.recognises(bytes, options))
    }

    /// Its name, such as `bank-csv`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Other names that people know it by, such as `qfx`.
    pub fn aliases(self) -> &'static [&'static str] {
        self.0.aliases()
    }

    /// What the ids in a file are unique under: the format, and for CSV the
    /// profile, for different banks number alike.
    pub(super) fn id_space(
        self,
        head: &[u8],
        options: &ReadOptions,
    ) -> Result<String, StatementError> {
        self.0.id_space(head, options)
    }

    pub(super) fn read(
        self,
        source: Source<'_>,
        options: &ReadOptions,
    ) -> Result<Statement, StatementError> {
        self.0.read_source(source, options)
    }
}

/// Files that people give for statements, by how they start, and what to give
/// instead.
const NOT_READ: [(&[u8], &str, &str); 4] = [
    (
        b"%PDF",
        "a PDF, which is not read",
        "export CSV, OFX or camt, or turn its table into CSV",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old workbook or document, which is not read",
        "save its sheet as CSV",
    ),
    (
        b"<!DOCTYPE html",
        "a web page and no export",
        "download the statement itself",
    ),
    (
        b"<html",
        "a web page and no export",
        "download the statement itself",
    ),
];

/// The error for a file that starts with `head` and that no format recognises.
pub(super) fn unrecognised(head: &[u8], options: &ReadOptions) -> StatementError {
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    if start.is_empty() {
        let (what, next) = ("empty", "export it again");
        return StatementFault::NotRead { what, next }.into();
    }
    let starts = |with: &[u8]| {
        let same = start.get(..with.len());
        same.is_some_and(|same| same.eq_ignore_ascii_case(with))
    };
    if let Some(&(_, what, next)) = NOT_READ.iter().find(|(with, ..)| starts(with)) {
        return StatementFault::NotRead { what, next }.into();
    }
    let formats: Vec<_> = Format::all().map(Format::name).collect();
    let profiles: Vec<_> = super::csv::profiles(options)
        .map(CsvProfile::name)
        .collect();
    let (formats, profiles) = (formats.join(", "), profiles.join(", "));
    StatementFault::Unrecognised { formats, profiles }.into()
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({self})")
    }
}
