//! How one bank lays out its CSV, written down in TOML.
//!
//! ```toml
//! name = "my-bank"             # for choosing it and for messages
//! delimiter = ";"              # default ","
//! encoding = "windows-1252"    # a label of the WHATWG encoding standard, default "utf-8";
//!                              # a file that starts as UTF-8 beyond ASCII is read as that
//! currency = "EUR"             # unless a column says it
//! order = "inferred"           # of dates: or "ascending", "descending", "any"
//! multiline = false            # whether quoted text may run over lines
//! detect = ["Datum", "Betrag"] # columns that tell this layout; default: all named below
//!
//! [date]
//! column = "Datum"
//! format = "%d.%m.%Y"          # as in strptime
//!
//! [amount]                     # one of three modes
//! mode = "signed"              # column, positive = "in" (default) or "out"
//! column = "Betrag"
//! # mode = "debit_credit"      # debit, credit, signed_debits = false
//! # mode = "indicator"         # column, indicator, in = ["CRDT"], out = ["DBIT"]
//!
//! [number]
//! decimal = ","                # default "."
//! thousands = "."              # default: none
//!
//! [columns]                    # all optional
//! currency = "Währung"
//! description = "Buchungstext" # read by rules and for derived ids, never kept
//! counterparty = "Empfänger"   # the other party's name and account: read by rules,
//! counterparty_account = "Konto" # never kept
//! id = "Referenz"
//! account = "IBAN"             # tells accounts apart in derived ids
//! balance = "Saldo"
//! mcc = "MCC"
//! flow = "Art"
//! category = "Kategorie"
//!
//! [[rules]]                    # for entries without a known merchant code; the first that fits
//! column = "Umsatzart"         # default: the description
//! contains = "gehalt"          # or equals; case does not matter
//! direction = "in"             # optional
//! flow = "income"
//! category = "UNCLASSIFIED"    # default
//! ```
//!
//! Columns are named as in the header, capitals and all. A file must have the
//! columns of date, amount, currency and rules; the others may be absent.

mod raw;
mod shape;

use std::sync::LazyLock;

use encoding_rs::Encoding;

use crate::money::{AmountStyle, AmountStyleError, Currency};

pub(super) use shape::{AmountRule, OrderRule, Rule};
use shape::{Columns, DateRule};

/// The layout of a CSV export: valid by construction.
#[derive(Clone, Debug)]
pub struct CsvProfile {
    name: String,
    delimiter: u8,
    encoding: &'static Encoding,
    currency: Option<Currency>,
    order: OrderRule,
    multiline: bool,
    detect: Vec<String>,
    pub(super) date: DateRule,
    pub(super) amount: AmountRule,
    pub(super) style: AmountStyle,
    pub(super) columns: Columns,
    pub(super) rules: Vec<Rule>,
}

const BUILTIN: [&str; 13] = [
    include_str!("../../../data/profiles/blindscore.toml"),
    include_str!("../../../data/profiles/us-signed.toml"),
    include_str!("../../../data/profiles/uk-debit-credit.toml"),
    include_str!("../../../data/profiles/de-semicolon.toml"),
    include_str!("../../../data/profiles/us-checking.toml"),
    include_str!("../../../data/profiles/us-card.toml"),
    include_str!("../../../data/profiles/us-card-debit-credit.toml"),
    include_str!("../../../data/profiles/de-camt.toml"),
    include_str!("../../../data/profiles/nl-indicator.toml"),
    include_str!("../../../data/profiles/fr-debit-credit.toml"),
    include_str!("../../../data/profiles/es-signed.toml"),
    include_str!("../../../data/profiles/in-withdrawal-deposit.toml"),
    include_str!("../../../data/profiles/br-signed.toml"),
];

impl CsvProfile {
    /// The profiles compiled in: `blindscore` (the layout of the bundled demo),
    /// and the layouts of banks of several countries under `data/profiles`.
    pub fn builtin() -> &'static [Self] {
        static PROFILES: LazyLock<Vec<CsvProfile>> = LazyLock::new(|| {
            let read = |text| CsvProfile::from_toml(text).expect("a test reads those compiled in");
            BUILTIN.into_iter().map(read).collect()
        });
        &PROFILES
    }

    /// The profile compiled in under that name.
    pub fn named_builtin(name: &str) -> Option<&'static Self> {
        Self::builtin().iter().find(|profile| profile.name == name)
    }

    /// Reads a profile; the [module docs](self) list what it says.
    ///
    /// # Errors
    /// If the text is not TOML of this shape, or a value cannot be.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        raw::parse(text)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The currency of every file of this layout, if it is fixed.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    pub(super) fn order(&self) -> OrderRule {
        self.order
    }

    pub(super) fn multiline(&self) -> bool {
        self.multiline
    }

    /// Columns without which a file cannot be read.
    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        let date = std::iter::once(&self.date.column);
        let rules = self.rules.iter().filter_map(|rule| rule.column.as_ref());
        let described = self.rules.iter().any(|rule| rule.column.is_none());
        let description = self.columns.description.as_ref().filter(|_| described);
        let all = date
            .chain(self.amount.columns())
            .chain(&self.columns.currency);
        all.chain(rules).chain(description).map(String::as_str)
    }

    /// Every column that the profile names; some perhaps more than once.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.required().chain(self.columns.all())
    }

    /// Columns by which a header is told to be of this layout.
    pub(super) fn detect(&self) -> impl Iterator<Item = &str> {
        let named = self.detect.is_empty().then(|| self.named());
        self.detect
            .iter()
            .map(String::as_str)
            .chain(named.into_iter().flatten())
    }
}

/// What is wrong with a profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML of the shape expected.
    #[error("profile: {0}")]
    Toml(Box<toml::de::Error>),
    /// A text that must not be empty.
    #[error("profile: empty name or column; want the text as in the file's header")]
    Empty,
    /// Not a delimiter.
    #[error("profile: bad delimiter; want one ASCII character other than a quote or a line end")]
    Delimiter,
    /// An encoding nobody knows.
    #[error("profile: unknown encoding; want a label of the WHATWG encoding standard")]
    Encoding,
    /// Separators that cannot be.
    #[error("profile: {0}")]
    Number(#[from] AmountStyleError),
    /// A separator of several characters.
    #[error("profile: a separator of numbers must be one character")]
    Separator,
    /// A date format that does not give a day.
    #[error("profile: bad date format; want year, month and day as in \"%d.%m.%Y\"")]
    DateFormat,
    /// A currency both fixed and in a column.
    #[error("profile: a fixed currency and a currency column; keep one of them")]
    TwoCurrencies,
    /// Indicator words that do not tell in from out.
    #[error("profile: words for in and out; want at least one each and none for both")]
    Indicator,
    /// A rule that says nothing or too much.
    #[error("profile: rule {0}: want exactly one of contains and equals, not empty")]
    RuleTest(usize),
    /// A rule about a description that no column holds.
    #[error("profile: rule {0}: no column; name one, or the description column")]
    RuleColumn(usize),
    /// A rule that gives a category to a flow without one.
    #[error("profile: rule {0}: only expenditure and refund_reversal carry a category")]
    RuleCategory(usize),
}
