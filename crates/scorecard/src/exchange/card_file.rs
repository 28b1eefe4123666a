//! A scorecard and the scheme that it stands on, in one file.
//!
//! A scorecard names its scheme by digest only. Whoever imports or fits one
//! gets both at once and wants to apply it to the next table without looking
//! for the other half, so they travel together. Where whole points could not
//! hold what was imported, the points as imported travel too.

use blindscore_history::decimal::Decimal;
use blindscore_history::scheme::{Scheme, SchemeError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::ScorecardError;
use crate::model::{ReasonCode, Scorecard};
use crate::score::ScoreError;
use crate::{BASE_POINTS_MAX, JSON_BYTES_MAX, POINTS_MAX};

/// A scorecard with its scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    scheme: Scheme,
    scorecard: Scorecard,
    original: Option<Original>,
}

/// The points as the imported file has them, where they are not the
/// scorecard's own: not whole, more finely graded than encryption carries, or
/// counted the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// Digits after the point of the numbers below, which are without it.
    pub(crate) decimals: u8,
    /// Points that everybody starts with.
    pub(crate) base_points: i64,
    /// For each characteristic the points of level 0, 1, ….
    pub(crate) points: Vec<Vec<i64>>,
    /// For each characteristic the points from which a shortfall is counted.
    pub(crate) baselines: Vec<i64>,
}

/// One row scored: what the imported file would give, and what encryption
/// publishes. Holds a person's score, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Applied {
    /// The score, as exactly as the imported points say it.
    pub score: Decimal,
    /// The points of each characteristic, in card order.
    pub points: Vec<Decimal>,
    /// The score that an encrypted evaluation publishes.
    pub published: i64,
}

/// Why a card file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardFileError {
    /// The file is larger than what is read.
    #[error("card file: got {got} bytes; want at most {max}")]
    TooLarge {
        /// Its size.
        got: usize,
        /// The most that is read.
        max: usize,
    },
    /// The file is not of the form.
    #[error("card file: {message}")]
    Json {
        /// What the parser says, with the place.
        message: String,
    },
    /// The file is of a version that this program does not know.
    #[error("card file: `blindscore_card` is {got}; want 1, or a newer program")]
    Format {
        /// The version in the file.
        got: u32,
    },
    /// The scheme in it.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// The scorecard in it.
    #[error(transparent)]
    Scorecard(#[from] ScorecardError),
    /// The points as imported do not belong to the scorecard.
    #[error("card file: `original` {fault}; import the scorecard again")]
    Original {
        /// What does not fit.
        fault: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCardFile<'a> {
    blindscore_card: u32,
    #[serde(borrow)]
    scheme: &'a RawValue,
    #[serde(borrow)]
    scorecard: &'a RawValue,
    original: Option<Original>,
}

#[derive(Serialize)]
struct WrittenCardFile<'a> {
    blindscore_card: u32,
    scheme: &'a RawValue,
    scorecard: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a Original>,
}

/// What a text would need to hold to be taken for a card file.
#[derive(Deserialize)]
struct Mark {
    blindscore_card: Option<serde::de::IgnoredAny>,
}

/// The most digits after the point of points as imported.
pub(crate) const DECIMALS_MAX: u8 = 9;

impl CardFile {
    /// The JSON Schema of the file form (draft 2020-12). What scheme and
    /// scorecard are, their own schemas say.
    pub const JSON_SCHEMA: &str = include_str!("../../schema/card.schema.json");

    /// The largest card file that is read, in bytes: scheme, scorecard, and
    /// points as imported.
    pub const JSON_MAX: usize = 2 * (Scheme::JSON_MAX + JSON_BYTES_MAX);

    /// A scorecard with the scheme that it stands on.
    ///
    /// # Errors
    /// If it stands on another.
    pub fn new(scheme: Scheme, scorecard: Scorecard) -> Result<Self, ScoreError> {
        scorecard.check_scheme(&scheme)?;
        Ok(Self {
            scheme,
            scorecard,
            original: None,
        })
    }

    /// The same with the points as imported.
    pub(crate) fn with_original(self, original: Option<Original>) -> Result<Self, CardFileError> {
        if let Some(original) = &original {
            original
                .check(&self.scorecard)
                .map_err(|fault| CardFileError::Original { fault })?;
        }
        Ok(Self { original, ..self })
    }

    /// Whether a text is meant to be a card file: a JSON object with
    /// `blindscore_card`. It may still be refused.
    pub fn is_one(text: &str) -> bool {
        text.contains("\"blindscore_card\"")
            && serde_json::from_str::<Mark>(text).is_ok_and(|mark| mark.blindscore_card.is_some())
    }

    /// Reads the file form.
    ///
    /// # Errors
    /// If it is not of that form, or its parts are not what they should be.
    pub fn from_json(text: &str) -> Result<Self, CardFileError> {
        if text.len() > Self::JSON_MAX {
            return Err(CardFileError::TooLarge {
                got: text.len(),
                max: Self::JSON_MAX,
            });
        }
        let raw: RawCardFile<'_> =
            serde_json::from_str(text).map_err(|error| CardFileError::Json {
                message: error.to_string(),
            })?;
        if raw.blindscore_card != 1 {
            return Err(CardFileError::Format {
                got: raw.blindscore_card,
            });
        }
        let scheme = Scheme::from_json(raw.scheme.get())?;
        let scorecard = Scorecard::from_json(raw.scorecard.get(), &scheme)?;
        let whole = Self {
            scheme,
            scorecard,
            original: None,
        };
        whole.with_original(raw.original)
    }

    /// The file form. Reading it gives an equal card.
    pub fn to_json(&self) -> String {
        let raw = |text: &str| {
            RawValue::from_string(text.trim().to_owned()).expect("both forms are written as JSON")
        };
        let (scheme, scorecard) = (raw(&self.scheme.to_json()), raw(&self.scorecard.to_json()));
        let file = WrittenCardFile {
            blindscore_card: 1,
            scheme: &scheme,
            scorecard: &scorecard,
            original: self.original.as_ref(),
        };
        let mut text =
            serde_json::to_string_pretty(&file).expect("the form holds texts and integers only");
        text.push('\n');
        text
    }

    /// The scheme.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The scorecard.
    pub fn scorecard(&self) -> &Scorecard {
        &self.scorecard
    }

    /// The points as imported, where they are not the scorecard's own.
    pub fn original(&self) -> Option<&Original> {
        self.original.as_ref()
    }

    /// Scores levels, one a line-window of the scheme.
    ///
    /// # Errors
    /// If the levels are not the scheme's.
    pub fn apply(&self, levels: &[u32]) -> Result<Applied, ScoreError> {
        let published = self.scorecard.score_levels(levels)?.published;
        let characteristics = self.scorecard.characteristics();
        let level = |index: usize| levels[characteristics[index].line_window()];
        let Some(original) = &self.original else {
            let points = characteristics.iter().enumerate();
            return Ok(Applied {
                score: published.into(),
                points: points
                    .map(|(index, c)| c.points_at(level(index)).into())
                    .collect(),
                published,
            });
        };
        let points: Vec<i64> = (original.points.iter().enumerate())
            .map(|(index, points)| points[level(index) as usize])
            .collect();
        let score = original.base_points + points.iter().sum::<i64>();
        let decimal = |number| Decimal::scaled_down(number, original.decimals);
        Ok(Applied {
            score: decimal(score),
            points: points.into_iter().map(decimal).collect(),
            published,
        })
    }
}

impl CardFile {
    /// The reasons for points lost at these levels, the largest shortfall
    /// first.
    ///
    /// # Errors
    /// If the levels are not the scheme's.
    pub fn reasons(&self, levels: &[u32]) -> Result<Vec<ReasonCode>, ScoreError> {
        let points = self.scorecard.score_levels(levels);
        points.map(|_| self.scorecard.reasons_at(levels))
    }
}

impl Original {
    /// Digits after the point.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// Points that everybody starts with.
    pub fn base_points(&self) -> Decimal {
        Decimal::scaled_down(self.base_points, self.decimals)
    }

    /// The points of a characteristic at a level.
    pub fn points(&self, characteristic: usize, level: u32) -> Option<Decimal> {
        let points = self.points.get(characteristic)?.get(level as usize)?;
        Some(Decimal::scaled_down(*points, self.decimals))
    }

    /// The points from which a characteristic's shortfall is counted.
    pub fn baseline(&self, characteristic: usize) -> Option<Decimal> {
        let baseline = self.baselines.get(characteristic)?;
        Some(Decimal::scaled_down(*baseline, self.decimals))
    }

    /// They must say what the scorecard says, but for its rounding: each
    /// characteristic's points rise and fall as the scorecard's, within one
    /// step of it.
    fn check(&self, card: &Scorecard) -> Result<(), String> {
        if self.decimals > DECIMALS_MAX {
            return Err(format!(
                "has {} decimals; want at most {DECIMALS_MAX}",
                self.decimals
            ));
        }
        let one = 10_i64.pow(u32::from(self.decimals));
        if self.base_points.unsigned_abs() > (BASE_POINTS_MAX * one).unsigned_abs() {
            return Err("has base points out of bounds".to_owned());
        }
        let characteristics = card.characteristics();
        for got in [self.points.len(), self.baselines.len()] {
            let want = characteristics.len();
            if got != want {
                return Err(format!("has points of {got} characteristics; want {want}"));
            }
        }
        let too_large = |p: &&i64| p.unsigned_abs() > (POINTS_MAX * one).unsigned_abs();
        if self.baselines.iter().any(|p| too_large(&p)) {
            return Err("has baselines out of bounds".to_owned());
        }
        // Where points count risk, only the published score is turned round.
        let factor = i128::from(card.scaling().factor_millionths()).abs();
        let to_billionths = 10_i128.pow(u32::from(DECIMALS_MAX - self.decimals));
        for (points, characteristic) in self.points.iter().zip(characteristics) {
            let name = characteristic.name();
            let table = characteristic.points_table();
            if points.len() != table.len() {
                return Err(format!(
                    "{name:?} has {} levels; want {}",
                    points.len(),
                    table.len()
                ));
            }
            if points.iter().any(|p| too_large(&p)) {
                return Err(format!("{name:?} has points out of bounds"));
            }
            // Differences to level 0, in billionths, against those of the card.
            for (original, own) in points.iter().zip(&table) {
                let original = i128::from(original - points[0]) * to_billionths;
                let own = i128::from(own - table[0]) * factor * 1_000;
                if (original - own).abs() > factor * 1_000 + 1_000_000 {
                    return Err(format!("{name:?} contradicts the scorecard's points"));
                }
            }
        }
        Ok(())
    }
}
