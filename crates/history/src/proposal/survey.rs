//! What a column of a table holds, learnt in one pass and bounded memory.

use std::collections::{BTreeMap, BinaryHeap};

use serde_json::{Value, json};

use super::sample::mixed;
use crate::decimal::Decimal;
use crate::scheme::{LEVEL_MAX, NOT_KNOWN_CELLS};

/// Rows whose numbers are kept.
const KEPT: usize = 20_000;
/// Different texts and numbers that are counted; more are not needed.
const DISTINCT: usize = LEVEL_MAX as usize;

/// A column being read.
pub(super) struct ColumnSurvey {
    categorical: bool,
    not_known: u64,
    numbers: u64,
    others: u64,
    /// The line of the first cell that is no number.
    first_other: u64,
    /// The numbers of the rows with the smallest hashes.
    kept: BinaryHeap<(u64, Decimal)>,
    /// Different numbers; not all once there are more than `DISTINCT`.
    different: BTreeMap<Decimal, u64>,
    /// Different texts; not all once there are more than `DISTINCT`.
    texts: BTreeMap<String, u64>,
}

/// What a column is.
pub(super) enum Kind {
    /// Numbers.
    Numbers {
        /// All the different ones, unless they are too many.
        different: Option<Vec<Decimal>>,
        /// A sample of them, ascending.
        sample: Vec<Decimal>,
    },
    /// Categories, in the order of their bytes.
    Categories(Vec<String>),
    /// Nothing known in any row.
    Empty,
    /// More different texts than there are levels.
    Texts,
}

impl ColumnSurvey {
    pub(super) fn new(categorical: bool) -> Self {
        Self {
            categorical,
            not_known: 0,
            numbers: 0,
            others: 0,
            first_other: 0,
            kept: BinaryHeap::new(),
            different: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    pub(super) fn not_known(&self) -> u64 {
        self.not_known
    }

    pub(super) fn add(&mut self, row: u64, line: u64, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() || NOT_KNOWN_CELLS.contains(&cell) {
            self.not_known += 1;
            return;
        }
        let number = cell.parse::<Decimal>().ok();
        self.add_cell(row, line, cell, number);
    }

    /// As [`add`](Self::add), of a number that was computed; `None` is not
    /// known.
    pub(super) fn add_number(&mut self, row: u64, number: Option<Decimal>) {
        match number {
            None => self.not_known += 1,
            Some(number) => self.keep(row, number),
        }
    }

    /// Whether it has more different numbers than codes and counts have, in
    /// every row that is known; and in how many rows it is above zero of those
    /// kept. Ratios are made of such columns.
    pub(super) fn measures(&self) -> Option<usize> {
        /// Days of a month are codes still; amounts are more.
        const CODES_MAX: usize = 31;
        let measures = !self.categorical && self.others == 0 && self.different.len() > CODES_MAX;
        let above = |(_, number): &&(u64, Decimal)| !number.is_negative() && !number.is_zero();
        measures.then(|| self.kept.iter().filter(above).count())
    }

    fn add_cell(&mut self, row: u64, line: u64, cell: &str, number: Option<Decimal>) {
        if self.texts.len() <= DISTINCT {
            match self.texts.get_mut(cell) {
                Some(count) => *count += 1,
                None => _ = self.texts.insert(cell.to_owned(), 1),
            }
        }
        let Some(number) = number else {
            if self.others == 0 {
                self.first_other = line;
            }
            self.others += 1;
            return;
        };
        self.keep(row, number);
    }

    fn keep(&mut self, row: u64, number: Decimal) {
        self.numbers += 1;
        if self.different.len() <= DISTINCT {
            *self.different.entry(number.clone()).or_default() += 1;
        }
        let hash = mixed(row);
        let full = self.kept.len() >= KEPT;
        if !full || self.kept.peek().is_some_and(|(largest, _)| hash < *largest) {
            self.kept.push((hash, number));
            if full {
                self.kept.pop();
            }
        }
    }

    /// What it is; or the line of a cell that is no number where nearly all are.
    pub(super) fn kind(&self, other: bool) -> Result<Kind, u64> {
        if self.numbers + self.others == 0 {
            return Ok(Kind::Empty);
        }
        let categories = || {
            if self.texts.len() + usize::from(other) > DISTINCT {
                return Kind::Texts;
            }
            Kind::Categories(self.texts.keys().cloned().collect())
        };
        if self.categorical {
            return Ok(categories());
        }
        // Codes such as A11 or 2x beside numbers make categories; a slip in a
        // column of numbers does not.
        if self.others > 0 {
            let nearly_all = self.others.saturating_mul(20) < self.numbers;
            return if nearly_all {
                Err(self.first_other)
            } else {
                Ok(categories())
            };
        }
        let few = self.different.len() <= DISTINCT;
        let different = few.then(|| self.different.keys().cloned().collect());
        let mut sample: Vec<Decimal> = self.kept.iter().map(|(_, number)| number.clone()).collect();
        sample.sort();
        Ok(Kind::Numbers { different, sample })
    }
}

impl Kind {
    /// How many levels it has if numbers may have at most so many; 0 if it
    /// makes no line.
    pub(super) fn levels(&self, most: usize, other: bool) -> usize {
        match self {
            Self::Numbers { .. } => self.cuts(most).len() + 1,
            Self::Categories(texts) => texts.len() + usize::from(other),
            Self::Empty | Self::Texts => 0,
        }
    }

    /// Where levels start: at each number if there are few, else where the
    /// people are shared out evenly.
    fn cuts(&self, most: usize) -> Vec<Decimal> {
        let Self::Numbers { sample, .. } = self else {
            return Vec::new();
        };
        if let Some(all) = self.each(most) {
            return all.iter().skip(1).cloned().collect();
        }
        let at = |part: usize| sample.get(part * sample.len() / most).cloned();
        let mut cuts: Vec<_> = (1..most).filter_map(at).collect();
        cuts.dedup();
        // Nobody is below the least.
        cuts.retain(|cut| Some(cut) != sample.first());
        cuts
    }

    /// The different numbers, if each can be a level.
    fn each(&self, most: usize) -> Option<&Vec<Decimal>> {
        match self {
            Self::Numbers { different, .. } => different.as_ref().filter(|all| all.len() <= most),
            _ => None,
        }
    }

    /// The line in the scheme's form, without its name.
    pub(super) fn line(&self, most: usize, special: &[Decimal], other: bool) -> Option<Value> {
        match self {
            Self::Numbers { .. } => {
                let cuts = self.cuts(most);
                let texts = |values: &[Decimal]| -> Vec<String> {
                    values.iter().map(ToString::to_string).collect()
                };
                let mut line = json!({ "cuts": texts(&cuts) });
                if !special.is_empty() {
                    line["special"] = json!(texts(special));
                }
                Some(line)
            }
            Self::Categories(texts) => {
                let groups: Vec<_> = texts.iter().map(|text| vec![text]).collect();
                let mut line = json!({ "values": groups });
                if other {
                    line["other"] = json!(true);
                }
                Some(line)
            }
            Self::Empty | Self::Texts => None,
        }
    }

    /// What became of it, how many levels, and which share of pairs of rows its
    /// levels tell apart.
    pub(super) fn words(
        &self,
        survey: &ColumnSurvey,
        most: usize,
        special: &[Decimal],
        other: bool,
    ) -> (String, usize, f64) {
        let levels = self.levels(most, other);
        match self {
            Self::Numbers { .. } => {
                let all = levels + special.len();
                if levels == 1 {
                    ("one number everywhere".to_owned(), 1, 1.0)
                } else if self.each(most).is_some() {
                    ("numbers, a level each".to_owned(), all, 1.0)
                } else {
                    let told_apart = self.told_apart(survey, most);
                    ("numbers between cut points".to_owned(), all, told_apart)
                }
            }
            Self::Categories(_) => ("categories".to_owned(), levels, 1.0),
            Self::Empty => ("left out: not known in any row".to_owned(), 0, 0.0),
            Self::Texts => (
                format!("left out: more than {DISTINCT} different texts"),
                0,
                0.0,
            ),
        }
    }

    fn told_apart(&self, survey: &ColumnSurvey, most: usize) -> f64 {
        let cuts = self.cuts(most);
        let mut numbers: Vec<&Decimal> = survey.kept.iter().map(|(_, number)| number).collect();
        numbers.sort();
        // Ranks stand for the numbers: only which of them differ counts.
        let mut ranks = Vec::with_capacity(numbers.len());
        let mut rank = 0_i64;
        for (index, number) in numbers.iter().enumerate() {
            rank += i64::from(index > 0 && numbers[index - 1] != *number);
            ranks.push(rank);
        }
        let level_of: BTreeMap<i64, u32> = ranks
            .iter()
            .zip(&numbers)
            .map(|(rank, number)| {
                let passed = cuts.partition_point(|cut| cut <= number);
                (*rank, u32::try_from(passed).unwrap_or(u32::MAX))
            })
            .collect();
        let level = |rank: i64| level_of.get(&rank).copied().unwrap_or(0);
        super::Resolution::of(&ranks, 0, u32::MAX, level).told_apart
    }
}
