//! The scorecard as a table for people: ranges as money, months or per mille,
//! never as bare levels.

use std::fmt::Write;

use blindscore_history::scheme::Scheme;
use comfy_table::{CellAlignment, Table};

use crate::attribute::Attribute;
use crate::model::{Characteristic, Scorecard};
use crate::scaling::{MILLION, Odds, OddsDirection};
use crate::score::ScoreError;

/// Plain characters only, so that the table survives any terminal and file.
pub(crate) const PRESET: &str = comfy_table::presets::ASCII_MARKDOWN;

impl Scorecard {
    /// The whole scorecard as text: what a person must read to know every
    /// point that can be won or lost.
    pub fn to_table(&self, scheme: &Scheme) -> Result<String, ScoreError> {
        self.check_scheme(scheme)?;
        let mut table = Table::new();
        table.load_preset(PRESET);
        table.set_header([
            "characteristic",
            "line, window",
            "range",
            "points",
            "baseline",
            "reason",
        ]);
        for characteristic in &self.characteristics {
            add(&mut table, characteristic, scheme);
        }
        for column in [3, 4] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!(
            "{}, version {}, by {}\nscheme {}, version {}, {}\nscorecard {}\n\n{table}\n\n",
            self.name,
            self.version,
            self.provider,
            scheme.name(),
            scheme.version(),
            scheme.digest().short(),
            self.digest.short(),
        );
        self.write_scale(&mut text);
        self.write_reasons(&mut text);
        self.write_lines(&mut text, scheme)?;
        if let Some(card) = &self.model_card {
            write!(text, "\n{card}").expect("writing to a string does not fail");
        }
        Ok(text)
    }

    fn write_scale(&self, text: &mut String) {
        let scaling = &self.scaling;
        let (lowest, highest) = self.published_range();
        let lines = [
            format!(
                "base points {}; raw points {} to {}, a span of {}",
                self.base_points,
                self.raw_min(),
                self.raw_max(),
                self.span
            ),
            format!(
                "published = {} + {} * raw points, rounded (a half away from zero), within {} to {}; {lowest} to {highest} can occur",
                decimal(scaling.offset_millionths()),
                decimal(scaling.factor_millionths()),
                scaling.min(),
                scaling.max(),
            ),
        ];
        for line in lines.into_iter().chain(scaling.odds().map(odds)) {
            text.push_str(&line);
            text.push('\n');
        }
    }

    fn write_reasons(&self, text: &mut String) {
        let mut reasons: Vec<_> = self.characteristics.iter().map(|c| &c.reason).collect();
        reasons.sort();
        reasons.dedup();
        for reason in reasons {
            writeln!(text, "{}: {}", reason.code(), reason.text())
                .expect("writing to a string does not fail");
        }
    }

    fn write_lines(&self, text: &mut String, scheme: &Scheme) -> Result<(), ScoreError> {
        text.push_str("\nlines used, and the part of the span that hangs on each:\n");
        for used in self.lines_used(scheme)? {
            writeln!(text, "  {used}").expect("writing to a string does not fail");
        }
        Ok(())
    }
}

fn add(table: &mut Table, characteristic: &Characteristic, scheme: &Scheme) {
    let not_known = characteristic.not_known.map(|points| (None, points));
    let ranges = characteristic
        .attributes
        .iter()
        .map(|a| (Some(a), a.points));
    for (row, (attribute, points)) in not_known.into_iter().chain(ranges).enumerate() {
        let once = |text: String| if row == 0 { text } else { String::new() };
        table.add_row([
            once(characteristic.name.clone()),
            once(line_window(characteristic)),
            label(characteristic, scheme, attribute),
            points.to_string(),
            once(characteristic.baseline.to_string()),
            once(characteristic.reason.code().into()),
        ]);
    }
}

fn line_window(characteristic: &Characteristic) -> String {
    match characteristic.months {
        0 => characteristic.line.clone(),
        1 => format!("{}, 1 month", characteristic.line),
        months => format!("{}, {months} months", characteristic.line),
    }
}

/// An attribute of a characteristic in words; `None` is *not known*.
pub(crate) fn label(
    characteristic: &Characteristic,
    scheme: &Scheme,
    attribute: Option<&Attribute>,
) -> String {
    match attribute {
        Some(a) => scheme.level_range_as_money(characteristic.line_window, a.from, a.to),
        None => "not known".into(),
    }
}

fn odds(odds: &Odds) -> String {
    let direction = match odds.direction {
        OddsDirection::GoodToBad => "good to bad",
        OddsDirection::BadToGood => "bad to good",
    };
    format!(
        "odds {direction} {} at {}; {} points double the odds good to bad",
        decimal(odds.base_odds_millionths),
        odds.base_score,
        odds.points_to_double_odds
    )
}

/// Millionths as a decimal without trailing zeros.
fn decimal(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let magnitude = millionths.unsigned_abs();
    let million = MILLION.unsigned_abs();
    let fraction = format!("{:06}", magnitude % million);
    let text = format!("{sign}{}.{fraction}", magnitude / million);
    text.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_table_shows_money_months_and_not_known() {
        let text = fixture::built()
            .to_table(&fixture::scheme())
            .expect("printed");
        for want in [
            "Fixture card, version 1, by Example Tester",
            "groceries, 12 months",
            "2,000.00 to under 4,000.00 EUR",
            "not known",
            "raw points 420 to 570, a span of 150",
            "published = 0 + 1 * raw points",
            "R02: the account ran low",
        ] {
            assert!(text.contains(want), "no {want:?} in\n{text}");
        }
    }

    #[test]
    fn a_table_needs_its_scheme() {
        let other = Scheme::from_json(&fixture::SCHEME.replace("fixture", "another"));
        let printed = fixture::built().to_table(&other.expect("a scheme"));
        assert!(matches!(printed, Err(ScoreError::AnotherScheme { .. })));
    }

    #[test]
    fn millionths_print_as_decimals() {
        for (millionths, want) in [
            (0, "0"),
            (1_000_000, "1"),
            (-500_000, "-0.5"),
            (100_000_000, "100"),
            (721_348, "0.721348"),
            (-1, "-0.000001"),
        ] {
            assert_eq!(decimal(millionths), want);
        }
    }
}
