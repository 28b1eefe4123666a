//! The chain of signed statements around an evaluation: a lender asked, the
//! applicant consented, sources attested, the platform gave a receipt. Platform,
//! applicant, lender and auditor check the same chain with the same code, each
//! against its own registry.

use blindscore_fhe::PublicKey;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{
    AnswerError, Ask, AskedHistory, ConsentRecord, ConsentRefusal, Period,
};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{
    Attestation, EvaluatedHistory, EvaluationHeader, Receipt, ScoreRequest, Standing,
};
use blindscore_protocol::registry::{Registry, Trade, TrustError};
use blindscore_protocol::sign::{SignatureError, Signed, VerifyingKey};
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use thiserror::Error;

use crate::attested::{
    AttestationError, GatherError, Vouching, believe_attestation, one_application,
};

/// What a lender asked for, the applicant allowed and sources attested, for
/// one scorecard.
#[derive(Clone, Copy, Debug)]
pub struct Commission<'a> {
    /// The registry of whoever checks.
    pub registry: &'a Registry,
    /// The applicant's key.
    pub key: &'a PublicKey,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The scorecard.
    pub scorecard: &'a Scorecard,
    /// The lender's request.
    pub request: &'a Signed<ScoreRequest>,
    /// The applicant's consent.
    pub consent: &'a ConsentRecord,
    /// The sources' attestations, in plan order.
    pub attestations: &'a [&'a Signed<Attestation>],
    /// When the evaluation is, or was, made.
    pub at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// Why a commission does not stand.
#[derive(Debug, Error)]
pub enum CommissionError {
    /// The lender's request or the platform's receipt.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The consent's signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The consent does not allow it.
    #[error(transparent)]
    Consent(#[from] ConsentRefusal),
    /// The consent answers another request, or gives more than was asked.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// An attestation.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// Attestations that do not go together.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// A request that expired, or is for something else.
    #[error("the request of {lender} {fault}")]
    Request {
        /// Who asked.
        lender: PartyId,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A consent of another application.
    #[error(
        "the consent is for application {got}, the key for {want}: consent, key and histories must be of one application"
    )]
    OtherApplication {
        /// The consent's id.
        got: ApplicationId,
        /// The key's application.
        want: ApplicationId,
    },
    /// A consent that another key signed.
    #[error(
        "the consent is signed by {got}; want {want}, the signing key of this application: nobody else can consent"
    )]
    OtherSigner {
        /// Who signed.
        got: VerifyingKey,
        /// Who should have.
        want: VerifyingKey,
    },
    /// A source that the lender wants.
    #[error("the lender requires data of {source_id}, which did not take part")]
    SourceLeftOut {
        /// The source.
        source_id: PartyId,
    },
    /// Data that nobody vouches for.
    #[error("the lender does not take self-declared data")]
    SelfDeclared,
    /// A receipt of something else.
    #[error(
        "the receipt of {platform} {fault}: ask the platform for the one that belongs to this evaluation"
    )]
    Receipt {
        /// Who signed.
        platform: PartyId,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl Commission<'_> {
    /// Checks the chain up to the evaluation: request, consent, attestations.
    /// Whether the consent is used up or withdrawn only the platform knows.
    ///
    /// # Errors
    /// The first thing that does not stand.
    pub fn check(&self) -> Result<Standing, CommissionError> {
        let request = self.check_request()?;
        self.check_signer()?;
        let standing = self.check_attestations(request)?;
        self.check_sources(request, standing)?;
        self.consent.binding().answers(self.request)?;
        let histories = asked_histories(self.attestations);
        let scorecards = [self.scorecard.digest()];
        self.consent.binding().allows(&ask(
            request,
            self.consent,
            self.key,
            &scorecards,
            &histories,
            self.at,
        ))?;
        Ok(standing)
    }

    /// Checks a receipt against the chain and the evaluation that it is for.
    ///
    /// # Errors
    /// A receipt that its platform did not sign, or that is of another consent,
    /// request, evaluation or set of attestations.
    pub fn check_receipt(
        &self,
        receipt: &Signed<Receipt>,
        evaluation: &EvaluationHeader,
        standing: Standing,
    ) -> Result<(), CommissionError> {
        let request = self.request.statement();
        let said = receipt.statement();
        let platform = said.platform.clone();
        let fault = |fault| {
            let platform = platform.clone();
            Err(CommissionError::Receipt { platform, fault })
        };
        if said.platform != request.platform {
            return fault("is of another platform than the lender asked for");
        }
        self.registry.believe(
            receipt,
            &said.platform,
            Trade::Platform,
            said.issued,
            self.now,
        )?;
        let binding = self.consent.binding();
        let digests: Vec<Digest> = self.attestations.iter().map(|a| a.digest()).collect();
        let wrong = [
            (said.evaluation != *evaluation, "is of another evaluation"),
            (
                said.consent != binding.consent || said.consent_digest != self.consent.digest(),
                "is of another consent",
            ),
            (
                said.request != self.request.digest(),
                "is of another request",
            ),
            (
                said.attestations != digests,
                "names other attestations than those given",
            ),
            (
                said.standing != standing,
                "calls the data attested or self-declared, which they are not",
            ),
            (
                said.consent_use == 0 || said.consent_use > binding.uses,
                "counts more uses than the consent allows",
            ),
            (
                said.issued != self.at,
                "is of another time than the evaluation is judged by",
            ),
            (
                evaluation.scorecard != self.scorecard.digest()
                    || evaluation.scheme != self.scheme.digest(),
                "is of another scorecard or scheme",
            ),
            (
                evaluation.applicant_key != self.key.id(),
                "is of another applicant's key",
            ),
        ];
        if let Some((_, what)) = wrong.into_iter().find(|(wrong, _)| *wrong) {
            return fault(what);
        }
        let histories = evaluation.histories.iter();
        let fits = histories.len() == self.attestations.len()
            && histories
                .zip(self.said())
                .all(|(history, said)| is_attested(history, evaluation, said));
        if fits {
            Ok(())
        } else {
            fault("evaluates other histories than those attested")
        }
    }

    fn said(&self) -> impl Iterator<Item = &Attestation> + Clone {
        self.attestations.iter().map(|signed| signed.statement())
    }

    fn check_request(&self) -> Result<&ScoreRequest, CommissionError> {
        let said = self.request.statement();
        let request = self.registry.believe(
            self.request,
            &said.lender,
            Trade::Lender,
            said.issued,
            self.now,
        )?;
        let lender = request.lender.clone();
        let fault = |fault| {
            let lender = lender.clone();
            Err(CommissionError::Request { lender, fault })
        };
        self.registry.in_trade(&request.platform, Trade::Platform)?;
        if self.at >= request.expires {
            return fault("had expired by then: ask the lender for a new one");
        }
        if request.scheme != self.scheme.digest() {
            return fault("is for another scheme");
        }
        if !request.scorecards.contains(&self.scorecard.digest()) {
            return fault("does not name this scorecard");
        }
        Ok(request)
    }

    fn check_sources(
        &self,
        request: &ScoreRequest,
        standing: Standing,
    ) -> Result<(), CommissionError> {
        let took_part = |source: &&PartyId| self.said().any(|said| said.source() == *source);
        // Self-declared data stand in for no source.
        if let Some(left_out) = request.sources.iter().find(|source| !took_part(source)) {
            let source_id = left_out.clone();
            return Err(CommissionError::SourceLeftOut { source_id });
        }
        if standing == Standing::SelfDeclared && !request.self_declared {
            return Err(CommissionError::SelfDeclared);
        }
        Ok(())
    }

    fn check_signer(&self) -> Result<(), CommissionError> {
        let origin = self.key.origin();
        let (got, want) = (
            self.consent.binding().consent,
            ApplicationId::new(origin.application_id),
        );
        if got != want {
            return Err(CommissionError::OtherApplication { got, want });
        }
        let got = self.consent.signing_key();
        let want = VerifyingKey::new(origin.signing_key);
        if got != want {
            return Err(CommissionError::OtherSigner { got, want });
        }
        Ok(self.consent.verify()?)
    }

    fn check_attestations(&self, request: &ScoreRequest) -> Result<Standing, CommissionError> {
        let vouching = Vouching {
            registry: self.registry,
            key: self.key,
            scheme: self.scheme,
            now: self.now,
        };
        let mut first: Option<&Attestation> = None;
        for signed in self.attestations {
            let said = believe_attestation(&vouching, signed)?;
            if let Some(first) = first {
                one_application(first, said)?;
            }
            if said.issued.as_second() > self.at.as_second() + Registry::CLOCK_SKEW {
                let lender = request.lender.clone();
                let fault = "was answered before the data were attested";
                return Err(CommissionError::Request { lender, fault });
            }
            first.get_or_insert(said);
        }
        first
            .map(|said| said.standing)
            .ok_or_else(|| GatherError::None.into())
    }
}

/// The attested histories, as a consent is asked about them.
pub(crate) fn asked_histories<'a>(
    attestations: &[&'a Signed<Attestation>],
) -> Vec<AskedHistory<'a>> {
    let asked = |signed: &&'a Signed<Attestation>| {
        let said = signed.statement();
        AskedHistory {
            source: said.source(),
            period: Period {
                from: said.from,
                to: said.to,
            },
        }
    };
    attestations.iter().map(asked).collect()
}

/// What a consent is asked to allow. Outputs are the consent's own: what it
/// keeps back is not handed out.
pub(crate) fn ask<'a>(
    request: &'a ScoreRequest,
    consent: &ConsentRecord,
    key: &PublicKey,
    scorecards: &'a [Digest],
    histories: &'a [AskedHistory<'a>],
    now: Timestamp,
) -> Ask<'a> {
    Ask {
        lender: &request.lender,
        platform: &request.platform,
        purpose: &request.purpose,
        scheme: request.scheme,
        scorecards,
        histories,
        applicant_key: key.id(),
        outputs: consent.binding().outputs,
        now,
    }
}

/// Whether an evaluated history is the one that was attested.
fn is_attested(
    history: &EvaluatedHistory,
    evaluation: &EvaluationHeader,
    said: &Attestation,
) -> bool {
    let header = &said.history;
    history.source == header.source
        && history.roles == header.roles
        && history.ciphertexts == header.ciphertexts
        && evaluation.as_of == header.as_of
        && evaluation.form == header.form
        && evaluation.scheme == header.scheme
        && evaluation.applicant_key == header.applicant_key
}
