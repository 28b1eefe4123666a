//! The platform's log in a walk.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{
    Entry, EntryKind, InclusionProof, Log, LogFault, TreeHead, verify_inclusion,
};
use blindscore_protocol::message::Receipt;
use blindscore_protocol::registry::Trade;
use blindscore_protocol::sign::Signed;

use super::{Setting, WalkError};

/// The platform's log after this application: scorecards published, the
/// consent, the receipts.
pub(super) fn book(
    setting: &Setting<'_>,
    consent: &ConsentRecord,
    messages: &[(Vec<u8>, Vec<u8>)],
) -> Result<Log, WalkError> {
    let mut book = Log::new(setting.cast.platform.id().clone());
    let time = setting.now;
    let mut append = |kind, digest| book.append(Entry { kind, digest, time });
    for scorecard in setting.scorecards {
        append(EntryKind::Scorecard, scorecard.digest())?;
    }
    append(EntryKind::Consent, consent.digest())?;
    for (_, receipt) in messages {
        let (receipt, _) = envelope::open::<Signed<Receipt>>(receipt, PARAMETER_ID)?;
        append(EntryKind::Receipt, receipt.digest())?;
    }
    Ok(book)
}

/// A proof that a receipt is in the log, checked against the signed head.
pub(super) fn find(
    book: &Log,
    head: &Signed<TreeHead>,
    receipt: &Signed<Receipt>,
    setting: &Setting<'_>,
) -> Result<InclusionProof, WalkError> {
    let said = head.statement();
    let registry = &setting.cast.registry;
    let platform = setting.cast.platform.id();
    registry.believe(head, platform, Trade::Platform, said.time, setting.now)?;
    let index = book.find(EntryKind::Receipt, &receipt.digest());
    let index = index.ok_or(LogFault::NotIncluded)?;
    let proof = book.prove_inclusion(index, said.size)?;
    verify_inclusion(said, &proof)?;
    Ok(proof)
}
