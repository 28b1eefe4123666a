//! `scheme`: check and show a feature scheme, or fit one to data.

use blindscore_fhe::parameters::N;
use blindscore_history::decimal::Decimal;
use blindscore_history::ledger::Direction;
use blindscore_history::money::format_money;
use blindscore_history::scheme::{
    ColumnLine, ColumnScale, Line, LineKind, PooledLine, Quantity, Scheme,
};
use blindscore_history::taxonomy::{Category, Flow};
use clap::{Args, Subcommand};

use crate::commands::modeller::scheme_fit::SchemeFit;
use crate::error::Outcome;
use crate::inputs::{self, Origin};
use crate::output::{count, fields, print, table};

/// Check, show or fit a feature scheme
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  blindscore scheme show builtin:everyday")]
pub(crate) enum SchemeCommand {
    /// Say whether a file is a scheme, and if not, where and why
    #[command(after_help = "Example:\n  blindscore scheme check builtin:everyday")]
    Check(Given),
    /// Show its lines: what each reads, windows, units, caps, slots
    #[command(after_help = "Example:\n  blindscore scheme show builtin:everyday")]
    Show(Given),
    Fit(Box<SchemeFit>),
    /// Print the JSON Schema of schemes, for editors and validators
    #[command(after_help = "Example:\n  blindscore scheme schema > scheme.schema.json")]
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct Given {
    /// The scheme: a file, or builtin:everyday
    #[arg(value_name = "FILE")]
    scheme: Origin,
}

impl SchemeCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Check(given) => print(&check(&given.scheme, &inputs::scheme(&given.scheme)?)),
            Self::Show(given) => print(&show(&inputs::scheme(&given.scheme)?)),
            Self::Fit(fit) => fit.run(),
            Self::Schema => print(Scheme::JSON_SCHEMA),
        }
    }
}

fn check(origin: &Origin, scheme: &Scheme) -> String {
    format!(
        "{origin}: ok, scheme {} version {} with {} lines and {} line-windows\ndigest {}\n{}\n",
        scheme.name(),
        scheme.version(),
        scheme.lines().len(),
        scheme.line_windows().len(),
        scheme.digest(),
        slots(scheme),
    )
}

fn show(scheme: &Scheme) -> String {
    let mut about = vec![
        (
            "scheme",
            format!("{}, version {}", scheme.name(), scheme.version()),
        ),
        ("digest", scheme.digest().to_string()),
        ("currency", scheme.currency().to_string()),
        (
            "sources",
            format!("at most {} in one evaluation", scheme.sources_max()),
        ),
        ("slots", slots(scheme)),
        ("cells", scheme.cell_size().name().to_owned()),
    ];
    let roles: Vec<_> = scheme
        .roles()
        .into_iter()
        .map(ToString::to_string)
        .collect();
    if !roles.is_empty() {
        about.push(("roles", roles.join(", ")));
    }
    for (category, reason) in scheme.sensitive() {
        about.push(("sensitive", format!("{}: {reason}", category.name())));
    }
    if scheme.is_tabular() {
        about.push((
            "tabular",
            "for tables and benchmarks; no source attests it".to_owned(),
        ));
    }
    let rows = scheme.lines().iter().map(|line| {
        let windows: Vec<_> = line.windows().iter().map(ToString::to_string).collect();
        let slots = line.windows().len() * (line.cap() as usize + 1);
        [
            line.name().to_owned(),
            reads(scheme, line),
            if matches!(line.kind(), LineKind::Column(_)) {
                String::new()
            } else {
                windows.join(",")
            },
            unit(scheme, line),
            line.cap().to_string(),
            slots.to_string(),
        ]
    });
    let header = [
        "line",
        "what it reads",
        "months",
        "a level is",
        "cap",
        "slots",
    ];
    fields(&about) + "\n" + &table(header, rows, &[3, 4, 5])
}

fn slots(scheme: &Scheme) -> String {
    let (used, there) = (count(scheme.slots()), count(N));
    if scheme.slots() <= N {
        format!("{used} of the {there} in a packed ciphertext; both forms can carry it")
    } else {
        format!("{used}, a packed ciphertext has {there}: composable form only")
    }
}

fn reads(scheme: &Scheme, line: &Line) -> String {
    match line.kind() {
        LineKind::Pooled(pooled) => format!("pooled: {}", summed(scheme, pooled)),
        LineKind::Single(single) => format!(
            "single: {} of the {}",
            spoken(single.measure().name()),
            spoken(single.role().as_str())
        ),
        LineKind::Sum(sum) => {
            let members = sum.members().iter().map(|at| scheme.lines()[*at].name());
            format!("sum: {}", members.collect::<Vec<_>>().join(" + "))
        }
        LineKind::Column(column) => column_of_table(column),
    }
}

/// What a column line reads, and how it is cut.
fn column_of_table(column: &ColumnLine) -> String {
    let mut text = match (column.formula(), column.header()) {
        (Some(formula), _) => format!("{formula}, of a table"),
        (None, Some(header)) => format!("column {header:?} of a table"),
        (None, None) => "column of a table".to_owned(),
    };
    match column.scale() {
        ColumnScale::Steps(_) => {}
        ColumnScale::Cuts(cuts) => text += &format!(", {} cut points", cuts.len()),
        ColumnScale::Categories(categories) => {
            text += &format!(", {} groups of categories", categories.groups().len());
        }
    }
    match column.special().len() {
        0 => text,
        1 => text + ", a special value",
        count => text + &format!(", {count} special values"),
    }
}

/// What a pooled line adds up.
fn summed(scheme: &Scheme, pooled: &PooledLine) -> String {
    let flows: Vec<_> = pooled.flows().iter().map(|f| spoken(f.name())).collect();
    let mut text = flows.join(", ");
    if pooled.direction() == Direction::In {
        text += ", money in";
    }
    let has_category = |flow: &Flow| matches!(flow, Flow::Expenditure | Flow::RefundReversal);
    if pooled.flows().iter().any(has_category) {
        let categories = pooled.categories();
        let readable = Category::ALL.iter().filter(|c| scheme.reads(**c)).count();
        if categories.len() == readable {
            text += " on anything";
        } else {
            let names: Vec<_> = categories.iter().map(|c| spoken(c.name())).collect();
            text += &format!(" on {}", names.join(", "));
        }
    }
    text
}

/// A name of a scheme as words.
fn spoken(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

fn unit(scheme: &Scheme, line: &Line) -> String {
    if let LineKind::Column(column) = line.kind() {
        return match column.scale() {
            ColumnScale::Steps(steps) => {
                Decimal::scaled_down(steps.unit(), steps.decimals()).to_string()
            }
            ColumnScale::Cuts(_) => "a range".to_owned(),
            ColumnScale::Categories(_) => "a group".to_owned(),
        };
    }
    match line.quantity() {
        Quantity::Money => format_money(line.unit(), scheme.currency()),
        Quantity::Months if line.unit() == 1 => "1 month".to_owned(),
        Quantity::Months => format!("{} months", line.unit()),
        Quantity::PerMille => format!("{} per mille", line.unit()),
        Quantity::Number => line.unit().to_string(),
    }
}
