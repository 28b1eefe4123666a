//! All consents, with their states.

use maud::{Markup, html};

use crate::windows::wallet::record::Step;
use crate::windows::wallet::{Wallet, texts};

/// The page.
pub(in crate::windows::wallet) fn history(wallet: &Wallet) -> Markup {
    let records = wallet.all_records();
    let content = html! {
        p.lead { (texts::HISTORY_LEAD) }
        @if records.is_empty() { p.empty { (texts::NO_CONSENTS) } }
        @else {
            div.card.wide tabindex="0" role="region" aria-label=(texts::HISTORY_TITLE) {
                table {
                    caption.hidden { (texts::HISTORY_TITLE) }
                    thead { tr {
                        th scope="col" { (texts::WHAT_FOR) }
                        th scope="col" { (texts::WHO) }
                        th scope="col" { (texts::SINCE) }
                        th scope="col" { (texts::VALID_UNTIL) }
                        th scope="col" { (texts::STATE) }
                        th scope="col" { (texts::USES) }
                        th.number scope="col" { (texts::RECEIPTS) }
                    } }
                    tbody {
                        @for record in &records {
                            tr {
                                th scope="row" { a href=(format!("/consents/{}", record.id)) { (record.purpose) } }
                                td { (wallet.name(&record.lender)) }
                                td { (texts::time(record.drafted)) }
                                td { (texts::time(record.agreed.valid_until)) }
                                td { (super::flag(record.stage())) }
                                td { (texts::uses(u32::from(record.did(&Step::Scored)), 1)) }
                                td.number { (record.receipts.len()) }
                            }
                        }
                    }
                }
            }
        }
    };
    super::whole("/consents", texts::HISTORY_TITLE, &content)
}
