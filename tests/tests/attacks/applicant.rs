//! A dishonest applicant, whose own program signs whatever it is told to.

use blindscore_client::lender::VerifyError;
use blindscore_evaluator::{CommissionError, OrderError};
use blindscore_fhe::proof::{Refused, StatementError};
use blindscore_history::form::Form;
use blindscore_protocol::consent::{ConsentRecord, ConsentRefusal, RegisterError};
use blindscore_protocol::message::{ReleasedReason, ReleasedReasons, Standing};
use blindscore_protocol::sign::Signed;
use blindscore_tests::world::{World, close, now, open, signing_key, world};
use jiff::ToSpan;

const BOTH: [Form; 2] = [Form::Packed, Form::Composable];

fn refused(world: &World, release: &[u8]) -> VerifyError {
    match world.verify(release) {
        Ok(_) => panic!("a forged release was taken"),
        Err(error) => error,
    }
}

fn says(error: &VerifyError, words: &str) {
    let said = error.to_string();
    assert!(said.contains(words), "{said}");
}

#[test]
fn the_honest_release_holds() {
    for form in BOTH {
        let world = world(form);
        world.verify(world.release()).unwrap();
    }
}

#[test]
fn a_score_one_higher_or_lower_has_no_proof() {
    for form in BOTH {
        let world = world(form);
        for step in [1_i64, -1] {
            let shifted = world.walk.scores[0].opened.shifted();
            let Some(other) = shifted.checked_add_signed(step as i32) else {
                continue;
            };
            let published = world.scorecard().published(other).unwrap();
            let forged = world.with_terms(|terms| {
                terms.shifted = other;
                terms.published = published;
            });
            // In composable form the released phase already gives it away.
            let error = refused(world, &forged);
            let expected = match form {
                Form::Packed => matches!(error, VerifyError::Proof(Refused::Challenge)),
                Form::Composable => {
                    matches!(
                        error,
                        VerifyError::Statement(StatementError::Bound { output: 0 })
                    )
                }
            };
            assert!(expected, "{error}");
        }
    }
}

#[test]
fn a_phase_moved_along_with_the_score_has_no_proof() {
    use blindscore_fhe::parameters::encode;
    let world = world(Form::Composable);
    let shifted = world.walk.scores[0].opened.shifted();
    let other = shifted ^ 1;
    let move_by = encode(u64::from(other)).wrapping_sub(encode(u64::from(shifted)));
    let forged = world.with_terms(|terms| {
        terms.shifted = other;
        terms.published = world.scorecard().published(other).unwrap();
        let moved = (terms.phases[0] << 29).wrapping_add(move_by);
        terms.phases[0] = moved >> 29;
    });
    let error = refused(world, &forged);
    assert!(
        matches!(error, VerifyError::Proof(Refused::Challenge)),
        "{error}"
    );
}

#[test]
fn published_points_that_are_not_the_scorecards_are_refused() {
    let world = world(Form::Packed);
    // The context says it too, so the proof already fails.
    let forged = world.with_terms(|terms| terms.published += 1);
    assert!(matches!(refused(world, &forged), VerifyError::Proof(_)));
}

#[test]
fn an_edited_release_does_not_fit_its_signature() {
    let world = world(Form::Packed);
    let (signed, payload) = blindscore_tests::taken_apart::<
        Signed<blindscore_protocol::message::Release>,
    >(world.release());
    let mut json = serde_json::to_value(&signed).unwrap();
    json["statement"]["terms"]["published"] = 999.into();
    let header = serde_json_canonicalizer::to_vec(&json).unwrap();
    let kind = blindscore_protocol::envelope::Kind::Release;
    let forged = blindscore_tests::framed(kind, &header, &payload);
    assert!(matches!(refused(world, &forged), VerifyError::Signature(_)));
}

#[test]
fn every_field_of_the_terms_is_bound() {
    let world = world(Form::Packed);
    let elsewhere = blindscore_history::digest::Digest::new([9; 32]);
    type Change = Box<dyn FnOnce(&mut blindscore_protocol::message::ReleaseTerms)>;
    let changes: Vec<(&str, Change)> = vec![
        ("protocol version", Box::new(|t| t.protocol += 1)),
        (
            "consent",
            Box::new(|t| t.consent = blindscore_protocol::id::ApplicationId::new([1; 16])),
        ),
        ("consent", Box::new(move |t| t.consent_digest = elsewhere)),
        (
            "another lender",
            Box::new(|t| t.lender = "other-lender".parse().unwrap()),
        ),
        (
            "another purpose",
            Box::new(|t| t.purpose = "A car".parse().unwrap()),
        ),
        ("another request", Box::new(move |t| t.request = elsewhere)),
        ("another request", Box::new(move |t| t.nonce = elsewhere)),
        ("another receipt", Box::new(move |t| t.receipt = elsewhere)),
        (
            "another scorecard",
            Box::new(move |t| t.scorecard = elsewhere),
        ),
        ("another plan", Box::new(move |t| t.plan = elsewhere)),
        (
            "another key",
            Box::new(move |t| t.applicant_key = elsewhere),
        ),
        (
            "attested or self-declared",
            Box::new(|t| t.standing = Standing::SelfDeclared),
        ),
        ("outlives", Box::new(|t| t.valid_until += 1.hour())),
        (
            "older than the evaluation",
            Box::new(|t| t.issued -= 1.hour()),
        ),
        ("proof", Box::new(|t| t.issued += 1.second())),
        ("proof", Box::new(|t| t.reasons = None)),
    ];
    for (words, change) in changes {
        says(&refused(world, &world.with_terms(change)), words);
    }
}

#[test]
fn every_enclosure_is_the_one_that_was_signed() {
    let world = world(Form::Packed);
    let (signed, mut payload) = blindscore_tests::taken_apart::<
        Signed<blindscore_protocol::message::Release>,
    >(world.release());
    let last = payload.len() - 1;
    payload[last] ^= 1;
    let forged = blindscore_protocol::envelope::close(&signed, &payload);
    says(&refused(world, &forged), "other messages than were signed");
}

#[test]
fn reasons_are_in_the_scorecards_words() {
    let world = world(Form::Packed);
    let forged = world.with_terms(|terms| {
        let reason = ReleasedReason {
            code: "R1".into(),
            text: "The lender's fault".into(),
        };
        let reasons = vec![reason];
        terms.reasons = Some(ReleasedReasons::Applicant { reasons });
    });
    says(&refused(world, &forged), "not the scorecard's");
}

#[test]
fn the_proof_of_another_score_does_not_serve() {
    let world = world(Form::Packed);
    let other = World::new(Form::Packed, 21);
    let foreign = std::cell::RefCell::new(Vec::new());
    other.with_parts(|parts, _| foreign.borrow_mut().extend_from_slice(&parts.proof));
    let forged = world.with_parts(|parts, _| parts.proof = foreign.into_inner());
    assert!(matches!(refused(world, &forged), VerifyError::Proof(_)));
}

#[test]
fn a_release_of_another_evaluation_is_refused() {
    let world = world(Form::Composable);
    let (evaluation, receipt) = &world.walk.answers[1];
    // Evaluation and receipt of the second scorecard, called the first's.
    let forged = world.with_parts(|parts, terms| {
        parts.evaluation = evaluation.to_bytes();
        parts.receipt = close(receipt);
        terms.receipt = receipt.digest();
    });
    says(&refused(world, &forged), "another scorecard");
    // The evaluation alone does not fit the receipt.
    let forged = world.with_parts(|parts, terms| {
        parts.evaluation = evaluation.to_bytes();
        terms.scorecard = world.scorecard().digest();
    });
    says(&refused(world, &forged), "another");
}

#[test]
fn a_consent_of_ones_own_making_needs_the_receipt() {
    // The applicant grants itself more uses afterwards: the platform's receipt
    // names the consent as it was.
    let world = world(Form::Packed);
    let mut binding = world.walk.consent.binding().clone();
    binding.uses = 9;
    let key = signing_key(&world.walk.secret);
    let again = ConsentRecord::grant(binding, &world.cast.registry, now(), &key).unwrap();
    let forged = world.with_parts(|parts, terms| {
        terms.consent_digest = again.digest();
        parts.consent = again.to_json().into_bytes();
    });
    says(&refused(world, &forged), "another consent");
    // And the platform takes one consent an application.
    let mut register = world.fresh_register();
    assert!(matches!(
        register.admit(again),
        Err(RegisterError::Another { .. })
    ));
}

#[test]
fn a_consent_is_used_no_more_often_than_it_says() {
    let world = world(Form::Packed);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut register = world.walk.register.clone();
    let again = world.carry_out(world.order(&cards), &mut register);
    assert!(matches!(
        again,
        Err(OrderError::Consent(ConsentRefusal::UsedUp { uses: 1 }))
    ));
    let mut register = world.fresh_register();
    world.carry_out(world.order(&cards), &mut register).unwrap();
    assert!(world.carry_out(world.order(&cards), &mut register).is_err());
}

#[test]
fn a_withdrawn_consent_stops_the_next_run() {
    let world = world(Form::Packed);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut register = world.fresh_register();
    // Authorised already, and withdrawn before it begins.
    let authorised = world
        .order(&cards)
        .authorise(world.cast.platform.id())
        .unwrap();
    let withdrawal = world.walk.secret.withdraw(&world.walk.consent, now());
    register.withdraw(&withdrawal).unwrap();
    let begun = authorised.begin::<OrderError>(&mut register, |_| Ok(()));
    assert!(matches!(
        begun.err(),
        Some(OrderError::Consent(ConsentRefusal::Withdrawn))
    ));
}

#[test]
fn nobody_else_withdraws() {
    let world = world(Form::Packed);
    let other = blindscore_tests::key(99);
    let withdrawal = other.withdraw(&world.walk.consent, now());
    let mut register = world.fresh_register();
    assert!(register.withdraw(&withdrawal).is_err());
    assert_eq!(register.uses(world.walk.consent.id()), Some(0));
}

#[test]
fn an_expired_consent_allows_nothing() {
    let world = world(Form::Packed);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.now = world.walk.consent.binding().valid_until;
    let refused = order.authorise(world.cast.platform.id());
    assert!(matches!(
        refused.err(),
        Some(OrderError::Commission(CommissionError::Consent(
            ConsentRefusal::Expired { .. }
        )))
    ));
}

#[test]
fn a_consent_that_another_key_signed_is_no_consent() {
    let world = world(Form::Packed);
    let binding = world.walk.consent.binding().clone();
    let key = signing_key(&blindscore_tests::key(99));
    let forged = ConsentRecord::grant(binding, &world.cast.registry, now(), &key).unwrap();
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.consent = &forged;
    let refused = order.authorise(world.cast.platform.id());
    assert!(matches!(
        refused.err(),
        Some(OrderError::Commission(CommissionError::OtherSigner { .. }))
    ));
}

#[test]
fn a_public_key_in_anothers_name_is_refused() {
    // Another signing key's origin, with this key's B: the possession of the
    // signing key cannot be shown.
    use blindscore_evaluator::{MessageError, admit_public_key, public_key_message};
    let world = world(Form::Packed);
    let (mine, theirs) = (&world.walk.secret, blindscore_tests::key(99));
    let header: blindscore_protocol::message::PublicKeyHeader =
        blindscore_tests::taken_apart(&theirs.public_key_message()).0;
    let forged = public_key_message(mine.public_key(), header.possession);
    assert!(matches!(
        admit_public_key(&forged).err(),
        Some(MessageError::Signature(_))
    ));
}

#[test]
fn a_request_that_was_answered_answers_no_other() {
    let world = world(Form::Packed);
    let mut request = world.walk.request.statement().clone();
    request.nonce = blindscore_history::digest::Digest::new([3; 32]);
    let another = Signed::sign(request, world.cast.lender.key());
    let mut verification = world.verification();
    verification.request = &another;
    let replayed = blindscore_client::lender::verify(world.release(), &verification);
    says(&replayed.err().unwrap(), "another request");
    let _: Signed<blindscore_protocol::message::ScoreRequest> = open(&close(&another));
}
