//! The encrypted evaluation against what one would write by hand on tfhe's
//! `FheUint16`: other encryption, other algorithm, the same integer.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_fhe::reference::{Reference, ReferenceCharacteristic};
use blindscore_history::form::Form;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::Scorecard;
use blindscore_tests::{Application, key};

const SCHEME: &str = r#"{
    "blindscore_scheme": 1, "name": "reference", "version": 1, "currency": "EUR", "sources_max": 2,
    "lines": [
        {"name": "spend", "kind": "pooled", "flows": ["expenditure"], "unit": 5000, "cap": 40, "windows": [1, 3]},
        {"name": "cash", "kind": "pooled", "flows": ["cash"], "unit": 5000, "cap": 40, "windows": [3]}
    ]
}"#;

fn scorecard(scheme: &Scheme) -> Scorecard {
    let text = format!(
        r#"{{"blindscore_scorecard": 1, "name": "reference", "provider": "Example", "version": 1,
        "scheme": "{}", "base_points": 100, "characteristics": [
          {{"name": "Spending", "line": "spend", "window": 3, "attributes": [
             {{"from": 0, "to": 10, "points": 5}}, {{"from": 10, "to": 30, "points": 60}}, {{"from": 30, "points": 20}}],
            "reason": {{"code": "R1", "text": "Spending"}}, "baseline": 20}},
          {{"name": "Cash", "line": "cash", "window": 3, "attributes": [
             {{"from": 0, "to": 7, "points": 40}}, {{"from": 7, "points": -15}}],
            "reason": {{"code": "R2", "text": "Cash"}}, "baseline": 0}}],
        "scaling": {{"offset_millionths": 0, "factor_millionths": 1000000, "min": 0, "max": 900}}}}"#,
        scheme.digest()
    );
    Scorecard::from_json(&text, scheme).unwrap()
}

#[test]
fn the_same_score_comes_out_of_fheuint16() {
    let scheme = Scheme::from_json(SCHEME).unwrap();
    let scorecard = scorecard(&scheme);
    let reference = Reference::generate();
    let secret = key(3);
    // Levels of two sources; the second case sits on boundaries.
    for (bank, wallet) in [([4, 9, 3], [2, 20, 3]), ([1, 5, 7], [0, 5, 0])] {
        let holdings = [bank, wallet].map(|levels| {
            let as_of = "2026-11-15".parse().unwrap();
            let levels = SourceLevels::from_levels(&scheme, as_of, 3, levels.to_vec()).unwrap();
            (levels, Vec::new())
        });
        let application = Application {
            scheme: scheme.clone(),
            scorecard: scorecard.clone(),
            holdings: holdings.into(),
        };
        assert!(matches!(
            application.agrees(&secret, Form::Composable),
            Ok(Some(_))
        ));

        let numbers: Vec<u16> = [bank, wallet].concat().iter().map(|x| *x as u16).collect();
        let sum_of = |line_window: usize| vec![line_window, 3 + line_window];
        let characteristics = [
            ReferenceCharacteristic {
                summands: sum_of(1),
                attributes: vec![(0, 0), (10, 55), (30, 15)],
            },
            ReferenceCharacteristic {
                summands: sum_of(2),
                attributes: vec![(0, 55), (7, 0)],
            },
        ];
        let blind = reference.score(&reference.encrypt(&numbers), &characteristics);
        assert_eq!(
            u32::from(reference.decrypt(&blind)),
            application.plain().shifted
        );
    }
}
