//! What the parties say to each other.
//!
//! Every message travels in an [`envelope`]: magic, kind, version and lengths,
//! a header of canonical JSON (RFC 8785) that a person can read, a payload of
//! raw bytes, and a digest of all of it. Opening checks each in that order and
//! refuses what it does not know; see `docs/protocol.md` for the bytes and the
//! numbered checks.
//!
//! ```
//! use blindscore_history::digest::Framed;
//! use blindscore_protocol::envelope::{self, EnvelopeError};
//! use blindscore_protocol::message::SecretKeyHeader;
//!
//! let header = SecretKeyHeader {
//!     parameters: 1,
//!     applicant_key: Framed::new("blindscore example v1").digest(),
//! };
//! let mut message = envelope::close(&header, b"the key");
//! let (read, payload) = envelope::open::<SecretKeyHeader>(&message, 1)?;
//! assert_eq!((read, payload), (header, &b"the key"[..]));
//!
//! // One bit changed on the way is noticed.
//! message[100] ^= 1;
//! assert!(envelope::open::<SecretKeyHeader>(&message, 1).is_err());
//! # Ok::<(), EnvelopeError>(())
//! ```
//!
//! No cryptography on levels happens here: payloads are opaque, and the
//! evaluator admits them through the one door of the `fhe` crate.

pub mod api;
pub mod consent;
pub mod credential;
pub mod envelope;
pub mod http;
pub mod id;
pub mod log;
pub mod message;
pub mod parts;
pub mod person;
pub mod registry;
pub mod sign;
pub mod signing_key;
mod strict_json;
pub mod text;
