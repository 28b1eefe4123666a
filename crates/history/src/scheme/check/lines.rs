//! One line: the fields that its kind has, no others, and their ranges.

use super::super::error::{SchemeError, SchemeFault};
use super::super::line::{Line, LineKind, PooledLine, SingleLine, SumLine};
use super::super::measure::{PooledMeasure, SingleMeasure};
use super::super::raw::{RawKind, RawLine};
use super::super::role::Role;
use super::super::{LEVEL_MAX, NUMBER_MAX, WINDOW_MAX, turned_on};
use super::{Place, columns, in_range};
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// What a line's checks need of its scheme.
pub(super) struct Context<'a> {
    pub(super) sources_max: u32,
    pub(super) sensitive: &'a [(Category, String)],
}

impl Context<'_> {
    fn reads(&self, category: Category) -> bool {
        turned_on(self.sensitive, category)
    }
}

/// The line, except that a sum line is still empty.
pub(super) fn line(
    raw: &RawLine,
    at: Place<'_>,
    context: &Context<'_>,
) -> Result<Line, SchemeError> {
    let fields = Fields { raw, at };
    fields.refuse_foreign()?;
    let (kind, unit, cap, windows) = match raw.kind {
        RawKind::Pooled => (
            LineKind::Pooled(fields.pooled(context)?),
            fields.unit()?,
            fields.cap()?,
            fields.windows()?,
        ),
        RawKind::Single => (
            LineKind::Single(fields.single()?),
            fields.unit()?,
            fields.cap()?,
            fields.windows()?,
        ),
        RawKind::Column => {
            let (column, unit, cap) = fields.column()?;
            (LineKind::Column(column), unit, cap, vec![0])
        }
        RawKind::Sum => {
            let empty = SumLine {
                members: Vec::new(),
                measure: PooledMeasure::Amount,
            };
            (LineKind::Sum(empty), 1, 0, Vec::new())
        }
    };
    if let LineKind::Pooled(pooled) = &kind
        && pooled.measure == PooledMeasure::Months
        && unit != 1
    {
        return Err(at.fault("unit", SchemeFault::MonthsUnit { got: unit }));
    }
    Ok(Line {
        name: raw.name.clone(),
        kind,
        unit,
        cap,
        windows,
    })
}

/// The line in the JSON form, every default written out, every set sorted.
pub(super) fn written_out(line: &Line, lines: &[Line]) -> RawLine {
    let mut raw = RawLine {
        name: line.name.clone(),
        kind: RawKind::Sum,
        direction: None,
        flows: None,
        categories: None,
        measure: None,
        role: None,
        members: None,
        unit: Some(line.unit),
        origin: line.origin(),
        cap: Some(i64::from(line.cap)),
        windows: Some(line.windows.iter().copied().map(i64::from).collect()),
        column: None,
        formula: None,
        decimals: None,
        cuts: None,
        values: None,
        other: None,
        special: None,
    };
    match &line.kind {
        LineKind::Pooled(pooled) => {
            raw.kind = RawKind::Pooled;
            raw.direction = Some(pooled.direction);
            raw.flows = Some(pooled.flows.clone());
            raw.categories.clone_from(&pooled.listed);
            raw.measure = Some(pooled.measure.name().to_owned());
        }
        LineKind::Single(single) => {
            raw.kind = RawKind::Single;
            raw.measure = Some(single.measure.name().to_owned());
            raw.role = Some(single.role.as_str().to_owned());
        }
        LineKind::Column(column) => {
            raw.kind = RawKind::Column;
            raw.windows = None;
            columns::write_out(column, &mut raw);
        }
        LineKind::Sum(sum) => {
            raw.kind = RawKind::Sum;
            let name = |&member: &usize| lines[member].name.clone();
            raw.members = Some(sum.members.iter().map(name).collect());
            (raw.unit, raw.cap, raw.windows) = (None, None, None);
        }
    }
    raw
}

pub(super) struct Fields<'a> {
    pub(super) raw: &'a RawLine,
    pub(super) at: Place<'a>,
}

impl Fields<'_> {
    fn refuse_foreign(&self) -> Result<(), SchemeError> {
        let raw = self.raw;
        let (pooled, single, sum, column) = (
            raw.kind == RawKind::Pooled,
            raw.kind == RawKind::Single,
            raw.kind == RawKind::Sum,
            raw.kind == RawKind::Column,
        );
        let fields = [
            ("direction", raw.direction.is_some(), pooled),
            ("flows", raw.flows.is_some(), pooled),
            ("categories", raw.categories.is_some(), pooled),
            ("measure", raw.measure.is_some(), pooled || single),
            ("role", raw.role.is_some(), single),
            ("members", raw.members.is_some(), sum),
            ("unit", raw.unit.is_some(), !sum),
            ("origin", raw.origin.is_some(), single || column),
            ("cap", raw.cap.is_some(), !sum),
            ("windows", raw.windows.is_some(), pooled || single),
            ("column", raw.column.is_some(), column),
            ("formula", raw.formula.is_some(), column),
            ("decimals", raw.decimals.is_some(), column),
            ("cuts", raw.cuts.is_some(), column),
            ("values", raw.values.is_some(), column),
            ("other", raw.other.is_some(), column),
            ("special", raw.special.is_some(), column),
        ];
        let kind = raw.kind.name();
        match fields
            .into_iter()
            .find(|(_, given, belongs)| *given && !belongs)
        {
            Some((name, ..)) => Err(self.at.fault(name, SchemeFault::Foreign { kind })),
            None => Ok(()),
        }
    }

    fn pooled(&self, context: &Context<'_>) -> Result<PooledLine, SchemeError> {
        let flows = self.flows()?;
        let listed = self.categories(&flows, context)?;
        let readable = || {
            Category::ALL
                .into_iter()
                .filter(|c| context.reads(*c))
                .collect()
        };
        let measure = match &self.raw.measure {
            None => PooledMeasure::Amount,
            Some(name) => {
                let found = PooledMeasure::ALL.into_iter().find(|m| m.name() == name);
                found.ok_or_else(|| self.bad_name("measure", name, "amount or months"))?
            }
        };
        Ok(PooledLine {
            direction: self.raw.direction.unwrap_or(Direction::Out),
            flows,
            categories: listed.clone().unwrap_or_else(readable),
            listed,
            measure,
        })
    }

    fn single(&self) -> Result<SingleLine, SchemeError> {
        let name = self.required("measure", self.raw.measure.as_ref())?;
        let found = SingleMeasure::ALL.into_iter().find(|m| m.name() == name);
        let measure = found.ok_or_else(|| {
            let want = "lowest_balance, months_active, months_overdrawn, income_regularity, \
                        spending_volatility, cash_share, essential_share or savings_rate";
            self.bad_name("measure", name, want)
        })?;
        let role = self.required("role", self.raw.role.as_ref())?;
        let role = Role::new(role).map_err(|_| {
            self.bad_name("role", role, "a role: 1 to 32 characters of a-z, 0-9 and _")
        })?;
        let origin = self.origin()?;
        Ok(SingleLine {
            measure,
            role,
            origin,
        })
    }

    fn flows(&self) -> Result<Vec<Flow>, SchemeError> {
        let flows = self.required("flows", self.raw.flows.as_ref())?;
        self.length("flows", flows.len(), Flow::ALL.len())?;
        self.sorted_set("flows", flows, Flow::code, Flow::name)
    }

    fn categories(
        &self,
        flows: &[Flow],
        context: &Context<'_>,
    ) -> Result<Option<Vec<Category>>, SchemeError> {
        let Some(categories) = &self.raw.categories else {
            return Ok(None);
        };
        self.length("categories", categories.len(), Category::ALL.len())?;
        if !flows.iter().any(|flow| flow.carries_category()) {
            return Err(self.at.fault("categories", SchemeFault::NoCategories));
        }
        for (index, category) in categories.iter().enumerate() {
            if !context.reads(*category) {
                let path = format!("categories[{index}]");
                return Err(self
                    .at
                    .fault(&path, SchemeFault::Sensitive(category.name())));
            }
        }
        self.sorted_set("categories", categories, Category::code, Category::name)
            .map(Some)
    }

    pub(super) fn unit(&self) -> Result<i64, SchemeError> {
        let unit = *self.required("unit", self.raw.unit.as_ref())?;
        self.range("unit", unit, 1, NUMBER_MAX)?;
        Ok(unit)
    }

    pub(super) fn origin(&self) -> Result<i64, SchemeError> {
        let origin = self.raw.origin.unwrap_or(0);
        self.range("origin", origin, -NUMBER_MAX, NUMBER_MAX)?;
        Ok(origin)
    }

    pub(super) fn cap(&self) -> Result<u32, SchemeError> {
        let cap = *self.required("cap", self.raw.cap.as_ref())?;
        self.range("cap", cap, 1, i64::from(LEVEL_MAX))?;
        Ok(u32::try_from(cap).expect("checked to be 1 to 255"))
    }

    fn windows(&self) -> Result<Vec<u8>, SchemeError> {
        let raw = self.required("windows", self.raw.windows.as_ref())?;
        self.length("windows", raw.len(), usize::from(WINDOW_MAX))?;
        let mut windows: Vec<u8> = Vec::with_capacity(raw.len());
        for (index, &window) in raw.iter().enumerate() {
            let path = format!("windows[{index}]");
            self.range(&path, window, 1, i64::from(WINDOW_MAX))?;
            let got = u8::try_from(window).expect("checked to be 1 to 60");
            if let Some(&before) = windows.last()
                && got <= before
            {
                return Err(self.at.fault(&path, SchemeFault::Windows { got, before }));
            }
            windows.push(got);
        }
        Ok(windows)
    }

    fn required<'b, T>(&self, name: &str, value: Option<&'b T>) -> Result<&'b T, SchemeError> {
        let kind = self.raw.kind.name();
        value.ok_or_else(|| self.at.fault(name, SchemeFault::Missing { kind }))
    }

    pub(super) fn range(
        &self,
        path: &str,
        got: i64,
        least: i64,
        greatest: i64,
    ) -> Result<(), SchemeError> {
        in_range(got, least, greatest).map_err(|fault| self.at.fault(path, fault))
    }

    pub(super) fn length(
        &self,
        path: &str,
        got: usize,
        greatest: usize,
    ) -> Result<(), SchemeError> {
        if (1..=greatest).contains(&got) {
            return Ok(());
        }
        let fault = SchemeFault::Length {
            got,
            least: 1,
            greatest,
        };
        Err(self.at.fault(path, fault))
    }

    fn sorted_set<T: Copy>(
        &self,
        path: &str,
        items: &[T],
        code: impl Fn(T) -> u8,
        name: impl Fn(T) -> &'static str,
    ) -> Result<Vec<T>, SchemeError> {
        let mut sorted = items.to_vec();
        sorted.sort_by_key(|item| code(*item));
        match sorted
            .windows(2)
            .find(|pair| code(pair[0]) == code(pair[1]))
        {
            Some(pair) => {
                let fault = SchemeFault::Twice(name(pair[0]).to_owned());
                Err(self.at.fault(path, fault))
            }
            None => Ok(sorted),
        }
    }

    pub(super) fn bad_name(&self, path: &str, got: &str, want: &'static str) -> SchemeError {
        let got = got.chars().take(64).collect();
        self.at.fault(path, SchemeFault::Name { got, want })
    }
}
