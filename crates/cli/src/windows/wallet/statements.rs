//! The person's own statements, and what statements show: spending by category
//! and month.
//!
//! Files come from outside: each is bounded, read by the readers of
//! `blindscore_history` before it is kept, and stays in the wallet's folder.
//! Nothing of them leaves but levels, sealed to the person's own key.

use std::path::PathBuf;
use std::sync::Arc;

use blindscore_history::explain::Explained;
use blindscore_history::gather::{AccountRule, Gathered, gather};
use blindscore_history::ledger::{Coverage, Ledger};
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::money::{Currency, Rates};
use blindscore_history::month::YearMonth;
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::{Limits, Opened, ReadOptions, open};
use jiff::civil::Date;

use super::fault::{Fault, Result};
use super::{Wallet, texts};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};

/// Largest file.
pub(super) const FILE_MAX: usize = 16 << 20;
/// Most files.
pub(super) const FILES_MAX: usize = 32;
/// Most bytes of all files.
pub(super) const ALL_MAX: usize = 64 << 20;
/// Longest name of a file that is kept, in characters.
const NAME_MAX: usize = 80;

/// A statement that is kept.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its number, which its files are called by.
    pub(super) number: u32,
    /// What the person's file was called.
    pub(super) name: String,
    pub(super) bytes: usize,
}

/// The statements that are kept.
pub(super) struct Kept {
    folder: PathBuf,
    pub(super) all: Vec<Statement>,
    /// What they show, until they change.
    shown: Option<Arc<Spending>>,
}

/// What statements show when they are put together.
pub(super) struct Spending {
    pub(super) files: Vec<FileSaid>,
    pub(super) gathered: Gathered,
    pub(super) explained: Explained,
}

/// What one file says of itself.
pub(super) struct FileSaid {
    pub(super) name: String,
    pub(super) format: String,
    pub(super) entries: usize,
    pub(super) covers: Option<Coverage>,
}

/// The person's own data, ready to be sealed.
pub(super) struct Own {
    pub(super) levels: SourceLevels,
}

/// Why the person's own data are not ready.
pub(super) enum NotReady {
    /// Nothing was dropped in.
    None,
    /// The statements do not go together.
    Apart(String),
    /// Whole months that are wanted and not covered.
    Missing {
        months: Vec<YearMonth>,
        covers: Coverage,
        /// How many there must be.
        want: u8,
    },
    /// Anything else that the scheme wants.
    Other(String),
}

impl Kept {
    /// Opens the folder.
    pub(super) fn open(folder: PathBuf) -> Outcome<Self> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(Failure::internal)? {
            let path = entry.map_err(Failure::internal)?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let number = stem.and_then(|stem| stem.parse::<u32>().ok());
            let (Some(number), true) = (
                number,
                path.extension().is_some_and(|end| end == "statement"),
            ) else {
                continue;
            };
            let about = std::fs::metadata(&path).map_err(Failure::internal)?;
            let name = files::read_text(&path.with_extension("name"), 4 * NAME_MAX)?;
            all.push(Statement {
                number,
                name,
                bytes: usize::try_from(about.len()).unwrap_or(usize::MAX),
            });
        }
        all.sort_by_key(|statement| statement.number);
        Ok(Self {
            folder,
            all,
            shown: None,
        })
    }

    /// Whether another file of that length has room.
    pub(super) fn has_room(&self, bytes: usize) -> Result {
        let held: usize = self.all.iter().map(|statement| statement.bytes).sum();
        if self.all.len() >= FILES_MAX {
            return Err(Fault::Refused(texts::too_many_files(FILES_MAX)));
        }
        if bytes > FILE_MAX || held.saturating_add(bytes) > ALL_MAX {
            return Err(Fault::Refused(texts::too_large(FILE_MAX, ALL_MAX)));
        }
        Ok(())
    }

    /// Keeps a file that was read.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result {
        self.has_room(bytes.len())?;
        let last = self.all.last().map_or(0, |statement| statement.number);
        let number = last
            .checked_add(1)
            .ok_or(Fault::Refused(texts::too_many_files(FILES_MAX)))?;
        let path = self.path(number);
        let name = plain_name(name);
        // A statement is one by its content, so the name comes first.
        files::write(&path.with_extension("name"), name.as_bytes(), Access::Owner)?;
        files::write(&path, bytes, Access::Owner)?;
        self.all.push(Statement {
            number,
            name,
            bytes: bytes.len(),
        });
        self.shown = None;
        Ok(())
    }

    /// Forgets one.
    pub(super) fn remove(&mut self, number: u32) -> Result {
        let place = self.all.iter().position(|kept| kept.number == number);
        let place = place.ok_or(Fault::Missing)?;
        let path = self.path(number);
        std::fs::remove_file(&path).map_err(Fault::internal)?;
        // Without the content, the name is nothing's.
        let _ = std::fs::remove_file(path.with_extension("name"));
        self.all.remove(place);
        self.shown = None;
        Ok(())
    }

    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:06}.statement"))
    }

    fn files(&self) -> Vec<(String, PathBuf)> {
        let path = |kept: &Statement| (kept.name.clone(), self.path(kept.number));
        self.all.iter().map(path).collect()
    }
}

impl Wallet {
    /// What the sample's statements show.
    pub(super) fn sample(&self) -> Result<Spending> {
        let mut opened = Vec::new();
        for (name, bytes) in self.holders.statements() {
            opened.push(read_of(name, bytes, Some(self.holders.covers()))?);
        }
        Spending::of(opened, self.holders.scheme().currency()).map_err(Fault::Refused)
    }

    /// What the person's own statements show; nothing if there are none.
    pub(super) async fn own(&self) -> Result<Option<Arc<Spending>>> {
        let mut kept = self.statements.lock().await;
        if kept.all.is_empty() {
            return Ok(None);
        }
        if let Some(shown) = &kept.shown {
            return Ok(Some(Arc::clone(shown)));
        }
        let (files, currency) = (kept.files(), self.holders.scheme().currency());
        let made = tokio::task::spawn_blocking(move || {
            let mut opened = Vec::new();
            for (name, path) in files {
                let bytes = files::read(&path, FILE_MAX)?;
                opened.push(read(&name, &bytes)?);
            }
            Spending::of(opened, currency).map_err(Fault::Refused)
        });
        let made = Arc::new(made.await??);
        kept.shown = Some(Arc::clone(&made));
        Ok(Some(made))
    }

    /// The levels of the person's own statements by a scheme, as of the newest
    /// day that they cover, at most today.
    pub(super) async fn own_levels(
        &self,
        scheme: &Scheme,
    ) -> Result<std::result::Result<Own, NotReady>> {
        let own = match self.own().await {
            Ok(own) => own,
            Err(Fault::Refused(why)) => return Ok(Err(NotReady::Apart(why))),
            Err(fault) => return Err(fault),
        };
        let Some(own) = own else {
            return Ok(Err(NotReady::None));
        };
        let today = self.now.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        Ok(levels(&own.gathered, scheme, today))
    }
}

impl Spending {
    fn of(opened: Vec<Opened>, currency: Currency) -> std::result::Result<Self, String> {
        let files = opened.iter().map(|file| FileSaid {
            name: file.file().to_owned(),
            format: file.format().to_owned(),
            entries: file.entries(),
            covers: file.coverage(),
        });
        let files = files.collect();
        let told = |error: blindscore_history::gather::GatherError| error.to_string();
        let rates = Rates::new([]).map_err(|error| error.to_string())?;
        let gathered = gather(opened, AccountRule::Automatic).map_err(told)?;
        let gathered = gathered.in_currency(currency, &rates).map_err(told)?;
        Ok(Self {
            files,
            explained: Explained::of(&gathered).map_err(told)?,
            gathered,
        })
    }
}

/// Reads one statement, whatever its format.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Opened> {
    read_of(name, bytes, None)
}

fn read_of(name: &str, bytes: &[u8], coverage: Option<Coverage>) -> Result<Opened> {
    let options = ReadOptions {
        coverage,
        keep_texts: true,
        limits: Limits {
            bytes: FILE_MAX,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    open(bytes, &plain_name(name), &options).map_err(Fault::refused)
}

fn levels(gathered: &Gathered, scheme: &Scheme, today: Date) -> std::result::Result<Own, NotReady> {
    let apart = |error: blindscore_history::gather::GatherError| NotReady::Apart(error.to_string());
    let ledger = gathered.ledger().map_err(apart)?;
    let as_of = as_of(&ledger, today);
    let covers = ledger.coverage();
    let missing: Vec<_> = (1..=u32::from(scheme.longest_window()))
        .map(|back| YearMonth::of(as_of).minus(back))
        .filter(|month| !covers.contains_month(*month))
        .collect();
    if !missing.is_empty() {
        let mut months = missing;
        months.sort_unstable();
        let want = scheme.longest_window();
        return Err(NotReady::Missing {
            months,
            covers,
            want,
        });
    }
    // A request does not say that a shorter history will do, so it must not be.
    let levels = SourceLevels::compute(scheme, &ledger, as_of, CoverageRule::Full);
    let levels = levels.map_err(|error| NotReady::Other(error.to_string()))?;
    Ok(Own { levels })
}

/// The day after the last day covered, so that its month counts if it is whole;
/// at most today.
fn as_of(ledger: &Ledger, today: Date) -> Date {
    let last = ledger.coverage().last;
    last.tomorrow().unwrap_or(last).min(today)
}

/// A file's name without folders, control characters and excess.
fn plain_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = base
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_MAX)
        .collect();
    if plain.trim().is_empty() {
        texts::UNNAMED_FILE.to_owned()
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_names_only() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\bank\\may.csv"), "may.csv");
        assert_eq!(plain_name("a\u{7}\n<b>.csv"), "a<b>.csv");
        assert_eq!(plain_name("//"), texts::UNNAMED_FILE);
        assert_eq!(plain_name(&"x".repeat(1000)).chars().count(), NAME_MAX);
    }

    #[test]
    fn months_that_are_missing_are_named() {
        let scheme = Scheme::from_json(blindscore_examples::SCHEME_JSON).unwrap();
        let text = "date,amount,currency,description,mcc\n\
                    2026-03-02,-64.18,EUR,grocer,5411\n\
                    2026-04-06,2150.00,EUR,,\n";
        let read = |name| vec![read(name, text.as_bytes()).unwrap()];
        let spending = Spending::of(read("a.csv"), scheme.currency()).unwrap();
        let today = jiff::civil::date(2026, 11, 20);
        let Err(NotReady::Missing { months, covers, .. }) =
            levels(&spending.gathered, &scheme, today)
        else {
            panic!("two months are not twelve");
        };
        assert_eq!(covers.to_string(), "2026-03-01 to 2026-04-30");
        assert_eq!(months.len(), 10);
        assert_eq!(months[0].to_string(), "2025-05");
        assert_eq!(months[9].to_string(), "2026-02");
    }
}
