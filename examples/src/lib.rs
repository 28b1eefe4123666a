//! The data that examples, tests and benches share: a feature scheme, two
//! scorecards that stand on it, and the statements of one invented person.
//!
//! Everything is invented: person, lenders, shops, amounts. `data/README.md`
//! says what each file is and how the statements are made.

pub mod application;
pub mod cast;
pub mod cheat;
pub mod person;
pub mod walk;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The feature scheme `everyday-spending`: euro, at most two sources.
///
/// Its levels stay at or below 127 over both sources, so evaluations over two
/// sources can work with tables of 128 entries, and its slots fit one packed
/// ciphertext.
pub const SCHEME_JSON: &str = include_str!("../data/everyday.json");

/// Two scorecards by name, each from an invented provider: `steady` asks for
/// 77 external products over two sources, `growth` for fewer; `growth` has
/// negative points and a scale that is not whole.
pub const SCORECARDS: [(&str, &str); 2] = [
    ("steady", include_str!("../data/steady.json")),
    ("growth", include_str!("../data/growth.json")),
];

/// A year of the person's main account, as a bank's CSV export. The bank has
/// the role `main_account`.
pub const BANK_CSV: &str = include_str!("../data/bank.csv");

/// The same year of the person's wallet, as one page of Plaid's
/// `/transactions/sync` (positive amounts are money out).
pub const WALLET_JSON: &str = include_str!("../data/wallet.json");

/// A year of another person's salary account in yuan, as OFX 1.0.2.
pub const CURRENT_OFX: &str = include_str!("../data/current.ofx");

/// The same year of that person's Alipay balance, as the app exports it, in
/// GB18030. It is filled from the salary account.
pub const ALIPAY_CSV: &[u8] = include_bytes!("../data/alipay.csv");

/// The as-of date for which the statements hold twelve whole months.
pub const AS_OF: Date = date(2026, 11, 15);

/// The morning after [`AS_OF`], at ten in UTC: the time of everything that is
/// played through on the bundled data. By the real clock the invented parties'
/// keys would run out one day.
pub fn morning_after() -> Timestamp {
    let morning = date(2026, 11, 16).at(10, 0, 0, 0);
    let morning = TimeZone::UTC.to_timestamp(morning);
    morning.expect("a time that there is, in UTC")
}
