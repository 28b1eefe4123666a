//! What several commands show: scores with their points, plans, parameters; as
//! text for people and as JSON for programs.

use blindscore_evaluator::Plan;
use blindscore_fhe::Gadget;
use blindscore_fhe::parameters::{
    GLWE_DIMENSION, MESSAGE_MODULUS, N, NOISE_BOUND_LOG2, PARAMETER_ID, SENT_BITS,
};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::{CharacteristicPoints, Explanation, ReasonCode};
use serde::Serialize;

use crate::output::table;

/// A score that was opened, beside the plaintext one.
#[derive(Serialize)]
pub(crate) struct ScoreReport {
    pub(crate) scorecard: String,
    pub(crate) provider: String,
    pub(crate) digest: Digest,
    /// The published score that the ciphertext opened to.
    pub(crate) encrypted: i64,
    /// The published score of the same levels in the clear.
    pub(crate) plaintext: i64,
    pub(crate) equal: bool,
    /// `S`, what the ciphertext holds.
    pub(crate) shifted: u32,
    pub(crate) points: Vec<CharacteristicPoints>,
    pub(crate) reasons: Vec<ReasonCode>,
}

/// A plan's numbers.
#[derive(Serialize)]
pub(crate) struct PlanReport {
    pub(crate) scorecard: Digest,
    pub(crate) plan: Digest,
    pub(crate) form: Form,
    pub(crate) sources: Vec<String>,
    pub(crate) characteristics: usize,
    /// The score, and canaries in composable form.
    pub(crate) outputs: usize,
    pub(crate) external_products: usize,
    /// Honest noise, log2 of its deviation as a part of the torus.
    pub(crate) noise_log2: f64,
    pub(crate) wrong_score_log2: f64,
    pub(crate) canary_refusal_log2: Option<f64>,
    pub(crate) hostile_key_log2: Option<f64>,
    pub(crate) upload_bytes: Vec<usize>,
    pub(crate) result_bytes: usize,
}

impl PlanReport {
    pub(crate) fn of(plan: &Plan) -> Self {
        let budget = plan.budget();
        let participants = plan.lineup().participants().iter();
        Self {
            scorecard: plan.scorecard(),
            plan: plan.digest(),
            form: plan.form(),
            sources: participants
                .map(|participant| participant.source.to_string())
                .collect(),
            characteristics: plan.characteristics().len(),
            outputs: plan.outputs(),
            external_products: budget.products,
            noise_log2: budget.noise.log2_of_torus(),
            wrong_score_log2: budget.wrong_score_log2,
            canary_refusal_log2: budget.canary_refusal_log2,
            hostile_key_log2: budget.hostile_key_log2,
            upload_bytes: budget.upload_bytes.clone(),
            result_bytes: budget.result_bytes,
        }
    }
}

/// The parameter set.
#[derive(Serialize)]
pub(crate) struct ParametersReport {
    id: u32,
    n: usize,
    glwe_dimension: usize,
    modulus: &'static str,
    message_modulus: u64,
    noise: String,
    cells: &'static str,
    base_log: u32,
    levels: usize,
    sealed_coefficient_bits: u32,
}

impl ParametersReport {
    /// The parameters of applications under a scheme.
    pub(crate) fn of(scheme: &Scheme) -> Self {
        let gadget = Gadget::of(scheme);
        Self {
            id: PARAMETER_ID,
            n: N,
            glwe_dimension: GLWE_DIMENSION.0,
            modulus: "2^64",
            message_modulus: MESSAGE_MODULUS,
            noise: format!("TUniform({NOISE_BOUND_LOG2})"),
            cells: scheme.cell_size().name(),
            base_log: gadget.base_log(),
            levels: gadget.levels(),
            sealed_coefficient_bits: SENT_BITS,
        }
    }
}

/// A scheme's identity.
#[derive(Serialize)]
pub(crate) struct SchemeReport {
    name: String,
    version: u32,
    digest: Digest,
}

impl SchemeReport {
    pub(crate) fn of(scheme: &Scheme) -> Self {
        Self {
            name: scheme.name().to_owned(),
            version: scheme.version(),
            digest: scheme.digest(),
        }
    }
}

/// One level, with the values that give it.
#[derive(Serialize)]
pub(crate) struct LevelReport {
    line: String,
    window: u8,
    level: u32,
    level_max: u32,
    range: String,
}

impl LevelReport {
    /// One source's levels, in the scheme's order.
    pub(crate) fn all(scheme: &Scheme, levels: &[u32]) -> Vec<Self> {
        let windows = scheme.line_windows().iter().zip(levels).enumerate();
        let report = |(index, (window, level)): (usize, (&_, &u32))| {
            let window: &blindscore_history::scheme::LineWindow = window;
            Self {
                line: scheme.lines()[window.line].name().to_owned(),
                window: window.months,
                level: *level,
                level_max: window.source_level_max,
                range: scheme.level_range_as_money(index, *level, level.checked_add(1)),
            }
        };
        windows.map(report).collect()
    }

    /// The levels as a table, a line's name only once.
    pub(crate) fn table(levels: &[Self]) -> String {
        let rows = levels.iter().enumerate().map(|(index, level)| {
            let repeated = index > 0 && levels[index - 1].line == level.line;
            [
                if repeated {
                    String::new()
                } else {
                    level.line.clone()
                },
                level.window.to_string(),
                level.level.to_string(),
                level.level_max.to_string(),
                level.range.clone(),
            ]
        });
        table(
            ["line", "months", "level", "of", "stands for"],
            rows,
            &[1, 2, 3],
        )
    }
}

const POINTS_HEADER: [&str; 5] = [
    "characteristic",
    "this person",
    "points",
    "baseline",
    "at most",
];

/// Points, arithmetic and reasons of a score, for its person.
pub(crate) fn explanation(explanation: &Explanation) -> String {
    let rows = explanation.points.iter().map(|given| {
        [
            given.name.clone(),
            given.attribute.clone(),
            given.points.to_string(),
            given.baseline.to_string(),
            given.greatest.to_string(),
        ]
    });
    let mut text = table(POINTS_HEADER, rows, &[2, 3, 4]);
    let won: i64 = explanation.points.iter().map(|given| given.points).sum();
    text += &format!(
        "{} base points and {won} points make {}, published as {}.\n",
        explanation.base_points, explanation.score.raw, explanation.score.published
    );
    let side = if explanation.points_count_risk {
        "above"
    } else {
        "below"
    };
    if explanation.reasons.is_empty() {
        text +=
            &format!("No characteristic is {side} its baseline, so there is no reason to give.\n");
    } else {
        text += &format!("Reasons, the furthest {side} the baseline first:\n");
        for reason in &explanation.reasons {
            text += &format!("  {}  {}\n", reason.code(), reason.text());
        }
    }
    text
}
