//! Each refusal of a scorecard, from a good one with one thing changed.

use serde_json::{Value, json};

use super::*;
use crate::error::{AttributeFault, TextFault};
use crate::fixture;

/// The fixture as JSON, with one change.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Scorecard, ScorecardError> {
    let mut value: Value = serde_json::from_str(&fixture::built().to_json()).expect("valid JSON");
    change(&mut value);
    Scorecard::from_json(&value.to_string(), &fixture::scheme())
}

fn refusal(change: impl FnOnce(&mut Value)) -> ScorecardError {
    changed(change).expect_err("the change makes it invalid")
}

/// The fault of the characteristic at `index`, checking that it is named.
fn fault(index: usize, change: impl FnOnce(&mut Value)) -> CharacteristicFault {
    let names = ["Groceries", "Lowest balance", "Age"];
    match refusal(|card| change(&mut card["characteristics"][index])) {
        ScorecardError::Characteristic {
            characteristic,
            fault,
        } => {
            assert_eq!(characteristic, names[index]);
            fault
        }
        other => panic!("got {other:?}; want a fault of the characteristic"),
    }
}

#[test]
fn the_fixture_reads_back_the_same() {
    let card = fixture::built();
    assert_eq!(changed(|_| ()).as_ref(), Ok(&card));
    assert_eq!(
        (card.raw_min(), card.raw_max(), card.span()),
        (420, 570, 150)
    );
    assert_eq!(card.published_range(), (420, 570));
    assert_eq!(card.digest(), changed(|_| ()).expect("valid").digest());
}

#[test]
fn form_does_not_change_the_digest_and_content_does() {
    let card = fixture::built();
    let scheme = fixture::scheme();
    let spaced = card.to_json().replace(':', " :\n ");
    let reread = Scorecard::from_json(&spaced, &scheme).expect("valid");
    assert_eq!(reread.digest(), card.digest());
    let texts = ["name", "provider"];
    for field in texts {
        let other = changed(|c| c[field] = json!("another")).expect("valid");
        assert_ne!(other.digest(), card.digest(), "{field}");
    }
    let other = changed(|c| c["characteristics"][2]["reason"]["text"] = json!("the age"));
    assert_ne!(other.expect("valid").digest(), card.digest());
    let other = changed(|c| c["characteristics"][2]["baseline"] = json!(1));
    assert_ne!(other.expect("valid").digest(), card.digest());
}

#[test]
fn the_digest_is_over_the_canonical_json() {
    let card = fixture::built();
    let canonical = card.canonical_json();
    assert!(canonical.starts_with(r#"{"base_points":500,"blindscore_scorecard":1,"#));
    let want = Framed::new(label::SCORECARD)
        .bytes(canonical.as_bytes())
        .digest();
    assert_eq!(card.digest(), want);
}

#[test]
fn not_json_names_the_place() {
    let scheme = fixture::scheme();
    assert!(matches!(
        refusal(|c| c["characteristics"][1]["attributes"][0]["from"] = json!("1")),
        ScorecardError::Json { path, .. } if path == "characteristics[1].attributes[0].from"
    ));
    assert!(matches!(
        refusal(|c| c["friends"] = json!(3)),
        ScorecardError::Json { message, .. } if message.contains("unknown field `friends`")
    ));
    assert!(matches!(
        refusal(|c| c["characteristics"][0]["attributes"][0]["points"] = json!(0.5)),
        ScorecardError::Json { .. }
    ));
    assert!(matches!(
        refusal(|c| c["characteristics"][0]["attributes"][2]["to"] = Value::Null),
        ScorecardError::Json { .. }
    ));
    let twice = fixture::built().to_json() + "{}";
    assert!(matches!(
        Scorecard::from_json(&twice, &scheme),
        Err(ScorecardError::Json { .. })
    ));
    let long = " ".repeat(JSON_BYTES_MAX + 1);
    assert_eq!(
        Scorecard::from_json(&long, &scheme),
        Err(ScorecardError::TooLarge {
            got: JSON_BYTES_MAX + 1
        })
    );
}

#[test]
fn the_head_is_checked() {
    assert_eq!(
        refusal(|c| c["blindscore_scorecard"] = json!(2)),
        ScorecardError::Format { got: 2 }
    );
    assert_eq!(
        refusal(|c| c["name"] = json!("")),
        ScorecardError::Text {
            field: "name",
            fault: TextFault::Blank
        }
    );
    assert_eq!(
        refusal(|c| c["provider"] = json!("x".repeat(121))),
        ScorecardError::Text {
            field: "provider",
            fault: TextFault::TooLong {
                got: 121,
                limit: 120
            }
        }
    );
    assert_eq!(
        refusal(|c| c["version"] = json!(0)),
        ScorecardError::Version
    );
    assert_eq!(
        refusal(|c| c["base_points"] = json!(-BASE_POINTS_MAX - 1)),
        ScorecardError::BasePoints {
            got: -BASE_POINTS_MAX - 1
        }
    );
    assert_eq!(
        refusal(|c| c["characteristics"] = json!([])),
        ScorecardError::CharacteristicCount { got: 0 }
    );
}

#[test]
fn another_scheme_is_refused_with_both_digests() {
    let other = "ab".repeat(32);
    let error = refusal(|c| c["scheme"] = json!(other));
    let text = error.to_string();
    assert!(matches!(error, ScorecardError::AnotherScheme { .. }));
    assert!(text.contains(&other) && text.contains(&fixture::scheme().digest().to_string()));
}

#[test]
fn duplicates_are_refused() {
    assert_eq!(
        refusal(|c| c["characteristics"][2]["name"] = json!("Groceries")),
        ScorecardError::DuplicateName {
            name: "Groceries".into(),
            first: 1,
            second: 3
        }
    );
    let reason = json!({"code": "R01", "text": "something else"});
    assert_eq!(
        refusal(|c| c["characteristics"][2]["reason"] = reason),
        ScorecardError::ReasonTexts {
            characteristic: "Age".into(),
            code: "R01".into(),
            earlier: "Groceries".into()
        }
    );
    let same = json!({"code": "R01", "text": "little spent on groceries"});
    assert!(changed(|c| c["characteristics"][2]["reason"] = same).is_ok());
}

#[test]
fn two_characteristics_may_share_a_line_window() {
    let card = changed(|c| {
        let mut second = c["characteristics"][0].clone();
        second["name"] = json!("Groceries again");
        c["characteristics"]
            .as_array_mut()
            .expect("a list")
            .push(second);
    })
    .expect("valid");
    let windows: Vec<_> = card
        .characteristics()
        .iter()
        .map(Characteristic::line_window)
        .collect();
    assert_eq!(windows[0], windows[3]);
}

#[test]
fn lines_and_windows_must_exist() {
    assert!(matches!(
        fault(0, |c| c["line"] = json!("grocery")),
        CharacteristicFault::UnknownLine { line, lines, .. }
            if line == "grocery" && lines.starts_with("groceries, dining")
    ));
    assert_eq!(
        fault(0, |c| c["window"] = json!(6)),
        CharacteristicFault::UnknownWindow {
            line: "groceries".into(),
            got: 6,
            windows: "3, 12".into()
        }
    );
    assert!(matches!(
        fault(0, |c| {
            c.as_object_mut().expect("an object").remove("window");
        }),
        CharacteristicFault::MissingWindow { .. }
    ));
    assert!(matches!(
        fault(2, |c| c["window"] = json!(12)),
        CharacteristicFault::WindowOfColumn { .. }
    ));
}

#[test]
fn not_known_belongs_to_single_and_column_lines() {
    for index in [1, 2] {
        let missing = fault(index, |c| {
            c.as_object_mut().expect("an object").remove("not_known");
        });
        assert!(matches!(
            missing,
            CharacteristicFault::MissingNotKnown { .. }
        ));
    }
    assert!(matches!(
        fault(0, |c| c["not_known"] = json!({"points": 0})),
        CharacteristicFault::UnexpectedNotKnown { .. }
    ));
    assert_eq!(
        fault(1, |c| c["not_known"] = json!({"points": POINTS_MAX + 1})),
        CharacteristicFault::NotKnownPoints {
            got: POINTS_MAX + 1
        }
    );
}

#[test]
fn attributes_start_at_zero_or_at_one() {
    assert_eq!(
        fault(0, |c| c["attributes"][0]["from"] = json!(1)),
        AttributeFault::Start { got: 1, want: 0 }.into()
    );
    assert_eq!(
        fault(1, |c| c["attributes"][0]["from"] = json!(0)),
        AttributeFault::Start { got: 0, want: 1 }.into()
    );
}

#[test]
fn faulty_attributes_are_named() {
    let text =
        |change: fn(&mut Value)| refusal(|c| change(&mut c["characteristics"][0])).to_string();
    assert_eq!(
        text(|c| c["attributes"][0]["to"] = json!(12)),
        "characteristic \"Groceries\": attributes 1 [0, 12) and 2 [10, 20) overlap; \
         end the lower where the upper starts"
    );
    assert_eq!(
        text(|c| c["attributes"][0]["to"] = json!(9)),
        "characteristic \"Groceries\": attributes 1 [0, 9) and 2 [10, 20) leave a gap; \
         end the lower where the upper starts"
    );
    // Two sources of at most 20 levels.
    assert_eq!(
        text(|c| {
            c["attributes"][1]["to"] = json!(41);
            c["attributes"][2]["from"] = json!(41);
        }),
        "characteristic \"Groceries\": attribute 2 [10, 41) has a cut above the largest level 40 \
         of this line and window; no applicant can reach it"
    );
    assert!(
        changed(|c| {
            c["characteristics"][0]["attributes"][1]["to"] = json!(40);
            c["characteristics"][0]["attributes"][2]["from"] = json!(40);
        })
        .is_ok()
    );
    assert!(matches!(
        fault(0, |c| c["attributes"]
            .as_array_mut()
            .expect("a list")
            .swap(0, 1)),
        CharacteristicFault::Attributes(AttributeFault::OutOfOrder { .. })
    ));
}

#[test]
fn numbers_are_bounded() {
    assert!(matches!(
        fault(0, |c| c["attributes"][0]["points"] = json!(i64::MAX)),
        CharacteristicFault::Attributes(AttributeFault::Points { .. })
    ));
    assert_eq!(
        fault(0, |c| c["baseline"] = json!(i64::MIN)),
        CharacteristicFault::Baseline { got: i64::MIN }
    );
}

#[test]
fn texts_of_characteristics_are_checked() {
    assert_eq!(
        refusal(|c| c["characteristics"][1]["name"] = json!("a\nb")),
        ScorecardError::CharacteristicName {
            number: 2,
            fault: TextFault::Unprintable { code: 10 }
        }
    );
    assert_eq!(
        fault(1, |c| c["reason"]["code"] = json!("r1")),
        CharacteristicFault::Text {
            field: "reason.code",
            fault: TextFault::Code
        }
    );
    assert_eq!(
        fault(1, |c| c["reason"]["text"] = json!("")),
        CharacteristicFault::Text {
            field: "reason.text",
            fault: TextFault::Blank
        }
    );
}

#[test]
fn a_span_of_1020_fits_and_1021_names_the_widest() {
    // Groceries takes 50, age none; the lowest balance the rest.
    let lowest = |greatest: i64| {
        changed(|c| c["characteristics"][1]["attributes"][2]["points"] = json!(greatest))
    };
    assert_eq!(lowest(910).map(|c| c.span()), Ok(SPAN_MAX));
    assert_eq!(
        lowest(911),
        Err(ScorecardError::Span {
            got: 1021,
            widest: "\"Lowest balance\" (971), \"Groceries\" (50), \"Age\" (0)".into()
        })
    );
}

#[test]
fn extreme_points_are_refused_by_span_without_overflow() {
    let card = (0..CHARACTERISTICS_MAX).fold(fixture::card(), |card, i| {
        card.characteristic(
            crate::CharacteristicBuilder::new(format!("Extreme {i}"), "groceries", Some(3))
                .attributes([(0, -POINTS_MAX), (1, POINTS_MAX)]),
        )
    });
    assert!(matches!(
        card.clone().build(&fixture::scheme()),
        Err(ScorecardError::CharacteristicCount { got: 258 })
    ));
    let mut value: Value = serde_json::from_str(&fixture::built().to_json()).expect("valid JSON");
    let extreme = |i: usize| {
        json!({"name": format!("Extreme {i}"), "line": "groceries", "window": 3,
            "attributes": [{"from": 0, "to": 1, "points": -POINTS_MAX}, {"from": 1, "points": POINTS_MAX}],
            "reason": {"code": "X", "text": "extreme"}, "baseline": 0})
    };
    value["characteristics"] = (0..CHARACTERISTICS_MAX).map(extreme).collect();
    assert!(matches!(
        Scorecard::from_json(&value.to_string(), &fixture::scheme()),
        Err(ScorecardError::Span {
            got: 510_000_000,
            ..
        })
    ));
}

#[test]
fn bounds_on_base_and_points_hold_together() {
    let card = changed(|c| {
        c["base_points"] = json!(-BASE_POINTS_MAX);
        c["characteristics"][0]["attributes"] = json!([{"from": 0, "points": -POINTS_MAX}]);
    })
    .expect("valid");
    assert_eq!(card.raw_min(), -BASE_POINTS_MAX - POINTS_MAX - 60);
    assert_eq!(card.published(0), Ok(300));
}

#[test]
fn scaling_is_checked() {
    assert_eq!(
        refusal(|c| c["scaling"]["max"] = json!(300)),
        ScalingError::EmptyRange { min: 300, max: 300 }.into()
    );
    let odds = json!({"direction": "good_to_bad", "base_odds_millionths": 20_000_000,
        "base_score": 600, "points_to_double_odds": 50,
        "raw_at_base_millionths": 600_000_000, "raw_to_double_millionths": 40_000_000});
    assert!(matches!(
        refusal(|c| c["scaling"]["odds"] = odds),
        ScorecardError::Scaling(ScalingError::FactorContradictsOdds { .. })
    ));
}

#[test]
fn reasons_are_checked_wherever_they_are_read() {
    let good: Result<ReasonCode, _> = serde_json::from_value(json!({"code": "R1", "text": "a"}));
    assert!(good.is_ok());
    let bad: Result<ReasonCode, _> = serde_json::from_value(json!({"code": "r 1", "text": "a"}));
    assert!(bad.is_err());
}
