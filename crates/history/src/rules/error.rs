//! What can be wrong with a rule file.

use std::fmt;

use super::Rules;

/// Why a rule file is refused: which rule, which of its patterns, what is wrong,
/// what to do. The caller adds the file's name.
#[derive(Debug)]
pub struct RulesError(Box<Located>);

#[derive(Debug)]
struct Located {
    rule: Option<String>,
    pattern: Option<String>,
    fault: RulesFault,
}

impl RulesError {
    pub(super) fn new(fault: RulesFault) -> Self {
        Self(Box::new(Located {
            rule: None,
            pattern: None,
            fault,
        }))
    }

    pub(super) fn in_rule(mut self, name: &str) -> Self {
        self.0.rule = Some(name.to_owned());
        self
    }

    pub(super) fn in_pattern(mut self, label: &str) -> Self {
        self.0.pattern = Some(label.to_owned());
        self
    }

    /// The rule at fault: its name, or `number N` if it has none of its own.
    pub fn rule(&self) -> Option<&str> {
        self.0.rule.as_deref()
    }

    /// The label of the pattern at fault.
    pub fn pattern(&self) -> Option<&str> {
        self.0.pattern.as_deref()
    }

    /// What is wrong.
    pub fn fault(&self) -> &RulesFault {
        &self.0.fault
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Located {
            rule,
            pattern,
            fault,
        } = &*self.0;
        f.write_str("rules: ")?;
        if let Some(rule) = rule {
            write!(f, "rule {rule}: ")?;
        }
        if let Some(pattern) = pattern {
            write!(f, "pattern {pattern:?}: ")?;
        }
        write!(f, "{fault}")
    }
}

impl std::error::Error for RulesError {}

/// What is wrong with a rule file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesFault {
    /// The file is too large.
    #[error("larger than {max} bytes; want fewer rules", max = Rules::BYTES_MAX)]
    TooLarge,
    /// Not TOML of the shape expected.
    #[error("{0}")]
    Toml(Box<toml::de::Error>),
    /// A version that is not known.
    #[error("version: got {got}; want 1")]
    Version {
        /// The version that stands there.
        got: u32,
    },
    /// More rules than are taken.
    #[error("got {got} rules; want at most {max}")]
    TooMany {
        /// How many there are.
        got: usize,
        /// How many are taken.
        max: usize,
    },
    /// A name that is none.
    #[error("want a name of 1 to 60 letters, digits, '-', '_' and '.'")]
    Name,
    /// A name twice.
    #[error("a rule of that name stands before it; rename one of them")]
    Twice,
    /// A category beside a flow that carries none.
    #[error(
        "only expenditure and refund_reversal carry a category; leave it out, or want another flow"
    )]
    NoCategory,
    /// No pattern.
    #[error("no pattern; want at least one such as en = '\\bgrocer'")]
    NoPattern,
    /// A pattern that is too long.
    #[error("got {got} characters; want at most {max}, perhaps in several rules")]
    LongPattern {
        /// How many there are.
        got: usize,
        /// How many are taken.
        max: usize,
    },
    /// Not a regular expression, or one that is too large when built.
    #[error("not a regular expression that can be used: {0}")]
    Pattern(String),
    /// A pattern that fits every text.
    #[error(
        "fits every text, the empty one too; is an alternative empty? \
         for every text that is not empty write '.'"
    )]
    FitsAll,
    /// All patterns together are too large.
    #[error("the patterns together are too large to build; want fewer or shorter ones")]
    Together,
}
