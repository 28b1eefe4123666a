//! The three windows of `demo --web`: wallet and lender, beside the platform's
//! own page, each a server of its own.
//!
//! ```text
//!   wallet  --------- signed calls, ciphertexts --------->  platform
//!     |  \                                                   ^    ^
//!     |   +-- GET /outbox, POST /inbox --> lender -----------+    |
//!     +-- asks the data holders, who hand in themselves ----------+
//! ```
//!
//! They share no memory and no folder: what one knows of another came over HTTP
//! and was checked as it always is. `docs/windows.md` says what each shows.

mod holders;
mod lender;
pub(crate) mod start;
mod wallet;
