//! The bins of one column: not-known and special levels apart, the others cut
//! by the best partition.

use blindscore_history::scheme::{Line, LineKind, Scheme};
use serde::Serialize;

use super::FitError;
use super::bins::{Bin, BinKind, Counts, Evidence};
use super::options::{BinningOptions, ColumnOptions, Trend};
use super::partition::{Limits, Partition, Search, Shape};
use super::table::{TrainingTable, column_name};

/// How many bytes of categories' names a label shows.
const LABEL_BYTES: usize = 80;
/// The most steps between which cuts are looked for.
const ATOMS: usize = 100;

/// The bins of a line-window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnBins {
    /// Index of the scheme's line-window.
    pub line_window: usize,
    /// The column's name, such as `essential_spend@3`.
    pub column: String,
    /// The direction of the bad rate that was found or asked for; `None` for
    /// categories and for columns of one bin.
    pub trend: Option<Trend>,
    /// Not known first, then special levels, then the others from the lowest.
    pub bins: Vec<Bin>,
    /// The information value.
    pub iv: f64,
    /// The bin of each level, from 0.
    #[serde(skip)]
    pub(super) bin_of: Vec<u8>,
}

impl ColumnBins {
    /// The index in [`bins`](Self::bins) of a level's bin; a level above all
    /// belongs to the last level's.
    pub fn bin_of(&self, level: u32) -> usize {
        let last = self.bin_of.len() - 1;
        let index = usize::try_from(level).map_or(last, |level| level.min(last));
        usize::from(self.bin_of[index])
    }

    /// The weight of evidence of each level.
    pub(super) fn woe_by_level(&self) -> Vec<f64> {
        let woe = |&bin: &u8| self.bins[usize::from(bin)].woe;
        self.bin_of.iter().map(woe).collect()
    }

    /// Whether all rows have one weight of evidence.
    pub(super) fn is_constant(&self) -> bool {
        self.bins.iter().filter(|bin| bin.rows > 0).count() < 2
    }
}

/// Bins a line-window of `table`, which must have it, and outcomes.
pub(super) fn bin(
    scheme: &Scheme,
    table: &TrainingTable,
    line_window: usize,
    options: &BinningOptions,
    column: Option<&ColumnOptions>,
) -> Result<ColumnBins, FitError> {
    let name = column_name(scheme, line_window);
    let default = ColumnOptions::default();
    let column = column.unwrap_or(&default);
    let counts = count(scheme, table, line_window)?;
    let mut total = Counts::default();
    counts.iter().for_each(|&one| total.add(one));
    let evidence = Evidence {
        total,
        smoothing: options.smoothing,
    };
    let line = &scheme.lines()[scheme.line_windows()[line_window].line];
    check_special(column, &name, counts.len(), line.adds_up())?;

    let mut sets: Vec<(BinKind, Vec<usize>)> = Vec::new();
    if !line.adds_up() {
        sets.push((BinKind::NotKnown, vec![0]));
    }
    let mut special: Vec<usize> = column.special.iter().map(|&level| level as usize).collect();
    special.extend(special_of_line(line));
    special.sort_unstable();
    special.dedup();
    sets.extend(special.iter().map(|&level| (BinKind::Special, vec![level])));
    let lowest = usize::from(!line.adds_up());
    let plain: Vec<usize> = (lowest..counts.len())
        .filter(|l| !special.contains(l))
        .collect();

    let bins_max = column.bins_max.unwrap_or(options.bins_max);
    let limits = Limits {
        bins_max,
        least: options.least_share * total.all(),
        least_class: options.least_class,
        price: evidence.iv_of_chi_square(options.least_gain),
    };
    let mut trend = None;
    if table.is_nominal(line_window) {
        sets.extend(categories(&plain, &counts, &evidence, &limits));
    } else if let Some(cuts) = &column.cuts {
        sets.extend(given(&plain, cuts, &name, lowest)?);
    } else {
        let wanted = column.trend.unwrap_or(options.trend);
        let (found, ranges) = ranges(&plain, &counts, &evidence, &limits, wanted);
        trend = found;
        sets.extend(ranges);
    }
    Ok(finish(
        scheme,
        table,
        line_window,
        name,
        trend,
        &sets,
        &counts,
        &evidence,
    ))
}

/// The levels of the special values that a column line itself declares.
fn special_of_line(line: &Line) -> std::ops::Range<usize> {
    match line.kind() {
        LineKind::Column(column) => {
            let first = column.scale_levels() as usize + 1;
            first..first + column.special().len()
        }
        _ => 0..0,
    }
}

/// The weights behind each level.
fn count(
    scheme: &Scheme,
    table: &TrainingTable,
    line_window: usize,
) -> Result<Vec<Counts>, FitError> {
    let levels = table
        .levels(line_window)
        .ok_or_else(|| FitError::NoColumn {
            column: column_name(scheme, line_window),
        })?;
    let bad = table.bad().ok_or(super::TableError::NoOutcome)?;
    let level_max = scheme.line_windows()[line_window].level_max as usize;
    let mut counts = vec![Counts::default(); level_max + 1];
    for (row, (&level, &bad)) in levels.iter().zip(bad).enumerate() {
        let weight = table.weight(row);
        let (good, bad) = if bad { (0.0, weight) } else { (weight, 0.0) };
        counts[usize::from(level)].add(Counts { rows: 1, good, bad });
    }
    Ok(counts)
}

fn check_special(
    column: &ColumnOptions,
    name: &str,
    levels: usize,
    adds_up: bool,
) -> Result<(), FitError> {
    let lowest = u32::from(!adds_up);
    let fits = |level: u32| level >= lowest && (level as usize) < levels;
    match column.special.iter().find(|&&level| !fits(level)) {
        Some(&got) => Err(FitError::SpecialLevel {
            column: name.into(),
            got,
            least: lowest,
            most: u32::try_from(levels - 1).unwrap_or(u32::MAX),
        }),
        None => Ok(()),
    }
}

/// Levels in order, cut by the best partition. A level without rows goes with
/// the nearest that has some.
fn ranges(
    plain: &[usize],
    counts: &[Counts],
    evidence: &Evidence,
    limits: &Limits,
    wanted: Trend,
) -> (Option<Trend>, Vec<(BinKind, Vec<usize>)>) {
    let seen: Vec<usize> = plain
        .iter()
        .copied()
        .filter(|&l| counts[l].rows > 0)
        .collect();
    if seen.is_empty() {
        return (None, vec![(BinKind::Range, plain.to_vec())]);
    }
    let groups = grouped(&seen, counts, evidence.total.all() / ATOMS as f64);
    let atoms: Vec<Counts> = groups.iter().map(|group| sum(group, counts)).collect();
    let (trend, partition) = choose(&atoms, evidence, limits, wanted);
    let cuts: Vec<usize> = partition.starts[1..]
        .iter()
        .map(|&start| {
            let (below, above) = (&groups[start - 1], &groups[start]);
            (below[below.len() - 1] + above[0] + 1).div_ceil(2)
        })
        .collect();
    let trend = Some(trend).filter(|_| !cuts.is_empty());
    (trend, split(plain, &cuts))
}

/// Where there are more levels than [`ATOMS`], neighbours are taken together
/// until each group has its share: no cut moves by more than that.
fn grouped<'a>(seen: &'a [usize], counts: &[Counts], least: f64) -> Vec<&'a [usize]> {
    if seen.len() <= ATOMS {
        return seen.chunks(1).collect();
    }
    let mut groups = Vec::new();
    let (mut start, mut weight) = (0, 0.0);
    for (index, &level) in seen.iter().enumerate() {
        weight += counts[level].all();
        if weight >= least || index + 1 == seen.len() {
            groups.push(&seen[start..=index]);
            (start, weight) = (index + 1, 0.0);
        }
    }
    groups
}

fn sum(levels: &[usize], counts: &[Counts]) -> Counts {
    let mut sum = Counts::default();
    levels.iter().for_each(|&level| sum.add(counts[level]));
    sum
}

fn split(plain: &[usize], cuts: &[usize]) -> Vec<(BinKind, Vec<usize>)> {
    let mut bins = vec![Vec::new(); cuts.len() + 1];
    for &level in plain {
        bins[cuts.partition_point(|&cut| cut <= level)].push(level);
    }
    bins.into_iter()
        .filter(|levels| !levels.is_empty())
        .map(|levels| (BinKind::Range, levels))
        .collect()
}

fn choose(
    atoms: &[Counts],
    evidence: &Evidence,
    limits: &Limits,
    wanted: Trend,
) -> (Trend, Partition) {
    let search = Search::new(atoms, evidence, limits);
    let with = |shape| search.best(shape);
    let monotonic = || {
        let (rising, falling) = (with(Shape::Rising), with(Shape::Falling));
        if falling.worth > rising.worth {
            (Trend::Descending, falling)
        } else {
            (Trend::Ascending, rising)
        }
    };
    match wanted {
        Trend::None => (Trend::None, with(Shape::Any)),
        Trend::Ascending => (wanted, with(Shape::Rising)),
        Trend::Descending => (wanted, with(Shape::Falling)),
        Trend::Peak => (wanted, with(Shape::Peak)),
        Trend::Valley => (wanted, with(Shape::Valley)),
        Trend::AutoMonotonic => monotonic(),
        Trend::Auto => {
            let straight = monotonic();
            let (peak, valley) = (with(Shape::Peak), with(Shape::Valley));
            let bent = if valley.worth > peak.worth {
                (Trend::Valley, valley)
            } else {
                (Trend::Peak, peak)
            };
            if bent.1.worth > straight.1.worth + limits.price.max(1e-9) {
                bent
            } else {
                straight
            }
        }
    }
}

/// Categories sorted by bad rate and then cut as levels are: the best grouping
/// into bins of neighbouring bad rates. What no row has makes a last bin,
/// about which nothing is known.
fn categories(
    plain: &[usize],
    counts: &[Counts],
    evidence: &Evidence,
    limits: &Limits,
) -> Vec<(BinKind, Vec<usize>)> {
    let (mut seen, unseen): (Vec<usize>, Vec<usize>) =
        plain.iter().partition(|&&level| counts[level].rows > 0);
    // By smoothed evidence: a category of three rows stays in the middle.
    seen.sort_by(|&a, &b| {
        let woe = |level: usize| evidence.woe(counts[level]);
        woe(b).total_cmp(&woe(a)).then(a.cmp(&b))
    });
    let mut bins = Vec::new();
    if !seen.is_empty() {
        let atoms: Vec<Counts> = seen.iter().map(|&level| counts[level]).collect();
        let partition = Search::new(&atoms, evidence, limits).best(Shape::Any);
        let ends = partition.starts.iter().skip(1).copied().chain([seen.len()]);
        for (&from, to) in partition.starts.iter().zip(ends) {
            let mut levels = seen[from..to].to_vec();
            levels.sort_unstable();
            bins.push((BinKind::Categories, levels));
        }
    }
    if !unseen.is_empty() {
        bins.push((BinKind::Categories, unseen));
    }
    bins
}

fn given(
    plain: &[usize],
    cuts: &[u32],
    name: &str,
    lowest: usize,
) -> Result<Vec<(BinKind, Vec<usize>)>, FitError> {
    let cuts: Vec<usize> = cuts.iter().map(|&cut| cut as usize).collect();
    let ascending = cuts.windows(2).all(|pair| pair[0] < pair[1]);
    let top = plain.last().copied().unwrap_or(0);
    let within = cuts.iter().all(|&cut| cut > lowest && cut <= top);
    if !ascending || !within || cuts.len() >= usize::from(u8::MAX) {
        return Err(FitError::Cuts {
            column: name.into(),
            least: lowest + 1,
            most: top,
        });
    }
    Ok(split(plain, &cuts))
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one value, put together"
)]
fn finish(
    scheme: &Scheme,
    table: &TrainingTable,
    line_window: usize,
    column: String,
    trend: Option<Trend>,
    sets: &[(BinKind, Vec<usize>)],
    counts: &[Counts],
    evidence: &Evidence,
) -> ColumnBins {
    let mut bin_of = vec![0_u8; counts.len()];
    let mut bins = Vec::with_capacity(sets.len());
    for (index, (kind, levels)) in sets.iter().enumerate() {
        let sum = sum(levels, counts);
        for &level in levels {
            bin_of[level] = u8::try_from(index).expect("at most one bin a level, of 256");
        }
        let levels = runs(levels);
        bins.push(Bin {
            kind: *kind,
            label: label(scheme, table, line_window, *kind, &levels),
            levels,
            rows: sum.rows,
            good: sum.good,
            bad: sum.bad,
            woe: evidence.woe(sum),
            iv: evidence.iv(sum),
        });
    }
    ColumnBins {
        line_window,
        column,
        trend,
        iv: bins.iter().map(|bin| bin.iv).sum(),
        bins,
        bin_of,
    }
}

/// Ascending levels as ranges from first to last.
fn runs(levels: &[usize]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &level in levels {
        let level = u32::try_from(level).expect("at most 255");
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == level => *last = level,
            _ => runs.push((level, level)),
        }
    }
    runs
}

fn label(
    scheme: &Scheme,
    table: &TrainingTable,
    line_window: usize,
    kind: BinKind,
    levels: &[(u32, u32)],
) -> String {
    if kind == BinKind::Categories {
        let all = levels.iter().flat_map(|&(from, to)| from..=to);
        let name = |level: u32| match table.category(line_window, level) {
            Some(name) => name.to_owned(),
            None => format!("number {}", level - 1),
        };
        let mut text = String::new();
        for level in all {
            if text.len() > LABEL_BYTES {
                text.push_str(", ...");
                break;
            }
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&name(level));
        }
        return text;
    }
    let money =
        |&(from, to): &(u32, u32)| scheme.level_range_as_money(line_window, from, Some(to + 1));
    levels.iter().map(money).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
