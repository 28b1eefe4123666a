//! What is held, on one page.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use blindscore_history::digest::Digest;
use blindscore_protocol::api::{ConsentEntry, HistoryEntry, Holdings, LogHead, ScorecardEntry};
use blindscore_protocol::log::Entry;
use maud::{Markup, html};

use super::{framed, name_of, short, texts, time};
use crate::app::{App, Shared};
use crate::holdings::holdings;
use crate::refusal::Refusal;
use crate::store::shown::{GoneHistory, ShownResult};
use crate::window::live;

/// How often it is looked at again, in milliseconds.
const EVERY: u32 = 2_000;
/// Most of each kind that is shown.
const SHOWN: u32 = 48;
/// Log entries that are shown.
const ENTRIES: usize = 12;

/// Everything that changes.
struct Now {
    holdings: Holdings,
    results: Vec<ShownResult>,
    gone: Vec<GoneHistory>,
    /// With their places, the newest first.
    entries: Vec<(u64, Entry)>,
    taken: u64,
}

/// The page.
pub(super) async fn home(State(app): State<App>) -> Result<Response, Refusal> {
    let shown = shown(&app, &now(&app).await?);
    let content = html! {
        p.lead { (texts::LEAD) }
        (live("/window/live", EVERY, &shown))
        div.grid {
            section.card {
                h2 { (texts::SEES) }
                ul { @for text in texts::SEES_ALL { li { (text) } } }
            }
            section.card {
                h2 { (texts::SEES_NOT) }
                ul { @for text in texts::SEES_NOT_ALL { li { (text) } } }
            }
        }
    };
    Ok(framed(&app, StatusCode::OK, "/", texts::HOME, &content))
}

/// What changes, alone.
pub(super) async fn part(State(app): State<App>) -> Result<Response, Refusal> {
    let shown = shown(&app, &now(&app).await?);
    Ok(Html(shown.into_string()).into_response())
}

async fn now(app: &Shared) -> Result<Now, Refusal> {
    let entries = {
        let book = app.store.book().await?;
        let entries = book.log().entries().iter().enumerate().rev();
        entries
            .take(ENTRIES)
            .map(|(place, entry)| (place as u64, entry.clone()))
            .collect()
    };
    Ok(Now {
        holdings: holdings(app, SHOWN).await?,
        results: app.store.last_results(SHOWN).await?,
        gone: app.store.gone_histories(SHOWN).await?,
        entries,
        taken: app.pool.taken() as u64,
    })
}

fn shown(app: &Shared, now: &Now) -> Markup {
    let held: Vec<_> = now
        .results
        .iter()
        .filter(|result| result.deleted.is_none())
        .collect();
    html! {
        (counts(now, held.len() as u64))
        section.card #histories {
            h2 { (texts::HISTORIES) }
            @if now.holdings.histories.is_empty() {
                p.empty { (texts::NO_HISTORIES) }
            } @else {
                p.quiet { (texts::HISTORIES_ABOUT) }
                ul.noises { @for entry in &now.holdings.histories { (history(app, entry)) } }
            }
        }
        section.card #results {
            h2 { (texts::RESULTS) }
            @if held.is_empty() {
                p.empty { (texts::NO_RESULTS) }
            } @else {
                p.quiet { (texts::RESULTS_ABOUT) }
                ul.noises { @for entry in held { (result(entry, &now.holdings.scorecards)) } }
            }
        }
        section.card #consents {
            h2 { (texts::CONSENTS) }
            (consents(app, &now.holdings.consents))
        }
        @if !now.gone.is_empty() || now.results.iter().any(|result| result.deleted.is_some()) {
            section.card #deleted {
                h2 { (texts::DELETED) }
                p.quiet { (texts::DELETED_ABOUT) }
                (deleted(app, now))
            }
        }
        section.card #log {
            h2 { (texts::LOG) }
            p.quiet { (texts::LOG_ABOUT) }
            (log(&now.holdings.head, &now.entries))
        }
    }
}

fn counts(now: &Now, results: u64) -> Markup {
    let holdings = &now.holdings;
    html! {
        section.card #counts {
            dl.facts {
                dt { (texts::HELD) }
                dd { (texts::held(holdings.histories.len() as u64, results)) ", " (texts::bytes(holdings.ciphertext_bytes)) }
                dt { (texts::RECEIPTS) } dd { (texts::count(holdings.receipts)) }
                dt { (texts::SCORECARDS) }
                dd { @for card in &holdings.scorecards { div { (card.name) ", " (card.provider) } } }
                dt { (texts::QUEUE) } dd { (texts::count(now.taken)) }
            }
        }
    }
}

fn history(app: &Shared, entry: &HistoryEntry) -> Markup {
    let source = name_of(app, &entry.source);
    let path = format!("/window/histories/{}", entry.attestation);
    let look = texts::look_inside_of(&source, &entry.attestation.to_string());
    html! {
        li {
            img src={ (path) "/noise.png" } width="128" height="128" alt=(texts::noise_of_history(&source));
            div { strong { (source) } }
            div.small { (texts::bytes(entry.bytes)) }
            div.small.quiet { (time(entry.received)) }
            div.small { (short(&entry.attestation)) }
            a.button.plain href=(path) aria-label=(look) { (texts::LOOK_INSIDE) }
        }
    }
}

fn result(entry: &ShownResult, cards: &[ScorecardEntry]) -> Markup {
    let card = card_name(entry.scorecard, cards);
    let path = format!("/window/results/{}", entry.receipt);
    let look = texts::look_inside_of(card, &entry.receipt.to_string());
    html! {
        li {
            img src={ (path) "/noise.png" } width="128" height="128" alt=(texts::noise_of_result(card));
            div { strong { (card) } }
            div.small { (texts::bytes(entry.bytes)) }
            div.small.quiet { (texts::made_in_use(entry.consent_use)) " " (short(&entry.consent)) }
            div.small { (texts::receipt_in_log(entry.log_index + 1)) " " (short(&entry.receipt)) }
            a.button.plain href=(path) aria-label=(look) { (texts::LOOK_INSIDE) }
        }
    }
}

fn card_name(digest: Digest, cards: &[ScorecardEntry]) -> &str {
    let known = cards.iter().find(|card| card.digest == digest);
    known.map_or(texts::SCORECARD, |card| card.name.as_str())
}

fn consents(app: &Shared, consents: &[ConsentEntry]) -> Markup {
    html! {
        @if consents.is_empty() {
            p.empty { (texts::NO_CONSENTS) }
        } @else {
            div.wide { table {
                thead { tr {
                    th scope="col" { (texts::CONSENT) }
                    th scope="col" { (texts::LENDER) }
                    th scope="col" { (texts::STATE) }
                    th scope="col" { (texts::USES) }
                    th scope="col" { (texts::VALID_UNTIL) }
                    th scope="col" { (texts::HISTORIES) }
                } }
                tbody { @for consent in consents { tr {
                    td { (short(&consent.consent)) }
                    td { (name_of(app, &consent.lender)) }
                    td { span class=(state_class(&consent.state)) { (consent.state) } }
                    td { (texts::uses(consent.uses, consent.of)) }
                    td { (time(consent.valid_until)) }
                    td { (texts::count(consent.histories)) }
                } } }
            } }
        }
    }
}

fn state_class(state: &str) -> &'static str {
    match state {
        "given" => "flag good",
        "withdrawn" => "flag bad",
        _ => "flag",
    }
}

fn deleted(app: &Shared, now: &Now) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (texts::WHAT) }
                th scope="col" { (texts::ID) }
                th scope="col" { (texts::SIZE) }
                th scope="col" { (texts::TAKEN_AT) }
                th scope="col" { (texts::DELETED_AT) }
            } }
            tbody {
                @for history in &now.gone { tr {
                    td { (texts::HISTORY) ", " (name_of(app, &history.source)) }
                    td { (short(&history.attestation)) }
                    td { (texts::bytes(history.bytes)) }
                    td { (time(history.received)) }
                    td { (time(history.deleted)) }
                } }
                @for result in &now.results { @if let Some(at) = result.deleted { tr {
                    td { (texts::RESULT) ", " (card_name(result.scorecard, &now.holdings.scorecards)) }
                    td { (short(&result.receipt)) }
                    td {}
                    td {}
                    td { (time(at)) }
                } } }
            }
        } }
    }
}

fn log(head: &LogHead, entries: &[(u64, Entry)]) -> Markup {
    html! {
        dl.facts {
            dt { (texts::ENTRIES) } dd { (texts::count(head.size)) }
            dt { (texts::ROOT) } dd { code { (head.root) } }
            dt { (texts::SIGNED_AT) } dd { (time(head.time)) }
        }
        div.wide { table {
            thead { tr {
                th scope="col" { (texts::ENTRY) }
                th scope="col" { (texts::KIND) }
                th scope="col" { (texts::TIME) }
                th scope="col" { (texts::DIGEST) }
            } }
            tbody { @for (place, entry) in entries { tr {
                td { (texts::count(place + 1)) }
                td { (entry.kind.name()) }
                td { (time(entry.time)) }
                td { (short(&entry.digest)) }
            } } }
        } }
    }
}
