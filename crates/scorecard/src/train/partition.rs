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

/// The best partition of a list under any shape; what bins are worth is
/// computed once for all shapes.
pub(super) struct Search {
    atoms: usize,
    bins_max: usize,
    whole: f64,
    /// Worth and bad rate of the bin `[from, to)` at `from * (atoms + 1) + to`;
    /// `None` of one that is too small.
    bins: Vec<Option<(f64, f64)>>,
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

impl Search {
    /// Prepares the search; there must be an atom.
    pub(super) fn new(atoms: &[Counts], evidence: &Evidence, limits: &Limits) -> Self {
        let mut sums = vec![Counts::default()];
        for &atom in atoms {
            let mut next = sums[sums.len() - 1];
            next.add(atom);
            sums.push(next);
        }
        let n = atoms.len();
        // Weights are summed in another order than the limits were.
        let slack = 1e-9 * sums[n].all();
        let bin = |from: usize, to: usize| {
            if from >= to {
                return None;
            }
            let (a, b) = (sums[from], sums[to]);
            let counts = Counts {
                rows: b.rows - a.rows,
                good: b.good - a.good,
                bad: b.bad - a.bad,
            };
            let small = counts.all() + slack < limits.least
                || counts.good.min(counts.bad) + slack < limits.least_class;
            (!small && counts.rows > 0).then(|| {
                let worth = evidence.iv(counts) - limits.price;
                (worth, counts.bad / counts.all())
            })
        };
        let pairs = (0..=n).flat_map(|from| (0..=n).map(move |to| (from, to)));
        Self {
            atoms: n,
            bins_max: limits.bins_max,
            whole: evidence.iv(sums[n]) - limits.price,
            bins: pairs.map(|(from, to)| bin(from, to)).collect(),
        }
    }

    /// The best partition; one bin if none with more is allowed or worth it.
    pub(super) fn best(&self, shape: Shape) -> Partition {
        match self.run(shape) {
            // Equal worth: fewer bins. The margin is for sums in another order.
            Some(found) if found.worth > self.whole + 1e-12 => found,
            _ => Partition {
                starts: vec![0],
                worth: self.whole,
            },
        }
    }

    fn n(&self) -> usize {
        self.atoms
    }

    /// A bin's worth and bad rate, if it is large enough.
    fn bin(&self, from: usize, to: usize) -> Option<(f64, f64)> {
        self.bins[from * (self.atoms + 1) + to]
    }

    fn run(&self, shape: Shape) -> Option<Partition> {
        let n = self.n();
        let mut layers: Vec<Vec<Vec<End>>> = vec![self.first_layer()];
        for _ in 1..self.bins_max.min(n) {
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
        for (middle, ends) in below.iter().enumerate().take(n) {
            if ends.is_empty() {
                continue;
            }
            let order = Order::new(ends);
            for (to, ends) in next.iter_mut().enumerate().skip(middle + 1) {
                let Some((worth, rate)) = self.bin(middle, to) else {
                    continue;
                };
                let mut add = |turned: bool, found: Option<(usize, f64)>| {
                    if let Some((index, before)) = found {
                        ends.push(End {
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
            // Empty unless the shape has a turn.
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
mod tests;
