//! One application: the notice before consent, the steps after it, the score,
//! what became of it, and what the platform still holds.

use blindscore_client::applicant::Draft;
use blindscore_protocol::api::{ConsentEntry, HistoryEntry};
use blindscore_service::window::live;
use maud::{Markup, html};

use super::progress::{handover, steps};
use super::score;
use crate::windows::wallet::record::{Answer, Decision, Handover, Record, Stage, Step};
use crate::windows::wallet::seen::Seen;
use crate::windows::wallet::{Wallet, texts};

/// Longer than this, what stands before a colon is no name of a fact.
const NAME_MAX: usize = 40;

/// What the platform says that it holds, or why it does not say.
pub(in crate::windows::wallet) type Held = Result<(ConsentEntry, Vec<HistoryEntry>), String>;

/// A consent that was drafted: what the person would agree to.
pub(in crate::windows::wallet) fn drafted(
    wallet: &Wallet,
    record: &Record,
    draft: &Draft,
) -> Markup {
    let path = format!("/consents/{}", record.id);
    let lender = wallet.name(&record.lender);
    let content = html! {
        p.lead { (texts::DRAFT_LEAD) }
        section.card aria-label=(texts::NOTICE) { (notice(draft.notice().text())) }
        p.small.quiet { (texts::NOTICE_DIGEST) " " code { (draft.notice().digest()) } }
        div.card {
            p { (texts::GRANT_LEAD) }
            div.buttons {
                (super::button(&format!("{path}/grant"), "grant", "", &texts::grant(&lender)))
                (super::button(&format!("{path}/discard"), "discard", "plain", texts::DISCARD))
            }
        }
    };
    super::whole("", texts::DRAFT_TITLE, &content)
}

/// An application that the person consented to.
pub(in crate::windows::wallet) fn granted(
    wallet: &Wallet,
    record: &Record,
    scores: &[Seen],
    held: Option<&Held>,
) -> Markup {
    let stage = record.stage();
    let path = format!("/consents/{}", record.id);
    let content = html! {
        p { (super::flag(stage)) " " span.quiet { (texts::for_lender(&wallet.name(&record.lender), &texts::time(record.drafted))) } }
        @match stage {
            Stage::Running | Stage::Releasing => {
                (live(&format!("{path}/progress/{}", stage.name()), 400, &progress(wallet, record)))
            }
            Stage::Stopped | Stage::ReleaseStopped => { (progress(wallet, record)) }
            _ => {}
        }
        @if matches!(stage, Stage::Scored | Stage::Kept) { (decide(wallet, record, scores)) }
        @if stage == Stage::Withdrawn { (withdrawn(wallet, record, scores)) }
        @if let Some(release) = handed_over(record) {
            (released(wallet, record, release, scores))
        }
        @if !matches!(stage, Stage::Scored | Stage::Kept) {
            @for seen in scores { (score::card(seen)) }
        }
        div.grid {
            (facts(wallet, record))
            @if let Some(held) = held { (holdings(wallet, held)) }
        }
        @if stage != Stage::Withdrawn { (withdraw(&path, record)) }
    };
    super::whole("", &record.purpose, &content)
}

/// The steps of what is under way.
pub(in crate::windows::wallet) fn progress(wallet: &Wallet, record: &Record) -> Markup {
    let path = format!("/consents/{}", record.id);
    html! {
        @if let Some(release) = &record.release {
            (handover(wallet, record, release))
            @if release.stopped.is_some() {
                (super::button(&format!("{path}/release-again"), "release-again", "", texts::TRY_AGAIN))
            }
        } @else {
            (steps(wallet, record))
            @if record.stopped.is_some() {
                (super::button(&format!("{path}/retry"), "retry", "", texts::TRY_AGAIN))
            }
        }
    }
}

/// The words of the notice, all of them and no others, set out by their form: a
/// blank line ends a part, `Name: value` is a fact, `  - ` an item.
fn notice(text: &str) -> Markup {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    html! {
        h2 #notice { (title) }
        @for part in rest.split(|line| line.is_empty()).filter(|part| !part.is_empty()) {
            div.part {
                @for line in part.chunk_by(|a, b| is_item(a) && is_item(b)) {
                    @if is_item(line[0]) {
                        ul { @for item in line { li { strong { (item.trim_start_matches("  - ")) } } } }
                    } @else {
                        @match line[0].split_once(": ") {
                            Some((name, value)) if name.chars().count() <= NAME_MAX => p { span.quiet { (name) ": " } (value) },
                            _ => p { (line[0]) },
                        }
                    }
                }
            }
        }
    }
}

fn is_item(line: &str) -> bool {
    line.starts_with("  - ")
}

/// Scores that were checked, and the decision.
fn decide(wallet: &Wallet, record: &Record, scores: &[Seen]) -> Markup {
    let path = format!("/consents/{}", record.id);
    let lender = wallet.name(&record.lender);
    html! {
        p.lead { (texts::SCORED_LEAD) }
        @for seen in scores { (score::card(seen)) }
        section.card aria-labelledby="decide" {
            h2 #decide { (texts::decide(&lender)) }
            p { (texts::gets(&lender, record.agreed.outputs)) }
            form method="post" action=(format!("{path}/release")) {
                @if let [only] = scores {
                    input type="hidden" name="scorecard" value=(only.scorecard);
                } @else {
                    fieldset {
                        legend { (texts::WHICH_SCORE) }
                        @for (index, seen) in scores.iter().enumerate() {
                            @let id = format!("release-{index}");
                            div.choice {
                                input id=(id) type="radio" name="scorecard" value=(seen.scorecard) required;
                                label for=(id) { strong { (seen.score) } " – " (seen.name) br; span.quiet { (seen.provider) } }
                            }
                        }
                    }
                }
                div.buttons {
                    button #release type="submit" { (texts::release_to(&lender)) }
                    @if record.stage() == Stage::Scored {
                        button.plain #keep type="submit" formaction=(format!("{path}/keep")) formnovalidate { (texts::KEEP_IT) }
                    }
                }
            }
            @if record.stage() == Stage::Kept { p.quiet { (texts::KEPT) } }
        }
    }
}

/// The release, once the lender took it.
fn handed_over(record: &Record) -> Option<&Handover> {
    let taken = |release: &&Handover| release.taken_at.is_some();
    let over = matches!(record.stage(), Stage::Released | Stage::Withdrawn);
    record.release.as_ref().filter(taken).filter(|_| over)
}

/// Where the score went, and what the lender sees of it.
fn released(wallet: &Wallet, record: &Record, release: &Handover, scores: &[Seen]) -> Markup {
    let lender = wallet.name(&record.lender);
    let seen = scores
        .iter()
        .find(|seen| seen.scorecard == release.scorecard);
    let server = wallet
        .lenders
        .iter()
        .find(|known| known.id == record.lender);
    html! {
        section.card aria-labelledby="released" {
            h2 #released { (texts::released_to(&lender)) }
            dl.facts {
                @if let Some(at) = release.taken_at { dt { (texts::TAKEN_AT) } dd { (texts::time(at)) } }
                @if let Some(id) = &release.taken { dt { (texts::TAKEN_AS) } dd { code { (id) } } }
                @if let Some(proof) = &release.proof {
                    dt { (texts::PROOF) }
                    dd { (texts::proof(proof.proof_bytes, proof.message_bytes, proof.attempts, proof.milliseconds)) }
                }
            }
            h3 { (texts::lender_sees(&lender)) }
            @if let Some(seen) = seen { (score::as_lender_sees(seen, record)) }
            (answered(&lender, release.answer.as_ref()))
            @if let Some(server) = server {
                p { a href=(server.url) target="_blank" rel="noopener" { (texts::lender_window(&lender)) } }
            }
        }
    }
}

/// What the lender answered.
fn answered(lender: &str, answer: Option<&Answer>) -> Markup {
    html! {
        h3 { (texts::lender_answered(lender)) }
        @match answer {
            None | Some(Answer::Checking) => { p.said #answer { (texts::lender_checks(lender)) } }
            Some(Answer::NotHeld) => { p.said.bad #answer { (texts::not_held(lender)) } }
            Some(Answer::Decided { at, decision, reasons }) => {
                @let class = match decision {
                    Decision::Approved => "said good",
                    Decision::Declined => "said bad",
                    Decision::Referred => "said warn",
                };
                p #answer class=(class) { strong { (texts::decision(*decision)) } ", " (texts::time(*at)) }
                @if !reasons.is_empty() {
                    p { (texts::ITS_REASONS) }
                    ul { @for reason in reasons { li { (reason) } } }
                }
            }
        }
    }
}

fn withdrawn(wallet: &Wallet, record: &Record, scores: &[Seen]) -> Markup {
    let lender = wallet.name(&record.lender);
    html! {
        section.card {
            @if let Some(at) = record.withdrawn { p.said.good { (texts::withdrawn_at(&texts::time(at))) } }
            @if handed_over(record).is_some() {
                p.said.warn { (texts::released_before(&lender)) }
            } @else if !scores.is_empty() {
                p.quiet { (texts::SCORES_STAY) }
            }
        }
    }
}

fn facts(wallet: &Wallet, record: &Record) -> Markup {
    let (agreed, path) = (&record.agreed, format!("/consents/{}", record.id));
    html! {
        section.card aria-labelledby="facts" {
            h2 #facts { (texts::THE_CONSENT) }
            dl.facts {
                dt { (texts::WHO) } dd { (wallet.name(&record.lender)) }
                dt { (texts::WHAT_FOR) } dd { (record.purpose) }
                dt { (texts::DATA) }
                dd { (texts::period(agreed.data.from, agreed.data.to)) br; (agreed.sources.iter().map(|source| wallet.name(source)).collect::<Vec<_>>().join(", ")) }
                dt { (texts::VALID_UNTIL) } dd { (texts::time(agreed.valid_until)) }
                @if record.did(&Step::Logged) {
                    @for given in &record.receipts {
                        dt { (texts::RECEIPT) }
                        dd { code { (given.receipt) } br; span.good { (texts::in_log(given.log_index.saturating_add(1))) } }
                    }
                }
                dt { (texts::CONSENT_ID) } dd { code { (record.id) } }
            }
            p {
                a href=(format!("{path}/consent.json")) download { (texts::DOWNLOAD_CONSENT) }
                @if record.did(&Step::Consented) {
                    br; a href=(format!("{path}/consent-receipt.json")) download { (texts::DOWNLOAD_RECEIPT) }
                }
            }
        }
    }
}

/// What the platform says, asked when the page was made.
fn holdings(wallet: &Wallet, held: &Held) -> Markup {
    html! {
        section.card aria-labelledby="held" {
            h2 #held { (texts::WHAT_PLATFORM_HOLDS) }
            @match held {
                Err(why) => { p.said.warn { (why) } }
                Ok((entry, histories)) => {
                    p.quiet { (texts::PLATFORM_SAYS) }
                    dl.facts {
                        dt { (texts::STATE) } dd #platform-state { (entry.state) }
                        dt { (texts::USES) } dd { (texts::uses(entry.uses, entry.of)) }
                        dt { (texts::HISTORIES) }
                        dd #platform-holds {
                            @if histories.is_empty() { (texts::HOLDS_NONE) }
                            @else {
                                ul.plain-list {
                                    @for history in histories {
                                        li { (texts::holds(&wallet.name(&history.source), history.bytes)) }
                                    }
                                }
                            }
                        }
                    }
                    p.small.quiet { (texts::HOLDS_WHAT) }
                    p { a href=(wallet.platform_url) target="_blank" rel="noopener" { (texts::PLATFORM_WINDOW) } }
                }
            }
            @if let Some(head) = wallet.last_head() {
                p.small.quiet { (texts::log_head(head.size, &texts::time(head.time))) br; code { (head.root) } }
            }
        }
    }
}

fn withdraw(path: &str, record: &Record) -> Markup {
    html! {
        details.card #withdraw-part {
            summary { (texts::WITHDRAW_TITLE) }
            p { (texts::WITHDRAW_LEAD) }
            @if record.release.is_some() { p.said.warn { (texts::WITHDRAW_AFTER_RELEASE) } }
            (super::button(&format!("{path}/withdraw"), "withdraw", "danger", texts::WITHDRAW))
        }
    }
}
