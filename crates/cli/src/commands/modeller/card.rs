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
        let scheme = inputs::scheme(scheme.unwrap_or(origin)).map_err(|failure| {
            if scheme.is_some() {
                return failure;
            }
            failure.hint("a scorecard without its scheme: name the scheme with --scheme")
        })?;
        let scorecard = inputs::scorecard(origin, &scheme)?;
        Ok(Self { scheme, scorecard })
    }

    /// Writes both into one file.
    pub(crate) fn write(self, path: &Path) -> Outcome {
        let card = CardFile::new(self.scheme, self.scorecard).map_err(Failure::internal)?;
        files::write(path, (card.to_json() + "\n").as_bytes(), Access::Public)
    }
}
