//! The two forms in which a source seals its levels.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How levels are sealed. The application picks the form before sealing, and
/// an evaluation never mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One ciphertext for everything; exactly one source takes part.
    Packed,
    /// A ciphertext a cell; several sources count together.
    Composable,
}

impl Form {
    /// The form's word in digests, messages and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Packed => "packed",
            Self::Composable => "composable",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
