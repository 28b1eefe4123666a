//! The page of an answered request: score, decision, notice, and what is proved.

use blindscore_client::http::Lender as Caller;
use blindscore_fhe::proof::forging_bound_log2;
use blindscore_protocol::message::{ReleasedReason, Standing as DataStanding};
use maud::{Markup, html};

use super::answer::{Asked, DecidedOutcome, LogCheck, Rerun, Verified};
use super::pages::{asked_for, refusals, time};
use super::state::Lender;
use super::texts;

/// What the platform says of the consent now.
pub(super) enum Consent {
    /// `given`, `used up`, `expired`, `withdrawn`.
    Stands(String),
    /// It does not say.
    NotSaid,
}

/// Asks the platform where the consent stands.
pub(super) async fn consent(lender: &Lender, asked: &Asked, verified: &Verified) -> Consent {
    let id = &asked.request.statement().platform;
    let Ok(platform) = lender.platform_of(id).await else {
        return Consent::NotSaid;
    };
    let call = Caller::of(&lender.signatory).consent(verified.consent);
    match platform.send(&call).await {
        Ok(entry) => Consent::Stands(entry.state),
        Err(_) => Consent::NotSaid,
    }
}

/// What was decided, in a word.
pub(super) fn outcome_of(outcome: &DecidedOutcome) -> &'static str {
    match outcome {
        DecidedOutcome::Approved => texts::APPROVED,
        DecidedOutcome::Declined { .. } => texts::DECLINED,
        DecidedOutcome::Referred { .. } => texts::REFERRED,
    }
}

/// The page.
pub(super) fn page(
    lender: &Lender,
    asked: &Asked,
    verified: &Verified,
    consent: &Consent,
) -> Markup {
    html! {
        (standing_now(lender, verified, consent))
        div.grid {
            (score(lender, verified))
            (decision(verified))
        }
        (reasons(verified))
        @if let DecidedOutcome::Declined { reasons } = &verified.decision.outcome {
            (notice(lender, asked, verified, reasons))
        }
        (evidence(lender, verified))
        section.card {
            h2 { (texts::CHEAT) }
            p { (texts::CHEAT_TEASER) }
            div.buttons {
                a.button.plain href={ "/requests/" (asked.digest()) "/cheat" } { (texts::CHEAT_OPEN) }
            }
        }
        (refusals(&lender.refusals(Some(asked.digest()))))
        (asked_for(lender, asked))
    }
}

/// Whether the score may still be used.
fn standing_now(lender: &Lender, verified: &Verified, consent: &Consent) -> Markup {
    let over = lender.now() >= verified.valid_until;
    html! {
        @if over {
            p.said.warn role="status" { (texts::SCORE_OVER) }
        } @else if let Consent::Stands(state) = consent {
            @if state == "withdrawn" {
                p.said.warn role="status" { (texts::CONSENT_WITHDRAWN) }
            }
        }
    }
}

fn score(lender: &Lender, verified: &Verified) -> Markup {
    let (lowest, highest) = (verified.lowest, verified.highest);
    html! {
        section.card #score {
            h2 { (texts::SCORE) }
            p.score { (verified.score) }
            meter min=(lowest) max=(highest) value=(verified.score) aria-label=(texts::SCORE) {}
            p { (texts::of_range(lowest, highest)) }
            dl.facts {
                dt { (texts::SCORECARD) } dd { (verified.scorecard_name) }
                dt { (texts::PROVIDER) } dd { (verified.provider) }
                dt { (texts::DATA_OF) } dd { (sources(lender, verified)) }
                dt { (texts::VALID_UNTIL) } dd { (time(verified.valid_until)) }
            }
        }
    }
}

fn sources(lender: &Lender, verified: &Verified) -> Markup {
    html! {
        @match verified.standing {
            DataStanding::SelfDeclared => { span.flag.warn { (texts::SELF_DECLARED) } },
            DataStanding::Attested => {
                @for source in &verified.sources { div { (lender.name_of(source)) } }
            },
        }
    }
}

fn decision(verified: &Verified) -> Markup {
    let decided = &verified.decision;
    let kind = match decided.outcome {
        DecidedOutcome::Approved => "big good",
        DecidedOutcome::Declined { .. } => "big bad",
        DecidedOutcome::Referred { .. } => "big warn",
    };
    let why = match &decided.outcome {
        DecidedOutcome::Approved => texts::reaches(verified.score, decided.cut_off),
        DecidedOutcome::Declined { .. } => texts::below(verified.score, decided.cut_off),
        DecidedOutcome::Referred { why } => texts::referred(why),
    };
    html! {
        section.card #decision {
            h2 { (texts::DECISION) }
            p class=(kind) { (outcome_of(&decided.outcome)) }
            p { (why) }
            p.quiet { (texts::DECISION_ABOUT) }
            p.small.quiet { (texts::DECIDED_AT) " " (time(decided.at)) }
        }
    }
}

fn reasons(verified: &Verified) -> Markup {
    html! {
        section.card #reasons {
            h2 { (texts::REASONS) }
            @match &verified.reasons {
                None => { p { (texts::REASONS_KEPT_BACK) } },
                Some(reasons) if reasons.is_empty() => { p { (texts::NO_REASONS) } },
                Some(reasons) => {
                    ol { @for reason in reasons {
                        li { (reason.text) " " span.quiet { "(" (reason.code) ")" } }
                    } }
                    p.quiet { (texts::REASONS_ABOUT) }
                },
            }
        }
    }
}

/// What a declined applicant is told: a text that can be sent.
fn notice(
    lender: &Lender,
    asked: &Asked,
    verified: &Verified,
    reasons: &[ReleasedReason],
) -> Markup {
    let party = lender.registry.party(lender.signatory.id());
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    let sources: Vec<&str> = match verified.standing {
        DataStanding::SelfDeclared => Vec::new(),
        DataStanding::Attested => {
            let sources = verified.sources.iter();
            sources.map(|source| lender.name_of(source)).collect()
        }
    };
    let letter = texts::Letter {
        lender: lender.name(),
        contact: party.map_or("", |party| party.contact.as_str()),
        address: party.map_or("", |party| party.address.as_str()),
        purpose: asked.request.statement().purpose.as_str(),
        day: verified.decision.at.strftime("%-d %B %Y").to_string(),
        scorecard: &verified.scorecard_name,
        provider: &verified.provider,
        score: verified.score,
        lowest: verified.lowest,
        highest: verified.highest,
        sources: &sources,
        reasons: verified.reasons.as_ref().map(|_| reasons.as_slice()),
        platform: lender.name_of(&verified.platform),
    };
    html! {
        section.card #notice {
            h2 { (texts::NOTICE) }
            p.quiet { (texts::NOTICE_ABOUT) }
            div.notice tabindex="0" role="region" aria-label=(texts::NOTICE) { (texts::letter(&letter)) }
        }
    }
}

/// What was checked, and what stands behind the number.
fn evidence(lender: &Lender, verified: &Verified) -> Markup {
    let platform = lender.name_of(&verified.platform);
    let (rerun, ran) = match &verified.rerun {
        Rerun::Same { bytes } => (texts::ran_again(*bytes), true),
        Rerun::Not { why } => (texts::not_run_again(platform, why), false),
    };
    let (log, logged) = match &verified.log {
        LogCheck::Included { index, size, .. } => (texts::in_log(platform, *index, *size), true),
        LogCheck::NotShown { why } => (texts::not_in_log(why), false),
    };
    let class = |held: bool| if held { "done" } else { "failed" };
    html! {
        section.card #evidence {
            h2 { (texts::EVIDENCE) }
            p.quiet { (texts::evidence_about(verified.took_ms)) }
            ul.steps {
                li.done { (texts::SIGNED_BY_APPLICANT) }
                li.done { (texts::ANSWERS_REQUEST) }
                li.done { (texts::CONSENT_ALLOWS) }
                @if verified.standing == DataStanding::Attested {
                    li.done { (texts::DATA_ATTESTED) }
                } @else {
                    li.done { (texts::DATA_SELF_DECLARED) }
                }
                li class=(class(ran)) { (rerun) }
                li.done { (texts::proof_holds(verified.proof_bytes, -forging_bound_log2())) }
                li.done { (texts::wrong_score(verified.wrong_score_bound_log2)) }
                li class=(class(logged)) { (log) }
            }
            dl.facts {
                dt { (texts::EVALUATED) } dd { (platform) ", " (time(verified.evaluated_at)) }
                dt { (texts::RECEIPT) } dd { code { (verified.receipt) } }
                dt { (texts::CONSENT) } dd { code { (verified.consent) } }
                dt { (texts::SCORECARD_ID) } dd { code { (verified.scorecard) } }
                @if let LogCheck::Included { root, signed, size, .. } = &verified.log {
                    dt { (texts::LOG_HEAD) } dd { (texts::entries(*size)) ", " (time(*signed)) ", " code { (root) } }
                }
            }
        }
    }
}
