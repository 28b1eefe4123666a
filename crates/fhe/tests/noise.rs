//! The noise budget against what real keys, seals and evaluations leave.
//!
//! Tolerances are a tenth of a bit in the standard deviation, that is 15 % in
//! the variance. Seeds are fixed, so a run repeats exactly; with `--nocapture`
//! it prints what it measured.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_fhe::noise::Noise;
use blindscore_fhe::parameters::{N, decode, encode};
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_fhe::{
    Accumulator, BlockTables, ComposableHistory, Gadget, KeyOrigin, PackedHistory, PackedTable,
    PublicKey, Scratch, SealingKey, Whitening, slot_offsets,
};
use blindscore_history::digest::{Digest, Framed};
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::{CellSize, Scheme};

const SCHEME: &str = r#"{
    "blindscore_scheme": 1, "name": "noise", "version": 1, "currency": "EUR", "sources_max": 2, "cells": "CELLS",
    "lines": [
        {"name": "a", "kind": "pooled", "flows": ["expenditure"], "unit": 5000, "cap": 63, "windows": [1, 3, 6, 12]},
        {"name": "b", "kind": "pooled", "flows": ["income"], "direction": "in", "unit": 5000, "cap": 63, "windows": [1, 3, 6, 12]},
        {"name": "c", "kind": "pooled", "flows": ["cash"], "unit": 5000, "cap": 63, "windows": [1, 3, 6, 12]}
    ]
}"#;

fn scheme(cells: CellSize) -> Scheme {
    Scheme::from_json(&SCHEME.replace("CELLS", cells.name())).unwrap()
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

fn levels(scheme: &Scheme, number: u64) -> SourceLevels {
    let mut stream = Framed::new("levels").u64(number).stream();
    let mut byte = || {
        let mut byte = [0];
        stream.fill(&mut byte);
        u32::from(byte[0])
    };
    let mut levels = Vec::new();
    for _ in 0..3 {
        let mut line: Vec<u32> = (0..4).map(|_| byte() % 64).collect();
        line.sort_unstable();
        levels.extend(line);
    }
    SourceLevels::from_levels(scheme, "2026-11-15".parse().unwrap(), 12, levels).unwrap()
}

/// Mean square of the noises, over the predicted variance.
fn ratio(case: &str, noises: &[f64], predicted: Noise) -> f64 {
    let variance = noises.iter().map(|x| x * x).sum::<f64>() / noises.len() as f64;
    println!(
        "{case}: predicted 2^{:.2} of the torus, measured 2^{:.2} over {} outputs",
        predicted.log2_of_torus(),
        variance.log2() / 2.0 - 64.0,
        noises.len(),
    );
    variance / predicted.deviation().powi(2)
}

fn packed_ratio(case: &str, values: impl Fn(usize) -> i64, keys: u64, seals: u64) -> f64 {
    let scheme = scheme(CellSize::Compact);
    let offsets = slot_offsets(&scheme).unwrap();
    let values: Vec<i64> = (0..scheme.slots()).map(values).collect();
    let table = PackedTable::new(&scheme, &values);
    let mut noises = Vec::new();
    for k in 0..keys {
        let (secret, public) = key(k);
        for seal in 0..seals {
            let levels = levels(&scheme, seal);
            let sealing = SealingKey::new(*Framed::new("k").u64(k).u64(seal).digest().as_bytes());
            let sealed = PackedHistory::seal(&public, &sealing, &scheme, &levels).unwrap();
            let phase = secret.output_phases(&table.evaluate(&sealed.prepare()))[0];
            let slots = offsets
                .iter()
                .zip(levels.levels())
                .map(|(o, l)| o + *l as usize);
            let want = slots.map(|slot| values[slot]).sum::<i64>().rem_euclid(1021) as u64;
            assert_eq!(decode(phase), want);
            noises.push(phase.wrapping_sub(encode(want)) as i64 as f64);
        }
    }
    ratio(case, &noises, Noise::packed(table.coefficients()))
}

#[test]
fn packed_noise_is_as_predicted_for_typical_and_for_extreme_tables() {
    type Values = fn(usize) -> i64;
    let tables: [(&str, Values); 3] = [
        ("steps of a scorecard", |slot| (slot as i64 % 64) / 8 * 7),
        ("one slot", |slot| i64::from(slot == 100) * 500),
        ("all at the edge", |_| 510),
    ];
    for (name, values) in tables {
        let ratio = packed_ratio(name, values, 40, 60);
        assert!((ratio - 1.0).abs() < 0.15, "{name}: {ratio}");
    }
}

#[test]
fn composable_noise_is_as_predicted_and_every_output_decodes() {
    for cells in [CellSize::Compact, CellSize::Fine] {
        composable_noise_is_as_predicted(&scheme(cells));
    }
}

fn composable_noise_is_as_predicted(scheme: &Scheme) {
    const PRODUCTS: usize = 4;
    const BLOCKS: u64 = 16;
    let mut scratch = Scratch::new();
    let mut noises = Vec::new();
    // A stair table: low-frequency digits, the case that whitening is for.
    let stair = |h: u64| {
        (0..64)
            .map(move |level| (level / 9 * 40 + h) % 1021)
            .collect()
    };
    let blocks: Vec<Vec<u64>> = (0..BLOCKS).map(stair).collect();
    let tables = BlockTables::new(&blocks);
    for k in 0..12 {
        let (secret, public) = key(1000 + k);
        for number in 0..12 {
            let levels = levels(scheme, number);
            let sealing = SealingKey::new([k as u8; 32]);
            let sent = |cell| cell < PRODUCTS;
            let sealed = ComposableHistory::seal(&public, &sealing, scheme, &levels, sent);
            let plan = Digest::new([1; 32]);
            let whitening = Whitening {
                plan: &plan,
                histories: &[sealed.digest()],
            };
            let mut accumulator = Accumulator::start(&tables, &public, whitening, 0);
            for cell in sealed.prepare().iter().flatten() {
                accumulator.turn(cell, &mut scratch);
            }
            let cells = levels.cells(scheme).into_iter().take(PRODUCTS);
            let level: u32 = cells.map(Option::unwrap).sum();
            let result = accumulator.into_result(BLOCKS as usize);
            for (phase, block) in secret.output_phases(&result).iter().copied().zip(&blocks) {
                let want = block[level as usize];
                assert_eq!(decode(phase), want);
                noises.push(phase.wrapping_sub(encode(want)) as i64 as f64);
            }
        }
    }
    let gadget = Gadget::of(scheme);
    let case = format!("composable, {gadget:?} cells, 4 products");
    let ratio = ratio(&case, &noises, Noise::composable(gadget, PRODUCTS, 1));
    assert!((ratio - 1.0).abs() < 0.15, "{case}: {ratio}");
}

#[test]
fn opening_finds_what_was_sealed() {
    let (secret, public) = key(7);
    let sealing = SealingKey::new([9; 32]);
    for (number, cells) in (0..).zip([CellSize::Compact, CellSize::Fine, CellSize::Compact]) {
        let scheme = scheme(cells);
        let levels = levels(&scheme, number);
        let packed = PackedHistory::seal(&public, &sealing, &scheme, &levels).unwrap();
        assert_eq!(
            secret.open_packed(&packed, &scheme).as_deref(),
            Ok(levels.levels())
        );
        let sealed = ComposableHistory::seal(&public, &sealing, &scheme, &levels, |_| true);
        for (cell, value) in sealed.cells().iter().zip(levels.cells(&scheme)) {
            assert_eq!(
                cell.as_ref().map(|cell| secret.open_cell(cell).unwrap()),
                value
            );
        }
    }
}

#[test]
fn sealing_is_deterministic_and_shares_nothing_between_levels() {
    let scheme = scheme(CellSize::Compact);
    let (_, public) = key(8);
    let sealing = SealingKey::new([3; 32]);
    let seal = |number| {
        let levels = levels(&scheme, number);
        PackedHistory::seal(&public, &sealing, &scheme, &levels)
            .unwrap()
            .to_bytes()
    };
    assert_eq!(seal(1), seal(1));
    let (one, two) = (seal(1), seal(2));
    let equal = one
        .chunks(6)
        .zip(two.chunks(6))
        .filter(|(a, b)| a == b)
        .count();
    assert_eq!(
        equal, 0,
        "other levels must share no coefficient of {N} x 2"
    );
}
