//! The scorecard and its characteristics: read access to a model that is valid
//! by construction. Reading and checking is in `read`, scoring in
//! [`score`](crate::score).

use blindscore_history::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::error::TextFault;
use crate::model_card::ModelCard;
use crate::scaling::Scaling;
use crate::text;

/// A scorecard: characteristics with points, base points, and a scaling, bound
/// to a feature scheme by digest. Valid by construction.
///
/// ```
/// # use blindscore_history::scheme::Scheme;
/// use blindscore_scorecard::Scorecard;
/// # let scheme_json = r#"{"blindscore_scheme":1,"name":"example","version":1,"currency":"EUR",
/// #   "sources_max":2,"spread":0,"tabular":false,"sensitive":{},"lines":[{"name":"groceries",
/// #   "kind":"pooled","flows":["expenditure"],"categories":["FOOD"],"unit":20000,"cap":30,
/// #   "windows":[12]}]}"#;
/// # let scheme = Scheme::from_json(scheme_json)?;
/// let json = format!(r#"{{"blindscore_scorecard": 1, "name": "Example card",
///     "provider": "Example Lender", "version": 1, "scheme": "{}", "base_points": 500,
///     "characteristics": [{{"name": "Groceries", "line": "groceries", "window": 12,
///         "attributes": [{{"from": 0, "to": 10, "points": -20}}, {{"from": 10, "points": 35}}],
///         "reason": {{"code": "R01", "text": "little spent on groceries"}}, "baseline": 35}}],
///     "scaling": {{"offset_millionths": 0, "factor_millionths": 1000000,
///         "min": 300, "max": 850}}}}"#, scheme.digest());
/// let card = Scorecard::from_json(&json, &scheme)?;
/// assert_eq!((card.raw_min(), card.raw_max(), card.span()), (480, 535, 55));
/// assert_eq!(card.characteristics()[0].points_at(10), 35);
/// assert_eq!(card.published(55)?, 535);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecard {
    pub(crate) name: String,
    pub(crate) provider: String,
    pub(crate) version: u32,
    pub(crate) scheme: Digest,
    /// How many line-windows the scheme has: levels of another length belong
    /// to another scheme.
    pub(crate) line_windows: usize,
    pub(crate) base_points: i64,
    pub(crate) characteristics: Vec<Characteristic>,
    pub(crate) scaling: Scaling,
    pub(crate) model_card: Option<ModelCard>,
    pub(crate) raw_min: i64,
    pub(crate) span: u32,
    pub(crate) digest: Digest,
}

impl Scorecard {
    /// The JSON Schema of the file form (draft 2020-12). What a schema cannot
    /// say (cuts that meet, lines that exist, the span) is checked by
    /// [`Scorecard::from_json`].
    pub const JSON_SCHEMA: &str = include_str!("../schema/scorecard.schema.json");

    /// The scorecard's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who answers for the scorecard.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The provider's version, counted from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Digest of the scheme that the scorecard stands on.
    pub fn scheme_digest(&self) -> Digest {
        self.scheme
    }

    /// Digest of the scorecard: over its canonical JSON (RFC 8785), texts
    /// included, under [`label::SCORECARD`](blindscore_history::label::SCORECARD).
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The points that everybody starts with.
    pub fn base_points(&self) -> i64 {
        self.base_points
    }

    /// The characteristics, in card order.
    pub fn characteristics(&self) -> &[Characteristic] {
        &self.characteristics
    }

    /// From raw points to the published score.
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// Whether more raw points are worse. A higher published score always is a
    /// better one, so this is what a negative factor says.
    pub fn points_count_risk(&self) -> bool {
        self.scaling.factor_millionths() < 0
    }

    /// What its provider says about it beyond its points.
    pub fn model_card(&self) -> Option<&ModelCard> {
        self.model_card.as_ref()
    }

    /// The least raw points: base points and each characteristic's least.
    pub fn raw_min(&self) -> i64 {
        self.raw_min
    }

    /// The greatest raw points: base points and each characteristic's
    /// greatest.
    pub fn raw_max(&self) -> i64 {
        self.raw_min + i64::from(self.span)
    }

    /// `raw_max - raw_min`: the shifted score lies in `0..=span`. At most
    /// [`SPAN_MAX`](crate::SPAN_MAX).
    pub fn span(&self) -> u32 {
        self.span
    }

    /// The lowest and the highest published score that any levels could give.
    pub fn published_range(&self) -> (i64, i64) {
        let one = self.scaling.published(self.raw_min());
        let other = self.scaling.published(self.raw_max());
        (one.min(other), one.max(other))
    }
}

/// One characteristic: a line and window, points for each range of levels, and
/// the reason to give when points are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Characteristic {
    pub(crate) name: String,
    pub(crate) line_window: usize,
    pub(crate) line: String,
    pub(crate) months: u8,
    pub(crate) level_max: u32,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) not_known: Option<i64>,
    pub(crate) reason: ReasonCode,
    pub(crate) baseline: i64,
}

impl Characteristic {
    /// The name shown to people; unique in the scorecard.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Index into the scheme's line-windows.
    pub fn line_window(&self) -> usize {
        self.line_window
    }

    /// The scheme's line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The window in months; 0 for a column, which has none.
    pub fn months(&self) -> u8 {
        self.months
    }

    /// The largest level that can occur, over all sources together.
    pub fn level_max(&self) -> u32 {
        self.level_max
    }

    /// The ranges of levels, ascending and complete.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The points for level 0 of a single or column line, which means *not
    /// known*; `None` for a line that adds up over sources.
    pub fn not_known(&self) -> Option<i64> {
        self.not_known
    }

    /// The reason to give when the points fall short of the baseline: below it,
    /// or above it where [points count risk](Scorecard::points_count_risk).
    pub fn reason(&self) -> &ReasonCode {
        &self.reason
    }

    /// The points from which a shortfall is counted.
    pub fn baseline(&self) -> i64 {
        self.baseline
    }

    /// The attribute that holds `level`; `None` when the level means not
    /// known. A level above [`Self::level_max`] belongs to the last.
    pub fn attribute_at(&self, level: u32) -> Option<&Attribute> {
        // Attributes start at level 1 exactly when level 0 is not known.
        let upper = self.attributes.partition_point(|a| a.from <= level);
        upper.checked_sub(1).map(|index| &self.attributes[index])
    }

    /// The points for `level`.
    pub fn points_at(&self, level: u32) -> i64 {
        match (self.attribute_at(level), self.not_known) {
            (Some(attribute), _) => attribute.points,
            (None, points) => points.expect("a list without not known starts at level 0"),
        }
    }

    /// The points for every level `0..=level_max`: the table that an
    /// evaluator turns.
    pub fn points_table(&self) -> Vec<i64> {
        (0..=self.level_max).map(|l| self.points_at(l)).collect()
    }

    /// The least points of any attribute.
    pub fn least(&self) -> i64 {
        self.all_points()
            .min()
            .expect("a characteristic has an attribute")
    }

    /// The greatest points of any attribute.
    pub fn greatest(&self) -> i64 {
        self.all_points()
            .max()
            .expect("a characteristic has an attribute")
    }

    fn all_points(&self) -> impl Iterator<Item = i64> {
        self.attributes
            .iter()
            .map(|a| a.points)
            .chain(self.not_known)
    }
}

/// A reason, as a lender must be able to give it and an applicant to read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawReason")]
pub struct ReasonCode {
    code: String,
    text: String,
}

impl ReasonCode {
    /// A reason from its code (1 to 16 of `A-Z`, `0-9`, `_` and `-`) and its
    /// text (at most 400 printable characters).
    pub fn new(code: String, text: String) -> Result<Self, ReasonError> {
        text::check_code(&code).map_err(|fault| ReasonError {
            field: "code",
            fault,
        })?;
        text::check(&text, text::REASON_CHARS_MAX).map_err(|fault| ReasonError {
            field: "text",
            fault,
        })?;
        Ok(Self { code, text })
    }

    /// The code, such as `R01`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it means, in words for the applicant.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Why a reason was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reason: `{field}` {fault}")]
pub struct ReasonError {
    /// The JSON field.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: TextFault,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReason {
    code: String,
    text: String,
}

impl TryFrom<RawReason> for ReasonCode {
    type Error = ReasonError;

    fn try_from(raw: RawReason) -> Result<Self, Self::Error> {
        Self::new(raw.code, raw.text)
    }
}
