//! The invented person's data, read and levelled as each party would.

use blindscore_client::source::{SealError, SealRequest, Source};
use blindscore_evaluator::SealedHistory;
use blindscore_fhe::{PublicKey, SealingKey};
use blindscore_history::form::Form;
use blindscore_history::ledger::{Coverage, Ledger};
use blindscore_history::levels::{CoverageRule, LevelsError, Role, SourceLevels};
use blindscore_history::scheme::{RoleError, Scheme, SchemeError};
use blindscore_history::statement::{ReadOptions, StatementError, read};
use blindscore_protocol::id::PartyIdError;
use blindscore_protocol::message::AccountKind;
use blindscore_protocol::signing_key::Signatory;
use blindscore_scorecard::{Scorecard, ScorecardError};
use jiff::civil::date;
use thiserror::Error;

use crate::cast::Cast;
use crate::walk::Holder;
use crate::{AS_OF, BANK_CSV, SCHEME_JSON, SCORECARDS, WALLET_JSON};

/// The bundled scheme and scorecards, and what the two data holders have.
#[derive(Debug)]
pub struct Person {
    /// The scheme.
    pub scheme: Scheme,
    /// The scorecards to choose between.
    pub scorecards: Vec<Scorecard>,
    /// The bank, which has the role `main_account`.
    pub bank: Held,
    /// The wallet.
    pub wallet: Held,
}

/// What one data holder has of the person.
#[derive(Debug)]
pub struct Held {
    /// The holder.
    pub source: Source,
    /// Roles that the application assigns to it.
    pub roles: Vec<Role>,
    /// Its statement, read.
    pub ledger: Ledger,
    /// The levels it built.
    pub levels: SourceLevels,
}

/// Bundled data that do not load: a fault of this package.
#[derive(Debug, Error)]
pub enum PersonError {
    /// The scheme.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// A scorecard.
    #[error(transparent)]
    Scorecard(#[from] ScorecardError),
    /// A statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The levels.
    #[error(transparent)]
    Levels(#[from] LevelsError),
    /// A source's name.
    #[error(transparent)]
    Source(#[from] PartyIdError),
    /// A role.
    #[error(transparent)]
    Role(#[from] RoleError),
}

impl Person {
    /// Loads the bundled data; sealing keys are fixed, for they guard nothing.
    ///
    /// # Errors
    /// Bundled data that do not load.
    pub fn load() -> Result<Self, PersonError> {
        let scheme = Scheme::from_json(SCHEME_JSON)?;
        let card = |(_, json): &(&str, &str)| Scorecard::from_json(json, &scheme);
        let scorecards = SCORECARDS.iter().map(card).collect::<Result<_, _>>()?;
        let bank = Held::read(&scheme, "bank", &["main_account"], "bank.csv", BANK_CSV, 1)?;
        let wallet = Held::read(&scheme, "wallet", &[], "wallet.json", WALLET_JSON, 2)?;
        Ok(Self {
            scheme,
            scorecards,
            bank,
            wallet,
        })
    }

    /// Both holders, for a walk.
    pub fn holders<'a>(&'a self, cast: &'a Cast) -> [Holder<'a>; 2] {
        let bank = self.bank.holder(&cast.bank, AccountKind::Current);
        let wallet = self.wallet.holder(&cast.wallet, AccountKind::Wallet);
        [bank, wallet]
    }
}

impl Held {
    fn read(
        scheme: &Scheme,
        name: &str,
        roles: &[&str],
        file: &str,
        text: &str,
        key: u8,
    ) -> Result<Self, PersonError> {
        // Both exports are of the twelve whole months and the days since.
        let coverage = Coverage {
            first: date(2025, 11, 1),
            last: AS_OF,
        };
        let options = ReadOptions {
            coverage: Some(coverage),
            ..ReadOptions::default()
        };
        let ledger = read(text.as_bytes(), file, &options)?;
        let levels = SourceLevels::compute(scheme, &ledger, AS_OF, CoverageRule::Full)?;
        Ok(Self {
            source: Source::new(name.parse()?, SealingKey::new([key; 32])),
            roles: roles
                .iter()
                .map(|role| Role::new(role))
                .collect::<Result<_, _>>()?,
            ledger,
            levels,
        })
    }

    /// Seals the levels to an applicant's key.
    ///
    /// # Errors
    /// What [`Source::seal`] refuses; nothing under the bundled scheme.
    pub fn seal(
        &self,
        scheme: &Scheme,
        key: &PublicKey,
        form: Form,
    ) -> Result<SealedHistory, SealError> {
        let request = SealRequest {
            key,
            scheme,
            form,
            roles: &self.roles,
            coverage: CoverageRule::Full,
        };
        self.source.seal(&request, &self.levels)
    }

    /// The holder's part in a walk.
    pub fn holder<'a>(&'a self, signatory: &'a Signatory, account: AccountKind) -> Holder<'a> {
        Holder {
            source: &self.source,
            signatory,
            account,
            roles: &self.roles,
            levels: &self.levels,
        }
    }
}
