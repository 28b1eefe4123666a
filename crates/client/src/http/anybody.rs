//! What anybody may ask: who the platform is, what it published, its log.

use blindscore_history::digest::Digest;
use blindscore_protocol::api::{
    LogEntries, LogHead, PlatformInfo, ProvenConsistency, ProvenInclusion, SchemeEntry,
    ScorecardEntry,
};
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::registry::Registry;

use super::{Call, bytes, json, text};

/// Who the platform is.
pub fn platform() -> Call<PlatformInfo> {
    Call::get("/v1/platform", json)
}

/// Whom the platform believes. A caller trusts its own registry.
pub fn registry() -> Call<Registry> {
    Call::get("/v1/registry", |body| {
        Registry::from_json(&text(body)?).map_err(|error| error.to_string())
    })
}

/// The schemes of published scorecards.
pub fn schemes() -> Call<Vec<SchemeEntry>> {
    Call::get("/v1/schemes", json)
}

/// A scheme, as the text of its file. Its digest shows whether it is the one
/// asked for.
pub fn scheme(digest: Digest) -> Call<String> {
    Call::get(format!("/v1/schemes/{digest}"), text)
}

/// The published scorecards.
pub fn scorecards() -> Call<Vec<ScorecardEntry>> {
    Call::get("/v1/scorecards", json)
}

/// A scorecard, as the text of its file.
pub fn scorecard(digest: Digest) -> Call<String> {
    Call::get(format!("/v1/scorecards/{digest}"), text)
}

/// A lender's request, as a message.
pub fn request(digest: Digest) -> Call<Vec<u8>> {
    Call::get(format!("/v1/requests/{digest}"), bytes)
}

/// The last signed head of the log.
pub fn log_head() -> Call<LogHead> {
    Call::get("/v1/log/head", json)
}

/// Entries of the log from `start` on, at most 1,000.
pub fn log_entries(start: u64) -> Call<LogEntries> {
    let mut call = Call::get("/v1/log/entries", json);
    call.query = Some(format!("start={start}"));
    call
}

/// Proof that an entry is in the log.
pub fn log_inclusion(kind: EntryKind, digest: Digest) -> Call<ProvenInclusion> {
    let mut call = Call::get("/v1/log/inclusion", json);
    call.query = Some(format!("kind={}&digest={digest}", kind.name()));
    call
}

/// Proof that the log only grew since it had `old` entries.
pub fn log_consistency(old: u64) -> Call<ProvenConsistency> {
    let mut call = Call::get("/v1/log/consistency", json);
    call.query = Some(format!("old={old}"));
    call
}
