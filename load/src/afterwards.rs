//! Whether everything that was acknowledged is there, once, and nothing else:
//! by the applicants' consents and by the public log.

use std::collections::{BTreeMap, BTreeSet};

use blindscore_client::http::anybody;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_protocol::api::LogHead;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{EntryKind, Log, TreeHead};
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::sign::Signed;
use serde::Serialize;

use crate::Fault;
use crate::applicants::now;
use crate::drive::{Done, Load};

/// Faults that are told one by one.
const TOLD: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Found {
    /// Orders acknowledged.
    pub(crate) orders: u64,
    /// Evaluations acknowledged.
    pub(crate) evaluations: u64,
    /// Uses that the platform counted.
    pub(crate) uses: u64,
    /// Receipts that it holds.
    pub(crate) receipts: u64,
    /// Entries of its log since the beginning.
    pub(crate) log_entries: u64,
    /// What is not as it must be.
    pub(crate) faults: Vec<String>,
    more: u64,
}

impl Found {
    /// One more thing that is not as it must be.
    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        if self.faults.len() < TOLD {
            self.faults.push(fault.into());
        } else {
            self.more += 1;
        }
    }

    /// Whether all is as it must be.
    pub(crate) fn is_well(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Compares what was acknowledged with what the applicants find under their
/// consents. `unknown` counts, by applicant, orders that may have been done
/// although nobody was told.
pub(crate) async fn consents(
    load: &Load,
    done: &[Done],
    unknown: &BTreeMap<usize, u64>,
) -> Result<Found, Fault> {
    let mut found = Found {
        orders: done.len() as u64,
        ..Found::default()
    };
    let mut of: Vec<Vec<&Done>> = vec![Vec::new(); load.applicants.len()];
    for order in done {
        found.evaluations += order.receipts.len() as u64;
        of[order.applicant].push(order);
    }
    for (place, (applicant, orders)) in load.applicants.iter().zip(of).enumerate() {
        let entry = load.calls.send(&applicant.caller().consent()).await?;
        let held = load.calls.send(&applicant.caller().evaluations()).await?;
        found.uses += u64::from(entry.uses);
        found.receipts += held.receipts.len() as u64;
        let held: BTreeMap<Digest, (u32, u64)> = held
            .receipts
            .iter()
            .map(|receipt| (receipt.receipt, (receipt.consent_use, receipt.log_index)))
            .collect();
        let mut acknowledged = BTreeSet::new();
        for order in &orders {
            for (receipt, log_index) in &order.receipts {
                if held.get(receipt) != Some(&(order.consent_use, *log_index)) {
                    found.fault(format!("acknowledged and lost: receipt {receipt}"));
                }
                if !acknowledged.insert(*receipt) {
                    found.fault(format!("two orders were given one receipt: {receipt}"));
                }
            }
        }
        let uses: BTreeSet<u32> = orders.iter().map(|order| order.consent_use).collect();
        let (uses, most) = (uses.len() as u64, unknown.get(&place).copied().unwrap_or(0));
        let counted = u64::from(entry.uses);
        if uses != orders.len() as u64 {
            found.fault(format!("applicant {place}: two orders were one use"));
        }
        if counted < uses || counted > uses + most {
            found.fault(format!(
                "applicant {place}: {counted} uses counted for {uses} orders acknowledged"
            ));
        }
        let each = applicant.order.scorecards.len() as u64;
        if held.len() as u64 != counted * each {
            let receipts = held.len();
            found.fault(format!(
                "applicant {place}: {receipts} receipts for {counted} uses of {each} scorecards"
            ));
        }
    }
    Ok(found)
}

/// Computes the log again from its entries, and wants every acknowledged
/// receipt where it was said to stand; and no other, if the platform serves
/// this run `alone`.
pub(crate) async fn log(
    load: &Load,
    registry: &Registry,
    before: &LogHead,
    done: &[Done],
    alone: bool,
    found: &mut Found,
) -> Result<(), Fault> {
    let head = load.calls.send(&anybody::log_head()).await?;
    let platform = load.calls.platform();
    let (signed, _) = envelope::open::<Signed<TreeHead>>(&head.signed.0, PARAMETER_ID)?;
    let said = registry.believe(&signed, platform, Trade::Platform, head.time, now()?)?;
    let mut log = Log::new(platform.clone());
    let mut then = None;
    while log.size() < head.size {
        let part = load.calls.send(&anybody::log_entries(log.size())).await?;
        if part.start != log.size() || part.entries.is_empty() {
            return Err("the log's entries do not come one after the other".into());
        }
        for entry in part.entries {
            if log.size() == before.size {
                then = Some(log.root());
            }
            if log.size() < head.size {
                log.append(entry)?;
            }
        }
    }
    if (said.size, said.root) != (log.size(), log.root()) {
        found.fault("the log's entries do not give its signed head");
    }
    if then.is_some_and(|root| root != before.root) {
        found.fault("the log was changed behind its first head");
    }
    found.log_entries = head.size - before.size.min(head.size);
    let new = log.entries().iter().skip(before.size as usize);
    let mut receipts: BTreeMap<Digest, u64> = new
        .zip(before.size..)
        .filter(|(entry, _)| entry.kind == EntryKind::Receipt)
        .map(|(entry, place)| (entry.digest, place))
        .collect();
    for (receipt, place) in done.iter().flat_map(|order| &order.receipts) {
        if receipts.remove(receipt) != Some(*place) {
            found.fault(format!("not in the log where it should be: {receipt}"));
        }
    }
    let others = receipts.len();
    if alone && others > 0 {
        let fault = format!("{others} receipts in the log were given to nobody");
        found.fault(fault);
    }
    Ok(())
}
