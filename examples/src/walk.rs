//! One application from the lender's question to its decision, all parties in
//! one process. Every message is encoded and admitted as it would be on the way
//! from one party to the next.

mod book;
mod steps;
mod terms;

use std::time::Duration;

use blindscore_client::applicant::{
    CheckedScore, OpenedScore, PhaseCount, PhaseLedger, PhaseLedgerError, Released, Review,
    SecretKey, draw_application_id,
};
use blindscore_client::lender::{Verification, VerifiedScore, verify};
use blindscore_client::source::{SealRequest, Source};
use blindscore_evaluator::{
    AttestedHistory, Evaluation, Gathered, Order, Plan, SealedHistory, Vouching, admit_public_key,
};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{ConsentRecord, ConsentRegister};
use blindscore_protocol::envelope;
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::log::{InclusionProof, Log as Book, TreeHead};
use blindscore_protocol::message::{AccountKind, Receipt, ScoreRequest};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::signing_key::Signatory;
use blindscore_scorecard::{Explanation, PlainScore, Scorecard};
use jiff::Timestamp;

use book::{book, find};
use steps::Log;
pub use steps::{Party, Step, WalkError};
pub use terms::titles;
use terms::{attest, choice, request};

use crate::cast::Cast;

/// A data holder with the levels of its customer.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// The holder, with its sealing key.
    pub source: &'a Source,
    /// Its signing key.
    pub signatory: &'a Signatory,
    /// The kind of account.
    pub account: AccountKind,
    /// Roles that the application assigns to it.
    pub roles: &'a [Role],
    /// Levels that it built from its own customer's statement.
    pub levels: &'a SourceLevels,
}

/// What is walked through.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The scorecards to choose between; the first one's score is released.
    pub scorecards: &'a [Scorecard],
    /// The data holders.
    pub holders: &'a [Holder<'a>],
    /// The parties and their registry.
    pub cast: &'a Cast,
    /// Packed takes one holder.
    pub form: Form,
    /// Makes the application's id and key repeatable; else both are drawn.
    pub seed: Option<[u8; 32]>,
    /// The time at which all of it happens.
    pub now: Timestamp,
}

/// A score, beside the plaintext one.
#[derive(Clone, Debug)]
pub struct WalkedScore {
    /// Digest of the scorecard.
    pub scorecard: Digest,
    /// Its name.
    pub name: String,
    /// Who offers it.
    pub provider: String,
    /// What the encrypted evaluation opened to.
    pub opened: OpenedScore,
    /// What the same levels give in the clear.
    pub plain: PlainScore,
    /// Whether both agree, on `S` and on the published score.
    pub equal: bool,
    /// Points a characteristic and reasons.
    pub explanation: Explanation,
    /// The plan that was run.
    pub plan: Plan,
}

/// What a holder sent to platform and applicant.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The sealed history.
    pub sealed: Vec<u8>,
    /// The attestation.
    pub attestation: Vec<u8>,
}

/// The whole walk, with everything that the parties hold at its end.
pub struct Walk {
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// A score a scorecard.
    pub scores: Vec<WalkedScore>,
    /// The applicant's key.
    pub secret: SecretKey,
    /// The lender's request.
    pub request: Signed<ScoreRequest>,
    /// The notice that the applicant was shown.
    pub notice: String,
    /// The consent that was given.
    pub consent: ConsentRecord,
    /// What the holders sent, in the order of their names.
    pub uploads: Vec<Upload>,
    /// The same, admitted.
    pub gathered: Gathered,
    /// The platform's register of consents.
    pub register: ConsentRegister,
    /// The platform's log.
    pub book: Book,
    /// Its signed head.
    pub head: Signed<TreeHead>,
    /// Proofs that the receipts are in the log, one a scorecard.
    pub inclusion: Vec<InclusionProof>,
    /// Evaluations and receipts, one a scorecard.
    pub answers: Vec<(Evaluation, Signed<Receipt>)>,
    /// What the applicant reviewed, one a scorecard.
    pub checked: Vec<CheckedScore>,
    /// What was released to the lender.
    pub released: Released,
    /// What the lender made of it.
    pub verified: VerifiedScore,
    /// How long verifying took, ciphertexts not fetched.
    pub verifying: Duration,
    /// How long proving took.
    pub proving: Duration,
}

/// Phases counted in memory, for a key that is forgotten with the process.
#[derive(Debug, Default)]
pub struct Forgotten(PhaseCount);

impl PhaseLedger for Forgotten {
    fn count(
        &mut self,
        _key: Digest,
        result: Digest,
        phases: usize,
    ) -> Result<(), PhaseLedgerError> {
        self.0.add(result, phases)
    }
}

impl Walk {
    /// Applicant key id.
    pub fn key(&self) -> Digest {
        self.secret.public_key().id()
    }
}

/// Walks an application from the lender's request to the verified score.
/// `watch` is told of each step as it ends.
///
/// # Errors
/// Whatever any party refuses.
pub fn walk(setting: &Setting<'_>, watch: &mut dyn FnMut(&Step)) -> Result<Walk, WalkError> {
    let Setting {
        scheme,
        scorecards,
        holders,
        cast,
        form,
        seed,
        now,
    } = *setting;
    let registry = &cast.registry;
    let mut log = Log::new(watch);

    let request = log.step(Party::Lender, "ask for a score", |bytes| {
        let message = envelope::close(&request(setting)?, &[]);
        *bytes = message.len();
        Ok(message)
    })?;
    let (request, _) = envelope::open::<Signed<ScoreRequest>>(&request, PARAMETER_ID)?;

    // The applicant makes a key, reads the notice, consents.
    let (secret, public) = log.step(Party::Applicant, "generate key", |bytes| {
        let secret = match seed {
            Some(seed) => SecretKey::from_seed(ApplicationId::new([0x42; 16]), &seed),
            None => SecretKey::generate(draw_application_id()?)?,
        };
        let public = secret.public_key_message();
        *bytes = public.len();
        Ok((secret, public))
    })?;

    // Each source admits the key, seals its own levels to it and attests them.
    let mut uploads = Vec::new();
    for holder in holders {
        let party = Party::Source(holder.source.id().clone());
        let sealed = log.step(party.clone(), "seal", |bytes| {
            let sealed = holder.source.seal(
                &SealRequest {
                    key: &admit_public_key(&public)?,
                    scheme,
                    form,
                    roles: holder.roles,
                    coverage: CoverageRule::Full,
                },
                holder.levels,
            )?;
            *bytes = sealed.to_bytes().len();
            Ok(sealed)
        })?;
        uploads.push(log.step(party, "attest", |bytes| {
            let attestation = attest(setting, holder, &sealed, &secret)?;
            let attestation = envelope::close(&attestation, &[]);
            *bytes = attestation.len();
            Ok(Upload {
                sealed: sealed.to_bytes(),
                attestation,
            })
        })?);
    }

    let titles = titles(scorecards)?;
    let (consent, notice) = log.step(Party::Applicant, "read notice, consent", |bytes| {
        let draft = secret.draft(&request, registry, choice(setting)?, &titles)?;
        let notice = draft.notice().text().to_owned();
        let consent = secret.grant(draft, registry, now)?.to_json();
        *bytes = consent.len();
        Ok((ConsentRecord::from_json(consent.as_bytes())?, notice))
    })?;

    // The platform admits everything, counts the use, runs every scorecard.
    let key = log.step(Party::Platform, "admit key", |_| {
        Ok(admit_public_key(&public)?)
    })?;
    let vouching = Vouching {
        registry,
        key: &key,
        scheme,
        now,
    };
    let admit =
        |upload: &Upload| AttestedHistory::admit(&vouching, &upload.sealed, &upload.attestation);
    let gathered = log.step(Party::Platform, "admit attested histories", |_| {
        let histories = uploads.iter().map(admit).collect::<Result<_, _>>()?;
        Ok(Gathered::new(histories)?)
    })?;
    let cards: Vec<&Scorecard> = scorecards.iter().collect();
    let order = Order {
        registry,
        key: &key,
        scheme,
        scorecards: &cards,
        request: &request,
        consent: &consent,
        histories: &gathered,
        now,
    };
    let mut register = ConsentRegister::new(cast.platform.id().clone());
    let authorised = log.step(Party::Platform, "check request and consent", |_| {
        register.admit(consent.clone())?;
        Ok(order.authorise(cast.platform.id())?)
    })?;
    let run = log.step(Party::Platform, "count use, prepare histories", |_| {
        authorised.begin::<WalkError>(&mut register, |_| Ok(()))
    })?;
    let mut messages = Vec::new();
    for (index, scorecard) in scorecards.iter().enumerate() {
        log.scorecard(Some(scorecard));
        messages.push(log.step(Party::Platform, "evaluate", |bytes| {
            let answer = run.answer(index, &cast.platform)?;
            let message = answer.evaluation.to_bytes();
            let receipt = envelope::close(&answer.receipt, &[]);
            *bytes = message.len() + receipt.len();
            Ok((message, receipt))
        })?);
    }
    drop(run);
    log.scorecard(None);
    let (book, head) = log.step(Party::Platform, "log digests, sign head", |bytes| {
        let book = book(setting, &consent, &messages)?;
        let head = book.head(now, cast.platform.key());
        *bytes = envelope::close(&head, &[]).len();
        Ok((book, head))
    })?;

    // The applicant fetches what the platform holds and checks all of it.
    let gathered = log.step(Party::Applicant, "admit attested histories", |_| {
        let histories = uploads.iter().map(admit).collect::<Result<_, _>>()?;
        Ok(Gathered::new(histories)?)
    })?;
    let mut answers = Vec::new();
    let mut checked = Vec::new();
    for (scorecard, (message, receipt)) in scorecards.iter().zip(&messages) {
        log.scorecard(Some(scorecard));
        let evaluation = Evaluation::admit(message)?;
        let (receipt, _) = envelope::open::<Signed<Receipt>>(receipt, PARAMETER_ID)?;
        checked.push(log.step(Party::Applicant, "review", |_| {
            Ok(secret.review(&Review {
                registry,
                scheme,
                scorecard,
                request: &request,
                consent: &consent,
                histories: &gathered,
                evaluation: &evaluation,
                receipt: &receipt,
                now,
            })?)
        })?);
        answers.push((evaluation, receipt));
    }
    log.scorecard(None);
    let inclusion = log.step(Party::Applicant, "check receipts against the log", |_| {
        let mut proofs = Vec::new();
        for (_, receipt) in &answers {
            proofs.push(find(&book, &head, receipt, setting)?);
        }
        Ok(proofs)
    })?;
    let scores = scorecards
        .iter()
        .zip(&checked)
        .map(|(scorecard, checked)| walked_score(setting, scorecard, checked))
        .collect::<Result<_, WalkError>>()?;

    // It releases one score; the lender verifies it.
    let (Some(scorecard), Some(first)) = (scorecards.first(), checked.first()) else {
        return Err(WalkError::NoScorecard);
    };
    log.scorecard(Some(scorecard));
    let released = log.step(Party::Applicant, "prove and release", |bytes| {
        let released = secret.release(first, &mut Forgotten::default(), now, &mut |_| {})?;
        *bytes = released.message.len();
        Ok(released)
    })?;
    let proving = log.last_time();
    let sealed: Vec<SealedHistory> = match form {
        Form::Packed => Vec::new(),
        Form::Composable => gathered.sealed().into_iter().cloned().collect(),
    };
    let mut verification = Verification {
        registry,
        request: &request,
        scheme,
        scorecard,
        histories: &[],
        now,
    };
    let mut verified = log.step(Party::Lender, "verify", |_| {
        Ok(verify(&released.message, &verification)?)
    })?;
    let verifying = log.last_time();
    // A packed release carries its ciphertext, and was run again already.
    if form == Form::Composable {
        verification.histories = &sealed;
        verified = log.step(Party::Lender, "verify, evaluation run again", |_| {
            Ok(verify(&released.message, &verification)?)
        })?;
    }
    Ok(Walk {
        steps: log.into_steps(),
        book,
        head,
        inclusion,
        scores,
        secret,
        request,
        notice,
        consent,
        uploads,
        gathered,
        register,
        answers,
        checked,
        released,
        verified,
        verifying,
        proving,
    })
}

fn walked_score(
    setting: &Setting<'_>,
    scorecard: &Scorecard,
    checked: &CheckedScore,
) -> Result<WalkedScore, WalkError> {
    let opened = checked.opened();
    let plain = plain_score(setting, scorecard)?;
    Ok(WalkedScore {
        scorecard: scorecard.digest(),
        name: scorecard.name().to_owned(),
        provider: scorecard.provider().to_owned(),
        equal: opened.shifted() == plain.shifted && opened.published() == plain.published,
        opened,
        plain,
        explanation: checked.explanation().clone(),
        plan: checked.plan().clone(),
    })
}

/// The score in the clear, from what the holders had and not from anything
/// that was sealed.
fn plain_score(setting: &Setting<'_>, scorecard: &Scorecard) -> Result<PlainScore, WalkError> {
    let holders = setting.holders.iter();
    let roles: Vec<_> = holders
        .clone()
        .map(|holder| holder.roles.iter().cloned().collect())
        .collect();
    let parts: Vec<_> = holders
        .zip(&roles)
        .map(|(holder, roles)| Part {
            levels: holder.levels,
            roles,
        })
        .collect();
    let combined = ApplicantLevels::combine(setting.scheme, &parts)?;
    Ok(scorecard.score(setting.scheme, &combined)?)
}
