//! Which external products a plan makes, so that a cell that several tables
//! turn by is used once for all of them.
//!
//! Each characteristic's table turns by a set of cells: its line's over all
//! windows up to its own, or a sum's members'. These sets overlap. Windows of
//! one line are nested, and there Horner's rule holds: turn the longer window's
//! table by the cells that only it has, add the shorter window's table, and
//! turn the sum by the cells that both have. A sum line and one of its members,
//! or two sums, share less, and the rule is the same: each turns by what the
//! other lacks, the two are added, and the sum turns by what is common.
//!
//! So a plan is a tree. A [`Strand`] adds up tables and the strands that end in
//! it, then turns by its own cells; the last strand ends in the result. A
//! coefficient that block `h` starts with is the sum over the tables, each
//! looked up at the sum of all cells on its way: what the characteristics would
//! give one by one. And a constant in a block stays what it is however it is
//! turned, so canaries add up as before.

use crate::plan::CellRef;

/// A step of a composable plan: tables and earlier strands are added up, then
/// turned by cells. Cells are in plan order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strand {
    /// Characteristics whose tables start here, ascending.
    pub tables: Vec<usize>,
    /// Strands that end here, all of them before this one.
    pub joined: Vec<usize>,
    /// What it turns by.
    pub cells: Vec<CellRef>,
}

/// A strand whose cells are not yet known: it still has to turn by `rest`.
struct Open {
    rest: Set,
    strand: Strand,
}

/// A set of cells, as bits over all cells of the plan.
#[derive(Clone, PartialEq)]
struct Set(Vec<u64>);

impl Set {
    fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    fn contains(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
}

/// The strands of characteristics that turn by these sets of cells, each set
/// ascending. The last strand has no cells and ends in the result.
///
/// Two open strands that have most in common are joined first, the first pair
/// of those with as much; that is Horner's rule wherever sets are nested. When
/// nothing is in common any more, all are joined.
pub(crate) fn strands(sets: &[&[CellRef]]) -> Vec<Strand> {
    let mut all: Vec<CellRef> = sets.concat();
    all.sort_unstable();
    all.dedup();
    let open = |(table, cells): (usize, &&[CellRef])| {
        let mut rest = Set(vec![0; all.len().div_ceil(64)]);
        for at in cells.iter().filter_map(|cell| all.binary_search(cell).ok()) {
            rest.0[at / 64] |= 1 << (at % 64);
        }
        let strand = Strand {
            tables: vec![table],
            ..Strand::default()
        };
        Some(Open { rest, strand })
    };
    let mut open: Vec<Option<Open>> = sets.iter().enumerate().map(open).collect();
    let mut closed = Vec::new();
    let mut common = Common::of(&open);
    while let Some((one, other)) = common.largest() {
        if let (Some(a), Some(b)) = (open[one].take(), open[other].take()) {
            let rest = a.rest.and(&b.rest);
            let mut strand = Strand::default();
            close(a, &rest, &all, &mut closed, &mut strand);
            close(b, &rest, &all, &mut closed, &mut strand);
            open[one] = Some(Open { rest, strand });
            common.joined(one, other, &open);
        }
    }
    let mut last = Strand::default();
    let nothing = Set(vec![0; all.len().div_ceil(64)]);
    for open in open.into_iter().flatten() {
        close(open, &nothing, &all, &mut closed, &mut last);
    }
    closed.push(last);
    closed
}

/// Lets `open` turn by all it has but `rest`, and end in `into`. If there is
/// nothing to turn by, what it adds up starts in `into` itself.
fn close(open: Open, rest: &Set, all: &[CellRef], closed: &mut Vec<Strand>, into: &mut Strand) {
    let own = open.rest.without(rest);
    let mut strand = open.strand;
    if own.len() == 0 {
        into.tables.append(&mut strand.tables);
        into.joined.append(&mut strand.joined);
        into.tables.sort_unstable();
        return;
    }
    let cells = all.iter().enumerate();
    strand.cells = cells
        .filter(|(at, _)| own.contains(*at))
        .map(|(_, cell)| *cell)
        .collect();
    into.joined.push(closed.len());
    closed.push(strand);
}

/// How many cells each pair of open strands has in common.
struct Common {
    /// `[i][j]` for `j < i`.
    cells: Vec<Vec<u32>>,
}

impl Common {
    fn of(open: &[Option<Open>]) -> Self {
        let row = |i: usize| (0..i).map(|j| Self::between(open, i, j)).collect();
        Self {
            cells: (0..open.len()).map(row).collect(),
        }
    }

    fn between(open: &[Option<Open>], i: usize, j: usize) -> u32 {
        match (&open[i], &open[j]) {
            (Some(a), Some(b)) => a.rest.and(&b.rest).len(),
            _ => 0,
        }
    }

    /// The first pair, by its lower and then its higher place, that has the
    /// most in common; none if nothing has.
    fn largest(&self) -> Option<(usize, usize)> {
        let pairs = (0..self.cells.len()).flat_map(|j| {
            let later = j + 1..self.cells.len();
            later.map(move |i| (self.cells[i][j], j, i))
        });
        let best = pairs.fold(
            (0, 0, 0),
            |best, pair| {
                if pair.0 > best.0 { pair } else { best }
            },
        );
        (best.0 > 0).then_some((best.1, best.2))
    }

    /// Strand `other` was joined into strand `one`.
    fn joined(&mut self, one: usize, other: usize, open: &[Option<Open>]) {
        for changed in [one, other] {
            for k in (0..open.len()).filter(|k| *k != changed) {
                let (i, j) = (changed.max(k), changed.min(k));
                self.cells[i][j] = Self::between(open, i, j);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line_windows: &[usize]) -> Vec<CellRef> {
        let cell = |line_window: &usize| CellRef {
            line_window: *line_window,
            source: 0,
        };
        line_windows.iter().map(cell).collect()
    }

    fn of(sets: &[&[usize]]) -> Vec<Strand> {
        let sets: Vec<_> = sets.iter().map(|set| cells(set)).collect();
        strands(&sets.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn strand(tables: &[usize], joined: &[usize], line_windows: &[usize]) -> Strand {
        Strand {
            tables: tables.to_vec(),
            joined: joined.to_vec(),
            cells: cells(line_windows),
        }
    }

    #[test]
    fn nested_windows_follow_horners_rule() {
        let got = of(&[&[1, 2], &[1, 2, 3, 4], &[1]]);
        let want = [
            strand(&[1], &[], &[3, 4]),
            strand(&[0], &[0], &[2]),
            strand(&[2], &[1], &[1]),
            strand(&[], &[2], &[]),
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn overlapping_sums_meet_at_what_they_share() {
        let got = of(&[&[1, 2, 5, 6], &[1, 2, 8], &[9]]);
        let want = [
            strand(&[0], &[], &[5, 6]),
            strand(&[1], &[], &[8]),
            strand(&[], &[0, 1], &[1, 2]),
            strand(&[2], &[], &[9]),
            strand(&[], &[2, 3], &[]),
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn equal_sets_are_one_strand_and_empty_ones_start_at_the_end() {
        let want = [strand(&[0, 2], &[], &[7]), strand(&[1], &[0], &[])];
        assert_eq!(of(&[&[7], &[], &[7]]), want);
        assert_eq!(of(&[&[]]), [strand(&[0], &[], &[])]);
    }

    /// Every table meets each cell of its set exactly once on its way, and no
    /// other.
    #[test]
    fn every_table_turns_by_its_own_cells() {
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let number = next(9) as usize;
            let sets: Vec<Vec<usize>> = (0..number)
                .map(|_| {
                    let (from, most, keep) = (next(6), next(90), next(4));
                    let kept = (from..from + most).filter(|_| next(4) >= keep);
                    kept.map(|x| x as usize).collect()
                })
                .collect();
            let sets: Vec<&[usize]> = sets.iter().map(Vec::as_slice).collect();
            let apart: usize = sets.iter().map(|set| set.len()).sum();
            let strands = of(&sets);
            let mut met: Vec<Vec<usize>> = vec![Vec::new(); number];
            let mut on_it: Vec<Vec<usize>> = Vec::new();
            for strand in &strands {
                let before = strand.joined.iter().flat_map(|i| on_it[*i].clone());
                let tables: Vec<usize> = before.chain(strand.tables.clone()).collect();
                for table in &tables {
                    met[*table].extend(strand.cells.iter().map(|cell| cell.line_window));
                }
                on_it.push(tables);
            }
            let mut ended = on_it.pop().unwrap();
            ended.sort_unstable();
            assert_eq!(ended, (0..number).collect::<Vec<_>>());
            for (mut met, set) in met.into_iter().zip(sets) {
                met.sort_unstable();
                assert_eq!(met, set);
            }
            let products: usize = strands.iter().map(|strand| strand.cells.len()).sum();
            assert!(products <= apart);
        }
    }
}
