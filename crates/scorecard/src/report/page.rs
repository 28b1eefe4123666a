//! The page, from its head to its foot.

use super::markup::{dash, escape, percent, percents, table, write};
use super::{Report, bins, plots};
use crate::train::FitReport;
use crate::train::print::p_value;
use crate::validate::{Comparison, CrossValidation, Fairness, Stability, Validation};

const STYLE: &str = include_str!("style.css");

pub(super) fn page(report: &Report<'_>) -> String {
    let mut html = String::new();
    write(
        &mut html,
        format_args!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" \
             content=\"light dark\"><title>{title}</title><style>{STYLE}</style></head><body>\
             <main>\n<h1>{title}</h1>\n",
            title = escape(&report.title),
        ),
    );
    html.push_str(&identity(report));
    if let Some(cross) = report.cross_validation {
        html.push_str(&cross_validation(cross));
    }
    for (name, validation) in &report.validations {
        html.push_str(&sample(name, validation));
    }
    if let Some(both) = report.comparison {
        html.push_str(&comparison(both));
    }
    html.push_str("<h2>Characteristics</h2>\n");
    html.push_str(&bins::section(report));
    if let Some(fit) = report.fit.map(|fit| &fit.report) {
        html.push_str(&fitting(fit));
    }
    html.push_str("</main></body></html>\n");
    html
}

fn identity(report: &Report<'_>) -> String {
    let card = report.scorecard;
    let scaling = card.scaling();
    let mut html = String::new();
    write(
        &mut html,
        format_args!(
            "<p class=\"lead\">{}, version {}, by {}. Scheme {}, version {}. Published scores {} to \
             {}; raw points span {}.</p><p class=\"digest\">scorecard {}</p>\n",
            escape(card.name()),
            card.version(),
            escape(card.provider()),
            escape(report.scheme.name()),
            report.scheme.version(),
            scaling.min(),
            scaling.max(),
            card.span(),
            card.digest(),
        ),
    );
    for warning in report.fit.iter().flat_map(|fit| &fit.report.warnings) {
        write(
            &mut html,
            format_args!("<p class=\"warning\">{}</p>\n", escape(warning)),
        );
    }
    html
}

fn figure(caption: &str, svg: &str) -> String {
    format!("<figure>{svg}<figcaption>{caption}</figcaption></figure>")
}

fn sample(name: &str, validation: &Validation) -> String {
    let mut html = format!("<h2>{}</h2>\n", escape(name));
    html.push_str(&tiles(validation));
    html.push_str("<div class=\"plots\">");
    html.push_str(&figure("ROC curve", &plots::roc(validation)));
    html.push_str(&figure(
        "<span class=\"key bad\">bad</span> and <span class=\"key good\">good</span>, cumulative",
        &plots::ks(validation),
    ));
    html.push_str(&figure(
        "<span class=\"key bad\">bad</span> and <span class=\"key good\">good</span> over the score",
        &plots::distribution(validation),
    ));
    if let Some(calibration) = &validation.calibration {
        html.push_str(&figure(
            "Observed against stated bad rate, with intervals; on the diagonal they agree",
            &plots::calibration(calibration),
        ));
    }
    html.push_str("</div>\n<h3>Score bands</h3>\n");
    html.push_str(&bands(validation));
    html.push_str("<h3>What the riskiest hold</h3>\n");
    let gains: Vec<Vec<String>> = validation
        .gains
        .iter()
        .map(|gain| {
            vec![
                percent(gain.share),
                percent(gain.capture),
                format!("{:.2}", gain.lift),
            ]
        })
        .collect();
    html.push_str(&table(
        &["riskiest share of rows", "share of the bad", "lift"],
        &[],
        &gains,
    ));
    if let Some(moved) = &validation.stability {
        html.push_str(&stability(moved));
    }
    if let Some(groups) = &validation.fairness {
        html.push_str(&fairness(groups));
    }
    html
}

fn tiles(validation: &Validation) -> String {
    let auc = &validation.auc;
    let mut tiles = vec![
        (
            "AUC",
            format!("{:.3}", auc.area),
            format!("{:.3} to {:.3}", auc.interval.0, auc.interval.1),
        ),
        (
            "Gini",
            format!("{:.3}", validation.gini),
            "2 AUC − 1".into(),
        ),
        (
            "KS",
            format!("{:.3}", validation.ks.distance),
            format!("at score {}", validation.ks.score),
        ),
        (
            "Bad rate",
            percent(validation.table.bad_rate()),
            format!("{} of {} rows", validation.table.bad, validation.table.rows),
        ),
    ];
    if let Some(odds) = &validation.calibration {
        let test = &odds.hosmer_lemeshow;
        tiles.push((
            "Brier",
            format!("{:.4}", odds.brier),
            format!("{:.4} for the average", odds.brier_of_average),
        ));
        tiles.push((
            "Log loss",
            format!("{:.4}", odds.log_loss),
            format!("{:.4} for the average", odds.log_loss_of_average),
        ));
        tiles.push((
            "Hosmer-Lemeshow",
            format!("p {}", p_value(test.p_value)),
            format!("{:.1} on {} degrees", test.chi_square, test.freedom),
        ));
        let slope = odds.slope.map_or_else(dash, |slope| format!("{slope:.3}"));
        tiles.push(("Calibration slope", slope, "1 is right".into()));
    }
    let mut html = String::from("<div class=\"tiles\">");
    for (name, value, note) in tiles {
        write(
            &mut html,
            format_args!("<div><span>{name}</span><b>{value}</b><small>{note}</small></div>"),
        );
    }
    html.push_str("</div>\n");
    html
}

fn bands(validation: &Validation) -> String {
    let range = |from: Option<i64>, to: Option<i64>| match (from, to) {
        (None, None) => "all".into(),
        (None, Some(to)) => format!("under {to}"),
        (Some(from), None) => format!("{from} or more"),
        (Some(from), Some(to)) => format!("{from} to {}", to - 1),
    };
    let rows: Vec<Vec<String>> = validation
        .bands
        .iter()
        .map(|band| {
            vec![
                range(band.from, band.to),
                band.rows.to_string(),
                band.bad_rate.map_or_else(dash, percent),
                percents(band.interval),
                band.expected.map_or_else(dash, percent),
                percent(band.cumulative_share),
                percent(band.capture),
                format!("{:.2}", band.lift),
            ]
        })
        .collect();
    let header = [
        "score",
        "rows",
        "bad rate",
        "interval",
        "stated",
        "cumulative",
        "of the bad",
        "lift",
    ];
    table(&header, &[], &rows)
}

fn stability(moved: &Stability) -> String {
    let mut html = format!(
        "<h3>Moved since the reference sample: index {:.3}</h3>\n<p>{} rows then, {} now. By a rule \
         of thumb of the field, below 0.10 little has moved and above 0.25 much.</p>\n",
        moved.psi, moved.rows_before, moved.rows_now
    );
    let rows: Vec<Vec<String>> = moved
        .characteristics
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                format!("{:.4}", one.psi),
                format!("{:+.2}", one.points_shift),
            ]
        })
        .collect();
    html.push_str(&table(
        &["characteristic", "index", "mean points moved"],
        &[],
        &rows,
    ));
    html
}

fn fairness(groups: &Fairness) -> String {
    let mut html = format!(
        "<h3>Groups at cut-off {}</h3>\n<p>{}</p>\n<p>{} selected; compared with {}.</p>\n",
        groups.cutoff,
        escape(groups.note),
        percent(groups.selection_rate),
        escape(&groups.reference),
    );
    let signed = |value: Option<f64>| {
        value.map_or_else(dash, |value| format!("{:+.1} points", 100.0 * value))
    };
    let rows: Vec<Vec<String>> = groups
        .groups
        .iter()
        .map(|group| {
            let few = if group.few_rows { " (few)" } else { "" };
            vec![
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
        })
        .collect();
    let header = [
        "group",
        "rows",
        "bad rate",
        "selected",
        "interval",
        "impact ratio",
        "good selected",
        "equal-opportunity gap",
        "stated less observed",
        "AUC",
    ];
    html.push_str(&table(&header, &[], &rows));
    html
}

fn cross_validation(cross: &CrossValidation) -> String {
    let mut html = format!(
        "<h2>Cross-validation</h2>\n<p>{} folds, {} times over: AUC <b>{:.3}</b>, {:.0} % interval \
         {:.3} to {:.3}; {:.3} on the rows fitted on. The standard deviation between repeats is \
         {:.4}.</p>\n",
        cross.folds,
        cross.repeats,
        cross.auc_pooled,
        100.0 * cross.confidence,
        cross.interval.0,
        cross.interval.1,
        cross.auc_fitted,
        cross.auc_pooled_deviation,
    );
    let kept: Vec<Vec<String>> = cross
        .kept
        .iter()
        .map(|kept| vec![kept.column.clone(), percent(kept.share)])
        .collect();
    html.push_str(&table(&["column", "share of cards"], &[], &kept));
    html
}

fn comparison(both: &Comparison) -> String {
    let found = &both.difference;
    let mut html = format!(
        "<h2>Comparison</h2>\n<p>First: {}. Second: {}.</p>\n<p>AUC {:.3} against {:.3}: a \
         difference of {:+.4}, interval {:+.4} to {:+.4}, p {} (DeLong, paired). Rank correlation \
         {:.3}.</p>\n",
        escape(&both.cards[0]),
        escape(&both.cards[1]),
        both.auc[0].area,
        both.auc[1].area,
        found.difference,
        found.interval.0,
        found.interval.1,
        p_value(found.p_value),
        both.rank_correlation,
    );
    let rows: Vec<Vec<String>> = both
        .swaps
        .iter()
        .map(|swap| {
            vec![
                percent(swap.accepted),
                percent(swap.swapped),
                percent(swap.bad_rate_first),
                percent(swap.bad_rate_second),
                percents(swap.interval_second),
            ]
        })
        .collect();
    let header = [
        "accepted",
        "swapped",
        "bad rate, first",
        "bad rate, second",
        "interval",
    ];
    html.push_str(&table(&header, &[], &rows));
    html
}

fn fitting(fit: &FitReport) -> String {
    let mut html = format!(
        "<h2>How it was fitted</h2>\n<p>{} rows, {} good and {} bad. {}.</p>\n",
        fit.table.rows,
        fit.table.good,
        fit.table.bad,
        escape(fit.sign_convention),
    );
    let rows: Vec<Vec<String>> = fit
        .model
        .coefficients
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                format!("{:.4}", one.estimate),
                one.standard_error
                    .map_or_else(dash, |error| format!("{error:.4}")),
                one.p_value.map_or_else(dash, p_value),
                one.inflation
                    .map_or_else(dash, |factor| format!("{factor:.2}")),
            ]
        })
        .collect();
    let header = [
        "characteristic",
        "coefficient",
        "standard error",
        "p",
        "inflation",
    ];
    html.push_str(&table(&header, &[], &rows));
    let (scale, rounding) = (&fit.scale, &fit.rounding);
    write(
        &mut html,
        format_args!(
            "<p>Intercept {:.4}, L2 penalty {}. {} points double the odds, {} to 1 at {}; {} raw \
             points to a published one. Rounding to whole points moved the AUC from {:.6} to {:.6} \
             and a score by {:.2} points at most.</p>\n<h3>Columns looked at</h3>\n",
            fit.model.intercept,
            fit.model.l2,
            scale.points_to_double_odds,
            scale.base_odds,
            scale.base_score,
            scale.raw_per_published,
            rounding.auc_before,
            rounding.auc_after,
            rounding.largest_difference,
        ),
    );
    let rows: Vec<Vec<String>> = fit
        .candidates
        .iter()
        .map(|candidate| {
            vec![
                candidate.bins.column.clone(),
                candidate.selected.to_string(),
                candidate.trend().into(),
                candidate.bins.bins.len().to_string(),
                format!("{:.3}", candidate.bins.iv),
            ]
        })
        .collect();
    let header = ["column", "in the card", "bad rate", "bins", "IV"];
    html.push_str(&table(&header, &[1, 2], &rows));
    html
}
