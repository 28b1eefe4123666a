//! Bins as texts: `[7.5, 17.5)`, `(-inf, 7.50)`, `[-inf ~ 7.5)`, `(5, 7]`.
//!
//! The bins of a variable must meet: each number lies in exactly one. Where
//! two leave a gap or overlap, no order of theirs says what was meant, so the
//! variable is refused and both are named.

use blindscore_history::decimal::Decimal;

use super::draft::{Boundary, Scale};
use super::error::{ImportFault, short};

/// A range of numbers; `None` is without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) lower: Option<Boundary>,
    pub(crate) upper: Option<Boundary>,
    /// Digits after the point as printed, of the ends that there are.
    pub(crate) printed_places: Vec<usize>,
}

impl Interval {
    /// Reads an interval; `None` if the text is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix(['[', '('])?.strip_suffix([')', ']'])?;
        let (lower, upper) = inner.split_once(['~', ','])?;
        let (lower, upper) = (lower.trim(), upper.trim());
        let mut printed_places = Vec::new();
        let mut end = |text: &str, above: bool| {
            let value: Decimal = text.parse().ok()?;
            printed_places.push(text.split_once('.').map_or(0, |(_, places)| places.len()));
            Some(Boundary { value, above })
        };
        let lower = match lower {
            "-inf" | "-Inf" | "-∞" => None,
            number => Some(end(number, text.starts_with('('))?),
        };
        let upper = match upper {
            "inf" | "+inf" | "Inf" | "∞" => None,
            number => Some(end(number, text.ends_with(']'))?),
        };
        Some(Self {
            lower,
            upper,
            printed_places,
        })
    }

    /// As a text that [`read`](Self::read) reads.
    pub(crate) fn text(lower: Option<&Boundary>, upper: Option<&Boundary>) -> String {
        let (open, from) = match lower {
            None => ('(', "-inf".to_owned()),
            Some(Boundary { value, above }) => (if *above { '(' } else { '[' }, value.to_string()),
        };
        let (close, to) = match upper {
            None => (')', "inf".to_owned()),
            Some(Boundary { value, above }) => (if *above { ']' } else { ')' }, value.to_string()),
        };
        format!("{open}{from}, {to}{close}")
    }
}

/// A bin: where it stands, its text, its range and its points.
pub(crate) struct Bin<'a> {
    pub(crate) text: &'a str,
    pub(crate) interval: Interval,
    pub(crate) points: Decimal,
}

/// The scale that bins make together, in whatever order they come.
pub(crate) fn numbers(variable: &str, mut bins: Vec<Bin<'_>>) -> Result<Scale, ImportFault> {
    let refused = |message: String| Err(ImportFault::variable(variable, message));
    bins.sort_by(|a, b| a.interval.lower.cmp(&b.interval.lower));
    for bin in &bins {
        if let (Some(lower), Some(upper)) = (&bin.interval.lower, &bin.interval.upper)
            && lower >= upper
        {
            return refused(format!("bin {} holds no number", short(bin.text)));
        }
    }
    let mut cuts = Vec::with_capacity(bins.len());
    for pair in bins.windows(2) {
        let (one, next) = (short(pair[0].text), short(pair[1].text));
        let (Some(end), Some(start)) = (&pair[0].interval.upper, &pair[1].interval.lower) else {
            return refused(format!(
                "bins {one} and {next} overlap; want each number in one bin"
            ));
        };
        match end.cmp(start) {
            std::cmp::Ordering::Less => {
                return refused(format!(
                    "bins {one} and {next} leave a gap; want them to meet"
                ));
            }
            std::cmp::Ordering::Greater => {
                return refused(format!(
                    "bins {one} and {next} overlap; want each number in one bin"
                ));
            }
            std::cmp::Ordering::Equal => cuts.push(start.clone()),
        }
    }
    match (bins.first(), bins.last()) {
        (Some(first), _) if first.interval.lower.is_some() => refused(format!(
            "no bin below {}; want the first to start at -inf",
            short(first.text)
        )),
        (_, Some(last)) if last.interval.upper.is_some() => refused(format!(
            "no bin above {}; want the last to end at inf",
            short(last.text)
        )),
        (None, _) => refused("has no bins of numbers".to_owned()),
        _ => {
            let points = bins.into_iter().map(|bin| bin.points).collect();
            Ok(Scale::Numbers { cuts, points })
        }
    }
}

/// Refuses a category that stands in two groups.
pub(crate) fn refuse_twice<'a>(
    variable: &str,
    categories: impl IntoIterator<Item = &'a String>,
) -> Result<(), ImportFault> {
    let mut seen = std::collections::BTreeSet::new();
    match categories
        .into_iter()
        .find(|category| !seen.insert(*category))
    {
        Some(twice) => {
            let message = format!("category {:?} is in two bins; want it in one", short(twice));
            Err(ImportFault::variable(variable, message))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(bins: &[&str]) -> Result<Scale, ImportFault> {
        let bins = bins.iter().zip(0_i64..).map(|(text, points)| Bin {
            text,
            interval: Interval::read(text).expect("an interval"),
            points: points.into(),
        });
        numbers("x", bins.collect())
    }

    fn cuts(scale: &Scale) -> Vec<String> {
        let Scale::Numbers { cuts, .. } = scale else {
            return Vec::new();
        };
        cuts.iter().map(Boundary::text).collect()
    }

    #[test]
    fn the_ways_of_writing_a_range() {
        for (bins, want) in [
            (&["(-inf, 7.50)", "[7.50, inf)"][..], &["7.5"][..]),
            (
                &["[-inf ~ -1e-3)", "[-0.001 ~ 2)", "[2 ~ inf)"],
                &["-0.001", "2"],
            ),
            (
                &["(-inf,5]", "(5,7)", "[7,7]", "(7,inf)"],
                &[">5", "7", ">7"],
            ),
            (&["[4.0,inf)", "[-inf,4.0)"], &["4"]),
            (&["(-inf, inf)"], &[]),
        ] {
            assert_eq!(cuts(&scale(bins).expect("a scale")), want);
        }
        for text in [
            "Missing",
            "7.5",
            "[a, b)",
            "[1, 2",
            "[1 2)",
            "['a' 'b']",
            "",
            "[nan, 2)",
        ] {
            assert_eq!(Interval::read(text), None, "{text}");
        }
    }

    #[test]
    fn bins_that_do_not_meet_are_named() {
        for (bins, want) in [
            (
                &["(-inf, 5)", "[6, inf)"][..],
                "(-inf, 5) and [6, inf) leave a gap",
            ),
            (
                &["(-inf, 5)", "(5, inf)"],
                "(-inf, 5) and (5, inf) leave a gap",
            ),
            (&["(-inf, 7)", "[6, inf)"], "(-inf, 7) and [6, inf) overlap"),
            (&["(-inf, 5]", "[5, inf)"], "overlap"),
            (&["(-inf, inf)", "[6, inf)"], "overlap"),
            (&["(-inf, 5)", "(-inf, 5)", "[5, inf)"], "overlap"),
            (&["[0, 5)", "[5, inf)"], "no bin below [0, 5)"),
            (&["(-inf, 5)", "[5, 9)"], "no bin above [5, 9)"),
            (
                &["(-inf, 5)", "[5, 5)", "[5, inf)"],
                "[5, 5) holds no number",
            ),
        ] {
            let error = scale(bins).expect_err("refused").to_string();
            assert!(error.contains(want), "{bins:?}: {error}");
        }
    }
}
