//! What a hostile issuer signs: claims and disclosures of any kind.

use serde_json::{Value, json};

use super::*;

/// Signs a token and a key binding over `disclosures`, as a hostile issuer
/// would: any claims, any disclosures.
fn crafted(payload: &Value, disclosures: &[String], by: u8) -> String {
    let mut bound = jose::sign(&key(by), MEDIA_TYPE, payload);
    for disclosure in disclosures {
        bound = format!("{bound}~{disclosure}");
    }
    let binding = Binding {
        aud: "example-lender".into(),
        iat: now().as_second(),
        nonce: NONCE.into(),
        sd_hash: Binding::hash(&bound),
    };
    format!("{bound}~{}", jose::sign(&key(by), KEY_BINDING, &binding))
}

fn refusal(payload: &Value, disclosures: &[String]) -> CredentialError {
    read(&crafted(payload, disclosures, 1)).expect_err("refused")
}

fn hidden(json: &Value) -> String {
    jose::encode(json.to_string().as_bytes())
}

#[test]
fn claims_of_the_token_are_exactly_these() {
    let good = payload_of(&issued().token);
    assert!(read(&crafted(&good, &[], 1)).is_ok(), "the craft works");
    for name in good.as_object().unwrap().keys() {
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove(name);
        let error = refusal(&less, &[]);
        assert!(
            matches!(error, CredentialError::Claims { .. }),
            "{name}: {error}"
        );
    }
    for more in ["score", "status", "sub", "..."] {
        let mut payload = good.clone();
        payload[more] = json!(1);
        let error = refusal(&payload, &[]);
        assert!(
            matches!(error, CredentialError::Claims { .. }),
            "{more}: {error}"
        );
    }
    let digest = good["_sd"][0].clone();
    for (pointer, value, want) in [
        ("/vct", json!("urn:blindscore:credential:score:2"), "vct"),
        ("/notice", json!("Trust me."), "notice"),
        ("/_sd_alg", json!("sha-512"), "_sd_alg"),
        ("/_sd/1", digest.clone(), "_sd"),
        ("/reasons/0/...", digest, "_sd"),
        ("/reasons/0/...", json!("short"), "_sd"),
        ("/_sd", json!([]), "_sd"),
        ("/reasons", json!([]), "reasons"),
        ("/iss", json!("https://bank.example"), "iss"),
        ("/cnf/jwk/x", json!("AAAA"), "cnf"),
        ("/exp", json!(good["iat"]), "exp"),
        ("/nbf", json!(0), "exp"),
        ("/exp", json!(1_000_000_000_000_000_i64), "exp"),
        (
            "/evaluated_at",
            json!(-1_000_000_000_000_000_i64),
            "evaluated_at",
        ),
    ] {
        let mut payload = good.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        let error = refusal(&payload, &[]);
        assert!(
            matches!(error, CredentialError::Claim { claim, .. } if claim == want),
            "{pointer}: {error}"
        );
    }
}

#[test]
fn another_key_cannot_issue_in_the_holders_name() {
    let payload = payload_of(&issued().token);
    let forged = crafted(&payload, &[], 2);
    assert_eq!(
        read(&forged).map(|_| ()),
        Err(CredentialError::Signature { what: CREDENTIAL })
    );
    // A binding by another key on the true token.
    let (_, binding) = forged.rsplit_once('~').unwrap();
    let swapped = format!("{}~{binding}", issued().token);
    assert_eq!(
        read(&swapped).map(|_| ()),
        Err(CredentialError::Signature { what: BINDING })
    );
}

#[test]
fn disclosures_are_referenced_flat_and_come_once() {
    let good = payload_of(&issued().token);
    let fault = |disclosures: &[Value], place: &str| {
        let texts: Vec<String> = disclosures.iter().map(hidden).collect();
        let mut payload = good.clone();
        for (index, text) in texts.iter().enumerate() {
            let digest = json!(jose::sha256(text));
            match place {
                "_sd" => payload["_sd"][index] = digest,
                _ => payload["reasons"][index]["..."] = digest,
            }
        }
        match refusal(&payload, &texts) {
            CredentialError::Disclosure { number, fault } => (number, fault),
            error => panic!("{error}"),
        }
    };
    let form = "its value is of another form, or beyond its bounds";
    let score = json!(["salt", "score", 700]);
    assert_eq!(
        fault(&[score.clone(), json!(["other", "score", 701])], "_sd"),
        (2, "its claim was disclosed before")
    );
    for name in ["_sd", "..."] {
        assert_eq!(
            fault(&[json!(["salt", name, ["x"]])], "_sd"),
            (1, "its name is reserved for digests")
        );
    }
    assert_eq!(
        fault(&[json!(["salt", "standing", "attested"])], "_sd"),
        (1, "its name is no claim of a score credential")
    );
    assert_eq!(fault(&[json!(["salt", 700])], "_sd").0, 1);
    assert_eq!(fault(&[score], "reasons"), (1, "want a salt and a reason"));
    let digest = json!(jose::sha256("x"));
    for nested in [
        json!(["salt", "range", {"min": 300, "max": 850, "_sd": [digest]}]),
        json!(["salt", "range", {"_sd": [digest]}]),
        json!(["salt", "sources", [{"...": digest}]]),
        json!(["salt", "proof", {"embedded": "A="}]),
        json!(["salt", "score", 700.5]),
        json!(["salt", "score", 1_000_000_001]),
        json!(["salt", "range", {"min": 850, "max": 300}]),
    ] {
        assert_eq!(
            fault(std::slice::from_ref(&nested), "_sd"),
            (1, form),
            "{nested}"
        );
    }
    // One that no digest of the token references, and one twice.
    let loose = hidden(&json!(["salt", "score", 700]));
    let of = |texts: &[String]| refusal(&good, texts);
    let unreferenced = "no digest of the credential is its digest";
    assert_eq!(
        of(&[loose]),
        CredentialError::Disclosure {
            number: 1,
            fault: unreferenced
        }
    );
    let true_score = issued().disclosures[&Claim::Score].clone();
    assert_eq!(
        of(&[true_score.clone(), true_score]),
        CredentialError::Disclosure {
            number: 2,
            fault: "its claim was disclosed before"
        }
    );
    let many = vec![String::new(); 10];
    assert!(matches!(of(&many), CredentialError::Form { .. }));
}

#[test]
fn a_score_outside_its_range_is_refused() {
    let mut payload = payload_of(&issued().token);
    let texts = [
        hidden(&json!(["salt", "score", 851])),
        hidden(&json!(["salt", "range", {"min": 300, "max": 850}])),
    ];
    for (index, text) in texts.iter().enumerate() {
        payload["_sd"][index] = json!(jose::sha256(text));
    }
    let error = refusal(&payload, &texts);
    assert!(
        matches!(error, CredentialError::Claim { claim: "score", .. }),
        "{error}"
    );
    assert!(!error.to_string().contains("851"));
}

#[test]
fn a_wallet_may_add_to_the_key_binding_but_not_say_a_thing_twice() {
    let bound = issued().token;
    let sd_hash = Binding::hash(&bound);
    let iat = now().as_second();
    let with = |payload: &str| {
        let input = format!(
            "{}.{}",
            jose::encode(br#"{"alg":"EdDSA","typ":"kb+jwt"}"#),
            jose::encode(payload.as_bytes())
        );
        let signature = ed25519_dalek::Signer::sign(&key(1), input.as_bytes()).to_bytes();
        read(&format!("{bound}~{input}.{}", jose::encode(&signature))).map(|_| ())
    };
    let claims =
        format!(r#""aud":"example-lender","iat":{iat},"nonce":"{NONCE}","sd_hash":"{sd_hash}""#);
    assert_eq!(
        with(&format!(r#"{{{claims},"transaction_data_hashes":["x"]}}"#)),
        Ok(())
    );
    let twice = with(&format!(r#"{{{claims},"nonce":"other"}}"#));
    assert!(matches!(twice, Err(CredentialError::Claims { .. })));
}
