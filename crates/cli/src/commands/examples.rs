//! `examples`: the bundled data as files.

use std::path::PathBuf;

use blindscore_examples::{AS_OF, SCORECARDS};
use clap::{Args, Subcommand};

use crate::error::Outcome;
use crate::files::{self, Access};
use crate::inputs::{SCHEMES, STATEMENTS};
use crate::output::print;

/// The invented person, as its bank verified it.
const CUSTOMER: &str = r#"{"name": "Invented Person", "born": "1990-01-01", "register-number": "EX-000000"}
"#;

/// Write the bundled statements, scheme and scorecards to a folder, to play with
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  blindscore examples write play")]
pub(crate) enum Examples {
    /// Write them as files; existing files are not overwritten
    Write(Write),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore examples write play && ls play")]
pub(crate) struct Write {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl Examples {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Write(write) => write.run(),
        }
    }
}

impl Write {
    fn run(&self) -> Outcome {
        let json = SCHEMES.iter().chain(&SCORECARDS);
        let json = json.map(|(name, text)| (format!("{name}.json"), *text));
        let statements = STATEMENTS
            .iter()
            .map(|(_, file, text)| ((*file).to_owned(), *text));
        let all: Vec<_> = json
            .chain(statements)
            .chain([("customer.json".to_owned(), CUSTOMER)])
            .map(|(name, text)| (self.directory.join(name), text))
            .collect();
        // All or nothing, as far as can be seen beforehand.
        if let Some((path, _)) = all.iter().find(|(path, _)| path.exists()) {
            return Err(files::exists(path));
        }
        files::make_directory(&self.directory)?;
        let mut text = String::new();
        for (path, content) in &all {
            files::write_new(path, content.as_bytes(), Access::Public)?;
            text += &format!("wrote {}\n", path.display());
        }
        print(&(text + &self.next_steps()))
    }

    /// The whole flow, to copy line by line.
    fn next_steps(&self) -> String {
        format!(
            "
An application, step by step (all data are invented):

  cd {}
  # everybody who signs makes a key; the operator of the registry enters it
  blindscore registry init --name 'Invented parties' --out registry.json
  for party in bank:source wallet:source platform:platform lender:lender; do
    id=${{party%:*}}
    key=$(blindscore party keygen --party $id --out $id.signing | awk '$1 == \"key\" {{print $2}}')
    blindscore registry add registry.json --party $id --role ${{party#*:}} --key $key \\
      --name \"Example $id\" --contact privacy@$id.example --address '1 Example Street' --country IE
  done
  # the platform publishes a scorecard
  blindscore platform init platform --signing-key platform.signing --registry registry.json
  blindscore platform publish platform --scheme everyday.json --scorecard steady.json
  # the lender asks
  blindscore lender request --signing-key lender.signing --registry registry.json \\
    --platform platform --scheme everyday.json --scorecard steady.json \\
    --purpose 'A loan for a bicycle' --source bank --source wallet --reasons --out score.request
  # the applicant makes a key
  blindscore keygen --out .
  # bank and wallet turn their statements into levels, seal them to that key, and attest
  blindscore history build bank.csv --scheme everyday.json --as-of {AS_OF} --out bank.levels.json
  blindscore seal --levels bank.levels.json --scheme everyday.json --key applicant.public \\
    --sealing-key bank.sealing --source bank --role main_account --form composable --out bank.sealed
  blindscore source attest --sealed bank.sealed --scheme everyday.json --key applicant.public \\
    --signing-key bank.signing --sealing-key bank.sealing --registry registry.json \\
    --customer customer.json --salt applicant.salt --account current --out bank.attestation
  blindscore history build wallet.json --scheme everyday.json --as-of {AS_OF} --out wallet.levels.json
  blindscore seal --levels wallet.levels.json --scheme everyday.json --key applicant.public \\
    --sealing-key wallet.sealing --source wallet --form composable --out wallet.sealed
  blindscore source attest --sealed wallet.sealed --scheme everyday.json --key applicant.public \\
    --signing-key wallet.signing --sealing-key wallet.sealing --registry registry.json \\
    --customer customer.json --salt applicant.salt --account wallet --out wallet.attestation
  # the applicant reads the notice and consents
  blindscore consent grant --secret applicant.secret --request score.request \\
    --registry registry.json --scheme everyday.json --scorecard steady.json \\
    --source bank --source wallet --as-of {AS_OF} --out consent.json
  # the platform checks all of it, counts the use, scores blind, signs receipts
  blindscore score --platform platform --scheme everyday.json --scorecard steady.json \\
    --key applicant.public --request score.request --consent consent.json \\
    --sealed bank.sealed --attestation bank.attestation \\
    --sealed wallet.sealed --attestation wallet.attestation --out results
  # the applicant looks first, then releases
  blindscore open results/steady.evaluation --secret applicant.secret --scheme everyday.json \\
    --scorecard steady.json --request score.request --consent consent.json \\
    --registry registry.json --sealed bank.sealed --attestation bank.attestation \\
    --sealed wallet.sealed --attestation wallet.attestation --receipt results/steady.receipt
  blindscore release --secret applicant.secret --scheme everyday.json --scorecard steady.json \\
    --request score.request --consent consent.json --registry registry.json \\
    --sealed bank.sealed --attestation bank.attestation \\
    --sealed wallet.sealed --attestation wallet.attestation \\
    --evaluation results/steady.evaluation --receipt results/steady.receipt --out steady.release
  # the lender verifies, and decides
  blindscore verify steady.release --registry registry.json --scheme everyday.json \\
    --scorecard steady.json --request score.request --cut-off 700
",
            self.directory.display()
        )
    }
}
