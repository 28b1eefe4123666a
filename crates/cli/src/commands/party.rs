//! `party`: a source, platform or lender makes the key that it signs with.

use std::path::PathBuf;

use blindscore_protocol::id::PartyId;
use blindscore_protocol::signing_key::Signatory;
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::output::{fields, print};

/// Make the signing key of a source, platform or lender
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  blindscore party keygen --party bank --out bank.signing")]
pub(crate) enum PartyCommand {
    Keygen(Keygen),
}

/// Make a signing key, and say what the registry must be told
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore party keygen --party bank --out bank.signing")]
pub(crate) struct Keygen {
    /// The party's name in messages: a-z, 0-9, '.', '_', '-'
    #[arg(long, value_name = "ID")]
    party: PartyId,
    /// The signing key to write; only you may read it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl PartyCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Keygen(command) => command.run(),
        }
    }
}

impl Keygen {
    fn run(&self) -> Outcome {
        if self.party.is_self_declared() {
            let party = &self.party;
            return Err(Failure::usage(format!(
                "no party may be named {party}: that is how an applicant's own data are marked"
            ))
            .hint("choose another name"));
        }
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(Failure::internal)?;
        let signatory = Signatory::new(self.party.clone(), &seed);
        files::write_new(&self.out, &signatory.to_bytes(), Access::Owner)?;
        let key = signatory.verifying_key();
        let mut text = fields(&[
            ("party", self.party.to_string()),
            ("key", key.to_string()),
            (
                "keep",
                format!("{} (only you can read it)", self.out.display()),
            ),
        ]);
        text += &format!(
            "\nThe operator of the registry runs, with your name and address in it:\n  \
             blindscore registry add registry.json --party {} --name \"...\" --role ... \\\n    \
             --contact ... --address \"...\" --country .. --key {key}\n",
            self.party
        );
        print(&text)
    }
}
