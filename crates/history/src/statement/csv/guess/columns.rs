//! Which column is what, and how its values are written.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{self, Role};
use super::{Table, values};
use crate::ledger::Direction;
use crate::money::Currency;
use crate::rules::{Rules, searched};
use crate::taxonomy::Flow;

/// What was told of a table.
pub(super) struct Columns {
    pub(super) date: usize,
    pub(super) date_format: String,
    pub(super) amount: Amount,
    pub(super) separators: (char, Option<char>),
    /// The one currency of the layout, if no column says it.
    pub(super) currency: Option<Currency>,
    /// The currency to try the proposal with, where neither file nor layout say.
    pub(super) read_as: Option<Currency>,
    pub(super) others: BTreeMap<Role, usize>,
}

pub(super) enum Amount {
    Signed {
        column: usize,
        positive: Direction,
    },
    Sides {
        debit: usize,
        credit: usize,
        signed_debits: bool,
    },
    Indicator {
        column: usize,
        indicator: usize,
        money_in: BTreeSet<String>,
        money_out: BTreeSet<String>,
    },
}

impl Columns {
    /// `None` if there is no column of dates or of amounts.
    pub(super) fn tell(table: &Table, doubts: &mut Vec<String>) -> Option<Self> {
        let mut roles = by_words(table);
        let (date, date_format) = date(table, &mut roles, doubts)?;
        let money: Vec<usize> = [Role::Amount, Role::Debit, Role::Credit, Role::Balance]
            .into_iter()
            .filter_map(|role| roles.get(&role).map(|found| found.column))
            .collect();
        let numbers: Vec<&str> = money
            .iter()
            .flat_map(|&column| table.values(column))
            .collect();
        let column_currency = currency_column(table, &mut roles);
        let named = roles.values().find_map(|found| found.currency);
        let currency = match (
            column_currency,
            named,
            values::marked(numbers.iter().copied()),
        ) {
            (Some(_), _, _) => None,
            (None, Some(named), _) => Some(named),
            (None, None, Some((marked, shared))) => {
                if shared {
                    doubts.push(format!(
                        "the currency; the sign beside the amounts is taken for {marked}, \
                         but others use it too"
                    ));
                }
                Some(marked)
            }
            (None, None, None) => {
                doubts.push(
                    "the currency, which nothing in the file names; write currency = \"...\" \
                     into the profile, or give it whenever a file is read"
                        .to_owned(),
                );
                None
            }
        };
        let euro: Currency = "EUR".parse().ok()?;
        let read_as = column_currency.or(currency).unwrap_or(euro);
        let separators = separators(&numbers, read_as, doubts);
        let amount = amount(table, &roles, separators, read_as, doubts)?;
        let mut others: BTreeMap<Role, usize> = roles
            .iter()
            .filter(|(role, _)| !matches!(role, Role::Date | Role::Amount | Role::Indicator))
            .map(|(role, found)| (*role, found.column))
            .collect();
        others.remove(&Role::Debit);
        others.remove(&Role::Credit);
        if let Some(&id) = others.get(&Role::Id)
            && !(values::are_unique(table.values(id))
                && table.values(id).count() == table.rows.len())
        {
            doubts.push(format!(
                "whether {:?} is an id; it is empty or the same on several lines and is left out",
                table.header[id]
            ));
            others.remove(&Role::Id);
        }
        if !others.contains_key(&Role::Description) {
            match longest_text(table, &others, date, &money) {
                Some(column) => {
                    doubts.push(format!(
                        "the description; {:?} has the longest texts",
                        table.header[column]
                    ));
                    others.insert(Role::Description, column);
                }
                None => doubts.push("the description; no column looks like one".to_owned()),
            }
        }
        Some(Self {
            date,
            date_format,
            amount,
            separators,
            currency,
            read_as: (column_currency.is_none() && currency.is_none()).then_some(read_as),
            others,
        })
    }
}

struct Found {
    column: usize,
    rank: usize,
    currency: Option<Currency>,
}

/// The columns that their names tell, of several of one role the best.
fn by_words(table: &Table) -> BTreeMap<Role, Found> {
    let mut roles: BTreeMap<Role, Found> = BTreeMap::new();
    for (column, name) in table.header.iter().enumerate() {
        // A name that stands twice cannot be used in a profile.
        if table.header.iter().filter(|other| *other == name).count() > 1 {
            continue;
        }
        let Some((role, rank, currency)) = words::role(name) else {
            continue;
        };
        let empty = table.values(column).next().is_none();
        if empty && !matches!(role, Role::Debit | Role::Credit) {
            continue;
        }
        if roles.get(&role).is_none_or(|best| rank < best.rank) {
            let found = Found {
                column,
                rank,
                currency,
            };
            roles.insert(role, found);
        }
    }
    roles
}

/// The column of dates and its format: that of the words if its values are
/// dates, else the first whose values are.
fn date(
    table: &Table,
    roles: &mut BTreeMap<Role, Found>,
    doubts: &mut Vec<String>,
) -> Option<(usize, String)> {
    let formats = |column: usize| {
        let values: Vec<&str> = table.values(column).collect();
        let full = values.len() == table.rows.len();
        if full {
            values::date_formats(values.into_iter())
        } else {
            Vec::new()
        }
    };
    let by_word = roles.get(&Role::Date).map(|found| found.column);
    let columns = by_word.into_iter().chain(0..table.header.len());
    let (column, fitting) = columns
        .map(|column| (column, formats(column)))
        .find(|(_, fitting)| !fitting.is_empty())?;
    if Some(column) != by_word {
        doubts.push(format!(
            "the date; the values of {:?} are dates",
            table.header[column]
        ));
    }
    let in_order: Vec<&String> = fitting
        .iter()
        .filter(|format| values::is_sorted(format, table.values(column)))
        .collect();
    let format = match (&fitting[..], &in_order[..]) {
        ([only], _) => only.clone(),
        (_, [only]) => {
            doubts.push(format!(
                "the order of day and month; {only:?} fits, and only with it the dates are in order"
            ));
            (*only).clone()
        }
        (all, _) => {
            let american = roles.values().any(|found| {
                found
                    .currency
                    .is_some_and(|currency| currency.code() == "USD")
            }) || table
                .rows
                .iter()
                .take(20)
                .any(|row| row.iter().any(|f| f.contains('$')));
            let month_first = |format: &&String| format.starts_with("%m");
            let chosen = all.iter().find(|format| month_first(format) == american);
            let chosen = chosen.or(all.first())?.clone();
            doubts.push(format!(
                "the order of day and month; {} all fit, {chosen:?} is taken",
                all.join(", ")
            ));
            chosen
        }
    };
    Some((column, format))
}

/// The column that names currencies; gives the currency of its first row.
fn currency_column(table: &Table, roles: &mut BTreeMap<Role, Found>) -> Option<Currency> {
    let are_codes = |column: usize| {
        values::are_currencies(table.values(column))
            && table.values(column).count() == table.rows.len()
    };
    let by_word = roles.remove(&Role::Currency).map(|found| found.column);
    let columns = by_word.into_iter().chain(0..table.header.len());
    let column = columns.into_iter().find(|&column| are_codes(column))?;
    let found = Found {
        column,
        rank: 0,
        currency: None,
    };
    roles.insert(Role::Currency, found);
    table.values(column).next()?.parse().ok()
}

fn separators(
    numbers: &[&str],
    currency: Currency,
    doubts: &mut Vec<String>,
) -> (char, Option<char>) {
    let fitting = values::styles(numbers.iter().copied(), currency);
    let mut marks: BTreeSet<char> = numbers
        .iter()
        .flat_map(|number| number.chars())
        .filter(|char| matches!(char, '.' | ','))
        .collect();
    match fitting.first() {
        None => {
            doubts
                .push("how numbers are written; no style of separators reads them all".to_owned());
            ('.', Some(','))
        }
        Some(&first) => {
            let decimals: BTreeSet<char> = fitting.iter().map(|style| style.0).collect();
            if decimals.len() > 1 {
                doubts.push(format!(
                    "the decimal mark; no amount looked at tells it, {:?} is taken",
                    first.0
                ));
            }
            // Say no more than the values do: a thousands mark only if it is there.
            marks.remove(&first.0);
            let grouped = match first.1 {
                Some(mark @ ('.' | ',')) => marks.contains(&mark),
                _ => true,
            };
            (first.0, first.1.filter(|_| grouped || decimals.len() == 1))
        }
    }
}

fn amount(
    table: &Table,
    roles: &BTreeMap<Role, Found>,
    separators: (char, Option<char>),
    currency: Currency,
    doubts: &mut Vec<String>,
) -> Option<Amount> {
    let column = |role: Role| roles.get(&role).map(|found| found.column);
    let signs = |column: usize| values::signs(table.values(column), separators, currency);
    if let (Some(debit), Some(credit)) = (column(Role::Debit), column(Role::Credit)) {
        let (below, _) = signs(debit);
        return Some(Amount::Sides {
            debit,
            credit,
            signed_debits: below > 0,
        });
    }
    let amount = column(Role::Amount)?;
    let (below, above) = signs(amount);
    if below == 0
        && let Some(indicator) = column(Role::Indicator).and_then(|at| indicator(table, at, amount))
    {
        return Some(indicator);
    }
    if below == 0 {
        doubts.push(
            "which way money moved; no amount has a minus and no column says it, \
             so all are taken for money in"
                .to_owned(),
        );
    }
    let positive = match votes(table, roles, amount, separators, currency) {
        (for_in, for_out) if for_out > for_in => Direction::Out,
        (0, 0) if below > 0 && above > 3 * below => {
            doubts.push(
                "the sign; most amounts are above zero, as if that were money out. \
                 If it is, write positive = \"out\""
                    .to_owned(),
            );
            Direction::In
        }
        _ => Direction::In,
    };
    if positive == Direction::Out {
        doubts.push("the sign; by the texts, amounts above zero are money out".to_owned());
    }
    Some(Amount::Signed {
        column: amount,
        positive,
    })
}

fn indicator(table: &Table, indicator: usize, column: usize) -> Option<Amount> {
    let mut words: BTreeMap<Direction, BTreeSet<String>> = BTreeMap::new();
    for value in table.values(indicator) {
        let direction = words::direction(value)?;
        words.entry(direction).or_default().insert(value.to_owned());
    }
    let mut taken = |direction, else_| {
        let found: BTreeSet<String> = words.remove(&direction).unwrap_or_default();
        if found.is_empty() {
            BTreeSet::from([String::from(else_)])
        } else {
            found
        }
    };
    Some(Amount::Indicator {
        column,
        indicator,
        money_in: taken(Direction::In, "credit"),
        money_out: taken(Direction::Out, "debit"),
    })
}

/// What the texts say of positive amounts: a salary comes in, groceries go out.
fn votes(
    table: &Table,
    roles: &BTreeMap<Role, Found>,
    amount: usize,
    separators: (char, Option<char>),
    currency: Currency,
) -> (usize, usize) {
    let texts = [Role::Description, Role::Counterparty];
    let text_of = |row: &csv::StringRecord| {
        let mut fields = texts.iter().map(|role| {
            let column = roles.get(role).map(|found| found.column);
            column
                .and_then(|column| row.get(column))
                .unwrap_or_default()
        });
        searched(
            fields.next().unwrap_or_default(),
            fields.next().unwrap_or_default(),
        )
    };
    let (mut for_in, mut for_out) = (0, 0);
    for row in &table.rows {
        let text = text_of(row);
        let value = row.get(amount).unwrap_or_default().trim();
        let says = |direction| {
            let rule = Rules::builtin().find(&text, direction);
            rule.map(|rule| rule.meaning().0)
        };
        let comes_in = says(Direction::In) == Some(Flow::Income);
        let goes_out = says(Direction::Out) == Some(Flow::Expenditure);
        let (below, above) = values::signs(std::iter::once(value), separators, currency);
        match (comes_in, goes_out, below, above) {
            (true, false, 0, 1) | (false, true, 1, 0) => for_in += 1,
            (false, true, 0, 1) | (true, false, 1, 0) => for_out += 1,
            _ => {}
        }
    }
    (for_in, for_out)
}

/// The column with the longest texts among those that are nothing else.
fn longest_text(
    table: &Table,
    others: &BTreeMap<Role, usize>,
    date: usize,
    money: &[usize],
) -> Option<usize> {
    let free = |column: &usize| {
        *column != date
            && !money.contains(column)
            && !others.values().any(|other| other == column)
            && !table.header[*column].is_empty()
    };
    let letters = |column: usize| -> usize {
        let chars = table.values(column).flat_map(str::chars);
        chars.filter(|char| char.is_alphabetic()).count()
    };
    (0..table.header.len())
        .filter(free)
        .map(|column| (letters(column), std::cmp::Reverse(column)))
        .max()
        .filter(|&(letters, _)| letters >= 4 * table.rows.len())
        .map(|(_, column)| column.0)
}
