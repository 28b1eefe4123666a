//! Scorecards to work with: a card file holds its scheme; a bare scorecard
//! needs one named.

use std::path::Path;

use blindscore_history::scheme::Scheme;
use blindscore_scorecard::Scorecard;
use blindscore_scorecard::exchange::CardFile;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};

/// A scorecard and the scheme that it stands on.
pub(crate) struct Card {
    pub(crate) scheme: Scheme,
    pub(crate) scorecard: Scorecard,
}

impl Card {
    /// Reads a scorecard, on the scheme that is named, or else the one that it
    /// carries.
    pub(crate) fn read(origin: &Origin, scheme: Option<&Origin>) -> Outcome<Self> {
        let card = inputs::card(origin, scheme)?;
        Ok(Self {
            scheme: card.scheme().clone(),
            scorecard: card.scorecard().clone(),
        })
    }

    /// Writes both into one file.
    pub(crate) fn write(self, path: &Path) -> Outcome {
        let card = CardFile::new(self.scheme, self.scorecard).map_err(Failure::internal)?;
        files::write(path, (card.to_json() + "\n").as_bytes(), Access::Public)
    }
}
