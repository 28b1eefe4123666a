//! Random cards, written and read again.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use blindscore_history::levels::TableColumns;
use blindscore_scorecard::exchange::{CardFile, Format, export};
use exchange_common::texts;
use proptest::prelude::*;

/// A column of a random card, as our CSV says it.
#[derive(Debug, Clone)]
enum Column {
    Numbers {
        cuts: Vec<(i32, bool)>,
        special: Vec<i32>,
        points: Vec<i32>,
    },
    Categories {
        groups: Vec<usize>,
        other: bool,
        points: Vec<i32>,
    },
}

fn column() -> impl Strategy<Value = Column> {
    let points = || prop::collection::vec(-30..30, 20);
    let cuts = prop::collection::btree_map(-10_000..10_000, any::<bool>(), 0..8);
    let special = prop::collection::btree_set(20_000..20_010, 0..3);
    let numbers = (cuts, special, points()).prop_map(|(cuts, special, points)| Column::Numbers {
        cuts: cuts.into_iter().collect(),
        special: special.into_iter().collect(),
        points,
    });
    let groups = prop::collection::vec(1_usize..4, 1..6);
    let categories =
        (groups, any::<bool>(), points()).prop_map(|(groups, other, points)| Column::Categories {
            groups,
            other,
            points,
        });
    prop_oneof![numbers, categories]
}

/// The card as CSV, with points that have so many digits after the point.
fn csv(columns: &[Column], decimals: u32) -> String {
    let one = 10_f64.powi(decimals.cast_signed());
    let mut text = format!("Variable,Bin,Points\nbasepoints,,{}\n", 500.0 / one);
    for (index, column) in columns.iter().enumerate() {
        let mut row = |bin: &str, points: i32| {
            let points = f64::from(points) / one;
            text += &format!("x{index},\"{}\",{points}\n", bin.replace('"', "\"\""));
        };
        let points = match column {
            Column::Numbers {
                cuts,
                special,
                points,
            } => {
                let end = |(cut, above): (i32, bool), closed: [&str; 2]| {
                    (
                        f64::from(cut) / 100.0,
                        closed[usize::from(above)].to_owned(),
                    )
                };
                for (at, points) in points.iter().enumerate().take(cuts.len() + 1) {
                    let from = at.checked_sub(1).map(|at| end(cuts[at], ["[", "("]));
                    let to = cuts.get(at).map(|cut| end(*cut, [")", "]"]));
                    let (from, to) = (
                        from.map_or("(-inf".to_owned(), |(cut, open)| format!("{open}{cut}")),
                        to.map_or("inf)".to_owned(), |(cut, close)| format!("{cut}{close}")),
                    );
                    row(&format!("{from}, {to}"), *points);
                }
                for (at, value) in special.iter().enumerate() {
                    row(&format!("special {value}"), points[10 + at]);
                }
                points
            }
            Column::Categories {
                groups,
                other,
                points,
            } => {
                for (group, count) in groups.iter().enumerate() {
                    let names: Vec<String> = (0..*count)
                        .map(|at| format!("g{group}, \"{at}\" <&>"))
                        .collect();
                    row(&serde_json::to_string(&names).unwrap(), points[group]);
                }
                if *other {
                    row("other", points[10]);
                }
                points
            }
        };
        row("missing", points[19]);
    }
    text
}

fn all_scores(card: &CardFile, columns: usize, cells: &[Vec<String>]) -> Vec<Option<String>> {
    let headers: Vec<String> = (0..columns).map(|index| format!("x{index}")).collect();
    let found = TableColumns::find(card.scheme(), &headers).unwrap();
    let score = |row: &Vec<String>| {
        let levels = found.levels(row).ok()?;
        Some(card.apply(&levels).unwrap().score.to_string())
    };
    cells.iter().map(score).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_gives_the_same_card_again(
        columns in prop::collection::vec(column(), 1..5),
        decimals in 0_u32..3,
        cells in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    (-12_000..12_000_i32).prop_map(|n| (f64::from(n) / 100.0).to_string()),
                    (20_000..20_010_i32).prop_map(|n| n.to_string()),
                    (0..6, 0..4).prop_map(|(g, at)| format!("g{g}, \"{at}\" <&>")),
                    Just(String::new()),
                ],
                5,
            ),
            30,
        ),
    ) {
        let first = texts(&[&csv(&columns, decimals)]).card;
        let scores = all_scores(&first, columns.len(), &cells);
        for format in [Format::Json, Format::Pmml, Format::Csv] {
            let written = export(&first, format).unwrap();
            let again = texts(&[&written]).card;
            prop_assert_eq!(&all_scores(&again, columns.len(), &cells), &scores);
            if format == Format::Csv {
                // A table of bins says nothing of name, reasons and baselines,
                // which here are those that it gets by default.
                prop_assert_eq!(again.scheme(), first.scheme());
                prop_assert_eq!(again.scorecard(), first.scorecard());
            } else {
                prop_assert_eq!(&again, &first);
            }
        }
    }
}
