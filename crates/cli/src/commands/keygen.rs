//! `keygen`: the applicant makes the key of one application.

use std::path::PathBuf;

use blindscore_client::applicant::{SecretKey, draw_application_id};
use blindscore_client::http::Applicant;
use clap::Args;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::trust;
use crate::online::Trust;
use crate::output::{count, fields, print};

/// Make the key of an application (applicant)
///
/// Writes applicant.secret, which only you may read and which opens everything
/// sealed to it; applicant.public, which goes to the sources and to the
/// platform; and applicant.salt, which goes to the sources and to nobody else:
/// from it they all make the same reference to you, which tells others nothing.
/// One application, one key: never use it for another.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore keygen --out application-1")]
pub(crate) struct Keygen {
    /// The folder for the files; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Hand the public key in at the platform's service, where sources find it
    #[arg(long, value_name = "URL")]
    platform: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

impl Keygen {
    pub(crate) fn run(&self) -> Outcome {
        let secret_path = self.out.join("applicant.secret");
        let public_path = self.out.join("applicant.public");
        let salt_path = self.out.join("applicant.salt");
        // All before any: a secret without its public half is of no use.
        if let Some(path) = [&secret_path, &public_path, &salt_path]
            .into_iter()
            .find(|path| path.exists())
        {
            return Err(files::exists(path));
        }
        files::make_directory(&self.out)?;
        let application = draw_application_id().map_err(Failure::internal)?;
        let secret = SecretKey::generate(application).map_err(Failure::internal)?;
        let public = secret.public_key_message();
        files::write_new(&secret_path, &secret.to_bytes(), Access::Owner)?;
        files::write_new(&public_path, &public, Access::Public)?;
        let salt = trust::salt_text(&secret.person_salt());
        files::write_new(&salt_path, salt.as_bytes(), Access::Owner)?;
        let handed_in = match &self.platform {
            None => "to nobody yet".to_owned(),
            Some(url) => {
                let service = self.trust.connect(url)?;
                service.send(&Applicant::of(&secret).hand_in_key())?;
                format!("to {}", service.platform())
            }
        };
        print(&fields(&[
            ("key id", secret.public_key().id().to_string()),
            ("application", application.to_string()),
            (
                "keep",
                format!("{} (only you can read it)", secret_path.display()),
            ),
            (
                "give away",
                format!("{}, {} bytes", public_path.display(), count(public.len())),
            ),
            (
                "to sources only",
                format!("{} (only you can read it)", salt_path.display()),
            ),
            ("handed in", handed_in),
        ]))
    }
}
