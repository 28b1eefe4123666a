//! Dishonest data: nobody's, somebody else's, changed on the way.

use std::collections::BTreeMap;

use blindscore_client::applicant::{Declaration, ReviewError};
use blindscore_client::source::{AttestRequest, KEYS_MAX, KeyJournal, SealRequest};
use blindscore_evaluator::{
    AttestationError, CommissionError, GatherError, Gathered, MessageError, OrderError,
    SealedHistory,
};
use blindscore_examples::walk::Upload;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{AccountKind, Attestation, SealedHistoryHeader, Standing};
use blindscore_protocol::person::IdentityRecord;
use blindscore_protocol::registry::{Registry, TrustError};
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_protocol::signing_key::Signatory;
use blindscore_tests::taken_apart;
use blindscore_tests::world::{World, close, gather, now, open, world};
use jiff::{Timestamp, ToSpan};

/// The bank's upload with its attestation changed and signed by `key`.
fn attested(world: &World, key: &SigningKey, change: impl FnOnce(&mut Attestation)) -> Upload {
    let upload = &world.walk.uploads[0];
    let mut attestation = open::<Attestation>(&upload.attestation).statement().clone();
    change(&mut attestation);
    Upload {
        sealed: upload.sealed.clone(),
        attestation: close(&Signed::sign(attestation, key)),
    }
}

fn refused(world: &World, upload: &Upload) -> AttestationError {
    match world.admit(upload) {
        Ok(_) => panic!("a forged attestation was taken"),
        Err(error) => error,
    }
}

#[test]
fn an_unknown_keys_attestation_is_refused() {
    let world = world(Form::Composable);
    let key = SigningKey::from_bytes(&[9; 32]);
    let error = refused(world, &attested(world, &key, |_| {}));
    assert!(matches!(
        error,
        AttestationError::Trust(TrustError::UnknownKey { .. })
    ));
    // The wallet's key does not speak for the bank.
    let error = refused(world, &attested(world, world.cast.wallet.key(), |_| {}));
    assert!(matches!(
        error,
        AttestationError::Trust(TrustError::UnknownKey { .. })
    ));
}

#[test]
fn an_unknown_sources_attestation_is_refused() {
    let world = world(Form::Composable);
    let upload = &world.walk.uploads[0];
    let (mut header, payload) = taken_apart::<SealedHistoryHeader>(&upload.sealed);
    header.source = "shadow-bank".parse().unwrap();
    let sealed = envelope::close(&header, &payload);
    let mut attestation = open::<Attestation>(&upload.attestation).statement().clone();
    attestation.history = header;
    let attestation = close(&Signed::sign(
        attestation,
        &SigningKey::from_bytes(&[9; 32]),
    ));
    let upload = Upload {
        sealed,
        attestation,
    };
    assert!(matches!(
        refused(world, &upload),
        AttestationError::Trust(TrustError::Unknown { .. })
    ));
}

#[test]
fn a_key_speaks_in_its_time_only() {
    let world = world(Form::Composable);
    let long_ago: Timestamp = "2025-12-31T23:59:59Z".parse().unwrap();
    let key = world.cast.bank.key();
    let error = refused(world, &attested(world, key, |a| a.issued = long_ago));
    assert!(matches!(
        error,
        AttestationError::Trust(TrustError::OutsideValidity { .. })
    ));
    let error = refused(
        world,
        &attested(world, key, |a| a.issued = now() + 1.hour()),
    );
    assert!(matches!(
        error,
        AttestationError::Trust(TrustError::Future { .. })
    ));
}

#[test]
fn a_revoked_keys_attestation_is_refused() {
    let world = world(Form::Composable);
    let mut parties = world.cast.registry.parties().to_vec();
    let bank = parties
        .iter_mut()
        .find(|p| p.id.as_str() == "bank")
        .unwrap();
    bank.keys[0].revoked = Some(now());
    let registry = &world.cast.registry;
    let registry = Registry::new(
        registry.name().clone(),
        registry.identity().clone(),
        parties,
    );
    let registry = registry.unwrap();
    let vouching = blindscore_evaluator::Vouching {
        registry: &registry,
        key: world.walk.secret.public_key(),
        scheme: &world.person.scheme,
        now: now(),
    };
    let upload = &world.walk.uploads[0];
    let refused = blindscore_evaluator::AttestedHistory::admit(
        &vouching,
        &upload.sealed,
        &upload.attestation,
    );
    assert!(matches!(
        refused.err(),
        Some(AttestationError::Trust(TrustError::Revoked { .. }))
    ));
}

#[test]
fn an_altered_attestation_does_not_fit_its_signature() {
    let world = world(Form::Composable);
    let upload = &world.walk.uploads[0];
    let signed: Signed<Attestation> = open(&upload.attestation);
    let mut json = serde_json::to_value(&signed).unwrap();
    json["statement"]["account"] = "savings".into();
    let header = serde_json_canonicalizer::to_vec(&json).unwrap();
    let kind = blindscore_protocol::envelope::Kind::Attestation;
    let upload = Upload {
        sealed: upload.sealed.clone(),
        attestation: blindscore_tests::framed(kind, &header, &[]),
    };
    assert!(matches!(
        refused(world, &upload),
        AttestationError::Trust(TrustError::Signature(_))
    ));
}

#[test]
fn altered_cells_do_not_fit_the_attestation() {
    let world = world(Form::Composable);
    let upload = &world.walk.uploads[0];
    // One bit of one cell, with digests of header and envelope made to fit.
    let (mut header, mut payload) = taken_apart::<SealedHistoryHeader>(&upload.sealed);
    payload[1000] ^= 1;
    let changed = envelope::close(&header, &payload);
    let Err(MessageError::Mismatch { found, .. }) =
        SealedHistory::admit(&changed, &world.person.scheme)
    else {
        panic!("a digest that does not fit");
    };
    header.ciphertexts = found;
    let altered = Upload {
        sealed: envelope::close(&header, &payload),
        attestation: upload.attestation.clone(),
    };
    assert!(matches!(
        refused(world, &altered),
        AttestationError::OtherHistory { .. }
    ));
}

#[test]
fn cells_swapped_between_lines_do_not_fit_the_attestation() {
    let world = world(Form::Composable);
    let upload = &world.walk.uploads[0];
    let (mut header, mut payload) = taken_apart::<SealedHistoryHeader>(&upload.sealed);
    let bytes = blindscore_fhe::Gadget::of(&world.person.scheme).cell_bytes();
    let (first, rest) = payload.split_at_mut(bytes);
    first.swap_with_slice(&mut rest[..bytes]);
    let swapped = envelope::close(&header, &payload);
    let Err(MessageError::Mismatch { found, .. }) =
        SealedHistory::admit(&swapped, &world.person.scheme)
    else {
        panic!("the digest covers the places");
    };
    header.ciphertexts = found;
    let altered = Upload {
        sealed: envelope::close(&header, &payload),
        attestation: upload.attestation.clone(),
    };
    assert!(matches!(
        refused(world, &altered),
        AttestationError::OtherHistory { .. }
    ));
}

#[test]
fn a_history_sealed_to_another_applicants_key_is_refused() {
    let world = world(Form::Composable);
    let other = World::new(Form::Composable, 31);
    assert!(matches!(
        refused(world, &other.walk.uploads[0]),
        AttestationError::OtherKey { .. }
    ));
    // Attested for this key, while its cells are sealed to the other. A bank
    // that lies about its own data is outside of what signatures can do; the
    // platform evaluates it, and the applicant, who looks into every cell,
    // refuses the answer.
    let foreign = &other.walk.uploads[0];
    let (mut header, payload) = taken_apart::<SealedHistoryHeader>(&foreign.sealed);
    header.applicant_key = world.walk.secret.public_key().id();
    let lie = Upload {
        sealed: envelope::close(&header, &payload),
        attestation: attested(world, world.cast.bank.key(), |a| a.history = header).attestation,
    };
    let histories = gather(vec![
        world.admit(&lie).unwrap(),
        world.admit(&world.walk.uploads[1]).unwrap(),
    ]);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.histories = &histories;
    let mut register = world.fresh_register();
    let answers = world.carry_out(order, &mut register).unwrap();
    let mut review = world.review();
    review.histories = &histories;
    review.evaluation = &answers[0].evaluation;
    review.receipt = &answers[0].receipt;
    match world.reviewed(&review) {
        Err(ReviewError::History { source_id, .. }) => assert_eq!(source_id.as_str(), "bank"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_friends_history_is_another_persons() {
    let world = world(Form::Composable);
    let fields = [
        ("name", "Invented Friend"),
        ("born", "1991-02-02"),
        ("register-number", "EX-000001"),
    ];
    let fields: BTreeMap<_, _> = fields.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let friend = IdentityRecord::new(world.cast.registry.identity(), &fields).unwrap();
    // The wallet knows the friend as its customer and attests honestly.
    let wallet = &world.person.wallet;
    let sealed = SealedHistory::admit(&world.walk.uploads[1].sealed, &world.person.scheme).unwrap();
    let request = AttestRequest {
        sealed: &sealed,
        scheme: &world.person.scheme,
        customer: &friend,
        salt: &world.walk.secret.person_salt(),
        account: AccountKind::Wallet,
        issued: now(),
    };
    let mut journal = KeyJournal::default();
    let attestation = wallet
        .source
        .attest(&world.cast.wallet, &request, &mut journal)
        .unwrap();
    let friends = Upload {
        sealed: sealed.to_bytes(),
        attestation: close(&attestation),
    };
    let histories = vec![
        world.admit(&world.walk.uploads[0]).unwrap(),
        world.admit(&friends).unwrap(),
    ];
    assert!(matches!(
        Gathered::new(histories).err(),
        Some(GatherError::OtherPerson { .. })
    ));
}

#[test]
fn a_required_source_is_not_left_out() {
    let world = world(Form::Composable);
    let histories = gather(vec![world.admit(&world.walk.uploads[0]).unwrap()]);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.histories = &histories;
    let refused = order.authorise(world.cast.platform.id());
    assert!(matches!(
        refused.err(),
        Some(OrderError::Commission(
            CommissionError::SourceLeftOut { .. }
        ))
    ));
}

#[test]
fn sealing_asked_for_again_gives_the_same_bytes_and_new_keys_are_capped() {
    let world = world(Form::Composable);
    let bank = &world.person.bank;
    let seal = |roles: &[_]| {
        let request = SealRequest {
            key: world.walk.secret.public_key(),
            scheme: &world.person.scheme,
            form: Form::Packed,
            roles,
            coverage: CoverageRule::Full,
        };
        bank.source.seal(&request, &bank.levels).unwrap()
    };
    let first = seal(&bank.roles);
    for _ in 0..3 {
        assert_eq!(seal(&bank.roles).to_bytes(), first.to_bytes());
    }
    // Nor do other roles, which seal the same levels, give other noise.
    assert_eq!(seal(&[]).header().ciphertexts, first.header().ciphertexts);
    // With key after key: as many as the cap, then none.
    let mut journal = KeyJournal::default();
    let mut attest = |number: usize| {
        let id = blindscore_protocol::id::ApplicationId::new([number as u8; 16]);
        let secret = blindscore_client::applicant::SecretKey::from_seed(id, &[77; 32]);
        let sealed = bank
            .seal(&world.person.scheme, secret.public_key(), Form::Packed)
            .unwrap();
        let request = AttestRequest {
            sealed: &sealed,
            scheme: &world.person.scheme,
            customer: &world.cast.customer,
            salt: &secret.person_salt(),
            account: AccountKind::Current,
            issued: now(),
        };
        bank.source
            .attest(&world.cast.bank, &request, &mut journal)
            .map(|_| ())
    };
    for number in 0..KEYS_MAX {
        attest(number).unwrap();
    }
    assert!(attest(KEYS_MAX).is_err());
    attest(0).unwrap();
}

#[test]
fn self_declared_cells_are_not_smuggled_beside_attested_ones() {
    let world = world(Form::Composable);
    let wallet = &world.person.wallet;
    let declaration = Declaration {
        scheme: &world.person.scheme,
        form: Form::Composable,
        roles: &[],
        levels: &wallet.levels,
        coverage: CoverageRule::Full,
        account: AccountKind::Wallet,
        issued: now(),
    };
    let (sealed, attestation) = world.walk.secret.declare(&declaration).unwrap();
    let own = Upload {
        sealed: sealed.to_bytes(),
        attestation: close(&attestation),
    };
    let histories = vec![
        world.admit(&world.walk.uploads[0]).unwrap(),
        world.admit(&own).unwrap(),
    ];
    assert!(matches!(
        Gathered::new(histories).err(),
        Some(GatherError::MixedStanding { .. })
    ));
    // Called attested, or under a source's name, they have nobody's signature.
    let key = blindscore_tests::world::signing_key(&world.walk.secret);
    let called_attested = {
        let mut said = attestation.statement().clone();
        said.standing = Standing::Attested;
        Upload {
            sealed: sealed.to_bytes(),
            attestation: close(&Signed::sign(said, &key)),
        }
    };
    assert!(matches!(
        refused(world, &called_attested),
        AttestationError::Standing { .. }
    ));
    let in_the_banks_name = attested(world, &key, |a| a.standing = Standing::SelfDeclared);
    assert!(matches!(
        refused(world, &in_the_banks_name),
        AttestationError::Standing { .. }
    ));
    // Alone they are for a lender who takes such data; this one does not.
    let histories = gather(vec![world.admit(&own).unwrap()]);
    let cards: Vec<_> = world.person.scorecards.iter().collect();
    let mut order = world.order(&cards);
    order.histories = &histories;
    assert!(order.authorise(world.cast.platform.id()).is_err());
}

#[test]
fn terms_follow_from_the_history() {
    let world = world(Form::Composable);
    let key = world.cast.bank.key();
    let nobody = blindscore_protocol::person::PersonCommitment::nobody();
    type Change = Box<dyn FnOnce(&mut Attestation)>;
    let changes: [Change; 3] = [
        Box::new(|a| a.currency = "USD".parse().unwrap()),
        Box::new(|a| a.from = a.from.tomorrow().unwrap()),
        Box::new(move |a| a.person = nobody),
    ];
    for change in changes {
        assert!(matches!(
            refused(world, &attested(world, key, change)),
            AttestationError::Terms { .. }
        ));
    }
}

#[test]
fn a_source_attests_its_own_histories_only() {
    let world = world(Form::Composable);
    let sealed = SealedHistory::admit(&world.walk.uploads[1].sealed, &world.person.scheme).unwrap();
    let request = AttestRequest {
        sealed: &sealed,
        scheme: &world.person.scheme,
        customer: &world.cast.customer,
        salt: &world.walk.secret.person_salt(),
        account: AccountKind::Wallet,
        issued: now(),
    };
    let stranger = Signatory::new("bank".parse().unwrap(), &[1; 32]);
    let refused = world
        .person
        .bank
        .source
        .attest(&stranger, &request, &mut KeyJournal::default());
    assert!(refused.is_err());
}

#[test]
fn a_review_believes_no_history_without_its_shape() {
    // Covered cell by cell in `crafted.rs`; here that a review makes it.
    let world = world(Form::Packed);
    let other = World::new(Form::Packed, 32);
    let mut review = world.review();
    review.histories = &other.walk.gathered;
    assert!(matches!(
        world.reviewed(&review),
        Err(ReviewError::Commission(_))
    ));
}
