//! optbinning's card: the table of `Scorecard.table()`, the binning of each
//! variable (`to_dict()`), the fitted model, the intercept of an
//! intercept-based card; alone or together.
//!
//! As its `Scorecard.score` reads it: bins are closed on the left, special
//! codes come before bins, and a category that is in no bin has the points of
//! `Missing` (its index is -1, the last row). The table prints cut points with
//! so many digits and leaves out which values are special; the binning has
//! both exactly.

use blindscore_history::decimal::Decimal;

use super::bins::{self, Bin, Interval};
use super::draft::{About, Boundary, Draft, Scale, Variable};
use super::error::{ImportError, ImportFault, Note, short};
use super::format::Format;
use super::optbinning_json::{Binning, Values};
use super::optbinning_model::Model;
use super::optbinning_text::{Label, label};
use super::settle::ImportOptions;
use super::table::{BinRow, Group, Table};

/// The files of one card, each with its name.
#[derive(Default)]
pub(super) struct Files {
    pub(super) table: Option<(String, Table)>,
    pub(super) binning: Option<(String, Vec<Binning>)>,
    pub(super) model: Option<(String, Model)>,
    pub(super) intercept: Option<(String, Decimal)>,
}

impl Files {
    /// The card that they make together, and the file to blame for faults of
    /// it.
    pub(super) fn draft(self, options: &ImportOptions) -> Result<(Draft, String), ImportError> {
        let together = |message: &str| {
            Err(ImportError::Together {
                message: message.to_owned(),
            })
        };
        match (self.table, self.binning, self.model) {
            (Some((file, table)), binning, model) => {
                let binning = binning.map(|(_, binning)| binning);
                let needs_intercept = model.is_some_and(|(_, model)| model.intercept_based);
                if needs_intercept && self.intercept.is_none() {
                    return together(
                        "the model is intercept-based, and its table leaves the intercept out: \
                         import {\"intercept_\": …} (Scorecard.intercept_) with it",
                    );
                }
                let intercept = self.intercept.map(|(_, intercept)| intercept);
                let draft = from_table(&table, binning.as_deref(), intercept, options)
                    .map_err(|fault| fault.of(&file))?;
                Ok((draft, file))
            }
            (None, Some((file, binning)), Some((model_file, model))) => {
                let (draft, blame) = match model.draft(&binning) {
                    Ok(draft) => (draft, file),
                    Err(fault) => return Err(fault.of(&model_file)),
                };
                Ok((draft, blame))
            }
            (None, Some(_), None) => together(
                "optbinning's binning holds no points: import it with the model (intercept, \
                 coefficients and scaling as JSON) or with Scorecard.table() as CSV",
            ),
            (None, None, Some(_)) => together(
                "optbinning's model holds no cut points: import it with the binning (to_dict() of \
                 each variable as JSON)",
            ),
            (None, None, None) => together(
                "an intercept alone is no scorecard: import it with Scorecard.table() as CSV",
            ),
        }
    }
}

fn from_table(
    table: &Table,
    binning: Option<&[Binning]>,
    intercept: Option<Decimal>,
    options: &ImportOptions,
) -> Result<Draft, ImportFault> {
    let groups = table.groups("Variable", "Bin", "Points", Some("Count"))?;
    let mut notes = Vec::new();
    if binning.is_none() {
        refuse_rounded(&groups, options.force, &mut notes)?;
    }
    let mut variables = Vec::with_capacity(groups.len());
    for group in &groups {
        let name = &group.variable;
        let binned = match binning {
            None => None,
            Some(all) => Some(all.iter().find(|b| b.name == *name).ok_or_else(|| {
                ImportFault::variable(name, "is in the table but not in the binning")
            })?),
        };
        variables.push(variable(group, binned, options, &mut notes)?);
    }
    if intercept.is_none() && variables.iter().all(starts_at_zero) {
        notes.push(Note::new(
            "the least points of every variable are 0, as in an intercept-based card, whose \
             table leaves the intercept out: if it is one, import {\"intercept_\": …} with it",
        ));
    }
    Ok(Draft {
        format: Format::Optbinning,
        about: About::default(),
        base: intercept.unwrap_or_else(|| 0.into()),
        variables,
        points_count_risk: false,
        scaling: None,
        notes,
    })
}

fn starts_at_zero(variable: &Variable) -> bool {
    let points = variable.level_points();
    points.iter().min().is_some_and(|least| least.is_zero())
}

/// Digits of the default table, from which cut points cannot be told.
const DIGITS_TOO_FEW: usize = 2;

/// Tables print cut points with a fixed number of digits.
fn refuse_rounded(groups: &[Group], force: bool, notes: &mut Vec<Note>) -> Result<(), ImportFault> {
    let printed: Vec<usize> = groups
        .iter()
        .flat_map(|group| &group.rows)
        .filter_map(|row| Interval::read(&row.bin))
        .flat_map(|interval| interval.printed_places)
        .collect();
    let Some(&digits) = printed.iter().max() else {
        return Ok(());
    };
    let last = Decimal::scaled_down(5, u8::try_from(digits + 1).unwrap_or(u8::MAX));
    if digits > DIGITS_TOO_FEW {
        notes.push(Note::new(format!(
            "the table prints cut points with {digits} digits, so each was rounded by up to \
             {last}: a value that close to a cut can lie in the other bin. With the binning \
             (to_dict() of each variable as JSON) they are exact"
        )));
        return Ok(());
    }
    let message = format!(
        "the table prints cut points with {digits} digits, from which they cannot be told (0.0005 \
         prints as 0.00): import the binning (to_dict() of each variable as JSON) with it, or fit \
         again with show_digits=8"
    );
    if !force {
        return Err(ImportFault::Force { message });
    }
    notes.push(Note::new(format!("{message}; imported as printed")));
    Ok(())
}

/// What the rows of a variable are.
#[derive(Default)]
struct Sorted<'a> {
    intervals: Vec<Bin<'a>>,
    groups: Vec<(Vec<String>, Decimal)>,
    /// Named special bins, in the table's order.
    special: Vec<&'a BinRow>,
    missing: Option<Decimal>,
}

fn variable(
    group: &Group,
    binned: Option<&Binning>,
    options: &ImportOptions,
    notes: &mut Vec<Note>,
) -> Result<Variable, ImportFault> {
    let name = &group.variable;
    let mut sorted = Sorted::default();
    for row in &group.rows {
        let points = row.points.clone();
        match label(&row.bin).map_err(|message| ImportFault::variable(name, message))? {
            Label::Missing => sorted.missing = Some(points),
            Label::Interval(interval) => sorted.intervals.push(Bin {
                text: &row.bin,
                interval,
                points,
            }),
            Label::Categories(categories) => sorted.groups.push((categories, points)),
            Label::Special => sorted.special.push(row),
            Label::Other(_) if binned.is_some_and(|b| b.names_special(&row.bin)) => {
                sorted.special.push(row);
            }
            Label::Other(text) => {
                let message = format!(
                    "bin {:?} is neither a range nor a list of categories nor Special or Missing; \
                     if it names special codes, import the binning with the table",
                    short(text)
                );
                return Err(ImportFault::variable(name, message));
            }
        }
    }
    let missing = (sorted.missing.take())
        .ok_or_else(|| ImportFault::variable(name, "has no row Missing; is the file cut short?"))?;
    let codes = special_codes(name, &sorted.special, binned, options, notes)?;
    if sorted.groups.is_empty() {
        let mut scale = bins::numbers(name, sorted.intervals)?;
        if let (Some(binned), Scale::Numbers { cuts, .. }) = (binned, &mut scale) {
            *cuts = exact_cuts(name, cuts, &group.rows, binned)?;
        }
        let mut variable = Variable::new(name, scale, missing);
        for (code, points) in codes {
            let value = code.parse().map_err(|_| {
                ImportFault::variable(name, format!("special value {code:?} is not a number"))
            })?;
            variable.special.push((value, points));
        }
        return Ok(variable);
    }
    if !sorted.intervals.is_empty() {
        return Err(ImportFault::variable(
            name,
            "has both ranges and lists of categories",
        ));
    }
    if let Some(binned) = binned {
        same_groups(name, &sorted.groups, binned)?;
    }
    Ok(categorical(name, sorted.groups, codes, missing))
}

/// A categorical variable: special codes come first, then bins; any other
/// category counts as missing.
pub(super) fn categorical(
    name: &str,
    mut groups: Vec<(Vec<String>, Decimal)>,
    codes: Vec<(String, Decimal)>,
    missing: Decimal,
) -> Variable {
    let is_number = |text: &String| text.parse::<Decimal>().is_ok();
    let has_numbers = groups.iter().flat_map(|(group, _)| group).any(is_number);
    for (code, points) in codes {
        // A number is never equal to a text, so a numeric code among texts
        // says nothing.
        if has_numbers || !is_number(&code) {
            for (group, _) in &mut groups {
                group.retain(|category| *category != code);
            }
            groups.push((vec![code], points));
        }
    }
    groups.retain(|(group, _)| !group.is_empty());
    let scale = Scale::Categories {
        groups,
        other: Some(missing.clone()),
    };
    Variable::new(name, scale, missing)
}

/// The special values with their points.
fn special_codes(
    name: &str,
    rows: &[&BinRow],
    binned: Option<&Binning>,
    options: &ImportOptions,
    notes: &mut Vec<Note>,
) -> Result<Vec<(String, Decimal)>, ImportFault> {
    let told = options.special.get(name);
    let mut codes = Vec::new();
    for row in rows {
        let values = match (binned, told) {
            (Some(binned), _) => binned.special_values(&row.bin),
            (None, Some(told)) => told.clone(),
            (None, None) => {
                if row.count.as_ref().is_some_and(|count| !count.is_zero()) {
                    notes.push(Note::about(
                        name,
                        "records with special values were in training, but the table leaves out \
                         which values these are: such a value is scored as a number. Import the \
                         binning with the table, or say --special",
                    ));
                }
                Vec::new()
            }
        };
        codes.extend(values.into_iter().map(|value| (value, row.points.clone())));
    }
    Ok(codes)
}

/// The binning's cut points, which must print as the table's do.
fn exact_cuts(
    name: &str,
    printed: &[Boundary],
    rows: &[BinRow],
    binned: &Binning,
) -> Result<Vec<Boundary>, ImportFault> {
    let other_fit = || {
        let message = "its cut points in the binning are not those of the table; import the \
                       binning of the same fit";
        ImportFault::variable(name, message)
    };
    let Values::Numbers { cuts } = &binned.values else {
        return Err(other_fit());
    };
    let digits = rows
        .iter()
        .filter_map(|row| Interval::read(&row.bin))
        .flat_map(|interval| interval.printed_places)
        .max()
        .unwrap_or(0);
    let places = u8::try_from(digits).map_err(|_| other_fit())?;
    if cuts.len() != printed.len() {
        return Err(other_fit());
    }
    // Both may round a half either way, so one unit in the last digit passes.
    let unit = |value: &Decimal| value.rounded(places);
    for (cut, printed) in cuts.iter().zip(printed) {
        match (unit(cut), unit(&printed.value)) {
            (Some(cut), Some(printed)) if cut.abs_diff(printed) <= 1 => {}
            _ => return Err(other_fit()),
        }
    }
    Ok(cuts.iter().cloned().map(Boundary::at).collect())
}

fn same_groups(
    name: &str,
    groups: &[(Vec<String>, Decimal)],
    binned: &Binning,
) -> Result<(), ImportFault> {
    let sorted = |group: &[String]| {
        let mut group = group.to_vec();
        group.sort_unstable();
        group
    };
    let printed: Vec<_> = groups.iter().map(|(group, _)| sorted(group)).collect();
    match &binned.values {
        Values::Categories {
            groups: Some(exact),
        } if exact.iter().map(|g| sorted(g)).collect::<Vec<_>>() != printed => {
            let message = "its groups of categories in the binning are not those of the table; \
                           import the binning of the same fit";
            Err(ImportFault::variable(name, message))
        }
        Values::Numbers { .. } => {
            let message = "is categorical in the table and numerical in the binning; import the \
                           binning of the same fit";
            Err(ImportFault::variable(name, message))
        }
        Values::Categories { .. } => {
            let all = groups.iter().flat_map(|(group, _)| group);
            bins::refuse_twice(name, all)
        }
    }
}
