//! Scenes for the proof of correct opening: a key, real evaluations under it,
//! and what they open to.

use std::collections::BTreeSet;
use std::sync::Arc;

use blindscore_client::source::{SealRequest, Source};
use blindscore_evaluator::{Evaluation, Lineup, Participant, Plan, PreparedHistory, SealedHistory};
use blindscore_fhe::proof::{self, NoRandomness, Opening, Proof, Statement};
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_fhe::{KeyOrigin, PublicKey, SealingKey};
use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use blindscore_scorecard::Scorecard;

/// A scheme of two pooled lines, whose caps decide how many canaries two
/// sources leave room for, and a scorecard of four characteristics, 24 products.
#[derive(Debug)]
pub struct Card {
    /// The scheme.
    pub scheme: Scheme,
    /// The scorecard.
    pub scorecard: Scorecard,
    /// Compiled for one source.
    pub packed: Arc<Plan>,
    /// Compiled for two.
    pub composable: Arc<Plan>,
}

/// A key pair.
#[derive(Debug)]
pub struct KeyPair {
    /// The secret half.
    pub secret: SecretPolynomial,
    /// The public half.
    pub public: PublicKey,
}

/// A plan, run on sealed histories.
#[derive(Debug)]
pub struct Evaluated {
    /// The plan.
    pub plan: Arc<Plan>,
    /// What it gave.
    pub evaluation: Evaluation,
    /// The score, from the levels in the clear.
    pub plain: u32,
}

/// An honest key with an evaluation under it.
#[derive(Debug)]
pub struct Scene {
    /// The key.
    pub secret: SecretPolynomial,
    /// Its public half.
    pub public: PublicKey,
    /// The evaluation.
    pub evaluated: Evaluated,
}

/// The label of [`seeded`] randomness.
pub const RANDOMNESS: &str = "blindscore tests randomness";

/// Repeatable randomness in place of the operating system's.
pub fn seeded(number: u64) -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut stream = Framed::new(RANDOMNESS).u64(number).stream();
    move |bytes| {
        stream.fill(bytes);
        Ok(())
    }
}

/// Where a key comes from, by number.
pub fn origin(number: u64) -> KeyOrigin {
    let bytes = |name: &str| *Framed::new(name).u64(number).digest().as_bytes();
    KeyOrigin {
        signing_key: bytes("blindscore tests signing"),
        application_id: [number as u8; 16],
        nonce: bytes("blindscore tests nonce"),
    }
}

impl KeyPair {
    /// An honest key pair, by number.
    pub fn honest(number: u64) -> Self {
        let seed = Framed::new("blindscore tests key").u64(number).digest();
        let (secret, public) = generate(origin(number), seed.as_bytes());
        Self { secret, public }
    }
}

impl Card {
    /// A card whose composable plan over two sources has `outputs` outputs, 8
    /// or 16.
    pub fn with_outputs(outputs: usize) -> Self {
        // Tables of both sources' levels fill more than half a block.
        let cap = if outputs == 8 { 100 } else { 63 };
        let scheme = format!(
            r#"{{"blindscore_scheme": 1, "name": "proofs", "version": 1, "currency": "EUR",
            "sources_max": 2, "lines": [
            {{"name": "a", "kind": "pooled", "flows": ["expenditure"], "unit": 5000, "cap": {cap}, "windows": [1, 3, 6, 12]}},
            {{"name": "b", "kind": "pooled", "flows": ["cash"], "unit": 5000, "cap": {cap}, "windows": [1, 3, 6, 12]}}
            ]}}"#
        );
        let scheme = Scheme::from_json(&scheme).expect("a scheme");
        let characteristic = |name: &str, line: &str, window: u32, points: [i32; 4]| {
            let [a, b, c, d] = points;
            let code = line.to_uppercase();
            format!(
                r#"{{"name": "{name}", "line": "{line}", "window": {window}, "baseline": 0,
                "reason": {{"code": "{code}{window}", "text": "{name}"}}, "attributes": [
                {{"from": 0, "to": 9, "points": {a}}}, {{"from": 9, "to": 30, "points": {b}}},
                {{"from": 30, "to": 61, "points": {c}}}, {{"from": 61, "points": {d}}}]}}"#
            )
        };
        let characteristics = [
            characteristic("a over a year", "a", 12, [0, 55, 130, 250]),
            characteristic("a over half a year", "a", 6, [200, 90, 31, 0]),
            characteristic("b over a year", "b", 12, [0, 12, 240, 17]),
            characteristic("b over a month", "b", 1, [300, 7, 2, 0]),
        ];
        let scorecard = format!(
            r#"{{"blindscore_scorecard": 1, "name": "proofs", "provider": "Example", "version": 1,
            "scheme": "{}", "base_points": 0, "characteristics": [{}],
            "scaling": {{"offset_millionths": 0, "factor_millionths": 1000000, "min": 0, "max": 2000}}}}"#,
            scheme.digest(),
            characteristics.join(",")
        );
        let scorecard = Scorecard::from_json(&scorecard, &scheme).expect("a scorecard");
        let compile = |form, sources: &[u8]| {
            let participant = |source: &u8| Participant {
                source: source_id(*source),
                roles: BTreeSet::new(),
            };
            let participants = sources.iter().map(participant).collect();
            let lineup = Lineup::new(form, participants).expect("a lineup");
            Arc::new(Plan::compile(&scheme, &scorecard, &lineup).expect("a plan"))
        };
        Self {
            packed: compile(Form::Packed, &[0]),
            composable: compile(Form::Composable, &[0, 1]),
            scheme,
            scorecard,
        }
    }

    /// Levels of one source, by number.
    pub fn levels(&self, number: u64) -> SourceLevels {
        let mut stream = Framed::new("blindscore tests levels").u64(number).stream();
        let mut levels = Vec::new();
        for window in self.scheme.line_windows() {
            let mut bytes = [0; 2];
            stream.fill(&mut bytes);
            let most = window.source_level_max;
            let before = if window.window == 0 {
                0
            } else {
                levels.last().copied().unwrap_or(0)
            };
            // A quarter of the room at most, so that all attributes are met.
            let room = (most - before) / 4 + 1;
            levels.push((before + u32::from(u16::from_le_bytes(bytes)) % (room + 1)).min(most));
        }
        let as_of = "2026-11-15".parse().expect("a date");
        SourceLevels::from_levels(&self.scheme, as_of, 12, levels).expect("levels in range")
    }

    /// Seals a source's levels to a key; sources differ by name and secret.
    pub fn seal(
        &self,
        key: &PublicKey,
        form: Form,
        source: u8,
        levels: &SourceLevels,
    ) -> SealedHistory {
        let request = SealRequest {
            key,
            scheme: &self.scheme,
            form,
            roles: &[],
            coverage: CoverageRule::AllowShorter,
        };
        Source::new(source_id(source), SealingKey::new([source + 1; 32]))
            .seal(&request, levels)
            .expect("the form fits the scheme")
    }

    /// Levels made from `number`: of one source in packed form, of two in
    /// composable form.
    pub fn holdings(&self, form: Form, number: u64) -> Vec<SourceLevels> {
        let sources = match form {
            Form::Packed => 1,
            Form::Composable => 2,
        };
        let levels = |source| self.levels(2 * number + source);
        (0..sources).map(levels).collect()
    }

    /// Seals levels made from `number` and evaluates the card blind on them.
    pub fn evaluate(&self, key: &PublicKey, form: Form, number: u64) -> Evaluated {
        let levels = self.holdings(form, number);
        let seal = |(source, levels)| self.seal(key, form, source, levels);
        let sealed: Vec<_> = (0..).zip(&levels).map(seal).collect();
        self.evaluate_sealed(key, form, &sealed, &levels)
    }

    /// Evaluates the card blind on what was sealed, and in the clear on levels.
    pub fn evaluate_sealed(
        &self,
        key: &PublicKey,
        form: Form,
        sealed: &[SealedHistory],
        levels: &[SourceLevels],
    ) -> Evaluated {
        let plan = match form {
            Form::Packed => &self.packed,
            Form::Composable => &self.composable,
        };
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let evaluation = plan
            .evaluate(key, &prepared.iter().collect::<Vec<_>>())
            .expect("evaluates");
        let plain = plan
            .run_in_the_clear(&self.scheme, &levels.iter().collect::<Vec<_>>())
            .expect("runs in the clear")
            .shifted();
        Evaluated {
            plan: Arc::clone(plan),
            evaluation,
            plain,
        }
    }
}

fn source_id(number: u8) -> PartyId {
    let id = format!("source-{number}");
    id.parse().expect("a plain name")
}

impl Scene {
    /// A packed evaluation, by number.
    pub fn packed(number: u64) -> Self {
        Self::new(&Card::with_outputs(16), Form::Packed, number)
    }

    /// A composable evaluation with `outputs` outputs.
    pub fn composable(number: u64, outputs: usize) -> Self {
        Self::new(&Card::with_outputs(outputs), Form::Composable, number)
    }

    fn new(card: &Card, form: Form, number: u64) -> Self {
        let KeyPair { secret, public } = KeyPair::honest(number);
        let evaluated = card.evaluate(&public, form, number);
        Self {
            secret,
            public,
            evaluated,
        }
    }

    /// What the result opens to.
    pub fn opening(&self) -> Opening {
        self.secret.opening(self.evaluated.evaluation.result())
    }

    /// The honest statement.
    pub fn statement(&self, context: &[u8]) -> Statement {
        self.evaluated
            .statement(&self.public, &self.opening(), context)
    }

    /// A proof of a statement under the scene's key, with repeatable randomness.
    pub fn prove(&self, statement: &Statement, randomness: u64) -> Proof {
        self.prove_counting(statement, randomness).0
    }

    /// The same, and how many attempts it took.
    ///
    /// # Panics
    /// If the statement is not one that the scene's key can prove.
    pub fn prove_counting(&self, statement: &Statement, randomness: u64) -> (Proof, u32) {
        let proven = proof::prove(
            statement,
            &self.secret,
            &mut seeded(randomness),
            &mut |_| {},
        );
        let (proof, report) = proven.expect("an honest statement");
        (proof, report.attempts)
    }
}

impl Evaluated {
    /// The statement of an opening that is in range and within its bounds.
    ///
    /// # Panics
    /// If it is not.
    pub fn statement(&self, key: &PublicKey, opening: &Opening, context: &[u8]) -> Statement {
        self.plan
            .statement(key, self.evaluation.result(), opening, context)
            .expect("an admissible opening")
    }
}
