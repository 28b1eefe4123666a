use proptest::prelude::*;

use super::*;
use crate::train::{FitOptions, Row, TableBuilder, fixture};

/// One column of a hundred steps, rows and bad rows by level.
fn one_column(counts: &[(u32, u32, u32)]) -> (Scheme, TrainingTable) {
    let scheme = fixture::scheme();
    let mut builder = TableBuilder::with_columns(&scheme, vec![0]);
    for &(level, good, bad) in counts {
        for row in 0..good + bad {
            let row = Row {
                levels: &[level],
                bad: Some(row >= good),
                ..Row::default()
            };
            builder.push(&row).expect("a row");
        }
    }
    (scheme, builder.build().expect("a table"))
}

fn binned(
    counts: &[(u32, u32, u32)],
    options: &BinningOptions,
    column: &ColumnOptions,
) -> ColumnBins {
    let (scheme, table) = one_column(counts);
    bin(&scheme, &table, 0, options, Some(column)).expect("binned")
}

fn bare() -> BinningOptions {
    BinningOptions {
        smoothing: 0.0,
        least_gain: 0.0,
        least_share: 0.0,
        ..BinningOptions::default()
    }
}

#[test]
fn evidence_by_hand() {
    // Good 80 and 20 of 100, bad 20 and 30 of 50.
    let bins = binned(
        &[(1, 80, 20), (2, 20, 30)],
        &bare(),
        &ColumnOptions::default(),
    );
    let [_, low, high] = &bins.bins[..] else {
        panic!("not known and two bins: {bins:?}")
    };
    assert!((low.woe - (0.8_f64 / 0.4).ln()).abs() < 1e-12);
    assert!((high.woe - (0.2_f64 / 0.6).ln()).abs() < 1e-12);
    assert!((bins.iv - (0.4 * 2_f64.ln() + 0.4 * 3_f64.ln())).abs() < 1e-12);
    assert_eq!(bins.trend, Some(Trend::Ascending));
    assert_eq!(
        (low.label.as_str(), high.label.as_str()),
        ("under 10", "10 or more")
    );
}

#[test]
fn smoothing_gives_rows_of_average_quality() {
    let options = BinningOptions {
        smoothing: 3.0,
        least_class: 0.0,
        ..bare()
    };
    let bins = binned(
        &[(0, 10, 0), (1, 50, 10), (2, 0, 20)],
        &options,
        &ColumnOptions::default(),
    );
    // 60 good and 30 bad: three rows more are two good and one bad.
    let not_known = &bins.bins[0];
    assert_eq!((not_known.kind, not_known.rows), (BinKind::NotKnown, 10));
    assert!((not_known.woe - (12.0_f64 / 60.0 / (1.0 / 30.0)).ln()).abs() < 1e-12);
    assert!(bins.bins.iter().all(|bin| bin.woe.is_finite()));
}

#[test]
fn a_cut_lies_midway_between_the_levels_that_have_rows() {
    let bins = binned(
        &[(3, 90, 10), (12, 10, 90)],
        &bare(),
        &ColumnOptions::default(),
    );
    let levels: Vec<_> = bins.bins.iter().map(|bin| bin.levels.clone()).collect();
    assert_eq!(levels, [vec![(0, 0)], vec![(1, 7)], vec![(8, 40)]]);
}

#[test]
fn special_levels_stand_alone_and_free_of_the_trend() {
    let column = ColumnOptions {
        special: vec![5],
        trend: Some(Trend::Ascending),
        ..ColumnOptions::default()
    };
    let counts = [(4, 90, 10), (5, 10, 90), (6, 80, 20), (9, 50, 50)];
    let bins = binned(&counts, &bare(), &column);
    let special = bins
        .bins
        .iter()
        .find(|bin| bin.kind == BinKind::Special)
        .expect("special");
    assert_eq!(
        (special.levels.as_slice(), special.rows),
        (&[(5, 5)][..], 100)
    );
    assert_eq!(bins.bins[bins.bin_of(5)], *special);
    let around = &bins.bins[bins.bin_of(4)];
    assert!(
        around
            .levels
            .iter()
            .all(|&(from, to)| !(from..=to).contains(&5))
    );
}

#[test]
fn auto_finds_each_shape() {
    for (counts, want) in [
        (
            &[(1, 90, 10), (2, 70, 30), (3, 40, 60)][..],
            Trend::Ascending,
        ),
        (&[(1, 40, 60), (2, 70, 30), (3, 90, 10)], Trend::Descending),
        (&[(1, 90, 10), (2, 30, 70), (3, 90, 10)], Trend::Peak),
        (&[(1, 30, 70), (2, 90, 10), (3, 30, 70)], Trend::Valley),
    ] {
        let bins = binned(
            counts,
            &BinningOptions::default(),
            &ColumnOptions::default(),
        );
        assert_eq!(bins.trend, Some(want));
        assert_eq!(bins.bins.len(), 4);
    }
}

#[test]
fn more_levels_than_steps_are_taken_together() {
    let seen: Vec<usize> = (0..250).collect();
    let one = Counts {
        rows: 2,
        good: 1.0,
        bad: 1.0,
    };
    let groups = grouped(&seen, &vec![one; 250], 500.0 / ATOMS as f64);
    assert!(groups.len() <= ATOMS);
    assert_eq!(groups.concat(), seen);
}

#[test]
fn categories_of_like_bad_rates_go_together() {
    let (scheme, table) = (fixture::scheme(), fixture::table(4_000, 5));
    let bins = bin(&scheme, &table, 3, &BinningOptions::default(), None).expect("binned");
    // Levels 3 and 5 are the bad ones, 6 no row has.
    assert_eq!(bins.bin_of(3), bins.bin_of(5));
    assert_eq!(bins.bin_of(1), bins.bin_of(2));
    assert_ne!(bins.bin_of(1), bins.bin_of(3));
    let unseen = &bins.bins[bins.bin_of(6)];
    assert_eq!(
        (unseen.rows, unseen.woe, unseen.label.as_str()),
        (0, 0.0, "pet")
    );
    assert_eq!(bins.bins[bins.bin_of(3)].label, "other, boat");
}

fn rows() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
    prop::collection::btree_map(0_u32..=40, (0_u32..12, 0_u32..8), 2..25)
        .prop_map(|map| {
            map.into_iter()
                .map(|(level, (good, bad))| (level, good, bad))
                .collect()
        })
        .prop_filter("both classes", |rows: &Vec<(u32, u32, u32)>| {
            rows.iter().any(|r| r.1 > 0) && rows.iter().any(|r| r.2 > 0)
        })
}

proptest! {
    #[test]
    fn bins_hold_every_row_once_and_keep_to_the_limits(
        rows in rows(),
        bins_max in 1_usize..8,
        least_share in 0.0..0.3_f64,
        smoothing in 0.0..5.0_f64,
        trend in prop::sample::select(vec![
            Trend::None, Trend::Ascending, Trend::Descending, Trend::AutoMonotonic,
        ]),
    ) {
        let options = BinningOptions {
            bins_max, least_share, smoothing, trend, ..BinningOptions::default()
        };
        let bins = binned(&rows, &options, &ColumnOptions::default());
        let all = |of: &dyn Fn(&(u32, u32, u32)) -> u32| rows.iter().map(of).sum::<u32>();
        let total = f64::from(all(&|r| r.1 + r.2));
        let good: f64 = bins.bins.iter().map(|bin| bin.good).sum();
        let bad: f64 = bins.bins.iter().map(|bin| bin.bad).sum();
        prop_assert_eq!((good, bad), (f64::from(all(&|r| r.1)), f64::from(all(&|r| r.2))));
        // Every level is in the one bin that lists it.
        for level in 0..=40 {
            let listed: Vec<usize> = (0..bins.bins.len())
                .filter(|&i| bins.bins[i].levels.iter().any(|&(a, b)| (a..=b).contains(&level)))
                .collect();
            prop_assert_eq!(listed, vec![bins.bin_of(level)]);
        }
        let ranges: Vec<&Bin> = bins.bins.iter().filter(|b| b.kind == BinKind::Range).collect();
        prop_assert!(ranges.len() <= bins_max);
        if ranges.len() > 1 {
            for range in &ranges {
                prop_assert!(range.good + range.bad >= least_share * total - 1e-6);
                prop_assert!(range.good >= 1.0 && range.bad >= 1.0);
            }
            let rates: Vec<f64> = ranges.iter().filter_map(|b| b.bad_rate()).collect();
            let ordered = match bins.trend {
                Some(Trend::Ascending) => rates.windows(2).all(|p| p[0] <= p[1] + 1e-12),
                Some(Trend::Descending) => rates.windows(2).all(|p| p[0] >= p[1] - 1e-12),
                _ => true,
            };
            prop_assert!(ordered, "{rates:?}");
        }
        // The information value is the sum of its parts, each of one sign
        // with its evidence, so that none is below zero.
        prop_assert!((bins.iv - bins.bins.iter().map(|b| b.iv).sum::<f64>()).abs() < 1e-9);
        if smoothing > 0.0 {
            prop_assert!(bins.bins.iter().all(|b| b.iv >= -1e-12 && b.woe.is_finite()));
        }
    }

    #[test]
    fn shares_times_evidence_are_the_divergence(rows in rows()) {
        // Without smoothing and empty cells, IV is the sum of both relative
        // entropies of the shares.
        let options = BinningOptions { smoothing: 0.0, ..BinningOptions::default() };
        let bins = binned(&rows, &options, &ColumnOptions::default());
        let full = bins.bins.iter().all(|b| b.rows == 0 || (b.good > 0.0 && b.bad > 0.0));
        prop_assume!(full);
        let good: f64 = bins.bins.iter().map(|b| b.good).sum();
        let bad: f64 = bins.bins.iter().map(|b| b.bad).sum();
        let seen = || bins.bins.iter().filter(|b| b.rows > 0);
        let entropy = |of: &dyn Fn(&Bin) -> (f64, f64)| -> f64 {
            seen().map(|b| { let (p, q) = of(b); p * (p / q).ln() }).sum()
        };
        let sum = entropy(&|b| (b.good / good, b.bad / bad)) + entropy(&|b| (b.bad / bad, b.good / good));
        prop_assert!((bins.iv - sum).abs() < 1e-9);
        // A weight of evidence is the difference of log-odds, here and overall.
        for bin in seen() {
            let want = (bin.good / bin.bad).ln() - (good / bad).ln();
            prop_assert!((bin.woe - want).abs() < 1e-9);
        }
    }
}

#[test]
fn not_known_of_a_line_that_adds_up_is_level_zero_of_its_range() {
    let scheme = crate::fixture::scheme();
    let mut builder = TableBuilder::with_columns(&scheme, vec![0]);
    for row in 0..200_u32 {
        let row = Row {
            levels: &[row % 2 * 10],
            bad: Some(row % 2 == 0 && row % 6 != 0),
            ..Row::default()
        };
        builder.push(&row).expect("a row");
    }
    let table = builder.build().expect("a table");
    let bins = bin(&scheme, &table, 0, &FitOptions::default().binning, None).expect("binned");
    assert!(bins.bins.iter().all(|bin| bin.kind == BinKind::Range));
    assert_eq!(bins.bins[0].levels[0].0, 0);
}
