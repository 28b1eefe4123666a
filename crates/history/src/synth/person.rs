//! Traits that nobody sees, and what they say about a default.

use super::lives::Life;
use super::random::Random;

/// Where the money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Livelihood {
    Salary,
    Benefit,
    Gigs,
}

/// The traits of one person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) livelihood: Livelihood,
    /// Net income of a usual month, EUR.
    pub(super) income: f64,
    pub(super) restraint: f64,
    pub(super) risk: f64,
    /// Repayments as a share of usual income.
    pub(super) repayments: f64,
    /// Rent as a share of usual income.
    pub(super) rent: f64,
    /// Spending on everything else as a share of usual income.
    pub(super) appetite: f64,
    /// Taste for each kind of shopping, around 1.
    pub(super) tastes: [f64; 8],
    /// Months of income on the account at the start.
    pub(super) start: f64,
    /// Whether they gamble, and which share of income.
    pub(super) gambling: f64,
    pub(super) age_band: &'static str,
}

/// Bands with their shares of applicants and their incomes' factors.
const AGE_BANDS: [(&str, f64, f64); 5] = [
    ("18-24", 0.16, 0.78),
    ("25-34", 0.31, 0.97),
    ("35-49", 0.29, 1.10),
    ("50-64", 0.17, 1.06),
    ("65+", 0.07, 0.85),
];

impl Person {
    pub(super) fn draw(random: &mut Random) -> Self {
        let earning = random.normal();
        let restraint = random.normal();
        let risk = random.normal();
        let debt = random.normal();
        let livelihood = match random.unit() {
            share if share < 0.70 => Livelihood::Salary,
            share if share < 0.82 => Livelihood::Benefit,
            _ => Livelihood::Gigs,
        };
        let (age_band, by_age) = age(random.unit());
        let by_livelihood = match livelihood {
            Livelihood::Salary => 1.0,
            Livelihood::Benefit => 0.62,
            Livelihood::Gigs => 0.85,
        };
        let income = libm::exp(7.55 + 0.38 * earning) * by_age * by_livelihood;
        let repayments = (0.045 + 0.07 * debt + 0.015 * risk).clamp(0.0, 0.45);
        let rent = (0.27 + 0.06 * random.normal()).clamp(0.0, 0.5);
        let appetite = (0.47 - 0.07 * restraint + 0.05 * random.normal()).clamp(0.25, 0.85);
        let mut tastes = [1.0; 8];
        for taste in &mut tastes {
            *taste = libm::exp(0.35 * random.normal());
        }
        let gambling = if random.normal() + 0.6 * risk > 1.0 {
            random.between(0.01, 0.06) * libm::exp(0.4 * risk)
        } else {
            0.0
        };
        Self {
            livelihood,
            income,
            restraint,
            risk,
            repayments,
            rent,
            appetite,
            tastes,
            start: libm::exp(-0.5 + 0.5 * restraint + 1.0 * random.normal()) - 0.15,
            gambling,
            age_band,
        }
    }

    /// The probability of a default after such a life; the module docs of
    /// `synth` state the formula.
    pub(super) fn default_probability(&self, life: &Life, random: &mut Random) -> f64 {
        let saved = (life.balance / self.income).max(0.0);
        let flag = |is: bool| f64::from(u8::from(is));
        let odds = -4.45 - 0.50 * self.restraint
            + 0.40 * self.risk
            + 5.0 * (self.repayments - 0.08)
            + 0.28 * f64::from(life.overdrawn_of_six)
            + 0.9 * flag(life.income_lost)
            + 0.35 * flag(self.livelihood == Livelihood::Gigs)
            - 0.30 * libm::log(0.2 + saved)
            + 0.20 * f64::from(life.missed.min(6))
            + 1.0 * random.normal();
        1.0 / (1.0 + libm::exp(-odds))
    }
}

fn age(mut draw: f64) -> (&'static str, f64) {
    for (band, share, factor) in AGE_BANDS {
        if draw < share {
            return (band, factor);
        }
        draw -= share;
    }
    ("65+", 0.85)
}
