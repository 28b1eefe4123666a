//! Making, showing and attacking credentials as a whole.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::id::{ApplicationId, PartyId};
use crate::message::Standing;

mod hostile;

const NONCE: &str = "n-0S6_WzA2Mj";

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() + seconds).unwrap()
}

fn claims() -> CredentialClaims {
    let digest = |byte| Framed::new("blindscore example v1").bytes(&[byte]).digest();
    let reason = |code: &str, text: &str| CredentialReason {
        code: code.into(),
        text: text.into(),
    };
    CredentialClaims {
        score: 704,
        range: ScoreRange { min: 300, max: 850 },
        scorecard: ScorecardClaim {
            name: "Example Card".parse().unwrap(),
            provider: "Example Lender".parse().unwrap(),
            digest: digest(1),
        },
        reasons: vec![
            reason("S10", "the balance of the main account ran low"),
            reason("S12", "income came unevenly"),
        ],
        lender: "example-lender".parse().unwrap(),
        purpose: "a loan for a used car".parse().unwrap(),
        sources: vec!["bank".parse().unwrap(), "wallet".parse().unwrap()],
        standing: Standing::Attested,
        evaluated_at: "2026-11-20T11:59:30.5Z".parse().unwrap(),
        valid_until: "2026-11-27T12:00:00Z".parse().unwrap(),
        consent: ApplicationId::new([7; 16]),
        receipt: digest(2),
        proof: ProofClaim::Digest(digest(3)),
    }
}

fn issued() -> Credential {
    Credential::issue(&claims(), &key(1), &SaltSeed::new([9; 32]), now()).unwrap()
}

fn lender() -> PartyId {
    "example-lender".parse().unwrap()
}

fn shown(chosen: &[Claim]) -> String {
    let chosen = chosen.iter().copied().collect();
    let shown = issued().present(&chosen, &key(1), "example-lender", NONCE, later(5));
    shown.unwrap()
}

fn all() -> Vec<Claim> {
    issued().claims().collect()
}

fn read_at(text: &str, now: Timestamp) -> Result<Presented, CredentialError> {
    let lender = lender();
    verify(
        text,
        &Expected {
            lender: &lender,
            audience: "example-lender",
            nonce: NONCE,
            now,
        },
    )
}

fn read(text: &str) -> Result<Presented, CredentialError> {
    read_at(text, later(6))
}

#[test]
fn what_was_put_in_comes_out() {
    let read = read(&shown(&all())).unwrap();
    let want = claims();
    assert_eq!(read.holder, VerifyingKey::of(&key(1)));
    assert_eq!((read.score, read.range), (Some(704), Some(want.range)));
    assert_eq!(read.scorecard, Some(want.scorecard));
    assert_eq!(read.sources, Some(want.sources));
    assert_eq!(read.proof, Some(want.proof));
    let reasons: Vec<_> = read.reasons.into_iter().map(|(_, r)| r).collect();
    assert_eq!(reasons, want.reasons);
    assert_eq!((read.standing, read.lender), (want.standing, want.lender));
    assert_eq!((read.consent, read.receipt), (want.consent, want.receipt));
    assert_eq!(read.purpose, want.purpose);
    assert_eq!(read.valid_until, want.valid_until);
    let to_the_second: Timestamp = "2026-11-20T11:59:30Z".parse().unwrap();
    assert_eq!(read.evaluated_at, to_the_second);
}

#[test]
fn an_embedded_proof_comes_out_byte_for_byte() {
    let release: Vec<u8> = (0..450_000_u32).map(|i| (i % 251) as u8).collect();
    let claims = CredentialClaims {
        proof: ProofClaim::Embedded(release.clone()),
        ..claims()
    };
    let credential = Credential::issue(&claims, &key(1), &SaltSeed::new([9; 32]), now()).unwrap();
    let chosen = [Claim::Score, Claim::Proof].into();
    let text = credential.present(&chosen, &key(1), "example-lender", NONCE, now());
    let read = read(&text.unwrap()).unwrap();
    assert_eq!(read.proof, Some(ProofClaim::Embedded(release)));
}

#[test]
fn the_largest_proof_fits_and_no_larger_one() {
    let with = |length| CredentialClaims {
        proof: ProofClaim::Embedded(vec![0xff; length]),
        ..claims()
    };
    let issue = |claims| Credential::issue(&claims, &key(1), &SaltSeed::new([9; 32]), now());
    let text = issue(with(PROOF_MAX)).unwrap().to_text();
    assert!(Credential::parse(&text).is_ok(), "{}", text.len());
    for length in [0, PROOF_MAX + 1] {
        let fault = issue(with(length)).map(|_| ());
        assert!(matches!(
            fault,
            Err(CredentialError::Unfit { field: "proof", .. })
        ));
    }
    let longer = "x".repeat(PRESENTATION_MAX + 1);
    assert!(matches!(
        read(&longer),
        Err(CredentialError::TooLarge { .. })
    ));
}

#[test]
fn a_kept_credential_reads_back() {
    let text = issued().to_text();
    assert_eq!(Credential::parse(&text), Ok(issued()));
    assert!(
        Credential::parse(&shown(&all())).is_err(),
        "a presentation is none"
    );
    assert!(read(&text).is_err(), "nor is a credential a presentation");
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_other_seeds_other_salts() {
    assert_eq!(issued().to_text(), issued().to_text());
    // Other bytes for the same claims are another type: count up its version.
    assert_eq!(
        jose::sha256(&issued().to_text()),
        "Ub2kuF0f099LPQoC_DB45OzmA5Xicg3VGzGbRkTLneI"
    );
    let other = Credential::issue(&claims(), &key(1), &SaltSeed::new([8; 32]), now()).unwrap();
    let better = CredentialClaims {
        score: 705,
        ..claims()
    };
    let moved = Credential::issue(&better, &key(1), &SaltSeed::new([9; 32]), now()).unwrap();
    // With one salt for two values a reader of one could tell the other.
    for (claim, text) in &issued().disclosures {
        assert_ne!(&other.disclosures[claim], text);
        assert_ne!(&moved.disclosures[claim], text);
    }
}

/// The claims of a token in the clear.
fn payload_of(text: &str) -> Value {
    let payload = text.split('.').nth(1).unwrap();
    serde_json::from_slice(&jose::decode(payload).unwrap()).unwrap()
}

#[test]
fn a_token_has_as_many_digests_whatever_the_reasons() {
    for count in 0..=REASONS_MAX {
        let reason = claims().reasons[0].clone();
        let claims = CredentialClaims {
            reasons: vec![reason; count],
            ..claims()
        };
        let credential =
            Credential::issue(&claims, &key(1), &SaltSeed::new([9; 32]), now()).unwrap();
        let payload = payload_of(&credential.token);
        assert_eq!(payload["reasons"].as_array().unwrap().len(), REASONS_MAX);
        assert_eq!(payload["_sd"].as_array().unwrap().len(), 5);
        assert_eq!(credential.claims().count(), 5 + count);
    }
}

#[test]
fn what_can_be_hidden_is_in_the_type_metadata() {
    let metadata: Value = serde_json::from_str(TYPE_METADATA).unwrap();
    assert_eq!(metadata["vct"], VCT);
    let listed = metadata["claims"].as_array().unwrap();
    let with = |sd: &str| -> BTreeSet<String> {
        let rows = listed.iter().filter(|row| row["sd"] == sd);
        rows.map(|row| row["path"][0].as_str().unwrap().to_owned())
            .collect()
    };
    let mut hidden: BTreeSet<_> = Claim::NAMED.iter().map(|c| c.name().to_owned()).collect();
    hidden.insert("reasons".into());
    assert_eq!(with("always"), hidden);
    let payload = payload_of(&issued().token);
    let token = payload.as_object().unwrap().keys();
    let seen = token.filter(|name| !name.starts_with("_sd") && *name != "reasons");
    assert_eq!(with("never"), seen.cloned().collect());
}

#[test]
fn a_choice_is_among_what_is_there_and_by_the_holder() {
    let present = |claim, by| {
        let chosen = [claim].into();
        let text = issued().present(&chosen, &key(by), "example-lender", NONCE, now());
        text.map(|_| ())
    };
    assert_eq!(present(Claim::Reason(1), 1), Ok(()));
    assert_eq!(
        present(Claim::Reason(2), 1),
        Err(CredentialError::NothingToDisclose { claim: "reason" })
    );
    assert_eq!(present(Claim::Score, 2), Err(CredentialError::NotTheHolder));
}

#[test]
fn claims_that_cannot_be_are_not_issued() {
    let unfit = |change: &dyn Fn(&mut CredentialClaims)| {
        let mut claims = claims();
        change(&mut claims);
        match Credential::issue(&claims, &key(1), &SaltSeed::new([9; 32]), now()) {
            Err(CredentialError::Unfit { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unfit(&|c| c.range.max = 300), "range");
    assert_eq!(unfit(&|c| c.score = 851), "score");
    assert_eq!(
        unfit(&|c| c.reasons = vec![c.reasons[0].clone(); 5]),
        "reasons"
    );
    assert_eq!(unfit(&|c| c.reasons[0].code = "s 1".into()), "reasons");
    assert_eq!(
        unfit(&|c| c.reasons[0].text = "a\u{202e}b".into()),
        "reasons"
    );
    assert_eq!(unfit(&|c| c.sources.clear()), "sources");
    assert_eq!(unfit(&|c| c.sources.push(c.sources[0].clone())), "sources");
    assert_eq!(unfit(&|c| c.valid_until = now()), "valid_until");
    assert_eq!(unfit(&|c| c.evaluated_at = later(1)), "evaluated_at");
}

#[test]
fn times_are_kept() {
    let text = shown(&[Claim::Score]);
    let (credential, binding) = (CREDENTIAL, BINDING);
    let until = claims().valid_until;
    assert!(read_at(&text, later(5 + BINDING_AGE_MAX)).is_ok());
    assert_eq!(
        read_at(&text, later(6 + BINDING_AGE_MAX)),
        Err(CredentialError::Expired { what: binding })
    );
    assert!(read_at(&text, later(5 - CLOCK_SKEW)).is_ok());
    assert_eq!(
        read_at(&text, later(4 - CLOCK_SKEW)),
        Err(CredentialError::NotYet { what: binding })
    );
    assert_eq!(
        read_at(&text, later(-1 - CLOCK_SKEW)),
        Err(CredentialError::NotYet { what: credential })
    );
    assert_eq!(
        read_at(&text, until),
        Err(CredentialError::Expired { what: credential })
    );
}

#[test]
fn another_reader_nonce_or_lender_gets_no_answer() {
    let text = shown(&all());
    let (mine, other) = (lender(), "other-lender".parse().unwrap());
    let with = |lender, audience, nonce| {
        verify(
            &text,
            &Expected {
                lender,
                audience,
                nonce,
                now: now(),
            },
        )
        .map(|_| ())
    };
    assert_eq!(with(&mine, "example-lender", NONCE), Ok(()));
    assert_eq!(
        with(&other, "example-lender", NONCE),
        Err(CredentialError::Audience { what: CREDENTIAL })
    );
    assert_eq!(
        with(&mine, "other-lender", NONCE),
        Err(CredentialError::Audience { what: BINDING })
    );
    assert_eq!(
        with(&mine, "example-lender", "other"),
        Err(CredentialError::Nonce)
    );
}

#[test]
fn a_key_binding_is_required_and_covers_these_disclosures() {
    let (few, many) = (shown(&[Claim::Range]), shown(&[Claim::Range, Claim::Score]));
    let (bound, _) = many.rsplit_once('~').unwrap();
    let (_, binding) = few.rsplit_once('~').unwrap();
    assert_eq!(
        read(&format!("{bound}~{binding}")).map(|_| ()),
        Err(CredentialError::Bound)
    );
    assert!(matches!(
        read(&format!("{bound}~")),
        Err(CredentialError::Form { .. })
    ));
    let token = bound.split('~').next().unwrap();
    assert!(matches!(read(token), Err(CredentialError::Form { .. })));
}

#[test]
fn nothing_of_the_person_is_in_debug() {
    let read = read(&shown(&all())).unwrap();
    let text = format!(
        "{read:?} {:?} {:?} {:?}",
        issued(),
        claims(),
        claims().reasons
    );
    for hidden in ["704", "S10", "ran low", "bank", "used car"] {
        assert!(!text.contains(hidden), "{text}");
    }
}

#[test]
fn every_changed_byte_is_refused() {
    let text = shown(&[Claim::Score, Claim::Reason(0)]);
    assert!(read(&text).is_ok());
    for at in 0..text.len() {
        for with in [b'A', b'B', b'~', b'.', b'=', b' '] {
            let mut bytes = text.clone().into_bytes();
            if bytes[at] == with {
                continue;
            }
            bytes[at] = with;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(read(&changed).is_err(), "byte {at} as {}", with as char);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_changed_cut_or_grown_presentation_is_refused(
        mask in 0_u16..512, at in any::<prop::sample::Index>(), with in any::<char>(), how in 0..3_u8,
    ) {
        let text = shown(&chosen(mask));
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        match how {
            0 if chars[at] != with => chars[at] = with,
            1 => chars.insert(at, with),
            _ => { chars.remove(at); }
        }
        let changed: String = chars.into_iter().collect();
        prop_assume!(changed != text);
        prop_assert!(read(&changed).is_err());
    }

    #[test]
    fn what_is_not_chosen_does_not_appear(mask in 0_u16..512) {
        let chosen = chosen(mask);
        let text = shown(&chosen);
        let credential = issued();
        for (claim, disclosure) in &credential.disclosures {
            prop_assert_eq!(text.contains(disclosure.as_str()), chosen.contains(claim));
        }
        let read = read(&text).expect("reads");
        prop_assert_eq!(read.score.is_some(), chosen.contains(&Claim::Score));
        prop_assert_eq!(read.range.is_some(), chosen.contains(&Claim::Range));
        prop_assert_eq!(read.scorecard.is_some(), chosen.contains(&Claim::Scorecard));
        prop_assert_eq!(read.sources.is_some(), chosen.contains(&Claim::Sources));
        prop_assert_eq!(read.proof.is_some(), chosen.contains(&Claim::Proof));
        let ranks: Vec<u8> = read.reasons.iter().map(|(rank, _)| *rank).collect();
        let want: Vec<u8> = chosen.iter().filter_map(|c| match c {
            Claim::Reason(rank) => Some(*rank),
            _ => None,
        }).collect();
        prop_assert_eq!(ranks, want);
    }

    #[test]
    fn bytes_of_any_kind_are_refused_without_a_panic(text in "[A-Za-z0-9_.~={}\" -]{0,200}") {
        prop_assert!(read(&text).is_err());
        prop_assert!(Credential::parse(&text).is_err());
    }
}

/// The claims that a mask's bits choose.
fn chosen(mask: u16) -> Vec<Claim> {
    let bit = |index: usize| mask >> index & 1 == 1;
    let claims = all().into_iter().enumerate();
    claims
        .filter(|(index, _)| bit(*index))
        .map(|(_, c)| c)
        .collect()
}
