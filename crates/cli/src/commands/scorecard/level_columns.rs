//! The columns of a table of levels, as `history table` writes it: one a line
//! and window, named `line@months`.

use std::path::Path;

use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_scorecard::Scorecard;

use crate::error::{Failure, Outcome};

/// Where each line-window's level comes from.
pub(super) struct LevelColumns<'a> {
    scheme: &'a Scheme,
    names: Vec<String>,
    from: Vec<From>,
}

enum From {
    /// A column of the table.
    Column(usize),
    /// The levels of a sum line's members.
    Sum(Vec<usize>),
    /// Nothing: the scorecard does not read it.
    Nothing,
}

impl<'a> LevelColumns<'a> {
    /// Finds the columns that the scorecard reads in the table's header.
    pub(super) fn find(
        scheme: &'a Scheme,
        scorecard: &Scorecard,
        headers: &[&str],
        table: &Path,
    ) -> Outcome<Self> {
        let windows = scheme.line_windows();
        let names: Vec<String> = windows
            .iter()
            .map(|window| format!("{}@{}", scheme.lines()[window.line].name(), window.months))
            .collect();
        let at = |name: &String| headers.iter().position(|header| header == name);
        let mut from: Vec<From> = names
            .iter()
            .map(|name| at(name).map_or(From::Nothing, From::Column))
            .collect();
        for (index, window) in windows.iter().enumerate() {
            let LineKind::Sum(sum) = scheme.lines()[window.line].kind() else {
                continue;
            };
            let members = sum
                .members()
                .iter()
                .filter_map(|line| scheme.first_window(*line));
            let members: Vec<usize> = members.map(|first| first + window.window).collect();
            let all = members
                .iter()
                .all(|member| matches!(from[*member], From::Column(_)));
            if all && matches!(from[index], From::Nothing) {
                from[index] = From::Sum(members);
            }
        }
        for characteristic in scorecard.characteristics() {
            let index = characteristic.line_window();
            if matches!(from[index], From::Nothing) {
                let name = &names[index];
                return Err(Failure::refused(format!("no column `{name}`"))
                    .in_file(table)
                    .hint("blindscore history table writes such columns, by the card's scheme"));
            }
        }
        Ok(Self {
            scheme,
            names,
            from,
        })
    }

    /// The levels of a row that gives the cell at a position; or what is wrong.
    pub(super) fn levels<'r>(&self, cell: impl Fn(usize) -> &'r str) -> Result<Vec<u32>, String> {
        let windows = self.scheme.line_windows();
        let mut levels = vec![0; windows.len()];
        for (index, from) in self.from.iter().enumerate() {
            let From::Column(at) = from else { continue };
            let most = windows[index].level_max;
            let adds_up = self.scheme.lines()[windows[index].line].adds_up();
            let text = cell(*at).trim();
            levels[index] = match text.parse::<u32>() {
                Ok(level) if level <= most => level,
                // Of a line that one source measures, empty is not known.
                Err(_) if text.is_empty() && !adds_up => 0,
                _ => {
                    let name = &self.names[index];
                    return Err(format!(
                        "column `{name}`: not a whole level from 0 to {most}"
                    ));
                }
            };
        }
        for (index, from) in self.from.iter().enumerate() {
            if let From::Sum(members) = from {
                levels[index] = members.iter().map(|member| levels[*member]).sum();
            }
        }
        Ok(levels)
    }
}
