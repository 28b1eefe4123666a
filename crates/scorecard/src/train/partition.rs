//! Optimal binning of an ordered list of atoms, exactly.
//!
//! Among all ways to cut the list into at most `bins_max` bins that hold
//! enough rows of each class and whose bad rates follow the trend, this finds
//! the one with the greatest information value less a price for each bin. It
//! is what optbinning states as an integer programme (G. Navas-Palencia,
//! *Optimal binning: mathematical programming formulation*, 2020); levels
//! being at most 256, dynamic programming solves it without a solver.
//!
//! State: the last bin `[i, j)`, how many bins there are, and for a peak or a
//! valley whether the turn has come. A bin may follow another if the bad rates
//! are in order, so for each end `j` the bins that end there are sorted by bad
//! rate, and the best predecessor is that of a prefix: `K n^2 log n` steps.

use super::bins::{Counts, Evidence};

/// What a partition must keep to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bins_max: usize,
    /// The least weight of a bin.
    pub(super) least: f64,
    /// The least weight of either class in a bin.
    pub(super) least_class: f64,
    /// The price of a bin, in information value.
    pub(super) price: f64,
}

/// The direction of the bad rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Rising,
    Falling,
    Peak,
    Valley,
}

/// A partition: the index of the first atom of each bin, and its worth.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Partition {
    pub(super) starts: Vec<usize>,
    /// Information value less the price of the bins.
    pub(super) worth: f64,
}

/// The best partition; one bin if none with more is allowed or worth it.
pub(super) fn best(
    atoms: &[Counts],
    evidence: &Evidence,
    limits: &Limits,
    shape: Shape,
) -> Partition {
    let search = Search::new(atoms, evidence, limits);
    let whole = Partition {
        starts: vec![0],
        worth: search
            .sum(0, atoms.len())
            .map_or(0.0, |all| evidence.iv(all))
            - limits.price,
    };
    match search.run(shape) {
        // Equal worth: fewer bins. The margin is for sums in another order.
        Some(found) if found.worth > whole.worth + 1e-12 => found,
        _ => whole,
    }
}

struct Search<'a> {
    sums: Vec<Counts>,
    evidence: &'a Evidence,
    limits: &'a Limits,
}

/// A way to end with the bin `[from, to)`.
#[derive(Clone, Copy)]
struct End {
    from: usize,
    rate: f64,
    worth: f64,
    /// Whether the bad rate goes the second way of a peak or valley by now.
    turned: bool,
    /// Index of the bin before in the same layer below.
    before: Option<(usize, usize)>,
}

impl<'a> Search<'a> {
    fn new(atoms: &[Counts], evidence: &'a Evidence, limits: &'a Limits) -> Self {
        let mut sums = vec![Counts::default()];
        for &atom in atoms {
            let mut next = sums[sums.len() - 1];
            next.add(atom);
            sums.push(next);
        }
        Self {
            sums,
            evidence,
            limits,
        }
    }

    fn n(&self) -> usize {
        self.sums.len() - 1
    }

    fn sum(&self, from: usize, to: usize) -> Option<Counts> {
        let (a, b) = (self.sums[from], self.sums[to]);
        (b.rows > a.rows).then(|| Counts {
            rows: b.rows - a.rows,
            good: b.good - a.good,
            bad: b.bad - a.bad,
        })
    }

    /// A bin's worth and bad rate, if it is large enough.
    fn bin(&self, from: usize, to: usize) -> Option<(f64, f64)> {
        let counts = self.sum(from, to)?;
        // Weights are summed in another order than the limits were.
        let slack = 1e-9 * self.sums[self.n()].all();
        let small = counts.all() + slack < self.limits.least
            || counts.good.min(counts.bad) + slack < self.limits.least_class;
        (!small).then(|| {
            let worth = self.evidence.iv(counts) - self.limits.price;
            (worth, counts.bad / counts.all())
        })
    }

    fn run(&self, shape: Shape) -> Option<Partition> {
        let n = self.n();
        let mut layers: Vec<Vec<Vec<End>>> = vec![self.first_layer()];
        for _ in 1..self.limits.bins_max.min(n) {
            let next = self.next_layer(&layers[layers.len() - 1], shape);
            layers.push(next);
        }
        let mut best: Option<(f64, usize, usize)> = None;
        for (layer, ends) in layers.iter().enumerate() {
            for (index, end) in ends[n].iter().enumerate() {
                if best.is_none_or(|(worth, _, _)| end.worth > worth + 1e-12) {
                    best = Some((end.worth, layer, index));
                }
            }
        }
        let (worth, layer, index) = best?;
        Some(Partition {
            starts: trace(&layers, n, layer, index),
            worth,
        })
    }

    /// One bin from the start to each end.
    fn first_layer(&self) -> Vec<Vec<End>> {
        let one = |to: usize| {
            let (worth, rate) = self.bin(0, to)?;
            Some(End {
                from: 0,
                rate,
                worth,
                turned: false,
                before: None,
            })
        };
        (0..=self.n())
            .map(|to| {
                if to == 0 {
                    Vec::new()
                } else {
                    one(to).into_iter().collect()
                }
            })
            .collect()
    }

    fn next_layer(&self, below: &[Vec<End>], shape: Shape) -> Vec<Vec<End>> {
        let n = self.n();
        let mut next: Vec<Vec<End>> = vec![Vec::new(); n + 1];
        for middle in 1..n {
            if below[middle].is_empty() {
                continue;
            }
            let order = Order::new(&below[middle]);
            for to in middle + 1..=n {
                let Some((worth, rate)) = self.bin(middle, to) else {
                    continue;
                };
                let mut add = |turned: bool, found: Option<(usize, f64)>| {
                    if let Some((index, before)) = found {
                        next[to].push(End {
                            from: middle,
                            rate,
                            worth: worth + before,
                            turned,
                            before: Some((middle, index)),
                        });
                    }
                };
                match shape {
                    Shape::Any => add(false, order.any()),
                    Shape::Rising => add(false, order.at_most(rate, false)),
                    Shape::Falling => add(false, order.at_least(rate, false)),
                    Shape::Peak => {
                        add(false, order.at_most(rate, false));
                        add(
                            true,
                            better(order.at_least(rate, false), order.at_least(rate, true)),
                        );
                    }
                    Shape::Valley => {
                        add(false, order.at_least(rate, false));
                        add(
                            true,
                            better(order.at_most(rate, false), order.at_most(rate, true)),
                        );
                    }
                }
            }
        }
        next
    }
}

fn better(a: Option<(usize, f64)>, b: Option<(usize, f64)>) -> Option<(usize, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.1 > a.1 { b } else { a }),
        (one, other) => one.or(other),
    }
}

/// The ends at one place sorted by bad rate, with the best of every prefix and
/// of every suffix.
struct Order {
    straight: Sorted,
    turned: Sorted,
}

struct Sorted {
    rates: Vec<f64>,
    prefix: Vec<(usize, f64)>,
    suffix: Vec<(usize, f64)>,
}

impl Order {
    fn new(ends: &[End]) -> Self {
        Self {
            straight: Sorted::new(ends, false),
            turned: Sorted::new(ends, true),
        }
    }

    fn side(&self, turned: bool) -> &Sorted {
        if turned { &self.turned } else { &self.straight }
    }

    fn any(&self) -> Option<(usize, f64)> {
        self.straight.prefix.last().copied()
    }

    /// The best end whose bad rate is at most `rate`.
    fn at_most(&self, rate: f64, turned: bool) -> Option<(usize, f64)> {
        let side = self.side(turned);
        let count = side.rates.partition_point(|&r| r <= rate);
        count.checked_sub(1).map(|last| side.prefix[last])
    }

    /// The best end whose bad rate is at least `rate`.
    fn at_least(&self, rate: f64, turned: bool) -> Option<(usize, f64)> {
        let side = self.side(turned);
        side.suffix
            .get(side.rates.partition_point(|&r| r < rate))
            .copied()
    }
}

impl Sorted {
    fn new(ends: &[End], turned: bool) -> Self {
        let mut order: Vec<usize> = (0..ends.len())
            .filter(|&i| ends[i].turned == turned)
            .collect();
        order.sort_by(|&a, &b| ends[a].rate.total_cmp(&ends[b].rate).then(a.cmp(&b)));
        let entry = |&index: &usize| (index, ends[index].worth);
        let running = |list: Vec<(usize, f64)>| -> Vec<(usize, f64)> {
            list.into_iter()
                .scan(None, |best: &mut Option<(usize, f64)>, one| {
                    *best = better(*best, Some(one));
                    *best
                })
                .collect()
        };
        let mut suffix = running(order.iter().rev().map(entry).collect());
        suffix.reverse();
        Self {
            rates: order.iter().map(|&index| ends[index].rate).collect(),
            prefix: running(order.iter().map(entry).collect()),
            suffix,
        }
    }
}

fn trace(layers: &[Vec<Vec<End>>], n: usize, layer: usize, index: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut at, mut index) = (n, index);
    for layer in (0..=layer).rev() {
        let end = layers[layer][at][index];
        starts.push(end.from);
        if let Some((to, before)) = end.before {
            (at, index) = (to, before);
        }
    }
    starts.reverse();
    starts
}

#[cfg(test)]
mod tests {
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
                let found = best(&atoms, &evidence, &limits, shape);
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
            best(&atoms, &evidence, &limits, Shape::Falling).starts,
            [0, 2]
        );
        assert_eq!(best(&atoms, &evidence, &limits, Shape::Rising).starts, [0]);
    }
}
