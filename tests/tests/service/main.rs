//! A platform's service over HTTP: what it does, and what it refuses, each on
//! every database that there is.

#![allow(clippy::unwrap_used, clippy::panic)]

mod flow;
mod raw;
mod refusals;
mod retention;
mod routes;
mod signing;
mod storage;
mod uses;
mod window;
