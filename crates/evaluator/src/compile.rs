//! From scheme, scorecard and lineup to a plan.

use blindscore_fhe::noise::{CANARY_REFUSAL_GATE, HOSTILE_KEY_GATE, Noise, WRONG_SCORE_GATE};
use blindscore_fhe::parameters::{BLOCK_SIZES, N, PARAMETER_ID};
use blindscore_fhe::spectral::{SPECTRAL_GATE, spectral_maximum};
use blindscore_fhe::{BlockTables, Gadget, PackedHistory, PackedTable, slot_offsets};
use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::scheme::{LineKind, LineWindow, Scheme};
use blindscore_scorecard::{Characteristic, Scorecard};

use crate::error::PlanError;
use crate::history::MAX_CELLS;
use crate::lineup::{Lineup, Participant};
use crate::plan::{Budget, CellRef, Plan, PlannedCharacteristic, Tables, canary_constant};
use crate::strands::{Strand, strands};

/// Version of the way plans are compiled; part of their digest.
///
/// Version 1 had no strands: each table turned by its cells alone.
const PLAN_VERSION: u32 = 2;

impl Plan {
    /// Compiles a scorecard for a lineup.
    ///
    /// # Errors
    /// The scorecard stands on another scheme; the lineup has more sources
    /// than the scheme admits, or than a table has; cells, a table, the slots
    /// or a noise gate do not fit.
    pub fn compile(
        scheme: &Scheme,
        scorecard: &Scorecard,
        lineup: &Lineup,
    ) -> Result<Self, PlanError> {
        if scorecard.scheme_digest() != scheme.digest() {
            return Err(PlanError::OtherScheme {
                scorecard: scorecard.name().to_owned(),
                wants: scorecard.scheme_digest(),
                got: scheme.digest(),
            });
        }
        let sources = lineup.participants().len();
        if sources > scheme.sources_max() as usize {
            return Err(PlanError::TooManySources {
                got: sources,
                want: scheme.sources_max(),
            });
        }
        if scheme.is_tabular() && sources > 1 {
            return Err(PlanError::TabularWithSeveral { sources });
        }
        let upload_bytes = upload_bytes(scheme, lineup)?;
        let compile = |characteristic| plan_characteristic(scheme, lineup, characteristic);
        let characteristics: Vec<_> = scorecard
            .characteristics()
            .iter()
            .map(compile)
            .collect::<Result<_, _>>()?;
        let compiled = match lineup.form() {
            Form::Packed => compile_packed(scheme, &characteristics)?,
            Form::Composable => compile_composable(scheme, upload_bytes, &characteristics)?,
        };
        let digest = digest(scheme, scorecard, lineup, &characteristics, &compiled);
        Ok(Self {
            scheme: scheme.digest(),
            scorecard: scorecard.digest(),
            scorecard_name: scorecard.name().to_owned(),
            lineup: lineup.clone(),
            characteristics,
            outputs: compiled.outputs,
            span: scorecard.span(),
            tables: compiled.tables,
            strands: compiled.strands,
            offsets: compiled.offsets,
            budget: compiled.budget,
            digest,
        })
    }
}

/// What the two forms compile to, each in its way.
struct Compiled {
    tables: Tables,
    /// Composable form only.
    strands: Vec<Strand>,
    /// First slot of each line-window; packed form only.
    offsets: Vec<usize>,
    outputs: usize,
    budget: Budget,
}

fn plan_characteristic(
    scheme: &Scheme,
    lineup: &Lineup,
    characteristic: &Characteristic,
) -> Result<PlannedCharacteristic, PlanError> {
    let line_window = characteristic.line_window();
    let window = &scheme.line_windows()[line_window];
    let mut cells = turning_cells(scheme, lineup, window);
    cells.sort_unstable();
    let largest = largest_level(scheme, lineup, window);
    let limit = BLOCK_SIZES[BLOCK_SIZES.len() - 1] as u32 - 1;
    if largest > limit {
        let characteristic = characteristic.name().to_owned();
        return Err(PlanError::TableTooLong {
            characteristic,
            largest,
            limit,
        });
    }
    // A single line that no source has the role for is not known, whatever a
    // packed history holds in its slots.
    let unassigned = cells.is_empty();
    let above_least = |level| {
        let level = if unassigned { 0 } else { level };
        (characteristic.points_at(level) - characteristic.least()) as u64
    };
    Ok(PlannedCharacteristic {
        name: characteristic.name().to_owned(),
        line_window,
        table: (0..=largest).map(above_least).collect(),
        cells: if lineup.form() == Form::Packed {
            Vec::new()
        } else {
            cells
        },
    })
}

/// The largest level that this lineup can give.
fn largest_level(scheme: &Scheme, lineup: &Lineup, window: &LineWindow) -> u32 {
    match scheme.lines()[window.line].kind() {
        LineKind::Pooled(_) | LineKind::Sum(_) => {
            window.source_level_max * lineup.participants().len() as u32
        }
        LineKind::Single(_) | LineKind::Column(_) => window.level_max,
    }
}

/// The cells that add up to a line-window's level.
fn turning_cells(scheme: &Scheme, lineup: &Lineup, window: &LineWindow) -> Vec<CellRef> {
    let pooled = |line: usize| {
        let first = scheme.first_window(line).unwrap_or_default();
        let sources = 0..lineup.participants().len();
        (first..=first + window.window).flat_map(move |line_window| {
            sources.clone().map(move |source| CellRef {
                source,
                line_window,
            })
        })
    };
    match scheme.lines()[window.line].kind() {
        LineKind::Pooled(_) => pooled(window.line).collect(),
        LineKind::Sum(sum) => sum
            .members()
            .iter()
            .flat_map(|line| pooled(*line))
            .collect(),
        LineKind::Single(single) => {
            let line_window = scheme.first_window(window.line).unwrap_or_default() + window.window;
            let holder = lineup.holder_of(single.role());
            holder
                .map(|source| CellRef {
                    source,
                    line_window,
                })
                .into_iter()
                .collect()
        }
        LineKind::Column(_) => {
            let line_window = scheme.first_window(window.line).unwrap_or_default();
            vec![CellRef {
                source: 0,
                line_window,
            }]
        }
    }
}

fn compile_packed(
    scheme: &Scheme,
    characteristics: &[PlannedCharacteristic],
) -> Result<Compiled, PlanError> {
    let offsets = slot_offsets(scheme)?;
    let mut values = vec![0i64; scheme.slots()];
    for characteristic in characteristics {
        let offset = offsets[characteristic.line_window];
        let slots = scheme.line_windows()[characteristic.line_window].source_level_max as usize + 1;
        let slots = values[offset..offset + slots].iter_mut();
        for (value, points) in slots.zip(&characteristic.table) {
            *value += *points as i64;
        }
    }
    let table = PackedTable::new(scheme, &values);
    let noise = Noise::packed(table.coefficients());
    let spectral = spectral_maximum(table.coefficients());
    let heaviest = || {
        let weight = |c: &&PlannedCharacteristic| c.table.iter().map(|t| t * t).sum::<u64>();
        characteristics
            .iter()
            .max_by_key(weight)
            .map_or_else(String::new, |c| c.name.clone())
    };
    if spectral > SPECTRAL_GATE {
        let characteristic = heaviest();
        return Err(PlanError::Spectrum {
            got: spectral,
            want: SPECTRAL_GATE,
            characteristic,
        });
    }
    let wrong_score_log2 = noise.wrong_score_log2();
    if wrong_score_log2 > WRONG_SCORE_GATE {
        return Err(PlanError::PackedNoise {
            got: wrong_score_log2,
            want: WRONG_SCORE_GATE,
            characteristic: heaviest(),
        });
    }
    Ok(Compiled {
        tables: Tables::Packed(table),
        strands: Vec::new(),
        offsets,
        outputs: 1,
        budget: Budget {
            products: 0,
            noise,
            wrong_score_log2,
            canary_refusal_log2: None,
            hostile_key_log2: None,
            spectral_maximum: Some(spectral),
            upload_bytes: vec![PackedHistory::BYTES],
            result_bytes: result_bytes(1),
        },
    })
}

fn compile_composable(
    scheme: &Scheme,
    upload_bytes: Vec<usize>,
    characteristics: &[PlannedCharacteristic],
) -> Result<Compiled, PlanError> {
    let longest = characteristics
        .iter()
        .map(|c| c.table.len())
        .max()
        .unwrap_or(1);
    let block = BLOCK_SIZES
        .into_iter()
        .find(|block| longest <= *block)
        .unwrap_or(N);
    let outputs = N / block;
    let sets: Vec<&[CellRef]> = characteristics.iter().map(|c| &c.cells[..]).collect();
    let strands = strands(&sets);
    let products = strands.iter().map(|strand| strand.cells.len()).sum();
    let whitened = strands.iter().filter(|strand| strand.joined.is_empty());
    let gadget = Gadget::of(scheme);
    let noise = Noise::composable(gadget, products, whitened.count());
    let budget = Budget {
        products,
        noise,
        wrong_score_log2: noise.wrong_score_log2(),
        canary_refusal_log2: Some(noise.canary_refusal_log2(outputs)),
        hostile_key_log2: Some(noise.hostile_key_log2(outputs - 1)),
        spectral_maximum: None,
        upload_bytes,
        result_bytes: result_bytes(outputs),
    };
    let gates = [
        (
            "a wrong score",
            Some(budget.wrong_score_log2),
            WRONG_SCORE_GATE,
        ),
        (
            "an honest key's refusal by a canary",
            budget.canary_refusal_log2,
            CANARY_REFUSAL_GATE,
        ),
        (
            "a hostile key within its canaries",
            budget.hostile_key_log2,
            HOSTILE_KEY_GATE,
        ),
    ];
    for (gate, got, want) in gates {
        let costliest = characteristics.iter().max_by_key(|c| c.cells.len());
        if let (Some(got), Some(costliest)) = (got.filter(|got| *got > want), costliest) {
            let characteristic = costliest.name.clone();
            let products = costliest.cells.len();
            return Err(PlanError::Noise {
                gate,
                got,
                want,
                characteristic,
                products,
                remedy: match gadget {
                    Gadget::Compact => {
                        "seal with larger cells, which a new version of the scheme with \"cells\": \"fine\" has, or give it a shorter window"
                    }
                    Gadget::Fine => "give it a shorter window or fewer lines",
                },
            });
        }
    }
    let tables = characteristics
        .iter()
        .enumerate()
        .map(|(chi, characteristic)| {
            let canaries = (1..outputs).map(|h| vec![canary_constant(h, chi)]);
            let blocks: Vec<_> = std::iter::once(characteristic.table.clone())
                .chain(canaries)
                .collect();
            BlockTables::new(&blocks)
        });
    Ok(Compiled {
        tables: Tables::Composable(tables.collect()),
        strands,
        offsets: Vec::new(),
        outputs,
        budget,
    })
}

/// Bytes of the cells that each source of the lineup sends, in composable form.
fn upload_bytes(scheme: &Scheme, lineup: &Lineup) -> Result<Vec<usize>, PlanError> {
    if lineup.form() == Form::Packed {
        return Ok(Vec::new());
    }
    let bytes = |participant: &Participant| {
        let got = participant.cells(scheme).len();
        if got > MAX_CELLS {
            let source_id = participant.source.clone();
            return Err(PlanError::TooManyCells { source_id, got });
        }
        Ok(got * Gadget::of(scheme).cell_bytes())
    };
    lineup.participants().iter().map(bytes).collect()
}

fn result_bytes(outputs: usize) -> usize {
    4 + 8 * (N + outputs)
}

fn digest(
    scheme: &Scheme,
    scorecard: &Scorecard,
    lineup: &Lineup,
    characteristics: &[PlannedCharacteristic],
    compiled: &Compiled,
) -> Digest {
    let mut framed = Framed::new(label::PLAN)
        .u32(PLAN_VERSION)
        .u32(PARAMETER_ID)
        .bytes(lineup.form().name().as_bytes())
        .digest_field(&scheme.digest())
        .digest_field(&scorecard.digest())
        .u32(compiled.outputs as u32)
        .u32(lineup.participants().len() as u32);
    for participant in lineup.participants() {
        framed = framed
            .bytes(participant.source.as_str().as_bytes())
            .u32(participant.roles.len() as u32);
        for role in &participant.roles {
            framed = framed.bytes(role.as_str().as_bytes());
        }
    }
    framed = framed.u32(characteristics.len() as u32);
    for characteristic in characteristics {
        framed = framed
            .u32(characteristic.line_window as u32)
            .u32(characteristic.table.len() as u32);
        for entry in &characteristic.table {
            framed = framed.u64(*entry);
        }
    }
    if compiled.strands.is_empty() {
        return framed.digest();
    }
    let gadget = Gadget::of(scheme);
    framed = framed
        .u32(gadget.base_log())
        .u32(gadget.levels() as u32)
        .u32(compiled.strands.len() as u32);
    for strand in &compiled.strands {
        for indices in [&strand.tables, &strand.joined] {
            framed = framed.u32(indices.len() as u32);
            for index in indices {
                framed = framed.u32(*index as u32);
            }
        }
        framed = framed.u32(strand.cells.len() as u32);
        for cell in &strand.cells {
            framed = framed.u32(cell.source as u32).u32(cell.line_window as u32);
        }
    }
    framed.digest()
}
