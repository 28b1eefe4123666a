//! An invented population: applicants, their transactions month by month, and
//! who of them defaults. **Nothing in it describes anybody**; it is drawn from
//! the model below, and what is learnt from it holds for that model only.
//!
//! It is there to try the whole way from transactions to an encrypted score
//! without anybody's data: examples, tests, load tests. Applicants are
//! independent streams of one seed ([`label::SYNTH`](crate::label::SYNTH)), so a
//! larger population starts with the smaller one and any size is drawn without
//! holding it in memory.
//!
//! ```
//! use blindscore_history::synth::Population;
//! let population = Population::new(7, 12)?;
//! let person = population.applicant(3);
//! assert_eq!(person.id, "X0000003");
//! assert_eq!(person, population.applicant(3));
//! assert!(person.entries.iter().all(|entry| entry.date < person.as_of));
//! # Ok::<(), blindscore_history::synth::SynthError>(())
//! ```
//!
//! # The model
//!
//! Each person has independent standard normal traits, never written out:
//!
//! | trait | what it moves |
//! | --- | --- |
//! | earning | net income a month `exp(7.55 + 0.38 * earning)` EUR, a little more in middle age |
//! | restraint | share of income spent, cutting back when money is short, saving, the money at the start |
//! | risk | gambling (a fifth of people, more the higher), a little debt |
//! | debt | the share of income that goes to repayments |
//!
//! and a livelihood: a salary (70 %), a pension or benefit (12 %; smaller,
//! steady) or gigs (18 %; several payments a month that vary by a third).
//!
//! Each month brings income, rent, bills, repayments, shopping, sometimes a
//! refund, cash, gambling and saving, and two shocks: loss of half the income or
//! more for two to five months (1.5 % a month, gigs 3 %), and a single large
//! expense (4 %). Who has run out of money spends less (the more restraint, the
//! sooner), leaves utility bills unpaid in one of three such months, pays a fee
//! for the overdraft, and catches up when money is back.
//!
//! Default after the as-of date has the log-odds
//!
//! ```text
//! -4.45 - 0.50 restraint + 0.40 risk + 5 (repayments / income - 0.08)
//!       + 0.28 months overdrawn of the last six + 0.9 income lost at the end
//!       + 0.35 gigs - 0.30 ln(0.2 + months of income saved at the end)
//!       + 0.20 utility bills missed + luck
//! ```
//!
//! with luck a further normal trait that leaves no trace in the transactions. So
//! most lines carry something, some carry much, and none knows all.
//!
//! # Reproducible
//!
//! Uniform draws are integers off a BLAKE3 stream; normals are sums of twelve of
//! them; the rest is IEEE addition, multiplication and division, `floor`, and
//! `exp` and `ln` in software: the same seed gives the same bytes everywhere, and
//! a test holds the digest.

mod lives;
mod person;
mod random;
mod write;

use jiff::civil::Date;

use crate::ledger::Direction;
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

pub use write::{OUTCOME_COLUMN, Written, write_outcomes_header, write_transactions_header};

/// The fewest months of history that can be asked for.
pub const MONTHS_MIN: u8 = 3;
/// The most.
pub const MONTHS_MAX: u8 = 60;
/// The currency of all amounts.
pub const CURRENCY: &str = "EUR";
/// The first month in which somebody applies.
const FIRST_APPLICATION: Date = jiff::civil::date(2025, 1, 1);
/// Over how many months applications are spread.
const APPLICATION_MONTHS: u32 = 18;

/// A seeded population of any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Population {
    seed: u64,
    months: u8,
}

/// Why there is no such population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got {0} months of history; want {MONTHS_MIN} to {MONTHS_MAX}")]
pub struct SynthError(u8);

/// One invented applicant.
#[derive(Clone, Debug, PartialEq)]
pub struct Applicant {
    /// `X` and seven digits or more: the position in the population.
    pub id: String,
    /// When they applied.
    pub as_of: Date,
    /// The first day of which the transactions are complete.
    pub history_from: Date,
    /// An age band, for the analysis of fairness only.
    pub age_band: &'static str,
    /// Whether they defaulted.
    pub bad: bool,
    /// How likely that was: what the best possible model would say. Not
    /// written to files.
    pub probability: f64,
    /// The transactions by date, each with the balance after it.
    pub entries: Vec<SynthEntry>,
}

/// One invented transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthEntry {
    /// The day it was booked.
    pub date: Date,
    /// Cents; never negative.
    pub amount: i64,
    /// Which way.
    pub direction: Direction,
    /// What kind of movement.
    pub flow: Flow,
    /// What on; unclassified for flows without category.
    pub category: Category,
    /// The account's balance after it, in cents.
    pub balance: i64,
}

impl Population {
    /// The population of a seed, with so many whole months of history before
    /// the month of each application.
    ///
    /// # Errors
    /// If `months` is not [`MONTHS_MIN`] to [`MONTHS_MAX`].
    pub fn new(seed: u64, months: u8) -> Result<Self, SynthError> {
        if (MONTHS_MIN..=MONTHS_MAX).contains(&months) {
            Ok(Self { seed, months })
        } else {
            Err(SynthError(months))
        }
    }

    /// The applicant at a position.
    pub fn applicant(&self, index: u64) -> Applicant {
        let mut random = random::Random::of(self.seed, index);
        let person = person::Person::draw(&mut random);
        let offset = random.below(APPLICATION_MONTHS);
        let month = YearMonth::of(FIRST_APPLICATION).plus(offset);
        let day = i64::from(random.below(28));
        let as_of = month
            .first_day()
            .saturating_add(jiff::Span::new().days(day));
        let first = month.minus(u32::from(self.months));
        let life = lives::live(&person, &mut random, first, self.months);
        let probability = person.default_probability(&life, &mut random);
        Applicant {
            id: format!("X{index:07}"),
            as_of,
            history_from: first.first_day(),
            age_band: person.age_band,
            bad: random.chance(probability),
            probability,
            entries: life.entries,
        }
    }
}

#[cfg(test)]
mod tests;
