//! The model card: what a provider says about a scorecard beyond its points.
//!
//! After Mitchell et al., *Model Cards for Model Reporting* (FAT* 2019), cut to
//! what a scorecard's reader needs: whom to ask, what the card is for, from
//! which data it was made, how well it separates and for whom, what it does not
//! use, where it fails. It is an optional member of the scorecard's JSON and,
//! when there, in the digest: a provider cannot change it quietly. A card
//! without one keeps the digest that it always had.
//!
//! What can be computed is not stated: which lines a scorecard reads, and how
//! much hangs on each, is [`Scorecard::lines_used`](crate::Scorecard), so that
//! it cannot differ from the points.
//!
//! ```
//! use blindscore_scorecard::model_card::ModelCard;
//! let card: ModelCard = serde_json::from_str(r#"{
//!     "contact": "models@lender.example",
//!     "intended_use": "consumer loans up to 5,000 EUR",
//!     "training_data": {"description": "invented points; not trained on data"},
//!     "does_not_use": ["age", "sex", "address"],
//!     "limitations": ["says nothing about people without an account"],
//!     "date": "2026-11-01"
//! }"#)?;
//! assert_eq!(card.training_data.rows, None);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod figure;
mod show;

use std::ops::Deref;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use figure::{Decimal, DecimalError, Figure, Interval};

use crate::error::TextFault;
use crate::text;

/// Longest text of a model card, in characters.
pub const TEXT_CHARS_MAX: usize = 1_000;
/// Longest name of a figure or a sample, in characters.
pub const FIGURE_CHARS_MAX: usize = 120;
/// The most entries of one list.
pub const ENTRIES_MAX: usize = 64;
/// The largest count: what canonical JSON writes exactly.
pub const COUNT_MAX: u64 = (1 << 53) - 1;

/// A model card, valid by construction; read its members through `Deref`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ModelCardContent", into = "ModelCardContent")]
pub struct ModelCard(ModelCardContent);

/// What a model card says, before it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCardContent {
    /// Where people reach whoever answers for the scorecard.
    pub contact: String,
    /// What decisions it is made for.
    pub intended_use: String,
    /// From which data it was made, or that it was made from none.
    pub training_data: TrainingData,
    /// How well it separates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation: Vec<Figure>,
    /// How it treats groups of people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fairness: Vec<Figure>,
    /// What was left out on purpose.
    pub does_not_use: Vec<String>,
    /// Where it fails, or was not tried.
    pub limitations: Vec<String>,
    /// The day that all this was true of, as `2026-11-01`.
    #[serde(with = "day")]
    pub date: Date,
}

/// The data behind a scorecard. What is not known is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingData {
    /// Where they come from and how points came of them.
    pub description: String,
    /// Whose data they are.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub population: Option<String>,
    /// From when they are.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub period: Option<String>,
    /// What counts as bad.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub outcome: Option<String>,
    /// How many people or loans.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub rows: Option<u64>,
    /// How many of them were bad.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub bads: Option<u64>,
}

/// Why a model card was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelCardError {
    /// A text is unusable.
    #[error("model card: `{field}` {fault}")]
    Text {
        /// The JSON field.
        field: String,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// A list is empty where something must be said, or too long.
    #[error("model card: `{field}` has {got} entries; want {least} to {ENTRIES_MAX}")]
    Entries {
        /// The JSON field.
        field: &'static str,
        /// How many there are.
        got: usize,
        /// The fewest.
        least: usize,
    },
    /// A count is out of bounds.
    #[error("model card: `training_data.{field}` is {got}; want 1 to {COUNT_MAX}, or leave it out")]
    Count {
        /// The JSON field.
        field: &'static str,
        /// Its value.
        got: u64,
    },
    /// More bad than there are.
    #[error("model card: `training_data.bads` is {bads} of {rows} rows; want fewer")]
    Bads {
        /// The bads.
        bads: u64,
        /// The rows.
        rows: u64,
    },
    /// An interval that does not hold its figure.
    #[error("model card: `{field}.interval` does not hold the value; want low <= value <= high")]
    Interval {
        /// The figure.
        field: String,
    },
}

impl ModelCard {
    /// Checks a model card.
    ///
    /// # Errors
    /// [`ModelCardError`] names the member at fault.
    pub fn new(content: ModelCardContent) -> Result<Self, ModelCardError> {
        content.check()?;
        Ok(Self(content))
    }
}

impl Deref for ModelCard {
    type Target = ModelCardContent;

    fn deref(&self) -> &ModelCardContent {
        &self.0
    }
}

impl TryFrom<ModelCardContent> for ModelCard {
    type Error = ModelCardError;

    fn try_from(content: ModelCardContent) -> Result<Self, ModelCardError> {
        Self::new(content)
    }
}

impl From<ModelCard> for ModelCardContent {
    fn from(card: ModelCard) -> Self {
        card.0
    }
}

impl ModelCardContent {
    fn check(&self) -> Result<(), ModelCardError> {
        plain("contact", &self.contact, TEXT_CHARS_MAX)?;
        plain("intended_use", &self.intended_use, TEXT_CHARS_MAX)?;
        self.training_data.check()?;
        for (field, figures) in [
            ("validation", &self.validation),
            ("fairness", &self.fairness),
        ] {
            entries(field, figures.len(), 0)?;
            for (index, figure) in figures.iter().enumerate() {
                figure.check(&format!("{field}[{index}]"))?;
            }
        }
        for (field, texts) in [
            ("does_not_use", &self.does_not_use),
            ("limitations", &self.limitations),
        ] {
            entries(field, texts.len(), 1)?;
            for (index, text) in texts.iter().enumerate() {
                plain(&format!("{field}[{index}]"), text, TEXT_CHARS_MAX)?;
            }
        }
        Ok(())
    }
}

impl TrainingData {
    fn check(&self) -> Result<(), ModelCardError> {
        let texts = [
            ("description", Some(&self.description)),
            ("population", self.population.as_ref()),
            ("period", self.period.as_ref()),
            ("outcome", self.outcome.as_ref()),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                plain(&format!("training_data.{field}"), text, TEXT_CHARS_MAX)?;
            }
        }
        for (field, count) in [("rows", self.rows), ("bads", self.bads)] {
            match count {
                Some(got) if !(1..=COUNT_MAX).contains(&got) => {
                    return Err(ModelCardError::Count { field, got });
                }
                _ => {}
            }
        }
        match (self.rows, self.bads) {
            (Some(rows), Some(bads)) if bads >= rows => Err(ModelCardError::Bads { bads, rows }),
            _ => Ok(()),
        }
    }
}

fn plain(field: &str, text: &str, chars_max: usize) -> Result<(), ModelCardError> {
    text::check(text, chars_max).map_err(|fault| ModelCardError::Text {
        field: field.to_owned(),
        fault,
    })
}

fn entries(field: &'static str, got: usize, least: usize) -> Result<(), ModelCardError> {
    if (least..=ENTRIES_MAX).contains(&got) {
        Ok(())
    } else {
        Err(ModelCardError::Entries { field, got, least })
    }
}

/// A day in its one spelling, `2026-11-01`.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date: Option<Date> = text.parse().ok();
        date.filter(|date| date.to_string() == text)
            .ok_or_else(|| serde::de::Error::custom("not a day; want one as 2026-11-01"))
    }
}

#[cfg(test)]
mod tests;
