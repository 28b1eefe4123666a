//! The statements of one holder, as arguments: what `history read`, `explain`
//! and `build` share.

use std::path::PathBuf;

use blindscore_history::gather::{AccountRule, GatherError, Gathered, gather};
use blindscore_history::ledger::{Coverage, LedgerError};
use blindscore_history::money::{Currency, Rate, Rates};
use blindscore_history::rules::Rules;
use blindscore_history::statement::csv::CsvProfile;
use blindscore_history::statement::{Format, ReadOptions, StatementError, StatementFault, open};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use jiff::civil::Date;
use serde::Serialize;

use crate::error::{Failure, Outcome};
use crate::files;
use crate::inputs::{self, Origin};

/// Largest column profile that is read, in bytes.
const PROFILE_MAX: usize = 64 << 10;

/// Several files are put together whatever their order: an entry that stands in
/// two of them counts once, transfers between two of the accounts are neither
/// spending nor income, refunds reduce what they refund. Files are of one
/// account if the source calls it the same; where it gives no name, files of one
/// format are of one account.
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Statements: files, or builtin:bank, builtin:wallet
    #[arg(value_name = "FILE", required = true)]
    pub(super) statements: Vec<Origin>,
    /// Format of the statements [default: found by looking at them]
    #[arg(long, value_parser = PossibleValuesParser::new(Format::all().map(named)))]
    format: Option<String>,
    /// Column layout of CSV files: a built-in name, or a file NAME.toml; several files may be given
    #[arg(long)]
    profile: Vec<String>,
    /// Rules on texts instead of the shipped ones (see: blindscore history rules show)
    #[arg(long, value_name = "RULES.toml")]
    rules: Option<PathBuf>,
    /// Currency of files that name none [default: KES for M-Pesa]
    #[arg(long, value_name = "CURRENCY")]
    file_currency: Option<Currency>,
    /// What one unit of another currency is worth, such as USD=0.92; once a currency
    #[arg(long, value_name = "CURRENCY=RATE")]
    rate: Vec<Rate>,
    /// Take this account only, by the source's id; can be repeated
    #[arg(long, value_name = "ID")]
    account: Vec<String>,
    /// Period that the statements cover [default: what they say, or the whole months of the entries]; once, or once a file
    #[arg(long, value_name = "FIRST..LAST", value_parser = coverage)]
    covers: Vec<Coverage>,
    /// Every file is of accounts of its own
    #[arg(long, conflicts_with = "one_account")]
    separate_accounts: bool,
    /// All files are of one account
    #[arg(long)]
    one_account: bool,
}

/// What was read of one file.
#[derive(Serialize)]
pub(super) struct FileReport {
    pub(super) file: String,
    pub(super) format: String,
    pub(super) entries: usize,
    pub(super) pending: usize,
    pub(super) covers: Option<Coverage>,
}

impl Sources {
    /// The files put together, each entry in its own currency.
    pub(super) fn gathered(&self, keep_texts: bool) -> Outcome<(Vec<FileReport>, Gathered)> {
        if self.covers.len() > 1 && self.covers.len() != self.statements.len() {
            let (got, want) = (self.covers.len(), self.statements.len());
            return Err(
                Failure::usage(format!("--covers is given {got} times for {want} files"))
                    .hint("give it once for all files, or once a file in the same order"),
            );
        }
        let mut options = self.options()?;
        options.keep_texts = keep_texts;
        let mut files = Vec::new();
        let mut all = Vec::new();
        for (index, origin) in self.statements.iter().enumerate() {
            options.coverage = self.covers.get(index).or(self.covers.first()).copied();
            let (file, bytes) = inputs::statement(origin)?;
            let opened = open(bytes, &file, &options).map_err(unread)?;
            files.push(FileReport {
                file,
                format: opened.format().to_owned(),
                entries: opened.entries(),
                pending: opened.pending(),
                covers: opened.coverage(),
            });
            all.push(opened);
        }
        let rule = match (self.one_account, self.separate_accounts) {
            (true, _) => AccountRule::One,
            (_, true) => AccountRule::EachFile,
            _ => AccountRule::Automatic,
        };
        let gathered = gather(all, rule).map_err(apart)?;
        Ok((files, gathered))
    }

    /// The same in one currency: `to`, or the only one there is.
    pub(super) fn in_currency(
        &self,
        gathered: Gathered,
        to: Option<Currency>,
    ) -> Outcome<Gathered> {
        let to = match to {
            Some(to) => to,
            None => gathered.currency().map_err(apart)?,
        };
        let rates = Rates::new(self.rate.iter().copied())
            .map_err(|error| Failure::usage(format!("--rate: {error}")))?;
        gathered.in_currency(to, &rates).map_err(apart)
    }

    /// Whether rates were given.
    pub(super) fn has_rates(&self) -> bool {
        !self.rate.is_empty()
    }

    fn options(&self) -> Outcome<ReadOptions> {
        let mut options = ReadOptions {
            format: self.format.as_deref().and_then(Format::named),
            currency: self.file_currency,
            accounts: self.account.clone(),
            rules: self.own_rules()?,
            ..ReadOptions::default()
        };
        for name in &self.profile {
            let named = if name.ends_with(".toml") {
                let text = files::read_text(name.as_ref(), PROFILE_MAX)?;
                let profile = CsvProfile::from_toml(&text)
                    .map_err(|error| Failure::refused(error).in_file(name.as_ref()))?;
                let named = profile.name().to_owned();
                options.profiles.push(profile);
                named
            } else {
                name.clone()
            };
            // Of several, each file's header tells which is its own.
            options.profile = (self.profile.len() == 1).then_some(named);
        }
        Ok(options)
    }

    fn own_rules(&self) -> Outcome<Option<Rules>> {
        let Some(path) = &self.rules else {
            return Ok(None);
        };
        let text = files::read_text(path, Rules::BYTES_MAX)?;
        let rules = Rules::from_toml(&text).map_err(|error| {
            Failure::refused(error)
                .in_file(path)
                .hint("rules that work: blindscore history rules show")
        })?;
        Ok(Some(rules))
    }
}

/// A statement that was not read.
pub(super) fn unread(error: StatementError) -> Failure {
    let hint = match error.fault() {
        StatementFault::Unrecognised { .. }
        | StatementFault::NoHeader { .. }
        | StatementFault::AmbiguousProfile { .. }
        | StatementFault::UnknownProfile { .. } => {
            "name the layout with --profile: a built-in one, or a file of your own such as my-bank.toml; \
             blindscore history profile guess FILE proposes one"
        }
        StatementFault::NoEntries | StatementFault::OutsideCoverage { .. } => {
            "state the whole period with --covers FIRST..LAST"
        }
        StatementFault::NoCurrency => {
            "name it with --file-currency, or write it into the profile of the layout"
        }
        StatementFault::NoLayout => {
            "a profile names columns by the header, so put a header line on top if there is none; \
             docs/statements.md shows a profile"
        }
        // It says itself what to do instead.
        StatementFault::NotRead { .. } => return Failure::refused(error),
        _ => "nothing was read from this file; repair it, or export it again",
    };
    Failure::refused(error).hint(hint)
}

/// Statements that were not put together.
pub(super) fn apart(error: GatherError) -> Failure {
    let hint = match &error {
        GatherError::SeveralCurrencies { .. } => {
            Some("give --currency, and --rate for the others, such as --rate USD=0.92")
        }
        GatherError::NoRate { .. } => Some("such as --rate USD=0.92; no rate is ever looked up"),
        GatherError::NoCommonDay { .. } => {
            Some("state each statement's period with --covers, or read other statements")
        }
        GatherError::Account {
            fault: LedgerError::Gap { .. } | LedgerError::BalanceConflict { .. },
            ..
        } => Some("if the files are different accounts, give --separate-accounts"),
        GatherError::NoCurrency => Some("name it with --currency"),
        _ => None,
    };
    Failure::refused(error).hint_if(hint)
}

/// A format with its other names.
fn named(format: Format) -> PossibleValue {
    PossibleValue::new(format.name()).aliases(format.aliases())
}

fn coverage(text: &str) -> Result<Coverage, String> {
    let shape = || "want two days such as 2025-11-01..2026-10-31".to_owned();
    let (first, last) = text.split_once("..").ok_or_else(shape)?;
    let day = |text: &str| text.parse::<Date>().map_err(|_| shape());
    let coverage = Coverage {
        first: day(first)?,
        last: day(last)?,
    };
    if coverage.last < coverage.first {
        return Err("the last day is before the first".to_owned());
    }
    Ok(coverage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_two_days_in_order() {
        let period = coverage("2025-11-01..2026-10-31").unwrap();
        assert_eq!(period.to_string(), "2025-11-01 to 2026-10-31");
        for bad in [
            "",
            "2025-11-01",
            "2025-11-01..",
            "2026-01-02..2026-01-01",
            "a..b",
        ] {
            assert!(coverage(bad).is_err(), "{bad}");
        }
    }
}
