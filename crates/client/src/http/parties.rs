//! What each party asks, signed with its key; the operator with the token.

use blindscore_history::digest::Digest;
use blindscore_protocol::api::{
    ConsentEntry, ConsentTaken, EvaluationAnswer, EvaluationOrder, Evaluations, HistoryEntry,
    Holdings, KeyEntry, Publication, Published, RegistryTaken, RequestEntry, Withdrawn,
};
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::message::{ScoreRequest, Withdrawal};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_protocol::signing_key::Signatory;
use serde::Serialize;

use super::{By, Call, bytes, json};
use crate::applicant::SecretKey;

/// An applicant, with the key of one application.
#[derive(Clone, Copy)]
pub struct Applicant<'a>(&'a SecretKey);

/// A lender.
#[derive(Clone, Copy, Debug)]
pub struct Lender<'a>(&'a Signatory);

/// A source.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a>(&'a Signatory);

/// The platform's operator.
#[derive(Clone, Copy)]
pub struct Operator<'a>(&'a str);

impl<'a> Applicant<'a> {
    /// The applicant with this key.
    pub fn of(secret: &'a SecretKey) -> Self {
        Self(secret)
    }

    /// Hands in the public key.
    pub fn hand_in_key(self) -> Call<KeyEntry> {
        let message = self.0.public_key_message();
        Call::post("/v1/keys", message, json).by(self.key())
    }

    /// Hands in the lender's request.
    pub fn hand_in_request(self, request: &Signed<ScoreRequest>) -> Call<RequestEntry> {
        hand_in_request(self.key(), request)
    }

    /// Hands in the applicant's own, self-declared history.
    pub fn declare(self, attestation: &[u8], sealed: &[u8]) -> Call<HistoryEntry> {
        let key = self.0.public_key().id();
        hand_in_history(self.key(), key, attestation, sealed)
    }

    /// Grants a consent.
    pub fn grant(self, consent: &ConsentRecord) -> Call<ConsentTaken> {
        Call::post("/v1/consents", consent.to_json().into_bytes(), json).by(self.key())
    }

    /// Where the consent stands.
    pub fn consent(self) -> Call<ConsentEntry> {
        consent(self.key(), self.0.application())
    }

    /// What was evaluated under the consent.
    pub fn evaluations(self) -> Call<Evaluations> {
        evaluations(self.key(), self.0.application())
    }

    /// Withdraws the consent.
    pub fn withdraw(self, withdrawal: &Signed<Withdrawal>) -> Call<Withdrawn> {
        let message = envelope::close(withdrawal, &[]);
        Call::post("/v1/withdrawals", message, json).by(self.key())
    }

    /// Has scorecards evaluated. Costs a use of the consent; again under the
    /// same idempotency key, it costs nothing.
    pub fn evaluate(
        self,
        order: &EvaluationOrder,
        idempotency_key: &str,
    ) -> Call<EvaluationAnswer> {
        evaluate(self.key(), order, idempotency_key)
    }

    /// An evaluation, as a message.
    pub fn evaluation(self, receipt: Digest) -> Call<Vec<u8>> {
        Call::get(format!("/v1/evaluations/{receipt}"), bytes).by(self.key())
    }

    /// A receipt, as a message.
    pub fn receipt(self, receipt: Digest) -> Call<Vec<u8>> {
        fetch_receipt(self.key(), receipt)
    }

    /// The histories held for this key.
    pub fn histories(self) -> Call<Vec<HistoryEntry>> {
        histories(self.key(), self.0.public_key().id())
    }

    /// A sealed history, as a message.
    pub fn history(self, attestation: Digest) -> Call<Vec<u8>> {
        history(self.key(), attestation)
    }

    /// The attestation of a sealed history, as a message.
    pub fn attestation(self, attestation: Digest) -> Call<Vec<u8>> {
        fetch_attestation(self.key(), attestation)
    }

    fn key(&self) -> &'a SigningKey {
        &self.0.signing
    }
}

impl<'a> Lender<'a> {
    /// The lender with this key.
    pub fn of(signatory: &'a Signatory) -> Self {
        Self(signatory)
    }

    /// Hands in a request for a score.
    pub fn hand_in_request(self, request: &Signed<ScoreRequest>) -> Call<RequestEntry> {
        hand_in_request(self.0.key(), request)
    }

    /// Where a consent stands that names this lender.
    pub fn consent(self, id: ApplicationId) -> Call<ConsentEntry> {
        consent(self.0.key(), id)
    }

    /// What was evaluated under a consent that names this lender.
    pub fn evaluations(self, id: ApplicationId) -> Call<Evaluations> {
        evaluations(self.0.key(), id)
    }

    /// Has scorecards evaluated under a consent that names this lender.
    pub fn evaluate(
        self,
        order: &EvaluationOrder,
        idempotency_key: &str,
    ) -> Call<EvaluationAnswer> {
        evaluate(self.0.key(), order, idempotency_key)
    }

    /// A receipt, as a message.
    pub fn receipt(self, receipt: Digest) -> Call<Vec<u8>> {
        fetch_receipt(self.0.key(), receipt)
    }

    /// The histories held for the key of a consent that names this lender.
    pub fn histories(self, key: Digest) -> Call<Vec<HistoryEntry>> {
        histories(self.0.key(), key)
    }

    /// A sealed history, as a message, to run an evaluation again.
    pub fn history(self, attestation: Digest) -> Call<Vec<u8>> {
        history(self.0.key(), attestation)
    }
}

impl<'a> Source<'a> {
    /// The source with this key.
    pub fn of(signatory: &'a Signatory) -> Self {
        Self(signatory)
    }

    /// An applicant's public key, as a message.
    pub fn key(self, key: Digest) -> Call<Vec<u8>> {
        Call::get(format!("/v1/keys/{key}"), bytes).by(self.0.key())
    }

    /// Hands in a sealed history with its attestation, both as messages.
    pub fn hand_in(self, key: Digest, attestation: &[u8], sealed: &[u8]) -> Call<HistoryEntry> {
        hand_in_history(self.0.key(), key, attestation, sealed)
    }
}

impl<'a> Operator<'a> {
    /// The operator with this token.
    pub fn with(token: &'a str) -> Self {
        Self(token.trim())
    }

    /// Publishes a scorecard with its scheme, both as the texts of their files.
    pub fn publish(self, scheme: &str, scorecard: &str) -> Call<Published> {
        let publication = Publication {
            scheme: scheme.to_owned(),
            scorecard: scorecard.to_owned(),
        };
        self.sign(Call::post("/v1/scorecards", written(&publication), json))
    }

    /// Puts another registry in place.
    pub fn replace_registry(self, registry: &Registry) -> Call<RegistryTaken> {
        let mut call = Call::post("/v1/registry", registry.to_json().into_bytes(), json);
        call.method = "PUT";
        self.sign(call)
    }

    /// What the platform holds.
    pub fn holdings(self) -> Call<Holdings> {
        self.sign(Call::get("/v1/holdings", json))
    }

    fn sign<T>(self, mut call: Call<T>) -> Call<T> {
        call.by = By::Operator(self.0.to_owned());
        call
    }
}

fn written(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("these are plain JSON")
}

fn hand_in_request(key: &SigningKey, request: &Signed<ScoreRequest>) -> Call<RequestEntry> {
    Call::post("/v1/requests", envelope::close(request, &[]), json).by(key)
}

fn hand_in_history(
    signer: &SigningKey,
    key: Digest,
    attestation: &[u8],
    sealed: &[u8],
) -> Call<HistoryEntry> {
    let mut body = Vec::with_capacity(8 + attestation.len() + sealed.len());
    body.extend_from_slice(&(attestation.len() as u64).to_le_bytes());
    body.extend_from_slice(attestation);
    body.extend_from_slice(sealed);
    Call::post(format!("/v1/keys/{key}/histories"), body, json).by(signer)
}

fn consent(key: &SigningKey, id: ApplicationId) -> Call<ConsentEntry> {
    Call::get(format!("/v1/consents/{id}"), json).by(key)
}

fn evaluations(key: &SigningKey, id: ApplicationId) -> Call<Evaluations> {
    Call::get(format!("/v1/consents/{id}/evaluations"), json).by(key)
}

fn evaluate(
    key: &SigningKey,
    order: &EvaluationOrder,
    idempotency_key: &str,
) -> Call<EvaluationAnswer> {
    let mut call = Call::post("/v1/evaluations", written(order), json).by(key);
    call.idempotency_key = Some(idempotency_key.to_owned());
    call
}

fn fetch_receipt(key: &SigningKey, receipt: Digest) -> Call<Vec<u8>> {
    Call::get(format!("/v1/receipts/{receipt}"), bytes).by(key)
}

fn histories(signer: &SigningKey, key: Digest) -> Call<Vec<HistoryEntry>> {
    Call::get(format!("/v1/keys/{key}/histories"), json).by(signer)
}

fn history(key: &SigningKey, attestation: Digest) -> Call<Vec<u8>> {
    let mut call = Call::get(format!("/v1/histories/{attestation}"), bytes).by(key);
    call.most = Kind::SealedHistory.max_envelope();
    call
}

fn fetch_attestation(key: &SigningKey, attestation: Digest) -> Call<Vec<u8>> {
    Call::get(format!("/v1/histories/{attestation}/attestation"), bytes).by(key)
}
