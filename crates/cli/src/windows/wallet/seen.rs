//! A score that passed every check, as the wallet shows it: kept so that the
//! history can be read without opening anything again. Never in a log, hence no
//! `Debug`.

use blindscore_client::applicant::CheckedScore;
use blindscore_history::digest::Digest;
use blindscore_scorecard::Scorecard;
use serde::{Deserialize, Serialize};

/// A checked score with what led to it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    pub(super) scorecard: Digest,
    pub(super) name: String,
    pub(super) provider: String,
    pub(super) score: i64,
    pub(super) range: (i64, i64),
    pub(super) base_points: i64,
    /// Whether more points lower the score.
    pub(super) points_count_risk: bool,
    pub(super) points: Vec<SeenPoints>,
    pub(super) reasons: Vec<SeenReason>,
}

/// What one characteristic gave.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenPoints {
    pub(super) name: String,
    pub(super) attribute: String,
    pub(super) points: i64,
    pub(super) least: i64,
    pub(super) greatest: i64,
}

/// A reason, with the scorecard's code.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenReason {
    pub(super) code: String,
    pub(super) text: String,
}

impl Seen {
    /// What a review gave.
    pub(super) fn of(checked: &CheckedScore, scorecard: &Scorecard) -> Self {
        let explanation = checked.explanation();
        let points = explanation.points.iter().zip(scorecard.characteristics());
        let points = points.map(|(given, characteristic)| SeenPoints {
            name: given.name.clone(),
            attribute: given.attribute.clone(),
            points: given.points,
            least: characteristic.least(),
            greatest: characteristic.greatest(),
        });
        let reasons = explanation.reasons.iter().map(|reason| SeenReason {
            code: reason.code().to_owned(),
            text: reason.text().to_owned(),
        });
        Self {
            scorecard: scorecard.digest(),
            name: scorecard.name().to_owned(),
            provider: scorecard.provider().to_owned(),
            score: checked.opened().published(),
            range: scorecard.published_range(),
            base_points: explanation.base_points,
            points_count_risk: explanation.points_count_risk,
            points: points.collect(),
            reasons: reasons.collect(),
        }
    }
}
