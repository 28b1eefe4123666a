//! From an applicant's lines to a ledger that ends on the day before the as-of
//! date.

use jiff::ToSpan;
use jiff::civil::Date;

use super::applicants::Applicant;
use super::{PopulationError, PopulationOptions, Tally};
use crate::ledger::{Coverage, Ledger};
use crate::month::YearMonth;
use crate::statement::csv::stream::{self, StreamedRow};
use crate::statement::shown;

/// The ledger, or `None` where nothing is known of the applicant: no day from
/// which on the transactions are complete, before the as-of date.
pub(super) fn ledger(
    applicant: &Applicant,
    mut rows: Vec<StreamedRow>,
    options: &PopulationOptions,
    tally: &mut Tally,
) -> Result<Option<Ledger>, PopulationError> {
    let before = rows.len();
    rows.retain(|row| row.date() < applicant.as_of);
    tally.later += (before - rows.len()) as u64;
    let stated = applicant.history_from.or(options.history_from);
    let Some(first) = stated.or_else(|| first_month(&rows)) else {
        return Ok(None);
    };
    let before = rows.len();
    rows.retain(|row| row.date() >= first);
    tally.earlier += (before - rows.len()) as u64;
    let Ok(last) = applicant.as_of.checked_sub(1.day()) else {
        return Ok(None);
    };
    if last < first {
        return Ok(None);
    }
    let ledger = stream::ledger(rows, options.currency, Coverage { first, last });
    let (ledger, ordered) = ledger.map_err(|fault| PopulationError::Ledger {
        id: shown(&applicant.id, 80),
        fault,
    })?;
    tally.unordered += u64::from(!ordered);
    Ok(Some(ledger))
}

/// People export whole months: the first one that has an entry.
fn first_month(rows: &[StreamedRow]) -> Option<Date> {
    let first = rows.iter().map(StreamedRow::date).min()?;
    Some(YearMonth::of(first).first_day())
}
