//! The parts of a workbook out of its archive.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::statement::{Limits, StatementError, StatementFault, xml};

/// The parts that hold cells.
pub(super) struct Parts {
    /// Sheets, in the order of their names.
    pub(super) sheets: Vec<String>,
    /// The strings that cells point to.
    pub(super) strings: Option<String>,
}

/// Most entries of an archive, and most sheets.
const ENTRIES_MAX: usize = 1_000;
const SHEETS_MAX: usize = 16;

/// Unpacks the parts, all together up to the size limit.
pub(super) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Parts, StatementError> {
    let broken = |_| StatementError::from(StatementFault::Workbook { what: BROKEN });
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > ENTRIES_MAX {
        let what = "an archive of too many parts";
        return Err(StatementFault::Workbook { what }.into());
    }
    let mut names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"))
        .map(String::from)
        .collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    if names.len() > SHEETS_MAX {
        let what = "a workbook of too many sheets";
        return Err(StatementFault::Workbook { what }.into());
    }
    let mut left = limits.bytes;
    let mut part = |name: &str| -> Result<Option<String>, StatementError> {
        let file = match archive.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(broken(error)),
        };
        // What the archive says of its parts' sizes is not to be trusted.
        let mut unpacked = Vec::new();
        file.take(left as u64 + 1)
            .read_to_end(&mut unpacked)
            .map_err(|_| StatementFault::Workbook { what: BROKEN })?;
        if unpacked.len() > left {
            let limit = limits.bytes;
            return Err(StatementFault::UnpacksTooLarge { limit }.into());
        }
        left -= unpacked.len();
        xml::text(&unpacked).map(Some)
    };
    let strings = part("xl/sharedStrings.xml")?;
    let mut sheets = Vec::new();
    for name in &names {
        sheets.extend(part(name)?);
    }
    if sheets.is_empty() {
        // Wallets send their bills packed, and with a password.
        let what = "an archive, but no workbook: it has no sheets";
        let next = "unpack it first, and give the file within";
        return Err(StatementFault::NotRead { what, next }.into());
    }
    Ok(Parts { sheets, strings })
}

const BROKEN: &str = "a broken or protected archive";
