//! Lines that say more about a person than how they pay: what can reveal
//! health, belief or politics, and what nobody can change about themselves.
//!
//! Judged by what the scheme says a line reads, not by its name; only a column
//! is judged by names, since they are all there is.

use std::collections::BTreeSet;

use blindscore_history::scheme::{Formula, Line, LineKind, PooledLine, Scheme, SingleMeasure};
use blindscore_history::taxonomy::{Category, Flow};

use super::{Finding, Measured, Severity, Unit};
use crate::lines::LineUse;

/// What a kind of spending can reveal. Beside the categories that a scheme must
/// turn on by name stand two that speak of health by habit.
const fn revealed_by(category: Category) -> Option<&'static str> {
    match category {
        Category::Health => Some("health"),
        Category::PersonalOther => Some("belief or politics"),
        Category::AlcoholTobacco => Some("health, by drinking and smoking"),
        Category::Gambling => Some("health, by addiction"),
        _ => None,
    }
}

/// What a flow can reveal: gifts and dues go by transfer, church tax by tax.
const fn revealed_by_flow(flow: Flow) -> Option<&'static str> {
    match flow {
        Flow::Transfer => Some("belief or politics, by gifts and dues"),
        Flow::TaxFee => Some("belief, by church tax, and offences, by fines"),
        _ => None,
    }
}

/// Words in the name of a column that stand for what reveals.
const REVEALING: [&str; 20] = [
    "health",
    "medical",
    "illness",
    "disease",
    "disability",
    "disabled",
    "smoker",
    "smoking",
    "alcohol",
    "gambling",
    "religion",
    "religious",
    "church",
    "faith",
    "belief",
    "political",
    "politics",
    "party",
    "union",
    "sexual",
];

/// Words in the name of a column that stand for what nobody chooses, or what
/// the law of most countries protects.
const UNCHANGEABLE: [&str; 27] = [
    "age",
    "birth",
    "born",
    "sex",
    "gender",
    "female",
    "male",
    "race",
    "ethnic",
    "ethnicity",
    "colour",
    "color",
    "origin",
    "native",
    "nationality",
    "national",
    "citizen",
    "citizenship",
    "foreign",
    "language",
    "disability",
    "disabled",
    "marital",
    "married",
    "marriage",
    "family",
    "pregnancy",
];

pub(super) fn look(scheme: &Scheme, used: &[LineUse], findings: &mut Vec<Finding>) {
    for entry in used {
        let Some(line) = scheme.lines().iter().find(|l| l.name() == entry.line) else {
            continue;
        };
        findings.extend(revealing(scheme, line, entry));
        findings.extend(unchangeable(line, entry));
    }
}

fn share(entry: &LineUse) -> Measured {
    Measured {
        value: entry.share_per_mille.into(),
        unit: Unit::PerMille,
    }
}

fn revealing(scheme: &Scheme, line: &Line, entry: &LineUse) -> Option<Finding> {
    let (severity, what) = match line.kind() {
        LineKind::Pooled(pooled) => pooled_reveals(&[pooled])?,
        LineKind::Sum(sum) => {
            let members: Vec<&PooledLine> = sum
                .members()
                .iter()
                .filter_map(|&member| match scheme.lines()[member].kind() {
                    LineKind::Pooled(pooled) => Some(pooled),
                    _ => None,
                })
                .collect();
            pooled_reveals(&members)?
        }
        LineKind::Single(single) => single_reveals(scheme, single.measure())?,
        LineKind::Column(_) => {
            let word = word_of(line, entry, &REVEALING)?;
            (Severity::Serious, format!("its name has the word {word:?}"))
        }
    };
    let reasons = stated_reasons(scheme, line);
    Some(Finding {
        severity,
        code: "sensitive-line",
        subject: entry.line.clone(),
        message: format!("it can reveal health, belief or politics: {what}{reasons}"),
        figure: Some(share(entry)),
    })
}

/// A line that reads nothing else reveals most; among other spending it is a
/// part of a sum.
fn pooled_reveals(lines: &[&PooledLine]) -> Option<(Severity, String)> {
    let mut what = BTreeSet::new();
    let mut alone = true;
    for line in lines {
        let categories = line.flows().iter().any(|flow| flow.carries_category());
        let flows = line.flows().iter().filter(|flow| !flow.carries_category());
        let mut read: Vec<Option<&str>> = flows.map(|flow| revealed_by_flow(*flow)).collect();
        if categories {
            read.extend(line.categories().iter().map(|c| revealed_by(*c)));
        }
        alone &= read.iter().all(Option::is_some);
        what.extend(read.into_iter().flatten());
    }
    let sensitive = lines.iter().any(|line| {
        let spends = line.flows().iter().any(|flow| flow.carries_category());
        spends && line.categories().iter().any(|c| c.is_sensitive())
    });
    let severity = match (sensitive, alone) {
        _ if what.is_empty() => return None,
        (true, true) => Severity::Serious,
        (true, false) | (false, true) => Severity::Warning,
        (false, false) => Severity::Note,
    };
    Some((severity, what.into_iter().collect::<Vec<_>>().join("; ")))
}

/// Measures over all spending hold what the scheme has turned on; the share of
/// essentials counts health among them.
fn single_reveals(scheme: &Scheme, measure: SingleMeasure) -> Option<(Severity, String)> {
    let over_spending = matches!(
        measure,
        SingleMeasure::SpendingVolatility
            | SingleMeasure::CashShare
            | SingleMeasure::EssentialShare
            | SingleMeasure::SavingsRate
    );
    if !over_spending || scheme.sensitive().is_empty() {
        return None;
    }
    let names: Vec<&str> = scheme.sensitive().iter().map(|(c, _)| c.name()).collect();
    Some((
        Severity::Note,
        format!("its total holds spending on {}", names.join(", ")),
    ))
}

/// The reasons that the scheme states for turning on what the line reads.
fn stated_reasons(scheme: &Scheme, line: &Line) -> String {
    let reads = |category: Category| {
        match line.kind() {
        LineKind::Pooled(pooled) => pooled.categories().contains(&category),
        LineKind::Sum(sum) => sum.members().iter().any(|&member| {
            matches!(scheme.lines()[member].kind(), LineKind::Pooled(p) if p.categories().contains(&category))
        }),
        LineKind::Single(_) => true,
        LineKind::Column(_) => false,
    }
    };
    let stated = scheme.sensitive().iter().filter(|(c, _)| reads(*c));
    stated
        .map(|(category, reason)| format!("; the scheme's reason for {category}: {reason:?}"))
        .collect()
}

fn unchangeable(line: &Line, entry: &LineUse) -> Option<Finding> {
    let (severity, message) = match line.kind() {
        LineKind::Single(single) if single.measure() == SingleMeasure::MonthsActive => (
            Severity::Note,
            "how long there has been an account can only be waited for".to_owned(),
        ),
        LineKind::Column(_) => {
            let word = word_of(line, entry, &UNCHANGEABLE)?;
            let message = format!(
                "its name has the word {word:?}: what a person cannot influence, or the law protects"
            );
            (Severity::Warning, message)
        }
        _ => return None,
    };
    Some(Finding {
        severity,
        code: "unchangeable",
        subject: entry.line.clone(),
        message,
        figure: Some(share(entry)),
    })
}

/// The first of the words that the line's name, that of a characteristic over
/// it, or that of a column it is computed from, has as a word of its own.
fn word_of(line: &Line, entry: &LineUse, words: &[&'static str]) -> Option<&'static str> {
    let formula = match line.kind() {
        LineKind::Column(column) => column.formula(),
        _ => None,
    };
    let names = entry.characteristics.iter().chain([&entry.line]);
    let computed = formula.into_iter().flat_map(Formula::columns);
    let in_names: BTreeSet<String> = names
        .map(String::as_str)
        .chain(computed)
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .collect();
    words.iter().find(|word| in_names.contains(**word)).copied()
}
