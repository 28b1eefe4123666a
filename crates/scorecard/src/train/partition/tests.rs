use proptest::prelude::*;

use super::*;

fn evidence(atoms: &[Counts]) -> Evidence {
    let mut total = Counts::default();
    atoms.iter().for_each(|&atom| total.add(atom));
    Evidence {
        total,
        smoothing: 0.5,
    }
}

fn follows(rates: &[f64], shape: Shape) -> bool {
    let rising = |r: &[f64]| r.windows(2).all(|p| p[0] <= p[1]);
    let falling = |r: &[f64]| r.windows(2).all(|p| p[0] >= p[1]);
    let turns = |first: &dyn Fn(&[f64]) -> bool, second: &dyn Fn(&[f64]) -> bool| {
        (1..=rates.len()).any(|t| first(&rates[..t]) && second(&rates[t - 1..]))
    };
    match shape {
        Shape::Any => true,
        Shape::Rising => rising(rates),
        Shape::Falling => falling(rates),
        Shape::Peak => turns(&rising, &falling),
        Shape::Valley => turns(&falling, &rising),
    }
}

/// Every way to cut, tried.
fn brute(atoms: &[Counts], limits: &Limits, shape: Shape) -> f64 {
    let evidence = evidence(atoms);
    let search = Search::new(atoms, &evidence, limits);
    let n = atoms.len();
    let mut best = evidence.iv(evidence.total) - limits.price;
    for mask in 0_u32..1 << (n - 1) {
        let mut starts = vec![0];
        starts.extend((1..n).filter(|&i| mask >> (i - 1) & 1 == 1));
        if starts.len() > limits.bins_max {
            continue;
        }
        let ends = starts.iter().skip(1).copied().chain([n]);
        let bins: Option<Vec<(f64, f64)>> = starts
            .iter()
            .zip(ends)
            .map(|(&from, to)| search.bin(from, to))
            .collect();
        let Some(bins) = bins else { continue };
        let rates: Vec<f64> = bins.iter().map(|bin| bin.1).collect();
        if follows(&rates, shape) {
            best = best.max(bins.iter().map(|bin| bin.0).sum());
        }
    }
    best
}

fn atoms() -> impl Strategy<Value = Vec<Counts>> {
    let atom = (0_u32..12, 0_u32..6).prop_filter_map("an atom has rows", |(good, bad)| {
        (good + bad > 0).then(|| Counts {
            rows: (good + bad) as usize,
            good: f64::from(good),
            bad: f64::from(bad),
        })
    });
    prop::collection::vec(atom, 1..9).prop_filter("both classes", |atoms| {
        atoms.iter().any(|a| a.good > 0.0) && atoms.iter().any(|a| a.bad > 0.0)
    })
}

proptest! {
    #[test]
    fn the_best_partition_is_the_best_of_all(
        atoms in atoms(),
        bins_max in 1_usize..6,
        least in 0_u32..8,
        least_class in 0_u32..3,
        price in prop_oneof![Just(0.0), 0.0..0.3_f64],
    ) {
        let limits = Limits {
            bins_max, least: f64::from(least), least_class: f64::from(least_class), price,
        };
        let evidence = evidence(&atoms);
        let search = Search::new(&atoms, &evidence, &limits);
        for shape in [Shape::Any, Shape::Rising, Shape::Falling, Shape::Peak, Shape::Valley] {
            let found = search.best(shape);
            let want = brute(&atoms, &limits, shape);
            prop_assert!((found.worth - want).abs() < 1e-9, "{shape:?} {} {want}", found.worth);
            prop_assert!(found.starts.len() <= bins_max && found.starts[0] == 0);
            prop_assert!(found.starts.windows(2).all(|p| p[0] < p[1]));
            if found.starts.len() > 1 {
                let ends = found.starts.iter().skip(1).copied().chain([atoms.len()]);
                let bins: Vec<_> = found.starts.iter().zip(ends)
                    .map(|(&from, to)| search.bin(from, to).expect("large enough"))
                    .collect();
                let rates: Vec<f64> = bins.iter().map(|bin| bin.1).collect();
                prop_assert!(follows(&rates, shape), "{shape:?} {rates:?}");
            }
        }
    }
}

#[test]
fn a_clean_step_is_found() {
    let atom = |good, bad| Counts {
        rows: 100,
        good,
        bad,
    };
    let atoms = [
        atom(60.0, 40.0),
        atom(61.0, 39.0),
        atom(90.0, 10.0),
        atom(91.0, 9.0),
    ];
    let evidence = evidence(&atoms);
    let limits = Limits {
        bins_max: 4,
        least: 20.0,
        least_class: 1.0,
        price: evidence.iv_of_chi_square(6.63),
    };
    assert_eq!(
        Search::new(&atoms, &evidence, &limits)
            .best(Shape::Falling)
            .starts,
        [0, 2]
    );
    assert_eq!(
        Search::new(&atoms, &evidence, &limits)
            .best(Shape::Rising)
            .starts,
        [0]
    );
}
