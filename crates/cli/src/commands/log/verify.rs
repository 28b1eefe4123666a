//! `log verify`: anybody checks a proof about a log.

use std::path::PathBuf;

use blindscore_history::digest::Digest;
use blindscore_protocol::log::{
    EntryKind, Evidence, InclusionProof, TreeHead, verify_consistency, verify_inclusion,
};
use blindscore_protocol::message::{Receipt, Withdrawal};
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::sign::Signed;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::proof::{LogProof, Proven, head};
use crate::clock;
use crate::error::{Failure, Outcome};
use crate::inputs::trust;
use crate::output::{fields, print, print_json};

const KEEP: &str = "keep both files: signed heads that contradict each other convince everybody";

/// Check a proof about a platform's log (anybody)
///
/// A proof of inclusion shows that an entry is in the log; give the receipt or
/// the consent that you hold, to see that it is the one. A proof of consistency
/// shows that the log only grew since an earlier head that you kept.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore log verify steady.proof --registry registry.json --receipt results/steady.receipt
Example, with a head that was kept:
  blindscore log verify growth.proof --registry registry.json --earlier-head monday.head")]
pub(crate) struct Verify {
    /// The proof, from the platform
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    /// The verifier's own registry
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// The head that the log must have, from somewhere else than the proof
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// The receipt that must be in the log
    #[arg(long, value_name = "FILE", conflicts_with_all = ["consent", "withdrawal"])]
    receipt: Option<PathBuf>,
    /// The consent that must be
    #[arg(long, value_name = "consent.json", conflicts_with = "withdrawal")]
    consent: Option<PathBuf>,
    /// The withdrawal that must be
    #[arg(long, value_name = "FILE")]
    withdrawal: Option<PathBuf>,
    /// For a proof of consistency: the head that was kept, or a proof that has it
    #[arg(long, value_name = "FILE")]
    earlier_head: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    verified: bool,
    log: String,
    entries: u64,
    root: Digest,
    signed: String,
    proves: String,
}

impl Verify {
    pub(crate) fn run(&self) -> Outcome {
        let registry = trust::registry(&self.registry)?;
        let proof = LogProof::read(&self.proof)?;
        let now = clock::now();
        believe(&registry, &proof.head, now).map_err(|e| e.in_file(&self.proof))?;
        if let Some(path) = &self.head {
            self.same_log(&registry, &proof.head, head(path)?, now)?;
        }
        let said = proof.head.statement();
        let proves = match &proof.proven {
            Proven::Inclusion(inclusion) => self.included(said, inclusion)?,
            Proven::Consistency(consistency) => {
                let Some(path) = &self.earlier_head else {
                    return Err(Failure::usage(
                        "a proof of consistency needs the head that was kept",
                    )
                    .hint("give it with --earlier-head"));
                };
                let earlier = head(path)?;
                believe(&registry, &earlier, now).map_err(|e| e.in_file(path))?;
                verify_consistency(earlier.statement(), said, consistency)
                    .map_err(|fault| Failure::security(fault).in_file(&self.proof).hint(KEEP))?;
                format!(
                    "the log only grew, from {} entries",
                    earlier.statement().size
                )
            }
        };
        let report = Report {
            verified: true,
            log: said.platform.to_string(),
            entries: said.size,
            root: said.root,
            signed: said.time.to_string(),
            proves,
        };
        if self.json {
            return print_json(&report);
        }
        print(&fields(&[
            ("verified", report.proves),
            ("log of", report.log),
            ("entries", report.entries.to_string()),
            ("root", report.root.to_string()),
            ("signed", report.signed),
        ]))
    }

    /// The proof's head and the one from elsewhere must be of one log.
    fn same_log(
        &self,
        registry: &Registry,
        proof: &Signed<TreeHead>,
        given: Signed<TreeHead>,
        now: Timestamp,
    ) -> Outcome {
        believe(registry, &given, now)?;
        let (one, other) = (proof.statement(), given.statement());
        let same =
            one.platform == other.platform && one.size == other.size && one.root == other.root;
        if same {
            return Ok(());
        }
        let evidence = Evidence {
            one: proof.clone(),
            other: given,
        };
        Err(match evidence.check(registry, now) {
            Ok(fault) => Failure::security(fault).in_file(&self.proof).hint(KEEP),
            Err(_) => Failure::refused("the proof is for another head than the one given")
                .in_file(&self.proof)
                .hint("ask the platform for the proof for that head, or for a proof of consistency between the two"),
        })
    }

    /// The entry must be in the log, and be of what the verifier holds.
    fn included(&self, head: &TreeHead, proof: &InclusionProof) -> Outcome<String> {
        if self.earlier_head.is_some() {
            return Err(
                Failure::usage("--earlier-head is for a proof of consistency").hint(
                    "this is a proof of inclusion: give --receipt, --consent or --withdrawal",
                ),
            );
        }
        verify_inclusion(head, proof)
            .map_err(|fault| Failure::security(fault).in_file(&self.proof))?;
        let held = match (&self.receipt, &self.consent, &self.withdrawal) {
            (Some(path), ..) => {
                Some((EntryKind::Receipt, trust::signed::<Receipt>(path)?.digest()))
            }
            (_, Some(path), _) => Some((EntryKind::Consent, trust::consent(path)?.digest())),
            (.., Some(path)) => Some((
                EntryKind::Withdrawal,
                trust::signed::<Withdrawal>(path)?.digest(),
            )),
            _ => None,
        };
        let entry = &proof.entry;
        let (got, of) = (entry.kind.name(), entry.digest);
        let place = format!("entry {} of {}", proof.index, entry.time);
        match held {
            Some((kind, digest)) if (kind, digest) == (entry.kind, entry.digest) => {
                Ok(format!("this {got} is {place}"))
            }
            Some((kind, digest)) => {
                let want = kind.name();
                let message = format!("the proof is for {got} {of}; want {want} {digest}");
                Err(Failure::security(message)
                    .in_file(&self.proof)
                    .hint("ask the platform for the proof for this one; if it has none, it is not in the log"))
            }
            None => Ok(format!("{got} {of} is {place}")),
        }
    }
}

fn believe(registry: &Registry, head: &Signed<TreeHead>, now: Timestamp) -> Outcome {
    let said = head.statement();
    let (platform, at) = (&said.platform, said.time);
    registry
        .believe(head, platform, Trade::Platform, at, now)
        .map_err(Failure::security)?;
    Ok(())
}
