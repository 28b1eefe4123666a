//! A look inside: the label, the numbers, and how they are spread. No more can
//! be done here, since nothing in the platform's crates opens anything; this
//! page must not change that.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use blindscore_fhe::parameters::{N, SENT_BITS, encode};
use blindscore_history::form::Form;
use blindscore_protocol::message::{EvaluationHeader, SealedHistoryHeader, Standing};
use blindscore_scorecard::Scorecard;
use maud::{Markup, html};
use serde::de::DeserializeOwned;

use super::measure::{CHI_SQUARED_EVEN, Spread, varying};
use super::noise::{READ, beginning, held_history, held_result, numbers_of};
use super::{framed, name_of, nothing, texts, time};
use crate::app::{App, Shared};
use crate::refusal::Refusal;
use crate::store::evaluations::StoredEvaluation;
use crate::store::histories::StoredHistory;

/// Bytes of a number that was sent.
const SENT: usize = SENT_BITS as usize / 8;
/// Bytes of a number of a result.
const WORD: usize = 8;
/// Numbers that are shown of mask and body.
const NUMBERS: usize = 4;
/// Bytes before an envelope's header.
const FRAME: usize = 20;

/// A look inside a history.
pub(super) async fn history(
    State(app): State<App>,
    Path(attestation): Path<String>,
) -> Result<Response, Refusal> {
    let Some(stored) = held_history(&app, &attestation).await? else {
        return Ok(not_held(&app));
    };
    let source = name_of(&app, &stored.entry.source);
    if stored.deleted {
        return gone_history(&app, &stored, &source).await;
    }
    let read = beginning(&app, &stored, READ).await?;
    let header: Option<SealedHistoryHeader> = header_of(&read.bytes, read.at);
    let ciphertext = read.ciphertext().to_vec();
    let measured = measured(&app, move || {
        let spread = Spread::of(&ciphertext);
        let body = ciphertext.get(N * SENT..).unwrap_or_default();
        let numbers = [&ciphertext, body].map(|bytes| first_numbers(bytes, SENT));
        (spread, numbers)
    });
    let (spread, [mask, body]) = measured.await?;
    let told = texts::measured_history(spread.bytes);
    let content = html! {
        p.lead { (texts::LOOK_LEAD) }
        div.grid {
            (picture(&format!("/window/histories/{}/noise.png", stored.entry.attestation),
                &texts::noise_of_history(&source), None))
            (history_label(&stored, &source, header.as_ref()))
        }
        (numbers(&mask, &body, None))
        (measures(&app, &spread, &told).await?)
        (why())
    };
    let title = texts::inside_history(&source);
    Ok(framed(&app, StatusCode::OK, "", &title, &content))
}

/// A look inside a result.
pub(super) async fn result(
    State(app): State<App>,
    Path(receipt): Path<String>,
) -> Result<Response, Refusal> {
    let Some(stored) = held_result(&app, &receipt).await? else {
        return Ok(not_held(&app));
    };
    if stored.deleted {
        let text = texts::gone_result();
        return Ok(nothing(&app, StatusCode::GONE, texts::GONE, text));
    }
    let at = blindscore_protocol::envelope::payload_offset(&stored.message).unwrap_or_default();
    let header: Option<EvaluationHeader> = header_of(&stored.message, at);
    let Some(header) = header else {
        return Err(Refusal::internal("a stored result cannot be read"));
    };
    let scheme = app.scheme(header.scheme).await?;
    let card = app.scorecard(stored.scorecard, &scheme).await?;
    let words = numbers_of(&stored.message).to_vec();
    let measured = measured(&app, move || {
        let body = words.get(N * WORD..).unwrap_or_default().to_vec();
        let (varying, fixed) = varying(&words);
        let numbers = [&words, &body].map(|bytes| first_numbers(bytes, WORD));
        (Spread::of(&varying), fixed, numbers)
    });
    let (spread, fixed, [mask, body]) = measured.await?;
    let told = texts::measured_result(spread.bytes, fixed);
    let stripes = (fixed > 0).then_some(texts::STRIPES);
    let supposed = body.first().map(|first| supposed(*first, &card));
    let content = html! {
        p.lead { (texts::LOOK_LEAD) }
        div.grid {
            (picture(&format!("/window/results/{}/noise.png", stored.receipt),
                &texts::noise_of_result(card.name()), stripes))
            (result_label(&app, &stored, &header, &card))
        }
        (numbers(&mask, &body, supposed.as_ref()))
        (measures(&app, &spread, &told).await?)
        (why())
    };
    let title = texts::inside_result(card.name());
    Ok(framed(&app, StatusCode::OK, "", &title, &content))
}

fn not_held(app: &Shared) -> Response {
    let status = StatusCode::NOT_FOUND;
    nothing(app, status, texts::NOT_HELD_TITLE, texts::NOT_HELD)
}

async fn gone_history(
    app: &Shared,
    stored: &StoredHistory,
    source: &str,
) -> Result<Response, Refusal> {
    let at = app.store.deleted_at(stored.entry.attestation).await?;
    let shown = |at: jiff::Timestamp| at.strftime("%-d %b %Y, %H:%M:%S UTC").to_string();
    let received = shown(stored.entry.received);
    let deleted = at.map_or_else(String::new, shown);
    let text = texts::gone_history(source, &received, &deleted);
    Ok(nothing(app, StatusCode::GONE, texts::GONE, &text))
}

/// Runs `work` on a thread that may take long, if the queue has a place.
async fn measured<T: Send + 'static>(
    app: &Shared,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    app.pool.enter()?.run(work).await
}

/// The header of an envelope whose payload begins at `at`.
fn header_of<H: DeserializeOwned>(bytes: &[u8], at: usize) -> Option<H> {
    serde_json::from_slice(bytes.get(FRAME..at)?).ok()
}

/// The first little-endian numbers of so many bytes each.
fn first_numbers(bytes: &[u8], width: usize) -> Vec<u64> {
    let numbers = bytes.chunks_exact(width).take(NUMBERS);
    let number = |bytes: &[u8]| {
        let digits = bytes.iter().rev();
        digits.fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    numbers.map(number).collect()
}

/// Scores of the scorecard, with the rest that each would leave.
fn supposed(body: u64, card: &Scorecard) -> Vec<(i64, u64)> {
    let shifted = [0, card.span() / 2, card.span()];
    let of = |shifted: u32| {
        let points = card.published(shifted).ok()?;
        Some((points, body.wrapping_sub(encode(u64::from(shifted)))))
    };
    shifted.into_iter().filter_map(of).collect()
}

fn picture(path: &str, alt: &str, stripes: Option<&str>) -> Markup {
    html! {
        section.card {
            div.noises.alone { img src=(path) width="128" height="128" alt=(alt); }
            @if let Some(stripes) = stripes { p.small.quiet { (stripes) } }
        }
    }
}

fn history_label(
    stored: &StoredHistory,
    source: &str,
    header: Option<&SealedHistoryHeader>,
) -> Markup {
    let entry = &stored.entry;
    let vouched = match entry.standing {
        Standing::Attested => texts::VOUCHED_BY_SOURCE,
        Standing::SelfDeclared => texts::VOUCHED_BY_NOBODY,
    };
    html! {
        section.card {
            h2 { (texts::LABEL) }
            p.quiet { (texts::LABEL_ABOUT) }
            dl.facts {
                dt { (texts::SOURCE) } dd { (source) }
                dt { (texts::VOUCHED) } dd { (vouched) }
                dt { (texts::TAKEN_AT) } dd { (time(entry.received)) }
                dt { (texts::SIZE) } dd { (texts::bytes(entry.bytes)) }
                @if let Some(header) = header {
                    dt { (texts::AS_OF) } dd { (header.as_of) }
                    dt { (texts::COVERED) } dd { (header.covered_months) }
                    dt { (texts::FORM) } dd { (texts::form(header.form, header.cells.len())) }
                }
                dt { (texts::SCHEME) } dd { code { (entry.scheme) } }
                dt { (texts::KEY) } dd { code { (entry.applicant_key) } }
                dt { (texts::ATTESTATION) } dd { code { (entry.attestation) } }
                dt { (texts::CIPHERTEXTS) } dd { code { (entry.ciphertexts) } }
            }
        }
    }
}

fn result_label(
    app: &Shared,
    stored: &StoredEvaluation,
    header: &EvaluationHeader,
    card: &Scorecard,
) -> Markup {
    let sources = header.histories.iter();
    let sources: Vec<_> = sources.map(|part| name_of(app, &part.source)).collect();
    let form = match header.form {
        Form::Packed => texts::form(Form::Packed, 1),
        Form::Composable => texts::RESULT_FORM.to_owned(),
    };
    html! {
        section.card {
            h2 { (texts::LABEL) }
            p.quiet { (texts::LABEL_ABOUT) }
            dl.facts {
                dt { (texts::SCORECARD) } dd { (card.name()) ", " (card.provider()) }
                dt { (texts::SOURCE) } dd { @for source in &sources { div { (source) } } }
                dt { (texts::AS_OF) } dd { (header.as_of) }
                dt { (texts::FORM) } dd { (form) }
                dt { (texts::SIZE) } dd { (texts::bytes(stored.message.len() as u64)) }
                dt { (texts::USES) } dd { (texts::use_number(stored.consent_use)) }
                dt { (texts::ENTRY) } dd { (texts::count(stored.log_index + 1)) }
                dt { (texts::KEY) } dd { code { (header.applicant_key) } }
                dt { (texts::RECEIPT) } dd { code { (stored.receipt) } }
                dt { (texts::PLAN) } dd { code { (header.plan) } }
            }
        }
    }
}

fn numbers(mask: &[u64], body: &[u64], supposed: Option<&Vec<(i64, u64)>>) -> Markup {
    html! {
        section.card {
            h2 { (texts::NUMBERS) }
            p.quiet { (texts::NUMBERS_ABOUT) }
            dl.facts {
                dt { (texts::MASK) } dd.mono { @for number in mask { div { (number) } } }
                dt { (texts::BODY) } dd.mono { @for number in body { div { (number) } } }
            }
            @if let Some(supposed) = supposed {
                h3 { (texts::SUPPOSE) }
                p.quiet { (texts::SUPPOSE_ABOUT) }
                div.wide { table {
                    thead { tr {
                        th scope="col" { (texts::IF_SCORE) }
                        th scope="col" { (texts::THEN_REST) }
                    } }
                    tbody { @for (points, rest) in supposed { tr {
                        td { (points) }
                        td.mono { (rest) }
                    } } }
                } }
            }
        }
    }
}

/// The spread of these bytes beside that of a public text.
async fn measures(app: &Shared, spread: &Spread, told: &str) -> Result<Markup, Refusal> {
    let cards = app.store.scorecards().await?;
    let readable = cards.first().map(|card| Spread::of(card.json.as_bytes()));
    Ok(html! {
        section.card #spread {
            h2 { (texts::MEASURE) }
            p.quiet { (texts::MEASURE_ABOUT) }
            div.grid {
                (measure(spread, texts::THESE_BYTES, told))
                @if let Some(readable) = &readable {
                    (measure(readable, texts::READABLE, &texts::bytes(readable.bytes)))
                }
            }
        }
    })
}

fn measure(spread: &Spread, title: &str, told: &str) -> Markup {
    let (least, most) = CHI_SQUARED_EVEN;
    let (class, means) = match spread.is_even() {
        true => ("good", texts::EVEN),
        false => ("warn", texts::UNEVEN),
    };
    html! {
        div {
            h3 { (title) }
            (bars(spread, title))
            dl.facts {
                dt { (texts::BYTES_MEASURED) } dd { (told) }
                dt { (texts::ENTROPY) } dd { (texts::entropy(spread.entropy)) }
                dt { (texts::CHI_SQUARED) } dd { (texts::chi_squared(spread.chi_squared, least, most)) }
                dt { (texts::MEANS) } dd class=(class) { (means) }
            }
        }
    }
}

/// A bar a byte, from 0 to 255, as high as it is frequent.
fn bars(spread: &Spread, title: &str) -> Markup {
    let most = spread.most().max(1);
    let height = |count: u64| count * 60 / most;
    html! {
        svg.spread viewBox="0 0 256 60" role="img" aria-label=(texts::bars(title)) preserveAspectRatio="none" {
            @for (at, count) in spread.counts.iter().enumerate() {
                @let height = height(*count);
                rect x=(at) y=(60 - height) width="1" height=(height) fill="currentColor" {}
            }
        }
    }
}

fn why() -> Markup {
    html! {
        section.card {
            h2 { (texts::WHY) }
            ul { @for text in texts::WHY_ALL { li { (text) } } }
            p { a href="/" { (texts::BACK) } }
        }
    }
}
