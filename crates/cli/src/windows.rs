//! The windows of `demo --web`: pages for people, each a local server of its
//! own with its own keys and its own folder. They talk with one another over
//! HTTP and in no other way: no code reaches from one window's state into
//! another's.

#[cfg_attr(
    not(test),
    allow(dead_code, reason = "opened by the command that starts the windows")
)]
mod lender;
