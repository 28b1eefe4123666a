//! From what a file says to a scorecard of this project: a scheme whose column
//! lines have the file's own cut points, whole points that encryption can
//! carry, and a scale back to the file's points.

use std::collections::{BTreeMap, BTreeSet};

use blindscore_history::scheme::{LEVEL_MAX, Scheme};
use serde_json::{Value, json};

use super::card_file::CardFile;
use super::draft::{Draft, Reason, Scale, Variable};
use super::error::{ImportError, ImportFault, Note, short};
use super::points::{self, Counted};
use super::report::{ImportReport, column_report};
use crate::build::{CharacteristicBuilder, ScorecardBuilder};
use crate::error::ScorecardError;
use crate::text::{self, NAME_CHARS_MAX, REASON_CHARS_MAX};
use crate::{CHARACTERISTICS_MAX, model::Scorecard};

/// What the importer is told beside the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The scorecard's name; else what the file says, else the file's name.
    pub name: Option<String>,
    /// Who answers for it; else what the file says.
    pub provider: Option<String>,
    /// The currency of the scheme; else what the file says, else EUR. Column
    /// lines have none, so it changes no score.
    pub currency: Option<String>,
    /// Values that are codes, by column; for tables that print a `Special` bin
    /// without saying which values it holds.
    pub special: BTreeMap<String, Vec<String>>,
    /// Import although something is lost.
    pub force: bool,
}

/// An imported scorecard.
#[derive(Debug, Clone)]
pub struct Import {
    /// The scorecard and its scheme.
    pub card: CardFile,
    /// What was carried over and how.
    pub report: ImportReport,
}

/// Makes the scorecard; `file` names the file that is to blame.
pub(crate) fn settle(
    mut draft: Draft,
    file: &str,
    options: &ImportOptions,
) -> Result<Import, ImportError> {
    check(&draft).map_err(|fault| fault.of(file))?;
    let counted = points::count(&draft).map_err(|fault| fault.of(file))?;
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = stem.split('.').next().unwrap_or(stem);
    let name = (options.name.clone())
        .or_else(|| draft.about.name.clone())
        .map_or_else(
            || printable(stem, "scorecard", NAME_CHARS_MAX),
            |name| printable(&name, "scorecard", NAME_CHARS_MAX),
        );
    let lines = line_names(&draft.variables);
    let scheme = scheme(&draft, &name, &lines, options)?;
    let scorecard = scorecard(&draft, &name, &lines, &counted, &scheme, options)?;
    let report = ImportReport {
        format: draft.format,
        name,
        columns: draft
            .variables
            .iter()
            .zip(&lines)
            .map(|(variable, line)| column_report(variable, line))
            .collect(),
        points: counted.report(&scorecard),
        notes: std::mem::take(&mut draft.notes)
            .into_iter()
            .chain(counted.notes)
            .collect(),
    };
    let card = CardFile::new(scheme, scorecard)
        .expect("the scorecard was built on this scheme")
        .with_original(counted.original)
        .map_err(|error| ImportError::Together {
            message: error.to_string(),
        })?;
    Ok(Import { card, report })
}

fn check(draft: &Draft) -> Result<(), ImportFault> {
    let got = draft.variables.len();
    if !(1..=CHARACTERISTICS_MAX).contains(&got) {
        return Err(ImportFault::VariableCount { got });
    }
    let mut names = BTreeSet::new();
    for variable in &draft.variables {
        if !names.insert(variable.name.as_str()) {
            return Err(ImportFault::variable(
                &variable.name,
                "is there twice; want it once",
            ));
        }
        let levels = variable.level_points().len() - 1;
        if levels > LEVEL_MAX as usize {
            let message = format!("has {levels} bins; want at most {LEVEL_MAX}: merge some");
            return Err(ImportFault::variable(&variable.name, message));
        }
    }
    Ok(())
}

/// A text that may stand in a scorecard: as it is if it can, else without what
/// cannot.
fn printable(text: &str, empty: &str, chars_max: usize) -> String {
    if text::check(text, chars_max).is_ok() {
        return text.to_owned();
    }
    let kept = |c: &char| text::check(&format!("a{c}a"), 3).is_ok();
    let kept: String = text.trim().chars().filter(kept).take(chars_max).collect();
    let kept = kept.trim();
    if kept.is_empty() {
        empty.to_owned()
    } else {
        kept.to_owned()
    }
}

/// Names for the scheme's lines: the column's, as far as a line may have it,
/// each once.
fn line_names(variables: &[Variable]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(variables.len());
    for variable in variables {
        let base = line_name(variable.line.as_deref().unwrap_or(&variable.column));
        let numbered = (2..).map(|number| {
            let ending = format!("_{number}");
            let kept: String = base.chars().take(LINE_CHARS_MAX - ending.len()).collect();
            kept + &ending
        });
        let name = std::iter::once(base.clone())
            .chain(numbered)
            .find(|name| !taken.contains(name))
            .expect("there are more numbers than variables");
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// The longest name of a line.
const LINE_CHARS_MAX: usize = 48;

fn line_name(column: &str) -> String {
    let word = |c: char| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '_') => c,
        _ => '_',
    };
    let mut name: String = column.chars().map(word).collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "c_");
    }
    name.truncate(LINE_CHARS_MAX);
    name
}

fn scheme(
    draft: &Draft,
    name: &str,
    lines: &[String],
    options: &ImportOptions,
) -> Result<Scheme, ImportError> {
    let about = &draft.about;
    let currency = (options.currency.as_deref())
        .or(about.currency.as_deref())
        .unwrap_or("EUR");
    let scheme_name = about.scheme.clone().unwrap_or_else(|| {
        let name = line_name(name).replace('_', "-");
        name.trim_end_matches('-').to_owned()
    });
    let lines: Vec<Value> = draft
        .variables
        .iter()
        .zip(lines)
        .map(|(variable, line)| column_line(variable, line))
        .collect();
    let json = json!({
        "blindscore_scheme": 1, "name": scheme_name, "version": 1, "currency": currency,
        "sources_max": 1, "tabular": true, "lines": lines,
    });
    Ok(Scheme::from_json(&json.to_string())?)
}

fn column_line(variable: &Variable, name: &str) -> Value {
    let mut line = json!({"name": name, "kind": "column", "column": variable.column});
    match &variable.scale {
        Scale::Numbers { cuts, .. } => {
            line["cuts"] = cuts.iter().map(super::draft::Boundary::text).collect();
        }
        Scale::Categories { groups, other } => {
            line["values"] = groups.iter().map(|(group, _)| json!(group)).collect();
            line["other"] = json!(other.is_some());
        }
    }
    if !variable.special.is_empty() {
        let special = variable.special.iter().map(|(value, _)| value.to_string());
        line["special"] = special.collect();
    }
    line
}

fn scorecard(
    draft: &Draft,
    name: &str,
    lines: &[String],
    counted: &Counted,
    scheme: &Scheme,
    options: &ImportOptions,
) -> Result<Scorecard, ScorecardError> {
    let about = &draft.about;
    let provider = options.provider.as_deref().or(about.provider.as_deref());
    let from = format!("not stated (from {})", draft.format);
    let provider = printable(provider.unwrap_or(&from), &from, NAME_CHARS_MAX);
    let mut builder = ScorecardBuilder::new(name, provider)
        .version(about.version.unwrap_or(1))
        .base_points(counted.base_points)
        .scaling(counted.scaling.clone());
    let mut reasons = Reasons::default();
    for (index, variable) in draft.variables.iter().enumerate() {
        let points = &counted.points[index];
        let reason = reasons.settle(index, variable);
        let characteristic = CharacteristicBuilder::new(
            printable(&variable.name, &lines[index], NAME_CHARS_MAX),
            &lines[index],
            None,
        )
        .not_known(points[0])
        .attributes((1..).zip(points[1..].iter().copied()))
        .reason(reason.0, reason.1)
        .baseline(counted.baselines[index]);
        builder = builder.characteristic(characteristic);
    }
    builder.build(scheme)
}

/// Reason codes so far: each has one text throughout a scorecard.
#[derive(Default)]
struct Reasons(BTreeMap<String, String>);

impl Reasons {
    /// The file's code if it can be one, else `R01`, `R02`, …; the file's text,
    /// else the column.
    fn settle(&mut self, index: usize, variable: &Variable) -> (String, String) {
        let column = printable(&variable.column, "a column", REASON_CHARS_MAX);
        let given = variable.reason.as_ref();
        let usable = |reason: &&Reason| text::check_code(&reason.code).is_ok();
        let code = match given.filter(usable) {
            Some(reason) => reason.code.clone(),
            None => format!("R{:02}", index + 1),
        };
        let text = match given {
            Some(Reason {
                text: Some(text), ..
            }) => printable(text, &column, REASON_CHARS_MAX),
            Some(reason) if reason.code != code => printable(
                &format!("{}: {column}", reason.code),
                &column,
                REASON_CHARS_MAX,
            ),
            _ => column,
        };
        let text = self.0.entry(code.clone()).or_insert(text).clone();
        (code, text)
    }
}

/// A note if a code of the file was replaced.
pub(crate) fn reason_notes(variables: &[Variable]) -> Vec<Note> {
    let replaced = variables.iter().filter_map(|variable| {
        let code = &variable.reason.as_ref()?.code;
        text::check_code(code).is_err().then(|| {
            let message = format!(
                "its reason code {:?} became a number of this card; its text keeps the old one",
                short(code)
            );
            Note::about(&variable.name, message)
        })
    });
    replaced.collect()
}
