//! Honest messages with a few bytes changed and the envelope closed again, as
//! anybody on the way can do: refused, or still the very same content.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::OnceLock;

use blindscore_client::applicant::{OpenedScore, SecretKey, re_execute};
use blindscore_evaluator::{
    Evaluation, Lineup, Plan, PreparedHistory, SealedHistory, admit_public_key,
};
use blindscore_examples::person::Person;
use blindscore_history::form::Form;
use blindscore_protocol::envelope::Kind;
use blindscore_protocol::message::{
    EvaluationHeader, PublicKeyHeader, SealedHistoryHeader, SecretKeyHeader,
};
use blindscore_tests::{framed, header_bytes, key, seal, taken_apart};
use proptest::prelude::*;
use proptest::sample::Index;

/// One honest application in one form.
struct Honest {
    person: Person,
    secret: SecretKey,
    sealed: SealedHistory,
    prepared: PreparedHistory,
    plan: Plan,
    evaluation: Evaluation,
    opened: OpenedScore,
}

impl Honest {
    fn new(form: Form) -> Self {
        let (person, secret) = (Person::load().unwrap(), key(1));
        let sealed = seal(&person, &person.bank, &secret, form);
        let prepared = PreparedHistory::new(&sealed);
        let card = &person.scorecards[0];
        let plan = Plan::compile(&person.scheme, card, &Lineup::of(&[&sealed]).unwrap()).unwrap();
        let evaluation = plan.evaluate(secret.public_key(), &[&prepared]).unwrap();
        let opened = secret.open(&plan, card, &evaluation).unwrap();
        Self {
            person,
            secret,
            sealed,
            prepared,
            plan,
            evaluation,
            opened,
        }
    }

    fn packed() -> &'static Self {
        static PACKED: OnceLock<Honest> = OnceLock::new();
        PACKED.get_or_init(|| Self::new(Form::Packed))
    }

    fn composable() -> &'static Self {
        static COMPOSABLE: OnceLock<Honest> = OnceLock::new();
        COMPOSABLE.get_or_init(|| Self::new(Form::Composable))
    }

    /// A changed history: refused, or the same ciphertexts and levels.
    fn check_history(&self, changes: &Changes) -> Result<(), TestCaseError> {
        let message = self.sealed.to_bytes();
        let (_, payload) = taken_apart::<SealedHistoryHeader>(&message);
        let (changed, same_payload) = changes.apply(Kind::SealedHistory, &message, payload);
        let Ok(history) = SealedHistory::admit(&changed, &self.person.scheme) else {
            return Ok(());
        };
        prop_assert!(same_payload);
        prop_assert_eq!(
            history.ciphertexts().digest(),
            self.sealed.ciphertexts().digest()
        );
        if let Ok(levels) = self.secret.look_into(&history, &self.person.scheme) {
            prop_assert_eq!(levels.levels(), self.person.bank.levels.levels());
        }
        Ok(())
    }

    /// A changed evaluation: refused, or the same score; and never what running
    /// it again gives.
    fn check_evaluation(&self, changes: &Changes) -> Result<(), TestCaseError> {
        let message = self.evaluation.to_bytes();
        let (_, payload) = taken_apart::<EvaluationHeader>(&message);
        let (changed, same_payload) = changes.apply(Kind::Evaluation, &message, payload);
        let Ok(evaluation) = Evaluation::admit(&changed) else {
            return Ok(());
        };
        prop_assert!(same_payload);
        let card = &self.person.scorecards[0];
        if let Ok(opened) = self.secret.open(&self.plan, card, &evaluation) {
            prop_assert!(opened == self.opened);
        }
        let key = self.secret.public_key();
        let again = re_execute(&self.plan, key, &[&self.prepared], &evaluation);
        prop_assert_eq!(again.is_ok(), changed == message);
        Ok(())
    }
}

/// Bytes written over a header or a payload.
#[derive(Clone, Debug)]
struct Changes {
    header: Vec<(Index, u8)>,
    payload: Vec<(Index, u8)>,
}

fn changes() -> impl Strategy<Value = Changes> {
    // What headers are written in, so that a change often is a header too.
    let spelling = prop_oneof![
        8 => proptest::sample::select(b"0123456789abcdef".to_vec()),
        1 => proptest::sample::select(b" \"{}[],:_-.zA\\".to_vec()),
        1 => any::<u8>(),
    ];
    let header = proptest::collection::vec((any::<Index>(), spelling), 1..=2);
    let payload = proptest::collection::vec(any::<(Index, u8)>(), 1..=2);
    prop_oneof![
        4 => header.clone().prop_map(|header| Changes { header, payload: Vec::new() }),
        1 => payload.clone().prop_map(|payload| Changes { header: Vec::new(), payload }),
        1 => (header, payload).prop_map(|(header, payload)| Changes { header, payload }),
    ]
}

impl Changes {
    /// The changed message, and whether its payload is the old one.
    fn apply(&self, kind: Kind, message: &[u8], payload: Vec<u8>) -> (Vec<u8>, bool) {
        let mut header = header_bytes(message).to_vec();
        let mut changed = payload.clone();
        for (bytes, changes) in [(&mut header, &self.header), (&mut changed, &self.payload)] {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
        }
        (framed(kind, &header, &changed), changed == payload)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn a_changed_packed_history_is_refused_or_the_same(changes in changes()) {
        Honest::packed().check_history(&changes)?;
    }

    #[test]
    fn a_changed_packed_evaluation_is_refused_or_the_same(changes in changes()) {
        Honest::packed().check_evaluation(&changes)?;
    }

    #[test]
    fn a_changed_public_key_is_refused(changes in changes()) {
        let message = key(1).public_key_message();
        let (_, payload) = taken_apart::<PublicKeyHeader>(&message);
        let (changed, _) = changes.apply(Kind::PublicKey, &message, payload);
        prop_assert_eq!(admit_public_key(&changed).is_ok(), changed == message);
    }

    #[test]
    fn a_changed_secret_key_is_refused(changes in changes()) {
        let message = Honest::packed().secret.to_bytes();
        let (_, payload) = taken_apart::<SecretKeyHeader>(&message);
        let (changed, _) = changes.apply(Kind::SecretKey, &message, payload);
        prop_assert_eq!(SecretKey::from_bytes(&changed).is_ok(), changed == *message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_changed_composable_history_is_refused_or_the_same(changes in changes()) {
        Honest::composable().check_history(&changes)?;
    }

    #[test]
    fn a_changed_composable_evaluation_is_refused_or_the_same(changes in changes()) {
        Honest::composable().check_evaluation(&changes)?;
    }
}
