//! How costs grow: with characteristics, sources, scorecards, cores, batch.
//!
//! Each point is the time of one score. Scorecards, cores and batch count
//! bringing the histories to the transform domain; characteristics and sources
//! do not. Subjects are invented
//! ([`Subject::invented`]), so that the curves of two machines compare.

use std::hint::black_box;
use std::time::Duration;

use blindscore_fhe::yardstick::Bootstrap;
use blindscore_history::form::Form;
use serde::Serialize;

use crate::stage::Stage;
use crate::subject::Subject;
use crate::turns::{Contender, medians};
use crate::{Error, pool};

/// Lines of the invented schemes; 64 of 32 levels fill one packed ciphertext.
const LINES: usize = 64;
/// Characteristics of a card where their number does not vary.
const CHARACTERISTICS: usize = 12;
/// Different people in a batch; larger batches take them again and again.
const PEOPLE: u64 = 64;

/// Times of one score against something that grows.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// What grows.
    pub along: &'static str,
    /// What is measured.
    pub of: String,
    /// Ascending.
    pub points: Vec<Point>,
    /// Why the curve ends before its last point, if it does.
    pub ends: Option<String>,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    /// How many.
    pub at: usize,
    /// Microseconds a score.
    pub us: f64,
    /// The same in bootstraps of the same run.
    pub per_bootstrap: f64,
}

/// Measures all curves, `rounds` rounds a point.
///
/// # Errors
/// A machine without threads.
pub fn curves(rounds: usize, watch: &mut (dyn FnMut(&str) + Send)) -> Result<Vec<Curve>, Error> {
    let bootstrap = Bootstrap::generate(2);
    let mut curves = Vec::new();
    for form in [Form::Packed, Form::Composable] {
        let mut run = Run {
            rounds,
            bootstrap: &bootstrap,
            watch,
            form,
        };
        curves.push(run.characteristics()?);
        if form == Form::Composable {
            curves.push(run.sources()?);
        }
        curves.push(run.scorecards()?);
        curves.push(run.cores()?);
        curves.push(run.batch()?);
    }
    Ok(curves)
}

struct Run<'a> {
    rounds: usize,
    bootstrap: &'a Bootstrap,
    watch: &'a mut (dyn FnMut(&str) + Send),
    form: Form,
}

impl Run<'_> {
    fn holders(&self) -> usize {
        match self.form {
            Form::Packed => 1,
            Form::Composable => 2,
        }
    }

    fn curve(&mut self, along: &'static str) -> Curve {
        (self.watch)(&format!("curve over {along}, {}", self.form));
        Curve {
            along,
            of: self.form.to_string(),
            points: Vec::new(),
            ends: None,
        }
    }

    /// A point: `run` makes `scores` scores.
    fn point(
        &self,
        cores: usize,
        at: usize,
        scores: usize,
        run: impl FnMut() + Send,
    ) -> Result<Point, Error> {
        let (bootstrap, rounds) = (self.bootstrap, self.rounds);
        let time = pool(cores)?.install(|| {
            let mut bench = bootstrap.bench();
            let mut contenders = [
                Contender::new("bootstrap", 1, || bootstrap.run(&mut bench)),
                Contender::new("score", 1, run),
            ];
            medians(rounds, &mut contenders, &mut |_| {})
        });
        let seconds = |index: usize| Duration::as_secs_f64(&time[index].1);
        let us = seconds(1) * 1e6 / scores as f64;
        Ok(Point {
            at,
            us,
            per_bootstrap: us / (seconds(0) * 1e6),
        })
    }

    /// Repeats that make a packed score long enough for the clock.
    fn repeats(&self) -> usize {
        match self.form {
            Form::Packed => 32,
            Form::Composable => 1,
        }
    }

    fn characteristics(&mut self) -> Result<Curve, Error> {
        let mut curve = self.curve("characteristics");
        for count in [4, 8, 16, 32, 48, 64] {
            let subject = Subject::invented(LINES, self.holders() as u32, &[count])?;
            let stage = match Stage::new(&subject, self.form, self.holders()) {
                Ok(stage) => stage,
                Err(Error::Plan(error)) => {
                    curve.ends = Some(error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            };
            let repeats = self.repeats();
            curve.points.push(self.point(1, count, repeats, || {
                (0..repeats).for_each(|_| drop(black_box(stage.evaluate(stage.plan()))));
            })?);
        }
        Ok(curve)
    }

    fn sources(&mut self) -> Result<Curve, Error> {
        let mut curve = self.curve("sources");
        for count in 1..=8 {
            let subject = Subject::invented(CHARACTERISTICS, count as u32, &[CHARACTERISTICS])?;
            let stage = match Stage::new(&subject, self.form, count) {
                Ok(stage) => stage,
                Err(Error::Plan(error)) => {
                    curve.ends = Some(error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            };
            curve.points.push(self.point(1, count, 1, || {
                drop(black_box(stage.evaluate(stage.plan())));
            })?);
        }
        Ok(curve)
    }

    fn scorecards(&mut self) -> Result<Curve, Error> {
        let mut curve = self.curve("scorecards on one history");
        let stage = self.stage(&[CHARACTERISTICS; 32])?;
        let plans: Vec<_> = stage.plans.iter().collect();
        let people = &stage.others(1)?;
        for count in [1, 2, 4, 8, 16, 32] {
            curve.points.push(self.point(1, count, count, || {
                // Preparing the history is shared by the cards, and counted.
                stage.batch(&plans[..count], people, 1);
            })?);
        }
        Ok(curve)
    }

    fn cores(&mut self) -> Result<Curve, Error> {
        let mut curve = self.curve("cores");
        let stage = self.stage(&[CHARACTERISTICS])?;
        let people = &stage.others(4)?;
        let scores = 16 * self.repeats();
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        for cores in 1..=all {
            curve.points.push(self.point(cores, cores, scores, || {
                stage.batch(&[stage.plan()], people, scores);
            })?);
        }
        Ok(curve)
    }

    fn batch(&mut self) -> Result<Curve, Error> {
        let mut curve = self.curve("histories in a batch, all cores");
        let stage = self.stage(&[CHARACTERISTICS])?;
        let people = match self.form {
            Form::Packed => PEOPLE,
            Form::Composable => 4,
        };
        let others = stage.others(people)?;
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let sizes: &[usize] = match self.form {
            Form::Packed => &[1, 10, 100, 1000, 10_000],
            Form::Composable => &[1, 10, 100],
        };
        for size in sizes {
            curve.points.push(self.point(all, *size, *size, || {
                stage.batch(&[stage.plan()], &others, *size);
            })?);
        }
        Ok(curve)
    }

    fn stage(&self, cards: &[usize]) -> Result<Stage, Error> {
        let subject = Subject::invented(LINES, self.holders() as u32, cards)?;
        Stage::new(&subject, self.form, self.holders())
    }
}
