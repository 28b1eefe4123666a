//! The figures as text, ratios first.

use blindscore_benches::measure::FormFigures;
use blindscore_history::money::grouped;

use super::report::BenchReport;
use crate::output::table;

pub(super) fn text(report: &BenchReport) -> String {
    let mut text = format!(
        "{} on {}: {} characteristics, {} slots.\nOne core unless said otherwise; medians of {} rounds in turns, proofs: means of {}.\n\n",
        report.subject.scorecard,
        report.subject.scheme,
        report.subject.characteristics,
        report.subject.slots,
        report.rounds,
        report.proofs,
    );
    text.push_str("Ratios\n");
    text.push_str(&ratios(report));
    text.push_str("\nEach step\n");
    text.push_str(&forms(report));
    if report.forms.iter().any(|form| form.invented) {
        text.push_str("* on an invented scheme of as many characteristics: this one does not allow so many sources\n");
    }
    text.push_str("\nDistance to the limit: each polynomial through one transform of tfhe, each byte copied once\n");
    text.push_str(&limits(report));
    text.push_str("\nUnits\n");
    text.push_str(&units(report));
    text.push_str("\nBytes, of the bundled application\n");
    let rows = report.sizes_bytes.iter();
    let rows = rows.map(|(what, bytes)| [what.replace('_', " "), grouped(&bytes.to_string())]);
    text.push_str(&table(["message or key", "bytes"], rows, &[1]));
    for curve in &report.curves {
        text.push_str(&format!(
            "\nOne score, {}, over {}\n",
            curve.of, curve.along
        ));
        let rows = curve.points.iter();
        let rows = rows.map(|p| {
            [
                p.at.to_string(),
                us(p.us),
                format!("{:.5}", p.per_bootstrap),
            ]
        });
        text.push_str(&table(
            [curve.along, "us a score", "of a bootstrap"],
            rows,
            &[0, 1, 2],
        ));
        if let Some(why) = &curve.ends {
            text.push_str(&format!("ends here: {why}\n"));
        }
    }
    if report.by_hand_quarter_us.is_none() {
        text.push_str(
            "\nBy hand on FheUint16: not measured. It needs tfhe's integers, minutes more to build:\n  cargo run --release --features blindscore-cli/by-hand -- bench --by-hand\n",
        );
    }
    text
}

fn ratios(report: &BenchReport) -> String {
    let ratios = &report.ratios;
    let mut rows = Vec::new();
    let mut add = |what: &str, ratio: Option<f64>, of: &str| {
        let Some(ratio) = ratio else { return };
        let said = match ratio {
            ratio if ratio < 0.1 => format!("1/{:.0}", 1.0 / ratio),
            ratio if ratio < 100.0 => format!("{ratio:.2}"),
            ratio => grouped(&format!("{ratio:.0}")),
        };
        rows.push([what.to_owned(), said, of.to_owned()]);
    };
    add(
        "packed score",
        ratios.packed_per_bootstrap,
        "of one bootstrap",
    );
    add(
        "composable score",
        Some(ratios.composable_per_bootstrap),
        "of one bootstrap",
    );
    add("proving", Some(ratios.prove_per_bootstrap), "bootstraps");
    add("verifying", Some(ratios.verify_per_bootstrap), "bootstraps");
    add(
        "packed score",
        ratios.packed_per_plain,
        "scores in the clear",
    );
    add(
        "composable score",
        Some(ratios.composable_per_plain),
        "scores in the clear",
    );
    add(
        "seal packed",
        ratios.seal_packed_per_transform,
        "transforms of size N",
    );
    add(
        "seal one cell",
        Some(ratios.seal_cell_per_transform),
        "transforms of size N",
    );
    add(
        "the card by hand",
        ratios.by_hand_card_per_composable,
        "composable scores",
    );
    table(["what", "ratio", "to"], rows, &[1])
}

fn forms(report: &BenchReport) -> String {
    let name = |form: &FormFigures| {
        let star = if form.invented { "*" } else { "" };
        format!("{}, {}{star}", form.form, form.sources)
    };
    let optional = |ms: Option<f64>| ms.map_or_else(String::new, |ms| format!("{ms:.1}"));
    let rows = report.forms.iter().map(|form| {
        [
            name(form),
            form.products.to_string(),
            us(form.seal_us),
            us(form.admit_us),
            us(form.prepare_us),
            us(form.evaluate_us),
            us(form.open_us),
            optional(form.prove_ms),
            optional(form.verify_ms),
            grouped(&format!("{:.0}", form.per_second_all_cores)),
            grouped(&format!("{:.0}", form.per_second_shared)),
            grouped(&form.upload_bytes.to_string()),
            form.peak_bytes
                .map_or_else(String::new, |b| format!("{:.1}", b as f64 / 1e6)),
        ]
    });
    let header = [
        "form, sources",
        "products",
        "seal us",
        "admit us",
        "prepare us",
        "evaluate us",
        "open us",
        "prove ms",
        "verify ms",
        "scores a second, all cores",
        "8 cards a history",
        "upload bytes",
        "peak MB",
    ];
    table(header, rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
}

fn limits(report: &BenchReport) -> String {
    let rows = report.forms.iter().map(|form| {
        let work = form.limit.work;
        [
            format!("{}, {}", form.form, form.sources),
            grouped(&work.transforms.to_string()),
            grouped(&work.butterflies.to_string()),
            grouped(&work.multiply_adds.to_string()),
            grouped(&work.bytes.to_string()),
            us(form.limit.floor_us),
            us(form.evaluate_us),
            format!("{:.0} %", form.limit.share * 100.0),
        ]
    });
    let header = [
        "form, sources",
        "transforms",
        "butterflies",
        "multiply-adds",
        "bytes moved",
        "floor us",
        "measured us",
        "reached",
    ];
    table(header, rows, &[1, 2, 3, 4, 5, 6, 7])
}

fn units(report: &BenchReport) -> String {
    let units = &report.units;
    let row = |what: &str, value: String, unit: &str| [what.to_owned(), value, unit.to_owned()];
    let rows = [
        row("one 2_2 bootstrap of tfhe", us(units.bootstrap_us), "us"),
        row(
            "one transform of size N",
            format!("{:.2}", units.transform_us),
            "us",
        ),
        row(
            "the same by tfhe, Fourier",
            format!("{:.2}", units.fourier_us),
            "us",
        ),
        row(
            "one score in the clear",
            format!("{:.0}", units.plain_ns),
            "ns",
        ),
        row("one cell sealed", us(units.seal_cell_us), "us"),
        row(
            "copying memory",
            format!("{:.1}", units.copy_gb_per_s),
            "GB/s",
        ),
    ];
    table(["unit", "value", ""], rows, &[1])
}

fn us(microseconds: f64) -> String {
    if microseconds < 999.5 {
        format!("{microseconds:.1}")
    } else {
        grouped(&format!("{microseconds:.0}"))
    }
}
