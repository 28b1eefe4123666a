//! The applicant's levels over all sources, in the clear.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::error::LevelsError;
use super::{SourceLevels, check, file};
use crate::digest::Digest;
use crate::scheme::{LineKind, Role, Scheme};

/// One source's levels and the roles that the request assigns to it. Roles that
/// no line of the scheme names have no effect.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What the source computed.
    pub levels: &'a SourceLevels,
    /// Its roles.
    pub roles: &'a BTreeSet<Role>,
}

/// One level a line-window over all of an applicant's sources: what a scorecard
/// scores.
#[derive(Clone, PartialEq, Eq)]
pub struct ApplicantLevels {
    scheme: Digest,
    as_of: Date,
    levels: Vec<u32>,
}

impl ApplicantLevels {
    /// Combines the sources' levels: pooled and sum lines add up, a single line
    /// is that of the one part with its role (0, not known, without such a
    /// part), a column line that of the first part.
    ///
    /// # Errors
    /// If there is no part or more than the scheme's `sources_max`, one is of
    /// another scheme or as-of date, or two have the same role.
    pub fn combine(scheme: &Scheme, parts: &[Part<'_>]) -> Result<Self, LevelsError> {
        let first = parts.first().ok_or(LevelsError::NoPart)?;
        refuse_unequal(scheme, parts, first.levels.as_of())?;
        let mut levels = Vec::with_capacity(scheme.line_windows().len());
        for (index, window) in scheme.line_windows().iter().enumerate() {
            levels.push(match scheme.lines()[window.line].kind() {
                LineKind::Pooled(_) => parts.iter().map(|part| part.levels.levels()[index]).sum(),
                LineKind::Single(single) => parts
                    .iter()
                    .find(|part| part.roles.contains(single.role()))
                    .map_or(0, |part| part.levels.levels()[index]),
                LineKind::Column(_) => first.levels.levels()[index],
                LineKind::Sum(_) => 0,
            });
        }
        check::fill_sums(scheme, &mut levels);
        Ok(Self {
            scheme: scheme.digest(),
            as_of: first.levels.as_of(),
            levels,
        })
    }

    /// Levels from elsewhere.
    ///
    /// # Errors
    /// As [`SourceLevels::from_levels`], with each line-window's `level_max` as
    /// the largest level.
    pub fn from_levels(
        scheme: &Scheme,
        as_of: Date,
        levels: Vec<u32>,
    ) -> Result<Self, LevelsError> {
        check::as_of(as_of)?;
        check::levels(scheme, &levels, |window| window.level_max)?;
        Ok(Self {
            scheme: scheme.digest(),
            as_of,
            levels,
        })
    }

    /// Reads the file form that [`to_json`](Self::to_json) writes.
    ///
    /// # Errors
    /// As [`SourceLevels::from_json`].
    pub fn from_json(text: &str, scheme: &Scheme) -> Result<Self, LevelsError> {
        file::read_applicant(text, scheme)
    }

    /// The file form: `{"blindscore_applicant_levels": 1, "scheme", "as_of",
    /// "levels": [{"line", "window", "level"}, …]}`.
    ///
    /// # Errors
    /// If these are levels of another scheme.
    pub fn to_json(&self, scheme: &Scheme) -> Result<String, LevelsError> {
        file::write_applicant(self, scheme)
    }

    /// The scheme that they are computed by.
    pub fn scheme_digest(&self) -> Digest {
        self.scheme
    }

    /// The as-of date.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// One level a line-window, in the scheme's order.
    pub fn levels(&self) -> &[u32] {
        &self.levels
    }
}

/// Levels stay out of logs.
impl fmt::Debug for ApplicantLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplicantLevels")
            .field("scheme", &self.scheme.short())
            .field("as_of", &self.as_of)
            .field("levels", &format_args!("{} redacted", self.levels.len()))
            .finish()
    }
}

fn refuse_unequal(scheme: &Scheme, parts: &[Part<'_>], as_of: Date) -> Result<(), LevelsError> {
    if parts.len() > scheme.sources_max() as usize {
        return Err(LevelsError::TooManyParts {
            got: parts.len(),
            want: scheme.sources_max(),
        });
    }
    let mut roles = BTreeSet::new();
    for part in parts {
        check::scheme(part.levels.scheme_digest(), scheme)?;
        if part.levels.as_of() != as_of {
            return Err(LevelsError::OtherDate {
                got: part.levels.as_of(),
                want: as_of,
            });
        }
        if let Some(twice) = part.roles.iter().find(|role| !roles.insert(*role)) {
            return Err(LevelsError::RoleTwice(twice.clone()));
        }
    }
    Ok(())
}
