//! What the tests over all parties share: random applications, and an
//! evaluation of them by every evaluator there is.

pub mod craft;
pub mod hostile;
pub mod online;
pub mod proofs;
pub mod slow;
pub mod vectors;
pub mod world;

use std::collections::BTreeSet;

use blindscore_client::applicant::SecretKey;
use blindscore_client::source::{SealRequest, Source};
use blindscore_evaluator::{Lineup, Plan, PlanError, PreparedHistory, SealedHistory};
use blindscore_examples::person::{Held, Person};
use blindscore_fhe::SealingKey;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part, Role, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_protocol::envelope::{self, Header, Kind};
use blindscore_protocol::id::ApplicationId;
use blindscore_scorecard::{PlainScore, Scorecard};

/// An application: a scheme, a scorecard, and what each source has.
#[derive(Debug)]
pub struct Application {
    /// The scheme.
    pub scheme: Scheme,
    /// The scorecard.
    pub scorecard: Scorecard,
    /// Levels a source, with the roles that it was given.
    pub holdings: Vec<(SourceLevels, Vec<Role>)>,
}

/// A key for tests, repeatable.
pub fn key(number: u8) -> SecretKey {
    SecretKey::from_seed(ApplicationId::new([number; 16]), &[number; 32])
}

/// What the bundled person's data holder seals to a key.
pub fn seal(person: &Person, held: &Held, secret: &SecretKey, form: Form) -> SealedHistory {
    held.seal(&person.scheme, secret.public_key(), form)
        .expect("the bundled scheme fits both forms")
}

/// A message's header and payload, to be changed and closed again.
pub fn taken_apart<H: Header>(message: &[u8]) -> (H, Vec<u8>) {
    let (header, payload) = envelope::open(message, PARAMETER_ID).expect("an honest message");
    (header, payload.to_vec())
}

/// An envelope around any bytes for a header, with lengths and digest that fit.
pub fn framed(kind: Kind, header: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"BSCR".to_vec();
    bytes.extend((kind as u16).to_le_bytes());
    bytes.extend(envelope::VERSION.to_le_bytes());
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend((payload.len() as u64).to_le_bytes());
    bytes.extend(header);
    bytes.extend(payload);
    let digest: Digest = Framed::new(label::ENVELOPE).bytes(&bytes).digest();
    bytes.extend(digest.as_bytes());
    bytes
}

/// The bytes of a message's header.
pub fn header_bytes(message: &[u8]) -> &[u8] {
    let length = message[8..12].try_into().expect("four bytes");
    &message[20..20 + u32::from_le_bytes(length) as usize]
}

/// Every role that a scheme's single lines name.
pub fn roles_of(scheme: &Scheme) -> Vec<Role> {
    let roles = scheme.lines().iter().filter_map(|line| match line.kind() {
        LineKind::Single(single) => Some(single.role().clone()),
        _ => None,
    });
    roles.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Application {
    /// The sources' sealed histories, in the given form, through the bytes.
    pub fn seal(&self, secret: &SecretKey, form: Form) -> Vec<SealedHistory> {
        let seal = |(number, (levels, roles)): (usize, &(SourceLevels, Vec<Role>))| {
            let id = format!("source-{number}").parse().expect("a plain name");
            let source = Source::new(id, SealingKey::new([number as u8 + 1; 32]));
            let request = SealRequest {
                key: secret.public_key(),
                scheme: &self.scheme,
                form,
                roles,
                coverage: CoverageRule::AllowShorter,
            };
            let sealed = source
                .seal(&request, levels)
                .expect("the form fits the scheme");
            SealedHistory::admit(&sealed.to_bytes(), &self.scheme).expect("just sealed")
        };
        self.holdings.iter().enumerate().map(seal).collect()
    }

    /// What the sources have together.
    pub fn combined(&self) -> ApplicantLevels {
        let roles: Vec<BTreeSet<Role>> = self
            .holdings
            .iter()
            .map(|(_, roles)| roles.iter().cloned().collect())
            .collect();
        let parts: Vec<Part<'_>> = self
            .holdings
            .iter()
            .zip(&roles)
            .map(|((levels, _), roles)| Part { levels, roles })
            .collect();
        ApplicantLevels::combine(&self.scheme, &parts).expect("levels go together")
    }

    /// The plain score, from the levels alone.
    pub fn plain(&self) -> PlainScore {
        self.scorecard
            .score(&self.scheme, &self.combined())
            .expect("the scorecard fits")
    }

    /// Scores encrypted in the given form and compares with the plan in the
    /// clear and with the plain score. Says how many external products tables
    /// shared; `None` if the plan is refused.
    pub fn agrees(&self, secret: &SecretKey, form: Form) -> Result<Option<usize>, String> {
        let sealed = self.seal(secret, form);
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).map_err(|e| e.to_string())?;
        let plan = match Plan::compile(&self.scheme, &self.scorecard, &lineup) {
            Err(PlanError::Spectrum { .. } | PlanError::Noise { .. }) => return Ok(None),
            other => other.map_err(|e| e.to_string())?,
        };
        let levels: Vec<_> = self.holdings.iter().map(|(levels, _)| levels).collect();
        let clear = plan
            .run_in_the_clear(&self.scheme, &levels)
            .map_err(|e| e.to_string())?;
        let plain = self.plain();
        if clear.shifted() != plain.shifted {
            return Err(format!(
                "in the clear {} and plain {}",
                clear.shifted(),
                plain.shifted
            ));
        }
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let evaluation = plan
            .evaluate(secret.public_key(), &prepared.iter().collect::<Vec<_>>())
            .map_err(|e| e.to_string())?;
        let opened = secret
            .open(&plan, &self.scorecard, &evaluation)
            .map_err(|e| e.to_string())?;
        if (opened.shifted(), opened.published()) != (plain.shifted, plain.published) {
            return Err(format!(
                "opened {} and plain {}",
                opened.shifted(),
                plain.shifted
            ));
        }
        let characteristics = plan.characteristics().iter();
        let apart: usize = characteristics.map(|c| c.cells.len()).sum();
        Ok(Some(apart - plan.budget().products))
    }
}
