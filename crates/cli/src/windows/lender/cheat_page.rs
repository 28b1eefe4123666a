//! The panel to try to cheat. Nothing changes by it, so it asks by `GET`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use blindscore_history::digest::Digest;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Asked, Verified};
use super::cheat::{Attempt, Tried, attempt};
use super::pages::{found, nothing};
use super::routes::{failed, framed};
use super::state::{Lender, Standing};
use super::texts;
use crate::error::{Failure, Outcome};

/// What is tried.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    attempt: Option<String>,
    points: Option<String>,
}

/// The panel, with the outcome of what was tried.
pub(super) async fn cheat(
    State(lender): State<Arc<Lender>>,
    Path(digest): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Response {
    let Some(asked) = found(&lender, &digest) else {
        return nothing(State(lender)).await;
    };
    let Standing::Answered(release, verified) = lender.standing(&asked) else {
        let content = html! {
            p.empty { (texts::NOTHING_TO_CHEAT_WITH) }
            p { a href={ "/requests/" (digest) } { (texts::BACK_TO_REQUEST) } }
        };
        return framed(&lender, StatusCode::OK, "", texts::CHEAT, &content);
    };
    let (tried, fault) = match chosen.read(&verified) {
        Ok(None) => (None, None),
        Ok(Some(wanted)) => match carried_out(&lender, &asked, release, wanted).await {
            Ok(tried) => (Some((wanted, tried)), None),
            Err(failure) => return failed(&lender, &failure),
        },
        Err(fault) => (None, Some(fault)),
    };
    let content = html! {
        p.lead { (texts::CHEAT_LEAD) }
        @if let Some((wanted, tried)) = &tried { (outcome(*wanted, tried)) }
        (panel(&digest, &verified, fault.as_deref()))
        p { a href={ "/requests/" (digest) } { (texts::BACK_TO_REQUEST) } }
    };
    framed(&lender, StatusCode::OK, "", texts::CHEAT, &content)
}

async fn carried_out(
    lender: &Arc<Lender>,
    asked: &Asked,
    release: Digest,
    wanted: Attempt,
) -> Outcome<Vec<Tried>> {
    let (lender, asked) = (Arc::clone(lender), asked.clone());
    let tried =
        tokio::task::spawn_blocking(move || attempt(&lender, &asked, release, wanted)).await;
    tried.map_err(Failure::internal)?
}

impl Chosen {
    fn read(&self, verified: &Verified) -> Result<Option<Attempt>, String> {
        match self.attempt.as_deref() {
            Some("score") => {
                let (lowest, highest) = (verified.lowest, verified.highest);
                let points = self.points.as_deref().unwrap_or_default().trim();
                let points = points.parse::<i64>().ok();
                match points.filter(|points| (lowest..=highest).contains(points)) {
                    None => Err(texts::points_fault(lowest, highest)),
                    Some(points) if points == verified.score => Err(texts::SAME_SCORE.to_owned()),
                    Some(points) => Ok(Some(Attempt::Score(points))),
                }
            }
            Some("replay") => Ok(Some(Attempt::Replay)),
            Some("reasons") => Ok(Some(Attempt::Reasons)),
            Some("validity") => Ok(Some(Attempt::Validity)),
            _ => Ok(None),
        }
    }
}

fn panel(digest: &str, verified: &Verified, fault: Option<&str>) -> Markup {
    let action = format!("/requests/{digest}/cheat");
    // As a cheat would: the best score that there is.
    let best = match verified.score == verified.highest {
        true => verified.lowest,
        false => verified.highest,
    };
    html! {
        div.grid {
            section.card {
                h2 { (texts::EDIT_SCORE) }
                p { (texts::EDIT_SCORE_ABOUT) }
                form method="get" action=(action) {
                    input type="hidden" name="attempt" value="score";
                    div.field {
                        label for="points" { (texts::points_field(verified.score)) }
                        input #points type="number" name="points" value=(best) min=(verified.lowest) max=(verified.highest) step="1" required
                            aria-describedby=[fault.map(|_| "points-fault")];
                        @if let Some(fault) = fault {
                            p.said.bad #points-fault role="alert" { (fault) }
                        }
                    }
                    button type="submit" #edit-score { (texts::TRY_EDIT_SCORE) }
                }
            }
            (simple(&action, "replay", texts::REPLAY, texts::REPLAY_ABOUT, texts::TRY_REPLAY))
            (simple(&action, "reasons", texts::ALTER_REASONS, texts::ALTER_REASONS_ABOUT, texts::TRY_REASONS))
            (simple(&action, "validity", texts::EXTEND, texts::EXTEND_ABOUT, texts::TRY_EXTEND))
        }
    }
}

fn simple(action: &str, name: &str, title: &str, about: &str, button: &str) -> Markup {
    html! {
        section.card {
            h2 { (title) }
            p { (about) }
            form method="get" action=(action) {
                input type="hidden" name="attempt" value=(name);
                button type="submit" id=(name) { (button) }
            }
        }
    }
}

fn outcome(wanted: Attempt, tried: &[Tried]) -> Markup {
    let all = tried.iter().all(|tried| tried.refused.is_some());
    let (class, told) = if all {
        ("said good", texts::all_refused(tried.len()))
    } else {
        ("said bad", texts::NOT_REFUSED.to_owned())
    };
    let note = match wanted {
        Attempt::Score(_) => texts::SCORE_NOTE,
        Attempt::Replay => texts::REPLAY_NOTE,
        Attempt::Reasons => texts::REASONS_NOTE,
        Attempt::Validity => texts::VALIDITY_NOTE,
    };
    html! {
        section.card #tried {
            h2 { (texts::tried(wanted)) }
            p class=(class) role="status" { (told) }
            ol.tries {
                @for tried in tried {
                    li {
                        p { strong { (tried.who) } " " (tried.does) }
                        @match &tried.refused {
                            Some(refused) => {
                                p.said.good {
                                    span.flag.good { (texts::REFUSED_FLAG) } " "
                                    (texts::refused_by(refused.check, refused.number))
                                    br;
                                    q { (refused.words) }
                                }
                            },
                            None => { p.said.bad { (texts::NOT_REFUSED) } },
                        }
                    }
                }
            }
            p.quiet { (note) }
        }
    }
}
