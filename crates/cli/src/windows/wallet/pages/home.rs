//! The first page: who asks, and what is under way.

use blindscore_service::window::live;
use maud::{Markup, html};

use crate::windows::wallet::questions::{Asked, Listed, Question};
use crate::windows::wallet::record::{Record, Stage};
use crate::windows::wallet::{Wallet, texts};

/// Applications that the first page shows.
const SHOWN: usize = 3;

/// The page.
pub(in crate::windows::wallet) fn home(wallet: &Wallet, asked: &[Asked]) -> Markup {
    let records = wallet.all_records();
    let content = html! {
        p.lead { (texts::HOME_LEAD) }
        section aria-labelledby="asked" {
            h2 #asked { (texts::WHO_ASKS) }
            (live("/live/questions", 3000, &questions(wallet, asked)))
        }
        @if !records.is_empty() {
            section aria-labelledby="under-way" {
                h2 #under-way { (texts::UNDER_WAY) }
                div.grid {
                    @for record in records.iter().take(SHOWN) { (brief(wallet, record)) }
                }
                @if records.len() > SHOWN {
                    p { a href="/consents" { (texts::ALL_CONSENTS) } }
                }
            }
        }
        section aria-labelledby="how" {
            h2 #how { (texts::HOW_IT_GOES) }
            ol.path {
                @for (title, text) in texts::HOW { li { strong { (title) } " " (text) } }
            }
        }
    };
    super::whole("/", texts::HOME_TITLE, &content)
}

/// What the lenders ask, as it is now.
pub(in crate::windows::wallet) fn questions(wallet: &Wallet, asked: &[Asked]) -> Markup {
    let records = wallet.all_records();
    let open = |question: &Question| open(question, &records);
    let mut any = false;
    let parts: Vec<Markup> = asked
        .iter()
        .flat_map(|asked| match &asked.listed {
            Err(why) => vec![html! { p.said.warn { (wallet.name(&asked.lender)) ": " (why) } }],
            Ok(listed) => listed
                .iter()
                .filter_map(|(digest, listed)| match listed {
                    Listed::Question(question) if open(question) => Some(one(wallet, question)),
                    Listed::Question(_) => None,
                    Listed::Refused(why) => Some(html! {
                        div.card {
                            p.said.bad { (texts::message_refused(&wallet.name(&asked.lender), &digest.short())) }
                            p.small.quiet { (why) }
                        }
                    }),
                })
                .collect(),
        })
        .inspect(|_| any = true)
        .collect();
    html! {
        @for part in &parts { (part) }
        @if !any { p.empty role="status" { (texts::NOBODY_ASKS) } }
    }
}

/// Whether nothing was decided on a question yet.
fn open(question: &Question, records: &[Record]) -> bool {
    let answers = |record: &&Record| record.request == question.digest;
    let decided = |record: &Record| !matches!(record.stage(), Stage::Drafted | Stage::Withdrawn);
    !records.iter().filter(answers).any(decided)
}

fn one(wallet: &Wallet, question: &Question) -> Markup {
    let asked = question.asked();
    let providers = question.cards.len();
    html! {
        article.card.question {
            h3 { (texts::asks(&wallet.name(&asked.lender))) }
            p.big { (asked.purpose) }
            p.quiet { (texts::offer(providers, &texts::time(asked.expires))) }
            p.buttons {
                a.button href=(format!("/questions/{}", question.digest)) { (texts::LOOK_AT_IT) }
            }
        }
    }
}

/// An application in few words.
fn brief(wallet: &Wallet, record: &Record) -> Markup {
    html! {
        article.card {
            p { (super::flag(record.stage())) }
            h3 { (record.purpose) }
            p.quiet { (texts::for_lender(&wallet.name(&record.lender), &texts::time(record.drafted))) }
            p { a href=(format!("/consents/{}", record.id)) { (texts::open_it(&record.purpose)) } }
        }
    }
}
