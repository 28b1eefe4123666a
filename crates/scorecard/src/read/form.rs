//! The scorecard as its JSON has it, before any check of meaning, and the way
//! back from the model.

use blindscore_history::digest::Digest;
use serde::{Deserialize, Deserializer, Serialize};

use crate::attribute::Attribute;
use crate::model::{Characteristic, Scorecard};
use crate::model_card::ModelCard;
use crate::scaling::{Odds, Scaling};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScorecard {
    pub(crate) blindscore_scorecard: u32,
    pub(crate) name: String,
    pub(crate) provider: String,
    pub(crate) version: u32,
    pub(crate) scheme: Digest,
    pub(crate) base_points: i64,
    pub(crate) characteristics: Vec<RawCharacteristic>,
    pub(crate) scaling: RawScaling,
    /// Left out when there is none: cards from before model cards keep their
    /// digests.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) model_card: Option<ModelCard>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCharacteristic {
    pub(crate) name: String,
    pub(crate) line: String,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) window: Option<u8>,
    pub(crate) attributes: Vec<RawAttribute>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) not_known: Option<RawNotKnown>,
    pub(crate) reason: RawReason,
    pub(crate) baseline: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAttribute {
    pub(crate) from: u32,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) to: Option<u32>,
    pub(crate) points: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawNotKnown {
    pub(crate) points: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReason {
    pub(crate) code: String,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScaling {
    pub(super) offset_millionths: i64,
    pub(super) factor_millionths: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) odds: Option<Odds>,
}

/// A field that may be left out but not be `null`: one model, one form.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}

impl From<&RawAttribute> for Attribute {
    fn from(raw: &RawAttribute) -> Self {
        Self {
            from: raw.from,
            to: raw.to,
            points: raw.points,
        }
    }
}

impl From<&Scorecard> for RawScorecard {
    fn from(card: &Scorecard) -> Self {
        Self {
            blindscore_scorecard: 1,
            name: card.name.clone(),
            provider: card.provider.clone(),
            version: card.version,
            scheme: card.scheme,
            base_points: card.base_points,
            characteristics: card.characteristics.iter().map(Into::into).collect(),
            scaling: (&card.scaling).into(),
            model_card: card.model_card.clone(),
        }
    }
}

impl From<&Characteristic> for RawCharacteristic {
    fn from(characteristic: &Characteristic) -> Self {
        let attribute = |a: &Attribute| RawAttribute {
            from: a.from,
            to: a.to,
            points: a.points,
        };
        Self {
            name: characteristic.name.clone(),
            line: characteristic.line.clone(),
            window: Some(characteristic.months).filter(|&months| months > 0),
            attributes: characteristic.attributes.iter().map(attribute).collect(),
            not_known: characteristic
                .not_known
                .map(|points| RawNotKnown { points }),
            reason: RawReason {
                code: characteristic.reason.code().into(),
                text: characteristic.reason.text().into(),
            },
            baseline: characteristic.baseline,
        }
    }
}

impl From<&Scaling> for RawScaling {
    fn from(scaling: &Scaling) -> Self {
        Self {
            offset_millionths: scaling.offset_millionths(),
            factor_millionths: scaling.factor_millionths(),
            min: scaling.min(),
            max: scaling.max(),
            odds: scaling.odds().cloned(),
        }
    }
}
