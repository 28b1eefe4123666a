//! Rules on the text of an entry: what neither a merchant code nor the source's
//! own category explains, a regular expression may.
//!
//! A rule file is TOML; [`Rules::BUILTIN`] is one, and says at its top how it is
//! written. The first rule that fits decides. Matching takes time linear in the
//! text (the `regex` crate builds automata and never backtracks), the automata
//! are limited in size, and so is the text: a rule file may come from anybody.
//!
//! ```
//! use blindscore_history::ledger::Direction;
//! use blindscore_history::rules::{Rules, searched};
//! use blindscore_history::taxonomy::{Category, Flow};
//! let rules = Rules::from_toml(r#"
//!     version = 1
//!     [[rules]]
//!     name = "corner-shop"
//!     direction = "out"
//!     flow = "expenditure"
//!     category = "FOOD"
//!     [rules.patterns]
//!     en = '\bcorner shop\b'
//!     de = '\b(sp[aä]ti|kiosk)\b'
//! "#)?;
//! let text = searched("SPÄTI  am Eck", "");
//! let found = rules.find(&text, Direction::Out).ok_or("no rule fits")?;
//! assert_eq!((found.name(), found.meaning()), ("corner-shop", (Flow::Expenditure, Category::Food)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod loose;
mod raw;

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use unicode_normalization::UnicodeNormalization;

use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

pub use error::{RulesError, RulesFault};

/// A rule file, ready to be asked.
#[derive(Clone, Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Every pattern of every rule, in the order of the rules.
    patterns: Vec<Pattern>,
    /// The same patterns without their edges of words: a text that fits a
    /// pattern fits it here. One pass over the text, whatever its letters; the
    /// automaton of an edge of a word works on ASCII only, and texts are not.
    loose: RegexSet,
}

/// One pattern.
#[derive(Clone, Debug)]
struct Pattern {
    /// The index of its rule.
    rule: usize,
    /// The pattern, if it says more than the loose one.
    exact: Option<Regex>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    name: String,
    direction: Option<Direction>,
    flow: Flow,
    category: Category,
}

impl Rules {
    /// The rules that are shipped, as the file that they are written in.
    pub const BUILTIN: &str = include_str!("../data/rules/default.toml");

    /// Largest rule file in bytes.
    pub const BYTES_MAX: usize = 256 << 10;

    /// The rules that are shipped.
    pub fn builtin() -> &'static Self {
        static RULES: LazyLock<Rules> = LazyLock::new(|| {
            Rules::from_toml(Rules::BUILTIN).expect("a test reads the rules compiled in")
        });
        &RULES
    }

    /// No rules: every entry that they would decide stays unclassified.
    pub fn none() -> Self {
        Self {
            rules: Vec::new(),
            patterns: Vec::new(),
            loose: RegexSet::empty(),
        }
    }

    /// Reads a rule file.
    ///
    /// # Errors
    /// If it is too large, is not TOML of this shape, or has a rule that cannot
    /// be. The error names the rule.
    pub fn from_toml(text: &str) -> Result<Self, RulesError> {
        raw::parse(text)
    }

    /// The rules in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The first rule that fits a text, which [`searched`] has prepared.
    pub fn find(&self, text: &str, direction: Direction) -> Option<&Rule> {
        if text.is_empty() {
            return None;
        }
        // Matches come in the order of the patterns, so the first rule is first.
        self.loose
            .matches(text)
            .into_iter()
            .map(|index| &self.patterns[index])
            .map(|pattern| (pattern, &self.rules[pattern.rule]))
            .filter(|(_, rule)| rule.direction.is_none_or(|wanted| wanted == direction))
            .find(|(pattern, _)| {
                pattern
                    .exact
                    .as_ref()
                    .is_none_or(|exact| exact.is_match(text))
            })
            .map(|(_, rule)| rule)
    }
}

impl Rule {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The direction that it is limited to.
    pub fn direction(&self) -> Option<Direction> {
        self.direction
    }

    /// What it makes of an entry, before money that comes in under a spending
    /// category is taken for a refund.
    pub fn meaning(&self) -> (Flow, Category) {
        (self.flow, self.category)
    }
}

/// Characters of a text that rules look at.
const SEARCHED_MAX: usize = 400;

/// The text that rules look at: description and the other party's name joined
/// by ` / `, in Unicode's form NFKC, runs of white space made one space, the
/// first 400 characters.
pub fn searched(description: &str, counterparty: &str) -> String {
    // Sources repeat the name in what it was for.
    let counterparty = if description.contains(counterparty.trim()) {
        ""
    } else {
        counterparty
    };
    let joint = if description.trim().is_empty() || counterparty.is_empty() {
        ""
    } else {
        " / "
    };
    // Bounded before normalising too: one character may become eighteen.
    let bounded = |text: &'_ str| text.chars().take(SEARCHED_MAX).collect::<String>();
    let joined = format!("{}{joint}{}", bounded(description), bounded(counterparty));
    let mut text = String::with_capacity(joined.len());
    let mut space = true;
    for char in joined.nfkc().take(SEARCHED_MAX) {
        if char.is_whitespace() || char.is_control() {
            if !space {
                text.push(' ');
            }
            space = true;
        } else {
            text.push(char);
            space = false;
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests;
