//! A lender that wants more than it was given.

use blindscore_client::lender::{DecideError, Decision, Policy, VerifyError, verify};
use blindscore_evaluator::{CommissionError, OrderError};
use blindscore_history::form::Form;
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::registry::TrustError;
use blindscore_protocol::sign::Signed;
use blindscore_tests::world::{World, now, world};
use jiff::ToSpan;

/// The honest request, changed and signed by `lender`.
fn asked(
    world: &World,
    lender: &blindscore_protocol::signing_key::Signatory,
    change: impl FnOnce(&mut ScoreRequest),
) -> Signed<ScoreRequest> {
    let mut request = world.walk.request.statement().clone();
    request.lender = lender.id().clone();
    change(&mut request);
    Signed::sign(request, lender.key())
}

fn ordered(world: &World, request: &Signed<ScoreRequest>) -> OrderError {
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.request = request;
    match order.authorise(world.cast.platform.id()) {
        Ok(_) => panic!("a consent for another request was taken"),
        Err(error) => error,
    }
}

#[test]
fn a_release_to_one_lender_is_no_release_to_another() {
    let world = world(Form::Packed);
    let request = asked(world, &world.cast.other_lender, |_| {});
    let mut verification = world.verification();
    verification.request = &request;
    let error = verify(world.release(), &verification).err().unwrap();
    assert!(error.to_string().contains("another request"), "{error}");
    // Not even if the applicant's release is handed on with its own request:
    // whoever verifies by it learns for whom it was.
    let forged = world.with_terms(|terms| terms.lender = "other-lender".parse().unwrap());
    let error = world.verify(&forged).err().unwrap();
    assert!(error.to_string().contains("another lender"), "{error}");
}

#[test]
fn a_release_ends() {
    let world = world(Form::Packed);
    let mut verification = world.verification();
    verification.now = world.walk.consent.binding().valid_until;
    let error = verify(world.release(), &verification).err().unwrap();
    assert!(error.to_string().contains("expired"), "{error}");
    let score = world.verify(world.release()).unwrap();
    let policy = Policy {
        scorecard: world.scorecard().digest(),
        cut_off: 0,
        self_declared: false,
        recomputed: true,
    };
    assert!(matches!(
        policy.decide(&score, score.valid_until()),
        Err(DecideError::Expired { .. })
    ));
}

#[test]
fn a_consent_is_for_the_lender_and_purpose_that_asked() {
    let world = world(Form::Packed);
    let lender = &world.cast.lender;
    for request in [
        asked(world, &world.cast.other_lender, |_| {}),
        asked(world, lender, |r| r.purpose = "A car".parse().unwrap()),
        asked(world, lender, |r| r.storage_days = 3650),
    ] {
        let error = ordered(world, &request);
        assert!(
            matches!(error, OrderError::Commission(CommissionError::Answer(_))),
            "{error}"
        );
    }
}

#[test]
fn a_request_by_an_unknown_lender_is_refused() {
    let world = world(Form::Packed);
    let shark =
        blindscore_protocol::signing_key::Signatory::new("shark".parse().unwrap(), &[1; 32]);
    assert!(matches!(
        ordered(world, &asked(world, &shark, |_| {})),
        OrderError::Commission(CommissionError::Trust(TrustError::Unknown { .. }))
    ));
    // A bank is trusted, and not as a lender.
    let bank = &world.cast.bank;
    assert!(matches!(
        ordered(world, &asked(world, bank, |_| {})),
        OrderError::Commission(CommissionError::Trust(TrustError::OtherTrade { .. }))
    ));
}

#[test]
fn a_request_for_another_platform_or_after_its_end_is_refused() {
    let world = world(Form::Packed);
    let lender = &world.cast.lender;
    let elsewhere = asked(world, lender, |r| {
        r.platform = "other-platform".parse().unwrap();
    });
    assert!(matches!(
        ordered(world, &elsewhere),
        OrderError::OtherPlatform { .. }
    ));
    let over = asked(world, lender, |r| r.expires = now() - 1.hour());
    assert!(matches!(
        ordered(world, &over),
        OrderError::Commission(CommissionError::Request { .. })
    ));
}

#[test]
fn a_consent_for_one_scorecard_is_none_for_another() {
    use blindscore_protocol::consent::ConsentRefusal;
    let world = world(Form::Packed);
    let mut binding = world.walk.consent.binding().clone();
    let second = world.person.scorecards[1].digest();
    binding.scorecards = vec![second];
    let key = blindscore_tests::world::signing_key(&world.walk.secret);
    let consent = blindscore_protocol::consent::ConsentRecord::grant(
        binding,
        &world.cast.registry,
        now(),
        &key,
    )
    .unwrap();
    let cards = [&world.person.scorecards[0]];
    let mut order = world.order(&cards);
    order.consent = &consent;
    assert!(matches!(
        order.authorise(world.cast.platform.id()).err(),
        Some(OrderError::Commission(CommissionError::Consent(
            ConsentRefusal::Scorecard { .. }
        )))
    ));
}

#[test]
fn reasons_that_were_kept_back_do_not_come() {
    // The consent gives the score only; the release cannot give more.
    let world = world(Form::Packed);
    let mut binding = world.walk.consent.binding().clone();
    binding.outputs = Outputs::Score;
    let key = blindscore_tests::world::signing_key(&world.walk.secret);
    let consent = blindscore_protocol::consent::ConsentRecord::grant(
        binding,
        &world.cast.registry,
        now(),
        &key,
    )
    .unwrap();
    let forged = world.with_parts(|parts, terms| {
        parts.consent = consent.to_json().into_bytes();
        terms.consent_digest = consent.digest();
    });
    let error = world.verify(&forged).err().unwrap();
    assert!(error.to_string().contains("keeps back"), "{error}");
}

#[test]
fn a_decision_is_for_its_scorecard_and_says_why() {
    let world = world(Form::Packed);
    let score = world.verify(world.release()).unwrap();
    let policy = |cut_off| Policy {
        scorecard: world.scorecard().digest(),
        cut_off,
        self_declared: false,
        recomputed: true,
    };
    let decide = |cut_off| policy(cut_off).decide(&score, now()).unwrap();
    assert_eq!(decide(score.published()), Decision::Approved);
    let Decision::Declined(why) = decide(score.published() + 1) else {
        panic!("below the cut-off");
    };
    assert!(!why.reasons.is_empty());
    let mut other = policy(0);
    other.scorecard = world.person.scorecards[1].digest();
    assert!(matches!(
        other.decide(&score, now()),
        Err(DecideError::OtherScorecard { .. })
    ));
}

#[test]
fn a_release_of_bytes_never_panics() {
    let world = world(Form::Packed);
    let honest = world.release();
    for at in (0..honest.len()).step_by(honest.len() / 97) {
        let mut bytes = honest.to_vec();
        bytes[at] ^= 0x40;
        assert!(world.verify(&bytes).is_err(), "{at}");
        assert!(matches!(
            world.verify(&honest[..at]),
            Err(VerifyError::Envelope(_))
        ));
    }
}
