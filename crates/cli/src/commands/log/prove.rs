//! `log prove`: that something is in the log, or that the log only grew.

use std::path::PathBuf;

use blindscore_history::digest::Digest;
use blindscore_protocol::log::Entry;
use blindscore_protocol::message::{Receipt, Withdrawal};
use clap::{ArgGroup, Args};

use super::held::{Held, Whose};
use super::proof::{LogProof, Proven};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::trust;
use crate::output::{fields, print};

/// Write a proof that something is in the log, or that the log only grew (platform)
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what")
        .args(["receipt", "consent", "withdrawal", "digest", "since"]).required(true),
    after_help = "\
Example:
  blindscore log prove platform --receipt results/steady.receipt --out steady.proof
Example, that the log of 3 entries is the beginning of today's:
  blindscore log prove platform --since 3 --out growth.proof")]
pub(crate) struct Prove {
    #[command(flatten)]
    whose: Whose,
    /// That this receipt is in the log
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// That this consent is
    #[arg(long, value_name = "consent.json")]
    consent: Option<PathBuf>,
    /// That this withdrawal is
    #[arg(long, value_name = "FILE")]
    withdrawal: Option<PathBuf>,
    /// That something of this digest is, such as a scorecard
    #[arg(long, value_name = "HEX")]
    digest: Option<Digest>,
    /// That the log only grew since it had so many entries
    #[arg(long, value_name = "ENTRIES")]
    since: Option<u64>,
    /// The proof to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Prove {
    pub(crate) fn run(&self) -> Outcome {
        let held = self.whose.read()?;
        let size = held.head.statement().size;
        let proven = match self.since {
            Some(since) => Proven::Consistency(
                held.log
                    .prove_consistency(since, size)
                    .map_err(Failure::refused)?,
            ),
            None => {
                let index = self.index(&held)?;
                let proof = held.log.prove_inclusion(index, size);
                Proven::Inclusion(proof.map_err(Failure::refused)?)
            }
        };
        let about = match &proven {
            Proven::Inclusion(proof) => {
                format!("{} is entry {}", proof.entry.kind.name(), proof.index)
            }
            Proven::Consistency(proof) => format!("{} entries grew to {}", proof.old, proof.new),
        };
        let proof = LogProof {
            head: held.head.clone(),
            proven,
        };
        files::write(&self.out, proof.to_json()?.as_bytes(), Access::Public)?;
        print(&fields(&[
            ("proves", about),
            (
                "log",
                format!("{size} entries, signed {}", held.head.statement().time),
            ),
            ("written", self.out.display().to_string()),
        ]))
    }

    /// Which entry is meant.
    fn index(&self, held: &Held) -> Outcome<u64> {
        let digest = match (&self.receipt, &self.consent, &self.withdrawal, self.digest) {
            (Some(path), ..) => trust::signed::<Receipt>(path)?.digest(),
            (_, Some(path), ..) => trust::consent(path)?.digest(),
            (_, _, Some(path), _) => trust::signed::<Withdrawal>(path)?.digest(),
            (_, _, _, Some(digest)) => digest,
            _ => return Err(Failure::usage("nothing to prove")),
        };
        let entries = held.log.entries().iter();
        // A digest is of one kind of message only: its label is part of it.
        let at = entries.zip(0..).find(|(entry, _)| is(entry, digest));
        at.map(|(_, index)| index).ok_or_else(|| {
            Failure::refused(format!("the log has no entry of digest {digest}"))
                .hint("blindscore log show lists the entries")
        })
    }
}

fn is(entry: &Entry, digest: Digest) -> bool {
    entry.digest == digest
}
