//! Papers that are shown, imported, or taken back before they were handed in.

use serde_json::json;

use crate::common::Play;
use crate::parties::Parties;

#[test]
fn a_consent_of_another_form_tells_what_it_lacks() {
    let play = Play::new();
    let receipt = json!({
        "version": "KI-CR-v1.1.0",
        "jurisdiction": "IE",
        "consentTimestamp": 1_780_306_181,
        "consentReceiptID": "receipt-7",
        "language": "en",
        "piiPrincipalId": "pairwise-1",
        "piiControllers": [{
            "piiController": "Example Lender",
            "contact": "Data protection officer",
            "address": {"streetAddress": "2 Example Street", "addressCountry": "IE"},
            "email": "privacy@lender.example",
        }],
        "policyUrl": "https://lender.example/notice",
        "services": [{"service": "Loans", "purposes": [{
            "purpose": "A credit score",
            "termination": "2026-06-05T00:00:00Z or on withdrawal",
            "thirdPartyDisclosure": true,
            "thirdPartyName": "Example Platform",
        }]}],
        "sensitive": false,
    });
    play.write("receipt.json", receipt.to_string());
    let imported = play.json(&["consent", "import", "receipt.json", "--json"]);
    let has = imported["has"].as_array().unwrap();
    assert!(has.contains(&json!({"what": "recipient", "value": "Example Lender"})));
    let lacks = imported["lacks"].as_array().unwrap();
    for want in ["scorecards", "applicant's key", "request"] {
        assert!(lacks.iter().any(|lack| lack["what"] == want), "{want}");
    }
    let text = play.run(&["consent", "import", "receipt.json"]).success();
    let text = String::from_utf8_lossy(&text.get_output().stdout).into_owned();
    assert!(text.contains("What it lacks"), "{text}");
    play.write("other.json", "{}");
    let stderr = play.refused(1, &["consent", "import", "other.json"]);
    assert!(stderr.contains("other.json"), "{stderr}");
}

#[test]
fn a_request_is_shown_and_its_signature_checked() {
    let parties = Parties::registered();
    let play = &parties.play;
    play.run(&Parties::request("score.request")).success();
    let show = ["lender", "show", "score.request", "--json"];
    assert_eq!(play.json(&show)["signature_checked"], false);
    let with = [&show[..], &["--registry", "registry.json"]].concat();
    let shown = play.json(&with);
    assert_eq!(shown["signature_checked"], true);
    assert_eq!(shown["sources"], json!(["bank", "wallet"]));
    // A platform that the registry does not know is not asked for.
    let mut request = Parties::request("other.request");
    let at = request.iter().position(|a| *a == "platform").unwrap();
    request[at] = "nobody";
    let stderr = play.refused(1, &request);
    assert!(stderr.contains("nobody"), "{stderr}");
    assert!(!play.path("other.request").exists());
    // Nor does a bank ask.
    let mut request = Parties::request("other.request");
    let at = request.iter().position(|a| *a == "lender.signing").unwrap();
    request[at] = "bank.signing";
    let stderr = play.refused(1, &request);
    assert!(stderr.contains("not as a lender"), "{stderr}");
}

#[test]
fn a_consent_that_was_never_handed_in_is_taken_back_too() {
    let parties = Parties::consented();
    let play = &parties.play;
    let withdraw = ["consent", "withdraw", "--secret", "applicant.secret"];
    let of = ["--consent", "consent.json", "--out", "withdrawal"];
    play.run(&[&withdraw[..], &of].concat()).success();
    let take_in = [
        "platform",
        "withdraw",
        "platform",
        "--withdrawal",
        "withdrawal",
    ];
    let stderr = play.refused(1, &take_in);
    assert!(stderr.contains("--consent"), "{stderr}");
    let with = [&take_in[..], &["--consent", "consent.json"]].concat();
    play.run(&with).success();
    let stderr = play.refused(1, &Parties::score("results", &[]));
    assert!(stderr.contains("withdrawn"), "{stderr}");
    assert!(!play.path("results").exists());
    // Another applicant's key takes nothing back.
    play.run(&["keygen", "--out", "other"]).success();
    let mut other = [&withdraw[..], &of].concat();
    other[3] = "other/applicant.secret";
    let stderr = play.refused(1, &other);
    assert!(stderr.contains("only the key that gave"), "{stderr}");
}

#[test]
fn too_many_days_are_a_usage_error() {
    let parties = Parties::registered();
    let mut request = Parties::request("score.request");
    request.extend(["--days", "4294967295"]);
    let stderr = parties.play.refused(2, &request);
    assert!(stderr.contains("too many"), "{stderr}");
}
