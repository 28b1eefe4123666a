//! A person's months, one after the other.

use jiff::civil::Date;

use super::SynthEntry;
use super::person::{Livelihood, Person};
use super::random::Random;
use crate::ledger::Direction::{self, In, Out};
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

/// What happened, and where it left the person.
pub(super) struct Life {
    pub(super) entries: Vec<SynthEntry>,
    /// EUR on the account at the end.
    pub(super) balance: f64,
    /// Months of the last six with a balance below 0.
    pub(super) overdrawn_of_six: u8,
    /// Whether income was lost in the last month.
    pub(super) income_lost: bool,
    /// Utility bills left unpaid.
    pub(super) missed: u8,
}

/// Kinds of shopping: category, share of what is spent, trips a month.
const SHOPPING: [(Category, f64, f64); 8] = [
    (Category::Food, 0.36, 2.5),
    (Category::DiningLodging, 0.13, 1.2),
    (Category::Transport, 0.14, 0.9),
    (Category::Clothing, 0.08, 0.3),
    (Category::Household, 0.09, 0.3),
    (Category::Recreation, 0.09, 0.4),
    (Category::Health, 0.06, 0.2),
    (Category::AlcoholTobacco, 0.05, 0.3),
];

/// Lives through `months` months from `first` on.
pub(super) fn live(person: &Person, random: &mut Random, first: YearMonth, months: u8) -> Life {
    let mut account = Account {
        cents: cents(person.start * person.income),
        drafts: Vec::new(),
        entries: Vec::new(),
        lowest: 0,
    };
    let mut lean = 0_u32;
    let mut missed = 0_u8;
    let mut owed_bills = 0.0;
    let mut overdrawn = Vec::with_capacity(usize::from(months));
    let mut income_lost = false;
    for month in 0..u32::from(months) {
        let day = first.plus(month).first_day();
        if lean > 0 {
            lean -= 1;
        } else if random.chance(loss_chance(person.livelihood)) {
            lean = 2 + random.below(4);
        }
        income_lost = lean > 0;
        let factor = if income_lost {
            random.between(0.25, 0.5)
        } else {
            1.0
        };
        earn(person, random, &mut account, day, factor);
        let short = euros(account.cents) < 0.15 * person.income;
        bills(person, random, &mut account, day);
        let utilities = person.income * 0.045 * person.tastes[4] * random.between(0.85, 1.2);
        if short && random.chance(0.33) {
            missed = missed.saturating_add(1);
            owed_bills += utilities;
        } else {
            let utilities = utilities + std::mem::take(&mut owed_bills);
            account.book(
                day,
                9 + random.below(4),
                utilities,
                Out,
                Flow::Expenditure,
                Category::Utilities,
            );
        }
        shop(person, random, &mut account, day, short);
        spare(person, random, &mut account, day);
        account.close_month(person, random, day);
        overdrawn.push(account.lowest < 0);
    }
    let six = overdrawn.iter().rev().take(6).filter(|is| **is).count();
    Life {
        balance: euros(account.cents),
        entries: account.entries,
        overdrawn_of_six: u8::try_from(six).expect("at most six"),
        income_lost,
        missed,
    }
}

fn loss_chance(livelihood: Livelihood) -> f64 {
    match livelihood {
        Livelihood::Salary => 0.015,
        Livelihood::Benefit => 0.004,
        Livelihood::Gigs => 0.03,
    }
}

fn earn(person: &Person, random: &mut Random, account: &mut Account, day: Date, factor: f64) {
    let income = person.income * factor;
    match person.livelihood {
        Livelihood::Salary | Livelihood::Benefit => {
            let paid = income * random.between(0.985, 1.015);
            account.book(
                day,
                random.below(3),
                paid,
                In,
                Flow::Income,
                Category::Unclassified,
            );
        }
        Livelihood::Gigs => {
            let count = 2 + random.below(3);
            for _ in 0..count {
                let part = income / f64::from(count) * libm::exp(0.35 * random.normal() - 0.06);
                account.book(
                    day,
                    random.below(28),
                    part,
                    In,
                    Flow::Income,
                    Category::Unclassified,
                );
            }
        }
    }
}

/// What leaves the account whether or not there is money.
fn bills(person: &Person, random: &mut Random, account: &mut Account, day: Date) {
    let income = person.income;
    let mut pay = |at: u32, amount: f64, flow, category| {
        if amount >= 1.0 {
            account.book(day, at, amount, Out, flow, category);
        }
    };
    pay(
        2,
        income * person.rent,
        Flow::Expenditure,
        Category::Housing,
    );
    pay(
        5,
        14.0 + 0.012 * income * person.tastes[5],
        Flow::Expenditure,
        Category::Communication,
    );
    pay(
        14,
        0.03 * income * person.tastes[6],
        Flow::Expenditure,
        Category::InsuranceFinance,
    );
    pay(
        4,
        income * person.repayments,
        Flow::DebtService,
        Category::Unclassified,
    );
    if random.chance(0.04) {
        let (category, large) = match random.below(3) {
            0 => (Category::Transport, 0.7),
            1 => (Category::Household, 0.5),
            _ => (Category::Health, 0.4),
        };
        let amount = income * large * random.between(0.5, 1.6);
        pay(6 + random.below(20), amount, Flow::Expenditure, category);
    }
}

/// Everyday shopping, cash, gambling: less when money is short, the more so the
/// more restraint, and much less deep below 0.
fn shop(person: &Person, random: &mut Random, account: &mut Account, day: Date, short: bool) {
    let cut = if short {
        let months_below = (-euros(account.cents) / person.income).max(0.0);
        (0.80 - 0.10 * person.restraint - 0.45 * months_below).clamp(0.1, 1.0)
    } else {
        1.0
    };
    let budget = person.income * person.appetite * cut;
    for ((category, share, trips), taste) in SHOPPING.into_iter().zip(person.tastes) {
        let count = whole(trips, random);
        // An average month comes to the share, whatever the trips of this one.
        let each = budget * share * taste / trips;
        for _ in 0..count {
            let amount = each * libm::exp(0.45 * random.normal() - 0.1);
            let at = random.below(28);
            account.book(day, at, amount, Out, Flow::Expenditure, category);
            if category == Category::Clothing && random.chance(0.12) {
                let back = amount * random.between(0.4, 1.0);
                account.book(
                    day,
                    (at + 3).min(27),
                    back,
                    In,
                    Flow::RefundReversal,
                    category,
                );
            }
        }
    }
    for _ in 0..whole(0.6, random) {
        let amount = 20.0 * libm::floor(random.between(1.0, 4.0 + budget / 400.0));
        account.book(
            day,
            random.below(28),
            amount,
            Out,
            Flow::Cash,
            Category::Unclassified,
        );
    }
    if person.gambling > 0.0 {
        for _ in 0..whole(1.8, random) {
            let amount = person.income * person.gambling / 1.8 * random.between(0.3, 1.7);
            account.book(
                day,
                random.below(28),
                amount,
                Out,
                Flow::Expenditure,
                Category::Gambling,
            );
        }
    }
}

/// What is left over is partly put away.
fn spare(person: &Person, random: &mut Random, account: &mut Account, day: Date) {
    let spare = euros(account.cents) - 0.8 * person.income;
    if spare > 0.0 && random.chance((0.45 + 0.2 * person.restraint).clamp(0.0, 0.95)) {
        let amount = 10.0 * libm::floor(spare * random.between(0.2, 0.6) / 10.0);
        account.book(
            day,
            26,
            amount,
            Out,
            Flow::SavingInvestment,
            Category::Unclassified,
        );
    }
}

/// A count with this mean: its whole part, and one more with the rest's chance;
/// for small means spread over 0, 1, 2.
fn whole(mean: f64, random: &mut Random) -> u32 {
    let draws = if mean < 1.0 { 2 } else { 4 };
    let share = mean / f64::from(draws);
    (0..draws)
        .map(|_| {
            let mut count = 0;
            let mut rest = share;
            while rest >= 1.0 {
                count += 1;
                rest -= 1.0;
            }
            count + u32::from(random.chance(rest))
        })
        .sum()
}

/// The account: entries of a month are collected, then booked by day.
struct Account {
    /// With all of the running month's entries.
    cents: i64,
    drafts: Vec<SynthEntry>,
    entries: Vec<SynthEntry>,
    /// The lowest balance of the month closed last.
    lowest: i64,
}

impl Account {
    fn book(
        &mut self,
        first: Date,
        days: u32,
        amount: f64,
        direction: Direction,
        flow: Flow,
        category: Category,
    ) {
        let amount = cents(amount);
        if amount <= 0 {
            return;
        }
        self.cents += signed(amount, direction);
        self.drafts.push(SynthEntry {
            date: first.saturating_add(jiff::Span::new().days(i64::from(days.min(27)))),
            amount,
            direction,
            flow,
            category,
            balance: 0,
        });
    }

    /// Puts the month's entries in order, and a fee at its end if the balance
    /// fell below 0.
    fn close_month(&mut self, person: &Person, random: &mut Random, first: Date) {
        let moved: i64 = self
            .drafts
            .iter()
            .map(|d| signed(d.amount, d.direction))
            .sum();
        let mut running = self.cents - moved;
        let mut lowest = running;
        self.drafts.sort_by_key(|draft| draft.date);
        for draft in &mut self.drafts {
            running += signed(draft.amount, draft.direction);
            draft.balance = running;
            lowest = lowest.min(running);
        }
        self.entries.append(&mut self.drafts);
        self.lowest = lowest;
        if lowest < 0 {
            let fee = 4.0 + (-euros(lowest)).min(person.income) * 0.01 + random.between(0.0, 2.0);
            self.book(first, 27, fee, Out, Flow::TaxFee, Category::Unclassified);
            for mut draft in std::mem::take(&mut self.drafts) {
                draft.balance = self.cents;
                self.entries.push(draft);
            }
        }
    }
}

fn signed(amount: i64, direction: Direction) -> i64 {
    match direction {
        In => amount,
        Out => -amount,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "incomes are bounded by the traits' bounds"
)]
fn cents(euros: f64) -> i64 {
    libm::floor(euros * 100.0 + 0.5) as i64
}

#[allow(
    clippy::cast_precision_loss,
    reason = "cents of a person's account have far fewer than 53 bits"
)]
fn euros(cents: i64) -> f64 {
    cents as f64 / 100.0
}
