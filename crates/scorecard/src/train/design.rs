//! The columns of a regression: each row's weights of evidence, looked up from
//! bytes, and the sums over rows that Newton's method needs.
//!
//! Sums are taken in blocks of rows and in one fixed order, so that a table
//! gives the same model wherever it is fitted.

use nalgebra::DMatrix;

use super::table::TrainingTable;
use super::{Candidate, FitError, TableError};

const BLOCK: usize = 256;

/// One column: a byte a row, and the value of each byte.
pub(super) struct DesignColumn<'a> {
    pub(super) name: &'a str,
    pub(super) levels: &'a [u8],
    pub(super) values: [f64; 256],
}

/// Columns, outcomes and weights of a regression.
pub(super) struct Design<'a> {
    pub(super) columns: Vec<DesignColumn<'a>>,
    /// 1 for good.
    pub(super) good: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

/// The columns of all candidates; those that may not enter are not read.
pub(super) fn design<'a>(
    table: &'a TrainingTable,
    candidates: &'a [Candidate],
) -> Result<Design<'a>, FitError> {
    let bad = table.bad().ok_or(TableError::NoOutcome)?;
    let mut columns = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let bins = &candidate.bins;
        let levels = table.levels(bins.line_window);
        let levels = levels.ok_or_else(|| FitError::NoColumn {
            column: bins.column.clone(),
        })?;
        let mut values = [0.0; 256];
        for (value, woe) in values.iter_mut().zip(bins.woe_by_level()) {
            *value = woe;
        }
        columns.push(DesignColumn {
            name: &bins.column,
            levels,
            values,
        });
    }
    Ok(Design {
        columns,
        good: bad.iter().map(|&bad| if bad { 0.0 } else { 1.0 }).collect(),
        weights: (0..table.rows()).map(|row| table.weight(row)).collect(),
    })
}

impl Design<'_> {
    pub(super) fn rows(&self) -> usize {
        self.good.len()
    }

    pub(super) fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// `intercept + sum of coefficients * values`, a row.
    pub(super) fn predict(
        &self,
        which: &[usize],
        intercept: f64,
        coefficients: &[f64],
    ) -> Vec<f64> {
        let mut sums = vec![intercept; self.rows()];
        for (&column, &coefficient) in which.iter().zip(coefficients) {
            if coefficient == 0.0 {
                continue;
            }
            let column = &self.columns[column];
            let values = column.values.map(|value| value * coefficient);
            for (sum, &level) in sums.iter_mut().zip(column.levels) {
                *sum += values[usize::from(level)];
            }
        }
        sums
    }

    /// The weighted products of every left column with every right one, each
    /// list having the intercept's ones before it.
    pub(super) fn products(
        &self,
        left: &[usize],
        right: &[usize],
        weights: &[f64],
    ) -> DMatrix<f64> {
        let mut sums = DMatrix::zeros(left.len() + 1, right.len() + 1);
        let same = left == right;
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for start in (0..self.rows()).step_by(BLOCK) {
            let end = (start + BLOCK).min(self.rows());
            self.block(left, start, end, Some(&weights[start..end]), &mut a);
            self.block(right, start, end, None, &mut b);
            let size = end - start;
            for (i, x) in a.chunks_exact(size).enumerate() {
                let from = if same { i } else { 0 };
                for (j, y) in b.chunks_exact(size).enumerate().skip(from) {
                    sums[(i, j)] += dot(x, y);
                }
            }
        }
        if same {
            sums.fill_lower_triangle_with_upper_triangle();
        }
        sums
    }

    /// The weighted square of every column.
    pub(super) fn diagonal(&self, which: &[usize], weights: &[f64]) -> Vec<f64> {
        let one = |&column: &usize| {
            let column = &self.columns[column];
            let mut by_level = [0.0; 256];
            for (&level, weight) in column.levels.iter().zip(weights) {
                by_level[usize::from(level)] += weight;
            }
            dot(&by_level, &column.values.map(|value| value * value))
        };
        which.iter().map(one).collect()
    }

    /// The sum of every column times `residuals`, the intercept's first.
    pub(super) fn gradient(&self, which: &[usize], residuals: &[f64]) -> Vec<f64> {
        let mut sums = vec![residuals.iter().sum()];
        for &column in which {
            let column = &self.columns[column];
            // By level first: 256 products instead of one a row.
            let mut by_level = [0.0; 256];
            for (&level, residual) in column.levels.iter().zip(residuals) {
                by_level[usize::from(level)] += residual;
            }
            sums.push(dot(&by_level, &column.values));
        }
        sums
    }

    /// The values of a block of rows, column by column after the intercept.
    fn block(
        &self,
        which: &[usize],
        start: usize,
        end: usize,
        weights: Option<&[f64]>,
        into: &mut Vec<f64>,
    ) {
        into.clear();
        match weights {
            Some(weights) => into.extend_from_slice(weights),
            None => into.resize(end - start, 1.0),
        }
        for &column in which {
            let column = &self.columns[column];
            let levels = &column.levels[start..end];
            let values = levels
                .iter()
                .map(|&level| column.values[usize::from(level)]);
            match weights {
                Some(weights) => into.extend(values.zip(weights).map(|(v, w)| v * w)),
                None => into.extend(values),
            }
        }
    }
}

/// Four running sums, so that the processor need not wait for each addition;
/// always the same four.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (xs, ys) = (x.chunks_exact(4), y.chunks_exact(4));
    let rest: f64 = xs
        .remainder()
        .iter()
        .zip(ys.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in xs.zip(ys) {
        for k in 0..4 {
            sums[k] += a[k] * b[k];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}
