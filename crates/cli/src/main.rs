//! The `blindscore` program: a subcommand a party and verb.
//!
//! ```text
//!  operator    registry                     (who is trusted, with which keys)
//!  everybody   party keygen                 (the key that a party signs with)
//!  lender      lender request, verify       (asks; gets one score, and checks it)
//!  source      history build, seal,         (statements -> levels -> sealed history,
//!              source attest                 with its name to it)
//!  applicant   keygen, declare, consent,    (the only key; looks first, then decides,
//!              open, release                 and proves)
//!  platform    platform, score, log         (ciphertexts in, a ciphertext and a receipt out)
//!  anybody     audit, log verify, demo, scheme, scorecard, examples
//! ```
//!
//! Everything happens on files, so each party can run its command on a machine
//! of its own. The commands are thin: they read bounded files, call the
//! library crates, and show what came out. Results go to stdout, everything
//! else to stderr.

mod chart;
mod cli;
mod clock;
mod commands;
mod confirm;
mod error;
mod files;
mod inputs;
mod online;
mod output;
mod platform_folder;
mod progress;
mod report;
mod review;
mod windows;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            failure.exit().into()
        }
    }
}
