//! A lender's question: who asks, for what, until when; and the person's choice.

use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::message::Outputs;
use blindscore_protocol::registry::Party;
use blindscore_scorecard::model_card::Figure;
use blindscore_scorecard::{ModelCard, Scorecard};
use maud::{Markup, html};

use crate::windows::wallet::draft::DAYS;
use crate::windows::wallet::questions::Question;
use crate::windows::wallet::record::{Record, Stage};
use crate::windows::wallet::statements::{NotReady, Own};
use crate::windows::wallet::{Wallet, texts};

/// The page. `own` says whether the person's own statements would do.
pub(in crate::windows::wallet) fn question(
    wallet: &Wallet,
    question: &Question,
    own: &Result<Own, NotReady>,
) -> Markup {
    let answered = answered(wallet, question.digest);
    let content = html! {
        (facts(wallet, question))
        @if let Some(record) = &answered {
            div.card {
                p.said.warn { (texts::ANSWERED_ALREADY) }
                p.buttons { a.button href=(format!("/consents/{}", record.id)) { (texts::open_it(&record.purpose)) } }
            }
        } @else {
            (form(wallet, question, own))
        }
    };
    let title = texts::asks(&wallet.name(&question.asked().lender));
    super::whole("", &title, &content)
}

/// The application that answers a question already.
fn answered(wallet: &Wallet, question: Digest) -> Option<Record> {
    let answers = |record: &Record| {
        record.request == question && !matches!(record.stage(), Stage::Drafted | Stage::Withdrawn)
    };
    wallet.all_records().into_iter().find(answers)
}

fn facts(wallet: &Wallet, question: &Question) -> Markup {
    let asked = question.asked();
    let party = |party: &Party| html! { (party.name) br; span.quiet.small { (party.address) ", " (party.country) ", " (party.contact) } };
    html! {
        section.card aria-labelledby="facts" {
            h2 #facts { (texts::WHAT_IS_ASKED) }
            dl.facts {
                dt { (texts::WHO) }
                dd { @match wallet.registry.party(&asked.lender) { Some(known) => (party(known)), None => (asked.lender) } }
                dt { (texts::WHAT_FOR) }
                dd { strong { (asked.purpose) } }
                dt { (texts::WHO_COMPUTES) }
                dd { @match wallet.registry.party(&asked.platform) { Some(known) => (party(known)), None => (asked.platform) } }
                dt { (texts::WANTED_SOURCES) }
                dd {
                    @if asked.sources.is_empty() { (texts::ANY_SOURCE) }
                    @else {
                        ul.plain-list { @for source in &asked.sources { li { (wallet.name(source)) } } }
                    }
                    @if question.takes_own_word() { p { (texts::OWN_WORD_TAKEN) } }
                }
                dt { (texts::WANTED_OUTPUTS) }
                dd { (outputs(asked.outputs)) }
                dt { (texts::KEEPS) }
                dd { (texts::days(asked.storage_days)) }
                dt { (texts::ANSWER_UNTIL) }
                dd { (texts::time(asked.expires)) }
            }
            p.small.said.good { (texts::signed_by(&wallet.name(&asked.lender))) }
        }
    }
}

fn form(wallet: &Wallet, question: &Question, own: &Result<Own, NotReady>) -> Markup {
    let asked = question.asked();
    let sample = wallet.sample_sources(question);
    let own_word = question.takes_own_word();
    // Own statements are proposed if they are there and will do.
    let own_first = own_word && own.is_ok();
    html! {
        form #answer method="post" action=(format!("/questions/{}/draft", question.digest)) {
            section.card aria-labelledby="data" {
                h2 #data { (texts::WHICH_DATA) }
                fieldset {
                    legend { (texts::WHICH_DATA_LEGEND) }
                    div.choice {
                        input #data-sample type="radio" name="data" value="sample" required
                            checked[!own_first && sample.is_ok()] disabled[sample.is_err()];
                        label for="data-sample" {
                            strong { (texts::SAMPLE_TAB) }
                            @match &sample {
                                Ok(sources) => {
                                    br; span.quiet { (texts::attested_by(&sources.iter().map(|source| wallet.name(source)).collect::<Vec<_>>())) }
                                }
                                Err(fault) => { br; span.warn { (fault.text()) } }
                            }
                        }
                    }
                    div.choice {
                        input #data-own type="radio" name="data" value="own"
                            checked[own_first] disabled[!own_first];
                        label for="data-own" {
                            strong { (texts::OWN_TAB) }
                            br;
                            @if !own_word { span.quiet { (texts::OWN_WORD_REFUSED) } }
                            @else {
                                @match own {
                                    Ok(_) => { span.quiet { (texts::OWN_WORD_MARKED) } }
                                    Err(why) => { span.quiet { (texts::not_ready(why)) } }
                                }
                            }
                        }
                    }
                }
                p { a href="/spending" { (texts::LOOK_AT_SPENDING) } }
            }
            section.card aria-labelledby="providers" {
                h2 #providers { (texts::WHICH_PROVIDER) }
                p { (texts::WHICH_PROVIDER_LEAD) }
                fieldset {
                    legend { (texts::OFFERED) }
                    @for (index, card) in question.cards.iter().enumerate() {
                        (provider(index, &card.scorecard, &question.scheme.scheme))
                    }
                }
            }
            section.card aria-labelledby="limits" {
                h2 #limits { (texts::LIMITS) }
                @if asked.outputs == Outputs::ScoreAndReasons {
                    fieldset {
                        legend { (texts::WHAT_LENDER_GETS) }
                        div.choice {
                            input #outputs-reasons type="radio" name="outputs" value="reasons" checked;
                            label for="outputs-reasons" { (outputs(Outputs::ScoreAndReasons)) br; span.quiet { (texts::REASONS_NOTE) } }
                        }
                        div.choice {
                            input #outputs-score type="radio" name="outputs" value="score";
                            label for="outputs-score" { (outputs(Outputs::Score)) }
                        }
                    }
                } @else {
                    p { (texts::SCORE_ONLY) }
                    input type="hidden" name="outputs" value="score";
                }
                div.field {
                    label for="days" { (texts::FOR_HOW_LONG) }
                    select #days name="days" {
                        @for days in DAYS {
                            option value=(days) selected[days == DAYS[1]] { (texts::days(u32::from(days))) }
                        }
                    }
                }
                p.quiet { (texts::NOTHING_YET) }
                div.buttons { button #draft type="submit" { (texts::READ_CONSENT) } }
            }
        }
    }
}

fn outputs(outputs: Outputs) -> &'static str {
    match outputs {
        Outputs::Score => texts::GETS_SCORE,
        Outputs::ScoreAndReasons => texts::GETS_REASONS,
    }
}

/// What a provider says of its scorecard.
fn provider(index: usize, card: &Scorecard, scheme: &Scheme) -> Markup {
    let id = format!("card-{index}");
    let (low, high) = card.published_range();
    html! {
        div.choice {
            input id=(id) type="checkbox" name="scorecard" value=(card.digest()) checked[index == 0];
            div {
                label for=(id) {
                    strong { (card.name()) }
                    br;
                    span.quiet { (texts::by_provider(card.provider(), low, high, card.characteristics().len())) }
                }
                details {
                    summary { (texts::WHAT_IT_SAYS) }
                    @match card.model_card() {
                        Some(said) => (model_card(said)),
                        None => { p.warn { (texts::NO_MODEL_CARD) } }
                    }
                    h4 { (texts::WHAT_IT_READS) }
                    @match card.lines_used(scheme) {
                        Ok(lines) => {
                            ul { @for line in &lines { li { (line.characteristics.join("; ")) " " span.quiet { (texts::share(line.share_per_mille)) } } } }
                        }
                        Err(error) => { p.bad { (error) } }
                    }
                    p.small.quiet { (texts::DIGEST) " " code { (card.digest()) } }
                }
            }
        }
    }
}

fn model_card(said: &ModelCard) -> Markup {
    let data = &said.training_data;
    html! {
        dl.facts {
            dt { (texts::INTENDED_USE) } dd { (said.intended_use) }
            dt { (texts::TRAINED_ON) }
            dd {
                (data.description)
                @for text in [&data.population, &data.period, &data.outcome].into_iter().flatten() { br; (text) }
            }
            dt { (texts::DOES_NOT_USE) }
            dd { ul.plain-list { @for text in &said.does_not_use { li { (text) } } } }
            dt { (texts::LIMITATIONS) }
            dd { ul.plain-list { @for text in &said.limitations { li { (text) } } } }
            @if !said.validation.is_empty() { dt { (texts::VALIDATION) } dd { (figures(&said.validation)) } }
            @if !said.fairness.is_empty() { dt { (texts::FAIRNESS) } dd { (figures(&said.fairness)) } }
            dt { (texts::CONTACT) } dd { (said.contact) }
            dt { (texts::AS_OF) } dd { (texts::day(said.date)) }
        }
    }
}

fn figures(figures: &[Figure]) -> Markup {
    html! {
        ul.plain-list {
            @for figure in figures {
                li {
                    (figure.name) " " strong { (String::from(figure.value.clone())) }
                    @if let Some(interval) = &figure.interval {
                        " (" (String::from(interval.low.clone())) " – " (String::from(interval.high.clone())) ")"
                    }
                    span.quiet { ", " (figure.sample) }
                }
            }
        }
    }
}
