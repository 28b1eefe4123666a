//! A score: where it lies in its range, what each characteristic gave, reasons.

use blindscore_protocol::message::Outputs;
use maud::{Markup, html};

use crate::windows::wallet::gauge::gauge;
use crate::windows::wallet::record::Record;
use crate::windows::wallet::seen::Seen;
use crate::windows::wallet::texts;

/// Everything about it, for its person.
pub(super) fn card(seen: &Seen) -> Markup {
    let (low, high) = seen.range;
    html! {
        article.card.scored {
            h2 { (seen.name) }
            p.quiet { (texts::by(&seen.provider)) }
            div.grid {
                div {
                    (gauge(seen.score, seen.range))
                    p.quiet { (texts::range(low, high)) }
                }
                div {
                    h3 { (texts::REASONS) }
                    @if seen.reasons.is_empty() { p { (texts::NO_REASONS) } }
                    @else {
                        p.small.quiet { (texts::REASONS_LEAD) }
                        ol { @for reason in &seen.reasons { li { (reason.text) " " span.quiet.small { (reason.code) } } } }
                    }
                }
            }
            details {
                summary { (texts::POINTS) }
                p.small.quiet { (texts::points_lead(seen.base_points, seen.points_count_risk)) }
                div.wide tabindex="0" role="region" aria-label=(texts::points_of(&seen.name)) { (points(seen)) }
            }
        }
    }
}

fn points(seen: &Seen) -> Markup {
    html! {
        table {
            caption.hidden { (texts::points_of(&seen.name)) }
            thead { tr {
                th scope="col" { (texts::CHARACTERISTIC) }
                th scope="col" { (texts::YOURS) }
                th.number scope="col" { (texts::POINTS_GIVEN) }
                th scope="col" { (texts::OF_THE_MOST) }
            } }
            tbody {
                @for given in &seen.points {
                    tr {
                        th scope="row" { (given.name) }
                        td { (given.attribute) }
                        td.number { (given.points) }
                        td { meter min=(given.least) max=(given.greatest) value=(given.points) aria-label=(texts::of_range(given.points, given.least, given.greatest)) {} span.small.quiet { (texts::from_to(given.least, given.greatest)) } }
                    }
                }
            }
        }
    }
}

/// What a lender gets of it, no more.
pub(super) fn as_lender_sees(seen: &Seen, record: &Record) -> Markup {
    let (low, high) = seen.range;
    html! {
        dl.facts.boxed {
            dt { (texts::SCORE) } dd { strong.big { (seen.score) } " " span.quiet { (texts::range(low, high)) } }
            dt { (texts::SCORECARD) } dd { (seen.name) ", " (seen.provider) }
            dt { (texts::REASONS) }
            dd {
                @match record.agreed.outputs {
                    Outputs::Score => { (texts::NOT_GIVEN) }
                    Outputs::ScoreAndReasons if seen.reasons.is_empty() => { (texts::NO_REASONS) }
                    Outputs::ScoreAndReasons => {
                        ul.plain-list { @for reason in &seen.reasons { li { (reason.text) } } }
                    }
                }
            }
            dt { (texts::STANDING) }
            dd { @if record.is_own_word() { (texts::STANDING_OWN) } @else { (texts::STANDING_ATTESTED) } }
            dt { (texts::YOUR_DATA) } dd { (texts::NOTHING_OF_THEM) }
        }
    }
}
