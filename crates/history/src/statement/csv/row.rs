//! One line of a table into one entry.

use csv::StringRecord;
use jiff::civil::Date;

use super::header::Header;
use super::profile::{AmountRule, CsvProfile, Rule};
use crate::ledger::Direction;
use crate::money::{Currency, parse_amount};
use crate::statement::classify::{Clues, Meaning, classify};
use crate::statement::draft::{Basis, Draft, Id, Place, Texts};
use crate::statement::error::shown;
use crate::statement::{ReadOptions, StatementError, StatementFault};
use crate::taxonomy::{Category, Flow, parse_mcc};

/// One line as read.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) account: String,
    pub(super) balance: Option<i64>,
    pub(super) draft: Draft,
}

impl Row {
    /// How many bytes of text it keeps.
    pub(super) fn kept(&self) -> usize {
        let Texts {
            description,
            counterparty,
            counterparty_account,
        } = &self.draft.texts;
        let id = match &self.draft.id {
            Id::Given(id) => id.len(),
            Id::Derived { account, text } => account.len() + text.len(),
        };
        let texts = [
            description,
            counterparty,
            counterparty_account,
            &self.account,
        ];
        texts.iter().map(|text| text.len()).sum::<usize>() + id
    }
}

/// The reading of one file's lines.
pub(super) struct Reading<'a> {
    header: &'a Header,
    profile: &'a CsvProfile,
    options: &'a ReadOptions,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        header: &'a Header,
        profile: &'a CsvProfile,
        options: &'a ReadOptions,
    ) -> Self {
        Self {
            header,
            profile,
            options,
        }
    }

    /// An error of the column that names the currency, if there is one.
    pub(super) fn other_currency(&self, got: Currency, want: Currency) -> StatementError {
        let fault = StatementFault::OtherCurrency { got, want };
        match &self.profile.columns.currency {
            Some(column) => in_column(fault, column),
            None => fault.into(),
        }
    }

    /// Reads one line.
    pub(super) fn row(&self, record: &StringRecord, line: u64) -> Result<Row, StatementError> {
        let fields = Fields {
            record,
            header: self.header,
        };
        let date_column = &self.profile.date.column;
        let date = self
            .date(&fields)
            .map_err(|fault| in_column(fault, date_column))?;
        let currency = self.currency(&fields)?;
        let (amount, direction) = self.amount(&fields, currency)?;
        let (flow, category, basis) = self.classify(&fields, direction)?;
        let balance = self.balance(&fields, currency)?;
        let draft = Draft {
            place: Place::Line(line),
            date,
            amount,
            currency,
            direction,
            flow,
            category,
            basis,
            id: self.id(&fields),
            pending: false,
            texts: self.texts(&fields),
            refunds: None,
        };
        Ok(Row {
            line,
            account: fields.text(self.profile.columns.account.as_ref()),
            balance,
            draft,
        })
    }

    fn date(&self, fields: &Fields<'_>) -> Result<Date, StatementFault> {
        let rule = &self.profile.date;
        let text = fields.get(&rule.column).ok_or(StatementFault::Missing)?;
        let date = Date::strptime(&rule.format, text).map_err(|_| StatementFault::Date {
            format: rule.format.clone(),
        })?;
        if (1900..2200).contains(&date.year()) {
            Ok(date)
        } else {
            Err(StatementFault::Year)
        }
    }

    fn currency(&self, fields: &Fields<'_>) -> Result<Currency, StatementError> {
        let Some(column) = &self.profile.columns.currency else {
            let fixed = self.profile.currency().or(self.options.currency);
            return Ok(fixed.ok_or(StatementFault::NoCurrency)?);
        };
        let text = fields
            .get(column)
            .ok_or_else(|| in_column(StatementFault::Missing, column))?;
        text.parse().map_err(|_| {
            let got = shown(text, 8);
            in_column(StatementFault::UnknownCurrency { got }, column)
        })
    }

    fn amount(
        &self,
        fields: &Fields<'_>,
        currency: Currency,
    ) -> Result<(i64, Direction), StatementError> {
        match &self.profile.amount {
            AmountRule::Signed { column, positive } => {
                let value = self.number(fields, column, currency)?;
                let signed = value.ok_or_else(|| in_column(StatementFault::Missing, column))?;
                let opposite = match positive {
                    Direction::In => Direction::Out,
                    Direction::Out => Direction::In,
                };
                let direction = match signed {
                    0 => Direction::Out,
                    1.. => *positive,
                    _ => opposite,
                };
                Ok((signed.abs(), direction))
            }
            AmountRule::DebitCredit {
                debit,
                credit,
                signed_debits,
            } => self.debit_or_credit(fields, currency, (debit, *signed_debits), credit),
            AmountRule::Indicator {
                column,
                indicator,
                money_in,
                money_out,
            } => {
                let value = self.number(fields, column, currency)?;
                let amount = value
                    .ok_or(StatementFault::Missing)
                    .and_then(unsigned)
                    .map_err(|fault| in_column(fault, column))?;
                let word = fields.get(indicator).unwrap_or("").to_lowercase();
                let says = |words: &[String]| words.iter().any(|w| w.to_lowercase() == word);
                if says(money_in) {
                    Ok((amount, Direction::In))
                } else if says(money_out) {
                    Ok((amount, Direction::Out))
                } else {
                    let want: Vec<_> = money_in.iter().chain(money_out).cloned().collect();
                    let want = want.join(", ");
                    Err(in_column(StatementFault::Indicator { want }, indicator))
                }
            }
        }
    }

    fn debit_or_credit(
        &self,
        fields: &Fields<'_>,
        currency: Currency,
        (debit, signed_debits): (&str, bool),
        credit: &str,
    ) -> Result<(i64, Direction), StatementError> {
        let out = self.number(fields, debit, currency)?;
        let out = out.map(|value| if signed_debits { -value } else { value });
        let out = out
            .map(unsigned)
            .transpose()
            .map_err(|fault| in_column(fault, debit))?;
        let into = self.number(fields, credit, currency)?;
        let into = into
            .map(unsigned)
            .transpose()
            .map_err(|fault| in_column(fault, credit))?;
        match (out, into) {
            (None, None) => Err(StatementFault::NoSide {
                debit: debit.to_owned(),
                credit: credit.to_owned(),
            }
            .into()),
            // Some banks write a zero on the side that does not count.
            (Some(amount), None | Some(0)) => Ok((amount, Direction::Out)),
            (None | Some(0), Some(amount)) => Ok((amount, Direction::In)),
            (Some(_), Some(_)) => Err(StatementFault::BothSides {
                debit: debit.to_owned(),
                credit: credit.to_owned(),
            }
            .into()),
        }
    }

    /// The number in a column, if there is one.
    fn number(
        &self,
        fields: &Fields<'_>,
        column: &str,
        currency: Currency,
    ) -> Result<Option<i64>, StatementError> {
        let text = fields.get(column);
        let number = text.map(|text| parse_amount(text, &self.profile.style, currency));
        number
            .transpose()
            .map_err(|error| in_column(error.into(), column))
    }

    fn balance(
        &self,
        fields: &Fields<'_>,
        currency: Currency,
    ) -> Result<Option<i64>, StatementError> {
        match &self.profile.columns.balance {
            Some(column) => self.number(fields, column, currency),
            None => Ok(None),
        }
    }

    fn classify(
        &self,
        fields: &Fields<'_>,
        direction: Direction,
    ) -> Result<(Flow, Category, Basis), StatementError> {
        let columns = &self.profile.columns;
        let clues = Clues {
            direction,
            flow: fields.parse::<Flow>(columns.flow.as_deref())?,
            category: fields.parse::<Category>(columns.category.as_deref())?,
            meaning: match self.by_code(fields)? {
                Some(meaning) => Some(meaning),
                None => self.by_rule(fields, direction),
            },
        };
        classify(clues).map_err(|fault| match &columns.category {
            Some(column) => in_column(fault, column),
            None => fault.into(),
        })
    }

    fn by_code(&self, fields: &Fields<'_>) -> Result<Option<(Meaning, Basis)>, StatementError> {
        let Some(column) = &self.profile.columns.mcc else {
            return Ok(None);
        };
        let Some(text) = fields.get(column) else {
            return Ok(None);
        };
        let mcc = parse_mcc(text).ok_or_else(|| in_column(StatementFault::Mcc, column))?;
        let meaning = self.options.mcc_map().lookup(mcc);
        Ok(meaning.map(|meaning| (meaning, Basis::MerchantCode(mcc))))
    }

    fn by_rule(&self, fields: &Fields<'_>, direction: Direction) -> Option<(Meaning, Basis)> {
        let description = self.profile.columns.description.as_deref();
        let fits = |rule: &&Rule| {
            let text = rule
                .column
                .as_deref()
                .or(description)
                .and_then(|c| fields.get(c));
            rule.fits(text.unwrap_or(""), direction)
        };
        let index = self.profile.rules.iter().position(|rule| fits(&rule))?;
        let rule = &self.profile.rules[index];
        Some(((rule.flow, rule.category), Basis::ProfileRule(index + 1)))
    }

    fn texts(&self, fields: &Fields<'_>) -> Texts {
        let columns = &self.profile.columns;
        Texts {
            description: fields.text(columns.description.as_ref()),
            counterparty: fields.text(columns.counterparty.as_ref()),
            counterparty_account: fields.text(columns.counterparty_account.as_ref()),
        }
    }

    fn id(&self, fields: &Fields<'_>) -> Id {
        let columns = &self.profile.columns;
        match columns.id.as_ref().and_then(|column| fields.get(column)) {
            Some(id) => Id::Given(id.to_owned()),
            None => Id::Derived {
                account: fields.text(columns.account.as_ref()),
                text: fields.text(columns.description.as_ref()),
            },
        }
    }
}

/// A line's fields by the names of their columns.
struct Fields<'a> {
    record: &'a StringRecord,
    header: &'a Header,
}

impl<'a> Fields<'a> {
    /// The trimmed text of a column, unless it is empty or not in this file.
    fn get(&self, column: &str) -> Option<&'a str> {
        let text = self.record.get(self.header.position(column)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The same, and empty for what is not there.
    fn text(&self, column: Option<&String>) -> String {
        let text = column.and_then(|column| self.get(column));
        text.unwrap_or_default().to_owned()
    }

    fn parse<T>(&self, column: Option<&str>) -> Result<Option<T>, StatementError>
    where
        T: std::str::FromStr<Err: Into<StatementFault>>,
    {
        let Some((column, text)) = column.and_then(|c| Some((c, self.get(c)?))) else {
            return Ok(None);
        };
        let parsed = text
            .parse()
            .map_err(|error: T::Err| in_column(error.into(), column))?;
        Ok(Some(parsed))
    }
}

fn unsigned(value: i64) -> Result<i64, StatementFault> {
    if value < 0 {
        return Err(StatementFault::Negative);
    }
    Ok(value)
}

fn in_column(fault: StatementFault, column: &str) -> StatementError {
    StatementError::from(fault).in_field(column)
}
