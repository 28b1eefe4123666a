//! What is written as PMML keeps the rules of the standard's schema, and comes
//! back.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use blindscore_scorecard::exchange::{Format, export};
use exchange_common::{NUMBER, PLAIN, TEXT, attribute, pmml, simple, texts};

/// One element of what was written.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<String>,
    children: Vec<Element>,
}

fn parse(text: &str) -> Element {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = vec![Element {
        name: String::new(),
        attributes: Vec::new(),
        children: Vec::new(),
    }];
    let element = |tag: &quick_xml::events::BytesStart<'_>| Element {
        name: tag.local_name().as_ref().to_owned(),
        attributes: tag
            .attributes()
            .map(|a| a.unwrap().key.as_ref().to_owned())
            .collect(),
        children: Vec::new(),
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => {
                let done = element(&tag);
                open.last_mut().unwrap().children.push(done);
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            _ => {}
        }
    }
}

/// The rules of the schema of PMML 4.4 for the elements that are written:
/// which children may come in which order, and which attributes must be there
/// (`*` any number, `?` at most one, `+` at least one, none exactly one).
const RULES: [(&str, &[&str], &[&str]); 26] = [
    (
        "PMML",
        &[
            "Header",
            "MiningBuildTask?",
            "DataDictionary",
            "TransformationDictionary?",
            "Scorecard+",
        ],
        &["version", "xmlns"],
    ),
    (
        "Header",
        &["Extension*", "Application?", "Annotation*", "Timestamp?"],
        &[],
    ),
    ("Application", &["Extension*"], &["name"]),
    (
        "DataDictionary",
        &["Extension*", "DataField+", "Taxonomy*"],
        &[],
    ),
    (
        "DataField",
        &["Extension*", "Interval*", "Value*"],
        &["name", "optype", "dataType"],
    ),
    ("Value", &["Extension*"], &["value"]),
    (
        "Scorecard",
        &[
            "Extension*",
            "MiningSchema",
            "Output?",
            "ModelStats?",
            "ModelExplanation?",
            "Targets?",
            "LocalTransformations?",
            "Characteristics",
            "ModelVerification?",
        ],
        &["functionName"],
    ),
    ("MiningSchema", &["Extension*", "MiningField+"], &[]),
    ("MiningField", &["Extension*"], &["name"]),
    ("Output", &["Extension*", "OutputField+"], &[]),
    ("OutputField", &["Extension*"], &["name", "dataType"]),
    ("Targets", &["Extension*", "Target+"], &[]),
    ("Target", &["Extension*", "TargetValue*"], &[]),
    ("Characteristics", &["Extension*", "Characteristic+"], &[]),
    (
        "Characteristic",
        &["Extension*", "Attribute+"],
        &["reasonCode", "baselineScore"],
    ),
    (
        "Attribute",
        &["Extension*", "PREDICATE", "ComplexPartialScore?"],
        &["partialScore"],
    ),
    (
        "CompoundPredicate",
        &["Extension*", "PREDICATE", "PREDICATE+"],
        &["booleanOperator"],
    ),
    ("SimplePredicate", &["Extension*"], &["field", "operator"]),
    (
        "SimpleSetPredicate",
        &["Extension*", "Array"],
        &["field", "booleanOperator"],
    ),
    ("Array", &[], &["type"]),
    ("True", &["Extension*"], &[]),
    (
        "ModelVerification",
        &["Extension*", "VerificationFields", "InlineTable"],
        &[],
    ),
    (
        "VerificationFields",
        &["Extension*", "VerificationField+"],
        &[],
    ),
    ("VerificationField", &["Extension*"], &["field"]),
    ("InlineTable", &["Extension*", "row*"], &[]),
    ("Extension", &[], &[]),
];

fn check(element: &Element) {
    if element.name == "row" {
        return;
    }
    let rule = RULES.iter().find(|(name, ..)| *name == element.name);
    let (_, order, required) = rule.unwrap_or_else(|| panic!("no rule for {}", element.name));
    for attribute in *required {
        assert!(
            element.attributes.iter().any(|a| a == attribute),
            "{} without {attribute}",
            element.name
        );
    }
    const PREDICATES: [&str; 5] = [
        "SimplePredicate",
        "CompoundPredicate",
        "SimpleSetPredicate",
        "True",
        "False",
    ];
    let mut children = element.children.iter().peekable();
    for slot in *order {
        let name = slot.trim_end_matches(['*', '?', '+']);
        let fits = |child: &&Element| {
            child.name == name || (name == "PREDICATE" && PREDICATES.contains(&child.name.as_str()))
        };
        let most = if slot.ends_with(['*', '+']) {
            usize::MAX
        } else {
            1
        };
        let mut count = 0;
        while count < most && children.next_if(|child| fits(child)).is_some() {
            count += 1;
        }
        let least = usize::from(!slot.ends_with(['*', '?']));
        assert!(count >= least, "{} without {slot}", element.name);
    }
    assert!(
        children.peek().is_none(),
        "{}: {:?} out of place",
        element.name,
        children.next()
    );
    element.children.iter().for_each(check);
}

#[test]
fn what_is_written_keeps_the_schemas_rules_and_comes_back() {
    let scaled = r#"<Targets><Target field="s" castInteger="round" rescaleConstant="300.5" rescaleFactor="0.25"/></Targets><Characteristics>"#;
    let set = r#"<SimpleSetPredicate field="x" booleanOperator="isIn"><Array n="2" type="string">"a \"q\" &amp; b" &lt;c&gt;</Array></SimpleSetPredicate>"#;
    let number = [
        attribute("7", r#"<SimplePredicate field="x" operator="isMissing"/>"#),
        attribute("8", &simple("equal", "-1")),
        attribute("1", &simple("lessThan", "0.3240000009536743")),
        attribute("2", &simple("lessOrEqual", "7")),
        attribute("3", "<True/>"),
    ]
    .concat();
    for text in [
        pmml(NUMBER, PLAIN, &number),
        pmml(NUMBER, PLAIN, &number).replace("<Characteristics>", scaled),
        pmml(
            TEXT,
            PLAIN,
            &[attribute("1.25", set), attribute("2", "<True/>")].concat(),
        ),
        pmml(TEXT, PLAIN, &attribute("1", set)),
    ] {
        let first = texts(&[&text]).card;
        let written = export(&first, Format::Pmml).unwrap();
        check(&parse(&written));
        let again = texts(&[&written]);
        assert!(
            again
                .report
                .notes
                .iter()
                .any(|n| n.message.contains("rows of verification"))
        );
        assert_eq!(again.card.scheme(), first.scheme());
        assert_eq!(export(&again.card, Format::Pmml).unwrap(), written);
    }
}
