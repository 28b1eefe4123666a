//! optbinning's binning as JSON: `to_dict()` of each variable.

use blindscore_history::decimal::Decimal;

use super::error::{ImportFault, short};
use super::json::Json;

/// One variable's binning.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Binning {
    pub(super) name: String,
    pub(super) values: Values,
    /// Special codes: under their name, or under `Special`.
    pub(super) special: Vec<(String, Vec<String>)>,
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

    /// How many bins it has, without special and missing.
    pub(super) fn bins(&self) -> usize {
        match &self.values {
            Values::Numbers { cuts } => cuts.len() + 1,
            Values::Categories { groups } => groups.as_ref().map_or(0, Vec::len),
        }
    }

    /// The weight of evidence of each bin, each special bin, and missing.
    pub(super) fn evidence(&self) -> Result<Vec<f64>, ImportFault> {
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
