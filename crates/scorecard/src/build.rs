//! A scorecard made by a program: by a trainer, an importer or a test. The
//! builder fills in the JSON form and goes through the same checks as a file.

use blindscore_history::scheme::Scheme;

use crate::error::ScorecardError;
use crate::model::Scorecard;
use crate::model_card::ModelCard;
use crate::read::{
    RawAttribute, RawCharacteristic, RawNotKnown, RawReason, RawScaling, RawScorecard,
};
use crate::scaling::Scaling;

/// Collects a scorecard; [`build`](Self::build) checks it.
///
/// ```
/// # use blindscore_history::scheme::Scheme;
/// use blindscore_scorecard::{CharacteristicBuilder, Scaling, ScorecardBuilder};
/// # let scheme = Scheme::from_json(r#"{"blindscore_scheme":1,"name":"example","version":1,
/// #   "currency":"EUR","sources_max":2,"spread":0,"tabular":false,"sensitive":{},"lines":[{"name":
/// #   "groceries","kind":"pooled","flows":["expenditure"],"categories":["FOOD"],"unit":20000,
/// #   "cap":30,"windows":[12]}]}"#)?;
/// let card = ScorecardBuilder::new("Example card", "Example Lender")
///     .base_points(500)
///     .characteristic(
///         CharacteristicBuilder::new("Groceries", "groceries", Some(12))
///             .attributes([(0, -20), (10, 35)]) // [0, 10) -20, [10, ..) 35
///             .reason("R01", "little spent on groceries")
///             .baseline(35),
///     )
///     .scaling(Scaling::new(0, 1_000_000, 300, 850)?)
///     .build(&scheme)?;
/// assert_eq!(card.span(), 55);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ScorecardBuilder {
    name: String,
    provider: String,
    version: u32,
    base_points: i64,
    characteristics: Vec<RawCharacteristic>,
    scaling: Option<Scaling>,
    model_card: Option<ModelCard>,
}

impl ScorecardBuilder {
    /// A scorecard without characteristics: version 1, base points 0,
    /// published as raw points between 0 and 1000.
    pub fn new(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            provider: provider.into(),
            version: 1,
            base_points: 0,
            characteristics: Vec::new(),
            scaling: None,
            model_card: None,
        }
    }

    /// Sets the version, counted from 1.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Sets the points that everybody starts with.
    #[must_use]
    pub fn base_points(mut self, points: i64) -> Self {
        self.base_points = points;
        self
    }

    /// Appends a characteristic.
    #[must_use]
    pub fn characteristic(mut self, characteristic: CharacteristicBuilder) -> Self {
        self.characteristics.push(characteristic.0);
        self
    }

    /// Sets the scale from raw points to the published score.
    #[must_use]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        self.scaling = Some(scaling);
        self
    }

    /// Sets the model card.
    #[must_use]
    pub fn model_card(mut self, card: ModelCard) -> Self {
        self.model_card = Some(card);
        self
    }

    /// Checks everything and binds the scorecard to `scheme`.
    pub fn build(self, scheme: &Scheme) -> Result<Scorecard, ScorecardError> {
        let scaling = match &self.scaling {
            Some(scaling) => RawScaling::from(scaling),
            None => RawScaling::from(&Scaling::new(0, 1_000_000, 0, 1_000)?),
        };
        RawScorecard {
            blindscore_scorecard: 1,
            name: self.name,
            provider: self.provider,
            version: self.version,
            scheme: scheme.digest(),
            base_points: self.base_points,
            characteristics: self.characteristics,
            scaling,
            model_card: self.model_card,
        }
        .check(scheme)
    }
}

/// Collects one characteristic of a [`ScorecardBuilder`].
#[derive(Debug, Clone)]
pub struct CharacteristicBuilder(RawCharacteristic);

impl CharacteristicBuilder {
    /// A characteristic over a line and window (`None` for a column), without
    /// attributes; baseline 0, reason code `NONE`.
    pub fn new(name: impl Into<String>, line: impl Into<String>, window: Option<u8>) -> Self {
        Self(RawCharacteristic {
            name: name.into(),
            line: line.into(),
            window,
            attributes: Vec::new(),
            not_known: None,
            reason: RawReason {
                code: "NONE".into(),
                text: "no reason given".into(),
            },
            baseline: 0,
        })
    }

    /// Sets all attributes as pairs of lowest level and points, ascending;
    /// each ends where the next starts.
    #[must_use]
    pub fn attributes(mut self, cuts: impl IntoIterator<Item = (u32, i64)>) -> Self {
        let cuts: Vec<_> = cuts.into_iter().collect();
        let ends = cuts.iter().skip(1).map(|&(from, _)| Some(from));
        self.0.attributes = cuts
            .iter()
            .zip(ends.chain([None]))
            .map(|(&(from, points), to)| RawAttribute { from, to, points })
            .collect();
        self
    }

    /// Sets the points for not known: for single and column lines only.
    #[must_use]
    pub fn not_known(mut self, points: i64) -> Self {
        self.0.not_known = Some(RawNotKnown { points });
        self
    }

    /// Sets the reason code and its text.
    #[must_use]
    pub fn reason(mut self, code: impl Into<String>, text: impl Into<String>) -> Self {
        self.0.reason = RawReason {
            code: code.into(),
            text: text.into(),
        };
        self
    }

    /// Sets the points from which a shortfall is counted.
    #[must_use]
    pub fn baseline(mut self, points: i64) -> Self {
        self.0.baseline = points;
        self
    }
}
