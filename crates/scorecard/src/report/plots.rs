//! The plots of a validation.

use super::markup::percent;
use super::svg::{Plot, numbers, shares};
use crate::validate::{Calibration, Validation};

const UNIT: (f64, f64) = (0.0, 1.0);

pub(super) fn roc(validation: &Validation) -> String {
    let mut plot = Plot::new(UNIT, UNIT);
    plot.line("chance", [(0.0, 0.0), (1.0, 1.0)].into_iter());
    plot.line(
        "main",
        validation.curve.iter().map(|p| (p.good_share, p.bad_share)),
    );
    let auc = format!("AUC {:.3}", validation.auc.area);
    plot.text(0.97, 0.06, "end", &auc);
    plot.finish(
        &format!("ROC curve, {auc}"),
        ("share of the good at or below the score", shares(UNIT)),
        ("share of the bad", shares(UNIT)),
    )
}

pub(super) fn ks(validation: &Validation) -> String {
    let scores = score_range(validation);
    let mut plot = Plot::new(scores, UNIT);
    let curve = || validation.curve.iter();
    plot.line("bad", curve().map(|p| (p.score as f64, p.bad_share)));
    plot.line("good", curve().map(|p| (p.score as f64, p.good_share)));
    let ks = &validation.ks;
    let at = ks.score as f64;
    plot.line(
        "mark",
        [(at, ks.good_share), (at, ks.bad_share)].into_iter(),
    );
    let text = format!("KS {:.3} at {}", ks.distance, ks.score);
    plot.text(scores.1, 0.06, "end", &text);
    plot.finish(
        &format!("Cumulative shares of good and bad, {text}"),
        ("score", numbers(scores)),
        ("share at or below the score", shares(UNIT)),
    )
}

fn score_range(validation: &Validation) -> (f64, f64) {
    let scores = validation.curve.iter().map(|point| point.score as f64);
    let low = scores.clone().fold(f64::INFINITY, f64::min);
    (low, scores.fold(f64::NEG_INFINITY, f64::max))
}

pub(super) fn distribution(validation: &Validation) -> String {
    let bars = &validation.distribution;
    let from = bars.first().map_or(0, |bar| bar.from) as f64;
    let to = bars.last().map_or(1, |bar| bar.to) as f64;
    let tallest = bars
        .iter()
        .map(|bar| bar.good_share.max(bar.bad_share))
        .fold(0.0, f64::max);
    let height = (0.0, 1.05 * tallest);
    let mut plot = Plot::new((from, to), height);
    for bar in bars {
        let range = (bar.from as f64, bar.to as f64);
        let title = format!(
            "{} to {}: {} of the good, {} of the bad",
            bar.from,
            bar.to - 1,
            percent(bar.good_share),
            percent(bar.bad_share)
        );
        plot.bar("good", range, bar.good_share, &title);
        plot.bar("bad", range, bar.bad_share, &title);
    }
    plot.finish(
        "Distribution of the score among good and bad",
        ("score", numbers((from, to))),
        ("share of the class", shares(height)),
    )
}

pub(super) fn calibration(calibration: &Calibration) -> String {
    let groups = &calibration.groups;
    let most = groups
        .iter()
        .map(|g| g.expected.max(g.interval.1))
        .fold(0.01, f64::max);
    let range = (0.0, (1.05 * most).min(1.0));
    let mut plot = Plot::new(range, range);
    plot.line("chance", [(0.0, 0.0), (range.1, range.1)].into_iter());
    for group in groups {
        let x = group.expected.min(range.1);
        let up = group.interval.1.min(range.1);
        plot.line("whisker", [(x, group.interval.0), (x, up)].into_iter());
    }
    plot.line("main", groups.iter().map(|g| (g.expected, g.observed)));
    for group in groups {
        let title = format!(
            "{} rows: stated {}, observed {}",
            group.rows,
            percent(group.expected),
            percent(group.observed)
        );
        plot.dot("main", group.expected, group.observed, &title);
    }
    plot.finish(
        "Calibration: observed against stated bad rates",
        ("stated bad rate", shares(range)),
        ("observed bad rate", shares(range)),
    )
}
