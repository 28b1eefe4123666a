//! Measures as tables for a terminal.

use super::stability::labels;
use super::{Calibration, Comparison, CrossValidation, Fairness, Stability, Validation};
use crate::train::print::{line, p_value, table};

impl Validation {
    /// The measures as text.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "{} rows, {} good and {} bad; bad rate {:.2} %\n\n",
            self.table.rows,
            self.table.good,
            self.table.bad,
            100.0 * self.table.bad_rate(),
        );
        text.push_str(&self.discrimination());
        text.push('\n');
        text.push_str(&self.bands());
        text.push('\n');
        let gains = self.gains.iter().map(|gain| {
            [
                percent(gain.share),
                percent(gain.capture),
                format!("{:.2}", gain.lift),
            ]
        });
        text.push_str(&table(
            ["riskiest % of rows", "% of the bad", "lift"],
            &[0, 1, 2],
            gains,
        ));
        text.push('\n');
        let each = self.characteristics.iter().map(|one| {
            [
                one.name.clone(),
                format!("{:.3}", one.iv),
                format!("{:.4}", one.auc),
                if one.in_order { "yes" } else { "no" }.into(),
            ]
        });
        let header = [
            "characteristic",
            "IV here",
            "AUC alone",
            "points follow bad rates",
        ];
        text.push_str(&table(header, &[1, 2], each));
        if let Some(calibration) = &self.calibration {
            text.push('\n');
            text.push_str(&calibration.to_table());
        }
        if let Some(stability) = &self.stability {
            text.push('\n');
            text.push_str(&stability.to_table());
        }
        if let Some(fairness) = &self.fairness {
            text.push('\n');
            text.push_str(&fairness.to_table());
        }
        text
    }

    fn discrimination(&self) -> String {
        let auc = &self.auc;
        let confidence = 100.0 * auc.confidence;
        let mut rows = vec![
            ["AUC".to_owned(), format!("{:.4}", auc.area)],
            [
                format!("  {confidence:.0} % interval, DeLong"),
                interval(auc.interval),
            ],
        ];
        if let Some(bootstrap) = auc.bootstrap {
            rows.push([
                format!("  {confidence:.0} % interval, bootstrap"),
                interval(bootstrap),
            ]);
        }
        rows.push(["Gini".into(), format!("{:.4}", self.gini)]);
        rows.push([
            "KS".into(),
            format!("{:.4} at score {}", self.ks.distance, self.ks.score),
        ]);
        if let Some(odds) = &self.calibration {
            let beside =
                |own: f64, average: f64| format!("{own:.4} (average for all: {average:.4})");
            rows.push(["Brier".into(), beside(odds.brier, odds.brier_of_average)]);
            rows.push([
                "log loss".into(),
                beside(odds.log_loss, odds.log_loss_of_average),
            ]);
        }
        table(["measure", "value"], &[], rows.into_iter())
    }

    fn bands(&self) -> String {
        let edges: Vec<i64> = self.bands.iter().filter_map(|band| band.from).collect();
        let rows = self.bands.iter().zip(labels(&edges)).map(|(band, label)| {
            [
                label,
                band.rows.to_string(),
                band.bad_rate.map_or_else(dash, percent),
                percents(band.interval),
                band.expected.map_or_else(dash, percent),
                percent(band.cumulative_share),
                percent(band.capture),
                format!("{:.2}", band.lift),
            ]
        });
        let header = [
            "score",
            "rows",
            "bad rate %",
            "interval",
            "stated %",
            "cumulative %",
            "% of the bad",
            "lift",
        ];
        table(header, &[1, 2, 3, 4, 5, 6, 7], rows)
    }
}

impl Calibration {
    /// Stated against observed bad rates, as text.
    pub fn to_table(&self) -> String {
        let rows = self.groups.iter().map(|group| {
            [
                group.rows.to_string(),
                percent(group.expected),
                percent(group.observed),
                percents(group.interval),
            ]
        });
        let header = ["rows", "stated bad rate %", "observed %", "interval"];
        let mut text = table(header, &[0, 1, 2, 3], rows);
        let test = &self.hosmer_lemeshow;
        line(
            &mut text,
            &format!(
                "Hosmer-Lemeshow {:.2} on {} degrees of freedom, p {}",
                test.chi_square,
                test.freedom,
                p_value(test.p_value)
            ),
        );
        let number = |value: Option<f64>| value.map_or_else(dash, |value| format!("{value:.3}"));
        line(
            &mut text,
            &format!(
                "slope of stated log-odds {} (1 is right), shift {} (0 is right)",
                number(self.slope),
                number(self.shift)
            ),
        );
        text
    }
}

impl Stability {
    /// What has moved, as text.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "population stability index {:.4} ({} rows before, {} now)\n",
            self.psi, self.rows_before, self.rows_now
        );
        let bands = self.bands.iter().map(|shift| {
            [
                shift.label.clone(),
                percent(shift.before),
                percent(shift.now),
                format!("{:.4}", shift.part),
            ]
        });
        text.push_str(&table(
            ["score", "before %", "now %", "index"],
            &[1, 2, 3],
            bands,
        ));
        let each = self.characteristics.iter().map(|one| {
            [
                one.name.clone(),
                format!("{:.4}", one.psi),
                format!("{:+.2}", one.points_shift),
            ]
        });
        text.push_str(&table(
            ["characteristic", "index", "mean points moved"],
            &[1, 2],
            each,
        ));
        text
    }
}

impl Fairness {
    /// How groups fare, as text.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "groups at cut-off {} ({} % selected), compared with {:?}\n",
            self.cutoff,
            percent(self.selection_rate),
            self.reference
        );
        let signed =
            |value: Option<f64>| value.map_or_else(dash, |value| format!("{:+.2}", 100.0 * value));
        let rows = self.groups.iter().map(|group| {
            let few = if group.few_rows { " (few)" } else { "" };
            [
                group.group.clone(),
                format!("{}{few}", group.rows),
                percent(group.bad_rate),
                percent(group.selection_rate),
                percents(group.selection_interval),
                group
                    .adverse_impact_ratio
                    .map_or_else(dash, |ratio| format!("{ratio:.3}")),
                group.good_selected.map_or_else(dash, percent),
                signed(group.equal_opportunity_gap),
                signed(group.calibration_gap),
                group.auc.map_or_else(dash, |auc| format!("{auc:.3}")),
            ]
        });
        let header = [
            "group",
            "rows",
            "bad rate %",
            "selected %",
            "interval",
            "impact ratio",
            "good selected %",
            "gap",
            "stated less observed",
            "AUC",
        ];
        text.push_str(&table(header, &[1, 2, 3, 4, 5, 6, 7, 8, 9], rows));
        line(&mut text, self.note);
        text
    }
}

impl CrossValidation {
    /// The result as text.
    pub fn to_table(&self) -> String {
        let mut text = format!(
            "{} folds, {} times over, {} rows\n",
            self.folds, self.repeats, self.rows
        );
        let rows = [
            ["AUC, mean of folds".into(), format!("{:.4}", self.auc)],
            [
                "  standard deviation of a fold".into(),
                format!("{:.4}", self.auc_deviation),
            ],
            [
                "AUC, all rows together".into(),
                format!("{:.4}", self.auc_pooled),
            ],
            [
                format!("  {:.0} % interval, DeLong", 100.0 * self.confidence),
                interval(self.interval),
            ],
            [
                "  standard deviation between repeats".into(),
                format!("{:.4}", self.auc_pooled_deviation),
            ],
            [
                "AUC on the rows fitted on".into(),
                format!("{:.4}", self.auc_fitted),
            ],
            ["Brier".into(), format!("{:.4}", self.brier)],
            ["log loss".into(), format!("{:.4}", self.log_loss)],
        ];
        text.push_str(&table(["measure", "value"], &[], rows.into_iter()));
        text.push('\n');
        let kept = self
            .kept
            .iter()
            .map(|kept| [kept.column.clone(), percent(kept.share)]);
        text.push_str(&table(["column", "% of cards"], &[1], kept));
        text
    }
}

impl Comparison {
    /// The comparison as text.
    pub fn to_table(&self) -> String {
        let [a, b] = &self.auc;
        let beside = |values: [Option<f64>; 2]| {
            values.map(|value| value.map_or_else(dash, |value| format!("{value:.4}")))
        };
        let row = |name: &str, [a, b]: [String; 2]| [name.to_owned(), a, b];
        let rows = [
            row("AUC", [a, b].map(|auc| format!("{:.4}", auc.area))),
            row("  interval", [a, b].map(|auc| interval(auc.interval))),
            row(
                "Gini",
                [a, b].map(|auc| format!("{:.4}", 2.0 * auc.area - 1.0)),
            ),
            row(
                "KS",
                [0, 1].map(|i: usize| format!("{:.4}", self.ks[i].distance)),
            ),
            row("Brier", beside(self.brier)),
            row("log loss", beside(self.log_loss)),
        ];
        let mut text = format!(
            "{} rows\nfirst:  {}\nsecond: {}\n",
            self.rows, self.cards[0], self.cards[1]
        );
        text.push_str(&table(
            ["measure", "first", "second"],
            &[1, 2],
            rows.into_iter(),
        ));
        let found = &self.difference;
        line(
            &mut text,
            &format!(
                "second less first: AUC {:+.4}, interval {:+.4} to {:+.4}, p {} (DeLong, paired); \
                 rank correlation of the scores {:.3}",
                found.difference,
                found.interval.0,
                found.interval.1,
                p_value(found.p_value),
                self.rank_correlation
            ),
        );
        let swaps = self.swaps.iter().map(|swap| {
            [
                percent(swap.accepted),
                percent(swap.swapped),
                percent(swap.bad_rate_first),
                percent(swap.bad_rate_second),
                percents(swap.interval_second),
            ]
        });
        let header = [
            "accepted %",
            "swapped %",
            "bad rate % first",
            "second",
            "interval",
        ];
        text.push_str(&table(header, &[0, 1, 2, 3, 4], swaps));
        text
    }
}

fn dash() -> String {
    "-".into()
}

fn percent(share: f64) -> String {
    format!("{:.2}", 100.0 * share)
}

fn percents((low, high): (f64, f64)) -> String {
    format!("{:.2} to {:.2}", 100.0 * low, 100.0 * high)
}

fn interval((low, high): (f64, f64)) -> String {
    format!("{low:.4} to {high:.4}")
}
