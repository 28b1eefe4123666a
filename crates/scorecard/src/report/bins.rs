//! Each characteristic's bins: a plot of rows and bad rates, and a table.

use super::Report;
use super::markup::{dash, escape, percent, table, write};
use super::svg::{Plot, shares};
use crate::model::Characteristic;
use crate::train::{Candidate, Selected};

/// A bin as the page shows it.
struct Shown {
    label: String,
    rows: usize,
    bad_rate: Option<f64>,
    woe: Option<f64>,
    points: i64,
}

/// All characteristics: from the fit if there is one, else from the first
/// sample.
pub(super) fn section(report: &Report<'_>) -> String {
    let mut html = String::new();
    for (index, characteristic) in report.scorecard.characteristics().iter().enumerate() {
        let (bins, iv) = match (candidate(report, index), report.validations.first()) {
            (Some((found, own)), _) => (fitted(found, own), Some(found.bins.iv)),
            (None, Some((_, validation))) => {
                let found = validation.characteristics.get(index);
                let bins = found.map(|one| &one.attributes[..]).unwrap_or_default();
                let bins = bins.iter().map(|one| Shown {
                    label: one.label.clone(),
                    rows: one.rows,
                    bad_rate: one.bad_rate,
                    woe: None,
                    points: one.points,
                });
                (bins.collect(), found.map(|one| one.iv))
            }
            (None, None) => (Vec::new(), None),
        };
        if bins.is_empty() {
            continue;
        }
        let iv = iv.map_or_else(String::new, |iv| format!(", IV {iv:.3}"));
        write(
            &mut html,
            format_args!(
                "<section class=\"pair\"><h3>{}{iv}</h3>",
                escape(characteristic.name())
            ),
        );
        html.push_str(&plot(characteristic.name(), &bins));
        html.push_str(&rows(&bins));
        html.push_str("</section>\n");
    }
    html
}

/// What a characteristic was made of, with the one that was fitted: bins are of
/// the scheme that was fitted on, whose lines and levels the card's may lack.
fn candidate<'a>(report: &Report<'a>, index: usize) -> Option<(&'a Candidate, &'a Characteristic)> {
    let fit = report.fit?;
    let own = fit.scorecard.characteristics().get(index)?;
    let found = fit.report.candidates.iter().find(|candidate| {
        candidate.selected == Selected::Yes && candidate.bins.line_window == own.line_window()
    });
    found.map(|found| (found, own))
}

fn fitted(candidate: &Candidate, characteristic: &Characteristic) -> Vec<Shown> {
    let bins = candidate.bins.bins.iter();
    bins.map(|bin| Shown {
        label: bin.label.clone(),
        rows: bin.rows,
        bad_rate: bin.bad_rate(),
        woe: Some(bin.woe),
        points: characteristic.points_at(bin.levels.first().map_or(0, |levels| levels.0)),
    })
    .collect()
}

/// Bars for the share of rows, a line for the bad rate, both in per cent.
fn plot(name: &str, bins: &[Shown]) -> String {
    let total: usize = bins.iter().map(|bin| bin.rows).sum();
    let share = |bin: &Shown| bin.rows as f64 / total.max(1) as f64;
    let tallest = bins
        .iter()
        .map(|bin| share(bin).max(bin.bad_rate.unwrap_or(0.0)))
        .fold(0.01, f64::max);
    let height = (0.0, 1.05 * tallest);
    let mut plot = Plot::new((0.5, bins.len() as f64 + 0.5), height);
    let place = |index: usize| index as f64 + 1.0;
    for (index, bin) in bins.iter().enumerate() {
        let title = format!("{}: {} of the rows", bin.label, percent(share(bin)));
        plot.bar(
            "rows",
            (place(index) - 0.35, place(index) + 0.35),
            share(bin),
            &title,
        );
    }
    let rates = || {
        let rate = |(index, bin): (usize, &Shown)| bin.bad_rate.map(|rate| (place(index), rate));
        bins.iter().enumerate().filter_map(rate)
    };
    plot.line("bad", rates());
    for (x, rate) in rates() {
        plot.dot("bad", x, rate, &format!("bad rate {}", percent(rate)));
    }
    let numbers = (0..bins.len()).map(|index| (place(index), (index + 1).to_string()));
    plot.finish(
        &format!("{name}: share of rows and bad rate by bin"),
        ("bin", numbers.collect()),
        ("share of rows (bars), bad rate (line)", shares(height)),
    )
}

fn rows(bins: &[Shown]) -> String {
    let woe = bins.iter().any(|bin| bin.woe.is_some());
    let mut header = vec!["bin", "range", "rows", "bad rate", "points"];
    if woe {
        header.push("WoE");
    }
    let rows: Vec<Vec<String>> = bins
        .iter()
        .enumerate()
        .map(|(index, bin)| {
            let mut row = vec![
                (index + 1).to_string(),
                bin.label.clone(),
                bin.rows.to_string(),
                bin.bad_rate.map_or_else(dash, percent),
                bin.points.to_string(),
            ];
            if woe {
                row.push(bin.woe.map_or_else(dash, |woe| format!("{woe:+.3}")));
            }
            row
        })
        .collect();
    table(&header, &[1], &rows)
}
