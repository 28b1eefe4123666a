//! Noise measured on many decryptions, against the prediction and its tail
//! against the Gaussian.
//!
//! The failure bounds of a plan are Gaussian tails at the predicted deviation
//! ([`blindscore_fhe::noise`]). What can be measured is that deviation, and the
//! tail as far out as the number of decryptions reaches.

use blindscore_fhe::noise::Noise;
use blindscore_fhe::parameters::{decode, encode};
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_fhe::{
    Accumulator, BlockTables, ComposableHistory, Gadget, KeyOrigin, PackedHistory, PackedTable,
    PublicKey, Scratch, SealingKey, Whitening, slot_offsets,
};
use blindscore_history::digest::{Digest, Framed};
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::{CellSize, Scheme};
use rayon::prelude::*;
use serde_json::json;

use crate::Error;

/// Multiples of the deviation beyond which outputs are counted.
pub const TAIL: [f64; 4] = [2.0, 3.0, 4.0, 5.0];

/// Composable histories that are sealed under one key.
const SEALS: u64 = 10;
/// Packed histories that are sealed under one key. Each is evaluated under one
/// table, since outputs of one history under several would not be independent.
const PACKED_SEALS: u64 = 1000;
/// Tables, which packed histories take in turns.
const TABLES: u64 = 100;
/// Cells that a composable accumulator turns by.
const PRODUCTS: usize = 12;

/// What was measured of one choice of parameters.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Which.
    pub case: String,
    /// Decryptions; none decoded wrong.
    pub decryptions: usize,
    /// Predicted deviation, log2 of the torus.
    pub predicted_log2: f64,
    /// Measured deviation, log2 of the torus.
    pub measured_log2: f64,
    /// Outputs further out than [`TAIL`] predicted deviations.
    pub beyond: [usize; TAIL.len()],
    /// The furthest output, in predicted deviations.
    pub furthest: f64,
    /// Half the distance between two scores, in predicted deviations: what an
    /// output would have to reach to decode wrong.
    pub wrong_from: f64,
}

/// The share of a Gaussian beyond `deviations`, both sides.
pub fn gaussian_beyond(deviations: f64) -> f64 {
    // Abramowitz and Stegun 7.1.26 is within 1.5e-7; the tails here are
    // smaller, so the continued fraction of erfc is taken (7.1.14), from
    // its far end.
    let x = deviations / std::f64::consts::SQRT_2;
    let fraction = (1..=200)
        .rev()
        .fold(x, |below, k| x + f64::from(k) / 2.0 / below);
    (-x * x).exp() / fraction / std::f64::consts::PI.sqrt()
}

/// Measures packed outputs, at least `decryptions`.
///
/// # Errors
/// A fault of this module.
pub fn packed(decryptions: usize) -> Result<Measured, Error> {
    let scheme = scheme(63, CellSize::Compact)?;
    let offsets = slot_offsets(&scheme).map_err(blindscore_client::source::SealError::from)?;
    // Other steps for every table, as scorecards have them.
    let values = |table: u64| -> Vec<i64> {
        let step = 3 + table as i64 % 9;
        let points = |slot: usize| (slot as i64 % 64) / step * 7 - (table as i64 % 40);
        (0..scheme.slots()).map(points).collect()
    };
    let tables: Vec<(Vec<i64>, PackedTable, f64)> = (0..TABLES)
        .map(|table| {
            let values = values(table);
            let packed = PackedTable::new(&scheme, &values);
            let deviation = Noise::packed(packed.coefficients()).deviation();
            (values, packed, deviation)
        })
        .collect();
    let keys = decryptions.div_ceil(PACKED_SEALS as usize) as u64;
    let outputs = (0..keys).into_par_iter().map(|k| {
        let (secret, public) = key(k);
        let mut outputs = Vec::new();
        for (seal, (values, table, deviation)) in (0..PACKED_SEALS).zip(tables.iter().cycle()) {
            let levels = levels(&scheme, 63, k * PACKED_SEALS + seal)?;
            let sealed = PackedHistory::seal(&public, &sealing(k, seal), &scheme, &levels)
                .map_err(blindscore_client::source::SealError::from)?;
            let phase = secret.output_phases(&table.evaluate(&sealed.prepare()))[0];
            let slots = offsets.iter().zip(levels.levels());
            let sum: i64 = slots.map(|(o, level)| values[o + *level as usize]).sum();
            outputs.push(Output::new(phase, sum.rem_euclid(1021) as u64, *deviation));
        }
        Ok(outputs)
    });
    let outputs = outputs.collect::<Result<Vec<_>, Error>>()?.concat();
    Ok(measured("packed".to_owned(), &outputs))
}

/// Measures composable outputs of one kind of cells, at least `decryptions`,
/// with blocks of `block` levels.
///
/// # Errors
/// A fault of this module.
pub fn composable(cells: CellSize, block: usize, decryptions: usize) -> Result<Measured, Error> {
    let cap = block as u32 / 4 - 1;
    let scheme = scheme(cap, cells)?;
    let outputs_each = blindscore_fhe::parameters::N / block;
    // A stair table: low-frequency digits, the case that whitening is for.
    let stair = |h: u64| (0..block as u64).map(move |level| (level / 9 * 40 + h) % 1021);
    let blocks: Vec<Vec<u64>> = (0..outputs_each as u64)
        .map(|h| stair(h).collect())
        .collect();
    let tables = BlockTables::new(&blocks);
    let deviation = Noise::composable(Gadget::of(&scheme), PRODUCTS, 1).deviation();
    let keys = decryptions.div_ceil(SEALS as usize * outputs_each) as u64;
    let outputs = (0..keys).into_par_iter().map(|k| {
        let (secret, public) = key(1_000_000 + k);
        let mut scratch = Scratch::new();
        let mut outputs = Vec::new();
        for seal in 0..SEALS {
            let levels = levels(&scheme, cap, k * SEALS + seal)?;
            let sealed =
                ComposableHistory::seal(&public, &sealing(k, seal), &scheme, &levels, |_| true);
            let plan = Digest::new([1; 32]);
            let whitening = Whitening {
                plan: &plan,
                histories: &[sealed.digest()],
            };
            let mut accumulator = Accumulator::start(&tables, &public, whitening, 0);
            for cell in sealed.prepare().iter().flatten() {
                accumulator.turn(cell, &mut scratch);
            }
            let level: u32 = levels.cells(&scheme).into_iter().flatten().sum();
            let result = accumulator.into_result(outputs_each);
            let phases = secret.output_phases(&result);
            for (phase, block) in phases.iter().zip(&blocks) {
                outputs.push(Output::new(*phase, block[level as usize], deviation));
            }
        }
        Ok(outputs)
    });
    let outputs = outputs.collect::<Result<Vec<_>, Error>>()?.concat();
    let case = format!("composable, {} cells, blocks of {block}", cells.name());
    Ok(measured(case, &outputs))
}

/// One opened output.
#[derive(Clone, Copy)]
struct Output {
    noise: f64,
    deviation: f64,
    right: bool,
}

impl Output {
    fn new(phase: u64, want: u64, deviation: f64) -> Self {
        Self {
            noise: phase.wrapping_sub(encode(want)) as i64 as f64,
            deviation,
            right: decode(phase) == want,
        }
    }
}

fn measured(case: String, outputs: &[Output]) -> Measured {
    let count = outputs.len() as f64;
    let wrong = outputs.iter().filter(|output| !output.right).count();
    assert_eq!(wrong, 0, "{case}: outputs that decode wrong");
    let mean = |of: &dyn Fn(&Output) -> f64| outputs.iter().map(of).sum::<f64>() / count;
    let deviation = mean(&|o| o.deviation * o.deviation).sqrt();
    let far = |output: &Output| output.noise.abs() / output.deviation;
    // The deviation that outputs would have if each were as far out as it is of
    // its own prediction: tables differ.
    let ratio = mean(&|o| far(o) * far(o)).sqrt();
    let half = encode(1) as f64 / 2.0;
    Measured {
        case,
        decryptions: outputs.len(),
        predicted_log2: deviation.log2() - 64.0,
        measured_log2: (deviation * ratio).log2() - 64.0,
        beyond: TAIL.map(|limit| outputs.iter().filter(|o| far(o) > limit).count()),
        furthest: outputs.iter().map(far).fold(0.0, f64::max),
        wrong_from: half / deviation,
    }
}

/// Three pooled lines of four windows each; levels up to `cap`.
fn scheme(cap: u32, cells: CellSize) -> Result<Scheme, Error> {
    let line = |name: &str, flow: &str, direction: &str| {
        json!({"name": name, "kind": "pooled", "direction": direction, "flows": [flow],
               "unit": 5000, "cap": cap, "windows": [1, 3, 6, 12]})
    };
    let scheme = json!({"blindscore_scheme": 1, "name": "noise", "version": 1, "currency": "EUR",
        "sources_max": 1, "cells": cells.name(),
        "lines": [line("a", "expenditure", "out"), line("b", "income", "in"),
                  line("c", "cash", "out")]});
    Ok(Scheme::from_json(&scheme.to_string())?)
}

fn key(number: u64) -> (SecretPolynomial, PublicKey) {
    let bytes = |name: &str| *Framed::new(name).u64(number).digest().as_bytes();
    let origin = KeyOrigin {
        signing_key: bytes("s"),
        application_id: [0; 16],
        nonce: bytes("n"),
    };
    generate(origin, &bytes("seed"))
}

fn sealing(key: u64, seal: u64) -> SealingKey {
    SealingKey::new(*Framed::new("k").u64(key).u64(seal).digest().as_bytes())
}

fn levels(scheme: &Scheme, cap: u32, number: u64) -> Result<SourceLevels, Error> {
    let mut stream = Framed::new("levels").u64(number).stream();
    let mut levels = Vec::new();
    for _ in 0..3 {
        let mut bytes = [0; 4];
        stream.fill(&mut bytes);
        let mut line = bytes.map(|byte| u32::from(byte) % (cap + 1));
        line.sort_unstable();
        levels.extend(line);
    }
    Ok(SourceLevels::from_levels(
        scheme,
        blindscore_examples::AS_OF,
        12,
        levels,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaussian_tail_is_the_tabulated_one() {
        for (deviations, share) in [(2.0, 0.045_500), (3.0, 0.002_699_8), (5.0, 5.733e-7)] {
            let ratio = gaussian_beyond(deviations) / share;
            assert!((ratio - 1.0).abs() < 1e-3, "{deviations}: {ratio}");
        }
    }

    #[test]
    fn a_few_outputs_of_each_kind_are_as_predicted() {
        let few = [
            packed(2000).unwrap(),
            composable(CellSize::Compact, 128, 500).unwrap(),
            composable(CellSize::Fine, 256, 500).unwrap(),
        ];
        for measured in few {
            // A fifth of a bit: outputs of one ciphertext are not independent.
            let off = measured.predicted_log2 - measured.measured_log2;
            assert!(off.abs() < 0.2, "{measured:?}");
            assert!(measured.furthest < measured.wrong_from, "{measured:?}");
        }
    }
}
