//! The messages of one application, made ready to be handed in: what tests and
//! the load tool send to a platform's service.

use blindscore_client::applicant::{Choice, SecretKey};
use blindscore_client::lender::{Wanted, ask};
use blindscore_client::source::{AttestRequest, KeyJournal, SealRequest};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_protocol::api::EvaluationOrder;
use blindscore_protocol::consent::{ConsentRecord, Period};
use blindscore_protocol::envelope;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{Attestation, Outputs, ScoreRequest};
use blindscore_protocol::registry::{Party, PartyKey, Registry, RegistryError};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::text::Plain;
use blindscore_scorecard::Scorecard;
use jiff::{Timestamp, ToSpan};

use crate::cast::Cast;
use crate::person::Person;
use crate::walk::{Holder, Upload, WalkError, titles};

/// An application, granted and sealed, with nothing handed in yet.
pub struct Application {
    /// The applicant's key.
    pub secret: SecretKey,
    /// The lender's request.
    pub request: Signed<ScoreRequest>,
    /// The consent.
    pub consent: ConsentRecord,
    /// What the holders send, in the order of their names.
    pub uploads: Vec<Upload>,
    /// Digests of the attestations, in the same order.
    pub attestations: Vec<Digest>,
}

/// What an application is made from.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The invented person.
    pub person: &'a Person,
    /// The parties.
    pub cast: &'a Cast,
    /// The registry that all go by.
    pub registry: &'a Registry,
    /// The form: packed is the bank's history alone.
    pub form: Form,
    /// How many runs the consent allows.
    pub uses: u32,
    /// How many hours it is valid.
    pub hours: i64,
    /// Now.
    pub now: Timestamp,
}

/// The cast's registry with keys that are valid around `now`, whenever that is.
///
/// # Errors
/// A fault of this package.
pub fn registry_around(cast: &Cast, now: Timestamp) -> Result<Registry, RegistryError> {
    let day = 86_400;
    let around = |party: &Party| {
        let mut party = party.clone();
        for key in &mut party.keys {
            let at = |seconds| Timestamp::from_second(now.as_second() + seconds);
            *key = PartyKey {
                from: at(-day).unwrap_or(key.from),
                until: at(365 * day).unwrap_or(key.until),
                ..key.clone()
            };
        }
        party
    };
    Registry::new(
        cast.registry.name().clone(),
        cast.registry.identity().clone(),
        cast.registry.parties().iter().map(around).collect(),
    )
}

impl Application {
    /// Makes the application that `number` stands for: another number, another
    /// applicant.
    ///
    /// # Errors
    /// Whatever a party refuses.
    pub fn make(making: &Making<'_>, number: u64) -> Result<Self, WalkError> {
        let Making {
            person, cast, form, ..
        } = *making;
        let mut id = [0x42; 16];
        let mut seed = [0x17; 32];
        id[..8].copy_from_slice(&number.to_le_bytes());
        seed[..8].copy_from_slice(&number.to_le_bytes());
        let secret = SecretKey::from_seed(ApplicationId::new(id), &seed);
        let holders = person.holders(cast);
        let holders = match form {
            Form::Packed => &holders[..1],
            Form::Composable => &holders[..],
        };
        let request = request(making, holders)?;
        let (mut uploads, mut attestations) = (Vec::new(), Vec::new());
        for holder in holders {
            let (upload, attestation) = upload(making, holder, &secret)?;
            uploads.push(upload);
            attestations.push(attestation);
        }
        let titles = titles(&person.scorecards)?;
        let choice = choice(making, holders)?;
        let draft = secret.draft(&request, making.registry, choice, &titles)?;
        let consent = secret.grant(draft, making.registry, making.now)?;
        Ok(Self {
            secret,
            request,
            consent,
            uploads,
            attestations,
        })
    }

    /// The order to evaluate these scorecards on everything that was sealed.
    pub fn order(&self, scorecards: &[Scorecard]) -> EvaluationOrder {
        EvaluationOrder {
            consent: self.consent.id(),
            scorecards: scorecards.iter().map(Scorecard::digest).collect(),
            histories: self.attestations.clone(),
        }
    }

    /// Applicant key id.
    pub fn key(&self) -> Digest {
        self.secret.public_key().id()
    }
}

fn source_ids(holders: &[Holder<'_>]) -> Vec<PartyId> {
    let ids = holders.iter().map(|holder| holder.source.id().clone());
    ids.collect()
}

fn request(making: &Making<'_>, holders: &[Holder<'_>]) -> Result<Signed<ScoreRequest>, WalkError> {
    let Making {
        person, cast, now, ..
    } = *making;
    let wanted = Wanted {
        purpose: "A loan for a bicycle".parse::<Plain>()?,
        platform: cast.platform.id().clone(),
        scheme: person.scheme.digest(),
        scorecards: person.scorecards.iter().map(Scorecard::digest).collect(),
        sources: source_ids(holders),
        self_declared: false,
        outputs: Outputs::ScoreAndReasons,
        storage_days: 30,
        expires: now.checked_add(14 * 24.hours())?,
    };
    Ok(ask(&cast.lender, wanted, now)?)
}

fn choice(making: &Making<'_>, holders: &[Holder<'_>]) -> Result<Choice, WalkError> {
    let Making { person, now, .. } = *making;
    let as_of = holders.first().map(|holder| holder.levels.as_of());
    let as_of = as_of.ok_or(WalkError::NoScorecard)?.first_of_month();
    let months = i64::from(person.scheme.longest_window());
    Ok(Choice {
        scorecards: person.scorecards.iter().map(Scorecard::digest).collect(),
        sources: source_ids(holders),
        data: Period {
            from: as_of.checked_sub(months.months())?,
            to: as_of.yesterday()?,
        },
        outputs: Outputs::ScoreAndReasons,
        uses: making.uses,
        valid_from: now,
        valid_until: now.checked_add(making.hours.hours())?,
    })
}

fn upload(
    making: &Making<'_>,
    holder: &Holder<'_>,
    secret: &SecretKey,
) -> Result<(Upload, Digest), WalkError> {
    let scheme = &making.person.scheme;
    let request = SealRequest {
        key: secret.public_key(),
        scheme,
        form: making.form,
        roles: holder.roles,
        coverage: CoverageRule::Full,
    };
    let sealed = holder.source.seal(&request, holder.levels)?;
    let attest = AttestRequest {
        sealed: &sealed,
        scheme,
        customer: &making.cast.customer,
        salt: &secret.person_salt(),
        account: holder.account,
        issued: making.now,
    };
    let attestation: Signed<Attestation> =
        holder
            .source
            .attest(holder.signatory, &attest, &mut KeyJournal::default())?;
    let upload = Upload {
        sealed: sealed.to_bytes(),
        attestation: envelope::close(&attestation, &[]),
    };
    Ok((upload, attestation.digest()))
}
