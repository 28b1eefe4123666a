//! One honest application, walked once and attacked many times; and the tools
//! of a dishonest party: keys that sign whatever they are told to.

use std::sync::OnceLock;

use blindscore_client::applicant::{CheckedScore, Review, ReviewError, SecretKey};
use blindscore_client::lender::{Verification, VerifiedScore, VerifyError, verify};
use blindscore_evaluator::{
    Answer, AttestationError, AttestedHistory, Gathered, Order, OrderError, SealedHistory, Vouching,
};
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Setting, Upload, Walk, walk};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::form::Form;
use blindscore_protocol::consent::ConsentRegister;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{Release, ReleaseTerms};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_scorecard::Scorecard;

use crate::taken_apart;

/// An honest application with all its parties.
pub struct World {
    /// The invented person's data.
    pub person: Person,
    /// The parties.
    pub cast: Cast,
    /// What happened.
    pub walk: Walk,
    /// Packed or composable.
    pub form: Form,
}

/// When everything happens in tests.
pub use blindscore_examples::morning_after as now;

/// The world in a form; walked at first use, the same for all tests of a
/// program.
pub fn world(form: Form) -> &'static World {
    static PACKED: OnceLock<World> = OnceLock::new();
    static COMPOSABLE: OnceLock<World> = OnceLock::new();
    match form {
        Form::Packed => PACKED.get_or_init(|| World::new(Form::Packed, 7)),
        Form::Composable => COMPOSABLE.get_or_init(|| World::new(Form::Composable, 8)),
    }
}

/// The signing key of an application, which a dishonest applicant uses as it
/// likes: the first 32 bytes of the secret key's payload.
pub fn signing_key(secret: &SecretKey) -> SigningKey {
    use blindscore_protocol::message::SecretKeyHeader;
    let (_, payload) = taken_apart::<SecretKeyHeader>(&secret.to_bytes());
    let seed = payload[..32].try_into().expect("32 bytes");
    SigningKey::from_bytes(&seed)
}

impl World {
    /// Walks an application with a key from `seed`.
    pub fn new(form: Form, seed: u8) -> Self {
        let person = Person::load().expect("bundled data");
        let cast = Cast::load().expect("bundled parties");
        let holders = person.holders(&cast);
        let holders = match form {
            Form::Packed => &holders[..1],
            Form::Composable => &holders[..],
        };
        let setting = Setting {
            scheme: &person.scheme,
            scorecards: &person.scorecards,
            holders,
            cast: &cast,
            form,
            seed: Some([seed; 32]),
            now: now(),
        };
        let walk = walk(&setting, &mut |_| {}).expect("an honest application");
        Self {
            person,
            cast,
            walk,
            form,
        }
    }

    /// The scorecard whose score was released.
    pub fn scorecard(&self) -> &Scorecard {
        &self.person.scorecards[0]
    }

    /// What a verifier of the honest release brings.
    pub fn verification(&self) -> Verification<'_> {
        Verification {
            registry: &self.cast.registry,
            request: &self.walk.request,
            scheme: &self.person.scheme,
            scorecard: self.scorecard(),
            histories: &[],
            now: now(),
        }
    }

    /// The honest release.
    pub fn release(&self) -> &[u8] {
        &self.walk.released.message
    }

    /// Verifies a release as the lender would.
    ///
    /// # Errors
    /// Whatever the lender refuses.
    pub fn verify(&self, release: &[u8]) -> Result<VerifiedScore, VerifyError> {
        verify(release, &self.verification())
    }

    /// The honest release with other terms, signed anew by its applicant.
    pub fn with_terms(&self, change: impl FnOnce(&mut ReleaseTerms)) -> Vec<u8> {
        let (signed, payload) = taken_apart::<Signed<Release>>(self.release());
        let mut release = signed.statement().clone();
        change(&mut release.terms);
        self.signed(release, &payload)
    }

    /// The honest release with other enclosures, signed anew by its applicant.
    pub fn with_parts(&self, change: impl FnOnce(&mut OwnedParts, &mut ReleaseTerms)) -> Vec<u8> {
        let (signed, payload) = taken_apart::<Signed<Release>>(self.release());
        let mut release = signed.statement().clone();
        let mut parts = OwnedParts::of(&Parts::from_bytes(&payload).expect("an honest release"));
        change(&mut parts, &mut release.terms);
        let payload = parts.to_bytes();
        release.parts = Parts::digest(&payload);
        self.signed(release, &payload)
    }

    fn signed(&self, release: Release, payload: &[u8]) -> Vec<u8> {
        let key = signing_key(&self.walk.secret);
        envelope::close(&Signed::sign(release, &key), payload)
    }

    /// Admits histories as the platform does.
    ///
    /// # Errors
    /// Whatever the platform refuses.
    pub fn admit(&self, upload: &Upload) -> Result<AttestedHistory, AttestationError> {
        let vouching = Vouching {
            registry: &self.cast.registry,
            key: self.walk.secret.public_key(),
            scheme: &self.person.scheme,
            now: now(),
        };
        AttestedHistory::admit(&vouching, &upload.sealed, &upload.attestation)
    }

    /// The order of the honest application, to be changed.
    pub fn order<'a>(&'a self, cards: &'a [&'a Scorecard]) -> Order<'a> {
        Order {
            registry: &self.cast.registry,
            key: self.walk.secret.public_key(),
            scheme: &self.person.scheme,
            scorecards: cards,
            request: &self.walk.request,
            consent: &self.walk.consent,
            histories: &self.walk.gathered,
            now: now(),
        }
    }

    /// Carries out an order at a platform that has `register`.
    ///
    /// # Errors
    /// Whatever the platform refuses.
    pub fn carry_out(
        &self,
        order: Order<'_>,
        register: &mut ConsentRegister,
    ) -> Result<Vec<Answer>, OrderError> {
        let run = order
            .authorise(self.cast.platform.id())?
            .begin::<OrderError>(register, |_| Ok(()))?;
        run.answers(&self.cast.platform)
    }

    /// A register in which the honest consent was never used.
    pub fn fresh_register(&self) -> ConsentRegister {
        let mut register = ConsentRegister::new(self.cast.platform.id().clone());
        register
            .admit(self.walk.consent.clone())
            .expect("an honest consent");
        register
    }

    /// What the applicant reviews, to be changed.
    pub fn review(&self) -> Review<'_> {
        let (evaluation, receipt) = &self.walk.answers[0];
        Review {
            registry: &self.cast.registry,
            scheme: &self.person.scheme,
            scorecard: self.scorecard(),
            request: &self.walk.request,
            consent: &self.walk.consent,
            histories: &self.walk.gathered,
            evaluation,
            receipt,
            now: now(),
        }
    }

    /// Reviews as the applicant does.
    ///
    /// # Errors
    /// Whatever the applicant does not believe.
    pub fn reviewed(&self, review: &Review<'_>) -> Result<CheckedScore, ReviewError> {
        self.walk.secret.review(review)
    }

    /// The sealed histories, for a verifier who fetched them.
    pub fn sealed(&self) -> Vec<SealedHistory> {
        self.walk.gathered.sealed().into_iter().cloned().collect()
    }
}

/// The enclosures of a release, to be changed.
pub struct OwnedParts {
    /// The lender's request.
    pub request: Vec<u8>,
    /// The applicant's public key.
    pub public_key: Vec<u8>,
    /// The consent record.
    pub consent: Vec<u8>,
    /// The platform's receipt.
    pub receipt: Vec<u8>,
    /// The evaluation.
    pub evaluation: Vec<u8>,
    /// The attestations.
    pub attestations: Vec<Vec<u8>>,
    /// The packed history.
    pub sealed: Option<Vec<u8>>,
    /// The proof.
    pub proof: Vec<u8>,
}

impl OwnedParts {
    fn of(parts: &Parts<'_>) -> Self {
        Self {
            request: parts.request.to_vec(),
            public_key: parts.public_key.to_vec(),
            consent: parts.consent.to_vec(),
            receipt: parts.receipt.to_vec(),
            evaluation: parts.evaluation.to_vec(),
            attestations: parts.attestations.iter().map(|a| a.to_vec()).collect(),
            sealed: parts.sealed.map(<[u8]>::to_vec),
            proof: parts.proof.to_vec(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        Parts {
            request: &self.request,
            public_key: &self.public_key,
            consent: &self.consent,
            receipt: &self.receipt,
            evaluation: &self.evaluation,
            attestations: self.attestations.iter().map(Vec::as_slice).collect(),
            sealed: self.sealed.as_deref(),
            proof: &self.proof,
        }
        .to_bytes()
    }
}

/// A signed message as bytes.
pub fn close<S: blindscore_protocol::sign::Statement>(signed: &Signed<S>) -> Vec<u8> {
    envelope::close(signed, &[])
}

/// A signed message from bytes.
pub fn open<S: blindscore_protocol::sign::Statement>(bytes: &[u8]) -> Signed<S> {
    let (signed, _) = envelope::open(bytes, PARAMETER_ID).expect("an honest message");
    signed
}

/// Histories gathered anew.
pub fn gather(histories: Vec<AttestedHistory>) -> Gathered {
    Gathered::new(histories).expect("histories of one application")
}
