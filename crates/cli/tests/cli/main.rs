//! The program as its users run it.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod attacks;
mod common;
mod demo;
mod exchange;
mod flow;
mod history;
mod lint;
mod modeller;
mod papers;
mod parties;
mod refusals;
mod shown;
mod trust;
