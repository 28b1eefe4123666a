//! Which characteristics the model has, and the model.
//!
//! Stepwise selection enters by the score test, which needs no fit of each
//! candidate, and removes by the Wald test (D. Hosmer, S. Lemeshow, *Applied
//! Logistic Regression*, section 4.3). With signs bound, a candidate whose
//! gradient points to the wrong side cannot enter, and one whose coefficient
//! another's entry has brought to zero leaves.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::design::{Design, design};
use super::lasso;
use super::logistic::{self, Model, Penalty};
use super::maths::{chi_square_above, two_sided};
use super::options::{FitOptions, Selection, Signs};
use super::table::TrainingTable;
use super::{Candidate, FitError, Selected, SelectionStep};

/// The model and how it was chosen.
pub(super) struct Chosen {
    /// `which` are indices of the candidates.
    pub(super) model: Model,
    pub(super) steps: Vec<SelectionStep>,
    /// The L1 penalty that was taken.
    pub(super) l1: Option<f64>,
}

/// Chooses among the candidates that may enter.
pub(super) fn choose(
    table: &TrainingTable,
    candidates: &[Candidate],
    options: &FitOptions,
) -> Result<Chosen, FitError> {
    let design = design(table, candidates)?;
    let may: Vec<usize> = (0..candidates.len())
        .filter(|&i| candidates[i].selected == Selected::NotChosen)
        .collect();
    let penalty = Penalty {
        l2: options.l2,
        l1: 0.0,
        not_negative: options.signs == Signs::NotNegative,
    };
    let mut chosen = match options.selection {
        Selection::All => Chosen {
            model: logistic::fit(&design, &limited(candidates, &may, options), &penalty, None)?,
            steps: Vec::new(),
            l1: None,
        },
        Selection::Stepwise { enter, leave } => Stepwise {
            design: &design,
            candidates,
            penalty,
            enter,
            leave,
            limit: options.characteristics_max,
        }
        .run(&may)?,
        Selection::Lasso { penalty: l1 } => {
            let (l1, left) = lasso::choose(&design, &may, &penalty, l1, options.seed)?;
            let mut left: Vec<usize> = may
                .iter()
                .copied()
                .filter(|i| left.contains(i) || candidates[*i].forced)
                .collect();
            left = limited(candidates, &left, options);
            Chosen {
                model: logistic::fit(&design, &left, &penalty, None)?,
                steps: Vec::new(),
                l1: Some(l1),
            }
        }
    };
    drop_zeros(&design, candidates, &penalty, &mut chosen)?;
    if chosen.model.which.is_empty() {
        return Err(FitError::NothingToFit {
            columns: candidates.len(),
            constant: 0,
            least_iv: options.least_iv,
        });
    }
    Ok(chosen)
}

/// The columns with the most information, forced ones first, in card order.
fn limited(candidates: &[Candidate], may: &[usize], options: &FitOptions) -> Vec<usize> {
    let mut order = may.to_vec();
    order.sort_by(|&a, &b| {
        let iv = candidates[b].bins.iv.total_cmp(&candidates[a].bins.iv);
        candidates[b].forced.cmp(&candidates[a].forced).then(iv)
    });
    order.truncate(options.characteristics_max);
    order.sort_unstable();
    order
}

/// A coefficient that signs hold at zero gives no points: its column goes.
fn drop_zeros(
    design: &Design<'_>,
    candidates: &[Candidate],
    penalty: &Penalty,
    chosen: &mut Chosen,
) -> Result<(), FitError> {
    while chosen.model.coefficients.contains(&0.0) {
        let (kept, gone): (Vec<usize>, Vec<usize>) =
            (0..chosen.model.which.len()).partition(|&i| chosen.model.coefficients[i] != 0.0);
        for index in gone {
            chosen.steps.push(SelectionStep {
                column: candidates[chosen.model.which[index]].bins.column.clone(),
                entered: false,
                p_value: 1.0,
                log_loss: chosen.model.log_loss,
            });
        }
        let which: Vec<usize> = kept.iter().map(|&i| chosen.model.which[i]).collect();
        if which.is_empty() {
            chosen.model = logistic::null(design, &which);
            return Ok(());
        }
        chosen.model = logistic::fit(design, &which, penalty, None)?;
    }
    Ok(())
}

struct Stepwise<'a> {
    design: &'a Design<'a>,
    candidates: &'a [Candidate],
    penalty: Penalty,
    enter: f64,
    leave: f64,
    limit: usize,
}

impl Stepwise<'_> {
    fn run(&self, may: &[usize]) -> Result<Chosen, FitError> {
        let forced = may.iter().copied().filter(|&i| self.candidates[i].forced);
        let mut which: Vec<usize> = forced.collect();
        let mut waiting: Vec<usize> = may.iter().copied().filter(|i| !which.contains(i)).collect();
        let mut model = self.fit(&which)?;
        let mut steps = Vec::new();
        // What leaves does not come back, so this ends.
        while which.len() < self.limit {
            let Some((column, p_value)) = self.best(&model, &waiting) else {
                break;
            };
            if p_value >= self.enter {
                break;
            }
            waiting.retain(|&i| i != column);
            which.push(column);
            which.sort_unstable();
            model = self.fit(&which)?;
            steps.push(self.step(column, true, p_value, &model));
            while let Some((column, p_value)) = self.worst(&model) {
                which.retain(|&i| i != column);
                model = self.fit(&which)?;
                steps.push(self.step(column, false, p_value, &model));
            }
        }
        Ok(Chosen {
            model,
            steps,
            l1: None,
        })
    }

    fn fit(&self, which: &[usize]) -> Result<Model, FitError> {
        if which.is_empty() {
            return Ok(logistic::null(self.design, which));
        }
        logistic::fit(self.design, which, &self.penalty, None)
    }

    fn step(&self, column: usize, entered: bool, p_value: f64, model: &Model) -> SelectionStep {
        let eta = model.predict(self.design);
        SelectionStep {
            column: self.candidates[column].bins.column.clone(),
            entered,
            p_value,
            log_loss: logistic::loss(self.design, &eta) / self.design.weight(),
        }
    }

    /// The candidate with the largest score statistic, and its p-value.
    fn best(&self, model: &Model, waiting: &[usize]) -> Option<(usize, f64)> {
        let eta = model.predict(self.design);
        let (residuals, curvature) = logistic::derivatives(self.design, &eta);
        let gradient = self.design.gradient(waiting, &residuals);
        let within = self.design.products(&model.which, &model.which, &curvature);
        let across = self.design.products(waiting, &model.which, &curvature);
        let own = self.design.diagonal(waiting, &curvature);
        let factor = Cholesky::new(ridge(within, self.penalty.l2))?;
        let mut best: Option<(usize, f64)> = None;
        for (place, &column) in waiting.iter().enumerate() {
            let u = gradient[place + 1];
            if self.penalty.not_negative && u <= 0.0 {
                continue;
            }
            let row: DVector<f64> = across.row(place + 1).transpose();
            let left = own[place] - row.dot(&factor.solve(&row));
            // Nothing of its own: a combination of what is in already.
            if left <= 1e-9 * own[place] {
                continue;
            }
            let score = u * u / left;
            if best.is_none_or(|(_, other)| score > other) {
                best = Some((column, score));
            }
        }
        best.map(|(column, score)| (column, chi_square_above(score, 1)))
    }

    /// The characteristic with the least Wald statistic, if it must leave.
    fn worst(&self, model: &Model) -> Option<(usize, f64)> {
        let errors = model.standard_errors();
        let wald = |i: usize| match errors[i] {
            Some(error) if error > 0.0 => model.coefficients[i] / error,
            _ => 0.0,
        };
        let free = (0..model.which.len()).filter(|&i| !self.candidates[model.which[i]].forced);
        let least = free.min_by(|&a, &b| wald(a).abs().total_cmp(&wald(b).abs()))?;
        let p_value = two_sided(wald(least));
        (p_value > self.leave).then_some((model.which[least], p_value))
    }
}

fn ridge(mut within: DMatrix<f64>, l2: f64) -> DMatrix<f64> {
    for i in 1..within.nrows() {
        within[(i, i)] += l2;
    }
    within
}
