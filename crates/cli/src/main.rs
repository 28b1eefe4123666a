//! The `blindscore` program: a subcommand a party and verb.
//!
//! ```text
//!  source      history build, seal          (statements -> levels -> sealed history)
//!  applicant   keygen, open                 (the only key; looks first, then decides)
//!  platform    score                        (ciphertexts in, a ciphertext out)
//!  anybody     demo, scheme, scorecard, examples
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
mod output;
mod platform_folder;
mod progress;
mod report;
mod review;

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
