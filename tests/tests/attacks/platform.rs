//! A dishonest platform: it has a key that the registry trusts, and signs
//! receipts for whatever it likes.

use blindscore_client::applicant::{OpenError, Review, ReviewError};
use blindscore_client::lender::{EvaluationCheck, VerifyError, verify};
use blindscore_evaluator::{CommissionError, Evaluation};
use blindscore_history::form::Form;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{EvaluationHeader, Receipt};
use blindscore_protocol::sign::Signed;
use blindscore_tests::taken_apart;
use blindscore_tests::world::{World, now, world};

/// The honest evaluation with its payload changed, and a receipt that fits.
fn answered(world: &World, change: impl FnOnce(&mut [u8])) -> (Evaluation, Signed<Receipt>) {
    let (evaluation, receipt) = &world.walk.answers[0];
    let (mut header, mut payload) = taken_apart::<EvaluationHeader>(&evaluation.to_bytes());
    change(&mut payload);
    header.result = blindscore_fhe::BlindResult::from_bytes(&payload)
        .unwrap()
        .digest();
    let evaluation = Evaluation::admit(&envelope::close(&header, &payload)).unwrap();
    let mut said = receipt.statement().clone();
    said.evaluation = header;
    let receipt = Signed::sign(said, world.cast.platform.key());
    (evaluation, receipt)
}

fn reviewed(world: &World, answer: &(Evaluation, Signed<Receipt>)) -> ReviewError {
    let review = Review {
        evaluation: &answer.0,
        receipt: &answer.1,
        ..world.review()
    };
    match world.reviewed(&review) {
        Ok(_) => panic!("a forged answer was believed"),
        Err(error) => error,
    }
}

#[test]
fn one_flipped_bit_of_the_mask_is_noticed() {
    for form in [Form::Packed, Form::Composable] {
        let world = world(form);
        // Of the least weight: it changes no score, and could carry a message
        // to a lender.
        let answer = answered(world, |payload| payload[4] ^= 1);
        let error = reviewed(world, &answer);
        assert!(
            matches!(error, ReviewError::Open(OpenError::OtherBytes)),
            "{error}"
        );
    }
}

#[test]
fn one_flipped_bit_of_the_body_is_noticed() {
    let world = world(Form::Composable);
    let answer = answered(world, |payload| {
        let last = payload.len() - 8;
        payload[last] ^= 1;
    });
    assert!(matches!(
        reviewed(world, &answer),
        ReviewError::Open(OpenError::OtherBytes)
    ));
}

#[test]
fn a_level_instead_of_the_score_is_noticed() {
    // What a curious platform that works with the lender would send: the
    // history's own ciphertext, whose coefficient shows one slot.
    let world = world(Form::Packed);
    let (_, sealed) = taken_apart::<blindscore_protocol::message::SealedHistoryHeader>(
        &world.walk.uploads[0].sealed,
    );
    let answer = answered(world, |payload| {
        let words = 8 * 2048;
        payload[4..4 + words].copy_from_slice(&sealed[..words]);
        payload[4 + words..].copy_from_slice(&sealed[words..words + 8]);
    });
    assert!(matches!(
        reviewed(world, &answer),
        ReviewError::Open(OpenError::OtherBytes)
    ));
}

#[test]
fn an_answer_with_another_scorecard_is_noticed() {
    let world = world(Form::Composable);
    let (evaluation, receipt) = world.walk.answers[1].clone();
    // As it is: of the second scorecard.
    let error = reviewed(world, &(evaluation.clone(), receipt.clone()));
    assert!(matches!(
        error,
        ReviewError::Commission(CommissionError::Receipt { .. })
    ));
    // Called the first one's.
    let (mut header, payload) = taken_apart::<EvaluationHeader>(&evaluation.to_bytes());
    let honest = world.walk.answers[0].0.header();
    header.scorecard = honest.scorecard;
    header.plan = honest.plan;
    let evaluation = Evaluation::admit(&envelope::close(&header, &payload)).unwrap();
    let mut said = receipt.statement().clone();
    said.evaluation = header;
    let receipt = Signed::sign(said, world.cast.platform.key());
    assert!(matches!(
        reviewed(world, &(evaluation, receipt)),
        ReviewError::Open(OpenError::OtherBytes)
    ));
}

#[test]
fn receipts_of_two_platforms_are_not_mixed() {
    let world = world(Form::Packed);
    let (evaluation, receipt) = &world.walk.answers[0];
    let sign = |platform: &blindscore_protocol::signing_key::Signatory, name: &str| {
        let mut said = receipt.statement().clone();
        said.platform = name.parse().unwrap();
        (evaluation.clone(), Signed::sign(said, platform.key()))
    };
    let cast = &world.cast;
    for (answer, words) in [
        (
            sign(&cast.other_platform, "other-platform"),
            "another platform",
        ),
        (
            sign(&cast.other_platform, "platform"),
            "does not know for it",
        ),
        (sign(&cast.platform, "other-platform"), "another platform"),
    ] {
        let error = reviewed(world, &answer);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_receipt_says_what_happened() {
    let world = world(Form::Packed);
    let (evaluation, receipt) = &world.walk.answers[0];
    let elsewhere = blindscore_history::digest::Digest::new([9; 32]);
    type Change = Box<dyn FnOnce(&mut Receipt)>;
    let changes: [Change; 5] = [
        Box::new(move |r| r.consent_digest = elsewhere),
        Box::new(move |r| r.request = elsewhere),
        Box::new(move |r| r.attestations[0] = elsewhere),
        Box::new(|r| r.consent_use = 2),
        Box::new(|r| r.standing = blindscore_protocol::message::Standing::SelfDeclared),
    ];
    for change in changes {
        let mut said = receipt.statement().clone();
        change(&mut said);
        let receipt = Signed::sign(said, world.cast.platform.key());
        let error = reviewed(world, &(evaluation.clone(), receipt));
        assert!(matches!(
            error,
            ReviewError::Commission(CommissionError::Receipt { .. })
        ));
    }
}

#[test]
fn without_the_ciphertexts_the_lender_believes_a_signature_and_says_so() {
    let world = world(Form::Composable);
    let verified = world.verify(world.release()).unwrap();
    assert_eq!(verified.evaluation(), EvaluationCheck::Attested);
    let sealed = world.sealed();
    let mut verification = world.verification();
    verification.histories = &sealed;
    let verified = verify(world.release(), &verification).unwrap();
    assert_eq!(verified.evaluation(), EvaluationCheck::Recomputed);
}

#[test]
fn a_verifier_who_runs_it_again_finds_out_platform_and_applicant() {
    // Together they release what the platform made up: an honest opening of
    // another result. The proof holds; the evaluation does not.
    let world = world(Form::Composable);
    let other = World::new(Form::Composable, 41);
    let sealed = other.sealed();
    let mut verification = world.verification();
    verification.histories = &sealed;
    let refused = verify(world.release(), &verification);
    assert!(matches!(refused.err(), Some(VerifyError::Attestation(_))));
    let _ = now();
}
