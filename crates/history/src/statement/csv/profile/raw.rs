//! From TOML to a profile whose every value can be.

use encoding_rs::Encoding;
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::shape::{AmountRule, Columns, DateRule, OrderRule, Rule};
use super::{CsvProfile, ProfileError};
use crate::money::{AmountStyle, Currency};
use crate::taxonomy::Category;

pub(super) fn parse(text: &str) -> Result<CsvProfile, ProfileError> {
    let raw: Raw = toml::from_str(text).map_err(|error| ProfileError::Toml(Box::new(error)))?;
    raw.checked()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    delimiter: Option<String>,
    encoding: Option<String>,
    currency: Option<Currency>,
    #[serde(default)]
    order: OrderRule,
    #[serde(default)]
    multiline: bool,
    #[serde(default)]
    detect: Vec<String>,
    date: DateRule,
    amount: AmountRule,
    #[serde(default)]
    number: Number,
    #[serde(default)]
    columns: Columns,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    decimal: Option<String>,
    thousands: Option<String>,
}

impl Raw {
    fn checked(self) -> Result<CsvProfile, ProfileError> {
        if self.currency.is_some() && self.columns.currency.is_some() {
            return Err(ProfileError::TwoCurrencies);
        }
        check_date_format(&self.date.format)?;
        check_indicator(&self.amount)?;
        for (index, rule) in self.rules.iter().enumerate() {
            check_rule(index + 1, rule, &self.columns)?;
        }
        let profile = CsvProfile {
            delimiter: delimiter(self.delimiter.as_deref())?,
            encoding: encoding(self.encoding.as_deref())?,
            style: style(&self.number)?,
            name: self.name,
            currency: self.currency,
            order: self.order,
            multiline: self.multiline,
            detect: self.detect,
            date: self.date,
            amount: self.amount,
            columns: self.columns,
            rules: self.rules,
        };
        let mut texts = profile
            .named()
            .chain(profile.detect())
            .chain([profile.name()]);
        if texts.any(|text| text.trim().is_empty() || text.trim() != text) {
            return Err(ProfileError::Empty);
        }
        drop(texts);
        Ok(profile)
    }
}

fn delimiter(text: Option<&str>) -> Result<u8, ProfileError> {
    match text.unwrap_or(",").as_bytes() {
        &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(byte),
        _ => Err(ProfileError::Delimiter),
    }
}

fn encoding(label: Option<&str>) -> Result<&'static Encoding, ProfileError> {
    let label = label.unwrap_or("utf-8");
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or(ProfileError::Encoding)
}

fn style(number: &Number) -> Result<AmountStyle, ProfileError> {
    let one = |text: &str| {
        let mut chars = text.chars();
        let first = chars.next().ok_or(ProfileError::Separator)?;
        if chars.next().is_some() {
            return Err(ProfileError::Separator);
        }
        Ok(first)
    };
    let decimal = one(number.decimal.as_deref().unwrap_or("."))?;
    let thousands = number.thousands.as_deref().map(one).transpose()?;
    Ok(AmountStyle::new(decimal, thousands)?)
}

/// Writes a day in the format and reads it back: a format without a day, a month
/// or a year fails here, not on the first line of somebody's statement.
fn check_date_format(format: &str) -> Result<(), ProfileError> {
    let day = jiff::civil::date(2023, 11, 24);
    let zoned = day
        .to_zoned(TimeZone::UTC)
        .map_err(|_| ProfileError::DateFormat)?;
    let written = strtime::format(format, &zoned).map_err(|_| ProfileError::DateFormat)?;
    match Date::strptime(format, &written) {
        Ok(read) if read == day => Ok(()),
        _ => Err(ProfileError::DateFormat),
    }
}

fn check_indicator(amount: &AmountRule) -> Result<(), ProfileError> {
    let AmountRule::Indicator {
        money_in,
        money_out,
        ..
    } = amount
    else {
        return Ok(());
    };
    let lower = |words: &[String]| words.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>();
    let (money_in, money_out) = (lower(money_in), lower(money_out));
    let both = money_in.iter().any(|word| money_out.contains(word));
    if both || money_in.is_empty() || money_out.is_empty() {
        return Err(ProfileError::Indicator);
    }
    Ok(())
}

fn check_rule(number: usize, rule: &Rule, columns: &Columns) -> Result<(), ProfileError> {
    let ((Some(word), None) | (None, Some(word))) = (&rule.contains, &rule.equals) else {
        return Err(ProfileError::RuleTest(number));
    };
    if word.trim().is_empty() {
        return Err(ProfileError::RuleTest(number));
    }
    if rule.column.is_none() && columns.description.is_none() {
        return Err(ProfileError::RuleColumn(number));
    }
    if rule.category != Category::Unclassified && !rule.flow.carries_category() {
        return Err(ProfileError::RuleCategory(number));
    }
    Ok(())
}
