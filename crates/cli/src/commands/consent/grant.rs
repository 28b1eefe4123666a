//! `consent grant`: read the notice, then sign.

use std::path::PathBuf;

use blindscore_client::applicant::{Choice, SecretKey};
use blindscore_client::http::Applicant;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{AnswerError, ConsentRecord, Period, ScorecardTitle};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::registry::Trade;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::clock;
use crate::confirm::confirm;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin, trust};
use crate::online::Trust;
use crate::output::{fields, print, shown};

/// Answer a lender's request: shows the notice, and asks before it signs
///
/// The platform enforces every limit of it. Nothing is handed to the lender by
/// consenting: you see the score first, and release it or not.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore consent grant --secret applicant.secret --request score.request \\
    --registry registry.json --scheme builtin:everyday --scorecard builtin:steady \\
    --source bank --source wallet --as-of 2026-11-15 --out consent.json")]
pub(crate) struct Grant {
    /// The secret key of this application
    #[arg(long, value_name = "applicant.secret")]
    secret: PathBuf,
    /// The lender's request
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Your registry
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// A scorecard that may be applied; repeat for several
    #[arg(long = "scorecard", value_name = "SCORECARD", required = true)]
    scorecards: Vec<Origin>,
    /// A source whose data count; repeat for each
    #[arg(
        long = "source",
        value_name = "ID",
        required_unless_present = "self_declared"
    )]
    sources: Vec<PartyId>,
    /// Your own data alone, which no source stands behind
    #[arg(long, conflicts_with = "sources")]
    self_declared: bool,
    /// The application's date: data of the scheme's longest window before its month
    #[arg(long, value_name = "DATE", required_unless_present_all = ["from", "to"])]
    as_of: Option<Date>,
    /// The first day that data may come from
    #[arg(long, value_name = "DATE", conflicts_with = "as_of", requires = "to")]
    from: Option<Date>,
    /// The last day that data may come from
    #[arg(long, value_name = "DATE", conflicts_with = "as_of", requires = "from")]
    to: Option<Date>,
    /// Keep the reasons back even if the lender asks for them
    #[arg(long)]
    score_only: bool,
    /// How often the platform may compute
    #[arg(long, value_name = "N", default_value_t = 1)]
    uses: u32,
    /// For how many days
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    days: u32,
    /// Yes, I have read the notice: do not ask
    #[arg(long)]
    yes: bool,
    /// The consent record to write
    #[arg(long, value_name = "consent.json")]
    out: PathBuf,
    /// Hand it in at the platform's service, with the key and the request
    #[arg(long, value_name = "URL")]
    platform: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

impl Grant {
    pub(crate) fn run(&self) -> Outcome {
        if self.out.exists() {
            return Err(files::exists(&self.out));
        }
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let registry = trust::registry(&self.registry)?;
        let request = trust::signed::<ScoreRequest>(&self.request)?;
        let secret = inputs::secret_key(&self.secret)?;
        let now = clock::now();
        let asked = request.statement();
        // Who asks is what the person decides on.
        registry
            .believe(&request, &asked.lender, Trade::Lender, asked.issued, now)
            .map_err(|error| Failure::refused(error).in_file(&self.request))?;
        if now >= asked.expires {
            let message = format!("the request ended at {}", asked.expires);
            return Err(Failure::refused(message)
                .in_file(&self.request)
                .hint("ask the lender for a new one"));
        }
        let until = clock::days_after(now, self.days)?;
        let choice = Choice {
            scorecards: scorecards.iter().map(Scorecard::digest).collect(),
            sources: self.sources(),
            data: self.data(&scheme)?,
            outputs: if self.score_only {
                Outputs::Score
            } else {
                asked.outputs
            },
            uses: self.uses,
            valid_from: now,
            valid_until: until.min(asked.expires),
        };
        let titles = titles(&scorecards)?;
        let draft = secret
            .draft(&request, &registry, choice, &titles)
            .map_err(no_answer)?;
        print(&format!("{}\n", shown(draft.notice().text())))?;
        confirm("Do you consent to this?", self.yes)?;
        let consent = secret
            .grant(draft, &registry, clock::now())
            .map_err(Failure::refused)?;
        files::write_new(&self.out, consent.to_json().as_bytes(), Access::Owner)?;
        let handed_in = self.hand_in(&secret, &request, &consent)?;
        print(&fields(&[
            ("consent", consent.id().to_string()),
            ("digest", consent.digest().to_string()),
            ("written", self.out.display().to_string()),
            ("handed in", handed_in),
            (
                "to take it back",
                "blindscore consent withdraw, at any time".to_owned(),
            ),
        ]))
    }

    /// To whom the consent went.
    fn hand_in(
        &self,
        secret: &SecretKey,
        request: &Signed<ScoreRequest>,
        consent: &ConsentRecord,
    ) -> Outcome<String> {
        let Some(url) = &self.platform else {
            return Ok("to nobody yet".to_owned());
        };
        let service = self.trust.connect(url)?;
        service.is(&consent.binding().platform)?;
        let applicant = Applicant::of(secret);
        service.send(&applicant.hand_in_request(request))?;
        service.send(&applicant.hand_in_key())?;
        let taken = service.send(&applicant.grant(consent))?;
        Ok(format!(
            "to {}, entry {} of its log",
            service.platform(),
            taken.log_index
        ))
    }

    fn sources(&self) -> Vec<PartyId> {
        if self.self_declared {
            return vec![PartyId::self_declared()];
        }
        let mut sources = self.sources.clone();
        sources.sort();
        sources.dedup();
        sources
    }

    /// The days that data may come from.
    fn data(&self, scheme: &Scheme) -> Outcome<Period> {
        if let (Some(from), Some(to)) = (self.from, self.to) {
            return Ok(Period { from, to });
        }
        let out_of_range = |_| Failure::usage("--as-of is out of range");
        let as_of = self.as_of.unwrap_or_default().first_of_month();
        let months = i64::from(scheme.longest_window());
        Ok(Period {
            from: as_of.checked_sub(months.months()).map_err(out_of_range)?,
            to: as_of.yesterday().map_err(out_of_range)?,
        })
    }
}

/// Scorecards by the names that a notice shows.
pub(super) fn titles(scorecards: &[Scorecard]) -> Outcome<Vec<ScorecardTitle>> {
    let title = |scorecard: &Scorecard| {
        let plain = |text: &str| {
            text.parse().map_err(|error| {
                Failure::refused(format!("the scorecard's name or provider is {error}"))
            })
        };
        Ok(ScorecardTitle {
            digest: scorecard.digest(),
            name: plain(scorecard.name())?,
            provider: plain(scorecard.provider())?,
        })
    };
    scorecards.iter().map(title).collect()
}

fn no_answer(error: AnswerError) -> Failure {
    let hint = match error {
        AnswerError::RequiredSource { .. } => {
            Some("blindscore lender show tells what the lender asks for")
        }
        AnswerError::Field { field: "scheme" } => {
            Some("give the scheme of the request with --scheme")
        }
        _ => None,
    };
    Failure::refused(error).hint_if(hint)
}
