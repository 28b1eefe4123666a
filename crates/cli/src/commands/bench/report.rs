//! The figures as JSON: the units first, then what is derived from them.

use std::collections::BTreeMap;

use blindscore_benches::curves::Curve;
use blindscore_benches::measure::{FormFigures, Units};
use blindscore_benches::subject::Subject;
use blindscore_history::form::Form;
use serde::Serialize;

use super::Measured;

/// What `bench --json` prints.
#[derive(Serialize)]
pub(super) struct BenchReport {
    /// What was measured on.
    pub(super) subject: SubjectReport,
    pub(super) machine: Machine,
    pub(super) ratios: Ratios,
    pub(super) bootstrap_us: f64,
    pub(super) plain_ns: f64,
    /// Evaluating one scorecard on a prepared history.
    pub(super) packed_us: Option<f64>,
    /// The same over two sources, or as many as the scheme allows.
    pub(super) composable_us: f64,
    pub(super) seal_packed_us: Option<f64>,
    pub(super) seal_cell_us: f64,
    /// The packed form's, or the composable one's if there is no packed one.
    pub(super) prove_ms: f64,
    pub(super) verify_ms: f64,
    /// A quarter of a card of 12 on `FheUint16`, all cores.
    pub(super) by_hand_quarter_us: Option<f64>,
    pub(super) units: Units,
    pub(super) forms: Vec<FormFigures>,
    pub(super) sizes_bytes: BTreeMap<String, usize>,
    pub(super) peak_memory_bytes: Option<u64>,
    pub(super) curves: Vec<Curve>,
    pub(super) rounds: u32,
    pub(super) proofs: u32,
}

#[derive(Serialize)]
pub(super) struct SubjectReport {
    pub(super) scheme: String,
    pub(super) scorecard: String,
    pub(super) characteristics: usize,
    pub(super) slots: usize,
}

#[derive(Serialize)]
pub(super) struct Machine {
    pub(super) cores: usize,
    pub(super) processor: Option<String>,
    pub(super) target: String,
    pub(super) version: &'static str,
}

/// What carries over to other machines.
#[derive(Serialize)]
pub(super) struct Ratios {
    pub(super) packed_per_bootstrap: Option<f64>,
    pub(super) composable_per_bootstrap: f64,
    pub(super) packed_per_plain: Option<f64>,
    pub(super) composable_per_plain: f64,
    pub(super) prove_per_bootstrap: f64,
    pub(super) verify_per_bootstrap: f64,
    pub(super) seal_packed_per_transform: Option<f64>,
    pub(super) seal_cell_per_transform: f64,
    pub(super) by_hand_card_per_composable: Option<f64>,
}

impl BenchReport {
    pub(super) fn new(subject: &Subject, rounds: u32, proofs: u32, measured: &Measured) -> Self {
        let Measured {
            figures,
            curves,
            by_hand_us,
        } = measured;
        let units = figures.units;
        let packed = figures.forms.iter().find(|f| f.form == Form::Packed);
        let mut own = figures
            .forms
            .iter()
            .filter(|f| f.form == Form::Composable && !f.invented);
        // Two sources, or the most up to two that the scheme allows.
        let composable = own.clone().find(|f| f.sources == 2).or_else(|| own.next());
        let composable_us = composable.map_or(0.0, |f| f.evaluate_us);
        let proven = packed.or(composable);
        let prove_ms = proven.and_then(|f| f.prove_ms).unwrap_or_default();
        let verify_ms = proven.and_then(|f| f.verify_ms).unwrap_or_default();
        let per_bootstrap = |form: &FormFigures| form.evaluate_us / form.bootstrap_us;
        let packed_us = packed.map(|f| f.evaluate_us);
        let seal_packed_us = packed.map(|f| f.seal_us);
        let card = &subject.scorecards[0];
        Self {
            subject: SubjectReport {
                scheme: subject.scheme.name().to_owned(),
                scorecard: card.name().to_owned(),
                characteristics: card.characteristics().len(),
                slots: subject.scheme.slots(),
            },
            machine: Machine {
                cores: std::thread::available_parallelism().map_or(1, usize::from),
                processor: processor(),
                target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
                version: env!("CARGO_PKG_VERSION"),
            },
            ratios: Ratios {
                packed_per_bootstrap: packed.map(per_bootstrap),
                composable_per_bootstrap: composable.map_or(0.0, per_bootstrap),
                packed_per_plain: packed_us.map(|us| us * 1e3 / units.plain_ns),
                composable_per_plain: composable_us * 1e3 / units.plain_ns,
                prove_per_bootstrap: proven
                    .and_then(|form| form.prove_per_bootstrap)
                    .unwrap_or_default(),
                verify_per_bootstrap: proven
                    .and_then(|form| form.verify_per_bootstrap)
                    .unwrap_or_default(),
                seal_packed_per_transform: seal_packed_us.map(|us| us / units.transform_us),
                seal_cell_per_transform: units.seal_cell_us / units.transform_us,
                by_hand_card_per_composable: by_hand_us.map(|us| 4.0 * us / composable_us),
            },
            bootstrap_us: units.bootstrap_us,
            plain_ns: units.plain_ns,
            packed_us,
            composable_us,
            seal_packed_us,
            seal_cell_us: units.seal_cell_us,
            prove_ms,
            verify_ms,
            by_hand_quarter_us: *by_hand_us,
            units,
            forms: figures.forms.clone(),
            sizes_bytes: figures.sizes_bytes.clone(),
            peak_memory_bytes: figures.peak_bytes,
            curves: curves.clone(),
            rounds,
            proofs,
        }
    }
}

/// The processor's name, where Linux tells it.
fn processor() -> Option<String> {
    let told = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
