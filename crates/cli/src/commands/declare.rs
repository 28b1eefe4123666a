//! `declare`: the applicant seals its own data, on nobody's word but its own.

use std::path::PathBuf;

use blindscore_client::applicant::{Declaration, DeclareError};
use blindscore_history::levels::{CoverageRule, Role};
use blindscore_protocol::envelope;
use clap::Args;

use crate::clock;
use crate::commands::seal::unsealed;
use crate::commands::source::{Account, unattested};
use crate::error::Outcome;
use crate::files::{self, Access};
use crate::inputs::{self, FormArgument, Origin};
use crate::output::{count, fields, print};
use crate::progress::watched;

/// Seal your own data, marked as self-declared (applicant)
///
/// No bank or shop stands behind them. They are evaluated alone, never together
/// with what a source attests, and the lender is told.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after `blindscore keygen --out .`:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15 \\
    --out own.levels.json
  blindscore declare --secret applicant.secret --levels own.levels.json \\
    --scheme builtin:everyday --form packed --role main_account --account current \\
    --out own.sealed --attestation own.attestation")]
pub(crate) struct Declare {
    /// The secret key of this application
    #[arg(long, value_name = "applicant.secret")]
    secret: PathBuf,
    /// Levels, as `history build --out` wrote them
    #[arg(long, value_name = "LEVELS.json")]
    levels: PathBuf,
    /// The scheme of the levels: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// How the levels are sealed
    #[arg(long, value_enum)]
    form: FormArgument,
    /// A role that the data have in the application; repeat for several
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// The kind of account
    #[arg(long, value_enum)]
    account: Account,
    /// Seal levels of a period shorter than the scheme's longest window: only if the request allows it
    #[arg(long)]
    allow_shorter: bool,
    /// The sealed history to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The statement that goes with it, to write
    #[arg(long, value_name = "FILE")]
    attestation: PathBuf,
}

impl Declare {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let levels = inputs::levels(&self.levels, &scheme)?;
        let secret = inputs::secret_key(&self.secret)?;
        let declaration = Declaration {
            scheme: &scheme,
            form: self.form.into(),
            roles: &self.roles,
            levels: &levels,
            coverage: if self.allow_shorter {
                CoverageRule::AllowShorter
            } else {
                CoverageRule::Full
            },
            account: self.account.into(),
            issued: clock::now(),
        };
        let declared = watched("sealing", |_| secret.declare(&declaration));
        let (sealed, attestation) = declared.map_err(|error| match error {
            DeclareError::Seal(error) => unsealed(error),
            DeclareError::Attest(error) => unattested(error),
        })?;
        let bytes = sealed.to_bytes();
        files::write(&self.out, &bytes, Access::Public)?;
        let message = envelope::close(&attestation, &[]);
        files::write(&self.attestation, &message, Access::Public)?;
        let said = attestation.statement();
        print(&fields(&[
            ("standing", said.standing.name().to_owned()),
            ("account", said.account.name().to_owned()),
            ("period", format!("{} to {}", said.from, said.to)),
            (
                "written",
                format!("{}, {} bytes", self.out.display(), count(bytes.len())),
            ),
            ("and", self.attestation.display().to_string()),
        ]))
    }
}
