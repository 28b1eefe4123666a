//! Bytes from outside, attacked: each is refused with an error that says whose
//! fault it is, and nothing panics. The numbers are those of the checks in
//! `docs/protocol.md`.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_client::applicant::SecretKey;
use blindscore_client::source::{SealError, SealRequest, Source};
use blindscore_evaluator::{
    Ciphertexts, EvaluateError, Evaluation, Lineup, MessageError, Participant, Plan, PlanError,
    PreparedHistory, SealedHistory, admit_public_key,
};
use blindscore_examples::person::Person;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{
    AdmissionError, BlindResult, Cell, ComposableHistory, Gadget, PackedHistory, PublicKey,
    SealingKey,
};
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{self, EnvelopeError, Kind};
use blindscore_protocol::message::{PublicKeyHeader, SealedHistoryHeader};
use blindscore_tests::{framed, header_bytes, key, seal, taken_apart};
use proptest::prelude::*;

fn person() -> Person {
    Person::load().unwrap()
}

fn opened(history: &SealedHistory) -> (SealedHistoryHeader, Vec<u8>) {
    taken_apart(&history.to_bytes())
}

fn refusal(header: &SealedHistoryHeader, payload: &[u8], scheme: &Scheme) -> MessageError {
    SealedHistory::admit(&envelope::close(header, payload), scheme).expect_err("must be refused")
}

#[test]
fn v01_to_v06_truncated_oversized_foreign_and_flipped_messages_are_refused() {
    let person = person();
    let bytes = seal(&person, &person.bank, &key(1), Form::Packed).to_bytes();
    let refuse = |bytes: &[u8]| match SealedHistory::admit(bytes, &person.scheme) {
        Err(MessageError::Envelope(error)) => error,
        other => panic!("the envelope must refuse, got {other:?}"),
    };
    for length in [0, 3, 19, 500, bytes.len() - 33, bytes.len() - 1] {
        assert!(
            matches!(refuse(&bytes[..length]), EnvelopeError::Truncated { .. }),
            "{length}"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(refuse(&longer), EnvelopeError::Trailing { .. }));
    let patched = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    assert!(matches!(refuse(&patched(0)), EnvelopeError::Magic { .. }));
    assert!(matches!(refuse(&patched(4)), EnvelopeError::Kind { .. }));
    assert!(matches!(refuse(&patched(7)), EnvelopeError::Version { .. }));
    assert!(matches!(
        refuse(&patched(19)),
        EnvelopeError::TooLarge { .. }
    ));
    for at in [20, 300, 5000, bytes.len() - 40, bytes.len() - 1] {
        assert!(
            matches!(refuse(&patched(at)), EnvelopeError::Digest { .. }),
            "{at}"
        );
    }
    let public = key(1).public_key_message();
    assert!(matches!(refuse(&public), EnvelopeError::Kind { .. }));
}

#[test]
fn v07_other_parameters_are_refused() {
    let person = person();
    let (mut header, payload) = opened(&seal(&person, &person.bank, &key(1), Form::Packed));
    header.parameters += 1;
    let error = refusal(&header, &payload, &person.scheme);
    assert!(
        matches!(
            error,
            MessageError::Envelope(EnvelopeError::Parameters { .. })
        ),
        "{error}"
    );
}

#[test]
fn v08_another_scheme_is_refused() {
    let person = person();
    let (mut header, payload) = opened(&seal(&person, &person.bank, &key(1), Form::Packed));
    header.scheme = header.ciphertexts;
    let error = refusal(&header, &payload, &person.scheme);
    assert!(matches!(error, MessageError::OtherScheme { .. }), "{error}");
    let source = Source::new("x".parse().unwrap(), SealingKey::new([1; 32]));
    let other = Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap();
    let secret = key(1);
    let request = SealRequest {
        key: secret.public_key(),
        scheme: &other,
        form: Form::Packed,
        roles: &[],
        coverage: CoverageRule::Full,
    };
    let error = source.seal(&request, &person.bank.levels).unwrap_err();
    assert!(matches!(error, SealError::OtherScheme { .. }));
}

#[test]
fn v09_missing_foreign_and_repeated_cells_are_refused() {
    let person = person();
    let (header, payload) = opened(&seal(&person, &person.bank, &key(1), Form::Composable));
    let fault = |change: &dyn Fn(&mut SealedHistoryHeader), payload: &[u8]| {
        let mut header = header.clone();
        change(&mut header);
        match refusal(&header, payload, &person.scheme) {
            MessageError::Cells { fault, .. } => fault,
            other => panic!("its cells must be refused, got {other}"),
        }
    };
    let shorter = &payload[Gadget::of(&person.scheme).cell_bytes()..];
    assert!(fault(&|h| h.cells = h.cells.split_off(1), shorter).contains("lacks"));
    assert!(fault(&|h| h.cells[1] = h.cells[0], &payload).contains("twice"));
    assert!(fault(&|h| h.cells.swap(0, 1), &payload).contains("order"));
    assert!(fault(&|h| h.cells.push(9999), &payload).contains("does not have"));
    assert!(fault(&|h| h.roles.clear(), &payload).contains("no role"));
    assert!(fault(&|h| h.covered_months = 200, &payload).contains("months"));
    assert!(fault(&|h| h.covered_months = 0, &payload).contains("no month"));
    let year_zero = "0000-12-31".parse().unwrap();
    assert!(fault(&|h| h.as_of = year_zero, &payload).contains("year 1"));
    let other = Role::new("other").unwrap();
    assert!(fault(&|h| h.roles.push(other.clone()), &payload).contains("role that"));
    // In packed form too, where no cell depends on the role.
    let (mut header, payload) = opened(&seal(&person, &person.bank, &key(1), Form::Packed));
    header.roles.push(other);
    let error = refusal(&header, &payload, &person.scheme).to_string();
    assert!(error.contains("role that"), "{error}");
}

#[test]
fn v76_a_history_made_by_hand_is_held_to_the_same_checks() {
    let person = person();
    let sealed = seal(&person, &person.bank, &key(1), Form::Composable);
    let Ciphertexts::Composable(history) = sealed.ciphertexts() else {
        panic!("sealed composable");
    };
    let made = |cells: &[Option<Cell>]| {
        let history = ComposableHistory::from_cells(cells.to_vec());
        let header = sealed.header().clone();
        SealedHistory::new(header, Ciphertexts::Composable(history), &person.scheme)
    };
    let again = made(history.cells()).unwrap();
    assert_eq!(again.to_bytes(), sealed.to_bytes());
    let faults = [
        (&history.cells()[1..], "lacks a cell"),
        (&[][..], "lacks a cell"),
        (&[history.cells(), &[None]].concat(), "one place"),
        (
            &[history.cells(), history.cells()].concat(),
            "does not have",
        ),
    ];
    for (cells, why) in faults {
        let error = made(cells).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let other = Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap();
    let header = sealed.header().clone();
    let error = SealedHistory::new(header, sealed.ciphertexts().clone(), &other).unwrap_err();
    assert!(matches!(error, MessageError::OtherScheme { .. }), "{error}");
    let secret = key(1);
    let request = SealRequest {
        key: secret.public_key(),
        scheme: &person.scheme,
        form: Form::Packed,
        roles: &[Role::new("other").unwrap()],
        coverage: CoverageRule::Full,
    };
    let error = person.bank.source.seal(&request, &person.bank.levels);
    assert!(matches!(error, Err(SealError::Role { .. })), "{error:?}");
}

#[test]
fn v10_ciphertexts_of_another_length_are_refused() {
    let person = person();
    for form in [Form::Packed, Form::Composable] {
        let (header, payload) = opened(&seal(&person, &person.bank, &key(1), form));
        for payload in [
            &payload[..payload.len() - 8],
            &[&payload[..], &[0; 8]].concat(),
        ] {
            let error = refusal(&header, payload, &person.scheme);
            let length = matches!(
                error,
                MessageError::Admission(AdmissionError::Length { .. })
            );
            assert!(length, "{error}");
        }
    }
}

#[test]
fn v11_trivial_ciphertexts_are_refused() {
    let person = person();
    let (header, mut payload) = opened(&seal(&person, &person.bank, &key(1), Form::Packed));
    payload[..PackedHistory::BYTES / 2].fill(0);
    let error = refusal(&header, &payload, &person.scheme);
    assert!(
        matches!(
            error,
            MessageError::Admission(AdmissionError::Trivial { .. })
        ),
        "{error}"
    );

    let (header, mut payload) = opened(&seal(&person, &person.bank, &key(1), Form::Composable));
    // The mask of the third row of the second cell.
    let gadget = Gadget::of(&person.scheme);
    let row = gadget.cell_bytes() / gadget.rows();
    let at = gadget.cell_bytes() + 2 * row;
    payload[at..at + row / 2].fill(0);
    let error = refusal(&header, &payload, &person.scheme);
    assert!(
        matches!(
            error,
            MessageError::Admission(AdmissionError::Trivial { .. })
        ),
        "{error}"
    );

    let mut bytes = key(1).public_key().to_bytes();
    let from = bytes.len() - 8 * 2048;
    bytes[from..].fill(0);
    assert!(matches!(
        PublicKey::from_bytes(&bytes),
        Err(AdmissionError::Trivial { .. })
    ));
}

#[test]
fn v12_content_that_is_not_what_the_header_names_is_refused() {
    let person = person();
    let secret = key(1);
    for form in [Form::Packed, Form::Composable] {
        let (header, mut payload) = opened(&seal(&person, &person.bank, &secret, form));
        payload[1000] ^= 1;
        let error = refusal(&header, &payload, &person.scheme);
        assert!(matches!(error, MessageError::Mismatch { .. }), "{error}");
    }
    let (mut header, _) =
        envelope::open::<PublicKeyHeader>(&secret.public_key_message(), PARAMETER_ID).unwrap();
    header.applicant_key = key(2).public_key().id();
    let message = envelope::close(&header, &secret.public_key().to_bytes());
    assert!(matches!(
        admit_public_key(&message),
        Err(MessageError::Mismatch { .. })
    ));
}

#[test]
fn v13_histories_of_another_key_form_lineup_or_date_are_not_evaluated() {
    let person = person();
    let (mine, other) = (key(1), key(2));
    let bank = seal(&person, &person.bank, &mine, Form::Composable);
    let wallet = seal(&person, &person.wallet, &mine, Form::Composable);
    let plan = |sealed: &[&SealedHistory]| {
        Plan::compile(
            &person.scheme,
            &person.scorecards[0],
            &Lineup::of(sealed).unwrap(),
        )
        .unwrap()
    };
    let evaluate = |plan: &Plan, secret: &SecretKey, sealed: &[&SealedHistory]| {
        let prepared: Vec<_> = sealed.iter().map(|h| PreparedHistory::new(h)).collect();
        plan.evaluate(secret.public_key(), &prepared.iter().collect::<Vec<_>>())
            .unwrap_err()
    };
    let both = plan(&[&bank, &wallet]);
    let error = evaluate(&both, &other, &[&bank, &wallet]);
    assert!(matches!(error, EvaluateError::OtherKey { .. }), "{error}");
    assert_eq!(evaluate(&both, &mine, &[&bank]), EvaluateError::OtherLineup);
    assert_eq!(
        evaluate(&both, &mine, &[&bank, &bank]),
        EvaluateError::OtherLineup
    );
    let packed = seal(&person, &person.bank, &mine, Form::Packed);
    let error = evaluate(&plan(&[&bank]), &mine, &[&packed]);
    assert!(matches!(error, EvaluateError::OtherForm { .. }), "{error}");
    let (mut header, payload) = opened(&wallet);
    header.as_of = header.as_of.tomorrow().unwrap();
    let late = SealedHistory::admit(&envelope::close(&header, &payload), &person.scheme).unwrap();
    assert_eq!(evaluate(&both, &mine, &[&bank, &late]), EvaluateError::AsOf);
    let mixed = Lineup::of(&[&packed, &wallet]).unwrap_err();
    assert!(matches!(mixed, PlanError::MixedForms { .. }), "{mixed}");
}

#[test]
fn v18_levels_of_too_short_a_period_are_sealed_only_on_request() {
    let person = person();
    let secret = key(1);
    let levels = vec![0; person.scheme.line_windows().len()];
    let short = SourceLevels::from_levels(&person.scheme, person.bank.levels.as_of(), 3, levels);
    let short = short.unwrap();
    let request = |coverage| SealRequest {
        key: secret.public_key(),
        scheme: &person.scheme,
        form: Form::Packed,
        roles: &[],
        coverage,
    };
    let error = person
        .bank
        .source
        .seal(&request(CoverageRule::Full), &short)
        .unwrap_err();
    assert!(
        matches!(error, SealError::Coverage { got: 3, want: 12 }),
        "{error}"
    );
    let sealed = person
        .bank
        .source
        .seal(&request(CoverageRule::AllowShorter), &short)
        .unwrap();
    assert_eq!(sealed.header().covered_months, 3);
}

#[test]
fn v14_a_scorecard_for_another_scheme_makes_no_plan() {
    let person = person();
    let other = Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap();
    let participant = Participant {
        source: "a".parse().unwrap(),
        roles: Default::default(),
    };
    let lineup = Lineup::new(Form::Packed, vec![participant]).unwrap();
    let error = Plan::compile(&other, &person.scorecards[0], &lineup).unwrap_err();
    assert!(matches!(error, PlanError::OtherScheme { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn random_bytes_never_panic_anywhere(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let scheme = Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap();
        prop_assert!(SealedHistory::admit(&bytes, &scheme).is_err());
        prop_assert!(Evaluation::admit(&bytes).is_err());
        prop_assert!(admit_public_key(&bytes).is_err());
        prop_assert!(SecretKey::from_bytes(&bytes).is_err());
        prop_assert!(Source::from_bytes(&bytes).is_err());
        prop_assert!(BlindResult::from_bytes(&bytes).is_err());
        for gadget in Gadget::ALL {
            prop_assert!(Cell::from_bytes(gadget, &bytes).is_err());
        }
    }
}

#[test]
fn v72_and_v73_a_header_with_other_fields_or_another_spelling_is_refused() {
    let person = person();
    let message = seal(&person, &person.bank, &key(1), Form::Packed).to_bytes();
    let header = str::from_utf8(header_bytes(&message)).unwrap();
    let (_, payload) = taken_apart::<SealedHistoryHeader>(&message);
    let refused = |header: &str| {
        let bytes = framed(Kind::SealedHistory, header.as_bytes(), &payload);
        match SealedHistory::admit(&bytes, &person.scheme) {
            Err(MessageError::Envelope(EnvelopeError::Header { reason, .. })) => reason,
            other => panic!("the header must be refused, got {other:?}"),
        }
    };
    assert_eq!(
        framed(Kind::SealedHistory, header.as_bytes(), &payload),
        message
    );
    let months = r#""covered_months":12,"#;
    let with = |other: &str| header.replacen(months, other, 1);
    assert!(refused(&with("")).contains("missing field"));
    assert!(refused(&with(&months.repeat(2))).contains("duplicate field"));
    assert!(refused(&with(&format!("{months}\"d\":1,"))).contains("unknown field"));
    assert!(refused(&with(r#""covered_months":-1,"#)).contains("invalid value"));
    assert!(refused(&with(r#""covered_months":256,"#)).contains("invalid value"));
    // The same in another spelling: one header, one message.
    let digest = &header[header.find("applicant_key").unwrap() + 16..][..64];
    for other in [
        with(r#""covered_months": 12,"#),
        header.replacen("2026-11-15", "20261115", 1),
        header.replacen("bank", "b\\u0061nk", 1),
        format!("{header} "),
        format!("{{{months}{}", &with("")[1..]),
    ] {
        assert_ne!(other, header);
        assert!(refused(&other).contains("canonical"), "{other}");
    }
    let capitals = header.replacen(digest, &digest.to_uppercase(), 1);
    assert!(refused(&capitals).contains("lower case"));
}

#[test]
fn keys_at_rest_read_back_and_changed_ones_are_refused() {
    let secret = key(4);
    let bytes = secret.to_bytes();
    let again = SecretKey::from_bytes(&bytes).unwrap();
    assert_eq!(again.public_key().id(), secret.public_key().id());
    let (header, payload) =
        envelope::open::<blindscore_protocol::message::SecretKeyHeader>(&bytes, PARAMETER_ID)
            .unwrap();
    for at in [0, 40, 200, 300, payload.len() - 1] {
        let mut changed = payload.to_vec();
        changed[at] ^= 1;
        assert!(
            SecretKey::from_bytes(&envelope::close(&header, &changed)).is_err(),
            "{at}"
        );
    }
}
