//! The command line as a whole: subcommands, exit codes, help.

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, bench, completions, consent, declare, demo, examples, history, keygen, lender, log,
    modeller, open, party, platform, registry, release, scheme, score, scorecard, seal, serve,
    source, verify,
};
use crate::error::Outcome;

const AFTER: &str = "\
Who runs what:
  operator    registry: who is trusted; every party first makes its key with party keygen
  lender      lender request, at the end verify: gets one score, and checks it
  applicant   keygen, consent, open, release: holds the only key, sees the score first
  source      history build, seal, source attest: a bank, wallet or shop, on its customer's data
  platform    serve, or platform, score, log: computes on ciphertexts and sees bytes and times only
  anybody     audit, log verify: runs an evaluation again, and watches the log
  anybody     bench: what all of it costs on this machine
  modeller    history table, scheme fit, scorecard fit, validate, compare; synth to try it on

Exit codes:
  0  done
  1  an input or another party's message was refused; the message says which and why
  2  the command line is wrong
  3  security: a score, a release or a log does not hold up; release and use nothing
  4  a file could not be read or written, or a defect of this program

Wherever a scheme is asked for, builtin:everyday works; for a scorecard
builtin:steady and builtin:growth; for a statement builtin:bank and builtin:wallet.

Example:
  blindscore demo";

/// Credit scores from spending histories that stay encrypted.
#[derive(Debug, Parser)]
#[command(name = "blindscore", version, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

// Each subcommand says in its own file what it is for.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    #[command(subcommand)]
    History(history::History),
    Keygen(keygen::Keygen),
    Seal(seal::Seal),
    #[command(subcommand)]
    Source(source::SourceCommand),
    Declare(declare::Declare),
    #[command(subcommand)]
    Consent(consent::ConsentCommand),
    Score(score::Score),
    Open(open::Open),
    Release(release::Release),
    Verify(verify::Verify),
    Audit(audit::Audit),
    Bench(bench::Bench),
    #[command(subcommand)]
    Lender(lender::LenderCommand),
    #[command(subcommand)]
    Platform(platform::PlatformCommand),
    Serve(serve::Serve),
    #[command(subcommand)]
    Log(log::LogCommand),
    #[command(subcommand)]
    Party(party::PartyCommand),
    #[command(subcommand)]
    Registry(registry::RegistryCommand),
    #[command(subcommand)]
    Scheme(scheme::SchemeCommand),
    #[command(subcommand)]
    Scorecard(scorecard::ScorecardCommand),
    Synth(modeller::synth::Synth),
    #[command(subcommand)]
    Examples(examples::Examples),
    Completions(completions::Completions),
}

impl Cli {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> Outcome {
        match self.command {
            Command::Demo(command) => command.run(),
            Command::History(command) => command.run(),
            Command::Keygen(command) => command.run(),
            Command::Seal(command) => command.run(),
            Command::Score(command) => command.run(),
            Command::Source(command) => command.run(),
            Command::Declare(command) => command.run(),
            Command::Consent(command) => command.run(),
            Command::Open(command) => command.run(),
            Command::Release(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Audit(command) => command.run(),
            Command::Bench(command) => command.run(),
            Command::Lender(command) => command.run(),
            Command::Platform(command) => command.run(),
            Command::Serve(command) => command.run(),
            Command::Log(command) => command.run(),
            Command::Party(command) => command.run(),
            Command::Registry(command) => command.run(),
            Command::Scheme(command) => command.run(),
            Command::Scorecard(command) => command.run(),
            Command::Synth(command) => command.run(),
            Command::Examples(command) => command.run(),
            Command::Completions(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn every_help_ends_with_an_example() {
        fn walk(command: &clap::Command) {
            for sub in command.get_subcommands() {
                let after = sub
                    .get_after_help()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                assert!(
                    after.contains("Example"),
                    "{} has no example",
                    sub.get_name()
                );
                walk(sub);
            }
        }
        walk(&super::Cli::command());
    }
}
