//! A PMML file to a scorecard's draft.

use blindscore_history::decimal::Decimal;

use super::super::draft::{About, Draft, Reason, Variable};
use super::super::error::{ImportFault, Note, short};
use super::super::format::Format;
use super::super::settle::reason_notes;
use super::EXTENDER;
use super::cells::Cells;
use super::fields::Fields;
use super::predicate::Predicate;
use super::verify::{Verification, verification};
use super::xml::Element;
use crate::scaling::{MILLION, Odds, Scaling};

/// What a file holds: the card, and rows to check it by.
pub(in super::super) struct Pmml {
    pub(in super::super) draft: Draft,
    pub(in super::super) verification: Option<Verification>,
}

/// Reads a PMML file.
pub(in super::super) fn read(text: &str, force: bool) -> Result<Pmml, ImportFault> {
    let pmml = Element::read(text)?;
    if pmml.name != "PMML" {
        return Err(pmml.fault("is no PMML"));
    }
    let version = pmml.required("version")?;
    if !version.starts_with("4.") {
        let message = format!(
            "version {:?}; want 4.1 to 4.4, which have scorecards",
            short(version)
        );
        return Err(pmml.fault(message));
    }
    let model = scorecard(&pmml)?;
    let fields = Fields::read(&pmml, model)?;
    let mut notes = Vec::new();
    let uses_reasons = model.attribute("useReasonCodes") != Some("false");
    let common = Common {
        baseline: optional_number(model, "baselineScore")?,
        uses_reasons,
        force,
    };
    let all = model
        .child("Characteristics")
        .ok_or_else(|| model.fault("has no Characteristics"))?;
    let mut variables: Vec<Variable> = Vec::new();
    for element in all.all("Characteristic") {
        let (variable, more) = characteristic(element, &fields, &common)?;
        if variables.iter().any(|before| before.name == variable.name) {
            return Err(element.fault("has the name of another characteristic"));
        }
        variables.push(variable);
        notes.extend(more);
    }
    let scaling = targets(model)?;
    let points_count_risk = if uses_reasons {
        match model.attribute("reasonCodeAlgorithm") {
            None | Some("pointsBelow") => false,
            Some("pointsAbove") => true,
            Some(other) => {
                let message = format!("reasonCodeAlgorithm {:?} is not known", short(other));
                return Err(model.fault(message));
            }
        }
    } else {
        // Nothing says which way they count, and a higher score usually is better.
        scaling.as_ref().is_some_and(|s| s.factor_millionths() < 0)
    };
    notes.extend(reason_notes(&variables));
    let draft = Draft {
        format: Format::Pmml,
        about: about(&pmml, model),
        base: optional_number(model, "initialScore")?.unwrap_or_else(|| 0.into()),
        variables,
        points_count_risk,
        scaling,
        notes,
    };
    let verification = verification(model)?;
    Ok(Pmml {
        draft,
        verification,
    })
}

/// The one model, which must be a scorecard.
fn scorecard(pmml: &Element) -> Result<&Element, ImportFault> {
    const NO_MODELS: [&str; 5] = [
        "Header",
        "MiningBuildTask",
        "DataDictionary",
        "TransformationDictionary",
        "Extension",
    ];
    let mut models = pmml
        .children
        .iter()
        .filter(|c| !NO_MODELS.contains(&c.name.as_str()));
    let model = models
        .next()
        .ok_or_else(|| pmml.fault("has no model; is the file cut short?"))?;
    if let Some(second) = models.next() {
        return Err(second.fault("is a second model; want one Scorecard"));
    }
    if model.name != "Scorecard" {
        return Err(model.fault("is another model; want a Scorecard"));
    }
    if model.required("functionName")? != "regression" {
        return Err(model.fault("functionName is not regression"));
    }
    if model.attribute("isScorable") == Some("false") {
        return Err(model.fault("says of itself that it cannot score (isScorable)"));
    }
    Ok(model)
}

/// What holds for all characteristics.
struct Common {
    baseline: Option<Decimal>,
    uses_reasons: bool,
    force: bool,
}

fn characteristic(
    element: &Element,
    fields: &Fields,
    common: &Common,
) -> Result<(Variable, Vec<Note>), ImportFault> {
    let (mut predicates, mut points, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for attribute in element.all("Attribute") {
        if attribute.child("ComplexPartialScore").is_some() {
            return Err(attribute.fault(format!(
                "of {:?} computes its points (ComplexPartialScore); want a number in partialScore",
                short(element.attribute("name").unwrap_or_default())
            )));
        }
        let mut read = attribute.children.iter().map(Predicate::read);
        let predicate = read.find_map(Result::transpose);
        let predicate = predicate.ok_or_else(|| attribute.fault("has no predicate"))??;
        predicates.push(predicate);
        attribute.required("partialScore")?;
        points.extend(optional_number(attribute, "partialScore")?);
        codes.push(attribute.attribute("reasonCode"));
    }
    let mut read: Vec<&str> = Vec::new();
    for predicate in &predicates {
        predicate.visit(&mut |field, _| {
            if !read.contains(&field) {
                read.push(field);
            }
        });
    }
    let field = match &read[..] {
        [field] => fields.find(field, element)?,
        [] => return Err(element.fault("reads no field, so it gives everybody the same points")),
        [one, other, ..] => {
            let (one, other) = (short(one), short(other));
            return Err(element.fault(format!(
                "reads both {one:?} and {other:?}; want one field: compute what it asks into a \
                 column of the table"
            )));
        }
    };
    let cells = Cells {
        field,
        predicates: &predicates,
        points: &points,
        force: common.force,
    };
    let mut notes = Vec::new();
    let mut variable = cells.variable(&mut notes)?;
    if let Some(name) = element.attribute("name") {
        name.clone_into(&mut variable.name);
    }
    variable.line = extension(element, "line").map(str::to_owned);
    if common.uses_reasons {
        let own = element.attribute("reasonCode");
        let code = own.or_else(|| codes.iter().flatten().next().copied());
        if codes.iter().flatten().any(|other| Some(*other) != code) {
            notes.push(Note::about(
                &variable.name,
                "its attributes have reason codes of their own; a characteristic here has one",
            ));
        }
        let text = extension(element, "reason").map(str::to_owned);
        variable.reason = code.map(|code| Reason {
            code: code.to_owned(),
            text,
        });
        let own = optional_number(element, "baselineScore")?;
        variable.baseline = own.or_else(|| common.baseline.clone());
    }
    Ok((variable, notes))
}

fn optional_number(element: &Element, name: &str) -> Result<Option<Decimal>, ImportFault> {
    let Some(text) = element.attribute(name) else {
        return Ok(None);
    };
    let number = text.trim().parse();
    number.map(Some).map_err(|error| {
        let got = short(text);
        element.fault(format!("{name}: got {got:?}: {error}"))
    })
}

/// The value of this project's extension of that name.
fn extension<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let own = element
        .children
        .iter()
        .filter(|child| child.name == "Extension" && child.attribute("extender") == Some(EXTENDER));
    let mut named = own.filter(|child| child.attribute("name") == Some(name));
    named.next()?.attribute("value")
}

fn about(pmml: &Element, model: &Element) -> About {
    let said = |name: &str| extension(model, name).map(str::to_owned);
    let copyright = pmml
        .child("Header")
        .and_then(|header| header.attribute("copyright"));
    About {
        name: model.attribute("modelName").map(str::to_owned),
        provider: said("provider").or_else(|| copyright.map(str::to_owned)),
        version: said("version").and_then(|version| version.parse().ok()),
        scheme: said("scheme"),
        currency: said("currency"),
    }
}

/// A rescaling of the sum of points: `Targets`.
fn targets(model: &Element) -> Result<Option<Scaling>, ImportFault> {
    let Some(targets) = model.child("Targets") else {
        return Ok(None);
    };
    let mut all = targets.all("Target");
    let (Some(target), None) = (all.next(), all.next()) else {
        return Err(targets.fault("want one Target"));
    };
    if target
        .children
        .iter()
        .any(|child| child.name != "Extension")
    {
        return Err(target.fault("has values of its own; want only a rescaling"));
    }
    if target.attribute("castInteger") != Some("round") {
        return Err(target.fault("castInteger is not round; scores here are rounded"));
    }
    let millionths = |name: &str, default: i64| {
        let Some(number) = optional_number(target, name)? else {
            return Ok(default);
        };
        let exact = (number.places() <= 6).then(|| number.rounded(6)).flatten();
        exact.ok_or_else(|| target.fault(format!("{name} has more than 6 digits after the point")))
    };
    let whole = |name: &str| {
        let number = extension(target, name).map(str::parse::<i64>);
        number.and_then(Result::ok)
    };
    for name in ["min", "max"] {
        // Beside this project's own bounds of the score they say the same.
        if target.attribute(name).is_some() && whole(name).is_none() {
            let message = format!("{name} bounds the sum of points; leave it out");
            return Err(target.fault(message));
        }
    }
    let offset = millionths("rescaleConstant", 0)?;
    let factor = millionths("rescaleFactor", MILLION)?;
    const WIDEST: i64 = 1_000_000_000;
    let (min, max) = (
        whole("min").unwrap_or(-WIDEST),
        whole("max").unwrap_or(WIDEST),
    );
    let odds = match extension(target, "odds") {
        None => None,
        Some(text) => {
            let odds = serde_json::from_str::<Odds>(text);
            Some(odds.map_err(|error| target.fault(format!("odds: {error}")))?)
        }
    };
    let scaling = Scaling::new(offset, factor, min, max).and_then(|scaling| match odds {
        Some(odds) => scaling.with_odds(odds),
        None => Ok(scaling),
    });
    scaling
        .map(Some)
        .map_err(|error| target.fault(error.to_string()))
}
