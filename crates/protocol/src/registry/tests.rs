//! Every reason for which a registry, or a statement, is refused.

use jiff::Timestamp;

use super::*;
use crate::message::Withdrawal;
use crate::sign::SigningKey;

const NOW: &str = "2026-06-01T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn party_key(n: u8, from: &str, until: &str) -> PartyKey {
    PartyKey {
        key: VerifyingKey::of(&key(n)),
        from: time(from),
        until: time(until),
        revoked: None,
    }
}

fn party(id: &str, n: u8, role: Trade) -> Party {
    Party {
        id: id.parse().unwrap(),
        name: format!("Example {id}").parse().unwrap(),
        roles: BTreeSet::from([role]),
        contact: format!("privacy@{id}.example").parse().unwrap(),
        address: "1 Example Street".parse().unwrap(),
        country: "IE".to_owned(),
        keys: vec![party_key(n, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")],
    }
}

fn identity() -> IdentityProfile {
    IdentityProfile {
        name: "example-1".to_owned(),
        fields: vec!["name".to_owned(), "born".to_owned()],
    }
}

fn new(parties: Vec<Party>) -> Result<Registry, RegistryError> {
    Registry::new("example".parse().unwrap(), identity(), parties)
}

fn with(change: impl FnOnce(&mut Party)) -> Result<Registry, RegistryError> {
    let mut bank = party("bank", 1, Trade::Source);
    change(&mut bank);
    new(vec![party("lender", 2, Trade::Lender), bank])
}

fn registry() -> Registry {
    with(|_| ()).unwrap()
}

#[test]
fn a_file_reads_back_whatever_the_order_of_its_parties() {
    let registry = registry();
    let text = registry.to_json();
    assert_eq!(Registry::from_json(&text).unwrap(), registry);
    let other = new(vec![
        party("bank", 1, Trade::Source),
        party("lender", 2, Trade::Lender),
    ]);
    assert_eq!(other.unwrap().digest(), registry.digest());
    let ids: Vec<_> = registry.parties().iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["bank", "lender"]);
    assert_eq!(
        (registry.name().as_str(), registry.identity()),
        ("example", &identity())
    );
}

#[test]
fn any_change_gives_another_digest() {
    let digest = registry().digest();
    let rotated = with(|bank| {
        bank.keys
            .push(party_key(3, "2026-12-01T00:00:00Z", "2028-01-01T00:00:00Z"));
    });
    let renamed = with(|bank| bank.name = "Another Bank".parse().unwrap());
    let revoked = with(|bank| bank.keys[0].revoked = Some(time(NOW)));
    for other in [rotated, renamed, revoked] {
        assert_ne!(other.unwrap().digest(), digest);
    }
}

#[test]
fn files_of_other_forms_are_refused() {
    let huge = " ".repeat(Registry::JSON_MAX + 1);
    let refused = Registry::from_json(&huge).unwrap_err();
    assert!(matches!(refused, RegistryError::TooLarge { got } if got == huge.len()));

    let text = registry().to_json();
    let newer = text.replace("\"blindscore_registry\": 1", "\"blindscore_registry\": 2");
    let refused = Registry::from_json(&newer).unwrap_err();
    assert!(matches!(refused, RegistryError::Version { got: 2 }));

    let unknown = text.replacen("\"contact\"", "\"e-mail\"", 1);
    let other_role = text.replacen("\"source\"", "\"friend\"", 1);
    let control = text.replacen("1 Example Street", "1\\nExample Street", 1);
    for bad in ["", "{}", &unknown, &other_role, &control, &text[1..]] {
        let refused = Registry::from_json(bad).unwrap_err();
        assert!(matches!(refused, RegistryError::Json(_)), "{refused}");
    }
}

#[test]
fn parties_that_cannot_be_are_refused() {
    let twice = new(vec![
        party("bank", 1, Trade::Source),
        party("bank", 2, Trade::Lender),
    ]);
    assert!(matches!(twice, Err(RegistryError::Twice { party }) if party.as_str() == "bank"));

    let reserved = with(|bank| bank.id = PartyId::self_declared());
    assert!(matches!(reserved, Err(RegistryError::Reserved { .. })));

    let shared = with(|bank| bank.keys[0].key = VerifyingKey::of(&key(2)));
    assert!(matches!(shared, Err(RegistryError::KeyTwice { .. })));
    let again = with(|bank| bank.keys.push(bank.keys[0].clone()));
    assert!(matches!(again, Err(RegistryError::KeyTwice { .. })));

    for until in ["2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"] {
        let ended = with(|bank| bank.keys[0].until = time(until));
        assert!(matches!(ended, Err(RegistryError::Validity { .. })));
    }

    let entry = |change: fn(&mut Party), want: &str| match with(change) {
        Err(RegistryError::Entry { fault, .. }) => assert!(fault.contains(want), "{fault}"),
        other => panic!("{other:?}"),
    };
    entry(|bank| bank.roles.clear(), "role");
    entry(|bank| bank.keys.clear(), "key");
    entry(|bank| bank.country = "ie".to_owned(), "country");
    entry(|bank| bank.country = "IRL".to_owned(), "country");
}

#[test]
fn an_identity_profile_names_somebody() {
    let try_fields = |name: &str, fields: &[&str]| {
        let identity = IdentityProfile {
            name: name.to_owned(),
            fields: fields.iter().map(|&f| f.to_owned()).collect(),
        };
        Registry::new("example".parse().unwrap(), identity, Vec::new())
    };
    assert!(try_fields("x", &["name"]).is_ok());
    let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (name, fields) in [
        ("", &["name"][..]),
        ("x", &[]),
        ("x", &["name", "name"]),
        ("x", &["name", ""]),
        ("x", &many),
    ] {
        let refused = try_fields(name, fields);
        assert!(
            matches!(refused, Err(RegistryError::Identity)),
            "{fields:?}"
        );
    }
}

fn signed(n: u8) -> Signed<Withdrawal> {
    let statement = Withdrawal {
        consent: crate::id::ApplicationId::new([1; 16]),
        consent_digest: Framed::new("blindscore example v1").digest(),
        at: time(NOW),
    };
    Signed::sign(statement, &key(n))
}

fn believe(registry: &Registry, n: u8, id: &str, at: &str) -> Result<(), TrustError> {
    let party = id.parse().unwrap();
    registry
        .believe(&signed(n), &party, Trade::Source, time(at), time(NOW))
        .map(|_| ())
}

#[test]
fn a_party_is_believed_in_its_trade_with_its_key_in_its_time() {
    let registry = registry();
    assert_eq!(believe(&registry, 1, "bank", NOW), Ok(()));
    assert!(matches!(
        believe(&registry, 1, "nobody", NOW),
        Err(TrustError::Unknown {
            trade: "source",
            ..
        })
    ));
    assert!(matches!(
        believe(&registry, 2, "lender", NOW),
        Err(TrustError::OtherTrade {
            trade: "source",
            ..
        })
    ));
    // The lender's key, and one that nobody has.
    for n in [2, 9] {
        assert!(matches!(
            believe(&registry, n, "bank", NOW),
            Err(TrustError::UnknownKey { .. })
        ));
    }
}

#[test]
fn a_key_speaks_from_its_first_moment_until_just_before_its_last() {
    let registry = registry();
    let at = |at| {
        let party = "bank".parse().unwrap();
        let (at, now) = (time(at), time("2030-01-01T00:00:00Z"));
        registry
            .believe(&signed(1), &party, Trade::Source, at, now)
            .map(|_| ())
    };
    assert_eq!(at("2026-01-01T00:00:00Z"), Ok(()));
    assert_eq!(at("2026-12-31T23:59:59.999Z"), Ok(()));
    for outside in ["2025-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z"] {
        assert!(matches!(
            at(outside),
            Err(TrustError::OutsideValidity { .. })
        ));
    }
}

#[test]
fn both_keys_speak_while_they_overlap() {
    let registry = with(|bank| {
        bank.keys[0].until = time("2026-07-01T00:00:00Z");
        bank.keys
            .push(party_key(3, "2026-06-01T00:00:00Z", "2027-07-01T00:00:00Z"));
    })
    .unwrap();
    let at = |n, at| {
        let party = "bank".parse().unwrap();
        let (at, now) = (time(at), time("2026-08-01T00:00:00Z"));
        registry
            .believe(&signed(n), &party, Trade::Source, at, now)
            .is_ok()
    };
    let (before, both, after) = (
        "2026-05-31T00:00:00Z",
        "2026-06-15T00:00:00Z",
        "2026-07-02T00:00:00Z",
    );
    assert_eq!([at(1, before), at(3, before)], [true, false]);
    assert_eq!([at(1, both), at(3, both)], [true, true]);
    assert_eq!([at(1, after), at(3, after)], [false, true]);
}

#[test]
fn nothing_of_a_revoked_key_is_taken() {
    // Not even what is dated before the revocation: a thief can date back.
    let registry = with(|bank| bank.keys[0].revoked = Some(time("2026-05-01T00:00:00Z"))).unwrap();
    for at in ["2026-02-01T00:00:00Z", NOW] {
        assert!(matches!(
            believe(&registry, 1, "bank", at),
            Err(TrustError::Revoked { .. })
        ));
    }
}

#[test]
fn what_is_dated_later_than_now_is_refused_beyond_the_skew_of_clocks() {
    let registry = registry();
    assert_eq!(
        believe(&registry, 1, "bank", "2026-06-01T12:05:00Z"),
        Ok(())
    );
    assert!(matches!(
        believe(&registry, 1, "bank", "2026-06-01T12:05:01Z"),
        Err(TrustError::Future { .. })
    ));
}

#[test]
fn a_signature_must_fit() {
    let registry = registry();
    let text = serde_json::to_string(&signed(1)).unwrap();
    let changed: Signed<Withdrawal> =
        serde_json::from_str(&text.replace(&"01".repeat(16), &"02".repeat(16))).unwrap();
    assert_ne!(changed, signed(1));
    let party = "bank".parse().unwrap();
    let refused = registry.believe(&changed, &party, Trade::Source, time(NOW), time(NOW));
    assert!(matches!(refused, Err(TrustError::Signature(_))));
}
