//! Whoever takes part in the load: lender and sources with keys drawn for this
//! run, taken into the platform's registry as its operator would.

use blindscore_client::http::{Async, Operator, anybody};
use blindscore_client::source::Source;
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_fhe::SealingKey;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::registry::{Party, PartyKey, Registry, Trade};
use blindscore_protocol::signing_key::Signatory;
use jiff::{Timestamp, ToSpan};

use crate::Fault;

/// The parties of a run.
pub(crate) struct Parties {
    /// With keys of this run in place of the bundled ones.
    pub(crate) cast: Cast,
    /// What the invented person's holders have.
    pub(crate) person: Person,
    /// The platform's registry with them in it.
    pub(crate) registry: Registry,
    before: Registry,
}

impl Parties {
    /// Draws keys, takes the parties into the registry and publishes the
    /// bundled scorecards.
    pub(crate) async fn enter(calls: &Async, token: &str) -> Result<Self, Fault> {
        let before = calls.send(&anybody::registry()).await?;
        let (bank, wallet) = (drawn("load-bank")?, drawn("load-wallet")?);
        let lender = drawn("load-lender")?;
        let mut person = Person::load()?;
        person.bank.source = Source::new(bank.id().clone(), SealingKey::new(fresh()?));
        person.wallet.source = Source::new(wallet.id().clone(), SealingKey::new(fresh()?));
        let mut parties: Vec<_> = before.parties().to_vec();
        for (signatory, trade) in [
            (&bank, Trade::Source),
            (&wallet, Trade::Source),
            (&lender, Trade::Lender),
        ] {
            // One that a run before left behind makes room.
            parties.retain(|party| party.id != *signatory.id());
            parties.push(party(signatory, trade)?);
        }
        let name = before.name().clone();
        let registry = Registry::new(name, before.identity().clone(), parties)?;
        let operator = Operator::with(token);
        calls.send(&operator.replace_registry(&registry)).await?;
        for (_, card) in blindscore_examples::SCORECARDS {
            let publish = operator.publish(blindscore_examples::SCHEME_JSON, card);
            calls.send(&publish).await?;
        }
        // Of the platform, only its name is needed.
        let platform = Signatory::new(calls.platform().clone(), &[0; 32]);
        let bundled = Cast::load()?;
        let cast = Cast {
            registry: registry.clone(),
            bank,
            wallet,
            lender,
            platform,
            ..bundled
        };
        Ok(Self {
            cast,
            person,
            registry,
            before,
        })
    }

    /// Takes the parties out of the registry again.
    pub(crate) async fn leave(&self, calls: &Async, token: &str) -> Result<(), Fault> {
        let back = Operator::with(token).replace_registry(&self.before);
        calls.send(&back).await?;
        Ok(())
    }
}

fn party(signatory: &Signatory, trade: Trade) -> Result<Party, Fault> {
    let now = Timestamp::now();
    let id = signatory.id().clone();
    Ok(Party {
        name: format!("Load of {id}").parse()?,
        roles: [trade].into(),
        contact: format!("privacy@{id}.example").parse()?,
        address: "1 Example Street".parse()?,
        country: "IE".to_owned(),
        keys: vec![PartyKey {
            key: signatory.verifying_key(),
            from: now.checked_sub(1.hour())?,
            until: now.checked_add(48.hours())?,
            revoked: None,
        }],
        id,
    })
}

fn drawn(id: &str) -> Result<Signatory, Fault> {
    let id: PartyId = id.parse()?;
    Ok(Signatory::new(id, &fresh()?))
}

/// Bytes that nobody can guess.
pub(crate) fn fresh<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
