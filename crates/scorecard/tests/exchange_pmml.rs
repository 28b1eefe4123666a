//! PMML: what predicates, missing and invalid values come to; what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use blindscore_scorecard::exchange::{CardFile, ImportOptions};
use exchange_common::{
    NUMBER, PLAIN, TEXT, attribute, pmml, refused, score, simple, texts, try_texts,
};

fn scores(card: &CardFile, rows: &[(&str, &str)]) {
    for (cell, want) in rows {
        assert_eq!(score(card, &["x"], &[cell]), *want, "{cell:?}");
    }
}

#[test]
fn the_first_true_attribute_counts() {
    let attributes = [
        attribute("1", r#"<SimplePredicate field="x" operator="isMissing"/>"#),
        attribute("2", &simple("equal", "5")),
        attribute("3", &simple("lessOrEqual", "10")),
        // Overlaps the one before, which is asked first.
        attribute("4", &simple("greaterThan", "0")),
    ];
    let import = texts(&[&pmml(NUMBER, PLAIN, &attributes.concat())]);
    scores(
        &import.card,
        &[
            ("", "101"),
            ("5", "102"),
            ("-9", "103"),
            ("10", "103"),
            ("10.001", "104"),
        ],
    );
    // The single number is a code of its own: it cuts no bin in two.
    assert_eq!(import.report.columns[0].special, ["5"]);
    assert_eq!(import.report.columns[0].cuts[0].cut, ">10");
}

#[test]
fn compounds_sets_and_the_rest() {
    let attributes = [
        attribute(
            "1",
            &format!(
                r#"<CompoundPredicate booleanOperator="or">{}{}</CompoundPredicate>"#,
                simple("lessThan", "0"),
                simple("greaterOrEqual", "100")
            ),
        ),
        attribute(
            "2",
            r#"<SimpleSetPredicate field="x" booleanOperator="isIn"><Array n="2" type="int">7 8</Array></SimpleSetPredicate>"#,
        ),
        attribute(
            "3",
            &format!(
                r#"<CompoundPredicate booleanOperator="surrogate">{}<False/></CompoundPredicate>"#,
                simple("lessThan", "50")
            ),
        ),
        attribute("4", "<True/>"),
    ];
    let import = texts(&[&pmml(NUMBER, PLAIN, &attributes.concat())]);
    scores(
        &import.card,
        &[
            ("-1", "101"),
            ("100", "101"),
            ("7", "102"),
            ("8.0", "102"),
            ("7.5", "103"),
            ("49.9", "103"),
            ("50", "104"),
            ("", "104"),
        ],
    );
}

#[test]
fn categories_with_and_without_others() {
    let set = |points: &str, operator: &str, items: &str| {
        attribute(
            points,
            &format!(
                r#"<SimpleSetPredicate field="x" booleanOperator="{operator}"><Array type="string">{items}</Array></SimpleSetPredicate>"#
            ),
        )
    };
    let attributes = [
        set("1", "isIn", "\"a b\" c"),
        set("2", "isNotIn", "\"a b\" c d"),
    ];
    // Nothing is true of `d`, though of any other.
    let error = refused(&pmml(TEXT, PLAIN, &attributes.concat()));
    assert!(error.contains("no attribute is true of \"d\""), "{error}");
    let attributes = [
        set("1", "isIn", "\"a b\" c"),
        attribute("2", &simple("notEqual", "c")),
    ];
    let import = texts(&[&pmml(TEXT, PLAIN, &attributes.concat())]);
    scores(
        &import.card,
        &[("a b", "101"), ("c", "101"), ("z", "102"), ("", "101")],
    );
    let note = &import.report.notes[0].message;
    assert!(
        note.contains("no attribute is true of a missing value"),
        "{note}"
    );
    // With the valid values listed, others are invalid and have no score.
    let listed = TEXT.replace(
        "/>",
        "><Value value=\"c\"/><Value value=\"e\"/></DataField>",
    );
    let attributes = [
        attribute("1", &simple("equal", "c")),
        attribute("2", "<True/>"),
    ];
    let import = texts(&[&pmml(&listed, PLAIN, &attributes.concat())]);
    scores(&import.card, &[("c", "101"), ("e", "102"), ("", "102")]);
    let columns = blindscore_history::levels::TableColumns::find(import.card.scheme(), &["x"]);
    assert!(columns.unwrap().levels(&["z"]).is_err());
    // Unless they count as missing.
    let lenient = r#"<MiningField name="x" invalidValueTreatment="asMissing"/>"#;
    let import = texts(&[&pmml(&listed, lenient, &attributes.concat())]);
    scores(&import.card, &[("z", "102")]);
}

#[test]
fn missing_invalid_and_outlying_numbers() {
    let bins = [
        attribute("1", &simple("lessThan", "10")),
        attribute("2", &simple("greaterOrEqual", "10")),
    ];
    let bins = bins.concat();
    let replaced = r#"<MiningField name="x" missingValueReplacement="12"/>"#;
    scores(
        &texts(&[&pmml(NUMBER, replaced, &bins)]).card,
        &[("", "102"), ("9", "101")],
    );
    let coded = NUMBER.replace(
        "/>",
        "><Value value=\"-999\" property=\"missing\"/></DataField>",
    );
    let import = texts(&[&pmml(&coded, replaced, &bins)]);
    scores(&import.card, &[("-999", "102"), ("-998", "101")]);
    let extreme =
        r#"<MiningField name="x" outliers="asExtremeValues" lowValue="0" highValue="5"/>"#;
    let import = texts(&[&pmml(
        NUMBER,
        extreme,
        &format!("{bins}{}", attribute("3", "<True/>")),
    )]);
    scores(&import.card, &[("11", "101"), ("", "103")]);
    let bounded = NUMBER.replace(
        "/>",
        "><Interval closure=\"closedOpen\" leftMargin=\"0\" rightMargin=\"20\"/></DataField>",
    );
    let text = pmml(&bounded, PLAIN, &bins);
    let error = refused(&text);
    assert!(
        error.contains("a number under 0 is invalid") && error.contains("--force"),
        "{error}"
    );
    let force = ImportOptions {
        force: true,
        ..ImportOptions::default()
    };
    let forced = try_texts(&[&text], &force).unwrap();
    scores(&forced.card, &[("-5", "101"), ("25", "102")]);
    let as_missing = r#"<MiningField name="x" invalidValueTreatment="asMissing"/>"#;
    let bins = format!(
        "{}{bins}",
        attribute("9", r#"<SimplePredicate field="x" operator="isMissing"/>"#)
    );
    let import = texts(&[&pmml(&bounded, as_missing, &bins)]);
    scores(
        &import.card,
        &[("-5", "109"), ("0", "101"), ("19.9", "102"), ("20", "109")],
    );
}

#[test]
fn what_a_card_cannot_say_is_refused_with_the_place() {
    let good = [
        attribute("1", &simple("lessThan", "10")),
        attribute("2", "<True/>"),
    ]
    .concat();
    let whole = |attributes: &str| pmml(NUMBER, PLAIN, attributes);
    for (text, wants) in [
        (whole(&attribute("1", &simple("lessThan", "10"))), &["the number 10", "gap"][..]),
        (
            whole(&attribute("1", "<ComplexPartialScore><Constant>1</Constant></ComplexPartialScore><True/>")),
            &["Attribute, line 6", "ComplexPartialScore"],
        ),
        (whole(&good).replace("field=\"x\"", "field=\"y\""), &["Characteristic \"c\", line 6", "\"y\""]),
        (
            whole(&good).replace(
                "<Characteristics>",
                "<LocalTransformations><DerivedField name=\"x\" optype=\"continuous\" dataType=\"double\"/></LocalTransformations><Characteristics>",
            ),
            &["derived field \"x\"", "as a column"],
        ),
        (whole("<Attribute><True/></Attribute>"), &["partialScore is missing"]),
        (whole(&attribute("1", "<True/>")), &["reads no field"]),
        (whole(&attribute("NaN", &simple("lessThan", "1"))), &["partialScore", "NaN"]),
        (whole(&attribute("1", &simple("lessThan", "ten"))), &["\"ten\""]),
        (whole(&attribute("1", &simple("nearly", "1"))), &["operator \"nearly\" is not known"]),
        (whole(&good).replace("version=\"4.4\"", "version=\"3.2\""), &["version \"3.2\""]),
        (whole(&good).replace("dataType=\"double\"/><DataField", "dataType=\"date\"/><DataField"), &["type \"date\""]),
        (whole(&good).replace("Scorecard ", "TreeModel ").replace("/Scorecard", "/TreeModel"), &["TreeModel", "want a Scorecard"]),
        (whole(&good).replace("regression", "classification"), &["functionName"]),
        (
            whole(&good).replace("</Characteristics>", "<Characteristic name=\"c\"><Attribute partialScore=\"1\"><SimplePredicate field=\"x\" operator=\"isNotMissing\"/></Attribute></Characteristic></Characteristics>"),
            &["the name of another characteristic"],
        ),
        (
            format!("{}{}", "<!DOCTYPE PMML [<!ENTITY a \"b\">]>", whole(&good).replace("<?xml version=\"1.0\"?>", "")),
            &["document type"],
        ),
        (whole(&good)[..400].to_owned(), &["line"]),
    ] {
        let error = refused(&text);
        for want in wants {
            assert!(error.contains(want), "no {want:?} in {error}");
        }
        assert!(error.starts_with("card: "), "{error}");
    }
}

#[test]
fn a_file_is_held_to_its_own_rows() {
    let bins = [
        attribute("1", &simple("lessThan", "10")),
        attribute("2", &simple("greaterOrEqual", "10")),
    ];
    let rows = |score: &str| {
        format!(
            "</Characteristics><ModelVerification><VerificationFields><VerificationField field=\"x\"/>\
             <VerificationField field=\"s\"/></VerificationFields><InlineTable><row><x>3</x><s>101</s></row>\
             <row><x>10</x><s>{score}</s></row></InlineTable></ModelVerification>"
        )
    };
    let text = |score: &str| {
        pmml(NUMBER, PLAIN, &bins.concat()).replace("</Characteristics>", &rows(score))
    };
    let import = texts(&[&text("102")]);
    assert!(
        import
            .report
            .notes
            .iter()
            .any(|n| n.message.contains("own 2 rows"))
    );
    let error = refused(&text("103"));
    assert!(
        error.contains("scores 103; as imported it scores 102"),
        "{error}"
    );
}
