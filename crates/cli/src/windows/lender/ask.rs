//! Asking for a score: the form, and the request that it makes.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use blindscore_client::http::Lender as Caller;
use blindscore_client::lender::{Wanted, ask};
use blindscore_history::digest::Digest;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::Outputs;
use blindscore_protocol::registry::Trade;
use blindscore_protocol::text::Plain;
use blindscore_scorecard::Scorecard;
use maud::{Markup, html};

use super::answer::{Asked, CutOff, Rules};
use super::cards::Offer;
use super::routes::{failed, framed};
use super::state::{Lender, proposed_cut_off};
use super::texts;
use crate::clock;
use crate::error::{Failure, Outcome};

/// Longest that a request may wait, in days.
const DAYS_MAX: u32 = 365;
/// Longest that the lender may keep what it gets, in days.
const STORAGE_MAX: u32 = 3_650;

/// The form's fields as they were typed.
struct Draft {
    purpose: String,
    cards: Vec<Digest>,
    cut_offs: Vec<(Digest, String)>,
    sources: Vec<String>,
    self_declared: bool,
    reasons: bool,
    storage_days: String,
    days: String,
    recomputed: bool,
    approve_self_declared: bool,
}

/// The form.
pub(super) async fn form(State(lender): State<Arc<Lender>>) -> Response {
    match lender.offer().await {
        Ok(offer) => {
            let draft = Draft::proposed(&offer);
            shown(&lender, &offer, &draft, None)
        }
        Err(failure) => failed(&lender, &failure),
    }
}

/// Takes the form: signs the request, hands it to the platform, and keeps it.
pub(super) async fn asked(
    State(lender): State<Arc<Lender>>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let offer = match lender.offer().await {
        Ok(offer) => offer,
        Err(failure) => return failed(&lender, &failure),
    };
    let draft = Draft::of(fields);
    let asked = match draft.request(&lender, &offer) {
        Ok(asked) => asked,
        Err(fault) => return shown(&lender, &offer, &draft, Some(&fault)),
    };
    match sent(&lender, asked).await {
        Ok(digest) => Redirect::to(&format!("/requests/{digest}")).into_response(),
        Err(failure) => failed(&lender, &failure),
    }
}

async fn sent(lender: &Lender, asked: Asked) -> Outcome<Digest> {
    let digest = asked.digest();
    let platform = lender.platform().await?;
    let call = Caller::of(&lender.signatory).hand_in_request(&asked.request);
    platform.send(&call).await?;
    lender.keep(asked)?;
    Ok(digest)
}

impl Draft {
    fn proposed(offer: &Offer) -> Self {
        let cards = offer.cards.iter();
        let cut_off = |card: &Scorecard| (card.digest(), proposed_cut_off(card).to_string());
        Self {
            purpose: texts::PURPOSE_EXAMPLE.to_owned(),
            cards: cards.clone().map(Scorecard::digest).collect(),
            cut_offs: cards.map(cut_off).collect(),
            sources: Vec::new(),
            self_declared: false,
            reasons: true,
            storage_days: "30".to_owned(),
            days: "14".to_owned(),
            recomputed: true,
            approve_self_declared: false,
        }
    }

    fn of(fields: Vec<(String, String)>) -> Self {
        let mut draft = Self {
            purpose: String::new(),
            cards: Vec::new(),
            cut_offs: Vec::new(),
            sources: Vec::new(),
            self_declared: false,
            reasons: false,
            storage_days: String::new(),
            days: String::new(),
            recomputed: false,
            approve_self_declared: false,
        };
        for (name, value) in fields {
            match name.as_str() {
                "purpose" => draft.purpose = value.trim().to_owned(),
                "card" => draft.cards.extend(value.parse::<Digest>().ok()),
                "source" => draft.sources.push(value),
                "self_declared" => draft.self_declared = true,
                "reasons" => draft.reasons = true,
                "storage_days" => draft.storage_days = value,
                "days" => draft.days = value,
                "recomputed" => draft.recomputed = true,
                "approve_self_declared" => draft.approve_self_declared = true,
                other => {
                    let card = other.strip_prefix("cut_off_").and_then(|d| d.parse().ok());
                    draft.cut_offs.extend(card.map(|card| (card, value)));
                }
            }
        }
        draft
    }

    fn cut_off(&self, card: &Scorecard) -> String {
        let mut typed = self.cut_offs.iter();
        let typed = typed.find(|(digest, _)| *digest == card.digest());
        typed.map_or_else(
            || proposed_cut_off(card).to_string(),
            |(_, text)| text.clone(),
        )
    }

    /// The signed request with its policy, or what is wrong with a field.
    fn request(&self, lender: &Lender, offer: &Offer) -> Result<Asked, String> {
        let purpose: Plain = self.purpose.parse().map_err(texts::purpose_fault)?;
        let chosen: Vec<&Scorecard> = offer
            .cards
            .iter()
            .filter(|card| self.cards.contains(&card.digest()))
            .collect();
        let scheme = chosen.first().ok_or(texts::NO_SCORECARD)?.scheme_digest();
        if chosen.iter().any(|card| card.scheme_digest() != scheme) {
            return Err(texts::TWO_SCHEMES.to_owned());
        }
        let cut_offs = chosen.iter().map(|card| self.checked_cut_off(card));
        let cut_offs = cut_offs.collect::<Result<Vec<_>, _>>()?;
        if self.self_declared && !self.sources.is_empty() {
            return Err(texts::SELF_DECLARED_AND_SOURCES.to_owned());
        }
        let known = |source: &String| {
            let id: PartyId = source.parse().ok()?;
            lender.registry.in_trade(&id, Trade::Source).ok()?;
            Some(id)
        };
        let sources: Option<Vec<PartyId>> = self.sources.iter().map(known).collect();
        let days = whole(&self.days, DAYS_MAX, texts::DAYS)?;
        let now = lender.now();
        let wanted = Wanted {
            purpose,
            platform: offer.platform.clone(),
            scheme,
            scorecards: chosen.iter().map(|card| card.digest()).collect(),
            sources: sources.ok_or(texts::UNKNOWN_SOURCE)?,
            self_declared: self.self_declared,
            outputs: if self.reasons {
                Outputs::ScoreAndReasons
            } else {
                Outputs::Score
            },
            storage_days: whole(&self.storage_days, STORAGE_MAX, texts::STORAGE_DAYS)?,
            expires: clock::days_after(now, days).map_err(|f: Failure| f.message().to_owned())?,
        };
        let request = ask(&lender.signatory, wanted, now).map_err(|error| error.to_string())?;
        // A request that nobody would believe is not sent.
        let id = lender.signatory.id();
        let believed = lender
            .registry
            .believe(&request, id, Trade::Lender, now, now);
        believed.map_err(|error| error.to_string())?;
        let policy = Rules {
            cut_offs,
            self_declared: self.approve_self_declared,
            recomputed: self.recomputed,
        };
        Ok(Asked { request, policy })
    }

    fn checked_cut_off(&self, card: &Scorecard) -> Result<CutOff, String> {
        let (lowest, highest) = card.published_range();
        let points = self.cut_off(card).trim().parse::<i64>().ok();
        let points = points.filter(|points| (lowest..=highest).contains(points));
        Ok(CutOff {
            scorecard: card.digest(),
            name: card.name().to_owned(),
            provider: card.provider().to_owned(),
            lowest,
            highest,
            points: points.ok_or_else(|| texts::cut_off_fault(card.name(), lowest, highest))?,
        })
    }
}

fn whole(text: &str, most: u32, what: &str) -> Result<u32, String> {
    let number = text.trim().parse::<u32>().ok();
    let number = number.filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| texts::number_fault(what, most))
}

fn shown(lender: &Lender, offer: &Offer, draft: &Draft, fault: Option<&str>) -> Response {
    let status = match fault {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let content = html! {
        p.lead { (texts::ASK_LEAD) }
        @if let Some(fault) = fault {
            p.said.bad role="alert" { (fault) }
        }
        @if offer.cards.is_empty() {
            p.empty { (texts::NO_CARDS) }
        } @else {
            form method="post" action="/ask" {
                (question(lender, offer, draft))
                (policy(offer, draft))
                div.buttons {
                    button type="submit" { (texts::SEND_REQUEST) }
                }
            }
        }
    };
    framed(lender, status, "/ask", texts::ASK, &content)
}

/// What the applicant will be asked.
fn question(lender: &Lender, offer: &Offer, draft: &Draft) -> Markup {
    html! {
        section.card {
            h2 { (texts::QUESTION) }
            p.quiet { (texts::QUESTION_ABOUT) }
            div.field {
                label for="purpose" { (texts::PURPOSE) }
                input #purpose type="text" name="purpose" value=(draft.purpose) maxlength="200" required autocomplete="off";
            }
            fieldset {
                legend { (texts::SCORECARDS) }
                @for card in &offer.cards {
                    @let (lowest, highest) = card.published_range();
                    label.choice {
                        input type="checkbox" name="card" value=(card.digest()) checked[draft.cards.contains(&card.digest())];
                        span { strong { (card.name()) } " " (texts::by_provider(card.provider(), lowest, highest)) }
                    }
                }
            }
            fieldset {
                legend { (texts::DATA) }
                @for party in lender.registry.parties().iter().filter(|party| party.roles.contains(&Trade::Source)) {
                    @let checked = draft.sources.iter().any(|source| source == party.id.as_str());
                    label.choice {
                        input type="checkbox" name="source" value=(party.id.as_str()) checked[checked];
                        span { (texts::must_take_part(party.name.as_str())) }
                    }
                }
                label.choice {
                    input type="checkbox" name="self_declared" checked[draft.self_declared];
                    span { (texts::TAKE_SELF_DECLARED) }
                }
                p.small.quiet { (texts::DATA_ABOUT) }
            }
            fieldset {
                legend { (texts::WHAT_COMES_BACK) }
                label.choice {
                    input type="checkbox" name="reasons" checked[draft.reasons];
                    span { (texts::WANT_REASONS) }
                }
            }
            div.grid {
                (number("days", texts::DAYS, &draft.days, DAYS_MAX))
                (number("storage_days", texts::STORAGE_DAYS, &draft.storage_days, STORAGE_MAX))
            }
        }
    }
}

/// What the lender decides by; it is not sent.
fn policy(offer: &Offer, draft: &Draft) -> Markup {
    html! {
        section.card {
            h2 { (texts::POLICY) }
            p.quiet { (texts::POLICY_ABOUT) }
            div.grid {
                @for card in &offer.cards {
                    @let id = format!("cut_off_{}", card.digest());
                    @let (lowest, highest) = card.published_range();
                    div.field {
                        label for=(id) { (texts::cut_off_for(card.name())) }
                        input id=(id) type="number" name=(id) value=(draft.cut_off(card)) min=(lowest) max=(highest) step="1";
                    }
                }
            }
            label.choice {
                input type="checkbox" name="recomputed" checked[draft.recomputed];
                span { (texts::WANT_RECOMPUTED) }
            }
            label.choice {
                input type="checkbox" name="approve_self_declared" checked[draft.approve_self_declared];
                span { (texts::APPROVE_SELF_DECLARED) }
            }
        }
    }
}

fn number(name: &str, label: &str, value: &str, most: u32) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) type="number" name=(name) value=(value) min="1" max=(most) step="1" required;
        }
    }
}
