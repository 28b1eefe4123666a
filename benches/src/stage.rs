//! An application, ready at every stage.

use std::hint::black_box;

use blindscore_client::applicant::SecretKey;
use blindscore_client::source::SealRequest;
use blindscore_evaluator::{
    BatchItem, Ciphertexts, Evaluation, Lineup, Plan, PreparedHistory, SealedHistory,
    evaluate_batch,
};
use blindscore_fhe::{Cell, ComposableHistory, SealingKey};
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part};
use blindscore_protocol::id::ApplicationId;
use blindscore_scorecard::Scorecard;

use crate::Error;
use crate::subject::{Held, Subject};

/// An application sealed in one form by some sources, compiled for every
/// scorecard of its subject.
#[derive(Debug)]
pub struct Stage {
    /// What is measured.
    pub subject: Subject,
    /// The applicant's key.
    pub secret: SecretKey,
    /// The data holders.
    pub holders: Vec<Held>,
    /// What they sealed.
    pub sealed: Vec<SealedHistory>,
    /// The messages in which they sent it.
    pub messages: Vec<Vec<u8>>,
    /// The same in the transform domain.
    pub prepared: Vec<PreparedHistory>,
    /// A plan a scorecard.
    pub plans: Vec<Plan>,
    /// The combined levels, for plain scoring.
    pub levels: ApplicantLevels,
}

impl Stage {
    /// Sets the stage.
    ///
    /// # Errors
    /// What the scheme does not allow: so many sources, or a plan whose gates
    /// do not hold.
    pub fn new(subject: &Subject, form: Form, sources: usize) -> Result<Self, Error> {
        let secret = SecretKey::from_seed(ApplicationId::new([1; 16]), &[1; 32]);
        let holders = subject.holders(sources, 1)?;
        let sealed = seal_all(subject, &secret, form, &holders)?;
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>())?;
        let plan = |card: &Scorecard| Plan::compile(&subject.scheme, card, &lineup);
        let plans = subject
            .scorecards
            .iter()
            .map(plan)
            .collect::<Result<_, _>>()?;
        let roles: Vec<_> = sealed.iter().map(|s| s.participant().roles).collect();
        let parts: Vec<_> = holders
            .iter()
            .zip(&roles)
            .map(|(held, roles)| Part {
                levels: &held.levels,
                roles,
            })
            .collect();
        Ok(Self {
            levels: ApplicantLevels::combine(&subject.scheme, &parts)?,
            prepared: sealed.iter().map(PreparedHistory::new).collect(),
            messages: sealed.iter().map(SealedHistory::to_bytes).collect(),
            subject: subject.clone(),
            secret,
            holders,
            sealed,
            plans,
        })
    }

    /// The plan of the first scorecard.
    pub fn plan(&self) -> &Plan {
        &self.plans[0]
    }

    /// The first scorecard.
    pub fn card(&self) -> &Scorecard {
        &self.subject.scorecards[0]
    }

    /// The form in which the histories are sealed.
    pub fn form(&self) -> Form {
        self.plan().form()
    }

    /// Every source seals its levels again.
    ///
    /// # Errors
    /// None: they were sealed before.
    pub fn seal(&self) -> Result<Vec<SealedHistory>, Error> {
        seal_all(&self.subject, &self.secret, self.form(), &self.holders)
    }

    /// A plan on the prepared histories.
    ///
    /// # Errors
    /// None: they are of this application.
    pub fn evaluate(&self, plan: &Plan) -> Result<Evaluation, Error> {
        let histories: Vec<_> = self.prepared.iter().collect();
        Ok(plan.evaluate(self.secret.public_key(), &histories)?)
    }

    /// The histories of other invented people under the same key: a batch.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn others(&self, people: u64) -> Result<Vec<Vec<SealedHistory>>, Error> {
        (0..people)
            .map(|person| {
                let holders = self.subject.holders(self.holders.len(), person + 2)?;
                seal_all(&self.subject, &self.secret, self.form(), &holders)
            })
            .collect()
    }

    /// Evaluates the plans on so many applications at once, which take turns
    /// among `people`; what is made is thrown away.
    pub fn batch(&self, plans: &[&Plan], people: &[Vec<SealedHistory>], applications: usize) {
        let histories: Vec<Vec<&SealedHistory>> = people
            .iter()
            .map(|sealed| sealed.iter().collect())
            .collect();
        let items = (0..applications).map(|index| BatchItem {
            key: self.secret.public_key(),
            histories: &histories[index % histories.len()],
        });
        // In pieces, as a platform would that hands each result on.
        for piece in items.collect::<Vec<_>>().chunks(256) {
            drop(black_box(evaluate_batch(plans, piece)));
        }
    }

    /// The first cell, in composable form.
    pub fn cell(&self) -> Option<&Cell> {
        match self.sealed[0].ciphertexts() {
            Ciphertexts::Composable(history) => history.cells().iter().flatten().next(),
            Ciphertexts::Packed(_) => None,
        }
    }

    /// The first source seals its first cell again, and no other.
    pub fn seal_one_cell(&self) -> ComposableHistory {
        let first = self.holders[0].levels.cells(&self.subject.scheme);
        let first = first.iter().position(Option::is_some);
        ComposableHistory::seal(
            self.secret.public_key(),
            &SealingKey::new([1; 32]),
            &self.subject.scheme,
            &self.holders[0].levels,
            |cell| Some(cell) == first,
        )
    }

    /// How many cells all sources sealed.
    pub fn cells(&self) -> usize {
        let cells = |sealed: &SealedHistory| match sealed.ciphertexts() {
            Ciphertexts::Composable(history) => history.cells().iter().flatten().count(),
            Ciphertexts::Packed(_) => 0,
        };
        self.sealed.iter().map(cells).sum()
    }
}

fn seal_all(
    subject: &Subject,
    secret: &SecretKey,
    form: Form,
    holders: &[Held],
) -> Result<Vec<SealedHistory>, Error> {
    let seal = |held: &Held| {
        let request = SealRequest {
            key: secret.public_key(),
            scheme: &subject.scheme,
            form,
            roles: &held.roles,
            coverage: CoverageRule::Full,
        };
        Ok(held.source.seal(&request, &held.levels)?)
    };
    holders.iter().map(seal).collect()
}
