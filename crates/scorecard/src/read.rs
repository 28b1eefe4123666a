//! The JSON form of a scorecard, and the checks that turn it into a model.
//!
//! The digest is taken over the canonical JSON of the *model*, written by this
//! module, so white space and the order of fields do not change it; every
//! name, text and number does.

use std::collections::BTreeMap;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use blindscore_history::scheme::{Line, LineKind, Scheme};

use crate::attribute::{self, Attribute};
use crate::error::{CharacteristicFault, ScorecardError};
use crate::model::{Characteristic, ReasonCode, Scorecard};
use crate::scaling::{Scaling, ScalingError};
use crate::text::{self, NAME_CHARS_MAX};
use crate::{BASE_POINTS_MAX, CHARACTERISTICS_MAX, JSON_BYTES_MAX, POINTS_MAX, SPAN_MAX};

mod form;

pub(crate) use form::{
    RawAttribute, RawCharacteristic, RawNotKnown, RawReason, RawScaling, RawScorecard, given,
};

impl Scorecard {
    /// Reads and checks the JSON form, and binds it to `scheme`.
    pub fn from_json(json: &str, scheme: &Scheme) -> Result<Self, ScorecardError> {
        if json.len() > JSON_BYTES_MAX {
            return Err(ScorecardError::TooLarge { got: json.len() });
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let raw: RawScorecard =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
                ScorecardError::Json {
                    path: error.path().to_string(),
                    message: error.inner().to_string(),
                }
            })?;
        deserializer.end().map_err(|error| ScorecardError::Json {
            path: ".".into(),
            message: error.to_string(),
        })?;
        raw.check(scheme)
    }

    /// The JSON form, indented for people. Reading it gives the same
    /// scorecard and digest.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&RawScorecard::from(self))
            .expect("the form holds texts and integers only");
        json.push('\n');
        json
    }

    /// The canonical JSON (RFC 8785) that the digest covers.
    pub fn canonical_json(&self) -> String {
        RawScorecard::from(self).canonical()
    }
}

impl RawScorecard {
    /// Every check of a scorecard against its scheme.
    pub(crate) fn check(self, scheme: &Scheme) -> Result<Scorecard, ScorecardError> {
        if self.blindscore_scorecard != 1 {
            return Err(ScorecardError::Format {
                got: self.blindscore_scorecard,
            });
        }
        for (field, text) in [("name", &self.name), ("provider", &self.provider)] {
            text::check(text, NAME_CHARS_MAX)
                .map_err(|fault| ScorecardError::Text { field, fault })?;
        }
        if self.version == 0 {
            return Err(ScorecardError::Version);
        }
        let digest = scheme.digest();
        if self.scheme != digest {
            return Err(ScorecardError::AnotherScheme {
                got: self.scheme,
                want: digest,
                name: scheme.name().into(),
                version: scheme.version(),
            });
        }
        if self.base_points.unsigned_abs() > BASE_POINTS_MAX.unsigned_abs() {
            return Err(ScorecardError::BasePoints {
                got: self.base_points,
            });
        }
        let characteristics = check_characteristics(self.characteristics, scheme)?;
        let span = check_span(&characteristics)?;
        let least: i64 = characteristics.iter().map(Characteristic::least).sum();
        let mut card = Scorecard {
            name: self.name,
            provider: self.provider,
            version: self.version,
            scheme: digest,
            line_windows: scheme.line_windows().len(),
            base_points: self.base_points,
            raw_min: self.base_points + least,
            span,
            characteristics,
            scaling: self.scaling.check()?,
            model_card: self.model_card,
            digest,
        };
        card.digest = RawScorecard::from(&card).digest();
        Ok(card)
    }

    fn canonical(&self) -> String {
        serde_json_canonicalizer::to_string(self)
            .expect("the form holds texts and integers below 2^53 only")
    }

    fn digest(&self) -> Digest {
        Framed::new(label::SCORECARD)
            .bytes(self.canonical().as_bytes())
            .digest()
    }
}

fn check_characteristics(
    raw: Vec<RawCharacteristic>,
    scheme: &Scheme,
) -> Result<Vec<Characteristic>, ScorecardError> {
    if raw.is_empty() || raw.len() > CHARACTERISTICS_MAX {
        return Err(ScorecardError::CharacteristicCount { got: raw.len() });
    }
    let checked: Vec<Characteristic> = raw
        .into_iter()
        .enumerate()
        .map(|(index, raw)| raw.check(index + 1, scheme))
        .collect::<Result<_, _>>()?;
    check_names(&checked)?;
    check_reasons(&checked)?;
    Ok(checked)
}

fn check_names(characteristics: &[Characteristic]) -> Result<(), ScorecardError> {
    let mut seen = BTreeMap::new();
    for (index, characteristic) in characteristics.iter().enumerate() {
        if let Some(first) = seen.insert(characteristic.name.as_str(), index) {
            return Err(ScorecardError::DuplicateName {
                name: characteristic.name.clone(),
                first: first + 1,
                second: index + 1,
            });
        }
    }
    Ok(())
}

/// A code may serve several characteristics, but it means one thing.
fn check_reasons(characteristics: &[Characteristic]) -> Result<(), ScorecardError> {
    let mut seen: BTreeMap<&str, &Characteristic> = BTreeMap::new();
    for characteristic in characteristics {
        let reason = &characteristic.reason;
        let earlier = seen.entry(reason.code()).or_insert(characteristic);
        if earlier.reason.text() != reason.text() {
            return Err(ScorecardError::ReasonTexts {
                characteristic: characteristic.name.clone(),
                code: reason.code().into(),
                earlier: earlier.name.clone(),
            });
        }
    }
    Ok(())
}

/// How many of the widest characteristics the message names.
const WIDEST_NAMED: usize = 3;

fn check_span(characteristics: &[Characteristic]) -> Result<u32, ScorecardError> {
    let mut spans: Vec<(i64, &str)> = characteristics
        .iter()
        .map(|c| (c.greatest() - c.least(), c.name.as_str()))
        .collect();
    // At most 255 characteristics of 2 * 10^6 each.
    let total: i64 = spans.iter().map(|(span, _)| span).sum();
    match u32::try_from(total) {
        Ok(span) if span <= SPAN_MAX => Ok(span),
        _ => {
            spans.sort_by_key(|&(span, _)| std::cmp::Reverse(span));
            let named: Vec<String> = spans
                .iter()
                .take(WIDEST_NAMED)
                .map(|(span, name)| format!("{name:?} ({span})"))
                .collect();
            Err(ScorecardError::Span {
                got: total,
                widest: named.join(", "),
            })
        }
    }
}

impl RawCharacteristic {
    fn check(self, number: usize, scheme: &Scheme) -> Result<Characteristic, ScorecardError> {
        text::check(&self.name, NAME_CHARS_MAX)
            .map_err(|fault| ScorecardError::CharacteristicName { number, fault })?;
        let name = self.name.clone();
        self.check_content(scheme)
            .map_err(|fault| ScorecardError::Characteristic {
                characteristic: name,
                fault,
            })
    }

    fn check_content(self, scheme: &Scheme) -> Result<Characteristic, CharacteristicFault> {
        let line_window = self.find(scheme)?;
        let found = &scheme.line_windows()[line_window];
        let adds_up = scheme.lines()[found.line].adds_up();
        let not_known = self.check_not_known(adds_up)?;
        let attributes: Vec<Attribute> = self.attributes.iter().map(Into::into).collect();
        attribute::check(&attributes, u32::from(!adds_up), found.level_max)?;
        let reason = ReasonCode::new(self.reason.code, self.reason.text).map_err(|error| {
            CharacteristicFault::Text {
                field: if error.field == "code" {
                    "reason.code"
                } else {
                    "reason.text"
                },
                fault: error.fault,
            }
        })?;
        if self.baseline.unsigned_abs() > POINTS_MAX.unsigned_abs() {
            return Err(CharacteristicFault::Baseline { got: self.baseline });
        }
        Ok(Characteristic {
            name: self.name,
            line_window,
            line: self.line,
            months: found.months,
            level_max: found.level_max,
            attributes,
            not_known,
            reason,
            baseline: self.baseline,
        })
    }

    /// The line-window that the characteristic names.
    fn find(&self, scheme: &Scheme) -> Result<usize, CharacteristicFault> {
        let Some(line) = scheme.lines().iter().find(|l| l.name() == self.line) else {
            let lines: Vec<_> = scheme.lines().iter().map(Line::name).collect();
            return Err(CharacteristicFault::UnknownLine {
                line: self.line.clone(),
                scheme: scheme.name().into(),
                lines: lines.join(", "),
            });
        };
        let windows = || {
            let windows: Vec<_> = line.windows().iter().map(ToString::to_string).collect();
            windows.join(", ")
        };
        let is_column = matches!(line.kind(), LineKind::Column(_));
        let months = match (self.window, is_column) {
            (None, true) => 0,
            (Some(_), true) => {
                return Err(CharacteristicFault::WindowOfColumn {
                    line: self.line.clone(),
                });
            }
            (None, false) => {
                return Err(CharacteristicFault::MissingWindow {
                    line: self.line.clone(),
                    windows: windows(),
                });
            }
            (Some(months), false) => months,
        };
        scheme
            .find(&self.line, months)
            .ok_or_else(|| CharacteristicFault::UnknownWindow {
                line: self.line.clone(),
                got: months,
                windows: windows(),
            })
    }

    fn check_not_known(&self, adds_up: bool) -> Result<Option<i64>, CharacteristicFault> {
        let line = || self.line.clone();
        match (&self.not_known, adds_up) {
            (None, true) => Ok(None),
            (Some(_), true) => Err(CharacteristicFault::UnexpectedNotKnown { line: line() }),
            (None, false) => Err(CharacteristicFault::MissingNotKnown { line: line() }),
            (Some(raw), false) if raw.points.unsigned_abs() > POINTS_MAX.unsigned_abs() => {
                Err(CharacteristicFault::NotKnownPoints { got: raw.points })
            }
            (Some(raw), false) => Ok(Some(raw.points)),
        }
    }
}

impl RawScaling {
    fn check(self) -> Result<Scaling, ScalingError> {
        let scaling = Scaling::new(
            self.offset_millionths,
            self.factor_millionths,
            self.min,
            self.max,
        )?;
        match self.odds {
            Some(odds) => scaling.with_odds(odds),
            None => Ok(scaling),
        }
    }
}

#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
