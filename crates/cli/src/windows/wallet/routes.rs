//! The wallet's paths. GETs read; what a person decides is a POST, answered
//! with a redirect to the page that shows what came of it.

use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use blindscore_client::http::Applicant;
use blindscore_history::digest::Digest;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::message::Outputs;
use blindscore_service::window::assets;
use maud::Markup;
use serde::Deserialize;

use super::draft::Wish;
use super::fault::{Fault, Result};
use super::pages::{self, consent, history, home, question, spending};
use super::record::{Record, Stage, Step};
use super::statements::{ALL_MAX, FILE_MAX, FILES_MAX, NotReady, Own, read};
use super::{Wallet, store, texts};

/// Longest form without files.
const FORM_MAX: usize = 64 << 10;
/// What a form of files has beside them.
const FRAME_MAX: usize = 1 << 20;

type Open = State<Arc<Wallet>>;
type Fields = Form<Vec<(String, String)>>;

/// All paths.
pub(super) fn router(wallet: Arc<Wallet>) -> Router {
    let upload = post(upload).layer(DefaultBodyLimit::max(ALL_MAX + FRAME_MAX));
    Router::new()
        .route("/", get(home))
        .route("/live/questions", get(live_questions))
        .route("/spending", get(spending))
        .route("/statements/{number}/remove", post(remove))
        .route("/questions/{digest}", get(question))
        .route("/questions/{digest}/draft", post(draft))
        .route("/consents", get(history))
        .route("/consents/{id}", get(consent))
        .route("/consents/{id}/progress/{stage}", get(progress))
        .route("/consents/{id}/consent.json", get(consent_file))
        .route("/consents/{id}/consent-receipt.json", get(receipt_file))
        .route("/consents/{id}/{action}", post(act))
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .route("/statements", upload)
        .fallback(|| async { Fault::Missing })
        .with_state(wallet)
        .merge(assets())
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status(), shown(&pages::fault(&self))).into_response()
    }
}

fn shown(page: &Markup) -> Html<String> {
    Html(page.0.clone())
}

async fn home(State(wallet): Open) -> Html<String> {
    let asked = wallet.questions().await;
    shown(&home::home(&wallet, &asked))
}

async fn live_questions(State(wallet): Open) -> Html<String> {
    let asked = wallet.questions().await;
    shown(&home::questions(&wallet, &asked))
}

#[derive(Deserialize)]
struct Of {
    of: Option<String>,
}

async fn spending(State(wallet): Open, Query(Of { of }): Query<Of>) -> Result<Html<String>> {
    if of.as_deref() == Some("own") {
        return own_page(&wallet, &[]).await;
    }
    let sample = tokio::task::spawn_blocking(move || wallet.sample()).await??;
    Ok(shown(&spending::sample(&sample)))
}

async fn own_page(wallet: &Wallet, problems: &[String]) -> Result<Html<String>> {
    let kept = wallet.statements.lock().await.all.clone();
    let own = match wallet.own().await {
        Err(Fault::Refused(why)) => Err(why),
        own => Ok(own?),
    };
    let ready = wallet.own_levels(wallet.holders.scheme()).await?;
    let part = spending::OwnPart {
        kept: &kept,
        shown: match &own {
            Ok(spending) => Ok(spending.as_deref()),
            Err(why) => Err(why.clone()),
        },
        ready: &ready,
        problems,
    };
    Ok(shown(&spending::own(&part)))
}

/// Takes what can be read; says of the rest why it cannot.
async fn upload(State(wallet): Open, mut form: Multipart) -> Response {
    let mut problems = Vec::new();
    let mut taken = 0_usize;
    loop {
        match form.next_field().await {
            Ok(None) => break,
            Ok(Some(field)) if taken + problems.len() < FILES_MAX => {
                let name = field.file_name().unwrap_or_default().to_owned();
                match take(&wallet, &name, field).await {
                    Ok(()) => taken += 1,
                    Err(fault) => problems.push(fault.text().to_owned()),
                }
            }
            Ok(Some(_)) => {
                problems.push(texts::too_many_files(FILES_MAX));
                break;
            }
            Err(_) => {
                problems.push(texts::UPLOAD_BROKEN.to_owned());
                break;
            }
        }
    }
    if taken == 0 && problems.is_empty() {
        problems.push(texts::NO_FILE.to_owned());
    }
    if problems.is_empty() {
        return Redirect::to("/spending?of=own").into_response();
    }
    let page = own_page(&wallet, &problems).await;
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn take(
    wallet: &Arc<Wallet>,
    name: &str,
    mut field: axum::extract::multipart::Field<'_>,
) -> Result {
    let mut bytes = Vec::new();
    loop {
        let chunk = field.chunk().await;
        match chunk.map_err(|_| Fault::Form(texts::UPLOAD_BROKEN))? {
            None => break,
            // What is too long is read to its end, and not kept.
            Some(chunk) if bytes.len() <= FILE_MAX => bytes.extend_from_slice(&chunk),
            Some(_) => {}
        }
    }
    if name.is_empty() && bytes.is_empty() {
        return Err(Fault::Form(texts::NO_FILE));
    }
    wallet.statements.lock().await.has_room(bytes.len())?;
    let (own, bytes) = (name.to_owned(), Arc::new(bytes));
    let looked = Arc::clone(&bytes);
    tokio::task::spawn_blocking(move || read(&own, &looked).map(|_| ())).await??;
    wallet.statements.lock().await.add(name, &bytes)
}

async fn remove(State(wallet): Open, Path(number): Path<String>) -> Result<Redirect> {
    let number = number.parse().map_err(|_| Fault::Missing)?;
    wallet.statements.lock().await.remove(number)?;
    Ok(Redirect::to("/spending?of=own"))
}

async fn question(State(wallet): Open, Path(digest): Path<String>) -> Result<Html<String>> {
    let question = wallet.question(named(&digest)?).await?;
    let own: std::result::Result<Own, NotReady> = if question.takes_own_word() {
        wallet.own_levels(&question.scheme.scheme).await?
    } else {
        Err(NotReady::None)
    };
    Ok(shown(&question::question(&wallet, &question, &own)))
}

async fn draft(
    State(wallet): Open,
    Path(digest): Path<String>,
    Form(fields): Fields,
) -> Result<Redirect> {
    let question = wallet.question(named(&digest)?).await?;
    let one = |name: &str| {
        let mut found = fields.iter().filter(|(field, _)| field == name);
        found.next().map(|(_, value)| value.as_str())
    };
    let scorecards = fields.iter().filter(|(field, _)| field == "scorecard");
    let scorecards = scorecards
        .map(|(_, value)| named(value))
        .collect::<Result<Vec<Digest>>>()?;
    let wish = Wish {
        own: match one("data") {
            Some("own") if question.takes_own_word() => true,
            Some("sample") => false,
            _ => return Err(Fault::Form(texts::CHOOSE_DATA)),
        },
        scorecards,
        outputs: match one("outputs") {
            Some("reasons") => Outputs::ScoreAndReasons,
            Some("score") => Outputs::Score,
            _ => return Err(Fault::Form(texts::CHOOSE_OUTPUTS)),
        },
        days: one("days")
            .and_then(|days| days.parse().ok())
            .ok_or(Fault::Form(texts::CHOOSE_DAYS))?,
    };
    let id = wallet.draft(&question, &wish).await?;
    Ok(Redirect::to(&format!("/consents/{id}")))
}

async fn history(State(wallet): Open) -> Html<String> {
    shown(&history::history(&wallet))
}

async fn consent(State(wallet): Open, Path(id): Path<String>) -> Result<Html<String>> {
    let record = wallet.record(named(&id)?)?;
    if record.stage() == Stage::Drafted {
        let draft = wallet.drafted(&record)?;
        return Ok(shown(&consent::drafted(&wallet, &record, &draft)));
    }
    let scores = if record.done == record.plan().len() {
        wallet.drawer(record.id).scores()?
    } else {
        Vec::new()
    };
    let held = if record.did(&Step::Consented) {
        Some(held(&wallet, &record).await)
    } else {
        None
    };
    let page = consent::granted(&wallet, &record, &scores, held.as_ref());
    Ok(shown(&page))
}

/// What the platform says that it holds.
async fn held(wallet: &Wallet, record: &Record) -> consent::Held {
    let ask = async {
        let secret = wallet.drawer(record.id).secret()?;
        let applicant = Applicant::of(&secret);
        let entry = wallet.send(&applicant.consent()).await?;
        let histories = if entry.histories == 0 {
            Vec::new()
        } else {
            wallet.send(&applicant.histories()).await?
        };
        Result::Ok((entry, histories))
    };
    ask.await.map_err(|fault| fault.text().to_owned())
}

async fn progress(
    State(wallet): Open,
    Path((id, stage)): Path<(String, String)>,
) -> Result<Response> {
    let record = wallet.record(named(&id)?)?;
    if record.stage().name() != stage {
        return Ok(StatusCode::RESET_CONTENT.into_response());
    }
    Ok(shown(&consent::progress(&wallet, &record)).into_response())
}

async fn act(
    State(wallet): Open,
    Path((id, action)): Path<(String, String)>,
    Form(fields): Fields,
) -> Result<Redirect> {
    let id: ApplicationId = named(&id)?;
    match action.as_str() {
        "grant" => wallet.grant(id)?,
        "discard" => {
            wallet.discard(id)?;
            return Ok(Redirect::to("/"));
        }
        "retry" => wallet.retry(id)?,
        "release" => {
            let mut chosen = fields.iter().filter(|(field, _)| field == "scorecard");
            let chosen = chosen.next().ok_or(Fault::Form(texts::CHOOSE_ONE_SCORE))?;
            wallet.release(id, named(&chosen.1)?)?;
        }
        "release-again" => wallet.release_again(id)?,
        "keep" => wallet.keep(id)?,
        "withdraw" => wallet.withdraw(id).await?,
        _ => return Err(Fault::Missing),
    }
    Ok(Redirect::to(&format!("/consents/{id}")))
}

async fn consent_file(State(wallet): Open, Path(id): Path<String>) -> Result<Response> {
    file(&wallet, &id, store::CONSENT)
}

async fn receipt_file(State(wallet): Open, Path(id): Path<String>) -> Result<Response> {
    file(&wallet, &id, store::CONSENT_RECEIPT)
}

fn file(wallet: &Wallet, id: &str, name: &str) -> Result<Response> {
    let record = wallet.record(named(id)?)?;
    let drawer = wallet.drawer(record.id);
    if !drawer.has(name) {
        return Err(Fault::Missing);
    }
    let bytes = drawer.read(name, 2 * ConsentRecord::JSON_MAX)?;
    let kept = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/ld+json".to_owned()),
        (header::CONTENT_DISPOSITION, kept),
    ];
    Ok((headers, bytes).into_response())
}

/// What a path or form names, if anything can be called so.
fn named<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Fault::Missing)
}
