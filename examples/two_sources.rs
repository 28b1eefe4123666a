//! The whole thing in ten lines: two data holders seal, the platform scores
//! blind, the applicant opens.
//!
//! `cargo run --release -p blindscore-examples --example two_sources`

use blindscore_client::applicant::{SecretKey, draw_application_id, re_execute};
use blindscore_client::source::SealRequest;
use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_examples::person::Person;
use blindscore_history::form::Form::Composable;
use blindscore_history::levels::CoverageRule::Full;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The bundled scheme and scorecards; the statements of an invented person.
    let Person {
        scheme,
        scorecards,
        bank,
        wallet,
    } = Person::load()?;

    // 1. The applicant makes a key for this application.
    let secret = SecretKey::generate(draw_application_id()?)?;
    let key = secret.public_key();
    // 2. Each data holder seals its own levels to it.
    let ask = |roles| SealRequest {
        key,
        scheme: &scheme,
        form: Composable,
        roles,
        coverage: Full,
    };
    let from_bank = bank.source.seal(&ask(&bank.roles), &bank.levels)?;
    let from_wallet = wallet.source.seal(&ask(&wallet.roles), &wallet.levels)?;
    // 3. The platform scores without seeing a level.
    let plan = Plan::compile(
        &scheme,
        &scorecards[0],
        &Lineup::of(&[&from_bank, &from_wallet])?,
    )?;
    let histories = [&from_bank, &from_wallet].map(PreparedHistory::new);
    let histories = [&histories[0], &histories[1]];
    let evaluation = plan.evaluate(key, &histories)?;
    // 4. The applicant runs it again, wants the same bytes, and opens the score.
    re_execute(&plan, key, &histories, &evaluation)?;
    let score = secret.open(&plan, &scorecards[0], &evaluation)?;

    println!("{}: {}", scorecards[0].name(), score.published());
    Ok(())
}
