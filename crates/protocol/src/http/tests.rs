use super::*;

fn platform() -> PartyId {
    "platform".parse().unwrap()
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn now() -> Timestamp {
    "2026-11-15T12:00:00Z".parse().unwrap()
}

fn target(platform: &PartyId) -> Target<'_> {
    Target {
        platform,
        method: "POST",
        path: "/v1/evaluations",
        query: None,
        idempotency_key: Some("one"),
    }
}

#[test]
fn a_signed_request_is_believed_as_it_was_sent_and_no_other() {
    let here = platform();
    let target = target(&here);
    let headers = sign(&target, b"body", &key(1), now(), [7; 16]);
    let verified = verify(&target, &headers, now()).unwrap();
    assert_eq!(verified.key, VerifyingKey::of(&key(1)));
    assert_eq!(verified.check_body(b"body"), Ok(()));
    assert_eq!(
        verified.check_body(b"bodY"),
        Err(RequestSignatureError::Body)
    );
    let there = "other-platform".parse().unwrap();
    let others = [
        Target {
            platform: &there,
            ..target
        },
        Target {
            method: "PUT",
            ..target
        },
        Target {
            path: "/v1/consents",
            ..target
        },
        Target {
            query: Some("a=b"),
            ..target
        },
        Target {
            idempotency_key: Some("two"),
            ..target
        },
        Target {
            idempotency_key: None,
            ..target
        },
    ];
    for other in others {
        assert!(verify(&other, &headers, now()).is_err(), "{other:?}");
    }
}

#[test]
fn no_header_can_be_changed() {
    let here = platform();
    let target = target(&here);
    let headers = sign(&target, b"body", &key(1), now(), [7; 16]);
    let other = sign(&target, b"other", &key(2), now(), [8; 16]);
    for changed in [
        SignatureHeaders {
            content_digest: other.content_digest.clone(),
            ..headers.clone()
        },
        SignatureHeaders {
            input: other.input.clone(),
            ..headers.clone()
        },
        SignatureHeaders {
            signature: other.signature.clone(),
            ..headers.clone()
        },
        SignatureHeaders {
            input: headers.input.replace("nonce=\"07", "nonce=\"17"),
            ..headers.clone()
        },
        SignatureHeaders {
            input: headers.input.replace(" \"content-digest\"", ""),
            ..headers.clone()
        },
    ] {
        assert!(verify(&target, &changed, now()).is_err(), "{changed:?}");
    }
    // Each character in turn.
    for at in 0..headers.input.len() {
        let mut input = headers.input.clone().into_bytes();
        input[at] ^= 1;
        let changed = SignatureHeaders {
            input: String::from_utf8(input).unwrap(),
            ..headers.clone()
        };
        assert!(verify(&target, &changed, now()).is_err(), "{changed:?}");
    }
}

#[test]
fn a_request_is_good_for_five_minutes() {
    let here = platform();
    let target = target(&here);
    let headers = sign(&target, b"", &key(1), now(), [7; 16]);
    for (seconds, good) in [
        (0, true),
        (300, true),
        (-300, true),
        (301, false),
        (-301, false),
    ] {
        let at = Timestamp::from_second(now().as_second() + seconds).unwrap();
        assert_eq!(verify(&target, &headers, at).is_ok(), good, "{seconds}");
    }
}

#[test]
fn parameters_come_in_any_order_and_each_once() {
    let text = ";tag=\"t\";alg=\"ed25519\";nonce=\"0123456789abcdef\";created=5;keyid=\"";
    let text = format!("{text}{}\"", VerifyingKey::of(&key(1)));
    assert!(Parameters::parse(&text).is_ok());
    for wrong in [
        text.replace("ed25519", "rsa"),
        text.replace("created=5", "created=x"),
        text.replace(";created=5", ""),
        format!("{text};created=5"),
        format!("{text};expires=9"),
        format!("{text}, second=()"),
        text.replace("0123456789abcdef", "short"),
    ] {
        assert!(Parameters::parse(&wrong).is_err(), "{wrong}");
    }
}
