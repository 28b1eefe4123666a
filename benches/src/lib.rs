//! What the benches measure: the bundled person's application, ready at every
//! stage.

pub mod proof;

use blindscore_client::applicant::SecretKey;
use blindscore_evaluator::{Ciphertexts, Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_examples::person::{Held, Person, PersonError};
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, Part};
use blindscore_protocol::id::ApplicationId;

/// The bundled application, sealed in one form and compiled for the first
/// scorecard, whose composable plan over two sources has 93 external products.
#[derive(Debug)]
pub struct Stage {
    /// The person.
    pub person: Person,
    /// The applicant's key.
    pub secret: SecretKey,
    /// What the sources sealed.
    pub sealed: Vec<SealedHistory>,
    /// The same in the transform domain.
    pub prepared: Vec<PreparedHistory>,
    /// The compiled first scorecard.
    pub plan: Plan,
    /// The combined levels, for plain scoring.
    pub levels: ApplicantLevels,
}

impl Stage {
    /// Sets the stage: both holders in composable form, the bank alone in
    /// packed form.
    ///
    /// # Errors
    /// Bundled data that do not load.
    ///
    /// # Panics
    /// If the bundled application is refused anywhere.
    pub fn new(form: Form) -> Result<Self, Box<PersonError>> {
        let person = Person::load().map_err(Box::new)?;
        let secret = SecretKey::from_seed(ApplicationId::new([1; 16]), &[1; 32]);
        let holders = match form {
            Form::Packed => vec![&person.bank],
            Form::Composable => vec![&person.bank, &person.wallet],
        };
        let sealed: Vec<_> = holders
            .iter()
            .map(|held| {
                held.seal(&person.scheme, secret.public_key(), form)
                    .expect("sealed")
            })
            .collect();
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).expect("a lineup");
        let plan = Plan::compile(&person.scheme, &person.scorecards[0], &lineup).expect("a plan");
        let roles: Vec<_> = sealed
            .iter()
            .map(|history| history.participant().roles)
            .collect();
        let parts: Vec<_> = holders
            .iter()
            .zip(&roles)
            .map(|(held, roles)| Part {
                levels: &held.levels,
                roles,
            })
            .collect();
        let levels = ApplicantLevels::combine(&person.scheme, &parts).expect("levels");
        let prepared = sealed.iter().map(PreparedHistory::new).collect();
        Ok(Self {
            secret,
            prepared,
            plan,
            levels,
            sealed,
            person,
        })
    }

    /// Seals one holder's levels again.
    pub fn seal(&self, held: &Held) -> SealedHistory {
        let key = self.secret.public_key();
        held.seal(&self.person.scheme, key, self.plan.form())
            .expect("the bundled scheme fits both forms")
    }

    /// The first cell that the bank sealed, in composable form.
    pub fn cell(&self) -> Option<&blindscore_fhe::Cell> {
        match self.sealed[0].ciphertexts() {
            Ciphertexts::Composable(history) => history.cells().iter().flatten().next(),
            Ciphertexts::Packed(_) => None,
        }
    }
}
