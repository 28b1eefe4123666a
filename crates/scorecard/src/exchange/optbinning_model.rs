//! optbinning's fitted model as JSON, and the points that it makes of a
//! binning.
//!
//! The formulas are those of optbinning's `Scorecard`: with n variables, the
//! intercept b0 and coefficients b of the model, and the weight of evidence of
//! a bin as ln(share of good / share of bad),
//!
//! - `pdo_odds`: `factor = pdo / ln 2`, `offset = scorecard_points - factor ln
//!   odds`, points `-(b WoE + b0 / n) factor + offset / n`;
//! - `min_max`: points scaled so that the sums run from min to max.
//!
//! Logarithms need floats; they end at the points, which are rounded as there.
//! A card that was rounded by its optimiser (`min_max` with `rounding`) cannot
//! be made from these files: its table is wanted.

use blindscore_history::decimal::Decimal;

use super::draft::{About, Boundary, Draft, Scale, Variable};
use super::error::{ImportFault, Note};
use super::format::Format;
use super::json::Json;
use super::optbinning::categorical;
use super::optbinning_json::{Binning, Values};

/// The fitted model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    intercept: f64,
    coefficients: Vec<(String, f64)>,
    scaling: Scaling,
    rounding: bool,
    pub(super) intercept_based: bool,
    reversed: bool,
    /// Weight of evidence given to special and missing values, where they do
    /// not have their own.
    metric_special: Option<f64>,
    metric_missing: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scaling {
    None,
    PdoOdds { pdo: f64, odds: f64, points: f64 },
    MinMax { min: f64, max: f64 },
}

impl Model {
    /// Reads the JSON of a fitted model.
    pub(super) fn read(json: &Json) -> Result<Self, ImportFault> {
        let want = |field: &str| {
            json.get(field)
                .ok_or_else(|| ImportFault::field(field, "missing; want it in the model's JSON"))
        };
        let flag = |field: &str| match json.get(field) {
            None | Some(Json::Null) => Ok(false),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(_) => Err(ImportFault::field(field, "want true or false")),
        };
        let metric = |field: &str| match json.get(field) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) if text == "empirical" => Ok(None),
            Some(number) => number.float(field).map(Some),
        };
        let coefficients = want("coefficients")?.fields("coefficients")?.iter();
        let coefficients = coefficients
            .map(|(name, value)| Ok((name.clone(), value.float(&format!("coefficients.{name}"))?)))
            .collect::<Result<Vec<_>, ImportFault>>()?;
        if coefficients.is_empty() {
            return Err(ImportFault::field(
                "coefficients",
                "empty; want one a variable",
            ));
        }
        let parameter = |field: &str| {
            let path = format!("scaling_method_params.{field}");
            let value = json.get("scaling_method_params").and_then(|p| p.get(field));
            let value = value.ok_or_else(|| ImportFault::field(&path, "missing"))?;
            value.float(&path)
        };
        let scaling = match json.get("scaling_method") {
            None | Some(Json::Null) => Scaling::None,
            Some(Json::Text(method)) if method == "pdo_odds" => Scaling::PdoOdds {
                pdo: parameter("pdo")?,
                odds: parameter("odds")?,
                points: parameter("scorecard_points")?,
            },
            Some(Json::Text(method)) if method == "min_max" => Scaling::MinMax {
                min: parameter("min")?,
                max: parameter("max")?,
            },
            Some(_) => {
                let message = "want pdo_odds, min_max or null";
                return Err(ImportFault::field("scaling_method", message));
            }
        };
        Ok(Self {
            intercept: want("intercept")?.float("intercept")?,
            coefficients,
            scaling,
            rounding: flag("rounding")?,
            intercept_based: flag("intercept_based")?,
            reversed: flag("reverse_scorecard")?,
            metric_special: metric("metric_special")?,
            metric_missing: metric("metric_missing")?,
        })
    }

    /// The card that model and binning make.
    pub(super) fn draft(&self, binning: &[Binning]) -> Result<Draft, ImportFault> {
        if self.rounding && matches!(self.scaling, Scaling::MinMax { .. }) {
            return Err(ImportFault::field(
                "rounding",
                "with min_max the points were rounded by an optimiser, which these files do not \
                 tell: import Scorecard.table() as CSV with the binning",
            ));
        }
        let mut binned = Vec::with_capacity(self.coefficients.len());
        let mut raw = Vec::with_capacity(self.coefficients.len());
        for (name, coefficient) in &self.coefficients {
            let one = binning
                .iter()
                .find(|one| one.name == *name)
                .ok_or_else(|| {
                    ImportFault::variable(name, "is in the model but not in the binning")
                })?;
            let mut evidence = one.evidence()?;
            let (bins, rows) = (one.bins(), evidence.len());
            if let Some(metric) = self.metric_special {
                evidence[bins..rows - 1].fill(metric);
            }
            if let Some(metric) = self.metric_missing {
                evidence[rows - 1] = metric;
            }
            binned.push(one);
            raw.push(
                evidence
                    .iter()
                    .map(|woe| woe * coefficient)
                    .collect::<Vec<f64>>(),
            );
        }
        let (points, base) = self.scaled(raw)?;
        let variables = binned.into_iter().zip(points);
        let variables = variables
            .map(|(one, points)| variable(one, &points))
            .collect::<Result<Vec<_>, _>>()?;
        let notes = match (self.metric_special, self.metric_missing) {
            (Some(_), Some(_)) => Vec::new(),
            _ => vec![Note::new(
                "special and missing values have their own weight of evidence \
                 (metric_special=\"empirical\", metric_missing=\"empirical\"); if the card was \
                 fitted otherwise, say metric_special and metric_missing in the model's JSON",
            )],
        };
        Ok(Draft {
            format: Format::Optbinning,
            about: About::default(),
            base,
            variables,
            points_count_risk: false,
            scaling: None,
            notes,
        })
    }

    fn scaled(
        &self,
        mut points: Vec<Vec<f64>>,
    ) -> Result<(Vec<Vec<Decimal>>, Decimal), ImportFault> {
        let n = points.len() as f64;
        let sense = if self.reversed { -1.0 } else { 1.0 };
        match self.scaling {
            Scaling::None => {}
            Scaling::PdoOdds {
                pdo,
                odds,
                points: at,
            } => {
                let factor = pdo / libm::log(2.0);
                let offset = at - factor * libm::log(odds);
                for p in points.iter_mut().flatten() {
                    *p = -(sense * *p + self.intercept / n) * factor + offset / n;
                }
            }
            Scaling::MinMax { min, max } => {
                let least = |p: &Vec<f64>| p.iter().copied().fold(f64::INFINITY, f64::min);
                let most = |p: &Vec<f64>| p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let smallest = self.intercept + points.iter().map(least).sum::<f64>();
                let largest = self.intercept + points.iter().map(most).sum::<f64>();
                let slope = sense * (min - max) / (largest - smallest);
                let shift = if self.reversed { min } else { max } - slope * smallest;
                let base = shift + slope * self.intercept;
                for p in points.iter_mut().flatten() {
                    *p = base / n + slope * *p;
                }
            }
        }
        let mut base = 0.0;
        if self.intercept_based {
            for points in &mut points {
                let least = points.iter().copied().fold(f64::INFINITY, f64::min);
                points.iter_mut().for_each(|p| *p -= least);
                base += least;
            }
        }
        let settle = |p: f64| {
            let p = if self.rounding {
                p.round_ties_even()
            } else {
                p
            };
            let decimal = Some(p).filter(|p| p.is_finite());
            decimal
                .and_then(|p| p.to_string().parse::<Decimal>().ok())
                .ok_or_else(|| ImportFault::field("the points", "are no finite numbers"))
        };
        let base = settle(base)?;
        let settle_all = |points: Vec<f64>| points.into_iter().map(settle).collect();
        let points = points
            .into_iter()
            .map(settle_all)
            .collect::<Result<_, _>>()?;
        Ok((points, base))
    }
}

fn variable(one: &Binning, points: &[Decimal]) -> Result<Variable, ImportFault> {
    let bins = one.bins();
    let missing = points[points.len() - 1].clone();
    let special = one.special.iter().zip(&points[bins..]);
    let codes = special.flat_map(|((_, values), points)| {
        values.iter().map(|value| (value.clone(), points.clone()))
    });
    match &one.values {
        Values::Numbers { cuts } => {
            let scale = Scale::Numbers {
                cuts: cuts.iter().cloned().map(Boundary::at).collect(),
                points: points[..bins].to_vec(),
            };
            let mut variable = Variable::new(&one.name, scale, missing);
            for (code, points) in codes {
                let value = code.parse().map_err(|_| {
                    let message = format!("special code {code:?} is not a number");
                    ImportFault::variable(&one.name, message)
                })?;
                variable.special.push((value, points));
            }
            Ok(variable)
        }
        Values::Categories {
            groups: Some(groups),
        } => {
            let groups = groups.iter().cloned().zip(points[..bins].iter().cloned());
            Ok(categorical(
                &one.name,
                groups.collect(),
                codes.collect(),
                missing,
            ))
        }
        Values::Categories { groups: None } => Err(ImportFault::variable(
            &one.name,
            "has user_splits of categories, which the binning does not tell: import \
             Scorecard.table() as CSV with it",
        )),
    }
}
