//! The report of a fit as tables for a terminal.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table};

use super::{Candidate, FitReport, Selected};
use crate::table::PRESET;

impl FitReport {
    /// The whole report as text.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "{} rows, {} good and {} bad; bad rate {:.2} %\n{}\n\n",
            self.table.rows,
            self.table.good,
            self.table.bad,
            100.0 * self.table.bad_rate(),
            self.sign_convention,
        );
        let entered = |c: &&Candidate| c.selected == Selected::Yes;
        for candidate in self.candidates.iter().filter(entered) {
            text.push_str(&bins(candidate));
        }
        text.push_str("columns\n");
        text.push_str(&self.columns());
        if !self.steps.is_empty() {
            text.push_str("\nselection\n");
            text.push_str(&self.selection());
        }
        text.push_str("\nregression on weights of evidence, for the log-odds of good\n");
        text.push_str(&self.regression());
        text.push('\n');
        self.write_scale(&mut text);
        for warning in &self.warnings {
            line(&mut text, &format!("warning: {warning}"));
        }
        text
    }

    fn columns(&self) -> String {
        let rows = self.candidates.iter().map(|candidate| {
            [
                candidate.bins.column.clone(),
                candidate.bins.bins.len().to_string(),
                candidate.trend().to_owned(),
                format!("{:.3}", candidate.bins.iv),
                candidate.selected.to_string(),
            ]
        });
        table(
            ["column", "bins", "bad rate", "IV", "in the card"],
            &[1, 3],
            rows,
        )
    }

    fn selection(&self) -> String {
        let rows = self.steps.iter().enumerate().map(|(index, step)| {
            [
                (index + 1).to_string(),
                step.column.clone(),
                if step.entered { "enters" } else { "leaves" }.to_owned(),
                p_value(step.p_value),
                format!("{:.5}", step.log_loss),
            ]
        });
        table(["step", "column", "", "p", "log loss"], &[0, 3, 4], rows)
    }

    fn regression(&self) -> String {
        let dash = || "-".to_owned();
        let rows = self.model.coefficients.iter().map(|one| {
            [
                one.name.clone(),
                format!("{:.4}", one.estimate),
                one.standard_error
                    .map_or_else(dash, |error| format!("{error:.4}")),
                one.p_value.map_or_else(dash, p_value),
                one.inflation
                    .map_or_else(dash, |factor| format!("{factor:.2}")),
            ]
        });
        let header = [
            "characteristic",
            "coefficient",
            "standard error",
            "p",
            "inflation",
        ];
        format!(
            "{}intercept {:.4}; log loss {:.5}; L2 penalty {}\n",
            table(header, &[1, 2, 3, 4], rows),
            self.model.intercept,
            self.model.log_loss,
            self.model.l2,
        )
    }

    fn write_scale(&self, text: &mut String) {
        let (scale, rounding) = (&self.scale, &self.rounding);
        line(
            text,
            &format!(
                "scale: {} points double the odds, {} to 1 at {}; {} raw points to a published \
                 one, a span of {}",
                scale.points_to_double_odds,
                scale.base_odds,
                scale.base_score,
                scale.raw_per_published,
                scale.span,
            ),
        );
        line(
            text,
            &format!(
                "rounding to whole points: AUC {:.6} before, {:.6} after; a score moves by {:.2} \
                 points at most ({:.2} on average)",
                rounding.auc_before,
                rounding.auc_after,
                rounding.largest_difference,
                rounding.mean_difference,
            ),
        );
    }
}

impl Candidate {
    /// The direction of the bad rate in words.
    pub fn trend(&self) -> &'static str {
        use super::Trend;
        match self.bins.trend {
            Some(Trend::Ascending) => "ascending",
            Some(Trend::Descending) => "descending",
            Some(Trend::Peak) => "peak",
            Some(Trend::Valley) => "valley",
            Some(Trend::None | Trend::Auto | Trend::AutoMonotonic) => "any",
            None => "-",
        }
    }
}

impl std::fmt::Display for Selected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::Constant => f.write_str("no, one bin only"),
            Self::LittleInformation => f.write_str("no, little information"),
            Self::SaysTheSame { column } => write!(f, "no, says what {column} says"),
            Self::NotChosen => f.write_str("no, not chosen"),
        }
    }
}

fn bins(candidate: &Candidate) -> String {
    let total: usize = candidate.bins.bins.iter().map(|bin| bin.rows).sum();
    let rows = candidate.bins.bins.iter().map(|bin| {
        [
            bin.label.clone(),
            bin.rows.to_string(),
            format!("{:.1}", 100.0 * bin.rows as f64 / total as f64),
            bin.bad_rate()
                .map_or_else(|| "-".into(), |rate| format!("{:.2}", 100.0 * rate)),
            format!("{:+.3}", bin.woe),
            format!("{:.3}", bin.iv),
        ]
    });
    let header = ["range", "rows", "% of rows", "bad rate %", "WoE", "IV"];
    format!(
        "{}, IV {:.3}\n{}\n",
        candidate.bins.column,
        candidate.bins.iv,
        table(header, &[1, 2, 3, 4, 5], rows)
    )
}

/// A p-value: small ones by their power of ten.
pub(crate) fn p_value(p: f64) -> String {
    if p < 1e-16 {
        "<1e-16".into()
    } else if p < 1e-4 {
        format!("{p:.0e}")
    } else {
        format!("{p:.4}")
    }
}

/// A table with some columns to the right, ending in a new line.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    right: &[usize],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_preset(PRESET);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for &column in right {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

pub(crate) fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string does not fail");
}
