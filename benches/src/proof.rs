//! What the benches of the proof measure: the bundled person's application,
//! evaluated and opened, with its statement ready.

use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_examples::person::{Person, PersonError};
use blindscore_fhe::KeyOrigin;
use blindscore_fhe::proof::{self, NoRandomness, Proof, Statement};
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A statement and the secret that proves it.
#[derive(Debug)]
pub struct ProofStage {
    /// The statement.
    pub statement: Statement,
    /// The applicant's secret.
    pub secret: SecretPolynomial,
}

impl ProofStage {
    /// Sets the stage: the first scorecard, both holders in composable form
    /// (15 canaries), the bank alone in packed form.
    ///
    /// # Errors
    /// Bundled data that do not load.
    ///
    /// # Panics
    /// If the bundled application is refused anywhere.
    pub fn new(form: Form) -> Result<Self, Box<PersonError>> {
        let person = Person::load().map_err(Box::new)?;
        let origin = KeyOrigin {
            signing_key: [1; 32],
            application_id: [1; 16],
            nonce: [1; 32],
        };
        let (secret, key) = generate(origin, &[1; 32]);
        let holders = match form {
            Form::Packed => vec![&person.bank],
            Form::Composable => vec![&person.bank, &person.wallet],
        };
        let sealed: Vec<_> = holders
            .iter()
            .map(|held| held.seal(&person.scheme, &key, form).expect("sealed"))
            .collect();
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).expect("a lineup");
        let plan = Plan::compile(&person.scheme, &person.scorecards[0], &lineup).expect("a plan");
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let evaluation = plan
            .evaluate(&key, &prepared.iter().collect::<Vec<_>>())
            .expect("evaluates");
        let opening = secret.opening(evaluation.result());
        let statement = plan
            .statement(&key, evaluation.result(), &opening, b"blindscore benches")
            .expect("an honest opening");
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

/// A pool of `cores` threads.
///
/// # Panics
/// If the system gives no threads.
pub fn pool(cores: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(cores).build();
    pool.expect("threads")
}
