//! What every page for people is made of, whoever serves it: the frame around
//! it, its style and script, and the guard before it.
//!
//! Pages are made on the server and work without a script; the script only
//! refreshes what changes ([`live`]) and makes a field take dropped files.
//! Everything comes from the server itself, so that the content security policy
//! can forbid the rest.

mod guard;
mod page;

pub use guard::{POLICY, guarded};
pub use page::{Frame, Link, assets, live, page};
