//! Steps that were taken, that are under way, and that are to come.

use maud::{Markup, html};

use crate::windows::wallet::record::{Handover, HandoverStep, Record, Step};
use crate::windows::wallet::{Wallet, lock, texts};

/// From consent to score.
pub(super) fn steps(wallet: &Wallet, record: &Record) -> Markup {
    let platform = texts::THE_PLATFORM;
    let said: Vec<String> = record
        .plan()
        .iter()
        .map(|step| match step {
            Step::Registered => texts::step_registered(platform),
            Step::Sealed(source) => texts::step_sealed(&wallet.name(source)),
            Step::HandedIn(source) => texts::step_handed_in(&wallet.name(source)),
            Step::Consented => texts::step_consented(platform),
            Step::Scored => texts::step_scored(platform),
            Step::Logged => texts::STEP_LOGGED.to_owned(),
            Step::Checked => texts::STEP_CHECKED.to_owned(),
        })
        .collect();
    listed(
        texts::COMPUTING,
        &said,
        record.done,
        record.stopped.as_deref(),
    )
}

/// From the decision to the lender's receipt.
pub(super) fn handover(wallet: &Wallet, record: &Record, release: &Handover) -> Markup {
    let lender = wallet.name(&record.lender);
    let proving = lock(&wallet.proving).get(&record.id).copied();
    let said = HandoverStep::ALL.map(|step| match step {
        HandoverStep::Checked => texts::STEP_CHECKED_AGAIN.to_owned(),
        HandoverStep::Proven => texts::step_proven(proving),
        HandoverStep::Sent => texts::step_sent(&lender),
        HandoverStep::Answered => texts::step_answered(&lender),
    });
    listed(
        texts::RELEASING,
        &said,
        release.done,
        release.stopped.as_deref(),
    )
}

fn listed(title: &str, said: &[String], done: usize, stopped: Option<&str>) -> Markup {
    let class = |index: usize| match index.cmp(&done) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal if stopped.is_some() => "failed",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "",
    };
    html! {
        section.card {
            h2 { (title) }
            p.hidden role="status" { (texts::steps_done(done, said.len())) }
            ol.steps {
                @for (index, text) in said.iter().enumerate() { li class=(class(index)) { (text) } }
            }
            @if let Some(why) = stopped {
                p.said.bad role="alert" { (why) }
            } @else {
                p.small.quiet { (texts::GOES_ON) }
            }
        }
    }
}
