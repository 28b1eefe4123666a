//! A column of few different texts: groups, samples, times.

use std::collections::BTreeMap;

/// A text a row, each different one held once.
#[derive(Clone, Default)]
pub struct Labels {
    /// In the order of first appearance.
    names: Vec<String>,
    codes: BTreeMap<String, u32>,
    rows: Vec<u32>,
}

impl Labels {
    /// The different texts, in the order of first appearance.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The text of a row.
    pub fn at(&self, row: usize) -> &str {
        &self.names[self.rows[row] as usize]
    }

    /// The index in [`names`](Self::names) of a row's text.
    pub fn code(&self, row: usize) -> usize {
        self.rows[row] as usize
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Appends a row; false if that would be one text too many.
    pub(super) fn push(&mut self, text: &str, limit: usize) -> bool {
        let code = match self.codes.get(text) {
            Some(&code) => code,
            None => {
                let Some(code) = u32::try_from(self.names.len())
                    .ok()
                    .filter(|_| self.names.len() < limit)
                else {
                    return false;
                };
                self.names.push(text.to_owned());
                self.codes.insert(text.to_owned(), code);
                code
            }
        };
        self.rows.push(code);
        true
    }

    pub(super) fn subset(&self, rows: &[usize]) -> Self {
        Self {
            names: self.names.clone(),
            codes: self.codes.clone(),
            rows: rows.iter().map(|&row| self.rows[row]).collect(),
        }
    }
}
