//! Many evaluations at once, on all cores.

use blindscore_fhe::PublicKey;
use rayon::prelude::*;

use crate::blind::PreparedHistory;
use crate::error::EvaluateError;
use crate::evaluation::Evaluation;
use crate::history::SealedHistory;
use crate::plan::Plan;

/// One application of a batch: a key and the histories sealed to it, which may
/// come in any order.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
    /// The applicant's key.
    pub key: &'a PublicKey,
    /// What the sources sealed to it.
    pub histories: &'a [&'a SealedHistory],
}

/// Evaluates every plan on every application, on all cores: for each
/// application, in the order given, one evaluation a plan.
///
/// A history is brought to the transform domain once, on the core that then
/// evaluates all plans on it, and is dropped afterwards; a plan's tables were
/// when it was compiled. So memory does not grow with the batch beyond its
/// results, and the bytes are those of [`Plan::evaluate`].
///
/// # Errors
/// For each evaluation those of [`Plan::evaluate`]; one that fails does not
/// touch the others.
pub fn evaluate_batch(
    plans: &[&Plan],
    applications: &[BatchItem<'_>],
) -> Vec<Vec<Result<Evaluation, EvaluateError>>> {
    let evaluate = |application: &BatchItem<'_>| {
        let histories = application.histories.iter();
        let prepared: Vec<_> = histories.map(|h| PreparedHistory::new(h)).collect();
        let prepared: Vec<_> = prepared.iter().collect();
        let plans = plans.par_iter();
        plans
            .map(|plan| plan.evaluate(application.key, &prepared))
            .collect()
    };
    applications.par_iter().map(evaluate).collect()
}
