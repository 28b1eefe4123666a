//! The program as its users run it.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod attacks;
mod common;
mod demo;
mod flow;
mod lint;
mod papers;
mod parties;
mod refusals;
mod shown;
mod trust;
