//! One data holder, one ciphertext of 24 KB, and the reasons for the score.
//!
//! `cargo run --release -p blindscore-examples --example one_source`

use std::collections::BTreeSet;

use blindscore_client::applicant::{SecretKey, draw_application_id, re_execute};
use blindscore_client::source::SealRequest;
use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_examples::person::Person;
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, CoverageRule, Part};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let person = Person::load()?;
    let (scheme, bank) = (&person.scheme, &person.bank);
    let secret = SecretKey::generate(draw_application_id()?)?;
    let key = secret.public_key();
    let request = SealRequest {
        key,
        scheme,
        form: Form::Packed,
        roles: &bank.roles,
        coverage: CoverageRule::Full,
    };
    let sealed = bank.source.seal(&request, &bank.levels)?;
    println!("the bank sends {} bytes", sealed.to_bytes().len());

    // One sealed history serves every scorecard that the person chooses from.
    let prepared = PreparedHistory::new(&sealed);
    let roles: BTreeSet<_> = bank.roles.iter().cloned().collect();
    let levels = secret.look_into(&sealed, scheme)?;
    let levels = ApplicantLevels::combine(
        scheme,
        &[Part {
            levels: &levels,
            roles: &roles,
        }],
    )?;
    for card in &person.scorecards {
        let plan = Plan::compile(scheme, card, &Lineup::of(&[&sealed])?)?;
        let evaluation = plan.evaluate(key, &[&prepared])?;
        // The applicant runs it again, wants the same bytes, and opens the score.
        re_execute(&plan, key, &[&prepared], &evaluation)?;
        let opened = secret.open(&plan, card, &evaluation)?;
        println!("\n{}: {}", card.name(), opened.published());
        // Refused unless these levels give exactly the opened score.
        let explanation = opened.explain(scheme, card, &levels)?;
        for characteristic in &explanation.points {
            println!(
                "  {:>4}  {} ({})",
                characteristic.points, characteristic.name, characteristic.attribute
            );
        }
        for reason in &explanation.reasons {
            println!("  {}  {}", reason.code(), reason.text());
        }
    }
    Ok(())
}
