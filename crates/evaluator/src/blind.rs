//! Running a plan on ciphertexts.

use std::cell::RefCell;

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{
    Accumulator, BlindResult, BlockTables, PreparedCell, PreparedPacked, PublicKey, Scratch,
    Whitening,
};
use blindscore_history::digest::Digest;
use blindscore_protocol::message::{EvaluatedHistory, EvaluationHeader, SealedHistoryHeader};
use rayon::prelude::*;

use crate::error::EvaluateError;
use crate::evaluation::Evaluation;
use crate::history::{Ciphertexts, SealedHistory};
use crate::plan::{CellRef, Plan, Tables};

thread_local! {
    /// Working memory of external products, kept for the next plan.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

/// A sealed history in the transform domain: prepared once, evaluated under as
/// many scorecards as the applicant chooses from.
#[derive(Clone, Debug)]
pub struct PreparedHistory {
    header: SealedHistoryHeader,
    prepared: Prepared,
}

#[derive(Clone, Debug)]
enum Prepared {
    Packed(PreparedPacked),
    Composable(Vec<Option<PreparedCell>>),
}

impl PreparedHistory {
    /// Brings an admitted history to the transform domain, on all cores.
    pub fn new(history: &SealedHistory) -> Self {
        let prepared = match history.ciphertexts() {
            Ciphertexts::Packed(packed) => Prepared::Packed(packed.prepare()),
            Ciphertexts::Composable(composable) => Prepared::Composable(composable.prepare()),
        };
        Self {
            header: history.header().clone(),
            prepared,
        }
    }

    /// What the source says of it.
    pub fn header(&self) -> &SealedHistoryHeader {
        &self.header
    }
}

impl Plan {
    /// Evaluates the plan blind. Histories may come in any order.
    ///
    /// The bytes of the result depend on plan, key and ciphertexts alone, not
    /// on the machine or the number of threads.
    ///
    /// # Errors
    /// Histories that are not the lineup's, or of another scheme, key, form or
    /// as-of date.
    pub fn evaluate(
        &self,
        key: &PublicKey,
        histories: &[&PreparedHistory],
    ) -> Result<Evaluation, EvaluateError> {
        let histories = self.in_plan_order(key, histories)?;
        let result = match &self.tables {
            Tables::Packed(table) => match &histories[0].prepared {
                Prepared::Packed(packed) => table.evaluate(packed),
                Prepared::Composable(_) => return Err(self.other_form(histories[0])),
            },
            Tables::Composable(tables) => self.turn_blind(key, tables, &histories)?,
        };
        let header = EvaluationHeader {
            parameters: PARAMETER_ID,
            applicant_key: key.id(),
            scheme: self.scheme,
            scorecard: self.scorecard,
            plan: self.digest,
            form: self.form(),
            as_of: histories[0].header.as_of,
            histories: histories
                .iter()
                .map(|history| evaluated(&history.header))
                .collect(),
            result: result.digest(),
        };
        Ok(Evaluation::new(header, result))
    }

    /// The histories in plan order, each checked against the plan and the key.
    fn in_plan_order<'a>(
        &self,
        key: &PublicKey,
        histories: &[&'a PreparedHistory],
    ) -> Result<Vec<&'a PreparedHistory>, EvaluateError> {
        let mut ordered = histories.to_vec();
        ordered.sort_by(|a, b| a.header.source.cmp(&b.header.source));
        let participants = self.lineup.participants();
        let fits = ordered.len() == participants.len()
            && ordered
                .iter()
                .zip(participants)
                .all(|(history, participant)| {
                    history.header.source == participant.source
                        && history.header.roles.iter().eq(&participant.roles)
                });
        if !fits {
            return Err(EvaluateError::OtherLineup);
        }
        for history in &ordered {
            let source_id = || history.header.source.clone();
            if history.header.scheme != self.scheme {
                return Err(EvaluateError::OtherScheme {
                    source_id: source_id(),
                });
            }
            if history.header.applicant_key != key.id() {
                let got = history.header.applicant_key;
                return Err(EvaluateError::OtherKey {
                    source_id: source_id(),
                    got,
                    want: key.id(),
                });
            }
            if history.header.form != self.form() {
                return Err(self.other_form(history));
            }
            if history.header.as_of != ordered[0].header.as_of {
                return Err(EvaluateError::AsOf);
            }
        }
        Ok(ordered)
    }

    fn other_form(&self, history: &PreparedHistory) -> EvaluateError {
        let source_id = history.header.source.clone();
        EvaluateError::OtherForm {
            source_id,
            got: history.header.form,
            want: self.form(),
        }
    }

    /// Every strand after those that end in it, on all cores. Addition modulo
    /// 2^64 does not care about order, so the bytes are the same for any number
    /// of cores.
    fn turn_blind(
        &self,
        key: &PublicKey,
        tables: &[BlockTables],
        histories: &[&PreparedHistory],
    ) -> Result<BlindResult, EvaluateError> {
        let digests: Vec<Digest> = histories.iter().map(|h| h.header.ciphertexts).collect();
        let start = |chi: usize| {
            let whitening = Whitening {
                plan: &self.digest,
                histories: &digests,
            };
            Accumulator::start(&tables[chi], key, whitening, chi as u32)
        };
        let last = self.strands.len().checked_sub(1);
        let last = last.ok_or(EvaluateError::OtherLineup)?;
        let sum = self.turn_strand(last, &start, tables, histories)?;
        Ok(sum.into_result(self.outputs))
    }

    /// The end of a strand. What starts anew is whitened; what others end in is
    /// as random as they are.
    fn turn_strand(
        &self,
        index: usize,
        start: &(impl Fn(usize) -> Accumulator + Sync),
        tables: &[BlockTables],
        histories: &[&PreparedHistory],
    ) -> Result<Accumulator, EvaluateError> {
        let strand = &self.strands[index];
        let joined = strand.joined.par_iter().with_max_len(1);
        let joined = joined
            .map(|index| self.turn_strand(*index, start, tables, histories))
            .try_reduce_with(|sum, accumulator| Ok(sum.plus(accumulator)))
            .transpose()?;
        let (mut accumulator, added) = match (joined, strand.tables.split_first()) {
            (Some(sum), _) => (sum, &strand.tables[..]),
            (None, Some((first, others))) => (start(*first), others),
            (None, None) => return Err(EvaluateError::OtherLineup),
        };
        for chi in added {
            accumulator.add(&tables[*chi]);
        }
        SCRATCH.with_borrow_mut(|scratch| {
            for cell in &strand.cells {
                accumulator.turn(self.find_cell(histories, *cell)?, scratch);
            }
            Ok(accumulator)
        })
    }

    fn find_cell<'a>(
        &self,
        histories: &[&'a PreparedHistory],
        cell: CellRef,
    ) -> Result<&'a PreparedCell, EvaluateError> {
        let history = histories[cell.source];
        match &history.prepared {
            Prepared::Packed(_) => Err(self.other_form(history)),
            Prepared::Composable(cells) => {
                let cell = cells.get(cell.line_window).and_then(Option::as_ref);
                cell.ok_or(EvaluateError::OtherLineup)
            }
        }
    }
}

fn evaluated(header: &SealedHistoryHeader) -> EvaluatedHistory {
    EvaluatedHistory {
        source: header.source.clone(),
        roles: header.roles.clone(),
        ciphertexts: header.ciphertexts,
    }
}
