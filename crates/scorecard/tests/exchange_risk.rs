//! Scorecards whose points count risk: PMML's `pointsAbove`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use blindscore_history::levels::TableColumns;
use blindscore_scorecard::exchange::{
    CardFile, Format, Import, ImportOptions, InputFile, export, import,
};
use exchange_common::{NUMBER, PLAIN, attribute, pmml, refused, simple, texts};

/// 110 points below 10, 140 from 10 on, 125 for nothing known; the reason is
/// for points above 115.
fn risky(targets: &str) -> String {
    let attributes = [
        attribute("25", r#"<SimplePredicate field="x" operator="isMissing"/>"#),
        attribute("10", &simple("lessThan", "10")),
        attribute("40", &simple("greaterOrEqual", "10")),
    ];
    pmml(NUMBER, PLAIN, &attributes.concat())
        .replace(
            r#"useReasonCodes="false""#,
            r#"useReasonCodes="true" reasonCodeAlgorithm="pointsAbove""#,
        )
        .replace(
            r#"<Characteristic name="c">"#,
            r#"<Characteristic name="c" reasonCode="HIGH" baselineScore="15">"#,
        )
        .replace("<Characteristics>", &format!("{targets}<Characteristics>"))
}

fn of(card: &CardFile, cell: &str) -> (String, i64, usize) {
    let columns = TableColumns::find(card.scheme(), &["x"]).unwrap();
    let levels = columns.levels(&[cell]).unwrap();
    let applied = card.apply(&levels).unwrap();
    let reasons = card.reasons(&levels).unwrap();
    (applied.score.to_string(), applied.published, reasons.len())
}

#[test]
fn the_score_is_the_files_and_the_published_one_is_better_the_higher() {
    let Import { card, report, .. } = texts(&[&risky("")]);
    assert!(card.scorecard().points_count_risk());
    // 110 to 140 can occur, so 250 less the score is published.
    assert_eq!(of(&card, "3"), ("110".into(), 140, 0));
    assert_eq!(of(&card, "11"), ("140".into(), 110, 1));
    assert_eq!(of(&card, ""), ("125".into(), 125, 1));
    let notes = format!("{:?}", report.notes);
    assert!(notes.contains("250 less the score"), "{notes}");
}

#[test]
fn tenths_and_points_of_many_digits_are_turned_round_too() {
    let tenths = risky("").replace(r#"partialScore="25""#, r#"partialScore="25.5""#);
    let card = texts(&[&tenths]).card;
    assert_eq!(of(&card, ""), ("125.5".into(), 125, 1));
    let wide = risky("").replace(r#"partialScore="40""#, r#"partialScore="4000.125""#);
    let card = texts(&[&wide]).card;
    let (good, bad) = (of(&card, "3"), of(&card, "11"));
    assert_eq!((good.0.as_str(), bad.0.as_str()), ("110", "4100.125"));
    assert!(good.1 > bad.1 && good.2 == 0 && bad.2 == 1);
}

#[test]
fn pmml_and_json_give_the_same_card_and_a_table_of_bins_is_refused() {
    let card = texts(&[&risky("")]).card;
    for format in [Format::Pmml, Format::Json] {
        let text = export(&card, format).unwrap();
        let file = InputFile {
            name: "again",
            bytes: text.as_bytes(),
        };
        let again = import(&[file], &ImportOptions::default()).unwrap().card;
        assert_eq!(again.to_json(), card.to_json());
    }
    let error = export(&card, Format::Csv).unwrap_err().to_string();
    assert!(error.contains("more points are worse"), "{error}");
}

#[test]
fn a_scale_may_turn_them_round_and_must() {
    let targets = |factor| {
        format!(
            r#"<Targets><Target field="s" rescaleConstant="300" rescaleFactor="{factor}" castInteger="round"/></Targets>"#
        )
    };
    let card = texts(&[&risky(&targets("-1"))]).card;
    assert_eq!(of(&card, "11"), ("160".into(), 160, 1));
    assert_eq!(of(&card, "3"), ("190".into(), 190, 0));
    let error = refused(&risky(&targets("1")));
    assert!(error.contains("a higher one is worse"), "{error}");
}
