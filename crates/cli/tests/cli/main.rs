//! The program as its users run it.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod attacks;
mod bench;
mod common;
mod demo;
mod exchange;
mod flow;
mod history;
mod lint;
mod modeller;
mod online;
mod papers;
mod parties;
mod real;
mod refusals;
mod shown;
mod trust;
mod tutorial;
