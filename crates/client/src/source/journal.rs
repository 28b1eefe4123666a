//! How many keys each customer asked a source to seal to.
//!
//! The bounds on wrong scores hold for each key. A person who could ask with
//! key after key would get as many tries; so a source seals to at most
//! [`KEYS_MAX`] different keys a customer a month (UTC). The same key again is
//! the same bytes and counts once.

use std::collections::{BTreeMap, BTreeSet};

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Different keys that a customer may ask for in a month.
pub const KEYS_MAX: usize = 64;

/// The keys of this and of earlier months, by customer. Customers stand in it
/// by a digest that only the source can make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyJournal {
    /// `YYYY-MM`, customer, keys.
    months: BTreeMap<String, BTreeMap<Digest, BTreeSet<Digest>>>,
}

/// Why a key was not admitted, or a journal not read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Too many.
    #[error(
        "this customer has asked for {KEYS_MAX} different keys this month, the most that are sealed to: wait for the next month"
    )]
    TooMany,
    /// A date before the last month of the journal.
    #[error("the journal of keys is at {last} and the clock at {now}: set the clock")]
    Clock {
        /// The journal's last month.
        last: String,
        /// The month that the clock says.
        now: String,
    },
    /// No journal.
    #[error("the journal of keys is not valid: {0}; restore it from a copy")]
    Json(#[from] serde_json::Error),
}

impl KeyJournal {
    /// Largest journal that is read, in bytes.
    pub const JSON_MAX: usize = 64 << 20;

    /// Admits a key of a customer, and counts it if it is new. Months before
    /// the current one are dropped.
    ///
    /// # Errors
    /// One key too many; a clock that went back.
    pub fn admit(
        &mut self,
        customer: Digest,
        key: Digest,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let now = now.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string();
        if let Some(last) = self.months.keys().next_back()
            && *last > now
        {
            let last = last.clone();
            return Err(JournalError::Clock { last, now });
        }
        self.months.retain(|month, _| *month >= now);
        let customers = self.months.entry(now).or_default();
        let keys = customers.entry(customer).or_default();
        if keys.len() >= KEYS_MAX && !keys.contains(&key) {
            return Err(JournalError::TooMany);
        }
        keys.insert(key);
        Ok(())
    }

    /// The journal as JSON.
    ///
    /// # Panics
    /// Never: a journal is plain JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a journal is plain JSON") + "\n"
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// What is wrong in it.
    pub fn from_json(text: &str) -> Result<Self, JournalError> {
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindscore_history::digest::Framed;

    fn digest(n: usize) -> Digest {
        Framed::new("blindscore example v1").u64(n as u64).digest()
    }

    #[test]
    fn the_cap_holds_for_new_keys_of_one_customer_in_one_month() {
        let november: Timestamp = "2026-11-30T23:59:59Z".parse().unwrap();
        let december: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let mut journal = KeyJournal::default();
        for key in 0..KEYS_MAX {
            journal.admit(digest(1000), digest(key), november).unwrap();
        }
        let full = journal.admit(digest(1000), digest(KEYS_MAX), november);
        assert!(matches!(full, Err(JournalError::TooMany)));
        // An old key, another customer, another month.
        journal.admit(digest(1000), digest(0), november).unwrap();
        journal
            .admit(digest(1001), digest(KEYS_MAX), november)
            .unwrap();
        let again = KeyJournal::from_json(&journal.to_json()).unwrap();
        assert_eq!(again, journal);
        journal
            .admit(digest(1000), digest(KEYS_MAX), december)
            .unwrap();
        let back = journal.admit(digest(1000), digest(KEYS_MAX), november);
        assert!(matches!(back, Err(JournalError::Clock { .. })));
    }
}
