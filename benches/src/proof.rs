//! A proof, ready to be made: an application evaluated and opened, with its
//! statement.

use blindscore_client::source::SealRequest;
use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_fhe::KeyOrigin;
use blindscore_fhe::proof::{self, NoRandomness, Proof, Statement};
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;

use crate::Error;
use crate::subject::Subject;

/// A statement and the secret that proves it.
#[derive(Debug)]
pub struct ProofStage {
    /// The statement.
    pub statement: Statement,
    /// The applicant's secret.
    pub secret: SecretPolynomial,
}

impl ProofStage {
    /// Sets the stage: the first scorecard, opened as the platform evaluated
    /// it.
    ///
    /// # Errors
    /// What the scheme does not allow.
    pub fn new(subject: &Subject, form: Form, sources: usize) -> Result<Self, Error> {
        let origin = KeyOrigin {
            signing_key: [1; 32],
            application_id: [1; 16],
            nonce: [1; 32],
        };
        let (secret, key) = generate(origin, &[1; 32]);
        let mut sealed = Vec::new();
        for held in subject.holders(sources, 1)? {
            let request = SealRequest {
                key: &key,
                scheme: &subject.scheme,
                form,
                roles: &held.roles,
                coverage: CoverageRule::Full,
            };
            sealed.push(held.source.seal(&request, &held.levels)?);
        }
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>())?;
        let plan = Plan::compile(&subject.scheme, &subject.scorecards[0], &lineup)?;
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let evaluation = plan.evaluate(&key, &prepared.iter().collect::<Vec<_>>())?;
        let opening = secret.opening(evaluation.result());
        let context = b"blindscore benches";
        let statement = plan.statement(&key, evaluation.result(), &opening, context)?;
        Ok(Self { statement, secret })
    }

    /// Proves with the randomness of number `number`: the same number, the
    /// same attempts. Also tells how many they were.
    ///
    /// # Panics
    /// Never: the statement is honest.
    pub fn prove(&self, number: u64) -> (Proof, u32) {
        let mut stream = Framed::new("blindscore benches randomness")
            .u64(number)
            .stream();
        let mut randomness = |bytes: &mut [u8]| -> Result<(), NoRandomness> {
            stream.fill(bytes);
            Ok(())
        };
        let proven = proof::prove(&self.statement, &self.secret, &mut randomness, &mut |_| {});
        let (proof, report) = proven.expect("an honest statement");
        (proof, report.attempts)
    }
}
