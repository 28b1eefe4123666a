//! Random valid schemes.
//!
//! A scheme is drawn as a list of *families*: one line, or pooled lines of
//! equal unit and windows with their sum. Caps are then fitted to the table
//! range and the slots that are left, so nothing is drawn to be thrown away.

use std::ops::RangeInclusive;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::scheme::{LEVEL_MAX, SOURCES_MAX, Scheme, SingleMeasure, WINDOW_MAX};
use crate::taxonomy::{Category, Flow};

/// What the schemes drawn may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeBounds {
    /// How many lines; within 1 to 255.
    pub lines: RangeInclusive<usize>,
    /// How many windows a line; within 1 to 60.
    pub windows: RangeInclusive<usize>,
    /// The most slots; at least 2. Lines that no longer fit are left out, so
    /// there can be fewer than `lines` says.
    pub slots_max: usize,
    /// `sources_max`; within 1 to 8.
    pub sources_max: RangeInclusive<u32>,
    /// Whether there are column lines: then at least one, else none.
    pub tabular: bool,
}

impl Default for SchemeBounds {
    /// 1 to 6 lines of 1 to 4 windows, 2048 slots, 1 to 8 sources, no columns.
    fn default() -> Self {
        Self {
            lines: 1..=6,
            windows: 1..=4,
            slots_max: 2048,
            sources_max: 1..=SOURCES_MAX,
            tabular: false,
        }
    }
}

/// A small scheme within the default [`SchemeBounds`]: ledgers can be scored by
/// it.
pub fn scheme() -> impl Strategy<Value = Scheme> {
    scheme_within(SchemeBounds::default())
}

/// A scheme within bounds.
pub fn scheme_within(bounds: SchemeBounds) -> impl Strategy<Value = Scheme> {
    (
        bounds.sources_max.clone(),
        any::<u32>(),
        subsequence(vec![Category::Health, Category::PersonalOther], 0..=2),
        option::of(select(vec!["compact", "fine"])),
        prop::collection::vec(family(&bounds), bounds.lines.clone()),
    )
        .prop_map(move |(sources_max, spread, sensitive, cells, families)| {
            let reason = |c: &Category| (c.name().to_owned(), json!("a reason"));
            let mut json = json!({
                "blindscore_scheme": 1,
                "name": "random",
                "version": 1,
                "currency": "EUR",
                "sources_max": sources_max,
                "spread": spread,
                "tabular": bounds.tabular,
                "sensitive": sensitive.iter().map(reason).collect::<Map<_, _>>(),
                "lines": lines(&bounds, sources_max, &sensitive, &families),
            });
            if let Some(cells) = cells {
                json["cells"] = json!(cells);
            }
            Scheme::from_json(&json.to_string()).expect("families fitted make a valid scheme")
        })
}

/// One line, or pooled lines and their sum.
#[derive(Debug, Clone)]
struct Family {
    kind: Kind,
    windows: Vec<u8>,
    unit: i64,
    origin: i64,
    months: bool,
    measure: SingleMeasure,
    role: &'static str,
    /// The pooled lines; of the other kinds the first one's cap alone counts.
    pooled: Vec<Pooled>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pooled,
    Single,
    Sum,
    Column,
}

#[derive(Debug, Clone)]
struct Pooled {
    /// Fitted to what is left.
    cap: u32,
    direction: &'static str,
    flows: Vec<Flow>,
    categories: Vec<Category>,
}

fn family(bounds: &SchemeBounds) -> impl Strategy<Value = Family> + use<> {
    let mut kinds = vec![Kind::Pooled, Kind::Single, Kind::Sum];
    if bounds.tabular {
        kinds.push(Kind::Column);
    }
    let months: Vec<u8> = (1..=WINDOW_MAX).collect();
    (
        select(kinds),
        subsequence(months, bounds.windows.clone()),
        prop_oneof![Just(1), 1..1000_i64, 1000..10_000_000_i64],
        -1_000_000..1_000_000_i64,
        prop::bool::weighted(0.2),
        select(SingleMeasure::ALL.to_vec()),
        select(vec!["main_account", "wallet"]),
        prop::collection::vec(pooled(), 2..=3),
    )
        .prop_map(
            |(kind, windows, unit, origin, months, measure, role, pooled)| Family {
                kind,
                windows,
                unit,
                origin,
                months,
                measure,
                role,
                pooled,
            },
        )
}

fn pooled() -> impl Strategy<Value = Pooled> {
    (
        1..=LEVEL_MAX,
        prop_oneof![3 => Just("out"), 1 => Just("in")],
        prop_oneof![
            Just(vec![Flow::Expenditure]),
            subsequence(Flow::ALL.to_vec(), 1..=Flow::ALL.len())
        ],
        subsequence(Category::ALL.to_vec(), 0..=Category::ALL.len()),
    )
        .prop_map(|(cap, direction, flows, categories)| Pooled {
            cap,
            direction,
            flows,
            categories,
        })
}

fn lines(
    bounds: &SchemeBounds,
    sources_max: u32,
    sensitive: &[Category],
    families: &[Family],
) -> Vec<Value> {
    let mut lines = Lines {
        room: *bounds.lines.end(),
        slots: bounds.slots_max,
        sources_max,
        sensitive,
        json: Vec::new(),
    };
    if bounds.tabular {
        lines.one(&families[0], Kind::Column);
    }
    for family in &families[usize::from(bounds.tabular)..] {
        match family.kind {
            Kind::Sum => lines.sum(family),
            kind => lines.one(family, kind),
        }
    }
    if lines.json.is_empty() {
        let mut least = families[0].clone();
        least.windows.truncate(1);
        lines.one(&least, Kind::Pooled);
    }
    lines.json
}

struct Lines<'a> {
    /// Lines that may still come.
    room: usize,
    /// Slots that are left.
    slots: usize,
    sources_max: u32,
    sensitive: &'a [Category],
    json: Vec<Value>,
}

impl Lines<'_> {
    fn one(&mut self, family: &Family, kind: Kind) {
        let windows = if kind == Kind::Column {
            1
        } else {
            family.windows.len()
        };
        let sources = if kind == Kind::Pooled {
            self.sources_max
        } else {
            1
        };
        let slots_max = (self.slots / windows).saturating_sub(1);
        let cap_max = (LEVEL_MAX / sources).min(u32::try_from(slots_max).unwrap_or(LEVEL_MAX));
        if cap_max == 0 || self.room == 0 {
            return;
        }
        let cap = fit(family.pooled[0].cap, cap_max);
        let line = match kind {
            Kind::Single => json!({
                "name": self.name(), "kind": "single", "measure": family.measure,
                "role": family.role, "unit": family.unit, "origin": family.origin,
                "cap": cap, "windows": family.windows,
            }),
            Kind::Column => json!({
                "name": self.name(), "kind": "column", "unit": family.unit,
                "origin": family.origin, "cap": cap,
            }),
            Kind::Pooled | Kind::Sum => self.pooled(family, &family.pooled[0], cap),
        };
        self.push(line, windows * (cap as usize + 1));
    }

    fn sum(&mut self, family: &Family) {
        let (windows, count) = (family.windows.len(), family.pooled.len());
        // Every level of a member has a slot of its own and one in the sum.
        let slots_max = (self.slots / windows).saturating_sub(count + 1) / 2;
        let caps_max = (LEVEL_MAX / self.sources_max) as usize;
        let cap_max = u32::try_from(slots_max.min(caps_max) / count).unwrap_or(0);
        if cap_max == 0 || self.room <= count {
            return;
        }
        let mut members = Vec::with_capacity(count);
        let mut caps = 0;
        for member in &family.pooled {
            let cap = fit(member.cap, cap_max);
            caps += cap as usize;
            members.push(self.name());
            let line = self.pooled(family, member, cap);
            self.push(line, windows * (cap as usize + 1));
        }
        let line = json!({ "name": self.name(), "kind": "sum", "members": members });
        self.push(line, windows * (caps + 1));
    }

    fn pooled(&self, family: &Family, pooled: &Pooled, cap: u32) -> Value {
        let mut line = json!({
            "name": self.name(), "kind": "pooled", "direction": pooled.direction,
            "flows": pooled.flows, "cap": cap, "windows": family.windows,
            "measure": if family.months { "months" } else { "amount" },
            "unit": if family.months { 1 } else { family.unit },
        });
        let on = |c: &&Category| !c.is_sensitive() || self.sensitive.contains(c);
        let categories: Vec<_> = pooled.categories.iter().filter(on).collect();
        let read = pooled.flows.iter().any(|flow| flow.carries_category());
        if read && !categories.is_empty() {
            line["categories"] = json!(categories);
        }
        line
    }

    fn push(&mut self, line: Value, slots: usize) {
        self.json.push(line);
        self.room -= 1;
        self.slots -= slots;
    }

    fn name(&self) -> String {
        format!("line_{}", self.json.len())
    }
}

/// A cap drawn from `1..=255`, into `1..=max`.
fn fit(cap: u32, max: u32) -> u32 {
    1 + (cap - 1) % max
}
