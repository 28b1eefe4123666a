//! `demo`: every party in one process, on the bundled data.

mod report;
mod text;
mod web;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use blindscore_client::applicant::ReviewError;
use blindscore_client::source::Source;
use blindscore_examples::cast::Cast;
use blindscore_examples::cheat::{self, Foiled};
use blindscore_examples::walk::{Holder, Setting, Step, Walk, WalkError, walk};
use blindscore_examples::{AS_OF, SCORECARDS};
use blindscore_history::form::Form;
use blindscore_history::ledger::Coverage;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::{ReadOptions, read};
use blindscore_protocol::message::AccountKind;
use blindscore_scorecard::Scorecard;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::commands::open::unopened;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, FormArgument, Origin, STATEMENTS};
use crate::output::{print, print_json};
use crate::progress::watched;

/// Show everything at once: one invented person, two data holders, two scorecards, a lender
///
/// A lender asks, the person reads what for and consents. A bank and a wallet
/// each seal and sign their part of the person's spending history; a platform
/// scores it without seeing it; the person looks first, compares with the score
/// in the clear, and releases one score with a proof; the lender verifies it.
/// Then three attempts to cheat. Nothing is written or sent.
///
/// With --web, the same parties are three windows in a browser: platform, lender
/// and the applicant's wallet, each a server on this machine. You play applicant
/// and lender yourself, with the sample's data or your own statements.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  blindscore demo\n  blindscore demo --form packed --json\n  blindscore demo --web"
)]
pub(crate) struct Demo {
    /// How levels are sealed; packed takes one source, so the bank alone
    #[arg(long, value_enum, default_value = "composable")]
    form: FormArgument,
    /// Open the three windows: servers on this machine, for a browser
    #[arg(long, conflicts_with = "form")]
    web: bool,
    /// With --web: folder to keep everything in, and to go on from [default: a temporary one]
    #[arg(long, value_name = "DIR", requires = "web")]
    data: Option<PathBuf>,
    /// With --web: first of three ports, of platform, wallet and lender; 0 takes free ones
    #[arg(long, value_name = "PORT", requires = "web", default_value_t = 8440)]
    port: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A data holder of the demo, with what it read.
struct Reader {
    source: Source,
    account: AccountKind,
    roles: Vec<Role>,
    levels: SourceLevels,
    file: &'static str,
    entries: usize,
    covers: Coverage,
    reading: Duration,
}

/// All that the demo shows.
struct Shown {
    form: Form,
    readers: Vec<Reader>,
    walk: Walk,
    foiled: [Foiled; 3],
    total: Duration,
}

impl Demo {
    pub(crate) fn run(&self) -> Outcome {
        if self.web {
            return web::run(self.data.as_deref(), self.port, self.json);
        }
        let start = Instant::now();
        let form = self.form.into();
        let scheme = inputs::scheme(&Origin::builtin("everyday"))?;
        let scorecards: Vec<Scorecard> = SCORECARDS
            .iter()
            .map(|(name, _)| inputs::scorecard(&Origin::builtin(name), &scheme))
            .collect::<Outcome<_>>()?;
        let readers = readers(&scheme, form)?;
        let cast = Cast::load().map_err(Failure::internal)?;
        let holders: Vec<_> = readers
            .iter()
            .zip([&cast.bank, &cast.wallet])
            .map(|(reader, signatory)| Holder {
                source: &reader.source,
                signatory,
                account: reader.account,
                roles: &reader.roles,
                levels: &reader.levels,
            })
            .collect();
        let setting = Setting {
            scheme: &scheme,
            scorecards: &scorecards,
            holders: &holders,
            cast: &cast,
            form,
            seed: None,
            now: morning_after()?,
        };
        let walked = watched("scoring", |spinner| {
            let mut watch = |step: &Step| spinner.set_message(format!("{} done", step.verb));
            let walk = walk(&setting, &mut watch)?;
            let total = start.elapsed();
            let foiled = cheat::all(&setting, &walk)?;
            Ok((walk, foiled, total))
        });
        let (walk, foiled, total) = walked.map_err(failed)?;
        let shown = Shown {
            form,
            readers,
            walk,
            foiled,
            total,
        };
        if self.json {
            print_json(&report::report(&scheme, shown))
        } else {
            print(&text::text(&shown))
        }
    }
}

/// The demo's time: the morning after the statements end. With the real clock
/// the invented parties' keys and consents would run out one day.
fn morning_after() -> Outcome<Timestamp> {
    let day = AS_OF.tomorrow().map_err(Failure::internal)?;
    let morning = day.at(10, 0, 0, 0).to_zoned(TimeZone::UTC);
    Ok(morning.map_err(Failure::internal)?.timestamp())
}

/// Each holder reads its own statement. The first has every role.
fn readers(scheme: &Scheme, form: Form) -> Outcome<Vec<Reader>> {
    let holders = if form == Form::Packed {
        1
    } else {
        STATEMENTS.len()
    };
    let mut readers = Vec::new();
    for (index, (name, file, text)) in STATEMENTS.into_iter().take(holders).enumerate() {
        let start = Instant::now();
        let ledger =
            read(text.as_bytes(), file, &ReadOptions::default()).map_err(Failure::internal)?;
        let levels = SourceLevels::compute(scheme, &ledger, AS_OF, CoverageRule::Full);
        let levels = levels.map_err(Failure::internal)?;
        let reading = start.elapsed();
        let id = name.parse().map_err(Failure::internal)?;
        let (roles, account) = match index {
            0 => (scheme.roles(), AccountKind::Current),
            _ => (Vec::new(), AccountKind::Wallet),
        };
        readers.push(Reader {
            source: Source::generate(id).map_err(Failure::internal)?,
            account,
            roles: roles.into_iter().cloned().collect(),
            levels,
            file,
            entries: ledger.entries().len(),
            covers: ledger.coverage(),
            reading,
        });
    }
    Ok(readers)
}

/// The data are bundled, so whatever fails but a security check is a defect.
fn failed(error: WalkError) -> Failure {
    match error {
        WalkError::Review(ReviewError::Open(error)) => unopened(error),
        error @ (WalkError::Review(_) | WalkError::Verify(_) | WalkError::NotRefused { .. }) => {
            Failure::security(error)
        }
        error => {
            Failure::internal(error).hint("please report this, with the version of blindscore")
        }
    }
}
