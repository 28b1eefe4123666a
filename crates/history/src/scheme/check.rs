//! From the JSON form to a valid scheme: what spans several fields is checked
//! here, and every fault is reported with its place.

use super::cells::CellSize;
use super::error::{SchemeError, SchemeFault};
use super::line::{Line, LineWindow};
use super::raw::{RawLine, RawScheme};
use super::{LEVEL_MAX, LINES_MAX, LineKind, NUMBER_MAX, SOURCES_MAX, Scheme, Units};
use crate::digest::Framed;
use crate::label;
use crate::taxonomy::Category;

mod columns;
mod lines;
mod sums;
mod text;

use lines::Context;
use text::NameForm;

/// The version of the JSON form.
const FORM_VERSION: u32 = 1;
/// The most characters of a reason for a sensitive category.
const REASON_MAX: usize = 400;

pub(super) fn parse(text: &str) -> Result<Scheme, SchemeError> {
    build(text::raw(text)?)
}

/// The scheme's own form with other units, checked like any text.
pub(super) fn with_units(
    scheme: &Scheme,
    version: u32,
    units: &[Option<Units>],
) -> Result<Scheme, SchemeError> {
    let mut raw = text::raw(&scheme.canonical)?;
    raw.version = version;
    for (line, units) in raw.lines.iter_mut().zip(units) {
        if let Some(units) = units {
            line.unit = Some(units.unit);
            line.origin = units.origin.or(line.origin);
            line.cap = Some(i64::from(units.cap));
        }
    }
    build(raw)
}

/// Some of the scheme's lines.
pub(super) fn with_lines(
    scheme: &Scheme,
    keep: &dyn Fn(&Line) -> bool,
) -> Result<Scheme, SchemeError> {
    let mut raw = text::raw(&scheme.canonical)?;
    let mut kept = scheme.lines.iter().map(keep);
    raw.lines.retain(|_| kept.next().unwrap_or(false));
    build(raw)
}

fn build(mut raw: RawScheme) -> Result<Scheme, SchemeError> {
    range(
        "blindscore_scheme",
        raw.blindscore_scheme,
        FORM_VERSION,
        FORM_VERSION,
    )?;
    NameForm::SCHEME
        .check(&raw.name)
        .map_err(|fault| field("name", fault))?;
    range("version", raw.version, 1, u32::MAX)?;
    let currency = raw.currency.parse().map_err(|_| {
        let got = raw.currency.clone();
        let want = "a currency's code of ISO 4217 such as EUR";
        field("currency", SchemeFault::Name { got, want })
    })?;
    range("sources_max", raw.sources_max, 1, i64::from(SOURCES_MAX))?;
    range("spread", raw.spread, 0, NUMBER_MAX)?;
    let sensitive = reasons(&raw)?;
    if !(1..=LINES_MAX).contains(&raw.lines.len()) {
        let fault = SchemeFault::Length {
            got: raw.lines.len(),
            least: 1,
            greatest: LINES_MAX,
        };
        return Err(field("lines", fault));
    }

    let context = Context {
        sources_max: u32::try_from(raw.sources_max).expect("checked to be 1 to 8"),
        sensitive: &sensitive,
    };
    let lines = all_lines(&raw.lines, &context)?;
    let tabular = lines
        .iter()
        .any(|line| matches!(line.kind, LineKind::Column(_)));
    if raw.tabular != tabular {
        return Err(field("tabular", SchemeFault::Tabular { got: raw.tabular }));
    }

    let line_windows = line_windows(&lines, context.sources_max);
    let sources_max = context.sources_max;
    let fitting = CellSize::of(&lines, &line_windows, sources_max);
    let cell_size = raw.cells.unwrap_or(fitting);
    raw.cells = raw.cells.filter(|cells| *cells != fitting);
    raw.sensitive.0.clone_from(&sensitive);
    raw.lines = lines
        .iter()
        .map(|line| lines::written_out(line, &lines))
        .collect();
    let canonical = serde_json_canonicalizer::to_string(&raw)
        .expect("names, and integers of at most 53 bits, have a canonical form");
    Ok(Scheme {
        name: raw.name,
        version: raw.version,
        currency,
        sources_max,
        spread: u64::try_from(raw.spread).expect("checked not to be negative"),
        tabular,
        cell_size,
        sensitive,
        lines,
        line_windows,
        digest: Framed::new(label::SCHEME)
            .bytes(canonical.as_bytes())
            .digest(),
        canonical,
    })
}

fn reasons(raw: &RawScheme) -> Result<Vec<(Category, String)>, SchemeError> {
    let mut reasons = raw.sensitive.0.clone();
    reasons.sort_by_key(|(category, _)| category.code());
    for (at, (category, reason)) in reasons.iter().enumerate() {
        let here = |fault| field(&format!("sensitive.{}", category.name()), fault);
        if !category.is_sensitive() {
            return Err(here(SchemeFault::NotSensitive(category.name())));
        }
        if at > 0 && reasons[at - 1].0 == *category {
            return Err(here(SchemeFault::Twice(category.name().to_owned())));
        }
        if !text::is_plain(reason, REASON_MAX) {
            return Err(here(SchemeFault::Name {
                got: reason.chars().take(REASON_MAX).collect(),
                want: "a reason of 1 to 400 characters, not blank, without control characters",
            }));
        }
    }
    Ok(reasons)
}

/// Sum lines come second: their members may stand below them.
fn all_lines(raw: &[RawLine], context: &Context<'_>) -> Result<Vec<Line>, SchemeError> {
    let mut lines = Vec::with_capacity(raw.len());
    for (index, line) in raw.iter().enumerate() {
        let at = Place {
            index,
            name: &line.name,
        };
        NameForm::LINE
            .check(&line.name)
            .map_err(|fault| at.fault("name", fault))?;
        if raw[..index].iter().any(|before| before.name == line.name) {
            return Err(at.fault("name", SchemeFault::Twice(line.name.clone())));
        }
        lines.push(lines::line(line, at, context)?);
    }
    sums::resolve(raw, &mut lines)?;
    for (index, line) in lines.iter().enumerate() {
        let most = if line.adds_up() {
            context.sources_max
        } else {
            1
        };
        if u64::from(most) * u64::from(line.cap) > u64::from(LEVEL_MAX) {
            let fault = SchemeFault::Range {
                sources_max: most,
                cap: line.cap,
                max: LEVEL_MAX,
            };
            let path = if matches!(line.kind, LineKind::Sum(_)) {
                "members"
            } else {
                "cap"
            };
            return Err(Place {
                index,
                name: &line.name,
            }
            .fault(path, fault));
        }
    }
    Ok(lines)
}

fn line_windows(lines: &[Line], sources_max: u32) -> Vec<LineWindow> {
    let mut all = Vec::new();
    for (line_index, line) in lines.iter().enumerate() {
        let most = if line.adds_up() { sources_max } else { 1 };
        for (window, &months) in line.windows.iter().enumerate() {
            all.push(LineWindow {
                line: line_index,
                window,
                months,
                source_level_max: line.cap,
                level_max: most * line.cap,
            });
        }
    }
    all
}

/// Where a line stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    index: usize,
    name: &'a str,
}

impl Place<'_> {
    fn fault(self, path: &str, fault: SchemeFault) -> SchemeError {
        SchemeError::Line {
            name: self.name.chars().take(NameForm::LINE.length_max).collect(),
            path: format!("lines[{}].{path}", self.index),
            fault,
        }
    }
}

fn field(path: &str, fault: SchemeFault) -> SchemeError {
    SchemeError::Field {
        path: path.to_owned(),
        fault,
    }
}

fn range<T: Into<i64>>(path: &str, got: T, least: T, greatest: T) -> Result<(), SchemeError> {
    in_range(got, least, greatest).map_err(|fault| field(path, fault))
}

fn in_range<T: Into<i64>>(got: T, least: T, greatest: T) -> Result<(), SchemeFault> {
    let (got, least, greatest) = (got.into(), least.into(), greatest.into());
    if (least..=greatest).contains(&got) {
        Ok(())
    } else {
        Err(SchemeFault::OutOfRange {
            got,
            least,
            greatest,
        })
    }
}
