//! The two files of a population: transactions and outcomes.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Applicant, CURRENCY, Population};
use crate::ledger::Direction;

/// The outcome's column: 1 for a default.
pub const OUTCOME_COLUMN: &str = "bad";

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Applicants.
    pub applicants: u64,
    /// Of them, defaults.
    pub bad: u64,
    /// Transactions.
    pub transactions: u64,
}

/// The header of the file of transactions.
///
/// # Errors
/// If writing fails.
pub fn write_transactions_header(mut out: impl Write) -> io::Result<()> {
    out.write_all(b"applicant_id,date,amount,currency,flow,category,balance\n")
}

/// The header of the file of outcomes.
///
/// # Errors
/// If writing fails.
pub fn write_outcomes_header(mut out: impl Write) -> io::Result<()> {
    writeln!(
        out,
        "applicant_id,as_of,history_from,age_band,{OUTCOME_COLUMN}"
    )
}

impl Population {
    /// Writes the applicants of a range of positions, without headers.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(
        &self,
        positions: std::ops::Range<u64>,
        mut transactions: impl Write,
        mut outcomes: impl Write,
    ) -> io::Result<Written> {
        let mut written = Written::default();
        let mut text = String::new();
        for index in positions {
            let person = self.applicant(index);
            text.clear();
            for_person(&person, &mut text);
            transactions.write_all(text.as_bytes())?;
            writeln!(
                outcomes,
                "{},{},{},{},{}",
                person.id,
                person.as_of,
                person.history_from,
                person.age_band,
                u8::from(person.bad)
            )?;
            written.applicants += 1;
            written.bad += u64::from(person.bad);
            written.transactions += person.entries.len() as u64;
        }
        Ok(written)
    }
}

fn for_person(person: &Applicant, text: &mut String) {
    for entry in &person.entries {
        let sign = match entry.direction {
            Direction::In => "",
            Direction::Out => "-",
        };
        let category = if entry.flow.carries_category() {
            entry.category.name()
        } else {
            ""
        };
        let (whole, part) = (entry.amount / 100, entry.amount % 100);
        let balance = entry.balance.unsigned_abs();
        let below = if entry.balance < 0 { "-" } else { "" };
        writeln!(
            text,
            "{},{},{sign}{whole}.{part:02},{CURRENCY},{},{category},{below}{}.{:02}",
            person.id,
            entry.date,
            entry.flow.name(),
            balance / 100,
            balance % 100
        )
        .expect("writing to a string does not fail");
    }
}
