//! What a person is shown before consent.
//!
//! The text is a function of the binding, of the parties' names and of the
//! scorecards' titles, and its digest is in the binding: whoever has these can
//! write the text again and see that the person was shown what the platform
//! enforces.

use std::fmt::Write;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use thiserror::Error;

use super::{Binding, Entity};
use crate::id::PartyId;
use crate::message::{Outputs, Standing};
use crate::text::Plain;

/// The text, in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    text: String,
}

/// What a person is told of a scorecard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScorecardTitle {
    /// The scorecard.
    pub digest: Digest,
    /// Its name.
    pub name: Plain,
    /// Who made it.
    pub provider: Plain,
}

/// Why there is no notice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoticeError {
    /// A scorecard without a title.
    #[error("no name and provider for scorecard {scorecard}: fetch it from the platform first")]
    Untitled {
        /// The scorecard.
        scorecard: Digest,
    },
    /// A party without a name.
    #[error("no name and address for {party}")]
    Unnamed {
        /// The party.
        party: PartyId,
    },
    /// Not what the person was shown.
    #[error(
        "the notice written from the consent has digest {got}, the one that was shown {want}: the names given here are not those of that day"
    )]
    Digest {
        /// Digest of this text.
        got: Digest,
        /// Digest in the binding.
        want: Digest,
    },
}

impl Notice {
    /// The language of the text.
    pub const LANGUAGE: &'static str = "en";

    /// The notice for a binding, whose own notice digest is not looked at.
    pub(super) fn of(
        binding: &Binding,
        entities: &[Entity],
        titles: &[ScorecardTitle],
    ) -> Result<Self, NoticeError> {
        let mut text = String::new();
        write(&mut text, binding, entities, titles)?;
        Ok(Self { text })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its digest, which the binding holds.
    pub fn digest(&self) -> Digest {
        let framed = Framed::new(label::NOTICE);
        framed.bytes(self.text.as_bytes()).digest()
    }
}

fn write(
    text: &mut String,
    binding: &Binding,
    entities: &[Entity],
    titles: &[ScorecardTitle],
) -> Result<(), NoticeError> {
    let mut line = |words: String| writeln!(text, "{words}").expect("a string takes all text");
    let lender = entity(entities, &binding.lender)?;
    let platform = entity(entities, &binding.platform)?;

    line("Your consent to a credit score".to_owned());
    line(String::new());
    line(format!("Who asks: {}", reach(lender)));
    line(format!("What for: {}", binding.purpose));
    line(format!("Who computes: {}", reach(platform)));
    line(String::new());
    line(format!(
        "Data: your spending and income of {}, from",
        binding.data
    ));
    match binding.standing() {
        Standing::Attested => {
            for source in &binding.sources {
                line(format!("  - {}", entity(entities, source)?.name));
            }
            line("Each of them signs for its part. No other source, and no other day.".to_owned());
        }
        Standing::SelfDeclared => {
            line("  - yourself".to_owned());
            line(format!(
                "No bank or shop vouches for them, and {} is told so.",
                lender.name
            ));
        }
    }
    line(String::new());
    line("Criteria: the published scorecards".to_owned());
    for digest in &binding.scorecards {
        let title = titles.iter().find(|title| title.digest == *digest);
        let title = title.ok_or(NoticeError::Untitled { scorecard: *digest })?;
        line(format!(
            "  - {}, by {} ({})",
            title.name,
            title.provider,
            digest.short()
        ));
    }
    line(String::new());
    let gets = match binding.outputs {
        Outputs::Score => "the score, without reasons",
        Outputs::ScoreAndReasons => "the score, and the reasons for it",
    };
    line(format!("What {} gets: {gets}.", lender.name));
    line("You see the score first. It is handed over only if you then release it.".to_owned());
    let times = match binding.uses {
        1 => "once".to_owned(),
        uses => format!("at most {uses} times"),
    };
    line(format!("How often it is computed: {times}."));
    line(format!(
        "Valid: from {} until {}.",
        binding.valid_from, binding.valid_until
    ));
    line(match binding.storage_days {
        0 => format!("{} does not keep what it gets.", lender.name),
        1 => format!("{} keeps what it gets for 1 day.", lender.name),
        days => format!("{} keeps what it gets for {days} days.", lender.name),
    });
    line(String::new());
    line("What nobody sees: your data are encrypted before they leave their source.".to_owned());
    line(format!(
        "{} computes without being able to read the data or the score; {} never gets the data.",
        platform.name, lender.name
    ));
    line("Only your key opens the score.".to_owned());
    line(String::new());
    line(format!(
        "You can withdraw at any time, with the key of this application, at {}: it then computes nothing more and deletes the encrypted data at once.",
        platform.name
    ));
    line(format!(
        "What you released before stays with {} for the time said above.",
        lender.name
    ));
    Ok(())
}

fn entity<'a>(entities: &'a [Entity], id: &PartyId) -> Result<&'a Entity, NoticeError> {
    let found = entities.iter().find(|entity| entity.id == *id);
    found.ok_or_else(|| NoticeError::Unnamed { party: id.clone() })
}

fn reach(entity: &Entity) -> String {
    format!(
        "{}, {}, {} ({})",
        entity.name, entity.address, entity.country, entity.contact
    )
}
