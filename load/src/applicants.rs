//! Invented applicants, made ready before the clock runs: key, request,
//! histories and consent handed in, orders yet to come.

use std::sync::Arc;

use blindscore_client::applicant::Review;
use blindscore_client::http::{Applicant as By, Async, Lender, Source};
use blindscore_evaluator::{AttestedHistory, Evaluation, Gathered, Vouching};
use blindscore_examples::application::{Application, Making};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::form::Form;
use blindscore_history::levels::{ApplicantLevels, Part};
use blindscore_protocol::api::{Answered, EvaluationAnswer, EvaluationOrder};
use blindscore_protocol::envelope;
use blindscore_protocol::message::Receipt;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::Fault;
use crate::options::Options;
use crate::parties::{Parties, fresh};

/// Runs that each consent allows: more than any load takes.
const USES: u32 = 100_000_000;
/// Applicants that keep what reviewing an answer takes.
const REVIEWING: usize = 4;
/// Made and handed in at once.
const AT_ONCE: usize = 2;

/// One applicant.
pub(crate) struct Applicant {
    /// Which kind of order.
    pub(crate) form: Form,
    /// What is sent each time.
    pub(crate) order: EvaluationOrder,
    /// Of which an answer is reviewed.
    pub(crate) reviewing: bool,
    application: Application,
}

impl Applicant {
    /// The caller.
    pub(crate) fn caller(&self) -> By<'_> {
        By::of(&self.application.secret)
    }
}

/// Makes all of them and hands everything in.
pub(crate) async fn prepare(
    options: &Options,
    parties: &Arc<Parties>,
    calls: &Async,
) -> Result<Vec<Applicant>, Fault> {
    // Another number, another applicant: runs on one platform do not meet.
    let base = u64::from_le_bytes(fresh()?);
    let hours = (options.minutes / 60.0).ceil() as i64 + 2;
    let mut ready: Vec<Option<Applicant>> = Vec::new();
    ready.resize_with(options.applicants as usize, || None);
    let mut under_way = JoinSet::new();
    for (place, form) in (0..ready.len()).map(|place| (place, options.form.of(place))) {
        if under_way.len() >= AT_ONCE {
            keep(&mut ready, under_way.join_next().await)?;
        }
        let (parties, calls) = (Arc::clone(parties), calls.clone());
        let scorecards = options.scorecards as usize;
        let number = base.wrapping_add(place as u64);
        under_way.spawn(async move {
            let made = {
                let parties = Arc::clone(&parties);
                tokio::task::spawn_blocking(move || make(&parties, form, hours, number))
            };
            let mut application = made.await??;
            hand_in(&parties, &calls, &application).await?;
            let cards = &parties.person.scorecards;
            let cards = &cards[..scorecards.min(cards.len())];
            let reviewing = place < REVIEWING;
            if !reviewing {
                application.uploads = Vec::new();
            }
            let applicant = Applicant {
                form,
                order: application.order(cards),
                reviewing,
                application,
            };
            Ok::<_, Fault>((place, applicant))
        });
    }
    while let Some(joined) = under_way.join_next().await {
        keep(&mut ready, Some(joined))?;
    }
    Ok(ready.into_iter().flatten().collect())
}

type Joined = Result<Result<(usize, Applicant), Fault>, tokio::task::JoinError>;

fn keep(ready: &mut [Option<Applicant>], joined: Option<Joined>) -> Result<(), Fault> {
    if let Some(joined) = joined {
        let (place, applicant) = joined??;
        ready[place] = Some(applicant);
    }
    Ok(())
}

fn make(parties: &Parties, form: Form, hours: i64, number: u64) -> Result<Application, Fault> {
    let making = Making {
        person: &parties.person,
        cast: &parties.cast,
        registry: &parties.registry,
        form,
        uses: USES,
        hours,
        now: now()?,
    };
    Ok(Application::make(&making, number)?)
}

async fn hand_in(parties: &Parties, calls: &Async, application: &Application) -> Result<(), Fault> {
    let lender = Lender::of(&parties.cast.lender);
    calls
        .send(&lender.hand_in_request(&application.request))
        .await?;
    let applicant = By::of(&application.secret);
    calls.send(&applicant.hand_in_key()).await?;
    let holders = [&parties.cast.bank, &parties.cast.wallet];
    for (upload, holder) in application.uploads.iter().zip(holders) {
        let source = Source::of(holder);
        let key = application.key();
        let hand_in = source.hand_in(key, &upload.attestation, &upload.sealed);
        calls.send(&hand_in).await?;
    }
    calls.send(&applicant.grant(&application.consent)).await?;
    Ok(())
}

/// Goes through every check that an applicant makes of an answer, opens it and
/// compares it with the score in the clear: how many scores agreed.
pub(crate) fn review(
    parties: &Parties,
    applicant: &Applicant,
    answer: &EvaluationAnswer,
) -> Result<u64, Fault> {
    let mut agreed = 0;
    let cards = parties.person.scorecards.iter();
    for (card, answered) in cards.zip(&answer.answers) {
        review_one(parties, applicant, card, answered)?;
        agreed += 1;
    }
    Ok(agreed)
}

fn review_one(
    parties: &Parties,
    applicant: &Applicant,
    card: &Scorecard,
    answered: &Answered,
) -> Result<(), Fault> {
    let application = &applicant.application;
    let (scheme, now) = (&parties.person.scheme, now()?);
    let vouching = Vouching {
        registry: &parties.registry,
        key: application.secret.public_key(),
        scheme,
        now,
    };
    let admit = |upload: &blindscore_examples::walk::Upload| {
        AttestedHistory::admit(&vouching, &upload.sealed, &upload.attestation)
    };
    let histories = application.uploads.iter().map(admit);
    let histories = Gathered::new(histories.collect::<Result<_, _>>()?)?;
    let evaluation = Evaluation::admit(&answered.evaluation.0)?;
    let receipt = &answered.signed_receipt.0;
    let (receipt, _) = envelope::open::<Signed<Receipt>>(receipt, PARAMETER_ID)?;
    let checked = application.secret.review(&Review {
        registry: &parties.registry,
        scheme,
        scorecard: card,
        request: &application.request,
        consent: &application.consent,
        histories: &histories,
        evaluation: &evaluation,
        receipt: &receipt,
        now,
    })?;
    let opened = checked.opened();
    let held = [&parties.person.bank, &parties.person.wallet];
    let held = &held[..application.uploads.len()];
    let roles: Vec<_> = held
        .iter()
        .map(|held| held.roles.iter().cloned().collect())
        .collect();
    let parts: Vec<_> = held
        .iter()
        .zip(&roles)
        .map(|(held, roles)| Part {
            levels: &held.levels,
            roles,
        })
        .collect();
    let levels = ApplicantLevels::combine(scheme, &parts)?;
    let plain = card.score(scheme, &levels)?;
    if opened.shifted() != plain.shifted || opened.published() != plain.published {
        return Err("an opened score is not the score in the clear".into());
    }
    Ok(())
}

/// Now, in whole seconds, as statements have it.
pub(crate) fn now() -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_second(Timestamp::now().as_second())?)
}
