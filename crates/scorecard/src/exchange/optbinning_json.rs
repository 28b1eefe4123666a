//! optbinning's binning (`to_dict()` of each variable) and fitted model as
//! JSON, and the points that they make.
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
use super::error::{ImportFault, Note, short};
use super::format::Format;
use super::json::Json;
use super::optbinning::categorical;

/// One variable's binning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Binning {
    pub(super) name: String,
    pub(super) values: Values,
    /// Special codes: under their name, or under `Special`.
    special: Vec<(String, Vec<String>)>,
    /// Counts of each bin, then of special codes and missing; empty if the
    /// file has none.
    good: Vec<f64>,
    bad: Vec<f64>,
}

/// What a variable's values are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    Numbers {
        cuts: Vec<Decimal>,
    },
    /// `None` where the file does not say which category is in which bin.
    Categories {
        groups: Option<Vec<Vec<String>>>,
    },
}

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

impl Binning {
    /// Whether a JSON is the binning of one variable.
    pub(super) fn is_one(json: &Json) -> bool {
        json.get("splits").is_some() && json.get("dtype").is_some()
    }

    /// Reads a file of one or all variables.
    pub(super) fn read_all(json: &Json) -> Result<Vec<Self>, ImportFault> {
        if Self::is_one(json) {
            return Ok(vec![Self::read("", json)?]);
        }
        let fields = json.fields("the binning")?;
        fields
            .iter()
            .map(|(name, one)| Self::read(name, one))
            .collect()
    }

    fn read(name: &str, json: &Json) -> Result<Self, ImportFault> {
        let at = |field: &str| {
            if name.is_empty() {
                field.to_owned()
            } else {
                format!("{name}.{field}")
            }
        };
        let want = |field: &str| {
            json.get(field)
                .ok_or_else(|| ImportFault::field(at(field), "missing; want what to_dict() writes"))
        };
        let own = match json.get("name") {
            Some(Json::Text(own)) => own.clone(),
            _ => String::new(),
        };
        let name = if name.is_empty() {
            own
        } else {
            name.to_owned()
        };
        if name.is_empty() {
            return Err(ImportFault::field(
                "name",
                "missing; want the variable's name",
            ));
        }
        let dtype = want("dtype")?.text_or_number(&at("dtype"))?;
        let splits = want("splits")?;
        let values = match dtype.as_str() {
            "numerical" => Values::Numbers {
                cuts: cuts(splits, &at("splits"))?,
            },
            "categorical" => Values::Categories {
                groups: groups(json, splits, &at)?,
            },
            other => {
                let message = format!("got {:?}; want numerical or categorical", short(other));
                return Err(ImportFault::field(at("dtype"), message));
            }
        };
        let counts = |field: &str| match json.get(field) {
            None => Ok(Vec::new()),
            Some(list) => list
                .items(&at(field))?
                .iter()
                .map(|count| count.float(&at(field)))
                .collect(),
        };
        Ok(Self {
            special: special(json, &at)?,
            good: counts("n_nonevent")?,
            bad: counts("n_event")?,
            values,
            name,
        })
    }

    /// Whether a bin's text names special codes.
    pub(super) fn names_special(&self, text: &str) -> bool {
        self.special.iter().any(|(name, _)| name == text)
    }

    /// The special values of the bin of that name.
    pub(super) fn special_values(&self, bin: &str) -> Vec<String> {
        let found = self.special.iter().find(|(name, _)| name == bin);
        found.map_or_else(Vec::new, |(_, values)| values.clone())
    }

    fn bins(&self) -> usize {
        match &self.values {
            Values::Numbers { cuts } => cuts.len() + 1,
            Values::Categories { groups } => groups.as_ref().map_or(0, Vec::len),
        }
    }

    /// The weight of evidence of each bin, each special bin, and missing.
    fn evidence(&self) -> Result<Vec<f64>, ImportFault> {
        let rows = self.bins() + self.special.len().max(1) + 1;
        if self.good.len() != rows || self.bad.len() != rows {
            let message = format!(
                "has {} and {} counts in n_nonevent and n_event; want {rows}: bins, special, missing",
                self.good.len(),
                self.bad.len()
            );
            return Err(ImportFault::variable(&self.name, message));
        }
        let (all_good, all_bad) = (self.good.iter().sum::<f64>(), self.bad.iter().sum::<f64>());
        let evidence = self.good.iter().zip(&self.bad).map(|(&good, &bad)| {
            if good > 0.0 && bad > 0.0 {
                let rate = bad / (good + bad);
                libm::log((1.0 / rate - 1.0) * all_bad / all_good)
            } else {
                0.0
            }
        });
        Ok(evidence.collect())
    }
}

fn cuts(splits: &Json, path: &str) -> Result<Vec<Decimal>, ImportFault> {
    let mut cuts: Vec<Decimal> = Vec::new();
    for (index, split) in splits.items(path)?.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let cut = split.number(&path)?;
        if cuts.last().is_some_and(|before| cut <= before) {
            let message = format!("got {cut}; want cut points in ascending order");
            return Err(ImportFault::field(path, message));
        }
        cuts.push(cut.clone());
    }
    Ok(cuts)
}

/// Cut points of a categorical variable are places in its ordered list of
/// categories; rare categories make a last bin.
fn groups(
    json: &Json,
    splits: &Json,
    at: &impl Fn(&str) -> String,
) -> Result<Option<Vec<Vec<String>>>, ImportFault> {
    if !matches!(json.get("user_splits"), None | Some(Json::Null)) {
        return Ok(None);
    }
    let texts = |field: &str| match json.get(field) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(list) => {
            let items = list.items(&at(field))?.iter();
            items
                .map(|item| item.text_or_number(&at(field)))
                .collect::<Result<Vec<_>, _>>()
        }
    };
    let categories = texts("categories")?;
    let mut groups = Vec::new();
    let mut start = 0;
    for cut in cuts(splits, &at("splits"))? {
        let end = usize::try_from(ceiling(&cut)).unwrap_or(usize::MAX);
        if end <= start || end > categories.len() {
            let message = format!("got {cut}; want places in the list of categories");
            return Err(ImportFault::field(at("splits"), message));
        }
        groups.push(categories[start..end].to_vec());
        start = end;
    }
    groups.push(categories[start..].to_vec());
    let others = texts("cat_others")?;
    if !others.is_empty() {
        groups.push(others);
    }
    if groups.iter().any(Vec::is_empty) {
        return Err(ImportFault::field(
            at("categories"),
            "a bin without categories",
        ));
    }
    Ok(Some(groups))
}

fn ceiling(number: &Decimal) -> i128 {
    let floor = number.floor(0);
    if number.is_whole() {
        floor
    } else {
        floor.saturating_add(1)
    }
}

/// Special codes: a list, or an object of names with a code or a list each.
fn special(
    json: &Json,
    at: &impl Fn(&str) -> String,
) -> Result<Vec<(String, Vec<String>)>, ImportFault> {
    let path = at("special_codes");
    let codes = |json: &Json| match json {
        Json::List(items) => items
            .iter()
            .map(|item| item.text_or_number(&path))
            .collect(),
        one => Ok(vec![one.text_or_number(&path)?]),
    };
    match json.get("special_codes") {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Object(named)) => named
            .iter()
            .map(|(name, values)| Ok((name.clone(), codes(values)?)))
            .collect(),
        Some(list) => Ok(vec![("Special".to_owned(), codes(list)?)]),
    }
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
