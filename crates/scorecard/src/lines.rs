//! Which lines a scorecard reads, and how many of its points hang on each:
//! computed from the card and its scheme, so that nobody need state it.

use std::fmt;

use blindscore_history::scheme::{Line, LineKind, PooledLine, Scheme};
use serde::Serialize;

use crate::model::Scorecard;
use crate::score::ScoreError;

/// One line of the scheme that a scorecard reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineUse {
    /// The line.
    pub line: String,
    /// What it reads of a history, in words.
    pub reads: String,
    /// The windows read, in months, ascending; empty for a column.
    pub windows: Vec<u8>,
    /// The characteristics that read it, in card order.
    pub characteristics: Vec<String>,
    /// Greatest less least points over these characteristics.
    pub span: u32,
    /// That span in the scorecard's, per mille, rounded down.
    pub share_per_mille: u32,
}

impl Scorecard {
    /// The lines that the scorecard reads, in card order.
    ///
    /// # Errors
    /// The scheme is not the scorecard's.
    pub fn lines_used(&self, scheme: &Scheme) -> Result<Vec<LineUse>, ScoreError> {
        self.check_scheme(scheme)?;
        let mut used: Vec<LineUse> = Vec::new();
        for characteristic in &self.characteristics {
            let line = scheme.line_windows()[characteristic.line_window].line;
            let line = &scheme.lines()[line];
            let at = used.iter().position(|u| u.line == line.name());
            let at = at.unwrap_or_else(|| {
                used.push(LineUse::of(line, scheme));
                used.len() - 1
            });
            let entry = &mut used[at];
            entry.characteristics.push(characteristic.name.clone());
            if characteristic.months > 0 && !entry.windows.contains(&characteristic.months) {
                entry.windows.push(characteristic.months);
                entry.windows.sort_unstable();
            }
            entry.span += u32::try_from(characteristic.greatest() - characteristic.least())
                .expect("a part of the span, which is at most 1020");
        }
        for entry in &mut used {
            entry.share_per_mille = (entry.span * 1_000).checked_div(self.span).unwrap_or(0);
        }
        Ok(used)
    }
}

impl LineUse {
    fn of(line: &Line, scheme: &Scheme) -> Self {
        Self {
            line: line.name().to_owned(),
            reads: reads(line, scheme),
            windows: Vec::new(),
            characteristics: Vec::new(),
            span: 0,
            share_per_mille: 0,
        }
    }
}

/// `groceries, 3 and 12 months: 60 points, 10.4 %; expenditure on FOOD`.
impl fmt::Display for LineUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)?;
        if !self.windows.is_empty() {
            let windows: Vec<String> = self.windows.iter().map(ToString::to_string).collect();
            write!(f, ", {} months", windows.join(" and "))?;
        }
        let (whole, tenth) = (self.share_per_mille / 10, self.share_per_mille % 10);
        write!(
            f,
            ": {} points, {whole}.{tenth} %; {}",
            self.span, self.reads
        )
    }
}

fn reads(line: &Line, scheme: &Scheme) -> String {
    match line.kind() {
        LineKind::Pooled(pooled) => pooled_reads(pooled),
        LineKind::Sum(sum) => {
            let names: Vec<&str> = sum
                .members()
                .iter()
                .map(|&member| scheme.lines()[member].name())
                .collect();
            format!("the sum of {}", names.join(", "))
        }
        LineKind::Single(single) => {
            format!(
                "{} of the {}",
                single.measure().name(),
                single.role().as_str()
            )
        }
        LineKind::Column(_) => "a column of a table, whose meaning the scheme does not say".into(),
    }
}

fn pooled_reads(pooled: &PooledLine) -> String {
    let names = |all: Vec<&'static str>| all.join(", ");
    let flows = names(pooled.flows().iter().map(|flow| flow.name()).collect());
    let measure = match pooled.measure().name() {
        "months" => "months with ",
        _ => "",
    };
    if pooled.flows().iter().any(|flow| flow.carries_category()) {
        let categories = names(pooled.categories().iter().map(|c| c.name()).collect());
        format!("{measure}{flows} on {categories}")
    } else {
        format!("{measure}{flows}")
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture;

    #[test]
    fn lines_are_listed_once_with_their_share() {
        let scheme = fixture::scheme();
        let card = fixture::card()
            .characteristic(
                crate::CharacteristicBuilder::new("Groceries lately", "groceries", Some(3))
                    .attributes([(0, 0), (5, 50)]),
            )
            .build(&scheme)
            .expect("valid");
        let used = card.lines_used(&scheme).expect("its scheme");
        let shares: Vec<_> = used
            .iter()
            .map(|u| (u.line.as_str(), u.span, u.share_per_mille))
            .collect();
        // A span of 200: groceries 50 and 50, lowest balance 100, age none.
        assert_eq!(
            shares,
            [
                ("groceries", 100, 500),
                ("lowest_balance", 100, 500),
                ("age", 0, 0)
            ]
        );
        assert_eq!(used[0].windows, [3, 12]);
        assert_eq!(used[0].characteristics, ["Groceries", "Groceries lately"]);
        assert_eq!(
            used[0].to_string(),
            "groceries, 3 and 12 months: 100 points, 50.0 %; expenditure on FOOD"
        );
        assert_eq!(used[1].reads, "lowest_balance of the main_account");
        assert!(used[2].windows.is_empty());
    }

    #[test]
    fn the_spans_of_the_lines_are_the_cards() {
        let scheme = fixture::scheme();
        let card = fixture::built();
        let used = card.lines_used(&scheme).expect("its scheme");
        assert_eq!(used.iter().map(|u| u.span).sum::<u32>(), card.span());
    }
}
