//! What a release claims of an evaluation, as a proof takes it.

use blindscore_fhe::proof::{
    Canaries, Opening, PACKED_WRONG_SCORE_LOG2, Statement, StatementError,
};
use blindscore_fhe::{BlindResult, PublicKey};
use blindscore_history::form::Form;

use crate::plan::Plan;

impl Plan {
    /// The statement that `result` opens to `opening` under `key`, for the
    /// prover and for whoever verifies. Range, canaries and rounding are
    /// checked here; that the result is this plan's on certain histories is
    /// for the caller to check, by running it again or by a receipt.
    ///
    /// `context` is what the release is bound to, framed by the caller.
    ///
    /// # Errors
    /// A result or an opening that is not of this plan; a score out of range;
    /// a phase outside its bound.
    pub fn statement(
        &self,
        key: &PublicKey,
        result: &BlindResult,
        opening: &Opening,
        context: &[u8],
    ) -> Result<Statement, StatementError> {
        match self.form() {
            Form::Packed => Statement::packed(key, result, self.span(), opening, context),
            Form::Composable => {
                let expected: Vec<u64> = (1..self.outputs()).map(|h| self.canary(h)).collect();
                let canaries = Canaries {
                    expected: &expected,
                    bound: self.canary_bound(),
                };
                Statement::composable(key, result, self.span(), canaries, opening, context)
            }
        }
    }

    /// log2 of the best probability of a wrong score behind a verified proof,
    /// for a key made to cheat: each sealing in packed form; each key, set of
    /// cells and scorecard in composable form.
    pub fn hostile_score_log2(&self) -> f64 {
        let budget = self.budget();
        budget.hostile_key_log2.unwrap_or(PACKED_WRONG_SCORE_LOG2)
    }
}
