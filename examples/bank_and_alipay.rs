//! One person, two exports: a bank's OFX file and Alipay's list, put together
//! into one history and scored encrypted.
//!
//! `cargo run --release -p blindscore-examples --example bank_and_alipay`

use blindscore_client::applicant::{SecretKey, draw_application_id, re_execute};
use blindscore_client::source::{SealRequest, Source};
use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_examples::{ALIPAY_CSV, AS_OF, CURRENT_OFX, SCHEME_JSON, SCORECARDS};
use blindscore_fhe::SealingKey;
use blindscore_history::explain::Explained;
use blindscore_history::form::Form;
use blindscore_history::gather::{AccountRule, gather};
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::money::Rates;
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::{ReadOptions, open};
use blindscore_scorecard::Scorecard;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scheme = Scheme::from_json(SCHEME_JSON)?;
    let card = Scorecard::from_json(SCORECARDS[0].1, &scheme)?;

    // Formats are found by looking; every entry gets a flow and a category.
    let options = ReadOptions::default();
    let bank = open(CURRENT_OFX.as_bytes(), "current.ofx", &options)?;
    let wallet = open(ALIPAY_CSV, "alipay.csv", &options)?;
    let gathered = gather(vec![bank, wallet], AccountRule::Automatic)?;
    // The scheme counts in euro, the statements in yuan: a rate must be given.
    let rates = Rates::new(["CNY=0.128".parse()?])?;
    let gathered = gathered.in_currency(scheme.currency(), &rates)?;
    let counts = gathered.counts();
    let told = Explained::of(&gathered)?;
    println!(
        "{} entries, {} transfers between own accounts, {} refunds linked",
        counts.read, counts.own_transfers, counts.refunds
    );
    println!(
        "{} of {} entries not classified",
        told.unclassified.entries, told.unclassified.of_entries
    );

    // From here on it is one source's history like any other.
    let ledger = gathered.ledger()?;
    println!("covers {}", ledger.coverage());
    let levels = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full)?;
    let secret = SecretKey::generate(draw_application_id()?)?;
    let key = secret.public_key();
    let source = Source::new("household".parse()?, SealingKey::new([3; 32]));
    let request = SealRequest {
        key,
        scheme: &scheme,
        form: Form::Packed,
        roles: &["main_account".parse()?],
        coverage: CoverageRule::Full,
    };
    let sealed = source.seal(&request, &levels)?;
    let plan = Plan::compile(&scheme, &card, &Lineup::of(&[&sealed])?)?;
    let prepared = PreparedHistory::new(&sealed);
    let evaluation = plan.evaluate(key, &[&prepared])?;
    re_execute(&plan, key, &[&prepared], &evaluation)?;
    let score = secret.open(&plan, &card, &evaluation)?;
    println!("{}: {}", card.name(), score.published());
    Ok(())
}
