//! `seal`: a source encrypts levels to an applicant's key.

use std::path::PathBuf;
use std::time::Instant;

use blindscore_client::source::{SealError, SealRequest, Source};
use blindscore_evaluator::SealedHistory;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, Role};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use clap::Args;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, FormArgument, Origin};
use crate::output::{count, fields, milliseconds, note, print};
use crate::progress::watched;

/// Encrypt levels to an applicant's key (source)
///
/// The sealing key is the source's own secret, from which all randomness of
/// sealing comes: the same levels for the same key give the same bytes. It is
/// made at first use; keep it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after `blindscore keygen --out .`:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15 \\
    --out bank.levels.json
  blindscore seal --levels bank.levels.json --scheme builtin:everyday --key applicant.public \\
    --sealing-key bank.sealing --source bank --role main_account --form composable \\
    --out bank.sealed")]
pub(crate) struct Seal {
    /// Levels, as `history build --out` wrote them
    #[arg(long, value_name = "LEVELS.json")]
    levels: PathBuf,
    /// The scheme of the levels: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The applicant's public key
    #[arg(long, value_name = "applicant.public")]
    key: PathBuf,
    /// This source's secret sealing key; made if it is not there
    #[arg(long, value_name = "FILE")]
    sealing_key: PathBuf,
    /// This source's name: a-z, 0-9, '.', '_', '-'
    #[arg(long, value_name = "NAME")]
    source: PartyId,
    /// A role that the application assigns to this source; repeat for several
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// The application's form: all of its sources seal in the same
    #[arg(long, value_enum)]
    form: FormArgument,
    /// Seal levels of a period shorter than the scheme's longest window: only if the request allows it
    #[arg(long)]
    allow_shorter: bool,
    /// The sealed history to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Seal {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        self.check_roles(&scheme)?;
        let levels = inputs::levels(&self.levels, &scheme)?;
        let key = inputs::public_key(&self.key)?;
        let (source, fresh) = self.source()?;
        let form = self.form.into();
        let request = SealRequest {
            key: &key,
            scheme: &scheme,
            form,
            roles: &self.roles,
            coverage: if self.allow_shorter {
                CoverageRule::AllowShorter
            } else {
                CoverageRule::Full
            },
        };
        let start = Instant::now();
        let sealed = watched("sealing", |_| source.seal(&request, &levels));
        let sealed = sealed.map_err(unsealed)?;
        let bytes = sealed.to_bytes();
        let time = start.elapsed();
        if fresh {
            self.keep(&source)?;
        }
        files::write(&self.out, &bytes, Access::Public)?;
        let about = self.about(&scheme, &sealed, form);
        print(&fields(&[
            ("source", about),
            ("key id", key.id().to_string()),
            (
                "as of",
                format!(
                    "{}, {} months covered",
                    levels.as_of(),
                    levels.covered_months()
                ),
            ),
            ("form", format!("{form}{}", ciphertexts(&sealed, form))),
            ("time", format!("{} ms", milliseconds(time))),
            (
                "written",
                format!("{}, {} bytes", self.out.display(), count(bytes.len())),
            ),
        ]))
    }

    /// Roles that no line of the scheme names would silently do nothing.
    fn check_roles(&self, scheme: &Scheme) -> Outcome {
        let known = scheme.roles();
        let Some(role) = self.roles.iter().find(|role| !known.contains(role)) else {
            return Ok(());
        };
        let known: Vec<_> = known.into_iter().map(Role::as_str).collect();
        let hint = if known.is_empty() {
            "this scheme has no roles; leave --role out".to_owned()
        } else {
            format!("the scheme's roles: {}", known.join(", "))
        };
        Err(Failure::refused(format!(
            "no line of scheme {} has the role {role}",
            scheme.name()
        ))
        .hint(hint))
    }

    /// This source with its key from the file, or with a fresh one if there is
    /// no file; and whether it is fresh.
    fn source(&self) -> Outcome<(Source, bool)> {
        let path = &self.sealing_key;
        if !path.exists() {
            let source = Source::generate(self.source.clone()).map_err(Failure::internal)?;
            return Ok((source, true));
        }
        let source = inputs::sealing_key(path)?;
        if *source.id() != self.source {
            let (got, want) = (source.id(), &self.source);
            return Err(
                Failure::refused(format!("the sealing key of {got}, not of {want}"))
                    .in_file(path)
                    .hint("each source has a sealing key of its own; name another file"),
            );
        }
        Ok((source, false))
    }

    /// Keeps a fresh sealing key, before anything sealed with it goes out.
    fn keep(&self, source: &Source) -> Outcome {
        let path = &self.sealing_key;
        files::write_new(path, &source.to_bytes(), Access::Owner)?;
        let (name, path) = (source.id(), path.display());
        note(&format!(
            "made a sealing key for {name}: {path}, which only you can read; keep it"
        ));
        Ok(())
    }

    fn about(&self, scheme: &Scheme, sealed: &SealedHistory, form: Form) -> String {
        let roles: Vec<_> = sealed.header().roles.iter().map(Role::as_str).collect();
        match (roles.is_empty(), scheme.roles().is_empty(), form) {
            (false, ..) => format!("{} as {}", self.source, roles.join(", ")),
            (true, true, _) => self.source.to_string(),
            (true, false, _) => {
                format!(
                    "{} without a role: lines that need one are not taken from it",
                    self.source
                )
            }
        }
    }
}

/// Says why levels were not sealed.
pub(crate) fn unsealed(error: SealError) -> Failure {
    let hint = match error {
        SealError::Coverage { .. } => Some("if the request allows it, give --allow-shorter"),
        SealError::Slots(_) => Some("give --form composable, to every source of the application"),
        SealError::OtherScheme { .. }
        | SealError::Role { .. }
        | SealError::TooManyCells { .. }
        | SealError::History(_) => None,
    };
    Failure::refused(error).hint_if(hint)
}

fn ciphertexts(sealed: &SealedHistory, form: Form) -> String {
    match form {
        Form::Packed => ", one ciphertext".to_owned(),
        Form::Composable => format!(", {} cells", sealed.header().cells.len()),
    }
}
