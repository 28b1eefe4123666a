//! Dates and amounts as the standards write them: the same in every format that
//! is not a bank's own.

use jiff::civil::Date;

use super::StatementFault;
use super::error::shown;
use crate::ledger::Direction;
use crate::money::{AmountError, AmountStyle, Currency, parse_amount};

/// The day of an ISO 8601 date or date and time, as it is written: banks book by
/// their own clock, so no time zone is applied.
pub(super) fn iso_day(text: &str) -> Result<Date, StatementFault> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10).unwrap_or(("", ""));
    // A date may carry a time zone: `2026-03-05Z`, `2026-03-05+01:00`.
    let fits = rest.is_empty() || rest.starts_with(['T', ' ', 'Z', '+', '-']);
    day_of("%Y-%m-%d", if fits { day } else { "" })
}

/// The day that `text` names in a strptime `format`.
pub(super) fn day_of(format: &str, text: &str) -> Result<Date, StatementFault> {
    let date = Date::strptime(format, text).map_err(|_| StatementFault::Date {
        format: format.to_owned(),
    })?;
    if (1900..2200).contains(&date.year()) {
        Ok(date)
    } else {
        Err(StatementFault::Year)
    }
}

/// A day of a period that a file states; `None` for one that no statement can
/// bear, as those of banks do that write the year 1 or 9999 for "everything".
pub(super) fn stated(day: Result<Date, StatementFault>) -> Result<Option<Date>, StatementFault> {
    match day {
        Err(StatementFault::Year) => Ok(None),
        other => other.map(Some),
    }
}

/// The currency of an ISO 4217 code.
pub(super) fn currency(code: &str) -> Result<Currency, StatementFault> {
    let code = code.trim();
    code.parse().map_err(|_| StatementFault::UnknownCurrency {
        got: shown(code, 8),
    })
}

/// A signed amount with a decimal point and no groups.
pub(super) fn signed(text: &str, currency: Currency) -> Result<i64, AmountError> {
    parse_amount(text, &AmountStyle::PLAIN, currency)
}

/// An amount whose direction stands beside it, so that it must not have a sign.
pub(super) fn unsigned(text: &str, currency: Currency) -> Result<i64, StatementFault> {
    match signed(text, currency)? {
        negative if negative < 0 => Err(StatementFault::SignedAmount),
        amount => Ok(amount),
    }
}

/// Size and direction of an amount whose sign says where money went: negative is
/// out. Nothing moved counts as out.
pub(super) fn directed(signed: i64) -> (i64, Direction) {
    let direction = if signed > 0 {
        Direction::In
    } else {
        Direction::Out
    };
    (signed.abs(), direction)
}

/// Texts that are there, joined by spaces.
pub(super) fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts = texts.into_iter().map(str::trim);
    let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_taken_as_written() {
        for text in [
            "2026-03-05",
            " 2026-03-05 ",
            "2026-03-05T23:59:59-11:00",
            "2026-03-05 00:00:00",
            "2026-03-05+01:00",
            "2026-03-05Z",
        ] {
            assert_eq!(iso_day(text), Ok(jiff::civil::date(2026, 3, 5)), "{text}");
        }
        for text in [
            "",
            "2026-3-5",
            "2026-02-30",
            "2026-03-051",
            "05.03.2026",
            "２０２６-03-05",
        ] {
            assert!(
                matches!(iso_day(text), Err(StatementFault::Date { .. })),
                "{text}"
            );
        }
        assert_eq!(iso_day("0026-03-05"), Err(StatementFault::Year));
    }

    #[test]
    fn amounts_with_and_without_sign() {
        let euro = "EUR".parse().unwrap();
        assert_eq!(signed("-58.80", euro), Ok(-5_880));
        assert_eq!(unsigned("58.8", euro), Ok(5_880));
        assert_eq!(unsigned("-58.80", euro), Err(StatementFault::SignedAmount));
        assert!(signed("58,80", euro).is_err());
        assert_eq!(directed(-5), (5, Direction::Out));
        assert_eq!(directed(0), (0, Direction::Out));
        assert_eq!(directed(5), (5, Direction::In));
    }
}
