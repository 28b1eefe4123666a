//! What lender, applicant and sources put into their messages in a walk.

use blindscore_client::applicant::{Choice, SecretKey};
use blindscore_client::lender::{Wanted, ask};
use blindscore_client::source::{AttestRequest, KeyJournal};
use blindscore_evaluator::SealedHistory;
use blindscore_protocol::consent::{Period, ScorecardTitle};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Attestation, Outputs, ScoreRequest};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::text::Plain;
use blindscore_scorecard::Scorecard;
use jiff::ToSpan;

use super::{Holder, Setting, WalkError};

/// The lender's request: for any of the scorecards, with every holder, with
/// reasons.
pub(super) fn request(setting: &Setting<'_>) -> Result<Signed<ScoreRequest>, WalkError> {
    let cast = setting.cast;
    let wanted = Wanted {
        purpose: "A loan for a bicycle".parse::<Plain>()?,
        platform: cast.platform.id().clone(),
        scheme: setting.scheme.digest(),
        scorecards: setting.scorecards.iter().map(Scorecard::digest).collect(),
        sources: source_ids(setting),
        self_declared: false,
        outputs: Outputs::ScoreAndReasons,
        storage_days: 30,
        expires: setting.now.checked_add(14 * 24.hours())?,
    };
    Ok(ask(&cast.lender, wanted, setting.now)?)
}

fn source_ids(setting: &Setting<'_>) -> Vec<PartyId> {
    let holders = setting.holders.iter();
    holders.map(|holder| holder.source.id().clone()).collect()
}

/// What the applicant chooses: all that was asked, once, for a week, on the
/// months that the scheme looks at.
pub(super) fn choice(setting: &Setting<'_>) -> Result<Choice, WalkError> {
    let as_of = setting.holders.first().map(|holder| holder.levels.as_of());
    let as_of = as_of.ok_or(WalkError::NoScorecard)?.first_of_month();
    let months = i64::from(setting.scheme.longest_window());
    Ok(Choice {
        scorecards: setting.scorecards.iter().map(Scorecard::digest).collect(),
        sources: source_ids(setting),
        data: Period {
            from: as_of.checked_sub(months.months())?,
            to: as_of.yesterday()?,
        },
        outputs: Outputs::ScoreAndReasons,
        uses: 1,
        valid_from: setting.now,
        valid_until: setting.now.checked_add(7 * 24.hours())?,
    })
}

/// Scorecards by the names that the notice shows.
///
/// # Errors
/// A name that is no plain text.
pub fn titles(scorecards: &[Scorecard]) -> Result<Vec<ScorecardTitle>, WalkError> {
    let title = |scorecard: &Scorecard| {
        Ok(ScorecardTitle {
            digest: scorecard.digest(),
            name: scorecard.name().parse()?,
            provider: scorecard.provider().parse()?,
        })
    };
    scorecards.iter().map(title).collect()
}

pub(super) fn attest(
    setting: &Setting<'_>,
    holder: &Holder<'_>,
    sealed: &SealedHistory,
    secret: &SecretKey,
) -> Result<Signed<Attestation>, WalkError> {
    let request = AttestRequest {
        sealed,
        scheme: setting.scheme,
        customer: &setting.cast.customer,
        salt: &secret.person_salt(),
        account: holder.account,
        issued: setting.now,
    };
    let mut journal = KeyJournal::default();
    Ok(holder
        .source
        .attest(holder.signatory, &request, &mut journal)?)
}
