//! What the parties say to each other.
//!
//! Every message travels in an [`envelope`]: magic, kind, version and lengths,
//! a header of canonical JSON (RFC 8785) that a person can read, a payload of
//! raw bytes, and a digest of all of it. Opening checks each in that order and
//! refuses what it does not know; see `docs/protocol.md` for the bytes and the
//! numbered checks.
//!
//! No cryptography on levels happens here: payloads are opaque, and the
//! evaluator admits them through the one door of the `fhe` crate.

pub mod envelope;
pub mod id;
pub mod message;
