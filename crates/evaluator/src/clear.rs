//! The same plan, run in the clear: what the ciphertexts must give, and a way
//! to find a fault of a plan in microseconds.

use blindscore_fhe::parameters::MESSAGE_MODULUS;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;

use crate::error::EvaluateError;
use crate::plan::{Plan, Tables, canary_constant};

/// Outputs of a run in the clear: `S`, then the canaries, mod p.
#[derive(Clone, PartialEq, Eq)]
pub struct ClearRun {
    outputs: Vec<u64>,
}

impl ClearRun {
    /// `S`: the raw score above the scorecard's least.
    pub fn shifted(&self) -> u32 {
        self.outputs[0] as u32
    }

    /// All outputs.
    pub fn outputs(&self) -> &[u64] {
        &self.outputs
    }
}

impl std::fmt::Debug for ClearRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClearRun { .. }")
    }
}

impl Plan {
    /// Runs the plan's own steps on levels in the clear, one history a source
    /// in lineup order.
    ///
    /// # Errors
    /// Histories of another scheme, number or as-of date.
    pub fn run_in_the_clear(
        &self,
        scheme: &Scheme,
        histories: &[&SourceLevels],
    ) -> Result<ClearRun, EvaluateError> {
        let participants = self.lineup.participants();
        if histories.len() != participants.len() {
            return Err(EvaluateError::OtherLineup);
        }
        for (participant, history) in participants.iter().zip(histories) {
            if history.scheme_digest() != self.scheme || scheme.digest() != self.scheme {
                let source_id = participant.source.clone();
                return Err(EvaluateError::OtherScheme { source_id });
            }
        }
        if histories
            .iter()
            .any(|history| history.as_of() != histories[0].as_of())
        {
            return Err(EvaluateError::AsOf);
        }
        let outputs = match &self.tables {
            Tables::Packed(table) => vec![self.look_up_slots(scheme, table, histories[0])],
            Tables::Composable(_) => self.turn_tables(scheme, histories),
        };
        Ok(ClearRun { outputs })
    }

    /// The one-hot vector times the packed polynomial, at coefficient 0.
    fn look_up_slots(
        &self,
        scheme: &Scheme,
        table: &blindscore_fhe::PackedTable,
        history: &SourceLevels,
    ) -> u64 {
        let slots = self
            .offsets
            .iter()
            .zip(history.levels())
            .map(|(o, level)| o + *level as usize);
        let sum = table.constant_coefficient(scheme, slots);
        sum.rem_euclid(MESSAGE_MODULUS as i64) as u64
    }

    /// How far each table was turned when the last strand ends.
    fn turned(&self, cells: &[Vec<u32>]) -> Vec<(usize, u32)> {
        let mut ends: Vec<Vec<(usize, u32)>> = Vec::with_capacity(self.strands.len());
        for strand in &self.strands {
            let joined = strand.joined.iter().flat_map(|i| ends[*i].clone());
            let tables = strand.tables.iter().map(|chi| (*chi, 0));
            let turns = strand.cells.iter().map(|c| cells[c.source][c.line_window]);
            let turns: u32 = turns.sum();
            let on_it = joined.chain(tables);
            ends.push(on_it.map(|(chi, level)| (chi, level + turns)).collect());
        }
        ends.pop().unwrap_or_default()
    }

    /// Every table, looked up where its strands turn it.
    fn turn_tables(&self, scheme: &Scheme, histories: &[&SourceLevels]) -> Vec<u64> {
        let cells: Vec<Vec<u32>> = histories
            .iter()
            .enumerate()
            .map(|(source, history)| {
                let sent = self.lineup.participants()[source].cells(scheme);
                let mut cells = vec![0; scheme.line_windows().len()];
                for (index, cell) in history.cells(scheme).into_iter().enumerate() {
                    if sent.contains(&index) {
                        cells[index] = cell.unwrap_or_default();
                    }
                }
                cells
            })
            .collect();
        let mut outputs = vec![0; self.outputs];
        for (chi, level) in self.turned(&cells) {
            outputs[0] += self.characteristics[chi].table[level as usize];
            for (h, output) in outputs.iter_mut().enumerate().skip(1) {
                *output += canary_constant(h, chi);
            }
        }
        outputs
            .into_iter()
            .map(|output| output % MESSAGE_MODULUS)
            .collect()
    }
}
