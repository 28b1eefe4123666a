//! Worked examples, small enough to check by hand: refunds, negative months,
//! every measure of single lines, what is not known.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::ledger::{Coverage, DayBalance, Direction, Entry, Ledger};
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_history::taxonomy::{Category, Flow};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use Direction::{In, Out};

/// January to March 2026 are the window of three months.
const AS_OF: Date = date(2026, 4, 10);

fn scheme(line: &Value) -> Scheme {
    let json = json!({
        "blindscore_scheme": 1, "name": "worked", "version": 1, "currency": "EUR",
        "sources_max": 1, "lines": [line],
    });
    Scheme::from_json(&json.to_string()).unwrap()
}

fn pooled(fields: &Value) -> Scheme {
    let mut line = json!({"name": "line", "kind": "pooled", "flows": ["expenditure"],
                          "unit": 10, "cap": 200, "windows": [1, 3]});
    for (key, value) in fields.as_object().unwrap() {
        line[key] = value.clone();
    }
    scheme(&line)
}

/// Unit 1 and origin 0: a known value `v` within 0 to 254 is level `v + 1`.
fn single(measure: &str, unit: i64, origin: i64) -> Scheme {
    scheme(
        &json!({"name": "line", "kind": "single", "measure": measure, "role": "main_account",
                   "unit": unit, "origin": origin, "cap": 255, "windows": [3]}),
    )
}

struct Books {
    entries: Vec<Entry>,
    balances: Vec<DayBalance>,
}

impl Books {
    fn new() -> Self {
        let (entries, balances) = (Vec::new(), Vec::new());
        Self { entries, balances }
    }

    fn entry(self, day: Date, amount: i64, direction: Direction, flow: Flow) -> Self {
        self.of(day, amount, direction, flow, Category::Unclassified)
    }

    fn spend(self, day: Date, amount: i64, category: Category) -> Self {
        self.of(day, amount, Out, Flow::Expenditure, category)
    }

    fn refund(self, day: Date, amount: i64, category: Category) -> Self {
        self.of(day, amount, In, Flow::RefundReversal, category)
    }

    fn of(
        mut self,
        date: Date,
        amount: i64,
        direction: Direction,
        flow: Flow,
        category: Category,
    ) -> Self {
        let id = self.entries.len().to_string();
        self.entries.push(Entry {
            date,
            amount,
            direction,
            flow,
            category,
            id,
        });
        self
    }

    fn balance(mut self, date: Date, closing: i64) -> Self {
        self.balances.push(DayBalance { date, closing });
        self
    }

    fn levels(self, scheme: &Scheme) -> Vec<u32> {
        let coverage = Coverage {
            first: date(2025, 12, 1),
            last: date(2026, 4, 9),
        };
        let eur = "EUR".parse().unwrap();
        let ledger = Ledger::new(eur, coverage, self.entries, self.balances).unwrap();
        let levels = SourceLevels::compute(scheme, &ledger, AS_OF, CoverageRule::Full).unwrap();
        levels.levels().to_vec()
    }
}

fn jan(day: i8) -> Date {
    date(2026, 1, day)
}

fn feb(day: i8) -> Date {
    date(2026, 2, day)
}

fn mar(day: i8) -> Date {
    date(2026, 3, day)
}

#[test]
fn months_without_entries_count_nothing() {
    assert_eq!(Books::new().levels(&pooled(&json!({}))), [0, 0]);
    let books = Books::new().spend(jan(1), 109, Category::Food);
    assert_eq!(books.levels(&pooled(&json!({}))), [0, 10]);
}

#[test]
fn the_window_is_whole_months_up_to_the_as_of_dates() {
    let books = Books::new()
        .spend(date(2025, 12, 31), 1000, Category::Food)
        .spend(jan(1), 10, Category::Food)
        .spend(mar(1), 20, Category::Food)
        .spend(mar(31), 40, Category::Food)
        .spend(date(2026, 4, 1), 1000, Category::Food);
    assert_eq!(books.levels(&pooled(&json!({}))), [6, 7]);
}

#[test]
fn the_cap_and_the_floor_hold() {
    let books =
        Books::new()
            .spend(mar(2), 19, Category::Food)
            .spend(feb(2), 99_999, Category::Food);
    assert_eq!(books.levels(&pooled(&json!({}))), [1, 200]);
}

#[test]
fn a_refund_lowers_the_month_it_comes_in_and_not_below_nothing() {
    let books = Books::new()
        .spend(jan(5), 500, Category::Food)
        .spend(feb(5), 100, Category::Food)
        .refund(feb(20), 300, Category::Food)
        .spend(mar(5), 100, Category::Food)
        .refund(mar(6), 40, Category::Food);
    // January 500, February 0 and not -200, March 60.
    assert_eq!(books.levels(&pooled(&json!({}))), [6, 56]);
}

#[test]
fn a_refund_lowers_the_lines_that_read_its_category_only() {
    let books = || {
        Books::new()
            .spend(mar(5), 100, Category::Food)
            .spend(mar(5), 100, Category::Clothing)
            .refund(mar(6), 40, Category::Clothing)
    };
    assert_eq!(
        books().levels(&pooled(&json!({"categories": ["FOOD"]}))),
        [10, 10]
    );
    assert_eq!(
        books().levels(&pooled(&json!({"categories": ["CLOTHING"]}))),
        [6, 6]
    );
    assert_eq!(books().levels(&pooled(&json!({}))), [16, 16]);
    // A line that names refunds itself subtracts them once.
    let both = pooled(&json!({"flows": ["expenditure", "refund_reversal"]}));
    assert_eq!(books().levels(&both), [16, 16]);
    let refunds = pooled(&json!({"flows": ["refund_reversal"], "direction": "in"}));
    assert_eq!(books().levels(&refunds), [4, 4]);
}

#[test]
fn the_other_direction_is_subtracted() {
    let books = || {
        Books::new()
            .entry(mar(1), 500, In, Flow::Income)
            .entry(mar(2), 120, Out, Flow::Income)
            .entry(mar(3), 300, Out, Flow::Cash)
            .entry(mar(4), 100, In, Flow::Cash)
    };
    let income = pooled(&json!({"flows": ["income"], "direction": "in"}));
    assert_eq!(books().levels(&income), [38, 38]);
    assert_eq!(
        books().levels(&pooled(&json!({"flows": ["cash"]}))),
        [20, 20]
    );
    assert_eq!(
        books().levels(&pooled(&json!({"flows": ["cash", "income"]}))),
        [0, 0]
    );
}

#[test]
fn sensitive_spending_counts_once_turned_on() {
    let books = || {
        Books::new()
            .spend(mar(1), 50, Category::Health)
            .spend(mar(1), 10, Category::Food)
    };
    assert_eq!(books().levels(&pooled(&json!({}))), [1, 1]);
    let json = json!({
        "blindscore_scheme": 1, "name": "worked", "version": 1, "currency": "EUR",
        "sources_max": 1, "sensitive": {"HEALTH": "a reason"},
        "lines": [{"name": "line", "kind": "pooled", "flows": ["expenditure"],
                   "unit": 10, "cap": 200, "windows": [1]}],
    });
    let on = Scheme::from_json(&json.to_string()).unwrap();
    assert_eq!(books().levels(&on), [6]);
}

#[test]
fn months_count_those_with_something_left() {
    let paid = pooled(&json!({"measure": "months", "unit": 1, "categories": ["UTILITIES"]}));
    let books = Books::new()
        .spend(jan(5), 1, Category::Utilities)
        .spend(feb(5), 100, Category::Utilities)
        .refund(feb(6), 100, Category::Utilities)
        .spend(mar(5), 100, Category::Utilities)
        .spend(mar(9), 100, Category::Utilities);
    assert_eq!(books.levels(&paid), [1, 2]);
}

#[test]
fn amounts_at_the_end_of_the_range_do_not_overflow() {
    let most = i64::MAX;
    let books = || {
        (0..50).fold(Books::new(), |books, _| {
            books.spend(mar(5), most, Category::Food)
        })
    };
    assert_eq!(books().levels(&pooled(&json!({}))), [200, 200]);
    let back = (0..51).fold(books(), |books, _| {
        books.refund(mar(9), most, Category::Food)
    });
    assert_eq!(back.levels(&pooled(&json!({}))), [0, 0]);
    for measure in [
        "spending_volatility",
        "essential_share",
        "cash_share",
        "savings_rate",
    ] {
        let paid = (0..50).fold(books(), |books, _| {
            books.entry(jan(5), most, In, Flow::Income)
        });
        assert!(paid.levels(&single(measure, 1, 0))[0] >= 1, "{measure}");
    }
}

#[test]
fn lowest_balance_is_that_of_a_day_in_the_window() {
    let line = single("lowest_balance", 1, -100);
    // Nothing listed, or only before or after the window.
    assert_eq!(Books::new().levels(&line), [0]);
    assert_eq!(
        Books::new().balance(date(2025, 12, 9), 5).levels(&line),
        [0]
    );
    assert_eq!(Books::new().balance(date(2026, 4, 2), 5).levels(&line), [0]);
    // The first month unknown.
    assert_eq!(Books::new().balance(feb(1), 5).levels(&line), [0]);
    assert_eq!(Books::new().balance(jan(31), 5).levels(&line), [106]);
    // Carried in from December it stands on the days before the listed one.
    let carried = || Books::new().balance(date(2025, 12, 30), -7);
    assert_eq!(carried().balance(feb(1), 5).levels(&line), [94]);
    assert_eq!(carried().balance(jan(2), 5).levels(&line), [94]);
    assert_eq!(carried().balance(jan(1), 5).levels(&line), [106]);
    // Below the origin is level 1, above the cap the cap.
    assert_eq!(Books::new().balance(jan(3), i64::MIN).levels(&line), [1]);
    assert_eq!(Books::new().balance(jan(3), -100).levels(&line), [1]);
    assert_eq!(Books::new().balance(jan(3), -99).levels(&line), [2]);
    assert_eq!(Books::new().balance(jan(3), i64::MAX).levels(&line), [255]);
}

#[test]
fn levels_of_values_below_the_origin_use_the_floor() {
    let line = single("lowest_balance", 10, -100);
    assert_eq!(Books::new().balance(jan(3), -91).levels(&line), [1]);
    assert_eq!(Books::new().balance(jan(3), -90).levels(&line), [2]);
    assert_eq!(Books::new().balance(jan(3), -1).levels(&line), [10]);
}

#[test]
fn months_overdrawn_count_balances_carried_over() {
    let line = single("months_overdrawn", 1, 0);
    assert_eq!(Books::new().levels(&line), [0]);
    let fine = Books::new().balance(jan(9), 0);
    assert_eq!(fine.levels(&line), [1]);
    // Below 0 from 9 January until 1 March, when the day closes at 3.
    let books = Books::new().balance(jan(9), -1).balance(mar(1), 3);
    assert_eq!(books.levels(&line), [1 + 2]);
    let books = Books::new().balance(jan(9), -1).balance(mar(2), 3);
    assert_eq!(books.levels(&line), [1 + 3]);
}

#[test]
fn months_active_count_entries_of_any_kind() {
    let line = single("months_active", 1, 0);
    assert_eq!(Books::new().levels(&line), [1]);
    let books = Books::new()
        .entry(jan(1), 0, In, Flow::Transfer)
        .spend(mar(1), 5, Category::Health)
        .spend(mar(2), 5, Category::Food)
        .spend(date(2026, 4, 1), 5, Category::Food);
    assert_eq!(books.levels(&line), [1 + 2]);
}

#[test]
fn income_regularity_is_full_for_equal_months_and_nothing_for_one() {
    let line = single("income_regularity", 4, 0);
    let income = |amounts: [i64; 3]| {
        Books::new()
            .entry(jan(1), amounts[0], In, Flow::Income)
            .entry(feb(1), amounts[1], In, Flow::Income)
            .entry(mar(1), amounts[2], In, Flow::Income)
            .levels(&line)[0]
    };
    assert_eq!(income([0, 0, 0]), 0);
    assert_eq!(income([7, 7, 7]), 1 + 1000 / 4);
    assert_eq!(income([0, 9, 0]), 1);
    // X = 6, D = |3-6| + |6-6| + |9-6| = 6, 2*(n-1)*X = 24: 1000 * 18 / 24 = 750.
    assert_eq!(income([1, 2, 3]), 1 + 750 / 4);
    // X = 7, D = |3-7| + |6-7| + |12-7| = 10, of 28: floor(1000 * 18 / 28) = 642.
    assert_eq!(income([1, 2, 4]), 1 + 642 / 4);
}

#[test]
fn one_month_has_neither_regularity_nor_volatility() {
    for measure in ["income_regularity", "spending_volatility"] {
        let line = scheme(&json!({
            "name": "line", "kind": "single", "measure": measure, "role": "main_account",
            "unit": 1, "origin": 0, "cap": 255, "windows": [1, 2]
        }));
        let books =
            Books::new()
                .entry(mar(1), 10, In, Flow::Income)
                .spend(mar(1), 10, Category::Food);
        let levels = books.levels(&line);
        assert_eq!(levels[0], 0, "{measure}");
        assert_ne!(levels[1], 0, "{measure}");
    }
}

#[test]
fn spending_volatility_is_the_mean_deviation_over_the_mean() {
    let line = single("spending_volatility", 8, 0);
    let spending = |amounts: [i64; 3]| {
        Books::new()
            .spend(jan(1), amounts[0], Category::Food)
            .spend(feb(1), amounts[1], Category::Food)
            .spend(mar(1), amounts[2], Category::Clothing)
            .spend(mar(1), 1_000_000, Category::Health)
            .levels(&line)[0]
    };
    assert_eq!(spending([0, 0, 0]), 0);
    assert_eq!(spending([5, 5, 5]), 1);
    // X = 6, D = 6, n*X = 18: 333.
    assert_eq!(spending([1, 2, 3]), 1 + 333 / 8);
    // All in one month: X = 9, D = 18 + 9 + 9 = 36, n*X = 27: 1333.
    assert_eq!(spending([0, 9, 0]), 1 + 1333 / 8);
}

#[test]
fn shares_are_of_what_is_spent() {
    let books = || {
        Books::new()
            .entry(jan(1), 200, Out, Flow::Cash)
            .entry(jan(2), 50, In, Flow::Cash)
            .spend(jan(3), 100, Category::Food)
            .spend(feb(3), 200, Category::Recreation)
            .refund(feb(4), 50, Category::Recreation)
            .spend(mar(3), 300, Category::Housing)
            // More came back than was spent: the month counts as nothing.
            .refund(mar(4), 999, Category::Clothing)
    };
    // Cash 150. Spending: January 100, February 150, March max(0, 300 - 999) = 0.
    assert_eq!(books().levels(&single("cash_share", 2, 0)), [1 + 375 / 2]);
    // Essential 100 + 0 + 300, others 0 + 150 + 0: 400 of 550.
    assert_eq!(
        books().levels(&single("essential_share", 4, 0)),
        [1 + 727 / 4]
    );
    for share in ["cash_share", "essential_share"] {
        assert_eq!(Books::new().levels(&single(share, 4, 0)), [0]);
    }
}

#[test]
fn savings_rate_goes_below_nothing() {
    let line = single("savings_rate", 10, -1000);
    let books = |rent| {
        Books::new()
            .entry(jan(1), 1000, In, Flow::Income)
            .entry(jan(2), 100, Out, Flow::Cash)
            .entry(jan(2), 100, Out, Flow::DebtService)
            .entry(jan(2), 50, Out, Flow::TaxFee)
            .entry(jan(2), 400, Out, Flow::SavingInvestment)
            .entry(jan(2), 400, Out, Flow::Transfer)
            .spend(feb(3), rent, Category::Housing)
            .levels(&line)[0]
    };
    // 1000 - 250 - 450 = 300 per mille saved: (300 + 1000) / 10.
    assert_eq!(books(450), 1 + 130);
    // 1000 - 250 - 1451 = -701: floor(299 / 10).
    assert_eq!(books(1451), 1 + 29);
    assert_eq!(books(100_000), 1);
    assert_eq!(
        Books::new().spend(feb(3), 5, Category::Food).levels(&line),
        [0]
    );
}
