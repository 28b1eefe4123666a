//! A scorecard as PMML 4.4, with rows to verify whoever reads it.
//!
//! What PMML has no place for (who answers for the card, its version, the text
//! of a reason) stands in `Extension` elements, which other programs pass
//! over.

use blindscore_history::decimal::Decimal;
use quick_xml::escape::escape;

use super::super::card_file::CardFile;
use super::super::draft::{Boundary, Draft, Scale, Variable};
use super::super::error::ExportError;
use super::EXTENDER;
use super::columns::{Column, columns};
use super::write_rows;
use super::writer::Xml;
use crate::REASONS_MAX;
use crate::scaling::Scaling;

/// Writes the file; `imported` is the card that reading it gives, by which the
/// rows of verification are scored.
pub(in super::super) fn write(draft: &Draft, imported: &CardFile) -> Result<String, ExportError> {
    refuse_unwritable(draft)?;
    let columns = columns(draft);
    let names = Names::of(&columns);
    let mut xml = Xml::default();
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.open(
        "PMML",
        &[("xmlns", "http://www.dmg.org/PMML-4_4"), ("version", "4.4")],
    );
    xml.open("Header", &[]);
    xml.empty(
        "Application",
        &[("name", EXTENDER), ("version", env!("CARGO_PKG_VERSION"))],
    );
    xml.close("Header");
    dictionary(&mut xml, &columns, &names);
    let algorithm = if draft.points_count_risk {
        "pointsAbove"
    } else {
        "pointsBelow"
    };
    let base = draft.base.to_string();
    let name = draft.about.name.as_deref().unwrap_or("scorecard");
    xml.open(
        "Scorecard",
        &[
            ("modelName", name),
            ("functionName", "regression"),
            ("initialScore", &base),
            ("useReasonCodes", "true"),
            ("reasonCodeAlgorithm", algorithm),
            ("baselineMethod", "other"),
        ],
    );
    let version = draft.about.version.unwrap_or(1).to_string();
    let about = &draft.about;
    for (name, value) in [
        ("provider", about.provider.as_deref()),
        ("version", Some(version.as_str())),
        ("scheme", about.scheme.as_deref()),
        ("currency", about.currency.as_deref()),
    ] {
        if let Some(value) = value {
            xml.extension(name, value);
        }
    }
    schema_and_output(&mut xml, &columns, &names);
    if let Some(scaling) = &draft.scaling {
        targets(&mut xml, scaling, &names);
    }
    xml.open("Characteristics", &[]);
    for variable in &draft.variables {
        characteristic(&mut xml, variable);
    }
    xml.close("Characteristics");
    write_rows::verification(&mut xml, &columns, &names.score, imported);
    xml.close("Scorecard");
    xml.close("PMML");
    Ok(xml.text)
}

/// Names of target and outputs that no column has.
struct Names {
    target: String,
    score: String,
    reasons: Vec<String>,
}

impl Names {
    fn of(columns: &[Column<'_>]) -> Self {
        let free = |wanted: &str| {
            let mut name = wanted.to_owned();
            while columns.iter().any(|column| column.name == name) {
                name.push('_');
            }
            name
        };
        Self {
            target: free("target"),
            score: free("score"),
            reasons: (1..=REASONS_MAX)
                .map(|rank| free(&format!("reason_{rank}")))
                .collect(),
        }
    }
}

fn dictionary(xml: &mut Xml, columns: &[Column<'_>], names: &Names) {
    let count = (columns.len() + 1).to_string();
    xml.open("DataDictionary", &[("numberOfFields", &count)]);
    for column in columns {
        if column.is_number() {
            let number = [
                ("name", column.name),
                ("optype", "continuous"),
                ("dataType", "double"),
            ];
            xml.empty("DataField", &number);
            continue;
        }
        let text = [
            ("name", column.name),
            ("optype", "categorical"),
            ("dataType", "string"),
        ];
        match column.categories() {
            None => xml.empty("DataField", &text),
            Some(categories) => {
                xml.open("DataField", &text);
                for category in categories {
                    xml.empty("Value", &[("value", category)]);
                }
                xml.close("DataField");
            }
        }
    }
    let target = [
        ("name", names.target.as_str()),
        ("optype", "continuous"),
        ("dataType", "double"),
    ];
    xml.empty("DataField", &target);
    xml.close("DataDictionary");
}

fn schema_and_output(xml: &mut Xml, columns: &[Column<'_>], names: &Names) {
    xml.open("MiningSchema", &[]);
    for column in columns {
        xml.empty(
            "MiningField",
            &[("name", column.name), ("usageType", "active")],
        );
    }
    xml.empty(
        "MiningField",
        &[("name", &names.target), ("usageType", "target")],
    );
    xml.close("MiningSchema");
    xml.open("Output", &[]);
    xml.empty(
        "OutputField",
        &[
            ("name", &names.score),
            ("optype", "continuous"),
            ("dataType", "double"),
            ("feature", "predictedValue"),
        ],
    );
    for (rank, name) in (1..).zip(&names.reasons) {
        let rank: i32 = rank;
        xml.empty(
            "OutputField",
            &[
                ("name", name),
                ("optype", "categorical"),
                ("dataType", "string"),
                ("feature", "reasonCode"),
                ("rank", &rank.to_string()),
            ],
        );
    }
    xml.close("Output");
}

/// The scale: PMML bounds the sum, rescales it and rounds it.
fn targets(xml: &mut Xml, scaling: &Scaling, names: &Names) {
    let factor = Decimal::scaled_down(scaling.factor_millionths(), 6).to_string();
    let constant = Decimal::scaled_down(scaling.offset_millionths(), 6).to_string();
    let (least, most) = bounds_of_sum(scaling);
    xml.open("Targets", &[]);
    xml.open(
        "Target",
        &[
            ("field", &names.target),
            ("castInteger", "round"),
            ("min", &least),
            ("max", &most),
            ("rescaleConstant", &constant),
            ("rescaleFactor", &factor),
        ],
    );
    xml.extension("min", &scaling.min().to_string());
    xml.extension("max", &scaling.max().to_string());
    if let Some(odds) = scaling.odds() {
        let odds = serde_json::to_string(odds).expect("odds are numbers and words");
        xml.extension("odds", &odds);
    }
    xml.close("Target");
    xml.close("Targets");
}

/// The sums of points whose scores are the bounds of the scale, to so many
/// digits that rounding gives the bounds.
fn bounds_of_sum(scaling: &Scaling) -> (String, String) {
    const DIGITS: u8 = 9;
    let sum = |score: i64| {
        let millionths = i128::from(score) * 1_000_000 - i128::from(scaling.offset_millionths());
        let scaled = millionths * 1_000_000_000;
        let sum = scaled.div_euclid(i128::from(scaling.factor_millionths()));
        // Beyond what a number holds there is no sum to bound.
        i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN + 1 } else { i64::MAX })
    };
    let (one, other) = (sum(scaling.min()), sum(scaling.max()));
    let text = |sum: i64| Decimal::scaled_down(sum, DIGITS).to_string();
    (text(one.min(other)), text(one.max(other)))
}

fn characteristic(xml: &mut Xml, variable: &Variable) {
    let baseline = variable.baseline.as_ref().map(ToString::to_string);
    let mut attributes = vec![("name", variable.name.as_str())];
    if let Some(reason) = &variable.reason {
        attributes.push(("reasonCode", &reason.code));
    }
    if let Some(baseline) = &baseline {
        attributes.push(("baselineScore", baseline));
    }
    xml.open("Characteristic", &attributes);
    if let Some(line) = &variable.line {
        xml.extension("line", line);
    }
    if let Some(text) = variable.reason.as_ref().and_then(|r| r.text.as_deref()) {
        xml.extension("reason", text);
    }
    let field = variable.column.as_str();
    let simple = |operator: &str| {
        Xml::tag(
            "SimplePredicate",
            &[("field", field), ("operator", operator)],
            "/>",
        )
    };
    let compare = |operator: &str, value: &Decimal| {
        let value = value.to_string();
        let attributes = [("field", field), ("operator", operator), ("value", &value)];
        Xml::tag("SimplePredicate", &attributes, "/>")
    };
    attribute(xml, &variable.missing, &[simple("isMissing")]);
    for (value, points) in &variable.special {
        attribute(xml, points, &[compare("equal", value)]);
    }
    match &variable.scale {
        Scale::Numbers { cuts, points } => {
            for (index, points) in points.iter().enumerate() {
                let lower = index.checked_sub(1).and_then(|at| cuts.get(at));
                let lower = lower.map(|Boundary { value, above }| {
                    compare(
                        if *above {
                            "greaterThan"
                        } else {
                            "greaterOrEqual"
                        },
                        value,
                    )
                });
                let upper = cuts.get(index).map(|Boundary { value, above }| {
                    compare(if *above { "lessOrEqual" } else { "lessThan" }, value)
                });
                let ends: Vec<String> = lower.into_iter().chain(upper).collect();
                if ends.is_empty() {
                    attribute(xml, points, &[simple("isNotMissing")]);
                } else {
                    attribute(xml, points, &ends);
                }
            }
        }
        Scale::Categories { groups, other } => {
            for (group, points) in groups {
                let items: Vec<String> = group.iter().map(|item| array_item(item)).collect();
                let array = format!(
                    "<Array n=\"{}\" type=\"string\">{}</Array>",
                    group.len(),
                    escape(items.join(" ").as_str())
                );
                let set = [("field", field), ("booleanOperator", "isIn")];
                let open = Xml::tag("SimpleSetPredicate", &set, ">");
                attribute(
                    xml,
                    points,
                    &[format!("{open}{array}</SimpleSetPredicate>")],
                );
            }
            if let Some(points) = other {
                attribute(xml, points, &["<True/>".to_owned()]);
            }
        }
    }
    xml.close("Characteristic");
}

fn array_item(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An attribute; several predicates must all be true.
fn attribute(xml: &mut Xml, points: &Decimal, predicates: &[String]) {
    xml.open("Attribute", &[("partialScore", &points.to_string())]);
    match predicates {
        [one] => xml.raw(one),
        all => {
            xml.open("CompoundPredicate", &[("booleanOperator", "and")]);
            all.iter().for_each(|predicate| xml.raw(predicate));
            xml.close("CompoundPredicate");
        }
    }
    xml.close("Attribute");
}

/// XML holds no control characters and not all others.
fn refuse_unwritable(draft: &Draft) -> Result<(), ExportError> {
    let about = &draft.about;
    let heads = [("name", &about.name), ("provider", &about.provider)];
    let heads = heads
        .into_iter()
        .filter_map(|(what, text)| Some((what, text.as_ref()?)));
    let variables = draft.variables.iter().flat_map(|variable| {
        let categories = match &variable.scale {
            Scale::Numbers { .. } => &[][..],
            Scale::Categories { groups, .. } => groups,
        };
        let categories = categories.iter().flat_map(|(group, _)| group);
        let names = [
            ("characteristic", &variable.name),
            ("column", &variable.column),
        ];
        names
            .into_iter()
            .chain(categories.map(|text| ("category", text)))
    });
    let writable = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    match heads
        .chain(variables)
        .find(|(_, text)| !text.chars().all(writable))
    {
        Some((what, text)) => Err(ExportError::Text {
            what,
            text: text.clone(),
            format: "XML",
        }),
        None => Ok(()),
    }
}
