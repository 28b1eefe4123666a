//! The program as its users run it.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod demo;
mod exchange;
mod flow;
mod modeller;
mod real;
mod refusals;
mod shown;
mod tutorial;
